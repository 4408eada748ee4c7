//! The section that shows what is attached: to a record or requirement part on its page, and by a file on its own.
//!
//! Invariant: whoever may not see evidence files sees no section; while looking at the past nothing can be attached.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::attaching::Attachable;
use super::model::REQUIREMENT;
use super::{Artifact, Attachment, records};
use crate::auth::Action;
use crate::ids::{ArtifactId, AttachmentId, Id};
use crate::register::people;
use crate::storage::{Kept, Snapshot};
use crate::web::{Answer, Caller, links};

/// What is attached, for `parts/evidence.html`.
pub struct Evidence {
    pub heading: &'static str,
    /// What to say when nothing is attached.
    pub empty: &'static str,
    pub items: Vec<Item>,
    /// Where more can be attached; none when the reader may not, or not here.
    pub form: Option<AttachForm>,
}

/// One attachment.
pub struct Item {
    pub reference: String,
    pub href: String,
    pub title: String,
    /// Type, size and days, in a line.
    pub about: String,
    /// What does not fit between name and bytes; mostly empty.
    pub mismatch: String,
    pub note: String,
    pub by: String,
    pub at: String,
    /// Where to take it back, and where that leads afterwards.
    pub withdrawal: Option<(String, String)>,
}

/// A form that attaches to something.
pub struct AttachForm {
    /// Takes a form with files.
    pub upload: String,
    /// Takes the reference of a file that is here.
    pub attach: String,
    /// The same for programs: takes files, answers JSON.
    pub api: String,
    pub kind: String,
    pub target: String,
    pub back: String,
}

/// What is attached to a record or requirement part. None for readers who may not see evidence files.
pub async fn evidence(caller: &Caller, at: &mut Snapshot, kind: &str, target: &str) -> Answer<Option<Evidence>> {
    if !caller.may(Action::ReadArtifacts) {
        return Ok(None);
    }
    let slug = caller.serving()?.slug.clone();
    let attached = records::attached_to(at, kind, target).await?;
    let names = people::names(at, attached.iter().map(|(kept, _)| kept.recorded_by.as_str())).await?;
    let may_add = caller.may_now(Action::AddArtifact);
    let back = address_of(&slug, kind, target);
    let item = |(attachment, artifact): (Kept<Attachment>, Kept<Artifact>)| Item {
        href: format!("{}{}", links::record(&slug, "artifacts", artifact.id), as_of(caller)),
        reference: artifact.reference.to_string(),
        title: if artifact.title.is_empty() { artifact.name.clone() } else { artifact.title.clone() },
        about: about(&artifact),
        mismatch: artifact.mismatch(),
        withdrawal: may_add.then(|| (withdrawal(&slug, attachment.id), back.clone())),
        by: names.of(&attachment.recorded_by),
        at: caller.told(attachment.recorded_from),
        note: attachment.content.note,
    };
    let items = attached.into_iter().map(item).collect();
    let form = may_add.then(|| form(&slug, kind, target, &back));
    Ok(Some(Evidence { heading: "Evidence", empty: "No file is attached.", items, form }))
}

/// What an artifact is attached to.
pub async fn uses(
    caller: &Caller,
    at: &mut Snapshot,
    attachable: &Attachable,
    artifact: ArtifactId,
) -> Answer<Option<Evidence>> {
    let slug = caller.serving()?.slug.clone();
    let attached = records::attachments_of(at, artifact).await?;
    let names = people::names(at, attached.iter().map(|kept| kept.recorded_by.as_str())).await?;
    let labels = labels(at, attachable, &attached).await?;
    let may_add = caller.may_now(Action::AddArtifact);
    let back = links::record(&slug, "artifacts", artifact);
    let item = |kept: Kept<Attachment>| Item {
        reference: labels.get(&kept.target).filter(|label| !label.is_empty()).unwrap_or(&kept.target).clone(),
        href: format!("{}{}", address_of(&slug, &kept.kind, &kept.target), as_of(caller)),
        title: kept.kind.replace('_', " "),
        about: String::new(),
        mismatch: String::new(),
        withdrawal: may_add.then(|| (withdrawal(&slug, kept.id), back.clone())),
        by: names.of(&kept.recorded_by),
        at: caller.told(kept.recorded_from),
        note: kept.content.note,
    };
    let items = attached.into_iter().map(item).collect();
    let empty = "Not attached to anything. Attach it from the page of a record or requirement.";
    Ok(Some(Evidence { heading: "Attached to", empty, items, form: None }))
}

/// What people call the records attached to, by id.
async fn labels(
    at: &mut Snapshot,
    attachable: &Attachable,
    attached: &[Kept<Attachment>],
) -> Answer<BTreeMap<String, String>> {
    let mut by_kind: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
    for kept in attached.iter().filter(|kept| kept.kind != REQUIREMENT) {
        by_kind.entry(&kept.kind).or_default().extend(ArtifactId::parse(&kept.target).map(Id::uuid));
    }
    let mut labels = BTreeMap::new();
    for (kind, ids) in by_kind {
        if let Some(table) = attachable.table(kind) {
            let found = records::references_of(at, &table, &ids).await?;
            labels.extend(found.into_iter().map(|(id, label)| (id.hyphenated().to_string(), label)));
        }
    }
    Ok(labels)
}

fn as_of(caller: &Caller) -> String {
    let at = caller.as_of.map(crate::vocabulary::Moment::rfc3339).unwrap_or_default();
    links::query([("as_of", at.as_str())])
}

fn withdrawal(slug: &str, id: AttachmentId) -> String {
    format!("{}/attachments/{id}/withdrawal", links::place(slug, "artifacts"))
}

fn form(slug: &str, kind: &str, target: &str, back: &str) -> AttachForm {
    let upload = links::place(slug, "artifacts");
    AttachForm {
        attach: format!("{upload}/attachments"),
        api: format!("/api/v1/o/{slug}/artifacts"),
        upload,
        kind: kind.to_owned(),
        target: target.to_owned(),
        back: back.to_owned(),
    }
}

/// The page of a record or requirement part.
#[must_use]
pub fn address_of(slug: &str, kind: &str, target: &str) -> String {
    if kind == REQUIREMENT {
        return links::requirement(slug, target);
    }
    links::record(slug, &links::collection(kind), target)
}

/// Type, size and days of a file in a line.
fn about(artifact: &Artifact) -> String {
    let covers = match (artifact.covers_from, artifact.covers_to) {
        (Some(from), Some(to)) => format!(", covers {from} to {to}"),
        (Some(day), None) | (None, Some(day)) => format!(", of {day}"),
        (None, None) => String::new(),
    };
    let bcsi = if artifact.bcsi == Some(true) { ", BCSI" } else { "" };
    format!("{}, {}{covers}{bcsi}", artifact.media_type, told_size(artifact.bytes()))
}

/// A number of bytes in words: `1.2 MB`.
#[must_use]
pub fn told_size(bytes: u64) -> String {
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    match units.iter().find(|(_, unit)| bytes >= *unit) {
        Some((name, unit)) => format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::{address_of, told_size};

    #[test]
    fn words() {
        assert_eq!(told_size(999), "999 bytes");
        assert_eq!(told_size(1_250_000), "1.2 MB");
        assert_eq!(address_of("x", "asset", "1"), "/o/x/assets/1");
        assert_eq!(address_of("x", "discovery", "1"), "/o/x/discoveries/1");
        assert_eq!(address_of("x", "requirement", "CIP-007-6 R2.2"), "/o/x/requirements/CIP-007-6%20R2.2");
    }
}
