//! A real browser, driven through `ChromeDriver` (W3C `WebDriver`) with nothing but sockets.

use serde_json::{Value, json};

use super::process::{Running, free_port, http};
use super::setting;

/// A headless Chromium of its own.
pub struct Browser {
    port: u16,
    session: String,
    _driver: Running,
}

impl Browser {
    pub fn open() -> Self {
        let port = free_port();
        let driver = Running::start(&setting("GLANCE_TEST_CHROMEDRIVER"), &[&format!("--port={port}")]);
        let options = json!({"binary": setting("GLANCE_TEST_CHROMIUM"),
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1440,900"]});
        let wanted = json!({"capabilities": {"alwaysMatch": {"browserName": "chrome",
            "goog:loggingPrefs": {"browser": "ALL"}, "goog:chromeOptions": options}}});
        for _ in 0..200 {
            if let Some((200, text)) =
                http(port, "POST", "/session", &[("Content-Type", "application/json")], &wanted.to_string())
            {
                let answer: Value = serde_json::from_str(&text).expect("JSON");
                let session = answer["value"]["sessionId"].as_str().expect("a session").to_owned();
                let browser = Self { port, session, _driver: driver };
                browser.ask("POST", "/timeouts", &json!({"implicit": 5_000, "script": 300_000}));
                return browser;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("the browser does not start");
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        self.try_ask(method, path, body).unwrap_or_else(|said| panic!("{path}: {said}"))
    }

    fn try_ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let path = format!("/session/{}{path}", self.session);
        let body = if method == "GET" { String::new() } else { body.to_string() };
        let (status, text) =
            http(self.port, method, &path, &[("Content-Type", "application/json")], &body).expect("the driver answers");
        if status != 200 {
            return Err(text);
        }
        Ok(serde_json::from_str::<Value>(&text).expect("JSON")["value"].take())
    }

    pub fn go(&self, address: &str) {
        self.ask("POST", "/url", &json!({"url": address}));
    }

    pub fn address(&self) -> String {
        self.ask("GET", "/url", &Value::Null).as_str().expect("an address").to_owned()
    }

    pub fn title(&self) -> String {
        self.ask("GET", "/title", &Value::Null).as_str().expect("a title").to_owned()
    }

    fn find(&self, css: &str) -> String {
        let found = self.ask("POST", "/element", &json!({"using": "css selector", "value": css}));
        let id = found.as_object().and_then(|object| object.values().next()).and_then(Value::as_str);
        id.expect("an element").to_owned()
    }

    /// Clicks, and gives the page a moment to begin to leave: the driver waits only for what has begun.
    pub fn click(&self, css: &str) {
        self.ask("POST", &format!("/element/{}/click", self.find(css)), &json!({}));
        std::thread::sleep(std::time::Duration::from_millis(150));
    }

    /// The text a person sees in an element; looked for again when the page is left in between.
    pub fn text(&self, css: &str) -> String {
        for _ in 0..20 {
            match self.try_ask("GET", &format!("/element/{}/text", self.find(css)), &Value::Null) {
                Ok(text) => return text.as_str().unwrap_or("").to_owned(),
                Err(said) => assert!(said.contains("stale element"), "{css}: {said}"),
            }
        }
        panic!("{css} does not stay on {}", self.address());
    }

    /// Puts a text in the place of what a field holds.
    pub fn fill(&self, css: &str, text: &str) {
        let id = self.find(css);
        self.ask("POST", &format!("/element/{id}/clear"), &json!({}));
        self.ask("POST", &format!("/element/{id}/value"), &json!({"text": text}));
    }

    /// Chooses a file of this host.
    pub fn choose(&self, css: &str, path: &std::path::Path) {
        let id = self.find(css);
        self.ask("POST", &format!("/element/{id}/value"), &json!({"text": path.to_string_lossy()}));
    }

    pub fn script(&self, script: &str) -> Value {
        self.ask("POST", "/execute/sync", &json!({"script": script, "args": []}))
    }

    /// A phone of 390 by 844, with a touch screen.
    pub fn phone(&self) {
        self.measure(390, 844, true);
    }

    /// A desk's screen again.
    pub fn desk(&self) {
        self.measure(1440, 900, false);
    }

    fn measure(&self, width: u32, height: u32, mobile: bool) {
        let screen = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile});
        let command = json!({"cmd": "Emulation.setDeviceMetricsOverride", "params": screen});
        self.ask("POST", "/goog/cdp/execute", &command);
    }

    /// What the browser complained about: a blocked script, a failed request; not the answers to bad values.
    pub fn complaints(&self) -> Vec<String> {
        let entries = self.ask("POST", "/se/log", &json!({"type": "browser"}));
        let severe = entries.as_array().into_iter().flatten().filter(|entry| entry["level"] == "SEVERE");
        let said = severe.map(|entry| entry["message"].as_str().unwrap_or("").to_owned());
        said.filter(|message| !message.contains("status of 422")).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = http(self.port, "DELETE", &format!("/session/{}", self.session), &[], "");
    }
}
