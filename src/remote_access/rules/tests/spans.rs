//! Tables of when a grant holds: its end, its length, what overlaps, emergencies.

use super::paths::vendor;
use super::*;
use crate::personnel::model::Circumstance;

const WHEN: &[Case] = &[
    (|g, _| g.valid_until = Some(at("2026-03-02T15:00:00Z")), "refuse valid_until: over since 2026-03-02 15:00:00 UTC"),
    (|g, _| g.valid_from = Some(at("2026-03-02T14:00:00Z")), "warn valid_from: before now"),
    (
        |g, _| g.valid_until = Some(at("2027-03-02T17:00:01Z")),
        "refuse valid_until: longer than the 365 days a grant of an employee may last; until 2027-03-02 16:00:00 UTC",
    ),
    (
        |g, s| {
            s.person = with(|person| {
                (person.party, person.verified_by, person.verified_on) =
                    (Some(Party::Vendor), "HR".to_owned(), Some(day("2025-01-01")));
            });
            (s.vendor, g.disable_method) = (Some(vendor()), "Close".to_owned());
            g.valid_until = Some(at("2026-04-02T16:00:00Z"));
        },
        "refuse valid_until: longer than the 30 days a grant of a vendor may last; until 2026-04-01 16:00:00 UTC at most (AC-2(3), GL-RA-05)",
    ),
    (
        |g, s| (s.person, g.valid_until) = (with(|p| p.party = None), Some(at("2026-04-20T16:00:00Z"))),
        "refuse valid_until: longer than the 30 days a grant of somebody whose party is not recorded",
    ),
    (
        |g, s| s.others = vec![(id(9), Grant { reference: named("G-9"), ..g.clone() })],
        "warn targets: reached at the same time under G-9",
    ),
];

#[test]
fn when() {
    check(WHEN);
    // What is over, of another kind, elsewhere or later does not overlap.
    let other = |change: fn(&mut Grant)| {
        let mut other = Grant { reference: named("G-9"), ..grant() };
        change(&mut other);
        told(&grant(), &Surroundings { others: vec![(id(9), other)], ..around() })
    };
    assert_eq!(other(|g| g.revoked = Some(by(2, "2026-03-01T00:00:00Z"))), "");
    assert_eq!(other(|g| g.kind = Some(GrantKind::SystemToSystem)), "");
    assert_eq!(other(|g| g.targets = [id(8)].into()), "");
    // A system the target is a member of is the same by another name.
    let system = other(|g| (g.targets, g.systems) = ([id(8)].into(), [id(5)].into()));
    assert!(system.contains("warn targets: reached at the same time under G-9"), "{system}");
    assert_eq!(other(|g| (g.valid_from, g.valid_until) = (grant().valid_until, Some(at("2026-03-09T00:00:00Z")))), "");
}

#[test]
fn emergencies() {
    let lasting = Circumstance {
        reference: named("CEC-1"),
        declared_at: Some(at("2026-03-02T14:00:00Z")),
        declared: Some(by(1, "2026-03-02T14:00:00Z")),
        ..Circumstance::default()
    };
    let ended = Circumstance { ended_at: Some(at("2026-03-02T14:30:00Z")), ..lasting.clone() };
    let g = Grant { circumstance: Some(id(6)), ..grant() };
    let s =
        Surroundings { circumstance: Some(lasting.clone()), person: with(|person| person.trained.clear()), ..around() };
    let found = told(&g, &s);
    assert!(
        found.contains("warn circumstance: it holds without approval while CEC-1 lasts") && !found.contains("refuse"),
        "{found}"
    );
    let unassessed = Surroundings { person: with(|person| person.assessed.clear()), ..s.clone() };
    assert!(told(&g, &unassessed).contains("refuse person: no personnel risk assessment"), "R3 knows no exception");
    // A program that declares one opens nothing by it.
    let by_program = Circumstance { declared: None, ..lasting.clone() };
    let unapproved = told(&g, &Surroundings { circumstance: Some(by_program), ..s.clone() });
    assert!(unapproved.contains("refuse circumstance: no person is recorded as having declared CEC-1"), "{unapproved}");
    let early = Grant { valid_from: Some(at("2026-03-02T13:00:00Z")), ..g.clone() };
    assert!(told(&early, &s).contains("refuse valid_from: before CEC-1 was declared"));
    let s = Surroundings { circumstance: Some(ended), ..s };
    let found = told(&g, &s);
    assert!(
        found.contains("refuse circumstance: CEC-1 ended at 2026-03-02 14:30:00 UTC; ask for an ordinary"),
        "{found}"
    );
    assert!(found.contains("refuse person: no cyber security training"), "{found}");
    let found = told(&g, &Surroundings { asking: false, person: Some(person()), ..s });
    assert!(found.contains("warn circumstance: CEC-1 ended") && !found.contains("refuse"), "{found}");
}
