//! The catalogs over the API: frameworks, requirements, mappings; read-only.
//!
//! Invariant: what a page shows of a requirement stands here too, on the day the address asks for.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::Method;
use serde_json::{Value, json};

use super::catalogs::catalogs;
use super::crosswalk::Relationship;
use super::model::{About, Framework, Requirement, Standing};
use crate::auth::Action;
use crate::vocabulary::Date;
use crate::vocabulary::fold::fits;
use crate::web::extract::{Asking, Named};
use crate::web::{Answer, App, Caller, Failure, Routes, page};

/// Mounts the operations.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let read = Action::ReadControls;
    routes
        .api(&Method::GET, "frameworks", read, "List frameworks with their standards", frameworks)
        .api(&Method::GET, "requirements", read, "List requirements of all frameworks", requirements)
        .api(&Method::GET, "requirements/{id}", read, "Read a requirement with its mappings", requirement)
        .api(&Method::GET, "mappings", read, "List the crosswalk", mappings)
}

/// A list that stands in memory, page by page; the cursor is the number of items before.
fn listed(asking: &Asking, known: &[&str], items: Vec<Value>) -> Answer {
    let usual = ["q", "limit", "after", "as_of"];
    if let Some((name, value)) =
        asking.0.iter().find(|(name, _)| !usual.contains(&name.as_str()) && !known.contains(&name.as_str()))
    {
        return Err(Failure::field(name, value, "not a filter of this list"));
    }
    let number = |name: &str, usual: usize| match asking.text(name) {
        "" => Ok(usual),
        text => text.parse().map_err(|_| Failure::field(name, text, "not a number")),
    };
    let (limit, after) = (number("limit", 50)?.clamp(1, 1_000), number("after", 0)?);
    let (total, end) = (items.len(), after.saturating_add(limit));
    let shown: Vec<Value> = items.into_iter().skip(after).take(limit).collect();
    let next = (end < total).then(|| end.to_string());
    Ok(page::json(&json!({"items": shown, "next": next, "total": total, "total_exact": true})))
}

fn framework_value(framework: &Framework, on: Date) -> Value {
    let standards = framework.standards.iter().map(|standard| {
        json!({"id": standard.id, "title": standard.title, "effective": standard.effective, "inactive": standard.inactive,
            "standing": standard.standing(on).word(), "replaces": standard.replaces, "note": standard.note})
    });
    let future = framework.future.iter().map(|version| {
        json!({"id": version.id, "status": version.status, "effective": version.effective,
            "effective_candidates": version.effective_candidates, "changes": version.changes, "verified": version.verified})
    });
    let in_force = framework.requirements.iter().filter(|known| catalogs().in_force(known, on)).count();
    json!({"id": framework.id, "title": framework.title, "long_title": framework.long_title, "edition": framework.edition,
        "publisher": framework.publisher, "wording": framework.wording, "requirements": framework.requirements.len(),
        "in_force": in_force, "standards": standards.collect::<Vec<_>>(), "future": future.collect::<Vec<_>>()})
}

async fn frameworks(State(_): State<App>, caller: Caller, asking: Asking) -> Answer {
    let on = caller.day();
    let found = catalogs().frameworks.iter().filter(|known| fits(asking.text("q"), &[&known.title, &known.long_title]));
    listed(&asking, &[], found.map(|framework| framework_value(framework, on)).collect())
}

fn subject(about: About) -> &'static str {
    match about {
        About::Entity => "organization",
        About::Site => "site",
        About::System => "system",
        About::Asset => "asset",
    }
}

fn requirement_value(requirement: &Requirement, on: Date) -> Value {
    let standard = catalogs().standard_of(requirement);
    let rows =
        requirement.any_of.iter().map(|row| json!({"bcs": row.bcs, "include_bcs": row.include_bcs, "with": row.with}));
    let check = requirement.check.as_ref();
    json!({
        "id": requirement.id, "framework": requirement.framework, "standard": requirement.standard,
        "heading": requirement.heading, "title": requirement.title, "asks": requirement.asks,
        "sub_items": requirement.sub_items, "standing": standard.map_or(Standing::InForce, |known| known.standing(on)).word(),
        "effective": standard.and_then(|known| known.effective), "inactive": standard.and_then(|known| known.inactive),
        "applies_to": requirement.applies_to, "any_of": rows.collect::<Vec<_>>(), "logic_note": requirement.logic_note,
        "subjects": requirement.subjects.iter().map(|about| subject(*about)).collect::<Vec<_>>(),
        "cadence": requirement.cadence, "cadence_words": requirement.cadence.as_ref().map(crate::vocabulary::Cadence::told),
        "violation_risk_factor": requirement.violation_risk_factor, "time_horizon": requirement.time_horizon,
        "where_technically_feasible": requirement.where_technically_feasible, "tfe_eligible": requirement.tfe_eligible,
        "exceptional_circumstance": requirement.exceptional_circumstance, "evidence": requirement.evidence,
        "request_ids": requirement.ert_request_ids, "records": requirement.records,
        "predicate": check.map(|check| &check.predicate), "failing_record": check.map(|check| &check.failing_record),
        "note": requirement.note, "counterparts": requirement.counterparts, "levels": requirement.levels,
        "baselines_ot_overlay": requirement.baselines_ot_overlay, "overlay_change": requirement.overlay_change,
    })
}

async fn requirements(State(_): State<App>, caller: Caller, asking: Asking) -> Answer {
    let (on, names) = (caller.day(), ["framework", "standard", "applies_to", "in_force"]);
    let is = |name: &str, text: &str| asking.text(name).is_empty() || asking.text(name) == text;
    known_framework(&asking, "framework")?;
    let all = catalogs().frameworks.iter().flat_map(|framework| &framework.requirements);
    let found = all.filter(|known| {
        let applies = asking.text("applies_to");
        is("framework", &known.framework)
            && is("standard", &known.standard)
            && (applies.is_empty() || known.applies_to.iter().any(|code| code == applies))
            && is("in_force", if catalogs().in_force(known, on) { "yes" } else { "no" })
            && fits(asking.text("q"), &[&known.id, &known.title, &known.asks])
    });
    listed(&asking, &names, found.map(|known| requirement_value(known, on)).collect())
}

fn known_framework(asking: &Asking, name: &str) -> Answer<()> {
    let text = asking.text(name);
    let known: BTreeSet<&str> = catalogs().frameworks.iter().map(|framework| framework.id.as_str()).collect();
    let referred = catalogs().crosswalk.references.iter().any(|known| known.id == text);
    if text.is_empty() || known.contains(text) || referred {
        return Ok(());
    }
    Err(Failure::field(name, text, format!("not one of: {}", known.into_iter().collect::<Vec<_>>().join(", "))))
}

async fn requirement(State(_): State<App>, caller: Caller, Named(id): Named) -> Answer {
    let found = catalogs().requirement(&id).ok_or(Failure::NotFound)?;
    let mut value = requirement_value(found, caller.day());
    let seen = catalogs().mappings_of(&id).into_iter().map(|seen| {
        json!({"id": seen.mapping.id, "relationship": seen.relationship.word(), "framework": seen.framework,
            "requirement": seen.other, "rationale": seen.mapping.rationale, "confidence": seen.mapping.confidence})
    });
    value["mappings"] = seen.collect();
    Ok(page::json(&value))
}

async fn mappings(State(_): State<App>, asking: Asking) -> Answer {
    let names = ["framework", "requirement", "relationship"];
    known_framework(&asking, "framework")?;
    let wanted = asking.text("relationship");
    if !wanted.is_empty() {
        Relationship::parse(wanted).map_err(|problem| Failure::field("relationship", wanted, problem))?;
    }
    let either =
        |name: &str, one: &str, two: &str| asking.text(name).is_empty() || [one, two].contains(&asking.text(name));
    let found = catalogs().crosswalk.rows.iter().filter(|row| {
        either("framework", &row.source_framework, &row.target_framework)
            && either("requirement", &row.source, &row.target)
            && (wanted.is_empty() || row.relationship.word() == wanted)
            && fits(asking.text("q"), &[&row.source, &row.target, &row.rationale])
    });
    let items = found.map(|row| serde_json::to_value(row).map_err(|error| Failure::Bug(error.to_string())));
    listed(&asking, &names, items.collect::<Answer<Vec<Value>>>()?)
}
