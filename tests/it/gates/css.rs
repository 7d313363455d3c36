//! Style sheets and inline styles, parsed by the grammar browsers use (CSS Syntax Level 3).

use cssparser::{
    AtRuleParser, BasicParseErrorKind, CowRcStr, DeclarationParser, ParseError, Parser, ParserState,
    QualifiedRuleParser, RuleBodyItemParser, RuleBodyParser, StyleSheetParser, parse_important,
};
use scraper::Selector;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Declaration {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) important: bool,
}

/// A rule of a style sheet, and the `@media` it stands in.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) media: Option<String>,
    pub(super) selector: String,
    pub(super) declarations: Vec<Declaration>,
}

impl Rule {
    /// Outlook's dark mode: the rule holds below an element it has marked.
    pub(super) fn is_for_outlook(&self) -> bool {
        self.selector.starts_with("[data-ogs")
    }

    /// The selector as matched, Outlook's mark taken for granted; `None` for what no document can match.
    pub(super) fn matcher(&self) -> Option<Selector> {
        let bare = self.selector.replace("[data-ogsc] ", "").replace("[data-ogsb] ", "");
        Selector::parse(&bare).ok()
    }
}

/// A style sheet as one list of rules, and what of it cannot be read.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    pub(super) rules: Vec<Rule>,
    pub(super) faults: Vec<String>,
}

pub(super) fn sheet(css: &str) -> Sheet {
    let mut reader = Reader { media: None, faults: Vec::new() };
    let mut input = Parser::new(css);
    let mut sheet = Sheet::default();
    for part in StyleSheetParser::new(&mut input, &mut reader) {
        match part {
            Ok(rules) => sheet.rules.extend(rules),
            Err((_, slice, _)) => sheet.faults.push(format!("the style sheet does not parse at `{}`", short(slice))),
        }
    }
    sheet.faults.append(&mut reader.faults);
    sheet
}

/// The declarations of a `style` attribute, and what of it cannot be read.
pub(super) fn inline(css: &str) -> (Vec<Declaration>, Vec<String>) {
    declarations(&mut Parser::new(css))
}

fn declarations(input: &mut Parser<'_>) -> (Vec<Declaration>, Vec<String>) {
    let (mut good, mut faults) = (Vec::new(), Vec::new());
    for item in RuleBodyParser::new(input, &mut Body) {
        match item {
            Ok(declaration) => good.push(declaration),
            Err((_, slice, _)) => faults.push(format!("a declaration does not parse: `{}`", short(slice))),
        }
    }
    (good, faults)
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

struct Reader {
    media: Option<String>,
    faults: Vec<String>,
}

impl<'i> AtRuleParser<'i> for Reader {
    type Prelude = String;
    type AtRule = Vec<Rule>;
    type Error = ();

    fn parse_prelude(&mut self, name: CowRcStr<'i>, input: &mut Parser<'i>) -> Result<String, ParseError<()>> {
        if !name.eq_ignore_ascii_case("media") || self.media.is_some() {
            self.faults.push(format!("`@{name}` where only a rule may stand"));
            return Err(ParseError::from_basic_kind(BasicParseErrorKind::AtRuleInvalid));
        }
        Ok(rest(input))
    }

    fn parse_block(
        &mut self,
        media: String,
        _start: &ParserState,
        input: &mut Parser<'i>,
    ) -> Result<Vec<Rule>, ParseError<()>> {
        let mut inner = Self { media: Some(media), faults: Vec::new() };
        let mut rules = Vec::new();
        for part in StyleSheetParser::new(input, &mut inner) {
            match part {
                Ok(some) => rules.extend(some),
                Err((_, slice, _)) => self.faults.push(format!("a rule does not parse: `{}`", short(slice))),
            }
        }
        self.faults.append(&mut inner.faults);
        Ok(rules)
    }
}

impl<'i> QualifiedRuleParser<'i> for Reader {
    type Prelude = String;
    type QualifiedRule = Vec<Rule>;
    type Error = ();

    fn parse_prelude(&mut self, input: &mut Parser<'i>) -> Result<String, ParseError<()>> {
        Ok(rest(input))
    }

    fn parse_block(
        &mut self,
        selectors: String,
        _start: &ParserState,
        input: &mut Parser<'i>,
    ) -> Result<Vec<Rule>, ParseError<()>> {
        let (declarations, mut faults) = declarations(input);
        self.faults.append(&mut faults);
        let rule = |selector: &str| Rule {
            media: self.media.clone(),
            selector: selector.trim().to_owned(),
            declarations: declarations.clone(),
        };
        Ok(selectors.split(',').map(rule).collect())
    }
}

struct Body;

impl<'i> AtRuleParser<'i> for Body {
    type Prelude = ();
    type AtRule = Declaration;
    type Error = ();
}

impl QualifiedRuleParser<'_> for Body {
    type Prelude = ();
    type QualifiedRule = Declaration;
    type Error = ();
}

impl<'i> DeclarationParser<'i> for Body {
    type Declaration = Declaration;
    type Error = ();

    fn parse_value(
        &mut self,
        name: CowRcStr<'i>,
        input: &mut Parser<'i>,
        _start: &ParserState,
    ) -> Result<Declaration, ParseError<()>> {
        let start = input.position();
        let mut end = start;
        let mut important = false;
        while !input.is_exhausted() {
            if input.try_parse(parse_important).is_ok() {
                important = true;
                break;
            }
            skip(input);
            end = input.position();
        }
        let value = input.slice(start..end).trim().to_owned();
        if value.is_empty() {
            return Err(ParseError::unexpected_token());
        }
        Ok(Declaration { name: name.to_ascii_lowercase(), value, important })
    }
}

impl RuleBodyItemParser<'_, Declaration, ()> for Body {
    fn parse_declarations(&self) -> bool {
        true
    }

    fn parse_qualified(&self) -> bool {
        false
    }
}

/// One token, with all that stands in its brackets.
fn skip(input: &mut Parser<'_>) {
    let opens = matches!(
        input.next(),
        Ok(cssparser::Token::Function(_)
            | cssparser::Token::ParenthesisBlock
            | cssparser::Token::SquareBracketBlock
            | cssparser::Token::CurlyBracketBlock)
    );
    if opens {
        let all = |inner: &mut Parser<'_>| {
            while !inner.is_exhausted() {
                skip(inner);
            }
            Ok::<(), ParseError<()>>(())
        };
        input.parse_nested_block(all).expect("skipping cannot fail");
    }
}

fn rest(input: &mut Parser<'_>) -> String {
    let start = input.position();
    while !input.is_exhausted() {
        skip(input);
    }
    input.slice_from(start).trim().to_owned()
}

/// An opaque sRGB colour.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour(pub(super) [u8; 3]);

impl std::fmt::Debug for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self([r, g, b]) = self;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

impl Colour {
    pub(super) const BLACK: Self = Self([0; 3]);
    pub(super) const WHITE: Self = Self([255; 3]);
    /// A link nobody coloured.
    pub(super) const LINK: Self = Self([0, 0, 0xee]);

    /// `#abc` and `#aabbcc`: the only notations every mail client reads.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let hex = text.trim().strip_prefix('#')?;
        let wide: String = match hex.len() {
            3 => hex.chars().flat_map(|c| [c, c]).collect(),
            6 => hex.to_owned(),
            _ => return None,
        };
        let channel = |at: usize| u8::from_str_radix(wide.get(at..at + 2)?, 16).ok();
        Some(Self([channel(0)?, channel(2)?, channel(4)?]))
    }

    /// Contrast ratio (WCAG 2.2, 1 to 21).
    pub(super) fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    fn luminance(self) -> f64 {
        let channel = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        let Self([r, g, b]) = self;
        0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
    }
}
