//! Attaching files to records and requirement parts, and taking an attachment back.
//!
//! Invariant: what is attached to was found in the organization first; nothing is attached twice at a time; a withdrawal
//! keeps the attachment and its reason in the history.

use uuid::Uuid;

use super::model::REQUIREMENT;
use super::{Artifact, Attachment, records};
use crate::ids::{ArtifactId, AttachmentId, Id};
use crate::storage::verify::AuditedKind;
use crate::storage::{Audited, Change, Kept, Result, Snapshot, Table};

/// What files can be attached to: the slices above are told here, so that this one names none of them.
#[derive(Clone, Copy)]
pub struct Attachable {
    pub kinds: &'static [AuditedKind],
    /// True for the id of a requirement part.
    pub is_requirement: fn(&str) -> bool,
}

/// A record or requirement part that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    kind: String,
    id: String,
}

impl Target {
    /// Finds what is named; the error is a sentence for the person who asked.
    pub async fn find(
        at: &mut Snapshot,
        attachable: &Attachable,
        kind: &str,
        id: &str,
    ) -> Result<std::result::Result<Self, String>> {
        let exists = match attachable.table(kind) {
            _ if kind == REQUIREMENT => (attachable.is_requirement)(id),
            Some(table) => match parsed(id) {
                Some(id) => records::exists(at, &table, id).await?,
                None => false,
            },
            None => return Ok(Err(format!("nothing can be attached to a {kind}"))),
        };
        let target = Self { kind: kind.to_owned(), id: id.to_owned() };
        Ok(if exists { Ok(target) } else { Err(format!("no {kind} like this exists")) })
    }

    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// An id in its only form.
fn parsed(text: &str) -> Option<Uuid> {
    ArtifactId::parse(text).map(Id::uuid)
}

impl Attachable {
    /// The table of a kind of record files can be attached to.
    #[must_use]
    pub fn table(&self, kind: &str) -> Option<Table> {
        let own = [Artifact::TABLE.kind, Attachment::TABLE.kind];
        self.kinds.iter().map(|known| known.table).find(|table| table.kind == kind && !own.contains(&kind))
    }
}

/// Attaches an artifact; the attachment that stands when it is attached already.
pub async fn attach(
    change: &mut Change,
    target: &Target,
    artifact: ArtifactId,
    note: &str,
    why: &str,
) -> Result<AttachmentId> {
    let standing = records::attachments_of(change.reading().await?, artifact).await?;
    if let Some(same) = standing.iter().find(|kept| kept.kind == target.kind && kept.target == target.id) {
        return Ok(same.id);
    }
    let attachment = Attachment {
        artifact,
        kind: target.kind.clone(),
        target: target.id.clone(),
        note: note.to_owned(),
        withdrawn_at: None,
    };
    change.insert("attachment.attach", &attachment, why).await
}

/// Takes an attachment back. Nothing changes when it was taken back before.
pub async fn withdraw(change: &mut Change, kept: &Kept<Attachment>, why: &str) -> Result<i64> {
    if kept.withdrawn_at.is_some() {
        return Ok(kept.version);
    }
    let attachment = Attachment { withdrawn_at: Some(change.moment()), ..kept.content.clone() };
    change.supersede("attachment.withdraw", kept, &attachment, why).await
}
