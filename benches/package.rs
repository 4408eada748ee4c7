//! The figures of the evidence package: how long one takes, and how much memory.
//!
//! `cargo bench --bench package -- [ASSETS] [ARTIFACTS]` fills a database of its own in a process of its own, so that the
//! memory told is that of building alone; `cargo bench --bench package -- FOLDER` builds from a data directory that is there,
//! such as the demonstration's. Prints one Markdown table.

use std::path::{Path, PathBuf};
use std::time::Instant;

use glance::artifacts::attaching::Target;
use glance::artifacts::{attaching, keeping};
use glance::assets::{Asset, AssetKind, Category, Lifecycle};
use glance::auth::keys::Keys;
use glance::clock::Clock;
use glance::evidence::building::{self, Means};
use glance::evidence::model::Period;
use glance::evidence::{Order, gathering, readiness};
use glance::frameworks::catalogs;
use glance::ids::{Id, OrganizationId, PackageId, SiteId, SystemId, ZoneId};
use glance::organizations::{OrganizationProfile, actions as founding};
use glance::register::actions;
use glance::seal::verifier::{Expected, verify};
use glance::sheets::XlsxOut;
use glance::sites::rules::Criterion;
use glance::sites::{Site, SiteKind};
use glance::storage::engine::Location;
use glance::storage::{Actor, AsOf, Blobs, Store};
use glance::systems::System;
use glance::vocabulary::{Date, Reference};
use glance::zones::{Zone, ZoneKind};

type Problem = Box<dyn std::error::Error + Send + Sync>;

fn row(what: &str, figure: impl std::fmt::Display) {
    println!("| {what} | {figure} |");
}

async fn open(folder: &Path) -> Result<Store, Problem> {
    let location = match std::env::var("GLANCE_BENCH_DATABASE_URL") {
        Ok(url) => Location::Url(url),
        Err(_) => Location::File(folder.join("glance.db")),
    };
    Ok(Store::open(&location, Clock::system(), glance::FOLLOWERS).await?)
}

/// Sites, zones and systems.
async fn places(
    store: &Store,
    organization: OrganizationId,
) -> Result<(Vec<SiteId>, Vec<ZoneId>, Vec<SystemId>), Problem> {
    let mut change = store.change(organization, store.author(Actor::job("bench"))).await?;
    let (mut sites, mut zones, mut systems) = (Vec::new(), Vec::new(), Vec::new());
    let medium = Criterion::parse("2.5")?;
    for n in 0..40 {
        let site = Site {
            reference: Reference::parse(&format!("SUB{n:02}"))?,
            name: format!("Substation {n}"),
            kind: Some(SiteKind::TransmissionSubstation),
            criteria: vec![medium.clone()],
            ..Site::default()
        };
        sites.push(actions::enter(&mut change, &site, "bench").await?);
        let zone = Zone {
            reference: Reference::parse(&format!("ESP{n:02}"))?,
            kind: Some(ZoneKind::Control),
            esp: Some(true),
            site: sites.last().copied(),
            ..Zone::default()
        };
        zones.push(actions::enter(&mut change, &zone, "bench").await?);
    }
    for n in 0..400 {
        let system = System {
            reference: Reference::parse(&format!("BCS-{n}"))?,
            name: format!("System {n}"),
            site: Some(sites[n % sites.len()]),
            criterion: Some(medium.clone()),
            erc: Some(n % 2 == 0),
            ..System::default()
        };
        systems.push(actions::enter(&mut change, &system, "bench").await?);
    }
    change.commit().await?;
    Ok((sites, zones, systems))
}

async fn assets(store: &Store, organization: OrganizationId, count: usize) -> Result<(), Problem> {
    let (sites, zones, systems) = places(store, organization).await?;
    for batch in 0..count.div_ceil(5_000) {
        let mut change = store.change(organization, store.author(Actor::job("bench"))).await?;
        for n in batch * 5_000..count.min((batch + 1) * 5_000) {
            let asset = Asset {
                reference: Reference::parse(&format!("A-{n}"))?,
                name: format!("Device number {n}"),
                kind: Some(AssetKind::ALL[n % 12]),
                lifecycle: Some(Lifecycle::InService),
                site: Some(sites[n % sites.len()]),
                zone: Some(zones[n % zones.len()]),
                vendor: ["SEL", "GE", "Siemens", "Cisco"][n % 4].to_owned(),
                product: format!("Model {}", n % 97),
                serial: format!("SN{n:08}"),
                firmware: format!("R{}-V{}", n % 400, n % 3),
                systems: std::iter::once(systems[n % systems.len()]).collect(),
                categories: std::iter::once(Category::ALL[n % 4]).collect(),
                ..Asset::default()
            };
            actions::enter(&mut change, &asset, "bench").await?;
        }
        change.commit().await?;
    }
    Ok(())
}

/// Evidence files of 100 kB, spread over the parts of NERC CIP.
async fn artifacts(store: &Store, blobs: &Blobs, organization: OrganizationId, count: usize) -> Result<(), Problem> {
    let parts = catalogs().framework("nerc-cip").ok_or("no NERC CIP")?.requirements.as_slice();
    let mut bytes: Vec<u8> = (0..100_000u32).map(|n| u8::try_from(n % 251).unwrap_or(0)).collect();
    let mut change = store.change(organization, store.author(Actor::job("bench"))).await?;
    for n in 0..count {
        bytes[..8].copy_from_slice(&(n as u64).to_le_bytes());
        let stored = keeping::keep_bytes(blobs, organization, &bytes).await?;
        let name = format!("evidence {n}.bin");
        let source = keeping::Source { name: &name, system: "bench" };
        let made = keeping::record_source(&mut change, &stored, source, "bench").await?;
        let part = &parts[n % parts.len()].id;
        let target = Target::find(change.reading().await?, &glance::ATTACHABLE, "requirement", part).await??;
        attaching::attach(&mut change, &target, made.id, "", "bench").await?;
    }
    change.commit().await?;
    Ok(())
}

async fn fill(folder: &Path, count: usize, files: usize) -> Result<(), Problem> {
    let store = open(folder).await?;
    let profile = OrganizationProfile::begin("bench", "Bench", "UTC").map_err(|(_, problem)| problem)?;
    let (organization, change) = founding::found(&store, &profile, store.author(Actor::job("bench")), "").await?;
    change.commit().await?;
    assets(&store, organization, count).await?;
    artifacts(&store, &Blobs::at(None, folder)?, organization, files).await?;
    store.close().await;
    Ok(())
}

/// `VmHWM` of this process in MB.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("");
    let kilobytes: u64 = line.split_whitespace().nth(1).and_then(|text| text.parse().ok()).unwrap_or(0);
    format!("{} MB", kilobytes / 1024)
}

/// Builds a package of three years and everything, and reads it back.
async fn build(folder: &Path) -> Result<(), Problem> {
    let store = open(folder).await?;
    let keys = Keys::open(folder, store.clock().now())?;
    let blobs = Blobs::at(None, folder)?;
    let mut work = store.read_platform().await?;
    let organizations = work.tables().every_organization().await?;
    drop(work);
    let own = organizations.iter().find(|one| one.slug != "-").ok_or("no organization")?.id;
    let to = Date::parse(&store.clock().now().rfc3339()[..10])?;
    let period = Period::of(to.plus_days(-3 * 365), to)?;
    let means = Means { store: &store, keys: &keys, data: folder, blobs: &blobs };
    let order = |n: u64| Order::of(own, PackageId::from_uuid(uuid::Uuid::from_u64_pair(0, n)), period, AsOf::Now);
    let began = Instant::now();
    let step = std::sync::Mutex::new((Instant::now(), "start"));
    let watching = |progress: building::Progress| {
        let Ok(mut last) = step.lock() else { return };
        row(&format!("- {}", last.1), format!("{:.2} s", last.0.elapsed().as_secs_f64()));
        *last = (Instant::now(), progress.chapter);
    };
    let sealed = building::build(means, order(1), &watching).await?;
    row("package", format!("{:.2} s, {} MB", began.elapsed().as_secs_f64(), sealed.size >> 20));
    row("peak memory while building", peak());
    let began = Instant::now();
    let mut asked = gathering::ask(&store, &order(2)).await?;
    let judged = gathering::judge(&store, &mut asked.at, asked.profile.zone(), asked.days).await?;
    row("judging the period", format!("{:.2} s", began.elapsed().as_secs_f64()));
    let began = Instant::now();
    let answers = glance::evidence::answering::answers(&mut asked.at, &judged, &asked.scoped, asked.days).await?;
    let numbers = readiness::Numbers::of(answers.parts.iter().map(|part| &part.readiness));
    row("readiness over it", format!("{:.1} ms, {}", began.elapsed().as_secs_f64() * 1e3, numbers.told()));
    let bytes = std::fs::read(&sealed.path)?;
    let began = Instant::now();
    let report = verify(&bytes, &Expected::default());
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    row("verify", format!("{:.2} s, {} rows", began.elapsed().as_secs_f64(), report.rows));
    std::fs::remove_file(&sealed.path)?;
    Ok(())
}

/// A workbook of 50,000 rows with twenty columns.
fn workbook(scratch: &Path) -> Result<(), Problem> {
    let began = Instant::now();
    let header: Vec<String> = (0..20).map(|n| format!("Column {n}")).collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut book = XlsxOut::new(glance::vocabulary::Moment::ZERO, scratch)?;
    book.sheet("Rows", &header, &[])?;
    for n in 0..50_000 {
        let cells: Vec<String> = (0..20).map(|column| format!("cell {n} {column}")).collect();
        book.row(&cells.iter().map(String::as_str).collect::<Vec<_>>())?;
    }
    let bytes = book.finish()?.len();
    row("XLSX of 50,000 rows", format!("{:.2} s, {} MB", began.elapsed().as_secs_f64(), bytes >> 20));
    Ok(())
}

fn main() -> Result<(), Problem> {
    let runtime = tokio::runtime::Runtime::new()?;
    let arguments: Vec<String> = std::env::args().skip(1).filter(|text| !text.starts_with("--")).collect();
    let numbers: Vec<usize> = arguments.iter().filter_map(|text| text.parse().ok()).collect();
    let (count, files) = (numbers.first().copied().unwrap_or(20_000), numbers.get(1).copied().unwrap_or(2_000));
    if let Ok(folder) = std::env::var("GLANCE_BENCH_FILL") {
        return runtime.block_on(fill(Path::new(&folder), count, files));
    }
    let own = tempfile::tempdir()?;
    let folder = if let Some(folder) = arguments.iter().find(|text| Path::new(text).is_dir()) {
        PathBuf::from(folder)
    } else {
        // Filled by a process of its own, so that the memory measured is the build's.
        #[expect(clippy::disallowed_methods, reason = "a bench that starts itself")]
        let mut filling = std::process::Command::new(std::env::current_exe()?);
        let done =
            filling.args([count.to_string(), files.to_string()]).env("GLANCE_BENCH_FILL", own.path()).status()?;
        assert!(done.success(), "the database could not be filled");
        own.path().to_owned()
    };
    println!("\n| {count} assets, {files} evidence files | |\n|---|---|");
    runtime.block_on(build(&folder))?;
    workbook(own.path())
}
