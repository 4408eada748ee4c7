//! How fast `glance verify` reads a package, beside the machine's own SHA-256, and how much memory sealing and verifying take.
//!
//!     cargo bench --bench verify [-- MEGABYTES [RECORDS]]
//!
//! MEGABYTES of evidence files (1,024 when left out) and RECORDS with their proofs (20,000) are sealed into a file in the
//! temporary directory (`TMPDIR`, which needs twice the room) and verified there. The speed of SHA-256 is that of one core
//! over bytes already in memory; the package is read from the page cache where it fits. Speeds are by processor time, which a
//! busy machine does not spoil; the clock's are told beside.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use ed25519_dalek::SigningKey;
use glance::seal::Spool;
use glance::seal::bag::{Order, seal_into};
use glance::seal::history::{Disclosed, History};
use glance::seal::note::Checkpoint;
use glance::seal::verifier::{Expected, examine};
use glance::storage::merkle::{Tree, leaf_hash};
use glance::storage::versions::{commitment, hash_text};
use rand::RngExt;
use serde_json::json;
use sha2::{Digest, Sha256};

type Done<T> = Result<T, Box<dyn std::error::Error>>;

const ORIGIN: &str = "glance/0123456789abcdef/bench";
const MEGABYTE: usize = 1 << 20;

fn main() -> Done<()> {
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let (megabytes, records) = (numbers.first().copied().unwrap_or(1_024), numbers.get(1).copied().unwrap_or(20_000));
    let place = tempfile::tempdir()?;
    let path = place.path().join("package.zip");
    let began = Instant::now();
    let size = made(place.path(), &path, megabytes, records)?;
    let sealing = began.elapsed().as_secs_f64();
    println!("sealed {:.1} MB in {sealing:.1} s, at most {} MiB resident", mega(size), peak());
    let sha = sha_speed();
    println!("SHA-256 alone: {sha:.0} MB/s");
    let (began, before) = (Instant::now(), processor());
    let report = examine(File::open(&path)?, &Expected::default());
    let (elapsed, seconds) = (began.elapsed().as_secs_f64(), processor() - before);
    if let Some(problem) = report.problems.first() {
        return Err(problem.clone().into());
    }
    let speed = mega(size) / seconds;
    println!(
        "verified {} files and {} records in {seconds:.2} s ({elapsed:.2} s by the clock): {speed:.0} MB/s, {:.2} of SHA-256 alone, at most {} MiB resident",
        report.files,
        report.records,
        speed / sha,
        peak()
    );
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// One core's SHA-256 over a gigabyte in memory.
fn sha_speed() -> f64 {
    let block = vec![7u8; 4 * MEGABYTE];
    let (before, mut sha) = (processor(), Sha256::new());
    (0..256).for_each(|_| sha.update(&block));
    std::hint::black_box(sha.finalize());
    mega(1 << 30) / (processor() - before)
}

/// Seconds this thread was on a processor, as Linux counts them.
#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn processor() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = told.split(' ').next().and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    nanoseconds as f64 / 1e9
}

/// Most memory this process had, in MiB, as Linux counts it.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|rest| rest.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    kibibytes.unwrap_or(0) / 1024
}

fn made(place: &Path, path: &Path, megabytes: usize, records: usize) -> Done<u64> {
    let mut rng = rand::rng();
    let (mut hashes, mut disclosed) = (Vec::new(), Vec::new());
    for seq in 0..records {
        let salt: [u8; 16] = rng.random();
        let id = format!("01a21547-25c8-7e66-b9a6-{seq:012x}");
        let record = glance::storage::versions::canonical(
            &json!({"reference": format!("RTU-{seq}"), "notes": "x".repeat(600)}),
        )?;
        let leaf = json!({"log": ORIGIN, "seq": seq.to_string(), "obj": {"type": "asset", "id": id, "rev": "1"},
            "after": hash_text(&commitment(&salt, record.as_bytes()))});
        let leaf = leaf.to_string().into_bytes();
        hashes.push(leaf_hash(&leaf));
        disclosed.push(Disclosed {
            seq: seq as u64,
            leaf,
            kind: "asset".into(),
            id,
            version: 1,
            salt: salt.to_vec(),
            record,
        });
    }
    let tree = Tree::new(hashes);
    let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), size: records as u64, root: tree.root(records) };
    let key = SigningKey::from_bytes(&[7; 32]);
    let note = checkpoint.sign(&key);
    let mut spool = Spool::in_folder(place)?;
    let mut table = spool.writer("01_ert/tabs/CA.csv")?;
    table.add(b"Index,record_id,record_version\r\n")?;
    for one in &disclosed {
        table.add(format!("{},{},1\r\n", one.seq, one.id).as_bytes())?;
    }
    table.finish()?;
    let mut block = vec![0u8; MEGABYTE];
    rng.fill(&mut block[..]);
    for n in 0..megabytes.div_ceil(8) {
        let mut file = spool.writer(&format!("03_evidence/CIP-007-6/R2/2.1/ERT_{n:04}_Scan.bin"))?;
        for turn in 0..8.min(megabytes - n * 8) {
            block[turn] ^= 1;
            file.write_all(&block)?;
        }
        file.finish()?;
    }
    let mut history = History::begin(&mut spool, &tree, &checkpoint, &note)?;
    disclosed.iter().try_for_each(|one| history.disclose(one))?;
    history.finish(&[])?;
    let order = Order { folder: "GLANCE-BENCH", info: vec![("Source-Organization", "Bench".to_owned())], key: &key };
    Ok(seal_into(&order, &spool, path)?.size)
}
