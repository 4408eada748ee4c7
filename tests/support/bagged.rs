//! A package made without a database: a log, records disclosed from it, tables and documents that name them.
//!
//! Invariant: the same seed gives the same bytes, and every form of tie that the verifiers judge is in it.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;

use ed25519_dalek::SigningKey;
use glance::seal::archive::Container;
use glance::seal::bag::{Order, seal};
use glance::seal::history::{Disclosed, Earlier, History};
use glance::seal::note::Checkpoint;
use glance::seal::{Spool, signature};
use glance::storage::merkle::{Tree, leaf_hash};
use glance::storage::versions::{commitment, hash_text};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

pub const ORIGIN: &str = "glance/0123456789abcdef/larkspur";
pub const FOLDER: &str = "GLANCE-NCR00001-20251001-20260930-20261001T000000Z";

/// Files of the bag by their paths in it.
pub type Files = BTreeMap<String, Vec<u8>>;

/// A log of `size` leaves of which every third commits to a record.
pub struct Log {
    pub key: SigningKey,
    pub tree: Tree,
    pub records: Vec<Disclosed>,
}

impl Log {
    pub fn of(seed: u64, size: u64) -> Self {
        let mut rng = SmallRng::seed_from_u64(seed);
        let (mut hashes, mut records) = (Vec::new(), Vec::new());
        for seq in 0..size {
            let salt: [u8; 16] = rng.random();
            let id = format!("01a21547-25c8-7e66-b9a6-{:012x}", seq / 3);
            let record = json!({"name": format!("Relais \u{e9} {seq}"), "n": seq, "on": seq % 2 == 0, "zone": null});
            let record = glance::storage::versions::canonical(&record).unwrap();
            let leaf = json!({"log": ORIGIN, "seq": seq.to_string(), "at": "2026-01-01T00:00:00Z",
                "obj": {"type": "asset", "id": id, "rev": "1"}, "after": hash_text(&commitment(&salt, record.as_bytes()))});
            let leaf = leaf.to_string().into_bytes();
            hashes.push(leaf_hash(&leaf));
            if seq % 3 == 0 {
                records.push(Disclosed {
                    seq,
                    leaf,
                    kind: "asset".into(),
                    id,
                    version: 1,
                    salt: salt.to_vec(),
                    record,
                });
            }
        }
        let key = SigningKey::from_bytes(&[u8::try_from(seed % 251).unwrap(); 32]);
        Self { key, tree: Tree::new(hashes), records }
    }

    pub fn checkpoint(&self, size: usize) -> Checkpoint {
        Checkpoint { origin: ORIGIN.to_owned(), size: size as u64, root: self.tree.root(size) }
    }

    /// The container of a package at this size, which goes on from packages of the earlier sizes.
    pub fn package(&self, size: usize, earlier: &[u64], place: &Path) -> Vec<u8> {
        let checkpoint = self.checkpoint(size);
        let note = checkpoint.sign(&self.key);
        let mut spool = Spool::in_folder(place).unwrap();
        let shown: Vec<&Disclosed> = self.records.iter().filter(|one| one.seq < checkpoint.size).collect();
        self.tables(&shown, &mut spool);
        let mut history = History::begin(&mut spool, &self.tree, &checkpoint, &note).unwrap();
        shown.iter().for_each(|one| history.disclose(one).unwrap());
        let key = signature::pem(&self.key.verifying_key());
        let earlier: Vec<Earlier> = earlier
            .iter()
            .map(|size| Earlier { package: format!("GLANCE-OF-{size}"), size: *size, key: key.clone() })
            .collect();
        history.finish(&earlier).unwrap();
        let info = vec![
            ("Source-Organization", "Larkspur Valley Power".to_owned()),
            ("Glance-Key-Not-Before", "2026-01-01T00:00:00Z".to_owned()),
            ("Glance-Key-Not-After", "2029-01-01T00:00:00Z".to_owned()),
        ];
        let mut out = Vec::new();
        seal(&Order { folder: FOLDER, info, key: &self.key }, &spool, &mut out).unwrap();
        out
    }

    #[expect(clippy::unused_self, reason = "reads as what it is: this log's tables")]
    fn tables(&self, shown: &[&Disclosed], spool: &mut Spool) {
        let row = |one: &&Disclosed| format!("{},\"a, \"\"b\"\"\",{},{}\r\n", one.seq, one.id, one.version);
        let rows: String = shown.iter().map(row).collect();
        let table = format!("Index,Description,record_id,record_version\r\n{rows}");
        spool.put("01_ert/tabs/CA.csv", table.as_bytes()).unwrap();
        let inputs: Vec<_> =
            shown.iter().map(|one| json!({"record_id": one.id, "record_version": one.version.to_string()})).collect();
        let part = json!({"part": "1.1", "inputs": inputs, "nothing": {"record_id": null, "record_version": null}});
        spool.put("03_evidence/CIP-005-7/R1/1.1/_part.json", part.to_string().as_bytes()).unwrap();
        spool.put("03_evidence/CIP-005-7/R1/1.1/ERT_01_Rules.csv", b"record_id,x\n\xFF,1\n").unwrap();
        spool
            .copy("03_evidence/CIP-005-7/R1/1.1/ERT_01_Rules.csv", "03_evidence/CIP-007-6/R1/1.1/ERT_01_Rules.csv")
            .unwrap();
        spool.put("05_findings/findings.csv", b"finding,record_id,record_version\r\n1,,\r\n").unwrap();
        spool.put("08_chain_of_custody.csv", b"path,sha256\r\n").unwrap();
        spool.put("manifest.json", b"{}").unwrap();
        spool.put("99_LIMITS.md", b"# Limits\n").unwrap();
    }
}

/// The files of a container, by their paths in the bag.
pub fn unfolded(bytes: &[u8]) -> Files {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = Files::new();
    for n in 0..archive.len() {
        let mut file = archive.by_index(n).unwrap();
        let path = file.name().unwrap().split_once('/').unwrap().1.to_owned();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        files.insert(path, content);
    }
    files
}

/// The container that Glance would write of these files, whatever they are.
pub fn folded(files: &Files) -> Vec<u8> {
    let mut container = Container::new(Vec::new());
    for (path, bytes) in files {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        container.entry(format!("{FOLDER}/{path}"), (bytes.len() as u64, crc.sum()), bytes.as_slice()).unwrap();
    }
    container.finish().unwrap()
}

/// Writes the files into an empty folder.
pub fn laid_out(files: &Files, folder: &Path) {
    for (path, bytes) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}
