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

/// Reads a form; the error is a sentence for who filled it in.
fn wish(filled: &Filled, asked: &Asked, typed: &Typed, ticked: &str) -> Result<Wish, String> {
    let note = field::line(&typed.note, 500)?;
    if let Some(n) = filled.0.get("keep") {
        return Ok(Wish { chosen: Chosen::Rows(numbers(n)?), outcome: ReviewOutcome::Keep, note: String::new() });
    }
    let outcome = ReviewOutcome::parse(&typed.outcome).map_err(|_| "Choose what to decide.".to_owned())?;
    let chosen = match typed.which.as_str() {
        "shown" => Chosen::Fitting { shown: asked.shown, words: asked.words.clone() },
        "sound" => Chosen::Fitting { shown: Shown::Sound, words: String::new() },
        _ if ticked.trim().is_empty() => return Err("Tick at least one row.".to_owned()),
        _ => Chosen::Rows(numbers(ticked)?),
    };
    Ok(Wish { chosen, outcome, note })
}

pub async fn decide(State(app): State<App>, caller: Caller, Id(id): Id<ReviewId>, mut filled: Filled) -> Answer {
    let asked = Asked::read(&filled.take("show"), &filled.take("q"), &filled.take("after"))?;
    let (key, content) = (filled.take("key"), format!("review {id} {:?}", filled.0));
    let ticked = filled.take("rows");
    let rows = numbers(&ticked).unwrap_or_default();
    let (which, outcome, note) = (filled.take("which"), filled.take("outcome"), filled.take("note"));
    let mut typed = Typed { rows, which, outcome, note, problem: None };
    let mut change = caller.change(&app).await?;
    match submissions::known(&mut change, &key, content.as_bytes()).await? {
        Known::Answered(address) => return Ok(page::see(&address)),
        Known::Otherwise if !key.is_empty() => {
            return Err(Failure::Conflict("This form was already sent with other values.".to_owned()));
        }
        _ => {}
    }
    let kept = change.reading().await?.find::<Review>(id).await?.ok_or(Failure::NotFound)?;
    let decided = match wish(&filled, &asked, &typed, &ticked) {
        Ok(wish) => actions::decide(&mut change, &kept, &wish.chosen, wish.outcome, &wish.note).await?.map_err(told),
        Err(problem) => Err(problem),
    };
    match decided {
        Ok(decided) => settled(change, &caller, (id, &asked), &decided, (&key, &content)).await,
        Err(problem) => {
            drop(change);
            typed.problem = Some(problem);
            again(&app, &caller, id, asked, typed).await
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
async fn settled(
    mut change: Change,
    caller: &Caller,
    (id, asked): (ReviewId, &Asked),
    decided: &Decided,
    (key, content): (&str, &str),
) -> Answer {
    let query = asked.query(asked.after, "");
    let joint = if query.is_empty() { '?' } else { '&' };
    let left = if decided.left > 0 { format!("&left={}", decided.left) } else { String::new() };
    let href = links::record(&caller.serving()?.slug, "reviews", id);
    let address = format!("{href}{query}{joint}done=decided{left}");
    if !key.is_empty() {
        submissions::keep(&mut change, key, content.as_bytes(), &address).await?;
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
