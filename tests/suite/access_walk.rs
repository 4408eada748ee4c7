//! The walk of remote access, in real browsers: onboard, be refused, grant until Friday, watch a live session, revoke,
//! terminate, prove removal, review, and find all of it in the package.

use std::time::{Duration, Instant};

use glance::clock::Clock;
use glance::vocabulary::{Moment, TimeZone};
use serde_json::{Value, json};

use crate::journey::demonstration;
use crate::support::bagged::unfolded;
use crate::support::browser::Browser;
use crate::support::process::{fetched, http};
use crate::walk::{colleague, enroll, shown, until};

const REASON: &str = "#f-reason";
const SEND: &str = ".bar.end button.main";

fn fill(browser: &Browser, texts: &[(&str, &str)]) {
    for (name, text) in texts {
        browser.fill(&format!("#f-{name}"), text);
    }
}

/// Sets a choice or a date, which a browser does not let be typed the same way everywhere.
fn set(browser: &Browser, texts: &[(&str, &str)]) {
    for (name, text) in texts {
        browser.script(&format!("document.querySelector('#f-{name}').value = '{text}'"));
    }
}

fn sent(browser: &Browser, said: &str) -> String {
    browser.click(SEND);
    until(browser, None, said, "document.querySelector('.flash, #history') && !document.querySelector('.problem')");
    browser.address().split('?').next().unwrap().to_owned()
}

/// Takes a decision on a record's page.
fn decide(browser: &Browser, page: &str, resource: &str, asked: &[(&str, &str)], why: &str) {
    browser.go(page);
    let form = format!("form[action$={resource}]");
    for (name, text) in asked {
        browser.script(&format!("document.querySelector('{form} [name={name}]').value = '{text}'"));
    }
    browser.fill(&format!("{form} [name=reason]"), why);
    browser.click(&format!("{form} button"));
    until(browser, None, resource, "document.querySelector('.flash')");
    assert!(!browser.text("main").contains("Nothing was written"), "{resource}: {}", browser.text("main"));
}

/// A moment as people here type it.
fn local(at: Moment) -> String {
    let (day, clock) = TimeZone::known("America/Denver").day_and_clock(at);
    format!("{day} {}", &clock[..5])
}

fn now() -> Moment {
    Clock::system().now()
}

fn today() -> String {
    TimeZone::known("America/Denver").day(now()).to_string()
}

struct Walk<'w> {
    base: &'w str,
    port: u16,
    token: String,
    manager: &'w Browser,
    vendors: &'w Browser,
    approver: &'w Browser,
}

impl Walk<'_> {
    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let (status, text) = http(self.port, method, path, &headers, &body.to_string()).expect("an answer");
        assert!(status < 300, "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// A vendor and its field engineer, of whom nothing is proved yet.
    fn onboards(&self) -> String {
        self.manager.go(&format!("{}/vendors/new", self.base));
        fill(self.manager, &[("reference", "V-WALK"), ("name", "Walk Relays")]);
        sent(self.manager, "the vendor is not entered");
        self.manager.go(&format!("{}/people/new", self.base));
        let texts = [
            ("reference", "P-WALK"),
            ("name", "Kim Walker"),
            ("employer", "Walk Relays"),
            ("vendor", "V-WALK"),
            ("logins", "k.walker"),
        ];
        fill(self.manager, &texts);
        set(self.manager, &[("party", "vendor")]);
        sent(self.manager, "the person is not entered")
    }

    fn fills_a_grant(&self, until: Moment) {
        self.vendors.go(&format!("{}/grants/new", self.base));
        let (from, until) = (local(now().plus_seconds(-60)), local(until));
        let texts = [
            ("reference", "RAG-WALK"),
            ("person", "P-WALK"),
            ("vendor", "V-WALK"),
            ("purpose", "Settings of the feeder relay"),
            ("targets", "SUB05-PR-01"),
            ("via", "CC1-JMP-01"),
            ("encryption_end", "CC1-JMP-01"),
            ("valid_from", &from),
            ("valid_until", &until),
            ("disable_method", "Disable the account on the Intermediate System"),
            ("reconnect_control", "The account stays disabled until the vendor manager enables it"),
        ];
        fill(self.vendors, &texts);
        set(self.vendors, &[("kind", "interactive"), ("mfa", "yes"), ("split_tunnel", "no")]);
    }

    /// Refused for what is missing, then recorded, asked for again, approved by another.
    fn grants(&self, person: &str) -> String {
        let friday = now().plus_seconds(3 * 86_400);
        self.fills_a_grant(friday);
        self.vendors.click(SEND);
        shown(self.vendors, "no cyber security training is recorded");
        assert!(self.vendors.text(".problem").contains("CIP-004-7 R2.2"), "{}", self.vendors.text("main"));
        self.manager.go(&format!("{person}/edit"));
        let today = &today();
        fill(
            self.manager,
            &[("trained", today), ("assessed", today), ("criteria", "HR-7 rev 3"), ("verified_by", "Dana Marchetti")],
        );
        set(
            self.manager,
            &[
                ("identity_confirmed", "yes"),
                ("seven_years_checked", "yes"),
                ("suitability", "eligible"),
                ("verified_on", today),
            ],
        );
        self.manager.fill(REASON, "Certificates seen");
        sent(self.manager, "the training is not recorded");
        self.fills_a_grant(friday);
        let grant = sent(self.vendors, "the grant is not asked for");
        shown(self.vendors, "Requested");
        decide(self.approver, &grant, "approval", &[], "The relay needs new settings before Friday");
        shown(self.approver, "Active");
        grant
    }

    /// A badge beside it, so that more than the remote way has to be taken away later.
    fn authorizes(&self) -> String {
        self.manager.go(&format!("{}/authorizations/new", self.base));
        fill(
            self.manager,
            &[
                ("reference", "AUTH-WALK"),
                ("person", "P-WALK"),
                ("systems", "SUB05-PROT"),
                ("place", "SUB05 control house"),
                ("need", "Stands before the relay"),
            ],
        );
        set(self.manager, &[("kind", "unescorted_physical")]);
        let authorization = sent(self.manager, "the authorization is not asked for");
        decide(self.approver, &authorization, "approval", &[], "Escort is not available");
        decide(self.manager, &authorization, "provisioning", &[], "Badge handed out");
        authorization
    }

    fn event(&self, event: &Value) -> Value {
        self.call("POST", "/api/v1/o/larkspur/sessions/events", &json!({"gateway": "CC1-JMP-01", "events": [event]}))
    }

    /// A live session among the vendors' that turns failing when its grant is revoked.
    fn watches(&self, grant: &str) {
        let at = now().rfc3339();
        let told = self.event(
            &json!({"session": "walk-1", "event": "start", "at": at, "kind": "interactive", "account": "k.walker",
            "source": "198.51.100.20", "targets": ["SUB05-PR-01"], "protocol": "rdp", "mfa": "success"}),
        );
        let session = format!("{}/sessions/{}", self.base, told["sessions"][0]["id"].as_str().unwrap());
        self.vendors.go(&format!("{}/sessions/active", self.base));
        shown(self.vendors, "Kim Walker");
        shown(self.vendors, "Disable the account on the Intermediate System");
        self.vendors.go(&session);
        assert!(!self.vendors.text("main").contains("Open after its grant ended"));
        decide(self.vendors, grant, "revocation", &[], "The work is done");
        std::thread::sleep(Duration::from_millis(1_100));
        self.vendors.go(&session);
        shown(self.vendors, "Open after its grant ended");
        self.event(&json!({"session": "walk-1", "event": "end", "at": now().rfc3339(), "ended_by": "administrator"}));
    }

    fn leaves(&self, authorization: &str) {
        self.manager.go(&format!("{}/departures/new", self.base));
        fill(self.manager, &[("reference", "DEP-WALK"), ("person", "P-WALK"), ("action_at", &now().rfc3339())]);
        set(self.manager, &[("kind", "termination"), ("effective_on", &today())]);
        let departure = sent(self.manager, "the termination is not recorded");
        shown(self.manager, "AUTH-WALK");
        decide(self.manager, authorization, "removal", &[("proof", "Badge system log 4711")], "Badge taken back");
        self.manager.go(&departure);
        shown(self.manager, "Removed in time");
    }

    /// The quarter's verification with one discrepancy.
    fn reviews(&self) -> String {
        self.manager.go(&format!("{}/reviews/new", self.base));
        fill(
            self.manager,
            &[("reference", "REV-WALK"), ("name", "Verification on the walk"), ("systems", "SUB05-PROT")],
        );
        set(self.manager, &[("kind", "authorization_verification"), ("due_on", "2099-12-31")]);
        let review = sent(self.manager, "the review is not opened");
        self.manager.click("tbody input[name=rows]");
        set_named(self.manager, "which", "ticked");
        set_named(self.manager, "outcome", "remove");
        self.manager.fill("[name=note]", "Nobody needs it any more");
        self.manager.click("button[name=act][value=decide]");
        shown(self.manager, "1 to remove");
        set_named(self.manager, "which", "shown");
        self.manager.go(&format!("{review}?show=undecided"));
        if self.manager.script("return !!document.querySelector('tbody input[name=rows]')") == true {
            set_named(self.manager, "which", "shown");
            set_named(self.manager, "outcome", "keep");
            self.manager.click("button[name=act][value=decide]");
            until(self.manager, None, "rows stay undecided", "document.querySelector('form[action$=completion]')");
        }
        self.manager.go(&review);
        self.manager.fill("form[action$=completion] [name=reason]", "One access is not needed");
        self.manager.click("form[action$=completion] button");
        shown(self.manager, "Completed");
        shown(self.manager, "1 open");
        review
    }

    /// The package of what the walk touched, as its rows.
    fn packed(&self) -> String {
        let order =
            json!({"period": format!("2026-01-01..{}", today()), "scope": ["CIP-004", "CIP-005"], "reason": "Walk"});
        let id = self.call("POST", "/api/v1/o/larkspur/packages", &order)["id"].as_str().unwrap().to_owned();
        let began = Instant::now();
        loop {
            let package = self.call("GET", &format!("/api/v1/o/larkspur/packages/{id}"), &json!({}));
            match package["package"]["state"].as_str() {
                Some("sealed") => break,
                Some("failed") => panic!("{package}"),
                _ => assert!(began.elapsed() < Duration::from_mins(4), "{package}"),
            }
            std::thread::sleep(Duration::from_millis(500));
        }
        let bearer = format!("Bearer {}", self.token);
        let path = format!("/api/v1/o/larkspur/packages/{id}/file");
        let files = unfolded(&fetched(self.port, &path, &[("authorization", &bearer)]).expect("the package"));
        let tabs = files.iter().filter(|(path, _)| path.contains("/tabs/") || path.contains("glance/"));
        tabs.map(|(path, bytes)| format!("## {path}\n{}\n", String::from_utf8_lossy(bytes))).collect()
    }
}

fn set_named(browser: &Browser, name: &str, value: &str) {
    browser.script(&format!("document.querySelector('[name={name}]').value = '{value}'"));
}

#[test]
fn access_from_the_first_day_to_the_package() {
    let place = tempfile::tempdir().unwrap();
    let (_server, said) = demonstration(place.path());
    let url = said["url"].as_str().unwrap();
    let base = format!("{url}/o/larkspur");
    let admin = Browser::open();
    admin.go(said["sign_in_url"].as_str().unwrap());
    enroll(&admin, url, "/o/larkspur/members");
    let manager = colleague(&admin, &base, ("a.manager", "Ada Manager", "compliance"));
    let vendors = colleague(&admin, &base, ("v.manager", "Vic Manager", "engineer"));
    let approver = colleague(&admin, &base, ("g.prove", "Gil Prove", "approver"));
    enroll(&approver, url, "/o/larkspur/access");
    let port = url.rsplit_once(':').unwrap().1.parse().unwrap();
    let token = said["token"].as_str().unwrap().to_owned();
    let walk = Walk { base: &base, port, token, manager: &manager, vendors: &vendors, approver: &approver };
    let person = walk.onboards();
    let grant = walk.grants(&person);
    let authorization = walk.authorizes();
    walk.watches(&grant);
    walk.leaves(&authorization);
    walk.reviews();
    let rows = walk.packed();
    for word in ["P-WALK", "walk-1", "RAG-WALK", "AUTH-WALK", "Walk Relays", "REV-WALK"] {
        assert!(rows.contains(word), "{word} is in no tab");
    }
    let revoked = rows.split("## ").find(|tab| tab.contains("Revocations")).expect("the sheet of revocations");
    assert!(revoked.contains("P-WALK") && revoked.contains("AUTH-WALK"), "{revoked}");
    for browser in [&manager, &vendors, &approver] {
        assert_eq!(browser.complaints(), Vec::<String>::new());
    }
}
