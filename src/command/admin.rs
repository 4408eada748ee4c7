//! `glance admin …`: people, organizations and tokens, from the host.
//!
//! Invariant: no command sets a password; it prints a one-time link.

use clap::Subcommand;
use serde_json::json;

use super::{Done, Ending};
use crate::auth::{Roles, Scope};
use crate::organizations::{OrganizationProfile, actions as founding};
use crate::people::inviting;
use crate::settings::Place;

#[derive(Subcommand)]
pub enum Admin {
    /// Print a one-time set-up link, while nobody can sign in
    SetupLink {
        #[arg(long, env = "GLANCE_PUBLIC_URL", default_value = "http://127.0.0.1:8080")]
        public_url: String,
    },
    /// Add a person to an organization and print their one-time link
    CreateUser {
        login: String,
        #[arg(long)]
        name: String,
        #[arg(long)]
        organization: String,
        /// Roles, separated by spaces
        #[arg(long, default_value = "viewer")]
        role: String,
        #[arg(long, env = "GLANCE_PUBLIC_URL", default_value = "http://127.0.0.1:8080")]
        public_url: String,
    },
    /// Begin an organization
    CreateOrganization {
        slug: String,
        #[arg(long)]
        name: String,
        #[arg(long, default_value = "")]
        ncr: String,
        #[arg(long, default_value = "")]
        region: String,
        #[arg(long, default_value = "UTC")]
        time_zone: String,
    },
    /// Make an API token and print it, once
    CreateToken {
        #[arg(long)]
        organization: String,
        #[arg(long)]
        role: String,
        /// Scopes: read, write, import, export, admin
        #[arg(long, value_delimiter = ',', default_value = "read,write,import,export")]
        scopes: Vec<String>,
        #[arg(long, default_value = "made on the host")]
        name: String,
    },
}

fn roles(text: &str) -> Result<Roles, Ending> {
    let roles = Roles::parse(text).map_err(|problem| Ending::Usage(format!("{text}: {problem}")))?;
    if roles.is_empty() { Err(Ending::Usage("give at least one role".to_owned())) } else { Ok(roles) }
}

impl Admin {
    pub async fn run(self, place: &Place) -> Done {
        match self {
            Admin::SetupLink { public_url } => setup_link(place, &public_url).await,
            Admin::CreateUser { login, name, organization, role, public_url } => {
                create_user(place, (&login, &name), &organization, &roles(&role)?, &public_url).await
            }
            Admin::CreateOrganization { slug, name, ncr, region, time_zone } => {
                let mut profile = OrganizationProfile::begin(&slug, &name, &time_zone)
                    .map_err(|(field, problem)| Ending::Usage(format!("{field}: {problem}")))?;
                (profile.ncr, profile.region) = (ncr, region);
                create_organization(place, &profile).await
            }
            Admin::CreateToken { organization, role, scopes, name } => {
                let parsed: Result<Vec<Scope>, String> = scopes.iter().map(|scope| Scope::parse(scope)).collect();
                create_token(place, &organization, &roles(&role)?, &parsed.map_err(Ending::Usage)?, &name).await
            }
        }
    }
}

async fn setup_link(place: &Place, public_url: &str) -> Done {
    let store = super::open(place).await?;
    let secret = inviting::setup_link(&store)
        .await?
        .ok_or_else(|| Ending::DoesNotHold("somebody can sign in already; ask them for an invitation".to_owned()))?;
    let url = format!("{public_url}/link/{}", secret.reveal());
    super::say(place, &json!({"url": url}), &format!("Set up here, within 30 minutes: {url}"));
    Ok(())
}

async fn create_user(place: &Place, who: (&str, &str), slug: &str, roles: &Roles, public_url: &str) -> Done {
    let (login, name) = who;
    inviting::check_login(login).map_err(|problem| Ending::Usage(format!("{login}: {problem}")))?;
    let store = super::open(place).await?;
    let organization = super::organization(&store, slug).await?;
    let mut change = store.change(organization.id, store.author(super::host())).await?;
    let user = inviting::add(&mut change, login, name, roles, "Added on the host").await?;
    let secret = inviting::link(&mut change, user, "invite").await?;
    change.commit().await?;
    let url = format!("{public_url}/link/{}", secret.reveal());
    super::say(
        place,
        &json!({"id": user, "url": url}),
        &format!("{name} chooses a password here, within a day: {url}"),
    );
    Ok(())
}

async fn create_organization(place: &Place, profile: &OrganizationProfile) -> Done {
    let store = super::open(place).await?;
    let author = store.author(super::host());
    let founded = founding::found(&store, profile, author, "Begun on the host").await;
    let (id, change) = match founded {
        Err(crate::storage::Failure::Taken(_)) => {
            return Err(Ending::Usage(format!("an organization is called {} already", profile.slug)));
        }
        other => other?,
    };
    change.commit().await?;
    super::say(
        place,
        &json!({"id": id, "slug": profile.slug}),
        &format!("{} begins at /o/{}/", profile.name, profile.slug),
    );
    Ok(())
}

async fn create_token(place: &Place, slug: &str, roles: &Roles, scopes: &[Scope], name: &str) -> Done {
    let store = super::open(place).await?;
    let organization = super::organization(&store, slug).await?;
    let mut change = store.change(organization.id, store.author(super::host())).await?;
    let made = inviting::make_token(&mut change, name, roles, scopes, &super::host().label()).await?;
    change.commit().await?;
    let document = json!({"token": made.text, "id": made.id, "expires": made.expires_at.rfc3339()});
    super::say(place, &document, &made.text);
    Ok(())
}
