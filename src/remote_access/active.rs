//! Who of which vendor is in right now, how fresh that word is, and how each way is switched off (CIP-005-7 R2.4, R2.5, R3.1,
//! R3.2; CIP-003-9 Attachment 1 Section 6).
//!
//! Invariant: of a gateway that is silent nothing is known, and that is said; few indexed rows are read, never all.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::lines::{Line, Target};
use super::model::{Grant, GrantKind, Session, Word};
use super::records::concerned::{Concerned, concerned};
use super::records::{batches, paths, sessions};
use super::wording;
use crate::assets::model::{Asset, Category};
use crate::ids::{AssetId, GrantId, Id, PersonId, SessionId, VendorId};
use crate::personnel::model::{Person, Vendor};
use crate::register::{Lookup, records};
use crate::storage::{Audited as _, Kept, Result, Snapshot};
use crate::vocabulary::{Date, Moment, fold};

/// Most ways that are shown.
const MOST_WAYS: usize = 200;

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
    /// True when there are more open sessions, or more ways, than were looked at.
    pub more: (bool, bool),
}

/// Everything the answer is made of, as it stood at an instant: who is in at a later moment follows from it without reading
/// again.
pub struct Known {
    /// The moment it was read for.
    pub from: Moment,
    open: Vec<(SessionId, Session)>,
    standing: Vec<Kept<Grant>>,
    more: (bool, bool),
    around: Concerned,
    impacts: HashMap<Uuid, String>,
    /// Names, and the vendors they act for.
    people: HashMap<PersonId, (String, Option<VendorId>)>,
    vendors: HashMap<VendorId, String>,
    /// Every gateway that ever told anything, with how far its word goes, and those with the role.
    words: BTreeMap<AssetId, Option<Word>>,
    names: Lookup,
}

/// Reads what is known of open sessions and standing ways at the snapshot's instant.
pub async fn known(at: &mut Snapshot, from: Moment) -> Result<Known> {
    let mut open = sessions::open(at).await?;
    let more_open = open.len() > sessions::MOST_OPEN;
    open.truncate(sessions::MOST_OPEN);
    let few: Vec<&Session> = open.iter().map(|(_, session)| session).collect();
    let around = concerned(at, &few).await?;
    let impacts = paths::impacts(at, &around.assets.keys().map(|id| id.uuid()).collect::<Vec<_>>()).await?;
    let (standing, more_standing) = paths::standing(at, from).await?;
    let mut words: BTreeMap<AssetId, Option<Word>> = BTreeMap::new();
    words.extend(paths::carriers(at).await?.into_iter().map(|id| (id, None)));
    words.extend(batches::last_word(at).await?.into_iter().map(|(id, word)| (id, Some(word))));
    let through: BTreeSet<AssetId> =
        standing.iter().filter_map(|grant| grant.via).chain(words.keys().copied()).collect();
    let mut names = Lookup::default();
    records::look_up_ids(at, &Asset::TABLE, &uuids(through), &mut names).await?;
    let people = records::by_ids::<Person>(at, &uuids(standing.iter().filter_map(|grant| grant.person))).await?;
    let acting = people.iter().filter_map(|kept| kept.vendor);
    let vendors = uuids(standing.iter().filter_map(|grant| grant.vendor).chain(acting));
    let vendors = records::by_ids::<Vendor>(at, &vendors).await?;
    Ok(Known {
        people: people.into_iter().map(|kept| (kept.id, (kept.content.name, kept.content.vendor))).collect(),
        vendors: vendors.into_iter().map(|kept| (kept.id, kept.content.name)).collect(),
        more: (more_open, more_standing),
        from,
        open,
        standing,
        around,
        impacts,
        words,
        names,
    })
}

fn uuids<I: Id>(ids: impl IntoIterator<Item = I>) -> Vec<Uuid> {
    ids.into_iter().map(I::uuid).collect::<BTreeSet<_>>().into_iter().collect()
}

impl Known {
    /// Who is in at a moment from which this was read, or a later one.
    #[must_use]
    pub fn active(&self, now: Moment) -> Active {
        let sessions = self.sessions(now);
        let used: BTreeSet<GrantId> = sessions.iter().filter_map(|one| one.line.judged.grant).collect();
        let holding: Vec<&Kept<Grant>> = self.standing.iter().filter(|grant| grant.opens(now)).collect();
        let through = holding.iter().filter_map(|grant| grant.via).map(|id| (id, None));
        let mut words: BTreeMap<AssetId, Option<Word>> = through.collect();
        words.extend(&self.words);
        let mut gateways: Vec<Freshness> = words.into_iter().map(|word| self.freshness(word, now)).collect();
        gateways.sort_by_cached_key(|one| (one.fresh, fold::natural(&one.reference)));
        let unused = holding.into_iter().filter(|grant| !used.contains(&grant.id));
        let mut ways: Vec<Way> = unused.take(MOST_WAYS + 1).map(|grant| self.way(grant)).collect();
        let more_ways = self.more.1 || ways.len() > MOST_WAYS;
        ways.truncate(MOST_WAYS);
        Active { gateways, sessions, ways, more: (self.more.0, more_ways) }
    }

    /// Vendors' sessions that go on, the failing ones first, then the newest.
    fn sessions(&self, now: Moment) -> Vec<OpenSession> {
        let lines = self.open.iter().map(|(id, session)| Line::of(*id, session.clone(), &self.around, now));
        let mut lines: Vec<Line> = lines.filter(Line::is_vendor).collect();
        lines.sort_by_key(|line| (line.judged.faults.is_empty(), std::cmp::Reverse(line.session.started_at), line.id));
        let open = |line: Line| OpenSession {
            reached: line.targets.iter().map(|target| self.reached(target)).collect(),
            lasts: wording::span(line.session.started_at, now),
            off: line.judged.grant.and_then(|id| self.around.around.grant(id)).map(off),
            line,
        };
        lines.into_iter().map(open).collect()
    }

    fn reached(&self, target: &Target) -> Reached {
        let id = target.asset.as_ref().map(|(id, _)| *id);
        let categories =
            |asset: &Asset| asset.categories.iter().map(|one| Category::word(*one)).collect::<Vec<_>>().join(", ");
        Reached {
            categories: id.and_then(|id| self.around.assets.get(&id)).map(categories).unwrap_or_default(),
            impact: id.and_then(|id| self.impacts.get(&id.uuid())).cloned().unwrap_or_default(),
            target: target.clone(),
        }
    }

    fn freshness(&self, (gateway, word): (AssetId, Option<Word>), now: Moment) -> Freshness {
        let until = word.map(Word::goes_to);
        let fresh = word.is_some_and(|word| word.is_fresh(self.around.fresh_minutes, now));
        let says = match until {
            None => "Has never told anything: who is in is not known from it".to_owned(),
            Some(until) if fresh => format!("Told {} ago", wording::span(until, now)),
            Some(until) => format!("Silent for {}: who is in is not known from it", wording::span(until, now)),
        };
        Freshness { gateway, reference: self.names.reference(gateway), until, fresh, says }
    }

    fn way(&self, grant: &Kept<Grant>) -> Way {
        let person = grant.person.and_then(|id| self.people.get(&id));
        let vendor = grant.vendor.or_else(|| person?.1);
        Way {
            id: grant.id,
            reference: grant.reference.to_string(),
            kind: grant.kind.map_or("", GrantKind::label),
            person: person.map(|(name, _)| name.clone()).unwrap_or_default(),
            vendor: vendor.and_then(|id| self.vendors.get(&id)).cloned().unwrap_or_default(),
            via: grant.via.map(|id| self.names.reference(id)).unwrap_or_default(),
            until: grant.valid_until,
            off: off(grant),
        }
    }
}

fn off(grant: &Grant) -> Off {
    Off {
        method: grant.disable_method.clone(),
        reconnect: grant.reconnect_control.clone(),
        tested_on: grant.disable_tested_on,
    }
}
