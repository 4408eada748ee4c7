//! What logs beside `conn.log` tell of a host: make, version, serial number, name, services, software.
//!
//! Invariant: only the host that said it of itself is told about; what two rows say differently is the later one's.
//! Sources: ICSNPP `scripts/main.zeek` of each parser; Zeek `policy/protocols/conn/known-*.zeek`, `frameworks/software`.

use std::collections::BTreeSet;

use super::cells;
use super::json::Cells;
use super::logs::LogKind;
use super::{BadCell, Reading, at};
use crate::vocabulary::{Moment, fold};

/// Most services and programs remembered of a host.
const MOST: usize = 64;
/// Most bytes of a text that is kept.
const MOST_TEXT: usize = 120;

/// What is known of a host beside its conversations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Learned {
    pub first: Option<Moment>,
    pub last: Option<Moment>,
    pub vendor: String,
    pub product: String,
    pub model: String,
    pub firmware: String,
    pub serial: String,
    pub name: String,
    /// Service names.
    pub services: BTreeSet<String>,
    /// Ports it offers, such as `tcp/502`.
    pub ports: BTreeSet<String>,
    pub software: BTreeSet<String>,
}

/// Takes a row of a log that is not `conn.log`.
pub fn take(kind: LogKind, row: &Cells<'_>, reading: &mut Reading) -> Result<(), BadCell> {
    let moment = at(row[0], reading.latest)?;
    let whose = match kind {
        LogKind::KnownHosts | LogKind::KnownServices | LogKind::Software => ("host", row[1]),
        LogKind::ModbusIdentification => ("id.resp_h", row[2]),
        LogKind::CipIdentity => spoken(("id.resp_h", row[1]), ("source_h", row[2]), ("socket_address", row[3])),
        LogKind::S7KnownDevices | LogKind::Conn => ("id.resp_h", row[1]),
        LogKind::BacnetDiscovery if row[2].is_empty() => ("id.orig_h", row[1]),
        LogKind::BacnetDiscovery => ("source_h", row[2]),
    };
    let address = cells::address(whose.1).map(cells::unpacked).ok_or_else(|| BadCell::address(whose.0, whose.1))?;
    let (first, last) = reading.span.unwrap_or((moment, moment));
    reading.span = Some((first.min(moment), last.max(moment)));
    if kind == LogKind::BacnetDiscovery && !matches!(row[3], b"i-am" | b"i-have" | b"i_am" | b"i_have") {
        return Ok(());
    }
    let host = reading.learned.entry(address).or_default();
    host.first = Some(host.first.map_or(moment, |first| first.min(moment)));
    host.last = Some(host.last.map_or(moment, |last| last.max(moment)));
    match kind {
        LogKind::KnownServices => services(row, host)?,
        LogKind::Software => software(row, host),
        LogKind::ModbusIdentification => modbus(row, host),
        LogKind::CipIdentity => cip(row, host),
        LogKind::S7KnownDevices => s7(row, host),
        LogKind::BacnetDiscovery => bacnet(row, host),
        LogKind::KnownHosts | LogKind::Conn => {}
    }
    Ok(())
}

/// The device a CIP identity speaks of: its socket address, unless it left that out; else who sent it.
fn spoken<'r>(
    answered: (&'static str, &'r [u8]),
    source: (&'static str, &'r [u8]),
    socket: (&'static str, &'r [u8]),
) -> (&'static str, &'r [u8]) {
    match (socket.1, source.1) {
        (b"" | b"0.0.0.0", b"") => answered,
        (b"" | b"0.0.0.0", _) => source,
        _ => socket,
    }
}

fn services(row: &Cells<'_>, host: &mut Learned) -> Result<(), BadCell> {
    let port = cells::port(row[2]).map_err(|said| BadCell::new("port_num", row[2], said))?;
    let proto = text(row[3]);
    if !proto.is_empty() && host.ports.len() < MOST {
        host.ports.insert(format!("{proto}/{port}"));
    }
    for service in text(row[4]).split(',').filter(|name| !name.is_empty() && *name != "-") {
        if host.services.len() < MOST {
            host.services.insert(service.to_lowercase());
        }
    }
    Ok(())
}

fn software(row: &Cells<'_>, host: &mut Learned) {
    let numbers: Vec<String> = row[4..8].iter().map(|part| text(part)).take_while(|part| !part.is_empty()).collect();
    let (name, version, more) = (text(row[3]), numbers.join("."), text(row[8]));
    let told: Vec<&str> = [name.as_str(), &version, &more].into_iter().filter(|part| !part.is_empty()).collect();
    if !name.is_empty() && host.software.len() < MOST {
        host.software.insert(fold::truncated(&told.join(" ").replace(';', ","), MOST_TEXT).to_owned());
    }
}

/// Objects of MEI type 14 (MODBUS Application Protocol 1.1b3 §6.21), by number and by the names ICSNPP gives them.
fn modbus(row: &Cells<'_>, host: &mut Learned) {
    if row[4] == b"REQUEST" {
        return;
    }
    let name: String = text(row[6]).to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    let place = match (row[5], name.as_str()) {
        (b"0", _) | (_, "vendorname") => &mut host.vendor,
        (b"1", _) | (_, "productcode") => &mut host.model,
        (b"2", _) | (_, "majorminorrevision" | "revision") => &mut host.firmware,
        (b"4", _) | (_, "productname") => &mut host.product,
        (b"5", _) | (_, "modelname") if host.product.is_empty() => &mut host.product,
        (b"6", _) | (_, "userapplicationname") => &mut host.name,
        _ => return,
    };
    keep(place, row[7]);
    offer(host, "modbus", row[3]);
}

fn offer(host: &mut Learned, service: &str, port: &[u8]) {
    host.services.insert(service.to_owned());
    if let Ok(port) = cells::port(port)
        && host.ports.len() < MOST
    {
        host.ports.insert(format!("tcp/{port}"));
    }
}

fn cip(row: &Cells<'_>, host: &mut Learned) {
    for (place, cell) in [
        (&mut host.vendor, row[4]),
        (&mut host.product, row[5]),
        (&mut host.firmware, row[6]),
        (&mut host.serial, row[7]),
    ] {
        keep(place, cell);
    }
    host.services.insert("enip".to_owned());
}

fn s7(row: &Cells<'_>, host: &mut Learned) {
    for (place, cell) in [(&mut host.name, row[2]), (&mut host.product, row[3]), (&mut host.serial, row[5])] {
        keep(place, cell);
    }
    host.services.insert("s7comm".to_owned());
}

fn bacnet(row: &Cells<'_>, host: &mut Learned) {
    keep(&mut host.vendor, row[4]);
    if row[5] == b"device" && !matches!(row[6], b"N/A" | b"Unknown") {
        keep(&mut host.name, row[6]);
    }
    host.services.insert("bacnet".to_owned());
}

fn keep(place: &mut String, cell: &[u8]) {
    let said = text(cell);
    if !said.is_empty() {
        *place = said;
    }
}

/// A text of a log: `\xHH` undone where it gives text, without control characters, cut to what a field holds.
fn text(cell: &[u8]) -> String {
    let whole = String::from_utf8_lossy(cell);
    let undone = if whole.contains("\\x") {
        String::from_utf8(undone(cell)).unwrap_or(whole.into_owned())
    } else {
        whole.into_owned()
    };
    let clean: String = undone.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    fold::truncated(clean.trim(), MOST_TEXT).trim_end().to_owned()
}

fn undone(cell: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(cell.len());
    let mut at = 0;
    while at < cell.len() {
        let hex = cell[at..].strip_prefix(b"\\x").and_then(|rest| std::str::from_utf8(rest.get(..2)?).ok());
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            out.push(byte);
            at += 4;
        } else {
            out.push(cell[at]);
            at += 1;
        }
    }
    out
}
