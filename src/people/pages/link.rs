//! One-time links: first set-up, invitation, reset, and the demonstration's way in.
//!
//! Invariant: a link that was used, ran out or never was looks the same: gone.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::sign_in;
use crate::auth::secret::Secret;
use crate::auth::{Role, Roles, password};
use crate::ids::{OrganizationId, UserId};
use crate::organizations::{OrganizationProfile, actions as founding};
use crate::people::{credentials, inviting, signing_in};
use crate::register::Draft;
use crate::storage::platform::Link;
use crate::storage::{Actor, ActorKind};
use crate::web::extract::{Client, Filled, Named};
use crate::web::{Answer, App, Failure, Look, Shell, links, page};

#[derive(Template)]
#[template(path = "people/link.html")]
struct LinkPage {
    shell: Shell,
    setup: bool,
    login: String,
    name: String,
    organization: String,
    slug: String,
    time_zone: String,
    draft: Draft,
}

impl LinkPage {
    fn problem(&self, field: &str) -> Option<&str> {
        self.draft.problems.iter().find(|problem| problem.field == field).map(|problem| problem.problem.as_str())
    }
}

async fn find(app: &App, secret: &Secret) -> Answer<Link> {
    let mut work = app.store.read_platform().await?;
    let found = work.tables().link(secret.digest()).await?;
    let now = app.store.clock().now();
    found
        .filter(|link| link.used_at.is_none() && link.expires_at > now)
        .ok_or_else(|| Failure::Gone("The link was used, ran out, or never was. Ask for a new one.".to_owned()))
}

async fn blank(app: &App, link: &Link, look: Look) -> Answer<LinkPage> {
    let mut page = LinkPage {
        shell: Shell::bare("Welcome", look),
        setup: link.purpose == "setup",
        login: String::new(),
        name: String::new(),
        organization: String::new(),
        slug: String::new(),
        time_zone: "America/Denver".to_owned(),
        draft: Draft::default(),
    };
    if let Some(id) = link.user_id {
        let mut work = app.store.read_platform().await?;
        let user = work.tables().user(id).await?.ok_or(Failure::NotFound)?;
        (page.login, page.name) = (user.login, user.name);
    }
    Ok(page)
}

pub async fn form(State(app): State<App>, Named(secret): Named, look: Look, client: Client) -> Answer {
    let secret = Secret::presented(&secret);
    let link = find(&app, &secret).await?;
    match link.user_id {
        Some(user) if link.purpose == "sign_in" => enter(&app, &secret, &link, user, &client).await,
        _ => page::show(&blank(&app, &link, look).await?),
    }
}

/// The demonstration's link signs in at once.
async fn enter(app: &App, secret: &Secret, link: &Link, user: UserId, client: &Client) -> Answer {
    let mut change = app.store.change(OrganizationId::PLATFORM, author(app, user)).await?;
    let now = change.moment();
    let mut tables = change.reading().await?.platform();
    if !tables.use_link(secret.digest(), now).await? {
        return Err(Failure::Gone("The link was used. Ask for a new one.".to_owned()));
    }
    let place = match link.organization_id {
        Some(id) => tables.organization(id).await?.map(|known| links::place(&known.slug, "")),
        None => None,
    };
    let session = signing_in::begin(&mut change, user, "link", &client.address, &client.agent).await?;
    change.commit().await?;
    sign_in::entered(app, user, &session, place.as_deref().unwrap_or("/"))
}

fn author(app: &App, user: UserId) -> crate::storage::change::Author {
    app.store.author(Actor { kind: ActorKind::User, id: user.to_string(), sid: None, amr: Vec::new(), ip: None })
}

pub async fn answer(State(app): State<App>, Named(secret): Named, look: Look, mut filled: Filled) -> Answer {
    let secret = Secret::presented(&secret);
    let link = find(&app, &secret).await?;
    let mut page = blank(&app, &link, look).await?;
    let (chosen, again) = (filled.take("password"), filled.take("again"));
    if page.setup {
        page.login = filled.take("login").trim().to_lowercase();
        page.name = filled.take("name").trim().to_owned();
        page.organization = filled.take("organization");
        page.slug = filled.take("slug").trim().to_owned();
        page.time_zone = filled.take("time_zone").trim().to_owned();
    }
    let profile = check(&mut page, &chosen, &again);
    if !page.draft.is_good() {
        return page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let phc = app.heavy(move || password::hash(&chosen)).await?.map_err(Failure::Bug)?;
    match (link.user_id, profile) {
        (Some(user), _) => choose(&app, &secret, user, &phc).await,
        (None, Some(profile)) => set_up(&app, &secret, &page, &profile, &phc).await,
        (None, None) => Err(Failure::NotFound),
    }
}

fn check(page: &mut LinkPage, chosen: &str, again: &str) -> Option<OrganizationProfile> {
    if let Err(problem) = password::check_new(chosen, &[&page.login, &page.name, &page.organization, "glance"]) {
        page.draft.refuse("password", "", problem);
    } else if chosen != again {
        page.draft.refuse("again", "", "differs from the password above");
    }
    if !page.setup {
        return None;
    }
    if let Err(problem) = inviting::check_login(&page.login) {
        page.draft.refuse("login", &page.login, problem);
    }
    if page.name.is_empty() || page.name.chars().count() > 120 {
        page.draft.refuse("name", &page.name, "1 to 120 characters");
    }
    OrganizationProfile::begin(&page.slug, &page.organization, &page.time_zone)
        .map_err(|(field, problem)| {
            let shown = if field == "name" { "organization" } else { field };
            page.draft.refuse(shown, "", problem);
        })
        .ok()
}

async fn choose(app: &App, secret: &Secret, user: UserId, phc: &str) -> Answer {
    let mut change = app.store.change(OrganizationId::PLATFORM, author(app, user)).await?;
    let now = change.moment();
    if !change.reading().await?.platform().use_link(secret.digest(), now).await? {
        return Err(Failure::Gone("The link was used. Ask for a new one.".to_owned()));
    }
    credentials::set_password_in(&mut change, user, phc, "").await?;
    change.commit().await?;
    Ok(page::see("/sign-in"))
}

/// The first person and the first organization begin in one transaction; of two at once one finds the link used.
async fn set_up(app: &App, secret: &Secret, page: &LinkPage, profile: &OrganizationProfile, phc: &str) -> Answer {
    let author = app.store.author(Actor::job("set-up"));
    let (_, mut change) = founding::found(&app.store, profile, author, "First set-up").await?;
    let now = change.moment();
    let mut tables = change.reading().await?.platform();
    if tables.user_count().await? > 0 || !tables.use_link(secret.digest(), now).await? {
        return Err(Failure::Gone("Set-up is done already.".to_owned()));
    }
    let roles = Roles::parse(Role::Administrator.word()).map_err(Failure::Bug)?;
    let user = inviting::add(&mut change, &page.login, &page.name, &roles, "First set-up").await?;
    change.reading().await?.platform().set_password(user, phc).await?;
    change.commit().await?;
    Ok(page::see("/sign-in"))
}
