//! The letters of a chart: Latin, Greek and Cyrillic from fonts inside the program, the same on every machine;
//! other scripts from the machine's own.

use std::collections::BTreeMap;
use std::sync::Arc;

use resvg::usvg::fontdb::{Database, FaceInfo, ID, Stretch, Style, Weight};
use resvg::usvg::{FontResolver, Node, Options, Tree};
use skrifa::{FontRef, MetadataProvider as _};

use super::canvas::escaped;

/// Inter, its figures all of one width (`fonts/OFL.txt`).
const REGULAR: &[u8] = include_bytes!("fonts/regular.otf");
const BOLD: &[u8] = include_bytes!("fonts/bold.otf");
const OWN: &str = "Inter for Charts";

/// Fonts that have every letter of some texts.
pub(super) struct Fonts {
    options: Options<'static>,
    /// The family of each letter that is not in our own.
    borrowed: BTreeMap<char, String>,
}

/// How a text is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    Regular,
    Bold,
}

impl Cut {
    pub(super) fn weight(self) -> u16 {
        match self {
            Self::Regular => 400,
            Self::Bold => 700,
        }
    }
}

impl Fonts {
    /// Fonts for these texts.
    ///
    /// # Errors
    /// The letters no font here has.
    pub(super) fn find<'a>(texts: impl Iterator<Item = &'a str>, language: &str) -> Result<Self, String> {
        let mut fonts = Database::new();
        fonts.load_font_data(REGULAR.to_vec());
        fonts.load_font_data(BOLD.to_vec());
        let own = FontRef::new(REGULAR).expect("the font inside the program is one");
        let own = |letter: &char| own.charmap().map(*letter).is_some();
        let mut strange: Vec<char> =
            texts.flat_map(str::chars).filter(|letter| !is_unseen(*letter) && !own(letter)).collect();
        strange.sort_unstable();
        strange.dedup();
        let borrowed = if strange.is_empty() { BTreeMap::new() } else { borrow(&strange, language, &mut fonts)? };
        let resolver = FontResolver { select_fallback: Box::new(another), ..FontResolver::default() };
        let options = Options {
            font_family: OWN.to_owned(),
            fontdb: Arc::new(fonts),
            font_resolver: resolver,
            ..Options::default()
        };
        Ok(Self { options, borrowed })
    }

    /// An SVG as a tree with these fonts.
    ///
    /// # Errors
    /// The parser's sentence.
    pub(super) fn read(&self, svg: &str) -> Result<Tree, String> {
        Tree::from_str(svg, &self.options).map_err(|error| error.to_string())
    }

    /// How wide a line of text is.
    pub(super) fn width(&self, text: &str, size: f64, cut: Cut) -> f64 {
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\"><text font-size=\"{size}\" font-weight=\"{}\">{}</text></svg>",
            cut.weight(),
            self.runs(text)
        );
        let tree = self.read(&svg);
        let text = tree.as_ref().ok().and_then(|tree| match tree.root().children() {
            [Node::Text(text)] => Some(text),
            _ => None,
        });
        // A text without anything to see is as wide as nothing.
        text.map_or(0.0, |text| f64::from(text.bounding_box().width()))
    }

    /// The text as SVG, each stretch in the family that has its letters.
    pub(super) fn runs(&self, text: &str) -> String {
        let mut out = String::new();
        let mut run = String::new();
        let mut family: Option<&str> = None;
        for letter in text.chars() {
            let own = match self.borrowed.get(&letter) {
                Some(borrowed) => Some(borrowed.as_str()),
                // Spaces and points belong to the words they stand between.
                None if !letter.is_alphanumeric() => family,
                None => None,
            };
            if own != family {
                out += &set_in(family, &run);
                run.clear();
                family = own;
            }
            run.push(letter);
        }
        out + &set_in(family, &run)
    }
}

fn set_in(family: Option<&str>, run: &str) -> String {
    match family {
        Some(family) => format!("<tspan font-family=\"'{}'\">{}</tspan>", escaped(family), escaped(run)),
        None => escaped(run),
    }
}

/// Whether a letter needs no shape: spaces, joiners, marks of direction.
fn is_unseen(letter: char) -> bool {
    letter.is_whitespace()
        || letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202f}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// A family of the machine's for each letter: one for all of them where there is one, else the first that has it.
fn borrow(strange: &[char], language: &str, fonts: &mut Database) -> Result<BTreeMap<char, String>, String> {
    let mut machine = Database::new();
    machine.load_system_fonts();
    let mut faces: Vec<&FaceInfo> = machine.faces().filter(|face| is_plain(face)).collect();
    faces.sort_by_key(|face| (rank(face, language), family(face).to_owned(), face.post_script_name.clone()));
    let has = |face: &FaceInfo, letters: &[char]| has_letters(&machine, face.id, letters);
    let mut borrowed = BTreeMap::new();
    let mut lenders = Vec::new();
    if let Some(face) = faces.iter().find(|face| has(face, strange)) {
        borrowed.extend(strange.iter().map(|letter| (*letter, family(face).to_owned())));
        lenders.push(family(face).to_owned());
    } else {
        let mut missing = String::new();
        for letter in strange {
            match faces.iter().find(|face| has(face, &[*letter])) {
                Some(face) => {
                    borrowed.insert(*letter, family(face).to_owned());
                    lenders.push(family(face).to_owned());
                }
                None => missing.push(*letter),
            }
        }
        if !missing.is_empty() {
            return Err(missing);
        }
    }
    // The bold of a family comes along.
    let lends = |face: &&FaceInfo| is_upright(face) && lenders.iter().any(|lender| lender == family(face));
    for face in machine.faces().filter(lends) {
        fonts.push_face_info(face.clone());
    }
    Ok(borrowed)
}

fn is_plain(face: &FaceInfo) -> bool {
    is_upright(face) && face.weight == Weight::NORMAL && !face.monospaced
}

fn is_upright(face: &FaceInfo) -> bool {
    face.style == Style::Normal && face.stretch == Stretch::Normal
}

/// A font for a letter that those tried so far have not: as bold as the first of them, where there is one.
fn another(letter: char, tried: &[ID], fonts: &mut Arc<Database>) -> Option<ID> {
    let weight = fonts.face(*tried.first()?)?.weight;
    let mut others: Vec<&FaceInfo> =
        fonts.faces().filter(|face| !tried.contains(&face.id) && has_letters(fonts, face.id, &[letter])).collect();
    others.sort_by_key(|face| (face.weight.0.abs_diff(weight.0), face.post_script_name.clone()));
    others.first().map(|face| face.id)
}

/// What goes best with our own comes first: a sans-serif, made for this language where one letter has several shapes.
fn rank(face: &FaceInfo, language: &str) -> u8 {
    let name = family(face);
    let tag = language.to_ascii_lowercase();
    let region = match tag.split('-').next().unwrap_or_default() {
        "ja" => " JP",
        "ko" => " KR",
        "zh" if ["hant", "tw", "hk", "mo"].iter().any(|part| tag.split('-').any(|own| own == *part)) => " TC",
        "zh" => " SC",
        _ => "",
    };
    match name {
        _ if name.contains("Emoji") || name.contains("Symbols") => 5,
        _ if name.contains(" CJK ") && !region.is_empty() => {
            u8::from(!(name.contains("Sans") && name.ends_with(region))) * 2
        }
        _ if name.starts_with("Noto Sans") => 1,
        _ if name.contains("Sans") => 2,
        _ if name.contains("Serif") || name.contains("Naskh") => 4,
        _ => 3,
    }
}

/// Its English name.
fn family(face: &FaceInfo) -> &str {
    face.families.first().map_or("", |(name, _)| name.as_str())
}

fn has_letters(machine: &Database, id: ID, letters: &[char]) -> bool {
    let found = machine.with_face_data(id, |data, index| {
        FontRef::from_index(data, index).is_ok_and(|font| {
            let charmap = font.charmap();
            letters.iter().all(|letter| charmap.map(*letter).is_some())
        })
    });
    found.unwrap_or(false)
}
