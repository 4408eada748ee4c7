//! The order within rows: barycenter sweeps, then swaps of neighbors while they undo crossings.
//!
//! Invariant: the best order seen is kept, so sweeping longer never draws worse.

use super::graph::Graph;

/// Sweeps down and up.
const SWEEPS: usize = 14;
/// Rounds of swaps.
const SWAPS: usize = 8;
/// Rows are compared on one scale.
const SCALE: usize = 100_000;

/// How often links cross, over all gutters.
pub fn crossings(graph: &Graph) -> usize {
    let positions = graph.positions();
    let joins = |link: &super::graph::Link| (positions[link.upper], positions[link.lower]);
    graph.links.iter().map(|links| crossed(links.iter().map(joins).collect())).sum()
}

/// Pairs that lie one way above and the other way below.
fn crossed(mut pairs: Vec<(usize, usize)>) -> usize {
    pairs.sort_unstable();
    // What bundled wires share is one line.
    pairs.dedup();
    let mut seen: Vec<usize> = Vec::with_capacity(pairs.len());
    let mut count = 0;
    for (_, lower) in pairs {
        let at = seen.partition_point(|known| *known <= lower);
        count += seen.len() - at;
        seen.insert(at, lower);
    }
    count
}

/// Crossings, and how many places lie between spots of one row that are joined.
fn cost(graph: &Graph) -> (usize, usize) {
    let positions = graph.positions();
    let apart = graph.beside.iter().map(|(one, other, _)| positions[*one].abs_diff(positions[*other])).sum();
    (crossings(graph), apart)
}

/// Orders every row.
pub fn arrange(graph: &mut Graph) {
    let mut best = (cost(graph), graph.rows.clone());
    for sweep in 0..SWEEPS {
        let rows = graph.rows.len();
        for step in 0..rows {
            let row = if sweep % 2 == 0 { step } else { rows - 1 - step };
            center(graph, row, sweep % 2 == 0);
        }
        if sweep % 4 == 3 {
            swap_all(graph);
        }
        let reached = cost(graph);
        if reached < best.0 {
            best = (reached, graph.rows.clone());
        }
    }
    graph.rows = best.1;
    swap_all(graph);
}

/// Orders a row by the middle of what its nodes are joined to in the row before.
fn center(graph: &mut Graph, row: usize, downward: bool) {
    let scaled = scaled(graph);
    let joined = if downward { &graph.up } else { &graph.down };
    let mut keyed: Vec<(usize, usize)> = graph.rows[row]
        .iter()
        .map(|node| {
            let beside = graph.beside.iter().filter_map(|(one, other, _)| match *node {
                n if n == *one => Some(*other),
                n if n == *other => Some(*one),
                _ => None,
            });
            let (sum, count) = joined[*node]
                .iter()
                .copied()
                .chain(beside)
                .fold((0, 0), |(sum, count), other| (sum + scaled[other], count + 1));
            (sum.checked_div(count).unwrap_or(scaled[*node]), *node)
        })
        .collect();
    keyed.sort_by_key(|(key, _)| *key);
    graph.rows[row] = keyed.into_iter().map(|(_, node)| node).collect();
}

fn scaled(graph: &Graph) -> Vec<usize> {
    let mut scaled = vec![0; graph.nodes.len()];
    for row in &graph.rows {
        for (at, node) in row.iter().enumerate() {
            scaled[*node] = (2 * at + 1) * SCALE / (2 * row.len());
        }
    }
    scaled
}

/// Swaps neighbors as long as it helps.
fn swap_all(graph: &mut Graph) {
    let mut positions = graph.positions();
    for _ in 0..SWAPS {
        let mut better = false;
        for row in 0..graph.rows.len() {
            for at in 1..graph.rows[row].len() {
                let (left, right) = (graph.rows[row][at - 1], graph.rows[row][at]);
                let (as_is, swapped) = between(graph, &positions, left, right);
                if swapped < as_is {
                    graph.rows[row].swap(at - 1, at);
                    positions.swap(left, right);
                    better = true;
                }
            }
        }
        if !better {
            break;
        }
    }
}

/// Crossings of what two neighbors are joined to: as they stand, and swapped.
fn between(graph: &Graph, positions: &[usize], left: usize, right: usize) -> (usize, usize) {
    let mut counts = (0, 0);
    for joined in [&graph.up, &graph.down] {
        for one in &joined[left] {
            for other in &joined[right] {
                counts.0 += usize::from(positions[*one] > positions[*other]);
                counts.1 += usize::from(positions[*one] < positions[*other]);
            }
        }
    }
    counts
}
