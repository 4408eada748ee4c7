//! `glance package build` and `glance verify`.
//!
//! Invariant: verifying needs no database. A build runs in this process under the same lease as in a server, or waits for the
//! server that has it.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Done, Ending};
use crate::errands::packages::{self, Worker};
use crate::evidence::{Package, PackageState, asked, keeping, ordering};
use crate::ids::{OrganizationId, PackageId};
use crate::seal::verifier::{self, Expected, Report};
use crate::settings::Place;
use crate::storage::platform::Step;
use crate::storage::{AsOf, Kept};
use crate::vocabulary::{Moment, TimeZone};
use crate::web::App;

#[derive(Subcommand)]
pub enum PackageCommand {
    /// Order an evidence package and seal it from the record at one instant
    Build(Build),
}

#[derive(Args)]
pub struct Build {
    #[arg(long)]
    organization: String,
    /// Audit period: FROM..TO, such as 2025-10-01..2026-09-30; the engagement's when left out
    #[arg(long)]
    period: Option<String>,
    /// Instant: RFC 3339, or a date for its last moment; now when left out
    #[arg(long)]
    as_of: Option<String>,
    /// Engagement by its reference
    #[arg(long)]
    engagement: Option<String>,
    /// Standards, requirements and parts, such as CIP-005 or "CIP-007-6 R2*"; every part of NERC CIP when left out
    #[arg(long, num_args = 1..)]
    parts: Vec<String>,
    /// What the package is for
    #[arg(long, default_value = "Built on the host")]
    reason: String,
    /// Where to write the package
    #[arg(long)]
    out: PathBuf,
}

#[derive(Args)]
pub struct Verify {
    /// The package
    file: PathBuf,
    /// The signing key's fingerprint from the letter
    #[arg(long)]
    fingerprint: Option<String>,
    /// A file with a signed checkpoint kept from before
    #[arg(long)]
    checkpoint: Option<PathBuf>,
}

/// The instant a command asks for: RFC 3339, or a date for its last moment in the organization's zone.
pub(super) fn instant(text: Option<&str>, zone: TimeZone, now: Moment) -> Result<AsOf, Ending> {
    let Some(text) = text else { return Ok(AsOf::Now) };
    let found = zone.instant(text).map_err(|problem| Ending::Usage(format!("--as-of {text}: {problem}")))?;
    Ok(AsOf::At(if zone.date(now) == text { found.min(now) } else { found }))
}

impl PackageCommand {
    pub async fn run(self, place: &Place) -> Done {
        let PackageCommand::Build(build) = self;
        build.run(place).await
    }
}

impl Build {
    async fn run(self, place: &Place) -> Done {
        let store = super::open(place).await?;
        let keys = super::keys(place, &store)?;
        let organization = super::organization(&store, &self.organization).await?;
        let blobs = place.blobs().map_err(Ending::Usage)?;
        let app = App::keeping(store, keys, String::new(), place.data.clone(), blobs);
        let id = self.order(&app, organization.id, TimeZone::known(&organization.time_zone)).await?;
        let told = bar();
        let kept = packages::one(&Worker::of(&app), organization.id, id, &told).await?;
        if kept.state == PackageState::Failed {
            return Err(Ending::Failed(format!("the package was not built: {}", kept.problem)));
        }
        let path = keeping::path(&place.data, organization.id, id);
        copy(&path, &self.out).map_err(|error| Ending::Failed(format!("{}: {error}", self.out.display())))?;
        self.say(place, &kept);
        Ok(())
    }

    /// Orders what the arguments ask for.
    async fn order(&self, app: &App, organization: OrganizationId, zone: TimeZone) -> Result<PackageId, Ending> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let period = text(&self.period);
        let (from, to) = period.split_once("..").unwrap_or((period.as_str(), ""));
        let texts = BTreeMap::from([
            ("engagement".to_owned(), text(&self.engagement)),
            ("from".to_owned(), from.trim().to_owned()),
            ("to".to_owned(), to.trim().to_owned()),
            ("scope".to_owned(), self.parts.join(";")),
            ("as_of".to_owned(), text(&self.as_of)),
            ("reason".to_owned(), self.reason.clone()),
        ]);
        let store = &app.store;
        let refused = |draft: crate::register::Draft| {
            let said = draft.problems.iter().map(|found| format!("--{}: {}", option(&found.field), found.problem));
            Ending::Usage(said.collect::<Vec<_>>().join("; "))
        };
        let mut at = store.snapshot(organization, AsOf::Now).await?;
        let asked = asked::read(&mut at, &texts, (zone, store.clock().now())).await?.map_err(refused)?;
        drop(at);
        let package = ordering::plan(store, &app.keys, organization, asked.wanted).await?.map_err(refused)?;
        let mut change = store.change(organization, store.author(super::host())).await?;
        let id = ordering::order(&mut change, &package, &asked.reason).await?;
        change.commit().await?;
        Ok(id)
    }

    fn say(&self, place: &Place, kept: &Kept<Package>) {
        let (size, digest, key) = (kept.size.unwrap_or(0), &kept.digest, &kept.key);
        let words = format!("{}: {size} bytes, {digest}\nsigned by {key}", self.out.display());
        super::say(place, &json!({"id": kept.id, "file": self.out, "package": kept.content}), &words);
    }
}

/// The option a field of an order is given by.
fn option(field: &str) -> &str {
    match field {
        "from" | "to" => "period",
        "scope" => "parts",
        "as_of" => "as-of",
        other => other,
    }
}

/// Tells the progress on standard error: as one line that changes where that is a terminal, else a line for each stage.
fn bar() -> impl Fn(&Step) + Sync {
    let last = std::sync::Mutex::new(Step::default());
    move |step: &Step| {
        let mut last = last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if *last == *step || step.stage.is_empty() {
            return;
        }
        let mut out = std::io::stderr();
        let done = if step.of > 0 {
            if out.is_terminal() {
                let _ = write!(out, "\r\x1b[K{} {} of {}", step.stage, step.done, step.of);
            } else if last.stage != step.stage {
                let _ = writeln!(out, "{}", step.stage);
            }
            step.done >= step.of
        } else {
            false
        };
        if done && out.is_terminal() {
            let _ = writeln!(out);
        }
        *last = step.clone();
    }
}

/// Copies a file whole or not at all.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let temporary = to.with_file_name(name);
    let done = std::fs::copy(from, &temporary)
        .and_then(|_| std::fs::File::open(&temporary)?.sync_all())
        .and_then(|()| std::fs::rename(&temporary, to));
    if done.is_err() {
        drop(std::fs::remove_file(&temporary));
    }
    done
}

impl Verify {
    pub fn run(self, place: &Place) -> Done {
        let unread = |path: &Path, error: &dyn std::fmt::Display| Ending::Usage(format!("{}: {error}", path.display()));
        let checkpoint = match &self.checkpoint {
            None => None,
            Some(path) => Some(std::fs::read_to_string(path).map_err(|error| unread(path, &error))?),
        };
        let package = std::fs::File::open(&self.file).map_err(|error| unread(&self.file, &error))?;
        let report = verifier::examine(package, &Expected { fingerprint: self.fingerprint, checkpoint });
        let holds = report.problems.is_empty();
        let mut words = told(&report);
        report.problems.iter().for_each(|problem| words.push_str(&format!("PROBLEM: {problem}\n")));
        words.push_str(if holds { "holds" } else { "does not hold" });
        let mut document = serde_json::to_value(&report).map_err(|error| Ending::Failed(error.to_string()))?;
        document["holds"] = json!(holds);
        super::say(place, &document, &words);
        if holds { Ok(()) } else { Err(Ending::DoesNotHold(String::new())) }
    }
}

/// What was found, for people.
fn told(report: &Report) -> String {
    let mut words = format!("{}\nkey fingerprint {}\n", report.folder, report.fingerprint);
    if !report.key_window.is_empty() {
        words.push_str(&format!("key to be used {}\n", report.key_window));
    }
    words.push_str(&format!("log {} at size {}\n", report.log, report.size));
    for package in &report.earlier {
        words.push_str(&format!("goes on from {package}\n"));
    }
    words.push_str(&format!(
        "{} files, {} records proved, {} rows tied to the log",
        report.files, report.records, report.rows
    ));
    if report.untied > 0 {
        words.push_str(&format!(", {} rows name no record", report.untied));
    }
    words.push('\n');
    words
}
