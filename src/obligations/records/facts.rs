//! What the clocks are judged from, read at the snapshot's instant: parts, subjects, performances, the calendar.
//!
//! Invariant: which part applies to which subject is asked of the frameworks' own rules, never decided again here.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::as_of;
use crate::assets::Asset;
use crate::frameworks::rules::{applies_to_system, classes_of};
use crate::frameworks::{Applicability, Requirement, Surroundings, catalogs};
use crate::ids::{Id, PerformanceId, SiteId};
use crate::obligations::model::{Performance, SubjectKind};
use crate::obligations::rules::duties::{Served, family, serving};
use crate::obligations::rules::{Doing, Facts, Part, Subject};
use crate::organizations::OrganizationProfile;
use crate::register::records::by_ids;
use crate::sites::Site;
use crate::storage::{AsOfSql, Kept, OrgSql, Result, Snapshot};
use crate::systems::System;
use crate::vocabulary::{Date, Moment};

pub(super) const BEGAN: OrgSql = OrgSql::new(
    "SELECT MIN(v.recorded_from) AS began FROM organization_profile_versions v WHERE v.organization_id = $1",
);
const LATE: AsOfSql = as_of!(
    "SELECT st.id, st.days_late FROM performance_standings st WHERE st.organization_id = $1 AND " [st] " AND st.days_late > 7"
);

/// Texts of this file that know an instant.
pub const INSTANT_STATEMENTS: &[AsOfSql] = &[LATE];

/// Years of gaps that are told when no period is asked for: the audit cycle of a TOP.
const YEARS_BACK: i64 = 3;

/// Everything the clocks need, as it stood at the end of a period, with the gaps of the period; where none is given, today
/// with the gaps of the last three years.
pub async fn facts(at: &mut Snapshot, around: &Surroundings, period: Option<(Date, Date)>) -> Result<Facts> {
    let profile = super::profile(at).await?;
    let zone = profile.zone();
    let now = zone.day(at.now());
    // A period that is over is judged as it stood on its last day.
    let today = period.map_or(now, |(_, last)| now.min(last));
    let (began,): (Option<Moment>,) = at.plain(&BEGAN).one().await?;
    let parts = parts();
    let mut subjects = vec![organization(at.organization().uuid(), &profile)];
    let mut applies: Vec<(usize, usize)> = Vec::new();
    for (n, (requirement, served, _)) in parts.iter().enumerate() {
        if served.each == SubjectKind::Organization && reaches(around, requirement) {
            applies.push((n, 0));
        }
    }
    systems(at, &parts, &mut subjects, &mut applies).await?;
    assets(at, around, &parts, &mut subjects, &mut applies).await?;
    Ok(Facts {
        parts: parts.into_iter().map(|(_, _, part)| part).collect(),
        subjects,
        applies,
        doings: doings(at).await?,
        mode: profile.month_mode,
        today,
        period: period.unwrap_or((today.plus_days(-366 * YEARS_BACK), today)),
        recorded_since: began.map_or(today, |began| zone.day(began)),
    })
}

/// True when a part that the organization does as a whole applies to it, or to anything it has. What is associated with
/// systems comes with them in these parts, so assets need no look of their own.
fn reaches(around: &Surroundings, part: &Requirement) -> bool {
    let applies = |found: Applicability| found == Applicability::Applies;
    applies(around.at_entity(part))
        || around.sites.iter().any(|there| applies(around.at_site(part, there)))
        || around.systems.iter().any(|there| applies(applies_to_system(part, &there.classes)))
}

type Clocked = (&'static Requirement, &'static Served, Part);

/// The periodic parts of every version of a standard.
fn parts() -> Vec<Clocked> {
    let all = catalogs().framework("nerc-cip").into_iter().flat_map(|framework| &framework.requirements);
    let clocked = |requirement: &'static Requirement| {
        let (cadence, served) = (requirement.cadence.clone()?, serving(&requirement.id)?);
        let standard = catalogs().standard_of(requirement)?;
        let part = Part {
            id: requirement.id.clone(),
            standard: family(&standard.id),
            title: requirement.title.clone(),
            cadence,
            effective: standard.effective,
            inactive: standard.inactive,
        };
        Some((requirement, served, part))
    };
    all.filter_map(clocked).collect()
}

fn organization(id: Uuid, profile: &OrganizationProfile) -> Subject {
    Subject {
        kind: SubjectKind::Organization,
        id,
        reference: profile.slug.clone(),
        name: profile.name.clone(),
        site: String::new(),
        in_service: None,
        ended: None,
    }
}

/// Systems, the retired ones too: what they owed stays owed.
async fn systems(
    at: &mut Snapshot,
    parts: &[Clocked],
    subjects: &mut Vec<Subject>,
    applies: &mut Vec<(usize, usize)>,
) -> Result<()> {
    let sites: HashMap<SiteId, Site> =
        at.every::<Site>().await?.into_iter().map(|kept| (kept.id, kept.content)).collect();
    let mut systems: Vec<Kept<System>> = at.every::<System>().await?;
    systems.sort_by_cached_key(|kept| crate::vocabulary::fold::natural(kept.reference.as_str()));
    for kept in systems {
        let site = kept.site.and_then(|site| sites.get(&site));
        let classes = classes_of(&kept.content, site);
        let fits = |(_, (requirement, served, _)): &(usize, &Clocked)| {
            served.each == SubjectKind::System && applies_to_system(requirement, &classes) == Applicability::Applies
        };
        applies.extend(parts.iter().enumerate().filter(fits).map(|(n, _)| (n, subjects.len())));
        subjects.push(Subject {
            kind: SubjectKind::System,
            id: kept.id.uuid(),
            reference: kept.reference.to_string(),
            name: kept.name.clone(),
            site: site.map_or_else(String::new, |site| site.reference.to_string()),
            in_service: kept.in_service_on,
            ended: kept.retired_on,
        });
    }
    Ok(())
}

/// Assets with a clock of their own.
async fn assets(
    at: &mut Snapshot,
    around: &Surroundings,
    parts: &[Clocked],
    subjects: &mut Vec<Subject>,
    applies: &mut Vec<(usize, usize)>,
) -> Result<()> {
    let own: Vec<(usize, &Clocked)> =
        parts.iter().enumerate().filter(|(_, (_, served, _))| served.each == SubjectKind::Asset).collect();
    let mut wanted: Vec<(Uuid, Vec<usize>, &str)> = Vec::new();
    for group in &around.groups {
        let fits =
            |(_, (requirement, ..)): &&(usize, &Clocked)| around.at_group(requirement, group) == Applicability::Applies;
        let clocks: Vec<usize> = own.iter().filter(fits).map(|(n, _)| *n).collect();
        if !clocks.is_empty() {
            let each = group.assets.iter().map(|(id, reference)| (id.uuid(), clocks.clone(), reference.as_str()));
            wanted.extend(each);
        }
    }
    let ids: Vec<Uuid> = wanted.iter().map(|(id, ..)| *id).collect();
    let found: HashMap<Uuid, Asset> =
        by_ids::<Asset>(at, &ids).await?.into_iter().map(|kept| (kept.id.uuid(), kept.content)).collect();
    for (id, clocks, reference) in wanted {
        let Some(asset) = found.get(&id) else { continue };
        let site = around.sites.iter().find(|there| Some(there.id) == asset.site);
        applies.extend(clocks.iter().map(|n| (*n, subjects.len())));
        subjects.push(Subject {
            kind: SubjectKind::Asset,
            id,
            reference: reference.to_owned(),
            name: asset.name.clone(),
            site: site.map_or_else(String::new, |there| there.reference.clone()),
            in_service: asset.in_service_on,
            ended: asset.retired_on,
        });
    }
    Ok(())
}

async fn doings(at: &mut Snapshot) -> Result<Vec<Doing>> {
    let late: HashMap<PerformanceId, i64> = at.rows::<(PerformanceId, i64)>(&LATE).await?.into_iter().collect();
    let every = at.every::<Performance>().await?;
    Ok(every.iter().filter_map(|kept| doing(kept, late.get(&kept.id).copied())).collect())
}

fn doing(kept: &Kept<Performance>, days_late: Option<i64>) -> Option<Doing> {
    if !kept.counts() {
        return None;
    }
    Some(Doing {
        id: kept.id,
        reference: kept.reference.to_string(),
        duty: kept.kind?,
        parts: kept.parts.iter().map(|part| family(part)).collect(),
        for_organization: kept.subject == Some(SubjectKind::Organization),
        subjects: kept.subjects().collect(),
        on: kept.performed_on?,
        identified: kept.identified,
        days_late,
    })
}

/// Periodic parts of the catalog that neither have a clock here nor stand in the list of those without, by their family.
#[must_use]
pub fn unserved() -> Vec<String> {
    use crate::obligations::clocks::Interval;
    use crate::obligations::rules::duties::WITHOUT_CLOCK;
    let all = catalogs().framework("nerc-cip").into_iter().flat_map(|framework| &framework.requirements);
    let periodic = all.filter(|requirement| {
        requirement.cadence.as_ref().is_some_and(|cadence| Interval::of(cadence, true).is_some())
    });
    let known = |part: &str| serving(part).is_some() || WITHOUT_CLOCK.iter().any(|(name, _)| *name == family(part));
    let found: HashSet<String> = periodic.map(|one| one.id.clone()).filter(|id| !known(id)).collect();
    let mut found: Vec<String> = found.into_iter().collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::{parts, unserved};
    use crate::obligations::clocks::Interval;
    use crate::obligations::rules::duties::SERVED;

    #[test]
    fn every_periodic_part_is_served_or_told() {
        assert_eq!(unserved(), Vec::<String>::new());
        let found = parts();
        for (requirement, _, part) in &found {
            assert!(Interval::of(&part.cadence, true).is_some(), "{} does not recur", requirement.id);
        }
        for served in SERVED {
            assert!(found.iter().any(|(_, known, _)| known.part == served.part), "{} is in no catalog", served.part);
        }
    }
}
