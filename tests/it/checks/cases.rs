//! The slips, by family of check: what an editor wrote, and beside it what should have been.

use super::{At, Case};

pub(super) const ISSUE: &str = "issues/morning/2026-11-24.toml";
const STORY: &str = "issues/stories/2026/barrier-holds.md";
const SOUPS: &str = "issues/stories/2026/five-soups.md";
const LIDO: &str = "issues/stories/2026/lido-keys.md";
const BILLS: &str = "issues/stories/2026/water-bills.md";
const PROMO: &str = "issues/snippets/subscribe.md";
pub(super) const CONFIG: &str = "config.toml";

fn case(
    check: &'static str,
    level: &'static str,
    file: &'static str,
    old: &'static str,
    [wrong, right]: [&str; 2],
) -> Case {
    let (wrong, right) = (vec![(file, old, wrong.to_owned())], (file, old, right.to_owned()));
    Case { check, level, wrong, right, both: Vec::new(), at: At::Slip }
}

pub(super) fn error(check: &'static str, file: &'static str, old: &'static str, words: [&str; 2]) -> Case {
    case(check, "error", file, old, words)
}

pub(super) fn warning(check: &'static str, file: &'static str, old: &'static str, words: [&str; 2]) -> Case {
    case(check, "warning", file, old, words)
}

/// One more sentence in the story.
pub(super) fn told(check: &'static str, level: &'static str, words: [&str; 2]) -> Case {
    let old = "The pump's motor tripped";
    let [wrong, right] = words.map(|words| format!("{words} {old}"));
    case(check, level, STORY, old, [&wrong, &right])
}

/// One more line in the letter's last words.
pub(super) fn said(check: &'static str, level: &'static str, words: [&str; 2]) -> Case {
    let old = "one. If your street";
    let [wrong, right] = words.map(|words| format!("{words}\n{old}"));
    case(check, level, ISSUE, old, [&wrong, &right])
}

pub(super) const SUBJECT: &str = "The barrier held. One pump did not";
pub(super) const PREHEADER: &str = "Plus the vote that made line 5, who owns the Saltmarket, and supper after ten";
pub(super) const ALT: &str =
    "alt = \"Halloran & Daughters: a storm lamp, a coil of rope and a yellow oilskin hanging in a shop window\"";
const WORDS_OFF: (&str, &str) = ("[newsletters.morning.checks]", "[newsletters.morning.checks]\nwords = \"off\"");
const LEVELS: &str = "\nrelative-day = \"warn\"";

fn settings() -> Vec<Case> {
    vec![
        error("config", CONFIG, "send_at = \"06:30\"", ["send_att = \"06:30\"", "send_at = \"06:45\""]),
        error(
            "config",
            CONFIG,
            "timezone = \"Europe/London\"",
            ["timezone = \"Europe/Londn\"", "timezone = \"Europe/Dublin\""],
        ),
        error(
            "config",
            CONFIG,
            LEVELS,
            ["\nembargo = \"off\"\nrelative-day = \"warn\"", "\nwords = \"off\"\nrelative-day = \"warn\""],
        )
        .at(CONFIG, "embargo = \"off\""),
        error(
            "from-mismatch",
            CONFIG,
            "<firstlight@letters.lantern.example>",
            ["<firstlight@quay.example>", "<firstlight@lantern.example>"],
        )
        .both(
            CONFIG,
            "[relays.main]",
            "[dkim]\ndomain = \"lantern.example\"\nselector = \"s\"\nkey_file = \"key.pem\"\n\n[relays.main]",
        ),
        error(
            "contrast",
            CONFIG,
            "\nbrand.light.accent = \"#1f6b3a\"",
            ["\nbrand.light.accent = \"#ffff00\"", "\nbrand.light.accent = \"#14506b\""],
        ),
        warning("language-unshipped", CONFIG, "language = \"en-GB\"", ["language = \"fi\"", "language = \"en\""]),
    ]
}

fn compiler() -> Vec<Case> {
    vec![
        error("syntax", ISSUE, "label = \"Before you go\"", ["label = \"Before you go", "label = 'Before you go'"]),
        error("syntax", ISSUE, "  \"pilots-ballot\",\n", ["  \"pilots-ballot\"\n", "  \"pilots-ballot\"  ,\n"])
            .at(ISSUE, "  \"pilots-ballot\"\n"),
        error(
            "syntax",
            STORY,
            "after one of the two pumps behind the gate stopped.\"\"\"",
            [
                "after one of the two pumps behind the gate stopped.\"",
                "after one of the two pumps behind it stopped.\"\"\"",
            ],
        )
        .at(STORY, "brief      = "),
        error("syntax", STORY, "Tuesday.\"\n+++\n", ["Tuesday.\"\n\n", "Tuesday.\"\n\n+++\n"]).at(STORY, "+++"),
        error("unknown-key", ISSUE, "label = \"Worth", ["lable = \"Worth", "id = \"coffee\"\nlabel = \"Worth"]),
        error("unknown-key", ISSUE, "preheader =", ["preheder =", "\"preheader\" ="]),
        error("unknown-key", ISSUE, "figure = \"4.31 m\"", ["Figure = \"4.31 m\"", "figure = '4.31 m'"]),
        error("unknown-key", STORY, "standfirst =", ["standfrist =", "standfirst   ="]),
        error("bad-value", ISSUE, "show  = \"full\"", ["show  = \"ful\"", "show = 'full'"]),
        error(
            "bad-value",
            ISSUE,
            "[[block]]\ntype = \"divider\"",
            ["[block]\ntype = \"divider\"", "[[block]]\ntype = 'divider'"],
        ),
        error("bad-value", ISSUE, "{first_name|reader}", ["{first_name}", "{first_name|neighbour}"]),
        said(
            "bad-value",
            "error",
            ["See [the page](htps://lantern.example/a).", "See [the page](https://lantern.example/a)."],
        ),
        said("bad-value", "error", ["It is <b>late</b>.", "It is **late**."]),
        error("bad-value", SOUPS, "url       = \"https://", ["url       = \"https:/", "url = \"https://"]),
        error("unknown-story", ISSUE, "\"pilots-ballot\",", ["\"pilots-ballots\",", "'pilots-ballot',"]),
        error(
            "unknown-story",
            ISSUE,
            "from = \"odile-farrant\"",
            ["from = \"odile-farrant.md\"", "from = 'odile-farrant'"],
        ),
        error(
            "brief-missing",
            ISSUE,
            "label = \"Worth your coffee\"\nshow  = \"teaser\"",
            ["label = \"Worth your coffee\"\nshow  = \"brief\"", "label = \"Worth your coffee\"\nshow  = \"headline\""],
        )
        .both(ISSUE, ", \"water-bills\", \"late-ropewalk\"]", "]")
        .both(CONFIG, WORDS_OFF.0, WORDS_OFF.1),
        error("subject-missing", ISSUE, SUBJECT, ["", "The barrier held"]).at(ISSUE, "subject   = \"\""),
        error("subject-control", ISSUE, SUBJECT, ["The barrier held\\u0007", "The barrier held\\u0021"]),
        error("subject-control", ISSUE, SUBJECT, ["The barrier held\\u202e", "The barrier held\\u2026"]),
        error("repeated-story", ISSUE, "\"boat-letterer\"", ["'barrier-holds'", "'boat-letterer'"]),
        error("sponsor-unlabelled", ISSUE, "label  = \"Advertisement\"", ["label  = \"\"", "label  = \"Paid for\""]),
        said("link-empty", "error", ["See [the page]() now.", "See [the page](https://lantern.example/a) now."]),
        error(
            "image-missing",
            ISSUE,
            "\"images/tide-table.png\"",
            ["\"images/tide-tabel.png\"", "'images/tide-table.png'"],
        ),
        error(
            "embargo",
            STORY,
            "topics     =",
            ["embargo = 2026-11-24T09:00:00+00:00\ntopics     =", "embargo = 2026-11-24T07:30:00+01:00\ntopics     ="],
        ),
        told("placeholder", "error", ["The tide was TK metres.", "The shirt was from TK Maxx."]),
        told("placeholder", "error", ["It cost £XX a day.", "It was Super Bowl XX that year."]),
        told("placeholder", "error", ["The tide was XXX metres.", "Act XXX of the play is long."]),
        told("placeholder", "error", ["[NAME] said so.", "They \"[then] said so\"."]),
        error("placeholder", ISSUE, "{first_name|reader}", ["{{first_name}}", "{first_name|you}"]),
        said(
            "placeholder",
            "error",
            ["[The page](https://lantern.example/TK).", "[The page](https://lantern.example/tk-maxx)."],
        ),
    ]
}

fn envelope() -> Vec<Case> {
    vec![
        error("preheader-missing", ISSUE, PREHEADER, ["", "Plus the vote that made line 5, and supper"])
            .at(ISSUE, "preheader = \"\""),
        warning(
            "subject-long",
            ISSUE,
            SUBJECT,
            [
                "The barrier held all through the night, but one pump did not",
                "The barrier held all night, but one pump did not",
            ],
        ),
        error(
            "subject-long",
            ISSUE,
            SUBJECT,
            [
                "The barrier held all through the night, but one pump behind it did not, and eleven homes flooded",
                "The barrier held all through the night",
            ],
        ),
        error(
            "subject-same-as-recent",
            ISSUE,
            SUBJECT,
            ["The trams will run all night again", "The trams will run all night"],
        ),
        warning(
            "subject-shouting",
            ISSUE,
            SUBJECT,
            ["THE BARRIER HELD. ONE PUMP DID NOT", "NASA, ESA and the barrier"],
        ),
        warning(
            "subject-shouting",
            ISSUE,
            SUBJECT,
            ["BREAKING: the barrier held", "Record breaking: the barrier held"],
        ),
        warning("subject-shouting", ISSUE, SUBJECT, ["Re: The barrier held", "Recall: the barrier held"]),
        warning("preheader-length", ISSUE, PREHEADER, ["Plus the vote", "Plus the vote that made line 5, and supper"]),
        warning(
            "preheader-leak",
            ISSUE,
            PREHEADER,
            [
                "The barrier held. One pump did not, and there is more of it below",
                "Beyond the barrier that held: who owns the Saltmarket, and supper",
            ],
        ),
        warning(
            "spacing",
            ISSUE,
            SUBJECT,
            ["The barrier  held. One pump did not", "The barrier held; one pump did not"],
        ),
        warning(
            "markup-left",
            ISSUE,
            SUBJECT,
            ["The barrier held &amp; one pump did not", "The barrier held & one pump did not"],
        ),
    ]
}

fn editorial() -> Vec<Case> {
    let tide = ["\"five-soups\", \"tide-warning\"]", "\"five-soups\"  ]"];
    vec![
        warning("repeated-recently", ISSUE, "\"five-soups\"]", tide),
        warning(
            "same-page",
            LIDO,
            "https://lantern.example/long-reads/lido-keys",
            ["https://www.lantern.example/food/five-soups/", "https://lantern.example/long-reads/lido-keys/"],
        )
        .at(ISSUE, "\"five-soups\"]"),
        warning(
            "near-duplicate",
            LIDO,
            "The lido the city forgot to close",
            ["Record tide forecast for Monday evening night", "Record crowds at the lido on Monday"],
        )
        .both(CONFIG, LEVELS, "\nnear-duplicate = \"warn\"\nrelative-day = \"warn\"")
        .at(ISSUE, "\"lido-keys\""),
        warning("section-missing", STORY, "## What next?", ["## What now?", "## What Next?"]),
        warning("section-missing", STORY, "## What next?", ["### What next?", "##  What next?"]),
        warning("section-order", STORY, "## What happened", ["## Who said what", "##   What happened"])
            .and(STORY, "## Who said what\n\n\"The", "## What happened\n\n\"The")
            .at(STORY, "## What happened"),
        warning("kicker-off-list", SOUPS, "\"The Lantern Recommends\"", ["\"Food\"", "\"In Depth\""]),
        error("quote-not-in-story", ISSUE, "four engineers", ["five engineers", "four  engineers"]),
        warning(
            "number-not-in-source",
            ISSUE,
            "figure = \"4.31 m\"",
            ["figure = \"4.13 m\"", "figure = \"12 centimetres\""],
        )
        .both(CONFIG, LEVELS, "\nnumber-not-in-source = \"warn\"\nrelative-day = \"warn\""),
        warning(
            "relative-day",
            BILLS,
            "more from April.",
            ["more, it was said yesterday.", "more, it was said every Monday."],
        )
        .both(BILLS, "2026-11-24T04:45", "2026-11-14T04:45"),
        told("weekday-wrong", "error", ["It sits on Wednesday 8 December.", "It sits on Tuesday 8 December."]),
        told("weekday-wrong", "error", ["It sits on Fri 26 Nov.", "It sits on Thu 26 Nov."]),
        told("weekday-wrong", "error", ["It ends on 31 November.", "It ends on 30 November."]),
        error("date-stale", ISSUE, "editor    =", ["date = 2026-11-23\neditor    =", "date = 2026-11-24\neditor    ="]),
        told("words", "warning", [&"and so it went on ".repeat(60), "And so it went on."])
            .at(STORY, "## What happened"),
        warning(
            "unattributed-quote",
            STORY,
            "\n## What next?",
            [
                "\n\"We told them about that pump in the spring and nobody came.\"\n\n## What next?",
                "\n\"We told them about that pump in the spring,\" Ms Brandt said.\n\n## What next?",
            ],
        )
        .at(STORY, "\"We told them about that pump in the spring and")
        .both(CONFIG, LEVELS, "\nunattributed-quote = \"warn\"\nrelative-day = \"warn\""),
        told("quotes-unbalanced", "warning", ["He said \"no and left.", "The pipe is 12\" wide, \"no more\"."]),
        error("byline-unknown", STORY, "\"anselm-roy\"]", ["\"Anselm Roy\"]", "'anselm-roy']"]),
        told("names-style", "warning", ["The Harbor Trust knew.", "The Harbour Trust knew."]),
        warning("name-slip", ISSUE, "Captain Odile Farrant", ["Captain Odile Farant", "Odile Farrant"]),
        warning("name-slip", STORY, "Bram Ashdown, the", ["Tobias Penhall, the", "Tobias Penhale, the"]),
        told("markup-left", "warning", ["It was **late and dark.", "It was **late** and dark."]),
        told(
            "markup-left",
            "warning",
            ["See [the log](https://lantern.example/a.", "See [the log](https://lantern.example/a)."],
        ),
        told(
            "markup-left",
            "warning",
            ["See (the log)[https://lantern.example/a].", "See (the [log](https://lantern.example/a))."],
        ),
        told("doubled-word", "warning", ["It was the the pump.", "The The played, and had had to."]),
        told("spacing", "warning", ["It rained ,and stopped.", "It rained ... and stopped."]),
        told("spacing", "warning", ["\"It rained.\"Then it stopped.", "\"It rained.\" Then it stopped."]),
        told("hidden-character", "warning", ["The pu\u{200b}mp stopped.", "The na\u{ef}ve pump stopped."]),
        told("garbled", "warning", ["The cafÃ© is shut.", "The café of São João is shut."]),
        told("look-alike", "warning", ["The p\u{443}mp stopped.", "The α-particle and Москва stopped."]),
        warning("promo-window", PROMO, "kind   =", ["until = 2026-11-01\nkind   =", "until = 2026-11-24\nkind   ="])
            .at(ISSUE, "snippet = \"subscribe\""),
        warning(
            "quote-speaker",
            ISSUE,
            "Captain Odile Farrant, harbour",
            ["Bram Ashdown, harbour", "The harbour master Farrant, harbour"],
        ),
        warning(
            "story-expired",
            SOUPS,
            "topics    =",
            ["expires = 2026-11-23T12:00:00Z\ntopics    =", "expires = 2026-11-25\ntopics    ="],
        ),
        warning(
            "story-dates",
            SOUPS,
            "topics    =",
            ["updated = 2026-11-20\ntopics    =", "updated = 2026-11-24\ntopics    ="],
        ),
        warning(
            "teaser-missing",
            SOUPS,
            "teaser    = \"None takes longer than the news at six, and one needs only an onion and patience.\"\n",
            ["", "standfirst = \"None takes long.\"\n"],
        )
        .at(ISSUE, "\"five-soups\"]"),
        warning(
            "link-missing",
            SOUPS,
            "url       = \"https://lantern.example/food/five-soups\"\n",
            ["", "url = \"https://lantern.example/soups\"\n"],
        )
        .at(ISSUE, "\"five-soups\"]"),
        warning("contents-twice", ISSUE, "type = \"divider\"", ["type = 'contents'", "type = 'divider'"]),
        warning("correction-of", ISSUE, "of   = 2026-11-23", ["of   = 2026-11-25", "of   = \"2026-11-23\""]),
    ]
}

fn links() -> Vec<Case> {
    let link = |check, level, words: [&str; 2]| {
        said(check, level, words.map(|words| format!("See {words} now.")).each_ref().map(String::as_str))
    };
    vec![
        link("link-placeholder", "error", ["[the page](#)", "[the page](#line-5)"]),
        link("link-placeholder", "error", ["[the page](https://example.com/x)", "[the page](https://bank.example/x)"]),
        link("link-placeholder", "error", ["[the page](http://192.168.1.4/x)", "[the page](https://8.8.8.8/x)"]),
        link(
            "link-placeholder",
            "error",
            ["[the page](https://dev.lantern.example/x)", "[the page](https://dev.to/x)"],
        ),
        link(
            "link-misspelt",
            "warning",
            ["[the page](https://lantern.exmaple/x)", "[the page](https://lanthorn.example/x)"],
        ),
        link(
            "link-misspelt",
            "warning",
            ["[the page](https://lantern.example/x.)", "[the page](https://lantern.example/x_(y))"],
        ),
        link("link-http", "warning", ["[the page](http://lantern.example/x)", "[the page](HTTPS://lantern.example/x)"]),
        link("link-shortener", "warning", ["[the page](https://www.bit.ly/3xYz)", "[the page](https://orbit.ly/3xYz)"]),
        link(
            "link-text-url-differs",
            "error",
            ["[www.bank.example](https://evil.test/x)", "[bank.example](https://www.bank.example/x)"],
        ),
        link(
            "link-text-url-differs",
            "error",
            ["[log in at www.bank.example](https://evil.test/x)", "[our guide to Booking.com](https://evil.test/x)"],
        ),
        link(
            "link-vague",
            "warning",
            ["[here](https://lantern.example/x)", "[here are the minutes](https://lantern.example/x)"],
        ),
        link(
            "tracking-params",
            "warning",
            ["[the page](https://lantern.example/x?fbclid=a)", "[the page](https://lantern.example/x?id=a)"],
        ),
        link(
            "mailto-bad",
            "error",
            ["[us](mailto:desk.lantern.example)", "[us](mailto:desk@lantern.example?subject=Tips)"],
        ),
        link("anchor-dead", "warning", ["[the poll](#line-6)", "[the poll](#line-5)"]),
    ]
}

fn pictures() -> Vec<Case> {
    let plus = "Plus who owns the Saltmarket, and supper after ten";
    let poster = |words: &str| {
        format!(
            "subject = \"{SUBJECT}\"\npreheader = \"{plus}\"\n[[block]]\ntype = \"image\"\nsrc = \"images/tide-table.png\"\nalt = \"A chart\"\n{words}"
        )
    };
    let long = |words: usize| format!("{}\none. If your street", "and so on it went ".repeat(words));
    let text = "[[block]]\ntype = \"text\"\ntext = \"At midnight the sea stood higher at the Custom House than anybody has measured it, and the city behind the gate was dry.\"\n";
    let alone = |only: &str| format!("subject = \"{SUBJECT}\"\npreheader = \"{plus}\"\n{text}{only}");
    vec![
        error("alt-missing", ISSUE, ALT, ["alt = \"\"", "alt = \"A storm lamp in a shop window\""]),
        warning("alt-is-filename", ISSUE, ALT, ["alt = \"IMG_4031\"", "alt = \"Image 4031 of the archive\""]),
        warning(
            "image-size",
            CONFIG,
            "[newsletters.morning.limits]",
            [
                "[newsletters.morning.limits]\nimages_bytes = 1_000",
                "[newsletters.morning.limits]\nimages_bytes = 900_000",
            ],
        )
        .nowhere(),
        error("image-only", ISSUE, "", [&poster(""), &poster(text)]).nowhere().both(CONFIG, WORDS_OFF.0, WORDS_OFF.1),
        error("text-empty", ISSUE, "", [&alone("only = \"html\"\n"), &alone("")]).nowhere().both(
            CONFIG,
            WORDS_OFF.0,
            WORDS_OFF.1,
        ),
        error("gmail-clip", ISSUE, "one. If your street", [&long(4_500), &long(400)]).nowhere().both(
            CONFIG,
            WORDS_OFF.0,
            WORDS_OFF.1,
        ),
        told("clip-odd-char", "error", ["It was the tide\u{92}s day.", "It was the tide’s day."]),
    ]
}

pub(super) fn cases() -> Vec<Case> {
    [settings(), compiler(), envelope(), editorial(), links(), pictures()].into_iter().flatten().collect()
}
