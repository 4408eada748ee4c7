//! What the ways in of a person lack, by the rules that would refuse them anew.
//!
//! Invariant: every rule is the one of giving access; nothing is decided here. Access to BCSI asks for none of them but that its
//! person is in service (CIP-004-7 R6).

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use crate::assets::Asset;
use crate::departures::records::abilities::Holdings;
use crate::ids::{AssetId, CircumstanceId, Id as _, SystemId};
use crate::personnel::Person;
use crate::personnel::model::{AuthorizationKind, Circumstance};
use crate::personnel::records::weighing::by_id;
use crate::personnel::rules::access::{self, Around, Found, Ruling, When};
use crate::storage::{Result, Snapshot};
use crate::systems::System;
use crate::vocabulary::MonthMode;
use crate::zones::Zone;

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
    let assets = by_id::<Asset>(at, assets.into_iter().map(AssetId::from_uuid)).await?;
    let named = ways.iter().flat_map(|way| way.systems.iter().copied()).map(SystemId::from_uuid);
    let systems = named.chain(assets.values().flat_map(|asset| asset.systems.iter().copied()));
    let systems = by_id::<System>(at, systems).await?;
    let zones = by_id::<Zone>(at, assets.values().filter_map(|asset| asset.zone)).await?;
    let circumstances = by_id::<Circumstance>(at, ways.iter().filter_map(|way| way.circumstance)).await?;
    let of_device = |asset: &Asset| {
        let own = asset.systems.iter().filter_map(|id| systems.get(&id.uuid()));
        let outside = asset.zone.and_then(|zone| zones.get(&zone.uuid())).and_then(Zone::is_outside);
        access::asks_of_device(asset, own, outside)
    };
    let devices = assets.iter().map(|(id, asset)| (*id, of_device(asset)));
    let asked: HashMap<Uuid, Option<bool>> =
        devices.chain(systems.iter().map(|(id, system)| (*id, access::asks(system)))).collect();
    let mut found = Vec::new();
    for way in &ways {
        let circumstance = way.circumstance.and_then(|id| circumstances.get(&id.uuid()));
        let around = Around { person, circumstance, out_of_scope: is_out_of_scope(way, &asked), months };
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

/// True where a way names what it reaches, and the parts apply to none of it.
fn is_out_of_scope(way: &Way, asked: &HashMap<Uuid, Option<bool>>) -> bool {
    let mut reached = way.assets.iter().chain(&way.systems).peekable();
    reached.peek().is_some() && reached.all(|id| asked.get(id) == Some(&Some(false)))
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
