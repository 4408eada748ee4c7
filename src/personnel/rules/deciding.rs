//! Which step may be taken with an authorization, a circumstance and an account.
//!
//! Invariant: pure. Nobody decides about what they asked for or would use (separation of duties, SP 800-53 AC-5); what is over
//! is not decided about again.

use super::access::When;
use crate::ids::UserId;
use crate::personnel::model::{Account, Authorization, AuthorizationStatus, Circumstance, CircumstanceStatus, Person};
use crate::register::Act;
use crate::vocabulary::{Date, Moment};

/// Why a step is not taken, in words.
pub type Refusal = String;

/// True when this person did it.
fn is_by(act: Option<&Act>, by: UserId) -> bool {
    act.and_then(|act| act.by.as_ref()).is_some_and(|member| member.user == by)
}

/// Why this person may not decide about the access that was asked for, and that somebody would hold.
#[must_use]
pub fn own(requested: Option<&Act>, holder: Option<&Person>, by: UserId) -> Option<&'static str> {
    let is_holder = holder.and_then(|person| person.user.as_ref()).is_some_and(|member| member.user == by);
    match requested {
        None => Some("Nobody is recorded as having asked for it; edit it, and it is asked for anew."),
        Some(act) if is_by(Some(act), by) => {
            Some("You asked for it as it stands; another person has to decide about it.")
        }
        Some(_) => is_holder.then_some("It is for you; another person has to decide about it."),
    }
}

/// True while access may be there before it is approved (CIP-004-7 R4.1, R6.1).
fn is_excepted(circumstance: Option<&Circumstance>, at: Moment) -> bool {
    circumstance.is_some_and(|circumstance| circumstance.lasts(at))
}

/// Why this person may not approve the authorization, whatever the rules of access say.
#[must_use]
pub fn refuses_approval(
    authorization: &Authorization,
    holder: Option<&Person>,
    by: UserId,
    on: Date,
) -> Option<Refusal> {
    let itself = match authorization.status(on) {
        _ if authorization.retired_on.is_some() => Some("It is retired; there is nothing to approve."),
        AuthorizationStatus::Removed => Some("The access was removed; ask for it anew."),
        AuthorizationStatus::Refused => Some("It was refused; edit it, and it is asked for anew."),
        _ if authorization.approved.is_some() => Some("It is approved as it stands."),
        _ => own(authorization.requested.as_ref(), holder, by),
    };
    if let Some(said) = itself {
        return Some(said.to_owned());
    }
    let over = authorization.until.filter(|last| *last < on)?;
    Some(format!("It would hold until {over}, which is over; give it a later day."))
}

/// Why this person may not refuse the authorization.
#[must_use]
pub fn refuses_refusal(authorization: &Authorization, holder: Option<&Person>, by: UserId) -> Option<&'static str> {
    if authorization.retired_on.is_some() {
        Some("It is retired; there is nothing to refuse.")
    } else if authorization.refused.is_some() {
        Some("It was refused before.")
    } else if authorization.provisioned_at.is_some() {
        Some("The access is there or was; record its removal.")
    } else if authorization.approved.is_some() {
        Some("It is approved; retire it, or edit it so that it is asked for anew.")
    } else {
        own(authorization.requested.as_ref(), holder, by)
    }
}

/// Why the access cannot be recorded as provisioned at a moment on a day. While the exceptional circumstance it names lasts,
/// it is provisioned first and approved afterwards.
#[must_use]
pub fn refuses_provisioning(
    authorization: &Authorization,
    circumstance: Option<&Circumstance>,
    (at, on): When,
) -> Option<Refusal> {
    let said = if authorization.retired_on.is_some() {
        "It is retired.".to_owned()
    } else if authorization.removed_at.is_some() {
        "The access was removed; ask for it anew.".to_owned()
    } else if authorization.provisioned_at.is_some() {
        "It is provisioned already.".to_owned()
    } else if authorization.refused.is_some() {
        "It was refused.".to_owned()
    } else if authorization.approved.is_none() && !is_excepted(circumstance, at) {
        "It is not approved; access is provisioned only after it was authorized (CIP-004-7 R4.1, R6.1).".to_owned()
    } else {
        let over = authorization.until.filter(|last| *last < on)?;
        format!("It held until {over}.")
    };
    Some(said)
}

/// Why the removal of the access cannot be recorded at a moment.
#[must_use]
pub fn refuses_removal(authorization: &Authorization, at: Option<Moment>) -> Option<&'static str> {
    if authorization.removed_at.is_some() {
        return Some("It is removed already.");
    }
    let Some(from) = authorization.provisioned_at else {
        return Some("It was never provisioned, so there is nothing to remove; retire it.");
    };
    at.filter(|at| *at < from).map(|_| "Removed before it was provisioned; check the moment.")
}

/// What about a provisioned authorization does not keep the order the standard asks for: it is recorded as it was, and said.
#[must_use]
pub fn disorder(authorization: &Authorization, circumstance: Option<&Circumstance>) -> Option<&'static str> {
    let from = authorization.provisioned_at?;
    match &authorization.approved {
        None if is_excepted(circumstance, from) => {
            Some("Provisioned under an exceptional circumstance, and to be approved or removed now that it can be.")
        }
        Some(_) if is_excepted(circumstance, from) => None,
        None => Some("Provisioned, and not approved as it stands (CIP-004-7 R4.1, R6.1)."),
        Some(act) if from < act.at => Some("Provisioned before it was approved (CIP-004-7 R4.1, R6.1)."),
        Some(_) => None,
    }
}

/// Why the end of a circumstance cannot be recorded at a moment.
#[must_use]
pub fn refuses_end(circumstance: &Circumstance, at: Option<Moment>) -> Option<&'static str> {
    match circumstance.status() {
        _ if circumstance.retired_on.is_some() => Some("It is retired."),
        CircumstanceStatus::Ended | CircumstanceStatus::Reviewed => Some("It has ended already."),
        CircumstanceStatus::Declared if at.is_some_and(|at| circumstance.declared_at.is_none_or(|from| at <= from)) => {
            Some("Ended before it was declared; check the moment.")
        }
        CircumstanceStatus::Declared => None,
    }
}

/// Why this person may not review the circumstance.
#[must_use]
pub fn refuses_review(circumstance: &Circumstance, by: UserId) -> Option<&'static str> {
    match circumstance.status() {
        _ if circumstance.retired_on.is_some() => Some("It is retired."),
        CircumstanceStatus::Declared => Some("It lasts; it is looked back on when it has ended."),
        CircumstanceStatus::Reviewed => Some("It was reviewed already."),
        CircumstanceStatus::Ended if is_by(circumstance.declared.as_ref(), by) => {
            Some("You declared it; another person has to look back on it.")
        }
        CircumstanceStatus::Ended => None,
    }
}

/// Why a password change of a day cannot be recorded.
#[must_use]
pub fn refuses_password_change(account: &Account, on: Option<Date>) -> Option<Refusal> {
    if account.retired_on.is_some() {
        return Some("It is retired.".to_owned());
    }
    let on = on.filter(|on| account.password_changed.contains(on))?;
    Some(format!("The change of {on} is recorded already."))
}

/// Why it cannot be recorded that the account lets nobody in.
#[must_use]
pub fn refuses_disabling(account: &Account) -> Option<&'static str> {
    account.disabled_at.is_some().then_some("It is disabled already.")
}

#[cfg(test)]
mod tests {
    use super::{
        disorder, refuses_approval, refuses_end, refuses_provisioning, refuses_refusal, refuses_removal, refuses_review,
    };
    use crate::ids::{Id as _, UserId};
    use crate::personnel::model::{Authorization, Circumstance, Person};
    use crate::register::{Act, Member};
    use crate::vocabulary::{Date, Moment};

    fn user(number: u128) -> UserId {
        UserId::from_uuid(uuid::Uuid::from_u128(number))
    }

    fn act(number: u128, at: &str) -> Act {
        let by = Some(Member { user: user(number), login: "a.b".to_owned() });
        Act { by, name: "A B".to_owned(), at: moment(at), reason: String::new() }
    }

    fn moment(text: &str) -> Moment {
        Moment::parse(text).expect("a moment")
    }

    const NOON: &str = "2026-03-02T12:00:00Z";

    #[test]
    fn one_asks_and_another_decides() {
        let on = Date::parse("2026-03-02").expect("a date");
        let asked = Authorization { requested: Some(act(1, NOON)), ..Authorization::default() };
        let said =
            |authorization: &Authorization, by| refuses_approval(authorization, None, user(by), on).unwrap_or_default();
        assert_eq!(said(&asked, 2), "");
        assert!(said(&asked, 1).contains("another person"));
        assert!(said(&Authorization::default(), 2).contains("Nobody is recorded"));
        let until = Some(on.plus_days(-1));
        assert!(said(&Authorization { until, ..asked.clone() }, 2).contains("which is over"));
        let approved = Authorization { approved: Some(act(2, NOON)), ..asked.clone() };
        assert!(said(&approved, 3).contains("approved as it stands"));
        let when = (moment(NOON), on);
        assert!(refuses_provisioning(&asked, None, when).is_some_and(|said| said.contains("not approved")));
        assert_eq!(refuses_provisioning(&approved, None, when), None);
        let there = Authorization { provisioned_at: Some(moment(NOON)), ..approved };
        assert_eq!(disorder(&there, None), None);
        assert!(refuses_removal(&there, Some(moment("2026-03-02T11:59:59Z"))).is_some());
        assert_eq!(refuses_removal(&there, Some(moment(NOON))), None);
        let early = Authorization { provisioned_at: Some(moment("2026-03-02T11:00:00Z")), ..there };
        assert!(disorder(&early, None).is_some_and(|said| said.contains("before it was approved")));
    }

    #[test]
    fn nobody_decides_about_their_own_access() {
        let on = Date::parse("2026-03-02").expect("a date");
        let asked = Authorization { requested: Some(act(1, NOON)), ..Authorization::default() };
        let member = Member { user: user(3), login: "c.d".to_owned() };
        let holder = Person { user: Some(member), ..Person::default() };
        assert!(
            refuses_approval(&asked, Some(&holder), user(3), on).is_some_and(|said| said.contains("It is for you"))
        );
        assert!(refuses_refusal(&asked, Some(&holder), user(3)).is_some_and(|said| said.contains("It is for you")));
        assert_eq!(refuses_approval(&asked, Some(&holder), user(2), on), None);
    }

    #[test]
    fn a_circumstance_lets_access_come_before_its_approval() {
        let on = Date::parse("2026-03-02").expect("a date");
        let storm = Circumstance {
            declared_at: Some(moment("2026-03-02T11:00:00Z")),
            ended_at: Some(moment("2026-03-02T13:00:00Z")),
            ..Circumstance::default()
        };
        let asked = Authorization { requested: Some(act(1, NOON)), ..Authorization::default() };
        for (at, permitted) in [("10:59:59", false), ("11:00:00", true), ("12:59:59", true), ("13:00:00", false)] {
            let when = (moment(&format!("2026-03-02T{at}Z")), on);
            assert_eq!(refuses_provisioning(&asked, Some(&storm), when).is_none(), permitted, "{at}");
        }
        let there = Authorization { provisioned_at: Some(moment(NOON)), ..asked };
        assert!(disorder(&there, Some(&storm)).is_some_and(|said| said.contains("to be approved or removed")));
        let approved = Authorization { approved: Some(act(2, "2026-03-02T14:00:00Z")), ..there };
        assert_eq!(disorder(&approved, Some(&storm)), None);
    }

    #[test]
    fn a_circumstance_is_looked_back_on_by_another_person() {
        let declared =
            Circumstance { declared: Some(act(1, NOON)), declared_at: Some(moment(NOON)), ..Circumstance::default() };
        assert!(refuses_review(&declared, user(2)).is_some_and(|said| said.contains("It lasts")));
        assert!(refuses_end(&declared, Some(moment(NOON))).is_some_and(|said| said.contains("before it was declared")));
        let ended = Circumstance { ended_at: Some(moment("2026-03-03T12:00:00Z")), ..declared };
        assert!(refuses_review(&ended, user(1)).is_some_and(|said| said.contains("another person")));
        assert_eq!(refuses_review(&ended, user(2)), None);
        assert!(refuses_end(&ended, None).is_some());
    }
}
