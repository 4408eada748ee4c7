//! How appointments are kept, described and listed.
//!
//! Invariant: whether an office is held is told for a day and never typed.

use super::{linked, weighing};
use crate::auth::Action;
use crate::ids::{AppointmentId, Id as _, PersonId};
use crate::personnel::model::{Appointment, CipRole, Delegated, Person};
use crate::personnel::rules::entering;
use crate::personnel::rules::standing::{self, Documented, InOffice};
use crate::register::{Access, Draft, Field, Filter, FilterInput, Lookup, Register, Sort, Words, listed};
use crate::storage::list::{Fragment, ListSql};
use crate::storage::{Audited, Cell, Kind, Result, Snapshot, Table};
use crate::vocabulary::{Date, fold};
use crate::web::Place;
use crate::{as_of, choices, fields, fragment};

impl Audited for Appointment {
    type Id = AppointmentId;
    const TABLE: Table = Table {
        kind: "appointment",
        identity: "appointments",
        versions: "appointment_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("person_id", Kind::Id),
            ("role", Kind::Text),
            ("until", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, "");
        cells.push(Cell::id(self.person));
        cells.push(Cell::text(self.role.map_or("", CipRole::word)));
        cells.push(Cell::text(listed::day(self.until)));
        cells.push(Cell::Flag(Some(self.retired_on.is_some())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        [self.reference.as_str()].into_iter().flat_map(fold::words).collect()
    }
}

impl Register for Appointment {
    const WORDS: Words = Words {
        kind: "appointment",
        collection: "appointments",
        one: "appointment",
        title: "Appointments",
        purpose: "Who is CIP Senior Manager and who decides as a delegate, for what, from when until when (CIP-003-9 R3, R4). Approvals honor it.",
    };
    const ACCESS: Access = super::ACCESS;
    const EXPORT: Action = super::EXPORT;
    const PLACE: Place = Place::Access;
    const FIELDS: &'static [Field<Self>] = fields! { Appointment;
        "Appointment" {
            reference: reference, "Reference", "The tag your organization uses for it.";
            person: link(PersonId, "person"), "Person", "Who holds the office.";
            role: choice(CipRole), "Office", "CIP Senior Manager, or delegate.";
            actions: choices(Delegated), "Delegated", "What a delegate may do; the CIP Senior Manager may do all of it.";
            delegated_by: link(PersonId, "person"), "Delegated by", "The CIP Senior Manager in office when the delegation begins.";
            from: date, "From", "The first day.";
            until: date, "Until", "The last day; empty while it goes on.";
            standing: computed(InOffice, standing::in_office), "Standing", "Whether it is in force on the day.";
            documented_on: date, "Documented on", "When the appointment or its change was documented.";
            documentation: computed(Documented, standing::documented), "Documentation", "Within 30 calendar days of the change (CIP-003-9 R3, R4).";
        }
        "Life" {
            retired_on: date, "Retired on", "The day it was found never to have held; one that ends has a last day instead.";
            notes: prose, "Notes", "Anything else worth keeping.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: Fragment::plain(concat!(crate::version_columns!(), ", NULL AS first, NULL AS second")),
        joins: Fragment::plain(""),
        from: "appointment_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const FILTERS: &'static [Filter] = &[
        linked(
            "person",
            "Person",
            "person",
            fragment!(
                "v.person_id IN (SELECT p.id FROM person_versions p WHERE p.organization_id = $1 AND " [p] " AND p.reference_folded = ?)"
            ),
        ),
        Filter {
            name: "role",
            label: "Office",
            input: FilterInput::Choice(choices!(CipRole)),
            condition: Fragment::plain("v.role = ?"),
            values: |text| CipRole::parse(text).map(|role| vec![Cell::text(role.word())]),
        },
        Filter {
            name: "not_ended_before",
            label: "Not ended before",
            input: FilterInput::Date,
            condition: Fragment::plain("(v.until = '' OR v.until >= ?)"),
            values: |text| Date::parse(text).map(|date| vec![Cell::text(date.to_string())]),
        },
        listed::RETIRED,
    ];
    const SORTS: &'static [Sort] = &[listed::BY_REFERENCE];
    const COLUMNS: &'static [&'static str] =
        &["reference", "person", "role", "actions", "delegated_by", "from", "until", "standing", "documentation"];
    const UNLESS: Option<(&'static str, Fragment)> = Some(listed::IN_SERVICE);
    const REQUIRED: &'static [&'static str] = &["reference", "person", "role", "from"];
    const LINKED_MANY: &'static [Table] = &[Person::TABLE];

    fn label(&self, _lookup: &Lookup) -> String {
        self.reference.to_string()
    }

    fn title(&self) -> &str {
        self.role.map_or("", CipRole::label)
    }

    fn linked(&self) -> Vec<uuid::Uuid> {
        self.person.into_iter().chain(self.delegated_by).map(PersonId::uuid).collect()
    }

    fn is_retired(&self) -> bool {
        self.retired_on.is_some()
    }

    fn retire(&mut self, on: Date) {
        self.retired_on = Some(on);
    }

    fn mark(field: &str, word: &str) -> &'static str {
        if matches!(field, "standing" | "documentation") { super::mark(word) } else { "" }
    }

    fn check(&self, draft: &mut Draft) {
        entering::check_appointment(self, draft);
    }

    async fn weigh(at: &mut Snapshot, appointments: &[(Option<AppointmentId>, &Self)]) -> Result<Vec<Draft>> {
        weighing::appointments(at, appointments).await
    }
}
