//! Every issue in every look is held to the rules of a perfect newsletter mail, R1 to R28.
//!
//! The mail is taken apart by parsers that are not ours (`mail`, `css`), the cascade is walked for what each
//! word looks like (`look`), and each rule says what breaks it (`frame`, `words`). All faults of a run are told
//! at once. `broken` breaks a good mail once for each rule and wants it seen. What only a browser knows is in
//! `looking`.

mod broken;
mod css;
mod frame;
mod look;
mod mail;
mod words;

use std::fs;
use std::path::Path;

use crate::languages::{self, LANGUAGES};
use crate::world::World;
use mail::{Mail, Told};

/// A requirement, and what of a mail breaks it.
struct Rule {
    id: &'static str,
    says: &'static str,
    faults: fn(&Mail) -> Vec<String>,
}

const fn rule(id: &'static str, says: &'static str, faults: fn(&Mail) -> Vec<String>) -> Rule {
    Rule { id, says, faults }
}

const RULES: &[Rule] = &[
    rule("R1", "it begins with the doctype of HTML", frame::doctype),
    rule("R2", "language and direction on html and every child of the body", frame::language),
    rule("R3", "the subject as title, charset early, viewport", frame::head),
    rule("R4", "it says that it knows light and dark", frame::schemes),
    rule("R5", "no client makes links or sizes of its own", frame::habits),
    rule("R6", "a layout table says that it only places things", frame::tables),
    rule("R7", "one h1, no skipped level", frame::headings),
    rule("R8", "an article that is an email, no elements mail programs do not know", frame::article),
    rule("R9", "the preheader first, hidden, padded", frame::preheader),
    rule("R10", "fluid, with a table of fixed width for the Word engine", frame::hybrid),
    rule("R11", "everything needed is inline, nothing wider than a phone", frame::inline),
    rule("R12", "a style sheet Gmail keeps", frame::style_sheet),
    rule("R13", "80 KiB at most, no control characters", frame::size),
    rule("R14", "a dark mode, Outlook's too", frame::dark),
    rule("R15", "no paper of pure white, no ground that only an attribute knows", frame::paper),
    rule("R16", "4.5:1 in light and in dark", words::contrast),
    rule("R17", "a link says where it leads", words::links),
    rule("R18", "a thumb hits buttons and links", words::targets),
    rule("R19", "pictures are described, measured, fluid", words::pictures),
    rule("R20", "fonts the reader has", frame::fonts),
    rule("R21", "no CSS that half of the clients do not know", frame::dialect),
    rule("R22", "nothing runs, nothing watches", frame::nothing_runs),
    rule("R23", "type that can be read", words::setting),
    rule("R24", "a text part of its own", words::text_part),
    rule("R25", "two parts and every header", words::post),
    rule("R26", "how to leave, who sends, where to read it online", words::law),
    rule("R27", "it prints", frame::print),
    rule("R28", "valid HTML", frame::valid),
];

impl Mail {
    /// What is wrong, each with its rule.
    fn faults(&self) -> Vec<String> {
        let told = |rule: &Rule| {
            (rule.faults)(self)
                .into_iter()
                .map(|fault| format!("{} ({}): {fault}", rule.id, rule.says))
                .collect::<Vec<_>>()
        };
        RULES.iter().flat_map(told).collect()
    }
}

/// An issue on disk: the newsroom it lies in, and its path there.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    newsroom: String,
    pub(crate) newsletter: String,
    path: String,
}

impl Found {
    pub(crate) fn name(&self) -> String {
        let stem = Path::new(&self.path).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        format!("{} {} {stem}", self.newsroom, self.newsletter)
    }
}

/// Looks an issue is tried in: the default, the digest, and a house with everything of its own. Arguments of every
/// command, `ID` standing for the newsletter's.
pub(crate) const LOOKS: &[&[&str]] = &[
    &[],
    &["--set", "newsletters.ID.theme=digest"],
    &[
        "--set",
        "newsletters.ID.brand.light.accent=#0a5c36",
        "--set",
        "newsletters.ID.brand.light.page=#dfe8df",
        "--set",
        "newsletters.ID.brand.light.tint=#e6efe2",
        "--set",
        "newsletters.ID.brand.light.ink=#10201a",
        "--set",
        "newsletters.ID.brand.dark.sheet=#14211b",
        "--set",
        "newsletters.ID.brand.radius=20",
        "--set",
        "newsletters.ID.brand.news=Palatino, serif",
        "--set",
        "newsletters.ID.brand.labels=Verdana, sans-serif",
    ],
];

/// The sample newsroom, those that try the press, and those of other languages.
pub(crate) fn newsrooms() -> Vec<(String, World)> {
    let stress = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/stress");
    let mut names: Vec<String> =
        fs::read_dir(&stress).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let trying = names.into_iter().map(|name| (name.clone(), World::newsroom(&stress.join(name))));
    let speaking = LANGUAGES.map(|language| (format!("languages/{language}"), languages::newsroom(language)));
    std::iter::once(("sample".to_owned(), World::sample())).chain(trying).chain(speaking).collect()
}

/// Every issue of a newsroom, templates left out.
pub(crate) fn issues(newsroom: &str, world: &World) -> Vec<Found> {
    let mut found = Vec::new();
    let folders = ["stories", "snippets", "images"];
    for folder in fs::read_dir(world.path("issues")).unwrap() {
        let newsletter = folder.unwrap().file_name().into_string().unwrap();
        if folders.contains(&newsletter.as_str()) {
            continue;
        }
        for file in fs::read_dir(world.path("issues").join(&newsletter)).unwrap() {
            let file = file.unwrap().file_name().into_string().unwrap();
            if file.starts_with("20") {
                let path = format!("issues/{newsletter}/{file}");
                found.push(Found { newsroom: newsroom.to_owned(), newsletter: newsletter.clone(), path });
            }
        }
    }
    found.sort_by(|one, two| one.path.cmp(&two.path));
    found
}

/// Readers whose names and addresses leave no room: 64 letters without a space, and emoji of many code points.
pub(crate) const READERS: [(&str, &str); 2] = [
    (
        "the.longest.local.part.that.an.address.may.have.is.sixty.four.xx@a-host-of-many-labels-and-many-letters.vennmouth-saltmarsh-and-lower-eastbank.reader.test",
        "Maximilianalexandertheophilusbartholomewfitzgeraldcholmondeleyjr",
    ),
    ("family@reader.test", "👨‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿🧑🏾‍🚒 O’Dare <b>&amp;"),
];

/// Puts the readers on the list of a newsletter.
fn subscribe(world: &World, newsletter: &str) {
    let rows: Vec<String> = READERS.iter().map(|(address, name)| format!("{address},\"{name}\"")).collect();
    world.write("readers.csv", &format!("email,first_name\n{}\n", rows.join("\n")));
    world.ok(&["-n", newsletter, "subscribers", "import", "readers.csv"]);
}

/// Builds an issue into `out/`: for a reader of the list, or the specimen.
fn build(world: &World, issue: &Found, reader: Option<&str>, look: &[&str]) {
    build_into(world, "out", issue, reader, look);
}

pub(crate) fn build_into(world: &World, folder: &str, issue: &Found, reader: Option<&str>, look: &[&str]) {
    let named = reader.map(|address| ["--reader", address]);
    let stamped = named.as_ref().map_or(&[][..], |arguments| &arguments[..]);
    let look: Vec<String> = look.iter().map(|argument| argument.replace("ID", &issue.newsletter)).collect();
    let look: Vec<&str> = look.iter().map(String::as_str).collect();
    world.ok(&[&["build", &issue.path, "-o", folder], stamped, &look].concat());
}

/// What is wrong with the issue built last, each with its rule.
pub(crate) fn faults(world: &World) -> Vec<String> {
    read(world).faults()
}

fn read(world: &World) -> Mail {
    let config = world.read("config.toml");
    let value = |key: &str| {
        let line = config.lines().find(|line| line.starts_with(key)).unwrap();
        line.split('"').nth(1).unwrap().to_owned()
    };
    let told = Told { language: value("language"), postal_address: value("postal_address") };
    Mail::read(&fs::read(world.path("out/issue.eml")).unwrap(), &told)
}

#[test]
fn every_issue_in_every_look_keeps_every_rule() {
    let mut broken = Vec::new();
    for (newsroom, world) in newsrooms() {
        for issue in issues(&newsroom, &world) {
            for look in LOOKS {
                build(&world, &issue, None, look);
                broken.extend(
                    read(&world).faults().into_iter().map(|fault| format!("{} {look:?}: {fault}", issue.name())),
                );
            }
        }
    }
    assert!(broken.is_empty(), "{} faults\n{}", broken.len(), broken.join("\n"));
}

#[test]
fn the_longest_name_in_every_slot_breaks_no_rule() {
    let mut broken = Vec::new();
    for (newsroom, world) in newsrooms() {
        for issue in issues(&newsroom, &world) {
            subscribe(&world, &issue.newsletter);
            for (address, name) in READERS {
                build(&world, &issue, Some(address), &[]);
                let mail = read(&world);
                let slots = fs::read_to_string(world.path(&issue.path)).unwrap().contains("{first_name");
                if slots && !mail.visible().contains(name) {
                    broken.push(format!("{}: {name} is not greeted", issue.name()));
                }
                broken.extend(mail.faults().into_iter().map(|fault| format!("{} to {address}: {fault}", issue.name())));
            }
        }
    }
    assert!(broken.is_empty(), "{} faults\n{}", broken.len(), broken.join("\n"));
}

#[test]
fn a_language_from_the_right_is_from_the_right_to_the_end() {
    for (newsroom, world) in newsrooms().into_iter().filter(|(name, _)| ["arabic", "hebrew"].contains(&name.as_str())) {
        let mails = issues(&newsroom, &world).into_iter().map(|issue| {
            build(&world, &issue, None, &[]);
            read(&world).source
        });
        let mails: Vec<String> = mails.collect();
        // What begins a line begins it at the right.
        for side in ["border-left", "padding:0 0 0 22px", "padding:0 0 0 20px", "align=\"right\""] {
            assert!(!mails.iter().any(|mail| mail.contains(side)), "{newsroom}: {side}");
        }
        for side in ["padding:0 22px 0 0", "border-right:4px", "align=\"left\""] {
            assert!(mails.iter().any(|mail| mail.contains(side)), "{newsroom}: {side}");
        }
    }
}

/// The morning issue of the sample newsroom and a few blocks more, for the tests that break it.
fn sample() -> Mail {
    let world = World::sample();
    world.write(MORNING, &(world.read(MORNING) + MORE));
    world.ok(&["build", "2026-11-24", "-o", "out"]);
    read(&world)
}

const MORE: &str = r#"
[[block]]
type = "poll"
question = "Were you dry?"
answers = ["Yes", "Now and then", "No"]

[[block]]
type = "text"
text = "If you took a picture of the flood, [send it to the desk](https://lantern.example/contact) this morning."
"#;

/// What `rendering.md` promises of the issue a newcomer sees first.
#[test]
fn the_morning_issue_is_small_for_what_it_says() {
    let world = World::sample();
    for look in LOOKS {
        let issue = Found { newsroom: "sample".to_owned(), newsletter: "morning".to_owned(), path: MORNING.to_owned() };
        build(&world, &issue, None, look);
        let mail = read(&world);
        let (bytes, visible) = (mail.source.len(), mail.visible().chars().count());
        assert!(bytes <= 25_000, "{look:?}: {bytes} bytes");
        assert!(bytes * 10 <= visible * 57, "{look:?}: {bytes} bytes for {visible} characters");
    }
}

const MORNING: &str = "issues/morning/2026-11-24.toml";
