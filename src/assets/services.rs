//! Services as a register: the logical ports of CIP-007-6 R1.1, with whether each is needed and why.
//!
//! Invariant: a service is told apart by asset, transport, port and protocol.

use super::interfaces::of_asset;
use super::model::{Asset, Service, Transport};
use super::records;
use crate::ids::{AssetId, Id};
use crate::register::{Draft, Field, Filter, Lookup, Register, Sort, Words, listed};
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::storage::{Audited, Kept, Result, Snapshot, Table};
use crate::vocabulary::{Date, fold};
use crate::{as_of, fields};

impl Register for Service {
    const WORDS: Words = Words {
        kind: "service",
        collection: "services",
        one: "service",
        title: "Services",
        purpose: "Logical network ports that assets offer, with whether each one is needed and why.",
    };
    const FIELDS: &'static [Field<Self>] = fields! { Service;
        "Service" {
            asset: link(AssetId, "asset"), "Asset", "The asset that offers it.";
            interface: line(60), "Interface", "Name of the interface it listens on; empty for all of them.";
            protocol: line(60), "Protocol", "Such as dnp3, modbus, ssh.";
            transport: choice(Transport), "Transport", "TCP, UDP, serial or other.";
            port: number(65535), "Port", "Port number, 0 to 65535.";
            needed: flag, "Needed", "Is it needed? (CIP-007-6 R1.1)";
            reason: prose, "Why", "What it is needed for.";
            retired_on: date, "Retired on", "The day it was closed.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: Fragment::plain(concat!(crate::version_columns!(), ", NULL AS first, NULL AS second")),
        joins: Fragment::plain(""),
        from: "service_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const FILTERS: &'static [Filter] = &[of_asset(), listed::RETIRED];
    const SORTS: &'static [Sort] =
        &[Sort { name: "port", label: "Port", key: SortKey("v.port"), of: |cells| cells[4].clone() }];
    const COLUMNS: &'static [&'static str] =
        &["asset", "protocol", "transport", "port", "interface", "needed", "reason"];
    const UNLESS: Option<(&'static str, Fragment)> = Some(listed::IN_SERVICE);
    const REQUIRED: &'static [&'static str] = &["asset", "protocol", "transport"];
    const KEY: &'static [&'static str] = &["asset", "transport", "port", "protocol"];
    const LINKED_MANY: &'static [Table] = &[Asset::TABLE];

    fn label(&self, lookup: &Lookup) -> String {
        let port = self.port.map_or_else(String::new, |port| format!("/{port}"));
        let asset = self.asset.map_or_else(String::new, |id| lookup.reference(id));
        format!("{asset} {} {}{port}", self.protocol, self.transport.map_or("", Transport::word))
    }

    fn title(&self) -> &'static str {
        ""
    }

    fn key(&self, _lookup: &Lookup) -> String {
        format!("{:?} {:?} {:?} {}", self.asset, self.transport, self.port, fold::folded(&self.protocol))
    }

    async fn present(at: &mut Snapshot, wanted: &[Self]) -> Result<Vec<Kept<Self>>> {
        records::of_assets(at, wanted.iter().filter_map(|service| service.asset)).await
    }

    fn linked(&self) -> Vec<uuid::Uuid> {
        self.asset.map(Id::uuid).into_iter().collect()
    }

    fn is_retired(&self) -> bool {
        self.retired_on.is_some()
    }

    fn retire(&mut self, on: Date) {
        self.retired_on = Some(on);
    }

    fn check(&self, draft: &mut Draft) {
        if matches!(self.transport, Some(Transport::Tcp | Transport::Udp)) && self.port.is_none() {
            draft.refuse("port", "", "missing; TCP and UDP services have a port");
        }
    }
}
