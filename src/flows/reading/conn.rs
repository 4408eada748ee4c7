//! A row of `conn.log` into a conversation.
//!
//! Invariant: every column that is there is read and checked, also where the record keeps less of it.

use super::cells::{self, Packed};
use super::json::Cells;
use super::{BadCell, Reading, at};
use crate::flows::folding::{self, Conversation, Key};

/// Takes a row of `conn.log`.
#[inline]
pub fn take(row: &Cells<'_>, reading: &mut Reading) -> Result<(), BadCell> {
    let [ts, from, from_port, to, to_port, proto, service, sent, received, state, from_mac, to_mac, ..] = *row;
    let moment = at(ts, reading.latest)?;
    let source = cells::address(from).ok_or_else(|| BadCell::address("id.orig_h", from))?;
    let destination = cells::address(to).ok_or_else(|| BadCell::address("id.resp_h", to))?;
    if !from_port.is_empty() {
        cells::port(from_port).map_err(|said| BadCell::new("id.orig_p", from_port, said))?;
    }
    let port = cells::port(to_port).map_err(|said| BadCell::new("id.resp_p", to_port, said))?;
    if proto.is_empty() || proto.len() > 40 {
        return Err(BadCell::new("proto", proto, "missing, or no protocol; Zeek writes tcp, udp or icmp"));
    }
    if service.len() > 120 {
        return Err(BadCell::new("service", service, "longer than 120 bytes"));
    }
    let words = &mut reading.flows.words;
    let numbers = words.number(proto).zip(words.number(service));
    let (protocol, service) = numbers.ok_or_else(|| BadCell::new("service", service, "too many different services"))?;
    // For ICMP the ports hold type and code, which are no ports (Zeek, `Conn::Info$id`).
    let port = if proto == b"icmp" { 0 } else { port };
    let conversation = Conversation {
        key: Key { source, destination, port, protocol, service },
        at: moment,
        sent: bytes("orig_bytes", sent)?,
        received: bytes("resp_bytes", received)?,
        state: folding::state(state)
            .ok_or_else(|| BadCell::new("conn_state", state, "not a state of Zeek, such as S0, SF or REJ"))?,
    };
    if !from_mac.is_empty() || !to_mac.is_empty() {
        card("orig_l2_addr", from_mac, source, reading)?;
        card("resp_l2_addr", to_mac, destination, reading)?;
    }
    reading.flows.take(&conversation).map_err(|said| BadCell::new("", b"", said))
}

#[inline]
fn bytes(column: &'static str, text: &[u8]) -> Result<u64, BadCell> {
    if text.is_empty() {
        return Ok(0);
    }
    cells::count(text).ok_or_else(|| BadCell::new(column, text, "not a whole number of bytes"))
}

/// Remembers the hardware address an address was seen with.
pub(super) fn card(column: &'static str, text: &[u8], address: Packed, reading: &mut Reading) -> Result<(), BadCell> {
    if text.is_empty() {
        return Ok(());
    }
    let mac =
        cells::mac(text).ok_or_else(|| BadCell::new(column, text, "not a MAC address, such as 00:30:a7:1b:2c:3d"))?;
    if cells::is_card(mac) {
        reading
            .cards
            .entry(address)
            .and_modify(|known| *known = known.filter(|known| *known == mac))
            .or_insert(Some(mac));
    }
    Ok(())
}
