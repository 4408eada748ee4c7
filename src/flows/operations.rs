//! What was done to a device inside a flow, beyond reading: the commands that protocol logs tell of.
//!
//! Invariant: one bit each, in the order written here; a word is only ever added at the end, because bits are stored.
//! A word says that the command was asked for, not that the device obeyed. Sources: Zeek's and ICSNPP's logs and fields.

crate::words! {
    /// A command of an industrial protocol.
    Operation {
        // modbus, modbus_detailed: `func` WRITE_*, MASK_WRITE_REGISTER, READ_WRITE_MULTIPLE_REGISTERS (Modbus 1.1b3 §6).
        ModbusWrite = "modbus_write", "Modbus write";
        // modbus, modbus_detailed: `func` DIAGNOSTICS, which can restart or silence a device (Modbus 1.1b3 §6.8).
        ModbusDiagnostics = "modbus_diagnostics", "Modbus diagnostics";
        // modbus, modbus_detailed: `func` PROGRAM_*, FIRMWARE_REPLACEMENT (Zeek base/protocols/modbus/consts.zeek).
        ModbusProgram = "modbus_program", "Modbus program";
        // dnp3 `fc_request`, dnp3_control `function_code`: OPERATE, DIRECT_OPERATE, DIRECT_OPERATE_NR.
        Dnp3Operate = "dnp3_operate", "DNP3 operate";
        // dnp3 `fc_request`: WRITE.
        Dnp3Write = "dnp3_write", "DNP3 write";
        // dnp3 `fc_request`: COLD_RESTART, WARM_RESTART.
        Dnp3Restart = "dnp3_restart", "DNP3 restart";
        // dnp3 `fc_request`: INITIALIZE_DATA, INITIALIZE_APPL, START_APPL, STOP_APPL.
        Dnp3Application = "dnp3_application", "DNP3 application start or stop";
        // dnp3 `fc_request`: SAVE_CONFIG, ASSIGN_CLASS, ENABLE_ and DISABLE_UNSOLICITED, ACTIVATE_CONFIG.
        Dnp3Configure = "dnp3_configure", "DNP3 configure";
        // dnp3 `fc_request`: OPEN_FILE, DELETE_FILE.
        Dnp3File = "dnp3_file", "DNP3 file";
        // s7comm `function_name` Write Variable, `subfunction_name` Modify Variable, Force; s7comm_plus Set Variable(s).
        S7Write = "s7_write", "S7 write";
        // s7comm: `function_name` PLC Control with `subfunction_name` PLC Start / Stop (service P_PROGRAM).
        S7Start = "s7_start", "S7 start";
        // s7comm: `function_name` PLC Stop; `subfunction_name` Memory Reset, which stops it too.
        S7Stop = "s7_stop", "S7 stop";
        // s7comm, s7comm_upload_download: `function_name` Request Download; s7comm: PLC Control that activates, removes or
        // saves blocks.
        S7Download = "s7_download", "S7 download";
        // s7comm, s7comm_upload_download: `function_name` Start Upload.
        S7Upload = "s7_upload", "S7 upload";
        // cip: `cip_service_code` of Set Attribute(s), Set Member, Write Data, Read Write Modify Data.
        CipWrite = "cip_write", "CIP write";
        // cip: `cip_service_code` 0x06 Start.
        CipStart = "cip_start", "CIP start";
        // cip: `cip_service_code` 0x07 Stop.
        CipStop = "cip_stop", "CIP stop";
        // cip: `cip_service_code` 0x05 Reset.
        CipReset = "cip_reset", "CIP reset";
        // cip: `cip_service_code` Create, Delete, Restore, Save: objects of the program come, go or are kept.
        CipProgram = "cip_program", "CIP program";
        // cip: downloads to the File object (`class_id` 0x37), any request to the nonvolatile storage object (0xa1).
        CipFirmware = "cip_firmware", "CIP firmware";
        // bacnet, bacnet_property: `pdu_service` write_property(_multiple), list elements, objects, atomic_write_file.
        BacnetWrite = "bacnet_write", "BACnet write";
        // bacnet, bacnet_device_control: `pdu_service` device_communication_control, which silences a device.
        BacnetCommunication = "bacnet_communication", "BACnet communication control";
        // bacnet, bacnet_device_control: `pdu_service` reinitialize_device.
        BacnetReinitialize = "bacnet_reinitialize", "BACnet reinitialize";
        // opcua_binary_opensecure_channel `message_security_mode` 1 (OPC 10000-4 §7.20); opcua_binary `sec_policy_uri` #None.
        OpcuaNone = "opcua_none", "OPC UA without security";
        // opcua_binary_activate_session: `ext_obj_type_id_str` AnonymousIdentityToken.
        OpcuaAnonymous = "opcua_anonymous", "OPC UA anonymous session";
        // opcua_binary_write: any request.
        OpcuaWrite = "opcua_write", "OPC UA write";
    }
}

impl Operation {
    /// Its bit.
    #[must_use]
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// Bits of what says how a session is protected, or only reads: the others command a device.
const NO_COMMAND: u32 = Operation::OpcuaNone.bit() | Operation::OpcuaAnonymous.bit() | Operation::S7Upload.bit();

/// True when a device was commanded: something was written, operated, stopped, started or loaded.
#[must_use]
pub const fn commands(bits: u32) -> bool {
    bits & !NO_COMMAND != 0
}

/// The operations of these bits.
#[must_use]
pub fn operations(bits: i64) -> Vec<Operation> {
    Operation::ALL.iter().copied().filter(|one| i64::from(one.bit()) & bits != 0).collect()
}

/// The words of these bits, separated by `;`.
#[must_use]
pub fn operations_text(bits: i64) -> String {
    operations(bits).into_iter().map(Operation::word).collect::<Vec<_>>().join(";")
}

/// The words for people, separated by commas.
#[must_use]
pub fn operations_told(bits: i64) -> String {
    operations(bits).into_iter().map(Operation::label).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{Operation, operations, operations_text};

    #[test]
    fn each_has_a_bit_of_its_own() {
        let all = Operation::ALL.iter().fold(0u32, |bits, one| {
            assert_eq!(bits & one.bit(), 0, "{one:?}");
            bits | one.bit()
        });
        assert_eq!(operations(i64::from(all)), Operation::ALL);
        assert_eq!(operations_text(0), "");
        let two = Operation::ModbusWrite.bit() | Operation::S7Stop.bit();
        assert_eq!(operations_text(i64::from(two)), "modbus_write;s7_stop");
    }

    /// Bits are stored: the words that were there stay where they were.
    #[test]
    fn bits_stay() {
        for (one, bit) in [(Operation::ModbusWrite, 0), (Operation::S7Stop, 11), (Operation::OpcuaWrite, 25)] {
            assert_eq!(one.bit(), 1 << bit, "{one:?}");
        }
    }
}
