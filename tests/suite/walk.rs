//! The walk of the living record, in real browsers: an analyst brings a sensor's log in and decides about hosts, a field
//! engineer works a finding off on a phone, an approver decides, and the analyst attests and looks back.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::journey::{base32, demonstration, fresh_code};
use crate::support::browser::Browser;
use glance::clock::Clock;

const PASSWORD: &str = "a long sentence about fences";

/// Waits until a script says true, going to an address again each time where one is given.
pub fn until(browser: &Browser, again: Option<&str>, what: &str, script: &str) {
    let began = Instant::now();
    loop {
        if let Some(address) = again {
            browser.go(address);
        }
        if browser.script(&format!("return !!({script})")) == true {
            return;
        }
        assert!(began.elapsed() < Duration::from_mins(1), "{what}: {}", browser.text("main"));
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Waits until the page says it.
pub fn shown(browser: &Browser, text: &str) {
    let began = Instant::now();
    loop {
        let said = browser.text("main");
        if said.contains(text) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(15), "{text} is not on {}: {said}", browser.address());
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Enrolls a second factor, which opens the step-up window; leads back to `next`.
pub fn enroll(browser: &Browser, url: &str, next: &str) {
    browser.go(&format!("{url}/me/second-factor?next={next}"));
    let seed = base32(&browser.text("#key"));
    browser.fill("input[name=code]", &fresh_code(&seed));
    browser.click("button.main");
    browser.click("a.main");
}

/// A colleague with a role, signed in in a browser of their own.
pub fn colleague(admin: &Browser, base: &str, (login, name, role): (&str, &str, &str)) -> Browser {
    admin.go(&format!("{base}/members"));
    admin.fill("input[name=name]", name);
    admin.fill("input[name=login]", login);
    admin.click(&format!("input[name=roles][value={role}]:not(td input)"));
    admin.click("form.form button.main, form button.main");
    let link = admin.text("#link");
    let browser = Browser::open();
    browser.go(&link);
    browser.fill("input[name=password]", PASSWORD);
    browser.fill("input[name=again]", PASSWORD);
    browser.click("button.main");
    browser.fill("input[name=login]", login);
    browser.fill("input[name=password]", PASSWORD);
    browser.click("button.main");
    assert!(browser.address().ends_with("/o/larkspur/"), "{}", browser.address());
    browser
}

/// Three hosts nobody knows, an hour ago.
fn log(place: &Path) -> std::path::PathBuf {
    let at = Clock::system().now().seconds() - 3_600;
    let head = "#separator \\x09\n#unset_field\t-\n#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tproto\tservice\torig_bytes\tresp_bytes\tconn_state\torig_l2_addr\n";
    let row = |n: i64| {
        format!("{}.5\t10.99.7.{}\t10.99.7.{}\t502\ttcp\tmodbus\t10\t20\tSF\t-\n", at + n, 11 + n % 3, 11 + (n + 1) % 3)
    };
    let path = place.join("conn.log");
    std::fs::write(&path, format!("{head}{}", (0..300).map(row).collect::<String>())).unwrap();
    path
}

fn brings_a_log_in(browser: &Browser, base: &str, place: &Path) {
    browser.phone();
    browser.go(&format!("{base}/flows/import"));
    assert_eq!(browser.script("return document.documentElement.scrollWidth <= innerWidth && innerWidth === 390"), true);
    browser.fill("input[name=sensor]", "SPAN-WALK");
    browser.choose("input[name=file]", &log(place));
    browser.script("window.said = []; const line = document.querySelector('[data-said]'); new MutationObserver(() => said.push(line.textContent)).observe(line, {childList: true, characterData: true, subtree: true})");
    browser.click("form[data-upload] button.main");
    until(
        browser,
        None,
        "the import does not end",
        "document.querySelector('.figures')?.textContent.includes('hosts seen')",
    );
    let said = browser.script("return said.join(' ')").as_str().unwrap_or_default().to_owned();
    assert!(said.contains("MiB sent") && said.contains("Sent; reading"), "progress is told: {said}");
    shown(browser, "300");
    assert_eq!(
        browser.script("return document.documentElement.scrollWidth <= innerWidth"),
        true,
        "the answer runs sideways"
    );
    browser.desk();
}

/// Accepts three hosts, each by itself; gives the pages of their assets.
fn accepts(browser: &Browser, base: &str) -> Vec<String> {
    let accept = |n: u32| {
        browser.go(&format!("{base}/discoveries/host?address=10.99.7.{}", 10 + n));
        let form = "form[action$=acceptance]";
        browser.fill(&format!("{form} input[name=reference]"), &format!("W-RTU-{n}"));
        browser.fill(&format!("{form} input[name=zone]"), "NO-SUCH-ZONE");
        browser.fill(&format!("{form} input[name=reason]"), "Walked the panel");
        browser.click(&format!("{form} button.main"));
        assert!(browser.text(&format!("{form} .problem")).contains("no zone has the reference NO-SUCH-ZONE"));
        let kept = browser.script("return document.querySelector('form[action$=acceptance] input[name=reason]').value");
        assert_eq!(kept, "Walked the panel", "what was typed is kept");
        browser.fill(&format!("{form} input[name=zone]"), "");
        browser.click(&format!("{form} button.main"));
        until(browser, None, "the host is not accepted", &format!("document.title.startsWith('W-RTU-{n}')"));
        browser.address().split('?').next().unwrap().to_owned()
    };
    (1..=3).map(accept).collect()
}

/// The parts that apply to an asset, as its page says them.
fn parts(browser: &Browser, asset: &str) -> String {
    browser.go(&format!("{asset}?tab=requirements"));
    let told = browser.script("return document.querySelector('.clusters')?.innerText ?? ''");
    told.as_str().unwrap_or_default().to_owned()
}

/// Sets category and system of an asset; what applies to it follows.
fn categorizes(browser: &Browser, base: &str, asset: &str) {
    let before = parts(browser, asset);
    browser.go(&format!("{base}/systems"));
    let system = browser.text("tbody td a");
    browser.go(&format!("{asset}/edit"));
    browser.click("input[name=categories][value=BCA]");
    browser.fill("#f-systems", &system);
    browser.fill("#f-reason", "Categorized on the walk");
    browser.click(".bar.end button.main");
    assert!(browser.text(".flash").contains("Saved"), "{}", browser.text("main"));
    let after = parts(browser, asset);
    assert!(before != after && after.contains("CIP-007-6"), "nothing further applies: {before} and {after}");
    browser.go(&format!("{base}/requirements/CIP-002-5.1a%20R1.2"));
    assert_ne!(browser.text("#verdicts"), "");
}

/// From Today's worst number to its rows, and a finding to the engineer; gives the finding of an asset nobody verified.
fn follows_and_assigns(browser: &Browser, base: &str) -> String {
    browser.go(&format!("{base}/"));
    browser.click(".figures a.fail");
    assert_eq!(
        browser.script("return document.querySelectorAll('tbody tr').length > 0"),
        true,
        "{}",
        browser.address()
    );
    let list = format!("{base}/findings?check=GL-INV-07&q=W-RTU-2");
    until(browser, Some(&list), "no finding about the new asset", "document.querySelector('tbody td a')");
    browser.click("tbody td a");
    let finding = browser.address().split('?').next().unwrap().to_owned();
    browser.go(&format!("{finding}/triage"));
    browser.fill("#f-owner", "f.field");
    browser.fill("#f-reason", "The field team walks there tomorrow");
    browser.click(".bar.end button.main");
    shown(browser, "f.field");
    finding
}

fn works_it_off(browser: &Browser, url: &str, finding: &str, place: &Path) {
    browser.phone();
    browser.go(&format!("{url}/queue"));
    let path = finding.strip_prefix(url).unwrap();
    browser.click(&format!("a[href*='{path}']"));
    browser.go(&format!("{finding}/remediation"));
    assert_eq!(browser.script("return document.documentElement.scrollWidth <= innerWidth && innerWidth === 390"), true);
    browser.fill("textarea[name=done]", "Read the plate and compared it with the record");
    let photo = place.join("plate.jpg");
    std::fs::write(&photo, b"\xff\xd8\xff\xe0 a photograph").unwrap();
    browser.choose("input[name=photo]", &photo);
    browser.script("document.querySelectorAll('details.touch').forEach((one) => one.open = true)");
    browser.click("input[name^=verify-]");
    browser.script("document.querySelector('input[name=finished]').scrollIntoView({block: 'center'})");
    browser.click("input[name=finished]");
    browser.click(".bar.end button.main");
    shown(browser, "Read the plate");
    until(
        browser,
        Some(finding),
        "the check does not verify it",
        "document.querySelector('main').innerText.includes('finds nothing any more')",
    );
    browser.desk();
}

fn approves(asker: &Browser, approver: &Browser, base: &str, url: &str) {
    asker.go(&format!("{base}/exceptions/new"));
    for (field, text) in [
        ("#f-reference", "TFE-WALK"),
        ("#f-title", "Password length on the walk"),
        ("#f-requirements", "CIP-007-6 R5.5"),
        ("#f-subjects", "asset:W-RTU-1"),
        ("#f-basis", "The device takes eight characters"),
        ("#f-compensating", "Locked cabinet"),
    ] {
        asker.fill(field, text);
    }
    asker.script("document.querySelector('#f-kind').value = 'tfe'; document.querySelector('#f-from').value = '2026-01-01'; document.querySelector('#f-expires').value = '2035-12-31'");
    asker.click(".bar.end button.main");
    shown(asker, "What it may not justify");
    let exception = asker.address().split('?').next().unwrap().to_owned();
    enroll(approver, url, exception.strip_prefix(url).unwrap());
    approver.go(&exception);
    approver.fill("form[action$=approval] input[name=reason]", "Seen the manual");
    approver.click("form[action$=approval] button.main");
    shown(approver, "Approved");
    shown(approver, "Parts whose text does not allow a Technical Feasibility Exception");
}

fn attests_and_looks_back(browser: &Browser, base: &str, url: &str) {
    let part = format!("{base}/requirements/CIP-007-6%20R2.1");
    enroll(browser, url, part.strip_prefix(url).unwrap());
    browser.go(&format!("{base}/artifacts"));
    let evidence = browser.text("tbody td a");
    browser.go(&format!("{part}/attestation"));
    browser.click("input[name=judgment]");
    browser.script(
        "document.querySelector('#f-from').value = '2026-01-01'; document.querySelector('#f-to').value = '2026-06-30'",
    );
    browser.fill("#f-statement", "Walked the process with the patch team");
    browser.fill("#f-artifacts", &evidence);
    browser.click(".bar.end button.main");
    assert!(browser.text(".flash").contains("Attested"), "{}", browser.text("main"));
    shown(browser, "Walked the process with the patch team");
    shown(browser, &evidence);
    browser.go(&format!("{part}?as_of=2026-03-31"));
    assert!(browser.text(".banner").contains("2026-03-31"), "{}", browser.text(".banner"));
    assert!(!browser.text("main").contains("Walked the process"), "last March knew nothing of it");
    browser.click(".banner a");
    for (other, framework) in [("COMP%203.3", "IEC 62443"), ("SI-2", "800-82")] {
        browser.go(&part);
        browser.click(&format!("main a[href$='/requirements/{other}']"));
        shown(browser, framework);
        shown(browser, "CIP-007-6 R2.1");
    }
}

#[test]
fn the_living_record() {
    let place = tempfile::tempdir().unwrap();
    let (_server, said) = demonstration(place.path());
    let url = said["url"].as_str().unwrap();
    let base = format!("{url}/o/larkspur");
    let admin = Browser::open();
    admin.go(said["sign_in_url"].as_str().unwrap());
    enroll(&admin, url, "/o/larkspur/members");
    let analyst = colleague(&admin, &base, ("a.analyst", "Ana Lyst", "compliance"));
    let engineer = colleague(&admin, &base, ("f.field", "Finn Field", "engineer"));
    let approver = colleague(&admin, &base, ("p.prove", "Pia Prove", "approver"));
    brings_a_log_in(&analyst, &base, place.path());
    let assets = accepts(&analyst, &base);
    categorizes(&analyst, &base, &assets[0]);
    let finding = follows_and_assigns(&analyst, &base);
    works_it_off(&engineer, url, &finding, place.path());
    approves(&analyst, &approver, &base, url);
    attests_and_looks_back(&analyst, &base, url);
    for browser in [&analyst, &engineer, &approver] {
        assert_eq!(browser.complaints(), Vec::<String>::new());
    }
}
