//! What logs beside `conn.log` tell of a host: make, version, serial number, name, services, software.
//!
//! Invariant: only the host that said it of itself is told about; what two rows say differently is the later one's, in
//! whichever order they are read.
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
    /// A product's name that stands where no other was told.
    pub model_name: String,
    /// Names of the phasor measurement units it speaks for.
    pub stations: BTreeSet<String>,
    /// Service names.
    pub services: BTreeSet<String>,
    /// Ports it offers, such as `tcp/502`.
    pub ports: BTreeSet<String>,
    pub software: BTreeSet<String>,
    /// When each of the seven texts was told.
    told: [Option<Moment>; 7],
}

/// A text that a host tells of itself.
#[derive(Clone, Copy)]
enum Told {
    Vendor,
    Product,
    Model,
    Firmware,
    Serial,
    Name,
    ModelName,
}

const TOLD: [Told; 7] =
    [Told::Vendor, Told::Product, Told::Model, Told::Firmware, Told::Serial, Told::Name, Told::ModelName];

impl Learned {
    fn text(&mut self, what: Told) -> &mut String {
        match what {
            Told::Vendor => &mut self.vendor,
            Told::Product => &mut self.product,
            Told::Model => &mut self.model,
            Told::Firmware => &mut self.firmware,
            Told::Serial => &mut self.serial,
            Told::Name => &mut self.name,
            Told::ModelName => &mut self.model_name,
        }
    }

    /// Keeps a text unless a later one is known; of two at the same moment, the one that comes later in order.
    fn keep(&mut self, what: Told, said: String, moment: Moment) {
        let known = self.told[what as usize];
        if said.is_empty() || known.is_some_and(|known| (known, &*self.text(what)) >= (moment, &said)) {
            return;
        }
        self.told[what as usize] = Some(moment);
        *self.text(what) = said;
    }

    /// Joins what another file told of the same host.
    pub fn absorb(&mut self, mut other: Learned) {
        for what in TOLD {
            if let Some(moment) = other.told[what as usize] {
                let said = std::mem::take(other.text(what));
                self.keep(what, said, moment);
            }
        }
        self.first = self.first.into_iter().chain(other.first).min();
        self.last = self.last.into_iter().chain(other.last).max();
        other.services.into_iter().for_each(|one| most(&mut self.services, one));
        other.ports.into_iter().for_each(|one| most(&mut self.ports, one));
        other.software.into_iter().for_each(|one| most(&mut self.software, one));
        other.stations.into_iter().for_each(|one| most(&mut self.stations, one));
    }
}

/// Remembers one more, and the first in order when there are too many.
fn most(set: &mut BTreeSet<String>, one: String) {
    set.insert(one);
    if set.len() > MOST {
        set.pop_last();
    }
}

/// Takes a row of a log that is not `conn.log`.
pub fn take(kind: LogKind, row: &Cells<'_>, reading: &mut Reading) -> Result<(), BadCell> {
    let moment = at(row[0], reading.latest)?;
    let whose = match kind {
        LogKind::KnownHosts | LogKind::KnownServices | LogKind::Software => ("host", row[1]),
        LogKind::ModbusIdentification => ("id.resp_h", row[2]),
        LogKind::CipIdentity => spoken(("id.resp_h", row[1]), ("source_h", row[2]), ("socket_address", row[3])),
        LogKind::SynchrophasorConfiguration => match (row[2], row[3]) {
            // A unit that sends unasked over UDP is the originator; which one it was, only `source_h` says.
            (b"udp", b"") => return Ok(()),
            (_, b"") => ("id.resp_h", row[1]),
            (_, source) => ("source_h", source),
        },
        LogKind::S7KnownDevices | LogKind::Conn | LogKind::FlowCsv | LogKind::Protocol(_) => ("id.resp_h", row[1]),
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
        LogKind::ModbusIdentification => modbus(row, host, moment),
        LogKind::CipIdentity => cip(row, host, moment),
        LogKind::S7KnownDevices => s7(row, host, moment),
        LogKind::BacnetDiscovery => bacnet(row, host, moment),
        LogKind::SynchrophasorConfiguration => station(row, host),
        LogKind::KnownHosts | LogKind::Conn | LogKind::FlowCsv | LogKind::Protocol(_) => {}
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
    if !proto.is_empty() {
        most(&mut host.ports, format!("{proto}/{port}"));
    }
    for service in text(row[4]).split(',').filter(|name| !name.is_empty() && *name != "-") {
        most(&mut host.services, service.to_lowercase());
    }
    Ok(())
}

fn software(row: &Cells<'_>, host: &mut Learned) {
    let numbers: Vec<String> = row[4..8].iter().map(|part| text(part)).take_while(|part| !part.is_empty()).collect();
    let (name, version, more) = (text(row[3]), numbers.join("."), text(row[8]));
    let told: Vec<&str> = [name.as_str(), &version, &more].into_iter().filter(|part| !part.is_empty()).collect();
    if !name.is_empty() {
        most(&mut host.software, fold::truncated(&told.join(" ").replace(';', ","), MOST_TEXT).to_owned());
    }
}

/// Objects of MEI type 14 (MODBUS Application Protocol 1.1b3 §6.21), by number and by the names ICSNPP gives them.
fn modbus(row: &Cells<'_>, host: &mut Learned, moment: Moment) {
    if row[4] == b"REQUEST" {
        return;
    }
    let name: String = text(row[6]).to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    let what = match (row[5], name.as_str()) {
        (b"0", _) | (_, "vendorname") => Told::Vendor,
        (b"1", _) | (_, "productcode") => Told::Model,
        (b"2", _) | (_, "majorminorrevision" | "revision") => Told::Firmware,
        (b"4", _) | (_, "productname") => Told::Product,
        (b"5", _) | (_, "modelname") => Told::ModelName,
        (b"6", _) | (_, "userapplicationname") => Told::Name,
        _ => return,
    };
    host.keep(what, text(row[7]), moment);
    offer(host, "modbus", row[3]);
}

fn offer(host: &mut Learned, service: &str, port: &[u8]) {
    host.services.insert(service.to_owned());
    if let Ok(port) = cells::port(port) {
        most(&mut host.ports, format!("tcp/{port}"));
    }
}

fn cip(row: &Cells<'_>, host: &mut Learned, moment: Moment) {
    for (what, cell) in
        [(Told::Vendor, row[4]), (Told::Product, row[5]), (Told::Firmware, row[6]), (Told::Serial, row[7])]
    {
        host.keep(what, text(cell), moment);
    }
    host.services.insert("enip".to_owned());
}

fn s7(row: &Cells<'_>, host: &mut Learned, moment: Moment) {
    for (what, cell) in [(Told::Name, row[2]), (Told::Product, row[3]), (Told::Serial, row[5])] {
        host.keep(what, text(cell), moment);
    }
    host.services.insert("s7comm".to_owned());
}

fn bacnet(row: &Cells<'_>, host: &mut Learned, moment: Moment) {
    host.keep(Told::Vendor, text(row[4]), moment);
    if row[5] == b"device" && !matches!(row[6], b"N/A" | b"Unknown") {
        host.keep(Told::Name, text(row[6]), moment);
    }
    host.services.insert("bacnet".to_owned());
}

/// A unit of a configuration frame (IEEE C37.118.2 §6.4); a concentrator speaks for several.
fn station(row: &Cells<'_>, host: &mut Learned) {
    let name = text(row[4]).replace([',', ';'], " ");
    if !name.is_empty() {
        most(&mut host.stations, name);
    }
    host.services.insert("synchrophasor".to_owned());
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
