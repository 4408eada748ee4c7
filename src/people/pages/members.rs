//! Who serves the organization: invite, set roles, send a reset link, disable.
//!
//! Invariant: an organization always keeps an administrator, and nobody else's password can be set.

use askama::Template;
use axum::extract::State;

use crate::auth::{Action, Role, Roles};
use crate::ids::UserId;
use crate::people::{Membership, actions, inviting};
use crate::storage::platform::Member;
use crate::web::extract::{Asking, Filled, Id};
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

pub(crate) struct MemberView {
    member: Member,
    roles: Roles,
}

#[derive(Template)]
#[template(path = "people/list.html")]
struct PeoplePage {
    shell: Shell,
    members: Vec<MemberView>,
    may_manage: bool,
    base: String,
    every: &'static [Role],
    /// A link to hand over, shown once, and whom it is for.
    link: Option<(String, String)>,
}

async fn people_page(app: &App, caller: &Caller, done: &str) -> Answer<PeoplePage> {
    let serving = caller.serving()?;
    let mut work = app.store.read_platform().await?;
    let members = work.tables().members(serving.id).await?;
    let members = members
        .into_iter()
        .map(|member| MemberView { roles: Roles::parse(&member.roles).unwrap_or_default(), member })
        .collect();
    Ok(PeoplePage {
        shell: Shell::of(caller, Place::Members, "Members").saying(done),
        members,
        may_manage: caller.may_now(Action::ManagePeople),
        base: links::place(&serving.slug, "members"),
        every: Role::ALL,
        link: None,
    })
}

pub async fn list(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    page::show(&people_page(&app, &caller, asking.text("done")).await?)
}

fn roles(text: &str) -> Answer<Roles> {
    Roles::parse(text).map_err(|problem| Failure::field("roles", text, problem))
}

pub async fn invite(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let (login, name) = (filled.take("login").trim().to_lowercase(), filled.take("name").trim().to_owned());
    inviting::check_login(&login).map_err(|problem| Failure::field("login", &login, problem))?;
    if name.is_empty() || name.chars().count() > 120 || name.chars().any(char::is_control) {
        return Err(Failure::field("name", &name, "1 to 120 characters"));
    }
    let roles = roles(&filled.take("roles"))?;
    if roles.is_empty() {
        return Err(Failure::field("roles", "", "choose at least one role"));
    }
    let mut change = caller.change(&app).await?;
    let user = inviting::add(&mut change, &login, &name, &roles, &filled.take("reason")).await?;
    let known = change.reading().await?.platform().user(user).await?.ok_or(Failure::NotFound)?;
    let secret = if known.password.is_none() { Some(inviting::link(&mut change, user, "invite").await?) } else { None };
    change.commit().await?;
    let mut view = people_page(&app, &caller, "invited").await?;
    view.link = secret.map(|secret| (format!("{}/link/{}", app.public_url, secret.reveal()), name));
    page::show(&view)
}

/// The member of this organization with this id.
async fn member(app: &App, caller: &Caller, user: UserId) -> Answer<Member> {
    let mut work = app.store.read_platform().await?;
    let members = work.tables().members(caller.serving()?.id).await?;
    members.into_iter().find(|member| member.user_id == user).ok_or(Failure::NotFound)
}

pub async fn set_roles(State(app): State<App>, caller: Caller, Id(user): Id<UserId>, mut filled: Filled) -> Answer {
    let known = member(&app, &caller, user).await?;
    let wanted = roles(&filled.take("roles"))?;
    if !wanted.has(Role::Administrator) {
        keep_an_administrator(&app, &caller, user).await?;
    }
    let mut change = caller.change(&app).await?;
    let membership = Membership { user, login: known.login, name: known.name, roles: wanted.to_string() };
    actions::set_roles(&mut change, &membership, &filled.take("reason")).await?;
    change.commit().await?;
    Ok(page::see(&format!("{}?done=roles", links::place(&caller.serving()?.slug, "members"))))
}

async fn keep_an_administrator(app: &App, caller: &Caller, leaving: UserId) -> Answer<()> {
    let mut work = app.store.read_platform().await?;
    let members = work.tables().members(caller.serving()?.id).await?;
    let another = members.iter().any(|member| {
        member.user_id != leaving
            && !member.disabled
            && Roles::parse(&member.roles).is_ok_and(|roles| roles.has(Role::Administrator))
    });
    if another { Ok(()) } else { Err(Failure::Conflict("The organization needs an administrator.".to_owned())) }
}

pub async fn reset(State(app): State<App>, caller: Caller, Id(user): Id<UserId>) -> Answer {
    let known = member(&app, &caller, user).await?;
    let mut change = caller.change(&app).await?;
    let secret = inviting::link(&mut change, user, if known.active { "reset" } else { "invite" }).await?;
    change.commit().await?;
    let mut view = people_page(&app, &caller, "").await?;
    view.link = Some((format!("{}/link/{}", app.public_url, secret.reveal()), known.name));
    page::show(&view)
}

pub async fn set_access(State(app): State<App>, caller: Caller, Id(user): Id<UserId>, mut filled: Filled) -> Answer {
    let known = member(&app, &caller, user).await?;
    let disable = filled.take("access") == "disabled";
    if disable {
        keep_an_administrator(&app, &caller, user).await?;
    }
    let mut work = app.store.read_platform().await?;
    if work.tables().memberships(user).await?.len() > 1 {
        let said = format!("{} serves other organizations too; take the roles here away instead.", known.name);
        return Err(Failure::Conflict(said));
    }
    drop(work);
    let mut change = caller.change(&app).await?;
    actions::set_disabled(&mut change, user, disable).await?;
    change.commit().await?;
    let done = if disable { "disabled" } else { "enabled" };
    Ok(page::see(&format!("{}?done={done}", links::place(&caller.serving()?.slug, "members"))))
}
