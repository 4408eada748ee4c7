//! Which logs Zeek and ICSNPP write, and the columns of those that are read.
//!
//! Invariant: a log is known by its `#path` (in JSON `_path`), else by its file name, never by its columns. Sources: Zeek
//! `scripts/base/protocols/*/main.zeek`; the READMEs of the ICSNPP parsers (cisagov/icsnpp-*).

/// Most columns that are read of a log.
pub const SLOTS: usize = 16;
/// The slot of `_path`.
pub const PATH: usize = SLOTS - 1;

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
}

impl LogKind {
    pub const ALL: [LogKind; 8] = [
        LogKind::Conn,
        LogKind::KnownHosts,
        LogKind::KnownServices,
        LogKind::Software,
        LogKind::ModbusIdentification,
        LogKind::CipIdentity,
        LogKind::S7KnownDevices,
        LogKind::BacnetDiscovery,
    ];

    /// Its `#path`.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            LogKind::Conn => "conn",
            LogKind::KnownHosts => "known_hosts",
            LogKind::KnownServices => "known_services",
            LogKind::Software => "software",
            LogKind::ModbusIdentification => "modbus_read_device_identification",
            LogKind::CipIdentity => "cip_identity",
            LogKind::S7KnownDevices => "s7comm_known_devices",
            LogKind::BacnetDiscovery => "bacnet_discovery",
        }
    }

    /// The columns that are read, in the order of their slots.
    #[must_use]
    pub const fn columns(self) -> &'static [&'static str] {
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
        }
    }

    /// The columns without which it says nothing.
    #[must_use]
    pub const fn needed(self) -> &'static [&'static str] {
        match self {
            LogKind::Conn => &["ts", "id.orig_h", "id.resp_h", "id.resp_p", "proto"],
            LogKind::KnownHosts => &["ts", "host"],
            LogKind::KnownServices => &["ts", "host", "port_num", "port_proto"],
            LogKind::Software => &["ts", "host", "name"],
            LogKind::ModbusIdentification => &["ts", "id.resp_h", "object_value"],
            LogKind::CipIdentity | LogKind::S7KnownDevices => &["ts", "id.resp_h"],
            LogKind::BacnetDiscovery => &["ts", "pdu_service", "vendor"],
        }
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
        None if OTHERS.contains(&path) || FAMILIES.iter().any(|family| path.starts_with(family)) => Named::NotYet,
        None => Named::Unknown,
    }
}

/// The log a file name stands for: `conn.log`, `conn.2026-03-01-00-00-00.log.gz`, `conn_20260301.json`.
#[must_use]
pub fn of_file(name: &str) -> Named {
    let stem = name.split('.').next().unwrap_or("");
    let date = stem.rfind(|c: char| !(c.is_ascii_digit() || matches!(c, '_' | '-' | ':'))).map_or(0, |at| at + 1);
    match named(stem) {
        Named::Unknown => named(stem.get(..date).unwrap_or(stem)),
        known => known,
    }
}

/// Logs of Zeek that are not read.
const OTHERS: [&str; 75] = [
    "analyzer",
    "analyzer_debug",
    "barnyard2",
    "broker",
    "capture_loss",
    "cip",
    "cip_io",
    "cluster",
    "communication",
    "config",
    "conn-summary",
    "conn_long",
    "cotp",
    "dce_rpc",
    "dhcp",
    "dnp3",
    "dns",
    "dpd",
    "enip",
    "enip_list_identity",
    "ethercat",
    "files",
    "ftp",
    "ge_srtp",
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
    "modbus",
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
    "profinet",
    "profinet_dce_rpc",
    "prof",
    "quic",
    "radius",
    "rdp",
    "reporter",
    "rfb",
    "s7comm",
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
const FAMILIES: [&str; 25] = [
    "bacnet",
    "bestguess",
    "bsap",
    "c1222",
    "cip_",
    "dnp3_",
    "ecat_",
    "genisys",
    "goose",
    "hart_ip",
    "modbus_",
    "omron_fins",
    "opcua_",
    "profinet_",
    "roc_plus",
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
    use super::{LogKind, Named, PATH, of_file};

    #[test]
    fn names_of_files() {
        for (name, known) in [
            ("conn.log", Named::Read(LogKind::Conn)),
            ("conn.2026-03-01-00-00-00.log.gz", Named::Read(LogKind::Conn)),
            ("conn_20260301.json", Named::Read(LogKind::Conn)),
            ("conn.10:00:00-11:00:00.log.gz", Named::Read(LogKind::Conn)),
            ("s7comm_known_devices.log", Named::Read(LogKind::S7KnownDevices)),
            ("s7comm.log", Named::NotYet),
            ("weird.log", Named::NotYet),
            ("modbus_detailed.log", Named::NotYet),
            ("SOURCE.txt", Named::Unknown),
            ("", Named::Unknown),
        ] {
            assert_eq!(of_file(name), known, "{name}");
        }
    }

    #[test]
    fn slots_are_enough() {
        for kind in LogKind::ALL {
            assert!(kind.columns().len() <= PATH, "{kind:?}");
            assert!(kind.needed().iter().all(|name| kind.columns().contains(name)), "{kind:?}");
        }
    }
}
