//! Made-up boundaries, and what must hold of every layout.

use proptest::prelude::*;

use super::{NAMES, Placed, Plan, Sketch, Spot, Wire, bundles, graph, order, plan, rows};

fn boxes_touch(one: &Placed, other: &Placed) -> bool {
    one.x < other.x + other.width
        && other.x < one.x + one.width
        && one.y < other.y + other.height
        && other.y < one.y + one.height
}

/// True when an upright or level piece runs through the inside of a box.
fn runs_under(piece: &[(i32, i32)], at: &Placed) -> bool {
    let (left, right) = (piece[0].0.min(piece[1].0), piece[0].0.max(piece[1].0));
    let (top, bottom) = (piece[0].1.min(piece[1].1), piece[0].1.max(piece[1].1));
    right > at.x && left < at.x + at.width && bottom > at.y && top < at.y + at.height
}

fn sound(sketch: &Sketch, plan: &Plan) {
    for (at, one) in plan.boxes.iter().enumerate() {
        assert!(one.x >= NAMES && one.x + one.width <= plan.width && one.y >= 0, "{one:?} outside {}", plan.width);
        assert!(one.y + one.height <= plan.height);
        let band = plan.bands[sketch.spots[at].lane];
        assert!(band.y <= one.y && one.y + one.height <= band.y + band.height, "{one:?} not in {band:?}");
        assert!(plan.boxes[..at].iter().all(|other| !boxes_touch(one, other)), "{one:?} lies on another");
    }
    for (route, wire) in plan.routes.iter().zip(&sketch.wires) {
        let (from, to) = wire.ends;
        assert_eq!(route.is_empty(), from == to);
        for piece in route.windows(2) {
            assert!(piece[0].0 == piece[1].0 || piece[0].1 == piece[1].1, "{piece:?} is slanted");
            assert!(piece[0].0 >= NAMES && piece[0].0 <= plan.width && piece[0].1 >= 0 && piece[0].1 <= plan.height);
            assert!(!plan.boxes.iter().any(|at| runs_under(piece, at)), "{piece:?} of {from}-{to} runs under a box");
        }
    }
}

/// A sketch from numbers, the same for the same numbers.
pub fn made_up(zones: usize, wires: usize, mut seed: u64) -> Sketch {
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    let spots: Vec<Spot> = (0..zones).map(|_| Spot { lane: next(7), width: 150, height: 62 }).collect();
    let wire = |ends, n: usize| Wire { ends, strands: (!n.is_multiple_of(3)).then_some([1, 2]), label: 40 };
    let wires = (0..wires).map(|n| wire((next(zones), next(zones)), n)).collect();
    Sketch { lanes: 7, spots, wires, abreast: 7, width: 1120, pad: 17 }
}

#[test]
fn crossings_are_far_fewer_than_in_the_order_given() {
    for seed in 1..6 {
        let sketch = made_up(40, 120, seed);
        let rows = rows::rows(&sketch);
        let alone = bundles::Bundles { of: vec![None; sketch.wires.len()], hubs: Vec::new() };
        let naive = order::crossings(&graph::Graph::of(&sketch, &rows, &alone));
        let drawn = plan(&sketch).crossings;
        assert!(drawn * 3 < naive, "{drawn} against {naive}");
    }
}

#[test]
fn a_wire_between_neighbors_is_straight() {
    let spot = |lane| Spot { lane, width: 150, height: 62 };
    let sketch = Sketch {
        lanes: 3,
        spots: vec![spot(0), spot(1), spot(1), spot(2)],
        wires: [(0, 1), (1, 2), (3, 1)].map(|ends| Wire { ends, strands: None, label: 0 }).to_vec(),
        abreast: 4,
        width: 1120,
        pad: 17,
    };
    let plan = plan(&sketch);
    sound(&sketch, &plan);
    assert!(plan.routes.iter().all(|route| route.len() == 2), "{:?}", plan.routes);
    assert_eq!(plan.crossings, 0);
    assert!(plan.routes[2][0].1 > plan.routes[2][1].1, "it goes up, as it was asked");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn nothing_overlaps_and_everything_is_inside(zones in 1_usize..45, wires in 0_usize..130, seed in any::<u64>()) {
        let sketch = made_up(zones, wires, seed);
        let drawn = plan(&sketch);
        sound(&sketch, &drawn);
        prop_assert_eq!(drawn, plan(&sketch));
    }
}
