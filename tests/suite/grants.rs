//! Grants of remote access on both engines: asked for with what stands around, refused with since when, approved by another,
//! extended once, revoked, ended by themselves.

use axum::http::Method;
use glance::auth::Scope;
use glance::personnel::model::{CipRole, Delegated, Party, Suitability};
use glance::personnel::{Appointment, Circumstance, Person, Vendor};
use glance::register::Member;
use glance::remote_access::Grant;
use glance::storage::AsOf;
use glance::storage::Audited;
use glance::storage::verify::verify;
use glance::vocabulary::{Date, Moment, Reference};
use serde_json::{Value, json};

use crate::on_each_engine;
use crate::support::http::{Answer, Site, Way};
use crate::support::{BEGINNING, Bed, CANARY};

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn named(text: &str) -> Reference {
    Reference::parse(text).unwrap()
}

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

async fn made(site: &Site, way: &Way, collection: &str, body: Value) -> Value {
    let answer = site.post_json(way, &format!("/api/v1/o/larkspur/{collection}"), &body).await;
    assert_eq!(answer.status.as_u16(), 201, "{collection} {body}: {}", answer.text());
    answer.json()
}

/// The problem a refused request has at a field.
async fn refused(site: &Site, way: &Way, body: &Value, field: &str) -> String {
    let answer = site.post_json(way, "/api/v1/o/larkspur/grants", body).await;
    assert_eq!(answer.status.as_u16(), 422, "{body}: {}", answer.text());
    let (problems, found) = (answer.json(), answer.text());
    let problem = problems["problems"].as_array().or(problems["errors"].as_array()).expect("problems").iter();
    let at = problem.clone().find(|one| one["field"] == json!(field));
    at.unwrap_or_else(|| panic!("nothing at {field}: {found}"))["problem"].as_str().unwrap().to_owned()
}

/// A write over the API, based on a version.
async fn based(site: &Site, way: &Way, method: Method, path: &str, version: i64, body: Value) -> Answer {
    let tag = format!("\"{version}\"");
    let headers = [("content-type", "application/json"), ("if-match", tag.as_str())];
    site.ask(way, method, &format!("/api/v1/o/larkspur/{path}"), &headers, &body.to_string()).await
}

async fn decided(site: &Site, way: &Way, grant: &Value, what: &str, version: i64, body: Value) -> Answer {
    based(site, way, Method::POST, &format!("grants/{}/{what}", id(grant)), version, body).await
}

async fn taken(site: &Site, way: &Way, grant: &Value, what: &str, version: i64, body: Value) -> Value {
    let answer = decided(site, way, grant, what, version, body).await;
    assert_eq!(answer.status.as_u16(), 200, "{what}: {}", answer.text());
    answer.json()
}

async fn kept<T: Audited>(bed: &Bed, record: &T) -> T::Id {
    let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
    let id = change.insert("test.create", record, "begins").await.unwrap();
    change.commit().await.unwrap();
    id
}

fn person(reference: &str, party: Party) -> Person {
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
struct Scene {
    site: Site,
    manager: Way,
    approver: Way,
}

async fn scene(bed: &Bed) -> Scene {
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
    made(&site, &manager, "zones", json!({"reference": "DMZ", "name": "DMZ", "kind": "dmz"})).await;
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
fn asked(reference: &str, person: &str) -> Value {
    json!({"reference": reference, "kind": "interactive", "person": person, "purpose": "Settings of the relay", "targets": ["RELAY-1"],
        "via": "JH-1", "encryption_end": "JH-1", "mfa": true, "split_tunnel": false,
        "valid_from": "2026-03-02T09:00:00-07:00", "valid_until": "2026-03-06T17:00:00-07:00"})
}

fn changed(body: &Value, name: &str, value: Value) -> Value {
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

    async fn revoked_once_with_what_shows_the_removal(bed: Bed) {
        let Scene { site, manager, approver } = scene(&bed).await;
        let mut body = asked("G-2", "P-2");
        for (name, value) in [("disable_method", json!("Lock P-2 on JH-1")), ("valid_from", json!("2026-03-02T08:00:00-07:00")), ("vendor", json!("V-1"))] {
            body = changed(&body, name, value);
        }
        let employees = made(&site, &manager, "grants", asked("G-1", "P-1")).await;
        let grant = made(&site, &manager, "grants", body).await;
        let path = format!("/api/v1/o/larkspur/grants/{}/examination", id(&grant));
        let found = site.get(&approver, &path).await.text();
        assert!(found.contains("no grant of an employee holds") && found.contains("switching it off was never tried") && found.contains("\"impact\":\"medium\""), "{found}");
        taken(&site, &approver, &employees, "approval", 1, json!({"reason": "Needed"})).await;
        assert!(site.get(&approver, &path).await.text().contains("employees go through it too"));
        taken(&site, &approver, &grant, "approval", 1, json!({"reason": "Until Friday"})).await;
        let token = site.token(&bed, Scope::ALL).await;
        let tested = site.ask(&token, Method::POST, &format!("/api/v1/grants/{}/disable_test", id(&grant)), &[("content-type", "application/json"), ("if-match", "\"2\"")], "{\"tested_on\":\"2026-03-01\",\"reason\":\"Drill\"}").await;
        assert_eq!((tested.status.as_u16(), tested.json()["status"].as_str()), (200, Some("active")), "{}", tested.text());
        assert!(decided(&site, &manager, &grant, "removal", 3, json!({"removed_at": "2026-03-02T08:00:00-07:00", "proof": "x", "reason": "x"})).await.text().contains("It still holds"));
        let revoked = taken(&site, &manager, &grant, "revocation", 3, json!({"reason": "Work is done"})).await;
        assert_eq!(revoked["status"], json!("revoked"));
        let again = decided(&site, &manager, &grant, "revocation", 4, json!({"reason": "x"})).await;
        assert!(again.status.as_u16() == 409 && again.text().contains("revoked already by Somebody at 2026-03-02 08:00:0"), "{}", again.text());
        bed.clock.advance_seconds(300);
        let removal = |at: &str, proof: &str| json!({"removed_at": at, "proof": proof, "reason": "Late"});
        assert_eq!(decided(&site, &manager, &grant, "removal", 4, removal("2026-03-02T08:02:00-07:00", "")).await.status.as_u16(), 422);
        assert!(decided(&site, &manager, &grant, "removal", 4, removal("2026-03-02T08:20:00-07:00", "T-1")).await.text().contains("is to come"));
        let removed = taken(&site, &manager, &grant, "removal", 4, removal("2026-03-02T08:02:00-07:00", "Ticket T-1")).await;
        assert_eq!((removed["removed_at"].as_str(), removed["removal_proof"].as_str()), (Some("2026-03-02T15:02:00.000000Z"), Some("Ticket T-1")));
        let edited = based(&site, &manager, Method::PATCH, &format!("grants/{}", id(&grant)), 5, json!({"purpose": "More"})).await;
        assert!(edited.status.as_u16() == 422 && edited.text().contains("ask for a new grant"), "{}", edited.text());
        let page = site.get(&manager, &format!("/o/larkspur/grants/{}", id(&grant))).await.text();
        assert!(page.contains("The ability ceased at 2026-03-02 08:02:00 MST, shown by: Ticket T-1") && !page.contains("/revocation\""), "{page}");
        assert!(!page.contains(CANARY));
    }

    async fn an_emergency_holds_at_once_and_ends_with_a_decision(bed: Bed) {
        let Scene { site, manager, .. } = scene(&bed).await;
        let lasting = Circumstance { reference: named("CEC-1"), title: "Ice storm".to_owned(), declared_at: Some(BEGINNING.plus_seconds(-3_600)), ..Circumstance::default() };
        let circumstance = kept(&bed, &lasting).await;
        kept(&bed, &Person { trained: Vec::new(), ..person("P-4", Party::Contractor) }).await;
        let mut body = changed(&asked("G-7", "P-4"), "circumstance", json!("CEC-1"));
        body = changed(&body, "valid_from", json!("2026-03-02T08:00:00-07:00"));
        let grant = made(&site, &manager, "grants", body.clone()).await;
        assert_eq!(grant["status"], json!("active"), "{grant}");
        let href = format!("/o/larkspur/grants/{}", id(&grant));
        let page = site.get(&manager, &href).await.text();
        assert!(page.contains("It holds without approval while the exceptional circumstance CEC-1 lasts.") && page.contains("/revocation\""), "{page}");
        bed.clock.advance_seconds(7_200);
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let read = change.reading().await.unwrap().find::<Circumstance>(circumstance).await.unwrap().unwrap();
        let ended = Circumstance { ended_at: Some(BEGINNING.plus_seconds(3_600)), ..lasting };
        change.supersede("circumstance.end", &read, &ended, "Over").await.unwrap();
        change.commit().await.unwrap();
        let manager = site.person(&bed, bed.organization, "engineer", true).await;
        let page = site.get(&manager, &href).await.text();
        assert!(page.contains("CEC-1 ended at 2026-03-02 09:00:00 MST: it is to be approved or revoked."), "{page}");
        assert_eq!(site.get(&manager, &format!("/api/v1{}", &href)).await.json()["status"], json!("active"), "nothing ends by itself");
        let approver_now = site.person(&bed, bed.organization, "approver", true).await;
        let untrained = decided(&site, &approver_now, &grant, "approval", 1, json!({"reason": "x"})).await;
        assert!(untrained.status.as_u16() == 422 && untrained.text().contains("no cyber security training"), "{}", untrained.text());
        let late = refused(&site, &manager, &changed(&body, "reference", json!("G-8")), "circumstance").await;
        assert!(late.contains("CEC-1 ended at 2026-03-02 09:00:00 MST; ask for an ordinary grant"), "{late}");
        assert_eq!(taken(&site, &manager, &grant, "revocation", 1, json!({"reason": "Over"})).await["status"], json!("revoked"));
    }

    async fn files_ask_and_lists_find(bed: Bed) {
        let Scene { site, manager, approver } = scene(&bed).await;
        let first = made(&site, &manager, "grants", asked("G-1", "P-1")).await;
        taken(&site, &approver, &first, "approval", 1, json!({"reason": "Needed"})).await;
        let file = site.get(&manager, "/o/larkspur/grants.csv").await;
        assert_eq!(file.status.as_u16(), 200, "{}", file.text());
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let sheets = glance::sheets::read("x.csv", &file.body, &glance::sheets::Limits::default()).unwrap();
        let plan = glance::register::import::plan::<Grant>(change.reading().await.unwrap(), &sheets[0]).await.unwrap();
        assert_eq!((plan.rows, plan.unchanged, plan.refused.len()), (1, 1, 0), "{:?}", plan.refused);
        let text = "reference,kind,person,purpose,targets,systems,via,encryption_end,mfa,split_tunnel,valid_from,valid_until,status,approved\n\
            G-2,interactive,P-1,Drill,,S7-PROT,JH-1,JH-1,yes,no,2026-03-03T08:00:00-07:00,2026-03-04T08:00:00-07:00,active,Boss\n\
            G-3,interactive,P-77,Drill,RELAY-1,,JH-1,JH-1,yes,no,2026-03-03T08:00:00-07:00,2026-03-04T08:00:00-07:00,,\n\
            G-4,interactive,P-1,Drill,RELAY-1,,HMI-1,JH-1,yes,no,2026-03-03T08:00:00-07:00,2026-03-04T08:00:00-07:00,,\n";
        let sheets = glance::sheets::read("x.csv", text.as_bytes(), &glance::sheets::Limits::default()).unwrap();
        let plan = glance::register::import::plan::<Grant>(change.reading().await.unwrap(), &sheets[0]).await.unwrap();
        let refused: Vec<(u64, &str)> = plan.refused.iter().map(|one| (one.line, one.column.as_str())).collect();
        assert_eq!(refused, [(3, "person"), (4, "via")], "{:?}", plan.refused);
        assert_eq!(plan.unused.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["status", "approved"]);
        glance::register::import::carry_out(&mut change, &plan, true, "import").await.unwrap();
        change.commit().await.unwrap();
        let found = |query: &'static str| {
            let (site, manager) = (&site, &manager);
            async move {
                let list = site.get(manager, &format!("/api/v1/o/larkspur/grants?{query}")).await;
                assert_eq!(list.status.as_u16(), 200, "{query}: {}", list.text());
                let items = list.json()["items"].clone();
                items.as_array().unwrap().iter().map(|one| one["reference"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
            }
        };
        for (query, wanted) in [
            ("status=requested", "G-2"), ("status=active", "G-1"), ("asset=RELAY-1", "G-1 G-2"), ("asset=RELAY-2", "G-2"),
            ("system=S7-PROT", "G-2"), ("person=P-1", "G-1 G-2"), ("vendor=V-1", ""), ("via=JH-1&kind=interactive", "G-1 G-2"),
            ("ends_before=2026-03-05", "G-2"), ("ends_from=2026-03-05", "G-1"), ("sort=-valid_until", "G-1 G-2"), ("q=drill", "G-2"),
        ] {
            assert_eq!(found(query).await, wanted, "{query}");
        }
        let relay = site.get(&manager, "/api/v1/o/larkspur/assets?q=RELAY-1").await.json()["items"][0].clone();
        let tab = format!("/o/larkspur/assets/{}?tab=grants", id(&relay));
        let page = site.get(&manager, &tab).await.text();
        assert!(page.contains("G-1") && page.contains("G-2") && page.contains("Approved, not begun"), "{page}");
        let viewer = site.person(&bed, bed.organization, "viewer", true).await;
        assert_eq!(site.get(&viewer, &tab).await.status.as_u16(), 422, "no tab for who may not read grants");
        assert!(!site.get(&viewer, &format!("/o/larkspur/assets/{}", id(&relay))).await.text().contains("tab=grants"));
        assert_eq!(site.get(&viewer, "/o/larkspur/grants").await.status.as_u16(), 403);
        // Another organization sees nothing, and nothing can be done to what is here.
        let stranger = site.person(&bed, bed.canary, "engineer approver", true).await;
        for path in ["", "/approval", "/revocation"] {
            let method = if path.is_empty() { Method::GET } else { Method::POST };
            let theirs = format!("/api/v1/o/canary/grants/{}{path}", id(&first));
            let headers = [("content-type", "application/json"), ("if-match", "\"2\"")];
            assert_eq!(site.ask(&stranger, method, &theirs, &headers, "{\"reason\":\"x\"}").await.status.as_u16(), 404, "{path}");
        }
        let mut canary = bed.store.snapshot(bed.canary, AsOf::Now).await.unwrap();
        assert!(canary.every::<Grant>().await.unwrap().is_empty());
    }

    async fn the_page_shows_what_stands_around_and_the_organization_sets_the_limits(bed: Bed) {
        let Scene { site, manager, approver } = scene(&bed).await;
        let first = made(&site, &manager, "grants", asked("G-1", "P-1")).await;
        let second = made(&site, &manager, "grants", asked("G-2", "P-3")).await;
        made(&site, &manager, "grants", changed(&asked("G-3", "P-1"), "systems", json!(["S7-PROT"]))).await;
        let href = format!("/o/larkspur/grants/{}", id(&first));
        let page = site.get(&approver, &href).await.text();
        for said in [
            "For P-1 Person P-1, employee of Larkspur.", "Asked for by Somebody", "Rules examined", "CIP-005-7 R2.1", "through JH-1 in DMZ, outside an ESP",
            "trained on 2025-09-01, which holds until 2026-12-31", "risk assessed on 2022-04-01, which holds until 2029-04-01", "What it reaches", "RELAY-1",
            "Medium", "S7-PROT", "Other grants", "G-2", "the same assets", "G-3", "the same person or vendor", "reached at the same time under G-3", "/approval\"", "/refusal\"",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(!page.contains("/extension\"") && !page.contains("/revocation\""), "{page}");
        let own = site.get(&manager, &href).await.text();
        assert!(own.contains("You asked for it as it stands") && !own.contains("/approval\""), "{own}");
        let post = async |path: &str, body: &str| site.ask(&approver, Method::POST, &format!("{href}/{path}"), &FORM, body).await;
        assert_eq!(post("approval", "version=1&reason=Needed").await.header("location"), format!("{href}?done=approved"));
        assert_eq!(post("extension", "version=2&reason=Parts&until=2026-03-09+17:00").await.header("location"), format!("{href}?done=extended"));
        let page = site.get(&approver, &href).await.text();
        assert!(page.contains("Extended by Somebody") && page.contains("It opens from 2026-03-02 09:00:00 MST until 2026-03-09 17:00:00 MDT."), "{page}");

        let administrator = site.person(&bed, bed.organization, "administrator", true).await;
        let settings = site.get(&administrator, "/o/larkspur/settings").await.text();
        assert!(settings.contains("name=\"longest_grant_vendor\" value=\"30\"") && settings.contains("name=\"idle_minutes\" value=\"30\""), "{settings}");
        let saving = |contractor: &str| format!("version=1&name=Larkspur+Valley+Power&time_zone=America/Denver&verify_within_days=365&longest_grant_contractor={contractor}&idle_minutes=20&reason=Stricter");
        let save = async |body: String| site.ask(&administrator, Method::POST, "/o/larkspur/settings", &FORM, &body).await;
        let wrong = save(saving("0")).await;
        assert!(wrong.status.as_u16() == 422 && wrong.text().contains("1 to 1,830 days"), "{}", wrong.text());
        assert_eq!(save(saving("2")).await.status.as_u16(), 303);
        let stopped = decided(&site, &approver, &second, "approval", 1, json!({"reason": "x"})).await;
        assert!(stopped.status.as_u16() == 422 && stopped.text().contains("longer than the 2 days a grant of a contractor may last"), "{}", stopped.text());
    }
}
