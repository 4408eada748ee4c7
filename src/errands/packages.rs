//! Building the packages that were ordered, under a lease: of all processes over one database one builds, and when it breaks
//! off another goes on.
//!
//! Invariant: the record says sealed only after the file lies whole and synced in its place, and only by who holds the
//! lease. A build that fails says why; nothing of it is left behind.

use std::time::Duration;

use tokio::sync::watch;

use crate::evidence::building::{self, Means, Progress, Sealed};
use crate::evidence::ordering::{self, ERRAND, Ending};
use crate::evidence::{Order, Package, Unbuilt, keeping};
use crate::ids::{Id, OrganizationId, PackageId};
use crate::seal::Unsealable;
use crate::storage::platform::{Errand, Lease, Step};
use crate::storage::{Actor, AsOf, Failure, Kept, Result, Store};
use crate::web::App;

/// Seconds a lease lasts without being renewed.
const LEASE_SECONDS: i64 = 60;
/// How often it is renewed, and with it what is said of the progress.
const RENEWED: Duration = Duration::from_millis(500);
/// How often orders of other processes are looked for.
const PACE: Duration = Duration::from_secs(5);
/// After this many builds that broke off without an answer a package is failed.
const MOST_ATTEMPTS: i64 = 5;

/// A worker: what building takes, under a name that no other worker has, in this process or another.
#[derive(Clone)]
pub struct Worker {
    app: App,
    who: String,
}

impl Worker {
    #[must_use]
    pub fn of(app: &App) -> Self {
        let some: [u8; 4] = rand::random();
        let who = format!("{}-{}", std::process::id(), crate::storage::versions::hex(&some));
        Self { app: app.clone(), who }
    }

    fn store(&self) -> &Store {
        &self.app.store
    }

    fn lease(&self) -> Lease<'_> {
        Lease { who: &self.who, now: self.store().clock().now(), seconds: LEASE_SECONDS }
    }
}

/// Builds what is ordered, while the process serves.
pub async fn run(app: App) {
    let worker = Worker::of(&app);
    let bell = app.shared::<crate::evidence::Bell>();
    if let Err(failure) = adopt(&worker).await {
        tracing::error!(error = ?failure, "packages without an errand were not looked for");
    }
    loop {
        match next(&worker).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(failure) => tracing::error!(error = ?failure, "an errand broke off; it is tried again"),
        }
        tokio::select! {
            () = bell.rung() => {}
            () = tokio::time::sleep(PACE) => {}
        }
    }
}

/// Sends an errand for packages that are under way and have none: leases are not in a backup.
pub async fn adopt(worker: &Worker) -> Result<()> {
    let mut work = worker.store().read_platform().await?;
    let organizations = work.tables().every_organization().await?;
    drop(work);
    for organization in organizations {
        let mut at = worker.store().snapshot(organization.id, AsOf::Now).await?;
        for kept in at.every::<Package>().await?.into_iter().filter(|kept| kept.state.is_under_way()) {
            let errand = at.platform().errand_of(organization.id, kept.id.uuid()).await?;
            if errand.is_none_or(|errand| errand.done_at.is_some()) {
                let mut change =
                    worker.store().change(organization.id, worker.store().author(Actor::job("package"))).await?;
                ordering::send(&mut change, kept.id).await?;
                change.commit().await?;
            }
        }
    }
    Ok(())
}

/// Takes the next errand that is due and builds its package; false when there is none.
pub async fn next(worker: &Worker) -> Result<bool> {
    let mut work = worker.store().read_platform().await?;
    let waits = work.tables().errand_waits(ERRAND, worker.store().clock().now()).await?;
    drop(work);
    if !waits {
        return Ok(false);
    }
    let mut work = worker.store().write_platform().await?;
    let errand = work.tables().lease_errand(ERRAND, &worker.lease()).await?;
    work.commit().await?;
    let Some(errand) = errand else { return Ok(false) };
    build(worker, &errand, &|_| {}).await?;
    Ok(true)
}

/// Builds one package in this process, or waits for the process that does; gives it as it ended.
pub async fn one(
    worker: &Worker,
    organization: OrganizationId,
    id: PackageId,
    tell: &(dyn Fn(&Step) + Sync),
) -> Result<Kept<Package>> {
    loop {
        let mut work = worker.store().write_platform().await?;
        let about = (organization, id.uuid());
        let errand = work.tables().lease_errand_of(ERRAND, about, &worker.lease()).await?;
        work.commit().await?;
        if let Some(errand) = errand {
            build(worker, &errand, tell).await?;
        }
        let mut at = worker.store().snapshot(organization, AsOf::Now).await?;
        let kept = at.find::<Package>(id).await?.ok_or(Failure::Dangling)?;
        if !kept.state.is_under_way() {
            return Ok(kept);
        }
        if let Some(standing) = at.platform().errand_of(organization, id.uuid()).await? {
            tell(&Step { stage: standing.stage, done: standing.steps_done, of: standing.steps });
        }
        drop(at);
        tokio::time::sleep(RENEWED).await;
    }
}

/// Builds the package of an errand this worker holds.
async fn build(worker: &Worker, errand: &Errand, tell: &(dyn Fn(&Step) + Sync)) -> Result<()> {
    let author = || worker.store().author(Actor::job("package"));
    let Some(kept) = ordering::begin(worker.store(), author(), errand).await? else {
        let mut work = worker.store().write_platform().await?;
        work.tables().finish_errand(errand.id, &worker.who, worker.store().clock().now(), None).await?;
        return work.commit().await;
    };
    let id = kept.id;
    keeping::clear(&worker.app.data, errand.organization_id, id);
    let ending = if errand.attempts > MOST_ATTEMPTS {
        Ending::Failed(format!("The build broke off {MOST_ATTEMPTS} times without an answer; the log says where."))
    } else {
        match held(worker, errand, &kept, tell).await {
            Ok(sealed) => Ending::Sealed(sealed),
            Err(unbuilt) if unbuilt.is_passing() && !is_full(&unbuilt) => return Err(passing(unbuilt)),
            Err(unbuilt) => {
                tracing::warn!(error = ?unbuilt, package = %id, "a package was not built");
                Ending::Failed(said(&unbuilt))
            }
        }
    };
    if !ordering::end(worker.store(), author(), (errand, &worker.who), ending).await? {
        tracing::warn!(package = %id, "the lease ran out while the package was built; another process goes on");
    }
    Ok(())
}

/// Builds while the lease is kept and the progress is told.
async fn held(
    worker: &Worker,
    errand: &Errand,
    kept: &Kept<Package>,
    tell: &(dyn Fn(&Step) + Sync),
) -> Result<Sealed, Unbuilt> {
    let (told, mut telling) = watch::channel(Step::default());
    let (app, order) = (worker.app.clone(), ordering::order_of(errand.organization_id, kept));
    let handle = tokio::runtime::Handle::current();
    // On a thread of its own: reading the record computes for seconds, and requests must not wait for it.
    let mut building = tokio::task::spawn_blocking(move || {
        handle.block_on(async {
            tokio::select! {
                built = written(&app, order, &told) => built,
                // Nobody listens any more: the process stops, or another worker goes on.
                () = told.closed() => Err(broken_off("the build was broken off")),
            }
        })
    });
    loop {
        tokio::select! {
            done = &mut building => return done.map_err(|error| broken_off(&format!("the build stopped: {error}")))?,
            () = tokio::time::sleep(RENEWED) => {}
        }
        let step = telling.borrow_and_update().clone();
        tell(&step);
        match renew(worker, errand, &step).await {
            Ok(true) => {}
            Ok(false) => return Err(broken_off("another process builds this package")),
            // A database out of reach for a moment ends no build: the lease lasts longer than that.
            Err(failure) => tracing::warn!(error = ?failure, package = %kept.id, "the lease was not renewed"),
        }
    }
}

/// Renews the lease and says how far the work is; false when another has the lease.
async fn renew(worker: &Worker, errand: &Errand, step: &Step) -> Result<bool> {
    let mut work = worker.store().write_platform().await?;
    let held = work.tables().keep_errand(errand.id, &worker.lease(), step).await?;
    work.commit().await?;
    Ok(held)
}

fn broken_off(why: &str) -> Unbuilt {
    Unbuilt::Storage(Failure::Unfit(why.to_owned()))
}

async fn written(app: &App, order: Order, told: &watch::Sender<Step>) -> Result<Sealed, Unbuilt> {
    let means = Means { store: &app.store, keys: &app.keys, data: &app.data, blobs: &app.blobs };
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let watching = |progress: Progress| {
        let stage = capital(progress.chapter);
        drop(told.send(Step { stage, done: number(progress.done), of: number(progress.of) }));
    };
    building::build(means, order, &watching).await
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn passing(unbuilt: Unbuilt) -> Failure {
    match unbuilt {
        Unbuilt::Storage(failure) => failure,
        other => Failure::Unfit(other.to_string()),
    }
}

/// True when a disk is full: said at once, because nobody but a person mends it.
fn is_full(unbuilt: &Unbuilt) -> bool {
    match unbuilt {
        Unbuilt::Storage(Failure::Full(_)) | Unbuilt::Unwritten { cause: Unsealable::Full { .. }, .. } => true,
        Unbuilt::Storage(Failure::File(error)) => {
            matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
        }
        _ => false,
    }
}

/// Why a build failed, in words for who ordered it.
fn said(unbuilt: &Unbuilt) -> String {
    if is_full(unbuilt) {
        return "No space is left where packages are written. Free some, then order once more.".to_owned();
    }
    let told = capital(&unbuilt.to_string());
    if told.ends_with('.') { told } else { format!("{told}.") }
}
