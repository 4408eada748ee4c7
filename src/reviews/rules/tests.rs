//! Due days, refusals and populations, as tables.

use std::collections::BTreeSet;

use super::population::{Access, Holder, Stated, population};
use super::{
    covers, is_of_systems, kind_of, next_of_conduits, proposed_due, refuses_completion, refuses_note, refuses_person,
    refuses_silence, told_due,
};
use crate::conduits::Conduit;
use crate::ids::{AssetId, Id, PersonId, SystemId, UserId};
use crate::obligations::model::Duty;
use crate::personnel::model::{AccountKind, AuthorizationKind};
use crate::personnel::{Account, Authorization};
use crate::register::{Act, Member};
use crate::remote_access::Grant;
use crate::reviews::model::{Review, ReviewItem, ReviewKind, ReviewOutcome};
use crate::vocabulary::{Date, Moment, MonthMode, Reference};

fn day(text: &str) -> Date {
    Date::parse(text).expect("a date")
}

fn moment(text: &str) -> Moment {
    Moment::parse(text).expect("a moment")
}

fn id<I: Id>(n: u128) -> I {
    I::from_uuid(uuid::Uuid::from_u128(n))
}

fn reference(text: &str) -> Reference {
    Reference::parse(text).expect("a reference")
}

#[expect(clippy::unnecessary_wraps, reason = "records hold it so")]
fn act(at: &str) -> Option<Act> {
    Some(Act { by: None, name: "Somebody".to_owned(), at: moment(at), reason: String::new() })
}

#[test]
fn due_days_follow_the_clock() {
    use ReviewKind as K;
    for (kind, clocks, due) in [
        (K::AuthorizationVerification, &[][..], Some("2026-03-31")),
        (K::AuthorizationVerification, &[Some("2026-06-30"), None], Some("2026-03-31")),
        (K::AuthorizationVerification, &[Some("2026-06-30"), Some("2026-06-30")], Some("2026-06-30")),
        (K::AuthorizationVerification, &[None, Some("2025-12-31")], Some("2025-12-31")),
        (K::PrivilegeReview, &[Some("2026-11-30"), None, Some("2026-10-31")], Some("2026-10-31")),
        (K::PrivilegeReview, &[None], None),
        (K::BcsiReview, &[Some("2027-04-30")], Some("2027-04-30")),
    ] {
        let days: Vec<Option<Date>> = clocks.iter().map(|due| due.map(day)).collect();
        assert_eq!(proposed_due(kind, day("2026-03-02"), &days), due.map(day), "{kind:?} {clocks:?}");
    }
    assert_eq!(next_of_conduits(day("2024-02-29"), MonthMode::EndOfMonth), day("2025-05-31"));
    for (due, said) in [
        ("2026-03-11", "due in 9 days"),
        ("2026-03-03", "due tomorrow"),
        ("2026-03-02", "due today"),
        ("2026-03-01", "overdue by 1 day"),
        ("2026-02-28", "overdue by 2 days"),
    ] {
        assert_eq!(told_due(day(due), day("2026-03-02")), said);
    }
    assert_eq!(kind_of(Duty::AccessReview), Some(K::PrivilegeReview));
    assert_eq!(kind_of(Duty::LogReview), None);
}

#[test]
fn what_is_of_the_organization_names_no_system() {
    use ReviewKind as K;
    assert_eq!(
        K::ALL.iter().copied().filter(|kind| is_of_systems(*kind)).collect::<Vec<_>>(),
        [K::AuthorizationVerification, K::PrivilegeReview]
    );
    let review = |kind, systems: &[u128]| Review {
        kind: Some(kind),
        systems: systems.iter().map(|n| id(*n)).collect(),
        ..Review::default()
    };
    let verification = review(K::AuthorizationVerification, &[11]);
    assert!(covers(&verification, K::AuthorizationVerification, Some(id(11))));
    assert!(!covers(&verification, K::AuthorizationVerification, Some(id(12))), "it came after the review opened");
    assert!(!covers(&verification, K::PrivilegeReview, Some(id(11))));
    let all = review(K::PrivilegeReview, &[]);
    assert!(covers(&all, K::PrivilegeReview, Some(id(11))), "one that names none is over all");
    let bcsi = review(K::BcsiReview, &[]);
    assert!(covers(&bcsi, K::BcsiReview, None));
    assert!(!covers(&Review { abandoned: act(NOW), ..bcsi }, K::BcsiReview, None));
}

#[test]
fn who_decides_and_when_it_is_whole() {
    let (ada, grace) = (id::<UserId>(1), id::<UserId>(2));
    let reviewer = Some(Member { user: ada, login: "ada".to_owned() });
    let named = Review { reviewer, ..Review::default() };
    assert_eq!(refuses_person(&named, ada), None);
    assert!(refuses_person(&named, grace).is_some_and(|said| said.starts_with("ada is the reviewer")));
    assert_eq!(refuses_person(&Review::default(), grace), None);
    assert_eq!(refuses_note(ReviewOutcome::Keep, ""), None);
    assert!(refuses_note(ReviewOutcome::Remove, "  ").is_some() && refuses_note(ReviewOutcome::Change, "x").is_none());
    assert_eq!(refuses_completion(3, 3), None);
    assert_eq!(refuses_completion(0, 0), None);
    assert!(refuses_silence(0, "  ").is_some() && refuses_silence(0, "Asked the custodian").is_none());
    assert_eq!(refuses_silence(1, ""), None);
    assert_eq!(refuses_completion(3, 1).as_deref(), Some("2 of 3 rows are not decided."));
}

const NOW: &str = "2026-03-02T15:00:00Z";

/// Two people, two systems with an asset in each; the first person is authorized for the first system.
fn access() -> Access {
    let mut access = Access::none(moment(NOW), day("2026-03-02"));
    for (n, told) in [(1, "Ada"), (2, "Grace")] {
        access.people.insert(id(n), Holder { told: told.to_owned(), ..Holder::default() });
    }
    for (n, told) in [(11, "S-1"), (12, "S-2")] {
        access.systems.insert(id(n), told.to_owned());
        access.assets.insert(id(n + 10), (format!("A-{}", n - 10), BTreeSet::from([id(n)])));
    }
    access.authorizations = vec![stated(31, authorization("AU-1", AuthorizationKind::Electronic, 1, &[11]))];
    access
}

fn stated<T>(n: u128, record: T) -> Stated<T> {
    Stated { id: uuid::Uuid::from_u128(n), version: 3, record }
}

fn authorization(tag: &str, kind: AuthorizationKind, person: u128, systems: &[u128]) -> Authorization {
    Authorization {
        reference: reference(tag),
        person: Some(id::<PersonId>(person)),
        kind: Some(kind),
        systems: systems.iter().map(|n| id::<SystemId>(*n)).collect(),
        need: "Relay settings".to_owned(),
        approved: act("2026-01-01T00:00:00Z"),
        provisioned_at: Some(moment("2026-01-02T00:00:00Z")),
        ..Authorization::default()
    }
}

fn account(tag: &str, kind: AccountKind, owner: u128, asset: u128) -> Account {
    Account {
        reference: reference(tag),
        name: tag.to_lowercase(),
        asset: Some(id::<AssetId>(asset)),
        kind: Some(kind),
        owner: Some(id(owner)),
        privileges: "operator".to_owned(),
        ..Account::default()
    }
}

fn told(rows: &[ReviewItem]) -> Vec<(&str, &str, &str)> {
    rows.iter().map(|row| (row.reference.as_str(), row.holder.as_str(), row.doubt.as_str())).collect()
}

/// The same with more authorizations, accounts of every kind, and a grant that holds beside one that ran out.
fn busy() -> Access {
    let mut access = access();
    access.authorizations.extend([
        stated(
            32,
            Authorization {
                until: Some(day("2026-02-28")),
                ..authorization("AU-2", AuthorizationKind::UnescortedPhysical, 2, &[])
            },
        ),
        stated(
            33,
            Authorization {
                removed_at: Some(moment("2026-02-01T00:00:00Z")),
                ..authorization("AU-3", AuthorizationKind::Electronic, 2, &[12])
            },
        ),
        stated(34, authorization("AU-4", AuthorizationKind::Bcsi, 1, &[11])),
    ]);
    let shared = Account { people: BTreeSet::from([id(1), id(2)]), ..account("AC-3", AccountKind::Shared, 1, 22) };
    access.accounts = vec![
        stated(41, account("AC-1", AccountKind::Individual, 1, 21)),
        stated(42, account("AC-2", AccountKind::Individual, 1, 22)),
        stated(43, shared),
        stated(
            44,
            Account {
                disabled_at: Some(moment("2026-02-01T00:00:00Z")),
                ..account("AC-4", AccountKind::Individual, 1, 21)
            },
        ),
        stated(45, account("AC-5", AccountKind::Service, 1, 21)),
        stated(46, Account { interactive: Some(false), ..account("AC-6", AccountKind::Service, 1, 21) }),
    ];
    let grant = Grant {
        reference: reference("G-1"),
        person: Some(id(2)),
        targets: BTreeSet::from([id::<AssetId>(21)]),
        valid_from: Some(moment("2026-03-01T00:00:00Z")),
        valid_until: Some(moment("2026-03-09T00:00:00Z")),
        approved: act("2026-03-01T00:00:00Z"),
        ..Grant::default()
    };
    let over = Grant { reference: reference("G-2"), valid_until: Some(moment(NOW)), ..grant.clone() };
    access.grants = vec![stated(51, grant), stated(52, over)];
    access
}

#[test]
fn every_active_access_is_verified_against_its_authorization() {
    let access = busy();
    let none = "no authorization record covers it";
    let rows = population(ReviewKind::AuthorizationVerification, &BTreeSet::new(), &access);
    assert_eq!(
        told(&rows),
        [
            ("AC-1", "Ada", ""),
            ("AC-2", "Ada", none),
            ("AC-3", "Ada", none),
            ("AC-5", "Ada", "nobody is recorded as using it"),
            ("AU-1", "Ada", ""),
            ("AC-3", "Grace", none),
            ("AU-2", "Grace", "authorization lapsed on 2026-02-28"),
            ("G-1", "Grace", none),
        ]
    );
    assert_eq!((rows[0].version, rows[0].reaches.as_str()), (3, "ac-1 on A-1"));
    assert_eq!(rows[3].person, None, "whose it is cannot be verified while nobody is named");
    assert_eq!(rows[4].reaches, "Electronic: S-1");
    // Restricted to a system: what names others is left out, what names none stays.
    let one = population(ReviewKind::AuthorizationVerification, &BTreeSet::from([id(12)]), &access);
    let named: Vec<&str> = one.iter().map(|row| row.reference.as_str()).collect();
    assert_eq!(named, ["AC-2", "AC-3", "AC-3", "AU-2"]);
    let bcsi = population(ReviewKind::BcsiReview, &BTreeSet::new(), &access);
    assert_eq!(told(&bcsi), [("AU-4", "Ada", "")]);
    assert!(bcsi[0].reaches.ends_with("needed for: Relay settings"), "{}", bcsi[0].reaches);
}

#[test]
fn who_left_and_what_is_missing_is_a_doubt() {
    let mut access = access();
    access.people.insert(
        id(1),
        Holder { told: "Ada".to_owned(), left_on: Some(day("2026-03-01")), retired_on: Some(day("2026-03-02")) },
    );
    access.accounts = vec![
        stated(41, Account { privileges: String::new(), ..account("AC-1", AccountKind::Individual, 1, 21) }),
        stated(42, account("AC-2", AccountKind::Default, 2, 21)),
    ];
    let rows = population(ReviewKind::PrivilegeReview, &BTreeSet::new(), &access);
    let left =
        "the person was terminated on 2026-03-01; the person is retired since 2026-03-02; no privileges are recorded";
    assert_eq!(told(&rows), [("AC-1", "Ada", left), ("AC-2", "Grace", "nobody is recorded as using it")]);
    assert_eq!((rows[0].person, rows[1].person), (Some(id(1)), None), "a shared account is nobody's own");
    let unknown = Authorization {
        person: None,
        approved: None,
        ..authorization("AU-9", AuthorizationKind::Electronic, 1, &[11])
    };
    access.authorizations = vec![stated(39, unknown)];
    access.accounts.clear();
    let rows = population(ReviewKind::AuthorizationVerification, &BTreeSet::new(), &access);
    assert_eq!(told(&rows), [("AU-9", "", "no person is recorded; nobody approved it")]);
    // An exceptional circumstance stands for the approval as long as it lasts.
    access.authorizations[0].record.circumstance = Some(id(61));
    let doubt =
        |access: &Access| population(ReviewKind::AuthorizationVerification, &BTreeSet::new(), access)[0].doubt.clone();
    assert_eq!(doubt(&access), "no person is recorded; nobody approved it");
    access.lasting.insert(id(61));
    assert_eq!(doubt(&access), "no person is recorded");
}

#[test]
fn conduits_that_permit_are_listed_with_their_last_review() {
    let mut access = access();
    let conduit = Conduit {
        reference: reference("C-1"),
        approved: act("2024-01-01T00:00:00Z"),
        last_reviewed_on: Some(day("2024-01-01")),
        review_due: Some(day("2025-04-30")),
        ..Conduit::default()
    };
    access.conduits =
        vec![stated(61, conduit.clone()), stated(62, Conduit { reference: reference("C-2"), ..conduit.undecided() })];
    let rows = population(ReviewKind::ConduitReview, &BTreeSet::new(), &access);
    assert_eq!(told(&rows), [("C-1", "", "its own review was due on 2025-04-30")]);
    assert_eq!(rows[0].reaches, "no zone and no zone; last reviewed: 2024-01-01");
}
