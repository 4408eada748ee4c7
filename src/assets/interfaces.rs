//! Interfaces as a register.
//!
//! Invariant: an interface is named within its asset; addresses are kept in a table of their own for search.

use super::model::{Asset, Interface};
use super::records;
use crate::ids::{AssetId, Id, InterfaceId, ZoneId};
use crate::register::{Draft, Field, Filter, FilterInput, Lookup, Register, Sort, Words, listed};
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::storage::{Audited, Cell, Change, Kept, Result, Snapshot, Table};
use crate::vocabulary::{AddressPrefix, Date, fold};
use crate::zones::Zone;
use crate::{as_of, fields, fragment};

impl Register for Interface {
    const WORDS: Words = Words {
        kind: "interface",
        collection: "interfaces",
        one: "interface",
        title: "Interfaces",
        purpose: "Network interfaces of assets with their addresses, and the Electronic Access Points among them.",
    };
    const FIELDS: &'static [Field<Self>] = fields! { Interface;
        "Interface" {
            asset: link(AssetId, "asset"), "Asset", "The asset it belongs to.";
            name: line(60), "Name", "Its name on the device, such as eth0.";
            mac: mac, "MAC", "Hardware address, such as 00:30:a7:1b:2c:3d.";
            addresses: list(AddressPrefix), "Addresses", "IP addresses with prefix, such as 10.7.1.11/24, separated by semicolons.";
            vlan: number(4094), "VLAN", "VLAN number, 0 to 4094.";
            eap: flag, "EAP", "Electronic Access Point: lets routable traffic in and out of an ESP (CIP-005-7 R1.2).";
            eap_zone: link(ZoneId, "zone"), "EAP of", "The ESP it is the access point of.";
            retired_on: date, "Retired on", "The day it ceased to exist.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: Fragment::plain(concat!(crate::version_columns!(), ", NULL AS first, NULL AS second")),
        joins: Fragment::plain(""),
        from: "interface_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const FILTERS: &'static [Filter] = &[of_asset(), listed::RETIRED];
    const SORTS: &'static [Sort] =
        &[Sort { name: "name", label: "Name", key: SortKey("v.name"), of: |cells| cells[1].clone() }];
    const COLUMNS: &'static [&'static str] = &["asset", "name", "addresses", "mac", "vlan", "eap", "eap_zone"];
    const UNLESS: Option<(&'static str, Fragment)> = Some(listed::IN_SERVICE);
    const REQUIRED: &'static [&'static str] = &["asset", "name"];
    const KEY: &'static [&'static str] = &["asset", "name"];
    const LINKED: &'static [Table] = &[Zone::TABLE];
    const LINKED_MANY: &'static [Table] = &[Asset::TABLE];

    fn label(&self, lookup: &Lookup) -> String {
        format!("{} {}", self.asset.map_or_else(String::new, |id| lookup.reference(id)), self.name)
    }

    fn title(&self) -> &'static str {
        ""
    }

    fn key(&self, _lookup: &Lookup) -> String {
        format!("{:?} {}", self.asset, fold::folded(&self.name))
    }

    async fn present(at: &mut Snapshot, wanted: &[Self]) -> Result<Vec<Kept<Self>>> {
        records::of_assets(at, wanted.iter().filter_map(|interface| interface.asset)).await
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
        if self.eap == Some(true) && self.eap_zone.is_none() {
            draft.refuse("eap_zone", "", "missing; name the ESP this EAP belongs to");
        }
        if self.eap != Some(true) && self.eap_zone.is_some() {
            draft.refuse("eap", "", "an interface with an ESP beside it is an EAP: say yes, or leave the ESP empty");
        }
    }

    async fn settle(change: &mut Change, id: InterfaceId, before: Option<&Self>, after: &Self) -> Result<()> {
        records::settle_addresses(change, id, before, after).await
    }
}

/// Keeps what belongs to an asset, given by its reference.
pub(super) const fn of_asset() -> Filter {
    Filter {
        name: "asset",
        label: "Asset",
        input: FilterInput::Link("asset"),
        condition: fragment!(
            "v.asset_id IN (SELECT s.id FROM asset_versions s WHERE s.organization_id = $1 AND " [s] " AND s.reference_folded = ?)"
        ),
        values: |text| Ok(vec![Cell::text(fold::folded(text))]),
    }
}
