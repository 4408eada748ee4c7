//! What the ways in of a person lack, by the rules that would refuse them anew.
//!
//! Invariant: every rule is the one of giving access; nothing is decided here. Access to BCSI asks for none of them but that its
//! person is in service (CIP-004-7 R6).

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use crate::departures::records::abilities::Holdings;
use crate::ids::{CircumstanceId, Id as _};
use crate::personnel::Person;
use crate::personnel::model::{AuthorizationKind, Circumstance};
use crate::personnel::records::weighing::by_id;
use crate::personnel::rules::access::{self, Around, Found, Ruling, When};
use crate::remote_access::records::paths::impacts;
use crate::storage::{Result, Snapshot};
use crate::systems::System;
use crate::vocabulary::{Impact, MonthMode};

/// What a way in that stands is judged by.
#[derive(Clone, Debug, Default)]
struct Way {
    bcsi: bool,
    assets: Vec<Uuid>,
    systems: Vec<Uuid>,
    circumstance: Option<CircumstanceId>,
}

/// A rule that refuses, and how many ways in it would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    pub ruling: Ruling,
    pub ways: usize,
}

/// What the rules find against the ways in that stand.
pub async fn lacking(
    at: &mut Snapshot,
    person: &Person,
    holdings: &Holdings,
    (when, months): (When, MonthMode),
) -> Result<Vec<Lacking>> {
    let ways = standing(holdings, when);
    let assets: BTreeSet<Uuid> = ways.iter().flat_map(|way| way.assets.iter().copied()).collect();
    let assets = impacts(at, &assets.into_iter().collect::<Vec<_>>()).await?;
    let systems = ways.iter().flat_map(|way| way.systems.iter().copied());
    let systems = by_id::<System>(at, systems.map(crate::ids::SystemId::from_uuid)).await?;
    let circumstances = by_id::<Circumstance>(at, ways.iter().filter_map(|way| way.circumstance)).await?;
    let mut rated: HashMap<Uuid, Impact> =
        assets.into_iter().filter_map(|(id, word)| Some((id, Impact::parse(&word).ok()?))).collect();
    rated.extend(systems.iter().filter_map(|(id, system)| Some((*id, system.impact()?))));
    let mut found = Vec::new();
    for way in &ways {
        let circumstance = way.circumstance.and_then(|id| circumstances.get(&id.uuid()));
        let around = Around { person, circumstance, impact: impact(way, &rated), months };
        let rules = if way.bcsi { Vec::new() } else { access::personnel(around, when) };
        count(&mut found, [access::in_service(person, when.1)].into_iter().chain(rules));
    }
    Ok(found)
}

/// The ways in that stand at a moment.
fn standing(holdings: &Holdings, (at, _): When) -> Vec<Way> {
    let authorizations = holdings.authorizations.iter().filter(|one| one.opens(at)).map(|one| Way {
        bcsi: one.kind == Some(AuthorizationKind::Bcsi),
        systems: one.systems.iter().map(|id| id.uuid()).collect(),
        circumstance: one.circumstance,
        ..Way::default()
    });
    let grants = holdings.grants.iter().filter(|one| one.opens(at)).map(|one| Way {
        assets: one.targets.iter().map(|id| id.uuid()).collect(),
        systems: one.systems.iter().map(|id| id.uuid()).collect(),
        circumstance: one.circumstance,
        ..Way::default()
    });
    let accounts = holdings.accounts.iter().filter(|one| one.opens(at)).map(|one| Way {
        assets: one.asset.iter().map(|id| id.uuid()).collect(),
        systems: one.system.iter().map(|id| id.uuid()).collect(),
        ..Way::default()
    });
    authorizations.chain(grants).chain(accounts).collect()
}

/// The highest rating of what a way reaches; none where some of it is not rated or nothing is named.
fn impact(way: &Way, rated: &HashMap<Uuid, Impact>) -> Option<Impact> {
    let ratings: Option<Vec<Impact>> = way.assets.iter().chain(&way.systems).map(|id| rated.get(id).copied()).collect();
    ratings.and_then(|ratings| ratings.into_iter().max())
}

/// Counts what refuses, each rule once.
fn count(found: &mut Vec<Lacking>, rulings: impl Iterator<Item = Ruling>) {
    for ruling in rulings.filter(|ruling| ruling.found == Found::Refused) {
        match found.iter_mut().find(|known| known.ruling == ruling) {
            Some(known) => known.ways += 1,
            None => found.push(Lacking { ruling, ways: 1 }),
        }
    }
}
