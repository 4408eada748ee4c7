//! Building the packages that were ordered, under a lease: of all processes over one database one builds, and when it breaks
//! off another goes on.
//!
//! Invariant: the record says sealed only after the file lies whole and synced in its place, and only by who holds the
//! lease. A build that fails says why; nothing of it is left behind.

use std::time::Duration;

use tokio::sync::watch;

use crate::evidence::ordering::{self, ERRAND, Ending};
use crate::evidence::{Package, building, keeping};
use crate::ids::{Id, OrganizationId, PackageId};
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
    let (organization, id) = (errand.organization_id, kept.id);
    keeping::clear(&worker.app.data, organization, id);
    let unfinished = keeping::unfinished(&worker.app.data, organization, id, &worker.who);
    let ending = if errand.attempts > MOST_ATTEMPTS {
        Ending::Failed(format!("The build broke off {MOST_ATTEMPTS} times without an answer; the log says where."))
    } else {
        match held(worker, errand, &kept, &unfinished, tell).await {
            Ok(ending) => ending,
            Err(failure) if failure.is_passing() && !matches!(failure, Failure::Full(_)) => return Err(failure),
            Err(failure) => {
                tracing::warn!(error = ?failure, package = %id, "a package was not built");
                Ending::Failed(said(&failure))
            }
        }
    };
    let path = keeping::path(&worker.app.data, organization, id);
    let deliver = || keeping::deliver(&unfinished, &path);
    let ended = ordering::end(worker.store(), author(), (errand, &worker.who), ending, deliver).await;
    drop(std::fs::remove_file(&unfinished));
    if !ended? {
        tracing::warn!(package = %id, "the lease ran out while the package was built; another process goes on");
    }
    Ok(())
}

/// Builds while the lease is kept and the progress is told.
async fn held(
    worker: &Worker,
    errand: &Errand,
    kept: &Kept<Package>,
    unfinished: &std::path::Path,
    tell: &(dyn Fn(&Step) + Sync),
) -> Result<Ending> {
    let (told, mut telling) = watch::channel(Step::default());
    let (mine, package, path) = (worker.clone(), kept.clone(), unfinished.to_owned());
    let (organization, handle) = (errand.organization_id, tokio::runtime::Handle::current());
    // On a thread of its own: chapters compute for seconds, and requests must not wait for them.
    let mut building = tokio::task::spawn_blocking(move || {
        handle.block_on(async {
            tokio::select! {
                ending = written(&mine, organization, &package, &path, &told) => ending,
                // Nobody listens any more: the process stops, or another worker goes on.
                () = told.closed() => Err(Failure::Unfit("The build was broken off.".to_owned())),
            }
        })
    });
    loop {
        tokio::select! {
            done = &mut building => return done.map_err(|error| Failure::Unfit(format!("the build stopped: {error}")))?,
            () = tokio::time::sleep(RENEWED) => {}
        }
        let step = telling.borrow_and_update().clone();
        tell(&step);
        let mut work = worker.store().write_platform().await?;
        let held = work.tables().keep_errand(errand.id, &worker.lease(), &step).await?;
        work.commit().await?;
        if !held {
            return Err(Failure::Unfit("Another process builds this package.".to_owned()));
        }
    }
}

/// Writes the package's file.
async fn written(
    worker: &Worker,
    organization: OrganizationId,
    package: &Kept<Package>,
    path: &std::path::Path,
    told: &watch::Sender<Step>,
) -> Result<Ending> {
    let _ = told.send(Step { stage: "Reading the record".to_owned(), done: 0, of: 2 });
    let bytes = building::build(worker.store(), &worker.app.keys, organization, package).await?;
    let _ = told.send(Step { stage: "Writing the package".to_owned(), done: 1, of: 2 });
    let (size, digest) = keeping::write(path, &bytes)?;
    let (name, key) = (package.name.clone(), package.key.clone());
    Ok(Ending::Sealed { size, digest, name, key })
}

/// Why a build failed, in words for who ordered it.
fn said(failure: &Failure) -> String {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    match failure {
        Failure::File(error) if matches!(error.kind(), StorageFull | QuotaExceeded) => {
            "No space is left where packages are written. Free some, then order again; nothing half written was kept."
                .to_owned()
        }
        Failure::Full(_) => "No space is left for the database. Free some, then order again.".to_owned(),
        Failure::File(error) => format!("A file could not be written: {error}."),
        Failure::Damaged(what) => format!("The record cannot be read back: {what}."),
        Failure::Unfit(why) => why.clone(),
        other => format!("{other}. The log says more."),
    }
}
