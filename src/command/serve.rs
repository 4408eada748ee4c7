//! `glance serve` and `glance healthcheck`.
//!
//! Invariant: plain http on loopback only; with nobody to sign in, a one-time set-up link is printed; a folder to watch is
//! looked at before anything is served.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{Done, Ending};
use crate::errands::watching::{self, Watched};
use crate::evidence::keeping;
use crate::flows::found;
use crate::people::inviting;
use crate::settings::{self, Place};
use crate::storage::{Store, blobs};
use crate::vocabulary::Reference;
use crate::web::App;

#[derive(Args)]
pub struct Serve {
    /// Address and port to listen on
    #[arg(long, env = "GLANCE_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where people reach it, when behind a proxy: an https address
    #[arg(long, env = "GLANCE_PUBLIC_URL")]
    public_url: Option<String>,
    /// Take in logs as they land in this folder, as batches of the sensor
    #[arg(long, requires_all = ["organization", "sensor"])]
    watch: Option<PathBuf>,
    /// Whose logs they are: the organization's slug
    #[arg(long, requires = "watch")]
    organization: Option<String>,
    /// The sensor's reference; it is entered as a SPAN port when there is none
    #[arg(long, requires = "watch")]
    sensor: Option<String>,
}

#[derive(Args)]
pub struct Healthcheck {
    /// Address and port the server listens on
    #[arg(long, env = "GLANCE_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

impl Serve {
    pub async fn run(self, place: &Place) -> Done {
        let url = settings::public_url(self.public_url.as_deref(), self.listen).map_err(Ending::Usage)?;
        let store = super::open(place).await?;
        let keys = super::keys(place, &store)?;
        let watched = self.watched(&store).await?;
        let setup = inviting::setup_link(&store).await?;
        let listener = listen(self.listen).await?;
        let blobs = place.blobs().map_err(Ending::Usage)?;
        let app = App::keeping(store, keys, url.0.clone(), place.data.clone(), blobs);
        if let Some(secret) = setup {
            eprintln!("Nobody can sign in yet. Set up here, within 30 minutes: {}/link/{}", url.0, secret.reveal());
        }
        eprintln!("Glance serves {}", url.0);
        serve(listener, &app, watched).await
    }

    /// The folder that is watched, once it is known to be one.
    async fn watched(&self, store: &Store) -> Result<Option<Watched>, Ending> {
        let (Some(folder), Some(slug), Some(sensor)) = (&self.watch, &self.organization, &self.sensor) else {
            return Ok(None);
        };
        let sensor = Reference::parse(sensor).map_err(|problem| Ending::Usage(format!("--sensor: {problem}")))?;
        let unseen = |(path, error): found::Unseen| super::import::unreadable(&path, error);
        found::logs(folder).map_err(unseen)?;
        let organization = super::organization(store, slug).await?.id;
        eprintln!("Logs that land in {} are taken in for sensor {sensor}", folder.display());
        Ok(Some(Watched { folder: folder.clone(), organization, sensor, actor: super::host() }))
    }
}

/// Takes the address, or says that it is taken.
pub(super) async fn listen(address: SocketAddr) -> Result<TcpListener, Ending> {
    TcpListener::bind(address).await.map_err(|error| Ending::Usage(format!("cannot listen on {address}: {error}")))
}

/// Serves until the process is told to stop.
pub(super) async fn serve(listener: TcpListener, app: &App, watched: Option<Watched>) -> Done {
    let (router, _) = crate::assemble(app);
    let sweeping = tokio::spawn(sweep_hourly(app.clone()));
    let errands = tokio::spawn(crate::errands::run(app.clone()));
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let watching = watched.map(|watched| tokio::spawn(watching::run(app.clone(), watched, stopping)));
    crate::web::serving::serve(listener, router, stopped()).await.map_err(|error| Ending::Failed(error.to_string()))?;
    sweeping.abort();
    errands.abort();
    // The file at hand is finished; a file is taken whole or not at all, so one that takes too long is let go of.
    let _ = stop.send(true);
    if let Some(mut watching) = watching
        && tokio::time::timeout(Duration::from_mins(1), &mut watching).await.is_err()
    {
        watching.abort();
    }
    if let Err(failure) = crate::errands::checkpoints::take(app, 0).await {
        tracing::error!(error = ?failure, "no checkpoint was taken while stopping");
    }
    app.store.close().await;
    Ok(())
}

/// Sweeps away uploads that were cut off, files that waited a day for the confirmation of an import, and build folders of
/// packages that a crash left: at the start, then every hour.
async fn sweep_hourly(app: App) {
    let mut hours = tokio::time::interval(Duration::from_hours(1));
    loop {
        hours.tick().await;
        let here = app.clone();
        let swept = tokio::task::spawn_blocking(move || {
            let now = here.store.clock().now();
            let uploads = blobs::sweep(&here.data.join("uploads"), now.plus_seconds(-86_400));
            here.blobs.sweep(now) + uploads + keeping::sweep(&here.data, now)
        });
        match swept.await {
            Ok(0) | Err(_) => {}
            Ok(swept) => tracing::info!(swept, "abandoned files were swept away"),
        }
    }
}

async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = interrupt => {}
        () = terminate => {}
    }
}

impl Healthcheck {
    pub async fn run(self) -> Done {
        let asked = async {
            let mut stream = TcpStream::connect(self.listen).await?;
            stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await?;
            Ok::<_, std::io::Error>(answer.starts_with("HTTP/1.1 200"))
        };
        match tokio::time::timeout(std::time::Duration::from_secs(5), asked).await {
            Ok(Ok(true)) => Ok(()),
            _ => Err(Ending::DoesNotHold(format!("no healthy answer from {}", self.listen))),
        }
    }
}

/// Prints the `OpenAPI` document. The routes need an application; an empty one in a temporary directory will do.
pub async fn openapi() -> Done {
    let failed = |error: std::io::Error| Ending::Failed(error.to_string());
    let directory = tempfile::tempdir().map_err(failed)?;
    let place = Place { data: directory.path().to_owned(), database_url: None, json: true };
    let store = super::open(&place).await?;
    let keys = super::keys(&place, &store)?;
    let app = App::new(store, keys, String::new(), place.data.clone());
    let (_, table) = crate::routes(&app).finish();
    println!("{:#}", crate::openapi::document(&table));
    Ok(())
}
