//! Who a change is made by, as a record keeps it beside what was asked for or decided.
//!
//! Invariant: the act names the author of the change it is written in, so nobody signs for another; a program and a host
//! command sign by name and never as a person.

use super::{Act, Member, Register, people};
use crate::ids::Id as _;
use crate::storage::{ActorKind, Change, Result};

/// The author of the change, looked up once.
#[derive(Clone, Debug, Default)]
struct Author(Option<(Option<Member>, String)>);

/// The author's act, at the change's moment.
pub async fn act(change: &mut Change, reason: &str) -> Result<Act> {
    let (by, name) = author(change).await?;
    Ok(Act { by, name, at: change.moment(), reason: reason.to_owned() })
}

/// The record as its author signs it; none for a kind that keeps no signature.
pub(super) async fn signed<K: Register>(change: &mut Change, before: Option<&K>, record: &K) -> Result<Option<K>> {
    if !K::SIGNED {
        return Ok(None);
    }
    let by = act(change, "").await?;
    let mut record = record.clone();
    record.signed(before, by);
    Ok(Some(record))
}

async fn author(change: &mut Change) -> Result<(Option<Member>, String)> {
    if let Some(known) = change.in_mind::<Author>().0.clone() {
        return Ok(known);
    }
    let actor = change.author().actor.clone();
    let id = Some(&actor.id).filter(|_| actor.kind == ActorKind::User).and_then(|id| crate::ids::UserId::parse(id));
    let user = match id {
        Some(id) => change.reading().await?.platform().user(id).await?,
        None => None,
    };
    let found = match user {
        Some(user) => (Some(Member { user: user.id, login: user.login }), user.name),
        None => (None, people::Names::default().of(&actor.label())),
    };
    change.in_mind::<Author>().0 = Some(found.clone());
    Ok(found)
}
