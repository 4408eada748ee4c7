//! Artifacts as a register: their fields, their list, what is checked.
//!
//! Invariant: what the bytes tell, and when they came, is shown and never typed; an artifact begins with an upload.

use super::Artifact;
use crate::auth::Action;
use crate::ids::ArtifactId;
use crate::register::{Access, Begins, Draft, Field, Filter, FilterInput, Lookup, Register, Sort, Words, listed};
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::storage::{Audited, Cell, Table};
use crate::vocabulary::{Date, Moment};
use crate::web::Place;
use crate::{as_of, fields, fragment};

/// Kinds of files, by what their media types begin with or are.
const TYPES: &[(&str, &str)] = &[
    ("application/pdf", "PDF"),
    ("image/", "Images"),
    ("video/", "Videos"),
    ("text/", "Text and CSV"),
    ("application/json", "JSON"),
    ("application/xml", "XML"),
    ("application/vnd.openxmlformats", "Office documents"),
    ("application/zip", "ZIP"),
    ("application/gzip", "GZIP"),
    ("application/vnd.tcpdump.pcap", "Packet captures"),
    ("application/x-ms-evtx", "Windows event logs"),
    ("application/octet-stream", "Unknown"),
];

fn received(artifact: &Artifact) -> String {
    artifact.received_at.map_or_else(String::new, Moment::rfc3339)
}

fn one_of(text: &str, choices: &[(&str, &str)]) -> Result<(), String> {
    let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
    if words.contains(&text) { Ok(()) } else { Err(format!("not one of: {}", words.join(", "))) }
}

const YES_NO: &[(&str, &str)] = &[("yes", "Yes"), ("no", "No")];

/// Artifacts whose evidence speaks of this day or a later one.
const DATED_FROM: Filter = Filter {
    name: "dated_from",
    label: "Dated from",
    input: FilterInput::Date,
    condition: Fragment::plain("v.dated >= ?"),
    values: |text| Date::parse(text).map(|date| vec![Cell::text(date.to_string())]),
};
const DATED_TO: Filter = Filter {
    name: "dated_to",
    label: "Dated to",
    input: FilterInput::Date,
    condition: Fragment::plain("v.dated <= ?"),
    values: |text| Date::parse(text).map(|date| vec![Cell::text(date.to_string())]),
};
const OF_TYPE: Filter = Filter {
    name: "type",
    label: "Type",
    input: FilterInput::Choice(TYPES),
    condition: Fragment::plain("v.media_type >= ? AND v.media_type < ?"),
    values: |text| {
        one_of(text, TYPES).map(|()| vec![Cell::text(text), Cell::text(crate::vocabulary::fold::above(text))])
    },
};
const MARKED: Filter = Filter {
    name: "bcsi",
    label: "BCSI",
    input: FilterInput::Choice(YES_NO),
    condition: Fragment::plain("v.bcsi = ?"),
    values: |text| one_of(text, YES_NO).map(|()| vec![Cell::Flag(Some(text == "yes"))]),
};
const ATTACHED: Filter = Filter {
    name: "attached",
    label: "Attached",
    input: FilterInput::Choice(YES_NO),
    condition: fragment!(
        "EXISTS (SELECT 1 FROM attachment_versions t WHERE t.organization_id = $1 AND t.artifact_id = v.id AND " [t]
        " AND NOT t.withdrawn) = ?"
    ),
    values: |text| one_of(text, YES_NO).map(|()| vec![Cell::Flag(Some(text == "yes"))]),
};

const fn by(name: &'static str, label: &'static str, key: &'static str, of: fn(&[Cell]) -> Cell) -> Sort {
    Sort { name, label, key: SortKey(key), of }
}

fn cell(cells: &[Cell], at: usize) -> Cell {
    cells.get(at).cloned().unwrap_or(Cell::text(""))
}

impl Register for Artifact {
    const WORDS: Words = Words {
        kind: "artifact",
        collection: "artifacts",
        one: "evidence file",
        title: "Evidence files",
        purpose: "Reports, exports, photographs, logs: the files that show what was done. Attach each to the records and requirements it speaks of.",
    };
    const ACCESS: Access = Access { read: Action::ReadArtifacts, edit: Action::AddArtifact, import: None };
    const PLACE: Place = Place::Evidence;
    const BEGINS: Begins = Begins::Uploaded;
    const FIELDS: &'static [Field<Self>] = fields! { Artifact;
        "Document" {
            reference: reference, "Reference", "The tag of the file; given by Glance when nobody gives one.";
            title: line(200), "Title", "What the document is called.";
            document_number: line(80), "Document number", "The number it has in your document system.";
            revision: line(40), "Revision", "The revision of the document.";
            covers_from: date, "Covers from", "The first day the content speaks of.";
            covers_to: date, "Covers to", "The last day the content speaks of.";
            supersedes: link(ArtifactId, "artifact"), "Supersedes", "The file this one replaces; both stay.";
            bcsi: flag, "BCSI", "Is it BES Cyber System Information (CIP-011)?";
        }
        "Origin" {
            source_system: line(120), "Source system", "Where the content comes from: a system, an export, a camera.";
            query: prose, "Query", "How it was asked for: a query, a command, the settings of a report.";
            collector: line(120), "Collector", "Who took it.";
        }
        "File" {
            name: shown(|artifact: &Artifact| artifact.name.clone()), "Name", "The file's name, without folders and unseen characters.";
            media_type: shown(|artifact: &Artifact| artifact.media_type.clone()), "Type", "What the bytes are, told from the bytes.";
            claimed_type: shown(|artifact: &Artifact| artifact.claimed_type.clone()), "Sent as", "What the sender said it is.";
            mismatch: shown(Artifact::mismatch), "Mismatch", "Where name or claim and bytes disagree. A file named .pdf that is a program is worth a question.";
            size: shown(|artifact: &Artifact| artifact.size.to_string()), "Bytes", "Number of bytes.";
            sha256: shown(|artifact: &Artifact| artifact.sha256.clone()), "SHA-256", "Digest of the bytes, computed while they came in and compared whenever they go out.";
            received_at: shown(received), "Received", "When the bytes were here. Nobody can change it.";
        }
        "Life" {
            retired_on: date, "Retired on", "The day it stopped being used as evidence.";
            notes: prose, "Notes", "Anything else worth keeping.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: fragment!(
            columns ", (SELECT MIN(s.reference) FROM artifact_versions s WHERE s.organization_id = $1 AND s.supersedes_id = v.id AND "
            [s] ") AS first, (SELECT CAST(COUNT(*) AS TEXT) FROM attachment_versions t WHERE t.organization_id = $1 AND t.artifact_id = v.id AND "
            [t] " AND NOT t.withdrawn) AS second"
        ),
        joins: Fragment::plain(""),
        from: "artifact_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const FILTERS: &'static [Filter] = &[OF_TYPE, MARKED, ATTACHED, DATED_FROM, DATED_TO, listed::RETIRED];
    const SORTS: &'static [Sort] = &[
        listed::BY_REFERENCE,
        by("name", "Name", "v.name_key", |cells| cell(cells, 4)),
        by("size", "Bytes", "v.size", |cells| cell(cells, 6)),
        by("received_at", "Received", "v.received_at", |cells| cell(cells, 8)),
        by("dated", "Dated", "v.dated", |cells| cell(cells, 9)),
    ];
    const COLUMNS: &'static [&'static str] = &[
        "reference",
        "name",
        "title",
        "covers_from",
        "covers_to",
        "received_at",
        "media_type",
        "size",
        "attached",
        "superseded_by",
    ];
    const DERIVED: &'static [(&'static str, &'static str)] =
        &[("superseded_by", "Superseded by"), ("attached", "Attached to")];
    const UNLESS: Option<(&'static str, Fragment)> = Some(listed::IN_SERVICE);
    const REQUIRED: &'static [&'static str] = &[];
    const LINKED_MANY: &'static [Table] = &[Self::TABLE];

    fn label(&self, _lookup: &Lookup) -> String {
        self.reference.to_string()
    }

    fn title(&self) -> &str {
        if self.title.is_empty() { &self.name } else { &self.title }
    }

    fn linked(&self) -> Vec<uuid::Uuid> {
        self.supersedes.iter().map(|id| crate::ids::Id::uuid(*id)).collect()
    }

    fn is_retired(&self) -> bool {
        self.retired_on.is_some()
    }

    fn retire(&mut self, on: Date) {
        self.retired_on = Some(on);
    }

    fn check(&self, draft: &mut Draft) {
        if let (Some(from), Some(to)) = (self.covers_from, self.covers_to)
            && to < from
        {
            draft.refuse("covers_to", &to.to_string(), format!("before the first day it covers, {from}"));
        }
    }
}
