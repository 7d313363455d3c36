//! Every key config.toml may hold: its shape, its default, and a sentence about it.
//!
//! One table drives three things: unknown keys and wrong types are found by walking the file beside it,
//! `--set` learns from it whether a value is raw text, and a test holds the shipped config.toml to it.
//! A segment in capitals stands for any name of the newsroom's own; `[]` for each table of a list.

use std::sync::Arc;

use crate::config::tree::{Kind, Table, Value};
use crate::finding::{Finding, Findings, Source, nearest};

/// What a key holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Text,
    Texts,
    Whole,
    Number,
    Flag,
    Dates,
    /// Words and where they lead, in pairs.
    Links,
    /// A table with the keys of another one.
    Like(&'static str),
    /// A table without keys yet.
    Empty,
}

impl Shape {
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Texts => "a list of texts",
            Self::Whole => "a whole number, not below 0",
            Self::Number => "a number, not below 0",
            Self::Flag => "true or false",
            Self::Dates => "a list of dates, such as 2026-12-25",
            Self::Links => "a list of pairs, such as [[\"About us\", \"https://…\"]]",
            Self::Like(_) | Self::Empty => "a table",
        }
    }

    fn holds(self, value: &Value) -> bool {
        match (self, &value.kind) {
            (Self::Text, Kind::Text(_))
            | (Self::Flag, Kind::Flag(_))
            | (Self::Empty | Self::Like(_), Kind::Table(_)) => true,
            (Self::Whole, Kind::Whole(whole)) => *whole >= 0,
            (Self::Number, _) => value.number().is_some_and(|number| number.is_finite() && number >= 0.0),
            (Self::Texts, Kind::List(items)) => items.iter().all(|item| matches!(item.kind, Kind::Text(_))),
            (Self::Links, Kind::List(items)) => items.iter().all(|item| match &item.kind {
                Kind::List(pair) => pair.len() == 2 && pair.iter().all(|half| matches!(half.kind, Kind::Text(_))),
                _ => false,
            }),
            (Self::Dates, Kind::List(items)) => {
                items.iter().all(|item| item.time().is_some_and(|time| time.date.is_some() && time.time.is_none()))
            }
            _ => false,
        }
    }
}

/// One key of config.toml.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) path: &'static str,
    pub(crate) shape: Shape,
    /// As it would be written; empty where the key must be given, or where nothing stands for nothing.
    pub(crate) default: &'static str,
    pub(crate) about: &'static str,
}

impl Key {
    /// The sentence about it, and its default where it has one.
    fn explained(&self) -> String {
        match self.default {
            "" => self.about.to_owned(),
            default => format!("{} (default: {default})", self.about),
        }
    }
}

const fn key(path: &'static str, shape: Shape, default: &'static str, about: &'static str) -> Key {
    Key { path, shape, default, about }
}

/// Every key, in the order of the shipped file.
#[rustfmt::skip]
pub(crate) const KEYS: &[Key] = &[
    key("publication.name", Shape::Text, "", "the house, as readers know it; required"),
    key("publication.url", Shape::Text, "", "its site; required"),
    key("publication.timezone", Shape::Text, "", "IANA name, such as Europe/Lisbon: every local time here is in it; required"),
    key("publication.language", Shape::Text, "en", "BCP 47 tag of the language readers read"),
    key("publication.postal_address", Shape::Text, "", "printed at the foot of every issue, as the law wants; required"),
    key("publication.hosts", Shape::Texts, "[the host of url]", "links to these hosts are ours"),
    key("publication.default", Shape::Text, "", "the newsletter meant where -n is not given"),
    key("publication.append", Shape::Text, "", "query appended to links to our own hosts, such as utm_source=morning"),
    key("authors.ID.name", Shape::Text, "", "the byline; required"),
    key("authors.ID.title", Shape::Text, "", "what stands behind the name"),
    key("authors.ID.email", Shape::Text, "", "where readers may write"),
    key("authors.ID.bio", Shape::Text, "", "who this is, under a story in full"),
    key("forms.ID.kicker", Shape::Text, "", "the kicker of stories that name none"),
    key("forms.ID.sections", Shape::Texts, "[]", "the headings a story of this form has, in this order"),
    key("forms.ID.words.min", Shape::Whole, "0", "fewest words of the body; 0 switches it off"),
    key("forms.ID.words.max", Shape::Whole, "0", "most words of the body; 0 switches it off"),
    key("forms.ID.body", Shape::Text, "", "required or forbidden; left out, a body is welcome and not asked for"),
    key("kickers.allowed", Shape::Texts, "[]", "the only kickers allowed, in the house spelling; an empty list allows any"),
    key("newsletters.ID.title", Shape::Text, "", "its name over every issue; required"),
    key("newsletters.ID.from", Shape::Text, "", "the sender: Name <address>; required"),
    key("newsletters.ID.reply_to", Shape::Text, "", "where answers go"),
    key("newsletters.ID.send_at", Shape::Text, "", "the hour it is due, such as 06:30; required"),
    key("newsletters.ID.days", Shape::Texts, "every day", "days it is due: Mon, Tue, Wed, Thu, Fri, Sat, Sun"),
    key("newsletters.ID.skip", Shape::Dates, "[]", "days it does not appear"),
    key("newsletters.ID.list_id", Shape::Text, "ID.HOST of from", "the List-Id header"),
    key("newsletters.ID.approval", Shape::Text, "required", "required, second-person or optional"),
    key("newsletters.ID.on_change", Shape::Text, "hold", "an edit after approval: hold, or send-approved"),
    key("newsletters.ID.policy", Shape::Text, "at-most-once", "at-most-once or at-least-once: what an unseen end of an attempt means"),
    key("newsletters.ID.stale", Shape::Text, "refuse", "an issue whose date is another day's: refuse, or send"),
    key("newsletters.ID.late_limit", Shape::Text, "3h", "later than this after its hour, an issue is not sent by itself"),
    key("newsletters.ID.expire_after", Shape::Text, "24h", "when retries end"),
    key("newsletters.ID.retry", Shape::Texts, r#"["5m", "15m", "45m", "2h"]"#, "waits before each retry; the last one again until it expires"),
    key("newsletters.ID.relay", Shape::Text, "main, or the only one", "the relay it goes by"),
    key("newsletters.ID.theme", Shape::Text, "default", "the design: default or digest"),
    key("newsletters.ID.brand", Shape::Like("brand"), "", "what this newsletter has of its own, over [brand]"),
    key("newsletters.ID.first.tags", Shape::Texts, "[]", "readers with these tags get it first"),
    key("newsletters.ID.first.wait", Shape::Text, "", "how long the others wait then"),
    key("newsletters.ID.limits.subject.warn", Shape::Whole, "50", "characters of the subject; 0 switches a limit off"),
    key("newsletters.ID.limits.subject.error", Shape::Whole, "78", "characters of the subject that stop the send"),
    key("newsletters.ID.limits.preheader.min", Shape::Whole, "35", "fewest characters of the preheader"),
    key("newsletters.ID.limits.preheader.warn", Shape::Whole, "140", "most characters of the preheader"),
    key("newsletters.ID.limits.html_bytes.warn", Shape::Whole, "0", "bytes of the HTML part"),
    key("newsletters.ID.limits.html_bytes.error", Shape::Whole, "81920", "bytes that stop the send; more than 102,400 do in any case: there Gmail cuts"),
    key("newsletters.ID.limits.words.min", Shape::Whole, "0", "fewest words of an issue"),
    key("newsletters.ID.limits.words.max", Shape::Whole, "0", "most words of an issue"),
    key("newsletters.ID.limits.images_bytes", Shape::Whole, "800000", "bytes of all pictures together"),
    key("newsletters.ID.limits.repeat_issues", Shape::Whole, "14", "issues in which a story may not run again"),
    key("newsletters.ID.limits.audience_swing", Shape::Number, "0.20", "stop if the list is off by this share since the last send"),
    key("newsletters.ID.limits.refusals", Shape::Number, "0.03", "share of refused readers above which a lane pauses, and a finished run ends with exit 7"),
    key("newsletters.ID.checks.CHECK", Shape::Text, "", "error, warn or off, for this newsletter"),
    key("checks.CHECK", Shape::Text, "", "error, warn or off"),
    key("checklist.NEWSLETTER", Shape::Texts, "[]", "asked, one by one, by approve"),
    key("style.WRONG", Shape::Text, "", "house spellings: wrong = right"),
    key("brand.news", Shape::Text, "the theme's", "font stack of the news; ends in serif, sans-serif or monospace"),
    key("brand.labels", Shape::Text, "the theme's", "font stack of labels and small print"),
    key("brand.radius", Shape::Whole, "the theme's", "corners of buttons, in pixels"),
    key("brand.masthead.words", Shape::Text, "the publication's name", "what the masthead says, or its picture stands for"),
    key("brand.masthead.image", Shape::Text, "", "a picture below issues/ in place of the words"),
    key("brand.masthead.dark", Shape::Text, "", "the same for the dark; without one the light keeps its ground"),
    key("brand.masthead.width", Shape::Whole, "half the picture's", "how wide it is shown, in pixels"),
    key("brand.footer", Shape::Links, "[]", "links at the foot"),
    key("brand.social", Shape::Links, "[]", "where else the house is, at the foot"),
    key("brand.light.page", Shape::Text, "the theme's", "ground around the sheet"),
    key("brand.light.sheet", Shape::Text, "the theme's", "ground of the mail"),
    key("brand.light.tint", Shape::Text, "the theme's", "ground of what is apart: a sponsor, a poll's answers"),
    key("brand.light.blank", Shape::Text, "the theme's", "ground of a picture not loaded"),
    key("brand.light.ink", Shape::Text, "the theme's", "text"),
    key("brand.light.quiet", Shape::Text, "the theme's", "secondary text"),
    key("brand.light.accent", Shape::Text, "the theme's", "the one colour: kickers, numbers, the main button"),
    key("brand.light.on_accent", Shape::Text, "what can be read on accent", "words on a button of that colour"),
    key("brand.light.rule", Shape::Text, "the theme's", "thin rules"),
    key("brand.dark.page", Shape::Text, "the theme's", "ground around the sheet"),
    key("brand.dark.sheet", Shape::Text, "the theme's", "ground of the mail"),
    key("brand.dark.tint", Shape::Text, "the theme's", "ground of what is apart: a sponsor, a poll's answers"),
    key("brand.dark.blank", Shape::Text, "the theme's", "ground of a picture not loaded"),
    key("brand.dark.ink", Shape::Text, "the theme's", "text"),
    key("brand.dark.quiet", Shape::Text, "the theme's", "secondary text"),
    key("brand.dark.accent", Shape::Text, "made from the light one", "the one colour: kickers, numbers, the main button"),
    key("brand.dark.on_accent", Shape::Text, "what can be read on accent", "words on a button of that colour"),
    key("brand.dark.rule", Shape::Text, "the theme's", "thin rules"),
    key("clients", Shape::Empty, "", "the mail programs this house looks at"),
    key("import.stop", Shape::Texts, "[]", "a pasted story ends, or is interrupted, where one of these begins"),
    key("feeds[].name", Shape::Text, "", "what the feed is called in wire"),
    key("feeds[].url", Shape::Text, "", "where it is"),
    key("feeds[].form", Shape::Text, "", "the form of stories taken from it"),
    key("store.url", Shape::Text, "sqlite:pressrun.db", "the ledger and the list"),
    key("store.keep_deliveries", Shape::Text, "400d", "after this only counts are kept"),
    key("relays.NAME.url", Shape::Text, "mailbox:", "smtp://user@host:587, smtps://user@host, or mailbox: for rehearsals"),
    key("relays.NAME.kind", Shape::Text, "plain", "plain, postfix or ses"),
    key("relays.NAME.auth", Shape::Text, "password", "password (PLAIN or LOGIN), or xoauth2: an access token stands for it"),
    key("relays.NAME.password_file", Shape::Text, "", "a file with the password on its first line"),
    key("relays.NAME.password_command", Shape::Text, "", "a command that prints the password"),
    key("relays.NAME.password_env", Shape::Text, "", "an environment variable that holds it"),
    key("relays.NAME.connections", Shape::Whole, "8", "connections at once, at most"),
    key("relays.NAME.rate", Shape::Whole, "0", "messages a second over all connections; 0: as fast as it takes them"),
    key("relays.NAME.per_day", Shape::Whole, "0", "messages a day, UTC; 0: no limit"),
    key("relays.NAME.warm_up.start", Shape::Whole, "500", "messages on the first day of a relay nobody knows yet"),
    key("relays.NAME.warm_up.grow", Shape::Number, "2.0", "by what each further day is multiplied"),
    key("relays.NAME.spare", Shape::Text, "", "the relay that helps out when this one is away"),
    key("relays.NAME.ca_file", Shape::Text, "", "a certificate authority of your own, PEM"),
    key("relays.NAME.insecure", Shape::Flag, "false", "allow a login in clear and an unproven certificate"),
    key("relays.NAME.headers.HEADER", Shape::Text, "", "headers this relay wants on each message"),
    key("lanes.NAME.domains", Shape::Texts, "[]", "receivers' domains that share a lane"),
    key("lanes.NAME.rate", Shape::Whole, "0", "messages a second to them; 0: as the relay goes"),
    key("dkim.domain", Shape::Text, "", "the signing domain"),
    key("dkim.selector", Shape::Text, "", "the name of the key in its DNS"),
    key("dkim.key_file", Shape::Text, "", "the private key, PEM"),
    key("dkim.second.selector", Shape::Text, "", "the name of a second key, whose signature stands beside the first"),
    key("dkim.second.key_file", Shape::Text, "", "the second private key, PEM"),
    key("bounces.address", Shape::Text, "", "where returned mail goes: an address, or a domain; a token in it names reader and edition"),
    key("bounces.imap", Shape::Text, "", "the mailbox they arrive in: imaps://user@host"),
    key("bounces.policy", Shape::Text, "", "what a bounce does to a reader"),
    key("serve.url", Shape::Text, "http://127.0.0.1:8025", "the readers' pages as readers reach them"),
    key("serve.listen", Shape::Text, "127.0.0.1:8025", "the address and port serve listens on"),
    key("serve.secret_file", Shape::Text, "pressrun.secret beside the store", "the key behind unsubscribe links; made on first need"),
    key("serve.trusted_proxies", Shape::Texts, "[]", "addresses of proxies whose X-Forwarded-For is believed"),
    key("serve.signup", Shape::Text, "open", "open or closed"),
    key("preview.editor", Shape::Texts, "[]", "the text editor that preview opens a file in: words of a command, with {file} and {line}"),
    key("preview.url", Shape::Text, "", "the desk's address behind a proxy, a host of its own; whoever comes there logs in"),
    key("preview.editors", Shape::Texts, "[]", "who may log in there: names of [authors], who need an email"),
    key("images.url", Shape::Text, "", "where pictures are served from, if not by serve"),
    key("images.publish", Shape::Text, "", "a folder they are put into, or a command that takes the folder {} there"),
    key("images.embed", Shape::Flag, "false", "pictures travel inside each mail instead"),
    key("alarm.to", Shape::Text, "", "who is mailed when something is wrong: an address, or several with commas"),
    key("alarm.relay", Shape::Text, "main, or the only one", "by which relay; wisely another one than the newsletters'"),
    key("alarm.webhook", Shape::Text, "", "a web address that is posted a JSON object"),
    key("alarm.command", Shape::Text, "", "a command that is given the same object on its stdin"),
    key("alarm.before", Shape::Text, "30m", "how long before its hour an issue that is not approved is told"),
    key("alarm.after", Shape::Text, "1h", "how long after its hour readers who still wait for their turn are told"),
    key("alarm.heartbeat_url", Shape::Text, "", "asked after each round of send --due, so that silence is noticed"),
    key("source.pull", Shape::Text, "", "a command that brings the files, run before send --due"),
    key("source.timeout", Shape::Text, "1m", "how long it may take"),
];

/// What a path leads to.
pub(crate) enum Found {
    Key(&'static Key),
    /// A table with keys of its own.
    Table,
}

/// The key a path of names leads to; the error is the place of the first unknown name, and what was meant.
pub(crate) fn find(path: &[String]) -> Result<Found, (usize, Option<String>)> {
    let mut pattern = String::new();
    for (at, name) in path.iter().enumerate() {
        let Some(segment) = child(&pattern, name) else {
            return Err((at, suggestion(&pattern, name)));
        };
        pattern = home(join(&pattern, segment));
    }
    Ok(match KEYS.iter().find(|key| key.path == pattern) {
        Some(key) => Found::Key(key),
        None => Found::Table,
    })
}

/// Walks the file beside the table: a finding for every unknown key and every wrong type.
pub(crate) fn check(table: &Table, out: &mut Findings) {
    walk(table, "", "", out);
}

fn walk(table: &Table, pattern: &str, shown: &str, findings: &mut Findings) {
    for entry in &table.entries {
        let (source, value) = (&entry.value.source, &entry.value);
        let shown = join(shown, &entry.key);
        let Some(segment) = child(pattern, &entry.key) else {
            findings.push(unknown(pattern, &shown, &entry.key, source, entry.span.clone()));
            continue;
        };
        let pattern = join(pattern, segment);
        if let Some(key) = KEYS.iter().find(|key| key.path == pattern) {
            if !key.shape.holds(value) {
                findings.push(wrong_shape(&shown, key.shape.describe(), value).help(key.explained()));
            } else if let (Shape::Empty | Shape::Like(_), Some(inner)) = (key.shape, value.table()) {
                walk(inner, &home(pattern), &shown, findings);
            }
            findings.extend(control(&shown, key, value));
            continue;
        }
        match (&value.kind, pattern.ends_with("[]")) {
            (Kind::Table(inner), false) => walk(inner, &pattern, &shown, findings),
            (Kind::List(items), true) => {
                for item in items {
                    match item.table() {
                        Some(inner) => walk(inner, &pattern, &shown, findings),
                        None => findings.push(wrong_shape(&shown, "a list of tables", item)),
                    }
                }
            }
            (_, true) => findings.push(wrong_shape(&shown, "a list of tables, each under [[ ]]", value)),
            (_, false) => findings.push(wrong_shape(&shown, "a table", value)),
        }
    }
}

/// Names and titles become headers, where a line end would start another one.
fn control(shown: &str, key: &Key, value: &Value) -> Option<Finding> {
    let text = value.text()?;
    let lines = key.path.ends_with(".bio") || key.path.ends_with(".postal_address");
    let at = text.part(text.control(lines).or_else(|| text.latin_control())?);
    let finding = Finding::error("config", format!("`{shown}` holds a control character"));
    Some(finding.at(&text.source, at, "this one"))
}

fn wrong_shape(shown: &str, wanted: &str, value: &Value) -> Finding {
    let negative = value.number().is_some_and(|number| number < 0.0 || !number.is_finite());
    let given = if negative { "this number" } else { value.shape() };
    Finding::error("config", format!("`{shown}` cannot be {given}")).at(
        &value.source,
        value.span.clone(),
        format!("expected {wanted}"),
    )
}

fn unknown(pattern: &str, shown: &str, key: &str, source: &Arc<Source>, span: std::ops::Range<usize>) -> Finding {
    let finding =
        Finding::error("config", format!("there is no key `{shown}`")).at(source, span.clone(), "unknown key");
    match (nearest(key, children(pattern)), suggestion(pattern, key)) {
        (Some(near), _) => finding.help(format!("did you mean `{near}`?")).fix(span, near),
        (None, Some(elsewhere)) => finding.help(format!("did you mean `{elsewhere}`?")),
        (None, None) => match children(pattern).collect::<Vec<_>>() {
            known if known.is_empty() => finding.help("this table has no keys"),
            known => finding.help(format!("keys here: {}", known.join(", "))),
        },
    }
}

/// The nearest name at this place, or the same name at another.
fn suggestion(pattern: &str, name: &str) -> Option<String> {
    if let Some(near) = nearest(name, children(pattern)) {
        return Some(join(pattern, near));
    }
    KEYS.iter().find(|key| key.path.rsplit('.').next() == Some(name)).map(|key| key.path.to_owned())
}

/// The names that may stand inside a table, wildcards left out.
fn children(pattern: &str) -> impl Iterator<Item = &'static str> {
    let mut last = "";
    segments(pattern)
        .filter(move |segment| {
            let fresh = *segment != last && !is_wildcard(segment);
            last = segment;
            fresh
        })
        .map(|segment| segment.trim_end_matches("[]"))
}

/// The pattern's segment a name goes by: itself, or the wildcard.
fn child(pattern: &str, name: &str) -> Option<&'static str> {
    segments(pattern)
        .find(|segment| segment.trim_end_matches("[]") == name && !is_wildcard(segment))
        .or_else(|| segments(pattern).find(|segment| is_wildcard(segment)))
}

fn segments(pattern: &str) -> impl Iterator<Item = &'static str> {
    KEYS.iter().filter_map(move |key| {
        let rest = if pattern.is_empty() { key.path } else { key.path.strip_prefix(pattern)?.strip_prefix('.')? };
        rest.split('.').next()
    })
}

/// Where the keys of a table stand: at its own path, or at that of the table it is like.
fn home(pattern: String) -> String {
    match KEYS.iter().find(|key| key.path == pattern).map(|key| key.shape) {
        Some(Shape::Like(other)) => other.to_owned(),
        _ => pattern,
    }
}

fn is_wildcard(segment: &str) -> bool {
    segment.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn join(before: &str, name: &str) -> String {
    if before.is_empty() { name.to_owned() } else { format!("{before}.{name}") }
}
