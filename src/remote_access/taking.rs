//! Taking in what a gateway told, inside a change: one batch, its events, the sessions they add up to.
//!
//! Invariant: one leaf a batch. An event that says nothing new is not written again; a session whose events do not fit each
//! other or what is known of it refuses the batch, or is left out of it.

use std::collections::BTreeMap;

use super::folding::{self, Clash, Folded};
use super::model::{Event, Session, SessionBatch};
use super::reading::Told;
use super::records::sessions;
use crate::flows::reading::BadLine;
use crate::ids::{ArtifactId, AssetId, SessionBatchId, SessionId};
use crate::storage::merkle::{Frontier, leaf_hash};
use crate::storage::versions::{canonical, hash_text};
use crate::storage::{Change, Result};
use crate::vocabulary::Moment;

/// What the source of a batch is called that was pushed.
pub const PUSHED: &str = "API";

/// What came from a gateway.
#[derive(Debug)]
pub struct Coming<'c> {
    pub gateway: AssetId,
    pub gateway_reference: &'c str,
    /// The file's name, or [`PUSHED`].
    pub source: &'c str,
    pub digest: String,
    pub artifact: Option<ArtifactId>,
    pub told: &'c [Told],
    /// Leaves out sessions that do not fit, instead of refusing all.
    pub partial: bool,
}

/// A session a batch tells of.
#[derive(Clone, Debug)]
pub struct Touched {
    pub id: SessionId,
    pub session: Session,
    /// True when the batch said something new of it.
    pub changed: bool,
}

/// What was taken in.
#[derive(Clone, Debug)]
pub struct TakenIn {
    pub batch: SessionBatchId,
    /// Events that were written, and events that said nothing new.
    pub events: usize,
    pub repeated: usize,
    pub sessions: Vec<Touched>,
    /// What was left out, a line for each session that does not fit.
    pub left_out: Vec<BadLine>,
}

/// A session with its events that are to be written.
struct Folding<'c> {
    id: SessionId,
    session: Session,
    news: Vec<(usize, &'c Event)>,
    /// Events that said nothing new.
    repeated: usize,
}

/// Takes in what came; the inner error says which lines do not fit, and nothing of it is written.
pub async fn take_in(change: &mut Change, coming: Coming<'_>) -> Result<std::result::Result<TakenIn, Vec<BadLine>>> {
    let (folded, left_out) = folded(change, &coming).await?;
    if !left_out.is_empty() && !coming.partial {
        return Ok(Err(left_out));
    }
    let mut news: Vec<(usize, SessionId, &Event)> =
        folded.iter().flat_map(|one| one.news.iter().map(|(place, event)| (*place, one.id, *event))).collect();
    news.sort_unstable_by_key(|(place, ..)| *place);
    let (mut tree, mut rows) = (Frontier::empty(), Vec::with_capacity(news.len()));
    for (_, id, event) in &news {
        let record = canonical(*event)?;
        tree.push(leaf_hash(record.as_bytes()));
        rows.push((*id, *event, record));
    }
    let events = rows.len();
    let record = batch(change.moment(), &coming, (events, folded.len()), hash_text(&tree.root()));
    let act = if coming.source == PUSHED { "session_batch.push" } else { "session_batch.import" };
    let id = change.insert(act, &record, "").await?;
    sessions::keep_events(change, id, rows.into_iter()).await?;
    if events > 0 {
        let changed = folded.iter().filter(|one| !one.news.is_empty());
        sessions::keep_rows(change, id, changed.map(|one| (one.id, &one.session))).await?;
    }
    let repeated = folded.iter().map(|one| one.repeated).sum();
    let touched = |one: Folding<'_>| Touched { id: one.id, changed: !one.news.is_empty(), session: one.session };
    let sessions = folded.into_iter().map(touched).collect();
    Ok(Ok(TakenIn { batch: id, events, repeated, sessions, left_out }))
}

fn batch(now: Moment, coming: &Coming<'_>, (events, sessions): (usize, usize), root: String) -> SessionBatch {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let moments = || coming.told.iter().map(|told| told.event.at);
    SessionBatch {
        gateway: coming.gateway,
        gateway_reference: coming.gateway_reference.to_owned(),
        source: coming.source.to_owned(),
        digest: coming.digest.clone(),
        events: number(events),
        sessions: number(sessions),
        from: moments().min(),
        until: if coming.source == PUSHED { Some(now) } else { moments().max() },
        root,
        artifact: coming.artifact,
    }
}

/// The sessions of what came, in order of their ids, and the lines that do not fit.
async fn folded<'c>(change: &mut Change, coming: &Coming<'c>) -> Result<(Vec<Folding<'c>>, Vec<BadLine>)> {
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, told) in coming.told.iter().enumerate() {
        places.entry(&told.event.session).or_default().push(place);
    }
    let mut groups: Vec<(SessionId, Vec<usize>)> =
        places.into_iter().map(|(key, places)| (folding::id_of(coming.gateway, key), places)).collect();
    groups.sort_unstable_by_key(|(id, _)| *id);
    let ids: Vec<SessionId> = groups.iter().map(|(id, _)| *id).collect();
    let known = sessions::standing(change.reading().await?, &ids).await?;
    let (mut found, mut bad) = (Vec::with_capacity(groups.len()), Vec::new());
    for (id, places) in groups {
        let events: Vec<&'c Event> = places.iter().map(|place| &coming.told[*place].event).collect();
        match folding::fold(coming.gateway, known.get(&id), &events) {
            Ok(Folded { session, news }) => {
                let repeated = places.len() - news.len();
                let news = news.into_iter().map(|place| (places[place], events[place])).collect();
                found.push(Folding { id, session, news, repeated });
            }
            Err(clash) => bad.push(misfit(coming, &coming.told[places[clash.place]], clash)),
        }
    }
    bad.sort_by_key(|line| line.line);
    Ok((found, bad))
}

fn misfit(coming: &Coming<'_>, told: &Told, clash: Clash) -> BadLine {
    let column = if clash.column == "at" { told.moment_column() } else { clash.column };
    BadLine {
        file: coming.source.to_owned(),
        line: told.line,
        column: column.to_owned(),
        value: clash.value,
        problem: clash.problem,
        whole: false,
    }
}
