//! More slips, as they were made by hands that had not read the checks.

use super::Case;
use super::cases::{ALT, CONFIG, ISSUE, PREHEADER, SUBJECT, error, said, told, warning};

/// Links in the letter's last words.
fn link(check: &'static str, level: &'static str, words: [&str; 2]) -> Case {
    said(check, level, words.map(|words| format!("See {words} now.")).each_ref().map(String::as_str))
}

fn promised() -> Vec<Case> {
    vec![
        error(
            "subject-same-as-recent",
            ISSUE,
            SUBJECT,
            ["The Trams will run all night again.", "The trams will run all night again, and the ferry"],
        ),
        warning(
            "preheader-leak",
            ISSUE,
            PREHEADER,
            [
                "Can't read this email? View it in your browser",
                "Plus what to read in your bath, and who owns the Saltmarket",
            ],
        ),
        warning(
            "number-not-in-issue",
            ISSUE,
            SUBJECT,
            ["Line 5 passes, 25 to 23, and the barrier held", "Line 5 passes, 24 to 23, and the barrier held"],
        ),
        warning(
            "number-not-in-issue",
            ISSUE,
            PREHEADER,
            [
                "Plus the 37 homes that were not dry, and supper after ten",
                "Plus the 11 homes that were not dry, and supper after ten",
            ],
        ),
        warning(
            "reading-promise",
            ISSUE,
            PREHEADER,
            [
                "Plus the vote that made line 5: a twenty-minute read",
                "Plus the vote that made line 5: reading for breakfast",
            ],
        ),
    ]
}

fn days() -> Vec<Case> {
    vec![
        said("weekday-wrong", "warning", ["It's Monday. Good morning.", "It's Monday that we all fear."]),
        said("weekday-wrong", "warning", ["Happy Friday, 24 readers!", "Happy Tuesday, 24 readers!"]),
        told("weekday-wrong", "error", ["It sits on Monday, Dec. 8, at ten.", "It sits on Tuesday, Dec. 8, at ten."]),
        told("weekday-wrong", "error", ["It ends on February 30, they say.", "It had February 30,000 visitors."]),
        warning(
            "date-stale",
            CONFIG,
            "days = [\"Mon\", \"Tue\", \"Wed\", \"Thu\", \"Fri\"]",
            ["days = [\"Mon\", \"Wed\", \"Fri\"]", "days = [\"Tue\"]"],
        )
        .at(ISSUE, "# First Light"),
    ]
}

fn words() -> Vec<Case> {
    vec![
        warning(
            "quote-speaker",
            ISSUE,
            "Captain Odile Farrant, harbour",
            ["Captain Odile Marchand, harbour", "Captain Odile Farrant of the port, harbour"],
        ),
        warning(
            "quote-speaker",
            ISSUE,
            "who  = \"Captain Odile Farrant, harbour",
            ["who  = \"Bram Ashdown, harbour", "who  = \"Farrant, the harbour"],
        )
        .both(
            "issues/stories/2026/odile-farrant.md",
            "\"There is a form, a forecast",
            "Bram Ashdown came. Captain Odile Farrant said \"There is a form, a forecast",
        ),
        told("spacing", "warning", ["It rained in October.The pump stopped.", "Booking.com and Node.js rained."]),
        told("look-alike", "warning", ["It was 4.3O metres.", "It was 4.30 metres, with O2 and 3.OK"]),
        told("doubled-word", "warning", ["It stood in in the rain.", "It was long, long ago, a very very long day."]),
        told("doubled-word", "warning", ["It rained on on Monday.", "She checked in in May, and logged in in June."]),
        told("doubled-word", "warning", ["The pump pump stopped.", "Duran Duran had had enough."]),
        told("spacing", "warning", ["Did it rain?. It did.", "He left Yahoo!. It rained."]),
        told("spacing", "warning", ["The pump ( one of two) stopped.", "The pump (one of two) stopped."]),
        told("quotes-unbalanced", "warning", ["The pump (one of two stopped.", "The pump stopped :( again."]),
        told("quotes-unbalanced", "warning", ["”It rained,“ he said.", "“It rained,” he said."]),
        told("placeholder", "error", ["It opens on XX December.", "Louis XX Decembers ago never reigned."]),
        told("placeholder", "error", ["Bram Ashdown (cq) said so.", "Bram Ashdown (59) said so."]),
        told("placeholder", "error", ["The [city] is wet.", "\"The [city] is wet,\" he said."]),
        told("placeholder", "error", ["It opens at [TBC].", "It opens at noon (venue TBC)."]),
        told("markup-left", "warning", ["[caption id=\"7\"]The pump.", "The caption [of the pump] is gone."]),
        told("name-slip", "warning", ["The Ashdonw boat sailed.", "The Ashdowns sailed."]),
        told("placeholder", "error", ["The TK-8 homes flooded.", "The TK-80 is a computer."]),
        warning("alt-is-filename", ISSUE, ALT, ["alt = \"Photo\"", "alt = \"Photo of a storm lamp\""]),
    ]
}

fn links() -> Vec<Case> {
    vec![
        link(
            "link-placeholder",
            "error",
            [
                "[the page](https://docs.google.com/document/d/1aB/edit?tab=t.0)",
                "[the page](https://docs.google.com/document/d/1aB/pub)",
            ],
        ),
        link(
            "link-shortener",
            "warning",
            [
                "[the page](https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fquay.example%2Fa&data=05)",
                "[the page](https://quay.example/?url=https%3A%2F%2Fquay.example%2Fa)",
            ],
        ),
        link(
            "link-shortener",
            "warning",
            [
                "[the page](https://www.google.com/url?q=https://quay.example/a&sa=D)",
                "[the page](https://www.google.com/search?q=a)",
            ],
        ),
        link("link-bare", "warning", ["https://quay.example/a", "[https://quay.example/a](https://quay.example/a)"]),
        link(
            "link-placeholder",
            "error",
            ["[the page](https://cms.lantern.example/7)", "[the page](https://cms.example/7)"],
        ),
        link(
            "tracking-params",
            "warning",
            ["[the film](https://youtu.be/abc?si=Zz)", "[the film](https://youtu.be/abc?t=43)"],
        ),
        link("link-misspelt", "warning", ["[us](mailto:desk@lantern.exmaple)", "[us](mailto:desk@quay.example)"]),
        link(
            "link-misspelt",
            "warning",
            ["[the page](https://letters.lanern.example/x)", "[the page](https://letters.lantern.example/x)"],
        ),
        error(
            "from-mismatch",
            CONFIG,
            "<firstlight@letters.lantern.example>",
            ["<firstlight@letters.lantren.example>", "<firstlight@lantern.example>"],
        ),
    ]
}

pub(super) fn slips() -> Vec<Case> {
    [promised(), days(), words(), links()].into_iter().flatten().collect()
}
