//! Attaching a file that is here, and taking an attachment back.
//!
//! Invariant: a withdrawal says why.

use axum::extract::State;

use super::receiving::{line, target};
use crate::artifacts::attaching::{self as acts, Target};
use crate::artifacts::{Artifact, Attachment};
use crate::ids::{ArtifactId, AttachmentId};
use crate::register::records;
use crate::storage::Change;
use crate::vocabulary::fold;
use crate::web::extract::{Filled, Id};
use crate::web::{Answer, App, Caller, Failure, links, page};

pub async fn attach(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let (kind, id, back) = (filled.take("attach_kind"), filled.take("attach_id"), filled.take("back"));
    let (reference, note) = (filled.take("artifact"), line("note", &filled.take("note"), 300)?);
    let mut change = caller.change(&app).await?;
    let artifact = by_reference(&mut change, &reference).await?;
    let missing = || Failure::field("attach_id", "", "missing; say what it is attached to");
    let target = target(&mut change, &kind, &id).await?.ok_or_else(missing)?;
    acts::attach(&mut change, &target, artifact, &note, "").await?;
    change.commit().await?;
    Ok(page::see(&format!("{}?done=attached", links::within(&back))))
}

/// The artifact a person names by its reference.
async fn by_reference(change: &mut Change, reference: &str) -> Answer<ArtifactId> {
    let found = records::by_references::<Artifact>(change.reading().await?, &[fold::folded(reference)]).await?;
    let unknown = || Failure::field("artifact", reference, "no evidence file has this reference");
    found.first().map(|kept| kept.id).ok_or_else(unknown)
}

pub async fn withdraw(State(app): State<App>, caller: Caller, Id(id): Id<AttachmentId>, mut filled: Filled) -> Answer {
    withdrawn(&app, &caller, id, &filled.take("reason")).await?;
    Ok(page::see(&format!("{}?done=withdrawn", links::within(&filled.take("back")))))
}

/// Takes an attachment back, for a reason.
pub async fn withdrawn(app: &App, caller: &Caller, id: AttachmentId, why: &str) -> Answer<()> {
    let why = line("reason", why, 500)?;
    if why.is_empty() {
        return Err(Failure::field("reason", "", "missing; say why it is taken back"));
    }
    let mut change = caller.change(app).await?;
    let kept = change.reading().await?.find::<Attachment>(id).await?.ok_or(Failure::NotFound)?;
    acts::withdraw(&mut change, &kept, &why).await?;
    change.commit().await?;
    Ok(())
}

/// Attaches an artifact to what a program names; gives the attachment.
pub async fn attached(
    app: &App,
    caller: &Caller,
    artifact: ArtifactId,
    (kind, id): (&str, &str),
    (note, why): (&str, &str),
) -> Answer<AttachmentId> {
    let (note, why) = (line("note", note, 300)?, line("reason", why, 500)?);
    let mut change = caller.change(app).await?;
    change.reading().await?.find::<Artifact>(artifact).await?.ok_or(Failure::NotFound)?;
    let found = Target::find(change.reading().await?, &crate::ATTACHABLE, kind, id).await?;
    let target = found.map_err(|problem| Failure::field("id", id, problem))?;
    let attachment = acts::attach(&mut change, &target, artifact, &note, &why).await?;
    change.commit().await?;
    Ok(attachment)
}
