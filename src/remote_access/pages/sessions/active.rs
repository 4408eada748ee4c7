//! Active vendor sessions right now: one page somebody opens when a vendor has to go.
//!
//! Invariant: as of the page's instant; a silent gateway and a missing method to switch off stand out.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;

use super::TABS;
use crate::auth::Action;
use crate::remote_access::active::{self, Active, Known};
use crate::vocabulary::Moment;
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
    let now = caller.instant_shown();
    let active = known(&app, &caller, now).await?.active(now);
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

/// Longest that what was read is answered from, in seconds: where there are more ways than are read, the first of them run out.
const LONGEST: i64 = 60;

/// What is known of who is in; read once for a state of the record, and again after a while.
pub async fn known(app: &App, caller: &Caller, now: Moment) -> Answer<Arc<Known>> {
    let mut at = caller.snapshot(app).await?;
    let (organization, size, newest) = (at.organization(), at.tree_size(), at.is_newest());
    let kept = app.computed.at::<Known>(organization, size).filter(|_| newest);
    if let Some(known) = kept.filter(|known| known.from <= now && now < known.from.plus_seconds(LONGEST)) {
        return Ok(known);
    }
    let read = Arc::new(active::known(&mut at, now).await?);
    if newest {
        app.computed.keep(organization, size, Arc::clone(&read));
    }
    Ok(read)
}
