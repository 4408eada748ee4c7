//! `glance import …`: files into the record, from the host.
//!
//! Invariant: all or nothing without `--partial`; the report is one JSON document; the same file twice changes nothing.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Done, Ending};
use crate::artifacts::keeping;
use crate::assets::{Asset, Interface, Service};
use crate::conduits::{Conduit, PermittedFlow};
use crate::ids::OrganizationId;
use crate::obligations::Performance;
use crate::personnel::{Account, Appointment, Authorization, Person, Vendor};
use crate::register::import::{self, Report};
use crate::register::{Register, import::RefusedValue};
use crate::remote_access::Grant;
use crate::settings::Place;
use crate::sheets::{self, Limits, Sheet};
use crate::sites::Site;
use crate::storage::Change;
use crate::storage::blobs::Stored;
use crate::systems::System;
use crate::zones::Zone;

/// A file of sheets, and how it is taken.
#[derive(Args)]
pub struct Sheets {
    file: PathBuf,
    #[arg(long)]
    organization: String,
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Take the good rows and leave out those with problems
    #[arg(long)]
    partial: bool,
}

#[derive(Subcommand)]
pub enum Import {
    /// An inventory as CSV or XLSX, by header name: Glance's own columns, `NetBox` devices, CISA NAVV
    Assets {
        #[command(flatten)]
        sheets: Sheets,
        /// What the rows are, when the header does not tell: sites, systems, zones, conduits, `permitted_flows`, assets,
        /// interfaces, services, vendors, people, appointments, authorizations, accounts, performances
        #[arg(long)]
        kind: Option<String>,
    },
    /// Zones as CSV or XLSX, by header name: Glance's own columns, CISA NAVV Segments
    Zones {
        #[command(flatten)]
        sheets: Sheets,
    },
    /// Conduits between zones as CSV or XLSX: asked for, never approved by a file
    Conduits {
        #[command(flatten)]
        sheets: Sheets,
    },
    /// What conduits permit as CSV or XLSX: asked for, never approved by a file
    PermittedFlows {
        #[command(flatten)]
        sheets: Sheets,
    },
    /// People with their training and risk assessments as CSV or XLSX; a file or worksheet of vendors, appointments,
    /// authorizations or accounts is told by its header. Authorizations are asked for, never approved by a file
    People {
        #[command(flatten)]
        sheets: Sheets,
    },
    /// Vendors as CSV or XLSX
    Vendors {
        #[command(flatten)]
        sheets: Sheets,
    },
    /// CIP Senior Manager and delegations as CSV or XLSX
    Appointments {
        #[command(flatten)]
        sheets: Sheets,
    },
    /// Accounts on assets and systems as CSV or XLSX
    Accounts {
        #[command(flatten)]
        sheets: Sheets,
    },
    /// Grants of remote access as CSV or XLSX: asked for, never approved by a file
    Grants {
        #[command(flatten)]
        sheets: Sheets,
    },
    /// Remote sessions as an intermediate system exports them (CSV, XLSX, JSON lines): all or none
    Sessions(super::import_sessions::Sessions),
    /// Logs of Zeek and ICSNPP (TSV or JSON lines, plain or gzip), or folders that hold them
    Zeek(super::import_zeek::Zeek),
}

impl Import {
    pub async fn run(self, place: &Place) -> Done {
        match self {
            Import::Assets { sheets, kind } => taken(place, &sheets, kind.as_deref(), kind_of).await,
            Import::Zones { sheets } => taken(place, &sheets, Some("zones"), kind_of).await,
            Import::Conduits { sheets } => taken(place, &sheets, Some("conduits"), kind_of).await,
            Import::PermittedFlows { sheets } => taken(place, &sheets, Some("permitted_flows"), kind_of).await,
            Import::People { sheets } => taken(place, &sheets, None, personnel_of).await,
            Import::Vendors { sheets } => taken(place, &sheets, Some("vendors"), kind_of).await,
            Import::Appointments { sheets } => taken(place, &sheets, Some("appointments"), kind_of).await,
            Import::Accounts { sheets } => taken(place, &sheets, Some("accounts"), kind_of).await,
            Import::Grants { sheets } => taken(place, &sheets, Some("grants"), kind_of).await,
            Import::Sessions(sessions) => Box::pin(sessions.run(place)).await,
            Import::Zeek(zeek) => Box::pin(zeek.run(place)).await,
        }
    }
}

pub(super) fn unreadable(path: &Path, error: impl std::fmt::Display) -> Ending {
    Ending::Usage(format!("{}: {error}", path.display()))
}

/// What a sheet may hold, a kind after the kinds it names.
const KINDS: [&str; 15] = [
    "sites",
    "systems",
    "zones",
    "assets",
    "interfaces",
    "services",
    "vendors",
    "people",
    "appointments",
    "authorizations",
    "accounts",
    "grants",
    "conduits",
    "permitted_flows",
    "performances",
];

/// Which register a sheet is for: by the worksheet's name, else by its header.
fn kind_of(sheet: &Sheet) -> &'static str {
    let name = sheet.name.to_lowercase().replace(' ', "_");
    if let Some(kind) = KINDS.iter().find(|kind| name == **kind || (name == "bes_cyber_systems" && **kind == "systems"))
    {
        return kind;
    }
    if let Some((_, kind)) = [("segments", "zones"), ("remote_access", "grants")].iter().find(|(told, _)| name == *told)
    {
        return kind;
    }
    let has = |column: &str| sheet.header.iter().any(|name| name.eq_ignore_ascii_case(column));
    if is_grants(&has) {
        return "grants";
    }
    if let Some(kind) = personnel(&has) {
        return kind;
    }
    match () {
        () if has("performed_on") => "performances",
        () if has("asset") && has("port") => "services",
        () if has("asset") && has("name") => "interfaces",
        () if has("reliability_task") || has("criterion") => "systems",
        () if has("criteria") => "sites",
        () if has("conduit") && has("protocol") => "permitted_flows",
        () if has("from_zone") && has("to_zone") => "conduits",
        () if has("cidr") && has("description") => "zones",
        () if has("subnets") => "zones",
        () => "assets",
    }
}

/// True for a header of remote access, by the names of fields or their labels.
fn is_grants(has: &impl Fn(&str) -> bool) -> bool {
    let path = has("encryption_end") || has("encryption ends at") || has("split_tunnel") || has("split tunnel");
    let ends = has("valid_until") || has("until");
    path || (ends && (has("via") || has("through")))
}

/// Which register of people and access a header tells.
fn personnel(has: &impl Fn(&str) -> bool) -> Option<&'static str> {
    let person = has("person");
    match () {
        () if has("party") || has("trained") || has("trained on") || has("personnel id") => Some("people"),
        () if has("notification_terms") || has("notification terms") => Some("vendors"),
        () if person && (has("role") || has("office")) => Some("appointments"),
        () if person && has("kind") => Some("authorizations"),
        () if has("privileges") || has("password_changed") || has("password changed on") => Some("accounts"),
        () => None,
    }
}

/// As [`kind_of`], for a file of people: what tells nothing else is people.
fn personnel_of(sheet: &Sheet) -> &'static str {
    let told = kind_of(sheet);
    let known = ["vendors", "people", "appointments", "authorizations", "accounts"].contains(&told);
    if known { told } else { "people" }
}

/// The sheets that are of the kind that is asked for; all of them when no kind is asked for, or when none tells.
/// A sheet comes after the sheets it names.
fn of_kind<'s>(sheets: &'s [Sheet], kind: Option<&str>, told: Told) -> Vec<&'s Sheet> {
    let own = sheets.iter().filter(|sheet| kind.is_none_or(|kind| told(sheet) == kind));
    let mut own: Vec<&Sheet> = own.collect();
    own.sort_by_key(|sheet| KINDS.iter().position(|kind| *kind == told(sheet)));
    if own.is_empty() { sheets.iter().collect() } else { own }
}

/// Tells which register a sheet is for.
type Told = fn(&Sheet) -> &'static str;

async fn taken(place: &Place, asked: &Sheets, kind: Option<&str>, told_by: Told) -> Done {
    let (began, file, dry_run, partial) = (Instant::now(), asked.file.as_path(), asked.dry_run, asked.partial);
    let bytes = std::fs::read(file).map_err(|error| unreadable(file, error))?;
    let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let sheets = sheets::read(&name, &bytes, &Limits::default()).map_err(|refusal| unreadable(file, refusal))?;
    let store = super::open(place).await?;
    let organization = super::organization(&store, &asked.organization).await?;
    let why = format!("Import of {name}");
    let mut change = store.change(organization.id, store.author(super::host())).await?;
    let mut total = Report::default();
    for sheet in of_kind(&sheets, kind, told_by) {
        let report = one_sheet(&mut change, kind.unwrap_or_else(|| told_by(sheet)), sheet, partial, &why).await?;
        add(&mut total, report);
    }
    let refused = !total.refused.is_empty() && !partial;
    if refused {
        (total.created, total.updated) = (0, 0);
    } else if !dry_run && total.created + total.updated > 0 {
        let stored = keep(place, organization.id, file).await?;
        let source = keeping::Source { name: &name, system: "" };
        let kept = keeping::record_source(&mut change, &stored, source, &why).await?;
        change.note("file.import", keeping::subject(&kept), Some(&why)).await?;
        change.commit().await?;
    }
    let mut document = serde_json::to_value(&total).map_err(|error| Ending::Failed(error.to_string()))?;
    document["seconds"] = json!(began.elapsed().as_secs_f64());
    super::say(place, &document, &told(&total, dry_run));
    if refused { Err(Ending::DoesNotHold(String::new())) } else { Ok(()) }
}

/// Keeps the bytes of an imported file as evidence.
async fn keep(place: &Place, organization: OrganizationId, file: &Path) -> Result<Stored, Ending> {
    let blobs = place.blobs().map_err(Ending::Usage)?;
    Ok(keeping::keep_file(&blobs, organization, file).await?)
}

fn add(total: &mut Report, report: Report) {
    total.rows += report.rows;
    total.created += report.created;
    total.updated += report.updated;
    total.unchanged += report.unchanged;
    total.refused.extend(report.refused);
    total.unused_columns.extend(report.unused_columns);
}

fn told(report: &Report, dry_run: bool) -> String {
    use std::fmt::Write;
    let would = if dry_run { "would be " } else { "" };
    let mut text = format!(
        "{} rows: {} {would}created, {} {would}updated, {} unchanged, {} refused",
        report.rows,
        report.created,
        report.updated,
        report.unchanged,
        report.refused.len()
    );
    for RefusedValue { line, column, value, problem } in &report.refused {
        let _ = write!(text, "\n  line {line}, {column}: {problem} ({value})");
    }
    if !report.unused_columns.is_empty() {
        let _ = write!(text, "\n  columns not used: {}", report.unused_columns.join(", "));
    }
    text
}

async fn one_sheet(change: &mut Change, kind: &str, sheet: &Sheet, partial: bool, why: &str) -> Result<Report, Ending> {
    match kind {
        "sites" => rows::<Site>(change, sheet, partial, why).await,
        "systems" => rows::<System>(change, sheet, partial, why).await,
        "zones" => rows::<Zone>(change, sheet, partial, why).await,
        "conduits" => rows::<Conduit>(change, sheet, partial, why).await,
        "permitted_flows" => rows::<PermittedFlow>(change, sheet, partial, why).await,
        "assets" => rows::<Asset>(change, sheet, partial, why).await,
        "interfaces" => rows::<Interface>(change, sheet, partial, why).await,
        "services" => rows::<Service>(change, sheet, partial, why).await,
        "vendors" => rows::<Vendor>(change, sheet, partial, why).await,
        "people" => rows::<Person>(change, sheet, partial, why).await,
        "appointments" => rows::<Appointment>(change, sheet, partial, why).await,
        "authorizations" => rows::<Authorization>(change, sheet, partial, why).await,
        "accounts" => rows::<Account>(change, sheet, partial, why).await,
        "performances" => rows::<Performance>(change, sheet, partial, why).await,
        "grants" => rows::<Grant>(change, sheet, partial, why).await,
        other => Err(Ending::Usage(format!("{other} is not a kind of record that is imported"))),
    }
}

async fn rows<K: Register>(change: &mut Change, sheet: &Sheet, partial: bool, why: &str) -> Result<Report, Ending> {
    let plan = import::plan::<K>(change.reading().await?, sheet).await?;
    Ok(import::carry_out(change, &plan, partial, why).await?)
}
