//! How artifacts and attachments are kept and read.
//!
//! Invariant: the same bytes have one open artifact in an organization; a withdrawn attachment is in no answer but the
//! history.

use std::collections::BTreeMap;

use super::model::{Artifact, Attachment, Evidenced, REQUIREMENT};
use crate::as_of;
use crate::ids::{ArtifactId, AttachmentId, Id};
use crate::register::listed;
use crate::storage::versions::VersionRow;
use crate::storage::{AsOfSql, Audited, Cell, Kept, Kind, OrgSql, Result, Snapshot, Table};
use crate::vocabulary::{Moment, fold};

impl Audited for Artifact {
    type Id = ArtifactId;
    const TABLE: Table = Table {
        kind: "artifact",
        identity: "artifacts",
        versions: "artifact_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("name_key", Kind::Text),
            ("media_type", Kind::Text),
            ("size", Kind::Number),
            ("sha256", Kind::Text),
            ("received_at", Kind::Number),
            ("dated", Kind::Text),
            ("bcsi", Kind::Flag),
            ("retired", Kind::Flag),
            ("supersedes_id", Kind::Id),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, &self.name);
        cells.extend([
            Cell::text(fold::natural(&self.name)),
            Cell::text(self.media_type.clone()),
            Cell::number(self.size),
            Cell::text(self.sha256.clone()),
            Cell::moment(self.received_at.unwrap_or(Moment::ZERO)),
            Cell::text(self.dated()),
            Cell::Flag(self.bcsi),
            Cell::Flag(Some(self.retired_on.is_some())),
            Cell::id(self.supersedes),
        ]);
        cells
    }

    fn terms(&self) -> Vec<String> {
        let texts = [
            self.reference.as_str(),
            &self.name,
            &self.title,
            &self.document_number,
            &self.revision,
            &self.source_system,
            &self.collector,
            fold::truncated(&self.sha256, 60),
        ];
        texts.into_iter().flat_map(fold::words).collect()
    }
}

impl Audited for Attachment {
    type Id = AttachmentId;
    const TABLE: Table = Table {
        kind: "attachment",
        identity: "attachments",
        versions: "attachment_versions",
        columns: &[
            ("artifact_id", Kind::Id),
            ("subject_kind", Kind::Text),
            ("subject", Kind::Text),
            ("withdrawn", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        vec![
            Cell::id(Some(self.artifact)),
            Cell::text(self.kind.clone()),
            Cell::text(self.target.clone()),
            Cell::Flag(Some(self.withdrawn_at.is_some())),
        ]
    }
}

const SAME_BYTES: AsOfSql = as_of!(
    "SELECT " columns " FROM artifact_versions v WHERE v.organization_id = $1 AND " [v] " AND v.sha256 = $3"
);
const TO_SUBJECT: AsOfSql = as_of!(
    "SELECT " columns " FROM attachment_versions v WHERE v.organization_id = $1 AND " [v]
    " AND v.subject_kind = $3 AND v.subject = $4 AND NOT v.withdrawn ORDER BY v.recorded_from, v.id"
);
const OF_ARTIFACT: AsOfSql = as_of!(
    "SELECT " columns " FROM attachment_versions v WHERE v.organization_id = $1 AND " [v]
    " AND v.artifact_id = $3 AND NOT v.withdrawn ORDER BY v.recorded_from, v.id"
);
const ATTACHED: AsOfSql = as_of!(
    "SELECT " columns " FROM artifact_versions v WHERE v.organization_id = $1 AND " [v]
    " AND v.id IN (SELECT t.artifact_id FROM attachment_versions t WHERE t.organization_id = $1 AND " [t]
    " AND t.subject_kind = $3 AND t.subject = $4 AND NOT t.withdrawn) ORDER BY v.id"
);
const BY_SUBJECT: AsOfSql = as_of!(
    "SELECT t.subject, COUNT(*) AS files, MAX(v.dated) AS newest FROM attachment_versions t, artifact_versions v \
     WHERE t.organization_id = $1 AND v.organization_id = $1 AND v.id = t.artifact_id AND " [t] " AND " [v]
    " AND t.subject_kind = $3 AND NOT t.withdrawn AND NOT v.retired GROUP BY t.subject"
);
const BYTES: OrgSql = OrgSql::new(
    "SELECT v.reference, v.sha256, v.size FROM artifact_versions v WHERE v.organization_id = $1 \
     AND v.recorded_until = 9000000000000000 ORDER BY v.id",
);

/// Texts of this file, for the test that prepares every statement.
pub const STATEMENTS: &[OrgSql] = &[BYTES];
/// Texts of this file that know an instant.
pub const INSTANT_STATEMENTS: &[AsOfSql] = &[SAME_BYTES, TO_SUBJECT, OF_ARTIFACT, ATTACHED, BY_SUBJECT];

/// The artifact of these bytes, if there is one.
pub async fn of_bytes(at: &mut Snapshot, sha256: &str) -> Result<Option<Kept<Artifact>>> {
    let found = at.query(&SAME_BYTES).bind(sha256.to_owned()).maybe::<VersionRow>().await?;
    found.map(VersionRow::kept).transpose()
}

/// Attachments to a record or requirement part, oldest first, each with its artifact.
pub async fn attached_to(
    at: &mut Snapshot,
    kind: &str,
    target: &str,
) -> Result<Vec<(Kept<Attachment>, Kept<Artifact>)>> {
    let rows = at.query(&TO_SUBJECT).bind(kind.to_owned()).bind(target.to_owned()).all::<VersionRow>().await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut artifacts = BTreeMap::new();
    for row in at.query(&ATTACHED).bind(kind.to_owned()).bind(target.to_owned()).all::<VersionRow>().await? {
        let kept: Kept<Artifact> = row.kept()?;
        artifacts.insert(kept.id, kept);
    }
    let kept = rows.into_iter().map(VersionRow::kept::<Attachment>).collect::<Result<Vec<_>>>()?;
    Ok(kept
        .into_iter()
        .filter_map(|attachment| artifacts.get(&attachment.artifact).cloned().map(|artifact| (attachment, artifact)))
        .collect())
}

/// What an artifact is attached to, oldest first.
pub async fn attachments_of(at: &mut Snapshot, artifact: ArtifactId) -> Result<Vec<Kept<Attachment>>> {
    at.query(&OF_ARTIFACT).bind(artifact).all::<VersionRow>().await?.into_iter().map(VersionRow::kept).collect()
}

/// How much evidence each requirement part has, by its id.
pub async fn evidence_of_requirements(at: &mut Snapshot) -> Result<BTreeMap<String, Evidenced>> {
    evidence_of(at, REQUIREMENT).await
}

/// How much evidence each record of a kind has, by its id.
pub async fn evidence_of(at: &mut Snapshot, kind: &str) -> Result<BTreeMap<String, Evidenced>> {
    let rows: Vec<(String, i64, String)> = at.query(&BY_SUBJECT).bind(kind.to_owned()).all().await?;
    Ok(rows.into_iter().map(|(subject, files, newest)| (subject, Evidenced { files, newest })).collect())
}

/// Reference, SHA-256 and size of every artifact's bytes, now.
pub async fn every_bytes(at: &mut Snapshot) -> Result<Vec<(String, String, u64)>> {
    let rows: Vec<(String, String, i64)> = at.plain(&BYTES).all().await?;
    let counted =
        |(reference, sha256, size): (String, String, i64)| (reference, sha256, u64::try_from(size).unwrap_or(0));
    Ok(rows.into_iter().map(counted).collect())
}

/// Ids of artifacts for a text of references and ids, separated by `;`, commas or lines. What names no artifact stays,
/// marked, for the rule that reads the ids.
pub async fn named(at: &mut Snapshot, text: &str) -> Result<String> {
    let parts = text.split([';', ',', '\n']).map(str::trim).filter(|part| !part.is_empty());
    let parts: Vec<String> = parts.map(str::to_owned).collect();
    let references: Vec<String> = parts.iter().map(|part| fold::folded(part)).collect();
    let found = crate::register::records::by_references::<Artifact>(at, &references).await?;
    let mut named = Vec::new();
    for (part, folded) in parts.into_iter().zip(&references) {
        let by_reference = found.iter().find(|kept| kept.reference.folded() == *folded).map(|kept| kept.id);
        named.push(match (by_reference, ArtifactId::parse(&part)) {
            (Some(id), _) => id.to_string(),
            (None, Some(id)) if exists(at, &Artifact::TABLE, id.uuid()).await? => part,
            _ => format!("{part} (not found)"),
        });
    }
    Ok(named.join(";"))
}

/// True when a record of this table exists at the snapshot's instant.
pub async fn exists(at: &mut Snapshot, table: &Table, id: uuid::Uuid) -> Result<bool> {
    let found: Option<(uuid::Uuid,)> = at.projected(table, "v.id", " AND v.id = $3").bind(id).maybe().await?;
    Ok(found.is_some())
}

/// The references of some records of a table, for kinds that have one.
pub async fn references_of(
    at: &mut Snapshot,
    table: &Table,
    ids: &[uuid::Uuid],
) -> Result<BTreeMap<uuid::Uuid, String>> {
    let mut lookup = crate::register::Lookup::default();
    if table.columns.iter().any(|(name, _)| *name == "reference") {
        crate::register::records::look_up_ids(at, table, ids, &mut lookup).await?;
    }
    Ok(ids.iter().map(|id| (*id, lookup.reference(ArtifactId::from_uuid(*id)))).collect())
}
