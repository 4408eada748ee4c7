//! Putting a package's payload together from facts of one snapshot.
//!
//! Invariant: the same facts give the same bytes; empty and missing things are said, never left out.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::json;

use super::model::Period;
use super::tabs;
use crate::assets::{Asset, Lifecycle};
use crate::ids::AssetId;
use crate::organizations::OrganizationProfile;
use crate::seal::note::Checkpoint;
use crate::seal::{Spool, Spooled, Unsealable};
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
pub fn files(facts: &Facts, spool: &mut Spool) -> Result<(), Unsealable> {
    let mut tab = |path: &str, made: Result<Vec<u8>, String>| {
        spool.put(path, &made.map_err(|why| Unsealable::content(path, why))?)
    };
    tab("01_ert/tabs/BES_Assets.csv", tabs::bes_assets(facts))?;
    tab("01_ert/tabs/CA.csv", tabs::cyber_assets(facts))?;
    spool.put("99_LIMITS.md", limits(facts).as_bytes())
}

/// The chain of custody, the machine index and the human index, over everything that is in the payload by then.
pub fn finish(facts: &Facts, checkpoint: &Checkpoint, key: &str, spool: &mut Spool) -> Result<(), Unsealable> {
    const CUSTODY: &str = "08_chain_of_custody.csv";
    const MANIFEST: &str = "manifest.json";
    let custody = custody(facts, &spool.files()?).map_err(|why| Unsealable::content(CUSTODY, why))?;
    spool.put(CUSTODY, &custody)?;
    let manifest =
        manifest(facts, checkpoint, key, &spool.files()?).map_err(|why| Unsealable::content(MANIFEST, why))?;
    spool.put(MANIFEST, manifest.as_bytes())?;
    spool.put("index.html", index(facts, checkpoint, key, &spool.files()?).as_bytes())
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

fn custody(facts: &Facts, files: &[Spooled]) -> Result<Vec<u8>, String> {
    let said = |error: crate::sheets::Unwritable| error.to_string();
    let mut out =
        crate::sheets::CsvOut::new(Vec::new(), &["path", "sha256", "bytes", "made_by", "as_of"]).map_err(said)?;
    for file in files {
        let (hash, size) = (hex(&file.sha256), file.size.to_string());
        let made_by = concat!("Glance ", env!("CARGO_PKG_VERSION"));
        let row = [file.path.as_str(), &hash, &size, made_by, &facts.instant.rfc3339()];
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

fn manifest(facts: &Facts, checkpoint: &Checkpoint, key: &str, files: &[Spooled]) -> Result<String, String> {
    let listed: Vec<_> = files
        .iter()
        .map(|file| {
            json!({"path": format!("data/{}", file.path), "sha256": hex(&file.sha256), "size": file.size,
                "media_type": media_type(&file.path), "classification": "bcsi", "as_of": facts.instant.rfc3339()})
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

fn index(facts: &Facts, checkpoint: &Checkpoint, key: &str, files: &[Spooled]) -> String {
    let mut rows = String::new();
    for file in files.iter().filter(|file| !file.path.starts_with("07_history/proofs/")) {
        let (path, size) = (escaped(&file.path), file.size);
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
