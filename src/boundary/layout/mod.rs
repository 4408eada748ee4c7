//! Where everything stands on the map: lanes from the outside down to the process, zones in rows, wires around them.
//!
//! A layered drawing after Sugiyama, Tagawa and Toda (1981) with the layers given: a wire that passes a row takes a place
//! in it, rows are ordered by barycenters and swaps, places across are settled by isotonic regression, and what runs
//! between two rows runs on tracks of its own. Wires that leave one spot in one manner leave it as one and part later, so a spot
//! that speaks with everybody stays legible. Crates that draw layers choose the layers themselves and know no lanes.
//!
//! Invariant: pure, whole numbers throughout, the same for the same input. No box lies on another, no wire runs under one.

mod across;
mod bundles;
mod graph;
mod order;
mod ports;
mod routes;
mod rows;
#[cfg(test)]
pub mod tests;
mod tracks;

/// Space to be laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// Which of the lanes, from the top.
    pub lane: usize,
    pub width: i32,
    pub height: i32,
}

/// What joins two spots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wire {
    pub ends: (usize, usize),
    /// Wires of one strand at a spot may leave it as one; none for a wire that stays alone.
    pub strands: Option<[u8; 2]>,
    /// Width of what is written on it; 0 for nothing.
    pub label: i32,
}

/// What to lay out: lanes in their order (some without a spot), spots, and wires between spots.
#[derive(Clone, Debug)]
pub struct Sketch {
    pub lanes: usize,
    pub spots: Vec<Spot>,
    pub wires: Vec<Wire>,
    /// Most spots beside each other.
    pub abreast: usize,
    /// Width at least, the column of the lanes' names included.
    pub width: i32,
    /// What stays free above and below what runs between two rows.
    pub pad: i32,
}

/// A lane: its top and its height.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Band {
    pub y: i32,
    pub height: i32,
}

/// A spot in its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

pub type Point = (i32, i32);

/// A laid-out map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub width: i32,
    pub height: i32,
    pub bands: Vec<Band>,
    pub boxes: Vec<Placed>,
    /// The corners of each wire from its first end to its second; empty for one that leads nowhere.
    pub routes: Vec<Vec<Point>>,
    /// Wires that share their way from their second end.
    pub shared_last: Vec<bool>,
    /// How often wires cross between the rows.
    pub crossings: usize,
}

/// Width of the column with the lanes' names.
pub const NAMES: i32 = 118;
/// What stays free at the right.
pub const MARGIN: i32 = 18;

/// A count as a length.
#[must_use]
pub fn whole(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Lays out a sketch.
#[must_use]
pub fn plan(sketch: &Sketch) -> Plan {
    let rows = rows::rows(sketch);
    let bundles = bundles::bundles(sketch, &rows);
    let mut graph = graph::Graph::of(sketch, &rows, &bundles);
    order::arrange(&mut graph);
    let width = across::width(&graph).max(sketch.width);
    let across = across::settle(&graph, width);
    let nets = ports::nets(&graph, sketch, &across, &bundles);
    let tracks = tracks::tracks(&nets, graph.rows.len());
    let crossings = order::crossings(&graph);
    let mut plan = routes::assemble(sketch, &rows, &graph, &across, &nets, &tracks, (width, crossings));
    plan.shared_last = bundles.shared_last(sketch);
    plan
}
