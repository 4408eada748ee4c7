//! The text of the logs that the demonstration's sensors write: connections, and commands over Modbus beside them.
//!
//! Invariant: pure text in the form Zeek and ICSNPP write it; the same calls in the same order give the same text.

use std::fmt::Write as _;

use crate::vocabulary::Moment;

/// Columns of connections, as Zeek 6 with MAC logging names them.
const FIELDS: &str = "ts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\torig_l2_addr\tresp_l2_addr";

/// Columns of commands, as ICSNPP names them.
const DETAILED: &str = "ts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\ttid\tunit\tfunc\tnetwork_direction\taddress\tquantity\tmatched";

/// An address and its card.
#[derive(Clone, Debug, Default)]
pub struct Station {
    pub address: String,
    pub mac: String,
}

/// Logs being written.
pub struct Log {
    text: String,
    commands: String,
    until: Moment,
    lines: u64,
}

/// Names of services as Zeek's analyzers give them; empty where it has none.
fn analyzed(protocol: &str) -> &str {
    match protocol {
        "dnp3" => "dnp3_tcp",
        "https" => "ssl",
        "modbus" | "ssh" | "rdp" | "snmp" | "ntp" | "syslog" | "http" | "ftp" | "dns" => protocol,
        _ => "-",
    }
}

impl Log {
    /// Logs of the day before a moment.
    #[must_use]
    pub fn until(until: Moment) -> Self {
        let text = format!("#separator \\x09\n#path\tconn\n#fields\t{FIELDS}\n");
        Self { text, commands: String::new(), until, lines: 0 }
    }

    /// The connections, and the commands when there were any.
    #[must_use]
    pub fn done(self) -> (String, Option<String>) {
        let head = format!("#separator \\x09\n#path\tmodbus_detailed\n#fields\t{DETAILED}\n");
        let commands = (!self.commands.is_empty()).then(|| head + &self.commands);
        (self.text, commands)
    }

    /// Two conversations of a client with a server that answered.
    pub fn conversation(&mut self, from: &Station, to: &Station, service: (&str, &str, &str)) {
        self.said(from, to, service, None, &[]);
    }

    /// Two conversations somewhere in the day before, which ended in a state and carried commands.
    pub fn said(
        &mut self,
        from: &Station,
        to: &Station,
        (transport, port, protocol): (&str, &str, &str),
        ended: Option<&str>,
        commands: &[&str],
    ) {
        for _ in 0..2 {
            self.lines += 1;
            let odd = self.lines.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
            let before = i64::try_from(odd % 82_800).unwrap_or(0) + 60;
            let at = self.until.plus_seconds(-before).micros();
            let (at, port_from) = (format!("{}.{:06}", at / 1_000_000, at % 1_000_000), 49_152 + odd % 16_000);
            let usual = if transport == "udp" || !odd.is_multiple_of(7) { "SF" } else { "S1" };
            let state = ended.unwrap_or(usual);
            let (sent, received) =
                (200 + odd % 9_000, if ended.is_some_and(is_silent) { 0 } else { 400 + odd % 40_000 });
            let (client, server) = (&from.address, &to.address);
            let _ = writeln!(
                self.text,
                "{at}\tC{odd:x}\t{client}\t{port_from}\t{server}\t{port}\t{transport}\t{}\t{}.250000\t{sent}\t{received}\t{state}\t{}\t{}",
                analyzed(protocol),
                odd % 50,
                card(from),
                card(to),
            );
            for (place, command) in commands.iter().enumerate() {
                let _ = writeln!(
                    self.commands,
                    "{at}\tC{odd:x}\t{client}\t{port_from}\t{server}\t{port}\t{place}\t1\t{command}\tREQUEST\t40001\t2\tT"
                );
            }
        }
    }
}

/// True for a state of a connection that nothing came back in.
fn is_silent(state: &str) -> bool {
    matches!(state, "S0" | "REJ")
}

/// The card of a station; what is behind a router has none that the sensor sees.
fn card(station: &Station) -> &str {
    if station.mac.is_empty() { "-" } else { &station.mac }
}
