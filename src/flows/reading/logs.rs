//! Which logs Zeek and ICSNPP write, and the columns of those that are read.
//!
//! Invariant: a log is known by its `#path` (in JSON `_path`), else by its file name, never by its columns. Sources: Zeek
//! `scripts/base/protocols/*/main.zeek`; the READMEs of the ICSNPP parsers (cisagov/icsnpp-*).

/// Most columns that are read of a log.
pub const SLOTS: usize = 16;
/// The slot of `_path`.
pub const PATH: usize = SLOTS - 1;

use super::{flow_csv, protocols};

/// A log that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogKind {
    Conn,
    KnownHosts,
    KnownServices,
    Software,
    ModbusIdentification,
    CipIdentity,
    S7KnownDevices,
    BacnetDiscovery,
    SynchrophasorConfiguration,
    FlowCsv,
    /// The log of a protocol, by its place in [`protocols::PROTOCOLS`].
    Protocol(u8),
}

impl LogKind {
    /// Those that are known by their exact name.
    pub const ALL: [LogKind; 10] = [
        LogKind::Conn,
        LogKind::KnownHosts,
        LogKind::KnownServices,
        LogKind::Software,
        LogKind::ModbusIdentification,
        LogKind::CipIdentity,
        LogKind::S7KnownDevices,
        LogKind::BacnetDiscovery,
        LogKind::SynchrophasorConfiguration,
        LogKind::FlowCsv,
    ];

    /// Its `#path`.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            LogKind::Conn => "conn",
            LogKind::KnownHosts => "known_hosts",
            LogKind::KnownServices => "known_services",
            LogKind::Software => "software",
            LogKind::ModbusIdentification => "modbus_read_device_identification",
            LogKind::CipIdentity => "cip_identity",
            LogKind::S7KnownDevices => "s7comm_known_devices",
            LogKind::BacnetDiscovery => "bacnet_discovery",
            LogKind::SynchrophasorConfiguration => "synchrophasor_cfg_detail",
            LogKind::FlowCsv => "flows.csv",
            LogKind::Protocol(at) => protocols::PROTOCOLS[usize::from(at)].path,
        }
    }

    /// The columns that are read, in the order of their slots.
    #[must_use]
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            LogKind::Conn => &CONN,
            LogKind::KnownHosts => &["ts", "host"],
            LogKind::KnownServices => &["ts", "host", "port_num", "port_proto", "service"],
            LogKind::Software => &SOFTWARE,
            LogKind::ModbusIdentification => &MODBUS,
            LogKind::CipIdentity => &CIP,
            LogKind::S7KnownDevices => {
                &["ts", "id.resp_h", "automation_system_name", "module_name", "plant_name", "module_serial"]
            }
            LogKind::BacnetDiscovery => {
                &["ts", "id.orig_h", "source_h", "pdu_service", "vendor", "object_type", "object_name"]
            }
            LogKind::SynchrophasorConfiguration => &["ts", "id.resp_h", "proto", "source_h", "station_name"],
            LogKind::FlowCsv => &flow_csv::COLUMNS,
            LogKind::Protocol(at) => protocols::PROTOCOLS[usize::from(at)].columns,
        }
    }

    /// The columns without which it says nothing.
    #[must_use]
    pub fn needed(self) -> &'static [&'static str] {
        match self {
            LogKind::Conn => &["ts", "id.orig_h", "id.resp_h", "id.resp_p", "proto"],
            LogKind::KnownHosts => &["ts", "host"],
            LogKind::KnownServices => &["ts", "host", "port_num", "port_proto"],
            LogKind::Software => &["ts", "host", "name"],
            LogKind::ModbusIdentification => &["ts", "id.resp_h", "object_value"],
            LogKind::CipIdentity | LogKind::S7KnownDevices => &["ts", "id.resp_h"],
            LogKind::BacnetDiscovery => &["ts", "pdu_service", "vendor"],
            LogKind::SynchrophasorConfiguration => &["ts", "id.resp_h", "station_name"],
            LogKind::FlowCsv => &flow_csv::NEEDED,
            LogKind::Protocol(at) => protocols::PROTOCOLS[usize::from(at)].needed(),
        }
    }

    /// True when a `#path` is of this log.
    #[must_use]
    pub fn fits(self, path: &str) -> bool {
        self.path() == path || named(path) == Named::Read(self)
    }

    /// True for a log that is one of many of its parser, not all of which name a connection.
    #[must_use]
    pub fn is_of_a_family(self) -> bool {
        matches!(self, LogKind::Protocol(at) if protocols::PROTOCOLS[usize::from(at)].family)
    }
}

const CONN: [&str; 12] = [
    "ts",
    "id.orig_h",
    "id.orig_p",
    "id.resp_h",
    "id.resp_p",
    "proto",
    "service",
    "orig_bytes",
    "resp_bytes",
    "conn_state",
    "orig_l2_addr",
    "resp_l2_addr",
];
const SOFTWARE: [&str; 9] = [
    "ts",
    "host",
    "software_type",
    "name",
    "version.major",
    "version.minor",
    "version.minor2",
    "version.minor3",
    "version.addl",
];
const MODBUS: [&str; 8] =
    ["ts", "id.orig_h", "id.resp_h", "id.resp_p", "request_response", "object_id_code", "object_id", "object_value"];
const CIP: [&str; 8] =
    ["ts", "id.resp_h", "source_h", "socket_address", "vendor_name", "product_name", "revision", "serial_number"];

/// What a name says about a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    Read(LogKind),
    /// A log of Zeek or ICSNPP that is not read yet.
    NotYet,
    Unknown,
}

/// The log of a `#path`.
#[must_use]
pub fn named(path: &str) -> Named {
    match LogKind::ALL.iter().find(|kind| kind.path() == path) {
        Some(kind) => Named::Read(*kind),
        None if OTHERS.contains(&path) => Named::NotYet,
        None => match protocols::of(path) {
            Some(at) => Named::Read(LogKind::Protocol(at)),
            None if FAMILIES.iter().any(|family| path.starts_with(family)) => Named::NotYet,
            None => Named::Unknown,
        },
    }
}

/// The log a file name stands for: `conn.log`, `conn.2026-03-01-00-00-00.log.gz`, `conn_20260301.json`.
#[must_use]
pub fn of_file(name: &str) -> Named {
    if name.strip_suffix(".gz").unwrap_or(name).to_ascii_lowercase().ends_with(".csv") {
        return Named::Read(LogKind::FlowCsv);
    }
    let name = name.rsplit('/').next().unwrap_or(name);
    let stem = name.split('.').next().unwrap_or("");
    let date = stem.rfind(|c: char| !(c.is_ascii_digit() || matches!(c, '_' | '-' | ':'))).map_or(0, |at| at + 1);
    match (named(stem), named(stem.get(..date).unwrap_or(stem))) {
        (read @ Named::Read(_), _) | (Named::Unknown, read) | (_, read @ Named::Read(_)) => read,
        (known, _) => known,
    }
}

/// True for the bare name of a log, as a sensor writes it until it is rotated: `conn.log`, `modbus_detailed.json`.
#[must_use]
pub fn is_live(name: &str) -> bool {
    let stem = [".log", ".json"].iter().find_map(|end| name.strip_suffix(end));
    stem.is_some_and(|stem| named(stem) != Named::Unknown)
}

/// Logs of Zeek that are not read.
const OTHERS: &[&str] = &[
    "analyzer",
    "analyzer_debug",
    "barnyard2",
    "broker",
    "capture_loss",
    "cluster",
    "communication",
    "config",
    "conn-summary",
    "conn_long",
    "dce_rpc",
    "dhcp",
    "dns",
    "dpd",
    "enip_list_identity",
    "ethercat",
    "files",
    "ftp",
    "http",
    "intel",
    "irc",
    "kerberos",
    "known_certs",
    "known_devices",
    "known_domains",
    "known_modbus",
    "known_names",
    "ldap",
    "ldap_search",
    "loaded_scripts",
    "modbus_register_change",
    "mqtt_connect",
    "mqtt_publish",
    "mqtt_subscribe",
    "mysql",
    "netcontrol",
    "netcontrol_drop",
    "notice",
    "notice_alarm",
    "ntlm",
    "ntp",
    "ocsp",
    "openflow",
    "packet_filter",
    "pe",
    "postgresql",
    "print",
    "prof",
    "quic",
    "radius",
    "rdp",
    "reporter",
    "rfb",
    "signatures",
    "sip",
    "smtp",
    "snmp",
    "socks",
    "ssh",
    "ssl",
    "stats",
    "syslog",
    "telemetry",
    "traceroute",
    "x509",
];

/// Beginnings of the names of logs that come in families.
const FAMILIES: &[&str] = &[
    "bacnet",
    "bestguess",
    "cip_",
    "dnp3_",
    "ecat_",
    "goose",
    "modbus_",
    "s7comm_",
    "smb_",
    "synchrophasor",
    "tds",
    "telemetry_",
    "tunnel",
    "weird",
    "weird_stats",
    "wireguard",
    "zeekygen",
];

#[cfg(test)]
mod tests {
    use super::{LogKind, Named, PATH, is_live, of_file, protocols};

    #[test]
    fn names_of_files() {
        for (name, known) in [
            ("conn.log", Named::Read(LogKind::Conn)),
            ("conn.2026-03-01-00-00-00.log.gz", Named::Read(LogKind::Conn)),
            ("conn_20260301.json", Named::Read(LogKind::Conn)),
            ("conn.10:00:00-11:00:00.log.gz", Named::Read(LogKind::Conn)),
            ("s7comm_known_devices.log", Named::Read(LogKind::S7KnownDevices)),
            ("s7comm.log", Named::Read(LogKind::Protocol(14))),
            ("2026-03-01/conn.10:00:00-11:00:00.log.gz", Named::Read(LogKind::Conn)),
            ("substation.flows.csv.gz", Named::Read(LogKind::FlowCsv)),
            ("weird.log", Named::NotYet),
            ("modbus_detailed_20260301.log", Named::Read(LogKind::Protocol(1))),
            ("synchrophasor_cfg_detail.log", Named::Read(LogKind::SynchrophasorConfiguration)),
            ("dnp3_unheard_of.log", Named::NotYet),
            ("SOURCE.txt", Named::Unknown),
            ("", Named::Unknown),
        ] {
            assert_eq!(of_file(name), known, "{name}");
        }
    }

    #[test]
    fn live_names() {
        for (name, live) in [
            ("conn.log", true),
            ("modbus_detailed.json", true),
            ("conn.log.gz", false),
            ("conn.2026-03-01-00-00-00.log", false),
            ("conn_20260301.log", false),
            ("flows.csv", false),
        ] {
            assert_eq!(is_live(name), live, "{name}");
        }
    }

    #[test]
    fn slots_are_enough() {
        let protocols = (0..protocols::PROTOCOLS.len()).filter_map(|at| u8::try_from(at).ok()).map(LogKind::Protocol);
        for kind in LogKind::ALL.into_iter().chain(protocols) {
            assert!(kind.columns().len() <= PATH, "{kind:?}");
            assert!(kind.needed().iter().all(|name| kind.columns().contains(name)), "{kind:?}");
        }
    }
}
