//! Who of which vendor is in right now, how fresh that word is, and how each way is switched off (CIP-005-7 R2.4, R2.5, R3.1,
//! R3.2; CIP-003-9 Attachment 1 Section 6).
//!
//! Invariant: of a gateway that is silent nothing is known, and that is said; few indexed rows are read, never all.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::lines::{Line, Target};
use super::model::{Grant, Session, Word};
use super::records::concerned::{Concerned, concerned};
use super::records::{batches, paths, sessions};
use super::wording;
use crate::assets::model::{Asset, Category};
use crate::ids::{AssetId, GrantId, Id, PersonId, VendorId};
use crate::personnel::model::{Person, Vendor};
use crate::register::{Lookup, records};
use crate::storage::{Audited as _, Kept, Result, Snapshot};
use crate::vocabulary::{Date, Moment};

/// How far the word of a gateway goes.
#[derive(Clone, Debug)]
pub struct Freshness {
    pub gateway: AssetId,
    pub reference: String,
    pub until: Option<Moment>,
    pub fresh: bool,
    pub says: String,
}

/// How a way is switched off.
#[derive(Clone, Debug)]
pub struct Off {
    pub method: String,
    pub reconnect: String,
    pub tested_on: Option<Date>,
}

/// A target with what it is to the grid.
#[derive(Clone, Debug)]
pub struct Reached {
    pub target: Target,
    pub categories: String,
    pub impact: String,
}

/// A vendor's session that goes on.
#[derive(Clone, Debug)]
pub struct OpenSession {
    pub line: Line,
    pub reached: Vec<Reached>,
    /// How long it has gone on.
    pub lasts: String,
    /// None where it came under no grant.
    pub off: Option<Off>,
}

/// A vendor's grant that stands open without a session.
#[derive(Clone, Debug)]
pub struct Way {
    pub id: GrantId,
    pub reference: String,
    pub kind: &'static str,
    pub person: String,
    pub vendor: String,
    pub via: String,
    pub until: Option<Moment>,
    pub off: Off,
}

/// The whole answer.
#[derive(Clone, Debug)]
pub struct Active {
    pub gateways: Vec<Freshness>,
    pub sessions: Vec<OpenSession>,
    pub ways: Vec<Way>,
    /// True when there are more open sessions, or more ways, than are given.
    pub more: (bool, bool),
}

/// Who is in at a moment, by what was known at the snapshot's instant.
pub async fn active(at: &mut Snapshot, now: Moment) -> Result<Active> {
    let mut open = sessions::open(at).await?;
    let more_open = open.len() > sessions::MOST_OPEN;
    open.truncate(sessions::MOST_OPEN);
    let few: Vec<&Session> = open.iter().map(|(_, session)| session).collect();
    let known = concerned(at, &few).await?;
    let mut lines: Vec<Line> = open.into_iter().map(|(id, session)| Line::of(id, session, &known, now)).collect();
    lines.retain(Line::is_vendor);
    lines.sort_by_key(|line| (line.judged.faults.is_empty(), std::cmp::Reverse(line.session.started_at), line.id));
    let used: BTreeSet<GrantId> = lines.iter().filter_map(|line| line.judged.grant).collect();
    let (mut standing, more_ways) = paths::standing(at, now).await?;
    let through: BTreeSet<AssetId> = standing.iter().filter_map(|grant| grant.via).collect();
    standing.retain(|grant| !used.contains(&grant.id));
    let gateways = gateways(at, through, known.fresh_minutes, now).await?;
    let sessions = sessions_of(at, lines, &known, now).await?;
    Ok(Active { gateways, sessions, ways: ways(at, standing).await?, more: (more_open, more_ways) })
}

fn off(grant: &Grant) -> Off {
    Off {
        method: grant.disable_method.clone(),
        reconnect: grant.reconnect_control.clone(),
        tested_on: grant.disable_tested_on,
    }
}

async fn sessions_of(at: &mut Snapshot, lines: Vec<Line>, known: &Concerned, now: Moment) -> Result<Vec<OpenSession>> {
    let ids: BTreeSet<Uuid> = lines.iter().flat_map(|line| &line.judged.targets).map(|id| id.uuid()).collect();
    let impacts = paths::impacts(at, &ids.into_iter().collect::<Vec<_>>()).await?;
    let open = |line: Line| OpenSession {
        reached: line.targets.iter().map(|target| reached(target, known, &impacts)).collect(),
        lasts: wording::span(line.session.started_at, now),
        off: line.judged.grant.and_then(|id| known.around.grant(id)).map(off),
        line,
    };
    Ok(lines.into_iter().map(open).collect())
}

fn reached(target: &Target, known: &Concerned, impacts: &HashMap<Uuid, String>) -> Reached {
    let id = target.asset.as_ref().map(|(id, _)| *id);
    let categories =
        |asset: &Asset| asset.categories.iter().map(|one| Category::word(*one)).collect::<Vec<_>>().join(", ");
    Reached {
        categories: id.and_then(|id| known.assets.get(&id)).map(categories).unwrap_or_default(),
        impact: id.and_then(|id| impacts.get(&id.uuid())).cloned().unwrap_or_default(),
        target: target.clone(),
    }
}

/// Every gateway: those that ever told anything, those with the role, and those vendors' grants go through.
async fn gateways(
    at: &mut Snapshot,
    through: BTreeSet<AssetId>,
    fresh_minutes: i64,
    now: Moment,
) -> Result<Vec<Freshness>> {
    let mut words: BTreeMap<AssetId, Option<Moment>> = through.into_iter().map(|id| (id, None)).collect();
    words.extend(paths::carriers(at).await?.into_iter().map(|id| (id, None)));
    for (id, received, until) in batches::last_word(at).await? {
        words.insert(id, Some(Word { received, until }.goes_to()));
    }
    let mut names = Lookup::default();
    let ids: Vec<Uuid> = words.keys().map(|id| id.uuid()).collect();
    records::look_up_ids(at, &Asset::TABLE, &ids, &mut names).await?;
    let freshness = |(gateway, until): (AssetId, Option<Moment>)| {
        let fresh = until.is_some_and(|until| now.micros_since(until) <= fresh_minutes * 60_000_000);
        let says = match until {
            None => "Has never told anything: who is in is not known from it".to_owned(),
            Some(until) if fresh => format!("Told {} ago", wording::span(until, now)),
            Some(until) => format!("Silent for {}: who is in is not known from it", wording::span(until, now)),
        };
        Freshness { gateway, reference: names.reference(gateway), until, fresh, says }
    };
    let mut found: Vec<Freshness> = words.into_iter().map(freshness).collect();
    found.sort_by_cached_key(|one| (one.fresh, crate::vocabulary::fold::natural(&one.reference)));
    Ok(found)
}

async fn ways(at: &mut Snapshot, grants: Vec<Kept<Grant>>) -> Result<Vec<Way>> {
    let unique = |ids: BTreeSet<Uuid>| ids.into_iter().collect::<Vec<Uuid>>();
    let people = unique(grants.iter().filter_map(|grant| grant.person).map(PersonId::uuid).collect());
    let vendors = unique(grants.iter().filter_map(|grant| grant.vendor).map(VendorId::uuid).collect());
    let through = unique(grants.iter().filter_map(|grant| grant.via).map(AssetId::uuid).collect());
    let people = records::by_ids::<Person>(at, &people).await?;
    let people: HashMap<PersonId, String> = people.into_iter().map(|kept| (kept.id, kept.content.name)).collect();
    let vendors = records::by_ids::<Vendor>(at, &vendors).await?;
    let vendors: HashMap<VendorId, String> = vendors.into_iter().map(|kept| (kept.id, kept.content.name)).collect();
    let mut names = Lookup::default();
    records::look_up_ids(at, &Asset::TABLE, &through, &mut names).await?;
    let way = |grant: &Kept<Grant>| Way {
        id: grant.id,
        reference: grant.reference.to_string(),
        kind: grant.kind.map_or("", super::model::GrantKind::label),
        person: grant.person.and_then(|id| people.get(&id)).cloned().unwrap_or_default(),
        vendor: grant.vendor.and_then(|id| vendors.get(&id)).cloned().unwrap_or_default(),
        via: grant.via.map(|id| names.reference(id)).unwrap_or_default(),
        until: grant.valid_until,
        off: off(grant),
    };
    Ok(grants.iter().map(way).collect())
}
