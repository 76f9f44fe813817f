//! A browser seen through other eyes: other screens, colours and text sizes, without scripts, by the tree that a screen
//! reader is given.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::http::Http;
use crate::until;

/// How long a page may take to come.
const PAGE: Duration = Duration::from_secs(30);

/// A file of a program that `tests/run` installs under the folder of the build.
///
/// # Panics
/// When it is not there.
#[must_use]
pub fn tool(path: &str) -> PathBuf {
    let binary = std::env::current_exe().expect("a test has a path");
    let mut folders = binary.ancestors();
    let found = folders.find_map(|folder| {
        let file = folder.join("web/node_modules").join(path);
        file.is_file().then_some(file)
    });
    found.unwrap_or_else(|| panic!("`{path}` is not there: run `tests/web` once, which installs it by name"))
}

/// What the system asks of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preference {
    /// Nothing special.
    Light,
    /// Dark pages.
    Dark,
    /// Few colours, chosen by the reader (Windows high contrast).
    Forced,
}

impl Browser {
    /// A command of the browser's own protocol.
    ///
    /// # Panics
    /// When the browser refuses.
    pub async fn command(&self, name: &str, parameters: &Value) -> Value {
        let session = self.client.session_id().await.ok().flatten().expect("the browser has a session");
        let body = json!({ "cmd": name, "params": parameters }).to_string();
        let path = format!("/session/{session}/goog/cdp/execute");
        let http = Http::new(self.port());
        let reply = tokio::task::spawn_blocking(move || {
            http.send("POST", &path, &[("content-type", "application/json")], body.as_bytes())
        });
        let reply = reply.await.expect("a request never panics");
        assert_eq!(reply.status, 200, "{name}: {}", reply.body);
        let mut found: Value = serde_json::from_str(&reply.body).expect("the driver speaks JSON");
        found["value"].take()
    }

    /// Gives the page a screen of this size, in CSS pixels.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn screen(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.command("Emulation.setDeviceMetricsOverride", &size).await;
    }

    /// Shows the page to somebody with this preference.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn prefer(&self, preference: Preference) {
        let scheme = if preference == Preference::Dark { "dark" } else { "light" };
        let forced = if preference == Preference::Forced { "active" } else { "none" };
        let features = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "forced-colors", "value": forced },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.command("Emulation.setEmulatedMedia", &features).await;
    }

    /// Forbids or allows the page's own scripts, from the next page on.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn allow_scripts(&self, is_allowed: bool) {
        self.command("Emulation.setScriptExecutionDisabled", &json!({ "value": !is_allowed })).await;
    }

    /// Runs a script whose last argument is to be called with what it found.
    ///
    /// # Panics
    /// When the script fails.
    pub async fn wait_for(&self, script: &str, argument: Value) -> Value {
        self.client
            .execute_async(script, vec![argument])
            .await
            .unwrap_or_else(|error| panic!("a script failed: {error}"))
    }

    /// Runs a script that leads to another page, or to the same one anew, and waits for it.
    ///
    /// # Panics
    /// When no page comes.
    pub async fn leave_by(&self, script: &str) {
        let before = self.document().await;
        self.look(script).await;
        until("the next page", PAGE, async || {
            let now = self.document().await;
            (now.is_some() && now != before).then_some(())
        })
        .await;
    }
}
