//! When a discrepancy is closed: by the record it is about, as that record stands now.
//!
//! Invariant: pure. Nobody types that a discrepancy is closed; access that still opens, or that says what it said when it was
//! to be changed, keeps it open.

use crate::conduits::model::{Conduit, PermittedFlow, Status};
use crate::ids::ConduitId;
use crate::personnel::model::{Account, Authorization};
use crate::register::Act;
use crate::remote_access::model::Grant;
use crate::reviews::model::{ReviewItem, ReviewOutcome};
use crate::vocabulary::{Date, Moment, Reference};

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

/// True when a record says something else about the access itself: its tag, its notes, who asked for it, what it is shown by,
/// when it was tried, looked over or approved again, and whether it was put away change nothing about what it opens and why.
fn differs(stood: About<'_>, about: About<'_>) -> bool {
    match (stood, about) {
        (About::Authorization(was), About::Authorization(is)) => {
            of_authorization(was) != of_authorization(is) || is_new(was.approved.as_ref(), is.approved.as_ref())
        }
        (About::Account(was), About::Account(is)) => of_account(was) != of_account(is),
        (About::Grant(was), About::Grant(is)) => {
            of_grant(was) != of_grant(is) || is_new(was.approved.as_ref(), is.approved.as_ref())
        }
        (About::Conduit(was), About::Conduit(is)) => {
            of_conduit(was) != of_conduit(is) || is_new(was.approved.as_ref(), is.approved.as_ref())
        }
        _ => false,
    }
}

/// True for an approval of what nobody had approved; approving again what stood approved changes nothing.
const fn is_new(was: Option<&Act>, is: Option<&Act>) -> bool {
    was.is_none() && is.is_some()
}

fn of_authorization(one: &Authorization) -> Authorization {
    let (reference, notes) = (Reference::default(), String::new());
    let (requested, approved, approved_as, removal_proof) = (None, None, String::new(), String::new());
    Authorization { reference, notes, requested, approved, approved_as, removal_proof, retired_on: None, ..one.clone() }
}

/// Without the days on which its password was changed: who has it keeps what it opens.
fn of_account(one: &Account) -> Account {
    let (reference, notes, removal_proof) = (Reference::default(), String::new(), String::new());
    Account { reference, notes, removal_proof, password_changed: Vec::new(), retired_on: None, ..one.clone() }
}

fn of_grant(one: &Grant) -> Grant {
    let (reference, notes) = (Reference::default(), String::new());
    let (requested, approved, approved_as, removal_proof) = (None, None, String::new(), String::new());
    Grant {
        reference,
        notes,
        requested,
        approved,
        approved_as,
        removal_proof,
        disable_tested_on: None,
        retired_on: None,
        ..one.clone()
    }
}

fn of_conduit(one: &Conduit) -> Conduit {
    let (reference, name, notes) = (Reference::default(), String::new(), String::new());
    Conduit { reference, name, notes, ..one.undecided() }
}

/// Since when a permitted flow lets something else through a conduit than it did at a moment, by its versions and when
/// they were recorded, the newest first: it is permitted anew, says something else, or permits nothing any more.
#[must_use]
pub fn changed_since(conduit: ConduitId, decided: Moment, versions: &[(Moment, &PermittedFlow)]) -> Option<Moment> {
    let before = |(recorded, _): &&(Moment, &PermittedFlow)| *recorded <= decided;
    let stood = versions.iter().find(before).filter(|(_, flow)| is_approved(flow));
    let stood = stood.and_then(|(_, flow)| says(conduit, flow));
    let changed = |(_, flow): &&(Moment, &PermittedFlow)| match (&stood, says(conduit, flow)) {
        (None, now) => now.is_some() && is_approved(flow),
        (stood, now) => now != *stood,
    };
    versions.iter().take_while(|one| !before(one) && changed(one)).last().map(|(recorded, _)| *recorded)
}

fn is_approved(flow: &PermittedFlow) -> bool {
    // No day is before the first: that it ran out is no act.
    flow.status(Date::EPOCH) == Status::Active
}

/// What a flow says of what goes through a conduit, asked for or approved; none where it goes through another or is over.
fn says(conduit: ConduitId, flow: &PermittedFlow) -> Option<PermittedFlow> {
    let is_over = matches!(flow.status(Date::EPOCH), Status::Retired | Status::Refused);
    let (reference, notes) = (Reference::default(), String::new());
    (flow.conduit == Some(conduit) && !is_over).then(|| PermittedFlow { reference, notes, ..flow.undecided() })
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

    use super::{About, changed_since, is_closed};
    use crate::conduits::model::{Conduit, PermittedFlow};
    use crate::ids::{ConduitId, Id as _, PersonId};
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
        let rotated = Account { password_changed: vec![Date::EPOCH], ..account.clone() };
        assert!(!closed(&rotated), "a new password leaves the privileges as they were");

        let one = Authorization { provisioned_at: Some(at(0)), requested: act(0), ..Authorization::default() };
        let closed = |next: &Authorization| {
            changed("authorization", Some(About::Authorization(&one)), About::Authorization(next))
        };
        assert!(!closed(&Authorization { notes: "Seen".to_owned(), requested: act(1), ..one.clone() }));
        assert!(closed(&Authorization { until: Some(Date::EPOCH), ..one.clone() }));
        assert!(closed(&Authorization { need: "Relay tests".to_owned(), ..one.clone() }));
        assert!(closed(&Authorization { approved: act(2), ..one.clone() }), "nobody had approved it");
        let approved = Authorization { approved: act(0), ..one.clone() };
        let again = Authorization { approved: act(2), approved_as: "Delegate".to_owned(), ..one.clone() };
        let stood = Some(About::Authorization(&approved));
        assert!(!changed("authorization", stood, About::Authorization(&again)), "approved again as it was");

        let grant = Grant { valid_from: Some(at(0)), valid_until: Some(at(9)), approved: act(0), ..Grant::default() };
        let closed = |next: &Grant| changed("grant", Some(About::Grant(&grant)), About::Grant(next));
        assert!(!closed(&Grant { disable_tested_on: Some(Date::EPOCH), notes: "Tried".to_owned(), ..grant.clone() }));
        assert!(closed(&Grant { mfa: Some(true), ..grant.clone() }));
        let over = Grant { valid_until: Some(at(4)), ..grant.clone() };
        assert!(changed("grant", None, About::Grant(&over)), "nothing is left to change of what ran out");

        let conduit = Conduit { approved: act(0), ..Conduit::default() };
        let closed = |next: &Conduit| changed("conduit", Some(About::Conduit(&conduit)), About::Conduit(next));
        assert!(!closed(&Conduit { name: "Another name".to_owned(), ..conduit.clone() }));
        let day = Some(Date::EPOCH);
        assert!(
            !closed(&Conduit { last_reviewed_on: day, review_due: day, ..conduit.clone() }),
            "looked over, no more"
        );
        assert!(!closed(&conduit.undecided()) && !closed(&Conduit { approved: act(3), ..conduit.clone() }));
        assert!(closed(&Conduit { justification: "Polling alone".to_owned(), ..conduit.clone() }));
    }

    #[test]
    fn what_a_conduit_permits_is_changed_by_its_permitted_flows() {
        let conduit = ConduitId::from_uuid(uuid::Uuid::from_u128(7));
        let flow = PermittedFlow { conduit: Some(conduit), requested: act(0), approved: act(1), ..Default::default() };
        let since = |later: &[(i64, PermittedFlow)]| {
            let mut versions = vec![(at(1), &flow)];
            versions.extend(later.iter().map(|(day, next)| (at(*day), next)));
            versions.reverse();
            changed_since(conduit, at(2), &versions)
        };
        let asked = |flow: &PermittedFlow| PermittedFlow { requested: act(3), ..flow.undecided() };
        let retired = PermittedFlow { retired_on: Some(Date::EPOCH), ..flow.clone() };
        let narrowed = PermittedFlow { protocol: "dnp3".to_owned(), ..flow.clone() };
        assert_eq!(since(&[]), None);
        assert_eq!(since(&[(3, PermittedFlow { notes: "Seen".to_owned(), ..flow.clone() })]), None);
        assert_eq!(since(&[(3, retired.clone())]), Some(at(3)), "removed");
        assert_eq!(since(&[(3, asked(&narrowed)), (4, narrowed.clone())]), Some(at(3)));
        assert_eq!(since(&[(3, asked(&flow)), (4, PermittedFlow { approved: act(4), ..flow.clone() })]), None);
        assert_eq!(since(&[(3, narrowed), (4, flow.clone())]), None, "it is as it was");
        let elsewhere = PermittedFlow { conduit: Some(ConduitId::from_uuid(uuid::Uuid::nil())), ..flow.clone() };
        assert_eq!(since(&[(3, elsewhere), (4, retired)]), Some(at(3)));
        // One that came later changes what is permitted once it is approved.
        let later = |days: &[(i64, PermittedFlow)]| {
            let versions: Vec<_> = days.iter().rev().map(|(day, next)| (at(*day), next)).collect();
            changed_since(conduit, at(2), &versions)
        };
        assert_eq!(later(&[(3, asked(&flow))]), None);
        assert_eq!(later(&[(3, asked(&flow)), (5, flow.clone())]), Some(at(5)));
    }
}
