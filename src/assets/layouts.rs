//! Foreign inventories by header name: NetBox device exports and CISA NAVV's inventory.
//!
//! Invariant: a layout only renames columns and words; every rule stays the register's own.

use crate::register::Layout;

pub(super) const LAYOUTS: &[Layout] = &[
    Layout {
        name: "NetBox devices",
        marks: &["name", "status", "role", "type"],
        columns: &[
            ("asset tag", "reference"),
            ("name", "reference"),
            ("name", "name"),
            ("status", "lifecycle"),
            ("site", "site"),
            ("location", "location"),
            ("rack", "location"),
            ("role", "kind"),
            ("manufacturer", "vendor"),
            ("type", "model"),
            ("platform", "operating_system"),
            ("serial number", "serial"),
            ("serial", "serial"),
            ("tenant", "owner"),
            ("comments", "notes"),
            ("description", "notes"),
        ],
        value: netbox,
    },
    Layout {
        name: "CISA NAVV inventory",
        marks: &["ip address", "mac address"],
        columns: &[
            ("ip address", "reference"),
            ("hostname", "hostname"),
            ("hostname", "name"),
            ("mac vendor", "vendor"),
            ("vendor", "vendor"),
            ("name", "name"),
            ("notes", "notes"),
        ],
        value: |_, text| text.to_owned(),
    },
];

/// NetBox words in ours; what has no word of ours is `other`.
fn netbox(field: &str, text: &str) -> String {
    let folded = text.trim().to_lowercase();
    match (field, folded.as_str()) {
        ("lifecycle", "active" | "offline" | "staged" | "failed" | "inventory") => "in_service",
        ("lifecycle", "planned") => "planned",
        ("lifecycle", "decommissioning") => "retired",
        ("kind", role) => kind_of_role(role),
        _ => return text.to_owned(),
    }
    .to_owned()
}

fn kind_of_role(role: &str) -> &'static str {
    const WORDS: [(&str, &str); 16] = [
        ("relay", "protective_relay"),
        ("rtu", "rtu"),
        ("plc", "plc"),
        ("hmi", "hmi"),
        ("historian", "historian"),
        ("engineering", "engineering_workstation"),
        ("gateway", "gateway"),
        ("firewall", "firewall"),
        ("router", "router"),
        ("switch", "switch"),
        ("camera", "camera"),
        ("clock", "time_source"),
        ("ups", "ups"),
        ("scada", "scada_server"),
        ("server", "server"),
        ("workstation", "workstation"),
    ];
    WORDS.iter().find(|(word, _)| role.contains(word)).map_or("other", |(_, kind)| kind)
}
