//! The store: a database of either engine, opened, asserted fit, and ready to give snapshots and changes.
//!
//! Invariant: any number of processes may open one database; nothing is remembered here that a head does not vouch for.

use rand::Rng;

use super::change::{Author, Change, Follower};
use super::engine::{self, EngineKind, Location, Pools};
use super::platform::Platform;
use super::snapshot::{AsOf, Snapshot};
use super::statement::{Open, Side};
use super::{Actor, Failure, Result};
use crate::clock::Clock;
use crate::ids::{Id, OrganizationId, RequestId};

/// An open database.
#[derive(Clone, Debug)]
pub struct Store {
    pools: Pools,
    clock: Clock,
    followers: &'static [Follower],
}

impl Store {
    /// Opens a database and asserts that it is fit. A SQLite schema is brought up to date; a PostgreSQL schema must be
    /// (`glance migrate`), because the application's login owns nothing.
    pub async fn open(location: &Location, clock: Clock, followers: &'static [Follower]) -> Result<Self> {
        let store = Self { followers, ..Self::open_bare(location, clock).await? };
        store.ensure_platform_log().await?;
        Ok(store)
    }

    /// Opens a database that is to be restored into: no log of its own begins in it.
    pub async fn open_bare(location: &Location, clock: Clock) -> Result<Self> {
        let pools = Pools::open(location).await?;
        engine::assert_postgres(&pools).await?;
        if pools.kind() == EngineKind::Sqlite {
            pools.migrate().await?;
        }
        let store = Self { pools, clock, followers: &[] };
        store.assert_schema().await?;
        Ok(store)
    }

    pub(super) async fn open_read(&self) -> Result<Open> {
        Ok(Open::new(self.pools.begin_read().await?))
    }

    pub(super) async fn open_write(&self) -> Result<Open> {
        Ok(Open::new(self.pools.begin_write().await?))
    }

    /// The newest migration this Glance knows.
    #[must_use]
    pub fn schema(&self) -> i64 {
        self.pools.wanted_schema()
    }

    /// Brings the schema up to date; on PostgreSQL as its owner.
    pub async fn migrate(location: &Location) -> Result<()> {
        let pools = Pools::open(location).await?;
        pools.migrate().await?;
        pools.close().await;
        Ok(())
    }

    #[must_use]
    pub fn engine(&self) -> EngineKind {
        self.pools.kind()
    }

    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// One organization at one instant.
    pub async fn snapshot(&self, organization: OrganizationId, as_of: AsOf) -> Result<Snapshot> {
        let open = Open::new(self.pools.begin_read().await?);
        Snapshot::open(open, organization, as_of, self.clock.now()).await
    }

    /// An open change of one organization.
    pub async fn change(&self, organization: OrganizationId, author: Author) -> Result<Change> {
        let open = Open::new(self.pools.begin_write().await?);
        Change::open(open, organization, author, self.clock.now(), self.followers).await
    }

    /// A change that begins a new organization: its row, the head of its journal, and whatever the change writes.
    pub async fn found(
        &self,
        id: OrganizationId,
        slug: &str,
        (name, time_zone): (&str, &str),
        author: Author,
    ) -> Result<Change> {
        let mut open = Open::new(self.pools.begin_write().await?);
        let mut tables = Platform::new(&mut open);
        let origin = tables.origin_for(id).await?;
        tables.found_organization(id, slug, (name, time_zone), &origin, self.clock.now()).await?;
        Change::open(open, id, author, self.clock.now(), self.followers).await
    }

    /// An author for work on the host or by Glance itself.
    #[must_use]
    pub fn author(&self, actor: Actor) -> Author {
        Author { actor, request: RequestId::new(self.clock.now(), &mut rand::rng()) }
    }

    /// Reads platform tables.
    pub async fn read_platform(&self) -> Result<PlatformWork> {
        Ok(PlatformWork { open: Open::new(self.pools.begin_read().await?) })
    }

    /// Reads and writes platform tables that no auditor asks about.
    pub async fn write_platform(&self) -> Result<PlatformWork> {
        Ok(PlatformWork { open: Open::new(self.pools.begin_write().await?) })
    }

    /// Parses a text on this engine without running it.
    pub async fn prepare(&self, organization: Option<OrganizationId>, text: &'static str) -> Result<()> {
        let side = organization.map_or(Side::Platform, Side::Organization);
        Open::new(self.pools.begin_write().await?).prepare(side, text).await
    }

    pub async fn close(&self) {
        self.pools.close().await;
    }

    async fn assert_schema(&self) -> Result<()> {
        let mut work = self.read_platform().await?;
        let found = work.tables().schema_version().await.unwrap_or(0);
        let wanted = self.pools.wanted_schema();
        if found < wanted {
            return Err(Failure::Unfit(format!(
                "the schema is at {found} and this Glance needs {wanted}; run `glance migrate` as the owner"
            )));
        }
        if found > wanted {
            return Err(Failure::Unfit(format!(
                "the schema is at {found}, newer than this Glance knows ({wanted}); use the newer Glance"
            )));
        }
        Ok(())
    }

    /// The log of what belongs to no organization exists from the first opening on.
    async fn ensure_platform_log(&self) -> Result<()> {
        let mut work = self.read_platform().await?;
        if work.tables().organization(OrganizationId::PLATFORM).await?.is_some() {
            return Ok(());
        }
        drop(work);
        let mut instance = [0u8; 8];
        rand::rng().fill_bytes(&mut instance);
        let origin = format!("glance/{}/platform", super::versions::hex(&instance));
        let mut work = self.write_platform().await?;
        let at = self.clock.now();
        match work.tables().found_organization(OrganizationId::PLATFORM, "-", ("Glance", "UTC"), &origin, at).await {
            Ok(()) => work.commit().await,
            Err(Failure::Taken(_)) => Ok(()),
            Err(failure) => Err(failure),
        }
    }
}

/// An open transaction over platform tables.
pub struct PlatformWork {
    open: Open,
}

impl PlatformWork {
    pub fn tables(&mut self) -> Platform<'_> {
        Platform::new(&mut self.open)
    }

    pub async fn commit(self) -> Result<()> {
        self.open.commit().await
    }
}
