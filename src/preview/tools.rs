//! The tools above the mails: what stands beside them, through which lens they are seen, what is set beside them.

use maud::{Markup, html};

use super::findings;
use super::mail::Opened;
use super::meters;
use super::view::{Font, Kept, Look, Panes, Rail, Side, View};
use crate::finding::Level;

/// Blocks, checks and measures, each with what it amounts to.
pub(super) fn tabs(opened: &Opened<'_>, shown: Rail) -> Markup {
    let Opened { galley, view, .. } = opened;
    let tab = |rail: Rail, id: &str, name: &str, sum: Markup| {
        let to = View { rail, ..(*view).clone() };
        html! {
            a.tab data-stay id={ "v-rail-" (id) } href=(to.query()) aria-current=[(shown == rail).then_some("true")] { (name) " " (sum) }
        }
    };
    let errors = findings::count(galley, Level::Error);
    let warnings = findings::count(galley, Level::Warning);
    let checks = html! {
        @if errors > 0 { span.sum.bad { (errors) span.sr { (if errors == 1 { " error" } else { " errors" }) } } " " }
        @if warnings > 0 { span.sum.warn { (warnings) span.sr { (if warnings == 1 { " warning" } else { " warnings" }) } } }
        @if errors + warnings == 0 { span.sum.good { "✓" span.sr { "nothing to say" } } }
    };
    html! {
        nav.tabs id="tabs" aria-label="Beside the mails" {
            (tab(Rail::Blocks, "blocks", "Blocks", html! { span.sum { (galley.outline.blocks.len()) } }))
            (tab(Rail::Checks, "checks", "Checks", checks))
            (tab(Rail::Measures, "measures", "Measures", meters::sum(galley)))
        }
    }
}

/// The lenses and panes, as links: each says what it would show.
pub(super) fn lenses(view: &View) -> Markup {
    let images = if view.images == Kept::On { Kept::Off } else { Kept::On };
    let styles = if view.styles == Kept::On { Kept::Off } else { Kept::On };
    let font = if view.font == Font::Normal { Font::Large } else { Font::Normal };
    let beside = |side: Side| {
        let shown = view.side == side || (view.side == Side::Auto && side == Side::Text);
        let open = view.side == side;
        (shown, View { side: if open { Side::None } else { side }, ..view.clone() })
    };
    html! {
        div.tools id="tools" role="group" aria-label="Lenses and panes" {
            div.lenses {
            div.set aria-label="Colours" role="group" {
                @for (name, look) in [("Light", Look::Light), ("Dark", Look::Dark), ("Forced", Look::Forced)] {
                    (chip(name, &format!("look-{name}"), view.look == look, &View { look, ..view.clone() }))
                }
            }
            div.set.loose aria-label="What a client may do" role="group" {
                (toggle("Pictures", "images", view.images == Kept::On, &View { images, ..view.clone() }))
                (toggle("Styles", "styles", view.styles == Kept::On, &View { styles, ..view.clone() }))
                (toggle("Large type", "font", view.font == Font::Large, &View { font, ..view.clone() }))
            }
            div.set aria-label="Mails" role="group" {
                @for (name, panes) in [("Phone", Panes::Phone), ("Desktop", Panes::Desktop), ("Both", Panes::Both)] {
                    (chip(name, &format!("panes-{name}"), view.panes == panes, &View { panes, ..view.clone() }))
                }
            }
            }
            div.beside aria-label="Beside them" role="group" {
                @for (name, side) in SIDES {
                    @let (shown, to) = beside(side);
                    a.side data-stay id={ "v-side-" (name.to_lowercase()) } href=(to.query())
                        aria-current=[shown.then_some("true")] data-spare=[(shown && view.side == Side::Auto).then_some("")] { (name) }
                }
            }
        }
    }
}

const SIDES: [(&str, Side); 6] = [
    ("Text", Side::Text),
    ("Source", Side::Source),
    ("Before", Side::Before),
    ("Changes", Side::Changes),
    ("Order", Side::Order),
    ("Links", Side::Links),
];

fn chip(name: &str, id: &str, on: bool, to: &View) -> Markup {
    html! { a.chip data-stay id={ "v-" (id.to_lowercase()) } href=(to.query()) aria-current=[on.then_some("true")] { (name) } }
}

/// One that is on or off by itself.
fn toggle(name: &str, id: &str, on: bool, to: &View) -> Markup {
    html! {
        a.toggle data-stay id={ "v-" (id) } href=(to.query()) data-on=[on.then_some("")] {
            span.box aria-hidden="true" {} (name) span.sr { @if on { ", on" } @else { ", off" } }
        }
    }
}
