//! The main pages under axe-core in a real browser, light and dark: no violation of WCAG 2.2 A and AA that is serious or
//! critical. The palette and the switch of the look by keyboard.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::journey::demonstration;
use crate::support::browser::Browser;

const PAGES: [&str; 32] = [
    "/",
    "/assets",
    "/assets?q=relay&sort=-name",
    "/assets/new",
    "/assets/import",
    "/sites",
    "/zones",
    "/boundary",
    "/boundary?open=all&only=failing",
    "/boundary/drift",
    "/boundary/coverage",
    "/crossings",
    "/conduits",
    "/permitted_flows",
    "/discoveries",
    "/flows",
    "/flows/import",
    "/frameworks",
    "/frameworks/nerc-cip",
    "/requirements/CIP-007-6%20R2.3",
    "/requirements/CIP-007-6%20R2.3/verdicts",
    "/findings",
    "/exceptions",
    "/exceptions/new",
    "/obligations",
    "/artifacts",
    "/sessions",
    "/sessions/active",
    "/sessions/import",
    "/timeline",
    "/find?q=relay",
    "/views",
];

/// What axe says of the page that is open: rule, impact, and the first place.
fn violations(browser: &Browser, axe: &str) -> Vec<String> {
    let run = "return axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}).then((done) => \
               done.violations.filter((one) => ['serious', 'critical'].includes(one.impact)).map((one) => \
               `${one.id} (${one.impact}, ${one.nodes.length}): ${one.nodes[0].html.slice(0, 160)} ${one.nodes[0].failureSummary.slice(0, 300)}`));";
    let found = browser.script(&format!("{axe};\n{run}"));
    found.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Waits until a script says true.
fn until(browser: &Browser, what: &str, script: &str) {
    let began = Instant::now();
    while browser.script(&format!("return !!({script})")) != true {
        assert!(began.elapsed() < Duration::from_secs(10), "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn key(browser: &Browser, key: &str, control: bool) {
    browser.script(&format!(
        "(document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', {{key: '{key}', ctrlKey: {control}, bubbles: true, cancelable: true}}))"
    ));
}

fn the_palette_goes_anywhere(browser: &Browser, base: &str) {
    browser.go(&format!("{base}/timeline"));
    key(browser, "k", true);
    until(
        browser,
        "the palette does not open",
        "document.getElementById('palette').open && document.activeElement.role === 'combobox'",
    );
    browser.fill("#palette input", "SUB05-PR-01");
    until(
        browser,
        "nothing is found",
        "document.querySelector('#palette [role=option]')?.textContent.includes('SUB05-PR-01')",
    );
    let named = "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.getAttribute('aria-selected')";
    assert_eq!(browser.script(&format!("return {named}")), "true");
    key(browser, "ArrowDown", false);
    key(browser, "ArrowUp", false);
    key(browser, "Enter", false);
    until(browser, "the palette goes nowhere", "document.title.startsWith('SUB05-PR-01')");
}

#[test]
fn the_main_pages_are_accessible_light_and_dark() {
    let place = tempfile::tempdir().unwrap();
    let (_server, said) = demonstration(place.path());
    let base = format!("{}/o/larkspur", said["url"].as_str().unwrap());
    let axe = std::env::var("GLANCE_TEST_AXE").ok().map(|path| std::fs::read_to_string(path).unwrap());
    let browser = Browser::open();
    browser.go(said["sign_in_url"].as_str().unwrap());
    the_palette_goes_anywhere(&browser, &base);
    let mut wrong = Vec::new();
    for theme in ["light", "dark"] {
        browser.go(&format!("{base}/timeline"));
        browser.click("[popovertarget=look]");
        browser.click(&format!("#look button[value={theme}]"));
        until(&browser, "the theme is not taken", &format!("document.documentElement.dataset.theme === '{theme}'"));
        assert_eq!(browser.script("return getComputedStyle(document.documentElement).colorScheme"), theme);
        for path in PAGES {
            browser.go(&format!("{base}{path}"));
            let found = axe.as_ref().map(|axe| violations(&browser, axe)).unwrap_or_default();
            wrong.extend(found.into_iter().map(|said| format!("{path} {theme}: {said}")));
        }
    }
    assert!(wrong.is_empty(), "{} violations:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(browser.complaints(), Vec::<String>::new());
}
