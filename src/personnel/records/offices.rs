//! Who somebody who signs in is in the personnel register, and the offices they hold.
//!
//! Invariant: read at the snapshot's instant, so a decision is judged by what was recorded when it was taken.

use crate::as_of;
use crate::ids::{Id as _, PersonId, UserId};
use crate::personnel::model::{Appointment, Delegated, Person};
use crate::personnel::rules::offices;
use crate::storage::versions::VersionRow;
use crate::storage::{AsOfSql, Kept, Result, Snapshot};
use crate::vocabulary::Date;

const OF_USER: AsOfSql = as_of!(
    "SELECT " columns " FROM person_versions v WHERE v.organization_id = $1 AND " [v] " AND v.user_id = $3 ORDER BY v.id"
);
const OF_PERSON: AsOfSql = as_of!(
    "SELECT " columns " FROM appointment_versions v WHERE v.organization_id = $1 AND " [v] " AND v.person_id = $3 ORDER BY v.id"
);

/// Texts of this file that know an instant, for the test that prepares every statement.
pub const INSTANT_STATEMENTS: &[AsOfSql] = &[OF_USER, OF_PERSON];

/// The person a user is, where the personnel register says so.
pub async fn person_of(at: &mut Snapshot, user: UserId) -> Result<Option<Kept<Person>>> {
    let found = at.query(&OF_USER).bind(user).all::<VersionRow>().await?;
    found.into_iter().next().map(VersionRow::kept).transpose()
}

/// The appointments of a person, whether in force or not.
pub async fn appointments_of(at: &mut Snapshot, person: PersonId) -> Result<Vec<Kept<Appointment>>> {
    at.query(&OF_PERSON).bind(person.uuid()).all::<VersionRow>().await?.into_iter().map(VersionRow::kept).collect()
}

/// In which office a user may take a decision on a day, in words that are empty where they act by their role alone; or why they
/// may not: a delegation that ended, a person who left.
pub async fn office_of(
    at: &mut Snapshot,
    user: UserId,
    action: Delegated,
    day: Date,
) -> Result<std::result::Result<String, String>> {
    let Some(person) = person_of(at, user).await? else { return Ok(Ok(String::new())) };
    let appointments = appointments_of(at, person.id).await?;
    let held = appointments.iter().map(|kept| &kept.content);
    Ok(offices::person_may_decide(&person.content, held, action, day))
}
