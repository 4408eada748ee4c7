//! The boundary in the facts: the compiled policy, the traffic judged by it, and what flows between zones.
//!
//! Invariant: brought up to date by [`Facts::settle_boundary`] after records were put, with no more judged again than what
//! they can move.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use uuid::Uuid;

use super::{Facts, Over, Touched};
use crate::conduits::judging::Call;
use crate::conduits::policy::{Place, Policy, Recorded, Sources};
use crate::flows::crossings::Crossing;
use crate::flows::traffic::Traffic;
use crate::ids::Id;
use crate::vocabulary::Moment;
use crate::vocabulary::end::Packed;

/// What the boundary is judged from, and what it came to.
#[derive(Clone, Debug, Default)]
pub struct Boundary {
    pub policy: Policy,
    pub traffic: Traffic,
    /// Addresses and cards of the inventory, with the assets that have them.
    pub ends: Arc<Vec<(Packed, Uuid)>>,
    /// When each permission was last used.
    pub used: HashMap<Uuid, Moment>,
    /// When what would have been permitted was last seen though its permission does not count, by permission.
    pub missed: HashMap<Uuid, Moment>,
    /// The first and the last moment any sensor saw anything; none without traffic.
    pub seen_from: Option<Moment>,
    pub seen_until: Option<Moment>,
    pending: Pending,
}

/// What has to be judged again.
#[derive(Clone, Debug, Default)]
enum Pending {
    #[default]
    Everything,
    /// Permissions between zones.
    Between(BTreeSet<Uuid>),
}

impl Boundary {
    /// Where something lies may be another: everything is judged again.
    pub fn moved(&mut self) {
        self.pending = Pending::Everything;
    }

    /// What may pass between these zones may be another.
    pub(super) fn moved_between(&mut self, zones: &[Uuid]) {
        if let Pending::Between(known) = &mut self.pending {
            known.extend(zones);
        }
    }
}

/// How permissions are used.
struct Uses {
    used: HashMap<Uuid, Moment>,
    missed: HashMap<Uuid, Moment>,
    from: Option<Moment>,
    until: Option<Moment>,
}

impl Boundary {
    fn uses(&self) -> Uses {
        let mut missed: HashMap<Uuid, Moment> = HashMap::new();
        for crossing in self.traffic.crossings().filter(|crossing| crossing.call != Call::Permitted) {
            if let Some(permit) = crossing.permit {
                let last = missed.entry(permit).or_insert(crossing.last);
                *last = (*last).max(crossing.last);
            }
        }
        Uses {
            used: self.traffic.used(),
            missed,
            from: self.traffic.span.map(|(from, _)| from),
            until: self.traffic.span.map(|(_, until)| until),
        }
    }
}

impl Facts {
    /// Brings the boundary up to the records; gives the crossings and permissions that may be judged otherwise.
    pub fn settle_boundary(&mut self) -> Touched {
        let mut touched = Touched::new();
        let ended = self.boundary.policy.changes_at.is_some_and(|at| at < self.at);
        let pending = std::mem::replace(&mut self.boundary.pending, Pending::Between(BTreeSet::new()));
        let mut boundary = std::mem::take(&mut self.boundary);
        let (at, zone) = (self.at, self.zone);
        match pending {
            Pending::Between(zones) if zones.is_empty() && !ended => {
                boundary.pending = Pending::Between(BTreeSet::new());
                self.boundary = boundary;
                return Touched::new();
            }
            Pending::Between(zones) if !ended => {
                boundary.policy.permit(&self.sources(&boundary.ends));
                let pairs = pairs(&boundary.policy, &zones);
                let before = boundary.traffic.judge_between(&boundary.policy, &pairs, (at, zone));
                let now: Vec<Crossing> = boundary.traffic.crossings_between(&pairs).cloned().collect();
                touched.extend(self.lay_crossings(now, &before.iter().map(|one| one.id).collect::<Vec<_>>()));
            }
            Pending::Between(_) | Pending::Everything => {
                boundary.policy = Policy::of(&self.sources(&boundary.ends));
                boundary.traffic.judge(&boundary.policy, at, zone);
                let before: Vec<Uuid> = self.crossings.iter().map(|held| held.id).collect();
                touched.extend(self.lay_crossings(boundary.traffic.crossings().cloned().collect(), &before));
                // An address that moved moves what can reach its device.
                touched.extend((0..self.systems.len()).map(|place| (Over::System, place)));
                // Which gateway a conversation comes from may be another.
                touched.extend(self.conversations());
            }
        }
        boundary.pending = Pending::Between(BTreeSet::new());
        let uses = boundary.uses();
        self.boundary = boundary;
        touched.extend(self.use_permissions(uses));
        touched
    }

    /// Keeps how permissions are used; gives those that are used otherwise than before.
    fn use_permissions(&mut self, uses: Uses) -> Touched {
        let old = std::mem::replace(&mut self.boundary.used, uses.used);
        let old_missed = std::mem::replace(&mut self.boundary.missed, uses.missed);
        self.boundary.seen_until = uses.until;
        let from = std::mem::replace(&mut self.boundary.seen_from, uses.from);
        if from != uses.from {
            return (0..self.permitted.len()).map(|place| (Over::Permitted, place)).collect();
        }
        let boundary = &self.boundary;
        let all = [&old, &boundary.used, &old_missed, &boundary.missed].into_iter().flat_map(HashMap::keys);
        let moved =
            all.filter(|id| old.get(*id) != boundary.used.get(*id) || old_missed.get(*id) != boundary.missed.get(*id));
        moved.filter_map(|id| Some((Over::Permitted, self.permitted.place(*id)?))).collect()
    }

    /// What the policy is compiled from.
    fn sources<'f>(&'f self, ends: &[(Packed, Uuid)]) -> Sources<'f> {
        let recorded = ends.iter().filter_map(|(end, id)| {
            let asset = self.assets.get(*id)?;
            let (zone, intermediate) = (asset.zone.map(Id::uuid), asset.is_intermediate());
            Some(Recorded { end: *end, asset: *id, zone, intermediate })
        });
        Sources {
            zones: self.zones.iter().map(|held| (held.id, &held.record)).collect(),
            conduits: self.conduits.iter().map(|held| (held.id, &held.record)).collect(),
            permitted: self.permitted.iter().map(|held| (held.id, &held.record)).collect(),
            recorded: recorded.collect(),
            calendar: self.zone,
            at: self.at,
        }
    }

    /// Lays crossings on their shelf in the place of those that were there before; what is not seen any more stays with no
    /// flow in it.
    fn lay_crossings(&mut self, now: Vec<Crossing>, before: &[Uuid]) -> Touched {
        let mut touched = Touched::new();
        let living: HashSet<Uuid> = now.iter().map(|crossing| crossing.id).collect();
        let gone = before.iter().filter(|id| !living.contains(id)).filter_map(|id| self.crossings.get(*id));
        let gone = gone.filter(|known| known.flows > 0).map(|known| Crossing { flows: 0, count: 0, ..known.clone() });
        for crossing in gone.collect::<Vec<_>>().into_iter().chain(now) {
            if self.crossings.get(crossing.id) != Some(&crossing) {
                touched.insert((Over::Crossing, self.crossings.put(crossing.id, crossing).0));
            }
        }
        touched
    }
}

/// The pairs of places among these zones, with what lies outside.
fn pairs(policy: &Policy, zones: &BTreeSet<Uuid>) -> BTreeSet<(Place, Place)> {
    let known = policy.zones.iter().zip(0u32..).filter(|(zone, _)| zones.contains(&zone.id));
    let places: Vec<Place> = known.map(|(_, number)| Place::Zone(number)).chain([Place::External]).collect();
    places.iter().flat_map(|from| places.iter().map(move |to| (*from, *to))).collect()
}
