//! One session: what its gateway told, the grant it came under, what it was judged by, and the events behind it.
//!
//! Invariant: each point names the text that asks for it; what nobody told is shown as not told.

use askama::Template;
use axum::extract::State;

use crate::ids::SessionId;
use crate::remote_access::lines::Line;
use crate::remote_access::model::{EndedBy, Grant, Session};
use crate::remote_access::records::concerned::concerned;
use crate::remote_access::records::sessions::{self, Heard};
use crate::remote_access::wording::{Point, points};
use crate::storage::Snapshot;
use crate::vocabulary::Moment;
use crate::web::extract::Id;
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

/// A session with everything that is shown of it.
pub struct Shown {
    pub line: Line,
    pub grant: Option<Grant>,
    pub points: Vec<Point>,
    pub events: Vec<Heard>,
    pub more: bool,
}

/// The session of an id, judged at a moment.
pub async fn shown(at: &mut Snapshot, id: SessionId, now: Moment) -> Answer<Shown> {
    let (session, _) = sessions::find(at, id).await?.ok_or(Failure::NotFound)?;
    let known = concerned(at, &[&session]).await?;
    let line = Line::of(id, session, &known, now);
    let grant = line.judged.grant.and_then(|id| known.around.grant(id)).cloned();
    let (events, more) = sessions::events_of(at, id).await?;
    let points = points(&line.session, &line.judged, grant.as_ref());
    Ok(Shown { line, grant, points, events, more })
}

#[derive(Template)]
#[template(path = "sessions/show.html")]
struct ShowPage {
    shell: Shell,
    base: String,
    as_of: String,
    shown: Shown,
}

impl ShowPage {
    fn session(&self) -> &Session {
        &self.shown.line.session
    }

    fn ended_by(&self) -> &'static str {
        self.session().ended_by.map_or("", EndedBy::label)
    }
}

pub async fn show(State(app): State<App>, caller: Caller, Id(id): Id<SessionId>) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let shown = shown(&mut at, id, caller.instant_shown()).await?;
    let shell = Shell::of(&caller, Place::Access, format!("Session {}", shown.line.session.key));
    let base = links::place(&caller.serving()?.slug, "");
    page::show(&ShowPage { base, as_of: shell.query(), shown, shell })
}
