//! One Chromium for all tests that look: it starts with the first page and ends with the last.
//!
//! Debian's, headless, without its sandbox (the tests may run as root) and without any network but loopback.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use headless_chrome::browser::tab::ModifierKey;
use headless_chrome::protocol::cdp::types::Event;
use headless_chrome::protocol::cdp::{Emulation, Input, Network, Runtime, Target};
use headless_chrome::{Browser, LaunchOptions, Tab};

static RUNNING: Mutex<Weak<Browser>> = Mutex::new(Weak::new());

fn browser() -> Arc<Browser> {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(browser) = running.upgrade() {
        return browser;
    }
    let arguments = [
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--allow-file-access-from-files",
        "--hide-scrollbars",
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost , EXCLUDE *.localhost",
    ];
    let options = LaunchOptions {
        path: Some(PathBuf::from("/usr/bin/chromium")),
        sandbox: false,
        args: arguments.iter().map(OsStr::new).collect(),
        idle_browser_timeout: Duration::from_secs(300),
        ..LaunchOptions::default()
    };
    let browser = Arc::new(Browser::new(options).expect("Debian's chromium starts"));
    *running = Arc::downgrade(&browser);
    browser
}

/// A page in a window of its own; the browser lives as long as one page does.
pub(crate) struct Page {
    pub(crate) tab: Arc<Tab>,
    _browser: Arc<Browser>,
}

/// What a page said to nobody: the addresses it asked for, and what its console complained of.
#[derive(Clone, Default)]
pub(crate) struct Murmur {
    asked: Arc<Mutex<Vec<String>>>,
    complained: Arc<Mutex<Vec<String>>>,
}

impl Murmur {
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn complained(&self) -> Vec<String> {
        self.complained.lock().unwrap().clone()
    }
}

/// What a page is, in a line.
const SUMMARY: &str = "location.href + ' ' + document.body.innerText.replace(/\\s+/g, ' ').slice(0, 600)";

/// Long enough for a slow machine, and never waited for where all is well.
const PATIENCE: Duration = Duration::from_secs(15);

/// What a reader has set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Light,
    Dark,
}

impl Page {
    pub(crate) fn new() -> Self {
        Self::of(browser(), None)
    }

    /// In a browser of somebody's own: it shares no cookie with any other page.
    pub(crate) fn alone() -> Self {
        let browser = browser();
        let own = browser.new_context().expect("a browser of one's own").get_id().to_owned();
        Self::of(browser, Some(own))
    }

    fn of(browser: Arc<Browser>, browser_context_id: Option<String>) -> Self {
        // In a window of its own: a tab behind another is one that nobody sees.
        let window = Target::CreateTarget {
            url: "about:blank".to_owned(),
            left: None,
            top: None,
            width: None,
            height: None,
            window_state: None,
            browser_context_id,
            enable_begin_frame_control: None,
            new_window: Some(true),
            background: None,
            for_tab: None,
            hidden: None,
        };
        let tab = browser.new_tab_with_options(window).expect("a new window");
        tab.set_default_timeout(Duration::from_secs(60));
        tab.call_method(Emulation::SetFocusEmulationEnabled { enabled: true }).expect("a window is looked at");
        Self { tab, _browser: browser }
    }

    /// A window of this many CSS pixels.
    pub(crate) fn sized(&self, width: u32, height: u32) -> &Self {
        let metrics = Emulation::SetDeviceMetricsOverride {
            width,
            height,
            device_scale_factor: 1.0,
            mobile: false,
            scale: None,
            screen_width: None,
            screen_height: None,
            position_x: None,
            position_y: None,
            dont_set_visible_size: None,
            screen_orientation: None,
            viewport: None,
            display_feature: None,
            device_posture: None,
        };
        self.tab.call_method(metrics).expect("a window takes its size");
        self
    }

    /// As on a screen in this scheme, or as on paper.
    pub(crate) fn shown(&self, media: &str, scheme: Scheme) -> &Self {
        let value = if scheme == Scheme::Dark { "dark" } else { "light" };
        let feature = Emulation::MediaFeature { name: "prefers-color-scheme".to_owned(), value: value.to_owned() };
        let media = Emulation::SetEmulatedMedia { media: Some(media.to_owned()), features: Some(vec![feature]) };
        self.tab.call_method(media).expect("a page takes its medium");
        self
    }

    pub(crate) fn open(&self, url: &str) -> &Self {
        self.tab.navigate_to(url).and_then(Tab::wait_until_navigated).expect("a page opens");
        self
    }

    /// Opens a page that goes on listening to its server: a wait for silence would be a long one.
    pub(crate) fn go(&self, url: &str) -> &Self {
        let address = serde_json::json!(url);
        self.tab.evaluate(&format!("window.left = true; location.href = {address}"), false).expect("a page is left");
        self.until(&format!(
            "!window.left && location.href.startsWith({address}) && document.readyState === 'complete'"
        ))
    }

    pub(crate) fn open_file(&self, path: &Path) -> &Self {
        self.open(&format!("file://{}", path.display()))
    }

    /// Listens to what it asks for and complains of from now on.
    pub(crate) fn listen(&self) -> Murmur {
        let murmur = Murmur::default();
        let own = murmur.clone();
        let listener = move |event: &Event| match event {
            Event::NetworkRequestWillBeSent(sent) => own.asked.lock().unwrap().push(sent.params.request.url.clone()),
            Event::RuntimeExceptionThrown(thrown) => {
                own.complained.lock().unwrap().push(format!("{:?}", thrown.params.exception_details));
            }
            Event::LogEntryAdded(added) => own.complained.lock().unwrap().push(added.params.entry.text.clone()),
            _ => {}
        };
        self.tab.add_event_listener(Arc::new(listener)).expect("a page is listened to");
        self.tab.call_method(Runtime::Enable(None)).expect("a console is read");
        self.tab.enable_log().expect("a console is read");
        let network = Network::Enable {
            max_total_buffer_size: None,
            max_resource_buffer_size: None,
            max_post_data_size: None,
            report_direct_socket_traffic: None,
            enable_durable_messages: None,
        };
        self.tab.call_method(network).expect("requests are seen");
        murmur
    }

    /// What an expression is worth.
    pub(crate) fn see(&self, expression: &str) -> serde_json::Value {
        // What is not there yet is worth nothing.
        self.ask(&format!(
            "(() => {{ try {{ return JSON.stringify(({expression}) ?? null) }} catch {{ return 'null' }} }})()"
        ))
    }

    /// Waits until an expression holds.
    #[track_caller]
    pub(crate) fn until(&self, expression: &str) -> &Self {
        let begun = Instant::now();
        while self.see(&format!("!!({expression})")) != true {
            assert!(begun.elapsed() < PATIENCE, "never: {expression}\n{}", self.see(SUMMARY));
            std::thread::sleep(Duration::from_millis(15));
        }
        self
    }

    /// A key by its name, as `j`, `?` or `Enter`; in the end it reaches whatever has the focus.
    pub(crate) fn press(&self, key: &str) -> &Self {
        self.tab.press_key(key).expect("a key is pressed");
        self
    }

    pub(crate) fn press_with(&self, modifier: ModifierKey, key: &str) -> &Self {
        self.tab.press_key_with_modifiers(key, Some(&[modifier])).expect("keys are pressed");
        self
    }

    /// Types where the focus is.
    pub(crate) fn write(&self, words: &str) -> &Self {
        self.tab.send_character(words).expect("words are typed");
        self
    }

    /// Clicks into the middle of what a selector finds.
    #[track_caller]
    pub(crate) fn click(&self, selector: &str) -> &Self {
        let (x, y) = self.middle(selector);
        self.mouse(Input::DispatchMouseEventTypeOption::MousePressed, x, y);
        self.mouse(Input::DispatchMouseEventTypeOption::MouseReleased, x, y);
        self
    }

    /// Takes what a selector finds by its middle, and lets it go so many pixels further.
    #[track_caller]
    pub(crate) fn drag(&self, selector: &str, right: f64, down: f64) -> &Self {
        let (x, y) = self.middle(selector);
        self.mouse(Input::DispatchMouseEventTypeOption::MousePressed, x, y);
        for part in 1..=4 {
            let share = f64::from(part) / 4.0;
            self.mouse(Input::DispatchMouseEventTypeOption::MouseMoved, x + right * share, y + down * share);
        }
        self.mouse(Input::DispatchMouseEventTypeOption::MouseReleased, x + right, y + down);
        self
    }

    #[track_caller]
    fn middle(&self, selector: &str) -> (f64, f64) {
        self.until(&format!("document.querySelector({selector:?})?.getClientRects().length"));
        let middle = self.see(&format!(
            "(() => {{ const found = document.querySelector({selector:?}); found.scrollIntoView({{block: 'nearest'}});
               const box = found.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2] }})()"
        ));
        (middle[0].as_f64().unwrap(), middle[1].as_f64().unwrap())
    }

    fn mouse(&self, kind: Input::DispatchMouseEventTypeOption, x: f64, y: f64) {
        let held = !matches!(kind, Input::DispatchMouseEventTypeOption::MouseReleased);
        let event = Input::DispatchMouseEvent {
            Type: kind,
            x,
            y,
            modifiers: None,
            timestamp: None,
            button: Some(Input::MouseButton::Left),
            buttons: Some(u32::from(held)),
            click_count: Some(1),
            force: None,
            tangential_pressure: None,
            tilt_x: None,
            tilt_y: None,
            twist: None,
            delta_x: None,
            delta_y: None,
            pointer_Type: None,
        };
        self.tab.call_method(event).expect("a hand moves");
    }

    /// What a script ends with, now or as a promise, which is a JSON text.
    pub(crate) fn ask(&self, script: &str) -> serde_json::Value {
        // A page that is just being left answers nothing; the next one does.
        let mut answers = (0..20).map(|_| {
            let answer = self.tab.evaluate(script, true);
            if answer.as_ref().is_err_and(|error| error.to_string().contains("navigated")) {
                std::thread::sleep(Duration::from_millis(15));
                return None;
            }
            Some(answer.expect("a script runs"))
        });
        let answer = answers.find_map(|answer| answer).expect("a script runs in a page that stays");
        let value = answer.value.unwrap_or_default();
        serde_json::from_str(value.as_str().unwrap_or_default()).expect("a script answers in JSON")
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // A tab that is gone already is closed.
        let _ = self.tab.close(false);
    }
}
