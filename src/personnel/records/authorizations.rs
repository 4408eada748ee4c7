//! How authorizations are kept, described and listed.
//!
//! Invariant: what was decided and done is shown and never typed, and an edit of anything but the notes takes an approval away.
//! What was provisioned stays as it was approved.

use super::{linked, links, moment, told, weighing};
use crate::auth::Action;
use crate::ids::{AuthorizationId, CircumstanceId, Id as _, PersonId, SiteId, SystemId};
use crate::personnel::model::{Authorization, AuthorizationKind, AuthorizationStatus, Circumstance, Person};
use crate::personnel::rules::entering;
use crate::register::{Access, Act, Draft, Field, Filter, FilterInput, Lookup, Register, RowsAct, Sort, Words, listed};
use crate::sites::Site;
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::storage::{Audited, Cell, Change, Kind, Result, Snapshot, Table};
use crate::systems::System;
use crate::vocabulary::{Date, fold};
use crate::web::Place;
use crate::{as_of, choices, fields, fragment};

impl Audited for Authorization {
    type Id = AuthorizationId;
    const TABLE: Table = Table {
        kind: "authorization",
        identity: "authorizations",
        versions: "authorization_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("person_id", Kind::Id),
            ("kind", Kind::Text),
            ("status", Kind::Text),
            ("until", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, &self.place);
        cells.push(Cell::id(self.person));
        cells.push(Cell::text(self.kind.map_or("", AuthorizationKind::word)));
        cells.push(Cell::text(self.status(Date::EPOCH).word()));
        cells.push(Cell::text(listed::day(self.until)));
        cells.push(Cell::Flag(Some(self.retired_on.is_some())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        [self.reference.as_str(), &self.place, &self.need].into_iter().flat_map(fold::words).collect()
    }
}

impl Register for Authorization {
    const WORDS: Words = Words {
        kind: "authorization",
        collection: "authorizations",
        one: "authorization",
        title: "Authorizations",
        purpose: "What each person may reach, why, and who said so: electronic and unescorted physical access, and BCSI (CIP-004-7 R4.1, R6.1). One person asks, another approves; then it is provisioned, and one day removed.",
    };
    const ACCESS: Access = super::ACCESS;
    const EXPORT: Action = super::EXPORT;
    const PLACE: Place = Place::Access;
    const SIGNED: bool = true;
    const FIELDS: &'static [Field<Self>] = fields! { Authorization;
        "Authorization" {
            reference: reference, "Reference", "The tag your organization uses for it.";
            person: link(PersonId, "person"), "Person", "Who may reach it.";
            kind: choice(AuthorizationKind), "Kind", "Electronic, unescorted physical, or BCSI.";
            status: computed(AuthorizationStatus, |one: &Authorization, day| one.status(day)), "Status", "Where it stands on the day by what was decided and done.";
            systems: links(SystemId, "system"), "BES Cyber Systems", "References of the systems it opens, separated by semicolons.";
            sites: links(SiteId, "site"), "Sites", "References of the sites of the perimeter, separated by semicolons.";
            place: line(200), "Place", "The Physical Security Perimeter, or the BCSI storage location.";
            need: prose, "Need", "Why it is needed (CIP-004-7 R4.1, R6.1); nothing is approved without.";
            circumstance: link(CircumstanceId, "circumstance"), "Exceptional circumstance", "The CIP Exceptional Circumstance under which it is given.";
            until: date, "Until", "The last day on which it holds; empty where it holds until removed.";
        }
        "Decision" {
            requested: shown_in(|one: &Authorization, zone| told(one.requested.as_ref(), zone)), "Requested", "Who asked for it as it stands, and when.";
            approved: shown_in(|one: &Authorization, zone| told(one.approved.as_ref(), zone)), "Approved", "Who approved it as it stands: another person than the one who asked.";
            approved_as: shown(|one: &Authorization| one.approved_as.clone()), "Approved as", "The office in which it was approved; empty for the role alone.";
            refused: shown_in(|one: &Authorization, zone| told(one.refused.as_ref(), zone)), "Refused", "Who refused it, and why.";
        }
        "Access" {
            provisioned_at: shown(|one: &Authorization| moment(one.provisioned_at)), "Provisioned at", "When the access was there.";
            removed_at: shown(|one: &Authorization| moment(one.removed_at)), "Removed at", "When the ability ceased.";
            removal_proof: shown(|one: &Authorization| one.removal_proof.clone()), "Proof of removal", "What shows it.";
            removed: shown_in(|one: &Authorization, zone| told(one.removed.as_ref(), zone)), "Removal recorded", "Who recorded it.";
        }
        "Life" {
            retired_on: date, "Retired on", "The day the record was closed; not before the access is removed.";
            notes: prose, "Notes", "Anything else worth keeping; editing only this leaves an approval as it is.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: Fragment::plain(concat!(crate::version_columns!(), ", NULL AS first, NULL AS second")),
        joins: Fragment::plain(""),
        from: "authorization_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const FILTERS: &'static [Filter] = FILTERS;
    const SORTS: &'static [Sort] = &[
        listed::BY_REFERENCE,
        Sort { name: "status", label: "Status", key: SortKey("v.status"), of: |cells| cells[6].clone() },
        Sort { name: "until", label: "Until", key: SortKey("v.until"), of: |cells| cells[7].clone() },
    ];
    const COLUMNS: &'static [&'static str] = &[
        "reference",
        "person",
        "kind",
        "systems",
        "place",
        "status",
        "until",
        "approved_as",
        "provisioned_at",
        "removed_at",
    ];
    const ROWS_ACTS: &'static [RowsAct] = &[("Approve", "approval", Action::ApproveAccess)];
    const UNLESS: Option<(&'static str, Fragment)> = Some(listed::IN_SERVICE);
    const REQUIRED: &'static [&'static str] = &["reference", "person", "kind"];
    const LINKED: &'static [Table] = &[System::TABLE, Site::TABLE, Circumstance::TABLE];
    const LINKED_MANY: &'static [Table] = &[Person::TABLE];

    fn label(&self, _lookup: &Lookup) -> String {
        self.reference.to_string()
    }

    fn title(&self) -> &str {
        &self.place
    }

    fn linked(&self) -> Vec<uuid::Uuid> {
        self.person.into_iter().map(PersonId::uuid).collect()
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
        // Access that is there stays as it was approved; what ended is not asked for again.
        let asked_anew = before
            .is_none_or(|before| before.provisioned_at.is_none() && entering::told(before) != entering::told(self));
        if asked_anew {
            (self.requested, self.approved, self.refused) = (Some(by), None, None);
            self.approved_as.clear();
        }
    }

    fn check(&self, draft: &mut Draft) {
        entering::check_authorization(self, draft);
    }

    async fn weigh(at: &mut Snapshot, authorizations: &[(Option<AuthorizationId>, &Self)]) -> Result<Vec<Draft>> {
        weighing::authorizations(at, authorizations).await
    }

    async fn settle(change: &mut Change, id: AuthorizationId, before: Option<&Self>, after: &Self) -> Result<()> {
        links::systems(change, id, before, after).await
    }
}

const FILTERS: &[Filter] = &[
    linked(
        "person",
        "Person",
        "person",
        fragment!(
            "v.person_id IN (SELECT p.id FROM person_versions p WHERE p.organization_id = $1 AND " [p] " AND p.reference_folded = ?)"
        ),
    ),
    Filter {
        name: "kind",
        label: "Kind",
        input: FilterInput::Choice(choices!(AuthorizationKind)),
        condition: Fragment::plain("v.kind = ?"),
        values: |text| AuthorizationKind::parse(text).map(|kind| vec![Cell::text(kind.word())]),
    },
    Filter {
        name: "status",
        label: "Status",
        input: FilterInput::Choice(&[
            ("requested", "Requested"),
            ("authorized", "Authorized"),
            ("provisioned", "Provisioned"),
            ("removed", "Removed"),
            ("refused", "Refused"),
        ]),
        condition: Fragment::plain("v.status = ?"),
        values: |text| {
            match AuthorizationStatus::parse(text) {
            Ok(AuthorizationStatus::Lapsed) | Err(_) => Err(
                "not one of: requested, authorized, provisioned, removed, refused; what ran out is found by its last day"
                    .to_owned(),
            ),
            Ok(status) => Ok(vec![Cell::text(status.word())]),
        }
        },
    },
    linked(
        "system",
        "BES Cyber System",
        "system",
        fragment!(
            "v.id IN (SELECT l.authorization_id FROM authorization_systems l JOIN system_versions s ON s.organization_id = $1 AND s.id = l.system_id AND "
            [s] " WHERE l.organization_id = $1 AND " [l] " AND s.reference_folded = ?)"
        ),
    ),
    Filter {
        name: "until_before",
        label: "Ends before",
        input: FilterInput::Date,
        condition: Fragment::plain("(v.until <> '' AND v.until < ?)"),
        values: |text| Date::parse(text).map(|date| vec![Cell::text(date.to_string())]),
    },
    listed::RETIRED,
];
