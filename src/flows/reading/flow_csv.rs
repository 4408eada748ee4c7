//! Flows that another tool exported as CSV, layer-2 rows among them.
//!
//! Invariant: columns are found by name. `dst_port` is the service's port, as the file says; a capture that began in
//! mid-conversation may have it the other way round, so nobody is taken for who began, and nothing is swapped.
//! A row without IP (`proto` is `eth:` and an `EtherType`) is between two hardware addresses; its port is the `EtherType`.

use std::collections::BTreeSet;

use super::cells::{self, Packed};
use super::conn::card;
use super::json::Cells;
use super::{BadCell, Reading, at};
use crate::flows::folding::{Flow, Key};

/// The columns that are read, in the order of their slots.
pub const COLUMNS: [&str; 14] = [
    "first_seen_epoch",
    "last_seen_epoch",
    "src_mac",
    "dst_mac",
    "src_ip",
    "src_port",
    "dst_ip",
    "dst_port",
    "proto",
    "app_protocols",
    "orig_pkts",
    "resp_pkts",
    "orig_bytes",
    "resp_bytes",
];
/// The columns without which it says nothing.
pub const NEEDED: [&str; 5] = ["first_seen_epoch", "src_ip", "dst_ip", "dst_port", "proto"];
/// What stands between the values of a line once its quotes are undone.
pub const BETWEEN: u8 = 0x1f;

/// A line of the file with its values apart (RFC 4180).
pub fn apart(line: &[u8]) -> Result<String, BadCell> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line);
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(true) => Ok(record.iter().map(str::trim).collect::<Vec<_>>().join("\u{1f}")),
        Ok(false) => Ok(String::new()),
        Err(error) => Err(BadCell::new("", b"", format!("not a line of CSV: {error}"))),
    }
}

/// Takes a row.
pub fn take(row: &Cells<'_>, reading: &mut Reading) -> Result<(), BadCell> {
    let moment = |slot: usize| at(row[slot], reading.latest).map_err(|bad| BadCell { column: COLUMNS[slot], ..bad });
    let first = moment(0)?;
    let last = if row[1].is_empty() { first } else { moment(1)? };
    if last < first {
        return Err(BadCell::new("last_seen_epoch", row[1], "before first_seen_epoch"));
    }
    let proto = row[8].to_ascii_lowercase();
    let key = match proto.strip_prefix(b"eth:") {
        Some(ether) => framed(row, ether, reading)?,
        None => addressed(row, &proto, reading)?,
    };
    let mut flow = Flow::begun(key, first, last);
    let number = |slot: usize| count(COLUMNS[slot], row[slot]);
    number(10)?;
    (flow.connections, flow.answered) = (1, u32::from(number(11)? > 0));
    (flow.sent, flow.received) = (number(12)?, number(13)?);
    reading.flows.put(&flow).map_err(|said| BadCell::new("", b"", said))
}

fn count(column: &'static str, text: &[u8]) -> Result<u64, BadCell> {
    if text.is_empty() {
        return Ok(0);
    }
    cells::count(text).ok_or_else(|| BadCell::new(column, text, "not a whole number"))
}

fn word(column: &'static str, text: &str, reading: &mut Reading) -> Result<u16, BadCell> {
    let number = reading.flows.words.number(text.as_bytes());
    number.ok_or_else(|| BadCell::new(column, text.as_bytes(), "too many different words"))
}

/// A row between two addresses.
fn addressed(row: &Cells<'_>, proto: &[u8], reading: &mut Reading) -> Result<Key, BadCell> {
    if proto.is_empty() || proto.len() > 40 {
        return Err(BadCell::new("proto", row[8], "no protocol, such as tcp, udp or eth:0x88b8"));
    }
    let end = |slot: usize| cells::address(row[slot]).ok_or_else(|| BadCell::address(COLUMNS[slot], row[slot]));
    let (source, destination): (Packed, Packed) = (end(4)?, end(6)?);
    let has_ports = matches!(proto, b"tcp" | b"udp" | b"sctp");
    let port = |slot: usize| match row[slot] {
        b"" if !has_ports || slot == 5 => Ok(0),
        text => cells::port(text).map_err(|said| BadCell::new(COLUMNS[slot], text, said)),
    };
    port(5)?;
    let port = if has_ports { port(7)? } else { 0 };
    card("src_mac", row[2], source, reading)?;
    card("dst_mac", row[3], destination, reading)?;
    let service = word("app_protocols", &service(row[9])?, reading)?;
    Ok(Key { source, destination, port, protocol: word("proto", &String::from_utf8_lossy(proto), reading)?, service })
}

/// A row between two cards.
fn framed(row: &Cells<'_>, ether: &[u8], reading: &mut Reading) -> Result<Key, BadCell> {
    let end = |slot: usize| {
        let mac = cells::mac(row[slot]).map(cells::packed_mac);
        mac.ok_or_else(|| BadCell::new(COLUMNS[slot], row[slot], "not a MAC address, such as 00:30:a7:1b:2c:3d"))
    };
    let (source, destination) = (end(2)?, end(3)?);
    // Frames of IEEE 802.3 have a length where others have their type.
    let port = match ether {
        b"" => 0,
        text => hex(text).ok_or_else(|| BadCell::new("proto", row[8], "no EtherType, such as eth:0x88b8"))?,
    };
    let known = ETHERS.iter().find(|(ether, _)| *ether == port).map(|(_, name)| (*name).to_owned());
    let named = match known {
        Some(name) => name,
        None => service(row[9])?,
    };
    let service = word("app_protocols", &named, reading)?;
    Ok(Key { source, destination, port, protocol: word("proto", "ethernet", reading)?, service })
}

fn hex(text: &[u8]) -> Option<u16> {
    u16::from_str_radix(std::str::from_utf8(text).ok()?.strip_prefix("0x")?, 16).ok()
}

/// `EtherType`s (IEEE registration authority) that carry a protocol of their own.
const ETHERS: [(u16, &str); 11] = [
    (0x0806, "arp"),
    (0x8892, "profinet"),
    (0x88a4, "ethercat"),
    (0x88ab, "powerlink"),
    (0x88b8, "goose"),
    (0x88b9, "gse"),
    (0x88ba, "sv"),
    (0x88cc, "lldp"),
    (0x88cd, "sercos"),
    (0x88f7, "ptp"),
    (0x88fb, "hsr_prp"),
];

/// Layers that carry the protocol that matters.
const CARRIERS: [&str; 14] =
    ["tcp", "udp", "icmp", "ip", "ipv6", "eth", "data", "tpkt", "cotp", "clnp", "ses", "pres", "acse", "llc"];

/// Names of dissectors, and what Zeek's logs call the same.
const NAMES: [(&str, &str); 14] = [
    ("modbus/tcp", "modbus"),
    ("dnp 3.0", "dnp3"),
    ("iec 60870-5-104", "iec-104"),
    ("iec 60870-5 asdu", "iec-104"),
    ("cip pccc", "cip"),
    ("cip cm", "cip"),
    ("cip i/o", "cip_io"),
    ("pn-io", "profinet"),
    ("pn-rt", "profinet"),
    ("pn-dcp", "profinet"),
    ("bacnet-apdu", "bacnet"),
    ("opcua", "opcua_binary"),
    ("ecat", "ethercat"),
    ("iec61850 sampled values", "sv"),
];

/// The service in the names of dissectors, separated by `;`: those that no other carries, in order, with commas.
fn service(cell: &[u8]) -> Result<String, BadCell> {
    let text = String::from_utf8_lossy(cell).to_lowercase();
    let names: BTreeSet<String> = text.split(';').map(str::trim).filter(|name| !name.is_empty()).map(named).collect();
    let kept: Vec<&str> = names.iter().map(String::as_str).filter(|name| !CARRIERS.contains(name)).collect();
    let service = kept.join(",");
    if service.len() > 120 { Err(BadCell::new("app_protocols", cell, "longer than 120 bytes")) } else { Ok(service) }
}

fn named(name: &str) -> String {
    let known = NAMES.iter().find(|(known, _)| *known == name);
    known.map_or_else(|| name.replace([' ', ','], "_"), |(_, name)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::{apart, service};

    #[test]
    fn services_and_lines() {
        for (cell, known) in [
            ("TCP;IEC 60870-5 ASDU;IEC 60870-5-104", "iec-104"),
            ("PRES;TCP", ""),
            ("TCP;CIP PCCC;CIP", "cip"),
            ("NTP", "ntp"),
            ("SMB;NBSS;TCP", "nbss,smb"),
            ("", ""),
        ] {
            assert_eq!(service(cell.as_bytes()).unwrap(), known);
        }
        assert_eq!(apart(b"a,\"b,\"\"c\", d").unwrap(), "a\u{1f}b,\"c\u{1f}d");
        assert_eq!(apart(b"").unwrap(), "");
    }
}
