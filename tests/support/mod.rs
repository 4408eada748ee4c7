//! A database of either engine for one test, with a canary organization beside the one under test.

pub mod bagged;
pub mod browser;
pub mod files;
pub mod http;
pub mod process;
pub mod s3;
pub mod tamper;

use std::sync::atomic::{AtomicU32, Ordering};

use glance::clock::{Clock, StillClock};
use glance::ids::OrganizationId;
use glance::organizations::{OrganizationProfile, actions};
use glance::storage::engine::{EngineKind, Location};
use glance::storage::{Actor, Store};
use glance::vocabulary::Moment;
use sqlx::{Connection, Executor, PgConnection};
use tokio::sync::OnceCell;

/// The moment at which a bed's clock begins: 2026-03-02T15:00:00Z.
pub const BEGINNING: Moment = Moment::from_micros(1_772_463_600_000_000);

/// A text that stands in every record of the canary organization and must never be seen elsewhere.
pub const CANARY: &str = "canary-5d1f";

/// A fresh store with two organizations.
pub struct Bed {
    pub store: Store,
    pub clock: StillClock,
    pub location: Location,
    /// Removed with the bed, and with it a SQLite file.
    _directory: tempfile::TempDir,
    pub organization: OrganizationId,
    pub canary: OrganizationId,
}

impl Bed {
    pub async fn new(engine: EngineKind) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let location = match engine {
            EngineKind::Sqlite => Location::File(directory.path().join("glance.db")),
            EngineKind::Postgres => Location::Url(fresh_postgres().await),
        };
        let (clock, hand) = Clock::still(BEGINNING);
        let store = Store::open(&location, clock, glance::FOLLOWERS).await.expect("the store opens");
        let organization = begin(&store, "larkspur", "Larkspur Valley Power").await;
        let canary = begin(&store, "canary", CANARY).await;
        Self { store, clock: hand, location, _directory: directory, organization, canary }
    }

    /// An author for the test's own changes.
    pub fn author(&self) -> glance::storage::change::Author {
        self.store.author(Actor::host("test"))
    }
}

async fn begin(store: &Store, slug: &str, name: &str) -> OrganizationId {
    let profile = OrganizationProfile::begin(slug, name, "America/Denver").expect("a good profile");
    let (id, change) =
        actions::found(store, &profile, store.author(Actor::host("test")), "begins").await.expect("founded");
    change.commit().await.expect("committed");
    id
}

pub fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run the tests through tests/run"))
}

/// A URL for a role (`user:password`) and a database of the test's cluster.
pub fn postgres_url(role: &str, database: &str) -> String {
    format!(
        "postgres://{role}@{}:{}/{database}",
        setting("GLANCE_TEST_POSTGRES_HOST"),
        setting("GLANCE_TEST_POSTGRES_PORT")
    )
}

/// An empty database owned by the owner role; gives its name.
pub async fn empty_postgres() -> String {
    create_database("").await
}

async fn create_database(template: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("glance_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    let mut admin =
        PgConnection::connect(&setting("GLANCE_TEST_POSTGRES_ADMIN_URL")).await.expect("PostgreSQL is there");
    let text = format!("CREATE DATABASE {name} OWNER glance_owner {template}");
    admin.execute(sqlx::AssertSqlSafe(text)).await.expect("a database");
    admin.close().await.expect("closed");
    name
}

/// A migrated database; gives the URL of the application's login.
pub async fn fresh_postgres() -> String {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let _turn = ONE_AT_A_TIME.lock().await;
    let template = TEMPLATE
        .get_or_init(|| async {
            let name = empty_postgres().await;
            let owner = Location::Url(postgres_url(&setting("GLANCE_TEST_POSTGRES_OWNER"), &name));
            Store::migrate(&owner).await.expect("migrations run");
            name
        })
        .await;
    let name = create_database(&format!("TEMPLATE {template}")).await;
    postgres_url(&setting("GLANCE_TEST_POSTGRES_LOGIN"), &name)
}

/// Runs one asynchronous test on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! on_each_engine {
    ($($(#[$meta:meta])* async fn $name:ident($bed:ident: Bed) $body:block)+) => {$(
        mod $name {
            use super::*;
            async fn body($bed: Bed) $body

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                body(Bed::new(glance::storage::engine::EngineKind::Sqlite).await).await;
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                body(Bed::new(glance::storage::engine::EngineKind::Postgres).await).await;
            }
        }
    )+};
}
