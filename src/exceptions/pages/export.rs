//! Exceptions out to a file: those in the state the list shows, with where each stands on the page's day.
//!
//! Invariant: the same rows as the list, and a leaf in the journal.

use axum::body::Body;
use axum::extract::State;

use super::super::{Exception, Standing, records};
use crate::register::pages::export::{Format, attached, note, small};
use crate::register::shape::{cells, header};
use crate::register::{Lookup, Register, Row};
use crate::web::extract::Asking;
use crate::web::{Answer, App, Caller, Failure};

pub async fn csv(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    file(&app, &caller, &asking, Format::Csv).await
}

pub async fn xlsx(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    file(&app, &caller, &asking, Format::Xlsx).await
}

/// The state an address asks for.
pub fn wanted(asking: &Asking) -> Answer<Option<Standing>> {
    let asked = asking.text("state");
    let wanted = Some(asked).filter(|text| !text.is_empty()).map(Standing::parse).transpose();
    wanted.map_err(|problem| Failure::field("state", asked, problem))
}

async fn file(app: &App, caller: &Caller, asking: &Asking, format: Format) -> Answer {
    let wanted = wanted(asking)?;
    note(app, caller, (Exception::WORDS.kind, Exception::WORDS.collection), asking).await?;
    let mut at = caller.snapshot(app).await?;
    let (on, instant, lookup) = (caller.day(), at.instant(), Lookup::default().within(caller.time_zone()));
    let mut names = header::<Exception>();
    names.push("state");
    let mut rows = Vec::new();
    for kept in records::all(&mut at).await? {
        let standing = kept.standing(on);
        if wanted.is_none_or(|wanted| wanted == standing) {
            let mut texts = cells(&Row { kept, derived: [None, None] }, &lookup);
            texts.push(standing.word().to_owned());
            rows.push(texts);
        }
    }
    let bytes = small(&app.data, (Exception::WORDS.title, &names), &rows, instant, format).await?;
    Ok(attached(Exception::WORDS.collection, instant, format, Body::from(bytes)))
}
