//! How terminations and transfers are kept, described and listed, and what recording one does.
//!
//! Invariant: the abilities are listed as the person held them at the action, by whatever way the record comes; a termination
//! takes its person out of service in the same change.

use super::abilities;
use crate::auth::Action;
use crate::departures::model::{Ability, Departure, DepartureKind};
use crate::departures::rules::{entering, held};
use crate::ids::{DepartureId, Id as _, PersonId};
use crate::personnel::Person;
use crate::register::{Access, Act, Draft, Field, Filter, FilterInput, Leaving, Lookup, Register, Sort, Words, listed};
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::storage::{Audited, Cell, Change, Kind, Result, Snapshot, Table};
use crate::vocabulary::{Date, Moment, TimeZone, fold};
use crate::web::Place;
use crate::{as_of, choices, fields, fragment};

impl Audited for Departure {
    type Id = DepartureId;
    const TABLE: Table = Table {
        kind: "departure",
        identity: "departures",
        versions: "departure_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("person_id", Kind::Id),
            ("kind", Kind::Text),
            ("action_at", Kind::Number),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, "");
        cells.push(Cell::id(self.person));
        cells.push(Cell::text(self.kind.map_or("", DepartureKind::word)));
        cells.push(Cell::number(self.action_at.map_or(0, Moment::micros)));
        cells.push(Cell::Flag(Some(self.retired_on.is_some())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        [self.reference.as_str()].into_iter().flat_map(fold::words).collect()
    }
}

/// The abilities in one line.
fn told(departure: &Departure) -> String {
    let one = |ability: &Ability| {
        let needed = match ability.needed {
            Some(true) => ", needed",
            Some(false) => ", not needed",
            None => "",
        };
        format!("{} ({}{needed})", ability.reference, ability.kind.label())
    };
    departure.abilities.iter().map(one).collect::<Vec<_>>().join("; ")
}

impl Register for Departure {
    const WORDS: Words = Words {
        kind: "departure",
        collection: "departures",
        one: "departure",
        title: "Terminations and transfers",
        purpose: "Who left or moved, when, and every ability that had to be taken away for it, with its clock (CIP-004-7 R5, R6.3). Record one, and the abilities the person held are listed by themselves.",
    };
    const ACCESS: Access =
        Access { read: Action::ReadAccess, edit: Action::EditAccess, import: Some(Action::ImportAccess) };
    const PLACE: Place = Place::Access;
    const SIGNED: bool = true;
    const LEAVING: Leaving = Leaving {
        act: "Withdraw",
        left: "Withdrawn",
        says: "It was recorded by mistake: its clocks stop, and a person it took out of service is back. It stays readable with its whole history.",
        explained: true,
    };
    const FIELDS: &'static [Field<Self>] = fields! { Departure;
        "Departure" {
            reference: reference, "Reference", "The tag your organization uses for it, such as the number of the personnel case.";
            person: link(PersonId, "person"), "Person", "The reference of who leaves or moves.";
            kind: choice(DepartureKind), "Kind", "A termination ends every ability; after a transfer each is decided.";
        }
        "Times" {
            action_at: moment, "Action at", "The moment of the termination action, or of the transfer. R5.1 counts 24 elapsed hours from it, so for an action that is past a clock may be over at once: the record says so, and the gap stays.";
            effective_on: date, "Effective on", "The effective date of the termination; R5.3 and R6.3 count from it.";
            determined_on: date, "Determined on", "After a transfer: the day on which it was determined that access is no longer needed (R5.2, R5.4). The decision about the abilities says it.";
        }
        "Abilities" {
            abilities: shown(told), "Abilities", "What the person held at the action: it is listed when the departure is recorded, and never typed.";
        }
        "Shared passwords" {
            extenuating: prose, "Extenuating circumstances", "Operating circumstances that require more time to change shared passwords (R5.4).";
            extenuating_from: date, "Documented on", "The day on which they were determined and documented; before the 30 days are over.";
            extenuating_until: date, "Ended on", "The day on which they ended; 10 calendar days are left from then.";
        }
        "Life" {
            recorded: shown_in(|departure: &Departure, zone: TimeZone| departure.recorded.as_ref().map_or_else(String::new, |act| act.told(zone))), "Recorded by", "Who recorded it, and when.";
            retired_on: date, "Withdrawn on", "The day on which it was found to be a mistake.";
            notes: prose, "Notes", "Anything else worth keeping.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: fragment!(
            columns ", (SELECT p.name FROM person_versions p WHERE p.organization_id = $1 AND p.id = v.person_id AND " [p] ") AS first, NULL AS second"
        ),
        joins: Fragment::plain(""),
        from: "departure_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const DERIVED: &'static [(&'static str, &'static str)] = &[("name", "Name")];
    const DERIVED_IN: usize = 0;
    const FILTERS: &'static [Filter] = &[
        Filter {
            name: "person",
            label: "Person",
            input: FilterInput::Link("person"),
            condition: fragment!(
                "v.person_id IN (SELECT p.id FROM person_versions p WHERE p.organization_id = $1 AND " [p] " AND p.reference_folded = ?)"
            ),
            values: |text| Ok(vec![Cell::text(fold::folded(text))]),
        },
        Filter {
            name: "kind",
            label: "Kind",
            input: FilterInput::Choice(choices!(DepartureKind)),
            condition: Fragment::plain("v.kind = ?"),
            values: |text| DepartureKind::parse(text).map(|kind| vec![Cell::text(kind.word())]),
        },
        listed::RETIRED,
    ];
    const SORTS: &'static [Sort] = &[
        listed::BY_REFERENCE,
        Sort { name: "action_at", label: "Action at", key: SortKey("v.action_at"), of: |cells| cells[6].clone() },
    ];
    const COLUMNS: &'static [&'static str] =
        &["reference", "person", "name", "kind", "action_at", "effective_on", "abilities"];
    const UNLESS: Option<(&'static str, Fragment)> = Some(listed::IN_SERVICE);
    const REQUIRED: &'static [&'static str] = &["reference", "person", "kind", "action_at"];
    const LINKED_MANY: &'static [Table] = &[Person::TABLE];

    fn label(&self, _lookup: &Lookup) -> String {
        self.reference.to_string()
    }

    fn title(&self) -> &str {
        self.kind.map_or("", DepartureKind::label)
    }

    fn linked(&self) -> Vec<uuid::Uuid> {
        self.person.iter().map(|id| id.uuid()).collect()
    }

    fn is_retired(&self) -> bool {
        self.retired_on.is_some()
    }

    fn retire(&mut self, on: Date) {
        self.retired_on = Some(on);
    }

    fn signed(&mut self, before: Option<&Self>, by: Act) {
        if before.is_none() {
            self.recorded = Some(by);
        }
    }

    fn check(&self, draft: &mut Draft) {
        entering::check(self, draft);
    }

    async fn weigh(at: &mut Snapshot, departures: &[(Option<DepartureId>, &Self)]) -> Result<Vec<Draft>> {
        super::weighing::weigh(at, departures).await
    }

    async fn completed(change: &mut Change, before: Option<&Self>, record: &Self) -> Result<Option<Self>> {
        let (Some(person), Some(moment)) = (record.person, record.action_at) else { return Ok(None) };
        if before.is_some_and(|before| (before.person, before.action_at) == (record.person, record.action_at)) {
            return Ok(None);
        }
        let held = abilities::held_by(change.reading().await?, person, moment).await?;
        let abilities = held::relisted(held, &record.abilities);
        Ok(Some(Self { abilities, ..record.clone() }))
    }

    async fn settle(change: &mut Change, _id: DepartureId, before: Option<&Self>, after: &Self) -> Result<()> {
        super::leaving::follow(change, before, after).await
    }
}
