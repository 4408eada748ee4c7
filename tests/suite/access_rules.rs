//! The rules of access through the product, on both engines: what lapsed and was made good stays a gap of its period while now
//! is good, judging onward is judging cold, and a package carries what shows it.

use glance::checks::{Gap, Outcome};
use glance::departures::Departure;
use glance::departures::model::{Ability, AbilityKind, DepartureKind};
use glance::evidence::gathering::judge;
use glance::evidence::model::Period;
use glance::ids::{AssetId, AuthorizationId, GrantId, Id, PersonId, ReviewId, SessionId, SystemId, UserId, VendorId};
use glance::personnel::model::{AuthorizationKind, Party, Suitability};
use glance::personnel::{Authorization, Person, Vendor};
use glance::posture::{Judged, Memory, verdicts};
use glance::register::{Act, Member};
use glance::remote_access::model::{GrantKind, Mfa};
use glance::remote_access::{Grant, Session, SessionBatch};
use glance::reviews::Review;
use glance::reviews::model::ReviewKind;
use glance::storage::pending::Shape;
use glance::storage::{AsOf, Audited, Cell};
use glance::vocabulary::{Date, Moment, Reference};
use serde_json::json;

use crate::evidence::{Files, column, inventory, opened, order, post, table};
use crate::on_each_engine;
use crate::support::Bed;
use crate::support::http::Site;

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn noon(text: &str) -> Moment {
    day(text).midnight_utc().plus_seconds(18 * 3600)
}

fn reference(text: &str) -> Reference {
    Reference::parse(text).unwrap()
}

fn act(n: u128, at: Moment) -> Option<Act> {
    let by = Some(Member { user: UserId::from_uuid(uuid::Uuid::from_u128(n)), login: format!("u{n}") });
    Some(Act { by, name: format!("User {n}"), at, reason: "needed".to_owned() })
}

async fn put<T: Audited>(bed: &Bed, action: &str, record: &T) -> T::Id {
    let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
    let id = change.insert(action, record, "").await.unwrap();
    change.commit().await.unwrap();
    id
}

struct Scene {
    site: Site,
    system: SystemId,
    relay: AssetId,
    gateway: AssetId,
}

/// A substation with a relay of a medium impact system in an ESP, and a jump host outside it.
async fn scene(bed: &Bed) -> Scene {
    let site = Site::of(bed);
    let token = site.token(bed, glance::auth::Scope::ALL).await;
    inventory(&site, &token).await;
    let gateway = post(&site, &token, "o/larkspur/assets", json!({"reference": "JMP-1", "name": "Jump host", "kind": "server", "lifecycle": "in_service", "categories": ["EACMS"], "roles": ["intermediate_system"]})).await;
    let find = async |kind: &str, reference: &str| {
        let answer = site.get(&token, &format!("/api/v1/o/larkspur/{kind}?reference={reference}")).await;
        let rows = answer.json();
        let rows = rows["items"].as_array().cloned().unwrap_or_default();
        let row = rows.iter().find(|row| row["reference"] == reference).cloned();
        row.unwrap_or_else(|| panic!("{kind} {reference}: {}", answer.text()))["id"].as_str().unwrap().to_owned()
    };
    Scene {
        system: SystemId::parse(&find("systems", "S7-PROT").await).unwrap(),
        relay: AssetId::parse(&find("assets", "7-PR-01").await).unwrap(),
        gateway: AssetId::parse(gateway["id"].as_str().unwrap()).unwrap(),
        site,
    }
}

fn person(name: &str, login: &str) -> Person {
    Person {
        reference: reference(name),
        name: format!("Name of {name}"),
        party: Some(Party::Employee),
        logins: vec![login.to_owned()],
        trained: vec![day("2024-06-10"), day("2026-02-10")],
        assessed: vec![day("2022-01-01")],
        identity_confirmed: Some(true),
        seven_years_checked: Some(true),
        suitability: Some(Suitability::Eligible),
        criteria: "Secret criteria".to_owned(),
        ..Person::default()
    }
}

fn authorization(name: &str, person: PersonId, kind: AuthorizationKind, system: SystemId) -> Authorization {
    Authorization {
        reference: reference(name),
        person: Some(person),
        kind: Some(kind),
        systems: [system].into(),
        need: "Relay settings".to_owned(),
        requested: act(1, noon("2024-06-20")),
        approved: act(2, noon("2024-06-25")),
        provisioned_at: Some(noon("2024-07-01")),
        ..Authorization::default()
    }
}

fn grant(name: &str, scene: &Scene) -> Grant {
    Grant {
        reference: reference(name),
        kind: Some(GrantKind::Interactive),
        purpose: "Firmware of the relay".to_owned(),
        targets: [scene.relay].into(),
        via: Some(scene.gateway),
        encryption_end: Some(scene.gateway),
        mfa: Some(true),
        split_tunnel: Some(false),
        disable_method: "Switch off the account at the jump host".to_owned(),
        requested: act(1, noon("2026-02-18")),
        approved: act(2, noon("2026-02-19")),
        valid_from: Some(noon("2026-02-20")),
        valid_until: Some(noon("2026-03-10")),
        ..Grant::default()
    }
}

fn session(key: &str, account: &str, scene: &Scene, on: &str) -> Session {
    Session {
        gateway: scene.gateway,
        key: key.to_owned(),
        kind: GrantKind::Interactive,
        account: account.to_owned(),
        source: "203.0.113.7".to_owned(),
        targets: ["7-PR-01".to_owned()].into(),
        protocol: "rdp".to_owned(),
        mfa: Some(Mfa::Success),
        vendor: String::new(),
        started_at: noon(on),
        last_activity_at: noon(on).plus_seconds(300),
        ended_at: Some(noon(on).plus_seconds(600)),
        ended_by: None,
        recording: String::new(),
    }
}

const SESSIONS: Shape = Shape::new(
    "remote_sessions",
    &[
        "organization_id",
        "id",
        "gateway_id",
        "batch_id",
        "session_key",
        "account_folded",
        "vendor_folded",
        "kind",
        "started_at",
        "last_activity_at",
        "ended_at",
        "record",
        "recorded_from",
        "recorded_until",
    ],
);
const EVENTS: Shape = Shape::new(
    "session_events",
    &["organization_id", "batch_id", "n", "session_id", "kind", "at", "record", "recorded_from"],
);

/// Keeps a session as its gateway told it.
async fn tell(bed: &Bed, session: &Session) {
    let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
    let (until, moment) = (session.ended_at.unwrap_or(session.last_activity_at), change.moment());
    let batch = SessionBatch {
        gateway: session.gateway,
        gateway_reference: "JMP-1".to_owned(),
        source: "API".to_owned(),
        digest: format!("sha256:{}", session.key),
        events: 1,
        sessions: 1,
        from: Some(session.started_at),
        until: Some(until),
        root: String::new(),
        artifact: None,
    };
    let batch = change.insert("session_batch.push", &batch, "").await.unwrap();
    let organization = || Cell::Id(Some(bed.organization.uuid()));
    let id = SessionId::new(moment, &mut rand::rng());
    let record = serde_json::to_string(session).unwrap();
    let row = vec![
        organization(),
        Cell::id(Some(id)),
        Cell::id(Some(session.gateway)),
        Cell::id(Some(batch)),
        Cell::text(&session.key),
        Cell::text(&session.account),
        Cell::text(&session.vendor),
        Cell::text(session.kind.word()),
        Cell::number(session.started_at.micros()),
        Cell::number(session.last_activity_at.micros()),
        Cell::number(session.ended_at.map_or(9_000_000_000_000_000, Moment::micros)),
        Cell::text(&record),
        Cell::number(moment.micros()),
        Cell::number(9_000_000_000_000_000),
    ];
    change.push(SESSIONS, row).await.unwrap();
    let event = vec![
        organization(),
        Cell::id(Some(batch)),
        Cell::number(0),
        Cell::id(Some(id)),
        Cell::text("start"),
        Cell::number(session.started_at.micros()),
        Cell::text("{}"),
        Cell::number(moment.micros()),
    ];
    change.push(EVENTS, event).await.unwrap();
    change.commit().await.unwrap();
}

fn ability(kind: AbilityKind, of: uuid::Uuid, reference: &str) -> Ability {
    Ability {
        kind,
        of,
        reference: reference.to_owned(),
        reaches: "SUB07".to_owned(),
        needed: None,
        determined_on: None,
    }
}

/// Ann's training lapsed and was made good; Bob was terminated, and lost his badge late; somebody came without a grant.
async fn lapsed(bed: &Bed, scene: &Scene) {
    let ann = put(bed, "person.create", &person("P-ANN", "ann")).await;
    put(bed, "authorization.create", &authorization("AUT-1", ann, AuthorizationKind::Electronic, scene.system)).await;
    let bob = Person { trained: vec![day("2025-12-01"), day("2024-06-10")], ..person("P-BOB", "bob") };
    let bob = put(bed, "person.create", &bob).await;
    let badge = Authorization {
        removed_at: Some(noon("2026-02-15")),
        removal_proof: "Badge 4711 returned".to_owned(),
        ..authorization("AUT-2", bob, AuthorizationKind::UnescortedPhysical, scene.system)
    };
    let badge: AuthorizationId = put(bed, "authorization.create", &badge).await;
    let departure = Departure {
        reference: reference("D-1"),
        person: Some(bob),
        kind: Some(DepartureKind::Termination),
        action_at: Some(noon("2026-02-12")),
        effective_on: Some(day("2026-02-12")),
        abilities: vec![ability(AbilityKind::UnescortedPhysical, badge.uuid(), "AUT-2")],
        ..Departure::default()
    };
    put(bed, "departure.create", &departure).await;
    tell(bed, &session("s-1", "eve", scene, "2026-01-20")).await;
    bed.clock.advance_seconds(1);
}

async fn now(bed: &Bed) -> Judged {
    let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
    Judged::cold(&mut at, bed.store.clock().now()).await.unwrap()
}

/// The outcomes and gaps of a check within a part.
fn of(judged: &Judged, part: &str, code: &str) -> Vec<(Outcome, Option<Gap>)> {
    let found = verdicts::of_part(judged, part).into_iter().filter(|one| one.check.code == code);
    found.map(|one| (one.outcome, one.gap)).collect()
}

on_each_engine! {
    async fn what_was_made_good_stays_a_gap(bed: Bed) {
        let scene = scene(&bed).await;
        lapsed(&bed, &scene).await;
        let judged = now(&bed).await;
        for (part, code) in [
            ("CIP-004-7 R2.3", "GL-PER-06"), ("CIP-004-7 R5.1", "GL-RA-12"), ("CIP-004-7 R4.1", "GL-RA-06"),
        ] {
            let found = of(&judged, part, code);
            assert!(found.iter().all(|(outcome, _)| *outcome == Outcome::Pass), "{code}: {found:?}");
        }
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        let zone = glance::vocabulary::TimeZone::known("America/Denver");
        let period = Period::parse("2026-01-01..2026-03-02").unwrap();
        let judged = judge(&bed.store, &mut at, zone, period).await.unwrap();
        let gap = |from: &str, until: &str| Some(Gap { from: day(from), until: Some(day(until)) });
        for (part, code, expected) in [
            ("CIP-004-7 R2.3", "GL-PER-06", gap("2025-10-01", "2026-02-09")),
            ("CIP-004-7 R5.1", "GL-RA-12", gap("2026-02-13", "2026-02-15")),
            ("CIP-004-7 R4.1", "GL-RA-06", gap("2026-01-20", "2026-01-20")),
        ] {
            let found = of(&judged, part, code);
            assert!(found.contains(&(Outcome::Fail, expected)), "{code}: {found:?}");
            assert_eq!(judged.standings.part(part).unwrap().status.word(), "failing", "{part}");
        }
    }

    async fn judging_onward_is_judging_cold(bed: Bed) {
        let scene = scene(&bed).await;
        let memory = Memory::default();
        let told = |judged: &Judged| {
            let parts = ["CIP-004-7 R2.2", "CIP-004-7 R2.3", "CIP-004-7 R3.5", "CIP-004-7 R4.1", "CIP-004-7 R5.1", "CIP-005-7 R2.1", "CIP-005-7 R2.3", "CIP-005-7 R2.4", "CIP-005-7 R2.5"];
            let every = parts.into_iter().flat_map(|part| verdicts::of_part(judged, part));
            let mut told: Vec<_> = every.map(|one| (one.check.code, one.subject.id, one.outcome.word(), one.because)).collect();
            told.sort();
            told
        };
        let same = async |step: &str| {
            bed.clock.advance_seconds(1);
            let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
            let onward = memory.judged(&mut at, bed.store.clock().now()).await.unwrap();
            assert_eq!(told(&onward), told(&now(&bed).await), "after {step}");
        };
        same("nothing").await;
        let vendor: VendorId = put(&bed, "vendor.create", &Vendor { reference: reference("V-1"), name: "Relays Inc".to_owned(), ..Vendor::default() }).await;
        let vic = Person { party: Some(Party::Vendor), vendor: Some(vendor), ..person("P-VIC", "vic") };
        let vic = put(&bed, "person.create", &vic).await;
        same("a person").await;
        let own = Grant { person: Some(vic), vendor: Some(vendor), ..grant("G-1", &scene) };
        let id: GrantId = put(&bed, "grant.create", &own).await;
        same("a grant").await;
        let open = Session { ended_at: None, last_activity_at: bed.store.clock().now(), ..session("s-1", "vic", &scene, "2026-03-02") };
        let started_at = bed.store.clock().now().plus_seconds(-60);
        tell(&bed, &Session { started_at, ..open }).await;
        same("a session").await;
        lapsed(&bed, &scene).await;
        same("lapses").await;
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let kept = change.reading().await.unwrap().find::<Grant>(id).await.unwrap().unwrap();
        let revoked = Grant { revoked: act(3, change.moment()), ..kept.content.clone() };
        change.supersede("grant.revoke", &kept, &revoked, "Left").await.unwrap();
        change.commit().await.unwrap();
        same("a revocation").await;
        bed.clock.advance_seconds(3 * 24 * 3600);
        same("three days").await;
    }

    async fn a_package_shows_who_could_reach_what(bed: Bed) {
        let scene = scene(&bed).await;
        lapsed(&bed, &scene).await;
        let vendor: VendorId = put(&bed, "vendor.create", &Vendor { reference: reference("V-1"), name: "Relays Inc".to_owned(), ..Vendor::default() }).await;
        let vic = Person { party: Some(Party::Vendor), vendor: Some(vendor), ..person("P-VIC", "vic") };
        let vic = put(&bed, "person.create", &vic).await;
        put(&bed, "grant.create", &Grant { person: Some(vic), vendor: Some(vendor), ..grant("G-1", &scene) }).await;
        tell(&bed, &session("s-9", "vic", &scene, "2026-02-25")).await;
        let review = Review {
            reference: reference("REV-1"),
            name: "First quarter".to_owned(),
            kind: Some(ReviewKind::AuthorizationVerification),
            population: 2,
            removed: 1,
            kept: 1,
            opened: act(1, noon("2026-02-20")),
            completed: act(1, noon("2026-02-28")),
            ..Review::default()
        };
        let _: ReviewId = put(&bed, "review.create", &review).await;
        bed.clock.advance_seconds(1);
        let (_, files) = opened(&scene.site, order(&bed, "CIP-004-7,CIP-005-7 R2", "2026-01-01..2026-12-31", AsOf::Now)).await;
        let people = table(&files, "01_ert/tabs/Personnel.csv");
        assert_eq!(column(&people, "Unique personnel ID"), ["P-ANN", "P-BOB", "P-VIC"]);
        assert_eq!(column(&people, "Authorized electronic"), ["Yes", "No", "Yes"]);
        assert_eq!(column(&people, "Access end"), ["", "2026-02-15", ""]);
        assert!(column(&people, "Termination date and action time")[1].starts_with("2026-02-12; action 2026-02-12"));
        let paths = table(&files, "01_ert/tabs/Vendor_Remote_Access.csv");
        assert_eq!(column(&paths, "Vendor"), ["Relays Inc"]);
        assert_eq!(column(&paths, "Method to disable"), ["Switch off the account at the jump host"]);
        let sessions = table(&files, "01_ert/tabs/Vendor_sessions.csv");
        assert_eq!((column(&sessions, "Session"), column(&sessions, "Grant")), (vec!["s-9".to_owned()], vec!["G-1".to_owned()]));
        let reviews = table(&files, "01_ert/tabs/Access_reviews.csv");
        assert_eq!((column(&reviews, "Quarter/Cycle"), column(&reviews, "Discrepancies")), (vec!["2026 Q1".to_owned()], vec!["1".to_owned()]));
        let revoked = table(&files, "01_ert/tabs/Revocations.csv");
        assert_eq!((column(&revoked, "Late"), column(&revoked, "Elapsed"), column(&revoked, "Proof")), (vec!["Yes".to_owned()], vec!["72 h 0 min".to_owned()], vec!["Badge 4711 returned".to_owned()]));
        kept_back(&files);
        let (_, other) = opened(&scene.site, order(&bed, "CIP-010-4", "2026-01-01..2026-12-31", AsOf::Now)).await;
        assert!(other.keys().all(|path| !path.contains("Personnel") && !path.contains("Vendor_")), "{:?}", other.keys());
    }
}

/// Nothing of an assessment but its day, and nobody's name, is in any file.
fn kept_back(files: &Files) {
    for (path, bytes) in files.iter().filter(|(path, _)| !path.ends_with(".xlsx")) {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("Secret criteria") && !text.contains("Name of P-ANN"), "{path}");
    }
}
