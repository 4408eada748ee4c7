//! How CIP Exceptional Circumstances are kept, described and listed.
//!
//! Invariant: who declared one is its author; its end and its review are acts of their own.

use super::{moment, told};
use crate::auth::Action;
use crate::ids::CircumstanceId;
use crate::personnel::model::{Circumstance, CircumstanceStatus};
use crate::personnel::rules::entering;
use crate::register::{Access, Act, Draft, Field, Filter, FilterInput, Lookup, Register, Sort, Words, listed};
use crate::storage::list::{Fragment, ListSql};
use crate::storage::{Audited, Cell, Kind, Result, Snapshot, Table};
use crate::vocabulary::{Date, fold};
use crate::web::Place;
use crate::{as_of, choices, fields};

impl Audited for Circumstance {
    type Id = CircumstanceId;
    const TABLE: Table = Table {
        kind: "circumstance",
        identity: "circumstances",
        versions: "circumstance_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("status", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, &self.title);
        cells.push(Cell::text(self.status().word()));
        cells.push(Cell::Flag(Some(self.retired_on.is_some())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        [self.reference.as_str(), &self.title].into_iter().flat_map(fold::words).collect()
    }
}

impl Register for Circumstance {
    const WORDS: Words = Words {
        kind: "circumstance",
        collection: "circumstances",
        one: "exceptional circumstance",
        title: "Exceptional circumstances",
        purpose: "CIP Exceptional Circumstances: declared, ended, looked back on. While one lasts, access given under it asks for no training (CIP-004-7 R2.2).",
    };
    const ACCESS: Access = super::ACCESS;
    const EXPORT: Action = super::EXPORT;
    const PLACE: Place = Place::Access;
    const SIGNED: bool = true;
    const FIELDS: &'static [Field<Self>] = fields! { Circumstance;
        "Circumstance" {
            reference: reference, "Reference", "The tag your organization uses for it.";
            title: line(120), "Title", "What happened, in a few words.";
            declaration: prose, "Declaration", "What makes it one in the terms of the NERC Glossary, and what it hinders.";
            declared_at: moment, "Declared at", "When it was declared, with its offset; the moment of recording when it is left empty.";
            status: computed(CircumstanceStatus, |one: &Circumstance, _| one.status()), "Status", "Declared, ended, looked back on.";
        }
        "Course" {
            declared: shown_in(|one: &Circumstance, zone| told(one.declared.as_ref(), zone)), "Entered", "Who entered the declaration.";
            ended_at: shown(|one: &Circumstance| moment(one.ended_at)), "Ended at", "When it ended.";
            reviewed: shown_in(|one: &Circumstance, zone| told(one.reviewed.as_ref(), zone)), "Reviewed", "Who looked back on what was done under it: another person than the one who declared it.";
        }
        "Life" {
            retired_on: date, "Retired on", "The day it was found to have been none.";
            notes: prose, "Notes", "Anything else worth keeping.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: Fragment::plain(concat!(crate::version_columns!(), ", NULL AS first, NULL AS second")),
        joins: Fragment::plain(""),
        from: "circumstance_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const FILTERS: &'static [Filter] = &[
        Filter {
            name: "status",
            label: "Status",
            input: FilterInput::Choice(choices!(CircumstanceStatus)),
            condition: Fragment::plain("v.status = ?"),
            values: |text| CircumstanceStatus::parse(text).map(|status| vec![Cell::text(status.word())]),
        },
        listed::RETIRED,
    ];
    const SORTS: &'static [Sort] = &[listed::BY_REFERENCE];
    const COLUMNS: &'static [&'static str] = &["reference", "title", "status", "declared_at", "ended_at", "reviewed"];
    const UNLESS: Option<(&'static str, Fragment)> = Some(listed::IN_SERVICE);
    const REQUIRED: &'static [&'static str] = &["reference", "title", "declaration"];

    fn label(&self, _lookup: &Lookup) -> String {
        self.reference.to_string()
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn is_retired(&self) -> bool {
        self.retired_on.is_some()
    }

    fn retire(&mut self, on: Date) {
        self.retired_on = Some(on);
    }

    fn mark(field: &str, word: &str) -> &'static str {
        if field == "status" { super::mark(word) } else { "" }
    }

    fn signed(&mut self, before: Option<&Self>, by: Act) {
        self.declared_at = self.declared_at.or(Some(by.at));
        let told = |one: &Self| (one.title.clone(), one.declaration.clone(), one.declared_at);
        match before {
            None => self.declared = Some(by),
            // What was looked back on was something else.
            Some(before) if told(before) != told(self) => self.reviewed = None,
            Some(_) => {}
        }
    }

    async fn weigh(at: &mut Snapshot, circumstances: &[(Option<CircumstanceId>, &Self)]) -> Result<Vec<Draft>> {
        let now = at.now();
        let weighed = circumstances.iter().map(|(_, one)| {
            let mut draft = Draft::default();
            entering::weigh_circumstance(one, now, &mut draft);
            draft
        });
        Ok(weighed.collect())
    }
}
