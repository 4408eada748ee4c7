//! `index.html`: the human index, for any browser, offline and without scripts.
//!
//! Invariant: everything a person typed is text; links lead to files of the package and nowhere else.

use std::fmt::Write;

use super::manifest::narrative;
use crate::checks::Status;
use crate::evidence::dossier::{Dossier, Part};
use crate::evidence::readiness::Numbers;
use crate::evidence::words::{several, verdict};
use crate::seal::{Spool, Spooled, Unsealable};
use crate::storage::versions::hex;

const PATH: &str = "index.html";
const PAGE: &str = include_str!("index.html");

/// Writes the index.
pub fn write(dossier: &Dossier, spool: &mut Spool) -> Result<(), Unsealable> {
    let files = spool.files()?;
    let engagement = dossier.order.engagement.as_ref();
    let audit = engagement.map_or_else(
        || "Audit period".to_owned(),
        |engaged| escaped([dossier.order.audit_id().as_str(), engaged.title.as_str()].join(" ").trim()) + ",",
    );
    let numbers = Numbers::of(dossier.parts.iter().map(|part| &part.readiness));
    let fields = [
        ("name", escaped(&dossier.name())),
        ("entity", escaped(&dossier.profile.name)),
        ("ncr", or_not(&dossier.profile.ncr)),
        ("audit", audit),
        ("period", dossier.order.period.to_string()),
        ("days", dossier.days.to_string()),
        ("scope", escaped(&dossier.order.scope.told())),
        ("instant", dossier.instant.rfc3339()),
        ("local", escaped(&dossier.zone.told(dossier.instant))),
        ("log", escaped(&dossier.checkpoint.origin)),
        ("size", dossier.checkpoint.size.to_string()),
        ("root", hex(&dossier.checkpoint.root)),
        ("key", dossier.key.clone()),
        ("counts", counts(dossier)),
        ("readiness", numbers.told()),
        ("statuses", statuses(dossier)),
        ("parts", parts(dossier, spool)),
        ("files", listing(&files)),
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
    ];
    spool.put(PATH, filled(&fields).as_bytes())
}

/// The page with its fields; a field's text is never looked into again.
fn filled(fields: &[(&str, String)]) -> String {
    let mut pieces = PAGE.split("@@");
    let mut page = pieces.next().unwrap_or("").to_owned();
    while let (Some(name), Some(rest)) = (pieces.next(), pieces.next()) {
        page.push_str(fields.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text));
        page.push_str(rest);
    }
    page
}

/// Text as HTML text.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

fn or_not(text: &str) -> String {
    if text.is_empty() { "not recorded".to_owned() } else { escaped(text) }
}

fn counts(dossier: &Dossier) -> String {
    let evidence = dossier.evidence().count();
    [
        several(dossier.parts.len(), "part"),
        format!("{} of {}", several(dossier.artifacts.len(), "evidence file"), several(evidence, "answer")),
        several(dossier.findings.len(), "finding"),
        several(dossier.exceptions.len(), "exception"),
        several(dossier.disclosed.len(), "disclosed record version"),
    ]
    .join(", ")
}

fn statuses(dossier: &Dossier) -> String {
    let mut items = String::new();
    // What does not apply comes last.
    for status in Status::ALL.iter().skip(1).chain(Status::ALL.iter().take(1)) {
        let count = dossier.parts.iter().filter(|part| part.standing.status == *status).count();
        let _ = write!(items, "<li><b>{count}</b> <span class=\"st {}\">{}</span></li>", status.word(), status.label());
    }
    items
}

fn parts(dossier: &Dossier, spool: &Spool) -> String {
    let mut rows = String::new();
    for (standard, parts) in dossier.standards() {
        let span = parts.first().map_or(dossier.days, |part| part.scoped.span);
        let (id, title) = (escaped(&standard.id), escaped(&standard.title));
        let path = parts.first().map(|part| narrative(part)).filter(|path| spool.get(path).is_some());
        let told = path
            .map_or_else(String::new, |path| format!(" <small><a href=\"{}\">narrative</a></small>", escaped(&path)));
        let _ = writeln!(
            rows,
            "<tr class=\"std\"><th colspan=\"6\" scope=\"rowgroup\">{id} {title} <small>answers for {span}</small>{told}</th></tr>"
        );
        parts.iter().for_each(|part| row(&mut rows, part));
    }
    rows
}

fn row(rows: &mut String, part: &Part) {
    let folder = escaped(&part.folder);
    let files: Vec<String> = part
        .evidence
        .iter()
        .map(|evidence| {
            let name = escaped(evidence.path.rsplit('/').next().unwrap_or(&evidence.path));
            format!("<a href=\"{}\">{name}</a>", escaped(&evidence.path))
        })
        .collect();
    let files = if files.is_empty() { "none".to_owned() } else { files.join("<br>") };
    let _ = writeln!(
        rows,
        "<tr><td class=\"ref\"><a href=\"{folder}/_part.json\">{}</a></td><td>{}</td><td><span class=\"st {}\">{}</span></td><td>{}</td><td>{}</td><td class=\"files\">{files}</td></tr>",
        escaped(part.id()),
        escaped(&part.requirement().title),
        part.standing.status.word(),
        part.standing.status.label(),
        escaped(&verdict(&part.standing)),
        part.readiness.state.label(),
    );
}

/// Every file but the proofs and the parts' own, which the table above leads to.
fn listing(files: &[Spooled]) -> String {
    let mut rows = String::new();
    for file in files
        .iter()
        .filter(|file| !file.path.starts_with("07_history/proofs/") && !file.path.starts_with("03_evidence/"))
    {
        let path = escaped(&file.path);
        let hash = hex(&file.sha256);
        let _ = writeln!(
            rows,
            "<tr><td><a href=\"{path}\">{path}</a></td><td class=\"num\">{}</td><td class=\"ref\">{hash}</td></tr>",
            file.size
        );
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::{PAGE, escaped, filled};

    #[test]
    fn fields_are_filled_once_and_escaped() {
        assert_eq!(PAGE.matches("@@").count() % 2, 0);
        let page = filled(&[("entity", escaped("<script>@@name@@</script>")), ("name", "inner".to_owned())]);
        assert!(page.contains("&lt;script&gt;@@name@@&lt;/script&gt;"));
        assert!(!page.contains("<script") && !page.contains("http"));
    }
}
