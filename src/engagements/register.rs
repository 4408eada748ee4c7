//! Engagements as a register: fields, list, and what no engagement may say.
//!
//! Invariant: a period does not end before it begins, no due date precedes the notice, and a scope names at least one part
//! in force within the period.

use super::model::{Engagement, EngagementState, Monitoring};
use crate::auth::Action;
use crate::frameworks::{ScopeName, scoping};
use crate::ids::EngagementId;
use crate::register::{Access, Draft, Field, Filter, FilterInput, Leaving, Lookup, Register, Sort, Words, listed};
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::storage::{Audited, Cell, Kind, Table};
use crate::vocabulary::{Date, fold};
use crate::web::Place;
use crate::{as_of, choices, fields};

impl Audited for Engagement {
    type Id = EngagementId;
    const TABLE: Table = Table {
        kind: "engagement",
        identity: "engagements",
        versions: "engagement_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("state", Kind::Text),
            ("level_1_due", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, &self.name);
        cells.push(Cell::text(self.state.map_or("", EngagementState::word)));
        cells.push(Cell::text(self.level_1_due.map_or_else(String::new, |on| on.to_string())));
        cells.push(Cell::Flag(Some(self.is_retired())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        let texts = [self.reference.as_str(), &self.name, &self.region, &self.audit_id];
        let team = self.team.iter().map(String::as_str);
        texts.into_iter().chain(team).flat_map(fold::words).collect()
    }
}

impl Register for Engagement {
    const WORDS: Words = Words {
        kind: "engagement",
        collection: "engagements",
        one: "engagement",
        title: "Engagements",
        purpose: "Audits, spot checks and mock audits: what each asks about, for which days, and when answers are due. Readiness, packages and auditors' access belong to an engagement.",
    };
    const ACCESS: Access =
        Access { read: Action::ReadEvidence, edit: Action::EditControls, import: Some(Action::EditControls) };
    const PLACE: Place = Place::Evidence;
    const EXPORT: Action = Action::DownloadPackage;
    const NAMES_PEOPLE: bool = true;
    const LEAVING: Leaving = Leaving {
        act: "Withdraw",
        left: "Withdrawn",
        says: "It leaves the lists but stays readable with its whole history. Its packages stay sealed and readable.",
        explained: true,
    };
    const FIELDS: &'static [Field<Self>] = fields! { Engagement;
        "Engagement" {
            reference: reference, "Reference", "The tag your organization uses, such as AUD-2026.";
            name: line(120), "Name", "What people call it.";
            state: choice(EngagementState), "State", "How far it is.";
            monitoring: choice(Monitoring), "Method", "How compliance is monitored.";
            region: line(60), "Region", "The Regional Entity that audits, such as WECC.";
            audit_id: line(60), "Audit id", "The id the region gave it.";
        }
        "Asked" {
            period_from: date, "Period from", "The first day that is asked about.";
            period_to: date, "Period to", "The last day that is asked about.";
            scope: list(ScopeName), "Scope", "Standards, requirements and parts, separated by semicolons, such as CIP-005; CIP-007-6 R2; a family like CIP-003 means all its versions in force within the period. Empty for every part of NERC CIP.";
        }
        "Due" {
            notice_on: date, "Notice", "The day of the notice.";
            level_1_due: date, "Level 1 due", "When the Level 1 response is due.";
            level_2_due: date, "Level 2 due", "When evidence for the samples is due.";
            fieldwork_from: date, "Fieldwork from", "The first day of interviews and walk-downs.";
            fieldwork_to: date, "Fieldwork to", "Their last day.";
            report_due: date, "Report due", "When comments on the draft report are due.";
        }
        "People" {
            lead: member, "Evidence lead", "Who gathers the evidence, by the login they sign in with.";
            team: lines(120), "Audit team", "Auditors and observers with their organizations, separated by semicolons.";
            notes: prose, "Notes", "Anything else worth keeping.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: Fragment::plain(concat!(crate::version_columns!(), ", NULL AS first, NULL AS second")),
        joins: Fragment::plain(""),
        from: "engagement_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const FILTERS: &'static [Filter] = &[
        Filter {
            name: "state",
            label: "State",
            input: FilterInput::Choice(choices!(EngagementState)),
            condition: Fragment::plain("v.state = ?"),
            values: |text| EngagementState::parse(text).map(|state| vec![Cell::text(state.word())]),
        },
        listed::RETIRED,
    ];
    const SORTS: &'static [Sort] = &[
        listed::BY_REFERENCE,
        Sort { name: "name", label: "Name", key: SortKey("v.name"), of: |cells| cells[3].clone() },
        Sort { name: "level_1_due", label: "Level 1 due", key: SortKey("v.level_1_due"), of: |cells| cells[5].clone() },
    ];
    const COLUMNS: &'static [&'static str] =
        &["reference", "name", "state", "region", "period_from", "period_to", "level_1_due", "fieldwork_from", "lead"];
    const UNLESS: Option<(&'static str, Fragment)> = Some(listed::IN_SERVICE);
    const REQUIRED: &'static [&'static str] = &["reference", "name", "state", "period_from", "period_to"];

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
        let (Some(from), Some(to)) = (self.period_from, self.period_to) else { return };
        if to < from {
            draft.refuse("period_to", &to.to_string(), format!("before the period begins on {from}"));
        } else if to.days_since(from) > 20 * 366 {
            draft.refuse("period_to", &to.to_string(), "more than twenty years after the period begins");
        } else if !scoping::named(&self.scope).any(|(_, standard)| standard.in_force_within(from, to)) {
            let told = self.scope.iter().map(ToString::to_string).collect::<Vec<_>>().join(";");
            draft.refuse("scope", &told, format!("names no part that was in force from {from} to {to}"));
        }
        if let (Some(first), Some(last)) = (self.fieldwork_from, self.fieldwork_to)
            && last < first
        {
            draft.refuse("fieldwork_to", &last.to_string(), format!("before fieldwork begins on {first}"));
        }
        let dues = [
            ("level_1_due", self.level_1_due),
            ("level_2_due", self.level_2_due),
            ("fieldwork_from", self.fieldwork_from),
            ("report_due", self.report_due),
        ];
        for (field, due) in dues {
            if let (Some(notice), Some(due)) = (self.notice_on, due)
                && due < notice
            {
                draft.refuse(field, &due.to_string(), format!("before the notice of {notice}"));
            }
        }
    }
}
