//! Personnel on both engines: people and their names, offices, accounts, imports.

use axum::http::Method;
use glance::ids::{Id as _, UserId};
use glance::personnel::model::Delegated;
use glance::personnel::records::offices;
use glance::personnel::{Account, Appointment, Authorization, Person, Vendor};
use glance::register::Register;
use glance::register::import::{self, Report};
use glance::sheets::{self, Limits};
use glance::storage::AsOf;
use glance::storage::platform::NewUser;
use glance::vocabulary::Date;
use serde_json::{Value, json};

use crate::on_each_engine;
use crate::support::http::{Answer, Site, Way};
use crate::support::{BEGINNING, Bed};

pub const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

pub async fn made(site: &Site, way: &Way, collection: &str, body: Value) -> Value {
    let answer = site.post_json(way, &format!("/api/v1/o/larkspur/{collection}"), &body).await;
    assert_eq!(answer.status.as_u16(), 201, "{collection} {body}: {}", answer.text());
    answer.json()
}

/// The problems of a refused record as one text.
pub async fn refused(site: &Site, way: &Way, collection: &str, body: Value) -> String {
    let answer = site.post_json(way, &format!("/api/v1/o/larkspur/{collection}"), &body).await;
    assert_eq!(answer.status.as_u16(), 422, "{collection} {body}: {}", answer.text());
    answer.text()
}

pub fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

/// A step over the API, based on a version.
pub async fn stepped(site: &Site, way: &Way, path: &str, version: i64, body: Value) -> Answer {
    let tag = format!("\"{version}\"");
    let headers = [("content-type", "application/json"), ("if-match", tag.as_str())];
    site.ask(way, Method::POST, &format!("/api/v1/o/larkspur/{path}"), &headers, &body.to_string()).await
}

pub async fn patched(site: &Site, way: &Way, path: &str, version: i64, body: Value) -> Answer {
    let tag = format!("\"{version}\"");
    let headers = [("content-type", "application/json"), ("if-match", tag.as_str())];
    site.ask(way, Method::PATCH, &format!("/api/v1/o/larkspur/{path}"), &headers, &body.to_string()).await
}

/// A record after a step that was taken.
pub fn done(answer: &Answer) -> Value {
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    answer.json()
}

/// Why a step was not taken.
pub fn barred(answer: &Answer) -> String {
    assert_eq!(answer.status.as_u16(), 409, "{}", answer.text());
    answer.text()
}

/// A user with a login of our own choice, signed in.
pub async fn user(site: &Site, bed: &Bed, login: &str, roles: &str) -> (UserId, Way) {
    let id = UserId::new(BEGINNING, &mut rand::rng());
    let mut work = bed.store.write_platform().await.unwrap();
    let mut tables = work.tables();
    tables.insert_user(&NewUser { id, login, name: "Ada Approver", at: bed.store.clock().now() }).await.unwrap();
    tables.set_roles(id, bed.organization, roles).await.unwrap();
    work.commit().await.unwrap();
    (id, site.session(bed, id).await)
}

/// Somebody whose training and assessment hold on 2026-03-02.
pub fn fit(reference: &str) -> Value {
    json!({"reference": reference, "name": "Jan Doe", "party": "contractor", "employer": "Relay Works",
        "trained": ["2025-06-01"], "assessed": ["2022-05-04"], "suitability": "eligible",
        "verified_by": "Access office", "verified_on": "2025-06-02"})
}

pub async fn system(site: &Site, way: &Way) {
    made(site, way, "systems", json!({"reference": "BCS-1", "name": "Relays", "criterion": "2.5", "impact_reason": "At a station that meets it"})).await;
}

pub fn electronic(reference: &str, person: &str) -> Value {
    json!({"reference": reference, "person": person, "kind": "electronic", "systems": ["BCS-1"], "need": "Relay maintenance"})
}

async fn imported<K: Register>(bed: &Bed, text: &str) -> Report {
    let sheets = sheets::read("file.csv", text.as_bytes(), &Limits::default()).unwrap();
    let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
    let plan = import::plan::<K>(change.reading().await.unwrap(), &sheets[0]).await.unwrap();
    let report = import::carry_out(&mut change, &plan, false, "test").await.unwrap();
    if report.refused.is_empty() {
        change.commit().await.unwrap();
        bed.clock.advance_seconds(1);
    }
    report
}

/// Every problem of an import with its line.
fn problems(report: &Report) -> Vec<String> {
    report.refused.iter().map(|one| format!("{} {}: {}", one.line, one.column, one.problem)).collect()
}

on_each_engine! {
    async fn a_name_belongs_to_one_person(bed: Bed) {
        let site = Site::of(&bed);
        let engineer = site.person(&bed, bed.organization, "engineer", true).await;
        let (_, _) = user(&site, &bed, "j.doe", "viewer").await;
        made(&site, &engineer, "vendors", json!({"reference": "V-1", "name": "Relay Works", "remote_access": true})).await;
        let jan = json!({"reference": "P-1", "name": "Jan Doe", "party": "vendor", "vendor": "V-1", "logins": ["JDoe", "jdoe", "relay\\jan"], "user": "J.Doe", "trained": ["2026-01-10", "2024-12-01"]});
        let jan = made(&site, &engineer, "people", jan).await;
        assert_eq!(jan["logins"], json!(["jdoe", "relay\\jan"]), "in lower case, each once");
        assert_eq!(jan["trained"], json!(["2024-12-01", "2026-01-10"]), "the earliest first");
        assert_eq!((jan["training"].as_str(), jan["assessment"].as_str(), jan["user"].as_str()), (Some("current"), Some("never"), Some("j.doe")));
        let other = |more: Value| {
            let mut body = json!({"reference": "P-2", "name": "Kim Roe", "party": "employee"});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        for (more, told) in [
            (json!({"logins": ["JDOE"]}), "P-1 signs in with it"),
            (json!({"user": "j.doe"}), "P-1 is linked to it"),
            (json!({"user": "nobody"}), "nobody here signs in as nobody"),
            (json!({"vendor": "V-1"}), "an employee acts for no vendor"),
            (json!({"party": "vendor"}), "name the vendor"),
            (json!({"party": "contractor"}), "name the company"),
            (json!({"trained": ["2026-03-03"]}), "in the future"),
            (json!({"assessed": ["2026-02-30"]}), "not a date"),
            (json!({"training": "current"}), "follows from an act of its own"),
        ] {
            let problem = refused(&site, &engineer, "people", other(more.clone())).await;
            assert!(problem.contains(told), "{more}: {problem}");
        }
        let form = site.ask(&engineer, Method::POST, "/o/larkspur/people", &FORM, "reference=P-2&name=Kim+Roe&party=employee&logins=JDoe&reason=x").await;
        assert_eq!(form.status.as_u16(), 422);
        assert!(form.text().contains("P-1 signs in with it") && form.text().contains("Kim Roe"), "what was typed stands");
        let kim = made(&site, &engineer, "people", other(json!({"logins": ["kroe"]}))).await;
        bed.clock.advance_seconds(1);
        let taken = patched(&site, &engineer, &format!("people/{}", id(&kim)), 1, json!({"logins": ["kroe", "jdoe"]})).await;
        assert!(taken.status.as_u16() == 422 && taken.text().contains("P-1 signs in with it"), "{}", taken.text());
        // What one gives up another may take, and the past still knows who had it.
        let before = bed.store.clock().now().rfc3339();
        bed.clock.advance_seconds(1);
        assert_eq!(patched(&site, &engineer, &format!("people/{}", id(&jan)), 1, json!({"logins": ["relay\\jan"], "notes": "left the gateway"})).await.status.as_u16(), 200);
        assert_eq!(patched(&site, &engineer, &format!("people/{}", id(&kim)), 1, json!({"logins": ["kroe", "jdoe"]})).await.status.as_u16(), 200);
        let then = site.get(&engineer, &format!("/api/v1/o/larkspur/people/{}?as_of={before}", id(&jan))).await.json();
        assert_eq!(then["logins"], json!(["jdoe", "relay\\jan"]));
        for (query, count) in [("vendor=V-1", 1), ("party=employee", 1), ("user=yes", 1), ("trained_before=2026-01-10", 1), ("q=jdoe", 1), ("sort=-trained", 2)] {
            let list = site.get(&engineer, &format!("/api/v1/o/larkspur/people?{query}")).await.json();
            assert_eq!(list["items"].as_array().unwrap().len(), count, "{query}: {list}");
        }
        let vendor = site.get(&engineer, "/api/v1/o/larkspur/vendors").await.json();
        assert_eq!(vendor["items"][0]["people"], json!("1"));
    }

    async fn offices_are_held_on_their_days(bed: Bed) {
        let site = Site::of(&bed);
        let engineer = site.person(&bed, bed.organization, "engineer", true).await;
        let (ada, _) = user(&site, &bed, "ada", "approver").await;
        for (reference, user) in [("P-1", Value::Null), ("P-2", Value::Null), ("P-3", json!("ada"))] {
            made(&site, &engineer, "people", json!({"reference": reference, "name": reference, "party": "employee", "user": user})).await;
        }
        let senior = |reference: &str, person: &str, from: &str, until: Value| json!({"reference": reference, "person": person, "role": "cip_senior_manager", "from": from, "until": until});
        let first = made(&site, &engineer, "appointments", senior("CSM-1", "P-1", "2025-01-01", Value::Null)).await;
        assert_eq!((first["standing"].as_str(), first["documentation"].as_str()), (Some("in_force"), Some("late")));
        let two = refused(&site, &engineer, "appointments", senior("CSM-2", "P-2", "2026-02-01", Value::Null)).await;
        assert!(two.contains("CSM-1 holds the office until it is ended"), "{two}");
        let delegation = |by: &str, from: &str, until: Value| json!({"reference": "DEL-3", "person": "P-3", "role": "delegate", "actions": ["authorize_access"], "delegated_by": by, "from": from, "until": until});
        let by_nobody = refused(&site, &engineer, "appointments", delegation("P-2", "2026-01-01", Value::Null)).await;
        assert!(by_nobody.contains("is not CIP Senior Manager on 2026-01-01"), "{by_nobody}");
        assert!(refused(&site, &engineer, "appointments", delegation("P-1", "2026-01-01", json!("2025-12-31"))).await.contains("before its first day"));
        let made_one = made(&site, &engineer, "appointments", delegation("P-1", "2026-01-01", json!("2026-06-30"))).await;
        assert_eq!(made_one["documentation"], json!("late"));
        bed.clock.advance_seconds(1);
        assert_eq!(patched(&site, &engineer, &format!("appointments/{}", id(&first)), 1, json!({"until": "2026-02-28"})).await.status.as_u16(), 200);
        made(&site, &engineer, "appointments", senior("CSM-2", "P-2", "2026-03-01", Value::Null)).await;
        bed.clock.advance_seconds(1);
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        let day = |text: &str| Date::parse(text).unwrap();
        let access = Delegated::AuthorizeAccess;
        for (action, on, expected) in [
            (access, "2026-06-30", Ok("delegate of the CIP Senior Manager, DEL-3".to_owned())),
            (access, "2026-07-01", Err("The delegation DEL-3 ended on 2026-06-30.".to_owned())),
            (Delegated::ApproveBoundary, "2026-07-01", Ok(String::new())),
        ] {
            assert_eq!(offices::office_of(&mut at, ada, action, day(on)).await.unwrap(), expected, "{on}");
        }
        let nobody = UserId::new(BEGINNING, &mut rand::rng());
        assert_eq!(offices::office_of(&mut at, nobody, access, day("2026-07-01")).await.unwrap(), Ok(String::new()));
        drop(at);
        let list = site.get(&engineer, "/api/v1/o/larkspur/appointments?person=P-3").await.json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
    }

    async fn accounts_have_owners_people_and_password_ages(bed: Bed) {
        let site = Site::of(&bed);
        let engineer = site.person(&bed, bed.organization, "engineer", true).await;
        let viewer = site.person(&bed, bed.organization, "viewer", true).await;
        system(&site, &engineer).await;
        let asset = made(&site, &engineer, "assets", json!({"reference": "RTU-1", "kind": "rtu", "lifecycle": "in_service"})).await;
        for reference in ["P-1", "P-2"] {
            made(&site, &engineer, "people", json!({"reference": reference, "name": reference, "party": "employee"})).await;
        }
        assert!(refused(&site, &engineer, "accounts", json!({"reference": "ACC-0", "name": "jdoe", "kind": "individual", "asset": "RTU-1"})).await.contains("say whose"));
        assert!(refused(&site, &engineer, "accounts", json!({"reference": "ACC-0", "name": "x", "kind": "shared"})).await.contains("name the asset or the system"));
        made(&site, &engineer, "accounts", json!({"reference": "ACC-1", "name": "jdoe", "kind": "individual", "system": "BCS-1", "owner": "P-1"})).await;
        let shared = json!({"reference": "ACC-2", "name": "operator", "kind": "shared", "asset": "RTU-1", "people": ["P-1", "P-2"], "password_only": true, "password_changed": ["2024-11-15"]});
        let shared = made(&site, &engineer, "accounts", shared).await;
        assert_eq!(shared["password_age"], json!("overdue"));
        for (query, count) in [("person=P-1", 2), ("person=P-2", 1), ("asset=RTU-1", 1), ("system=BCS-1", 1), ("kind=shared", 1), ("password_before=2025-01-01", 2)] {
            let list = site.get(&engineer, &format!("/api/v1/o/larkspur/accounts?{query}")).await.json();
            assert_eq!(list["items"].as_array().unwrap().len(), count, "{query}: {list}");
        }
        let path = format!("accounts/{}", id(&shared));
        let page = site.get(&engineer, &format!("/o/larkspur/{path}")).await.text();
        assert!(page.contains("Its password was to be changed by 2026-02-28 (CIP-007-6 R5.6)."), "{page}");
        bed.clock.advance_seconds(1);
        assert_eq!(stepped(&site, &engineer, &format!("{path}/password_change"), 1, json!({"reason": "x", "on": "2026-03-09"})).await.status.as_u16(), 422);
        let fresh = done(&stepped(&site, &engineer, &format!("{path}/password_change"), 1, json!({"reason": "WO-3", "on": "2026-03-01"})).await);
        assert_eq!((fresh["password_age"].as_str(), &fresh["password_changed"]), (Some("current"), &json!(["2024-11-15", "2026-03-01"])));
        bed.clock.advance_seconds(1);
        let dropped = done(&patched(&site, &engineer, &path, 2, json!({"people": ["P-2"]})).await);
        assert_eq!(dropped["people"], json!(["P-2"]));
        let list = site.get(&engineer, "/api/v1/o/larkspur/accounts?person=P-1").await.json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
        bed.clock.advance_seconds(1);
        let form = "version=3&reason=Replaced&at=2026-03-02T08:00&proof=Screenshot+4";
        let off = site.ask(&engineer, Method::POST, &format!("/o/larkspur/{path}/disabling"), &FORM, form).await;
        assert_eq!(off.status.as_u16(), 303, "{}", off.text());
        let now = site.get(&engineer, &format!("/api/v1/o/larkspur/{path}")).await.json();
        assert_eq!((now["disabled_at"].as_str(), now["password_age"].as_str()), (Some("2026-03-02T15:00:00.000000Z"), Some("not_asked")), "a time of the organization's zone: {now}");
        // Who may not read people's access sees no tab of it on an asset.
        let tabs = format!("/o/larkspur/assets/{}", id(&asset));
        assert!(site.get(&engineer, &tabs).await.text().contains("tab=accounts"));
        assert!(!site.get(&viewer, &tabs).await.text().contains("tab=accounts"));
        assert_eq!(site.get(&viewer, &format!("{tabs}?tab=accounts")).await.status.as_u16(), 422);
        assert_eq!(site.get(&viewer, "/o/larkspur/accounts").await.status.as_u16(), 403);
    }

    async fn files_come_whole_or_not_at_all(bed: Bed) {
        assert_eq!(imported::<Vendor>(&bed, "reference,name\nV-1,Relay Works\n").await.created, 1);
        let people = "Personnel id,Name,Party,Employer,Vendor,Logins,Trained on,Assessed on,Training\n\
                      P-1,Jan Doe,Vendor,,V-1,JDOE;jan,2025-06-01;2024-05-01,2022-05-04,Current\nP-2,Kim Roe,Employee,,,kim,,,\n";
        let report = imported::<Person>(&bed, people).await;
        assert_eq!((report.created, problems(&report)), (2, Vec::new()));
        assert_eq!(report.unused_columns, ["Training (follows from an act of its own)"]);
        assert_eq!(imported::<Person>(&bed, people).await.unchanged, 2, "the same file twice changes nothing");

        let twice = "reference,name,party,logins\nP-3,A,employee,ops\nP-4,B,employee,OPS\nP-5,C,employee,jdoe\n";
        assert_eq!(
            problems(&imported::<Person>(&bed, twice).await),
            ["3 logins: P-3 signs in with it; a name belongs to one person", "4 logins: P-1 signs in with it; a name belongs to one person"]
        );
        let rows: String = (0..2_000).map(|n| format!("N-{n},Name {n},{},user{n}\n", if n == 1_700 { "neighbor" } else { "employee" })).collect();
        let report = imported::<Person>(&bed, &format!("reference,name,party,logins\n{rows}")).await;
        assert_eq!((report.rows, report.created, problems(&report)), (2_000, 0, vec!["1702 party: not one of: employee, contractor, vendor".to_owned()]));

        let offices = "reference,person,role,from,until,actions,delegated_by\nCSM-1,P-1,cip_senior_manager,2025-01-01,2025-12-31,,\n\
                       CSM-2,P-2,cip_senior_manager,2025-12-31,,,\nDEL-1,P-2,delegate,2025-06-01,,authorize_access,P-1\n";
        let report = imported::<Appointment>(&bed, offices).await;
        assert!(report.created == 0 && problems(&report).iter().any(|one| one.contains("CSM-1 holds the office until 2025-12-31")), "{report:?}");
        assert_eq!(imported::<Appointment>(&bed, &offices.replace("2025-12-31,,,", "2026-01-01,,,")).await.created, 3);

        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let system = glance::systems::System { reference: glance::vocabulary::Reference::parse("BCS-1").unwrap(), ..Default::default() };
        change.insert("system.create", &system, "test").await.unwrap();
        change.commit().await.unwrap();
        let asked = "reference,person,kind,systems,need,status,approved\nA-1,P-1,Electronic,BCS-1,Relays,provisioned,me\nA-2,P-9,Electronic,BCS-1,x,,\n";
        assert_eq!(problems(&imported::<Authorization>(&bed, asked).await), ["3 person: no person has the reference P-9"]);
        let report = imported::<Authorization>(&bed, &asked.replace("P-9", "P-2")).await;
        assert_eq!((report.created, report.unused_columns.len()), (2, 2), "a file asks and never approves: {report:?}");
        let accounts = "reference,name,kind,system,people\nACC-1,operator,shared,BCS-1,P-1;P-2\nACC-2,root,default,BCS-1,\n";
        assert_eq!(imported::<Account>(&bed, accounts).await.created, 2);
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        let asked = at.every::<Authorization>().await.unwrap();
        assert!(asked.iter().all(|kept| kept.approved.is_none() && kept.requested.as_ref().is_some_and(|act| act.by.is_none())));
        drop(at);
        let mut canary = bed.store.snapshot(bed.canary, AsOf::Now).await.unwrap();
        assert!(canary.every::<Person>().await.unwrap().is_empty());
    }
}
