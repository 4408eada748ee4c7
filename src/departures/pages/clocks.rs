//! Every revocation clock that is still open, or was late, the nearest first.
//!
//! Invariant: what is overdue stands before what is due, and a clock that cannot be judged is shown, not left out.

use askama::Template;
use axum::extract::State as Held;

use crate::auth::Action;
use crate::departures::Departure;
use crate::departures::listing::{Remembered, Shown, remembered, shown};
use crate::departures::rules::State;
use crate::register::Register as _;
use crate::vocabulary::Moment;
use crate::web::extract::Asking;
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

/// A state that can be asked for, and how many clocks are in it.
struct Figure {
    state: State,
    count: usize,
    href: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "departures/clocks.html")]
struct ClocksPage {
    shell: Shell,
    figures: Vec<Figure>,
    rows: Vec<Shown>,
    more: usize,
    all: bool,
    open_href: String,
    base: String,
    query: String,
    may_edit: bool,
}

impl ClocksPage {
    fn open(&self) -> usize {
        self.figures.iter().filter(|figure| figure.state.is_open()).map(|figure| figure.count).sum()
    }
}

/// Rows one page holds.
const MOST: usize = 200;

/// The state that is asked for; none for what is open.
fn asked(asking: &Asking) -> Answer<Option<State>> {
    if let Some((name, value)) = asking.0.iter().find(|(name, _)| !matches!(name.as_str(), "state" | "as_of")) {
        return Err(Failure::field(name, value, "not a filter of this page"));
    }
    match asking.text("state") {
        "" => Ok(None),
        word => State::parse(word).map(Some).map_err(|problem| Failure::field("state", word, problem)),
    }
}

pub async fn page_of_all(Held(app): Held<App>, caller: Caller, asking: Asking) -> Answer {
    let asked = asked(&asking)?;
    let mut at = caller.snapshot(&app).await?;
    let (known, now) = (remembered(&app, &mut at).await?, at.now());
    drop(at);
    page::show(&told(&caller, &asking, asked, &known, now)?)
}

fn told(caller: &Caller, asking: &Asking, asked: Option<State>, known: &Remembered, now: Moment) -> Answer<ClocksPage> {
    let shell = Shell::of(caller, Place::Access, "Revocation clocks");
    let wanted = |state: State| asked.map_or_else(|| state.is_open(), |asked| asked == state);
    let (mut rows, counts) = shown(caller, known, now, wanted, &shell.query())?;
    let more = rows.len().saturating_sub(MOST);
    rows.truncate(MOST);
    let base = links::place(&caller.serving()?.slug, Departure::WORDS.collection);
    let address =
        |state: &str| format!("{base}/clocks{}", links::query([("state", state), ("as_of", asking.text("as_of"))]));
    let figure = |state: &State| Figure {
        state: *state,
        count: counts.get(state).copied().unwrap_or(0),
        href: address(state.word()),
        chosen: asked == Some(*state),
    };
    Ok(ClocksPage {
        figures: State::ALL.iter().map(figure).collect(),
        rows,
        more,
        all: asked.is_none(),
        open_href: address(""),
        query: shell.query(),
        may_edit: caller.may_now(Action::EditAccess),
        base,
        shell,
    })
}
