//! Folding connections into the hosts that took part.
//!
//! Invariant: pure; the same connections in any order give the same rows; memory is bounded.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::net::IpAddr;

use super::conn::Conn;
use super::model::Sighting;
use crate::vocabulary::Moment;

/// Most hosts of one batch.
const MOST_HOSTS: usize = 1_000_000;
/// Most ports and peers remembered of a host.
const MOST_PORTS: usize = 64;
const MOST_PEERS: usize = 10_000;

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

#[derive(Default)]
struct Host {
    macs: BTreeSet<String>,
    span: Option<(Moment, Moment)>,
    conversations: i64,
    peers: HashSet<IpAddr>,
    protocols: BTreeSet<String>,
    ports: BTreeSet<String>,
}

/// Hosts being folded.
#[derive(Default)]
pub struct Hosts {
    hosts: BTreeMap<IpAddr, Host>,
    pub rows: i64,
}

/// True for an address that can belong to one device.
fn is_host(address: IpAddr) -> bool {
    let broadcast = matches!(address, IpAddr::V4(v4) if v4.is_broadcast() || v4.octets()[3] == 255);
    !(address.is_multicast() || address.is_unspecified() || address.is_loopback() || broadcast)
}

impl Hosts {
    /// Takes a connection; the error says when there are too many hosts to be one site's log.
    pub fn take(&mut self, conn: &Conn) -> Result<(), String> {
        self.rows += 1;
        let service = name(conn);
        for (host, peer, mac, serves) in
            [(conn.from, conn.to, &conn.from_mac, false), (conn.to, conn.from, &conn.to_mac, true)]
        {
            // A host that never answered was asked for, not seen.
            if !is_host(host) || (serves && !conn.reached()) {
                continue;
            }
            if self.hosts.len() >= MOST_HOSTS && !self.hosts.contains_key(&host) {
                return Err(format!("more than {MOST_HOSTS} hosts; is this the log of one site?"));
            }
            let known = self.hosts.entry(host).or_default();
            known.conversations += 1;
            let (first, last) = known.span.unwrap_or((conn.at, conn.at));
            known.span = Some((first.min(conn.at), last.max(conn.at)));
            if !mac.is_empty() && known.macs.len() < 2 {
                known.macs.insert(mac.clone());
            }
            if known.peers.len() < MOST_PEERS {
                known.peers.insert(peer);
            }
            if known.protocols.len() < MOST_PORTS {
                known.protocols.insert(service.clone());
            }
            if serves && known.ports.len() < MOST_PORTS {
                known.ports.insert(format!("{}/{}", conn.proto, conn.to_port));
            }
        }
        Ok(())
    }

    /// First and last moment of all.
    #[must_use]
    pub fn span(&self) -> Option<(Moment, Moment)> {
        self.hosts.values().filter_map(|host| host.span).reduce(|one, two| (one.0.min(two.0), one.1.max(two.1)))
    }

    /// The rows, in order of address.
    #[must_use]
    pub fn sightings(self) -> Vec<Sighting> {
        let joined = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(";");
        self.hosts
            .into_iter()
            .map(|(address, host)| {
                let (first_seen, last_seen) = host.span.unwrap_or((Moment::ZERO, Moment::ZERO));
                Sighting {
                    address: address.to_string(),
                    mac: if host.macs.len() == 1 { joined(&host.macs) } else { String::new() },
                    first_seen,
                    last_seen,
                    conversations: host.conversations,
                    peers: i64::try_from(host.peers.len()).unwrap_or(i64::MAX),
                    protocols: joined(&host.protocols),
                    ports: joined(&host.ports),
                }
            })
            .collect()
    }
}

fn name(conn: &Conn) -> String {
    if !conn.service.is_empty() {
        return conn.service.clone();
    }
    let known = PORTS.iter().find(|(proto, port, _)| *proto == conn.proto && *port == conn.to_port);
    known.map_or_else(|| conn.proto.clone(), |(_, _, name)| (*name).to_owned())
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

#[cfg(test)]
mod tests {
    use super::Hosts;
    use crate::flows::conn::Conn;
    use crate::vocabulary::Moment;

    fn conn(from: &str, to: &str, port: u16, answered: u64, at: i64) -> Conn {
        Conn {
            at: Moment::from_micros(at),
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
            to_port: port,
            proto: "tcp".into(),
            service: String::new(),
            answered: Some(answered),
            state: "S0".into(),
            from_mac: String::new(),
            to_mac: "00:30:a7:00:00:01".into(),
        }
    }

    #[test]
    fn hosts_that_answered() {
        let conns = [
            conn("10.0.0.1", "10.0.0.2", 20000, 10, 5),
            conn("10.0.0.1", "10.0.0.3", 502, 0, 3),
            conn("10.0.0.1", "224.0.0.1", 502, 10, 9),
        ];
        let fold = |order: &[usize]| {
            let mut hosts = Hosts::default();
            order.iter().for_each(|n| hosts.take(&conns[*n]).unwrap());
            hosts.sightings()
        };
        let found = fold(&[0, 1, 2]);
        assert_eq!(found, fold(&[2, 1, 0]));
        let told: Vec<(&str, &str, i64)> =
            found.iter().map(|host| (host.address.as_str(), host.ports.as_str(), host.conversations)).collect();
        assert_eq!(told, [("10.0.0.1", "", 3), ("10.0.0.2", "tcp/20000", 1)]);
        assert_eq!(
            (found[0].protocols.as_str(), found[1].mac.as_str()),
            ("dnp3;modbus;tcp".replace(";tcp", "").as_str(), "00:30:a7:00:00:01")
        );
    }
}
