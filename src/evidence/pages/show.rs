//! One package: what was ordered by whom and why, how far it is, what was sealed, who fetched it.
//!
//! Invariant: while it is under way the page comes again by itself, with the progress every process sees.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue};

use super::bytes;
use crate::auth::Action;
use crate::engagements::Engagement;
use crate::evidence::{Package, PackageState, records};
use crate::ids::{Id as _, PackageId};
use crate::register::people::{self, Names};
use crate::storage::platform::ErrandStanding;
use crate::storage::{Kept, Snapshot};
use crate::vocabulary::Moment;
use crate::web::extract::{Asking, Id};
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

/// A step of its life, or somebody who fetched it: what, who, when, why.
struct Event {
    what: &'static str,
    who: String,
    at: String,
    why: String,
}

/// How far a build is.
struct Progress {
    stage: String,
    done: i64,
    of: i64,
    attempt: i64,
}

/// Another sealed package, to compare with: name, address of the comparison, instant, and whether its bytes are the same.
struct Other {
    name: String,
    href: String,
    instant: String,
    same: bool,
}

#[derive(Template)]
#[template(path = "evidence/show.html")]
struct ShowPage {
    shell: Shell,
    package: Package,
    href: String,
    list_href: String,
    /// Reference, name and address.
    engagement: Option<(String, String, String)>,
    instant: String,
    parts: usize,
    size: String,
    progress: Option<Progress>,
    life: Vec<Event>,
    downloads: Vec<Event>,
    others: Vec<Other>,
    /// Sealed for the same order: how many, and whether every one has the same bytes.
    twins: (usize, bool),
    may_download: bool,
    may_retry: bool,
    records_href: String,
    confined: bool,
}

pub async fn show(State(app): State<App>, caller: Caller, Id(id): Id<PackageId>, asking: Asking) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let kept = at.find::<Package>(id).await?.ok_or(Failure::NotFound)?;
    let organization = at.organization();
    let errand = at.platform().errand_of(organization, id.uuid()).await?;
    let mut shell = Shell::of(&caller, Place::Evidence, kept.name.clone()).saying(asking.text("done"));
    let href = links::record(&caller.serving()?.slug, "packages", id);
    shell.now_href.clone_from(&href);
    let waits = kept.state.is_under_way() && caller.as_of.is_none();
    let around = around(&mut at, &kept, caller.confined.is_some()).await?;
    let view = page_of(&caller, shell, kept, around, errand)?;
    let mut answer = page::show(&view)?;
    if waits {
        let again = HeaderValue::try_from(format!("2; url={href}")).map_err(|error| Failure::Bug(error.to_string()))?;
        answer.headers_mut().insert(HeaderName::from_static("refresh"), again);
    }
    Ok(answer)
}

/// What stands around a package.
struct Around {
    history: Vec<Kept<Package>>,
    fetched: Vec<(Moment, String)>,
    names: Names,
    engagement: Option<Kept<Engagement>>,
    /// Every package; none in an auditor's view.
    all: Vec<Kept<Package>>,
}

async fn around(at: &mut Snapshot, kept: &Kept<Package>, confined: bool) -> Answer<Around> {
    let engagement = match kept.engagement {
        Some(id) => at.find::<Engagement>(id).await?,
        None => None,
    };
    if confined {
        let (history, fetched, all) = (Vec::new(), Vec::new(), Vec::new());
        return Ok(Around { history, fetched, names: Names::default(), engagement, all });
    }
    let history = at.history::<Package>(kept.id).await?;
    let fetched = records::downloads(at, kept.id).await?;
    let labels = history.iter().map(|kept| kept.recorded_by.as_str());
    let names = people::names(at, labels.chain(fetched.iter().map(|(_, by)| by.as_str()))).await?;
    Ok(Around { history, fetched, names, engagement, all: at.every::<Package>().await? })
}

fn page_of(
    caller: &Caller,
    shell: Shell,
    kept: Kept<Package>,
    around: Around,
    errand: Option<ErrandStanding>,
) -> Answer<ShowPage> {
    let (slug, query) = (caller.serving()?.slug.clone(), shell.query());
    let confined = caller.confined.is_some();
    let rest = if confined { "/look" } else { "" };
    let engaged = |kept: Kept<Engagement>| {
        let href = format!("{}{rest}{query}", links::record(&slug, "engagements", kept.id));
        (kept.reference.to_string(), kept.content.name, href)
    };
    let href = links::record(&slug, "packages", kept.id);
    let twins: Vec<&Kept<Package>> = sealed(&around.all, &kept).filter(|other| other.is_same_order(&kept)).collect();
    Ok(ShowPage {
        twins: (twins.len(), twins.iter().all(|other| other.digest == kept.digest)),
        others: others(caller, &around.all, &kept, &href),
        engagement: around.engagement.map(engaged),
        instant: caller.told(kept.instant),
        parts: kept.parts().len(),
        size: kept.size.map_or_else(String::new, bytes),
        progress: errand.filter(|_| kept.state.is_under_way()).map(progress),
        life: around.history.iter().map(|kept| event(caller, kept, &around.names)).collect(),
        downloads: around.fetched.iter().map(|(at, by)| fetch(caller, *at, &around.names.of(by))).collect(),
        may_download: kept.is_sealed() && (confined || caller.may_now(Action::DownloadPackage)),
        may_retry: kept.state == PackageState::Failed && caller.may_now(Action::OrderPackage),
        records_href: format!("{href}/records"),
        list_href: format!("{}{query}", links::place(&slug, "packages")),
        package: kept.content,
        confined,
        href,
        shell,
    })
}

/// The other sealed packages.
fn sealed<'p>(all: &'p [Kept<Package>], one: &'p Kept<Package>) -> impl Iterator<Item = &'p Kept<Package>> {
    all.iter().rev().filter(|other| other.id != one.id && other.state == PackageState::Sealed)
}

fn others(caller: &Caller, all: &[Kept<Package>], one: &Kept<Package>, href: &str) -> Vec<Other> {
    if one.state != PackageState::Sealed {
        return Vec::new();
    }
    let other = |other: &Kept<Package>| Other {
        name: other.name.clone(),
        href: format!("{href}/comparison?with={}", other.id),
        instant: caller.told(other.instant),
        same: other.digest == one.digest,
    };
    sealed(all, one).take(12).map(other).collect()
}

fn progress(errand: ErrandStanding) -> Progress {
    Progress { stage: errand.stage, done: errand.steps_done, of: errand.steps, attempt: errand.attempts }
}

fn event(caller: &Caller, kept: &Kept<Package>, names: &Names) -> Event {
    Event {
        what: kept.state.label(),
        who: names.of(&kept.recorded_by),
        at: caller.told(kept.recorded_from),
        why: kept.reason.clone(),
    }
}

fn fetch(caller: &Caller, at: Moment, who: &str) -> Event {
    Event { what: "Downloaded", who: who.to_owned(), at: caller.told(at), why: String::new() }
}
