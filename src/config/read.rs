//! config.toml becomes a `Config`, or a finding for every mistake in it.
//!
//! Pure: the text and the folder's name come in, nothing else is looked at. Unknown keys and wrong types are
//! found beside the table of keys; here values are understood and defaults filled in.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::config::tree::{self, Entry, Table, Text};
use crate::config::{BodyRule, Config, Form, Limits, Publication, Relay, Serve, Severity, Store};
use crate::config::{alarm, images, keys, newsletter, pace, preview, relay, set, signing};
use crate::finding::{Finding, Findings, Level, Source, nearest, sort};
use crate::story::Author;
use crate::words;

/// What has been said so far while reading.
#[derive(Default)]
pub(crate) struct Reading {
    pub(crate) findings: Findings,
    pub(crate) warnings: Vec<Finding>,
    /// The TOML itself is broken: what seems missing may only be unreadable.
    broken: bool,
    /// `[checks] contrast`: brands are read before the other levels.
    pub(crate) contrast: Option<Text>,
}

/// Reads the settings of the newsroom in `root`, with this run's `--set`s over them.
///
/// # Errors
/// Every mistake in the file and in the arguments, named `config`, in reading order.
pub(crate) fn load(root: &Path, set: &[String]) -> Result<Config, Vec<Finding>> {
    let source = crate::files::read(root, "config.toml").map_err(|finding| vec![finding])?;
    parse(&source, root, set)
}

/// The same without a disk.
///
/// # Errors
/// As `load`.
pub(crate) fn parse(source: &Arc<Source>, root: &Path, set: &[String]) -> Result<Config, Vec<Finding>> {
    let source = Arc::new(Source { path: source.path.clone(), text: redact(&source.text) });
    let mut out = Reading::default();
    let mut document = tree::read(&source, 0..source.text.len(), "config", &mut out.findings);
    out.broken = document.broken;
    set::apply(&mut document.table, set, &mut out.findings);
    // Behind a broken header keys stand in the wrong table: only a whole file is held to the table of keys.
    if !out.broken {
        keys::check(&document.table, &mut out.findings);
    }
    let config = config(&document.table, root, &mut out);
    let mut findings = out.findings.into_vec();
    sort(&mut findings, &[source]);
    // What the house's brand gets wrong is wrong for each newsletter.
    let place = |finding: &Finding| finding.place.as_ref().map(|place| place.span.clone());
    findings.dedup_by(|one, other| one.title == other.title && place(one) == place(other));
    match config {
        Some(config) if findings.is_empty() => Ok(config),
        _ => Err(findings),
    }
}

fn config(table: &Table, root: &Path, out: &mut Reading) -> Option<Config> {
    out.contrast = table.table("checks").and_then(|checks| checks.text("contrast"));
    let publication = publication(table, out);
    let authors: BTreeMap<_, _> =
        table.inner("authors").iter().map(|entry| (entry.key.clone(), author(entry, out))).collect();
    let door = preview::door(table, &authors, out);
    let forms: BTreeMap<_, _> =
        table.inner("forms").iter().map(|entry| (entry.key.clone(), form(entry, out))).collect();
    let kickers: Vec<String> = table.table("kickers").map(|kickers| texts(kickers, "allowed")).unwrap_or_default();
    form_kickers(table, &kickers, out);
    let relays = relay::relays(table, root, out);
    let names: Vec<&str> = relays.keys().map(String::as_str).collect();
    let newsletters: BTreeMap<_, _> = table
        .inner("newsletters")
        .iter()
        .filter_map(|entry| newsletter::newsletter(entry, publication.as_ref(), &names, table.table("brand"), out))
        .map(|newsletter| (newsletter.id.clone(), newsletter))
        .collect();
    let ids: Vec<&str> = table.inner("newsletters").iter().map(|entry| entry.key.as_str()).collect();
    named_newsletters(table, &ids, out);
    let store = store(table, root, out);
    let serve = serve(table, root, &store, out);
    let signing = signing::signing(table, root, &newsletters, out);
    let bounces = signing::bounce_address(table, out);
    let checks = checks(table.inner("checks"), out);
    let images = images::images(table, root, out);
    let known: Vec<&Relay> = relays.values().collect();
    let (alarm, source) = (alarm::alarm(table, &known, out), alarm::source(table, out));
    Some(Config {
        root: root.to_owned(),
        publication: publication?,
        authors,
        forms,
        kickers,
        newsletters,
        checks,
        checklist: table.inner("checklist").iter().map(|entry| (entry.key.clone(), texts_of(entry))).collect(),
        style: style(table, out),
        serve,
        editor: preview::editor(table, out),
        door,
        store,
        relays,
        lanes: pace::lanes(table, out),
        signing,
        bounces,
        images,
        alarm,
        source,
        warnings: std::mem::take(&mut out.warnings),
    })
}

fn publication(table: &Table, out: &mut Reading) -> Option<Publication> {
    let Some(entry) = table.entry("publication") else {
        out.absent(Finding::error("config", "config.toml has no [publication]"));
        return None;
    };
    let table = entry.value.table()?;
    let name = out.required(entry, "name");
    let url = out.required(entry, "url").and_then(|_| out.url(table, "url"));
    let postal_address = out.required(entry, "postal_address");
    let timezone = out.required(entry, "timezone").and_then(|zone| match zone.value.parse() {
        Ok(zone) => Some(zone),
        Err(_) => {
            let near = nearest(&zone.value, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()));
            let finding = Finding::error("config", format!("there is no time zone \"{}\"", zone.value));
            out.suggest(finding, &zone, near, "expected an IANA name, such as Europe/Lisbon");
            None
        }
    });
    let language = table.text("language");
    if let Some(tag) = language.as_ref().filter(|tag| !is_language(&tag.value)) {
        out.bad(tag, format!("\"{}\" is not a language tag", tag.value), "a tag such as en-GB");
    }
    if let Some(tag) = language.as_ref().filter(|tag| is_language(&tag.value) && !words::speaks(&tag.value)) {
        out.warnings.push(untranslated(tag));
    }
    let url = url?;
    let hosts = match texts(table, "hosts") {
        hosts if hosts.is_empty() => host(&url).map(str::to_owned).into_iter().collect(),
        hosts => hosts.iter().map(|host| host.to_lowercase()).collect(),
    };
    Some(Publication {
        name: name?.value,
        url,
        timezone: timezone?,
        language: language.map_or_else(|| "en".to_owned(), |tag| tag.value),
        postal_address: postal_address?.value,
        hosts,
        default: table.text("default").map(|text| text.value),
        append: table.text("append").map(|text| text.value.trim_start_matches(['?', '&']).to_owned()),
    })
}

/// The mail goes out all the same, with English around the newsroom's words.
fn untranslated(tag: &Text) -> Finding {
    let mut shipped: Vec<&str> = words::languages().collect();
    shipped.sort_unstable();
    let title = format!("the press's own words are not shipped in \"{}\" and will be English", tag.value);
    Finding::warning("language-unshipped", title)
        .at(&tag.source, tag.span.clone(), "dates, links and the footer are English")
        .help(format!("shipped: {}; `[checks] language-unshipped = \"off\"` if English is meant", shipped.join(", ")))
}

/// Letters, digits and hyphens in runs of at most eight, as BCP 47 asks.
fn is_language(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    subtags.next().is_some_and(|main| (2..=8).contains(&main.len()) && main.bytes().all(|b| b.is_ascii_alphabetic()))
        && subtags.all(|sub| (1..=8).contains(&sub.len()) && sub.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// The host of an http(s) URL, without port and user.
pub(crate) fn host(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    let end = if host.starts_with('[') { host.find(']')? + 1 } else { host.find(':').unwrap_or(host.len()) };
    let host = &host[..end];
    (!host.is_empty()).then_some(host)
}

fn author(entry: &Entry, out: &mut Reading) -> Author {
    let name = out.required(entry, "name").map(|name| name.value).unwrap_or_default();
    let empty = Table::default();
    let table = entry.value.table().unwrap_or(&empty);
    let text = |key| table.text(key).map(|text| text.value.trim().to_owned()).filter(|text| !text.is_empty());
    if let Some(email) = table.text("email")
        && let Err(problem) = crate::address::EmailAddress::parse(&email.value)
    {
        out.bad(&email, problem, "an address");
    }
    Author { id: entry.key.clone(), name, title: text("title"), email: text("email"), bio: text("bio") }
}

fn form(entry: &Entry, out: &mut Reading) -> Form {
    let empty = Table::default();
    let table = entry.value.table().unwrap_or(&empty);
    let rules = [("required", BodyRule::Required), ("forbidden", BodyRule::Forbidden)];
    Form {
        kicker: table.text("kicker").map(|text| text.value),
        sections: texts(table, "sections"),
        words: out.limits(table, "words"),
        body: table.text("body").and_then(|text| out.choice(&text, "body", &rules)).unwrap_or_default(),
    }
}

/// A form's own kicker stands on the house list too.
fn form_kickers(table: &Table, allowed: &[String], out: &mut Reading) {
    for entry in table.inner("forms") {
        let Some(kicker) = entry.value.table().and_then(|form| form.text("kicker")) else { continue };
        if !allowed.is_empty() && !allowed.contains(&kicker.value) {
            let finding = Finding::error("config", format!("kicker \"{}\" is not in [kickers] allowed", kicker.value));
            let near = nearest(&kicker.value, allowed.iter().map(String::as_str));
            out.suggest(finding, &kicker, near, "expected one of the house list");
        }
    }
}

/// `[publication] default` and `[checklist]` name newsletters that exist.
fn named_newsletters(table: &Table, ids: &[&str], out: &mut Reading) {
    if ids.is_empty() {
        out.absent(Finding::error("config", "config.toml has no newsletter").help("add a table [newsletters.morning]"));
        return;
    }
    if let Some(default) = table.table("publication").and_then(|publication| publication.text("default"))
        && !ids.contains(&default.value.as_str())
    {
        let finding = Finding::error("config", format!("there is no newsletter `{}`", default.value));
        let near = nearest(&default.value, ids.iter().copied());
        out.suggest(finding, &default, near, &format!("newsletters: {}", ids.join(", ")));
    }
    for entry in table.inner("checklist").iter().filter(|entry| !ids.contains(&entry.key.as_str())) {
        let finding = Finding::error("config", format!("there is no newsletter `{}`", entry.key));
        let label = format!("newsletters: {}", ids.join(", "));
        out.findings.push(finding.at(&entry.value.source, entry.span.clone(), label));
    }
}

/// `[checks]`: a level for each named check.
pub(crate) fn checks(entries: &[Entry], out: &mut Reading) -> BTreeMap<String, Severity> {
    let levels =
        [("error", Severity::At(Level::Error)), ("warn", Severity::At(Level::Warning)), ("off", Severity::Off)];
    let mut checks = BTreeMap::new();
    for entry in entries {
        let Some(check) = crate::check::find(&entry.key) else {
            let finding = Finding::error("config", format!("there is no check `{}`", entry.key));
            let finding = finding.at(&entry.value.source, entry.span.clone(), "unknown check");
            out.findings.push(match nearest(&entry.key, crate::check::names()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")).fix(entry.span.clone(), near),
                None => finding,
            });
            continue;
        };
        let Some(text) = entry.value.text() else { continue };
        let Some(severity) = out.choice(&text, &entry.key, &levels) else { continue };
        if check.binding && severity != Severity::At(Level::Error) {
            out.bad(
                &text,
                format!("`{}` cannot be switched off: without it the issue cannot be sent", check.name),
                "error",
            );
        } else {
            checks.insert(entry.key.clone(), severity);
        }
    }
    checks
}

/// House spellings; one for nothing would be looked for everywhere.
fn style(table: &Table, out: &mut Reading) -> BTreeMap<String, String> {
    let mut style = BTreeMap::new();
    for entry in table.inner("style") {
        let Some(right) = entry.value.text() else { continue };
        if entry.key.trim().is_empty() || entry.key == right.value {
            let finding = Finding::error("config", "this spelling corrects nothing");
            let label = "expected the wrong spelling = the right one";
            out.findings.push(finding.at(&entry.value.source, entry.span.clone(), label));
        }
        style.insert(entry.key.clone(), right.value);
    }
    style
}

fn store(table: &Table, root: &Path, out: &mut Reading) -> Store {
    let settings = table.table("store");
    if let Some(keep) = settings.and_then(|store| store.text("keep_deliveries")) {
        out.duration(&keep);
    }
    let url = settings.and_then(|store| store.text("url"));
    let path = match url.as_ref().map(|url| (url, url.value.strip_prefix("sqlite:"))) {
        None => "pressrun.db",
        Some((_, Some(path))) if !path.is_empty() => path,
        Some((url, _)) => {
            out.bad(url, "this is not a store", "sqlite:FILE, such as sqlite:pressrun.db");
            "pressrun.db"
        }
    };
    Store { path: root.join(path) }
}

fn serve(table: &Table, root: &Path, store: &Store, out: &mut Reading) -> Serve {
    let empty = Table::default();
    let table = table.table("serve").unwrap_or(&empty);
    let listen = table.text("listen").map_or_else(
        || "127.0.0.1:8025".to_owned(),
        |listen| {
            if listen.value.parse::<std::net::SocketAddr>().is_err() {
                out.bad(&listen, "this is not an address to listen on", "an address and port, such as 127.0.0.1:8025");
            }
            listen.value
        },
    );
    if let Some(signup) = table.text("signup") {
        out.choice(&signup, "signup", &[("open", ()), ("closed", ())]);
    }
    let beside = || store.path.parent().unwrap_or(root).join("pressrun.secret");
    Serve {
        url: out.url(table, "url").unwrap_or_else(|| "http://127.0.0.1:8025".to_owned()),
        listen,
        secret_file: table.text("secret_file").map_or_else(beside, |file| root.join(file.value)),
    }
}

/// The texts of a list; what is no text was told already.
pub(crate) fn texts(table: &Table, key: &str) -> Vec<String> {
    table.list(key).iter().filter_map(|item| item.text()).map(|text| text.value).collect()
}

fn texts_of(entry: &Entry) -> Vec<String> {
    texts(&Table { entries: vec![entry.clone()] }, &entry.key)
}

impl Reading {
    /// Something is missing; not said of a file that could not be read whole.
    pub(crate) fn absent(&mut self, finding: Finding) {
        if !self.broken {
            self.findings.push(finding);
        }
    }

    /// A text that must be there and not blank.
    pub(crate) fn required(&mut self, entry: &Entry, key: &str) -> Option<Text> {
        let table = entry.value.table()?;
        match table.text(key) {
            Some(text) if !text.is_blank() => Some(text),
            Some(text) => {
                self.bad(&text, format!("`{key}` is empty"), "some text");
                None
            }
            None => {
                if table.get(key).is_none() && !self.is_mistyped(table, key) {
                    let finding = Finding::error("config", format!("`{}` has no `{key}`", entry.key));
                    let label = format!("add a line `{key} = …` to this table");
                    self.absent(finding.at(&entry.value.source, entry.span.clone(), label));
                }
                None
            }
        }
    }

    /// Whether a key of this table was said to be this one mistyped.
    fn is_mistyped(&self, table: &Table, key: &str) -> bool {
        let meant = |finding: &Finding| finding.fix.as_ref().filter(|fix| fix.with == key).map(|fix| fix.span.clone());
        self.findings.iter().filter_map(meant).any(|span| table.entries.iter().any(|entry| entry.span == span))
    }

    /// One of a few words.
    pub(crate) fn choice<T: Copy>(&mut self, text: &Text, key: &str, known: &[(&str, T)]) -> Option<T> {
        let found = known.iter().find(|(word, _)| *word == text.value).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
            let finding = Finding::error("config", format!("`{key}` cannot be \"{}\"", text.value));
            let near = nearest(&text.value, words.iter().copied());
            self.suggest(finding, text, near, &format!("one of {}", words.join(", ")));
        }
        found
    }

    /// A finding at a text, with "did you mean" where something comes close.
    pub(crate) fn suggest(&mut self, finding: Finding, text: &Text, near: Option<&str>, label: &str) {
        let finding = finding.at(&text.source, text.span.clone(), label);
        self.findings.push(match near {
            Some(near) => finding.help(format!("did you mean \"{near}\"?")).fix(text.span.clone(), quoted(text, near)),
            None => finding,
        });
    }

    /// A count; one too large to be meant is a finding.
    pub(crate) fn count(&mut self, table: &Table, key: &str) -> Option<usize> {
        let value = table.get(key)?;
        let whole = value.whole().filter(|whole| *whole >= 0)?;
        if whole > 1_000_000_000 {
            let finding = Finding::error("config", format!("`{key}` is too large"));
            self.findings.push(finding.at(&value.source, value.span.clone(), "expected at most 1_000_000_000"));
            return None;
        }
        usize::try_from(whole).ok()
    }

    /// `words = { min = 150, max = 300 }`; 0 does not bind.
    pub(crate) fn limits(&mut self, table: &Table, key: &str) -> Limits {
        let empty = Table::default();
        let limits = table.table(key).unwrap_or(&empty);
        let mut bound = |key| self.count(limits, key).filter(|bound| *bound > 0).map(|bound| bound as u64);
        Limits { min: bound("min"), max: bound("max") }
    }

    /// `90s`, `15m`, `3h`, `400d`.
    pub(crate) fn duration(&mut self, text: &Text) -> Option<Duration> {
        let duration = duration(&text.value);
        if duration.is_none() {
            self.bad(
                text,
                format!("\"{}\" is not a length of time", text.value),
                "a number and s, m, h or d, such as 15m",
            );
        }
        duration
    }

    /// An http or https address, its trailing slash removed.
    pub(crate) fn url(&mut self, table: &Table, key: &str) -> Option<String> {
        let text = table.text(key)?;
        if is_web_address(&text.value) {
            return Some(text.value.trim_end_matches('/').to_owned());
        }
        self.bad(&text, format!("`{key}` is not a web address"), "https://…");
        None
    }
}

/// An http or https address, in characters that may stand in one.
pub(crate) fn is_web_address(text: &str) -> bool {
    let fine = text.starts_with("https://") || text.starts_with("http://");
    let clean = !text.contains(|c: char| c.is_whitespace() || c.is_control() || "\"<>`\\".contains(c));
    fine && clean && host(text).is_some()
}

/// A replacement for a text, quoted as the text is; `--set` needs no quotes.
pub(crate) fn quoted(text: &Text, with: &str) -> String {
    let bare = !text.source.text[text.span.clone()].starts_with(['"', '\'']);
    if bare { with.to_owned() } else { format!("\"{with}\"") }
}

/// A number and its unit; nothing longer than a hundred years.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let unit = text.chars().last()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let number: u64 = text[..text.len() - unit.len_utf8()].trim_end().parse().ok()?;
    number.checked_mul(seconds).filter(|total| *total <= 3_153_600_000).map(Duration::from_secs)
}

/// The text with every password inside a URL starred out, so that no finding can show one: findings quote
/// the line they are about. Lengths stay, so places stay.
pub(crate) fn redact(text: &str) -> String {
    let mut out = text.to_owned();
    let mut from = 0;
    while let Some(found) = text[from..].find("://") {
        let start = from + found + 3;
        let web = text[..start - 3].ends_with("http") || text[..start - 3].ends_with("https");
        let ends = |c: char| c.is_whitespace() || c == '"' || c == '\'' || (web && "/?#".contains(c));
        let end = text[start..].find(ends).map_or(text.len(), |end| start + end);
        if let Some(at) = text[start..end].rfind('@')
            && let Some(colon) = text[start..start + at].find(':')
        {
            let (password, at) = (start + colon + 1, start + at);
            out.replace_range(password..at, &"*".repeat(at - password));
        }
        from = start;
    }
    out
}
