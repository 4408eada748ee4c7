//! What the tests of access rules stand on: a substation with a jump host, and records of access written as they are kept.

use glance::departures::model::{Ability, AbilityKind};
use glance::ids::{AssetId, Id, PersonId, SessionId, SystemId, UserId};
use glance::personnel::model::{AuthorizationKind, Party, Suitability};
use glance::personnel::{Authorization, Person};
use glance::register::{Act, Member};
use glance::remote_access::model::{GrantKind, Mfa};
use glance::remote_access::{Grant, Session, SessionBatch};
use glance::storage::pending::Shape;
use glance::storage::{Audited, Cell};
use glance::vocabulary::{Date, Moment, Reference};
use serde_json::json;

use crate::evidence::{inventory, post};
use crate::support::Bed;
use crate::support::http::Site;

pub fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

pub fn noon(text: &str) -> Moment {
    day(text).midnight_utc().plus_seconds(18 * 3600)
}

pub fn reference(text: &str) -> Reference {
    Reference::parse(text).unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "records hold it so")]
pub fn act(n: u128, at: Moment) -> Option<Act> {
    let by = Some(Member { user: UserId::from_uuid(uuid::Uuid::from_u128(n)), login: format!("u{n}") });
    Some(Act { by, name: format!("User {n}"), at, reason: "needed".to_owned() })
}

pub async fn put<T: Audited>(bed: &Bed, action: &str, record: &T) -> T::Id {
    let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
    let id = change.insert(action, record, "").await.unwrap();
    change.commit().await.unwrap();
    id
}

pub struct Scene {
    pub site: Site,
    pub system: SystemId,
    pub relay: AssetId,
    pub gateway: AssetId,
}

/// A substation with a relay of a medium impact system in an ESP, and a jump host outside it.
pub async fn scene(bed: &Bed) -> Scene {
    let site = Site::of(bed);
    let token = site.token(bed, glance::auth::Scope::ALL).await;
    inventory(&site, &token).await;
    let gateway = post(&site, &token, "o/larkspur/assets", json!({"reference": "JMP-1", "name": "Jump host", "kind": "server", "lifecycle": "in_service", "categories": ["EACMS"], "roles": ["intermediate_system"]})).await;
    let find = async |kind: &str, reference: &str| {
        let answer = site.get(&token, &format!("/api/v1/o/larkspur/{kind}?q={reference}")).await;
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

pub fn person(name: &str, login: &str) -> Person {
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

pub fn authorization(name: &str, person: PersonId, kind: AuthorizationKind, system: SystemId) -> Authorization {
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

pub fn grant(name: &str, scene: &Scene) -> Grant {
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

pub fn session(key: &str, account: &str, scene: &Scene, on: &str) -> Session {
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

pub const SESSIONS: Shape = Shape::new(
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
pub const EVENTS: Shape = Shape::new(
    "session_events",
    &["organization_id", "batch_id", "n", "session_id", "kind", "at", "record", "recorded_from"],
);

/// Keeps a session as its gateway told it.
pub async fn tell(bed: &Bed, session: &Session) {
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

pub fn ability(kind: AbilityKind, of: uuid::Uuid, reference: &str) -> Ability {
    Ability {
        kind,
        of,
        reference: reference.to_owned(),
        reaches: "SUB07".to_owned(),
        needed: None,
        determined_on: None,
    }
}
