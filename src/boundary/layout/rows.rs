//! Which row a spot stands in: a lane that is full takes several.
//!
//! Invariant: every lane has at least one row, and rows of a lane follow one another.

use super::{Sketch, Wire, whole};

/// The rows of a sketch.
pub struct Rows {
    /// The row of each spot.
    pub of: Vec<usize>,
    /// First and last row of each lane.
    pub lanes: Vec<(usize, usize)>,
}

impl Rows {
    pub fn count(&self) -> usize {
        self.lanes.last().map_or(0, |(_, last)| last + 1)
    }
}

/// How much a spot is drawn upward (negative) or downward by what it speaks with.
fn pull(sketch: &Sketch, spot: usize) -> i32 {
    let lane = whole(sketch.spots[spot].lane);
    let other = |wire: &Wire| match (wire.ends.0 == spot, wire.ends.1 == spot) {
        (true, false) => Some(wire.ends.1),
        (false, true) => Some(wire.ends.0),
        _ => None,
    };
    sketch.wires.iter().filter_map(other).map(|other| (whole(sketch.spots[other].lane) - lane).signum()).sum()
}

pub fn rows(sketch: &Sketch) -> Rows {
    let mut rows = Rows { of: vec![0; sketch.spots.len()], lanes: Vec::new() };
    let mut next = 0;
    for lane in 0..sketch.lanes {
        let mut inside: Vec<usize> = (0..sketch.spots.len()).filter(|spot| sketch.spots[*spot].lane == lane).collect();
        inside.sort_by_key(|spot| (pull(sketch, *spot), *spot));
        let needed = inside.len().div_ceil(sketch.abreast.max(1)).max(1);
        let each = inside.len().div_ceil(needed).max(1);
        for (at, spot) in inside.iter().enumerate() {
            rows.of[*spot] = next + at / each;
        }
        rows.lanes.push((next, next + needed - 1));
        next += needed;
    }
    rows
}
