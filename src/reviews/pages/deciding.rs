//! Acts upon a review by form: decide about rows, sign, abandon.
//!
//! Invariant: a refused act has written nothing and shows the page again with what was typed; signing and abandoning name
//! the version they are based on.

use axum::extract::State;

use super::refused;
use super::show::{Typed, again};
use super::table::Asked;
use crate::ids::ReviewId;
use crate::register::field;
use crate::reviews::actions::{self, Chosen, Decided, Refusal};
use crate::reviews::model::{Review, ReviewOutcome};
use crate::reviews::rules::Shown;
use crate::storage::submissions::{self, Known};
use crate::storage::{Change, Kept};
use crate::web::extract::{Filled, Id};
use crate::web::{Answer, App, Caller, Failure, links, page};

/// What a form sent.
struct Sent {
    asked: Asked,
    key: String,
    /// All of it, to tell a repeat from another form.
    content: String,
    ticked: String,
    /// The row whose own button was pressed.
    keep: Option<String>,
    typed: Typed,
}

impl Sent {
    fn of(id: ReviewId, mut filled: Filled) -> Answer<Self> {
        let asked = Asked::read(&filled.take("show"), &filled.take("q"), &filled.take("after"))?;
        let (key, content) = (filled.take("key"), format!("review {id} {:?}", filled.0));
        let (ticked, keep) = (filled.take("rows"), filled.0.remove("keep"));
        let rows = numbers(&ticked).unwrap_or_default();
        let (which, outcome, note) = (filled.take("which"), filled.take("outcome"), filled.take("note"));
        Ok(Self { asked, key, content, ticked, keep, typed: Typed { rows, which, outcome, note, problem: None } })
    }

    /// What is asked for; the error is a sentence for who filled in the form.
    fn wish(&self) -> Result<Wish, String> {
        let note = field::line(&self.typed.note, 500)?;
        if let Some(n) = &self.keep {
            let chosen = Chosen::Rows(numbers(n)?);
            return Ok(Wish { chosen, outcome: ReviewOutcome::Keep, note: String::new() });
        }
        let outcome = ReviewOutcome::parse(&self.typed.outcome).map_err(|_| "Choose what to decide.".to_owned())?;
        let chosen = match self.typed.which.as_str() {
            "shown" => Chosen::Fitting { shown: self.asked.shown, words: self.asked.words.clone() },
            "sound" => Chosen::Fitting { shown: Shown::Sound, words: String::new() },
            _ if self.ticked.trim().is_empty() => return Err("Tick at least one row.".to_owned()),
            _ => Chosen::Rows(numbers(&self.ticked)?),
        };
        Ok(Wish { chosen, outcome, note })
    }
}

/// What a form asks to decide.
struct Wish {
    chosen: Chosen,
    outcome: ReviewOutcome,
    note: String,
}

/// Row numbers separated by semicolons.
fn numbers(text: &str) -> Result<Vec<i64>, String> {
    field::split(text).map(|n| n.parse().map_err(|_| format!("{n} is not the number of a row."))).collect()
}

pub async fn decide(State(app): State<App>, caller: Caller, Id(id): Id<ReviewId>, filled: Filled) -> Answer {
    let sent = Sent::of(id, filled)?;
    let mut change = caller.change(&app).await?;
    match submissions::known(&mut change, &sent.key, sent.content.as_bytes()).await? {
        Known::Answered(address) => return Ok(page::see(&address)),
        Known::Otherwise if !sent.key.is_empty() => {
            return Err(Failure::Conflict("This form was already sent with other values.".to_owned()));
        }
        _ => {}
    }
    let kept = change.reading().await?.find::<Review>(id).await?.ok_or(Failure::NotFound)?;
    let decided = match sent.wish() {
        Ok(wish) => actions::decide(&mut change, &kept, &wish.chosen, wish.outcome, &wish.note).await?.map_err(told),
        Err(problem) => Err(problem),
    };
    match decided {
        Ok(decided) => settled(change, &caller, id, &sent, &decided).await,
        Err(problem) => {
            drop(change);
            again(&app, &caller, id, sent.asked, Typed { problem: Some(problem), ..sent.typed }).await
        }
    }
}

/// A refusal in one sentence.
fn told(refusal: Refusal) -> String {
    match refusal {
        Refusal::Stands(said) => said,
        Refusal::Sent(problem) if problem.field == "note" => format!("A note is {}.", problem.problem),
        Refusal::Sent(problem) => format!("{}: {}.", problem.value, problem.problem),
    }
}

/// Commits a decision and leads back to the rows that were shown.
async fn settled(mut change: Change, caller: &Caller, id: ReviewId, sent: &Sent, decided: &Decided) -> Answer {
    let query = sent.asked.query(sent.asked.after, "");
    let joint = if query.is_empty() { '?' } else { '&' };
    let left = if decided.left > 0 { format!("&left={}", decided.left) } else { String::new() };
    let href = links::record(&caller.serving()?.slug, "reviews", id);
    let address = format!("{href}{query}{joint}done=decided{left}");
    if !sent.key.is_empty() {
        submissions::keep(&mut change, &sent.key, sent.content.as_bytes(), &address).await?;
    }
    change.commit().await?;
    Ok(page::see(&address))
}

/// The change, the review as it stands, and the words that were typed.
async fn opened(
    app: &App,
    caller: &Caller,
    id: ReviewId,
    filled: &mut Filled,
) -> Answer<(Change, Kept<Review>, String)> {
    let reason = filled.take("reason");
    let why = field::line(&reason, 500).map_err(|problem| Failure::field("reason", &reason, problem))?;
    let mut change = caller.change(app).await?;
    let kept = change.reading().await?.find::<Review>(id).await?.ok_or(Failure::NotFound)?;
    if filled.take("version") != kept.version.to_string() {
        return Err(Failure::Stale);
    }
    Ok((change, kept, why))
}

pub async fn complete(State(app): State<App>, caller: Caller, Id(id): Id<ReviewId>, mut filled: Filled) -> Answer {
    let (mut change, kept, why) = opened(&app, &caller, id, &mut filled).await?;
    actions::complete(&mut change, &kept, &why).await?.map_err(refused)?;
    change.commit().await?;
    Ok(page::see(&format!("{}?done=signed", links::record(&caller.serving()?.slug, "reviews", id))))
}

pub async fn abandon(State(app): State<App>, caller: Caller, Id(id): Id<ReviewId>, mut filled: Filled) -> Answer {
    let (mut change, kept, why) = opened(&app, &caller, id, &mut filled).await?;
    actions::abandon(&mut change, &kept, &why).await?.map_err(refused)?;
    change.commit().await?;
    Ok(page::see(&format!("{}?done=abandoned", links::record(&caller.serving()?.slug, "reviews", id))))
}
