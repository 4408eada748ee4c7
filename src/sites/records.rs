//! How sites are kept, described and listed.
//!
//! Invariant: a site that was retired keeps its reference and is hidden from lists unless asked for.

use super::model::{Site, SiteKind};
use super::rules::Criterion;
use crate::ids::SiteId;
use crate::register::{Draft, Field, Filter, FilterInput, Lookup, Register, Sort, Words, listed};
use crate::storage::list::{Fragment, ListSql};
use crate::storage::{Audited, Cell, Kind, Table};
use crate::vocabulary::{Date, fold};
use crate::{as_of, choices, fields};

impl Audited for Site {
    type Id = SiteId;
    const TABLE: Table = Table {
        kind: "site",
        identity: "sites",
        versions: "site_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("kind", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, &self.name);
        cells.push(Cell::text(self.kind.map_or("", SiteKind::word)));
        cells.push(Cell::Flag(Some(self.is_retired())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        [self.reference.as_str(), &self.name, &self.location].into_iter().flat_map(fold::words).collect()
    }
}

impl Register for Site {
    const WORDS: Words = Words {
        kind: "site",
        collection: "sites",
        one: "site",
        title: "Sites",
        purpose: "Control centers, substations and plants, with the impact criteria each one meets.",
    };
    const FIELDS: &'static [Field<Self>] = fields! { Site;
        "Identity" {
            reference: reference, "Reference", "The tag your organization uses for the site.";
            name: line(120), "Name", "The name people know it by.";
            kind: choice(SiteKind), "Kind", "What the site is.";
            region: line(40), "Region", "Regional Entity in whose footprint the site is, such as WECC.";
            location: line(200), "Location", "Where it is, as your organization writes it.";
        }
        "Categorization" {
            criteria: list(Criterion), "Criteria met", "Numbers of CIP-002-5.1a Attachment 1 criteria, separated by semicolons.";
            criteria_reason: prose, "Why", "The reasoning behind the criteria; it is CIP-002 evidence.";
            functions: lines(10), "Functions", "Registered functions performed here, such as TOP;TO.";
        }
        "Communication" {
            routable: flag, "Routable communication", "Does routable communication cross the site's boundary?";
            dial_up: flag, "Dial-up", "Is there dial-up connectivity?";
            vendor_remote_access: flag, "Vendor remote access", "Can a vendor connect remotely?";
        }
        "Life" {
            in_service_on: date, "In service on", "The day it went into service.";
            retired_on: date, "Retired on", "The day it left service.";
            notes: prose, "Notes", "Anything else worth keeping.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: Fragment::plain(concat!(crate::version_columns!(), ", NULL AS first, NULL AS second")),
        joins: Fragment::plain(""),
        from: "site_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const FILTERS: &'static [Filter] = &[
        Filter {
            name: "kind",
            label: "Kind",
            input: FilterInput::Choice(choices!(SiteKind)),
            condition: Fragment::plain("v.kind = ?"),
            values: |text| SiteKind::parse(text).map(|kind| vec![Cell::text(kind.word())]),
        },
        listed::RETIRED,
    ];
    const SORTS: &'static [Sort] = &[listed::BY_REFERENCE];
    const COLUMNS: &'static [&'static str] = &["reference", "name", "kind", "criteria", "location", "routable"];
    const UNLESS: Option<(&'static str, Fragment)> = Some(listed::IN_SERVICE);
    const REQUIRED: &'static [&'static str] = &["reference", "name", "kind"];

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

    fn check(&self, draft: &mut Draft) {
        if !self.criteria.is_empty() && self.criteria_reason.is_empty() {
            draft.refuse("criteria_reason", "", "missing; say why the site meets these criteria");
        }
        let high = self.criteria.iter().find(|criterion| criterion.impact() == crate::vocabulary::Impact::High);
        if let Some(high) = high.filter(|_| !self.kind.is_some_and(SiteKind::is_control_center)) {
            draft.refuse(
                "criteria",
                &high.to_string(),
                "high impact is for control centers only (Attachment 1, section 1)",
            );
        }
        listed::check_dates(draft, self.in_service_on, self.retired_on);
    }
}
