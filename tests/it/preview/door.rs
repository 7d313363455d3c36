//! The door: editors log in by a link that is mailed to them, and then are two persons who see each other.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::path::Path;

use mail_parser::MessageParser;

use super::looking::RUN_AXE;
use super::{BOTH, Desk, between, newsroom};
use crate::chromium::{Page, Scheme};
use crate::pages::Answer;
use crate::sink::{Script, Sink};
use crate::world::World;

const MAREN: &str = "maren.oduya@lantern.example";
const IVY: &str = "ivy.castellane@lantern.example";
const PATH: &str = "/morning/2026-11-24";

/// A newsroom whose desk has a door, at a name that a browser takes for this machine, and a relay for its mail.
struct Door {
    desk: Desk,
    sink: Sink,
    url: String,
}

impl Door {
    fn new() -> Self {
        Self::open(&[])
    }

    fn open(args: &[&str]) -> Self {
        let (sink, port) = (Sink::start(Script::default()), free());
        let url = format!("http://desk.localhost:{port}");
        let world = with_door(&url);
        world.write("list.csv", "email,first_name\nada@reader.test,Ada\n");
        world.ok(&["-n", "morning", "subscribers", "import", "list.csv"]);
        let relay = format!("relays.main.url=smtp://{}", sink.address());
        let port = port.to_string();
        let own = ["--set", &relay, "--port", &port, "2026-11-24"];
        let (process, address) = world.preview(&[&own, args].concat());
        Self { desk: Desk { world, process, address }, sink, url }
    }

    /// The door's name and a browser's account of itself.
    fn ask(&self, method: &str, path: &str, head: &[(&str, &str)], body: &str) -> Answer {
        self.desk.ask(method, path, &[&[("Host", self.host())], head].concat(), body)
    }

    fn host(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// The form at the door, as a browser sends it.
    fn asks_for_a_link(&self, address: &str) -> Answer {
        self.ask(
            "POST",
            "/-/in",
            &[("Origin", &self.url)],
            &format!("address={}&to={PATH}", address.replace('@', "%40")),
        )
    }

    /// What the newest mail to somebody leads to.
    fn mailed(&self, count: usize) -> String {
        self.sink.wait_for(count);
        let kept = &self.sink.kept()[count - 1];
        let mail = MessageParser::default().parse(&kept.bytes).unwrap();
        let text = mail.body_text(0).unwrap().into_owned();
        text.lines().find(|line| line.starts_with(&self.url)).unwrap().to_owned()
    }

    /// Logs an editor in without a browser: the cookie line they send from then on.
    fn cookie(&self, address: &str) -> String {
        let before = self.sink.kept().len();
        self.asks_for_a_link(address);
        let link = self.mailed(before + 1);
        let answer = self.ask("POST", &link[self.url.len()..], &[("Origin", &self.url)], "");
        assert_eq!((answer.status, answer.header("location")), (303, PATH));
        answer.header("set-cookie").split(';').next().unwrap().to_owned()
    }

    /// A browser of an editor's own, logged in and on the issue.
    fn editor(&self, address: &str) -> Page {
        let page = Page::alone();
        let before = self.sink.kept().len();
        page.sized(1440, 900).go(&format!("{}/-/in?to={PATH}", self.url));
        page.until("document.activeElement.id === 'address'").write(address).press("Enter");
        page.until("document.querySelector('h1')?.textContent === 'Look into your mail'");
        page.go(&self.mailed(before + 1)).click(".door button");
        page.until(&format!("location.pathname === '{PATH}' && {BOTH}"));
        page
    }

    /// What it said on stderr, after it ended.
    fn journal(mut self) -> String {
        self.desk.end();
        let mut said = String::new();
        self.desk.process.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        said
    }
}

fn free() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The sample newsroom, at whose desk two log in.
fn with_door(url: &str) -> World {
    let world = newsroom();
    let door = format!("[preview]\nurl = \"{url}\"\neditors = [\"maren-oduya\", \"ivy-castellane\"]\n");
    let config = world.read("config.toml").replace("[preview]\n", &door);
    world.write("config.toml", &config.replace("# approval = \"required\"", "approval = \"second-person\""));
    world
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn an_editor_comes_in_by_the_link_that_is_mailed_to_them() {
    let mut door = Door::new();
    let page = Page::alone();
    let wanted = format!("{}{PATH}?side=text", door.url);
    page.tab.evaluate(&format!("location.href = {wanted:?}"), false).unwrap();
    page.until("location.pathname === '/-/in' && document.activeElement.id === 'address'");
    page.write(MAREN).press("Enter");
    page.until("document.querySelector('h1')?.textContent === 'Look into your mail'");
    let link = door.mailed(1);
    let kept = &door.sink.kept()[0];
    let mail = MessageParser::default().parse(&kept.bytes).unwrap();
    assert_eq!(
        (kept.recipient.as_str(), mail.subject()),
        (MAREN, Some("Your link to the desk of The Vennmouth Lantern"))
    );
    assert!(mail.body_html(0).unwrap().contains(&format!("href=\"{link}\"")));
    // To look at it spends nothing.
    page.go(&link).until("document.querySelector('main').innerText.includes('you are Maren Oduya')").go(&link);
    page.click(".door button").until("location.pathname + location.search === '/morning/2026-11-24?side=text'");
    page.until("document.querySelector('.me')?.innerText.startsWith('MO')");
    assert_eq!(page.see("document.cookie"), "");
    // Used is used.
    page.go(&link).until("document.querySelector('h1')?.textContent === 'This link was used'");
    // A new start of the desk asks nobody to log in again.
    let relay = format!("relays.main.url=smtp://{}", door.sink.address());
    door.desk.restart(&["--set", &relay, "2026-11-24"]);
    page.go(&wanted).click(".me").until("document.querySelector('#dialog[open]')?.innerText.includes('maren.oduya@')");
    page.click("#dialog .deed").until("document.querySelector('h1')?.textContent === 'Until next time'");
    page.tab.evaluate(&format!("location.href = {wanted:?}"), false).unwrap();
    page.until("document.querySelector('h1')?.textContent === 'Come in'");
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn two_editors_see_each_other_and_what_the_other_does() {
    let door = Door::new();
    let (maren, ivy) = (door.editor(MAREN), door.editor(IVY));
    maren.until("document.getElementById('here').textContent === 'Ivy Castellane is here too'");
    ivy.until("document.getElementById('here').textContent === 'Maren Oduya is here too'");
    for width in [1024, 1280, 1440] {
        maren.sized(width, 900).until(&format!("innerWidth === {width}"));
        assert_eq!(maren.see("document.documentElement.scrollWidth <= innerWidth"), true, "at {width}");
        assert_eq!(maren.see("document.getElementById('here').offsetWidth > 120"), true, "at {width}");
    }
    ivy.click("#row-b2 .num").press("K");
    maren.until("document.getElementById('told').textContent === 'Ivy Castellane moved block 2 to place 1'");
    maren.until(
        "document.querySelector('li.block').dataset.block === document.querySelectorAll('li.block')[0].dataset.block",
    );
    ivy.until("document.getElementById('said').textContent.includes('moved block 2 to place 1')");
    assert_eq!(ivy.see("document.getElementById('told').textContent"), "", "one's own deed is said once");
    // Nobody takes another's back.
    let undone = maren.ask(&format!("desk.post('{PATH}/undo').then(JSON.stringify)"));
    assert_eq!(undone["error"], "the last change is somebody else's to take back");
    ivy.click("#said button").until("document.getElementById('said').textContent.includes('back as it was')");
    // Who leaves is gone, and who logs out in one window is logged out in the other.
    let other = door.editor(IVY);
    drop(ivy);
    other.click(".me").click("#dialog .deed").until("document.querySelector('h1')?.textContent === 'Until next time'");
    maren.until("document.getElementById('here').textContent === ''");
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn whose_login_ends_goes_to_the_door_but_not_with_a_thought_half_written() {
    let door = Door::new();
    let (page, cookie) = (door.editor(MAREN), door.cookie(MAREN));
    page.click("#subject").press("End").write(", half a thought");
    let name = door.desk.world.path("pressrun.db.editors");
    fs::remove_file(&name).unwrap();
    let relay = format!("relays.main.url=smtp://{}", door.sink.address());
    let mut door = door;
    door.desk.restart(&["--set", &relay, "2026-11-24"]);
    page.until("document.getElementById('said').textContent.includes('your login has ended')");
    assert_eq!(page.see("document.getElementById('subject').value.endsWith(', half a thought')"), true);
    assert_eq!(door.ask("GET", PATH, &[("Cookie", &cookie)], "").status, 303);
    page.press("Escape").until("document.querySelector('h1')?.textContent === 'Come in'");
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn without_a_login_another_window_is_another_window() {
    let desk = Desk::sample();
    let (one, other) = (desk.page(), desk.page());
    one.until("document.getElementById('here').textContent === 'open in another window too'");
    other.click("#subject").press("End").write(" at all").press("Enter");
    one.until("document.getElementById('told').textContent === 'Another window wrote the subject'");
    drop(other);
    one.until("document.getElementById('here').textContent === ''");
    assert_eq!(one.see("!!document.querySelector('.me')"), false);
}

#[test]
fn a_second_person_is_another_editor_by_login_and_not_by_a_name_that_is_typed() {
    let door = Door::new();
    let (maren, ivy) = (door.cookie(MAREN), door.cookie(IVY));
    let dialog = |cookie: &str| door.ask("GET", &format!("{PATH}/approve"), &[("Cookie", cookie)], "").body;
    let refused = dialog(&maren);
    assert!(refused.contains("Not now: Maren Oduya edits this issue"), "{refused}");
    let (open, content) = (dialog(&ivy), between(&dialog(&ivy), "name=\"content\" value=\"", "\""));
    assert!(open.contains("approved by <b>Ivy Castellane</b>") && !open.contains("name=\"by\""), "{open}");
    let approve = |cookie: &str, by: &str| {
        let page = door.ask("GET", PATH, &[("Cookie", cookie)], "").body;
        let token = between(&page, "name=\"token\" content=\"", "\"");
        let head = [("Cookie", cookie), ("Origin", door.url.as_str()), ("x-pressrun-token", token.as_str())];
        door.ask("POST", &format!("{PATH}/approve"), &head, &format!("content={content}&answers=3&by={by}")).status
    };
    let test = door.ask("GET", &format!("{PATH}/test"), &[("Cookie", &ivy)], "").body;
    assert!(test.contains(&format!("value=\"{IVY}\"")), "a test goes to oneself: {test}");
    assert_eq!(approve(&maren, "Ivy+Castellane"), 422);
    assert_eq!(approve(&ivy, "Rafe+Lindqvist"), 200);
    assert!(door.desk.world.ok(&["log", "2026-11-24"]).contains("Ivy Castellane approved"));
}

#[test]
fn the_door_says_the_same_to_everybody_and_mails_those_it_knows() {
    let door = Door::new();
    let answers: BTreeSet<String> =
        [MAREN, "MAREN.oduya@Lantern.example", "rafe.lindqvist@lantern.example", "nobody", ""]
            .iter()
            .map(|address| door.asks_for_a_link(address))
            .map(|answer| format!("{} {} {}", answer.status, answer.header("location"), answer.body))
            .collect();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert!(door.ask("GET", "/-/in/sent", &[], "").body.contains("If the address you typed is an editor’s"));
    door.sink.wait_for(2);
    // A third, and then no more: nobody's mailbox is filled.
    (0..4).for_each(|_| drop(door.asks_for_a_link(MAREN)));
    door.asks_for_a_link(IVY);
    door.sink.wait_for(4);
    assert_eq!((door.sink.copies(MAREN), door.sink.copies(IVY)), (3, 1));
}

#[test]
fn a_link_is_spent_by_a_hand_of_ours_and_once() {
    let door = Door::new();
    door.asks_for_a_link(MAREN);
    let link = door.mailed(1)[door.url.len()..].to_owned();
    for _ in 0..2 {
        assert!(door.ask("GET", &link, &[], "").body.contains("Maren Oduya"));
    }
    let strangers: [&[(&str, &str)]; 4] = [
        &[],
        &[("Origin", "https://evil.example")],
        &[("Origin", "null")],
        &[("Origin", &door.url), ("sec-fetch-site", "cross-site")],
    ];
    for head in strangers {
        assert_eq!(door.ask("POST", &link, head, "").status, 403, "{head:?}");
        assert_eq!(door.ask("POST", "/-/in", head, "address=x").status, 403, "{head:?}");
        assert_eq!(door.ask("POST", "/-/out", head, "").status, 403, "{head:?}");
    }
    let own = [("Origin", door.url.as_str())];
    let cookie = door.ask("POST", &link, &own, "").header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-pressrun=") && cookie.ends_with("; Secure; HttpOnly; SameSite=Lax"), "{cookie}");
    for (path, title) in [(link.as_str(), "This link was used"), ("/-/in/abc", "This link leads nowhere")] {
        for method in ["GET", "POST"] {
            let answer = door.ask(method, path, &own, "");
            assert!(answer.status == 410 && answer.body.contains(title) && answer.body.contains("Mail me another"));
            assert_eq!(answer.header("set-cookie"), "");
        }
    }
}

#[test]
fn by_the_name_of_the_proxy_one_logs_in_and_by_another_nobody_comes() {
    let door = Door::new();
    for path in ["/", PATH, "/morning/2026-11-24/mail", "/-/me"] {
        let answer = door.ask("GET", path, &[], "");
        assert_eq!((answer.status, answer.header("location").starts_with("/-/in")), (303, true), "{path}");
        let script = [("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")];
        assert_eq!(door.ask("GET", path, &script, "").status, 401, "{path}");
    }
    assert_eq!(door.ask("POST", &format!("{PATH}/line"), &[("Origin", &door.url)], "line=subject").status, 401);
    let cookie = door.cookie(MAREN);
    let ask = |method: &str, head: &[(&str, &str)]| {
        door.ask(method, &format!("{PATH}/undo"), &[&[("Cookie", cookie.as_str())], head].concat(), "").status
    };
    // Being logged in is not enough to write: the page's token, and our own address, are wanted too.
    assert_eq!(door.ask("GET", PATH, &[("Cookie", &cookie)], "").status, 200);
    assert_eq!(ask("POST", &[("Origin", &door.url)]), 403);
    let token = between(&door.ask("GET", PATH, &[("Cookie", &cookie)], "").body, "name=\"token\" content=\"", "\"");
    assert_eq!(ask("POST", &[("Origin", "https://evil.example"), ("x-pressrun-token", &token)]), 403);
    assert_eq!(ask("POST", &[("Origin", &door.url), ("x-pressrun-token", &token)]), 422, "there is nothing to undo");
    // One editor's token is worth nothing with another's login.
    let ivy = door.cookie(IVY);
    let mixed = [("Cookie", ivy.as_str()), ("Origin", &door.url), ("x-pressrun-token", &token)];
    assert_eq!(door.ask("POST", &format!("{PATH}/undo"), &mixed, "").status, 403);
    // A proxy that forgets the name it was called by opens nothing, and neither does a name that merely leads here.
    for host in ["localhost", "127.0.0.1:8024", "evil.example", "desk.localhost.evil.example"] {
        let answer = door.desk.ask("GET", PATH, &[("Host", host), ("Cookie", &cookie)], "");
        assert_eq!(answer.status, 421, "{host}");
    }
    assert!(door.desk.ask("GET", "/", &[("Host", "localhost")], "").body.contains("pass the Host on"));
}

#[test]
fn whoever_is_taken_from_the_list_is_out_at_once() {
    let door = Door::new();
    let cookie = door.cookie(IVY);
    let status = || door.ask("GET", PATH, &[("Cookie", &cookie)], "").status;
    assert_eq!(status(), 200);
    let config = door.desk.world.read("config.toml");
    door.desk.world.write("config.toml", &config.replace(", \"ivy-castellane\"]", "]"));
    assert!((0..80).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        status() == 303
    }));
}

#[test]
fn no_secret_is_in_any_line_of_the_journal_or_in_any_file() {
    let door = Door::new();
    let cookie = door.cookie(MAREN);
    let link = door.mailed(1);
    let page = door.ask("GET", PATH, &[("Cookie", &cookie)], "").body;
    let secrets = [
        link.rsplit('/').next().unwrap().to_owned(),
        cookie.split_once('=').unwrap().1.to_owned(),
        between(&page, "name=\"token\" content=\"", "\""),
    ];
    let file = door.desk.world.read("pressrun.db.editors");
    assert!(file.contains("\"maren-oduya\""), "{file}");
    let journal = door.journal();
    assert!(
        journal.contains("mailed a link to `maren-oduya`") && journal.contains("`maren-oduya` logged in"),
        "{journal}"
    );
    for secret in secrets {
        assert!(secret.len() > 40 && !journal.contains(&secret) && !file.contains(&secret), "{journal}{file}");
    }
}

#[test]
fn a_relay_that_is_away_is_told_to_whoever_runs_the_desk_and_not_at_the_door() {
    let mut door = Door::open(&["--set", "relays.main.url=smtp://127.0.0.1:9"]);
    assert_eq!(door.asks_for_a_link(MAREN).header("location"), "/-/in/sent");
    let mut lines = BufReader::new(door.desk.process.stderr.take().unwrap()).lines().map(Result::unwrap);
    let told = lines.find(|line| !line.starts_with("editors log in at")).unwrap();
    assert!(told.starts_with("the link for `maren-oduya` did not leave: "), "{told}");
}

#[test]
fn this_machine_s_own_browser_logs_in_where_the_store_is_and_nowhere_else() {
    // A clone has no store.
    let clone = Desk::open(with_door("https://desk.lantern.example"), &[]);
    assert_eq!(clone.get(PATH).status, 200);
    assert_eq!(clone.ask("GET", PATH, &[("Host", "desk.lantern.example")], "").status, 303);
    let local = Door::open(&["--local"]);
    assert_eq!(local.desk.get(PATH).status, 200);
    assert_eq!(local.ask("GET", PATH, &[], "").status, 303);
    // Without a door nobody logs in, and a proxy brings nobody.
    let plain = Desk::sample();
    assert_eq!((plain.get(PATH).status, plain.get("/-/in").status, plain.get("/-/me").status), (200, 303, 404));
    let brought = plain.ask("GET", PATH, &[("X-Forwarded-For", "203.0.113.7")], "");
    assert!(brought.status == 421 && brought.body.contains("`[preview] url` and `editors`"), "{}", brought.body);
}

#[test]
fn others_reach_it_only_where_editors_log_in() {
    let port = free();
    let world = with_door(&format!("http://desk.localhost:{port}"));
    let world = Desk::open(world, &["--listen", "0.0.0.0"]);
    assert_eq!(world.ask("GET", PATH, &[("Host", "localhost")], "").status, 421, "though it has no store");
    assert_eq!(world.ask("GET", PATH, &[("Host", "desk.localhost")], "").status, 303);
    for args in [&["--listen", "0.0.0.0", "--local"][..], &["--host", "desk.lantern.example"]] {
        let ran = world.world.ends(2, &[&["preview", "--port", "0"], args].concat());
        assert!(ran.stderr.contains("`[preview] url` for everybody else"), "{}", ran.stderr);
    }
}

#[test]
#[ignore = "needs chromium and axe: ./tests/run"]
fn the_door_is_for_everybody_and_every_screen() {
    let door = Door::new();
    door.asks_for_a_link(MAREN);
    let link = door.mailed(1)[door.url.len()..].to_owned();
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let axe = fs::read_to_string(project.join("target/validators/node_modules/axe-core/axe.min.js")).unwrap();
    let page = Page::alone();
    for path in ["/-/in", "/-/in?out=1", "/-/in/sent", &link, "/-/in/abc"] {
        page.go(&format!("{}{path}", door.url));
        page.tab.evaluate(&axe, false).unwrap();
        for (width, scheme) in [(375, Scheme::Light), (375, Scheme::Dark), (1440, Scheme::Light), (1440, Scheme::Dark)]
        {
            page.sized(width, 800).shown("screen", scheme).until(&format!("innerWidth === {width}"));
            assert_eq!(page.see("document.documentElement.scrollWidth <= innerWidth"), true, "{path} at {width}");
            let found = page.tab.evaluate(RUN_AXE, true).unwrap().value.unwrap();
            assert_eq!(found, "[]", "{path} at {width} in {scheme:?}");
        }
    }
}
