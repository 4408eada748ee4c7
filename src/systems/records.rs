//! How BES Cyber Systems are kept, described and listed.
//!
//! Invariant: the rating stands in a column of its own, read off the criterion.

use super::model::System;
use crate::ids::{SiteId, SystemId};
use crate::register::{Draft, Field, Filter, FilterInput, Lookup, Register, Sort, Words, listed};
use crate::sites::Site;
use crate::sites::rules::Criterion;
use crate::storage::list::{Fragment, ListSql};
use crate::storage::{Audited, Cell, Change, Kind, Result, Table};
use crate::vocabulary::{Date, Impact, fold};
use crate::{as_of, choices, fields};

impl Audited for System {
    type Id = SystemId;
    const TABLE: Table = Table {
        kind: "system",
        identity: "systems",
        versions: "system_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("site_id", Kind::Id),
            ("impact", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, &self.name);
        cells.push(Cell::id(self.site));
        cells.push(Cell::Text(self.impact().map(|impact| impact.word().to_owned())));
        cells.push(Cell::Flag(Some(self.is_retired())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        [self.reference.as_str(), &self.name, &self.reliability_task].into_iter().flat_map(fold::words).collect()
    }
}

impl Register for System {
    const WORDS: Words = Words {
        kind: "system",
        collection: "systems",
        one: "BES Cyber System",
        title: "BES Cyber Systems",
        purpose: "Groups of cyber assets that perform a reliability task and are rated together under CIP-002.",
    };
    const FIELDS: &'static [Field<Self>] = fields! { System;
        "Identity" {
            reference: reference, "Reference", "The tag your organization uses for the system.";
            name: line(120), "Name", "The name people know it by.";
            reliability_task: line(200), "Reliability task", "What it does for the reliable operation of the BES.";
            site: link(SiteId, "site"), "Site", "Where it is located.";
        }
        "Categorization" {
            criterion: choice_of(Criterion), "Criterion", "The CIP-002-5.1a Attachment 1 criterion that rates it; the impact follows.";
            impact: shown(|system: &System| system.impact().map_or(String::new(), |impact| impact.word().to_owned())), "Impact", "High, medium or low, read off the criterion.";
            impact_reason: prose, "Why", "The reasoning behind the rating; it is CIP-002 evidence.";
            erc: flag, "ERC", "External Routable Connectivity: reachable from outside its ESP over a bi-directional routable connection. Declared with a reason; beside it stands what conduits give.";
            erc_reason: prose, "Why (ERC)", "The reasoning behind the ERC answer.";
            dial_up: flag, "Dial-up", "Is there dial-up connectivity?";
        }
        "Life" {
            in_service_on: date, "In service on", "The day it went into service; its periodic duties count from there.";
            retired_on: date, "Retired on", "The day it left service.";
            notes: prose, "Notes", "Anything else worth keeping.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: Fragment::plain(concat!(crate::version_columns!(), ", NULL AS first, NULL AS second")),
        joins: Fragment::plain(""),
        from: "system_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const FILTERS: &'static [Filter] = &[
        Filter {
            name: "impact",
            label: "Impact",
            input: FilterInput::Choice(choices!(Impact)),
            condition: Fragment::plain("v.impact = ?"),
            values: |text| Impact::parse(text).map(|impact| vec![Cell::text(impact.word())]),
        },
        listed::at_site(),
        listed::RETIRED,
    ];
    const SORTS: &'static [Sort] = &[listed::BY_REFERENCE];
    const COLUMNS: &'static [&'static str] =
        &["reference", "name", "site", "impact", "criterion", "erc", "dial_up", "reliability_task"];
    const UNLESS: Option<(&'static str, Fragment)> = Some(listed::IN_SERVICE);
    const REQUIRED: &'static [&'static str] = &["reference", "name"];
    const LINKED: &'static [Table] = &[Site::TABLE];

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
        if self.criterion.is_some() && self.impact_reason.is_empty() {
            draft.refuse("impact_reason", "", "missing; say why this criterion rates the system");
        }
        if self.erc.is_some() && self.erc_reason.is_empty() {
            draft.refuse("erc_reason", "", "missing; ERC is declared with a reason");
        }
        listed::check_dates(draft, self.in_service_on, self.retired_on);
    }

    async fn settle(change: &mut Change, id: SystemId, before: Option<&Self>, after: &Self) -> Result<()> {
        if before.is_some() && before.is_none_or(|before| before.impact() != after.impact()) {
            change.in_mind::<Rerated>().0.push(id);
        }
        Ok(())
    }
}

/// Systems whose rating this change moved; what serves them follows.
#[derive(Debug, Default)]
pub struct Rerated(pub Vec<SystemId>);
