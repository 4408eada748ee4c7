//! An asset, its interfaces and services, and their vocabularies.
//!
//! Invariant: pure; what is not recorded is empty. Categories are a set: one device can be an EACMS and a PCA.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::{AssetId, SiteId, SystemId, ZoneId};
use crate::vocabulary::{AddressPrefix, Date, Moment, Origin, PurdueLevel, Reference};

crate::words! {
    /// What a device is.
    AssetKind {
        ProtectiveRelay = "protective_relay", "Protective relay";
        Rtu = "rtu", "RTU";
        Plc = "plc", "PLC";
        Ied = "ied", "IED";
        Hmi = "hmi", "HMI";
        ScadaServer = "scada_server", "SCADA/EMS server";
        Historian = "historian", "Historian";
        EngineeringWorkstation = "engineering_workstation", "Engineering workstation";
        Gateway = "gateway", "Gateway";
        DataConcentrator = "data_concentrator", "Data concentrator";
        Switch = "switch", "Switch";
        Router = "router", "Router";
        Firewall = "firewall", "Firewall";
        Server = "server", "Server";
        Workstation = "workstation", "Workstation";
        TimeSource = "time_source", "Time source";
        Sensor = "sensor", "Sensor";
        UnidirectionalGateway = "unidirectional_gateway", "Unidirectional gateway";
        Camera = "camera", "Camera";
        AccessController = "access_controller", "Access controller";
        Ups = "ups", "UPS";
        Printer = "printer", "Printer";
        Modem = "modem", "Modem";
        Meter = "meter", "Meter";
        VirtualizationHost = "virtualization_host", "Virtualization host";
        Storage = "storage", "Storage";
        Other = "other", "Other";
    }
}

crate::words! {
    /// What a device does for the boundary.
    Role {
        Eap = "eap", "EAP";
        IntermediateSystem = "intermediate_system", "Intermediate System";
        DmzBroker = "dmz_broker", "DMZ broker";
        Sensor = "sensor", "Sensor";
        AuthServer = "auth_server", "Authentication server";
        TimeSource = "time_source", "Time source";
        JumpHost = "jump_host", "Jump host";
        LogCollector = "log_collector", "Log collector";
        BackupServer = "backup_server", "Backup server";
        PatchServer = "patch_server", "Patch server";
    }
}

crate::words! {
    /// NERC CIP category of a Cyber Asset.
    Category {
        Bca = "BCA", "BCA";
        Eacms = "EACMS", "EACMS";
        Pacs = "PACS", "PACS";
        Pca = "PCA", "PCA";
    }
}

crate::words! {
    /// Where a device stands in its life.
    Lifecycle {
        Planned = "planned", "Planned";
        InService = "in_service", "In service";
        Retired = "retired", "Retired";
        Disposed = "disposed", "Disposed";
    }
}

crate::words! {
    /// Transport of a service.
    Transport {
        Tcp = "tcp", "TCP";
        Udp = "udp", "UDP";
        Serial = "serial", "Serial";
        Other = "other", "Other";
    }
}

crate::words! {
    /// What an access point does with traffic when it fails.
    FailureMode {
        FailClosed = "fail_closed", "Fail closed";
        FailOpen = "fail_open", "Fail open";
    }
}

crate::words! {
    /// How somebody who dials in proves who they are (CIP-005-7 R1.4).
    DialUpAuthentication {
        None = "none", "None";
        Password = "password", "Password";
        DialBack = "dial_back", "Dial-back";
        TwoFactor = "two_factor", "Two factors";
        Device = "device", "Paired devices";
    }
}

/// A device (a Cyber Asset where NERC CIP applies).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asset {
    pub reference: Reference,
    pub name: String,
    pub hostname: String,
    pub kind: Option<AssetKind>,
    pub roles: BTreeSet<Role>,
    pub categories: BTreeSet<Category>,
    pub systems: BTreeSet<SystemId>,
    pub site: Option<SiteId>,
    pub location: String,
    pub zone: Option<ZoneId>,
    pub purdue_level: Option<PurdueLevel>,
    pub vendor: String,
    pub product: String,
    pub model: String,
    pub serial: String,
    pub firmware: String,
    pub operating_system: String,
    pub end_of_support: Option<Date>,
    pub lifecycle: Option<Lifecycle>,
    pub in_service_on: Option<Date>,
    pub retired_on: Option<Date>,
    pub owner: String,
    pub routable: Option<bool>,
    pub external_routable: Option<bool>,
    pub erc_reason: String,
    pub dial_up: Option<bool>,
    pub dial_up_authentication: Option<DialUpAuthentication>,
    pub failure_mode: Option<FailureMode>,
    /// A Transient Cyber Asset: connected for at most thirty days in a row.
    pub transient: Option<bool>,
    pub wireless: Option<bool>,
    pub safety: Option<bool>,
    #[serde(rename = "virtual")]
    pub r#virtual: Option<bool>,
    pub notes: String,
    pub source: Option<Origin>,
    /// When somebody last stood before it, or otherwise made sure that the record is true.
    pub verified_at: Option<Moment>,
    pub verified_by: String,
}

/// A network interface of an asset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Interface {
    pub asset: Option<AssetId>,
    pub name: String,
    pub mac: String,
    pub addresses: Vec<AddressPrefix>,
    pub vlan: Option<i64>,
    /// True for an Electronic Access Point: the interface on an ESP that lets routable traffic in and out.
    pub eap: Option<bool>,
    pub eap_zone: Option<ZoneId>,
    pub retired_on: Option<Date>,
}

impl Asset {
    /// True for what interactive remote access is meant to go through, by its roles (CIP-005-7 R2.1).
    #[must_use]
    pub fn is_intermediate(&self) -> bool {
        are_intermediate(&self.roles)
    }
}

/// Roles of what interactive remote access is meant to go through: either of them makes it so.
pub const INTERMEDIATE: [Role; 2] = [Role::IntermediateSystem, Role::JumpHost];

/// True where one of these roles is that of an Intermediate System.
#[must_use]
pub fn are_intermediate(roles: &BTreeSet<Role>) -> bool {
    INTERMEDIATE.iter().any(|role| roles.contains(role))
}

/// A network service an asset offers: a logical port (CIP-007-6 R1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Service {
    pub asset: Option<AssetId>,
    /// Name of the interface it listens on; empty for all of them.
    pub interface: String,
    pub protocol: String,
    pub transport: Option<Transport>,
    pub port: Option<i64>,
    pub needed: Option<bool>,
    pub reason: String,
    pub retired_on: Option<Date>,
}
