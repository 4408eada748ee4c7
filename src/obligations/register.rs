//! Performances as a register: fields, list, and what no performance may say.
//!
//! Invariant: none lies in the future, none before what it was done for existed, and none names a part its kind does not
//! serve. One that was entered wrongly is voided with a reason; nothing is erased.

use super::model::{Duty, Performance, PerformanceResult, SubjectKind};
use super::records::{self, Beginning};
use crate::auth::Action;
use crate::ids::{AssetId, Id, PerformanceId, SiteId, SystemId};
use crate::register::{Access, Draft, Field, Filter, FilterInput, Leaving, Lookup, Register, Sort, Words, listed};
use crate::sites::Site;
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::storage::{Audited, Cell, Change, Result, Snapshot, Table};
use crate::systems::System;
use crate::vocabulary::{Date, Moment, TimeZone, fold};
use crate::web::Place;
use crate::{as_of, choices, fields, fragment};

fn voided_on(performance: &Performance) -> String {
    performance.voided_on.map_or_else(String::new, |on| on.to_string())
}

impl Register for Performance {
    const WORDS: Words = Words {
        kind: "performance",
        collection: "performances",
        one: "performance",
        title: "Performances",
        purpose: "The ledger of periodic duties: reviews, tests, assessments, trainings, each with its day, its subject and its result.",
    };
    const ACCESS: Access =
        Access { read: Action::ReadControls, edit: Action::RecordPerformance, import: Some(Action::RecordPerformance) };
    const PLACE: Place = Place::Today;
    const LEAVING: Leaving = Leaving {
        act: "Void",
        left: "Voided",
        says: "It counts for no clock from now on, but stays readable with its whole history and this reason.",
        explained: true,
    };
    const FIELDS: &'static [Field<Self>] = fields! { Performance;
        "What" {
            reference: reference, "Reference", "The tag your organization uses: work order, record number.";
            kind: choice(Duty), "Duty", "What was done.";
            parts: lines(60), "Parts", "Requirement parts it was done for, such as CIP-010-4 R3.1, separated by semicolons; empty for every part the duty serves.";
        }
        "For" {
            subject: choice(SubjectKind), "Done for", "What kind of record it was done for; exactly its references are given below.";
            sites: links(SiteId, "site"), "Sites", "References of the sites, separated by semicolons.";
            systems: links(SystemId, "system"), "BES Cyber Systems", "References of the systems, separated by semicolons.";
            assets: links(AssetId, "asset"), "Assets", "References of the assets, separated by semicolons.";
        }
        "Done" {
            performed_on: date, "Performed on", "The calendar day in your organization's zone; clocks count from it.";
            performed_at: moment, "Performed at", "The moment with its offset, where the hour matters, as 2026-03-31T17:00:00-06:00.";
            performed_by: line(120), "Performed by", "Who did it.";
            result: choice(PerformanceResult), "Result", "A failed one was not accomplished and starts no new interval.";
            identified: flag, "Station identified", "For a transmission risk assessment: did it identify a station? The next is due after 30 calendar months if so, else after 60 (CIP-014-3 R1.1).";
            notes: prose, "Notes", "What was found, where the record is kept.";
        }
        "Void" {
            voided_on: shown(voided_on), "Voided on", "The day it was taken back.";
            void_reason: shown(|performance: &Performance| performance.void_reason.clone()), "Why", "Why it was taken back.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: fragment!(
            columns ", CASE WHEN st.days_late > 7 THEN 'by ' || CAST(st.days_late AS TEXT) || ' days' ELSE 'no' END AS first, NULL AS second"
        ),
        joins: fragment!(" LEFT JOIN performance_standings st ON st.organization_id = $1 AND st.id = v.id AND "[st]),
        from: "performance_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const DERIVED: &'static [(&'static str, &'static str)] = &[("recorded_late", "Recorded late")];
    const FILTERS: &'static [Filter] = FILTERS;
    const SORTS: &'static [Sort] = &[
        Sort {
            name: "performed_on",
            label: "Performed on",
            key: SortKey("v.performed_on"),
            of: |cells| cells[5].clone(),
        },
        listed::BY_REFERENCE,
        Sort { name: "kind", label: "Duty", key: SortKey("v.kind"), of: |cells| cells[3].clone() },
    ];
    const COLUMNS: &'static [&'static str] =
        &["reference", "kind", "performed_on", "performed_by", "result", "recorded_late", "systems", "sites", "assets"];
    const UNLESS: Option<(&'static str, Fragment)> = Some(("voided", Fragment::plain("NOT v.retired")));
    const REQUIRED: &'static [&'static str] =
        &["reference", "kind", "subject", "performed_on", "performed_by", "result"];
    const LINKED: &'static [Table] = &[Site::TABLE, System::TABLE];
    const LINKED_MANY: &'static [Table] = &[crate::assets::Asset::TABLE];

    fn label(&self, _lookup: &Lookup) -> String {
        self.reference.to_string()
    }

    fn title(&self) -> &str {
        self.kind.map_or("", Duty::label)
    }

    fn linked(&self) -> Vec<uuid::Uuid> {
        self.assets.iter().map(|id| id.uuid()).collect()
    }

    fn is_retired(&self) -> bool {
        self.voided_on.is_some()
    }

    fn retire(&mut self, on: Date) {
        self.voided_on = Some(on);
    }

    fn withdraw(&mut self, on: Date, why: &str) {
        self.retire(on);
        why.clone_into(&mut self.void_reason);
    }

    fn check(&self, draft: &mut Draft) {
        check_subject(self, draft);
        let Some(duty) = self.kind else { return };
        for part in self.parts.iter().filter(|part| !duty.may_serve(part)) {
            let served: Vec<&str> = duty.serves().map(|served| served.part).collect();
            let right = if served.is_empty() { "none".to_owned() } else { served.join(", ") };
            draft.refuse("parts", part, format!("not a periodic part that {} serves; it serves: {right}", duty.word()));
        }
        let assessment = duty == Duty::TransmissionRiskAssessment;
        if assessment && self.identified.is_none() {
            draft.refuse("identified", "", "missing; the next due date depends on it (CIP-014-3 R1.1)");
        } else if !assessment && self.identified.is_some() {
            draft.refuse("identified", "", "only a transmission risk assessment identifies stations");
        }
    }

    async fn weigh(at: &mut Snapshot, performances: &[(Option<PerformanceId>, &Self)]) -> Result<Vec<Draft>> {
        let performances: Vec<&Self> = performances.iter().map(|(_, one)| *one).collect();
        let (zone, now) = (records::profile(at).await?.zone(), at.now());
        let beginnings = records::beginnings(at, &performances, zone).await?;
        Ok(performances.iter().map(|one| weighed(one, zone, now, &beginnings)).collect())
    }

    async fn settle(change: &mut Change, id: PerformanceId, before: Option<&Self>, after: &Self) -> Result<()> {
        records::settle(change, id, before, after).await
    }
}

/// Exactly the links of the named kind are filled.
fn check_subject(performance: &Performance, draft: &mut Draft) {
    let Some(subject) = performance.subject else { return };
    for (kind, field, count) in [
        (SubjectKind::Site, "sites", performance.sites.len()),
        (SubjectKind::System, "systems", performance.systems.len()),
        (SubjectKind::Asset, "assets", performance.assets.len()),
    ] {
        if kind == subject && count == 0 {
            draft.refuse(field, "", format!("missing; done for {}", subject.label().to_lowercase()));
        } else if kind != subject && count > 0 {
            draft.refuse(field, "", format!("not empty, but done for {}", subject.label().to_lowercase()));
        }
    }
}

/// What is wrong with its day, given the calendar and what it was done for.
fn weighed(
    performance: &Performance,
    zone: TimeZone,
    now: Moment,
    beginnings: &std::collections::BTreeMap<uuid::Uuid, Beginning>,
) -> Draft {
    let mut draft = Draft::default();
    let Some(on) = performance.performed_on else { return draft };
    let (today, typed) = (zone.day(now), on.to_string());
    if on > today {
        draft.refuse("performed_on", &typed, format!("in the future; today is {today}"));
    }
    if let Some(at) = performance.performed_at {
        if at > now {
            draft.refuse("performed_at", &at.rfc3339(), "in the future");
        } else if zone.day(at) != on {
            draft.refuse("performed_at", &at.rfc3339(), format!("falls on {}, not on {typed}", zone.day(at)));
        }
    }
    let early = performance.subjects().filter_map(|id| beginnings.get(&id)).filter(|beginning| on < beginning.day);
    for Beginning { reference, day } in early {
        let said =
            format!("before {reference} existed, known since {day}; if it is older, record when it went into service");
        draft.refuse("performed_on", &typed, said);
    }
    draft
}

const FILTERS: &[Filter] = &[
    Filter {
        name: "kind",
        label: "Duty",
        input: FilterInput::Choice(choices!(Duty)),
        condition: Fragment::plain("v.kind = ?"),
        values: |text| Duty::parse(text).map(|duty| vec![Cell::text(duty.word())]),
    },
    Filter {
        name: "standard",
        label: "Standard",
        input: FilterInput::Choice(&super::rules::duties::STANDARDS),
        condition: fragment!(
            "EXISTS (SELECT 1 FROM terms t WHERE t.organization_id = $1 AND t.kind = 'performance' AND t.id = v.id AND " [t] " AND t.term = ?)"
        ),
        values: |text| Ok(vec![Cell::text(crate::assets::records::tag("standard", text))]),
    },
    Filter {
        name: "result",
        label: "Result",
        input: FilterInput::Choice(choices!(PerformanceResult)),
        condition: Fragment::plain("v.result = ?"),
        values: |text| PerformanceResult::parse(text).map(|result| vec![Cell::text(result.word())]),
    },
    done_for(
        "site",
        "Site",
        fragment!(
            "v.id IN (SELECT l.performance_id FROM performance_subjects l JOIN site_versions s ON s.organization_id = $1 AND s.id = l.subject_id AND "
            [s] " WHERE l.organization_id = $1 AND " [l] " AND s.reference_folded = ?)"
        ),
    ),
    done_for(
        "system",
        "BES Cyber System",
        fragment!(
            "v.id IN (SELECT l.performance_id FROM performance_subjects l JOIN system_versions s ON s.organization_id = $1 AND s.id = l.subject_id AND "
            [s] " WHERE l.organization_id = $1 AND " [l] " AND s.reference_folded = ?)"
        ),
    ),
    done_for(
        "asset",
        "Asset",
        fragment!(
            "v.id IN (SELECT l.performance_id FROM performance_subjects l JOIN asset_versions s ON s.organization_id = $1 AND s.id = l.subject_id AND "
            [s] " WHERE l.organization_id = $1 AND " [l] " AND s.reference_folded = ?)"
        ),
    ),
    on_days("performed_from", "Performed from", "v.performed_on >= ?"),
    on_days("performed_until", "Performed until", "v.performed_on <= ?"),
    Filter {
        name: "voided",
        label: "Voided",
        input: FilterInput::Choice(&[("only", "Only voided"), ("too", "Voided too")]),
        condition: listed::RETIRED.condition,
        values: listed::RETIRED.values,
    },
];

/// Keeps what was done for a record, given by its reference.
const fn done_for(kind: &'static str, label: &'static str, condition: Fragment) -> Filter {
    Filter {
        name: kind,
        label,
        input: FilterInput::Link(kind),
        condition,
        values: |text| Ok(vec![Cell::text(fold::folded(text))]),
    }
}

const fn on_days(name: &'static str, label: &'static str, condition: &'static str) -> Filter {
    Filter {
        name,
        label,
        input: FilterInput::Date,
        condition: Fragment::plain(condition),
        values: |text| Date::parse(text).map(|day| vec![Cell::text(day.to_string())]),
    }
}
