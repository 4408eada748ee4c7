//! How vendors are kept, described and listed.
//!
//! Invariant: every column follows from the record.

use super::weighing;
use crate::auth::Action;
use crate::ids::VendorId;
use crate::personnel::model::Vendor;
use crate::personnel::rules::entering;
use crate::register::{Access, Draft, Field, Filter, Lookup, Register, Sort, Words, listed};
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::storage::{Audited, Cell, Kind, Result, Snapshot, Table};
use crate::vocabulary::{Date, fold};
use crate::web::Place;
use crate::{as_of, fields, fragment};

impl Audited for Vendor {
    type Id = VendorId;
    const TABLE: Table = Table {
        kind: "vendor",
        identity: "vendors",
        versions: "vendor_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, &self.name);
        cells.push(Cell::Flag(Some(self.retired_on.is_some())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        [self.reference.as_str(), &self.name].into_iter().flat_map(fold::words).collect()
    }
}

impl Register for Vendor {
    const WORDS: Words = Words {
        kind: "vendor",
        collection: "vendors",
        one: "vendor",
        title: "Vendors",
        purpose: "Who supplies products and services, what their contracts say about notices, and whether they may have remote access.",
    };
    const ACCESS: Access = super::ACCESS;
    const EXPORT: Action = super::EXPORT;
    const PLACE: Place = Place::Access;
    const FIELDS: &'static [Field<Self>] = fields! { Vendor;
        "Vendor" {
            reference: reference, "Reference", "The tag your organization uses for the vendor.";
            name: line(120), "Name", "The company's name.";
            contacts: prose, "Contacts", "Whom to call, by day and in an incident.";
            products: lines(120), "Products", "Products and services, separated by semicolons.";
            notification_terms: prose, "Notification terms", "What the contract says about notices: incidents, personnel who no longer need access (CIP-013-2 R1.2).";
            risk_assessed_on: date, "Risk assessed on", "The day the vendor's risk was last assessed (CIP-013-2).";
            remote_access: flag, "Remote access", "Whether it may have remote access at all; no is a statement of its own (CIP-005-7 R2.4, CIP-003-9 Attachment 1 section 6).";
        }
        "Life" {
            retired_on: date, "Retired on", "The day business with it ended.";
            notes: prose, "Notes", "Anything else worth keeping.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: fragment!(
            columns ", (SELECT CAST(COUNT(*) AS TEXT) FROM person_versions p WHERE p.organization_id = $1 AND p.vendor_id = v.id \
             AND NOT p.retired AND " [p] ") AS first, NULL AS second"
        ),
        joins: Fragment::plain(""),
        from: "vendor_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const DERIVED: &'static [(&'static str, &'static str)] = &[("people", "People")];
    const FILTERS: &'static [Filter] = &[listed::RETIRED];
    const SORTS: &'static [Sort] = &[
        listed::BY_REFERENCE,
        Sort { name: "name", label: "Name", key: SortKey("v.name"), of: |cells| cells[3].clone() },
    ];
    const COLUMNS: &'static [&'static str] =
        &["reference", "name", "products", "remote_access", "people", "risk_assessed_on"];
    const UNLESS: Option<(&'static str, Fragment)> = Some(listed::IN_SERVICE);
    const REQUIRED: &'static [&'static str] = &["reference", "name"];

    fn label(&self, _lookup: &Lookup) -> String {
        self.reference.to_string()
    }

    fn title(&self) -> &str {
        &self.name
    }

    fn is_retired(&self) -> bool {
        self.retired_on.is_some()
    }

    fn retire(&mut self, on: Date) {
        self.retired_on = Some(on);
    }

    async fn weigh(at: &mut Snapshot, vendors: &[(Option<VendorId>, &Self)]) -> Result<Vec<Draft>> {
        let (today, _) = weighing::calendar(at).await?;
        let weighed = vendors.iter().map(|(_, vendor)| {
            let mut draft = Draft::default();
            entering::not_in_future(&[("risk_assessed_on", vendor.risk_assessed_on)], today, &mut draft);
            draft
        });
        Ok(weighed.collect())
    }
}
