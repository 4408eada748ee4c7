//! `00_README.pdf`: the human index, which an auditor reads first and keeps.
//!
//! Invariant: its counts are those of the limits, the index and the workbook, taken from the same dossier; the lines it
//! tells to type are those of `VERIFY.txt`.

use super::printed;
use super::readme_counts as counts;
use crate::evidence::dossier::Dossier;
use crate::evidence::leaving_open::inventory;
use crate::evidence::readiness::Numbers;
use crate::evidence::words::NOT_RECORDED;
use crate::report::{Block, Column, Ink, Run, Table, Text, mono, pdf, plain, quiet};
use crate::seal::bag::VERIFY_TEXT;
use crate::seal::{Spool, Spooled, Unsealable};
use crate::storage::versions::hex;

const PATH: &str = "00_README.pdf";

/// Writes the human index.
pub fn write(dossier: &Dossier, spool: &mut Spool) -> Result<(), Unsealable> {
    let profile = &dossier.profile;
    let told = [
        profile.ncr.clone(),
        profile.region.clone(),
        format!("audit {}", dossier.order.audit_id()),
        dossier.order.period.to_string(),
    ];
    let told: Vec<String> = told.into_iter().filter(|text| !text.is_empty()).collect();
    let mut report = printed::sheet(dossier, "EVIDENCE PACKAGE", &profile.name, &told.join(" · "));
    let files = spool.files()?;
    report.blocks.push(Block::Figures(counts::figures(dossier)));
    report.blocks.extend(about(dossier));
    report.blocks.extend(verifying(dossier));
    report.blocks.extend(limits(dossier));
    report.blocks.extend(counts::inventory(dossier));
    report.blocks.extend(counts::standards(dossier));
    report.blocks.extend(holds(&files));
    report.blocks.extend(counts::parts(dossier));
    printed::put(spool, PATH, pdf::write(&report))
}

fn or_not(text: &str) -> Text {
    if text.is_empty() { quiet(NOT_RECORDED) } else { plain(text) }
}

fn about(dossier: &Dossier) -> Vec<Block> {
    let profile = &dossier.profile;
    let mut facts: Vec<(String, Text)> = Vec::new();
    let mut fact = |name: &str, value: Text| facts.push((name.to_owned(), value));
    fact("Registered entity", plain(&*profile.name));
    fact("NCR number", or_not(&profile.ncr));
    fact("Regional entity", or_not(&profile.region));
    fact("Functions", or_not(&profile.functions.join(", ")));
    fact("Audit", plain(dossier.order.audit_id()));
    if let Some(engaged) = &dossier.order.engagement {
        fact("Engagement", or_not(&engaged.title));
        fact("Notice", or_not(&engaged.notice_on.map_or_else(String::new, |day| day.to_string())));
        fact("Audit team", or_not(&engaged.team.join(", ")));
    }
    fact("Scope", plain(dossier.order.scope.told()));
    fact("Audit period", plain(dossier.order.period.to_string()));
    fact("Days judged", plain(dossier.days.to_string()));
    let local = Run::of(format!("\n{}", dossier.zone.told_in_full(dossier.instant))).ink(Ink::Quiet);
    fact("Effective instant", vec![Run::of(dossier.instant.rfc3339()), local]);
    fact("Journal", mono(&*dossier.checkpoint.origin));
    let root = Run::of(format!("\n{}", hex(&dossier.checkpoint.root))).mono();
    fact("Checkpoint", vec![Run::of(format!("{} leaves, with the root", dossier.checkpoint.size)), root]);
    fact("Signing key", mono(&*dossier.key));
    if let Some(previous) = &dossier.previous {
        fact("Package before this", mono(&*previous.name));
    }
    fact("Made by", plain(concat!("Glance ", env!("CARGO_PKG_VERSION"))));
    let says = "Everything here was computed from one snapshot of the record at the effective instant: the tabs, the \
                narratives, the verdicts, the evidence files and this page. Each row names the version of the record it \
                comes from, and each of those versions is disclosed with a proof that it stood in the journal at the \
                checkpoint.";
    vec![Block::heading(1, "What this package is"), Block::Paragraph(plain(says)), Block::Facts(facts)]
}

/// The lines an auditor types, as `VERIFY.txt` has them.
fn typed() -> Vec<String> {
    const PROGRAMS: [&str; 5] = ["python3 ", "openssl ", "sha256sum ", "find ", "minisign "];
    let lines = VERIFY_TEXT.lines().filter(|line| line.starts_with("   ")).map(str::trim);
    lines.filter(|line| PROGRAMS.iter().any(|program| line.starts_with(program))).map(str::to_owned).collect()
}

fn verifying(dossier: &Dossier) -> Vec<Block> {
    let fingerprint = vec![
        Run::of(
            "The signing key must have the fingerprint you were given by letter or by telephone. This package says ",
        ),
        Run::of(&dossier.key).mono(),
        Run::of("; what a package says of itself proves nothing until you compare it."),
    ];
    let outside = "The journal is tamper-evident, not tamper-proof: compare the checkpoint with one that somebody outside kept \
                   earlier, and a rewritten history shows.";
    let added = "sha256sum alone does not see files that were added; the line that begins with find does.";
    vec![
        Block::heading(1, "How to verify it without Glance"),
        Block::Paragraph(plain(
            "Unpack the ZIP, go into its folder and type these lines. VERIFY.txt has them too, with the words for Windows.",
        )),
        Block::Lines(typed()),
        Block::Bullets(vec![fingerprint, plain(added), plain(outside)]),
    ]
}

fn limits(dossier: &Dossier) -> Vec<Block> {
    let numbers = Numbers::of(dossier.parts.iter().map(|part| &part.readiness));
    let mut open: Vec<Text> = inventory(&dossier.judged.facts, dossier.day())
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, words)| vec![Run::of(number.to_string()).bold(), Run::of(format!(" {words}"))])
        .collect();
    if open.is_empty() {
        open.push(plain("The inventory leaves nothing open of what is counted."));
    }
    vec![
        Block::heading(1, "Limits"),
        Block::Paragraph(vec![
            Run::of(format!("{}. ", numbers.told())).bold(),
            Run::of(
                "99_LIMITS.md names each part that is not ready, what it lacks and whose that is. No package says that a \
                     requirement is met: it says which records fail, that none was found, or that it cannot be decided.",
            ),
        ]),
        Block::Bullets(open),
    ]
}

/// What stands where, in the order of the names.
const HOLDS: [(&str, &str); 13] = [
    ("00_README.pdf", "This document"),
    ("index.html", "The same index with links, for any browser, offline"),
    ("manifest.json", "The machine index: files, parts and record versions"),
    ("01_ert/", "The evidence request tool's tabs, as workbook and as CSV"),
    ("02_rsaw/", "A narrative, evidence table and verdict for each part, standard by standard, as PDF and DOCX"),
    ("03_evidence/", "Evidence files as they were received, part by part, each part with its _part.json"),
    ("04_samples/", "Answers to samples the audit team drew"),
    ("05_findings/", "Findings, their logs, mitigation and exceptions"),
    ("06_oscal/", "The same results as OSCAL documents, for machines"),
    ("07_history/", "Disclosed record versions, journal entries, proofs and the checkpoint"),
    ("08_chain_of_custody.csv", "Each file with its digest and where it comes from"),
    ("99_LIMITS.md", "What is missing, indeterminate or out of date"),
    ("../VERIFY.txt", "How to verify, with verify.py beside it"),
];

fn holds(files: &[Spooled]) -> Vec<Block> {
    let row = |(path, what): &(&str, &str)| {
        let inside = files.iter().filter(|file| file.path.starts_with(path)).count();
        let known = !path.ends_with('/') || inside > 0;
        let number = if path.ends_with('/') { inside.to_string() } else { "1".to_owned() };
        known.then(|| vec![mono(*path), plain(*what), plain(number)])
    };
    let columns = vec![Column::of("Where", 24), Column::of("What", 64), Column::number("Files", 10)];
    vec![
        Block::heading(1, "What the package holds"),
        Block::Table(Table { columns, rows: HOLDS.iter().filter_map(row).collect(), ..Table::default() }),
    ]
}

#[cfg(test)]
mod tests {
    use super::typed;

    #[test]
    fn the_lines_are_those_of_the_text_in_the_bag() {
        let typed = typed();
        for program in ["python3 verify.py", "openssl pkeyutl", "sha256sum -c", "find . -type f", "minisign -Vm"] {
            assert!(typed.iter().any(|line| line.starts_with(program)), "{program}: {typed:?}");
        }
    }
}
