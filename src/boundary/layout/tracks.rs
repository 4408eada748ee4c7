//! Tracks: at which height of a gutter each wire runs across it.
//!
//! Invariant: two wires that run across the same stretch never share a track, unless they are of one bundle. Their order is
//! the one with the fewest crossings that swapping neighbors finds.

use std::collections::BTreeMap;

use super::ports::{Net, Nets};

/// Lines nearer than this lie on each other.
const NEAR: i32 = 5;
/// Lying on another is worse than crossing it.
const ON_ANOTHER: usize = 40;
const ROUNDS: usize = 12;

pub struct Tracks {
    /// The track of each net; none for one that runs straight down.
    pub of: Vec<Option<usize>>,
    /// How many tracks each gutter has.
    pub counts: Vec<usize>,
}

/// What runs across a gutter on one track.
#[derive(Default)]
struct Run {
    nets: Vec<usize>,
    /// Where it comes from above, and where it goes on below.
    above: Vec<i32>,
    below: Vec<i32>,
    span: (i32, i32),
    under: bool,
}

impl Run {
    fn of(nets: &[Net], members: Vec<usize>) -> Self {
        let mut run = Self { nets: members, span: (i32::MAX, i32::MIN), ..Self::default() };
        for net in run.nets.iter().map(|at| nets[*at]) {
            run.under |= net.under;
            run.above.push(net.ends[0]);
            if net.under {
                run.above.push(net.ends[1]);
            } else {
                run.below.push(net.ends[1]);
            }
            run.span.0 = run.span.0.min(net.ends[0]).min(net.ends[1]);
            run.span.1 = run.span.1.max(net.ends[0]).max(net.ends[1]);
        }
        for ends in [&mut run.above, &mut run.below] {
            ends.sort_unstable();
            ends.dedup();
        }
        run
    }

    /// True when two run across a common stretch, or end so near that their order counts.
    fn meets(&self, other: &Self) -> bool {
        self.span.0 <= other.span.1 + NEAR && other.span.0 <= self.span.1 + NEAR
    }

    /// What it costs when this runs above the other.
    fn above(&self, below: &Self) -> usize {
        let inside = |ends: &[i32], run: &Self| ends.iter().filter(|x| run.span.0 < **x && **x < run.span.1).count();
        let near = |x: &i32| below.above.iter().filter(|y| (x - **y).abs() < NEAR).count();
        let lying: usize = self.below.iter().map(near).sum();
        inside(&below.above, self) + inside(&self.below, below) + ON_ANOTHER * lying
    }
}

/// The runs of a gutter: bundles, and nets that stay alone.
fn runs(nets: &[Net], gutter: usize) -> Vec<Run> {
    let mut groups: BTreeMap<(Option<usize>, usize), Vec<usize>> = BTreeMap::new();
    for (at, net) in nets.iter().enumerate().filter(|(_, net)| net.gutter == gutter) {
        let key = (net.bundle, if net.bundle.is_some() { 0 } else { at });
        groups.entry(key).or_default().push(at);
    }
    let runs = groups.into_values().map(|members| Run::of(nets, members));
    runs.filter(|run| run.span.0 != run.span.1).collect()
}

pub fn tracks(nets: &Nets, gutters: usize) -> Tracks {
    let mut tracks = Tracks { of: vec![None; nets.nets.len()], counts: vec![0; gutters] };
    for gutter in 0..gutters {
        let mut runs = runs(&nets.nets, gutter);
        sort(&mut runs);
        let mut chosen: Vec<usize> = Vec::with_capacity(runs.len());
        for (at, run) in runs.iter().enumerate() {
            let before = runs[..at].iter().zip(&chosen).filter(|(other, _)| run.meets(other));
            let track = before.map(|(_, track)| track + 1).max().unwrap_or(0);
            chosen.push(track);
            for net in &run.nets {
                tracks.of[*net] = Some(track);
            }
            tracks.counts[gutter] = tracks.counts[gutter].max(track + 1);
        }
    }
    tracks
}

/// Begins with the order that nests what runs one way, and swaps neighbors while it helps.
fn sort(runs: &mut [Run]) {
    runs.sort_by_key(|run| {
        let (from, to) = (middle(&run.above), middle(if run.under { &run.above } else { &run.below }));
        let length = if run.under { run.span.1 - run.span.0 } else { 0 };
        (!run.under, length, to > from, if to > from { -from } else { from }, run.nets[0])
    });
    for _ in 0..ROUNDS {
        let mut better = false;
        for at in 1..runs.len() {
            let (one, other) = (&runs[at - 1], &runs[at]);
            if one.meets(other) && other.above(one) < one.above(other) {
                runs.swap(at - 1, at);
                better = true;
            }
        }
        if !better {
            break;
        }
    }
}

fn middle(ends: &[i32]) -> i32 {
    let (least, most) = (ends.first().copied().unwrap_or(0), ends.last().copied().unwrap_or(0));
    least.midpoint(most)
}
