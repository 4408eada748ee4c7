//! How controls, narratives and attestations are kept, described and listed.
//!
//! Invariant: a control is found by the requirements it names through tags, which no search word meets.

use super::model::{Attestation, Control, Frequency, Judgment, Method, Narrative, State};
use crate::assets::records::tag;
use crate::auth::Action;
use crate::frameworks::{RequirementId, catalogs};
use crate::ids::{AttestationId, ControlId, NarrativeId};
use crate::register::{Access, Draft, Field, Filter, FilterInput, Lookup, Register, Sort, Words, listed};
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::storage::versions::VersionRow;
use crate::storage::{AsOfSql, Audited, Cell, Kept, Kind, Result, Snapshot, Table};
use crate::vocabulary::{Date, Origin, fold};
use crate::web::Place;
use crate::{as_of, choices, fields, fragment};

impl Audited for Control {
    type Id = ControlId;
    const TABLE: Table = Table {
        kind: "control",
        identity: "controls",
        versions: "control_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("name_key", Kind::Text),
            ("state", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, &self.name);
        cells.push(Cell::text(fold::natural(&self.name)));
        cells.push(Cell::text(self.state.map_or("", State::word)));
        cells.push(Cell::Flag(Some(self.is_retired())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        let texts = [self.reference.as_str(), &self.name, &self.owner, &self.statement];
        let ids = self.requirements.iter().map(RequirementId::as_str);
        let requirements = ids.clone().map(|id| tag("requirement", id));
        let frameworks = self.requirements.iter().filter_map(RequirementId::requirement);
        let frameworks = frameworks.map(|known| tag("framework", &known.framework));
        texts.into_iter().chain(ids).flat_map(fold::words).chain(requirements).chain(frameworks).collect()
    }
}

impl Register for Control {
    const WORDS: Words = Words {
        kind: "control",
        collection: "controls",
        one: "control",
        title: "Controls",
        purpose: "What your organization does, in its own words, mapped to the requirements of any framework it answers.",
    };
    const ACCESS: Access =
        Access { read: Action::ReadControls, edit: Action::EditControls, import: Some(Action::EditControls) };
    const PLACE: Place = Place::Controls;
    const FIELDS: &'static [Field<Self>] = fields! { Control;
        "Control" {
            reference: reference, "Reference", "The tag your organization uses for the control.";
            name: line(120), "Name", "The name people know it by.";
            statement: prose, "Statement", "What is done, in your own words.";
            owner: line(120), "Owner", "Who answers for it.";
            method: choice(Method), "Method", "Carried out by systems, by people, or by both.";
            frequency: choice(Frequency), "Frequency", "How often it is carried out.";
            state: choice(State), "State", "Planned, or in operation.";
        }
        "Requirements" {
            requirements: list(RequirementId), "Requirements", "Ids of any framework it answers, separated by semicolons, such as CIP-005-7 R1.3;SR 5.2;SC-7.";
        }
        "Life" {
            retired_on: date, "Retired on", "The day it ceased to be carried out.";
            notes: prose, "Notes", "Anything else worth keeping.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: Fragment::plain(concat!(crate::version_columns!(), ", NULL AS first, NULL AS second")),
        joins: Fragment::plain(""),
        from: "control_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const FILTERS: &'static [Filter] = &[
        Filter {
            name: "framework",
            label: "Framework",
            input: FilterInput::Choice(&[
                ("nerc-cip", "NERC CIP"),
                ("iec-62443-2-1", "IEC 62443-2-1"),
                ("iec-62443-3-2", "IEC 62443-3-2"),
                ("iec-62443-3-3", "IEC 62443-3-3"),
                ("iec-62443-4-2", "IEC 62443-4-2"),
                ("nist-800-82r3", "NIST SP 800-82r3"),
            ]),
            condition: TAGGED,
            values: |text| match catalogs().framework(text) {
                Some(found) => Ok(vec![Cell::text(tag("framework", &found.id))]),
                None => Err("not a framework".to_owned()),
            },
        },
        Filter {
            name: "requirement",
            label: "Requirement",
            input: FilterInput::Link("requirement"),
            condition: TAGGED,
            values: |text| RequirementId::parse(text).map(|id| vec![Cell::text(tag("requirement", id.as_str()))]),
        },
        Filter {
            name: "state",
            label: "State",
            input: FilterInput::Choice(choices!(State)),
            condition: Fragment::plain("v.state = ?"),
            values: |text| State::parse(text).map(|state| vec![Cell::text(state.word())]),
        },
        listed::RETIRED,
    ];
    const SORTS: &'static [Sort] = &[
        listed::BY_REFERENCE,
        Sort { name: "name", label: "Name", key: SortKey("v.name_key"), of: |cells| cells[4].clone() },
    ];
    const COLUMNS: &'static [&'static str] =
        &["reference", "name", "owner", "method", "frequency", "state", "requirements"];
    const UNLESS: Option<(&'static str, Fragment)> = Some(listed::IN_SERVICE);
    const REQUIRED: &'static [&'static str] = &["reference", "name", "statement"];

    fn begin(&mut self, _origin: Origin) {
        self.state = self.state.or(Some(State::InOperation));
    }

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
        let mut seen = std::collections::BTreeSet::new();
        if let Some(twice) = self.requirements.iter().find(|id| !seen.insert(*id)) {
            draft.refuse("requirements", twice.as_str(), format!("{twice} stands twice"));
        }
    }
}

const TAGGED: Fragment = fragment!(
    "EXISTS (SELECT 1 FROM terms t WHERE t.organization_id = $1 AND t.kind = 'control' AND t.id = v.id AND " [t] " AND t.term = ?)"
);

impl Audited for Narrative {
    type Id = NarrativeId;
    const TABLE: Table = Table {
        kind: "narrative",
        identity: "narratives",
        versions: "narrative_versions",
        columns: &[("requirement", Kind::Text)],
    };

    fn columns(&self) -> Vec<Cell> {
        vec![Cell::text(self.requirement.as_str())]
    }
}

impl Audited for Attestation {
    type Id = AttestationId;
    const TABLE: Table = Table {
        kind: "attestation",
        identity: "attestations",
        versions: "attestation_versions",
        columns: &[
            ("requirement", Kind::Text),
            ("covers_from", Kind::Text),
            ("covers_to", Kind::Text),
            ("judgment", Kind::Text),
            ("withdrawn", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        vec![
            Cell::text(self.requirement.as_str()),
            Cell::text(self.from.to_string()),
            Cell::text(self.to.to_string()),
            Cell::text(Judgment::word(self.judgment)),
            Cell::Flag(Some(self.withdrawn.is_some())),
        ]
    }
}

const NARRATIVE_OF: AsOfSql = as_of!(
    "SELECT " columns " FROM narrative_versions v WHERE v.organization_id = $1 AND " [v] " AND v.requirement = $3"
);
const ATTESTATIONS_OF: AsOfSql = as_of!(
    "SELECT " columns " FROM attestation_versions v WHERE v.organization_id = $1 AND " [v] " AND v.requirement = $3 ORDER BY v.id"
);

/// Texts of this file that know an instant.
pub const INSTANT_STATEMENTS: &[AsOfSql] = &[NARRATIVE_OF, ATTESTATIONS_OF];

/// The narrative of a requirement.
pub async fn narrative(at: &mut Snapshot, requirement: &str) -> Result<Option<Kept<Narrative>>> {
    let found = at.query(&NARRATIVE_OF).bind(requirement.to_owned()).maybe::<VersionRow>().await?;
    found.map(VersionRow::kept).transpose()
}

/// Attestations to a requirement, the oldest first.
pub async fn attestations(at: &mut Snapshot, requirement: &str) -> Result<Vec<Kept<Attestation>>> {
    let found = at.query(&ATTESTATIONS_OF).bind(requirement.to_owned()).all::<VersionRow>().await?;
    found.into_iter().map(VersionRow::kept).collect()
}

/// Controls that are carried out or planned, in the order of their references.
pub async fn controls(at: &mut Snapshot) -> Result<Vec<Kept<Control>>> {
    let mut found = at.every::<Control>().await?;
    found.retain(|kept| kept.retired_on.is_none());
    found.sort_by_cached_key(|kept| fold::natural(kept.reference.as_str()));
    Ok(found)
}
