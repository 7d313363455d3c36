//! The days: what is to come and what was, newsletter by newsletter, each issue with where it stands; a day without an
//! issue is begun from here, and any issue of the archive is found by a word of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::Uri;
use axum::response::Response;
use axum::routing::get;
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc, Weekday};
use maud::{Markup, html};
use serde::Deserialize;

use super::archive::{Hit, Issues, marked, words};
use super::page::{Page, Place};
use super::pull::about;
use super::stand::{Known, Stand};
use super::who::Who;
use super::{Desk, runs};
use crate::books::{plural, thousands};
use crate::clock;
use crate::config::{Config, Newsletter};
use crate::issue::{self, IssueName};
use crate::schedule;

pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/days", get(show))
}

/// Sending days shown ahead, where they are not farther away than this.
const AHEAD: usize = 5;
const FARTHEST: u64 = 14;

/// Issues that were found are shown so many; one more word leaves fewer.
const SHOWN: usize = 100;

/// What is looked for, and in which newsletter; empty is everything.
#[derive(Clone, Debug, Default, Deserialize)]
struct Search {
    #[serde(default)]
    q: String,
    #[serde(default)]
    newsletter: String,
}

impl Search {
    /// As an address says it; one that somebody mistyped means all days.
    fn read(address: &Uri, config: &Config) -> Self {
        let mut search = Query::try_from_uri(address).map_or_else(|_| Self::default(), |Query(search)| search);
        if !config.newsletters.contains_key(&search.newsletter) {
            search.newsletter.clear();
        }
        search
    }

    fn takes(&self, newsletter: &Newsletter) -> bool {
        self.newsletter.is_empty() || self.newsletter == newsletter.id
    }

    fn query(&self) -> String {
        let pairs = [("newsletter", &self.newsletter), ("q", &self.q)];
        let encoded =
            |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
        let pairs: Vec<String> = pairs.map(|(key, value)| format!("{key}={}", encoded(value))).collect();
        format!("/days?{}", pairs.join("&"))
    }
}

async fn show(State(desk): State<Arc<Desk>>, address: Uri, who: Who) -> Response {
    desk.work(move |desk| page(desk, &address, &who)).await
}

fn page(desk: &Arc<Desk>, address: &Uri, who: &Who) -> Response {
    let config = desk.config();
    let search = &Search::read(address, &config);
    let known = match desk.store() {
        None => Err("There is no store here, so nobody knows what was sent".to_owned()),
        Some(store) => store
            .and_then(|store| Known::read(&store))
            .map_err(|error| format!("The store cannot be read, so nobody knows what was sent: {error}")),
    };
    let (known, unknown) = match known {
        Ok(known) => (Some(known), None),
        Err(why) => (None, Some(why)),
    };
    let archive = desk.archive();
    let looks = Looks { desk, config: &config, archive: &archive, known: known.as_ref(), now: clock::now() };
    let words = words(&search.q);
    let main = html! {
        div.days id="days" {
            (find(desk, &config, search))
            @if let Some(why) = unknown { p.storeless role="status" { (super::page::said(&why)) "." } }
            @if words.is_empty() {
                div.letters id="letters" {
                    @for newsletter in letters(desk, &config).into_iter().filter(|own| search.takes(own)) { (looks.letter(newsletter)) }
                }
            } @else {
                (looks.found(search, &words))
            }
        }
    };
    let mut abouts = vec![runs::DAYS.to_owned()];
    abouts.extend(config.newsletters.keys().cloned());
    let page =
        Page { place: Place::Days, title: "Days", abouts, seen: String::new(), which: html! {}, deeds: html! {}, main };
    page.whole(desk, who)
}

/// The newsletters, the one the preview was started with before the others.
fn letters<'c>(desk: &Desk, config: &'c Config) -> Vec<&'c Newsletter> {
    let mut letters: Vec<&Newsletter> = config.newsletters.values().collect();
    letters.sort_by_key(|newsletter| newsletter.id != desk.first.newsletter);
    letters
}

/// The search, and which newsletter's issues are meant.
fn find(desk: &Desk, config: &Config, search: &Search) -> Markup {
    let only = |newsletter: &str| Search { newsletter: newsletter.to_owned(), ..search.clone() }.query();
    html! {
        form.find id="find" action="/days" method="get" role="search" data-view {
            input id="q" name="q" type="search" value=(search.q) data-own autocomplete="off" spellcheck="false" aria-keyshortcuts="/"
                aria-label="Search subjects, days, headlines and names of stories" placeholder="Search subjects, days, headlines, names of stories";
            @if !search.newsletter.is_empty() { input type="hidden" name="newsletter" value=(search.newsletter); }
            @if config.newsletters.len() > 1 {
                nav.only aria-label="Newsletter" {
                    a data-stay href=(only("")) aria-current=[search.newsletter.is_empty().then_some("true")] { "All" }
                    @for newsletter in letters(desk, config) {
                        a data-stay href=(only(&newsletter.id)) aria-current=[(search.newsletter == newsletter.id).then_some("true")] { (newsletter.title) }
                    }
                }
            }
        }
    }
}

/// A newsletter's days from today on, the nearest first: files, and the sending days nobody has begun.
fn coming(newsletter: &Newsletter, written: &BTreeSet<String>, today: NaiveDate) -> BTreeSet<String> {
    let ahead =
        (0..366).map(|ahead| today + Days::new(ahead)).filter(|date| schedule::is_sending_day(newsletter, *date));
    let near = |(nth, date): &(usize, NaiveDate)| *nth == 0 || *date <= today + Days::new(FARTHEST);
    let due = ahead.take(AHEAD).enumerate().take_while(near).map(|(_, date)| date.to_string());
    let files = written.iter().filter(|slot| issue::date_of(slot).is_some_and(|date| date >= today)).cloned();
    due.chain(files).collect()
}

/// Why an issue was found.
struct Sought<'a> {
    words: &'a [String],
    headlines: &'a [&'a str],
}

/// Headlines shown of an issue that was found.
const HEADLINES: usize = 3;

/// What the page is drawn from.
struct Looks<'a> {
    desk: &'a Arc<Desk>,
    config: &'a Config,
    archive: &'a Issues,
    known: Option<&'a Known>,
    now: DateTime<Utc>,
}

impl Looks<'_> {
    fn letter(&self, newsletter: &Newsletter) -> Markup {
        let today = self.now.with_timezone(&newsletter.timezone).date_naive();
        let written: BTreeSet<String> =
            self.archive.issues_of(&newsletter.id).map(|bound| bound.name.slot.clone()).collect();
        let coming = coming(newsletter, &written, today);
        let past = self.past(newsletter, &written, today);
        let newest = past.keys().next_back().copied();
        html! {
            section.letter id={ "letter-" (newsletter.id) } aria-labelledby={ "title-" (newsletter.id) } {
                header {
                    h2 id={ "title-" (newsletter.id) } { (newsletter.title) }
                    p.quiet { (weekdays(&newsletter.days)) " at " (newsletter.send_at.format("%H:%M")) }
                }
                @if coming.is_empty() { p.quiet.none { "It has no day to come: its " code { "days" } " and " code { "skip" } " stand in config.toml." } }
                ol.rows.coming id={ "coming-" (newsletter.id) } {
                    @for slot in &coming { (self.row(newsletter, &self.name(newsletter, slot), None)) }
                }
                @for (year, names) in past.iter().rev() {
                    details.year id={ "year-" (newsletter.id) "-" (year) } open[Some(*year) == newest] {
                        summary { b { (year) } " " span.quiet { (plural(names.len() as u64, "issue")) } }
                        ol.rows { @for name in names { (self.row(newsletter, name, None)) } }
                    }
                }
                @if past.is_empty() { p.quiet.none { "No issue has gone before." } }
            }
        }
    }

    /// What lies before today, by year, the newest first: files, and editions whose file is gone.
    fn past(
        &self,
        newsletter: &Newsletter,
        written: &BTreeSet<String>,
        today: NaiveDate,
    ) -> BTreeMap<i32, Vec<IssueName>> {
        let sent = self.known.into_iter().flat_map(|known| known.editions.keys());
        let sent = sent.filter(|name| name.newsletter == newsletter.id).map(|name| &name.slot);
        let slots: BTreeSet<&String> = written.iter().chain(sent).collect();
        let mut years: BTreeMap<i32, Vec<IssueName>> = BTreeMap::new();
        for slot in slots.into_iter().rev() {
            if let Some(date) = issue::date_of(slot).filter(|date| *date < today) {
                let name = self.name(newsletter, slot);
                years.entry(date.year()).or_default().push(name);
            }
        }
        years
    }

    fn name(&self, newsletter: &Newsletter, slot: &str) -> IssueName {
        IssueName { newsletter: newsletter.id.clone(), slot: slot.to_owned() }
    }

    /// Where an issue stands, as far as anybody knows.
    fn stand(&self, newsletter: &Newsletter, name: &IssueName) -> Stand {
        let today = self.now.with_timezone(&newsletter.timezone).date_naive();
        let is_past = name.date().is_some_and(|date| date < today);
        match self.known.map(|known| known.editions.get(name)) {
            Some(Some(edition)) => Stand::Begun(edition.clone()),
            _ if self.archive.issue(name).is_none() => Stand::NotBegun,
            Some(None) if is_past => Stand::Unsent,
            None if is_past => Stand::coming(self.desk, None),
            _ => Stand::coming(self.desk, self.desk.galley_if_pulled(name).as_deref()),
        }
    }

    /// A row: the way to the issue, where it stands, and what can be done about it.
    fn row(&self, newsletter: &Newsletter, name: &IssueName, sought: Option<&Sought<'_>>) -> Markup {
        let address = format!("/{}", about(name));
        let (bound, stand) = (self.archive.issue(name), self.stand(newsletter, name));
        let words = sought.map_or(&[][..], |sought| sought.words);
        let headlines = sought.map_or(&[][..], |sought| sought.headlines);
        let today = self.now.with_timezone(&newsletter.timezone).date_naive();
        let subject = match (bound, &stand) {
            (Some(bound), _) => Some(bound.subject.trim()),
            (None, Stand::Begun(edition)) => Some(edition.subject.trim()),
            (None, _) => None,
        };
        // The file of an edition may be gone; its books are not.
        let is_lost = bound.is_none() && matches!(stand, Stand::Begun(_));
        html! {
            li.day id={ "day-" (newsletter.id) "-" (name.slot) } data-today[name.date() == Some(today)] {
                a.go href={ (address) @if is_lost { "/room" } } {
                    (when(name, sought.is_some()))
                    @if sought.is_some() { span.of { bdi { (newsletter.title) } } }
                    span.subject {
                        @match subject {
                            None => {},
                            Some("") => i.quiet { "no subject" },
                            Some(subject) => bdi { (marked(subject, words)) },
                        }
                    }
                    @if !headlines.is_empty() {
                        span.headlines {
                            @for headline in headlines.iter().take(HEADLINES) { span { bdi { (marked(headline, words)) } } }
                            @if headlines.len() > HEADLINES { span { "and " (headlines.len() - HEADLINES) " more" } }
                        }
                    }
                }
                (stand.drawn(newsletter))
                @match stand {
                    Stand::NotBegun => form data-post={ (address) "/begin" } data-then=(address) {
                        input type="hidden" name="from" value="";
                        button.button type="submit" aria-label={ "Begin it: the issue of " (name.slot) } { "Begin it" }
                    },
                    Stand::Begun(_) => a.room-of href={ (address) "/room" } aria-label={ "Press room of " (name.slot) } { "Press room" },
                    Stand::Written { .. } | Stand::Unsent => span {},
                }
            }
        }
    }

    fn found(&self, search: &Search, words: &[String]) -> Markup {
        let hits: Vec<Hit<'_>> = self.archive.find(&search.newsletter, words).collect();
        let all = self.archive.count(&search.newsletter);
        html! {
            section.letter.found id="found" aria-labelledby="found-title" {
                header {
                    h2 id="found-title" role="status" {
                        @match hits.len() {
                            0 => "No issue has these words",
                            count => { (plural(count as u64, "issue")) },
                        }
                    }
                    p.quiet {
                        @match hits.len() {
                            0 => { "None of " (thousands(all as u64)) " in their subjects, days, or headlines and names of their stories. Fewer words find more; Esc shows all days again." },
                            count if count > SHOWN => { "The newest " (SHOWN) " of them; one more word leaves fewer." },
                            _ => { "of " (thousands(all as u64)) ", the newest first" },
                        }
                    }
                }
                ol.rows {
                    @for Hit { issue, headlines } in hits.iter().take(SHOWN) {
                        @if let Some(newsletter) = self.config.newsletters.get(&issue.name.newsletter) {
                            (self.row(newsletter, &issue.name, Some(&Sought { words, headlines })))
                        }
                    }
                }
            }
        }
    }
}

/// `Tue 24 Nov`, with its year where years are mixed, and what an extra is called.
fn when(name: &IssueName, year: bool) -> Markup {
    let format = if year { "%a %-d %b %Y" } else { "%a %-d %b" };
    let day = name.date().map_or_else(|| name.slot.clone(), |date| date.format(format).to_string());
    let extra = name.slot.get(10..).unwrap_or_default().trim_start_matches('-');
    html! { time datetime=(name.slot.get(..10).unwrap_or_default()) { (day) @if !extra.is_empty() { small { (extra) } } } }
}

/// `Mon to Fri`, `Mon, Wed and Sat`, `every day`.
fn weekdays(days: &[Weekday]) -> String {
    let week = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
    let own: Vec<usize> = (0..7).filter(|day| days.contains(&week[*day])).collect();
    let name = |day: &usize| week[*day].to_string();
    match own.as_slice() {
        [] => "no day".to_owned(),
        [_, _, _, _, _, _, _] => "every day".to_owned(),
        [first, .., last] if own.len() > 2 && last - first + 1 == own.len() => {
            format!("{} to {}", name(first), name(last))
        }
        [rest @ .., last] if !rest.is_empty() => {
            format!("{} and {}", rest.iter().map(name).collect::<Vec<_>>().join(", "), name(last))
        }
        [only, ..] => name(only),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn morning() -> Newsletter {
        let config = crate::config::load(std::path::Path::new(env!("CARGO_MANIFEST_DIR")), &[]).unwrap();
        Newsletter { days: vec![Weekday::Mon, Weekday::Wed], skip: Vec::new(), ..config.newsletters["morning"].clone() }
    }

    fn days(newsletter: &Newsletter, written: &[&str]) -> Vec<String> {
        let written: BTreeSet<String> = written.iter().map(|slot| (*slot).to_owned()).collect();
        let today = "2026-11-24".parse().unwrap();
        let said = |slot: String| format!("{slot}{}", if written.contains(&slot) { "" } else { "?" });
        coming(newsletter, &written, today).into_iter().map(said).collect()
    }

    #[test]
    fn days_ahead_are_the_files_and_the_sending_days_without_one() {
        let newsletter = morning();
        let written = ["2026-11-23", "2026-11-24-2", "2026-11-25", "2027-03-01"];
        assert_eq!(
            days(&newsletter, &written),
            ["2026-11-24-2", "2026-11-25", "2026-11-30?", "2026-12-02?", "2026-12-07?", "2027-03-01"]
        );
        let skip = vec!["2026-11-25".parse().unwrap()];
        assert_eq!(days(&Newsletter { skip, ..newsletter.clone() }, &[])[0], "2026-11-30?");
        // However far it is, the next day is shown.
        let rare = Newsletter {
            skip: (0..60).map(|ahead| "2026-11-24".parse::<NaiveDate>().unwrap() + Days::new(ahead)).collect(),
            ..newsletter.clone()
        };
        assert_eq!(days(&rare, &[]), ["2027-01-25?"]);
        assert_eq!(days(&Newsletter { days: Vec::new(), ..newsletter }, &[]), Vec::<String>::new());
    }

    #[test]
    fn weekdays_are_said_as_people_say_them() {
        use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        let said = [vec![Mon, Tue, Wed, Thu, Fri], vec![Sat], vec![Sat, Sun], vec![Mon, Wed, Sat], vec![]];
        assert_eq!(
            said.map(|days| weekdays(&days)),
            ["Mon to Fri", "Sat", "Sat and Sun", "Mon, Wed and Sat", "no day"]
        );
        assert_eq!(weekdays(&[Sun, Mon, Tue, Wed, Thu, Fri, Sat]), "every day");
    }
}
