//! Opening a review by form.
//!
//! Invariant: what was typed is never lost; a repeat of the form opens nothing twice; where no day is typed, the clock's is
//! taken.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;

use crate::register::pages::FormPage;
use crate::register::records::{by_references, linked};
use crate::register::view;
use crate::register::{Draft, Lookup, Register, actions as registers, field};
use crate::reviews::actions;
use crate::reviews::model::{Review, ReviewKind};
use crate::reviews::records::owed;
use crate::storage::Snapshot;
use crate::storage::submissions::{self, Known};
use crate::vocabulary::{Date, fold};
use crate::web::extract::{Asking, Filled};
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

pub async fn new(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let names = |name: &String| Review::FIELDS.iter().any(|field| field.name == *name && field.editable);
    let mut texts: BTreeMap<String, String> = asking.0.into_iter().filter(|(name, _)| names(name)).collect();
    let mut at = caller.snapshot(&app).await?;
    propose(&mut at, &mut texts).await?;
    if let Some(kind) = kind(&texts) {
        texts.entry("name".to_owned()).or_insert_with(|| name(kind, caller.day()));
    }
    let lookup = linked::<Review>(&mut at).await?;
    let key = crate::auth::secret::public_id();
    page::show(&form(&caller, &texts, &Draft::default(), &lookup, (key, String::new()))?)
}

pub async fn create(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let (key, reason) = (filled.take("key"), filled.take("reason").trim().to_owned());
    filled.take("version");
    let texts = filled.0;
    let mut change = caller.change(&app).await?;
    let content = format!("review {texts:?}");
    match submissions::known(&mut change, &key, content.as_bytes()).await? {
        Known::Answered(address) => return Ok(page::see(&address)),
        Known::Otherwise if !key.is_empty() => {
            return Err(Failure::Conflict("This form was already sent with other values.".to_owned()));
        }
        _ => {}
    }
    let (review, drafted, lookup) = read(change.reading().await?, &texts, &reason).await?;
    if !drafted.is_good() {
        let view = form(&caller, &texts, &drafted, &lookup, (key, reason))?;
        return page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &view);
    }
    let id = actions::open(&mut change, &review, &reason).await?;
    let address = format!("{}?done=created", links::record(&caller.serving()?.slug, "reviews", id));
    submissions::keep(&mut change, &key, content.as_bytes(), &address).await?;
    change.commit().await?;
    Ok(page::see(&address))
}

fn kind(texts: &BTreeMap<String, String>) -> Option<ReviewKind> {
    texts.get("kind").and_then(|word| ReviewKind::parse(word).ok())
}

/// Fills in the day the clock says, where the kind is known and nobody typed one.
async fn propose(at: &mut Snapshot, texts: &mut BTreeMap<String, String>) -> Answer<()> {
    let Some(kind) = kind(texts) else { return Ok(()) };
    if texts.get("due_on").is_some_and(|text| !text.trim().is_empty()) {
        return Ok(());
    }
    let typed = texts.get("systems").map_or("", String::as_str);
    let systems: Vec<String> =
        typed.split(';').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect();
    if let Some(due) = owed::due_of(at, kind, &systems).await? {
        texts.insert("due_on".to_owned(), due.to_string());
    }
    Ok(())
}

fn name(kind: ReviewKind, today: Date) -> String {
    use chrono::Datelike as _;
    let day = today.naive();
    match kind {
        ReviewKind::AuthorizationVerification => {
            format!("Authorization verification, Q{} {}", day.month().div_ceil(3), day.year())
        }
        ReviewKind::PrivilegeReview => format!("Privilege review {}", day.year()),
        ReviewKind::BcsiReview => format!("BCSI access review {}", day.year()),
        ReviewKind::ConduitReview => format!("Conduit review {}", day.year()),
    }
}

/// The review a form or a program asks for, with every problem.
pub async fn read(
    at: &mut Snapshot,
    texts: &BTreeMap<String, String>,
    reason: &str,
) -> Answer<(Review, Draft, Lookup)> {
    let lookup = linked::<Review>(at).await?;
    let mut texts = texts.clone();
    propose(at, &mut texts).await?;
    let mut review = Review::default();
    let mut drafted = registers::drafted(at, None, &mut review, &texts, &lookup).await?;
    let known = kind(&texts).is_some();
    for problem in &mut drafted.problems {
        if problem.field == "due_on" && problem.value.is_empty() && known {
            "missing; none of its kind is recorded, so no clock says the day".clone_into(&mut problem.problem);
        }
    }
    let typed = texts.get("reference").map_or("", String::as_str);
    if !by_references::<Review>(at, &[fold::folded(typed)]).await?.is_empty() {
        drafted.refuse("reference", typed, "already taken by another review");
    }
    if let Err(problem) = field::line(reason, 500) {
        drafted.refuse("reason", reason, problem);
    }
    Ok((review, drafted, lookup))
}

fn form(
    caller: &Caller,
    texts: &BTreeMap<String, String>,
    drafted: &Draft,
    lookup: &Lookup,
    (key, reason): (String, String),
) -> Answer<FormPage> {
    let list = links::place(&caller.serving()?.slug, "reviews");
    Ok(FormPage {
        shell: Shell::of(caller, Place::Access, "Open a review"),
        heading: "Open a review".to_owned(),
        groups: view::form::<Review>(texts, drafted, &BTreeMap::new(), lookup),
        action: list.clone(),
        cancel: list,
        version: 0,
        key,
        reason,
        reason_problem: drafted.of("reason").map(str::to_owned),
        problems: drafted.problems.len(),
        conflict: false,
        is_new: true,
    })
}
