//! Which addresses are hosts of ours, and what flows and other logs say of each.
//!
//! Invariant: pure; a host is one that spoke, or answered, or told of itself; an address that can belong to no single
//! device is never one, and neither is an address on the public internet that no zone claims.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;

use foldhash::fast::RandomState;

use super::folding::Flow;
use super::model::Sighting;
use super::reading::Reading;
use super::reading::cells::{self, Packed, mac_of, packed, told, unpacked};
use super::reading::identity::Learned;
use crate::vocabulary::{Moment, Subnet, fold};

/// Most hosts of one batch.
const MOST_HOSTS: usize = 500_000;
/// Most ports and peers remembered of a host.
const MOST_PORTS: usize = 64;
const MOST_PEERS: usize = 10_000;
/// A card seen with more addresses than these belongs to a router, not to the hosts behind it.
const MOST_ADDRESSES_OF_A_CARD: usize = 3;

/// Names of services by the ports operational technology uses, where the sensor named none.
const PORTS: [(&str, u16, &str); 12] = [
    ("tcp", 102, "iso-tsap"),
    ("tcp", 502, "modbus"),
    ("tcp", 2404, "iec-104"),
    ("tcp", 4840, "opc-ua"),
    ("tcp", 4713, "synchrophasor"),
    ("tcp", 5450, "pi"),
    ("tcp", 18245, "ge-srtp"),
    ("tcp", 20000, "dnp3"),
    ("udp", 20000, "dnp3"),
    ("tcp", 44818, "enip"),
    ("udp", 2222, "enip-io"),
    ("udp", 47808, "bacnet"),
];

/// What a service on a port is called, where the sensor named none.
#[must_use]
pub fn usual_name(protocol: &str, port: i64) -> &'static str {
    PORTS
        .iter()
        .find(|(known, number, _)| *known == protocol && i64::from(*number) == port)
        .map_or("", |(.., name)| name)
}

/// The networks of an organization: the subnets of its zones, and private space (RFC 1918, RFC 4193, RFC 6598, link-local).
#[derive(Clone, Debug, Default)]
pub struct Ours {
    pub subnets: Vec<Subnet>,
}

impl Ours {
    /// True for an address, or a layer-2 end, that can belong to one device of the organization.
    #[must_use]
    pub fn is_host(&self, address: IpAddr) -> bool {
        if let Some(mac) = mac_of(packed(address)) {
            return cells::is_card(mac);
        }
        if address.is_multicast() || address.is_unspecified() || address.is_loopback() {
            return false;
        }
        let mut claimed = false;
        for subnet in self.subnets.iter().filter(|subnet| subnet.contains(address)) {
            if subnet.is_edge(address) {
                return false;
            }
            claimed = true;
        }
        claimed || is_private(address)
    }
}

/// Addresses that are nobody's on the internet. Outside known subnets, those that end in 0 or 255 are taken for the edges
/// of a network, as they are in nearly every one.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [first, second, _, last] = v4.octets();
            let shared = first == 100 && (64..128).contains(&second);
            (v4.is_private() || v4.is_link_local() || shared) && last != 0 && last != 255
        }
        IpAddr::V6(v6) => matches!(v6.segments()[0], 0xfc00..=0xfdff | 0xfe80..=0xfebf),
    }
}

#[derive(Default)]
struct Host {
    span: Option<(Moment, Moment)>,
    conversations: u64,
    peers: HashSet<Packed, RandomState>,
    protocols: BTreeSet<(u16, u16, u16)>,
    ports: BTreeSet<(u16, u16)>,
}

type Hosts = HashMap<Packed, Host, RandomState>;

/// The hosts of a batch, in order of address; the error says when there are too many to be one site's.
pub fn hosts(reading: &Reading, ours: &Ours) -> Result<Vec<Sighting>, String> {
    let mut hosts = Hosts::default();
    for flow in reading.flows.iter() {
        take(&mut hosts, ours, flow, false)?;
        // A host that never answered was asked for, not seen.
        if flow.answered > 0 {
            take(&mut hosts, ours, flow, true)?;
        }
    }
    let mut found: BTreeMap<IpAddr, (Host, Learned)> = BTreeMap::new();
    for (address, host) in hosts {
        found.insert(unpacked(address), (host, Learned::default()));
    }
    for (address, learned) in reading.learned.iter().filter(|(address, _)| ours.is_host(**address)) {
        found.entry(*address).or_default().1 = learned.clone();
    }
    // A layer-2 end whose card was seen with an IP address is that host, which its own row tells about.
    let known: HashSet<u64> = reading.cards.values().flatten().copied().collect();
    found.retain(|address, _| mac_of(packed(*address)).is_none_or(|mac| !known.contains(&mac)));
    let cards = cards(reading);
    Ok(found.into_iter().map(|(address, (host, learned))| sighting(reading, &cards, address, &host, learned)).collect())
}

fn take(hosts: &mut Hosts, ours: &Ours, flow: &Flow, serves: bool) -> Result<(), String> {
    let (host, peer) = (flow.key.source, flow.key.destination);
    let (host, peer) = if serves { (peer, host) } else { (host, peer) };
    let many = hosts.len() >= MOST_HOSTS;
    let known = match hosts.entry(host) {
        std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
        std::collections::hash_map::Entry::Vacant(_) if !ours.is_host(unpacked(host)) => return Ok(()),
        std::collections::hash_map::Entry::Vacant(_) if many => {
            return Err(format!("more than {MOST_HOSTS} hosts; is this the log of one site?"));
        }
        std::collections::hash_map::Entry::Vacant(free) => free.insert(Host::default()),
    };
    let (first, last) = known.span.unwrap_or((flow.first, flow.last));
    known.span = Some((first.min(flow.first), last.max(flow.last)));
    known.conversations += u64::from(if serves { flow.answered } else { flow.connections });
    if known.peers.len() < MOST_PEERS {
        known.peers.insert(peer);
    }
    if known.protocols.len() < MOST_PORTS {
        known.protocols.insert((flow.key.service, flow.key.protocol, flow.key.port));
    }
    if serves && known.ports.len() < MOST_PORTS {
        known.ports.insert((flow.key.protocol, flow.key.port));
    }
    Ok(())
}

/// The cards that belong to hosts, by address.
fn cards(reading: &Reading) -> HashMap<Packed, u64> {
    let mut counts: HashMap<u64, usize> = HashMap::new();
    reading.cards.values().flatten().for_each(|card| *counts.entry(*card).or_default() += 1);
    let owned = |card: &u64| counts.get(card).is_some_and(|count| *count <= MOST_ADDRESSES_OF_A_CARD);
    reading.cards.iter().filter_map(|(address, card)| Some((*address, (*card).filter(owned)?))).collect()
}

/// Names of services, and ports it answered on.
fn offered(reading: &Reading, host: &Host, learned: &Learned) -> (BTreeSet<String>, BTreeSet<String>) {
    let words = &reading.flows.words;
    let (mut protocols, mut ports) = (learned.services.clone(), learned.ports.clone());
    for (service, protocol, port) in &host.protocols {
        let (named, protocol) = (words.text(*service), words.text(*protocol));
        let usual = usual_name(&protocol, i64::from(*port));
        protocols.insert(if !named.is_empty() {
            named
        } else if usual.is_empty() {
            protocol
        } else {
            usual.to_owned()
        });
    }
    let is_port = |protocol: &str| !matches!(protocol, "icmp" | "unknown_transport" | "ethernet");
    let served = host.ports.iter().map(|(protocol, port)| (words.text(*protocol), port));
    ports.extend(served.filter(|(protocol, _)| is_port(protocol)).map(|(protocol, port)| format!("{protocol}/{port}")));
    (protocols, ports)
}

fn sighting(
    reading: &Reading,
    cards: &HashMap<Packed, u64>,
    address: IpAddr,
    host: &Host,
    learned: Learned,
) -> Sighting {
    let (protocols, ports) = offered(reading, host, &learned);
    let end = packed(address);
    let stations = || learned.stations.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let name =
        if learned.name.is_empty() { fold::truncated(&stations(), 120).to_owned() } else { learned.name.clone() };
    let (first, last) = host.span.map_or((None, None), |(first, last)| (Some(first), Some(last)));
    let joined = |set: &BTreeSet<String>| set.iter().map(|one| one.replace(';', ",")).collect::<Vec<_>>().join(";");
    Sighting {
        address: told(end),
        mac: mac_of(end).or_else(|| cards.get(&end).copied()).map_or_else(String::new, cells::mac_text),
        first_seen: first.into_iter().chain(learned.first).min().unwrap_or(Moment::ZERO),
        last_seen: last.into_iter().chain(learned.last).max().unwrap_or(Moment::ZERO),
        conversations: i64::try_from(host.conversations).unwrap_or(i64::MAX),
        peers: i64::try_from(host.peers.len()).unwrap_or(i64::MAX),
        protocols: joined(&protocols),
        ports: joined(&ports),
        vendor: learned.vendor,
        product: if learned.product.is_empty() { learned.model_name } else { learned.product },
        model: learned.model,
        firmware: learned.firmware,
        serial: learned.serial,
        name,
        software: joined(&learned.software),
    }
}

/// What two looks at one host say together; texts are the later one's unless it says nothing.
#[must_use]
pub fn joined(known: Sighting, new: Sighting) -> Sighting {
    let union = |one: &str, two: &str| -> String {
        let parts: BTreeSet<&str> = one.split(';').chain(two.split(';')).filter(|part| !part.is_empty()).collect();
        parts.into_iter().take(MOST_PORTS * 2).collect::<Vec<_>>().join(";")
    };
    let (earlier, later) = if known.last_seen <= new.last_seen { (known, new) } else { (new, known) };
    let said = |later: String, earlier: String| if later.is_empty() { earlier } else { later };
    Sighting {
        first_seen: earlier.first_seen.min(later.first_seen),
        last_seen: later.last_seen,
        conversations: earlier.conversations.saturating_add(later.conversations),
        peers: earlier.peers.max(later.peers),
        protocols: union(&earlier.protocols, &later.protocols),
        ports: union(&earlier.ports, &later.ports),
        software: union(&earlier.software, &later.software),
        address: later.address,
        mac: said(later.mac, earlier.mac),
        vendor: said(later.vendor, earlier.vendor),
        product: said(later.product, earlier.product),
        model: said(later.model, earlier.model),
        firmware: said(later.firmware, earlier.firmware),
        serial: said(later.serial, earlier.serial),
        name: said(later.name, earlier.name),
    }
}

/// A kind an accepted host probably is, from what it answers.
#[must_use]
pub fn likely_kind(ports: &str) -> &'static str {
    let has = |port: &str| ports.split(';').any(|known| known == port);
    if has("tcp/20000") || has("tcp/2404") {
        "rtu"
    } else if has("tcp/102") || has("tcp/502") || has("tcp/44818") {
        "plc"
    } else if has("tcp/3389") || has("tcp/445") {
        "workstation"
    } else {
        "other"
    }
}
