//! How fast logs are read, checked and folded, and how much memory that takes.
//!
//! `cargo bench --bench zeek -- [ROWS] [FLOWS]` writes logs of made rows to a temporary directory, reads each of them once to
//! warm the cache, and prints rows a second on one thread: what is read from the warm cache, checked, folded, and judged by a
//! policy of 200 zones, 1,000 conduits and 20,000 permitted flows. With
//! `import` as third word it also takes a log of FLOWS distinct flows into a new SQLite database (or, with
//! `GLANCE_BENCH_DATABASE_URL`, an empty migrated PostgreSQL one) and says how long the journal was held.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use glance::clock::Clock;
use glance::conduits::judging::Call;
use glance::conduits::policy::{Policy, Sources};
use glance::flows::importing::Import;
use glance::flows::intake::{self, LogFile, Progress};
use glance::flows::reading::Reading;
use glance::flows::reading::log::{open, read};
use glance::flows::rules::Ours;
use glance::flows::traffic::sight_of;
use glance::organizations::{OrganizationProfile, actions as founding};
use glance::storage::engine::Location;
use glance::storage::{Actor, Blobs, Store};
use glance::vocabulary::{Moment, Reference, TimeZone};

mod policy;

type Problem = Box<dyn std::error::Error + Send + Sync>;

const HEAD: &str = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#open\t2026-01-05-00-00-00\n\
#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\t\
local_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents\tip_proto\n";

/// A row among so many distinct flows; multiplying by a prime spreads them.
fn row(n: u64, flows: u64) -> (f64, u64, String, u64, String, u16, &'static str, &'static str, u64, u64, &'static str) {
    let flow = n * 7919 % flows;
    let at = 1_767_571_200.0 + f64::from(u32::try_from(n).unwrap_or(u32::MAX)) * 0.001_7;
    let from = format!("10.{}.{}.{}", 1 + flow / 40_000 % 8, flow / 200 % 200, 1 + flow % 200);
    let to = format!("10.{}.{}.{}", 20 + flow / 7 % 4, flow / 31 % 100, 1 + flow / 3 % 250);
    let (port, proto, service) =
        [(502, "tcp", "modbus"), (20000, "tcp", "dnp3_tcp"), (443, "tcp", "ssl"), (53, "udp", "dns")]
            [(flow % 4) as usize];
    let state = ["SF", "SF", "SF", "S0", "RSTO"][(n % 5) as usize];
    (at, n, from, 1024 + n * 31 % 60_000, to, port, proto, service, 80 + n % 900, 120 + n % 3000, state)
}

fn write_logs(folder: &Path, rows: u64, flows: u64) -> Result<[PathBuf; 3], Problem> {
    let (tsv, json, gzip) = (folder.join("conn.log"), folder.join("conn.json"), folder.join("conn.log.gz"));
    let mut text = BufWriter::new(File::create(&tsv)?);
    let mut objects = BufWriter::new(File::create(&json)?);
    let mut packed = flate2::write::GzEncoder::new(BufWriter::new(File::create(&gzip)?), flate2::Compression::new(4));
    text.write_all(HEAD.as_bytes())?;
    packed.write_all(HEAD.as_bytes())?;
    let (mut line, mut object) = (String::new(), String::new());
    for n in 0..rows {
        let (at, uid, from, from_port, to, port, proto, service, sent, received, state) = row(n, flows);
        line.clear();
        object.clear();
        writeln!(
            line,
            "{at:.6}\tC{uid:017}\t{from}\t{from_port}\t{to}\t{port}\t{proto}\t{service}\t0.023756\t{sent}\t{received}\t{state}\tT\tT\t0\tShADadFf\t6\t{}\t5\t{}\t-\t6",
            sent + 240,
            received + 200
        )?;
        writeln!(
            object,
            "{{\"ts\":{at:.6},\"uid\":\"C{uid:017}\",\"id.orig_h\":\"{from}\",\"id.orig_p\":{from_port},\"id.resp_h\":\"{to}\",\"id.resp_p\":{port},\
             \"proto\":\"{proto}\",\"service\":\"{service}\",\"duration\":0.023756,\"orig_bytes\":{sent},\"resp_bytes\":{received},\"conn_state\":\"{state}\",\
             \"local_orig\":true,\"local_resp\":true,\"missed_bytes\":0,\"history\":\"ShADadFf\",\"orig_pkts\":6,\"orig_ip_bytes\":{},\"resp_pkts\":5,\
             \"resp_ip_bytes\":{},\"ip_proto\":6}}",
            sent + 240,
            received + 200
        )?;
        text.write_all(line.as_bytes())?;
        objects.write_all(object.as_bytes())?;
        if n < rows / 4 {
            packed.write_all(line.as_bytes())?;
        }
    }
    text.flush()?;
    objects.flush()?;
    packed.finish()?.flush()?;
    Ok([tsv, json, gzip])
}

/// The most memory this process held, in MiB (Linux).
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) / 1024
}

fn fold(path: &Path) -> Result<Reading, Problem> {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut reading = Reading::new(Clock::system().now(), false);
    read(&name, open(BufReader::with_capacity(1 << 18, File::open(path)?))?, &mut reading)?;
    Ok(reading)
}

/// Seconds this thread has had a core (Linux): on a shared machine the clock on the wall measures the neighbors.
fn on_core() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split_whitespace().next().and_then(|nanos| nanos.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

/// The made policy.
fn compiled(at: Moment) -> Policy {
    let records = policy::Records::made();
    Policy::of(&Sources {
        zones: records.zones.iter().map(|(id, zone)| (*id, zone)).collect(),
        conduits: records.conduits.iter().map(|(id, conduit)| (*id, conduit)).collect(),
        permitted: records.permitted.iter().map(|(id, flow)| (*id, flow)).collect(),
        recorded: Vec::new(),
        calendar: TimeZone::UTC,
        at,
    })
}

/// Judges every flow; gives how many are permitted.
fn judged(policy: &Policy, reading: &Reading, at: Moment) -> usize {
    let flows = &reading.flows;
    flows.iter().filter(|flow| policy.judge(&sight_of(flows, flow), at).call == Call::Permitted).count()
}

fn timed(path: &Path, policy: &Policy) -> Result<(), Problem> {
    let (mut best, mut wall) = (f64::MAX, f64::MAX);
    let (mut rows, mut flows, mut permitted) = (0, 0, 0);
    for _ in 0..4 {
        let (began, core) = (Instant::now(), on_core());
        let reading = fold(path)?;
        permitted = judged(policy, &reading, Clock::system().now());
        (best, wall) = (best.min(on_core() - core), wall.min(began.elapsed().as_secs_f64()));
        (rows, flows) = (reading.rows, reading.flows.len());
    }
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let rate = |seconds: f64| f64::from(u32::try_from(rows).unwrap_or(u32::MAX)) / seconds / 1e6;
    println!(
        "| {name}: {rows} rows, {flows} flows, {permitted} permitted | {:.2} million rows/s of one core ({:.2} by the clock) | peak {} MiB |",
        rate(best),
        rate(wall),
        peak()
    );
    Ok(())
}

async fn taken_in(folder: &Path, log: &Path) -> Result<(), Problem> {
    let location = match std::env::var("GLANCE_BENCH_DATABASE_URL") {
        Ok(url) => Location::Url(url),
        Err(_) => Location::File(folder.join("glance.db")),
    };
    let store = Store::open(&location, Clock::system(), glance::FOLLOWERS).await?;
    let author = || store.author(Actor::job("bench"));
    let slug = format!("bench-{}", std::process::id());
    let profile = OrganizationProfile::begin(&slug, "Bench", "UTC").map_err(|(_, problem)| problem)?;
    let (organization, change) = founding::found(&store, &profile, author(), "bench").await?;
    change.commit().await?;
    let file = || vec![LogFile::named("conn.log", log)];
    let began = Instant::now();
    let now = store.clock().now();
    let read = intake::take(&file(), &Ours::default(), (now, false), &Progress::default())
        .map_err(|refusal| format!("{refusal:?}"))?;
    println!(
        "| read, folded and digested, {} flows, {} hosts | {:.2} s |",
        read.reading.flows.len(),
        read.hosts.len(),
        began.elapsed().as_secs_f64()
    );
    drop(read);
    for sensor in ["first", "again"] {
        let began = Instant::now();
        let file = if sensor == "first" { file() } else { vec![again(folder, log)?] };
        let import = Import {
            organization,
            author: author(),
            sensor: Reference::parse("tap-1")?,
            files: file,
            partial: false,
            progress: Progress::default(),
        };
        let done = glance::flows::importing::import(&store, &Blobs::directory(folder), import)
            .await
            .map_err(|failure| format!("{failure:?}"))?;
        println!(
            "| import ({sensor} batch): {} rows, {} flows | {:.1} s in all, journal held {:.1} s | peak {} MiB |",
            done.taken.rows,
            done.taken.flows,
            began.elapsed().as_secs_f64(),
            done.taken.held.as_secs_f64(),
            peak()
        );
    }
    Ok(())
}

/// The same log with one more row, so that every flow is known already.
fn again(folder: &Path, log: &Path) -> Result<LogFile, Problem> {
    let path = folder.join("again.log");
    std::fs::copy(log, &path)?;
    let mut file = std::fs::OpenOptions::new().append(true).open(&path)?;
    writeln!(
        file,
        "1767571200.000000\tCx\t10.1.0.1\t1024\t10.20.0.1\t502\ttcp\tmodbus\t-\t-\t-\tS0\tT\tT\t0\tS\t1\t40\t0\t0\t-\t6"
    )?;
    Ok(LogFile::named("conn.log", path))
}

fn main() -> Result<(), Problem> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let number = |at: usize, usual: u64| words.get(at).and_then(|word| word.parse().ok()).unwrap_or(usual);
    let (rows, flows) = (number(0, 4_000_000), number(1, 20_000));
    let folder = tempfile::tempdir()?;
    println!("| what | rate | memory |\n|---|---|---|");
    let policy = compiled(Clock::system().now());
    let logs = write_logs(folder.path(), rows, flows)?;
    for log in &logs {
        timed(log, &policy)?;
    }
    if words.iter().any(|word| word == "import") {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(taken_in(folder.path(), &logs[0]))?;
    }
    Ok(())
}
