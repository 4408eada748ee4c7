//! Remote sessions on both engines: files and live events taken in, judged against grants, listed, as of then.

use glance::ids::{AssetId, GrantId, Id, PersonId, SessionBatchId, VendorId};
use glance::personnel::{Person, Vendor, model::Party};
use glance::register::Act;
use glance::remote_access::Grant;
use glance::remote_access::importing::{Import, Imported, Unimported, import};
use glance::remote_access::model::{GrantKind, Word};
use glance::remote_access::records::{batches, sessions};
use glance::storage::pending::Shape;
use glance::storage::verify::verify;
use glance::storage::{AsOf, Cell, Snapshot};
use glance::vocabulary::{Moment, Reference};
use serde_json::{Value, json};

use crate::on_each_engine;
use crate::support::http::{Answer, Site, Way};
use crate::support::{BEGINNING, Bed, CANARY};

/// How many sessions are told of, by one batch or at all.
async fn told(at: &mut Snapshot, batch: Option<SessionBatchId>) -> usize {
    let mut count = 0;
    sessions::each(at, batch, |_, _| count += 1).await.unwrap();
    count
}

const LOGINS: Shape =
    Shape::new("person_logins", &["organization_id", "person_id", "login", "recorded_from", "recorded_until"]);

async fn made(site: &Site, way: &Way, collection: &str, body: Value) -> AssetId {
    let answer = site.post_json(way, &format!("/api/v1/o/larkspur/{collection}"), &body).await;
    assert_eq!(answer.status.as_u16(), 201, "{collection} {body}: {}", answer.text());
    AssetId::parse(answer.json()["id"].as_str().unwrap()).unwrap()
}

fn named(reference: &str) -> Reference {
    Reference::parse(reference).unwrap()
}

fn at(minutes: i64) -> String {
    BEGINNING.plus_seconds(minutes * 60).rfc3339()
}

/// A jump host outside the ESP, a relay inside it, a vendor's engineer and the grant they hold from an hour ago for a day.
pub struct Ground {
    pub site: Site,
    pub way: Way,
    pub jump: AssetId,
    pub grant: GrantId,
}

pub async fn ground(bed: &Bed) -> Ground {
    let site = Site::of(bed);
    let way = site.person(bed, bed.organization, "administrator engineer compliance", true).await;
    for zone in [
        json!({"reference": "CTL", "name": "Control", "kind": "control", "esp": true}),
        json!({"reference": "DMZ", "name": "DMZ", "kind": "dmz", "esp": false}),
    ] {
        made(&site, &way, "zones", zone).await;
    }
    let asset = |reference: &str, zone: &str, roles: Value| json!({"reference": reference, "kind": "server", "lifecycle": "in_service", "zone": zone, "roles": roles, "categories": ["BCA"], "hostname": format!("{reference}.ot.example")});
    let jump = made(&site, &way, "assets", asset("JUMP-1", "DMZ", json!(["intermediate_system"]))).await;
    let relay = made(&site, &way, "assets", asset("RLY-7", "CTL", json!([]))).await;
    made(&site, &way, "assets", asset("PC-1", "CTL", json!([]))).await;
    made(&site, &way, "interfaces", json!({"asset": "RLY-7", "name": "eth0", "addresses": ["10.7.1.20/24"]})).await;
    let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
    let vendor = Vendor { reference: named("VEN-1"), name: "Relay Works".to_owned(), ..Vendor::default() };
    let vendor: VendorId = change.insert("vendor.create", &vendor, "").await.unwrap();
    let person = Person {
        reference: named("P-1"),
        name: "Kei Ito".to_owned(),
        party: Some(Party::Vendor),
        vendor: Some(vendor),
        logins: vec!["k.ito".to_owned()],
        ..Person::default()
    };
    let person: PersonId = change.insert("person.create", &person, "").await.unwrap();
    let login = vec![
        Cell::Id(Some(bed.organization.uuid())),
        Cell::id(Some(person)),
        Cell::text("k.ito"),
        Cell::moment(change.moment()),
        Cell::moment(Moment::OPEN),
    ];
    change.push(LOGINS, login).await.unwrap();
    let act = |at| Some(Act { by: None, name: "Somebody".to_owned(), at, reason: String::new() });
    let grant = Grant {
        reference: named("G-1"),
        kind: Some(GrantKind::Interactive),
        person: Some(person),
        vendor: Some(vendor),
        targets: [relay].into(),
        via: Some(jump),
        valid_from: Some(BEGINNING.plus_seconds(-3_600)),
        valid_until: Some(BEGINNING.plus_seconds(86_400)),
        requested: act(BEGINNING.plus_seconds(-7_200)),
        approved: act(BEGINNING.plus_seconds(-7_000)),
        disable_method: "Pull the cable at patch panel 7".to_owned(),
        ..Grant::default()
    };
    let unused = Grant {
        reference: named("G-2"),
        person: None,
        kind: Some(GrantKind::SystemToSystem),
        disable_method: String::new(),
        ..grant.clone()
    };
    let grant: GrantId = change.insert("grant.create", &grant, "").await.unwrap();
    let _: GrantId = change.insert("grant.create", &unused, "").await.unwrap();
    change.commit().await.unwrap();
    bed.clock.advance_seconds(1);
    Ground { site, way, jump, grant }
}

async fn file(bed: &Bed, ground: &Ground, name: &str, text: &str, partial: bool) -> Result<Imported, Unimported> {
    let asked = Import {
        organization: bed.organization,
        author: bed.author(),
        gateway: "jump-1".to_owned(),
        name: name.to_owned(),
        bytes: text.as_bytes().to_vec(),
        local_times: false,
        partial,
    };
    import(&bed.store, &ground.site.app.blobs, asked).await
}

/// What a refused file is told.
async fn refused(bed: &Bed, ground: &Ground, text: &str) -> String {
    match file(bed, ground, "bad.csv", text, false).await.map(|_| ()) {
        Err(Unimported::Refused(lines)) => lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        other => panic!("{text}: {other:?}"),
    }
}

async fn push(ground: &Ground, events: Value) -> Answer {
    let body = json!({"gateway": "JUMP-1", "events": events});
    ground.site.post_json(&ground.way, "/api/v1/o/larkspur/sessions/events", &body).await
}

async fn get(ground: &Ground, path: &str) -> Answer {
    let answer = ground.site.get(&ground.way, path).await;
    assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text());
    answer
}

const HEADER: &str = "session,account,target,mfa,started_at,last_activity_at,ended_at\n";

fn csv() -> String {
    let (start, last, end) = (at(-30), at(-10), at(-5));
    format!(
        "{HEADER}s-1,K.Ito,10.7.1.20,success,{start},{last},{end}\ns-2,nobody,RLY-9,,{start},{last},{end}\ns-3,k.ito,rly-7.ot.example,success,{start},{last},\n"
    )
}

on_each_engine! {
    async fn a_file_is_taken_once(bed: Bed) {
        let ground = ground(&bed).await;
        let before = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap().tree_size();
        let taken = file(&bed, &ground, "export.csv", &csv(), false).await.unwrap();
        assert_eq!((taken.rows, taken.sessions, taken.changed, taken.events), (3, 3, 3, 8));
        assert!(taken.new && taken.warnings.is_empty(), "{taken:?}");
        let mut now = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        assert_eq!(now.tree_size(), before + 2, "a leaf for the file and one for the batch");
        let every = (told(&mut now, None).await, told(&mut now, Some(taken.batch)).await);
        assert_eq!(every, (3, 3));
        let words = batches::last_word(&mut now).await.unwrap();
        assert_eq!(words, [(ground.jump, Word { received: now.instant(), until: Some(BEGINNING.plus_seconds(-300)) })]);
        drop(now);
        let again = file(&bed, &ground, "export.csv", &csv(), false).await.unwrap();
        assert!(!again.new && again.batch == taken.batch);
        // The next export: one session went on, the others are as they were.
        let longer = csv().replace(&format!("{},\n", at(-10)), &format!("{},\n", at(-4)));
        let next = file(&bed, &ground, "next.csv", &longer, false).await.unwrap();
        assert_eq!((next.sessions, next.changed, next.events), (3, 1, 1));
        let mut now = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        assert_eq!(now.tree_size(), before + 4);
        assert_eq!(told(&mut now, Some(next.batch)).await, 1);
        drop(now);
        let report = verify(&bed.store, bed.organization, None, Some(glance::KINDS)).await.unwrap();
        assert!(report.holds(), "{:?}", report.problems);
        let mut canary = bed.store.snapshot(bed.canary, AsOf::Now).await.unwrap();
        assert_eq!(told(&mut canary, None).await, 0);
    }

    async fn bad_files_leave_nothing_behind(bed: Bed) {
        let ground = ground(&bed).await;
        let before = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap().tree_size();
        let row = |key: &str, account: &str, start: i64, end: i64| format!("{key},{account},,,{},,{}\n", at(start), at(end));
        for (rows, said) in [
            (row("s-1", "a", -5, -6), "line 2, ended_at: before started_at"),
            (row("s-1", "a", -5, 6), "min"),
            (row("s-1", "a", -5, -4) + &row("s-1", "b", -5, -4), "line 3, account: the session has a here"),
            (row("s-1", "a", -5, -4) + &row("s-1", "a", -5, -3), "line 3, ended_at"),
            (row("", "a", -5, -4), "session: missing"),
        ] {
            let told = refused(&bed, &ground, &format!("{HEADER}{rows}")).await;
            assert!(told.contains(said), "{told}");
        }
        let lone = format!("{{\"session\":\"s-9\",\"event\":\"end\",\"at\":\"{}\"}}", at(-3));
        assert!(refused(&bed, &ground, &lone).await.contains("nobody started"));
        let mut now = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        assert_eq!(now.tree_size(), before);
        assert!(batches::last_word(&mut now).await.unwrap().is_empty());
        drop(now);
        let mixed = format!("{HEADER}{}{}{}", row("s-1", "a", -5, -4), row("s-2", "", -5, -4), row("s-1", "b", -5, -4));
        let partial = file(&bed, &ground, "mixed.csv", &mixed, true).await.unwrap();
        assert_eq!((partial.left_out, partial.sessions), (2, 0), "a session told of in two ways is left out");
        let mut asked = Import { organization: bed.organization, author: bed.author(), gateway: "NO-1".to_owned(), name: "a.csv".to_owned(), bytes: csv().into_bytes(), local_times: false, partial: false };
        let Err(Unimported::NoGateway(said)) = import(&bed.store, &ground.site.app.blobs, asked).await else { panic!("taken") };
        assert!(said.contains("no asset has the reference NO-1"), "{said}");
        asked = Import { organization: bed.organization, author: bed.author(), gateway: "PC-1".to_owned(), name: "a.csv".to_owned(), bytes: csv().into_bytes(), local_times: false, partial: false };
        let taken = import(&bed.store, &ground.site.app.blobs, asked).await.unwrap();
        assert!(taken.warnings[0].contains("neither the role"), "{:?}", taken.warnings);
    }

    async fn live_from_start_to_end(bed: Bed) {
        let ground = ground(&bed).await;
        let start = json!({"session": "live-1", "event": "start", "at": at(-20), "account": "K.Ito", "targets": ["10.7.1.20"], "mfa": "success", "source": "203.0.113.9"});
        let begun = push(&ground, json!([start])).await;
        assert_eq!(begun.status.as_u16(), 201, "{}", begun.text());
        let one = begun.json()["sessions"][0].clone();
        assert_eq!((&one["verdict"], &one["changed"], &one["person"]["name"], &one["grant"]["reference"]), (&json!("no_failing_record"), &json!(true), &json!("Kei Ito"), &json!("G-1")), "{one}");
        assert_eq!(one["targets"][0]["asset"]["reference"], json!("RLY-7"));
        let again = push(&ground, json!([start])).await.json();
        assert_eq!((&again["events"], &again["repeated"], &again["sessions"][0]["changed"]), (&json!(0), &json!(1), &json!(false)));
        let events = json!([{"session": "live-1", "event": "activity", "at": at(-2)}, {"session": "live-1", "event": "activity", "at": at(-9), "targets": ["PC-1"]}]);
        let wider = push(&ground, events).await.json();
        assert_eq!(wider["sessions"][0]["last_activity_at"], json!(at(-2)));
        assert_eq!(wider["sessions"][0]["faults"][0]["code"], json!("other_target"));
        let bad = json!([{"session": "live-1", "event": "end", "at": at(-21)}]);
        let bad = push(&ground, bad).await;
        assert!(bad.status.as_u16() == 422 && bad.text().contains("events[0].at") && bad.text().contains("before the session started"), "{}", bad.text());
        let bad = push(&ground, json!([{"session": "live-7", "event": "activity", "at": at(-1)}])).await;
        assert!(bad.status.as_u16() == 422 && bad.text().contains("live-7") && bad.text().contains("nobody started"), "{}", bad.text());
        let bad = push(&ground, json!([{"session": "x", "event": "start", "at": at(9), "account": "a", "color": "red"}])).await;
        assert!(bad.text().contains("not a field of an event"), "{}", bad.text());
        for gateway in ["JU\0MP-1".to_owned(), "J".repeat(300), "JUMP-1\nX".to_owned()] {
            let body = json!({"gateway": gateway, "events": []});
            let bad = ground.site.post_json(&ground.way, "/api/v1/o/larkspur/sessions/events", &body).await;
            assert!(bad.status.as_u16() == 422 && bad.text().contains("\"gateway\""), "{gateway:?}: {}", bad.text());
        }
        let key = [("content-type", "application/json"), ("idempotency-key", "k-1")];
        let body = json!({"gateway": "JUMP-1", "events": [{"session": "live-1", "event": "end", "at": at(-1), "ended_by": "user"}]}).to_string();
        let path = "/api/v1/o/larkspur/sessions/events";
        let ended = ground.site.ask(&ground.way, axum::http::Method::POST, path, &key, &body).await;
        assert_eq!(ended.json()["sessions"][0]["ended_at"], json!(at(-1)), "{}", ended.text());
        let size = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap().tree_size();
        let repeated = ground.site.ask(&ground.way, axum::http::Method::POST, path, &key, &body).await;
        assert_eq!((repeated.status, repeated.json()), (ended.status, ended.json()));
        // A push that says nothing happened is a batch, and keeps the word of the gateway fresh.
        let quiet = push(&ground, json!([])).await.json();
        assert_eq!(quiet["events"], json!(0));
        let mut now = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        assert_eq!(now.tree_size(), size + 1);
        let (quiet, word) = (now.instant(), batches::last_word(&mut now).await.unwrap());
        assert_eq!(word, [(ground.jump, Word { received: quiet, until: Some(quiet) })]);
        bed.clock.advance_seconds(60);
        push(&ground, json!([])).await;
        let mut then = bed.store.snapshot(bed.organization, AsOf::At(quiet)).await.unwrap();
        assert_eq!(batches::last_word(&mut then).await.unwrap(), word, "of a past instant it is what it was");
        assert_eq!(told(&mut now, None).await, 1);
    }

    async fn a_revoked_grant_turns_an_open_session_failing(bed: Bed) {
        let ground = ground(&bed).await;
        let start = json!({"session": "live-1", "event": "start", "at": at(-5), "account": "k.ito", "targets": ["10.7.1.20"], "mfa": "success"});
        let id = push(&ground, json!([start])).await.json()["sessions"][0]["id"].as_str().unwrap().to_owned();
        let page = get(&ground, "/o/larkspur/sessions/active").await.text();
        assert!(page.contains("Relay Works") && page.contains("No failing record") && page.contains("Pull the cable"), "{page}");
        assert!(page.contains("Never tested") && page.contains("No method recorded") && page.contains("G-2") && page.contains("Fresh"), "{page}");
        let then = BEGINNING.plus_seconds(30);
        bed.clock.advance_seconds(60);
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let kept = change.reading().await.unwrap().find::<Grant>(ground.grant).await.unwrap().unwrap();
        let act = Act { by: None, name: "Somebody".to_owned(), at: change.moment(), reason: "Left the vendor".to_owned() };
        let revoked = Grant { revoked: Some(act), ..kept.content.clone() };
        change.supersede("grant.revoke", &kept, &revoked, "Left the vendor").await.unwrap();
        change.commit().await.unwrap();
        bed.clock.advance_seconds(60);
        let page = get(&ground, "/o/larkspur/sessions/active").await.text();
        assert!(page.contains("Failing") && page.contains("Open after its grant ended"), "{page}");
        let one = get(&ground, &format!("/api/v1/o/larkspur/sessions/{id}")).await.json();
        let point = one["points"].as_array().unwrap().iter().find(|point| point["point"] == "Ended with its grant").unwrap();
        assert_eq!((&point["verdict"], one["events"].as_array().unwrap().len()), (&json!("failing"), 1), "{one}");
        let told = get(&ground, "/api/v1/o/larkspur/sessions/active").await.json();
        assert_eq!((&told["sessions"][0]["disable"]["method"], &told["gateways"][0]["fresh"]), (&json!("Pull the cable at patch panel 7"), &json!(true)));
        let before = get(&ground, &format!("/o/larkspur/sessions/active?as_of={}", then.rfc3339())).await.text();
        assert!(before.contains("No failing record") && !before.contains("Open after"), "{before}");
        bed.clock.advance_seconds(3 * 3600);
        let later = ground.site.person(&bed, bed.organization, "engineer", false).await;
        let silent = ground.site.get(&later, "/o/larkspur/sessions/active").await.text();
        assert!(silent.contains("Silent for 3 h") && silent.contains("who is in is not known from it"), "{silent}");
    }

    async fn pages_lists_and_files(bed: Bed) {
        let ground = ground(&bed).await;
        let empty = get(&ground, "/o/larkspur/sessions").await.text();
        assert!(empty.contains("No sessions yet"), "{empty}");
        let body = format!("--x\r\nContent-Disposition: form-data; name=\"gateway\"\r\n\r\nJUMP-1\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"s.csv\"\r\n\r\n{}\r\n--x--\r\n", csv());
        let form = [("content-type", "multipart/form-data; boundary=x")];
        let path = "/o/larkspur/sessions/import";
        let done = ground.site.ask(&ground.way, axum::http::Method::POST, path, &form, &body).await;
        assert!(done.status.as_u16() == 200 && done.text().contains("To the sessions"), "{}", done.text());
        let bad = ground.site.ask(&ground.way, axum::http::Method::POST, path, &form, &body.replace("JUMP-1", "JU\0MP-1")).await;
        assert!(bad.status.as_u16() == 422 && bad.text().contains("control character"), "{}", bad.text());
        let bad = ground.site.ask(&ground.way, axum::http::Method::POST, path, &form, &body.replace("s-2,nobody", "s-2,")).await;
        assert!(bad.status.as_u16() == 422 && bad.text().contains("Nothing was written") && bad.text().contains("account"), "{}", bad.text());
        bed.clock.advance_seconds(1);
        let here = &ground;
        let count = |query: &'static str| async move {
            get(here, &format!("/api/v1/o/larkspur/sessions{query}")).await.json()["items"].as_array().unwrap().len()
        };
        for (query, known) in [
            ("", 3), ("?state=open", 1), ("?state=ended", 2), ("?kind=interactive", 3), ("?kind=system_to_system", 0), ("?vendor=yes", 2),
            ("?vendor=no", 1), ("?gateway=jump-1", 3), ("?gateway=PC-1", 0), ("?person=P-1", 2), ("?q=kei", 2), ("?q=nobo", 1), ("?q=s-3", 1),
            ("?judged=any", 1), ("?judged=unknown_account", 1), ("?judged=none", 2), ("?judged=idle", 0), ("?from=2026-03-02", 3),
            ("?from=2026-03-03", 0), ("?until=2026-03-01", 0), ("?sort=last_activity&limit=2", 2), ("?sort=-ended", 3),
            ("?q=k&state=ended&kind=interactive&vendor=yes&gateway=JUMP-1&person=p-1&from=2026-03-01&until=2026-03-02&judged=none", 1),
        ] {
            assert_eq!(count(query).await, known, "{query}");
        }
        for query in ["?judged=badly", "?state=gone", "?from=yesterday", "?color=red"] {
            let answer = ground.site.get(&ground.way, &format!("/o/larkspur/sessions{query}")).await;
            assert_eq!(answer.status.as_u16(), 422, "{query}");
        }
        let first = get(&ground, "/api/v1/o/larkspur/sessions?limit=2").await.json();
        let next = get(&ground, &format!("/api/v1/o/larkspur/sessions?limit=2&after={}", first["next"].as_str().unwrap())).await.json();
        assert_eq!((next["items"].as_array().unwrap().len(), &next["next"]), (1, &Value::Null));
        let page = get(&ground, "/o/larkspur/sessions").await.text();
        assert!(page.contains("Kei Ito") && page.contains("no person has this account") && page.contains("Unknown account"), "{page}");
        let file = get(&ground, "/o/larkspur/sessions.csv?judged=any").await.text();
        assert!(file.lines().count() == 2 && file.contains("unknown_account;no_grant"), "{file}");
        let batches = get(&ground, "/o/larkspur/sessions/batches").await.text();
        assert!(batches.contains("s.csv") && batches.contains("/artifacts/"), "{batches}");
        let id = first["items"][0]["id"].as_str().unwrap();
        let shown = get(&ground, &format!("/o/larkspur/sessions/{id}")).await.text();
        assert!(shown.contains("CIP-005-7 R2.3") && shown.contains("SR 2.6"), "{shown}");
        let then = get(&ground, "/api/v1/o/larkspur/sessions?as_of=2026-03-02T15:00:00.500Z").await.json();
        assert_eq!(then["items"], json!([]));
        let stranger = ground.site.person(&bed, bed.canary, "administrator", true).await;
        assert_eq!(ground.site.get(&stranger, &format!("/o/canary/sessions/{id}")).await.status.as_u16(), 404);
        assert!(!page.contains(CANARY) && !ground.site.get(&stranger, "/o/canary/sessions").await.text().contains("Kei Ito"));
    }
}
