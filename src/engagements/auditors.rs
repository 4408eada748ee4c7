//! An auditor's access: who may look at one engagement's packages, from which day to which.
//!
//! Invariant: pure. An access is for one engagement and one person, ends on a day, and stops at once when it is revoked.

use serde::{Deserialize, Serialize};

use crate::ids::EngagementId;
use crate::register::Member;
use crate::vocabulary::{Date, Moment};

/// Most days an access may last: a year, the longest an audit is likely to take.
pub const MOST_DAYS: i64 = 366;

/// That an access was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    pub by: String,
    pub at: Moment,
    pub reason: String,
}

/// An auditor's access to one engagement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditorAccess {
    pub engagement: EngagementId,
    pub who: Member,
    /// The person's name when the access was given.
    pub name: String,
    pub from: Date,
    pub until: Date,
    /// The name of who gave it.
    pub granted_by: String,
    pub revoked: Option<Revocation>,
}

crate::words! {
    /// Where an access stands on a day.
    AccessStanding {
        Coming = "coming", "Not yet open";
        Open = "open", "Open";
        Ended = "ended", "Ended";
        Revoked = "revoked", "Revoked";
    }
}

impl AuditorAccess {
    /// Where it stands on a day of the organization's calendar.
    #[must_use]
    pub fn standing(&self, on: Date) -> AccessStanding {
        if self.revoked.is_some() {
            AccessStanding::Revoked
        } else if on < self.from {
            AccessStanding::Coming
        } else if on > self.until {
            AccessStanding::Ended
        } else {
            AccessStanding::Open
        }
    }

    /// Checks the days of a new access; the error names the field and says what would be right.
    pub fn check_days(from: Date, until: Date, today: Date) -> Result<(), (&'static str, String)> {
        if until < from {
            Err(("until", format!("before it begins on {from}")))
        } else if until < today {
            Err(("until", format!("already past; today is {today}")))
        } else if until.days_since(from) > MOST_DAYS {
            Err((
                "until",
                format!("more than {MOST_DAYS} days after it begins; give a shorter time and extend it when needed"),
            ))
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AccessStanding, AuditorAccess, Revocation};
    use crate::ids::{EngagementId, Id, UserId};
    use crate::register::Member;
    use crate::vocabulary::{Date, Moment};

    #[test]
    fn a_window_opens_and_closes() {
        let date = |text| Date::parse(text).expect("a date");
        let who = Member { user: UserId::from_uuid(uuid::Uuid::nil()), login: "t.abara".to_owned() };
        let mut access = AuditorAccess {
            engagement: EngagementId::from_uuid(uuid::Uuid::nil()),
            who,
            name: "Tobi Abara".to_owned(),
            from: date("2026-11-20"),
            until: date("2026-12-04"),
            granted_by: "Somebody".to_owned(),
            revoked: None,
        };
        for (on, expected) in [
            ("2026-11-19", AccessStanding::Coming),
            ("2026-11-20", AccessStanding::Open),
            ("2026-12-04", AccessStanding::Open),
            ("2026-12-05", AccessStanding::Ended),
        ] {
            assert_eq!(access.standing(date(on)), expected, "{on}");
        }
        access.revoked = Some(Revocation { by: "X".to_owned(), at: Moment::ZERO, reason: "over".to_owned() });
        assert_eq!(access.standing(date("2026-11-25")), AccessStanding::Revoked);
        let check = |from, until| AuditorAccess::check_days(date(from), date(until), date("2026-11-26"));
        assert!(check("2026-11-26", "2026-11-26").is_ok());
        assert!(check("2026-11-27", "2026-11-26").is_err());
        assert!(check("2026-11-01", "2026-11-25").is_err());
        assert!(check("2026-11-26", "2028-01-01").is_err());
    }
}
