//! Spots and the places where wires pass a row, with what joins them from row to row.
//!
//! Invariant: a link joins two neighboring rows; a wire is the chain of its links from its upper end down.

use std::collections::BTreeMap;

use super::Sketch;
use super::bundles::Bundles;
use super::rows::Rows;

/// Something with a place in a row.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// None where a wire passes.
    pub spot: Option<usize>,
    pub width: i32,
}

/// A piece of a wire between two neighboring rows.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    pub upper: usize,
    pub lower: usize,
    pub wire: usize,
}

pub struct Graph {
    pub nodes: Vec<Node>,
    /// Nodes of each row from left to right.
    pub rows: Vec<Vec<usize>>,
    /// Links below each row.
    pub links: Vec<Vec<Link>>,
    /// Wires between two spots of one row.
    pub beside: Vec<(usize, usize, usize)>,
    pub up: Vec<Vec<usize>>,
    pub down: Vec<Vec<usize>>,
    /// Space between two spots of a row for what is written on the wire between them, by the left or the right of them.
    pub labels: BTreeMap<(usize, usize), i32>,
    /// Where a bundle passes a row.
    trunks: BTreeMap<(usize, usize), usize>,
}

impl Graph {
    pub fn of(sketch: &Sketch, rows: &Rows, bundles: &Bundles) -> Self {
        let mut nodes = Vec::new();
        let mut across = vec![Vec::new(); rows.count()];
        for (place, spot) in sketch.spots.iter().enumerate() {
            across[rows.of[place]].push(place);
            nodes.push(Node { spot: Some(place), width: spot.width });
        }
        let links = vec![Vec::new(); rows.count()];
        let (beside, up, down) = (Vec::new(), Vec::new(), Vec::new());
        let (labels, trunks) = (BTreeMap::new(), BTreeMap::new());
        let mut graph = Self { nodes, rows: across, links, beside, up, down, labels, trunks };
        for (wire, one) in sketch.wires.iter().enumerate() {
            let (from, to) = one.ends;
            for pair in [(from, to), (to, from)] {
                let known = graph.labels.entry(pair).or_insert(0);
                *known = one.label.max(*known);
            }
            graph.string((wire, bundles.of[wire]), (from, rows.of[from]), (to, rows.of[to]));
        }
        graph.up = vec![Vec::new(); graph.nodes.len()];
        graph.down = vec![Vec::new(); graph.nodes.len()];
        for link in graph.links.iter().flatten() {
            // What bundled wires share counts once.
            if !graph.down[link.upper].contains(&link.lower) || graph.nodes[link.upper].spot.is_some() {
                graph.down[link.upper].push(link.lower);
                graph.up[link.lower].push(link.upper);
            }
        }
        graph
    }

    /// Strings a wire from row to row.
    fn string(&mut self, (wire, bundle): (usize, Option<usize>), from: (usize, usize), to: (usize, usize)) {
        if from.1 == to.1 {
            if from.0 != to.0 {
                self.beside.push((from.0, to.0, wire));
            }
            return;
        }
        let (top, bottom) = if from.1 < to.1 { (from, to) } else { (to, from) };
        let mut upper = top.0;
        for row in top.1..bottom.1 {
            let lower = if row + 1 == bottom.1 { bottom.0 } else { self.pass(bundle, row + 1) };
            self.links[row].push(Link { upper, lower, wire });
            upper = lower;
        }
    }

    fn pass(&mut self, bundle: Option<usize>, row: usize) -> usize {
        if let Some(known) = bundle.and_then(|bundle| self.trunks.get(&(bundle, row))) {
            return *known;
        }
        self.nodes.push(Node { spot: None, width: 0 });
        let node = self.nodes.len() - 1;
        self.rows[row].push(node);
        if let Some(bundle) = bundle {
            self.trunks.insert((bundle, row), node);
        }
        node
    }

    /// The place of every node in its row.
    pub fn positions(&self) -> Vec<usize> {
        let mut positions = vec![0; self.nodes.len()];
        for row in &self.rows {
            for (at, node) in row.iter().enumerate() {
                positions[*node] = at;
            }
        }
        positions
    }
}
