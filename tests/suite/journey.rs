//! The first ten minutes of a new user, in a real browser, on the demonstration.

use std::path::Path;
use std::time::{Duration, Instant};

use glance::auth::totp;
use glance::clock::Clock;

use crate::support::browser::Browser;
use crate::support::process::{Running, free_port, http};

/// Serves a filled demonstration; gives the server and its one line of JSON.
pub fn demonstration(place: &Path) -> (Running, serde_json::Value) {
    let (port, said) = (free_port(), place.join("said.json"));
    let command = format!(
        "exec '{}' demo --json --listen 127.0.0.1:{port} --data '{}' > '{}'",
        env!("CARGO_BIN_EXE_glance"),
        place.join("data").display(),
        said.display()
    );
    let server = Running::start("bash", &["-c", &command]);
    let began = Instant::now();
    while http(port, "GET", "/health", &[], "").is_none() {
        assert!(began.elapsed() < Duration::from_mins(10), "the demonstration is not ready");
        std::thread::sleep(Duration::from_millis(50));
    }
    // It listens a little before it has said where.
    loop {
        let text = std::fs::read_to_string(&said).unwrap();
        if let Ok(said) = serde_json::from_str(&text) {
            return (server, said);
        }
        assert!(began.elapsed() < Duration::from_mins(3), "the demonstration says nothing: {text}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Undoes base32 (RFC 4648), for typing the key into no app.
pub fn base32(text: &str) -> Vec<u8> {
    let bits =
        text.bytes().map(|letter| u32::from(if letter.is_ascii_digit() { letter - b'2' + 26 } else { letter - b'A' }));
    let (mut out, mut held, mut count) = (Vec::new(), 0u32, 0);
    for five in bits {
        held = held << 5 | five;
        count += 5;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(held >> count & 0xff).unwrap());
        }
    }
    out
}

fn edits_and_looks_back(browser: &Browser, base: &str) {
    browser.go(&format!("{base}/assets?q=SUB05-PR-01"));
    browser.click("tbody td a");
    assert!(browser.title().starts_with("SUB05-PR-01"), "{}", browser.title());
    let page = browser.address();
    browser.script("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'e', bubbles: true}))");
    let began = Instant::now();
    while !browser.address().ends_with("/edit") {
        assert!(began.elapsed() < Duration::from_secs(5), "the key e does not edit");
    }
    browser.fill("#f-firmware", "R999-V9");
    browser.click("button.main");
    assert!(browser.text(".problem").contains("say why"), "a change without a reason is refused");
    browser.fill("#f-reason", "Walk of the journey test");
    browser.click("button.main");
    assert!(browser.text(".flash").contains("Saved"));
    assert!(browser.text("#history").contains("R999-V9"));
    assert!(browser.text("#history").contains("Walk of the journey test"));
    browser.click("#history li:last-child .who a");
    assert!(browser.text(".banner").contains("Nothing can be changed here"));
    assert_eq!(browser.script("return document.querySelectorAll('[data-key=e]').length"), 0);
    browser.click(".banner a");
    assert_eq!(browser.address(), page);
}

/// Waits until the page shows so many attached files.
fn sees(browser: &Browser, files: u32) {
    let began = Instant::now();
    while browser.script("return document.querySelectorAll('#evidence .who').length") != files {
        assert!(began.elapsed() < Duration::from_secs(10), "not attached: {}", browser.text("#evidence"));
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn attaches_files(browser: &Browser, base: &str, place: &Path) {
    browser.go(&format!("{base}/assets?q=SUB05-PR-01"));
    browser.click("tbody td a");
    browser.click(".tabs a[href*='tab=files']");
    let photo = place.join("front panel.jpg");
    std::fs::write(&photo, b"\xff\xd8\xff\xe0 a photograph").unwrap();
    browser.choose("#evidence input[capture]", &photo);
    browser.fill("#evidence [data-upload] input[name=note]", "Front panel after the work");
    browser.click("#evidence button.main");
    sees(browser, 1);
    assert!(browser.text("#evidence").contains("front panel.jpg"));
    assert!(browser.text("#evidence").contains("Front panel after the work"));
    browser.script(
        "const data = new DataTransfer(); data.items.add(new File(['dropped'], 'dropped.txt', {type: 'text/plain'}));
         document.querySelector('[data-drop]').dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true}))",
    );
    sees(browser, 2);
    assert!(browser.text("#evidence").contains("dropped.txt"));
    browser.click("#evidence .who a");
    assert!(browser.text("#evidence").contains("SUB05-PR-01"), "{}", browser.text("#evidence"));
    browser.click("#evidence details summary");
    browser.fill("#evidence input[name=reason]", "The wrong device");
    browser.click("#evidence details button");
    assert!(browser.text(".flash").contains("Taken back"));
    assert!(browser.text("#evidence").contains("Not attached"));
}

/// A code that is good for ten seconds at least: the next step's code would be refused.
pub fn fresh_code(seed: &[u8]) -> String {
    while Clock::system().now().seconds() % 30 > 20 {
        std::thread::sleep(std::time::Duration::from_millis(250));
    }
    totp::code(seed, Clock::system().now())
}

fn enrolls_before_the_first_export(browser: &Browser, base: &str) {
    browser.go(&format!("{base}/packages/new"));
    assert!(browser.address().contains("/me/second-factor"), "{}", browser.address());
    let seed = base32(&browser.text("#key"));
    browser.fill("input[name=code]", "000000");
    browser.click("button.main");
    assert!(browser.text(".flash").contains("not right"));
    let seed = if browser.text("#key").is_empty() { seed } else { base32(&browser.text("#key")) };
    browser.fill("input[name=code]", &fresh_code(&seed));
    browser.click("button.main");
    assert_eq!(browser.script("return document.querySelectorAll('.codes li').length"), 10);
    browser.click("a.main");
    assert!(browser.address().ends_with("/packages/new"));
    browser.fill("#f-reason", "Mock audit");
    browser.click("button.main");
    watches_it_sealed(browser);
}

/// Waits until the page of a package says that it is sealed; it comes again by itself.
fn watches_it_sealed(browser: &Browser) {
    let began = Instant::now();
    while browser.script("return document.querySelector('h1 + p .st.no_failing_record') !== null") != true {
        assert!(began.elapsed() < Duration::from_mins(2), "{}: {}", browser.address(), browser.text("main"));
        assert_eq!(
            browser.script("return document.querySelector('#problem') === null"),
            true,
            "{}",
            browser.text("main")
        );
        std::thread::sleep(Duration::from_millis(250));
    }
    assert!(browser.address().contains("/packages/"), "{}", browser.address());
}

fn answers_an_audit(browser: &Browser, base: &str) {
    browser.go(&format!("{base}/engagements"));
    browser.click("tbody td a");
    assert!(browser.text("main").contains("Triennial CIP audit"));
    browser.click("a[href*='tab=auditors']");
    assert!(browser.text("main").contains("Tobi Abara"), "{}", browser.text("main"));
    browser.click("a[href*='tab=readiness']");
    browser.click("a[href$='/readiness']");
    assert!(browser.text("h1").contains("parts ready"), "{}", browser.text("h1"));
    assert!(browser.text("main").contains("Level 1 response"));
    browser.click(".figures a.fail");
    assert!(browser.address().contains("state=missing"));
    browser.click(".head a.main");
    browser.fill("#f-reason", "Level 1 response");
    browser.click("button.main");
    watches_it_sealed(browser);
    let fetched = "return fetch(location.pathname + '/file').then(answer => answer.ok ? answer.arrayBuffer() : null).then(bytes => bytes.byteLength)";
    let bytes = browser.script(fetched).as_i64().unwrap();
    assert!(bytes > 100_000, "{bytes}");
    browser.script("location.reload()");
    let began = Instant::now();
    while !browser.text("#downloads").contains("Mara Okafor") {
        assert!(began.elapsed() < Duration::from_secs(10), "{}", browser.text("#downloads"));
    }
    browser.click("a[href*='/comparison']");
    assert!(browser.text("main").contains("files"), "{}", browser.text("main"));
}

#[test]
fn the_first_ten_minutes() {
    let place = tempfile::tempdir().unwrap();
    let (_server, said) = demonstration(place.path());
    let base = format!("{}/o/larkspur", said["url"].as_str().unwrap());
    let browser = Browser::open();
    browser.go(said["sign_in_url"].as_str().unwrap());
    assert_eq!(browser.address(), format!("{base}/"));
    assert!(browser.text("main").contains("verified in time"));
    edits_and_looks_back(&browser, &base);
    attaches_files(&browser, &base, place.path());
    enrolls_before_the_first_export(&browser, &base);
    answers_an_audit(&browser, &base);
    browser.go(&format!("{base}/members"));
    browser.fill("input[name=name]", "Nils Berg");
    browser.fill("input[name=login]", "n.berg");
    browser.click("input[name=roles][value=viewer]:not(td input)");
    browser.click("button.main");
    assert!(browser.text("#link").contains("/link/"));
    for path in [
        "/",
        "/assets",
        "/sites",
        "/systems",
        "/zones",
        "/conduits",
        "/permitted_flows",
        "/interfaces",
        "/services",
        "/discoveries",
        "/timeline",
        "/settings",
        "/tokens",
        "/packages",
        "/packages/new",
        "/engagements",
        "/engagements/new",
        "/artifacts",
        "/artifacts/new",
        "/assets/import",
    ] {
        for width in [1440, 390] {
            browser.script(&format!("window.resizeTo({width}, 900)"));
            browser.go(&format!("{base}{path}"));
            let sideways =
                browser.script("return document.documentElement.scrollWidth > document.documentElement.clientWidth");
            assert_eq!(sideways, false, "{path} at {width} runs sideways");
            assert_ne!(browser.text("h1"), "", "{path}");
        }
    }
    assert_eq!(browser.complaints(), Vec::<String>::new());
    browser.go(&format!("{}/o/cedar-bend/", said["url"].as_str().unwrap()));
    assert_eq!(browser.text("h1"), "Nothing here");
    browser.go(said["sign_in_url"].as_str().unwrap());
    assert!(browser.text("main").contains("no longer valid") || browser.text("main").contains("No longer valid"));
}
