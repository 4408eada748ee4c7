//! The inventory of assets as a register: its fields, its list, what it checks.
//!
//! Invariant: derived values (impact) and what only an act changes (verification) are shown, never typed.

use super::model::{Asset, AssetKind, Category, DialUpAuthentication, FailureMode, Lifecycle, Role};
use super::standing;
use crate::auth::Action;
use crate::ids::{AssetId, SiteId, SystemId, ZoneId};
use crate::register::{
    Draft, Elsewhere, Field, Filter, FilterInput, Layout, Lookup, Register, RowsAct, Sort, Words, listed,
};
use crate::sites::Site;
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::storage::{Audited, Cell, Change, Result, Table};
use crate::systems::System;
use crate::vocabulary::{Date, Impact, Moment, Origin, PurdueLevel, fold};
use crate::zones::Zone;
use crate::{as_of, choices, fields, fragment};

fn verified_at(asset: &Asset) -> String {
    asset.verified_at.map_or_else(String::new, Moment::rfc3339)
}

impl Register for Asset {
    const WORDS: Words = Words {
        kind: "asset",
        collection: "assets",
        one: "asset",
        title: "Assets",
        purpose: "Every device of operational technology: relays, RTUs, servers, switches, firewalls, and what surrounds them.",
    };
    const FIELDS: &'static [Field<Self>] = fields! { Asset;
        "Identity" {
            reference: reference, "Reference", "The tag your organization uses for the device.";
            name: line(120), "Name", "The name people know it by.";
            hostname: line(120), "Hostname", "Its name on the network.";
            kind: choice(AssetKind), "Kind", "What the device is.";
            roles: choices(Role), "Roles", "What it does for the boundary, such as EAP or Intermediate System.";
            owner: line(120), "Owner", "Who answers for it.";
        }
        "Categorization" {
            categories: choices(Category), "Categories", "BCA: loss harms the BES within 15 minutes. EACMS: controls or monitors electronic access. PACS: controls physical access. PCA: shares an ESP.";
            systems: links(SystemId, "system"), "BES Cyber Systems", "Systems it belongs to or serves; its impact is the highest of theirs.";
            routable: flag, "Routable", "Does it talk on a routable network?";
            external_routable: flag, "ERC", "Reachable from outside its ESP over a bi-directional routable connection. Declared with a reason.";
            erc_reason: prose, "Why (ERC)", "The reasoning behind the ERC answer.";
            dial_up: flag, "Dial-up", "Is there dial-up connectivity?";
            dial_up_authentication: choice(DialUpAuthentication), "Dial-up authentication", "How somebody who dials in proves who they are (CIP-005-7 R1.4).";
            failure_mode: choice(FailureMode), "Failure mode", "What an access point does with traffic when it fails.";
            transient: flag, "Transient", "Is it connected for at most 30 days in a row, such as a laptop for maintenance?";
            wireless: flag, "Wireless", "Does it talk over radio?";
            safety: flag, "Safety", "Is it part of a safety function?";
            r#virtual: flag, "Virtual", "Is it a virtual machine?";
        }
        "Place" {
            site: link(SiteId, "site"), "Site", "Where it is.";
            location: line(200), "Location", "Building, panel, rack.";
            zone: link(ZoneId, "zone"), "Zone", "The zone it lives in.";
            purdue_level: choice(PurdueLevel), "Purdue level", "Level in the Purdue reference model.";
        }
        "Make" {
            vendor: line(120), "Vendor", "Who made it.";
            product: line(120), "Product", "Product family.";
            model: line(120), "Model", "Model or part number.";
            serial: line(120), "Serial", "Serial number.";
            firmware: line(120), "Firmware", "Firmware version, as the device tells it.";
            operating_system: line(120), "Operating system", "Operating system and version.";
            end_of_support: date, "End of support", "The day the vendor's support ends.";
        }
        "Life" {
            lifecycle: choice(Lifecycle), "Lifecycle", "Planned, in service, retired or disposed.";
            in_service_on: date, "In service on", "The day it went into service.";
            retired_on: date, "Retired on", "The day it left service.";
            source: shown(|asset: &Asset| asset.source.map_or("", |source| source.word()).to_owned()), "Source", "How the record came to be.";
            verified_at: shown(verified_at), "Verified", "When somebody last made sure that the record is true.";
            verified_by: shown(|asset: &Asset| asset.verified_by.clone()), "Verified by", "Who made sure.";
            notes: prose, "Notes", "Anything else worth keeping.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: fragment!(
            columns ", st.impact AS first, (SELECT MIN(a.address) FROM interface_addresses a WHERE a.organization_id = $1 \
             AND a.asset_id = v.id AND " [a] ") AS second"
        ),
        joins: fragment!(" LEFT JOIN asset_standings st ON st.organization_id = $1 AND st.id = v.id AND "[st]),
        from: "asset_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const DERIVED: &'static [(&'static str, &'static str)] = &[("impact", "Impact"), ("address", "Address")];
    const FILTERS: &'static [Filter] = FILTERS;
    const SORTS: &'static [Sort] = &[
        listed::BY_REFERENCE,
        Sort { name: "name", label: "Name", key: SortKey("v.name_key"), of: |cells| cells[4].clone() },
        Sort { name: "kind", label: "Kind", key: SortKey("v.kind"), of: |cells| cells[5].clone() },
        Sort { name: "product", label: "Product", key: SortKey("v.product_key"), of: |cells| cells[10].clone() },
        Sort { name: "firmware", label: "Firmware", key: SortKey("v.firmware_key"), of: |cells| cells[11].clone() },
        Sort { name: "verified_at", label: "Verified", key: SortKey("v.verified_at"), of: |cells| cells[12].clone() },
    ];
    const COLUMNS: &'static [&'static str] = &[
        "reference",
        "name",
        "kind",
        "site",
        "zone",
        "categories",
        "impact",
        "product",
        "firmware",
        "address",
        "verified_at",
    ];
    const ROWS_ACTS: &'static [RowsAct] = &[("Verify", "verification", Action::VerifyAsset)];
    const UNLESS: Option<(&'static str, Fragment)> = Some(("lifecycle", Fragment::plain("v.listed = TRUE")));
    const REQUIRED: &'static [&'static str] = &["reference", "kind", "lifecycle"];
    const LINKED: &'static [Table] = &[Site::TABLE, System::TABLE, Zone::TABLE];
    const LAYOUTS: &'static [Layout] = super::layouts::LAYOUTS;
    const ELSEWHERE: Option<Elsewhere> =
        Some(Elsewhere { fits: is_address_like, of_row: WITH_ADDRESS_OR_WORD, to_rows: OF_ADDRESS_OR_WORD });

    fn label(&self, _lookup: &Lookup) -> String {
        self.reference.to_string()
    }

    fn title(&self) -> &str {
        &self.name
    }

    fn is_retired(&self) -> bool {
        matches!(self.lifecycle, Some(Lifecycle::Retired | Lifecycle::Disposed))
    }

    fn retire(&mut self, on: Date) {
        self.lifecycle = Some(Lifecycle::Retired);
        self.retired_on = self.retired_on.or(Some(on));
    }

    fn begin(&mut self, origin: Origin) {
        self.source = Some(origin);
        self.lifecycle = self.lifecycle.or(Some(Lifecycle::InService));
    }

    fn check(&self, draft: &mut Draft) {
        listed::check_dates(draft, self.in_service_on, self.retired_on);
        if self.external_routable.is_some() && self.erc_reason.is_empty() {
            draft.refuse("erc_reason", "", "missing; ERC is declared with a reason");
        }
        if self.external_routable == Some(true) && self.routable == Some(false) {
            draft.refuse("external_routable", "yes", "ERC needs a routable connection, and routable says no");
        }
    }

    async fn settle(change: &mut Change, id: AssetId, before: Option<&Self>, after: &Self) -> Result<()> {
        standing::settle(change, id, before, after).await
    }
}

const FILTERS: &[Filter] = &[
    Filter {
        name: "kind",
        label: "Kind",
        input: FilterInput::Choice(choices!(AssetKind)),
        condition: Fragment::plain("v.kind = ?"),
        values: |text| AssetKind::parse(text).map(|kind| vec![Cell::text(kind.word())]),
    },
    listed::at_site(),
    Filter {
        name: "zone",
        label: "Zone",
        input: FilterInput::Link("zone"),
        condition: fragment!(
            "v.zone_id IN (SELECT z.id FROM zone_versions z WHERE z.organization_id = $1 AND " [z] " AND z.reference_folded = ?)"
        ),
        values: |text| Ok(vec![Cell::text(fold::folded(text))]),
    },
    Filter {
        name: "placed",
        label: "In a zone",
        input: FilterInput::Choice(&[("yes", "In a zone"), ("no", "In no zone")]),
        condition: Fragment::plain("(v.zone_id IS NOT NULL) = ?"),
        values: |text| crate::register::field::flag(text).map(|placed| vec![Cell::Flag(placed)]),
    },
    Filter {
        name: "system",
        label: "BES Cyber System",
        input: FilterInput::Link("system"),
        condition: fragment!(
            "v.id IN (SELECT l.asset_id FROM asset_systems l JOIN system_versions s ON s.organization_id = $1 AND s.id = l.system_id AND "
            [s] " WHERE l.organization_id = $1 AND " [l] " AND s.reference_folded = ?)"
        ),
        values: |text| Ok(vec![Cell::text(fold::folded(text))]),
    },
    Filter {
        name: "impact",
        label: "Impact",
        input: FilterInput::Choice(choices!(Impact)),
        condition: fragment!(
            "v.id IN (SELECT r.id FROM asset_standings r WHERE r.organization_id = $1 AND " [r] " AND r.impact = ?)"
        ),
        values: |text| Impact::parse(text).map(|impact| vec![Cell::text(impact.word())]),
    },
    Filter {
        name: "category",
        label: "Category",
        input: FilterInput::Choice(choices!(Category)),
        condition: fragment!(
            "EXISTS (SELECT 1 FROM terms t WHERE t.organization_id = $1 AND t.kind = 'asset' AND t.id = v.id AND " [t] " AND t.term = ?)"
        ),
        values: |text| {
            Category::parse(text).map(|category| vec![Cell::text(super::records::tag("category", category.word()))])
        },
    },
    Filter {
        name: "role",
        label: "Role",
        input: FilterInput::Choice(choices!(Role)),
        condition: fragment!(
            "EXISTS (SELECT 1 FROM terms t WHERE t.organization_id = $1 AND t.kind = 'asset' AND t.id = v.id AND " [t] " AND t.term = ?)"
        ),
        values: |text| Role::parse(text).map(|role| vec![Cell::text(super::records::tag("role", role.word()))]),
    },
    Filter {
        name: "lifecycle",
        label: "Lifecycle",
        input: FilterInput::Choice(choices!(Lifecycle)),
        condition: Fragment::plain("v.lifecycle = ?"),
        values: |text| Lifecycle::parse(text).map(|lifecycle| vec![Cell::text(lifecycle.word())]),
    },
    Filter {
        name: "verified_before",
        label: "Not verified since",
        input: FilterInput::Date,
        condition: Fragment::plain("v.verified_at < ?"),
        values: |text| Date::parse(text).map(|date| vec![Cell::number(date.midnight_utc().micros())]),
    },
];

/// Words that could be the beginning of an address are also looked for among addresses.
fn is_address_like(word: &str) -> bool {
    word.contains(['.', ':']) && word.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, '.' | ':'))
}

const WITH_ADDRESS_OR_WORD: Fragment = fragment!(
    "(EXISTS (SELECT 1 FROM terms t WHERE t.organization_id = $1 AND t.kind = ? AND t.id = v.id AND " [t]
    " AND t.term >= ? AND t.term < ?) OR EXISTS (SELECT 1 FROM interface_addresses a WHERE a.organization_id = $1 AND a.asset_id = v.id AND "
    [a] " AND a.address >= ? AND a.address < ?))"
);
const OF_ADDRESS_OR_WORD: Fragment = fragment!(
    "v.id IN (SELECT t.id FROM terms t WHERE t.organization_id = $1 AND t.kind = ? AND " [t]
    " AND t.term >= ? AND t.term < ? UNION SELECT a.asset_id FROM interface_addresses a WHERE a.organization_id = $1 AND "
    [a] " AND a.address >= ? AND a.address < ?)"
);
