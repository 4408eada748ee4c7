//! Two sealed packages side by side.
//!
//! Invariant: the earlier instant stands on the left; equal digests are said without looking further.

use askama::Template;
use axum::extract::State;

use super::bytes;
use crate::evidence::comparing::{self, Comparison};
use crate::evidence::{Package, PackageState, keeping, reading};
use crate::ids::{Id as _, PackageId};
use crate::storage::Kept;
use crate::web::extract::{Asking, Id};
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

/// Rows of a kind that are shown.
const MOST: usize = 500;

/// A package of the two.
struct Side {
    name: String,
    href: String,
    instant: String,
    digest: String,
    size: String,
    period: String,
    scope: String,
}

#[derive(Template)]
#[template(path = "evidence/comparison.html")]
struct ComparisonPage {
    shell: Shell,
    /// The earlier and the later.
    sides: [(&'static str, Side); 2],
    same: bool,
    found: Comparison,
    /// Rows that are not shown.
    more: usize,
}

impl ComparisonPage {
    fn bytes(size: u64) -> String {
        bytes(i64::try_from(size).unwrap_or(i64::MAX))
    }

    fn told(status: &str) -> String {
        crate::checks::Status::parse(status).map_or_else(|_| status.to_owned(), |status| status.label().to_owned())
    }
}

pub async fn compare(State(app): State<App>, caller: Caller, Id(id): Id<PackageId>, asking: Asking) -> Answer {
    let with = asking.text("with");
    let other = PackageId::parse(with).ok_or_else(|| Failure::field("with", with, "not the id of a package"))?;
    let both = both(&app, &caller, (id, other)).await?;
    let (same, found) = found(&app, &caller, &both).await?;
    page::show(&page_of(&caller, &both, same, found)?)
}

/// Whether two sealed packages are the same bytes, and what differs else.
pub async fn compared(app: &App, caller: &Caller, ids: (PackageId, PackageId)) -> Answer<(bool, Comparison)> {
    found(app, caller, &both(app, caller, ids).await?).await
}

/// Two sealed packages, the earlier first.
async fn both(app: &App, caller: &Caller, ids: (PackageId, PackageId)) -> Answer<Vec<Kept<Package>>> {
    let mut at = caller.snapshot(app).await?;
    let mut both = Vec::new();
    for id in [ids.0, ids.1] {
        let kept = at.find::<Package>(id).await?.ok_or(Failure::NotFound)?;
        if kept.state != PackageState::Sealed {
            return Err(Failure::Conflict(format!("{} is {}, not sealed.", kept.name, kept.state.word())));
        }
        both.push(kept);
    }
    both.sort_by_key(|kept| (kept.instant, kept.id));
    Ok(both)
}

async fn found(app: &App, caller: &Caller, both: &[Kept<Package>]) -> Answer<(bool, Comparison)> {
    if both[0].digest == both[1].digest {
        return Ok((true, Comparison::default()));
    }
    let organization = caller.serving()?.id;
    let paths: Vec<_> = both.iter().map(|kept| keeping::path(&app.data, organization, kept.id)).collect();
    let read = move || -> Result<Comparison, String> {
        Ok(comparing::compare(&reading::index(&paths[0])?, &reading::index(&paths[1])?))
    };
    let done = tokio::task::spawn_blocking(read).await.map_err(|error| Failure::Bug(error.to_string()))?;
    Ok((false, done.map_err(Failure::Bug)?))
}

fn page_of(caller: &Caller, both: &[Kept<Package>], same: bool, mut found: Comparison) -> Answer<ComparisonPage> {
    let shell = Shell::of(caller, Place::Evidence, "Compare packages");
    let (slug, query) = (&caller.serving()?.slug, shell.query());
    let side = |kept: &Kept<Package>| Side {
        name: kept.name.clone(),
        href: format!("{}{query}", links::record(slug, "packages", kept.id)),
        instant: caller.told(kept.instant),
        digest: kept.hex().to_owned(),
        size: kept.size.map_or_else(String::new, bytes),
        period: kept.period.to_string(),
        scope: kept.scope.told(),
    };
    let mut more = 0;
    let mut cut = |length: usize| more += length.saturating_sub(MOST);
    [found.added.len(), found.removed.len(), found.changed.len(), found.parts.len()].into_iter().for_each(&mut cut);
    found.added.truncate(MOST);
    found.removed.truncate(MOST);
    found.changed.truncate(MOST);
    found.parts.truncate(MOST);
    Ok(ComparisonPage { sides: [("Earlier", side(&both[0])), ("Later", side(&both[1]))], same, found, more, shell })
}
