//! `glance package build` and `glance verify`.
//!
//! Invariant: verifying needs no database.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Done, Ending};
use crate::evidence::building::Means;
use crate::evidence::model::Period;
use crate::evidence::ordering::{self, Wanted};
use crate::evidence::{Scope, Unbuilt};
use crate::seal::verifier::{self, Expected};
use crate::settings::Place;
use crate::storage::AsOf;
use crate::vocabulary::{Moment, TimeZone};

#[derive(Subcommand)]
pub enum PackageCommand {
    /// Seal an evidence package from the record at one instant
    Build {
        #[arg(long)]
        organization: String,
        /// Audit period: FROM..TO, such as 2025-10-01..2026-09-30
        #[arg(long)]
        period: String,
        /// Instant: RFC 3339, or a date for its last moment; now when left out
        #[arg(long)]
        as_of: Option<String>,
        /// Where to write the package
        #[arg(long)]
        out: PathBuf,
    },
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

/// Why nothing was built, as the command's ending.
fn unbuilt(unbuilt: Unbuilt) -> Ending {
    match unbuilt {
        Unbuilt::Field { field, value, problem } => {
            Ending::Usage(format!("--{} {value}: {problem}", field.replace('_', "-")))
        }
        Unbuilt::Storage(failure) => failure.into(),
        other => Ending::Failed(other.to_string()),
    }
}

impl PackageCommand {
    pub async fn run(self, place: &Place) -> Done {
        let PackageCommand::Build { organization, period, as_of, out } = self;
        let period = Period::parse(&period).map_err(|problem| Ending::Usage(format!("--period: {problem}")))?;
        let store = super::open(place).await?;
        let keys = super::keys(place, &store)?;
        let organization = super::organization(&store, &organization).await?;
        let zone = TimeZone::known(&organization.time_zone);
        let as_of = instant(as_of.as_deref(), zone, store.clock().now())?;
        let scope = Scope::everything();
        let wanted = Wanted { organization: organization.id, scope, period, as_of };
        let blobs = place.blobs().map_err(Ending::Usage)?;
        let means = Means { store: &store, keys: &keys, data: &place.data, blobs: &blobs };
        let done = ordering::at_once(means, wanted, store.author(super::host()), "Built on the host").await;
        let done = done.map_err(unbuilt)?;
        std::fs::copy(&done.sealed.path, &out)
            .map_err(|error| Ending::Failed(format!("{}: {error}", out.display())))?;
        let package = done.package;
        let words = format!(
            "{}: {} bytes, {}\nsigned by {}",
            out.display(),
            package.size.unwrap_or(0),
            package.digest,
            package.key
        );
        super::say(place, &json!({"id": done.id, "file": out, "package": package}), &words);
        Ok(())
    }
}

impl Verify {
    pub fn run(self, place: &Place) -> Done {
        let read =
            |path: &Path| std::fs::read(path).map_err(|error| Ending::Usage(format!("{}: {error}", path.display())));
        let bytes = read(&self.file)?;
        let checkpoint = match &self.checkpoint {
            None => None,
            Some(path) => Some(
                String::from_utf8(read(path)?).map_err(|_| Ending::Usage("the checkpoint is not UTF-8".to_owned()))?,
            ),
        };
        let report = verifier::verify(&bytes, &Expected { fingerprint: self.fingerprint, checkpoint });
        let holds = report.problems.is_empty();
        let mut words = format!(
            "{}\nkey fingerprint {}\nlog {} at size {}\n{} files, {} records proved, {} rows tied to the log\n",
            report.folder, report.fingerprint, report.log, report.size, report.files, report.records, report.rows
        );
        report.problems.iter().for_each(|problem| words.push_str(&format!("PROBLEM: {problem}\n")));
        words.push_str(if holds { "holds" } else { "does not hold" });
        let mut document = serde_json::to_value(&report).map_err(|error| Ending::Failed(error.to_string()))?;
        document["holds"] = json!(holds);
        super::say(place, &document, &words);
        if holds { Ok(()) } else { Err(Ending::DoesNotHold(String::new())) }
    }
}
