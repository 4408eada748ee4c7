//! The rows that belong to personnel records: the names people sign in by, the systems of an authorization, the people of an
//! account.
//!
//! Invariant: a row is open exactly while the record says so; closing comes before opening, so a name may move within a change.

use std::collections::BTreeSet;

use crate::ids::{AccountId, AuthorizationId, Id, PersonId};
use crate::personnel::model::{Account, Authorization, Person};
use crate::storage::pending::Shape;
use crate::storage::{Cell, Change, OrgSql, Result, Table};
use crate::vocabulary::Moment;

/// The names people sign in by, to be read by name; rows of no kind of their own.
pub(super) const LOGINS: Table =
    Table { kind: "person_login", identity: "people", versions: "person_logins", columns: &[] };

const OF_PERSON: Shape =
    Shape::new("person_logins", &["organization_id", "person_id", "login", "recorded_from", "recorded_until"]);
const OF_AUTHORIZATION: Shape = Shape::new(
    "authorization_systems",
    &["organization_id", "authorization_id", "system_id", "recorded_from", "recorded_until"],
);
const OF_ACCOUNT: Shape =
    Shape::new("account_people", &["organization_id", "account_id", "person_id", "recorded_from", "recorded_until"]);

const CLOSE_LOGIN: OrgSql = OrgSql::new(
    "UPDATE person_logins SET recorded_until = $4 WHERE organization_id = $1 AND person_id = $2 AND login = $3 \
     AND recorded_until = 9000000000000000",
);
const CLOSE_SYSTEM: OrgSql = OrgSql::new(
    "UPDATE authorization_systems SET recorded_until = $4 WHERE organization_id = $1 AND authorization_id = $2 AND system_id = $3 \
     AND recorded_until = 9000000000000000",
);
const CLOSE_PERSON: OrgSql = OrgSql::new(
    "UPDATE account_people SET recorded_until = $4 WHERE organization_id = $1 AND account_id = $2 AND person_id = $3 \
     AND recorded_until = 9000000000000000",
);

/// Texts of this file, for the test that prepares every statement.
pub const STATEMENTS: &[OrgSql] = &[CLOSE_LOGIN, CLOSE_SYSTEM, CLOSE_PERSON];

pub(super) async fn logins(change: &mut Change, id: PersonId, before: Option<&Person>, after: &Person) -> Result<()> {
    let of = |person: &Person| -> BTreeSet<String> { person.logins.iter().cloned().collect() };
    let (old, new) = (before.map(of).unwrap_or_default(), of(after));
    let moment = change.moment();
    for gone in old.difference(&new) {
        let at = change.reading().await?;
        at.plain(&CLOSE_LOGIN).bind(id.uuid()).bind(gone.clone()).bind(moment).run().await?;
    }
    for come in new.difference(&old) {
        let row = row(change, id, Cell::text(come));
        change.push(OF_PERSON, row).await?;
    }
    Ok(())
}

pub(super) async fn systems(
    change: &mut Change,
    id: AuthorizationId,
    before: Option<&Authorization>,
    after: &Authorization,
) -> Result<()> {
    let none = BTreeSet::new();
    let old = before.map_or(&none, |before| &before.systems);
    linked(change, (OF_AUTHORIZATION, &CLOSE_SYSTEM), id, old, &after.systems).await
}

pub(super) async fn people(
    change: &mut Change,
    id: AccountId,
    before: Option<&Account>,
    after: &Account,
) -> Result<()> {
    let none = BTreeSet::new();
    let old = before.map_or(&none, |before| &before.people);
    linked(change, (OF_ACCOUNT, &CLOSE_PERSON), id, old, &after.people).await
}

async fn linked<I: Id, L: Id + Ord>(
    change: &mut Change,
    (shape, close): (Shape, &OrgSql),
    id: I,
    old: &BTreeSet<L>,
    new: &BTreeSet<L>,
) -> Result<()> {
    let moment = change.moment();
    for gone in old.difference(new) {
        let at = change.reading().await?;
        at.plain(close).bind(id.uuid()).bind(gone.uuid()).bind(moment).run().await?;
    }
    for come in new.difference(old) {
        let row = row(change, id, Cell::id(Some(*come)));
        change.push(shape, row).await?;
    }
    Ok(())
}

fn row<I: Id>(change: &Change, id: I, linked: Cell) -> Vec<Cell> {
    let (from, until) = (Cell::moment(change.moment()), Cell::moment(Moment::OPEN));
    vec![Cell::Id(Some(change.organization().uuid())), Cell::id(Some(id)), linked, from, until]
}
