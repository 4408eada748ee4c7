//! `glance demo`: a believable utility to look around in.
//!
//! Invariant: fills only an empty directory and serves only on loopback; what it holds came in through the same actions
//! as everything else, on a clock that only this command moves.

mod answering;
mod auditing;
mod calendar;
mod connecting;
mod departing;
mod excusing;
mod filling;
mod granting;
mod growing;
mod logging;
mod performing;
mod permitting;
mod recurring;
mod reviewing;
mod script;
mod staffing;
mod telling;
#[cfg(test)]
mod tests;
mod watching;
mod working;

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;

use clap::Args;
use serde_json::json;

use super::{Done, Ending};
use crate::auth::{Roles, Scope};
use crate::people::inviting;
use crate::settings::{self, Place};
use crate::storage::{Actor, Store};
use crate::web::App;

/// Says that a directory was filled by this command.
const MARK: &str = "demonstration";

#[derive(Args)]
pub struct Demo {
    /// Address and port to listen on; loopback only
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

impl Demo {
    pub async fn run(self, place: &Place) -> Done {
        if !self.listen.ip().is_loopback() {
            return Err(Ending::Usage(format!(
                "{} is not loopback; the demonstration is for this machine only",
                self.listen
            )));
        }
        let url = settings::public_url(None, self.listen).map_err(Ending::Usage)?;
        let filled = is_filled(&place.data)?;
        let listener = super::serve::listen(self.listen).await?;
        if !filled {
            settings::make_directory(&place.data).map_err(Ending::Failed)?;
            filling::fill(place).await?;
            std::fs::write(place.data.join(MARK), "filled by glance demo\n")
                .map_err(|error| Ending::Failed(error.to_string()))?;
        }
        let store = super::open(place).await?;
        let keys = super::keys(place, &store)?;
        let (token, link) = ways_in(&store).await?;
        let address = listener.local_addr().map_or(url.0.clone(), |address| format!("http://{address}"));
        let blobs = place.blobs().map_err(Ending::Usage)?;
        let app = App::keeping(store, keys, address.clone(), place.data.clone(), blobs);
        let sign_in = format!("{address}/link/{link}");
        if place.json {
            println!(
                "{}",
                json!({"url": address, "organization": script::MAIN, "token": token, "sign_in_url": sign_in})
            );
        } else {
            println!(
                "The demonstration is ready. Sign in with this link, once:\n\n  {sign_in}\n\nAPI token of an administrator: {token}"
            );
        }
        let _ = std::io::stdout().flush();
        super::serve::serve(listener, &app, None).await
    }
}

/// True for a directory filled before; refuses any other that is not empty.
fn is_filled(data: &Path) -> Result<bool, Ending> {
    if data.join(MARK).exists() {
        return Ok(true);
    }
    let entries = std::fs::read_dir(data).map_or(0, std::iter::Iterator::count);
    if entries > 0 {
        return Err(Ending::Usage(format!(
            "{} is not empty and was not filled by glance demo; give another directory with --data",
            data.display()
        )));
    }
    Ok(false)
}

/// An administrator's API token and a one-time sign-in link.
async fn ways_in(store: &Store) -> Result<(String, String), Ending> {
    let organization = super::organization(store, script::MAIN).await?;
    let mut change = store.change(organization.id, store.author(Actor::job("demonstration"))).await?;
    let roles = Roles::parse("administrator").map_err(Ending::Failed)?;
    let made = inviting::make_token(&mut change, "demonstration", &roles, Scope::ALL, "job:demonstration").await?;
    let user = change.reading().await?.platform().user_by_login(script::ADMINISTRATOR).await?;
    let user = user.ok_or_else(|| Ending::Failed("the demonstration's administrator is missing".to_owned()))?;
    let secret = inviting::link(&mut change, user.id, "sign_in").await?;
    change.commit().await?;
    Ok((made.text, secret.reveal().to_owned()))
}
