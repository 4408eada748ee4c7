//! Wires that leave a spot as one: what one spot says to many is a trunk with branches, not a fan of lines.
//!
//! Invariant: all wires of a bundle share the spot it leaves, the side and the strand, so a branch never misleads.

use std::collections::BTreeMap;

use super::Sketch;
use super::rows::Rows;

/// Wires of one strand from which on a spot sends them out as one.
const SEVERAL: usize = 3;

/// The bundle of each wire; none for one that stays alone.
pub struct Bundles {
    pub of: Vec<Option<usize>>,
    /// The spot each bundle leaves.
    pub hubs: Vec<usize>,
}

impl Bundles {
    pub fn shared_last(&self, sketch: &Sketch) -> Vec<bool> {
        let last =
            |(bundle, wire): (&Option<usize>, &super::Wire)| bundle.is_some_and(|at| self.hubs[at] == wire.ends.1);
        self.of.iter().zip(&sketch.wires).map(last).collect()
    }
}

/// The spot, the side and the strand.
type Key = (usize, bool, u8);

pub fn bundles(sketch: &Sketch, rows: &Rows) -> Bundles {
    let mut members: BTreeMap<Key, usize> = BTreeMap::new();
    let keys: Vec<Option<[Key; 2]>> = sketch
        .wires
        .iter()
        .map(|wire| {
            let strands = wire.strands?;
            let (from, to) = wire.ends;
            let (above, below) = (rows.of[from], rows.of[to]);
            (above != below).then_some([(from, above < below, strands[0]), (to, below < above, strands[1])])
        })
        .collect();
    for key in keys.iter().flatten().flatten() {
        *members.entry(*key).or_default() += 1;
    }
    let mut numbers: BTreeMap<Key, usize> = BTreeMap::new();
    let mut found = Bundles { of: Vec::new(), hubs: Vec::new() };
    for keys in keys {
        // Of two spots that both speak with many, the one with more takes the wire along.
        let larger = keys.and_then(|keys| keys.into_iter().max_by_key(|key| (members[key], key.0)));
        found.of.push(larger.filter(|key| members[key] >= SEVERAL).map(|key| {
            *numbers.entry(key).or_insert_with(|| {
                found.hubs.push(key.0);
                found.hubs.len() - 1
            })
        }));
    }
    found
}
