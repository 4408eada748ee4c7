//! How accounts are kept, described and listed.
//!
//! Invariant: how old a password is follows from its changes and the day; that an account is disabled is an act with its proof.

use super::{linked, links, moment, weighing};
use crate::assets::Asset;
use crate::auth::Action;
use crate::ids::{AccountId, AssetId, Id as _, PersonId, SystemId};
use crate::personnel::model::{Account, AccountKind, Person};
use crate::personnel::rules::entering;
use crate::personnel::rules::standing::{self, PasswordAge};
use crate::register::{Access, Draft, Field, Filter, FilterInput, Lookup, Register, Sort, Words, listed};
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::storage::{Audited, Cell, Change, Kind, Result, Snapshot, Table};
use crate::systems::System;
use crate::vocabulary::{Date, fold};
use crate::web::Place;
use crate::{as_of, choices, fields, fragment};

impl Audited for Account {
    type Id = AccountId;
    const TABLE: Table = Table {
        kind: "account",
        identity: "accounts",
        versions: "account_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("asset_id", Kind::Id),
            ("system_id", Kind::Id),
            ("owner_id", Kind::Id),
            ("kind", Kind::Text),
            ("password_changed_on", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, &self.name);
        cells.push(Cell::id(self.asset));
        cells.push(Cell::id(self.system));
        cells.push(Cell::id(self.owner));
        cells.push(Cell::text(self.kind.map_or("", AccountKind::word)));
        cells.push(Cell::text(listed::day(self.password_changed.last().copied())));
        cells.push(Cell::Flag(Some(self.retired_on.is_some())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        [self.reference.as_str(), &self.name].into_iter().flat_map(fold::words).collect()
    }
}

impl Register for Account {
    const WORDS: Words = Words {
        kind: "account",
        collection: "accounts",
        one: "account",
        title: "Accounts",
        purpose: "Accounts on assets and systems: whose they are, who knows a shared one, when passwords were changed (CIP-007-6 R5).",
    };
    const ACCESS: Access = super::ACCESS;
    const EXPORT: Action = super::EXPORT;
    const PLACE: Place = Place::Access;
    const COUNTS_MONTHS: bool = true;
    const FIELDS: &'static [Field<Self>] = fields! { Account;
        "Account" {
            reference: reference, "Reference", "The tag your organization uses for the account.";
            name: line(120), "Name", "Its name where it is used.";
            asset: link(AssetId, "asset"), "Asset", "The asset it is used on.";
            system: link(SystemId, "system"), "BES Cyber System", "The system it is used on, where that is more than one asset.";
            kind: choice(AccountKind), "Kind", "Individual, shared, default or generic, service.";
            owner: link(PersonId, "person"), "Owner", "Who answers for it; for an individual account whose it is.";
            people: links(PersonId, "person"), "People", "Who may use a shared account (CIP-007-6 R5.3); personnel ids separated by semicolons.";
            privileges: line(500), "Privileges", "What it may do.";
        }
        "Password" {
            interactive: flag, "Interactive", "Somebody signs in with it.";
            password_only: flag, "Password only", "Nothing but a password lets somebody in (CIP-007-6 R5.5, R5.6).";
            default_changed: flag, "Default changed", "The known default password was changed (CIP-007-6 R5.4).";
            length: number(1000), "Length", "Characters that are enforced (CIP-007-6 R5.5).";
            character_types: number(10), "Character types", "Types of characters that are enforced (CIP-007-6 R5.5).";
            tries: number(1000), "Tries", "Failed tries before a lockout or an alert (CIP-007-6 R5.7).";
            password_changed: days, "Password changed on", "Days on which the password was changed, separated by semicolons (CIP-007-6 R5.6).";
            password_age: reckoned(PasswordAge, |account: &Account, lookup: &Lookup| standing::password(account, lookup.day(), lookup.months())), "Password age", "How the last change stands on the day: it counts for 15 calendar months where nothing but the password lets somebody in.";
        }
        "Life" {
            disabled_at: shown(|account: &Account| moment(account.disabled_at)), "Disabled at", "When it ceased to let anybody in.";
            removal_proof: shown(|account: &Account| account.removal_proof.clone()), "Proof", "What shows it.";
            retired_on: date, "Retired on", "The day it ceased to exist.";
            notes: prose, "Notes", "Anything else worth keeping.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: Fragment::plain(concat!(crate::version_columns!(), ", NULL AS first, NULL AS second")),
        joins: Fragment::plain(""),
        from: "account_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const FILTERS: &'static [Filter] = FILTERS;
    const SORTS: &'static [Sort] = &[
        listed::BY_REFERENCE,
        Sort { name: "name", label: "Name", key: SortKey("v.name"), of: |cells| cells[3].clone() },
        Sort {
            name: "password_changed",
            label: "Password changed on",
            key: SortKey("v.password_changed_on"),
            of: |cells| cells[8].clone(),
        },
    ];
    const COLUMNS: &'static [&'static str] = &[
        "reference",
        "name",
        "kind",
        "asset",
        "system",
        "owner",
        "people",
        "password_changed",
        "password_age",
        "disabled_at",
    ];
    const UNLESS: Option<(&'static str, Fragment)> = Some(listed::IN_SERVICE);
    const REQUIRED: &'static [&'static str] = &["reference", "name", "kind"];
    const LINKED: &'static [Table] = &[System::TABLE];
    const LINKED_MANY: &'static [Table] = &[Person::TABLE, Asset::TABLE];

    fn label(&self, _lookup: &Lookup) -> String {
        self.reference.to_string()
    }

    fn title(&self) -> &str {
        &self.name
    }

    fn linked(&self) -> Vec<uuid::Uuid> {
        let people = self.owner.iter().chain(&self.people).map(|person| person.uuid());
        people.chain(self.asset.map(AssetId::uuid)).collect()
    }

    fn is_retired(&self) -> bool {
        self.retired_on.is_some()
    }

    fn retire(&mut self, on: Date) {
        self.retired_on = Some(on);
    }

    fn mark(field: &str, word: &str) -> &'static str {
        if field == "password_age" { super::mark(word) } else { "" }
    }

    fn check(&self, draft: &mut Draft) {
        entering::check_account(self, draft);
    }

    async fn weigh(at: &mut Snapshot, accounts: &[(Option<AccountId>, &Self)]) -> Result<Vec<Draft>> {
        let (today, _) = weighing::calendar(at).await?;
        let weighed = accounts.iter().map(|(_, account)| {
            let mut draft = Draft::default();
            let days: Vec<_> = account.password_changed.iter().map(|day| ("password_changed", Some(*day))).collect();
            entering::not_in_future(&days, today, &mut draft);
            draft
        });
        Ok(weighed.collect())
    }

    async fn settle(change: &mut Change, id: AccountId, before: Option<&Self>, after: &Self) -> Result<()> {
        links::people(change, id, before, after).await
    }
}

const FILTERS: &[Filter] = &[
    Filter {
        name: "kind",
        label: "Kind",
        input: FilterInput::Choice(choices!(AccountKind)),
        condition: Fragment::plain("v.kind = ?"),
        values: |text| AccountKind::parse(text).map(|kind| vec![Cell::text(kind.word())]),
    },
    Filter {
        name: "person",
        label: "Person",
        input: FilterInput::Link("person"),
        condition: fragment!(
            "v.id IN (SELECT o.id FROM person_versions p JOIN account_versions o ON o.organization_id = $1 AND o.owner_id = p.id AND " [o]
            " WHERE p.organization_id = $1 AND " [p] " AND p.reference_folded = ? UNION SELECT l.account_id FROM person_versions q \
             JOIN account_people l ON l.organization_id = $1 AND l.person_id = q.id AND " [l] " WHERE q.organization_id = $1 AND " [q]
            " AND q.reference_folded = ?)"
        ),
        values: |text| Ok(vec![Cell::text(fold::folded(text)), Cell::text(fold::folded(text))]),
    },
    linked(
        "asset",
        "Asset",
        "asset",
        fragment!(
            "v.asset_id IN (SELECT a.id FROM asset_versions a WHERE a.organization_id = $1 AND " [a] " AND a.reference_folded = ?)"
        ),
    ),
    linked(
        "system",
        "BES Cyber System",
        "system",
        fragment!(
            "v.system_id IN (SELECT s.id FROM system_versions s WHERE s.organization_id = $1 AND " [s] " AND s.reference_folded = ?)"
        ),
    ),
    Filter {
        name: "password_before",
        label: "Password not changed since",
        input: FilterInput::Date,
        condition: Fragment::plain("v.password_changed_on < ?"),
        values: |text| Date::parse(text).map(|date| vec![Cell::text(date.to_string())]),
    },
    listed::RETIRED,
];
