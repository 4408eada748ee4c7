//! The rows of a review out to a file, each with what was decided about it: the result as evidence.
//!
//! Invariant: every row in its order, whatever the page narrows; an export leaves a leaf in the journal.

use std::collections::HashMap;

use axum::body::Body;
use axum::extract::State;

use crate::ids::ReviewId;
use crate::register::pages::export::{Format, attached};
use crate::register::people;
use crate::reviews::model::Review;
use crate::reviews::records::rows::{self, Told, Wanted};
use crate::reviews::records::{discrepancies, standings};
use crate::reviews::rules::Shown;
use crate::sheets::{CsvOut, Unwritable};
use crate::storage::Snapshot;
use crate::storage::journal::Subject;
use crate::vocabulary::Moment;
use crate::web::extract::Id;
use crate::web::{Answer, App, Caller, Failure};

/// Rows read at once.
const PIECE: u32 = 2_000;

const HEADER: [&str; 13] = [
    "row",
    "kind",
    "reference",
    "id",
    "version",
    "holder",
    "opens",
    "doubt",
    "decision",
    "note",
    "decided_by",
    "decided_at",
    "closed_at",
];

pub async fn csv(State(app): State<App>, caller: Caller, Id(id): Id<ReviewId>) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let kept = at.find::<Review>(id).await?.ok_or(Failure::NotFound)?;
    drop(at);
    let mut change = caller.change(&app).await?;
    let subject = Subject { kind: "review", id: id.to_string(), rev: Some(kept.version.to_string()) };
    change.note("review.export", subject, None).await?;
    change.commit().await?;
    let mut at = caller.snapshot(&app).await?;
    let bytes = written(&mut at, id).await?;
    Ok(attached(
        &format!("review-{}", file_name(kept.reference.as_str())),
        at.instant(),
        Format::Csv,
        Body::from(bytes),
    ))
}

/// A reference as part of a file's name.
fn file_name(reference: &str) -> String {
    reference.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect()
}

async fn written(at: &mut Snapshot, id: ReviewId) -> Answer<Vec<u8>> {
    let wrong = |error: Unwritable| Failure::Bug(error.to_string());
    let found = discrepancies::of_review(at, id).await?;
    let closed: HashMap<i64, Moment> = found.iter().filter_map(|one| Some((one.n, one.closed_at?))).collect();
    let wanted = Wanted { review: id, shown: Shown::All, words: String::new() };
    let mut out = CsvOut::new(Vec::new(), &HEADER).map_err(wrong)?;
    let mut after = 0;
    loop {
        let piece = rows::page(at, &wanted, after, PIECE).await?;
        let Some(last) = piece.last().map(|row| row.n) else { break };
        for cells in cells(at, &piece, &closed).await? {
            out.row(&cells.iter().map(String::as_str).collect::<Vec<_>>()).map_err(wrong)?;
        }
        after = last;
    }
    out.finish().map_err(wrong)
}

/// Rows as a file gives them.
async fn cells(at: &mut Snapshot, piece: &[Told], closed: &HashMap<i64, Moment>) -> Answer<Vec<Vec<String>>> {
    let acts = standings::acts(at, piece.iter().filter_map(|row| row.decided.map(|(_, id, _)| id))).await?;
    let names = people::names(at, acts.values().map(|act| act.recorded_by.as_str())).await?;
    let row = |row: &Told| {
        let item = &row.item;
        let act = row.decided.and_then(|(_, id, _)| acts.get(&id));
        vec![
            row.n.to_string(),
            item.kind.clone(),
            item.reference.clone(),
            item.of.to_string(),
            item.version.to_string(),
            item.holder.clone(),
            item.reaches.clone(),
            item.doubt.clone(),
            row.decided.map_or_else(String::new, |(outcome, ..)| outcome.word().to_owned()),
            act.map_or_else(String::new, |act| act.note.clone()),
            act.map_or_else(String::new, |act| names.of(&act.recorded_by)),
            row.decided.map_or_else(String::new, |(_, _, at)| at.rfc3339()),
            closed.get(&row.n).map_or_else(String::new, |at| at.rfc3339()),
        ]
    };
    Ok(piece.iter().map(row).collect())
}
