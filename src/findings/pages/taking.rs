//! What a form of the field sends: texts, and perhaps photographs and files.
//!
//! Invariant: bytes are kept as they come and recorded only when everything else is right; a plain form does as well.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, Request};
use axum::http::header;

use crate::artifacts::Artifact;
use crate::artifacts::actions::{self as artifacts, Sent};
use crate::artifacts::attaching::{self, Target};
use crate::auth::Action;
use crate::ids::{ArtifactId, FindingId};
use crate::storage::Change;
use crate::web::extract::Filled;
use crate::web::incoming::{FormPart, FormParts};
use crate::web::{Answer, App, Caller, Failure};

/// Most files and most texts of one form.
const MOST_FILES: usize = 30;
const MOST_TEXTS: usize = 200;

/// A form's texts, and its files, whose bytes are kept.
#[derive(Default)]
pub struct Taken {
    pub texts: BTreeMap<String, String>,
    pub files: Vec<Sent>,
}

impl Taken {
    /// Takes a text out, or the empty one.
    pub fn take(&mut self, name: &str) -> String {
        self.texts.remove(name).unwrap_or_default()
    }
}

impl FromRequest<App> for Taken {
    type Rejection = Failure;
    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|text| text.to_str().ok()).unwrap_or("");
        if !kind.starts_with("multipart/form-data") {
            let Filled(texts) = Filled::from_request(request, app).await?;
            return Ok(Self { texts, files: Vec::new() });
        }
        let caller = request.extensions().get::<Caller>().cloned();
        let caller = caller.ok_or(Failure::SignIn { next: String::new() })?;
        let mut parts = FormParts::from_request(request, app).await?;
        let mut taken = Self::default();
        while let Some(part) = parts.next().await? {
            if part.file.is_some() {
                taken.files.extend(file(app, &caller, part).await?);
            } else {
                let name = part.name.clone();
                taken.texts.insert(name, part.text().await?);
            }
            if taken.files.len() > MOST_FILES || taken.texts.len() > MOST_TEXTS {
                return Err(Failure::TooLarge(format!("At most {MOST_FILES} files in one form.")));
            }
        }
        Ok(taken)
    }
}

/// One file of a form; none where nobody chose one.
async fn file(app: &App, caller: &Caller, mut part: FormPart<'_>) -> Answer<Option<Sent>> {
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

/// Records the files of an entry and attaches them to its finding.
pub async fn record(
    change: &mut Change,
    caller: &Caller,
    finding: FindingId,
    files: &[Sent],
    why: &str,
) -> Answer<Vec<ArtifactId>> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    if !caller.may(Action::AddArtifact) {
        return Err(Failure::Forbidden(
            "Your role here does not allow this: Add and attach evidence files.".to_owned(),
        ));
    }
    let mut found = Vec::new();
    for sent in files {
        let about = Artifact { collector: caller.name.clone(), ..Artifact::default() };
        found.push(artifacts::record(change, sent, about, why).await?.id);
    }
    attach(change, finding, &found, why).await?;
    Ok(found)
}

/// Attaches files that are here to a finding.
pub async fn attach(change: &mut Change, finding: FindingId, files: &[ArtifactId], why: &str) -> Answer<()> {
    let id = finding.to_string();
    let target = Target::find(change.reading().await?, &crate::ATTACHABLE, "finding", &id).await?;
    let target = target.map_err(|_| Failure::NotFound)?;
    for artifact in files {
        attaching::attach(change, &target, *artifact, "", why).await?;
    }
    Ok(())
}
