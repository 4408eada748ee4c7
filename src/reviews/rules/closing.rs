//! When a discrepancy is closed: by the record it is about, as that record stands now.
//!
//! Invariant: pure. Nobody types that a discrepancy is closed; access that still opens keeps it open.

use crate::conduits::model::{Conduit, Status};
use crate::personnel::model::{Account, Authorization};
use crate::remote_access::model::Grant;
use crate::reviews::model::{ReviewItem, ReviewOutcome};
use crate::vocabulary::Moment;

/// The record a row is about, as it stands.
#[derive(Clone, Copy, Debug)]
pub enum About<'r> {
    Authorization(&'r Authorization),
    Account(&'r Account),
    Grant(&'r Grant),
    Conduit(&'r Conduit),
}

/// True when what was decided about a row has been done by a moment: what was to be removed opens nothing any more, what
/// was to be changed has a later version than the one that was reviewed.
#[must_use]
pub fn is_closed(item: &ReviewItem, outcome: ReviewOutcome, version: i64, about: About<'_>, at: Moment) -> bool {
    match outcome {
        ReviewOutcome::Keep => true,
        ReviewOutcome::Change => version > item.version,
        ReviewOutcome::Remove => is_removed(item, about, at),
    }
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
        let closed = |one: &Authorization, version, day| {
            is_closed(&row, ReviewOutcome::Remove, version, About::Authorization(one), at(day))
        };
        assert!(!closed(&open, 9, 5), "another version alone removes nothing");
        assert!(!closed(&removed, 3, 2) && closed(&removed, 3, 3));

        let (ada, grace) =
            (PersonId::from_uuid(uuid::Uuid::from_u128(1)), PersonId::from_uuid(uuid::Uuid::from_u128(2)));
        let shared = |people: &[PersonId]| Account {
            kind: Some(AccountKind::Shared),
            people: people.iter().copied().collect::<BTreeSet<_>>(),
            ..Account::default()
        };
        let row = item("account", Some(ada));
        let closed = |one: &Account| is_closed(&row, ReviewOutcome::Remove, 3, About::Account(one), at(5));
        assert!(!closed(&shared(&[ada, grace])) && closed(&shared(&[grace])));
        assert!(closed(&Account { disabled_at: Some(at(4)), ..shared(&[ada]) }));
        // A shared account reviewed as a whole is closed by disabling it alone.
        let whole = item("account", None);
        assert!(!is_closed(&whole, ReviewOutcome::Remove, 3, About::Account(&shared(&[])), at(5)));

        let grant = Grant { valid_from: Some(at(0)), valid_until: Some(at(9)), approved: act(0), ..Grant::default() };
        let row = item("grant", Some(ada));
        let closed = |one: &Grant, day| is_closed(&row, ReviewOutcome::Remove, 3, About::Grant(one), at(day));
        assert!(!closed(&grant, 5) && closed(&grant, 9));
        assert!(closed(&Grant { revoked: act(2), ..grant.clone() }, 5));

        let conduit = Conduit { approved: act(0), ..Conduit::default() };
        let row = item("conduit", None);
        let closed = |one: &Conduit| is_closed(&row, ReviewOutcome::Remove, 3, About::Conduit(one), at(5));
        assert!(!closed(&conduit) && !closed(&conduit.undecided()), "a proposed one may be approved again as it was");
        assert!(closed(&Conduit { suspended: act(2), ..conduit.clone() }));
        assert!(closed(&Conduit { retired_on: Some(Date::EPOCH), ..conduit.clone() }));
    }

    #[test]
    fn a_change_is_closed_by_a_later_version() {
        let one = Account::default();
        for (version, closed) in [(2, false), (3, true)] {
            let found = is_closed(&item("account", None), ReviewOutcome::Change, version, About::Account(&one), at(1));
            assert_eq!(found, closed, "version {version}");
        }
    }
}
