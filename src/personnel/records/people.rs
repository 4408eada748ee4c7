//! How people are kept, described and listed.
//!
//! Invariant: every column follows from the record; how training and assessment stand is told for a day and never typed.

use super::{linked, links, weighing};
use crate::auth::Action;
use crate::ids::{PersonId, VendorId};
use crate::personnel::model::{Party, Person, Suitability, Vendor};
use crate::personnel::rules::entering;
use crate::personnel::rules::standing::{self, Standing};
use crate::register::{Access, Draft, Field, Filter, FilterInput, Lookup, Register, Sort, Words, listed};
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::storage::{Audited, Cell, Change, Kind, Result, Snapshot, Table};
use crate::vocabulary::{Date, Moment, fold};
use crate::web::Place;
use crate::{as_of, choices, fields, fragment};

impl Audited for Person {
    type Id = PersonId;
    const TABLE: Table = Table {
        kind: "person",
        identity: "people",
        versions: "person_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("employer", Kind::Text),
            ("party", Kind::Text),
            ("vendor_id", Kind::Id),
            ("user_id", Kind::Id),
            ("trained_on", Kind::Text),
            ("assessed_on", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, &self.name);
        cells.push(Cell::text(&self.employer));
        cells.push(Cell::text(self.party.map_or("", Party::word)));
        cells.push(Cell::id(self.vendor));
        cells.push(Cell::id(self.user.as_ref().map(|member| member.user)));
        cells.push(Cell::text(listed::day(self.trained.last().copied())));
        cells.push(Cell::text(listed::day(self.assessed.last().copied())));
        cells.push(Cell::Flag(Some(self.retired_on.is_some())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        let texts = [self.reference.as_str(), &self.name, &self.employer, &self.title];
        texts.into_iter().chain(self.logins.iter().map(String::as_str)).flat_map(fold::words).collect()
    }
}

impl Register for Person {
    const WORDS: Words = Words {
        kind: "person",
        collection: "people",
        one: "person",
        title: "People",
        purpose: "Who has, had or asks for access: whom they work for, the names they sign in by, their training and personnel risk assessments.",
    };
    const ACCESS: Access = super::ACCESS;
    const EXPORT: Action = super::EXPORT;
    const PLACE: Place = Place::Access;
    const NAMES_PEOPLE: bool = true;
    const COUNTS_MONTHS: bool = true;
    const FIELDS: &'static [Field<Self>] = fields! { Person;
        "Person" {
            reference: reference, "Personnel id", "The unique id your organization uses for the person.";
            name: line(120), "Name", "First and last name.";
            title: line(120), "Title", "What they do.";
            party: choice(Party), "Party", "Employee, contractor or vendor.";
            employer: line(120), "Employer", "Whom they work for.";
            vendor: link(VendorId, "vendor"), "Vendor", "The vendor they act for.";
        }
        "Signing in" {
            logins: logins(120), "Logins", "Names under which they sign in at gateways, separated by semicolons; nobody else has the same.";
            user: member, "User of Glance", "The login of the user they are here, where they are one: their appointments then decide what they may approve.";
        }
        "Training" {
            trained: days, "Trained on", "Days on which cyber security training was completed, separated by semicolons (CIP-004-7 R2.2, R2.3).";
            training: reckoned(Standing, |person: &Person, lookup: &Lookup| standing::training(person, lookup.day(), lookup.months())), "Training", "How the last training stands on the day: it counts for 15 calendar months.";
        }
        "Personnel risk assessment" {
            assessed: days, "Assessed on", "Days on which a personnel risk assessment was completed, separated by semicolons (CIP-004-7 R3.5).";
            assessment: computed(Standing, standing::assessment), "Assessment", "How the last assessment stands on the day: it counts for seven years.";
            identity_confirmed: flag, "Identity confirmed", "The last assessment confirmed the identity (CIP-004-7 R3.1).";
            seven_years_checked: flag, "Seven years checked", "It checked seven years of criminal history (CIP-004-7 R3.2).";
            partial_reason: line(500), "Why not all", "Why a check of all seven years could not be performed.";
            suitability: choice(Suitability), "Suitability", "What came of it (CIP-004-7 R3.3).";
            criteria: line(200), "Criteria", "By which criteria, with their revision.";
            verified_by: line(120), "Verified by", "For contractors and vendors: who made sure that their employer's assessment meets R3.1 to R3.3 (CIP-004-7 R3.4).";
            verified_on: date, "Verified on", "The day they made sure.";
        }
        "Life" {
            retired_on: date, "Retired on", "The day they left for good; a termination or transfer has its own clocks.";
            notes: prose, "Notes", "Anything else worth keeping.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: Fragment::plain(concat!(crate::version_columns!(), ", NULL AS first, NULL AS second")),
        joins: Fragment::plain(""),
        from: "person_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const FILTERS: &'static [Filter] = FILTERS;
    const SORTS: &'static [Sort] = &[
        listed::BY_REFERENCE,
        Sort { name: "name", label: "Name", key: SortKey("v.name"), of: |cells| cells[3].clone() },
        Sort { name: "employer", label: "Employer", key: SortKey("v.employer"), of: |cells| cells[4].clone() },
        Sort { name: "trained", label: "Trained on", key: SortKey("v.trained_on"), of: |cells| cells[8].clone() },
        Sort { name: "assessed", label: "Assessed on", key: SortKey("v.assessed_on"), of: |cells| cells[9].clone() },
    ];
    const COLUMNS: &'static [&'static str] = &[
        "reference",
        "name",
        "title",
        "party",
        "employer",
        "vendor",
        "logins",
        "training",
        "assessment",
        "suitability",
    ];
    const UNLESS: Option<(&'static str, Fragment)> = Some(listed::IN_SERVICE);
    const REQUIRED: &'static [&'static str] = &["reference", "name", "party"];
    const LINKED: &'static [Table] = &[Vendor::TABLE];

    fn label(&self, _lookup: &Lookup) -> String {
        self.reference.to_string()
    }

    #[expect(clippy::misnamed_getters, reason = "a list calls a person's name what others call a title")]
    fn title(&self) -> &str {
        &self.name
    }

    fn is_retired(&self) -> bool {
        self.retired_on.is_some()
    }

    fn retire(&mut self, on: Date) {
        self.retired_on = Some(on);
    }

    fn mark(field: &str, word: &str) -> &'static str {
        match (field, word) {
            ("training" | "assessment", _) => super::mark(word),
            ("suitability", "ineligible") => "mark open",
            _ => "",
        }
    }

    fn check(&self, draft: &mut Draft) {
        entering::check_person(self, draft);
    }

    async fn weigh(at: &mut Snapshot, people: &[(Option<PersonId>, &Self)]) -> Result<Vec<Draft>> {
        weighing::people(at, people).await
    }

    async fn settle(change: &mut Change, id: PersonId, before: Option<&Self>, after: &Self) -> Result<()> {
        links::logins(change, id, before, after).await
    }
}

const FILTERS: &[Filter] = &[
    Filter {
        name: "party",
        label: "Party",
        input: FilterInput::Choice(choices!(Party)),
        condition: Fragment::plain("v.party = ?"),
        values: |text| Party::parse(text).map(|party| vec![Cell::text(party.word())]),
    },
    linked(
        "vendor",
        "Vendor",
        "vendor",
        fragment!(
            "v.vendor_id IN (SELECT n.id FROM vendor_versions n WHERE n.organization_id = $1 AND " [n] " AND n.reference_folded = ?)"
        ),
    ),
    linked(
        "system",
        "Authorized to system",
        "system",
        fragment!(
            "v.id IN (SELECT a.person_id FROM authorization_systems l JOIN system_versions s ON s.organization_id = $1 AND s.id = l.system_id AND "
            [s] " JOIN authorization_versions a ON a.organization_id = $1 AND a.id = l.authorization_id AND " [a]
            " WHERE l.organization_id = $1 AND " [l] " AND a.status IN ('authorized', 'provisioned') AND NOT a.retired AND s.reference_folded = ?)"
        ),
    ),
    Filter {
        name: "user",
        label: "User of Glance",
        input: FilterInput::Choice(&[("yes", "Is a user"), ("no", "Is no user")]),
        condition: Fragment::plain("(v.user_id IS NOT NULL) = ?"),
        values: |text| crate::register::field::flag(text).map(|user| vec![Cell::Flag(user)]),
    },
    Filter {
        name: "trained_before",
        label: "Not trained since",
        input: FilterInput::Date,
        condition: Fragment::plain("v.trained_on < ?"),
        values: |text| Date::parse(text).map(|date| vec![Cell::text(date.to_string())]),
    },
    Filter {
        name: "assessed_before",
        label: "Not assessed since",
        input: FilterInput::Date,
        condition: Fragment::plain("v.assessed_on < ?"),
        values: |text| Date::parse(text).map(|date| vec![Cell::text(date.to_string())]),
    },
    Filter {
        name: "access_on",
        label: "Has access on, but for BCSI",
        input: FilterInput::Date,
        condition: fragment!(
            "v.id IN (SELECT a.person_id FROM authorization_versions a WHERE a.organization_id = $1 AND " [a]
            " AND a.status = 'provisioned' AND a.kind <> 'bcsi' AND NOT a.retired UNION SELECT g.person_id FROM grant_versions g WHERE g.organization_id = $1 AND "
            [g] " AND g.status = 'active' AND g.valid_until > ? AND NOT g.retired)"
        ),
        values: |text| {
            let found = Moment::parse(text).or_else(|| Date::parse(text).ok().map(Date::midnight_utc));
            let wrong = "not a date or a moment; write 2026-03-31 (in UTC) or 2026-03-31T17:00:00-06:00";
            found.map(|at| vec![Cell::text(at.rfc3339())]).ok_or_else(|| wrong.to_owned())
        },
    },
    listed::RETIRED,
];
