//! Letting an auditor in to an engagement, and closing the door again.
//!
//! Invariant: only a person who has the auditor's role here is let in; who let them in and why stands in the journal.

use super::auditors::{AuditorAccess, Revocation};
use crate::auth::{Role, Roles};
use crate::ids::{AuditorAccessId, EngagementId};
use crate::register::Member;
use crate::storage::{Change, Kept, Result};
use crate::vocabulary::Date;

/// Why an act was not done: the field, what was given, and what would be right.
pub type Refusal = (&'static str, String, String);

/// Whom to let in, and for which days.
pub struct Wanted<'w> {
    pub engagement: EngagementId,
    /// The login of the person.
    pub login: &'w str,
    pub days: (Date, Date),
    pub today: Date,
    /// The name of who lets them in.
    pub by: &'w str,
}

/// Lets an auditor in.
pub async fn grant(
    change: &mut Change,
    wanted: &Wanted<'_>,
    why: &str,
) -> Result<std::result::Result<AuditorAccessId, Refusal>> {
    let (from, until) = wanted.days;
    if let Err((field, problem)) = AuditorAccess::check_days(from, until, wanted.today) {
        return Ok(Err((field, until.to_string(), problem)));
    }
    let organization = change.organization();
    let login = crate::vocabulary::fold::folded(wanted.login);
    let members = change.reading().await?.platform().members(organization).await?;
    let Some(member) = members.into_iter().find(|member| member.login == login && !member.disabled) else {
        return Ok(Err(("login", login.clone(), format!("nobody here signs in as {login}; invite them under People"))));
    };
    if !Roles::parse(&member.roles).is_ok_and(|roles| roles.has(Role::Auditor)) {
        return Ok(Err(("login", login.clone(), format!("{} does not have the auditor's role", member.name))));
    }
    let access = AuditorAccess {
        engagement: wanted.engagement,
        who: Member { user: member.user_id, login },
        name: member.name,
        from,
        until,
        granted_by: wanted.by.to_owned(),
        revoked: None,
    };
    Ok(Ok(change.insert("auditor_access.grant", &access, why).await?))
}

/// Takes an access back; nothing happens to one that was taken back before.
pub async fn revoke(change: &mut Change, read: &Kept<AuditorAccess>, by: &str, why: &str) -> Result<()> {
    if read.revoked.is_some() {
        return Ok(());
    }
    let revoked = Some(Revocation { by: by.to_owned(), at: change.moment(), reason: why.to_owned() });
    let next = AuditorAccess { revoked, ..read.content.clone() };
    change.supersede("auditor_access.revoke", read, &next, why).await.map(drop)
}
