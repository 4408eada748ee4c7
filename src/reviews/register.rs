//! Reviews as a register: their fields, their list, and what may still be typed while one is open.
//!
//! Invariant: what a review covers is frozen with its population, and nothing of a signed or abandoned one changes. Where it
//! stands, its rows and its results are shown and never typed.

use super::model::{Review, ReviewKind, ReviewStatus};
use super::rules;
use crate::auth::{Action, Roles, permits};
use crate::ids::{ReviewId, SystemId, UserId};
use crate::register::{Access, Act, Draft, Field, Filter, FilterInput, Lookup, Member, Register, Sort, Words, listed};
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::storage::{Audited as _, Cell, Result, Snapshot, Table};
use crate::systems::System;
use crate::vocabulary::{Date, TimeZone};
use crate::web::Place;
use crate::{as_of, choices, fields, fragment};

fn told(act: Option<&Act>, zone: TimeZone) -> String {
    act.map_or_else(String::new, |act| act.told(zone))
}

impl Register for Review {
    const WORDS: Words = Words {
        kind: "review",
        collection: "reviews",
        one: "review",
        title: "Reviews",
        purpose: "Authorizations each quarter, privileges and BCSI access every fifteen calendar months, conduits: what stood when the review began, what was decided row by row, and who signed.",
    };
    const ACCESS: Access = Access { read: Action::ReadAccess, edit: Action::ReviewAccess, import: None };
    const PLACE: Place = Place::Access;
    const NAMES_PEOPLE: bool = true;
    const FIELDS: &'static [Field<Self>] = fields! { Review;
        "Review" {
            reference: reference, "Reference", "The tag your organization uses for the review.";
            name: line(160), "Name", "What it is called, such as Q1 2026 authorization verification.";
            kind: choice(ReviewKind), "Kind", "What is reviewed; frozen when the review opens.";
            status: computed(ReviewStatus, |review: &Review, _| review.status()), "Status", "Open until it is signed or abandoned.";
            systems: links(SystemId, "system"), "BES Cyber Systems", "References of the systems it covers, separated by semicolons; empty for all in service that day. Frozen when the review opens; access to BCSI and conduits are reviewed for the organization, so none is named.";
            reviewer: member, "Reviewer", "Who decides and signs: the login of a person whose role may review access; anybody whose role may when empty.";
            due_on: date, "Due on", "Empty for the first day on which a clock it winds is due; of a verification whose clock has not begun, the end of the calendar quarter.";
            notes: prose, "Notes", "Anything else worth keeping.";
        }
        "Population" {
            opened: shown_in(|review: &Review, zone| told(review.opened.as_ref(), zone)), "Opened", "Who opened it, and when its rows were frozen.";
            population: shown(|review: &Review| review.population.to_string()), "Rows", "How many rows it looks at.";
            root: shown(|review: &Review| review.root.clone()), "Root", "RFC 9162 root over its rows: whoever has the rows can show that none was changed.";
        }
        "Result" {
            kept: shown(|review: &Review| result(review, review.kept)), "Kept", "Rows that stay as they are.";
            changed: shown(|review: &Review| result(review, review.changed)), "To change", "Rows that were to be changed.";
            removed: shown(|review: &Review| result(review, review.removed)), "To remove", "Rows whose access was to be removed.";
            completed: shown_in(|review: &Review, zone| told(review.completed.as_ref(), zone)), "Signed", "Who signed that every row was decided, and when.";
            performance: shown(|review: &Review| review.performance.map_or_else(String::new, |id| id.to_string())), "Performance", "The performance it became.";
            abandoned: shown_in(|review: &Review, zone| told(review.abandoned.as_ref(), zone)), "Abandoned", "Who abandoned it, and why.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: fragment!(
            columns ", CASE WHEN v.status = 'open' THEN (SELECT CAST(COUNT(*) AS TEXT) FROM review_standings s WHERE s.organization_id = $1 \
             AND s.review_id = v.id AND " [s] ") ELSE NULL END AS first, NULL AS second"
        ),
        joins: Fragment::plain(""),
        from: "review_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const DERIVED: &'static [(&'static str, &'static str)] = &[("decided", "Decided so far")];
    const FILTERS: &'static [Filter] = FILTERS;
    const SORTS: &'static [Sort] = &[
        Sort { name: "due_on", label: "Due on", key: SortKey("v.due_on"), of: |cells| cells[6].clone() },
        listed::BY_REFERENCE,
        Sort { name: "kind", label: "Kind", key: SortKey("v.kind"), of: |cells| cells[4].clone() },
        Sort { name: "status", label: "Status", key: SortKey("v.status"), of: |cells| cells[5].clone() },
    ];
    const COLUMNS: &'static [&'static str] =
        &["reference", "name", "kind", "status", "due_on", "reviewer", "population", "decided", "changed", "removed"];
    const UNLESS: Option<(&'static str, Fragment)> = Some(("status", Fragment::plain("v.status <> 'abandoned'")));
    const REQUIRED: &'static [&'static str] = &["reference", "name", "kind", "due_on"];
    const LINKED: &'static [Table] = &[System::TABLE];

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

    fn mark(field: &str, word: &str) -> &'static str {
        match (field, word) {
            ("status", "open") => "mark working",
            ("status", "completed") => "mark done",
            ("status", "abandoned") => "mark excused",
            _ => "",
        }
    }

    async fn weigh(at: &mut Snapshot, reviews: &[(Option<ReviewId>, &Self)]) -> Result<Vec<Draft>> {
        let organization = at.organization();
        let members = at.platform().members(organization).await?;
        let may = |user: UserId| {
            let member = members.iter().find(|member| member.user_id == user && !member.disabled);
            member.is_some_and(|member| permits(&Roles::parse(&member.roles).unwrap_or_default(), Action::ReviewAccess))
        };
        let mut weighed = Vec::with_capacity(reviews.len());
        for (id, review) in reviews {
            let mut draft = Draft::default();
            let before = match id {
                Some(id) => at.find::<Review>(*id).await?.map(|kept| kept.content),
                None => None,
            };
            match before.as_ref() {
                None => weigh_opening(review, &mut draft),
                Some(before) if before != *review => weigh_edit(before, review, &mut draft),
                Some(_) => {}
            }
            let named = before.and_then(|before| before.reviewer);
            if let Some(reviewer) = review.reviewer.as_ref().filter(|reviewer| named.as_ref() != Some(reviewer)) {
                weigh_reviewer(reviewer, may(reviewer.user), &mut draft);
            }
            weighed.push(draft);
        }
        Ok(weighed)
    }
}

fn result(review: &Review, rows: i64) -> String {
    if review.completed.is_some() { rows.to_string() } else { String::new() }
}

/// What belongs to the organization is reviewed as a whole.
fn weigh_opening(review: &Review, draft: &mut Draft) {
    if let Some(kind) = review.kind.filter(|kind| !rules::is_of_systems(*kind) && !review.systems.is_empty()) {
        draft.refuse("systems", "", format!("not empty, but {} is done for the whole organization", kind.word()));
    }
}

/// What an edit may not touch.
fn weigh_edit(before: &Review, after: &Review, draft: &mut Draft) {
    if let Some(refusal) = rules::refuses_any_act(before) {
        return draft.refuse("name", &after.name, refusal);
    }
    let frozen = "frozen with the population when the review opened; abandon it and open another";
    if before.kind != after.kind {
        draft.refuse("kind", after.kind.map_or("", ReviewKind::word), frozen);
    }
    if before.systems != after.systems {
        draft.refuse("systems", "", frozen);
    }
}

fn weigh_reviewer(reviewer: &Member, may: bool, draft: &mut Draft) {
    if !may {
        draft.refuse("reviewer", &reviewer.login, "may not review access; name a person whose role may");
    }
}

const FILTERS: &[Filter] = &[
    Filter {
        name: "status",
        label: "Status",
        input: FilterInput::Choice(choices!(ReviewStatus)),
        condition: Fragment::plain("v.status = ?"),
        values: |text| ReviewStatus::parse(text).map(|status| vec![Cell::text(status.word())]),
    },
    Filter {
        name: "kind",
        label: "Kind",
        input: FilterInput::Choice(choices!(ReviewKind)),
        condition: Fragment::plain("v.kind = ?"),
        values: |text| ReviewKind::parse(text).map(|kind| vec![Cell::text(kind.word())]),
    },
    Filter {
        name: "due_before",
        label: "Due before",
        input: FilterInput::Date,
        condition: Fragment::plain("(v.due_on <> '' AND v.due_on < ?)"),
        values: |text| Date::parse(text).map(|date| vec![Cell::text(date.to_string())]),
    },
];
