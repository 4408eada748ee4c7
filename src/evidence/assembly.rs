//! Putting a package's payload together from facts of one snapshot.
//!
//! Invariant: the same facts give the same bytes; empty and missing things are said, never left out.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::model::Period;
use super::tabs;
use crate::assets::{Asset, Lifecycle};
use crate::ids::AssetId;
use crate::organizations::OrganizationProfile;
use crate::seal::archive::Entries;
use crate::seal::note::Checkpoint;
use crate::sites::Site;
use crate::storage::Kept;
use crate::storage::versions::hex;
use crate::systems::System;
use crate::vocabulary::{Impact, Moment};
use crate::zones::Zone;

/// Everything a package says, read from one snapshot.
pub struct Facts {
    pub profile: OrganizationProfile,
    pub period: Period,
    pub instant: Moment,
    pub tree_size: i64,
    pub sites: Vec<Kept<Site>>,
    pub systems: Vec<Kept<System>>,
    pub zones: Vec<Kept<Zone>>,
    pub assets: Vec<Kept<Asset>>,
    pub standings: BTreeMap<AssetId, Option<Impact>>,
}

impl Facts {
    /// The folder's name.
    #[must_use]
    pub fn name(&self) -> String {
        let ncr: String = self.profile.ncr.chars().filter(char::is_ascii_alphanumeric).collect();
        let ncr = if ncr.is_empty() { "NCR-NONE".to_owned() } else { ncr };
        format!("GLANCE-{ncr}-{}-{}", self.period.compact(), self.instant.compact())
    }
}

/// The files of the payload except the history, which the caller adds before the manifest is made.
pub fn files(facts: &Facts) -> Result<Entries, String> {
    let mut files = Entries::new();
    files.insert("01_ert/tabs/BES_Assets.csv".into(), tabs::bes_assets(facts)?);
    files.insert("01_ert/tabs/CA.csv".into(), tabs::cyber_assets(facts)?);
    files.insert("99_LIMITS.md".into(), limits(facts).into_bytes());
    Ok(files)
}

/// The chain of custody, the machine index and the human index, over everything that is in the payload by then.
pub fn finish(facts: &Facts, checkpoint: &Checkpoint, key: &str, files: &mut Entries) -> Result<(), String> {
    files.insert("08_chain_of_custody.csv".into(), custody(facts, files)?);
    files.insert("manifest.json".into(), manifest(facts, checkpoint, key, files)?.into_bytes());
    files.insert("index.html".into(), index(facts, checkpoint, key, files).into_bytes());
    Ok(())
}

/// What is missing, indeterminate or out of date (part of the package rules: never empty without saying why).
fn limits(facts: &Facts) -> String {
    let since = facts.instant.plus_seconds(-i64::from(facts.profile.verify_within_days) * 86_400);
    let in_service = || facts.assets.iter().filter(|asset| asset.lifecycle == Some(Lifecycle::InService));
    let count = |keep: &dyn Fn(&Kept<Asset>) -> bool| in_service().filter(|asset| keep(asset)).count();
    let unrated = facts.systems.iter().filter(|system| system.criterion.is_none()).count();
    let no_erc =
        facts.systems.iter().filter(|system| system.impact() > Some(Impact::Low) && system.erc.is_none()).count();
    let mut text = format!(
        "# Limits of this package\n\nEffective instant {}, journal size {}.\n\n## What the record does not say\n\n",
        facts.instant.rfc3339(),
        facts.tree_size
    );
    let found = [
        (count(&|asset| asset.categories.is_empty()), "devices in service carry no category, so they are in no tab"),
        (count(&|asset| asset.verified_at.is_none()), "devices in service were never verified by a person"),
        (
            count(&|asset| asset.verified_at.is_some_and(|at| at < since)),
            "devices in service were verified longer ago than the organization's limit",
        ),
        (count(&|asset| asset.zone.is_none()), "devices in service are in no zone"),
        (count(&|asset| asset.firmware.is_empty()), "devices in service have no firmware recorded"),
        (unrated, "BES Cyber Systems have no criterion decided: their impact is indeterminate"),
        (no_erc, "medium and high impact systems have no ERC answer: it is indeterminate"),
    ];
    for (number, words) in found {
        let _ = writeln!(text, "- {number} {words}");
    }
    text.push_str("\n## What this package does not hold\n\n");
    for missing in [
        "Status of requirement parts, RSAW narratives, evidence files, samples, findings and OSCAL documents: this version of Glance seals the inventory only.",
        "ERC is declared with a reason, not computed from conduits.",
        "The columns of the tabs are template defaults; map them to the region's workbook by name.",
        "Business dates may precede their recording; history says when each was recorded.",
    ] {
        let _ = writeln!(text, "- {missing}");
    }
    text
}

fn custody(facts: &Facts, files: &Entries) -> Result<Vec<u8>, String> {
    let said = |error: crate::sheets::Unwritable| error.to_string();
    let mut out =
        crate::sheets::CsvOut::new(Vec::new(), &["path", "sha256", "bytes", "made_by", "as_of"]).map_err(said)?;
    for (path, bytes) in files {
        let (hash, size) = (hex(&Sha256::digest(bytes)), bytes.len().to_string());
        let row =
            [path.as_str(), &hash, &size, concat!("Glance ", env!("CARGO_PKG_VERSION")), &facts.instant.rfc3339()];
        out.row(&row).map_err(said)?;
    }
    out.finish().map_err(said)
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("csv") => "text/csv",
        Some("json") => "application/json",
        Some("jsonl") => "application/jsonl",
        Some("html") => "text/html",
        Some("md") => "text/markdown",
        _ => "text/plain",
    }
}

fn manifest(facts: &Facts, checkpoint: &Checkpoint, key: &str, files: &Entries) -> Result<String, String> {
    let listed: Vec<_> = files
        .iter()
        .map(|(path, bytes)| {
            json!({"path": format!("data/{path}"), "sha256": hex(&Sha256::digest(bytes)), "size": bytes.len(),
                "media_type": media_type(path), "classification": "bcsi", "as_of": facts.instant.rfc3339()})
        })
        .collect();
    let snapshot = |kind: &str, id: String, version: i64, hash: &[u8]| json!({"type": kind, "id": id, "revision": version.to_string(), "hash": hex(hash)});
    let sites = tabs::sites(facts)
        .into_iter()
        .map(|kept| snapshot("site", kept.id.to_string(), kept.version, &kept.commitment));
    let assets = tabs::assets(facts)
        .into_iter()
        .map(|kept| snapshot("asset", kept.id.to_string(), kept.version, &kept.commitment));
    let document = json!({
        "package": {
            "id": facts.name(), "version": "1", "entity": facts.profile.name, "ncr": facts.profile.ncr,
            "region": facts.profile.region, "audit_id": facts.period.compact(), "period_start": facts.period.from,
            "period_end": facts.period.to, "tz": facts.profile.time_zone, "generated_at": facts.instant.rfc3339(),
            "generator": {"name": "Glance", "version": env!("CARGO_PKG_VERSION")}, "signing_key": key,
            "catalog_version": crate::sites::rules::catalog().standard, "supersedes": null,
            "checkpoint": {"log": checkpoint.origin, "size": checkpoint.size.to_string(), "root": hex(&checkpoint.root)}
        },
        "files": listed,
        "parts": [],
        "samples": [],
        "record_snapshots": sites.chain(assets).collect::<Vec<_>>(),
        "prev_manifest_sha256": null
    });
    serde_json_canonicalizer::to_string(&document).map_err(|error| error.to_string())
}

/// Text as HTML text.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn index(facts: &Facts, checkpoint: &Checkpoint, key: &str, files: &Entries) -> String {
    let mut rows = String::new();
    for (path, bytes) in files.iter().filter(|(path, _)| !path.starts_with("07_history/proofs/")) {
        let (path, size) = (escaped(path), bytes.len());
        let _ = writeln!(rows, "<tr><td><a href=\"{path}\">{path}</a></td><td>{size}</td></tr>");
    }
    let counts = format!("{} sites, {} categorized devices", tabs::sites(facts).len(), tabs::assets(facts).len());
    format!(
        include_str!("index.html"),
        name = escaped(&facts.name()),
        entity = escaped(&facts.profile.name),
        ncr = escaped(&facts.profile.ncr),
        period = facts.period,
        instant = facts.instant.rfc3339(),
        size = checkpoint.size,
        root = hex(&checkpoint.root),
        log = escaped(&checkpoint.origin),
        key = key,
        counts = counts,
        rows = rows,
    )
}
