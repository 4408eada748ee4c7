//! Tables of what a grant reaches, how it gets in, and what a vendor's needs beside.

use std::collections::BTreeSet;

use super::*;
use crate::assets::model::Category;
use crate::conduits::Conduit;
use crate::conduits::model::Inspection;
use crate::personnel::model::Vendor;

pub(super) fn vendor() -> Vendor {
    Vendor { reference: named("V-1"), ..Vendor::default() }
}

#[test]
fn whom_for() {
    let of_vendor = |s: &mut Surroundings| s.vendor = Some(vendor());
    let mut g = Grant { vendor: Some(id(4)), disable_method: "Close the account".to_owned(), ..grant() };
    let mut s = around();
    of_vendor(&mut s);
    let found = told(&g, &s);
    assert!(found.contains("unknown via: no grant of an employee holds"), "{found}");
    assert!(found.contains("warn disable_tested_on: switching it off was never tried"), "{found}");
    s.employees = Employees::Others;
    assert!(told(&g, &s).contains("warn via: no employee goes through it"));
    s.employees = Employees::Same;
    g.disable_tested_on = Some(day("2024-10-01"));
    assert!(told(&g, &s).contains("more than 15 calendar months ago"));
    g.disable_tested_on = Some(day("2026-01-10"));
    assert_eq!(told(&g, &s), "");
    s.vendor = Some(Vendor { remote_access: Some(false), ..vendor() });
    assert!(told(&g, &s).contains("refuse vendor: no remote access is permitted"));
    s.vendor = Some(Vendor { retired_on: Some(day("2026-01-01")), ..vendor() });
    assert!(told(&g, &s).contains("refuse vendor: retired since 2026-01-01"));
    of_vendor(&mut s);
    s.person = with(|person| person.vendor = Some(id(5)));
    assert!(told(&g, &s).contains("refuse vendor: the person acts for another vendor"));
    g.disable_method = " ".to_owned();
    assert!(told(&g, &s).contains("refuse disable_method: missing"));
    s.targets = vec![Target { categories: [Category::Eacms].into(), ..target() }];
    g.disable_method = "Close".to_owned();
    assert!(told(&g, &s).contains("refuse reconnect_control: missing; it reaches an EACMS"));
    // A vendor alone may hold system-to-system access, and no more.
    let alone = Grant { kind: Some(GrantKind::SystemToSystem), person: None, ..g.clone() };
    s.person = None;
    assert!(!told(&alone, &s).contains("person"), "{}", told(&alone, &s));
    assert!(told(&Grant { person: None, ..g }, &s).contains("refuse person: missing; interactive"));
}

const REACHED: &[Case] = &[
    (|g, s| (g.targets, s.targets) = (BTreeSet::new(), Vec::new()), "refuse targets: missing; name what"),
    (
        |_, s| s.targets[0].gone = Some("retired since 2026-01-15".to_owned()),
        "refuse targets: RTU-1 is retired since 2026-01-15 (GL-DAT-02)",
    ),
    (|_, s| s.targets[0].impact = None, "unknown targets: the impact rating is not known: RTU-1"),
    (|_, s| s.targets[0].zone = None, "unknown targets: recorded in no zone: RTU-1"),
    (
        |_, s| s.systems = vec![NamedSystem { id: id(7), reference: "B".to_owned(), members: 0, retired_on: None }],
        "unknown systems: no asset of B",
    ),
    (
        |_, s| {
            s.systems = vec![NamedSystem {
                id: id(7),
                reference: "B".to_owned(),
                members: 3,
                retired_on: Some(day("2026-01-01")),
            }];
        },
        "refuse systems: B is retired since 2026-01-01",
    ),
    (|_, s| s.via = None, "refuse via: missing; interactive access"),
    (|_, s| s.via = Some(Device { roles: [Role::Eap].into(), ..gateway() }), "refuse via: JH-1 has neither"),
    (|_, s| s.via = Some(Device { zone: None, ..gateway() }), "unknown via: JH-1 is recorded in no zone"),
    (
        |_, s| s.via = Some(Device { zone: Some(Placed { reference: "E".to_owned(), outside: None }), ..gateway() }),
        "unknown via: JH-1 is in E, of which is not recorded",
    ),
    (
        |_, s| {
            s.via =
                Some(Device { zone: Some(Placed { reference: "E".to_owned(), outside: Some(false) }), ..gateway() });
        },
        "refuse via: JH-1 is in E, an ESP; an Intermediate System is outside (NERC Glossary: Intermediate System)",
    ),
    (|g, s| (g.encryption_end, s.encryption_end) = (None, None), "refuse encryption_end: missing"),
    (|g, _| g.encryption_end = Some(id(9)), "warn encryption_end: JH-1 is another Intermediate System"),
    (
        |g, s| {
            (g.encryption_end, s.encryption_end) = (Some(id(9)), Some(Device { roles: BTreeSet::new(), ..gateway() }));
        },
        "refuse encryption_end: JH-1 is not the Intermediate System; encryption ends there (CIP-005-7 R2.2)",
    ),
    (|g, _| g.mfa = Some(false), "refuse mfa: two factors of different kinds are needed (CIP-005-7 R2.3)"),
    (|g, _| g.mfa = None, "refuse mfa: missing"),
    (|g, _| g.split_tunnel = Some(true), "warn split_tunnel: traffic beside the tunnel goes on (SC-7(7), GL-RA-16)"),
    (|g, _| g.split_tunnel = None, "unknown split_tunnel: not said"),
    (
        |_, s| s.conduit = Some(Conduit { reference: named("C-1"), ..Conduit::default() }),
        "warn conduit: C-1 is proposed",
    ),
    (|g, _| g.idle_minutes = Some(45), "warn idle_minutes: longer than the 30 minutes"),
];

#[test]
fn what_and_through_what() {
    let gone = || Some("retired since 2026-01-15".to_owned());
    check(REACHED);
    let found = told(&grant(), &Surroundings { via: Some(Device { gone: gone(), ..gateway() }), ..around() });
    assert!(found.contains("refuse via: JH-1 is retired since 2026-01-15 (GL-DAT-02)"), "{found}");
}

#[test]
fn vendors_at_low_impact_are_watched() {
    let g = Grant { vendor: Some(id(4)), disable_method: "Close".to_owned(), ..grant() };
    let low = Surroundings {
        targets: vec![Target { impact: Some(Impact::Low), ..target() }],
        vendor: Some(vendor()),
        ..around()
    };
    assert!(told(&g, &low).contains("unknown conduit: it reaches low impact and names no conduit"));
    let through = |inspection| Surroundings {
        conduit: Some(Conduit {
            reference: named("C-1"),
            inspection,
            approved: Some(by(2, "2026-01-01T00:00:00Z")),
            ..Conduit::default()
        }),
        ..low.clone()
    };
    assert!(told(&g, &through(None)).contains("unknown conduit: what inspects C-1 is not recorded"));
    assert!(told(&g, &through(Some(Inspection::None))).contains("refuse conduit: nothing on C-1 detects"));
    assert!(!told(&g, &through(Some(Inspection::Ids))).contains("conduit"));
}
