//! Made-up pictures drawn in both palettes.

use super::{crossed, page, pen, print};
use crate::boundary::model::{
    Conduit, Crosser, Crossing, Gravity, Group, Picture, Stand, Standing, Watched, Way, ZoneBox,
};
use crate::vocabulary::PurdueLevel;
use crate::zones::model::ZoneKind;

fn zone(reference: &str, name: &str, level: &str, esp: bool, assets: usize) -> ZoneBox {
    let watched = if level == "5" || level == "4" {
        Watched::Elsewhere
    } else {
        Watched::Speaking { sensors: vec!["tap-1".to_owned()], last: None }
    };
    let group = |kind: &str, count| Group {
        kind: kind.to_owned(),
        count,
        named: vec![format!("{reference}-1"), format!("{reference}-2")],
    };
    ZoneBox {
        href: format!("/o/x/zones/{reference}"),
        reference: reference.to_owned(),
        name: name.to_owned(),
        kind: Some(if level == "3.5" { ZoneKind::Dmz } else { ZoneKind::Control }),
        level: PurdueLevel::parse(level).ok(),
        esp,
        assets,
        groups: if assets > 3 { vec![group("Protective relay", assets - 3), group("RTU", 3)] } else { Vec::new() },
        watched,
        ..ZoneBox::default()
    }
}

fn conduit(n: usize, ends: (usize, usize), way: Way, standing: Standing) -> Conduit {
    Conduit {
        href: format!("/o/x/conduits/{n}"),
        reference: format!("C-{n:02}"),
        name: String::new(),
        ends,
        way,
        standing,
        permitted: 3,
        never_seen: if n % 5 == 4 { 3 } else { 0 },
        unidirectional: n == 6,
        access_point: if n.is_multiple_of(2) { "FW-1".to_owned() } else { String::new() },
        broker: String::new(),
        reason: "Replicates the historian".to_owned(),
    }
}

fn crossing(ends: (usize, usize), gravity: Gravity, count: u64) -> Crossing {
    let worst = vec![Crosser {
        href: String::new(),
        service: "udp/1194".to_owned(),
        address: String::new(),
        gravity,
        count,
        verdict: "tunnel to a public address".to_owned(),
    }];
    Crossing { href: "/o/x/flows".to_owned(), ends, gravity, count, first: None, last: None, worst, justified: false }
}

fn dozen_zones() -> Vec<ZoneBox> {
    let mut zones = vec![
        zone("NET", "Internet", "5", false, 0),
        zone("VENDOR", "Vendors", "5", false, 2),
        zone("CORP", "Corporate network", "4", false, 204),
        zone("OFFICE", "Engineering office", "4", false, 38),
        zone("RA", "Remote access", "3.5", false, 4),
        zone("DX", "Data exchange", "3.5", false, 6),
        zone("EMS", "Control center EMS", "3", true, 61),
        zone("OPS", "Operations data", "3", true, 14),
        zone("SUB7", "Substation 7 control", "2", true, 9),
        zone("PLANT", "Plant supervision", "2", true, 33),
        zone("WIND", "Wind farm supervision and turbine park controllers", "2", false, 21),
        zone("SUB7P", "Substation 7 protection", "1", true, 24),
        zone("PLANTC", "Plant controllers", "1", true, 47),
        zone("TURB", "Turbine controllers", "1", false, 60),
        zone("MISC", "Old lab", "none", false, 3),
    ];
    zones[10].watched = Watched::Nothing;
    zones[13].watched = Watched::Silent { sensors: vec!["tap-9".to_owned()], last: None };
    zones[8].failing = 3;
    zones[13].failing = 12;
    zones
}

/// Which zones of the dozen the conduits join.
const ENDS: [(usize, usize); 15] = [
    (1, 4),
    (2, 4),
    (2, 5),
    (3, 5),
    (5, 0),
    (4, 6),
    (7, 5),
    (6, 8),
    (6, 9),
    (7, 9),
    (8, 11),
    (9, 12),
    (10, 13),
    (6, 10),
    (6, 7),
];

pub fn dozen() -> Picture {
    let zones = dozen_zones();
    let ends = ENDS;
    let standing = |n| match n {
        9 => Standing::Proposed,
        13 => Standing::Suspended,
        _ => Standing::Active,
    };
    let way = |n: usize| [Way::Onward, Way::Both, Way::Onward][n % 3];
    let conduits = ends.iter().enumerate().map(|(n, ends)| conduit(n, *ends, way(n), standing(n))).collect();
    let crossings = vec![
        crossing((10, 0), Gravity::Critical, 1),
        crossing((3, 9), Gravity::High, 2_567),
        crossing((8, 7), Gravity::Medium, 14),
        crossing((12, 13), Gravity::Low, 3),
    ];
    Picture {
        organization: "Example utility".to_owned(),
        instant: "2026-11-26 04:00 UTC".to_owned(),
        zones,
        conduits,
        crossings,
        loose: Vec::new(),
        heard: true,
    }
}

/// Three zones, two conduits and one crossing: small enough to be read as text.
pub fn few() -> Picture {
    let whole = dozen();
    let zones = [2, 5, 7].map(|at: usize| whole.zones[at].clone()).to_vec();
    let conduits = vec![
        conduit(1, (0, 1), Way::Onward, Standing::Active),
        Conduit { unidirectional: true, ..conduit(2, (2, 1), Way::Onward, Standing::Active) },
    ];
    Picture { zones, conduits, crossings: vec![crossing((0, 2), Gravity::High, 2_567)], ..whole }
}

fn many_zones() -> Vec<ZoneBox> {
    let mut zones = vec![zone("NET", "Internet", "5", false, 0), zone("CORP", "Corporate network", "4", false, 1204)];
    zones.extend((1..=2).flat_map(|n| {
        let cc = format!("Control center {n}");
        [
            zone(&format!("CC{n}-DMZ"), &format!("{cc} DMZ"), "3.5", false, 12),
            zone(&format!("CC{n}-RA"), &format!("{cc} remote access"), "3.5", false, 3),
            zone(&format!("CC{n}-ESP"), &format!("{cc} EMS"), "3", true, 61),
        ]
    }));
    for n in 1..=12 {
        zones.push(zone(&format!("S{n:02}-DMZ"), &format!("Station {n} DMZ"), "3.5", false, 2));
        zones.push(zone(
            &format!("S{n:02}-ESP"),
            &format!("Station {n} control"),
            if n % 4 == 0 { "2" } else { "1" },
            n % 3 > 0,
            9 + n,
        ));
    }
    zones.extend((1..=4).map(|n| zone(&format!("G{n}"), &format!("Plant {n} control"), "2", true, 30)));
    zones.extend((1..=4).map(|n| zone(&format!("G{n}-P"), &format!("Plant {n} process"), "0", false, 50)));
    zones
}

fn many_ends() -> Vec<(usize, usize)> {
    let mut ends = vec![(0, 1), (1, 2), (1, 3), (1, 5), (1, 6), (2, 4), (3, 4), (5, 7), (6, 7), (4, 7), (2, 5)];
    for n in 0..12 {
        let (dmz, esp) = (8 + 2 * n, 9 + 2 * n);
        ends.extend([(dmz, esp), (esp, dmz), (4, dmz), (7, dmz), (4, esp), (1, dmz)]);
    }
    for n in 0..4 {
        ends.extend([(4, 32 + n), (7, 32 + n), (32 + n, 36 + n), (2, 32 + n), (32 + n, 2)]);
    }
    let missing = 120 - ends.len();
    ends.extend((0..missing).map(|n| (9 + 2 * (n % 12), if n % 2 == 0 { 4 } else { 7 })));
    ends
}

pub fn many() -> Picture {
    let (mut zones, ends) = (many_zones(), many_ends());
    let standing = |n: usize| if n % 17 == 3 { Standing::Proposed } else { Standing::Active };
    let conduits = ends.iter().enumerate().map(|(n, ends)| conduit(n, *ends, Way::Onward, standing(n))).collect();
    let crossings = vec![
        crossing((13, 0), Gravity::Critical, 1),
        crossing((1, 4), Gravity::High, 840),
        crossing((1, 34), Gravity::High, 12),
        crossing((21, 23), Gravity::Low, 5),
        crossing((38, 4), Gravity::Medium, 61),
    ];
    zones[35].watched = Watched::Nothing;
    zones[39].watched = Watched::Nothing;
    Picture {
        organization: "Example utility".to_owned(),
        instant: "2026-11-26 04:00 UTC".to_owned(),
        zones,
        conduits,
        crossings,
        loose: Vec::new(),
        heard: true,
    }
}

#[test]
fn drawings_are_written_where_one_looks_at_them() {
    let Ok(place) = std::env::var("GLANCE_MAP_LOOK") else { return };
    let mut opened = dozen();
    opened.zones[11].open = true;
    opened.zones[6].open = true;
    for (name, picture) in [("dozen", dozen()), ("opened", opened), ("many", many())] {
        std::fs::write(format!("{place}/{name}.svg"), print(&picture)).unwrap();
        std::fs::write(format!("{place}/{name}.page.svg"), page(&picture, &|zone| format!("?open={}", zone.reference)))
            .unwrap();
    }
    println!("{} and {} crossings", crossed(&dozen()), crossed(&many()));
    let began = std::time::Instant::now();
    for _ in 0..10 {
        std::hint::black_box(print(&many()));
    }
    println!("many: {:?} each", began.elapsed() / 10);
}

#[test]
fn a_small_picture_is_drawn_to_the_letter() {
    let golden = include_str!("../../../tests/golden/boundary.svg");
    assert_eq!(print(&few()), golden, "look at the new drawing in a browser before it becomes the golden one");
}

#[test]
fn hostile_names_stay_texts() {
    let mut picture = dozen();
    picture.zones[0].name = "<script>alert(1)</script>\" onload='x' & \u{1}\u{7f}]]>".to_owned();
    picture.organization = "A & B <i>".to_owned();
    picture.crossings[0].worst[0].service = "\"><svg/onload=x>".to_owned();
    for svg in [page(&picture, &|_| "?open=\"><b>".to_owned()), print(&picture)] {
        assert!(!svg.contains("<script") && !svg.contains("<i>") && !svg.contains("<svg/") && !svg.contains("<b>"));
        assert!(!svg.contains('\u{1}') && !svg.contains("style="));
        assert!(svg.contains("A &amp; B &lt;i&gt;"));
    }
}

#[test]
fn long_texts_are_cut_and_said_in_full() {
    let svg = print(&dozen());
    assert!(svg.contains("Wind farm supervision and turbine park controllers, level"));
    assert!(svg.contains("Wind farm supervision…") || svg.contains("Wind farm supervisi"));
    assert_eq!(pen::fit("short", 200, 130), "short");
}

#[test]
fn the_print_palette_needs_no_sheet_and_the_page_palette_no_colors() {
    let (paper, page) = (print(&dozen()), page(&dozen(), &|_| String::new()));
    assert!(!paper.contains("class=") && !paper.contains("<a ") && paper.contains("role=\"img\""));
    assert!(!page.contains("#a8201a") && page.contains("role=\"group\"") && page.contains("href=\"/o/x/zones/EMS\""));
    for word in ["Critical 1", "High 2,567", "no sensor", "sensor silent", "3 failing", "ESP"] {
        assert!(paper.contains(word) && page.contains(word), "{word}");
    }
}

#[test]
fn retired_conduits_are_not_drawn() {
    let mut picture = dozen();
    picture.conduits[3].standing = Standing::Retired;
    assert!(!print(&picture).contains("Conduit C-03"));
}

#[test]
fn ends_outside_the_record_are_told_apart() {
    let mut picture = dozen();
    let outside =
        |stand, name: &str| ZoneBox { stand, name: name.to_owned(), watched: Watched::Elsewhere, ..ZoneBox::default() };
    picture.zones.push(outside(Stand::Unknown, "Unknown hosts"));
    picture.crossings.push(crossing((15, 6), Gravity::High, 9));
    assert!(print(&picture).contains("nothing records them"));
}
