//! Issues built by hand, for what the renderers are held to.

use chrono::{NaiveDate, TimeZone};
use chrono_tz::Europe::London;

use crate::issue::{Audience, Block, Body, Button, Depth, Issue, Item, Newsletter, Only, Publication};
use crate::picture::{Picture, PictureKind};
use crate::prose::{Inline, Prose, Slot};
use crate::story::{Author, Image, Section, Story};

pub(crate) fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
}

pub(crate) fn text(words: &str) -> Inline {
    Inline::Text(words.to_owned())
}

pub(crate) fn paragraph(words: &str) -> Prose {
    Prose::Paragraph(vec![text(words)])
}

pub(crate) fn link(words: &str, url: &str) -> Inline {
    Inline::Link { url: url.to_owned(), text: vec![text(words)] }
}

pub(crate) fn button(label: &str, url: &str) -> Button {
    Button { label: label.to_owned(), url: url.to_owned() }
}

pub(crate) fn author(name: &str) -> Author {
    Author { id: name.to_lowercase(), name: name.to_owned(), ..Author::default() }
}

pub(crate) fn image(alt: &str, width: u32, height: u32) -> Image {
    Image {
        picture: Picture {
            src: "images/a.jpg".to_owned(),
            hash: "3f9a0c".to_owned(),
            kind: PictureKind::Jpeg,
            width,
            height,
            bytes: [0; 9].into(),
        },
        alt: alt.to_owned(),
        credit: Some("Ines Okafor".to_owned()),
        caption: None,
        width: None,
        url: None,
    }
}

pub(crate) fn story(name: &str, kicker: &str, headline: &str, teaser: &str) -> Story {
    Story {
        name: name.to_owned(),
        headline: headline.to_owned(),
        standfirst: None,
        form: "speed-read".to_owned(),
        kicker: (!kicker.is_empty()).then(|| kicker.to_owned()),
        byline: Vec::new(),
        published: None,
        updated: None,
        url: Some(format!("https://quay.example/stories/{name}")),
        topics: Vec::new(),
        teaser: Some(teaser.to_owned()),
        brief: None,
        image: None,
        sensitive: false,
        sections: Vec::new(),
        minutes: None,
    }
}

pub(crate) fn item(story: Story, depth: Depth) -> Item {
    Item { story, depth }
}

pub(crate) fn block(number: usize, label: Option<&str>, body: Body) -> Block {
    Block { id: format!("b{number}"), label: label.map(str::to_owned), only: Only::Both, body }
}

/// An issue of these blocks, numbered by position.
pub(crate) fn issue(bodies: Vec<(Option<&str>, Body)>) -> Issue {
    let blocks: Vec<Block> =
        bodies.into_iter().enumerate().map(|(index, (label, body))| block(index + 1, label, body)).collect();
    let stories = blocks.iter().map(|block| block.body.items().len()).sum();
    Issue {
        publication: Publication {
            name: "The Quayside Courier".to_owned(),
            url: "https://quay.example".to_owned(),
            language: "en-GB".to_owned(),
            postal_address: "The Quayside Courier, 4 Customs Street, Aldhaven AH1 2QC".to_owned(),
        },
        newsletter: Newsletter { id: "morning".to_owned(), title: "Morning Tide".to_owned() },
        date: date(),
        slot: "2026-11-24".to_owned(),
        due: London.with_ymd_and_hms(2026, 11, 24, 6, 30, 0).unwrap(),
        subject: "The harbour strike ends after nine days".to_owned(),
        preheader: "Plus the bridge nobody wants to pay for, and five concerts to book this winter".to_owned(),
        editor: Some(Author { title: Some("Night editor".to_owned()), ..author("Mara Lindqvist") }),
        audience: Audience::Everybody,
        blocks,
        stories,
        minutes: 5,
        words: 1100,
        web_url: "https://news.quay.example/morning/2026-11-24".to_owned(),
        images_url: "https://news.quay.example/images".to_owned(),
        embed: false,
    }
}

pub(crate) fn lead() -> Story {
    let section = |heading: &str, words: &[&str]| Section {
        heading: Some(heading.to_owned()),
        body: words.iter().map(|words| paragraph(words)).collect(),
    };
    Story {
        standfirst: Some("Dockers vote to return on Thursday, with the night shift paid as before and the question of the new cranes put off until spring".to_owned()),
        byline: vec![author("Peter Aldous"), author("Ruth Ames")],
        image: Some(image("Dockers walk back through the east gate under grey light, some of them waving", 1200, 675)),
        sections: vec![
            section("What happened", &[
                "The nine-day strike at Aldhaven’s container port ended late on Monday when 1,140 dockers voted by a narrow margin to accept an offer they had refused the week before. The first cranes will turn on Thursday at six. Until then the thirty-one ships at anchor beyond the breakwater stay where they are, and the supermarkets that had begun to count their bananas go on counting.",
            ]),
            section("Who said what", &[
                "“Nobody is dancing in the canteen,” said Bea Tolland, who speaks for the crane drivers. “We kept the night pay. We did not win the argument about the machines; we moved it to April.” The port’s director, Henrik Vale, called the agreement “grown-up” and said he had been “wrong about the mood, and wrong about it for a week.”",
                "The mayor was less generous to either side. The strike, she told the council on Monday night, had cost the city “a school roof a day,” and “the people who paid for it were not in the room.” The opposition asked for the sum behind the sentence; it was promised by Friday, together with the minutes of a meeting that the port had said did not take place.",
            ]),
            section("What next?", &[
                "Talks on automation begin in the first week of April, under a chair both sides have yet to name. The ships will be unloaded in the order in which they came, “unless they carry something that spoils,” the harbour master said.",
            ]),
        ],
        minutes: Some(2),
        ..story("harbour-strike-ends", "Speed Read", "Harbour strike ends as dockers accept the night pay deal", "The first cranes turn on Thursday")
    }
}

/// Eight stories, a rail of four, a sponsor, a promo: what the size is measured on.
pub(crate) fn morning() -> Issue {
    let teaser = |name, kicker, headline, words| item(story(name, kicker, headline, words), Depth::Teaser);
    issue(vec![
        (
            None,
            Body::Letter(vec![Prose::Paragraph(vec![
                text("Good morning, "),
                Inline::Slot(Slot::FirstName { fallback: "reader".to_owned() }),
                text(". A vote by forty-one hands, a bridge without an owner, and six more stories worth your time."),
            ])]),
        ),
        (None, Body::Story(item(lead(), Depth::Full))),
        (
            Some("Three more stories"),
            Body::List(vec![
                teaser(
                    "swing-bridge",
                    "Speed Read",
                    "The swing bridge has three owners, and none who pays",
                    "A clerk found the deeds in a drawer; the council now wishes she had not.",
                ),
                teaser(
                    "night-buses",
                    "In the Spotlight",
                    "Ayo Brandt: the driver who redrew the night bus map",
                    "She counted the people at the stops for a year, on her own time.",
                ),
                teaser(
                    "tide-gauge",
                    "Speed Read",
                    "Oldest tide gauge in the country is switched off",
                    "It had written down the sea every six minutes since 1859, with two pauses, both for wars.",
                ),
            ]),
        ),
        (
            Some("Presented by Lowry & Daughters"),
            Body::Sponsor {
                name: "A coat for the walk to the ferry".to_owned(),
                text: vec![paragraph("Waxed in Aldhaven since 1911, mended for nothing as long as you own it.")],
                image: None,
                button: Some(button("See the winter coats", "https://lowry.example/winter")),
            },
        ),
        (
            Some("And then"),
            Body::List(vec![
                teaser(
                    "school-roof",
                    "Speed Read",
                    "Four schools close as the rain comes through",
                    "The repairs were voted in June and are still looking for a builder.",
                ),
                teaser(
                    "crane-explainer",
                    "The Explainer",
                    "What does an automatic crane do that a driver cannot?",
                    "Less than its makers say, and more than the union likes: a plain account of the machine.",
                ),
                teaser(
                    "winter-concerts",
                    "The Courier Recommends",
                    "Five concerts to book before Christmas",
                    "From a carol service in a dry dock to the string quartet that plays in the fish market at five in the morning.",
                ),
                teaser(
                    "ferry-fares",
                    "Speed Read",
                    "Ferry fares rise by a tenth, but not for islanders",
                    "The company says fuel; the islanders say it is the new terminal café.",
                ),
            ]),
        ),
        (
            Some("Also worth your time"),
            Body::Picks(vec![
                teaser(
                    "2027-ahead",
                    "In Depth",
                    "What will happen in 2027? Dates and guesses",
                    "An election in the spring, the lighthouse lit again, and a decision on the tunnel that has been nearly made four times.",
                ),
                teaser(
                    "harbour-money",
                    "In the Spotlight",
                    "Who really owns the port of Aldhaven",
                    "A pension fund, a family and a holding of which nobody answers the telephone; we followed the papers for a month.",
                ),
                teaser(
                    "herring",
                    "In Depth",
                    "The herring are back, and with them the quarrels",
                    "After forty years the shoals stand off the bank again. The quotas were written for a sea that was empty.",
                ),
                teaser(
                    "mortgages",
                    "Money",
                    "Could a split mortgage help you on to the ladder?",
                    "Paying back one half and only interest on the other could become more common, as part of a push towards flexible lending.",
                ),
            ]),
        ),
        (
            Some("More from the Courier"),
            Body::Promo {
                snippet: "subscribe".to_owned(),
                title: None,
                text: vec![paragraph(
                    "From the morning to a Saturday letter with nothing but good news, choose what comes to your inbox.",
                )],
                image: None,
                button: Some(button("Choose your newsletters", "https://quay.example/newsletters")),
            },
        ),
    ])
}

/// Every block there is, every kind of running text, every depth.
pub(crate) fn everything() -> Issue {
    let brief = Story {
        brief: Some(vec![paragraph("The council met for six hours and agreed on the date of the next meeting.")]),
        ..story("council", "Speed Read", "Council agrees to meet again", "It took six hours")
    };
    let prose = vec![
        Prose::Paragraph(vec![
            text("Some words are "),
            Inline::Strong(vec![text("strong")]),
            text(", some "),
            Inline::Emphasis(vec![text("lean")]),
            text(", some "),
            Inline::Strikethrough(vec![text("gone")]),
            text(" and some "),
            link("lead to the minutes", "https://quay.example/minutes?page=2&full=1"),
            text("; write to "),
            link("the desk", "mailto:desk@quay.example"),
            text(" or see "),
            link("https://quay.example/autolink", "https://quay.example/autolink"),
            Inline::Break,
            Inline::Code("tide --now".to_owned()),
        ]),
        Prose::Heading(1, vec![text("A heading inside")]),
        Prose::List {
            start: None,
            items: vec![
                vec![paragraph("Milk")],
                vec![
                    paragraph("Rope"),
                    Prose::List { start: Some(3), items: vec![vec![paragraph("three")], vec![paragraph("four")]] },
                ],
            ],
        },
        Prose::Heading(5, vec![text("A deep heading")]),
        Prose::Quote(vec![paragraph("We moved it to April.")]),
        Prose::Code("let tide = 4.2;\n\tif tide > 4.0 { close() }".to_owned()),
        Prose::Table {
            head: vec![vec![text("Gate")], vec![text("Closes")]],
            rows: vec![
                vec![vec![text("East")], vec![text("06:10")]],
                vec![vec![text("West")], vec![link("06:40", "https://quay.example/west")]],
            ],
        },
        Prose::Rule,
        paragraph("The end."),
    ];
    let mut issue = issue(vec![
        (
            None,
            Body::Letter(vec![Prose::Paragraph(vec![
                text("Good morning, "),
                Inline::Slot(Slot::FirstName { fallback: "reader".to_owned() }),
                text("."),
            ])]),
        ),
        (None, Body::Contents),
        (Some("Today’s harbour story"), Body::Story(item(lead(), Depth::Full))),
        (Some("Also in full"), Body::Story(item(Story { image: None, ..lead() }, Depth::Full))),
        (None, Body::Story(item(brief.clone(), Depth::Brief))),
        (
            Some("Briefly"),
            Body::List(vec![
                item(brief.clone(), Depth::Brief),
                item(story("rain", "Speed Read", "Rain until Friday", "Then more of it"), Depth::Teaser),
            ]),
        ),
        (
            Some("Headlines"),
            Body::List(vec![
                item(story("one", "", "Ferry fares rise by a tenth", "A"), Depth::Headline),
                item(Story { url: None, ..story("two", "", "The lighthouse is lit", "B") }, Depth::Headline),
            ]),
        ),
        (Some("In full, in a list"), Body::List(vec![item(Story { image: None, ..lead() }, Depth::Full)])),
        (
            Some("Also"),
            Body::Picks(vec![
                item(story("p1", "In Depth", "The herring are back", "And with them the quarrels"), Depth::Teaser),
                item(story("p2", "Money", "A split mortgage", "Half and half"), Depth::Teaser),
                item(story("p3", "Money", "A third and last one", "Alone in its row"), Depth::Headline),
            ]),
        ),
        (
            Some("The number"),
            Body::Number {
                figure: "31 ships".to_owned(),
                text: vec![text("wait beyond the breakwater.")],
                source: Some("https://port.example/arrivals".to_owned()),
            },
        ),
        (
            None,
            Body::Quote {
                text: "Nobody is dancing in the canteen.".to_owned(),
                who: "Bea Tolland, crane driver".to_owned(),
            },
        ),
        (
            None,
            Body::Image(Image {
                caption: Some("The east gate on Monday".to_owned()),
                url: Some("https://quay.example/pictures".to_owned()),
                ..image("The east gate", 900, 1200)
            }),
        ),
        (
            Some("Advertisement"),
            Body::Sponsor {
                name: "Lowry & Daughters".to_owned(),
                text: vec![paragraph("Waxed in Aldhaven since 1911.")],
                image: Some(Image { width: Some(280), ..image("A coat on a hook", 560, 300) }),
                button: Some(button("See the coats", "https://lowry.example/winter?a=1&b=2")),
            },
        ),
        (
            None,
            Body::Promo {
                snippet: "subscribe".to_owned(),
                title: Some("More from the Courier".to_owned()),
                text: vec![paragraph("Choose what comes.")],
                image: None,
                button: Some(button("Choose your newsletters", "https://quay.example/newsletters")),
            },
        ),
        (
            Some("Your turn"),
            Body::Poll {
                question: "Should the bridge be sold?".to_owned(),
                answers: vec!["Yes".to_owned(), "No".to_owned(), "Only the middle".to_owned()],
            },
        ),
        (None, Body::Correction { of: date(), text: vec![paragraph("We said four ships. There were thirty-one.")] }),
        (None, Body::Divider),
        (Some("Small print"), Body::Text(prose)),
    ]);
    issue.blocks[9].only = Only::Html;
    issue
}
