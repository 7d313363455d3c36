//! Words counted as a reader meets them, and the limits they are held to: whatever the newsroom wrote that is printed,
//! kickers and bylines too; not the contents, which say the headlines again, nor what the press itself says.

use crate::config::Limits;
use crate::issue::{Block, Body, Depth, Item};
use crate::prose::{Inline, Prose, plain};
use crate::story::Image;

/// Words of a text: stretches between spaces that hold a letter or a figure.
pub(crate) fn text(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

pub(crate) fn prose(blocks: &[Prose]) -> usize {
    blocks
        .iter()
        .map(|block| match block {
            Prose::Paragraph(words) | Prose::Heading(_, words) => line(words),
            Prose::List { items, .. } => items.iter().map(|item| prose(item)).sum(),
            Prose::Quote(inner) => prose(inner),
            Prose::Code(code) => text(code),
            Prose::Table { head, rows } => std::iter::once(head).chain(rows).flatten().map(|cell| line(cell)).sum(),
            Prose::Rule => 0,
        })
        .sum()
}

fn line(words: &[Inline]) -> usize {
    text(&plain(words))
}

/// Words of a block, its label included.
pub(crate) fn block(block: &Block) -> usize {
    let maybe = |words: &Option<String>| words.as_deref().map_or(0, text);
    let body = match &block.body {
        Body::Letter(words) | Body::Text(words) | Body::Correction { text: words, .. } => prose(words),
        Body::Story(shown) => item(shown),
        Body::List(items) | Body::Picks(items) => items.iter().map(item).sum(),
        Body::Number { figure, text: words, source } => {
            let source = source.as_deref().filter(|source| !source.contains("://"));
            text(figure) + line(words) + source.map_or(0, text)
        }
        Body::Quote { text: words, who, .. } => text(words) + text(who),
        Body::Image(image) => picture(image),
        Body::Chart(chart) => {
            let rows = chart.rows.iter().map(|row| text(&row.label) + text(&row.figure));
            text(&chart.title) + maybe(&chart.unit) + rows.sum::<usize>()
        }
        Body::Sponsor { name, text: words, .. } => text(name) + prose(words),
        Body::Promo { title, text: words, .. } => maybe(title) + prose(words),
        Body::Poll { question, answers } => text(question) + answers.iter().map(|answer| text(answer)).sum::<usize>(),
        Body::Contents | Body::Divider => 0,
    };
    maybe(&block.label) + body
}

fn item(item: &Item) -> usize {
    let story = &item.story;
    let maybe = |words: &Option<String>| words.as_deref().map_or(0, text);
    let rest = match item.depth {
        Depth::Full => {
            let sections = story.sections.iter().map(|section| maybe(&section.heading) + prose(&section.body));
            let byline: usize = story.byline.iter().map(|author| text(&author.name)).sum();
            let picture = story.image.as_ref().map_or(0, picture);
            maybe(&story.kicker) + maybe(&story.standfirst) + byline + picture + sections.sum::<usize>()
        }
        Depth::Brief => story.brief.as_deref().map_or(0, prose),
        Depth::Teaser => maybe(&story.kicker) + maybe(&story.teaser),
        Depth::Headline => 0,
    };
    text(&story.headline) + rest
}

/// What stands below a picture.
fn picture(image: &Image) -> usize {
    [&image.caption, &image.credit].into_iter().flatten().map(|words| text(words)).sum()
}

/// A count in words: `1 word`, `230 words`.
pub(crate) fn words(count: usize) -> String {
    if count == 1 { "1 word".to_owned() } else { format!("{count} words") }
}

/// What is wrong with a count, if anything is.
pub(crate) fn outside(words: usize, limits: Limits) -> Option<String> {
    let words = words as u64;
    match limits {
        Limits { min: Some(min), .. } if words < min => Some(format!("and at least {min} are wanted")),
        Limits { max: Some(max), .. } if words > max => Some(format!("and at most {max} are wanted")),
        _ => None,
    }
}
