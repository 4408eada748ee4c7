//! The load run behind the figures of the README: fill, import, export, pages under load, journal.
//!
//! `cargo bench --bench load -- [ASSETS]` on SQLite; with `GLANCE_BENCH_DATABASE_URL` (an empty migrated database, the
//! application's login) on PostgreSQL. Prints one Markdown table.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use glance::assets::{Asset, AssetKind, Category, Interface, Lifecycle};
use glance::auth::keys::Keys;
use glance::clock::Clock;
use glance::conduits::Conduit;
use glance::conduits::model::Direction;
use glance::ids::{OrganizationId, SiteId, SystemId, ZoneId};
use glance::organizations::{OrganizationProfile, actions as founding};
use glance::posture::Memory;
use glance::register::{Register, actions, draft, import, records};
use glance::sheets::{Limits, read};
use glance::sites::Site;
use glance::sites::rules::Criterion;
use glance::storage::engine::Location;
use glance::storage::verify::verify;
use glance::storage::{Actor, AsOf, Change, Store};
use glance::systems::System;
use glance::vocabulary::{AddressPrefix, Reference};
use glance::web::App;
use glance::zones::Zone;

mod asking;

use asking::{Asker, Problem, cookie, row};

async fn enter<K: Register>(change: &mut Change, pairs: &[(&str, &str)]) -> Result<K::Id, Problem> {
    let texts: BTreeMap<String, String> = pairs.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
    let lookup = records::lookup_for::<K>(change.reading().await?, [], [&texts]).await?;
    let mut record = K::default();
    let drafted = draft::apply(&mut record, &texts, &lookup);
    assert!(drafted.is_good(), "{:?}", drafted.problems);
    Ok(actions::enter(change, &record, "bench").await?)
}

/// Two thousand rated systems.
async fn systems(store: &Store, organization: OrganizationId, sites: &[SiteId]) -> Result<Vec<SystemId>, Problem> {
    let mut change = store.change(organization, store.author(Actor::job("bench"))).await?;
    let mut made = Vec::new();
    for n in 0..2_000 {
        let system = System {
            reference: Reference::parse(&format!("BCS-{n}"))?,
            name: format!("System {n}"),
            site: Some(sites[n % sites.len()]),
            criterion: Some(Criterion::parse(["2.5", "1.1", "3.1"][n % 3]).or_else(|_| Criterion::parse("2.5"))?),
            impact_reason: "bench".to_owned(),
            erc: Some(n % 2 == 0),
            erc_reason: "bench".to_owned(),
            dial_up: Some(false),
            ..System::default()
        };
        made.push(actions::enter(&mut change, &system, "bench").await?);
    }
    change.commit().await?;
    Ok(made)
}

/// Everything judged from cold, and again after one record changed.
async fn posture(store: &Store, organization: OrganizationId) -> Result<(), Problem> {
    let memory = Memory::default();
    let began = Instant::now();
    let mut at = store.snapshot(organization, AsOf::Now).await?;
    let judged = memory.judged(&mut at, store.clock().now()).await?;
    let told = format!("{:.2} s, {} parts", began.elapsed().as_secs_f64(), judged.standings.parts.len());
    row("full posture from cold", told);
    drop((at, judged));
    let mut times = Vec::new();
    for turn in 0..20 {
        let mut change = store.change(organization, store.author(Actor::job("bench"))).await?;
        let wanted = [format!("a-{}", 4000 + turn)];
        let found = records::by_references::<Asset>(change.reading().await?, &wanted).await?;
        let next = Asset { owner: format!("Owner {turn}"), ..found[0].content.clone() };
        actions::revise(&mut change, &found[0], &next, "bench").await?;
        change.commit().await?;
        let began = Instant::now();
        let mut at = store.snapshot(organization, AsOf::Now).await?;
        memory.judged(&mut at, store.clock().now()).await?;
        times.push(began.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    row("judged again after one record changed", format!("median {:.0} ms, worst {:.0} ms", times[10], times[19]));
    Ok(())
}

/// Twenty-eight more zones over the levels, and 120 conduits between them and the control zones.
async fn bounded(change: &mut Change, control: &[ZoneId]) -> Result<(), Problem> {
    let mut all = control.to_vec();
    for n in 12..40 {
        let (kind, level) = [("dmz", "3.5"), ("enterprise", "4"), ("control", "3"), ("control", "2")][n % 4];
        let zone = format!("Z{n:02}");
        let texts = [("reference", zone.as_str()), ("name", &zone), ("kind", kind), ("purdue_level", level)];
        all.push(enter::<Zone>(change, &texts).await?);
    }
    for n in 0..120 {
        let conduit = Conduit {
            reference: Reference::parse(&format!("C-{n}"))?,
            from_zone: Some(all[n % 40]),
            to_zone: Some(all[(n * 7 + n / 40 + 1) % 40]),
            direction: Some(Direction::AToB),
            ..Conduit::default()
        };
        actions::enter(change, &conduit, "bench").await?;
    }
    Ok(())
}

/// Fills an organization with assets, two interfaces each.
async fn fill(store: &Store, organization: OrganizationId, assets: usize) -> Result<(), Problem> {
    let author = || store.author(Actor::job("bench"));
    let (mut sites, mut zones) = (Vec::new(), Vec::new());
    let mut change = store.change(organization, author()).await?;
    for n in 0..12 {
        let (reference, kind) = (format!("SUB{n:02}"), "transmission_substation");
        sites.push(
            enter::<Site>(&mut change, &[("reference", &reference), ("name", &reference), ("kind", kind)]).await?,
        );
        let zone = format!("Z{n:02}");
        zones.push(enter::<Zone>(&mut change, &[("reference", &zone), ("name", &zone), ("kind", "control")]).await?);
    }
    bounded(&mut change, &zones).await?;
    change.commit().await?;
    let systems = systems(store, organization, &sites).await?;
    for batch in 0..assets.div_ceil(5_000) {
        let mut change = store.change(organization, author()).await?;
        let numbers = batch * 5_000..assets.min((batch + 1) * 5_000);
        let mut made = Vec::new();
        for n in numbers.clone() {
            let asset = Asset {
                reference: Reference::parse(&format!("A-{n}"))?,
                name: format!("Device number {n}"),
                kind: Some(AssetKind::ALL[n % 12]),
                lifecycle: Some(Lifecycle::InService),
                site: Some(sites[n % 12]),
                zone: Some(zones[n % 12]),
                vendor: ["SEL", "GE", "Siemens", "Cisco"][n % 4].to_owned(),
                product: format!("Model {}", n % 97),
                serial: format!("SN{:08}", n * 7919 % 100_000_007),
                firmware: format!("R{}-V{}", n % 400, n % 3),
                systems: std::iter::once(systems[n % systems.len()]).collect(),
                categories: std::iter::once(Category::ALL[n % 4]).collect(),
                ..Asset::default()
            };
            made.push(actions::enter(&mut change, &asset, "bench").await?);
        }
        for (n, asset) in numbers.zip(made) {
            for (card, name) in ["eth0", "eth1"].into_iter().enumerate() {
                let address = format!("10.{}.{}.{}/24", n / 32_768 * 2 + card, n / 128 % 256, n % 128 * 2 + card);
                let addresses = vec![AddressPrefix::parse(&address)?];
                let interface =
                    Interface { asset: Some(asset), name: name.to_owned(), addresses, ..Interface::default() };
                actions::enter(&mut change, &interface, "bench").await?;
            }
        }
        change.commit().await?;
    }
    Ok(())
}

/// Closed loop: eight clients for five seconds.
async fn closed_loop(asker: &Asker, path: &str) -> Result<(), Problem> {
    let until = Instant::now() + Duration::from_secs(5);
    let clients = (0..8).map(|_| {
        let (asker, path) = (asker.clone(), path.to_owned());
        tokio::spawn(async move {
            let mut count = 0u32;
            while Instant::now() < until {
                asker.get(&path).await?;
                count += 1;
            }
            Ok::<u32, Problem>(count)
        })
    });
    let mut total = 0;
    for client in clients.collect::<Vec<_>>() {
        total += client.await??;
    }
    row("list pages, closed loop, 8 clients", format!("{:.0} pages/s", f64::from(total) / 5.0));
    Ok(())
}

async fn import_ten_thousand(store: &Store, organization: OrganizationId) -> Result<(), Problem> {
    let mut file = "reference,name,kind,lifecycle,site,zone,vendor,product,firmware,serial\n".to_owned();
    for n in 0..10_000 {
        file.push_str(&format!(
            "I-{n},Imported {n},rtu,in_service,SUB{:02},Z{:02},GE,D20,2.{n},X{n}\n",
            n % 12,
            n % 12
        ));
    }
    let began = Instant::now();
    let sheets = read("bench.csv", file.as_bytes(), &Limits::default())?;
    let mut change = store.change(organization, store.author(Actor::job("bench"))).await?;
    let plan = import::plan::<Asset>(change.reading().await?, &sheets[0]).await?;
    let report = import::carry_out(&mut change, &plan, false, "bench").await?;
    change.commit().await?;
    row("import of 10,000 rows", format!("{:.2} s ({} created)", began.elapsed().as_secs_f64(), report.created));
    Ok(())
}

async fn journal(store: &Store, organization: OrganizationId) -> Result<(), Problem> {
    let (began, mut count) = (Instant::now(), 0u32);
    while began.elapsed() < Duration::from_secs(4) {
        let mut change = store.change(organization, store.author(Actor::job("bench"))).await?;
        let site = Site { reference: Reference::parse(&format!("J-{count}"))?, ..Site::default() };
        actions::enter(&mut change, &site, "bench").await?;
        change.commit().await?;
        count += 1;
    }
    row("single changes, synchronous", format!("{:.0} changes/s", f64::from(count) / began.elapsed().as_secs_f64()));
    for (what, kinds) in [("journal verify", None), ("journal verify --strict", Some(glance::KINDS))] {
        let began = Instant::now();
        let report = verify(store, organization, None, kinds).await?;
        assert!(report.holds(), "{:?}", report.problems);
        let leaves = f64::from(u32::try_from(report.leaves)?);
        row(what, format!("{:.0} leaves/s of {leaves}", leaves / began.elapsed().as_secs_f64()));
    }
    Ok(())
}

/// `VmHWM` or `VmRSS` of this process in MB.
fn memory(name: &str) -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or("");
    let kilobytes: u64 = line.split_whitespace().nth(1).and_then(|text| text.parse().ok()).unwrap_or(0);
    format!("{} MB", kilobytes / 1024)
}

#[tokio::main]
async fn main() -> Result<(), Problem> {
    let assets: usize = std::env::args().skip(1).find_map(|text| text.parse().ok()).unwrap_or(50_000);
    let place = tempfile::tempdir()?;
    let url = std::env::var("GLANCE_BENCH_DATABASE_URL").ok();
    let location = url.map_or_else(|| Location::File(place.path().join("glance.db")), Location::Url);
    let store = Store::open(&location, Clock::system(), glance::FOLLOWERS).await?;
    println!("\n| {:?}, {assets} assets, {} interfaces | |\n|---|---|", store.engine(), assets * 2);
    let profile = OrganizationProfile::begin("bench", "Bench", "UTC").map_err(|(_, problem)| problem)?;
    let (organization, change) = founding::found(&store, &profile, store.author(Actor::job("bench")), "").await?;
    change.commit().await?;
    let began = Instant::now();
    fill(&store, organization, assets).await?;
    row("fill", format!("{:.1} s", began.elapsed().as_secs_f64()));
    let keys = Keys::open(place.path(), store.clock().now())?;
    let app = App::new(store.clone(), keys, "http://localhost".to_owned(), place.path().to_owned());
    let asker = Asker { router: glance::assemble(&app).0, cookie: cookie(&app, organization).await?.into() };
    asker.open_loop("list, 200 requests/s", "/o/bench/assets", 5).await?;
    asker.open_loop("filtered list (site, kind)", "/o/bench/assets?site=SUB03&kind=rtu", 5).await?;
    asker.open_loop("filtered list (zone) by name", "/o/bench/assets?zone=Z05&sort=-name", 5).await?;
    // The worst pair of this data: a zone's vendor comes last by product, so half of the order is walked past.
    asker.open_loop("filtered list (zone) by product", "/o/bench/assets?zone=Z05&sort=-product", 5).await?;
    asker.open_loop("word search", "/o/bench/assets?q=SN0001", 5).await?;
    asker.open_loop("address search", "/o/bench/assets?q=10.0.7", 5).await?;
    let mut change = store.change(organization, store.author(Actor::job("bench"))).await?;
    let found = records::by_references::<Asset>(change.reading().await?, &["a-4711".to_owned()]).await?;
    drop(change);
    asker.open_loop("detail", &format!("/o/bench/assets/{}", found[0].id), 5).await?;
    closed_loop(&asker, "/o/bench/assets").await?;
    posture(&store, organization).await?;
    asker.open_loop("Today, 200 requests/s", "/o/bench/", 5).await?;
    asker.open_loop("boundary map, 40 zones and 120 conduits, 20 requests/s", "/o/bench/boundary", 50).await?;
    asker.open_loop("framework matrix, 200 requests/s", "/o/bench/frameworks/nerc-cip", 5).await?;
    for kind in ["csv", "xlsx"] {
        let (took, bytes) = asker.get(&format!("/o/bench/assets.{kind}")).await?;
        row(&format!("export as {kind}"), format!("{:.2} s, {} MB", took.as_secs_f64(), bytes >> 20));
    }
    import_ten_thousand(&store, organization).await?;
    journal(&store, organization).await?;
    row("peak memory of the whole run", memory("VmHWM"));
    Ok(())
}
