//! The documents of a package as other programs read them: poppler the PDF, Python's standard library the DOCX.

use std::path::Path;

use glance::controls::actions;
use glance::frameworks::RequirementId;
use glance::storage::AsOf;

use super::evidence::{Files, PERIOD, evidence, inventory, opened, order};
use crate::on_each_engine;
use crate::support::Bed;
use crate::support::http::Site;
use crate::support::process::run;

/// Beyond the day on which CIP-003-9 took the place of CIP-003-8.
const BEYOND: i64 = 86_400 * 60;

/// Reads every part as XML and every entry's time; prints the words of the document.
const READ_DOCX: &str = "
import sys, zipfile
from xml.etree import ElementTree
W = '{http://schemas.openxmlformats.org/wordprocessingml/2006/main}'
with zipfile.ZipFile(sys.argv[1]) as bundle:
    assert bundle.testzip() is None
    assert {entry.date_time for entry in bundle.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    parts = {name: ElementTree.fromstring(bundle.read(name)) for name in bundle.namelist()}
document = parts['word/document.xml']
styles = {style.get(W + 'styleId') for style in parts['word/styles.xml'].iter(W + 'style')}
used = {style.get(W + 'val') for style in document.iter(W + 'pStyle')}
assert used <= styles, used - styles
assert any(True for _ in document.iter(W + 'tblHeader'))
for table in document.iter(W + 'tbl'):
    columns = len(table.find(W + 'tblGrid'))
    assert all(len(row.findall(W + 'tc')) in (1, columns) for row in table.iter(W + 'tr'))
for name in ['word/document.xml', 'word/header1.xml', 'word/footer1.xml']:
    print('\\n'.join(''.join(text.text or '' for text in line.iter(W + 't')) for line in parts[name].iter(W + 'p')))
";

fn said(program: &str, arguments: &[&str], folder: &Path) -> String {
    let done = run(program, arguments, folder);
    assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// The pages of a PDF as text, each with its white space folded.
fn pages(files: &Files, path: &str, folder: &Path) -> Vec<String> {
    let bytes = files.get(path).unwrap_or_else(|| panic!("no {path} in {:?}", files.keys()));
    let claims = String::from_utf8_lossy(bytes);
    assert!(claims.contains("<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>"));
    std::fs::write(folder.join("read.pdf"), bytes).unwrap();
    let text = said("pdftotext", &["-layout", "read.pdf", "-"], folder);
    let fold = |page: &str| page.split_whitespace().collect::<Vec<_>>().join(" ");
    text.trim_end_matches('\u{c}').split('\u{c}').map(fold).collect()
}

fn docx(files: &Files, path: &str, folder: &Path) -> String {
    std::fs::write(folder.join("read.docx"), &files[path]).unwrap();
    said("python3", &["-c", READ_DOCX, "read.docx"], folder)
}

/// The line of the limits that begins the numbers: `4 parts: 0 ready, …`.
fn numbers(files: &Files) -> String {
    let limits = String::from_utf8(files["99_LIMITS.md"].clone()).unwrap();
    limits.lines().find(|line| line.contains(" parts: ")).unwrap().to_owned()
}

async fn narrate(bed: &Bed, part: &str, text: &str) {
    let requirement = RequirementId::parse(part).unwrap();
    let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
    actions::narrate(&mut change, None, &requirement, text, "").await.unwrap();
    change.commit().await.unwrap();
}

on_each_engine! {
    async fn the_human_index_holds_the_counts(bed: Bed) {
        bed.clock.advance_seconds(BEYOND);
        let site = Site::of(&bed);
        let token = site.token(&bed, glance::auth::Scope::ALL).await;
        inventory(&site, &token).await;
        let (sealed, files) = opened(&site, order(&bed, "CIP-007-6; CIP-003", PERIOD, AsOf::Now)).await;
        let place = tempfile::tempdir().unwrap();
        let pages = pages(&files, "00_README.pdf", place.path());
        let all = pages.join(" ");
        let root = String::from_utf8(files["07_history/checkpoint.note"].clone()).unwrap();
        let size = root.lines().nth(1).unwrap();
        for (n, page) in pages.iter().enumerate() {
            for words in ["BES Cyber System Information", &format!("Page {} of {}", n + 1, pages.len()), &format!("checkpoint of {size} leaves"), "As of 2026-0"] {
                assert!(page.contains(words), "page {} lacks {words}: {page}", n + 1);
            }
        }
        let parts = files.keys().filter(|path| path.ends_with("_part.json")).count();
        assert!(pages[0].contains("parts in scope") && all.contains(&numbers(&files)), "{all}");
        assert!(all.contains(&format!("{parts} ")) && all.contains("python3 verify.py") && all.contains("minisign -Vm"));
        assert!(all.contains("2026-01-01 to 2026-03-31") && all.contains("CIP-003-9"), "both versions: {all}");
        let key = String::from_utf8(files["manifest.json"].clone()).unwrap();
        let key = serde_json::from_str::<serde_json::Value>(&key).unwrap()["package"]["signing_key"].as_str().unwrap().to_owned();
        assert!(all.contains(&key), "{key}");
        assert!(!all.contains(crate::support::CANARY) && !all.to_lowercase().contains("compliant"));
        assert!(sealed.name.starts_with("GLANCE-"));
    }

    async fn worksheets_hold_the_words_of_the_entity(bed: Bed) {
        bed.clock.advance_seconds(BEYOND);
        let site = Site::of(&bed);
        let token = site.token(&bed, glance::auth::Scope::ALL).await;
        inventory(&site, &token).await;
        narrate(&bed, "CIP-003-9 R3", "We name the senior manager <in writing> & keep it.\nÆrø.").await;
        evidence(&site, &token, "CIP-003-9 R3", "Appointment of the senior manager", ("letter.pdf", "application/pdf", b"%PDF-1.7 x")).await;
        let (_, files) = opened(&site, order(&bed, "CIP-003 ", PERIOD, AsOf::Now)).await;
        let place = tempfile::tempdir().unwrap();
        let columns = ["File Name", "Document Title", "Document Date", "Description of Applicability of Document"];
        for (standard, words) in [("CIP-003-8", "No narrative is recorded."), ("CIP-003-9", "We name the senior manager <in writing> & keep it.")] {
            let path = format!("02_rsaw/{standard}/RSAW_{standard}");
            let printed = pages(&files, &format!("{path}.pdf"), place.path()).join(" ");
            let typed = docx(&files, &format!("{path}.docx"), place.path());
            for text in [printed.as_str(), typed.as_str()] {
                for words in [words, "Compliance Narrative", "BES Cyber System Information", "Auditor Notes", "Answers for", "Other version in the period", "Verdict"] {
                    assert!(text.contains(words), "{standard} lacks {words}: {text}");
                }
                assert!(!text.to_lowercase().contains("compliant") && !text.contains(crate::support::CANARY));
            }
            assert!(columns.iter().all(|column| typed.contains(column)), "{typed}");
        }
        let typed = docx(&files, "02_rsaw/CIP-003-9/RSAW_CIP-003-9.docx", place.path());
        assert!(typed.contains("Appointment of the senior manager") && typed.contains("Appointment-of-the-senior-manager_3-1_20260501.pdf") && typed.contains("Ærø."), "{typed}");
    }
}
