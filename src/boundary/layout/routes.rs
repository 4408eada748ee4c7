//! Heights, and the corners of every wire.
//!
//! Invariant: a wire's corners go from its first end to its second, and every piece is level or upright.

use super::graph::Graph;
use super::ports::Nets;
use super::rows::Rows;
use super::tracks::Tracks;
use super::{Band, Placed, Plan, Point, Sketch, whole};

/// What stays free between tracks, and above the first row.
const TRACK: i32 = 6;
const TOP: i32 = 20;
/// Height of a row without a box.
const BARE: i32 = 22;
/// Height of a lane at least, for its name.
const LANE: i32 = 62;

/// Heights of rows and gutters.
struct Heights {
    /// Top and bottom of each row.
    rows: Vec<(i32, i32)>,
    bands: Vec<Band>,
    height: i32,
}

fn heights(sketch: &Sketch, rows: &Rows, tracks: &Tracks) -> Heights {
    let mut found = Heights { rows: Vec::new(), bands: Vec::new(), height: 0 };
    let mut y = TOP;
    let mut top = 0;
    for &(first, last) in &rows.lanes {
        for row in first..=last {
            let inside = sketch.spots.iter().zip(&rows.of).filter(|(_, of)| **of == row);
            let least = if first == last { LANE - 2 * sketch.pad } else { 0 };
            let height = inside.map(|(spot, _)| spot.height).max().unwrap_or(BARE).max(least);
            found.rows.push((y, y + height));
            let gutter = 2 * sketch.pad + TRACK * whole(tracks.counts[row].saturating_sub(1));
            y += height + gutter;
            if row == last {
                let middle = y - gutter / 2;
                found.bands.push(Band { y: top, height: middle - top });
                top = middle;
            }
        }
    }
    // Nothing leads down from the last row, but wires between its boxes run below it.
    let below = rows.count().checked_sub(1).map_or(0, |last| whole(tracks.counts[last]));
    let bottom = found.rows.last().map_or(0, |(_, bottom)| bottom + sketch.pad + TRACK * below);
    if let Some(band) = found.bands.last_mut() {
        band.height = bottom - band.y;
    }
    found.height = bottom;
    found
}

/// Boxes in the middle of their rows.
fn boxes(sketch: &Sketch, rows: &Rows, across: &[i32], heights: &Heights) -> Vec<Placed> {
    let placed = |(at, spot): (usize, &super::Spot)| {
        let (top, bottom) = heights.rows[rows.of[at]];
        let y = top + (bottom - top - spot.height) / 2;
        Placed { x: across[at] - spot.width / 2, y, width: spot.width, height: spot.height }
    };
    sketch.spots.iter().enumerate().map(placed).collect()
}

/// Puts everything together.
pub fn assemble(
    sketch: &Sketch,
    rows: &Rows,
    graph: &Graph,
    across: &[i32],
    nets: &Nets,
    tracks: &Tracks,
    (width, crossings): (i32, usize),
) -> Plan {
    let heights = heights(sketch, rows, tracks);
    let boxes = boxes(sketch, rows, across, &heights);
    let mut routes = vec![Vec::new(); sketch.wires.len()];
    for (net, track) in nets.nets.iter().zip(&tracks.of) {
        let y = heights.rows[net.gutter].1 + sketch.pad + TRACK * whole(track.unwrap_or(0));
        let edge = |node: usize, below: bool| match graph.nodes[node].spot {
            Some(spot) if below => Some(boxes[spot].y + boxes[spot].height),
            Some(spot) => Some(boxes[spot].y),
            None => None,
        };
        let route: &mut Vec<Point> = &mut routes[net.wire];
        route.extend(edge(net.nodes[0], true).map(|y| (net.ends[0], y)));
        route.extend([(net.ends[0], y), (net.ends[1], y)]);
        route.extend(edge(net.nodes[1], net.under).map(|y| (net.ends[1], y)));
    }
    for side in &nets.sides {
        let [left, right] = side.nodes.map(|node| boxes[node]);
        let y = left.y + left.height / 2 + side.offset;
        routes[side.wire] = vec![(left.x + left.width, y), (right.x, y)];
    }
    for (wire, route) in routes.iter_mut().enumerate() {
        *route = bare(std::mem::take(route));
        turn(route, boxes.get(sketch.wires[wire].ends.0));
    }
    let shared_last = Vec::new();
    Plan { width, height: heights.height, bands: heights.bands, boxes, routes, shared_last, crossings }
}

/// Without corners that are none.
fn bare(points: Vec<Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::with_capacity(points.len());
    for point in points {
        if kept.last() == Some(&point) {
            continue;
        }
        if let [.., one, two] = kept[..]
            && (one.0 == two.0 && two.0 == point.0 || one.1 == two.1 && two.1 == point.1)
        {
            kept.pop();
        }
        kept.push(point);
    }
    kept
}

/// Lets a route begin at the box it comes from.
fn turn(route: &mut [Point], from: Option<&Placed>) {
    let touches = |point: &Point| {
        from.is_some_and(|from| {
            (from.x..=from.x + from.width).contains(&point.0) && (from.y..=from.y + from.height).contains(&point.1)
        })
    };
    if !route.first().is_some_and(touches) {
        route.reverse();
    }
}
