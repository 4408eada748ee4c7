//! Commands: everything a page can do that is done on the host, through the same actions, with the same journal.
//!
//! Invariant: exit 0 done, 1 the thing asked about does not hold, 2 wrong usage or unreadable input, 3 the system failed.
//! A command is registered only when its work is real.

mod admin;
mod backup;
mod demo;
mod import;
mod import_sessions;
mod import_zeek;
mod journal;
mod package;
mod posture;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::auth::keys::Keys;
use crate::clock::Clock;
use crate::settings::{self, Place};
use crate::storage::{Actor, Store};

#[derive(Parser)]
#[command(name = "glance", version, about, arg_required_else_help = true)]
struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Fill an empty directory with a demonstration utility, and serve it
    Demo(demo::Demo),
    /// Serve the application
    Serve(serve::Serve),
    /// Bring the schema up to date
    Migrate,
    /// Exit 0 when a server answers, for containers
    Healthcheck(serve::Healthcheck),
    /// Print the `OpenAPI` document
    Openapi,
    /// Files into the record
    #[command(subcommand)]
    Import(import::Import),
    /// Where every requirement part stands, with its verdicts
    Posture(posture::Posture),
    /// Evidence packages
    #[command(subcommand)]
    Package(package::PackageCommand),
    /// Verify an evidence package; needs no database
    Verify(package::Verify),
    /// The journal: verify it, sign a checkpoint
    #[command(subcommand)]
    Journal(journal::Journal),
    /// Write everything to one engine-neutral file; consistent while serving
    Backup(backup::Backup),
    /// Fill an empty installation from a backup; also the way from SQLite to `PostgreSQL`
    Restore(backup::RestoreCommand),
    /// Signing and session keys
    #[command(subcommand)]
    Keys(journal::KeysCommand),
    /// People, organizations and tokens, from the host
    #[command(subcommand)]
    Admin(admin::Admin),
}

/// How a command ended, when not well.
#[derive(Debug)]
pub enum Ending {
    /// The thing asked about does not hold.
    DoesNotHold(String),
    /// Wrong usage, or input that cannot be read.
    Usage(String),
    /// The system failed.
    Failed(String),
}

impl From<crate::storage::Failure> for Ending {
    fn from(failure: crate::storage::Failure) -> Self {
        use std::error::Error;
        let cause = failure.source().map_or(String::new(), |cause| format!(": {cause}"));
        Ending::Failed(format!("{failure}{cause}"))
    }
}

type Done = Result<(), Ending>;

/// Runs the command of this process.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Err(problem) =
        settings::check_environment(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()))
    {
        return ended(Ending::Usage(problem));
    }
    log();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return ended(Ending::Failed(error.to_string())),
    };
    match runtime.block_on(run(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(ending) => ended(ending),
    }
}

fn ended(ending: Ending) -> ExitCode {
    let (code, said) = match ending {
        Ending::DoesNotHold(said) => (1, said),
        Ending::Usage(said) => (2, said),
        Ending::Failed(said) => (3, said),
    };
    if !said.is_empty() {
        eprintln!("glance: {said}");
    }
    ExitCode::from(code)
}

fn log() {
    let level = std::env::var("GLANCE_LOG").unwrap_or_else(|_| "info".to_owned());
    let filter =
        tracing_subscriber::EnvFilter::try_new(level).unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

async fn run(arguments: Arguments) -> Done {
    let place = arguments.place;
    match arguments.command {
        Command::Demo(demo) => demo.run(&place).await,
        Command::Serve(serve) => serve.run(&place).await,
        Command::Migrate => {
            settings::make_directory(&place.data).map_err(Ending::Failed)?;
            Store::migrate(&place.owner_location()).await?;
            say(&place, &serde_json::json!({"migrated": true}), "The schema is up to date.");
            Ok(())
        }
        Command::Healthcheck(check) => check.run().await,
        Command::Openapi => serve::openapi().await,
        Command::Import(import) => Box::pin(import.run(&place)).await,
        Command::Package(package) => package.run(&place).await,
        Command::Posture(posture) => posture.run(&place).await,
        Command::Verify(verify) => verify.run(&place),
        Command::Journal(journal) => journal.run(&place).await,
        Command::Backup(backup) => backup.run(&place).await,
        Command::Restore(restore) => restore.run(&place).await,
        Command::Keys(keys) => keys.run(&place).await,
        Command::Admin(admin) => admin.run(&place).await,
    }
}

/// Opens the installation's database.
async fn open(place: &Place) -> Result<Store, Ending> {
    settings::make_directory(&place.data).map_err(Ending::Failed)?;
    Ok(Store::open(&place.location(), Clock::system(), crate::FOLLOWERS).await?)
}

/// Opens the installation's keys.
fn keys(place: &Place, store: &Store) -> Result<Keys, Ending> {
    Keys::open(&place.data, store.clock().now()).map_err(Ending::Failed)
}

/// The person at the host, as the journal names them.
fn host() -> Actor {
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_else(|_| "unknown".to_owned());
    Actor::host(&user)
}

/// The result: a JSON document, or words for people.
fn say(place: &Place, document: &serde_json::Value, words: &str) {
    if place.json {
        println!("{document}");
    } else {
        println!("{words}");
    }
}

/// The organization of this slug.
async fn organization(store: &Store, slug: &str) -> Result<crate::storage::platform::Organization, Ending> {
    let mut work = store.read_platform().await?;
    let found = work.tables().organization_by_slug(slug).await?;
    if let Some(found) = found {
        return Ok(found);
    }
    let known: Vec<String> = work.tables().every_organization().await?.into_iter().map(|one| one.slug).collect();
    Err(Ending::Usage(format!("no organization is called {slug}; there are: {}", known.join(", "))))
}
