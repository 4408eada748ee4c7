//! How terminations and transfers are kept, and what stands behind the abilities they end.
//!
//! Invariant: an ability is read at the snapshot's instant; its removal is never kept twice.

pub mod abilities;
pub mod clocks;
pub mod departures;
mod leaving;
mod weighing;

use crate::departures::model::Departure;
use crate::ids::{Id as _, PersonId};
use crate::storage::versions::VersionRow;
use crate::storage::{AsOfSql, Audited as _, Kept, OrgSql, Result, Snapshot};

/// Every text of the folder about all instants, for the test that prepares them.
pub const STATEMENTS: &[OrgSql] = &[abilities::ACCOUNTS_SINCE];
/// The same, of those that know an instant.
pub const INSTANT_STATEMENTS: &[AsOfSql] = &[abilities::ACCOUNTS];

/// The departures of these people that were not withdrawn, by the moment of the action.
pub async fn of_people(at: &mut Snapshot, people: &[PersonId]) -> Result<Vec<Kept<Departure>>> {
    let mut found = Vec::new();
    for some in people.chunks(500) {
        let numbers: Vec<String> = (3..some.len() + 3).map(|number| format!("${number}")).collect();
        let rest = format!(" AND v.person_id IN ({}) AND NOT v.retired ORDER BY v.action_at, v.id", numbers.join(", "));
        let mut statement = at.projected(&Departure::TABLE, crate::version_columns!(), &rest);
        for person in some {
            statement = statement.bind(person.uuid());
        }
        for row in statement.all::<VersionRow>().await? {
            found.push(row.kept()?);
        }
    }
    Ok(found)
}

/// Every departure that was not withdrawn, by the moment of the action.
pub async fn standing(at: &mut Snapshot) -> Result<Vec<Kept<Departure>>> {
    let rest = " AND NOT v.retired ORDER BY v.action_at, v.id";
    let rows = at.projected(&Departure::TABLE, crate::version_columns!(), rest).all::<VersionRow>().await?;
    rows.into_iter().map(VersionRow::kept).collect()
}
