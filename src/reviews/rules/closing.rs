//! When a discrepancy is closed: by the record it is about, as that record stands now.
//!
//! Invariant: pure. Nobody types that a discrepancy is closed; access that still opens, or that says what it said when it was
//! to be changed, keeps it open.

use crate::conduits::model::{Conduit, Status};
use crate::personnel::model::{Account, Authorization};
use crate::remote_access::model::Grant;
use crate::reviews::model::{ReviewItem, ReviewOutcome};
use crate::vocabulary::{Moment, Reference};

/// The record a row is about, as it stands.
#[derive(Clone, Copy, Debug)]
pub enum About<'r> {
    Authorization(&'r Authorization),
    Account(&'r Account),
    Grant(&'r Grant),
    Conduit(&'r Conduit),
}

/// True when what was decided about a row has been done by a moment: what was to be removed opens nothing any more; what was
/// to be changed says something else than `stood`, the record as it stood when that was decided, or opens nothing any more.
#[must_use]
pub fn is_closed(
    item: &ReviewItem,
    outcome: ReviewOutcome,
    stood: Option<About<'_>>,
    about: About<'_>,
    at: Moment,
) -> bool {
    match outcome {
        ReviewOutcome::Keep => true,
        ReviewOutcome::Change => stood.is_some_and(|stood| differs(stood, about)) || is_removed(item, about, at),
        ReviewOutcome::Remove => is_removed(item, about, at),
    }
}

/// True when a record says something else about the access itself: its tag, its notes, who asked for it, when a way of
/// switching it off was tried and whether it was put away change nothing about what it opens and why.
fn differs(stood: About<'_>, about: About<'_>) -> bool {
    match (stood, about) {
        (About::Authorization(was), About::Authorization(is)) => of_authorization(was) != of_authorization(is),
        (About::Account(was), About::Account(is)) => of_account(was) != of_account(is),
        (About::Grant(was), About::Grant(is)) => of_grant(was) != of_grant(is),
        (About::Conduit(was), About::Conduit(is)) => of_conduit(was) != of_conduit(is),
        _ => false,
    }
}

fn of_authorization(one: &Authorization) -> Authorization {
    let (reference, notes) = (Reference::default(), String::new());
    Authorization { reference, notes, requested: None, retired_on: None, ..one.clone() }
}

fn of_account(one: &Account) -> Account {
    let (reference, notes) = (Reference::default(), String::new());
    Account { reference, notes, retired_on: None, ..one.clone() }
}

fn of_grant(one: &Grant) -> Grant {
    let (reference, notes) = (Reference::default(), String::new());
    Grant { reference, notes, requested: None, disable_tested_on: None, retired_on: None, ..one.clone() }
}

fn of_conduit(one: &Conduit) -> Conduit {
    let (reference, name, notes) = (Reference::default(), String::new(), String::new());
    Conduit { reference, name, notes, requested: None, ..one.clone() }
}

fn is_removed(item: &ReviewItem, about: About<'_>, at: Moment) -> bool {
    match about {
        About::Authorization(one) => !one.opens(at),
        About::Account(one) => !one.opens(at) || item.person.is_some_and(|person| !one.is_of(person)),
        About::Grant(one) => !one.holds_on(at),
        About::Conduit(one) => matches!(one.status(), Status::Retired | Status::Suspended | Status::Refused),
    }
}

/// The moment at which the ability ceased by the record's own word; none where only its versions tell.
#[must_use]
pub fn ceased(about: About<'_>) -> Option<Moment> {
    match about {
        About::Authorization(one) => one.removed_at,
        About::Account(one) => one.disabled_at,
        About::Grant(one) => one.ceased(),
        About::Conduit(one) => one.suspended.as_ref().map(|act| act.at),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{About, is_closed};
    use crate::conduits::model::Conduit;
    use crate::ids::{Id as _, PersonId};
    use crate::personnel::model::{Account, AccountKind, Authorization};
    use crate::register::Act;
    use crate::remote_access::model::Grant;
    use crate::reviews::model::{ReviewItem, ReviewOutcome};
    use crate::vocabulary::{Date, Moment};

    fn at(day: i64) -> Moment {
        Moment::from_micros(1_772_463_600_000_000).plus_seconds(day * 86_400)
    }

    fn item(kind: &str, person: Option<PersonId>) -> ReviewItem {
        ReviewItem {
            kind: kind.to_owned(),
            of: uuid::Uuid::nil(),
            version: 2,
            reference: "X-1".to_owned(),
            person,
            holder: String::new(),
            reaches: String::new(),
            doubt: String::new(),
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "records hold it so")]
    fn act(day: i64) -> Option<Act> {
        Some(Act { by: None, name: "Somebody".to_owned(), at: at(day), reason: String::new() })
    }

    #[test]
    fn a_removal_is_closed_by_the_record_alone() {
        let open = Authorization { provisioned_at: Some(at(0)), ..Authorization::default() };
        let removed = Authorization { removed_at: Some(at(3)), ..open.clone() };
        let row = item("authorization", None);
        let closed = |one: &Authorization, day| {
            is_closed(
                &row,
                ReviewOutcome::Remove,
                Some(About::Authorization(&open)),
                About::Authorization(one),
                at(day),
            )
        };
        let other = Authorization { need: "Another".to_owned(), ..open.clone() };
        assert!(!closed(&other, 5), "another version alone removes nothing");
        assert!(!closed(&removed, 2) && closed(&removed, 3));

        let (ada, grace) =
            (PersonId::from_uuid(uuid::Uuid::from_u128(1)), PersonId::from_uuid(uuid::Uuid::from_u128(2)));
        let shared = |people: &[PersonId]| Account {
            kind: Some(AccountKind::Shared),
            people: people.iter().copied().collect::<BTreeSet<_>>(),
            ..Account::default()
        };
        let row = item("account", Some(ada));
        let closed = |one: &Account| is_closed(&row, ReviewOutcome::Remove, None, About::Account(one), at(5));
        assert!(!closed(&shared(&[ada, grace])) && closed(&shared(&[grace])));
        assert!(closed(&Account { disabled_at: Some(at(4)), ..shared(&[ada]) }));
        // A shared account reviewed as a whole is closed by disabling it alone.
        let whole = item("account", None);
        assert!(!is_closed(&whole, ReviewOutcome::Remove, None, About::Account(&shared(&[])), at(5)));

        let grant = Grant { valid_from: Some(at(0)), valid_until: Some(at(9)), approved: act(0), ..Grant::default() };
        let row = item("grant", Some(ada));
        let closed = |one: &Grant, day| is_closed(&row, ReviewOutcome::Remove, None, About::Grant(one), at(day));
        assert!(!closed(&grant, 5) && closed(&grant, 9));
        assert!(closed(&Grant { revoked: act(2), ..grant.clone() }, 5));

        let conduit = Conduit { approved: act(0), ..Conduit::default() };
        let row = item("conduit", None);
        let closed = |one: &Conduit| is_closed(&row, ReviewOutcome::Remove, None, About::Conduit(one), at(5));
        assert!(!closed(&conduit) && !closed(&conduit.undecided()), "a proposed one may be approved again as it was");
        assert!(closed(&Conduit { suspended: act(2), ..conduit.clone() }));
        assert!(closed(&Conduit { retired_on: Some(Date::EPOCH), ..conduit.clone() }));
    }

    fn changed(kind: &str, stood: Option<About<'_>>, about: About<'_>) -> bool {
        is_closed(&item(kind, None), ReviewOutcome::Change, stood, about, at(5))
    }

    #[test]
    fn a_change_is_closed_by_what_the_record_says_since() {
        let account = Account { privileges: "administrator".to_owned(), ..Account::default() };
        let closed = |one: &Account| changed("account", Some(About::Account(&account)), About::Account(one));
        assert!(!changed("account", None, About::Account(&account)), "nothing was recorded since");
        assert!(!closed(&Account { notes: "Seen".to_owned(), retired_on: Some(Date::EPOCH), ..account.clone() }));
        assert!(closed(&Account { privileges: "operator".to_owned(), ..account.clone() }));
        assert!(closed(&Account { password_changed: vec![Date::EPOCH], ..account.clone() }));

        let one = Authorization { provisioned_at: Some(at(0)), requested: act(0), ..Authorization::default() };
        let closed = |next: &Authorization| {
            changed("authorization", Some(About::Authorization(&one)), About::Authorization(next))
        };
        assert!(!closed(&Authorization { notes: "Seen".to_owned(), requested: act(1), ..one.clone() }));
        assert!(closed(&Authorization { until: Some(Date::EPOCH), ..one.clone() }));
        assert!(closed(&Authorization { need: "Relay tests".to_owned(), ..one.clone() }));
        assert!(closed(&Authorization { approved: act(2), ..one.clone() }), "nobody had approved it");

        let grant = Grant { valid_from: Some(at(0)), valid_until: Some(at(9)), approved: act(0), ..Grant::default() };
        let closed = |next: &Grant| changed("grant", Some(About::Grant(&grant)), About::Grant(next));
        assert!(!closed(&Grant { disable_tested_on: Some(Date::EPOCH), notes: "Tried".to_owned(), ..grant.clone() }));
        assert!(closed(&Grant { mfa: Some(true), ..grant.clone() }));
        let over = Grant { valid_until: Some(at(4)), ..grant.clone() };
        assert!(changed("grant", None, About::Grant(&over)), "nothing is left to change of what ran out");

        let conduit = Conduit { approved: act(0), ..Conduit::default() };
        let closed = |next: &Conduit| changed("conduit", Some(About::Conduit(&conduit)), About::Conduit(next));
        assert!(!closed(&Conduit { name: "Another name".to_owned(), ..conduit.clone() }));
        assert!(closed(&Conduit { last_reviewed_on: Some(Date::EPOCH), ..conduit.clone() }), "it was never reviewed");
    }
}
