//! Terminations and transfers on both engines: what the person held, its clocks, its removal, and what may not be.

use axum::http::Method;
use glance::departures::records as departures;
use glance::ids::{AuthorizationId, GrantId, Id as _, PersonId};
use glance::personnel::model::{AccountKind, AuthorizationKind};
use glance::personnel::{Account, Authorization, Person};
use glance::register::Act;
use glance::remote_access::Grant;
use glance::remote_access::model::GrantKind;
use glance::storage::verify::verify;
use glance::storage::{AsOf, Audited};
use glance::vocabulary::{Moment, Reference};
use serde_json::{Value, json};

use crate::on_each_engine;
use crate::support::http::{Answer, Site, Way};
use crate::support::{Bed, CANARY};

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn named(text: &str) -> Reference {
    Reference::parse(text).unwrap()
}

async fn kept<T: Audited>(bed: &Bed, content: &T) -> T::Id {
    let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
    let id = change.insert("test.create", content, "test").await.unwrap();
    change.commit().await.unwrap();
    id
}

/// Writes the next version of a record.
async fn revised<T: Audited>(bed: &Bed, id: T::Id, how: impl FnOnce(&mut T)) {
    let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
    let read = change.reading().await.unwrap().find::<T>(id).await.unwrap().unwrap();
    let mut next = read.content.clone();
    how(&mut next);
    change.supersede("test.update", &read, &next, "test").await.unwrap();
    change.commit().await.unwrap();
}

fn act() -> Act {
    Act { by: None, name: "Test".to_owned(), at: at("2026-01-05T12:00:00Z"), reason: String::new() }
}

/// Somebody with five abilities, and what they no longer or not yet have.
struct Holder {
    person: PersonId,
    badge: AuthorizationId,
    grant: GrantId,
}

async fn holder(bed: &Bed, reference: &str) -> Holder {
    let person =
        kept(bed, &Person { reference: named(reference), name: "Ada Field".to_owned(), ..Person::default() }).await;
    let authorization = |suffix: &str, kind, from: Option<&str>, until: Option<&str>| Authorization {
        reference: named(&format!("{reference}-{suffix}")),
        person: Some(person),
        kind: Some(kind),
        place: "Control house".to_owned(),
        provisioned_at: from.map(at),
        removed_at: until.map(at),
        ..Authorization::default()
    };
    let (early, gone) = (Some("2026-01-10T12:00:00Z"), Some("2026-02-01T12:00:00Z"));
    let badge = kept(bed, &authorization("BADGE", AuthorizationKind::UnescortedPhysical, early, None)).await;
    kept(bed, &authorization("EA", AuthorizationKind::Electronic, early, None)).await;
    kept(bed, &authorization("BCSI", AuthorizationKind::Bcsi, early, None)).await;
    kept(bed, &authorization("OLD", AuthorizationKind::Electronic, early, gone)).await;
    kept(bed, &authorization("ASKED", AuthorizationKind::Electronic, None, None)).await;
    let grant = |suffix: &str, until: &str| Grant {
        reference: named(&format!("{reference}-{suffix}")),
        kind: Some(GrantKind::Interactive),
        person: Some(person),
        valid_from: Some(at("2026-01-10T12:00:00Z")),
        valid_until: Some(at(until)),
        approved: Some(act()),
        ..Grant::default()
    };
    let open = kept(bed, &grant("RA", "2026-06-30T12:00:00Z")).await;
    kept(bed, &grant("RA-OVER", "2026-02-10T12:00:00Z")).await;
    let own = Account {
        reference: named(&format!("{reference}-ACC")),
        name: "afield".to_owned(),
        kind: Some(AccountKind::Individual),
        owner: Some(person),
        ..Account::default()
    };
    kept(bed, &own).await;
    Holder { person, badge, grant: open }
}

#[expect(clippy::needless_pass_by_value, reason = "a test reads better so")]
fn departing(reference: &str, person: &str, kind: &str, action: &str, effective: Value) -> Value {
    json!({"reference": reference, "person": person, "kind": kind, "action_at": action, "effective_on": effective, "reason": "HR-1"})
}

async fn recorded(site: &Site, way: &Way, body: Value) -> Value {
    let answer = site.post_json(way, "/api/v1/o/larkspur/departures", &body).await;
    assert_eq!(answer.status.as_u16(), 201, "{body}: {}", answer.text());
    answer.json()
}

fn path(record: &Value) -> String {
    format!("departures/{}", record["id"].as_str().unwrap())
}

async fn clocks(site: &Site, way: &Way, record: &Value) -> Vec<Value> {
    let answer = site.get(way, &format!("/api/v1/o/larkspur/{}/clocks", path(record))).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    answer.json()["items"].as_array().unwrap().clone()
}

/// Reference, part, state and due moment of each clock.
fn told(clocks: &[Value]) -> Vec<(&str, &str, &str, &str)> {
    clocks
        .iter()
        .map(|clock| {
            let [reference, part, state, due] =
                ["reference", "part", "state", "due"].map(|name| clock[name].as_str().unwrap_or(""));
            (reference, part, state, due)
        })
        .collect()
}

async fn sent(site: &Site, way: &Way, path: &str, version: i64, body: Value) -> Answer {
    let tag = format!("\"{version}\"");
    let headers = [("content-type", "application/json"), ("if-match", tag.as_str())];
    site.ask(way, Method::POST, &format!("/api/v1/o/larkspur/{path}"), &headers, &body.to_string()).await
}

on_each_engine! {
    async fn a_termination_lists_what_was_held_and_starts_its_clocks(bed: Bed) {
        let site = Site::of(&bed);
        let who = site.person(&bed, bed.organization, "compliance", true).await;
        let held = holder(&bed, "P-7").await;
        bed.clock.advance_seconds(1);
        // Recorded two days after the action: the 24 hours are over at once.
        let record = recorded(&site, &who, departing("T-1", "P-7", "termination", "2026-02-28T15:00:00Z", json!("2026-03-01"))).await;
        let found = clocks(&site, &who, &record).await;
        assert_eq!(told(&found), [
            ("P-7-BADGE", "CIP-004-7 R5.1", "overdue", "2026-03-01T15:00:00.000000Z"),
            ("P-7-BCSI", "CIP-004-7 R6.3", "running", "2026-03-03T06:59:59.999999Z"),
            ("P-7-EA", "CIP-004-7 R5.3", "running", "2026-04-01T05:59:59.999999Z"),
            ("P-7-RA", "CIP-004-7 R5.1", "overdue", "2026-03-01T15:00:00.000000Z"),
            ("P-7-ACC", "CIP-004-7 R5.3", "running", "2026-04-01T05:59:59.999999Z"),
        ]);
        // The same among the clocks of all, the nearest first, with whose they are.
        let all = async |query: &str| site.get(&who, &format!("/api/v1/o/larkspur/departures/clocks{query}")).await;
        let every = all("").await.json();
        let first = &every["items"][0];
        assert_eq!((every["total"].as_i64(), first["reference"].as_str(), first["person"]["reference"].as_str(), first["departure"]["reference"].as_str()), (Some(5), Some("P-7-BADGE"), Some("P-7"), Some("T-1")), "{every}");
        let some = all("?state=running&limit=2").await.json();
        assert_eq!((some["total"].as_i64(), some["next"].as_str(), told(some["items"].as_array().unwrap())[0].0), (Some(3), Some("2"), "P-7-BCSI"), "{some}");
        assert_eq!((all("?state=never").await.status.as_u16(), all("?x=1").await.status.as_u16()), (422, 422));
        // The person leaves service in the same change, under an act of its own.
        let mut now = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        let person = now.find::<Person>(held.person).await.unwrap().unwrap();
        assert_eq!(person.retired_on.map(|day| day.to_string()).as_deref(), Some("2026-03-01"));
        let ended = departures::of_people(&mut now, &[held.person]).await.unwrap();
        assert_eq!(ended.iter().map(|one| one.effective_on.unwrap().to_string()).collect::<Vec<_>>(), ["2026-03-01"]);
        drop(now);
        let before = bed.store.clock().now().rfc3339();
        bed.clock.advance_seconds(3600);
        let who = site.person(&bed, bed.organization, "compliance", true).await;
        // Removals are recorded where the abilities are; the clocks follow, and the late one stays a gap.
        revised::<Authorization>(&bed, held.badge, |one| {
            (one.removed_at, one.removal_proof) = (Some(at("2026-03-01T14:00:00Z")), "Badge log 8812".to_owned());
        }).await;
        revised::<Grant>(&bed, held.grant, |one| one.revoked = Some(Act { at: at("2026-03-02T15:30:00Z"), ..act() })).await;
        bed.clock.advance_seconds(1);
        let found = clocks(&site, &who, &record).await;
        assert_eq!((found[0]["state"].as_str(), found[0]["proof"].as_str()), (Some("in_time"), Some("Badge log 8812")));
        assert_eq!(found[3]["state"].as_str(), Some("late"));
        assert_eq!(found[3]["gap"], json!({"from": "2026-03-01T15:00:00.000000Z", "until": "2026-03-02T15:30:00.000000Z"}));
        let then = site.get(&who, &format!("/api/v1/o/larkspur/{}/clocks?as_of={before}", path(&record))).await.json();
        assert_eq!(then["items"][0]["state"].as_str(), Some("overdue"), "as it stood then");
        let page = site.get(&who, &format!("/o/larkspur/{}", path(&record))).await.text();
        for said in ["Abilities and their clocks", "Removed late", "The gap stays", "Badge log 8812", "/o/larkspur/authorizations/"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        let all = site.get(&who, "/o/larkspur/departures/clocks").await.text();
        assert!(all.contains("P-7-BCSI") && !all.contains("P-7-BADGE"), "only what is open");
        let late = site.get(&who, "/o/larkspur/departures/clocks?state=late").await.text();
        assert!(late.contains("P-7-RA") && late.contains("Removed late") && !late.contains("P-7-BCSI"));
        assert_eq!(site.get(&who, "/o/larkspur/departures/clocks?state=odd").await.status.as_u16(), 422);
        let sound = verify(&bed.store, bed.organization, None, Some(glance::KINDS)).await.unwrap();
        assert!(sound.holds(), "{:?}", sound.problems);
        let stranger = site.person(&bed, bed.canary, "administrator", true).await;
        for page in [format!("/o/canary/{}", path(&record)), format!("/api/v1/o/canary/{}/clocks", path(&record))] {
            assert_eq!(site.get(&stranger, &page).await.status.as_u16(), 404, "{page}");
        }
        assert!(!site.get(&stranger, "/o/canary/departures/clocks").await.text().contains("P-7"));
        assert!(!all.contains(CANARY));
    }

    async fn what_may_not_be_recorded(bed: Bed) {
        let site = Site::of(&bed);
        let who = site.person(&bed, bed.organization, "engineer", false).await;
        let held = holder(&bed, "P-8").await;
        bed.clock.advance_seconds(1);
        let refused = async |body: Value| {
            let answer = site.post_json(&who, "/api/v1/o/larkspur/departures", &body).await;
            assert_eq!(answer.status.as_u16(), 422, "{body}: {}", answer.text());
            answer.text()
        };
        let said = refused(departing("T-1", "P-8", "termination", "2026-03-09T15:00:00Z", json!(null))).await;
        assert!(said.contains("in the future"), "{said}");
        assert!(refused(departing("T-1", "P-99", "termination", "2026-03-01T15:00:00Z", json!(null))).await.contains("no person has the reference"));
        let mut odd = departing("T-1", "P-8", "termination", "2026-03-01T15:00:00Z", json!("2026-03-01"));
        odd["determined_on"] = json!("2026-03-01");
        assert!(refused(odd).await.contains("of transfers alone"));
        let mut late = departing("T-1", "P-8", "termination", "2026-03-01T15:00:00Z", json!("2026-03-01"));
        late["extenuating_from"] = json!("2026-03-01");
        assert!(refused(late).await.contains("which circumstances"));
        let record = recorded(&site, &who, departing("T-1", "P-8", "termination", "2026-03-01T15:00:00Z", json!("2026-03-01"))).await;
        bed.clock.advance_seconds(1);
        assert!(refused(departing("T-2", "P-8", "termination", "2026-02-27T15:00:00Z", json!(null))).await.contains("T-1 already records"));
        // Nothing was typed over the list of abilities, and withdrawing takes the person back into service.
        let path = format!("/api/v1/o/larkspur/{}", path(&record));
        let typed = site.ask(&who, Method::PATCH, &path, &[("content-type", "application/json"), ("if-match", "\"1\"")], "{\"abilities\": \"\"}").await;
        assert_eq!(typed.status.as_u16(), 422, "{}", typed.text());
        let silent = site.ask(&who, Method::DELETE, &path, &[("if-match", "\"1\"")], "").await;
        assert_eq!(silent.status.as_u16(), 422, "a withdrawal says why");
        let gone = site.ask(&who, Method::DELETE, &format!("{path}?reason=Wrong%20person"), &[("if-match", "\"1\"")], "").await;
        assert_eq!(gone.status.as_u16(), 200, "{}", gone.text());
        bed.clock.advance_seconds(1);
        let mut now = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        assert_eq!(now.find::<Person>(held.person).await.unwrap().unwrap().retired_on, None);
        assert!(departures::of_people(&mut now, &[held.person]).await.unwrap().is_empty());
        drop(now);
        assert!(clocks(&site, &who, &record).await.iter().all(|clock| clock["state"] == json!("not_applicable")));
    }

    async fn what_was_missed_is_added(bed: Bed) {
        let site = Site::of(&bed);
        let who = site.person(&bed, bed.organization, "compliance", true).await;
        let held = holder(&bed, "P-9").await;
        bed.clock.advance_seconds(1);
        let record = recorded(&site, &who, departing("T-1", "P-9", "termination", "2026-03-02T10:00:00Z", json!(null))).await;
        let (path, none) = (path(&record), clocks(&site, &who, &record).await);
        assert_eq!((none[1]["state"].as_str(), none[1]["missing"].as_str()), (Some("indeterminate"), Some("effective_on")));
        let look = format!("{path}/abilities");
        assert_eq!(sent(&site, &who, &look, 1, json!({})).await.status.as_u16(), 422, "why");
        assert_eq!(sent(&site, &who, &look, 1, json!({"reason": "again"})).await.status.as_u16(), 409, "nothing was missed");
        let late = Authorization {
            reference: named("P-9-LATE"),
            person: Some(held.person),
            kind: Some(AuthorizationKind::UnescortedPhysical),
            provisioned_at: Some(at("2026-02-20T12:00:00Z")),
            ..Authorization::default()
        };
        kept(&bed, &late).await;
        bed.clock.advance_seconds(1);
        let looked = sent(&site, &who, &look, 1, json!({"reason": "A badge nobody told of"})).await;
        assert_eq!(looked.status.as_u16(), 200, "{}", looked.text());
        assert_eq!(looked.json()["total"], json!(6));
        assert_eq!(sent(&site, &who, &look, 1, json!({"reason": "again"})).await.status.as_u16(), 412);
        let by_form = site.ask(&who, Method::POST, &format!("/o/larkspur/{look}"), &FORM, "version=2&reason=again").await;
        assert_eq!(by_form.status.as_u16(), 409);
        let viewer = site.person(&bed, bed.organization, "auditor", true).await;
        assert_eq!(sent(&site, &viewer, &look, 2, json!({"reason": "x"})).await.status.as_u16(), 403);
    }

    async fn whoever_knew_a_shared_password_starts_its_clock(bed: Bed) {
        let site = Site::of(&bed);
        let who = site.person(&bed, bed.organization, "compliance", true).await;
        let person = kept(&bed, &Person { reference: named("P-11"), name: "Ada Field".to_owned(), ..Person::default() }).await;
        kept(&bed, &Person { reference: named("P-12"), name: "Bo Lund".to_owned(), ..Person::default() }).await;
        let device = json!({"reference": "SRV-1", "kind": "server", "lifecycle": "in_service"});
        assert_eq!(site.post_json(&who, "/api/v1/o/larkspur/assets", &device).await.status.as_u16(), 201);
        let account = |reference: &str, people: &[&str]| json!({"reference": reference, "name": "operator", "asset": "SRV-1", "kind": "shared", "owner": "P-12", "people": people, "reason": "R5.3"});
        let made = async |body: Value| {
            let answer = site.post_json(&who, "/api/v1/o/larkspur/accounts", &body).await;
            assert_eq!(answer.status.as_u16(), 201, "{body}: {}", answer.text());
            answer.json()["id"].as_str().unwrap().to_owned()
        };
        let known = made(account("ACC-1", &["P-11", "P-12"])).await;
        made(account("ACC-2", &["P-12"])).await;
        // The action; then the person is taken off the list of the account, and only then is it recorded.
        let action = bed.store.clock().now().rfc3339();
        bed.clock.advance_seconds(60);
        let off = site.ask(&who, Method::PATCH, &format!("/api/v1/o/larkspur/accounts/{known}"), &[("content-type", "application/json"), ("if-match", "\"1\"")], "{\"people\": [\"P-12\"], \"reason\": \"Left\"}").await;
        assert_eq!(off.status.as_u16(), 200, "{}", off.text());
        bed.clock.advance_seconds(60);
        let record = recorded(&site, &who, departing("T-1", "P-11", "termination", &action, json!("2026-03-02"))).await;
        let found = clocks(&site, &who, &record).await;
        assert_eq!(told(&found), [("ACC-1", "CIP-004-7 R5.4", "running", "2026-04-02T05:59:59.999999Z")]);
        revised::<Account>(&bed, glance::ids::AccountId::parse(&known).unwrap(), |one| one.password_changed = vec![glance::vocabulary::Date::parse("2026-03-02").unwrap()]).await;
        bed.clock.advance_seconds(1);
        assert_eq!(clocks(&site, &who, &record).await[0]["state"].as_str(), Some("in_time"));
        let page = site.get(&who, &format!("/o/larkspur/people/{person}")).await.text();
        assert!(page.contains("Out of service") && page.contains("Nothing is recorded that this person can reach"), "{page}");
        let other = site.get(&who, "/o/larkspur/people?q=lund").await.text();
        assert!(other.contains("P-12"));
    }

    async fn a_transfer_is_decided_ability_by_ability(bed: Bed) {
        let site = Site::of(&bed);
        let who = site.person(&bed, bed.organization, "compliance", true).await;
        let held = holder(&bed, "P-10").await;
        bed.clock.advance_seconds(1);
        let record = recorded(&site, &who, departing("M-1", "P-10", "transfer", "2026-03-02T10:00:00Z", json!(null))).await;
        let mut now = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        assert_eq!(now.find::<Person>(held.person).await.unwrap().unwrap().retired_on, None, "a transfer retires nobody");
        drop(now);
        let found = clocks(&site, &who, &record).await;
        let states: Vec<_> = found.iter().map(|clock| clock["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["indeterminate", "not_applicable", "indeterminate", "indeterminate", "indeterminate"]);
        let determination = format!("/o/larkspur/{}/determination", path(&record));
        let form = site.get(&who, &determination).await.text();
        assert!(form.contains("Still needed") && form.contains("P-10-BADGE"), "{form}");
        let (badge, grant) = (held.badge.uuid(), held.grant.uuid());
        let wrong = site.ask(&who, Method::POST, &determination, &FORM, &format!("version=1&{badge}=no&determined_on=2026-03-05&reason=Moved")).await;
        assert_eq!(wrong.status.as_u16(), 422);
        assert!(wrong.text().contains("has not come") && wrong.text().contains("value=\"Moved\""), "{}", wrong.text());
        let decided = site.ask(&who, Method::POST, &determination, &FORM, &format!("version=1&{badge}=no&{grant}=yes&determined_on=2026-03-02&reason=Moved")).await;
        assert_eq!(decided.status.as_u16(), 303, "{}", decided.text());
        bed.clock.advance_seconds(1);
        let found = clocks(&site, &who, &record).await;
        assert_eq!(told(&found)[0], ("P-10-BADGE", "CIP-004-7 R5.2", "running", "2026-03-04T06:59:59.999999Z"));
        assert_eq!(told(&found)[3].2, "not_applicable");
        // Once its clock is over it is not taken back.
        bed.clock.advance_seconds(3 * 86_400);
        let who = site.person(&bed, bed.organization, "compliance", true).await;
        let body = json!({"needed": [badge], "determined_on": "2026-03-05", "reason": "After all"});
        let back = sent(&site, &who, &format!("{}/determination", path(&record)), 2, body).await;
        assert_eq!(back.status.as_u16(), 422, "{}", back.text());
        assert!(back.text().contains("its clock is over"), "{}", back.text());
        assert_eq!(clocks(&site, &who, &record).await[0]["state"].as_str(), Some("overdue"));
    }
}
