//! Grants of remote access on both engines: asked for with what stands around, refused with since when, approved by another,
//! extended once, revoked, ended by themselves. What stands around them is in `granting`.

use axum::http::Method;
use glance::auth::Scope;
use glance::personnel::model::{CipRole, Delegated, Party, Suitability};
use glance::personnel::{Appointment, Person, Vendor};
use glance::register::Member;
use glance::remote_access::Grant;
use glance::storage::AsOf;
use glance::storage::Audited;
use glance::storage::verify::verify;
use glance::vocabulary::{Date, Moment, Reference};
use serde_json::{Value, json};

use crate::on_each_engine;
use crate::support::Bed;
use crate::support::http::{Answer, Site, Way};

pub const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

pub fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

pub fn named(text: &str) -> Reference {
    Reference::parse(text).unwrap()
}

pub fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

pub async fn made(site: &Site, way: &Way, collection: &str, body: Value) -> Value {
    let answer = site.post_json(way, &format!("/api/v1/o/larkspur/{collection}"), &body).await;
    assert_eq!(answer.status.as_u16(), 201, "{collection} {body}: {}", answer.text());
    answer.json()
}

/// The problem a refused request has at a field.
pub async fn refused(site: &Site, way: &Way, body: &Value, field: &str) -> String {
    let answer = site.post_json(way, "/api/v1/o/larkspur/grants", body).await;
    assert_eq!(answer.status.as_u16(), 422, "{body}: {}", answer.text());
    let (problems, found) = (answer.json(), answer.text());
    let problem = problems["problems"].as_array().or(problems["errors"].as_array()).expect("problems").iter();
    let at = problem.clone().find(|one| one["field"] == json!(field));
    at.unwrap_or_else(|| panic!("nothing at {field}: {found}"))["problem"].as_str().unwrap().to_owned()
}

/// A write over the API, based on a version.
pub async fn based(site: &Site, way: &Way, method: Method, path: &str, version: i64, body: Value) -> Answer {
    let tag = format!("\"{version}\"");
    let headers = [("content-type", "application/json"), ("if-match", tag.as_str())];
    site.ask(way, method, &format!("/api/v1/o/larkspur/{path}"), &headers, &body.to_string()).await
}

pub async fn decided(site: &Site, way: &Way, grant: &Value, what: &str, version: i64, body: Value) -> Answer {
    based(site, way, Method::POST, &format!("grants/{}/{what}", id(grant)), version, body).await
}

pub async fn taken(site: &Site, way: &Way, grant: &Value, what: &str, version: i64, body: Value) -> Value {
    let answer = decided(site, way, grant, what, version, body).await;
    assert_eq!(answer.status.as_u16(), 200, "{what}: {}", answer.text());
    answer.json()
}

pub async fn kept<T: Audited>(bed: &Bed, record: &T) -> T::Id {
    let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
    let id = change.insert("test.create", record, "begins").await.unwrap();
    change.commit().await.unwrap();
    id
}

pub fn person(reference: &str, party: Party) -> Person {
    Person {
        reference: named(reference),
        name: format!("Person {reference}"),
        employer: "Larkspur".to_owned(),
        party: Some(party),
        trained: vec![day("2025-09-01")],
        assessed: vec![day("2022-04-01")],
        suitability: Some(Suitability::Eligible),
        identity_confirmed: Some(true),
        seven_years_checked: Some(true),
        verified_by: "Personnel office".to_owned(),
        verified_on: Some(day("2025-09-01")),
        ..Person::default()
    }
}

/// A control zone that is an ESP with two relays of a medium system, a jump host in the DMZ, people and a vendor.
pub struct Scene {
    pub site: Site,
    pub manager: Way,
    pub approver: Way,
}

pub async fn scene(bed: &Bed) -> Scene {
    let site = Site::of(bed);
    let manager = site.person(bed, bed.organization, "engineer approver", true).await;
    let approver = site.person(bed, bed.organization, "approver", true).await;
    made(
        &site,
        &manager,
        "sites",
        json!({"reference": "SUB07", "name": "Substation 7", "kind": "transmission_substation"}),
    )
    .await;
    made(&site, &manager, "systems", json!({"reference": "S7-PROT", "name": "Protection", "site": "SUB07", "criterion": "2.5", "impact_reason": "345 kV"})).await;
    made(&site, &manager, "zones", json!({"reference": "CTL", "name": "Control", "kind": "control", "esp": true}))
        .await;
    made(&site, &manager, "zones", json!({"reference": "DMZ", "name": "DMZ", "kind": "dmz", "esp": false})).await;
    for reference in ["RELAY-1", "RELAY-2"] {
        made(&site, &manager, "assets", json!({"reference": reference, "kind": "protective_relay", "lifecycle": "in_service", "zone": "CTL", "systems": ["S7-PROT"]})).await;
    }
    made(&site, &manager, "assets", json!({"reference": "JH-1", "kind": "server", "lifecycle": "in_service", "zone": "DMZ", "roles": ["jump_host"]})).await;
    made(
        &site,
        &manager,
        "assets",
        json!({"reference": "HMI-1", "kind": "hmi", "lifecycle": "in_service", "zone": "CTL"}),
    )
    .await;
    let vendor =
        kept(bed, &Vendor { reference: named("V-1"), name: "Relay Works".to_owned(), ..Vendor::default() }).await;
    kept(bed, &person("P-1", Party::Employee)).await;
    kept(bed, &Person { vendor: Some(vendor), ..person("P-2", Party::Vendor) }).await;
    kept(bed, &person("P-3", Party::Contractor)).await;
    Scene { site, manager, approver }
}

/// What is asked for a person, to one relay, from an hour on until Friday.
pub fn asked(reference: &str, person: &str) -> Value {
    json!({"reference": reference, "kind": "interactive", "person": person, "purpose": "Settings of the relay", "targets": ["RELAY-1"],
        "via": "JH-1", "encryption_end": "JH-1", "mfa": true, "split_tunnel": false,
        "valid_from": "2026-03-02T09:00:00-07:00", "valid_until": "2026-03-06T17:00:00-07:00"})
}

pub fn changed(body: &Value, name: &str, value: Value) -> Value {
    let mut body = body.clone();
    body[name] = value;
    body
}

on_each_engine! {
    async fn asked_for_approved_extended_once_and_ended_by_itself(bed: Bed) {
        let Scene { site, manager, approver } = scene(&bed).await;
        let grant = made(&site, &manager, "grants", asked("G-1", "P-1")).await;
        assert_eq!((grant["status"].as_str(), grant["valid_from"].as_str()), (Some("requested"), Some("2026-03-02T16:00:00.000000Z")));
        bed.clock.advance_seconds(60);
        let requested_at = bed.store.clock().now().rfc3339();
        bed.clock.advance_seconds(60);
        let own = decided(&site, &manager, &grant, "approval", 1, json!({"reason": "mine"})).await;
        assert!(own.status.as_u16() == 409 && own.text().contains("another person has to decide"), "{}", own.text());
        let token = site.token(&bed, Scope::ALL).await;
        let by_token = site.ask(&token, Method::POST, &format!("/api/v1/grants/{}/approval", id(&grant)), &[("content-type", "application/json"), ("if-match", "\"1\"")], "{\"reason\":\"x\"}").await;
        assert_eq!(by_token.status.as_u16(), 403, "no token approves");
        assert_eq!(decided(&site, &approver, &grant, "approval", 1, json!({})).await.status.as_u16(), 422, "why");
        assert_eq!(decided(&site, &approver, &grant, "approval", 4, json!({"reason": "x"})).await.status.as_u16(), 412);
        let scheduled = taken(&site, &approver, &grant, "approval", 1, json!({"reason": "Needed"})).await;
        assert_eq!((scheduled["status"].as_str(), scheduled["version"].as_i64()), (Some("scheduled"), Some(2)), "{scheduled}");
        let path = format!("grants/{}", id(&grant));
        let again = decided(&site, &approver, &grant, "approval", 2, json!({"reason": "x"})).await;
        assert!(again.status.as_u16() == 409 && again.text().contains("approved as it stands by Somebody"), "{}", again.text());
        // Notes and the test leave the approval; anything else asks anew, until it holds.
        let noted = based(&site, &manager, Method::PATCH, &path, 2, json!({"notes": "Called", "disable_tested_on": "2026-03-01"})).await.json();
        assert_eq!(noted["status"], json!("scheduled"));
        let edited = based(&site, &manager, Method::PATCH, &path, 3, json!({"purpose": "Firmware"})).await.json();
        assert!(edited["status"] == json!("requested") && edited["approved"].is_null(), "{edited}");
        taken(&site, &approver, &grant, "approval", 4, json!({"reason": "Needed"})).await;

        bed.clock.advance_seconds(3_600);
        let manager = site.person(&bed, bed.organization, "engineer approver", true).await;
        let approver = site.person(&bed, bed.organization, "approver", true).await;
        let active = site.get(&manager, &format!("/api/v1/o/larkspur/{path}")).await.json();
        assert_eq!(active["status"], json!("active"));
        let rewritten = based(&site, &manager, Method::PATCH, &path, 5, json!({"valid_until": "2026-03-05T17:00:00-07:00"})).await;
        assert!(rewritten.status.as_u16() == 422 && rewritten.text().contains("what it opened stays as it was"), "{}", rewritten.text());
        let gone = site.ask(&manager, Method::DELETE, &format!("/api/v1/o/larkspur/{path}"), &[("if-match", "\"5\"")], "").await;
        assert!(gone.status.as_u16() == 422 && gone.text().contains("it still holds; revoke it first"), "{}", gone.text());

        let longer = |until: &str| json!({"until": until, "reason": "Parts are late"});
        let late = decided(&site, &approver, &grant, "extension", 5, longer("2027-03-06T17:00:00-07:00")).await;
        assert!(late.status.as_u16() == 409 && late.text().contains("365 days from now at most"), "{}", late.text());
        assert_eq!(decided(&site, &approver, &grant, "extension", 5, longer("2026-03-09 17:00")).await.status.as_u16(), 422, "no offset over the API");
        let extended = taken(&site, &approver, &grant, "extension", 5, longer("2026-03-09T17:00:00-06:00")).await;
        assert_eq!((extended["valid_until"].as_str(), extended["extended_from"].as_str()), (Some("2026-03-09T23:00:00.000000Z"), Some("2026-03-07T00:00:00.000000Z")), "{extended}");
        let twice = decided(&site, &approver, &grant, "extension", 6, longer("2026-03-10T17:00:00-06:00")).await;
        assert!(twice.status.as_u16() == 409 && twice.text().contains("extended once by Somebody at 2026-03-02"), "{}", twice.text());

        // The clock alone ends it, to the minute.
        let end = Moment::parse("2026-03-09T23:00:00Z").unwrap();
        bed.clock.advance_seconds(end.micros_since(bed.store.clock().now()) / 1_000_000 - 60);
        let viewer = site.person(&bed, bed.organization, "engineer approver", true).await;
        assert_eq!(site.get(&viewer, &format!("/api/v1/o/larkspur/{path}")).await.json()["status"], json!("active"));
        bed.clock.advance_seconds(60);
        let over = site.get(&viewer, &format!("/api/v1/o/larkspur/{path}")).await.json();
        assert_eq!((over["status"].as_str(), over["version"].as_i64()), (Some("expired"), Some(6)), "nothing was written");
        let listed = site.get(&viewer, "/o/larkspur/grants?ends_before=2026-03-10").await.text();
        assert!(listed.contains("G-1") && listed.contains("Expired"), "{listed}");
        assert!(!site.get(&viewer, "/o/larkspur/grants?ends_before=2026-03-09").await.text().contains("G-1"));
        let revoked = decided(&site, &viewer, &grant, "revocation", 6, json!({"reason": "x"})).await;
        assert!(revoked.status.as_u16() == 409 && revoked.text().contains("ran out at 2026-03-09 17:00:00 MDT by itself"), "{}", revoked.text());
        // As of before, it stood as it stood then.
        let then = site.get(&viewer, &format!("/api/v1/o/larkspur/{path}?as_of={requested_at}")).await.json();
        assert_eq!((then["status"].as_str(), then["version"].as_i64()), (Some("requested"), Some(1)), "{then}");
        let page = site.get(&viewer, &format!("/o/larkspur/{path}?as_of={requested_at}")).await.text();
        assert!(page.contains("It opens nothing until another person approves it") && !page.contains("/revocation\""), "{page}");
        let sound = verify(&bed.store, bed.organization, None, Some(glance::KINDS)).await.unwrap();
        assert!(sound.holds(), "{:?}", sound.problems);
    }

    async fn each_refusal_says_which_and_since_when(bed: Bed) {
        let Scene { site, manager, .. } = scene(&bed).await;
        let good = asked("G-1", "P-1");
        kept(&bed, &Person { retired_on: Some(day("2026-02-20")), ..person("P-LEFT", Party::Employee) }).await;
        kept(&bed, &Person { trained: vec![day("2024-10-10")], ..person("P-LAPSED", Party::Employee) }).await;
        kept(&bed, &Person { trained: Vec::new(), ..person("P-NEVER", Party::Employee) }).await;
        kept(&bed, &Person { assessed: vec![day("2019-02-01")], ..person("P-OLD", Party::Employee) }).await;
        kept(&bed, &Person { assessed: Vec::new(), trained: Vec::new(), ..person("P-NONE", Party::Employee) }).await;
        kept(&bed, &Person { suitability: Some(Suitability::Ineligible), ..person("P-UNFIT", Party::Employee) }).await;
        kept(&bed, &Person { verified_on: None, ..person("P-UNVERIFIED", Party::Contractor) }).await;
        for (who, said) in [
            ("P-LEFT", "left on 2026-02-20 and has no access since"),
            ("P-LAPSED", "the training of 2024-10-10 held for 15 calendar months and is lapsed since 2026-02-01 (CIP-004-7 R2.3)"),
            ("P-NEVER", "no cyber security training is recorded; it is completed before access is granted (CIP-004-7 R2.2)"),
            ("P-OLD", "the personnel risk assessment of 2019-02-01 is older than seven years and is lapsed since 2026-02-02 (CIP-004-7 R3.5)"),
            ("P-NONE", "no personnel risk assessment is recorded"),
            ("P-NONE", "no cyber security training is recorded"),
            ("P-UNFIT", "do not permit access (CIP-004-7 R3.3)"),
            ("P-UNVERIFIED", "verified their employer's personnel risk assessment (CIP-004-7 R3.4)"),
            ("P-9", "no person has the reference P-9"),
        ] {
            let found = refused(&site, &manager, &changed(&good, "person", json!(who)), "person").await;
            assert!(found.contains(said), "{who}: {found}");
        }
        let relay = site.get(&manager, "/api/v1/o/larkspur/assets?q=RELAY-2").await.json()["items"][0].clone();
        assert_eq!(site.ask(&manager, Method::DELETE, &format!("/api/v1/o/larkspur/assets/{}?on=2026-02-27", id(&relay)), &[("if-match", "\"1\"")], "").await.status.as_u16(), 200);
        for (field, value, said) in [
            ("targets", json!(["RELAY-2"]), "RELAY-2 is retired since 2026-02-27 (GL-DAT-02)"),
            ("targets", json!([]), "missing; name what may be reached"),
            ("targets", json!(["NOPE"]), "no asset has the reference NOPE"),
            ("via", json!(null), "interactive access goes through an Intermediate System (CIP-005-7 R2.1)"),
            ("via", json!("HMI-1"), "HMI-1 has neither the role Intermediate System nor Jump host (CIP-005-7 R2.1)"),
            ("encryption_end", json!("HMI-1"), "HMI-1 is not the Intermediate System; encryption ends there (CIP-005-7 R2.2)"),
            ("mfa", json!(false), "two factors of different kinds are needed (CIP-005-7 R2.3)"),
            ("valid_until", json!(null), "missing"),
            ("valid_until", json!("2026-03-02T09:00:00-07:00"), "a grant ends later than it begins"),
            ("valid_until", json!("2026-03-06 17:00"), "write it with its offset"),
            ("valid_until", json!("2027-03-06T17:00:00-07:00"), "longer than the 365 days a grant of an employee may last; until 2027-03-02 09:00:00 MST"),
            ("person", json!(null), "missing; interactive access is granted to a person"),
            ("status", json!("active"), "follows from an act of its own"),
            ("kind", json!("root"), "not one of: interactive, system_to_system"),
        ] {
            let found = refused(&site, &manager, &changed(&good, field, value), field).await;
            assert!(found.contains(said), "{field}: {found}");
        }
        let past = changed(&changed(&good, "valid_from", json!("2026-02-02T09:00:00-07:00")), "valid_until", json!("2026-03-01T09:00:00-07:00"));
        assert!(refused(&site, &manager, &past, "valid_until").await.contains("over since 2026-03-01 09:00:00 MST"));
        let vendors = asked("G-2", "P-2");
        assert!(refused(&site, &manager, &vendors, "disable_method").await.contains("say how a vendor's access is switched off (CIP-005-7 R2.5"));
        let long = changed(&changed(&vendors, "disable_method", json!("Lock P-2 on JH-1")), "valid_until", json!("2026-04-02T09:00:00-06:00"));
        assert!(refused(&site, &manager, &long, "valid_until").await.contains("longer than the 30 days a grant of a vendor may last"));
        // The form keeps what was typed and shows it beside the field; nothing was written.
        let form = "key=k-1&reference=G-3&kind=interactive&person=P-LAPSED&purpose=Settings&targets=RELAY-1&via=JH-1&encryption_end=JH-1&mfa=yes&split_tunnel=no&valid_from=2026-03-02+09:00&valid_until=2026-03-06+17:00";
        let page = site.ask(&manager, Method::POST, "/o/larkspur/grants", &FORM, form).await;
        let text = page.text();
        assert!(page.status.as_u16() == 422 && text.contains("lapsed since 2026-02-01") && text.contains("2026-03-06 17:00"), "{text}");
        assert_eq!(site.get(&manager, "/api/v1/o/larkspur/grants").await.json()["total"], json!(0));
        let taken = site.ask(&manager, Method::POST, "/o/larkspur/grants", &FORM, &form.replace("P-LAPSED", "P-1")).await;
        assert_eq!(taken.status.as_u16(), 303, "{}", taken.text());
        let stored = site.get(&manager, "/api/v1/o/larkspur/grants?q=G-3").await.json();
        assert_eq!(stored["items"][0]["valid_until"], json!("2026-03-07T00:00:00.000000Z"), "typed in the organization's zone");
        let form = site.get(&manager, &format!("/o/larkspur/grants/{}/edit", id(&stored["items"][0]))).await.text();
        assert!(form.contains("value=\"2026-03-06 17:00\""), "{form}");
    }

    async fn approval_examines_again_and_names_the_office(bed: Bed) {
        let Scene { site, manager, approver } = scene(&bed).await;
        let grant = made(&site, &manager, "grants", asked("G-1", "P-1")).await;
        let approved = taken(&site, &approver, &grant, "approval", 1, json!({"reason": "Needed"})).await;
        assert_eq!(approved["approved_as"], json!(null), "by role alone");
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        let stored = at.every::<Grant>().await.unwrap();
        let member: Member = stored[0].approved.as_ref().and_then(|act| act.by.clone()).unwrap();
        drop(at);
        let boss = kept(&bed, &Person { user: Some(member), ..person("P-8", Party::Employee) }).await;
        let delegation = |reference: &str, until: Option<&str>| Appointment {
            reference: named(reference),
            person: Some(boss),
            role: Some(CipRole::Delegate),
            actions: [Delegated::AuthorizeAccess].into(),
            from: Some(day("2025-01-01")),
            until: until.map(day),
            ..Appointment::default()
        };
        kept(&bed, &delegation("DEL-1", Some("2026-02-28"))).await;
        let second = made(&site, &manager, "grants", changed(&asked("G-2", "P-1"), "targets", json!(["RELAY-2"]))).await;
        let ended = decided(&site, &approver, &second, "approval", 1, json!({"reason": "x"})).await;
        assert!(ended.status.as_u16() == 409 && ended.text().contains("The delegation DEL-1 ended on 2026-02-28."), "{}", ended.text());
        let page = site.get(&approver, &format!("/o/larkspur/grants/{}", id(&second))).await.text();
        assert!(page.contains("The delegation DEL-1 ended") && !page.contains("/approval\""), "{page}");
        kept(&bed, &delegation("DEL-2", None)).await;
        let page = site.get(&approver, &format!("/o/larkspur/grants/{}", id(&second))).await.text();
        assert!(page.contains("You approve it as delegate of the CIP Senior Manager, DEL-2.") && page.contains("/approval\""), "{page}");
        // What happened since it was asked for stops the approval as it would stop the request.
        let relay = site.get(&manager, "/api/v1/o/larkspur/assets?q=RELAY-2").await.json()["items"][0].clone();
        site.ask(&manager, Method::DELETE, &format!("/api/v1/o/larkspur/assets/{}?on=2026-03-01", id(&relay)), &[("if-match", "\"1\"")], "").await;
        let retired = decided(&site, &approver, &second, "approval", 1, json!({"reason": "x"})).await;
        assert!(retired.status.as_u16() == 422 && retired.text().contains("RELAY-2 is retired since 2026-03-01"), "{}", retired.text());
        let page = site.get(&approver, &format!("/o/larkspur/grants/{}", id(&second))).await.text();
        assert!(page.contains("Rules refuse it as it stands") && !page.contains("/approval\""), "{page}");
        let refused = taken(&site, &approver, &second, "refusal", 1, json!({"reason": "No relay"})).await;
        assert_eq!(refused["status"], json!("refused"));
        let third = made(&site, &manager, "grants", asked("G-3", "P-3")).await;
        let approved = taken(&site, &approver, &third, "approval", 1, json!({"reason": "Needed"})).await;
        assert_eq!(approved["approved_as"], json!("delegate of the CIP Senior Manager, DEL-2"));
    }
}
