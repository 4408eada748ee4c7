//! API tokens of the organization: make, list, revoke.
//!
//! Invariant: a token's text is shown once.

use askama::Template;
use axum::extract::State;

use crate::auth::{Action, Role, Roles, Scope};
use crate::people::{actions, inviting};
use crate::web::extract::{Asking, Filled, Named};
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

struct TokenView {
    id: String,
    name: String,
    roles: String,
    scopes: String,
    made: String,
    ends: String,
    used: String,
    revoked: bool,
}

#[derive(Template)]
#[template(path = "people/tokens.html")]
struct TokensPage {
    shell: Shell,
    tokens: Vec<TokenView>,
    may_manage: bool,
    base: String,
    roles: &'static [Role],
    scopes: &'static [Scope],
    made: Option<String>,
}

async fn tokens_page(app: &App, caller: &Caller, done: &str) -> Answer<TokensPage> {
    let serving = caller.serving()?;
    let mut work = app.store.read_platform().await?;
    let tokens = work.tables().tokens(serving.id).await?.into_iter().map(|token| TokenView {
        roles: Roles::parse(&token.roles).unwrap_or_default().labels(),
        made: caller.told(token.created_at),
        ends: caller.told(token.expires_at),
        used: token.used_at.map_or_else(|| "never".to_owned(), |at| caller.told(at)),
        revoked: token.revoked_at.is_some(),
        id: token.id,
        name: token.name,
        scopes: token.scopes,
    });
    Ok(TokensPage {
        tokens: tokens.collect(),
        shell: Shell::of(caller, Place::Settings, "API tokens").saying(done),
        may_manage: caller.may_now(Action::ManageTokens),
        base: links::place(&serving.slug, "tokens"),
        roles: Role::ALL,
        scopes: Scope::ALL,
        made: None,
    })
}

pub async fn list(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    page::show(&tokens_page(&app, &caller, asking.text("done")).await?)
}

pub async fn make(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let (name, roles, scopes) = (filled.take("name"), filled.take("roles"), filled.take("scopes"));
    let name = crate::register::field::line(&name, 80).map_err(|problem| Failure::field("name", &name, problem))?;
    let roles = Roles::parse(&roles).map_err(|problem| Failure::field("roles", &roles, problem))?;
    let parts: Result<Vec<Scope>, String> =
        scopes.split(';').filter(|part| !part.is_empty()).map(Scope::parse).collect();
    let scopes = parts.map_err(|problem| Failure::field("scopes", &scopes, problem))?;
    if name.is_empty() || roles.is_empty() || scopes.is_empty() {
        return Err(Failure::field("name", &name, "give a name, a role and at least one scope"));
    }
    let mut change = caller.change(&app).await?;
    let by = caller.author().actor.label();
    let made = inviting::make_token(&mut change, &name, &roles, &scopes, &by).await?;
    change.commit().await?;
    let mut view = tokens_page(&app, &caller, "").await?;
    view.made = Some(made.text);
    page::show(&view)
}

pub async fn revoke(State(app): State<App>, caller: Caller, Named(id): Named) -> Answer {
    let mut change = caller.change(&app).await?;
    if !actions::revoke_token(&mut change, &id).await? {
        return Err(Failure::NotFound);
    }
    change.commit().await?;
    Ok(page::see(&format!("{}?done=revoked", links::place(&caller.serving()?.slug, "tokens"))))
}
