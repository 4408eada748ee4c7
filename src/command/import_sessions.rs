//! `glance import sessions`: a gateway's file of sessions into the record, as one batch.
//!
//! Invariant: the file comes whole or not at all without `--partial`; the answer names file, line, column and value of what is
//! wrong, and the gateway is an asset of the inventory.

use std::path::PathBuf;
use std::time::Instant;

use serde_json::{Value, json};

use super::import::unreadable;
use super::{Done, Ending};
use crate::errands::following;
use crate::findings::following::Followed;
use crate::flows::reading::BadLine;
use crate::posture::Memory;
use crate::remote_access::importing::{Import, Imported, Unimported, import};
use crate::settings::Place;

#[derive(clap::Args)]
pub struct Sessions {
    file: PathBuf,
    #[arg(long)]
    organization: String,
    /// The reference of the asset that told of the sessions
    #[arg(long)]
    gateway: String,
    /// Times without an offset are in the organization's zone
    #[arg(long)]
    local_times: bool,
    /// Take the good rows and leave out those with problems
    #[arg(long)]
    partial: bool,
}

impl Sessions {
    pub async fn run(self, place: &Place) -> Done {
        let began = Instant::now();
        let bytes = std::fs::read(&self.file).map_err(|error| unreadable(&self.file, error))?;
        if bytes.is_empty() {
            return Err(unreadable(&self.file, "the file is empty"));
        }
        let name = self.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let blobs = place.blobs().map_err(Ending::Usage)?;
        let store = super::open(place).await?;
        let organization = super::organization(&store, &self.organization).await?.id;
        let (author, gateway) = (store.author(super::host()), self.gateway);
        let (local_times, partial) = (self.local_times, self.partial);
        let asked = Import { organization, author, gateway, name, bytes, local_times, partial };
        match import(&store, &blobs, asked).await {
            Ok(imported) => {
                let followed = following::follow(&store, &Memory::default(), organization).await?;
                told(place, &imported, &followed, began)
            }
            Err(Unimported::NoGateway(said)) => Err(Ending::Usage(format!("--gateway: {said}"))),
            Err(Unimported::Refused(lines)) => refused(place, &lines, began),
            Err(Unimported::Failed(failure)) => Err(failure.into()),
            Err(Unimported::Broken(cause)) => Err(Ending::Failed(cause)),
        }
    }
}

fn value(bad: &BadLine) -> Value {
    json!({"file": bad.file, "line": bad.line, "column": bad.column, "value": bad.value, "problem": bad.problem})
}

fn told(place: &Place, imported: &Imported, followed: &Followed, began: Instant) -> Done {
    let created = if imported.new { imported.changed } else { 0 };
    let unchanged = usize::try_from(imported.sessions).unwrap_or(0).saturating_sub(created);
    let document = json!({"rows": imported.rows, "sessions": imported.sessions, "created": created, "updated": 0,
        "unchanged": unchanged, "events": imported.events, "repeated": imported.repeated,
        "refused": imported.refused.iter().map(value).collect::<Vec<_>>(), "left_out": imported.left_out,
        "unused_columns": imported.unused, "warnings": imported.warnings, "batch": imported.batch,
        "gateway": imported.gateway, "findings": followed, "seconds": began.elapsed().as_secs_f64(),
        "journal_held_seconds": imported.held.as_secs_f64()});
    let mut words = if imported.new {
        format!(
            "{} rows, {} sessions, {created} with something new, {} events",
            imported.rows, imported.sessions, imported.events
        )
    } else {
        "these bytes were taken in before from this gateway; nothing changed".to_owned()
    };
    for warning in &imported.warnings {
        words.push_str(&format!("\n  {warning}"));
    }
    if !imported.unused.is_empty() {
        let unused: Vec<&str> = imported.unused.iter().map(String::as_str).collect();
        words.push_str(&format!("\n  columns not used: {}", unused.join(", ")));
    }
    for bad in &imported.refused {
        words.push_str(&format!("\n  left out: {bad}"));
    }
    super::say(place, &document, &words);
    if imported.left_out == 0 { Ok(()) } else { Err(Ending::DoesNotHold(format!("{} left out", imported.left_out))) }
}

/// Tells why nothing was taken: 1 when single rows are wrong, 2 when the file cannot be read.
fn refused(place: &Place, lines: &[BadLine], began: Instant) -> Done {
    if place.json {
        let document = json!({"rows": 0, "sessions": 0, "created": 0, "updated": 0, "unchanged": 0, "events": 0,
            "refused": lines.iter().map(value).collect::<Vec<_>>(),
            "findings": {"opened": 0, "reopened": 0, "unchanged": 0}, "seconds": began.elapsed().as_secs_f64()});
        println!("{document}");
    }
    let told: Vec<String> = lines.iter().map(ToString::to_string).collect();
    let said = format!("nothing was written\n  {}", told.join("\n  "));
    let unreadable = lines.iter().any(|line| line.whole);
    Err(if unreadable { Ending::Usage(said) } else { Ending::DoesNotHold(said) })
}
