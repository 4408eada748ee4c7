//! What the function names of industrial protocols ask a device to do.
//!
//! Invariant: pure; a name that is not known asks for nothing. The vocabulary says of each word which field it comes from.

use crate::flows::operations::Operation as Op;

fn any(known: bool, operation: Op) -> u32 {
    if known { operation.bit() } else { 0 }
}

/// A Modbus function (Zeek `base/protocols/modbus/consts.zeek`); exceptions carry the name with an ending.
#[must_use]
pub fn modbus(function: &[u8]) -> u32 {
    let function = function.strip_suffix(b"_EXCEPTION").unwrap_or(function);
    let writes = function.starts_with(b"WRITE_")
        || matches!(function, b"MASK_WRITE_REGISTER" | b"READ_WRITE_MULTIPLE_REGISTERS");
    any(writes, Op::ModbusWrite)
        | any(function == b"DIAGNOSTICS", Op::ModbusDiagnostics)
        | any(function.starts_with(b"PROGRAM_") || function == b"FIRMWARE_REPLACEMENT", Op::ModbusProgram)
}

/// A DNP3 function (Zeek `base/protocols/dnp3/consts.zeek`; IEEE 1815 table 4-2).
#[must_use]
pub fn dnp3(function: &[u8]) -> u32 {
    match function {
        b"OPERATE" | b"DIRECT_OPERATE" | b"DIRECT_OPERATE_NR" => Op::Dnp3Operate.bit(),
        b"WRITE" => Op::Dnp3Write.bit(),
        b"COLD_RESTART" | b"WARM_RESTART" => Op::Dnp3Restart.bit(),
        b"INITIALIZE_DATA" | b"INITIALIZE_APPL" | b"START_APPL" | b"STOP_APPL" => Op::Dnp3Application.bit(),
        b"SAVE_CONFIG" | b"ASSIGN_CLASS" | b"ENABLE_UNSOLICITED" | b"DISABLE_UNSOLICITED" | b"ACTIVATE_CONFIG" => {
            Op::Dnp3Configure.bit()
        }
        b"OPEN_FILE" | b"DELETE_FILE" => Op::Dnp3File.bit(),
        _ => 0,
    }
}

/// A CIP request by service and class: their codes, else the service's name (ICSNPP-ENIP `scripts/consts.zeek`).
#[must_use]
pub fn cip(code: &[u8], name: &[u8], class: &[u8]) -> u32 {
    let code = hex(code).or_else(|| CIP.iter().find(|(known, _)| known.as_bytes() == name).map(|(_, code)| *code));
    let (Some(code), class) = (code, hex(class)) else { return 0 };
    match (class, code) {
        // CIP volume 1 §5-42: initiate download, initiate partial write, download transfer, clear file.
        (Some(0x37), 0x4c | 0x4e | 0x50 | 0x51) | (Some(0xa1), _) => Op::CipFirmware.bit(),
        (Some(0x37), 0x4b..=0x51) => 0,
        (_, 0x02 | 0x04 | 0x10 | 0x19 | 0x1a | 0x1b | 0x4d | 0x4e | 0x53) => Op::CipWrite.bit(),
        (_, 0x05) => Op::CipReset.bit(),
        (_, 0x06) => Op::CipStart.bit(),
        (_, 0x07) => Op::CipStop.bit(),
        (_, 0x08 | 0x09 | 0x15 | 0x16) => Op::CipProgram.bit(),
        _ => 0,
    }
}

/// Names of services that matter, where a log leaves their codes out.
const CIP: [(&str, u32); 14] = [
    ("Set Attributes All", 0x02),
    ("Set Attribute List", 0x04),
    ("Reset", 0x05),
    ("Start", 0x06),
    ("Stop", 0x07),
    ("Create", 0x08),
    ("Delete", 0x09),
    ("Set Attributes Single", 0x10),
    ("Restore", 0x15),
    ("Save", 0x16),
    ("Set Member", 0x19),
    ("Write Data", 0x4d),
    ("Read Write Modify Data", 0x4e),
    ("Write Data Fragmented", 0x53),
];

fn hex(code: &[u8]) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(code.strip_prefix(b"0x")?).ok()?, 16).ok()
}

/// A `BACnet` service (ICSNPP `scripts/consts.zeek`); the property log writes hyphens, and what kind of message it is.
#[must_use]
pub fn bacnet(service: &[u8]) -> u32 {
    let service = String::from_utf8_lossy(service).to_lowercase().replace('-', "_");
    let writes = ["write_property", "atomic_write_file", "add_list_element", "remove_list_element"];
    let objects = matches!(&*service, "create_object" | "delete_object");
    any(objects || writes.iter().any(|begin| service.starts_with(begin)), Op::BacnetWrite)
        | any(service.starts_with("device_communication_control"), Op::BacnetCommunication)
        | any(service.starts_with("reinitialize"), Op::BacnetReinitialize)
}

/// An S7 function with its subfunction's name and code (ICSNPP-S7comm `scripts/consts.zeek`). In a download, the device asks
/// for the blocks, so that only the request for the download itself is a command.
#[must_use]
pub fn s7comm(kind: &[u8], function: &[u8], (subfunction, service): (&[u8], &[u8])) -> u32 {
    if kind.starts_with(b"ACK") || function.starts_with(b"Response") {
        return 0;
    }
    match function {
        b"Write Variable" => Op::S7Write.bit(),
        b"PLC Stop" => Op::S7Stop.bit(),
        b"PLC Control" if service == b"P_PROGRAM" || subfunction == b"PLC Start / Stop" => Op::S7Start.bit(),
        b"PLC Control" if is_block_service(service, subfunction) => Op::S7Download.bit(),
        b"Request Download" => Op::S7Download.bit(),
        b"Start Upload" => Op::S7Upload.bit(),
        b"Request: Programmer Controls" => match subfunction {
            b"Modify Variable" | b"Force" => Op::S7Write.bit(),
            b"Memory Reset" => Op::S7Stop.bit(),
            _ => 0,
        },
        _ => 0,
    }
}

fn is_block_service(service: &[u8], told: &[u8]) -> bool {
    matches!(service, b"_INSE" | b"_INS2" | b"_DELE" | b"_MODU")
        || [&b"Activates a PLC module"[..], b"Removes module", b"PLC Copy Ram"]
            .iter()
            .any(|begin| told.starts_with(begin))
}

/// An S7comm-plus function.
#[must_use]
pub fn s7comm_plus(function: &[u8]) -> u32 {
    any(matches!(function, b"Set Variable" | b"Set Multi Variables"), Op::S7Write)
}

/// A security policy in a message that opens a channel (OPC 10000-7 §6.6.161).
#[must_use]
pub fn opcua_policy(uri: &[u8]) -> u32 {
    any(uri.ends_with(b"#None"), Op::OpcuaNone)
}

/// A message security mode (OPC 10000-4 §7.20): 1 is None.
#[must_use]
pub fn opcua_mode(mode: &[u8]) -> u32 {
    any(mode == b"1", Op::OpcuaNone)
}

/// The identity a session is activated with.
#[must_use]
pub fn opcua_identity(token: &[u8]) -> u32 {
    any(token.starts_with(b"AnonymousIdentityToken"), Op::OpcuaAnonymous)
}

/// A row of the write log: of a request, unless it says that it is the response.
#[must_use]
pub fn opcua_write(kind: &[u8]) -> u32 {
    any(!kind.to_ascii_lowercase().starts_with(b"resp"), Op::OpcuaWrite)
}

#[cfg(test)]
mod tests {
    use super::{bacnet, cip, dnp3, modbus, opcua_mode, s7comm};
    use crate::flows::operations::operations_text;

    #[test]
    fn what_functions_ask_for() {
        let none: (&[u8], &[u8]) = (b"", b"");
        for (bits, told) in [
            (modbus(b"READ_COILS"), ""),
            (modbus(b"WRITE_SINGLE_COIL"), "modbus_write"),
            (modbus(b"MASK_WRITE_REGISTER_EXCEPTION"), "modbus_write"),
            (modbus(b"DIAGNOSTICS"), "modbus_diagnostics"),
            (dnp3(b"READ"), ""),
            (dnp3(b"DIRECT_OPERATE"), "dnp3_operate"),
            (dnp3(b"COLD_RESTART"), "dnp3_restart"),
            (dnp3(b"RESPONSE"), ""),
            (cip(b"0x03", b"Get Attribute List", b"0x01"), ""),
            (cip(b"0x05", b"Reset", b"0x01"), "cip_reset"),
            (cip(b"0x4c", b"Read Data", b"-"), ""),
            (cip(b"0x4c", b"Read Data", b"0x37"), "cip_firmware"),
            (cip(b"0x4d", b"Write Data", b"0x37"), ""),
            (cip(b"0x4d", b"Write Data", b"0x6b"), "cip_write"),
            (cip(b"", b"Stop", b""), "cip_stop"),
            (bacnet(b"write-property-request"), "bacnet_write"),
            (bacnet(b"read_property_ack"), ""),
            (bacnet(b"reinitialized_device"), "bacnet_reinitialize"),
            (s7comm(b"Job-Request", b"PLC Stop", none), "s7_stop"),
            (s7comm(b"ACK-Data", b"PLC Stop", none), ""),
            (s7comm(b"Job-Request", b"PLC Control", (b"PLC Start / Stop", b"P_PROGRAM")), "s7_start"),
            (s7comm(b"Job-Request", b"PLC Control", (b"Compress PLC memory", b"_GARB")), ""),
            (s7comm(b"Job-Request", b"PLC Control", (b"Activates a PLC module", b"_INSE")), "s7_download"),
            (s7comm(b"Job-Request", b"Download Block", none), ""),
            (s7comm(b"User-Data", b"Request: Programmer Controls", (b"Force", b"0x09")), "s7_write"),
            (opcua_mode(b"1"), "opcua_none"),
            (opcua_mode(b"3"), ""),
        ] {
            assert_eq!(operations_text(i64::from(bits)), told);
        }
    }
}
