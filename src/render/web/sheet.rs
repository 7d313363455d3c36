//! The web edition's style sheet, made of the same brand as the mail.

use crate::render::style::{Brand, PHONE, PHONE_GUTTER, Palette, RANKS, SHEET, Voice};

pub(super) fn css(brand: &Brand) -> String {
    let font = |voice| brand.font(voice);
    let rules = [
        ("*", "box-sizing:border-box".to_owned()),
        (
            "body",
            format!("margin:0;background:var(--page);color:var(--ink);overflow-wrap:anywhere;{}", font(Voice::Body)),
        ),
        ("header,main", "background:var(--sheet)".to_owned()),
        (
            "header,main,footer",
            format!("max-width:{}px;margin:0 auto;padding:0 clamp({PHONE_GUTTER}px,6vw,64px)", SHEET + 64),
        ),
        ("header", "padding-top:28px".to_owned()),
        ("main", "padding-bottom:40px".to_owned()),
        ("footer", format!("padding-top:24px;padding-bottom:48px;color:var(--quiet);{}", font(Voice::Meta))),
        ("main>*", "margin:36px 0".to_owned()),
        ("main>:first-child", "margin-top:0;padding-top:28px".to_owned()),
        ("p,ul,ol,pre,table", "margin:0 0 16px".to_owned()),
        ("a", "color:inherit;text-underline-offset:2px".to_owned()),
        ("h1", format!("margin:0;border-top:4px solid;padding-top:16px;{}", font(Voice::Masthead))),
        ("h2,h3,h4,h5,h6", format!("margin:0 0 6px;text-wrap:balance;{}", font(Voice::StoryHead))),
        (":is(h2,h3,h4) a", "text-decoration:none".to_owned()),
        (":is(h2,h3,h4) a:hover", "text-decoration:underline".to_owned()),
        (".lead>h2", font(Voice::LeadHead)),
        (".section", format!("margin:24px 0 6px;{}", font(Voice::SectionHead))),
        (".label", format!("margin:0 0 16px;border-top:3px solid;padding-top:10px;{}", font(Voice::Label))),
        (".kicker", format!("margin:0 0 6px;color:var(--accent);{}", font(Voice::Kicker))),
        (
            ".imprint",
            format!(
                "margin:0;border-bottom:1px solid var(--ink);padding:6px 0 14px;color:var(--quiet);{}",
                font(Voice::Imprint)
            ),
        ),
        (".imprint strong", "color:var(--accent)".to_owned()),
        (".standfirst", format!("color:var(--quiet);{}", font(Voice::Standfirst))),
        (".teaser", format!("margin:0;color:var(--quiet);{}", font(Voice::Teaser))),
        (".meta,figcaption", format!("color:var(--quiet);{}", font(Voice::Meta))),
        (".figure", format!("margin:0;color:var(--accent);{}", font(Voice::Figure))),
        ("figure", "margin:0 0 16px".to_owned()),
        ("figcaption", "padding-top:8px".to_owned()),
        ("img", "display:block;width:100%;height:auto;background:var(--blank)".to_owned()),
        (
            "blockquote",
            "margin:0 0 16px;border-inline-start:4px solid var(--accent);padding-inline-start:20px".to_owned(),
        ),
        ("figure blockquote p", format!("margin:0;{}", font(Voice::Utterance))),
        (".ranks", format!("margin:0;padding-inline-start:{RANKS}px")),
        (".ranks>li", "padding:0 0 18px".to_owned()),
        (".ranks>li::marker", format!("color:var(--accent);{}", font(Voice::Teaser))),
        (".picks", "display:grid;grid-template-columns:1fr 1fr;gap:24px".to_owned()),
        (".picks h3", font(Voice::PickHead)),
        (".sponsor", "background:var(--tint);padding:22px 24px 10px".to_owned()),
        (".sponsor .kicker", "color:var(--quiet)".to_owned()),
        (
            ".button",
            format!(
                "display:inline-block;padding:12px 22px;border-radius:{}px;background:var(--accent);color:var(--on-accent);text-decoration:none;{}",
                brand.radius,
                font(Voice::Button)
            ),
        ),
        (".sponsor .button", "background:var(--ink);color:var(--sheet)".to_owned()),
        ("pre", format!("white-space:pre-wrap;{}", font(Voice::Code))),
        ("table", "border-collapse:collapse".to_owned()),
        (
            "th,td",
            "padding:6px 12px;text-align:start;vertical-align:top;border-bottom:1px solid var(--rule)".to_owned(),
        ),
        ("hr", "border:0;border-top:1px solid var(--rule)".to_owned()),
    ];
    let rules: String = rules.iter().map(|(selector, style)| format!("{selector}{{{style}}}")).collect();
    format!(
        ":root{{color-scheme:light dark;{}}}{rules}@media (prefers-color-scheme:dark){{:root{{{}}}}}\
         @media (max-width:{PHONE}px){{.picks{{grid-template-columns:1fr}}h1{{font-size:34px;line-height:38px}}.lead>h2{{font-size:27px;line-height:33px}}}}\
         @media print{{:root{{{};--page:#fff;--sheet:#fff;--tint:#fff}}nav,.button{{display:none}}h2,h3{{break-after:avoid}}}}",
        colours(&brand.light),
        colours(&brand.dark),
        colours(&brand.light),
    )
}

/// A palette as custom properties.
fn colours(palette: &Palette) -> String {
    let Palette { page, sheet, tint, blank, ink, quiet, accent, on_accent, rule } = palette;
    format!(
        "--page:{page};--sheet:{sheet};--tint:{tint};--blank:{blank};--ink:{ink};--quiet:{quiet};--accent:{accent};--on-accent:{on_accent};--rule:{rule}"
    )
}
