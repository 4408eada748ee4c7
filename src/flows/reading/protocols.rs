//! The logs of protocol parsers: which columns are read of each, and what a row says of its connection.
//!
//! Invariant: one table. A row says which connection it was in, whether the other side spoke, and what was asked for; what
//! a log does not say is not guessed. Sources: Zeek `base/protocols/{modbus,dnp3}`, `scripts/main.zeek` of cisagov/icsnpp-*,
//! parsitects/icsnpp-{c1222,ge-srtp}, piercema/icsnpp-omron-fins, DINA-community/icsnpp-iec61850-goose.

use super::commands;
use super::json::Cells;

/// Slots that every protocol log has in common.
pub const UID: usize = 1;
pub const FROM: usize = 2;
pub const FROM_PORT: usize = 3;
pub const TO: usize = 4;
pub const TO_PORT: usize = 5;
pub const PROTO: usize = 6;
pub const IS_ORIG: usize = 7;

/// What carries a protocol where its log does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    Tcp,
    Udp,
    /// UDP on the second port, else TCP: EtherNet/IP's 2222, the synchrophasors' 4713.
    UdpOn(u16),
    /// Frames with this `EtherType`, without IP.
    Frames(u16),
}

/// A protocol's log.
pub struct Protocol {
    /// Its `#path`; of a family, the beginning of the paths of its logs.
    pub path: &'static str,
    pub family: bool,
    pub columns: &'static [&'static str],
    pub service: &'static str,
    pub carrier: Carrier,
    /// True for a row that is an answer.
    pub answer: fn(&Cells<'_>) -> bool,
    /// Bits of what the row asks for.
    pub asks: fn(&Cells<'_>) -> u32,
    /// The slot that says, by `T`, that a row holds a request and its answer: whoever sent the packet, the originator asked.
    pub pairs: Option<usize>,
}

macro_rules! columns {
    ($($name:literal),*) => {
        &["ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "is_orig", $($name),*]
    };
}

const fn log(
    path: &'static str,
    columns: &'static [&'static str],
    (service, carrier): (&'static str, Carrier),
    answer: fn(&Cells<'_>) -> bool,
    asks: fn(&Cells<'_>) -> u32,
) -> Protocol {
    Protocol { path, family: false, columns, service, carrier, answer, asks, pairs: None }
}

/// Logs of a parser of which only the connection is read.
const fn family(path: &'static str, service: &'static str, carrier: Carrier) -> Protocol {
    Protocol { path, family: true, columns: columns!(), service, carrier, answer: never, asks: nothing, pairs: None }
}

fn never(_: &Cells<'_>) -> bool {
    false
}

fn nothing(_: &Cells<'_>) -> u32 {
    0
}

/// True for the words that logs have for an answer.
fn answers(cell: &[u8]) -> bool {
    let word = cell.to_ascii_lowercase();
    [&b"resp"[..], b"reply", b"ack"].iter().any(|begin| word.starts_with(begin))
}

const MODBUS: (&str, Carrier) = ("modbus", Carrier::Tcp);
const DNP3: (&str, Carrier) = ("dnp3", Carrier::Tcp);
const ENIP: (&str, Carrier) = ("enip", Carrier::UdpOn(2222));
const BACNET: (&str, Carrier) = ("bacnet", Carrier::Udp);
const S7: (&str, Carrier) = ("s7comm", Carrier::Tcp);
const OPCUA: (&str, Carrier) = ("opcua_binary", Carrier::Tcp);
const PHASORS: (&str, Carrier) = ("synchrophasor", Carrier::UdpOn(4713));

/// Every protocol log that is read; exact names before families.
pub static PROTOCOLS: [Protocol; 40] = [
    // Before `pdu_type`, Zeek wrote a row only when the answer came.
    log("modbus", columns!("func", "pdu_type"), MODBUS, |row| row[9] != b"REQ", |row| commands::modbus(row[8])),
    Protocol {
        pairs: Some(9),
        ..log(
            "modbus_detailed",
            columns!("func", "matched", "response_values", "exception_code", "network_direction"),
            MODBUS,
            |row| row[9] == b"T" || !row[10].is_empty() || !row[11].is_empty() || answers(row[12]),
            |row| commands::modbus(row[8]),
        )
    },
    log(
        "modbus_mask_write_register",
        columns!("func", "request_response"),
        MODBUS,
        |row| answers(row[9]),
        |row| commands::modbus(row[8]),
    ),
    log(
        "modbus_read_write_multiple_registers",
        columns!("func", "request_response"),
        MODBUS,
        |row| answers(row[9]),
        |row| commands::modbus(row[8]),
    ),
    log("dnp3", columns!("fc_request", "fc_reply"), DNP3, |row| !row[9].is_empty(), |row| commands::dnp3(row[8])),
    log("dnp3_control", columns!("function_code"), DNP3, |row| is_dnp3_answer(row[8]), |row| commands::dnp3(row[8])),
    log("dnp3_objects", columns!("function_code"), DNP3, |row| is_dnp3_answer(row[8]), |row| commands::dnp3(row[8])),
    log("enip", columns!(), ENIP, never, nothing),
    log(
        "cip",
        columns!("direction", "cip_service_code", "cip_service", "class_id"),
        ("cip", Carrier::UdpOn(2222)),
        |row| answers(row[8]),
        |row| if answers(row[8]) { 0 } else { commands::cip(row[9], row[10], row[11]) },
    ),
    log("cip_io", columns!(), ("cip_io", Carrier::Udp), never, nothing),
    log("bacnet", columns!("pdu_type", "pdu_service"), BACNET, is_bacnet_answer, |row| commands::bacnet(row[9])),
    log("bacnet_header", columns!("pdu_type", "pdu_service"), BACNET, is_bacnet_answer, |row| commands::bacnet(row[9])),
    log(
        "bacnet_property",
        columns!("pdu_service"),
        BACNET,
        |row| row[8].to_ascii_lowercase().ends_with(b"ack"),
        |row| commands::bacnet(row[8]),
    ),
    log(
        "bacnet_device_control",
        columns!("pdu_service", "result"),
        BACNET,
        |row| !row[9].is_empty(),
        |row| commands::bacnet(row[8]),
    ),
    log(
        "s7comm",
        columns!("rosctr_name", "function_name", "subfunction_name", "subfunction_code"),
        S7,
        |row| answers(row[8]) || answers(row[9]),
        |row| commands::s7comm(row[8], row[9], (row[10], row[11])),
    ),
    log(
        "s7comm_upload_download",
        columns!("rosctr", "function_name"),
        S7,
        |row| answers(row[8]),
        |row| commands::s7comm(row[8], row[9], (b"", b"")),
    ),
    log("s7comm_read_szl", columns!("method"), S7, |row| answers(row[8]), nothing),
    log(
        "s7comm_plus",
        columns!("opcode_name", "function_name"),
        ("s7comm_plus", Carrier::Tcp),
        |row| answers(row[8]),
        |row| commands::s7comm_plus(row[9]),
    ),
    log(
        "cotp",
        columns!("pdu_name"),
        ("cotp", Carrier::Tcp),
        |row| row[8].starts_with(b"CC ") || row[8].starts_with(b"DC "),
        nothing,
    ),
    log("synchrophasor", columns!("data_frame_count"), PHASORS, |row| !matches!(row[8], b"" | b"0"), nothing),
    log("opcua_binary", columns!("sec_policy_uri"), OPCUA, never, |row| commands::opcua_policy(row[8])),
    log(
        "opcua_binary_opensecure_channel",
        columns!("message_security_mode", "server_proto_ver"),
        OPCUA,
        |row| !row[9].is_empty() && row[8].is_empty(),
        |row| commands::opcua_mode(row[8]),
    ),
    log("opcua_binary_activate_session", columns!("ext_obj_type_id_str"), OPCUA, never, |row| {
        commands::opcua_identity(row[8])
    }),
    log("opcua_binary_write", columns!("req_resp"), OPCUA, |row| answers(row[8]), |row| commands::opcua_write(row[8])),
    log("genisys", columns!("direction"), ("genisys", Carrier::Tcp), |row| answers(row[8]), nothing),
    log("ge_srtp_general", columns!("srtp_type"), ("ge_srtp", Carrier::Tcp), |row| answers(row[8]), nothing),
    log("profinet_io_cm", columns!("packet_type"), ("profinet_io_cm", Carrier::Udp), |row| answers(row[8]), nothing),
    log("omron_fins_general", columns!("icf_data_type"), ("omron_fins", Carrier::Udp), |row| answers(row[8]), nothing),
    frames("goose", &["ts", "", "src_mac", "", "dst_mac"], 0x88b8),
    frames("ecat_registers", &["ts", "", "srcmac", "", "dstmac"], 0x88a4),
    frames("ecat_log_address", &["ts", "", "srcmac", "", "dstmac"], 0x88a4),
    family("opcua_binary", "opcua_binary", Carrier::Tcp),
    family("synchrophasor", "synchrophasor", Carrier::UdpOn(4713)),
    family("hart_ip", "hart_ip", Carrier::UdpOn(5094)),
    family("profinet", "profinet", Carrier::Udp),
    family("bsap", "bsap", Carrier::Udp),
    family("c1222", "c1222", Carrier::Tcp),
    family("ge_srtp", "ge_srtp", Carrier::Tcp),
    family("roc_plus", "roc_plus", Carrier::Tcp),
    family("omron_fins", "omron_fins", Carrier::Udp),
];

const fn frames(path: &'static str, columns: &'static [&'static str], ether: u16) -> Protocol {
    let service = if ether == 0x88b8 { "goose" } else { "ethercat" };
    log(path, columns, (service, Carrier::Frames(ether)), never, nothing)
}

fn is_dnp3_answer(function: &[u8]) -> bool {
    matches!(function, b"RESPONSE" | b"UNSOLICITED_RESPONSE" | b"AUTHENTICATE_RESP")
}

fn is_bacnet_answer(row: &Cells<'_>) -> bool {
    let kind = row[8].to_ascii_uppercase();
    [&b"ACK"[..], b"ERROR", b"REJECT", b"ABORT"].iter().any(|end| kind.windows(end.len()).any(|part| part == *end))
}

impl Protocol {
    /// The columns without which a row says nothing of a connection.
    #[must_use]
    pub fn needed(&self) -> &'static [&'static str] {
        match self.carrier {
            Carrier::Frames(0x88b8) => &["ts", "src_mac", "dst_mac"],
            Carrier::Frames(_) => &["ts", "srcmac", "dstmac"],
            _ => &["ts", "id.orig_h", "id.resp_h", "id.resp_p"],
        }
    }
}

/// The place in [`PROTOCOLS`] of the log of a `#path`. Older OPC UA parsers wrote hyphens.
#[must_use]
pub fn of(path: &str) -> Option<u8> {
    let path = path.replace('-', "_");
    let of_family = |log: &Protocol| {
        log.family && path.strip_prefix(log.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    };
    let exact = PROTOCOLS.iter().position(|log| !log.family && log.path == path);
    exact.or_else(|| PROTOCOLS.iter().position(of_family)).and_then(|at| u8::try_from(at).ok())
}

#[cfg(test)]
mod tests {
    use super::{PROTOCOLS, of};

    #[test]
    fn paths() {
        for (path, known) in [
            ("modbus_detailed", Some("modbus_detailed")),
            ("opcua_binary_opensecure_channel", Some("opcua_binary_opensecure_channel")),
            ("opcua-binary-browse", Some("opcua_binary")),
            ("synchrophasor_cmd", Some("synchrophasor")),
            ("hart_ip_universal_commands", Some("hart_ip")),
            ("profinet_dce_rpc", Some("profinet")),
            ("bsap_ip_header", Some("bsap")),
            ("ge_srtp", Some("ge_srtp")),
            ("roc_plus_file_transfer", Some("roc_plus")),
            ("omron_fins_detail", Some("omron_fins")),
            ("ecat_coe_info", None),
            ("cip_identity", None),
            ("bsapx", None),
        ] {
            assert_eq!(of(path).map(|at| PROTOCOLS[usize::from(at)].path), known, "{path}");
        }
    }
}
