//! How performances are kept, and the rows that belong to them: what each was done for, how late it was recorded.
//!
//! Invariant: lateness is counted in the organization's calendar days, from the day performed to the day this date was
//! first recorded, and does not grow when something else is corrected later.

pub mod facts;

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::model::{Duty, Performance, PerformanceResult, SubjectKind};
use super::rules::duties::family;
use crate::assets::Asset;
use crate::assets::records::tag;
use crate::ids::{Id, PerformanceId, SiteId};
use crate::organizations::OrganizationProfile;
use crate::sites::Site;
use crate::storage::pending::Shape;
use crate::storage::{Audited, Cell, Change, Kind, OrgSql, Result, Snapshot, Table};
use crate::systems::System;
use crate::vocabulary::{Date, Moment, TimeZone, fold};

impl Audited for Performance {
    type Id = PerformanceId;
    const TABLE: Table = Table {
        kind: "performance",
        identity: "performances",
        versions: "performance_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("kind", Kind::Text),
            ("subject", Kind::Text),
            ("performed_on", Kind::Text),
            ("result", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        vec![
            Cell::text(self.reference.as_str()),
            Cell::text(self.reference.folded()),
            Cell::text(fold::natural(self.reference.as_str())),
            Cell::text(self.kind.map_or("", Duty::word)),
            Cell::text(self.subject.map_or("", SubjectKind::word)),
            Cell::text(self.performed_on.map_or_else(String::new, |on| on.to_string())),
            Cell::text(self.result.map_or("", PerformanceResult::word)),
            Cell::Flag(Some(self.voided_on.is_some())),
        ]
    }

    fn terms(&self) -> Vec<String> {
        let texts = [self.reference.as_str(), self.kind.map_or("", Duty::label), &self.performed_by];
        let standards: BTreeSet<String> = self.serves().iter().filter_map(|part| standard(part)).collect();
        let tags = standards.iter().map(|standard| tag("standard", standard));
        texts.into_iter().flat_map(fold::words).chain(tags).collect()
    }
}

fn standard(part: &str) -> Option<String> {
    part.split_once(' ').map(|(standard, _)| standard.to_owned())
}

impl Performance {
    /// The parts it serves, without versions: those it names, else all its kind serves.
    #[must_use]
    pub fn serves(&self) -> Vec<String> {
        if self.parts.is_empty() {
            return self.kind.iter().flat_map(|duty| duty.serves()).map(|served| served.part.to_owned()).collect();
        }
        self.parts.iter().map(|part| family(part)).collect()
    }
}

const SUBJECTS: Shape = Shape::new(
    "performance_subjects",
    &["organization_id", "performance_id", "subject_id", "recorded_from", "recorded_until"],
);
const STANDINGS: Shape =
    Shape::new("performance_standings", &["organization_id", "id", "days_late", "recorded_from", "recorded_until"]);

const CLOSE_SUBJECT: OrgSql = OrgSql::new(
    "UPDATE performance_subjects SET recorded_until = $4 WHERE organization_id = $1 AND performance_id = $2 AND subject_id = $3 \
     AND recorded_until = 9000000000000000",
);
const CLOSE_STANDING: OrgSql = OrgSql::new(
    "UPDATE performance_standings SET recorded_until = $3 WHERE organization_id = $1 AND id = $2 AND recorded_until = 9000000000000000",
);
const SITE_BEGAN: OrgSql =
    OrgSql::new("SELECT MIN(v.recorded_from) AS began FROM site_versions v WHERE v.organization_id = $1 AND v.id = $2");
const SYSTEM_BEGAN: OrgSql = OrgSql::new(
    "SELECT MIN(v.recorded_from) AS began FROM system_versions v WHERE v.organization_id = $1 AND v.id = $2",
);
const ASSET_BEGAN: OrgSql = OrgSql::new(
    "SELECT MIN(v.recorded_from) AS began FROM asset_versions v WHERE v.organization_id = $1 AND v.id = $2",
);

/// Texts of this slice, for the test that prepares every statement.
pub const STATEMENTS: &[OrgSql] = &[CLOSE_SUBJECT, CLOSE_STANDING, SITE_BEGAN, SYSTEM_BEGAN, ASSET_BEGAN, facts::BEGAN];

/// The organization's profile; a record without one cannot be read.
pub async fn profile(at: &mut Snapshot) -> Result<OrganizationProfile> {
    let organization = at.organization();
    let found = at.find::<OrganizationProfile>(organization).await?;
    found.map(|kept| kept.content).ok_or_else(|| crate::storage::Failure::Damaged("no organization profile".to_owned()))
}

/// The organization's zone, looked up once in a change.
#[derive(Default)]
struct Calendar(Option<TimeZone>);

/// Writes what belongs to a performance.
pub(super) async fn settle(
    change: &mut Change,
    id: PerformanceId,
    before: Option<&Performance>,
    after: &Performance,
) -> Result<()> {
    settle_subjects(change, id, before, after).await?;
    let on = after.performed_on.unwrap_or(crate::vocabulary::Date::clamped(chrono::NaiveDate::MIN));
    if before.is_some_and(|before| before.performed_on == after.performed_on) {
        return Ok(());
    }
    let moment = change.moment();
    if before.is_some() {
        change.reading().await?.plain(&CLOSE_STANDING).bind(id).bind(moment).run().await?;
    }
    let zone = match change.in_mind::<Calendar>().0 {
        Some(zone) => zone,
        None => profile(change.reading().await?).await?.zone(),
    };
    change.in_mind::<Calendar>().0 = Some(zone);
    let row = vec![
        Cell::Id(Some(change.organization().uuid())),
        Cell::id(Some(id)),
        Cell::number(zone.day(moment).days_since(on)),
        Cell::moment(moment),
        Cell::moment(Moment::OPEN),
    ];
    change.push(STANDINGS, row).await
}

async fn settle_subjects(
    change: &mut Change,
    id: PerformanceId,
    before: Option<&Performance>,
    after: &Performance,
) -> Result<()> {
    let old: BTreeSet<Uuid> = before.into_iter().flat_map(Performance::subjects).collect();
    let new: BTreeSet<Uuid> = after.subjects().collect();
    let moment = change.moment();
    for gone in old.difference(&new) {
        change.reading().await?.plain(&CLOSE_SUBJECT).bind(id).bind(*gone).bind(moment).run().await?;
    }
    for come in new.difference(&old) {
        let row = vec![
            Cell::Id(Some(change.organization().uuid())),
            Cell::id(Some(id)),
            Cell::Id(Some(*come)),
            Cell::moment(moment),
            Cell::moment(Moment::OPEN),
        ];
        change.push(SUBJECTS, row).await?;
    }
    Ok(())
}

/// What is known of the beginning of something a duty was performed for.
#[derive(Clone, Debug)]
pub struct Beginning {
    pub reference: String,
    /// The earlier of its in-service date and the day it was first recorded.
    pub day: Date,
}

/// The beginnings of everything these performances were done for.
pub async fn beginnings(
    at: &mut Snapshot,
    performances: &[&Performance],
    zone: TimeZone,
) -> Result<BTreeMap<Uuid, Beginning>> {
    let mut found = BTreeMap::new();
    for id in performances.iter().flat_map(|one| &one.sites).copied().collect::<BTreeSet<_>>() {
        let Some(site) = at.find::<Site>(id).await? else { continue };
        let day = began(at, &SITE_BEGAN, id.uuid(), site.in_service_on, zone).await?;
        found.insert(id.uuid(), Beginning { reference: site.reference.to_string(), day });
    }
    for id in performances.iter().flat_map(|one| &one.systems).copied().collect::<BTreeSet<_>>() {
        let Some(system) = at.find::<System>(id).await? else { continue };
        let in_service = match system.in_service_on {
            Some(day) => Some(day),
            None => site_in_service(at, system.site).await?,
        };
        let day = began(at, &SYSTEM_BEGAN, id.uuid(), in_service, zone).await?;
        found.insert(id.uuid(), Beginning { reference: system.reference.to_string(), day });
    }
    for id in performances.iter().flat_map(|one| &one.assets).copied().collect::<BTreeSet<_>>() {
        let Some(asset) = at.find::<Asset>(id).await? else { continue };
        let day = began(at, &ASSET_BEGAN, id.uuid(), asset.in_service_on, zone).await?;
        found.insert(id.uuid(), Beginning { reference: asset.reference.to_string(), day });
    }
    Ok(found)
}

/// A system whose own date is not recorded is as old as its site at most.
async fn site_in_service(at: &mut Snapshot, site: Option<SiteId>) -> Result<Option<Date>> {
    match site {
        Some(site) => Ok(at.find::<Site>(site).await?.and_then(|site| site.in_service_on)),
        None => Ok(None),
    }
}

async fn began(at: &mut Snapshot, sql: &OrgSql, id: Uuid, in_service: Option<Date>, zone: TimeZone) -> Result<Date> {
    let (recorded,): (Option<Moment>,) = at.plain(sql).bind(id).one().await?;
    let now = at.now();
    let recorded = zone.day(recorded.unwrap_or(now));
    Ok(in_service.map_or(recorded, |day| day.min(recorded)))
}
