//! Files coming in by form or API: bytes first, then one change that records and attaches all of them.
//!
//! Invariant: when anything is refused, nothing is recorded.

use std::collections::BTreeMap;

use crate::artifacts::Artifact;
use crate::artifacts::actions::{self, Recorded, Sent};
use crate::artifacts::attaching::{self, Target};
use crate::register::{Problem, draft, field, records};
use crate::storage::Change;
use crate::web::incoming::{FormPart, FormParts};
use crate::web::{Answer, App, Caller, Failure};

/// Most files and most texts of one form.
const MOST_FILES: usize = 50;
const MOST_TEXTS: usize = 40;

/// Files whose bytes are here, and what was said about them.
#[derive(Default)]
pub struct Gathered {
    pub files: Vec<Sent>,
    pub texts: BTreeMap<String, String>,
}

impl Gathered {
    /// Takes a text out, or the empty one.
    pub fn take(&mut self, name: &str) -> String {
        self.texts.remove(name).unwrap_or_default()
    }
}

/// Reads a form to its end; bytes go to where they are kept as they come.
pub async fn gather(app: &App, caller: &Caller, mut parts: FormParts) -> Answer<Gathered> {
    let mut gathered = Gathered::default();
    while let Some(part) = parts.next().await? {
        if part.file.is_some() {
            gathered.files.extend(one_file(app, caller, part).await?);
        } else {
            let name = part.name.clone();
            gathered.texts.insert(name, part.text().await?);
        }
        if gathered.files.len() > MOST_FILES || gathered.texts.len() > MOST_TEXTS {
            return Err(Failure::TooLarge(format!("At most {MOST_FILES} files in one form.")));
        }
    }
    Ok(gathered)
}

/// One file of a form; none where nobody chose one.
async fn one_file(app: &App, caller: &Caller, mut part: FormPart<'_>) -> Answer<Option<Sent>> {
    let mut incoming = app.blobs.receive(caller.serving()?.id).await?;
    while let Some(bytes) = part.chunk().await? {
        incoming.write(&bytes).await?;
    }
    let name = part.file.unwrap_or_default();
    match incoming.finish().await? {
        Some(stored) => Ok(Some(Sent { stored, name, claimed_type: part.content_type })),
        None if name.is_empty() => Ok(None),
        None => Err(Failure::field("file", &name, "has no bytes")),
    }
}

/// Records every file and attaches it where the form says, in one change.
pub async fn record_all(app: &App, caller: &Caller, mut gathered: Gathered) -> Answer<Vec<Recorded>> {
    let (kind, id, note) = (gathered.take("attach_kind"), gathered.take("attach_id"), gathered.take("note"));
    let why = line("reason", &gathered.take("reason"), 500)?;
    let note = line("note", &note, 300)?;
    check_files(&gathered)?;
    let mut change = caller.change(app).await?;
    let about = drafted(&mut change, &gathered.texts).await?;
    let target = target(&mut change, &kind, &id).await?;
    let mut all = Vec::new();
    for sent in &gathered.files {
        let recorded = actions::record(&mut change, sent, about.clone(), &why).await?;
        if let Some(target) = &target {
            attaching::attach(&mut change, target, recorded.id, &note, &why).await?;
        }
        all.push(recorded);
    }
    change.commit().await?;
    Ok(all)
}

fn check_files(gathered: &Gathered) -> Answer<()> {
    let reference = gathered.texts.get("reference").map_or("", String::as_str);
    match gathered.files.len() {
        0 => Err(Failure::field("file", "", "missing; choose one file or more")),
        1 => Ok(()),
        _ if reference.is_empty() => Ok(()),
        _ => Err(Failure::field("reference", reference, "one reference, but several files; leave it empty")),
    }
}

/// One line of a form.
pub(super) fn line(name: &str, text: &str, most: usize) -> Answer<String> {
    field::line(text, most).map_err(|problem| Failure::field(name, text, problem))
}

/// What a form says about its files.
async fn drafted(change: &mut Change, texts: &BTreeMap<String, String>) -> Answer<Artifact> {
    let mut about = Artifact::default();
    let lookup = records::lookup_for::<Artifact>(change.reading().await?, [], [texts]).await?;
    let draft = draft::apply(&mut about, texts, &lookup);
    if draft.is_good() { Ok(about) } else { Err(Failure::Invalid(draft.problems)) }
}

/// What a form wants its files attached to; none when it says nothing.
pub(super) async fn target(change: &mut Change, kind: &str, id: &str) -> Answer<Option<Target>> {
    if kind.is_empty() && id.is_empty() {
        return Ok(None);
    }
    let found = Target::find(change.reading().await?, &crate::ATTACHABLE, kind, id).await?;
    let refused = |problem| Problem { field: "attach_id".to_owned(), value: format!("{kind} {id}"), problem };
    found.map(Some).map_err(|problem| Failure::Invalid(vec![refused(problem)]))
}
