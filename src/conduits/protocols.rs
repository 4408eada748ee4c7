//! What is known of protocols where they cross a boundary: which are interactive, which tunnel, which prove nobody's identity.
//!
//! Invariant: pure; a protocol is known by the name the sensor or the permission gives it, else by the port it usually has.
//! Sources: NERC glossary "Interactive Remote Access"; NIST SP 800-82r3 6.2.1.3; IANA service names and ports.

/// What a protocol is, as far as a boundary is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// Somebody sits at the other end.
    Interactive,
    /// Carries other traffic that nobody sees.
    Tunnel,
    /// Neither authenticates nor protects what it carries.
    Legacy,
    Other,
}

use Nature::{Interactive, Legacy, Tunnel};

/// Names by which sensors and people call protocols, in lower case.
const NAMES: [(&str, Nature); 60] = [
    ("ssh", Interactive),
    ("rdp", Interactive),
    ("vnc", Interactive),
    ("rfb", Interactive),
    ("telnet", Interactive),
    ("rlogin", Interactive),
    ("teamviewer", Interactive),
    ("anydesk", Interactive),
    ("winrm", Interactive),
    ("x11", Interactive),
    ("pcanywhere", Interactive),
    ("dameware", Interactive),
    ("openvpn", Tunnel),
    ("wireguard", Tunnel),
    ("ipsec", Tunnel),
    ("isakmp", Tunnel),
    ("ike", Tunnel),
    ("esp", Tunnel),
    ("gre", Tunnel),
    ("l2tp", Tunnel),
    ("pptp", Tunnel),
    ("teredo", Tunnel),
    ("6to4", Tunnel),
    ("vxlan", Tunnel),
    ("geneve", Tunnel),
    ("socks", Tunnel),
    ("ayiya", Tunnel),
    ("zerotier", Tunnel),
    ("tor", Tunnel),
    ("modbus", Legacy),
    ("modbus-tcp", Legacy),
    ("modbus_tcp", Legacy),
    ("dnp3", Legacy),
    ("dnp3_tcp", Legacy),
    ("dnp3_udp", Legacy),
    ("iec-101", Legacy),
    ("iec-104", Legacy),
    ("iec104", Legacy),
    ("opc-da", Legacy),
    ("opc-classic", Legacy),
    ("s7comm", Legacy),
    ("enip", Legacy),
    ("cip", Legacy),
    ("cip-enip", Legacy),
    ("enip-io", Legacy),
    ("profinet", Legacy),
    ("bacnet", Legacy),
    ("bacnet-ip", Legacy),
    ("goose", Legacy),
    ("sv", Legacy),
    ("mms", Legacy),
    ("iso-tsap", Legacy),
    ("iccp-tase2", Legacy),
    ("synchrophasor", Legacy),
    ("ge-srtp", Legacy),
    ("ftp", Legacy),
    ("tftp", Legacy),
    ("snmp", Legacy),
    ("snmpv1", Legacy),
    ("snmpv2c", Legacy),
];

/// Usual ports, where a sensor named no protocol.
const PORTS: [(&str, u16, &str); 40] = [
    ("tcp", 22, "ssh"),
    ("tcp", 23, "telnet"),
    ("tcp", 513, "rlogin"),
    ("tcp", 3389, "rdp"),
    ("udp", 3389, "rdp"),
    ("tcp", 5900, "vnc"),
    ("tcp", 5901, "vnc"),
    ("tcp", 5938, "teamviewer"),
    ("udp", 5938, "teamviewer"),
    ("tcp", 7070, "anydesk"),
    ("tcp", 5985, "winrm"),
    ("tcp", 5986, "winrm"),
    ("udp", 1194, "openvpn"),
    ("tcp", 1194, "openvpn"),
    ("udp", 51820, "wireguard"),
    ("udp", 500, "isakmp"),
    ("udp", 4500, "ipsec"),
    ("udp", 1701, "l2tp"),
    ("tcp", 1723, "pptp"),
    ("udp", 3544, "teredo"),
    ("udp", 4789, "vxlan"),
    ("udp", 9993, "zerotier"),
    ("tcp", 1080, "socks"),
    ("tcp", 102, "iso-tsap"),
    ("tcp", 502, "modbus"),
    ("tcp", 2404, "iec-104"),
    ("tcp", 20000, "dnp3"),
    ("udp", 20000, "dnp3"),
    ("tcp", 44818, "enip"),
    ("udp", 2222, "enip-io"),
    ("udp", 47808, "bacnet"),
    ("tcp", 4712, "synchrophasor"),
    ("tcp", 18245, "ge-srtp"),
    ("tcp", 21, "ftp"),
    ("udp", 69, "tftp"),
    ("udp", 161, "snmp"),
    ("udp", 53, "dns"),
    ("tcp", 53, "dns"),
    ("udp", 123, "ntp"),
    ("udp", 67, "dhcp"),
];

/// What a protocol of this name is.
#[must_use]
pub fn nature_of(name: &str) -> Nature {
    NAMES.iter().find(|(known, _)| *known == name).map_or(Nature::Other, |(_, nature)| *nature)
}

/// The protocol that usually has this port.
#[must_use]
pub fn usual(transport: &str, port: u16) -> &'static str {
    PORTS.iter().find(|(known, number, _)| *known == transport && *number == port).map_or("", |(.., name)| name)
}

/// What a flow is: by any of the names the sensor gave, else by its port. A port alone never makes what was named
/// something else.
#[must_use]
pub fn nature(service: &str, transport: &str, port: u16) -> Nature {
    let mut named = service.split([',', ';']).map(|name| nature_of(name.trim_start_matches('-').trim()));
    match named.find(|nature| *nature != Nature::Other) {
        Some(nature) => nature,
        None if service.is_empty() => match transport {
            "gre" | "esp" | "ah" => Tunnel,
            _ => nature_of(usual(transport, port)),
        },
        None => Nature::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::{NAMES, Nature, PORTS, nature, nature_of};

    #[test]
    fn natures() {
        for (service, transport, port, wanted) in [
            ("", "udp", 1194, Nature::Tunnel),
            ("", "tcp", 3389, Nature::Interactive),
            ("ssl", "tcp", 3389, Nature::Other),
            ("ssl,rdp", "tcp", 3389, Nature::Interactive),
            ("modbus", "tcp", 5020, Nature::Legacy),
            ("dns", "udp", 53, Nature::Other),
            ("", "gre", 0, Nature::Tunnel),
            ("", "tcp", 443, Nature::Other),
        ] {
            assert_eq!(nature(service, transport, port), wanted, "{service} {transport}/{port}");
        }
    }

    #[test]
    fn ports_name_known_protocols() {
        let plain = ["dns", "ntp", "dhcp"];
        assert!(PORTS.iter().all(|(.., name)| nature_of(name) != Nature::Other || plain.contains(name)));
        let mut names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), NAMES.len());
    }
}
