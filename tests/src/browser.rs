//! A real browser on a telephone's screen, driven by its keyboard.
//!
//! Scripts run in the page only to look: where the focus is, how wide the page is. Whatever acts is a key pressed.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::actions::{
    InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction,
};
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::Http;
use crate::until;

/// Width of the screen, in CSS pixels.
pub const PHONE_WIDTH: u32 = 360;
const PHONE_HEIGHT: u32 = 740;

/// Where Debian puts the browser.
const CHROMIUM: &str = "/usr/bin/chromium";

/// How long a page may take to come.
const PAGE: Duration = Duration::from_secs(30);

/// More elements than any page has to tab through.
const MOST_TABS: usize = 400;

/// A browser with a profile of its own.
#[derive(Debug)]
pub struct Browser {
    pub(crate) client: Client,
    driver: Driver,
}

/// What has the focus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Focus {
    /// Name of the element, in lower case.
    pub tag: String,
    /// Type of a field: `radio`, `checkbox`, `text`, `submit`…
    pub kind: String,
    /// Name of a field.
    pub name: String,
    /// Value of a field.
    pub value: String,
    /// Whether a box or a button is ticked.
    pub is_checked: bool,
    /// Where a link leads.
    pub href: String,
    /// What the element says.
    pub text: String,
}

impl Browser {
    /// Starts a browser with an empty profile.
    ///
    /// # Panics
    /// When Chromium or its driver is missing or does not start.
    pub async fn start() -> Self {
        assert!(Path::new(CHROMIUM).exists(), "`{CHROMIUM}` is not there (Debian: apt-get install chromium)");
        let driver = Driver::start();
        let profile = driver.profile.path().display();
        let options = json!({
            "binary": CHROMIUM,
            "args": [
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--lang=fr",
                format!("--user-data-dir={profile}"),
            ],
            // A window of Chromium is never narrower than 500 pixels: the telephone is emulated.
            "mobileEmulation": {
                "deviceMetrics": { "width": PHONE_WIDTH, "height": PHONE_HEIGHT, "pixelRatio": 2.0, "touch": false },
            },
        });
        let mut capabilities = serde_json::Map::new();
        capabilities.insert("goog:chromeOptions".to_owned(), options);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .unwrap_or_else(|error| panic!("chromium does not start: {error}"));
        Self { client, driver }
    }

    /// Opens an address, as one types it or follows a link from a letter.
    ///
    /// # Panics
    /// When the page does not load.
    pub async fn open(&self, address: &str) {
        self.client.goto(address).await.unwrap_or_else(|error| panic!("`{address}` does not open: {error}"));
    }

    /// Takes the network away from the page, or gives it back.
    ///
    /// # Panics
    /// When the driver refuses.
    pub async fn be_online(&self, is_online: bool) {
        let session = self.client.session_id().await.expect("a session").expect("a session has a name");
        let conditions = json!({
            "network_conditions": { "offline": !is_online, "latency": 0, "throughput": 10_000_000 },
        });
        let reply = Http::new(self.driver.port).send(
            "POST",
            &format!("/session/{session}/chromium/network_conditions"),
            &[("content-type", "application/json")],
            conditions.to_string().as_bytes(),
        );
        assert_eq!(reply.status, 200, "{}", reply.body);
    }

    /// The path of the page.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn path(&self) -> String {
        self.look("return location.pathname").await.as_str().unwrap_or_default().to_owned()
    }

    /// Reads something of the page.
    ///
    /// # Panics
    /// When the script fails.
    pub async fn look(&self, script: &str) -> Value {
        self.client
            .execute(script, Vec::new())
            .await
            .unwrap_or_else(|error| panic!("the script `{script}` failed: {error}"))
    }

    /// The text of the first element that a selector finds; empty when it finds none.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn text(&self, selector: &str) -> String {
        let script =
            "const found = document.querySelector(arguments[0]); return found ? found.innerText.trim() : ''";
        self.ask(script, selector).await.as_str().unwrap_or_default().to_owned()
    }

    /// How many elements a selector finds.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn count(&self, selector: &str) -> u64 {
        self.ask("return document.querySelectorAll(arguments[0]).length", selector)
            .await
            .as_u64()
            .unwrap_or(0)
    }

    async fn ask(&self, script: &str, argument: &str) -> Value {
        self.client
            .execute(script, vec![json!(argument)])
            .await
            .unwrap_or_else(|error| panic!("the script `{script}` failed on `{argument}`: {error}"))
    }

    /// Presses keys one after the other.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn press(&self, keys: &[Key]) {
        self.strike(keys.iter().map(|&key| char::from(key))).await;
    }

    /// Types a text where the focus is; a line break is the key Enter.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn type_text(&self, text: &str) {
        let enter = char::from(Key::Enter);
        self.strike(text.chars().map(|character| if character == '\n' { enter } else { character })).await;
    }

    async fn strike(&self, keys: impl Iterator<Item = char>) {
        let actions = keys.fold(KeyActions::new("keyboard".to_owned()), |actions, value| {
            actions.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        self.client
            .perform_actions(actions)
            .await
            .unwrap_or_else(|error| panic!("a key was not pressed: {error}"));
    }

    /// Presses the first element of this kind with the pointer, slips off it, and lets go.
    ///
    /// # Panics
    /// When there is none, or the browser is gone.
    pub async fn press_and_slip_off(&self, selector: &str) {
        let element = self
            .client
            .find(Locator::Css(selector))
            .await
            .unwrap_or_else(|error| panic!("`{selector}` is not there: {error}"));
        // What is out of sight cannot be pressed.
        self.look(&format!("document.querySelector({selector:?}).scrollIntoView({{ block: 'center' }})"))
            .await;
        let (duration, button) = (Some(Duration::ZERO), MOUSE_BUTTON_LEFT);
        let slip = MouseActions::new("pointer".to_owned())
            .then(PointerAction::MoveToElement { element, duration, x: 0.0, y: 0.0 })
            .then(PointerAction::Down { button })
            .then(PointerAction::MoveTo { duration, x: 1.0, y: 1.0 })
            .then(PointerAction::Up { button });
        self.client
            .perform_actions(slip)
            .await
            .unwrap_or_else(|error| panic!("the pointer did not slip off `{selector}`: {error}"));
    }

    /// Presses a key that leads to another page, or to the same one anew, and waits for it.
    ///
    /// # Panics
    /// When no page comes.
    pub async fn press_and_load(&self, key: Key) {
        let before = self.document().await;
        self.press(&[key]).await;
        until("the next page", PAGE, async || {
            let now = self.document().await;
            (now.is_some() && now != before).then_some(())
        })
        .await;
    }

    /// Tells one loaded document from another; `None` while it loads.
    pub(crate) async fn document(&self) -> Option<Value> {
        let script = "return document.readyState === 'complete' ? performance.timeOrigin : null";
        // Between two pages there is nowhere to run a script.
        self.client.execute(script, Vec::new()).await.ok().filter(|origin| !origin.is_null())
    }

    /// What has the focus.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn focus(&self) -> Focus {
        let script = "const it = document.activeElement ?? document.body; return {
            tag: it.localName, kind: it.type ?? '', name: it.getAttribute('name') ?? '', value: it.value ?? '',
            checked: it.checked ?? false, href: it.href ?? '', text: it.innerText ?? '' }";
        let found = self.look(script).await;
        let text = |key: &str| match &found[key] {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        Focus {
            tag: text("tag"),
            kind: text("kind"),
            name: text("name"),
            value: text("value"),
            is_checked: found["checked"] == json!(true),
            href: text("href"),
            text: text("text"),
        }
    }

    /// Presses Tab until the focus is where it is wanted; stays there if it is already.
    ///
    /// # Panics
    /// When the keyboard does not lead there.
    pub async fn tab_to(&self, what: &str, is_wanted: impl Fn(&Focus) -> bool) -> Focus {
        for _ in 0..MOST_TABS {
            let focus = self.focus().await;
            if is_wanted(&focus) {
                return focus;
            }
            self.press(&[Key::Tab]).await;
        }
        panic!("on {} the key Tab does not lead to {what}", self.path().await)
    }

    /// A picture of the page, as PNG.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn picture(&self) -> Vec<u8> {
        self.client.screenshot().await.unwrap_or_else(|error| panic!("no picture of the page: {error}"))
    }

    /// Refuses a page that has to be scrolled sideways on a telephone, or that weighs more than `most_bytes` with what
    /// it loads.
    ///
    /// # Panics
    /// When it does.
    pub async fn assert_fits(&self, most_bytes: u64) {
        let script = "const weight = entry => Math.max(entry.transferSize, entry.encodedBodySize);
            const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
            return [window.innerWidth, document.documentElement.scrollWidth,
                entries.reduce((sum, entry) => sum + weight(entry), 0)]";
        let found = self.look(script).await;
        let figure = |index: usize| found[index].as_f64().unwrap_or(f64::INFINITY);
        let path = self.path().await;
        let width = f64::from(PHONE_WIDTH);
        assert!((figure(0) - width).abs() < 0.5, "{path} is laid out for {} pixels, not {width}", figure(0));
        assert!(figure(1) <= width, "{path} is {} pixels wide on a screen of {width}", figure(1));
        let weight = found[2].as_f64().filter(|&weight| weight > 0.0);
        let weight = weight.unwrap_or_else(|| panic!("{path} does not say what it weighs: {found}"));
        let most = most_bytes as f64;
        assert!(weight < most, "{path} weighs {weight} bytes with its style sheet (at most {most_bytes})");
    }

    /// The port on which the driver listens.
    pub(crate) fn port(&self) -> u16 {
        self.driver.port
    }

    /// Closes the browser and forgets its profile.
    ///
    /// # Panics
    /// When the browser is gone already.
    pub async fn close(self) {
        self.client.close().await.expect("the browser closes");
        drop(self.driver);
    }
}

/// The process that drives a browser; both end when it is dropped.
#[derive(Debug)]
struct Driver {
    child: Child,
    port: u16,
    profile: TempDir,
}

impl Driver {
    fn start() -> Self {
        let profile = tempfile::tempdir().expect("a temporary folder can be made");
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("chromedriver: {error} (Debian: apt-get install chromium-driver)")
            });
        let mut lines = BufReader::new(child.stdout.take().expect("the output is piped")).lines();
        let port = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok())
            .expect("chromedriver says on which port it listens");
        // A pipe that nobody reads would fill up.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { child, port, profile }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The driver takes its browser with it when it is asked to end, and leaves it behind when it is killed.
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
            let _ =
                stream.write_all(b"GET /shutdown HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
