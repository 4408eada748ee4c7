//! Packages as pages: order, list, download.
//!
//! Invariant: a download is a leaf of the journal; the bytes served are hashed against the record first.

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use sha2::{Digest, Sha256};

use super::building::{self, Means};
use super::model::{Package, PackageState, Period};
use super::ordering::{self, Wanted};
use super::{Scope, Unbuilt};
use crate::auth::Action;
use crate::ids::PackageId;
use crate::seal::{Unsealable, signature};
use crate::storage::journal::Subject;
use crate::storage::versions::hash_text;
use crate::storage::{AsOf, Kept};
use crate::vocabulary::{Date, Moment};
use crate::web::extract::{Asking, Filled, Id};
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Policy, Routes, Shell, links, page};

/// Mounts the pages.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let base = "/o/{slug}/packages";
    routes
        .on(&Method::GET, base, Policy::Organization(Action::ReadEvidence), list)
        .on(&Method::GET, "/o/{slug}/packages/new", Policy::Organization(Action::OrderPackage), new)
        .on(&Method::POST, base, Policy::Organization(Action::OrderPackage), order)
        .on(&Method::GET, "/o/{slug}/packages/{id}/file", Policy::Organization(Action::DownloadPackage), download)
}

struct PackageView {
    id: PackageId,
    at: String,
    package: Package,
    sealed: bool,
}

#[derive(Template)]
#[template(path = "evidence/list.html")]
struct PackagesPage {
    shell: Shell,
    base: String,
    packages: Vec<PackageView>,
    fingerprint: String,
    may_order: bool,
    files: String,
    may_see_files: bool,
}

#[derive(Template)]
#[template(path = "evidence/new.html")]
struct OrderPage {
    shell: Shell,
    base: String,
    from: String,
    to: String,
}

async fn list(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let mut packages = at.every::<Package>().await?;
    packages.reverse();
    let view = |kept: Kept<Package>| PackageView {
        id: kept.id,
        at: caller.told(kept.recorded_from),
        sealed: kept.state == PackageState::Sealed,
        package: kept.content,
    };
    page::show(&PackagesPage {
        shell: Shell::of(&caller, Place::Evidence, "Evidence").saying(asking.text("done")),
        base: links::place(&caller.serving()?.slug, "packages"),
        packages: packages.into_iter().map(view).collect(),
        fingerprint: signature::fingerprint(&app.keys.signing().key.verifying_key()),
        may_order: caller.may_now(Action::OrderPackage),
        files: links::place(&caller.serving()?.slug, "artifacts"),
        may_see_files: caller.may(Action::ReadArtifacts),
    })
}

async fn new(caller: Caller) -> Answer {
    let day = |moment: Moment| caller.time_zone().date(moment);
    page::show(&OrderPage {
        shell: Shell::of(&caller, Place::Evidence, "Order a package"),
        base: links::place(&caller.serving()?.slug, "packages"),
        from: day(caller.moment.plus_seconds(-365 * 86_400)),
        to: day(caller.moment),
    })
}

async fn order(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let (from, to, why) = (filled.take("from"), filled.take("to"), filled.take("reason"));
    let why = crate::register::field::line(&why, 500).map_err(|problem| Failure::field("reason", &why, problem))?;
    if why.is_empty() {
        return Err(Failure::field("reason", "", "missing; say what the package is for"));
    }
    let date = |name: &str, text: &str| Date::parse(text).map_err(|problem| Failure::field(name, text, problem));
    let period =
        Period::of(date("from", &from)?, date("to", &to)?).map_err(|problem| Failure::field("to", &to, problem))?;
    let text = filled.take("as_of");
    let as_of = if text.trim().is_empty() { AsOf::Now } else { AsOf::At(caller.instant("as_of", text.trim())?) };
    let wanted = Wanted { organization: caller.serving()?.id, scope: Scope::everything(), period, as_of };
    ordering::at_once(means(&app), wanted, caller.author(), &why).await.map_err(failed)?;
    Ok(page::see(&format!("{}?done=ordered", links::place(&caller.serving()?.slug, "packages"))))
}

/// What building needs of the application.
pub(super) fn means(app: &App) -> Means<'_> {
    Means { store: &app.store, keys: &app.keys, data: &app.data, blobs: &app.blobs }
}

/// Why nothing was built, as an answer.
pub(super) fn failed(unbuilt: Unbuilt) -> Failure {
    match unbuilt {
        Unbuilt::Field { field, value, problem } => Failure::field(field, &value, problem),
        Unbuilt::Storage(failure) => failure.into(),
        bytes @ Unbuilt::Bytes { .. } => Failure::Conflict(format!("{bytes}.")),
        Unbuilt::Unwritten { cause: Unsealable::Full { .. }, .. } => Failure::Full,
        other => Failure::Bug(other.to_string()),
    }
}

pub(super) async fn download(State(app): State<App>, caller: Caller, Id(id): Id<PackageId>) -> Answer {
    let mut change = caller.change(&app).await?;
    let kept = change.reading().await?.find::<Package>(id).await?.ok_or(Failure::NotFound)?;
    if kept.state != PackageState::Sealed {
        return Err(Failure::Conflict("The package is not sealed yet.".to_owned()));
    }
    let path = building::path(&app.data, caller.serving()?.id, id);
    let bytes = tokio::fs::read(&path).await.map_err(|error| Failure::Bug(format!("{}: {error}", path.display())))?;
    if hash_text(&Sha256::digest(&bytes)) != kept.digest {
        return Err(Failure::Bug(format!("{} is not the file that was sealed", path.display())));
    }
    change.note("package.download", Subject { kind: "package", id: id.to_string(), rev: None }, None).await?;
    change.commit().await?;
    Ok(crate::register::pages::export::file(&format!("{}.zip", kept.name), "application/zip", bytes))
}
