//! Active vendor sessions right now: one page somebody opens when a vendor has to go.
//!
//! Invariant: as of the page's instant; a silent gateway and a missing method to switch off stand out.

use askama::Template;
use axum::extract::State;

use super::TABS;
use crate::auth::Action;
use crate::remote_access::active::{self, Active};
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Shell, links, page};

#[derive(Template)]
#[template(path = "sessions/active.html")]
struct ActivePage {
    shell: Shell,
    base: String,
    as_of: String,
    now: String,
    active: Active,
    may_import: bool,
}

pub async fn active(State(app): State<App>, caller: Caller) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let now = caller.instant_shown();
    let active = active::active(&mut at, now).await?;
    let shell = Shell::of(&caller, Place::Access, "Active vendor sessions right now");
    page::show(&ActivePage {
        base: links::place(&caller.serving()?.slug, ""),
        as_of: shell.query(),
        now: caller.told(now),
        may_import: caller.may_now(Action::ImportAccess),
        active,
        shell,
    })
}
