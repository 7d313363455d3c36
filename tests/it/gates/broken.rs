//! A good mail, broken once for each rule: a rule that cannot fail holds nothing.

use super::mail::Mail;
use super::{RULES, sample};

/// Where a mail is broken: words of it are replaced by others.
enum Break {
    Html(&'static str, &'static str),
    Text(&'static str, &'static str),
    Raw(&'static str, &'static str),
}

use Break::{Html, Raw, Text};

const BREAKS: &[(&str, Break)] = &[
    ("R1", Html("<!DOCTYPE html>", "<!DOCTYPE html PUBLIC>")),
    ("R2", Html(" dir=\"ltr\" style", " style")),
    ("R2", Html("<html lang=\"en-GB\"", "<html lang=\"pt\"")),
    ("R3", Html("<meta charset=\"utf-8\">", "")),
    ("R3", Html("width=device-width", "width=600")),
    ("R3", Html("<title>", "<title>Mail: ")),
    ("R4", Html("<meta name=\"color-scheme\" content=\"light dark\">", "")),
    ("R4", Html(":root{color-scheme:light dark}", "")),
    ("R5", Html("telephone=no", "telephone=yes")),
    ("R5", Html("<o:PixelsPerInch>96</o:PixelsPerInch>", "")),
    ("R6", Html("<table role=\"presentation\"", "<table")),
    ("R7", Html("<h2", "<h4")),
    ("R7", Html("<h1", "<p")),
    ("R8", Html("role=\"article\"", "role=\"main\"")),
    ("R9", Html("style=\"display:none;", "style=\"display:block;")),
    ("R10", Html("<!--[if mso]>", "<!--")),
    ("R10", Html("max-width:600px", "max-width:620px")),
    ("R10", Html("display:inline-block;width:100%", "display:inline-block;width:268px")),
    ("R11", Html("word-break:break-word", "")),
    ("R11", Html("<td id=", "<td width=\"536\" id=")),
    ("R11", Html("<h2 ", "<h2>No font</h2><h2 ")),
    ("R12", Html("@media print{", "@media print{@media screen{}")),
    ("R12", Html("style=\"margin:0", "style=\"margin 0")),
    ("R13", Html("</body>", "\u{92}</body>")),
    ("R14", Html("prefers-color-scheme:dark", "prefers-color-scheme:light")),
    ("R15", Html("background-color:#fffffe", "background-color:#ffffff")),
    ("R15", Html("background-color:#a6141c;", "")),
    ("R16", Html("color:#1a1a1a\"", "color:#a0a0a0\"")),
    ("R16", Html("prefers-color-scheme:dark){.i{color:", "prefers-color-scheme:dark){.i{color:#333;x:")),
    ("R17", Html(">Unsubscribe<", ">Click here<")),
    ("R17", Html("text-decoration:underline\">send it", "text-decoration:none\">send it")),
    ("R17", Html("aria-label=\"No: ", "aria-label=\"Now and then: ")),
    ("R18", Html("display:inline-block;padding:12px", "display:inline-block;padding:4px")),
    ("R18", Html("mso-padding-alt:12px 22px", "")),
    ("R19", Html(" alt=\"", " title=\"")),
    ("R19", Html("<img src=\"https", "<img src=\"http")),
    ("R19", Html("background-color:#ece7dc;", "")),
    ("R20", Html("Georgia,serif", "Georgia")),
    ("R21", Html("margin:0 0 16px", "margin:calc(1px) 0 16px")),
    ("R22", Html("</body>", "<img alt=\"\" width=\"1\" height=\"1\"></body>")),
    ("R22", Html("<td ", "<td onclick=\"x()\" ")),
    ("R22", Html("<img ", "<source srcset=\"https://lantern.example/who.png?1\"><img ")),
    ("R23", Html("17px/27px", "17px/20px")),
    ("R23", Html("12px/16px", "10px/16px")),
    ("R24", Text("LINKS", "LINKS <b>")),
    ("R24", Text("https://halloran.example/storm", "")),
    ("R24", Text("\n\n", "\n\n\n")),
    ("R24", Text("The big story", "")),
    ("R24", Text("Read online", "\u{200b}Read online")),
    ("R25", Raw("List-Unsubscribe-Post: List-Unsubscribe=One-Click", "List-Unsubscribe-Post: yes")),
    ("R25", Raw("List-Id:", "X-List-Id:")),
    ("R26", Html("/u/morning/", "/v/morning/")),
    ("R26", Html("9 Custom House Street", "a quay")),
    ("R26", Text("9 Custom House Street", "a quay")),
    ("R27", Html("@media print", "@media speech")),
    ("R27", Html("break-after:avoid", "")),
    ("R28", Html("<p ", "<p id=\"b1\"></p><div></p></div><p ")),
    ("R28", Html("</h1>", "")),
];

impl Break {
    fn of(&self, mail: &Mail) -> Option<Mail> {
        let raw = String::from_utf8(mail.raw.clone()).expect("a mail is ASCII");
        let (html, text) = (mail.source.clone(), mail.text.clone());
        let once = |whole: &str, from: &str, to: &str| whole.contains(from).then(|| whole.replace(from, to));
        Some(match self {
            Html(from, to) => mail.with(once(&html, from, to)?, text, raw.into_bytes()),
            Text(from, to) => mail.with(html, replace_any_case(&text, from, to)?, raw.into_bytes()),
            Raw(from, to) => mail.with(html, text, once(&raw, from, to)?.into_bytes()),
        })
    }
}

/// The text part sets labels in capitals; where the words stand several times, all of them go.
fn replace_any_case(whole: &str, from: &str, to: &str) -> Option<String> {
    let upper = from.to_uppercase();
    let replaced = whole.replace(from, to).replace(&upper, to);
    (replaced != whole).then_some(replaced)
}

#[test]
fn every_rule_can_be_broken_and_says_so() {
    let mail = sample();
    let mut silent = Vec::new();
    for (id, how) in BREAKS {
        let rule = RULES.iter().find(|rule| rule.id == *id).expect("a rule of the table");
        let words = match how {
            Html(from, _) | Text(from, _) | Raw(from, _) => from,
        };
        match how.of(&mail) {
            None => silent.push(format!("{id}: `{words}` is not in the mail")),
            Some(broken) if (rule.faults)(&broken).is_empty() => silent.push(format!("{id}: `{words}` may go")),
            Some(_) => {}
        }
    }
    for rule in RULES.iter().filter(|rule| BREAKS.iter().all(|(id, _)| *id != rule.id)) {
        silent.push(format!("{}: nothing breaks it", rule.id));
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}
