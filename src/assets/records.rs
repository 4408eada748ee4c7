//! How assets, interfaces and services are kept, and the rows that belong to them.
//!
//! Invariant: tags in the search table begin with a character no word begins with, so search never meets them.

use std::collections::BTreeSet;

use super::model::{Asset, Category, Interface, Lifecycle, Role, Service, Transport};
use crate::ids::{AssetId, Id, InterfaceId, ServiceId};
use crate::storage::pending::Shape;
use crate::storage::versions::VersionRow;
use crate::storage::{Audited, Cell, Change, Kept, Kind, OrgSql, Result, Snapshot, Table};
use crate::vocabulary::{AddressPrefix, Moment, fold};

/// The search table's entry for a value of a set, for filters.
#[must_use]
pub fn tag(set: &str, word: &str) -> String {
    format!("={set}:{word}")
}

impl Audited for Asset {
    type Id = AssetId;
    const TABLE: Table = Table {
        kind: "asset",
        identity: "assets",
        versions: "asset_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("name_key", Kind::Text),
            ("kind", Kind::Text),
            ("lifecycle", Kind::Text),
            ("listed", Kind::Flag),
            ("site_id", Kind::Id),
            ("zone_id", Kind::Id),
            ("product_key", Kind::Text),
            ("firmware_key", Kind::Text),
            ("verified_at", Kind::Number),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = crate::register::listed::reference_cells(&self.reference, &self.name);
        let gone = matches!(self.lifecycle, Some(Lifecycle::Retired | Lifecycle::Disposed));
        cells.extend([
            Cell::text(fold::natural(&self.name)),
            Cell::text(self.kind.map_or("", super::AssetKind::word)),
            Cell::text(self.lifecycle.map_or("", Lifecycle::word)),
            Cell::Flag(Some(!gone)),
            Cell::id(self.site),
            Cell::id(self.zone),
            Cell::text(fold::natural(&format!("{} {}", self.vendor, self.product))),
            Cell::text(fold::natural(&self.firmware)),
            Cell::moment(self.verified_at.unwrap_or(Moment::ZERO)),
        ]);
        cells
    }

    fn terms(&self) -> Vec<String> {
        let texts = [
            self.reference.as_str(),
            &self.name,
            &self.hostname,
            &self.vendor,
            &self.product,
            &self.model,
            &self.serial,
            &self.firmware,
        ];
        let kind = self.kind.map_or("", super::AssetKind::label);
        let tags = self.categories.iter().map(|category| tag("category", Category::word(*category)));
        let roles = self.roles.iter().map(|role| tag("role", Role::word(*role)));
        texts.into_iter().chain([kind]).flat_map(fold::words).chain(tags).chain(roles).collect()
    }
}

impl Audited for Interface {
    type Id = InterfaceId;
    const TABLE: Table = Table {
        kind: "interface",
        identity: "interfaces",
        versions: "interface_versions",
        columns: &[("asset_id", Kind::Id), ("name", Kind::Text), ("retired", Kind::Flag)],
    };

    fn columns(&self) -> Vec<Cell> {
        vec![Cell::id(self.asset), Cell::text(fold::folded(&self.name)), Cell::Flag(Some(self.retired_on.is_some()))]
    }

    /// The name, and the hardware address whole: a host that was seen is known by it.
    fn terms(&self) -> Vec<String> {
        [&self.name, &self.mac].into_iter().flat_map(|text| fold::words(text)).collect()
    }
}

impl Audited for Service {
    type Id = ServiceId;
    const TABLE: Table = Table {
        kind: "service",
        identity: "services",
        versions: "service_versions",
        columns: &[
            ("asset_id", Kind::Id),
            ("interface", Kind::Text),
            ("protocol", Kind::Text),
            ("transport", Kind::Text),
            ("port", Kind::Number),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        vec![
            Cell::id(self.asset),
            Cell::text(self.interface.clone()),
            Cell::text(fold::folded(&self.protocol)),
            Cell::text(self.transport.map_or("", Transport::word)),
            Cell::number(self.port.unwrap_or(-1)),
            Cell::Flag(Some(self.retired_on.is_some())),
        ]
    }
}

/// What has an asset above it: the records of these assets.
pub async fn of_assets<T: Audited>(at: &mut Snapshot, assets: impl Iterator<Item = AssetId>) -> Result<Vec<Kept<T>>> {
    let wanted: Vec<AssetId> = assets.collect::<BTreeSet<_>>().into_iter().collect();
    let mut found = Vec::new();
    for some in wanted.chunks(500) {
        let numbers: Vec<String> = (3..some.len() + 3).map(|number| format!("${number}")).collect();
        let rest = format!(" AND v.asset_id IN ({}) ORDER BY v.id", numbers.join(", "));
        let mut statement = at.projected(&T::TABLE, crate::version_columns!(), &rest);
        for id in some {
            statement = statement.bind(*id);
        }
        for row in statement.all::<VersionRow>().await? {
            found.push(row.kept()?);
        }
    }
    Ok(found)
}

const ADDRESSES: Shape = Shape::new(
    "interface_addresses",
    &["organization_id", "interface_id", "asset_id", "address", "recorded_from", "recorded_until"],
);
const CLOSE_ADDRESS: OrgSql = OrgSql::new(
    "UPDATE interface_addresses SET recorded_until = $4 WHERE organization_id = $1 AND interface_id = $2 AND address = $3 \
     AND recorded_until = 9000000000000000",
);

/// Texts of this file, for the test that prepares every statement.
pub const STATEMENTS: &[OrgSql] = &[CLOSE_ADDRESS];

/// Keeps the table of addresses as the interface says. A retired interface has none.
pub async fn settle_addresses(
    change: &mut Change,
    id: InterfaceId,
    before: Option<&Interface>,
    after: &Interface,
) -> Result<()> {
    let of = |interface: &Interface| -> BTreeSet<String> {
        let living = interface.addresses.iter().filter(|_| interface.retired_on.is_none());
        living.map(|address: &AddressPrefix| address.address().to_string()).collect()
    };
    let (old, new) = (before.map(of).unwrap_or_default(), of(after));
    let moved = before.is_some_and(|before| before.asset != after.asset);
    let moment = change.moment();
    for gone in old.iter().filter(|address| moved || !new.contains(*address)) {
        let at = change.reading().await?;
        at.plain(&CLOSE_ADDRESS).bind(id).bind(gone.clone()).bind(moment).run().await?;
    }
    for come in new.into_iter().filter(|address| moved || !old.contains(address)) {
        let row = vec![
            Cell::Id(Some(change.organization().uuid())),
            Cell::id(Some(id)),
            Cell::id(after.asset),
            Cell::text(come),
            Cell::moment(moment),
            Cell::moment(Moment::OPEN),
        ];
        change.push(ADDRESSES, row).await?;
    }
    Ok(())
}
