//! How fast traffic is judged again.
//!
//! `cargo bench --bench boundary -- [FLOWS]` lays FLOWS distinct flows (a million) under a policy of 200 zones, 1,000 conduits
//! and 20,000 permitted flows, judges all of them, all of them again, and then what one changed conduit moves.

use std::time::Instant;

use glance::checks::facts::{Facts, Limits};
use glance::conduits::model::Status;
use glance::flows::traffic::Told;
use glance::vocabulary::end::packed;
use glance::vocabulary::{Moment, TimeZone};
use uuid::Uuid;

mod policy;

use policy::Records;

const NOW: Moment = Moment::from_micros(1_800_000_000_000_000);

fn told(n: u64, flows: u64) -> Told<'static> {
    let flow = n * 7919 % flows;
    let octet = |number: u64| u8::try_from(number).unwrap_or(0);
    let from = [10, octet(1 + flow / 40_000 % 8), octet(flow / 200 % 200), octet(1 + flow % 200)];
    let to = [10, octet(20 + flow / 7 % 4), octet(flow / 31 % 100), octet(1 + flow / 3 % 250)];
    let (port, protocol, service) =
        [(502, "tcp", "modbus"), (20_000, "tcp", "dnp3_tcp"), (443, "tcp", "ssl"), (53, "udp", "dns")]
            [(flow % 4) as usize];
    Told {
        id: Uuid::from_u128(u128::from(n)),
        sensor: Uuid::nil(),
        source: packed(from.into()),
        destination: packed(to.into()),
        protocol,
        port,
        service,
        first: NOW,
        last: NOW,
        connections: 3,
        answered: 3,
        refused: 0,
        states: 4,
        operations: 0,
    }
}

fn facts(records: &Records) -> Facts {
    let mut facts = Facts::new(Uuid::nil(), NOW, TimeZone::UTC, Limits::default());
    for (id, zone) in &records.zones {
        facts.put_zone(*id, zone.clone());
    }
    for (id, conduit) in &records.conduits {
        facts.put_conduit(*id, conduit.clone());
    }
    for (id, flow) in &records.permitted {
        facts.put_permitted(*id, flow.clone());
    }
    facts
}

/// A number of this size fits every count here.
fn millis(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1e3
}

fn judge(flows: u64) {
    let records = Records::made();
    let mut facts = facts(&records);
    let began = Instant::now();
    (0..flows).for_each(|n| facts.boundary.traffic.take(&told(n, flows)));
    println!("| {flows} flows taken into memory | {:.0} ms |", millis(began));
    let began = Instant::now();
    facts.settle_boundary();
    println!("| all judged and folded into {} crossings | {:.0} ms |", facts.crossings.len(), millis(began));
    facts.boundary.moved();
    let began = Instant::now();
    facts.settle_boundary();
    println!("| all judged again | {:.0} ms |", millis(began));
    let mut worst = 0.0f64;
    for (id, conduit) in records.conduits.iter().take(50) {
        let mut changed = conduit.clone();
        changed.suspended.clone_from(&changed.approved);
        debug_assert_eq!(changed.status(), Status::Suspended);
        let began = Instant::now();
        facts.put_conduit(*id, changed);
        facts.settle_boundary();
        worst = worst.max(millis(began));
    }
    println!("| one conduit changed, worst of 50 | {worst:.1} ms |");
}

fn main() {
    let flows = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(1_000_000);
    judge(flows);
}
