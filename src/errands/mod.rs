//! Errands: what must follow a change without anybody asking. Findings follow the checks; each day's posture is recorded;
//! packages that were ordered are built; logs that land in a watched folder are taken in.
//!
//! Invariant: stands above all slices. Run twice, the second run writes nothing, so two processes over one database do no
//! harm, and one that broke off is made up for by the next.

pub mod checkpoints;
pub mod daily;
pub mod following;
pub mod packages;
pub mod watching;

use std::time::Duration;

use crate::engagements::Engagement;
use crate::evidence::readying::Measured;
use crate::ids::OrganizationId;
use crate::posture::Memory;
use crate::storage::{AsOf, Result, Store};
use crate::web::App;

/// How long a change waits for its errands at most, when nobody nudged.
const PACE: Duration = Duration::from_secs(30);

/// Runs errands while the process serves: soon after each change, and every half minute. Packages are built beside them.
pub async fn run(app: App) {
    tokio::join!(follow(app.clone()), packages::run(app));
}

async fn follow(app: App) {
    let memory = app.shared::<Memory>();
    loop {
        if let Err(failure) = all(&app.store, &memory).await {
            tracing::error!(error = ?failure, "errands broke off; they are tried again");
        }
        if let Err(failure) = checkpoints::take(&app, checkpoints::DAILY).await {
            tracing::error!(error = ?failure, "no checkpoint was taken; it is tried again");
        }
        if let Err(failure) = Box::pin(measure(&app)).await {
            tracing::error!(error = ?failure, "readiness was not measured; a page measures it when asked");
        }
        tokio::select! {
            () = app.nudge.notified() => tokio::time::sleep(Duration::from_millis(200)).await,
            () = tokio::time::sleep(PACE) => {}
        }
    }
}

/// Measures again how ready the engagements are that somebody asked about, before anybody waits for it.
async fn measure(app: &App) -> Result<()> {
    let measured = app.shared::<Measured>();
    for (organization, id) in measured.asked() {
        let mut at = app.store.snapshot(organization, AsOf::Now).await?;
        if let Some(kept) = at.find::<Engagement>(id).await? {
            measured.ready(&app.store, &mut at, &kept).await?;
        }
    }
    Ok(())
}

/// The errands of every organization, one after the other.
pub async fn all(store: &Store, memory: &Memory) -> Result<()> {
    let mut work = store.read_platform().await?;
    let organizations = work.tables().every_organization().await?;
    drop(work);
    crate::people::refusals::settle(store).await?;
    for organization in organizations {
        one(store, memory, organization.id).await?;
    }
    Ok(())
}

/// The errands of one organization.
pub async fn one(store: &Store, memory: &Memory, organization: OrganizationId) -> Result<()> {
    following::follow(store, memory, organization).await?;
    daily::record(store, memory, organization).await
}
