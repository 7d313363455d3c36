//! The page a demo ends with: the closed books, one briefing on a phone and a desk, and every inbox.
//!
//! Static and self-contained beside its files: it asks no server and runs no script.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::ledger::{Counts, State};

/// What the page shows.
pub(crate) struct Inbox<'a> {
    pub(crate) publication: &'a str,
    pub(crate) newsletter: &'a str,
    pub(crate) subject: &'a str,
    pub(crate) counts: Counts,
    /// One message that arrived, as files beside the page and as its text part.
    pub(crate) html_file: &'a str,
    pub(crate) text: &'a str,
    pub(crate) headers: &'a str,
    pub(crate) readers: &'a [InboxRow],
}

/// One reader of the audience: what the ledger says, and what lies in the inbox.
pub(crate) struct InboxRow {
    pub(crate) address: String,
    pub(crate) state: State,
    /// The relay's words, or why there were none.
    pub(crate) reply: String,
    /// The message files that arrived, relative to the page.
    pub(crate) copies: Vec<String>,
}

/// The whole page.
pub(crate) fn inbox(page: &Inbox<'_>) -> String {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                title { (page.subject) " · what the readers got" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p.house { (page.publication) " · " (page.newsletter) }
                    h1 { (page.subject) }
                    (books(&page.counts))
                }
                main {
                    section.proofs aria-label="The briefing as it arrived" {
                        figure.phone { figcaption { "Phone, 375 px" } iframe src=(page.html_file) title="The briefing on a phone" {} }
                        figure.desk { figcaption { "Desktop, 640 px" } iframe src=(page.html_file) title="The briefing on a desktop" {} }
                        figure.text { figcaption { "Plain text" } pre tabindex="0" { (page.text) } }
                    }
                    details { summary { "Headers of this message" } pre { (page.headers) } }
                    (inboxes(page.readers))
                }
            }
        }
    };
    markup.into_string()
}

/// The closing equation, as an editor reads it aloud.
fn books(counts: &Counts) -> Markup {
    let closing = [State::Sent, State::Failed, State::Suppressed, State::Unknown, State::Expired];
    html! {
        p.books {
            span.total { strong { (counts.audience) } " on the audience" }
            @for (index, state) in closing.into_iter().enumerate() {
                span.sign aria-hidden="true" { @if index == 0 { "=" } @else { "+" } }
                span class=(state.as_str()) { strong { (counts.of(state)) } " " (state.as_str()) }
            }
        }
    }
}

fn inboxes(rows: &[InboxRow]) -> Markup {
    let (plain, told): (Vec<&InboxRow>, Vec<&InboxRow>) =
        rows.iter().partition(|row| row.state == State::Sent && row.copies.len() == 1);
    html! {
        @if !told.is_empty() {
            h2 { "Not simply delivered" }
            (table(&told))
        }
        h2 { (plain.len()) " inboxes with one copy each" }
        (table(&plain))
    }
}

fn table(rows: &[&InboxRow]) -> Markup {
    html! {
        div.scroll {
            table {
                thead { tr { th scope="col" { "Reader" } th scope="col" { "Ledger" } th scope="col" { "What the relay said" } th scope="col" { "Inbox" } } }
                tbody {
                    @for row in rows {
                        tr {
                            th scope="row" { (row.address) }
                            td { span class={ "state " (row.state.as_str()) } { (row.state.as_str()) } }
                            td.reply { (row.reply) }
                            td {
                                @if row.copies.is_empty() { span.none { "nothing" } }
                                @for copy in &row.copies { a href=(copy) { "message" } " " }
                            }
                        }
                    }
                }
            }
        }
    }
}

const STYLE: &str = "\
:root{color-scheme:light dark;--page:#f2efe8;--sheet:#fffffe;--ink:#1a1a1a;--soft:#57534c;--accent:#a6141c;--rule:#d8d3c8;--good:#1f6b3a;--doubt:#8a5a00}
@media (prefers-color-scheme:dark){:root{--page:#111110;--sheet:#1b1b1a;--ink:#f0ede6;--soft:#bdb8ae;--accent:#ff8f86;--rule:#46433d;--good:#7fd19b;--doubt:#f0b64f}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:400 16px/24px -apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif}
header,main{max-width:1240px;margin:0 auto;padding:0 24px}
header{padding-top:32px}
.house{margin:0 0 4px;color:var(--accent);font-weight:700;font-size:13px;line-height:20px;letter-spacing:.04em}
h1{margin:0;font:700 36px/42px Georgia,'Times New Roman',serif;letter-spacing:-.01em;text-wrap:balance}
h2{margin:40px 0 12px;padding-top:10px;border-top:3px solid var(--ink);font-size:17px;line-height:24px}
.books{display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 12px;margin:16px 0 28px;color:var(--soft)}
.books strong{font:700 24px/32px Georgia,serif;color:var(--ink)}
.books .sent strong,.state.sent{color:var(--good)}
.books .unknown strong,.state.unknown{color:var(--doubt)}
.state.failed,.state.expired{color:var(--accent)}
.proofs{display:grid;grid-template-columns:375px minmax(0,1fr);gap:24px;align-items:start}
figure{margin:0;background:var(--sheet);border:1px solid var(--rule);border-radius:6px;overflow:hidden}
figcaption{padding:8px 14px;color:var(--soft);font-size:13px;line-height:20px;border-bottom:1px solid var(--rule)}
iframe{display:block;width:100%;height:720px;border:0;background:#f2efe8}
.desk{background:#f2efe8}.desk figcaption{background:var(--sheet)}.desk iframe{max-width:640px;margin:0 auto}
.text{grid-column:1/-1}
pre{margin:0;padding:18px;overflow:auto;font:400 13px/20px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}
.text pre{max-height:560px}
details{margin-top:20px;background:var(--sheet);border:1px solid var(--rule);border-radius:6px}
summary{padding:10px 14px;cursor:pointer;font-weight:600}
.scroll{overflow-x:auto;background:var(--sheet);border:1px solid var(--rule);border-radius:6px;margin-bottom:32px}
table{border-collapse:collapse;width:100%;font-size:14px;line-height:20px}
th,td{padding:8px 14px;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule)}
tr:last-child th,tr:last-child td{border-bottom:0}
tbody th{font-weight:400}
thead th{color:var(--soft);font-size:13px}
.state{font-weight:700}
.reply,.none{color:var(--soft)}
.reply{overflow-wrap:anywhere;min-width:16em}
a{color:var(--accent)}
@media (max-width:860px){.proofs{grid-template-columns:minmax(0,1fr)}.phone{max-width:377px;width:100%;margin:0 auto}.desk{display:none}h1{font-size:28px;line-height:34px}header,main{padding-left:16px;padding-right:16px}}
";
