//! Places across a row: near what a node is joined to, evenly spread, never closer than may be.
//!
//! Each row is an isotonic regression (pool adjacent violators), so its order stands and nothing overlaps; sweeps let rows
//! agree with their neighbors, and what can run straight is then made straight.

use super::graph::{Graph, Node};
use super::{MARGIN, NAMES, whole};

/// Free space between two spots, between a spot and a passing wire, between two passing wires.
const APART: [i32; 3] = [26, 14, 9];
const SWEEPS: usize = 26;
/// How much the even spread holds a spot, against each of its links.
const EVENLY: i64 = 2;
/// How much a passing wire wants to run straight.
const STRAIGHT: i64 = 6;

/// The least distance between the middles of two neighbors.
fn apart(left: Node, right: Node) -> i32 {
    let passing = usize::from(left.spot.is_none()) + usize::from(right.spot.is_none());
    left.width.midpoint(right.width) + APART[passing]
}

fn gaps(graph: &Graph, row: &[usize]) -> Vec<i32> {
    let gap = |pair: &[usize]| {
        let (left, right) = (graph.nodes[pair[0]], graph.nodes[pair[1]]);
        let label = graph.labels.get(&(pair[0], pair[1])).copied().unwrap_or(0);
        apart(left, right).max(left.width.midpoint(right.width) + label)
    };
    row.windows(2).map(gap).collect()
}

fn halves(graph: &Graph, row: &[usize]) -> (i32, i32) {
    let half = |node: Option<&usize>| node.map_or(0, |node| (graph.nodes[*node].width + 1) / 2);
    (half(row.first()), half(row.last()))
}

/// The width that the widest row needs.
pub fn width(graph: &Graph) -> i32 {
    let needed = graph.rows.iter().map(|row| {
        let (first, last) = halves(graph, row);
        gaps(graph, row).iter().sum::<i32>() + first + last
    });
    needed.max().unwrap_or(0) + NAMES + MARGIN
}

/// Values as near as can be to what is wanted (place, weight), at least the gaps apart, within bounds.
pub fn regress(wanted: &[(i32, i64)], gaps: &[i32], (least, most): (i32, i32)) -> Vec<i32> {
    let mut offsets = vec![0; wanted.len()];
    for at in 1..wanted.len() {
        offsets[at] = offsets[at - 1] + gaps[at - 1];
    }
    // Pools: sum of weighted wishes, weight, members.
    let mut pools: Vec<(i64, i64, usize)> = Vec::new();
    for (at, (want, weight)) in wanted.iter().enumerate() {
        let mut pool = (i64::from(want - offsets[at]) * weight, *weight, 1);
        while let Some(before) = pools.last().copied().filter(|before| before.0 * pool.1 > pool.0 * before.1) {
            pool = (pool.0 + before.0, pool.1 + before.1, pool.2 + before.2);
            pools.pop();
        }
        pools.push(pool);
    }
    let most = most - offsets.last().copied().unwrap_or(0);
    let values = pools.into_iter().flat_map(|(sum, weight, members)| {
        let mean = i32::try_from((2 * sum + weight).div_euclid(2 * weight)).unwrap_or(least);
        std::iter::repeat_n(mean.min(most).max(least), members)
    });
    values.zip(offsets).map(|(value, offset)| value + offset).collect()
}

/// Middles that spread the spots of a row evenly.
fn evenly(graph: &Graph, row: &[usize], width: i32) -> Vec<i32> {
    let spots = row.iter().filter(|node| graph.nodes[**node].spot.is_some()).count();
    let each = (width - NAMES - MARGIN) / whole(spots.max(1));
    let mut seen = 0;
    let middle = |node: &usize| {
        seen += i32::from(graph.nodes[*node].spot.is_some());
        NAMES + each * seen.max(1) - each / 2
    };
    row.iter().map(middle).collect()
}

/// The middle of every node.
pub fn settle(graph: &Graph, width: i32) -> Vec<i32> {
    let mut across = vec![0; graph.nodes.len()];
    let anchors: Vec<Vec<i32>> = graph.rows.iter().map(|row| evenly(graph, row, width)).collect();
    for (row, anchors) in graph.rows.iter().zip(&anchors) {
        place(graph, row, width, &mut across, |at, _| (anchors[at], 1));
    }
    for sweep in 0..SWEEPS {
        let rows = graph.rows.len();
        for step in 0..rows {
            let at_row = if sweep % 2 == 0 { step } else { rows - 1 - step };
            let known = across.clone();
            place(graph, &graph.rows[at_row], width, &mut across, |at, node| {
                wish(graph, &known, node, anchors[at_row][at])
            });
        }
    }
    straighten(graph, &mut across);
    across
}

fn place(graph: &Graph, row: &[usize], width: i32, across: &mut [i32], wish: impl Fn(usize, usize) -> (i32, i64)) {
    let wanted: Vec<_> = row.iter().enumerate().map(|(at, node)| wish(at, *node)).collect();
    let (first, last) = halves(graph, row);
    let settled = regress(&wanted, &gaps(graph, row), (NAMES + first, width - MARGIN - last));
    for (node, middle) in row.iter().zip(settled) {
        across[*node] = middle;
    }
}

/// Where a node wants to stand, and how much.
fn wish(graph: &Graph, across: &[i32], node: usize, anchor: i32) -> (i32, i64) {
    let passing = graph.nodes[node].spot.is_none();
    let start = if passing { (0, 0) } else { (i64::from(anchor) * EVENLY, EVENLY) };
    let joined = graph.up[node].iter().chain(&graph.down[node]);
    let (sum, weight) = joined.fold(start, |(sum, weight), other| {
        let strength = if passing && graph.nodes[*other].spot.is_none() { STRAIGHT } else { 1 };
        (sum + i64::from(across[*other]) * strength, weight + strength)
    });
    let middle = if weight == 0 { i64::from(across[node]) } else { sum / weight };
    (i32::try_from(middle).unwrap_or(anchor), weight.max(1))
}

/// Moves passing wires in line with what they come from or lead to, where there is room.
fn straighten(graph: &Graph, across: &mut [i32]) {
    for downward in [true, false, true] {
        let rows = graph.rows.len();
        for step in 0..rows {
            let row = &graph.rows[if downward { step } else { rows - 1 - step }];
            for (at, node) in row.iter().enumerate().filter(|(_, node)| graph.nodes[**node].spot.is_none()) {
                let (Some(near), Some(far)) = (graph.up[*node].first(), graph.down[*node].first()) else { continue };
                let (near, far) = (*near, *far);
                let (near, far) = if downward { (near, far) } else { (far, near) };
                let target = within(graph, across, near, across[*node]);
                let kept = within(graph, across, far, across[*node]) == across[*node];
                if target == across[*node] || kept && graph.nodes[far].spot.is_none() {
                    continue;
                }
                if free(graph, across, row, at, target) {
                    across[*node] = target;
                }
            }
        }
    }
}

/// The nearest place from which a straight line meets a node.
fn within(graph: &Graph, across: &[i32], node: usize, from: i32) -> i32 {
    let reach = (graph.nodes[node].width / 2 - 16).max(0);
    from.clamp(across[node] - reach, across[node] + reach)
}

fn free(graph: &Graph, across: &[i32], row: &[usize], at: usize, target: i32) -> bool {
    let node = graph.nodes[row[at]];
    let left = at == 0 || across[row[at - 1]] + apart(graph.nodes[row[at - 1]], node) <= target;
    let right = at + 1 == row.len() || target + apart(node, graph.nodes[row[at + 1]]) <= across[row[at + 1]];
    left && right
}
