//! Where wires touch boxes: spread along a side, in the order of where they lead, straight where they can be.
//!
//! Invariant: two wires never touch a side at the same place, unless there are more of them than the side is long.

use std::collections::BTreeMap;

use super::across::regress;
use super::bundles::Bundles;
use super::graph::Graph;
use super::{Sketch, whole};

/// What stays free at the corners of a box, and how far apart wires touch it.
const CORNER: i32 = 16;
const APART: i32 = 11;
const ROUNDS: usize = 5;

/// A piece of a wire in the gutter below a row.
#[derive(Clone, Copy, Debug)]
pub struct Net {
    pub wire: usize,
    /// The row above.
    pub gutter: usize,
    pub nodes: [usize; 2],
    /// Where it enters and leaves the gutter.
    pub ends: [i32; 2],
    /// Both ends are above: it joins two boxes of one row.
    pub under: bool,
    pub bundle: Option<usize>,
}

/// A wire from the side of a box to the side of the next.
#[derive(Clone, Copy, Debug)]
pub struct Side {
    pub wire: usize,
    pub nodes: [usize; 2],
    /// Above (negative) or below the middle of the row.
    pub offset: i32,
}

pub struct Nets {
    pub nets: Vec<Net>,
    pub sides: Vec<Side>,
}

pub fn nets(graph: &Graph, sketch: &Sketch, across: &[i32], bundles: &Bundles) -> Nets {
    let mut nets = Nets { nets: Vec::new(), sides: Vec::new() };
    for (gutter, links) in graph.links.iter().enumerate() {
        nets.nets.extend(links.iter().map(|link| {
            let nodes = [link.upper, link.lower];
            let ends = nodes.map(|node| across[node]);
            Net { wire: link.wire, gutter, nodes, ends, under: false, bundle: bundles.of[link.wire] }
        }));
    }
    let positions = graph.positions();
    for &(one, other, wire) in &graph.beside {
        let nodes = if positions[one] < positions[other] { [one, other] } else { [other, one] };
        let row = graph.rows.iter().position(|row| row.contains(&one)).unwrap_or(0);
        let between = &graph.rows[row][positions[nodes[0]] + 1..positions[nodes[1]]];
        if between.iter().all(|node| graph.nodes[*node].spot.is_none()) {
            nets.sides.push(Side { wire, nodes, offset: 0 });
        } else {
            let ends = nodes.map(|node| across[node]);
            nets.nets.push(Net { wire, gutter: row, nodes, ends, under: true, bundle: None });
        }
    }
    spread_sides(&mut nets.sides, sketch);
    touch(graph, across, &mut nets.nets, bundles);
    nets
}

/// Lays wires between the same two boxes one below the other.
fn spread_sides(sides: &mut [Side], sketch: &Sketch) {
    let mut groups: BTreeMap<[usize; 2], Vec<usize>> = BTreeMap::new();
    for (at, side) in sides.iter().enumerate() {
        groups.entry(side.nodes).or_default().push(at);
    }
    for (nodes, members) in groups {
        let count = whole(members.len());
        let height = nodes.map(|node| sketch.spots.get(node).map_or(0, |spot| spot.height));
        let room = height[0].min(height[1]) - CORNER;
        let each = if count > 1 { (room / (count - 1)).min(APART) } else { 0 };
        for (at, member) in members.into_iter().enumerate() {
            sides[member].offset = each * whole(at) - each * (count - 1) / 2;
        }
    }
}

/// What touches a side of a box at one place: one net, or all of a bundle; each with the end that touches.
type Tap = Vec<(usize, usize)>;

/// The taps of each box, below (true) and above it.
fn taps(graph: &Graph, nets: &[Net], bundles: &Bundles) -> BTreeMap<(usize, bool), Vec<Tap>> {
    let mut taps: BTreeMap<(usize, bool), Vec<Tap>> = BTreeMap::new();
    let mut trunks: BTreeMap<(usize, bool, usize), usize> = BTreeMap::new();
    for (at, net) in nets.iter().enumerate() {
        for end in (0..2).filter(|end| graph.nodes[net.nodes[*end]].spot.is_some()) {
            let side = (net.nodes[end], net.under || end == 0);
            let known = taps.entry(side).or_default();
            let Some(bundle) = net.bundle.filter(|bundle| bundles.hubs[*bundle] == side.0) else {
                known.push(vec![(at, end)]);
                continue;
            };
            let place = *trunks.entry((side.0, side.1, bundle)).or_insert(known.len());
            if place == known.len() {
                known.push(Vec::new());
            }
            known[place].push((at, end));
        }
    }
    taps
}

/// Chooses where nets touch the boxes, in a few rounds: each end looks at where the other one is.
fn touch(graph: &Graph, across: &[i32], nets: &mut [Net], bundles: &Bundles) {
    let taps = taps(graph, nets, bundles);
    for _ in 0..ROUNDS {
        for ((node, _), taps) in &taps {
            let far = |tap: &Tap| {
                let sum: i32 = tap.iter().map(|(net, end)| nets[*net].ends[1 - end]).sum();
                sum / whole(tap.len())
            };
            let mut sorted: Vec<(i32, &Tap)> = taps.iter().map(|tap| (far(tap), tap)).collect();
            sorted.sort_by_key(|(far, tap)| (*far, nets[tap[0].0].wire));
            let reach = (graph.nodes[*node].width / 2 - CORNER).max(0);
            let count = whole(sorted.len());
            let each = if count > 1 { (2 * reach / (count - 1)).min(APART) } else { 0 };
            let wanted: Vec<_> = sorted.iter().map(|(far, _)| (*far, 1)).collect();
            let gaps = vec![each; sorted.len() - 1];
            let settled = regress(&wanted, &gaps, (across[*node] - reach, across[*node] + reach));
            for ((_, tap), x) in sorted.into_iter().zip(settled) {
                for (net, end) in tap {
                    nets[*net].ends[*end] = x;
                }
            }
        }
    }
}
