//! Which abilities somebody held at a moment.
//!
//! Invariant: pure. An ability is held while its record says that it opened and had not ended; what was approved and had not
//! begun is held too, because it would open by itself.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::departures::model::{Ability, AbilityKind};
use crate::ids::{AccountId, AuthorizationId, GrantId, Id};
use crate::personnel::model::AuthorizationKind;
use crate::personnel::{Account, Authorization};
use crate::remote_access::Grant;
use crate::remote_access::model::GrantKind;
use crate::vocabulary::Moment;

/// References by id, of what abilities reach.
pub type Names = BTreeMap<Uuid, String>;

/// The names of these records, those that are known.
fn named<I: Id>(ids: impl Iterator<Item = I>, names: &Names) -> Vec<String> {
    ids.filter_map(|id| names.get(&id.uuid()).cloned()).collect()
}

/// What an authorization reaches, in words.
#[must_use]
pub fn reach_of_authorization(authorization: &Authorization, names: &Names) -> String {
    let mut words = named(authorization.systems.iter().copied(), names);
    words.extend(named(authorization.sites.iter().copied(), names));
    words.extend(Some(authorization.place.clone()).filter(|place| !place.is_empty()));
    words.join(", ")
}

/// What a grant reaches, in words.
#[must_use]
pub fn reach_of_grant(grant: &Grant, names: &Names) -> String {
    let mut words = named(grant.targets.iter().copied(), names);
    words.extend(named(grant.systems.iter().copied(), names));
    words.join(", ")
}

/// What an account opens, in words.
#[must_use]
pub fn reach_of_account(account: &Account, names: &Names) -> String {
    let mut on = named(account.asset.into_iter(), names);
    on.extend(named(account.system.into_iter(), names));
    if on.is_empty() { account.name.clone() } else { format!("{} on {}", account.name, on.join(", ")) }
}

fn ability(kind: AbilityKind, of: Uuid, reference: String, reaches: String) -> Ability {
    Ability { kind, of, reference, reaches, needed: None, determined_on: None }
}

/// The ability of an authorization that was provisioned and not removed.
#[must_use]
pub fn by_authorization(id: AuthorizationId, one: &Authorization, at: Moment, names: &Names) -> Option<Ability> {
    let kind = match one.kind? {
        AuthorizationKind::Electronic => AbilityKind::Electronic,
        AuthorizationKind::UnescortedPhysical => AbilityKind::UnescortedPhysical,
        AuthorizationKind::Bcsi => AbilityKind::Bcsi,
    };
    let reaches = reach_of_authorization(one, names);
    one.opens(at).then(|| ability(kind, id.uuid(), one.reference.to_string(), reaches))
}

/// The ability of a grant that was open or would still open.
#[must_use]
pub fn by_grant(id: GrantId, one: &Grant, at: Moment, names: &Names) -> Option<Ability> {
    let kind = match one.kind? {
        GrantKind::Interactive => AbilityKind::InteractiveRemote,
        GrantKind::SystemToSystem => AbilityKind::Electronic,
    };
    let stands = one.refused.is_none() && one.begins().is_some() && one.ceased().is_none_or(|until| at < until);
    stands.then(|| ability(kind, id.uuid(), one.reference.to_string(), reach_of_grant(one, names)))
}

/// The ability of an account that let somebody in: a shared one outlives the person, so its password is what has to change.
#[must_use]
pub fn by_account(id: AccountId, one: &Account, at: Moment, names: &Names) -> Option<Ability> {
    let kind = if one.is_shared() { AbilityKind::SharedAccount } else { AbilityKind::Account };
    one.opens(at).then(|| ability(kind, id.uuid(), one.reference.to_string(), reach_of_account(one, names)))
}

/// The abilities as they are now to be listed: what is held, with what was decided about it before.
#[must_use]
pub fn relisted(held: Vec<Ability>, before: &[Ability]) -> Vec<Ability> {
    let before: BTreeMap<Uuid, &Ability> = before.iter().map(|known| (known.of, known)).collect();
    let decided = |one: Ability| match before.get(&one.of) {
        Some(known) => Ability { needed: known.needed, determined_on: known.determined_on, ..one },
        None => one,
    };
    held.into_iter().map(decided).collect()
}

/// The abilities that were listed with those added that were missed; none where nothing was.
#[must_use]
pub fn added(held: Vec<Ability>, before: &[Ability]) -> Option<Vec<Ability>> {
    let known: BTreeSet<Uuid> = before.iter().map(|known| known.of).collect();
    let missed: Vec<Ability> = held.into_iter().filter(|one| !known.contains(&one.of)).collect();
    (!missed.is_empty()).then(|| before.iter().cloned().chain(missed).collect())
}

#[cfg(test)]
mod tests {
    use super::{added, by_account, by_authorization, by_grant, relisted};
    use crate::departures::model::AbilityKind;
    use crate::personnel::model::{AccountKind, AuthorizationKind};
    use crate::personnel::{Account, Authorization};
    use crate::register::Act;
    use crate::remote_access::Grant;
    use crate::remote_access::model::GrantKind;
    use crate::vocabulary::Moment;

    fn at(seconds: i64) -> Moment {
        Moment::ZERO.plus_seconds(seconds)
    }

    fn id<I: crate::ids::Id>(number: u128) -> I {
        I::from_uuid(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn authorizations_while_provisioned() {
        let one = Authorization {
            kind: Some(AuthorizationKind::Bcsi),
            provisioned_at: Some(at(10)),
            removed_at: Some(at(20)),
            ..Authorization::default()
        };
        let held = |moment| by_authorization(id(1), &one, moment, &super::Names::new()).map(|found| found.kind);
        assert_eq!((held(at(9)), held(at(10)), held(at(19))), (None, Some(AbilityKind::Bcsi), Some(AbilityKind::Bcsi)));
        assert_eq!(held(at(20)), None);
        let put_away = Authorization { retired_on: Some(crate::vocabulary::Date::EPOCH), ..one.clone() };
        assert!(
            by_authorization(id(1), &put_away, at(15), &super::Names::new()).is_some(),
            "held then, though put away"
        );
        let asked = Authorization { provisioned_at: None, ..one };
        assert!(by_authorization(id(1), &asked, at(15), &super::Names::new()).is_none());
    }

    #[test]
    fn grants_that_stand_or_will() {
        let approved = Some(Act { by: None, name: String::new(), at: at(5), reason: String::new() });
        let one = Grant {
            kind: Some(GrantKind::Interactive),
            valid_from: Some(at(30)),
            valid_until: Some(at(40)),
            approved: approved.clone(),
            ..Grant::default()
        };
        let held = |grant: &Grant, moment| by_grant(id(1), grant, moment, &super::Names::new()).map(|found| found.kind);
        assert_eq!(held(&one, at(10)), Some(AbilityKind::InteractiveRemote));
        assert_eq!((held(&one, at(39)), held(&one, at(40))), (Some(AbilityKind::InteractiveRemote), None));
        assert_eq!(held(&Grant { approved: None, ..one.clone() }, at(35)), None);
        let revoked = Grant { revoked: approved.clone(), ..one.clone() };
        assert_eq!(held(&revoked, at(10)), None);
        let other = Grant { kind: Some(GrantKind::SystemToSystem), ..one };
        assert_eq!(held(&other, at(35)), Some(AbilityKind::Electronic));
    }

    #[test]
    fn accounts_and_what_was_missed() {
        let own = Account { kind: Some(AccountKind::Individual), ..Account::default() };
        let shared = Account { kind: Some(AccountKind::Shared), disabled_at: Some(at(50)), ..Account::default() };
        let names = super::Names::new();
        let held = |number, account: &Account| by_account(id(number), account, at(10), &names);
        let (own, shared) = (held(1, &own).expect("open"), held(2, &shared).expect("open"));
        assert_eq!((own.kind, shared.kind), (AbilityKind::Account, AbilityKind::SharedAccount));
        let decided = super::Ability { needed: Some(false), ..own.clone() };
        assert_eq!(relisted(vec![own.clone(), shared.clone()], std::slice::from_ref(&decided))[0], decided);
        assert_eq!(
            added(vec![own.clone(), shared.clone()], std::slice::from_ref(&decided)),
            Some(vec![decided, shared])
        );
        assert_eq!(added(vec![own.clone()], &[own]), None);
    }
}
