//! What a grant must say before it is asked for: what it says by itself, what its surroundings say, and what stays as it was.
//!
//! Invariant: nothing is written that a rule refuses; a grant that let somebody in is not rewritten, so that it stays known
//! what it opened and when.

use std::collections::BTreeMap;

use super::model::Grant;
use super::rules::{self, Finding};
use super::surroundings;
use crate::ids::{GrantId, Id};
use crate::personnel::records::weighing::calendar;
use crate::personnel::rules::entering::not_in_future;
use crate::register::{Draft, Problem, records};
use crate::storage::{Kept, Result, Snapshot};
use crate::vocabulary::{Moment, fold};

/// What it says by itself.
pub fn check(grant: &Grant, draft: &mut Draft) {
    if let (Some(from), Some(until)) = (grant.valid_from, grant.valid_until)
        && until <= from
    {
        draft.refuse("valid_until", &until.rfc3339(), "not after its first moment; a grant ends later than it begins");
    }
}

/// What only other records can tell of each of these grants.
pub async fn weigh(at: &mut Snapshot, grants: &[(Option<GrantId>, &Grant)]) -> Result<Vec<Draft>> {
    let ids: Vec<uuid::Uuid> = grants.iter().filter_map(|(id, _)| *id).map(Id::uuid).collect();
    let before = records::by_ids::<Grant>(at, &ids).await?;
    let before: BTreeMap<GrantId, Kept<Grant>> = before.into_iter().map(|kept| (kept.id, kept)).collect();
    let before = |id: Option<GrantId>| id.and_then(|id| before.get(&id));
    let asked = |(id, grant): &&(Option<GrantId>, &Grant)| {
        grant.retired_on.is_none() && before(*id).is_none_or(|before| before.asked() != grant.asked())
    };
    let examined: Vec<&Grant> = grants.iter().filter(asked).map(|(_, grant)| *grant).collect();
    let gathered = if examined.is_empty() { None } else { Some(surroundings::gather(at, &examined).await?) };
    let (now, (today, _)) = (at.now(), calendar(at).await?);
    let weighed = grants.iter().map(|one| {
        let (id, grant) = *one;
        let mut draft = Draft::default();
        not_in_future(&[("disable_tested_on", grant.disable_tested_on)], today, &mut draft);
        if let Some(before) = before(id) {
            stays(before, grant, now, &mut draft);
        }
        if let Some(gathered) = gathered.as_ref().filter(|_| draft.is_good() && asked(&one)) {
            draft.problems = problems(&rules::refusals(grant, &gathered.around(id, grant, true)));
        }
        draft
    });
    Ok(weighed.collect())
}

/// What was revoked, and what already let somebody in, is not asked for anew; what still holds is not put away.
fn stays(before: &Kept<Grant>, after: &Grant, now: Moment, draft: &mut Draft) {
    let before = &before.content;
    if after.retired_on.is_some() && before.retired_on.is_none() && after.holds_on(now) {
        draft.refuse("retired_on", "", "it still holds; revoke it first");
    }
    let Some(field) = changed(before, after) else { return };
    if let Some(act) = &before.revoked {
        let on = act.at.rfc3339();
        draft.refuse(field, "", format!("it was revoked by {} at {on}; ask for a new grant", act.name));
    } else if let Some(from) = before.begins().filter(|from| before.refused.is_none() && *from <= now) {
        let says = format!(
            "it holds since {}, and what it opened stays as it was; extend or revoke it, or ask for a new grant",
            from.rfc3339()
        );
        draft.refuse(field, "", says);
    }
}

/// The first field of what is asked for that differs.
fn changed(before: &Grant, after: &Grant) -> Option<&'static str> {
    let (a, b) = (before.asked(), after.asked());
    let fields = [
        ("reference", a.reference != b.reference),
        ("kind", a.kind != b.kind),
        ("person", a.person != b.person),
        ("vendor", a.vendor != b.vendor),
        ("targets", a.targets != b.targets),
        ("systems", a.systems != b.systems),
        ("via", a.via != b.via),
        ("encryption_end", a.encryption_end != b.encryption_end),
        ("mfa", a.mfa != b.mfa),
        ("valid_from", a.valid_from != b.valid_from),
        ("valid_until", a.valid_until != b.valid_until),
        ("purpose", a != b),
    ];
    fields.iter().find(|(_, differs)| *differs).map(|(field, _)| *field)
}

/// What refuses, as problems beside the fields: one a field, for a form has room for one.
#[must_use]
pub fn problems(refusals: &[Finding]) -> Vec<Problem> {
    let mut found: Vec<Problem> = Vec::new();
    for refusal in refusals {
        let says = format!("{} ({})", refusal.says, refusal.citation);
        match found.iter_mut().find(|problem| problem.field == refusal.field) {
            Some(problem) => problem.problem = format!("{}; {says}", problem.problem),
            None => found.push(Problem {
                field: refusal.field.to_owned(),
                value: fold::truncated(&refusal.value, 200).to_owned(),
                problem: says,
            }),
        }
    }
    found
}
