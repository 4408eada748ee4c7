//! The records behind abilities: what a person holds or held, and when each ceased.
//!
//! Invariant: an account counts as the person's when it was theirs at any recorded moment since the one that is asked for, so
//! that whoever is taken off a shared account before the departure is recorded still starts its clock.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::as_of;
use crate::assets::Asset;
use crate::departures::model::{Ability, AbilityKind};
use crate::departures::rules::Removal;
use crate::departures::rules::held::{self, Names};
use crate::ids::{Id as _, PersonId};
use crate::personnel::{Account, Authorization};
use crate::register::{Lookup, records};
use crate::remote_access::Grant;
use crate::sites::Site;
use crate::storage::versions::VersionRow;
use crate::storage::{AsOfSql, Audited, Kept, OrgSql, Result, Snapshot};
use crate::systems::System;
use crate::vocabulary::Moment;

pub(super) const ACCOUNTS_SINCE: OrgSql = OrgSql::new(
    "SELECT l.account_id AS id, CAST(1 AS BIGINT) AS used FROM account_people l WHERE l.organization_id = $1 AND l.person_id = $2 AND l.recorded_until > $3 \
     UNION SELECT v.id, CAST(0 AS BIGINT) AS used FROM account_versions v WHERE v.organization_id = $1 AND v.owner_id = $2 AND v.recorded_until > $3",
);
pub(super) const ACCOUNTS: AsOfSql = as_of!(
    "SELECT l.account_id AS id FROM account_people l WHERE l.organization_id = $1 AND " [l] " AND l.person_id = $3 \
     UNION SELECT v.id FROM account_versions v WHERE v.organization_id = $1 AND " [v] " AND v.owner_id = $3"
);

/// What stands behind a person's abilities.
#[derive(Default)]
pub struct Holdings {
    pub authorizations: Vec<Kept<Authorization>>,
    pub grants: Vec<Kept<Grant>>,
    pub accounts: Vec<Kept<Account>>,
    /// References of what they reach.
    pub names: Names,
}

/// The abilities of a person at a moment.
pub async fn held_by(at: &mut Snapshot, person: PersonId, moment: Moment) -> Result<Vec<Ability>> {
    let accounts = accounts_since(at, person, moment).await?;
    let holdings = gathered(at, person, accounts).await?;
    let names = &holdings.names;
    let by_authorization =
        holdings.authorizations.iter().filter_map(|kept| held::by_authorization(kept.id, kept, moment, names));
    let by_grant = holdings.grants.iter().filter_map(|kept| held::by_grant(kept.id, kept, moment, names));
    let by_account = holdings.accounts.iter().filter_map(|kept| held::by_account(kept.id, kept, moment, names));
    Ok(by_authorization.chain(by_grant).chain(by_account).collect())
}

/// What a person holds as recorded at the snapshot's instant, whether it is open or has ended.
pub async fn holdings(at: &mut Snapshot, person: PersonId) -> Result<Holdings> {
    let ids: Vec<(Uuid,)> = at.query(&ACCOUNTS).bind(person.uuid()).all().await?;
    let ids: Vec<Uuid> = ids.into_iter().map(|(id,)| id).collect();
    let mut accounts = records::by_ids::<Account>(at, &ids).await?;
    accounts.retain(|kept| kept.content.is_of(person));
    accounts.sort_by_key(|kept| kept.id);
    gathered(at, person, accounts).await
}

/// Accounts a person owned alone or might use at some recorded moment since this one.
async fn accounts_since(at: &mut Snapshot, person: PersonId, since: Moment) -> Result<Vec<Kept<Account>>> {
    let rows: Vec<(Uuid, i64)> = at.plain(&ACCOUNTS_SINCE).bind(person.uuid()).bind(since).all().await?;
    let used: BTreeSet<Uuid> = rows.iter().filter(|(_, used)| *used == 1).map(|(id, _)| *id).collect();
    let ids: BTreeSet<Uuid> = rows.into_iter().map(|(id, _)| id).collect();
    let mut accounts = records_of::<Account>(at, &ids).await?;
    // Who answers for a shared account need not know its password.
    accounts.retain(|kept| used.contains(&kept.id.uuid()) || !kept.content.is_shared());
    accounts.sort_by_key(|kept| kept.id);
    Ok(accounts)
}

async fn gathered(at: &mut Snapshot, person: PersonId, accounts: Vec<Kept<Account>>) -> Result<Holdings> {
    let authorizations = of_person::<Authorization>(at, person).await?;
    let grants = of_person::<Grant>(at, person).await?;
    let mut holdings = Holdings { authorizations, grants, accounts, names: Names::new() };
    holdings.names = names(at, &holdings).await?;
    Ok(holdings)
}

async fn of_person<K: Audited>(at: &mut Snapshot, person: PersonId) -> Result<Vec<Kept<K>>> {
    let rest = " AND v.person_id = $3 ORDER BY v.reference_key, v.id";
    let statement = at.projected(&K::TABLE, crate::version_columns!(), rest).bind(person.uuid());
    statement.all::<VersionRow>().await?.into_iter().map(VersionRow::kept).collect()
}

/// The references of what these reach and come through.
pub async fn names(at: &mut Snapshot, holdings: &Holdings) -> Result<Names> {
    let (mut assets, mut systems, mut sites) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for one in holdings.authorizations.iter().map(|kept| &kept.content) {
        systems.extend(one.systems.iter().map(|id| id.uuid()));
        sites.extend(one.sites.iter().map(|id| id.uuid()));
    }
    for one in holdings.grants.iter().map(|kept| &kept.content) {
        assets.extend(one.targets.iter().chain(&one.via).map(|id| id.uuid()));
        systems.extend(one.systems.iter().map(|id| id.uuid()));
    }
    for one in holdings.accounts.iter().map(|kept| &kept.content) {
        assets.extend(one.asset.iter().map(|id| id.uuid()));
        systems.extend(one.system.iter().map(|id| id.uuid()));
    }
    let mut lookup = Lookup::default();
    let wanted = [(&Asset::TABLE, &assets), (&System::TABLE, &systems), (&Site::TABLE, &sites)];
    for (table, ids) in wanted {
        let ids: Vec<Uuid> = ids.iter().copied().collect();
        records::look_up_ids(at, table, &ids, &mut lookup).await?;
    }
    let all = assets.into_iter().chain(systems).chain(sites);
    Ok(all
        .map(|id| (id, lookup.reference(crate::ids::AssetId::from_uuid(id))))
        .filter(|(_, name)| !name.is_empty())
        .collect())
}

/// What the record of an ability says of its end, and where that record stands.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The kind of the record: `authorization`, `grant`, `account`.
    pub kind: &'static str,
    pub removal: Removal,
}

/// By record, what it says of the end of an ability.
pub type Removals = BTreeMap<Uuid, Found>;

/// What the records of these abilities say of their ends; each record is read once, however many abilities it stands behind.
pub async fn removals(at: &mut Snapshot, abilities: impl Iterator<Item = &Ability>) -> Result<Removals> {
    let (mut accounts, mut authorizations, mut grants) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for ability in abilities {
        let _ = match ability.kind {
            AbilityKind::Account | AbilityKind::SharedAccount => accounts.insert(ability.of),
            AbilityKind::InteractiveRemote => grants.insert(ability.of),
            // Electronic access is an authorization, or a grant from system to system where it is none.
            AbilityKind::Electronic | AbilityKind::UnescortedPhysical | AbilityKind::Bcsi => {
                authorizations.insert(ability.of)
            }
        };
    }
    let mut found = Removals::new();
    for kept in records_of::<Account>(at, &accounts).await? {
        found.insert(kept.id.uuid(), Found { kind: "account", removal: Removal::of_account(&kept) });
    }
    for kept in records_of::<Authorization>(at, &authorizations).await? {
        found.insert(kept.id.uuid(), Found { kind: "authorization", removal: Removal::of_authorization(&kept) });
    }
    grants.extend(authorizations.into_iter().filter(|id| !found.contains_key(id)));
    for kept in records_of::<Grant>(at, &grants).await? {
        found.insert(kept.id.uuid(), Found { kind: "grant", removal: Removal::of_grant(&kept) });
    }
    Ok(found)
}

async fn records_of<K: Audited>(at: &mut Snapshot, ids: &BTreeSet<Uuid>) -> Result<Vec<Kept<K>>> {
    records::by_ids::<K>(at, &ids.iter().copied().collect::<Vec<_>>()).await
}
