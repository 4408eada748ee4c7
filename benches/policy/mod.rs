//! A policy of 200 zones, 1,000 conduits and 20,000 permitted flows, laid over the addresses that the made logs use.

use glance::conduits::model::{Carried, Conduit, Direction, PermittedFlow, Way};
use glance::ids::{ConduitId, Id, ZoneId};
use glance::register::Act;
use glance::vocabulary::{Endpoint, Moment, Ports, Reference, Subnet};
use glance::zones::{Zone, ZoneKind};
use uuid::Uuid;

pub const ZONES: u128 = 200;
pub const CONDUITS: u128 = 1_000;
pub const PERMITTED: u128 = 20_000;

/// The records a policy is compiled from.
pub struct Records {
    pub zones: Vec<(Uuid, Zone)>,
    pub conduits: Vec<(Uuid, Conduit)>,
    pub permitted: Vec<(Uuid, PermittedFlow)>,
}

fn id(kind: u128, number: u128) -> Uuid {
    Uuid::from_u128(kind << 64 | number)
}

fn reference(text: String) -> Reference {
    Reference::parse(&text).expect("a reference")
}

fn approved() -> Act {
    Act { by: None, name: "B".to_owned(), at: Moment::ZERO, reason: String::new() }
}

/// Clients live in 10.1 to 10.8, servers in 10.20 to 10.23; a hundred zones hold either.
fn zone(number: u128) -> Zone {
    let kind = [ZoneKind::Control, ZoneKind::Dmz, ZoneKind::Enterprise][(number % 3) as usize];
    let of = number % 100;
    let nets = if number < 100 {
        (0..16).map(|part| (of * 16 + part, 1, 200)).map(|(all, first, per)| (first + all / per, all % per)).collect()
    } else {
        (0..4).map(|part| (20 + (of * 4 + part) / 100, (of * 4 + part) % 100)).collect::<Vec<_>>()
    };
    let subnets = nets.iter().map(|(a, b)| Subnet::parse(&format!("10.{a}.{b}.0/24")).expect("a subnet")).collect();
    Zone { reference: reference(format!("Z-{number}")), kind: Some(kind), subnets, ..Zone::default() }
}

impl Records {
    /// The made records.
    pub fn made() -> Self {
        let zones = (0..ZONES).map(|number| (id(1, number), zone(number))).collect();
        let conduits = (0..CONDUITS).map(|number| {
            let (from, to) = (number % 100, 100 + (number * 7 + number / 100) % 100);
            let zone = |number| Some(ZoneId::from_uuid(id(1, number)));
            let conduit = Conduit {
                reference: reference(format!("C-{number}")),
                from_zone: zone(from),
                to_zone: zone(to),
                direction: Some(Direction::Both),
                approved: Some(approved()),
                ..Conduit::default()
            };
            (id(2, number), conduit)
        });
        let permitted = (0..PERMITTED).map(|number| (id(3, number), permitted(number)));
        Self { zones, conduits: conduits.collect(), permitted: permitted.collect() }
    }
}

/// Twenty permissions a conduit: half of them name what is spoken in the logs, half other ports.
fn permitted(number: u128) -> PermittedFlow {
    let (conduit, nth) = (number % CONDUITS, number / CONDUITS);
    let port = [502, 20_000, 443, 53][(nth % 4) as usize] + if nth < 10 { 0 } else { 7_000 + nth };
    let transport = if nth % 4 == 3 { Carried::Udp } else { Carried::Tcp };
    let protocol = ["modbus", "dnp3", "https", "dns"][(nth % 4) as usize];
    PermittedFlow {
        reference: reference(format!("P-{number}")),
        conduit: Some(ConduitId::from_uuid(id(2, conduit))),
        direction: Some(Way::AToB),
        protocol: protocol.to_owned(),
        transport: Some(transport),
        ports: vec![Ports::parse(&port.to_string()).expect("a port")],
        sources: vec![Endpoint::Zone],
        destinations: vec![Endpoint::Zone],
        approved: Some(approved()),
        ..PermittedFlow::default()
    }
}
