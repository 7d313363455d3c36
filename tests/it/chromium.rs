//! One Chromium for all tests that look: it starts with the first page and ends with the last.
//!
//! Debian's, headless, without its sandbox (the tests may run as root) and without any network but loopback.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use headless_chrome::protocol::cdp::Emulation;
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
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
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

/// What a reader has set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Light,
    Dark,
}

impl Page {
    pub(crate) fn new() -> Self {
        let browser = browser();
        let tab = browser.new_tab().expect("a new tab");
        tab.set_default_timeout(Duration::from_secs(60));
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

    pub(crate) fn open_file(&self, path: &Path) -> &Self {
        self.open(&format!("file://{}", path.display()))
    }

    /// What a script ends with, now or as a promise, which is a JSON text.
    pub(crate) fn ask(&self, script: &str) -> serde_json::Value {
        let value = self.tab.evaluate(script, true).expect("a script runs").value.unwrap_or_default();
        serde_json::from_str(value.as_str().unwrap_or_default()).expect("a script answers in JSON")
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // A tab that is gone already is closed.
        let _ = self.tab.close(false);
    }
}
