//! Importing a file: choose, preview with every problem, confirm, result.
//!
//! Invariant: the preview changes nothing; confirming judges the file again inside the change that writes.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use sha2::{Digest, Sha256};

use super::super::import::{self, Changed, Fresh, RefusedValue, Report};
use super::super::{Difference, Register, Words};
use crate::artifacts::keeping::{self, Source};
use crate::sheets::{self, Limits, Refusal, Sheet};
use crate::storage::versions::hex;
use crate::web::extract::{Filled, Upload};
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

/// Rows of each kind a preview shows.
const SHOWN: usize = 100;

/// A record that would change, as a preview shows it.
struct ChangedView {
    line: u64,
    label: String,
    differences: Vec<Difference>,
}

#[derive(Template)]
#[template(path = "register/import.html")]
struct ImportPage {
    shell: Shell,
    words: Words,
    base: String,
    columns: Vec<(&'static str, &'static str)>,
    /// What came of the file; none before one was chosen.
    report: Option<Report>,
    layout: &'static str,
    fresh: Vec<(u64, String)>,
    changed: Vec<ChangedView>,
    refused: Vec<RefusedValue>,
    refusal: Option<String>,
    digest: String,
    name: String,
    done: bool,
}

fn blank<K: Register>(caller: &Caller) -> Answer<ImportPage> {
    Ok(ImportPage {
        shell: Shell::of(caller, super::place::<K>(), format!("Import {}", K::WORDS.title)),
        words: K::WORDS,
        base: links::place(&caller.serving()?.slug, K::WORDS.collection),
        columns: K::FIELDS.iter().filter(|field| field.editable).map(|field| (field.name, field.help)).collect(),
        report: None,
        layout: "",
        fresh: Vec::new(),
        changed: Vec::new(),
        refused: Vec::new(),
        refusal: None,
        digest: String::new(),
        name: String::new(),
        done: false,
    })
}

pub async fn choose<K: Register>(caller: Caller) -> Answer {
    page::show(&blank::<K>(&caller)?)
}

/// The worksheet of the kind, or the only one.
fn pick<K: Register>(sheets: Vec<Sheet>) -> Result<Sheet, Refusal> {
    let names: Vec<String> = sheets.iter().map(|sheet| sheet.name.clone()).collect();
    let count = sheets.len();
    let mut sheets = sheets.into_iter();
    let named = |sheet: &Sheet| {
        sheet.name.eq_ignore_ascii_case(K::WORDS.title) || sheet.name.eq_ignore_ascii_case(K::WORDS.collection)
    };
    if count == 1 {
        return sheets.next().ok_or_else(|| Refusal::of_file("the file is empty"));
    }
    sheets.find(named).ok_or_else(|| {
        Refusal::of_file(format!("no worksheet is called {}; there are: {}", K::WORDS.title, names.join(", ")))
    })
}

async fn read<K: Register>(app: &App, name: String, bytes: axum::body::Bytes) -> Answer<Result<Sheet, Refusal>> {
    app.heavy(move || sheets::read(&name, &bytes, &Limits::default()).and_then(pick::<K>)).await
}

/// Where uploads wait for their confirmation.
fn waiting(app: &App, caller: &Caller, digest: &str) -> Answer<std::path::PathBuf> {
    let fits = digest.len() == 64 && digest.chars().all(|c| c.is_ascii_hexdigit());
    if !fits {
        return Err(Failure::field("digest", digest, "not a digest"));
    }
    Ok(app.data.join("uploads").join(caller.serving()?.id.to_string()).join(digest))
}

pub async fn preview<K: Register>(State(app): State<App>, caller: Caller, upload: Upload) -> Answer {
    let mut view = blank::<K>(&caller)?;
    view.name = crate::vocabulary::fold::truncated(&upload.name, 120).to_owned();
    view.digest = hex(&Sha256::digest(&upload.bytes));
    let sheet = match read::<K>(&app, upload.name.clone(), upload.bytes.clone()).await? {
        Ok(sheet) => sheet,
        Err(refusal) => {
            view.refusal = Some(refusal.to_string());
            return page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &view);
        }
    };
    let path = waiting(&app, &caller, &view.digest)?;
    keep(&path, &upload.bytes).await.map_err(|error| Failure::Bug(error.to_string()))?;
    let mut at = caller.snapshot(&app).await?;
    let plan = import::plan::<K>(&mut at, &sheet).await?;
    (view.layout, view.report) = (plan.layout, Some(plan.report()));
    view.fresh = plan.fresh.iter().take(SHOWN).map(|Fresh { line, label, .. }| (*line, label.clone())).collect();
    view.refused = plan.refused.into_iter().take(SHOWN).collect();
    let seen = |Changed { line, label, differences, .. }: Changed<K>| ChangedView { line, label, differences };
    view.changed = plan.changed.into_iter().take(SHOWN).map(seen).collect();
    page::show(&view)
}

async fn keep(path: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        tokio::fs::create_dir_all(folder).await?;
    }
    tokio::fs::write(path, bytes).await
}

pub async fn confirm<K: Register>(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let (digest, name, why) = (filled.take("digest"), filled.take("name"), filled.take("reason"));
    let path = waiting(&app, &caller, &digest)?;
    let bytes = tokio::fs::read(&path)
        .await
        .map_err(|_| Failure::Gone("The file is no longer here; choose it again.".to_owned()))?;
    let bytes = axum::body::Bytes::from(bytes);
    let sheet = read::<K>(&app, name.clone(), bytes.clone())
        .await?
        .map_err(|refusal| Failure::field("file", &name, refusal.to_string()))?;
    let why = if why.trim().is_empty() { format!("Import of {name}") } else { why.trim().to_owned() };
    let mut change = caller.change(&app).await?;
    let plan = import::plan::<K>(change.reading().await?, &sheet).await?;
    let report = import::carry_out(&mut change, &plan, filled.take("partial") == "yes", &why).await?;
    if report.created + report.updated > 0 {
        let stored = keeping::keep_bytes(&app.blobs, caller.serving()?.id, &bytes).await?;
        let source = Source { name: &name, system: "" };
        let kept = keeping::record_source(&mut change, &stored, source, &why).await?;
        change.note(&format!("{}.import", K::WORDS.kind), keeping::subject(&kept), Some(&why)).await?;
        change.commit().await?;
        let _ = tokio::fs::remove_file(&path).await;
    }
    page::show(&done::<K>(&caller, report, name, plan.layout)?)
}

/// What came of an import.
fn done<K: Register>(caller: &Caller, report: Report, name: String, layout: &'static str) -> Answer<ImportPage> {
    let mut view = blank::<K>(caller)?;
    view.refused = report.refused.iter().take(SHOWN).cloned().collect();
    (view.report, view.done, view.name, view.layout) = (Some(report), true, name, layout);
    Ok(view)
}
