//! How fast access answers.
//!
//! `cargo bench --bench access -- [SESSIONS]` joins and judges SESSIONS sessions (a million) against 100,000 grants and 20,000
//! people, lays them into the facts and judges again what one revoked grant moves; then serves 20,000 people and 100,000 grants
//! and asks: live events, active sessions, a review. With `GLANCE_BENCH_DATABASE_URL` (an empty migrated database, the
//! application's login) the served part runs on PostgreSQL.

use std::sync::Arc;
use std::time::Instant;

use glance::assets::{Asset, Role};
use glance::checks::facts::{Facts, Limits};
use glance::ids::{AssetId, GrantId, Id, PersonId, VendorId};
use glance::personnel::Person;
use glance::personnel::model::Party;
use glance::register::Act;
use glance::remote_access::judging::Around;
use glance::remote_access::model::{Grant, GrantKind, Mfa, Session};
use glance::vocabulary::{Moment, Reference, TimeZone, end};
use uuid::Uuid;

mod asking;
mod serving;

const NOW: Moment = Moment::from_micros(1_800_000_000_000_000);
const PEOPLE: u64 = 20_000;
const GRANTS: u64 = 100_000;
const ASSETS: u64 = 50_000;
const GATEWAYS: u64 = 10;

fn id<I: Id>(kind: u64, n: u64) -> I {
    I::from_uuid(Uuid::from_u128(u128::from(kind) << 64 | u128::from(n)))
}

fn octets(n: u64) -> [u8; 4] {
    let part = |shift: u64| u8::try_from(n >> shift & 0xff).unwrap_or(0);
    [10, part(16), part(8), part(0)]
}

fn asset(n: u64) -> Asset {
    Asset {
        reference: Reference::parse(&format!("AST-{n}")).unwrap_or_default(),
        hostname: format!("ast-{n}.ot.example"),
        roles: (n < GATEWAYS).then_some(Role::IntermediateSystem).into_iter().collect(),
        ..Asset::default()
    }
}

fn person(n: u64) -> Person {
    Person {
        party: Some(if n.is_multiple_of(5) { Party::Vendor } else { Party::Employee }),
        vendor: n.is_multiple_of(5).then(|| id::<VendorId>(3, n % 50)),
        logins: vec![format!("user{n}")],
        ..Person::default()
    }
}

fn act(at: Moment) -> Act {
    Act { by: None, name: "bench".to_owned(), at, reason: String::new() }
}

/// Five grants for each person, one after the other in time and to three devices each.
fn grant(n: u64) -> Grant {
    let hours = |count: u64| i64::try_from(count).unwrap_or(0) * 3_600;
    let from = NOW.plus_seconds(-hours(24 * 400) + hours(24 * 80) * i64::try_from(n / PEOPLE).unwrap_or(0));
    Grant {
        reference: Reference::parse(&format!("RAG-{n}")).unwrap_or_default(),
        kind: Some(GrantKind::Interactive),
        person: Some(id::<PersonId>(2, n % PEOPLE)),
        targets: (0..3).map(|k| id::<AssetId>(1, (n * 7 + k * 101) % ASSETS)).collect(),
        via: Some(id(1, n % GATEWAYS)),
        valid_from: Some(from),
        valid_until: Some(from.plus_seconds(hours(24 * 81))),
        approved: Some(act(from.plus_seconds(-3_600))),
        ..Grant::default()
    }
}

/// Most sessions came under a grant; some of other people, elsewhere or at another time.
fn session(n: u64) -> Session {
    let number = n * 7_919 % GRANTS;
    let grant = grant(number);
    let started = grant.valid_from.unwrap_or(NOW).plus_seconds(i64::try_from(n % 6_000_000).unwrap_or(0));
    let target = if n.is_multiple_of(97) { number + 1 } else { number * 7 } % ASSETS;
    Session {
        gateway: grant.via.unwrap_or_else(|| id(1, 0)),
        key: format!("s{n}"),
        kind: GrantKind::Interactive,
        account: if n.is_multiple_of(101) { format!("stranger{n}") } else { format!("user{}", number % PEOPLE) },
        source: "198.51.100.7".to_owned(),
        targets: [end::told(end::packed(octets(target).into()))].into(),
        protocol: "rdp".to_owned(),
        mfa: if n.is_multiple_of(211) { None } else { Some(Mfa::Success) },
        vendor: String::new(),
        started_at: started,
        last_activity_at: started.plus_seconds(1_200),
        ended_at: (!n.is_multiple_of(5_000)).then(|| started.plus_seconds(1_800)),
        ended_by: None,
        recording: String::new(),
    }
}

fn millis(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1e3
}

fn join(sessions: &[Session]) {
    let began = Instant::now();
    let mut around = Around::new(30);
    for n in 0..ASSETS {
        around.put_asset(id(1, n), &asset(n), Some(true));
        around.put_address(end::packed(octets(n).into()), id(1, n));
    }
    (0..PEOPLE).for_each(|n| around.lay_person(id(2, n), &person(n)));
    (0..GRANTS).for_each(|n| around.lay_grant(id::<GrantId>(4, n), Arc::new(grant(n))));
    println!("| {PEOPLE} people, {GRANTS} grants and {ASSETS} devices put together | {:.0} ms |", millis(began));
    let began = Instant::now();
    let faulty = sessions.iter().filter(|session| !around.judge(session, NOW).faults.is_empty()).count();
    println!("| {} sessions joined and judged, {faulty} with a fault | {:.0} ms |", sessions.len(), millis(began));
}

fn facts(sessions: Vec<Session>) {
    let mut facts = Facts::new(Uuid::nil(), NOW, TimeZone::UTC, Limits::default());
    (0..ASSETS).for_each(|n| drop(facts.lay_asset(id::<AssetId>(1, n).uuid(), asset(n))));
    (0..PEOPLE).for_each(|n| drop(facts.put_person(id::<PersonId>(2, n).uuid(), person(n))));
    (0..GRANTS).for_each(|n| drop(facts.put_grant(id::<GrantId>(4, n).uuid(), grant(n))));
    for (n, session) in (0..).zip(sessions) {
        facts.access.put_session(id::<GrantId>(5, n).uuid(), session);
    }
    let began = Instant::now();
    facts.settle_access();
    println!("| the same in the facts, from cold | {:.0} ms |", millis(began));
    let mut worst = 0.0f64;
    for n in 0..50 {
        let revoked = Grant { revoked: Some(act(NOW)), ..grant(n) };
        let began = Instant::now();
        facts.put_grant(id::<GrantId>(4, n).uuid(), revoked);
        facts.settle_access();
        worst = worst.max(millis(began));
    }
    println!("| one grant revoked, worst of 50 | {worst:.1} ms |");
}

#[tokio::main]
async fn main() -> Result<(), asking::Problem> {
    let count = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(1_000_000u64);
    let sessions: Vec<Session> = (0..count).map(session).collect();
    join(&sessions);
    facts(sessions);
    serving::serve().await
}
