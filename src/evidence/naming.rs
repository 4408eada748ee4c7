//! Names of folders and files in a package: plain ASCII that every system can keep, and that says what the file is.
//!
//! Invariant: pure; cleaning a cleaned name changes nothing, and two names that collide are told apart by the order of the
//! record, never by chance. Source: `audit-artifacts` part 2 (naming), package rule 7.

use std::collections::BTreeSet;

use crate::artifacts::Artifact;
use crate::artifacts::rules::naming::extension;
use crate::frameworks::Requirement;

/// Names Windows keeps for itself.
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];

/// A text as one plain piece of a name: ASCII letters, digits and single hyphens, at most `most` bytes; empty when nothing
/// is left.
#[must_use]
pub fn cleaned(text: &str, most: usize) -> String {
    let mut name = String::new();
    for c in text.chars() {
        let plain = folded(c);
        if plain.is_empty() {
            if !name.is_empty() && !name.ends_with('-') {
                name.push('-');
            }
        } else {
            name.push_str(plain);
        }
        if name.len() >= most {
            break;
        }
    }
    name.truncate(most);
    let name = name.trim_matches(['-', '.']).to_owned();
    let stem = name.split('.').next().unwrap_or("").to_lowercase();
    let device = stem.len() == 4
        && (stem.starts_with("com") || stem.starts_with("lpt"))
        && stem.ends_with(|c: char| c.is_ascii_digit());
    if device || RESERVED.contains(&stem.as_str()) { format!("x-{name}") } else { name }
}

/// A character as ASCII; empty for what no name keeps.
fn folded(c: char) -> &'static str {
    const PLAIN: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.";
    if let Some(at) = PLAIN.find(c) {
        return &PLAIN[at..=at];
    }
    match c {
        'ä' | 'æ' => "ae",
        'ö' | 'ø' | 'œ' => "oe",
        'ü' => "ue",
        'Ä' | 'Æ' => "Ae",
        'Ö' | 'Ø' => "Oe",
        'Ü' => "Ue",
        'ß' => "ss",
        'á' | 'à' | 'â' | 'ã' | 'å' => "a",
        'Å' | 'Á' | 'À' => "A",
        'é' | 'è' | 'ê' | 'ë' => "e",
        'É' | 'È' => "E",
        'í' | 'ì' | 'î' | 'ï' => "i",
        'ó' | 'ò' | 'ô' | 'õ' => "o",
        'ú' | 'ù' | 'û' => "u",
        'ñ' => "n",
        'ç' => "c",
        _ => "",
    }
}

/// The folder of a part: `03_evidence/CIP-005-7/R1/R1.3`.
#[must_use]
pub fn folder(part: &Requirement) -> String {
    let short = part.short();
    let requirement = part.heading.strip_prefix(&part.standard).map_or("", str::trim);
    let requirement = if requirement.is_empty() { short.split(' ').next().unwrap_or(short) } else { requirement };
    let named = |text: &str, most| {
        let name = cleaned(text, most);
        if name.is_empty() { "part".to_owned() } else { name }
    };
    format!("03_evidence/{}/{}/{}", named(&part.standard, 30), named(requirement, 20), named(short, 30))
}

/// The request a part is asked for with, such as `CIP-005-R1-L1-01`; the region's workbook has its own numbers.
#[must_use]
pub fn request_id(part: &Requirement) -> String {
    let asked = part.ert_request_ids.iter().find(|id| id.contains("-L1-")).or(part.ert_request_ids.first());
    match asked {
        Some(id) => cleaned(&id.replace('*', "01"), 24),
        None => cleaned(&part.id, 24),
    }
}

/// Most bytes of a path below the payload, so that it stays under 200 with what stands before it.
const LONGEST_PATH: usize = 189;
/// Most bytes of a title in a name.
const LONGEST_TITLE: usize = 44;

/// `<RequestID>_<NN>_<Title>_<Rev>_<Date>.<ext>` of an artifact in a folder; a title gives way where the folder is long.
#[must_use]
pub fn file(folder: &str, request: &str, number: usize, artifact: &Artifact) -> String {
    let stem = artifact.name.rsplit_once('.').map_or(artifact.name.as_str(), |(stem, _)| stem);
    let title = if artifact.title.trim().is_empty() { stem } else { artifact.title.as_str() };
    let or = |text: String, other: &str| if text.is_empty() { other.to_owned() } else { text };
    let revision = or(cleaned(&artifact.revision.replace('.', "-"), 12), "norev");
    let date = or(artifact.dated().replace('-', ""), "undated");
    let ending = or(cleaned(&extension(&artifact.name), 8).to_lowercase(), ending_of(&artifact.media_type));
    let rest = format!("{folder}/{request}_{number:02}__{revision}_{date}.{ending}").len();
    let room = LONGEST_PATH.saturating_sub(rest).clamp(1, LONGEST_TITLE);
    let title = or(cleaned(&title.replace('.', "-"), room), crate::vocabulary::fold::truncated("untitled", room));
    format!("{folder}/{request}_{number:02}_{title}_{revision}_{date}.{ending}")
}

/// The ending of a file that has none, by what its bytes are.
fn ending_of(media_type: &str) -> &'static str {
    match media_type {
        "application/pdf" => "pdf",
        "text/csv" => "csv",
        "text/plain" => "txt",
        "application/json" => "json",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "application/zip" => "zip",
        _ => "bin",
    }
}

/// Folders that are taken, told apart where only case or cleaning makes them alike.
#[derive(Debug, Default)]
pub struct Taken(BTreeSet<String>);

impl Taken {
    /// The folder, or with a number behind it where another already has the name.
    pub fn one(&mut self, folder: &str) -> String {
        let free = |known: &BTreeSet<String>, name: &str| !known.contains(&name.to_lowercase());
        let mut name = folder.to_owned();
        let mut number = 2;
        while !free(&self.0, &name) {
            name = format!("{folder}-{number}");
            number += 1;
        }
        self.0.insert(name.to_lowercase());
        name
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Taken, cleaned, file, folder, request_id};
    use crate::artifacts::Artifact;
    use crate::frameworks::catalogs;
    use crate::vocabulary::Date;

    #[test]
    fn texts_become_names() {
        for (text, name) in [
            ("Relay settings, SUB07", "Relay-settings-SUB07"),
            ("../../etc/passwd", "etc-passwd"),
            ("Übersicht 東京", "Uebersicht"),
            ("a__b  c", "a-b-c"),
            ("=cmd|' /C calc'!A0", "cmd-C-calc-A0"),
            ("\u{202E}fdp.exe", "fdp.exe"),
            ("con", "x-con"),
            ("COM1.txt", "x-COM1.txt"),
            ("東京", ""),
        ] {
            assert_eq!(cleaned(text, 40), name, "{text:?}");
        }
    }

    #[test]
    fn parts_have_folders_and_requests() {
        let part = |id: &str| catalogs().requirement(id).expect(id);
        assert_eq!(folder(part("CIP-005-7 R1.3")), "03_evidence/CIP-005-7/R1/R1.3");
        assert_eq!(folder(part("CIP-003-9 R2 Att1 S4.5")), "03_evidence/CIP-003-9/R2/R2-Att1-S4.5");
        assert_eq!(request_id(part("CIP-002-5.1a R1")), "CIP-002-R1-L1-01");
        let mut taken = Taken::default();
        let all = catalogs().frameworks.iter().flat_map(|framework| &framework.requirements);
        let long = "x".repeat(300);
        let longest = Artifact { title: long.clone(), revision: long.clone(), name: long, ..Artifact::default() };
        for one in all {
            let name = taken.one(&folder(one));
            let path = file(&name, &request_id(one), 999, &longest);
            for path in [path, format!("{name}/_part.json")] {
                assert_eq!(crate::seal::names::check_path(&path), Ok(()), "{path}");
            }
        }
    }

    #[test]
    fn files_say_what_they_are() {
        let artifact = Artifact {
            name: "EACMS export 1.CSV".to_owned(),
            title: "EACMS: rules / export".to_owned(),
            revision: "2.1".to_owned(),
            covers_to: Date::parse("2026-09-30").ok(),
            ..Artifact::default()
        };
        let named = file("a", "CIP-005-R1-L1-01", 3, &artifact);
        assert_eq!(named, "a/CIP-005-R1-L1-01_03_EACMS-rules-export_2-1_20260930.csv");
        let bare = file("a", "CIP-005-R1-L1-01", 1, &Artifact { name: "東京".to_owned(), ..Artifact::default() });
        assert_eq!(bare, "a/CIP-005-R1-L1-01_01_untitled_norev_undated.bin");
    }

    #[test]
    fn folders_never_collide() {
        let mut taken = Taken::default();
        let names = ["a/B", "a/b", "A/B", "a/b-2"].map(|name| taken.one(name));
        assert_eq!(names, ["a/B", "a/b-2", "A/B-3", "a/b-2-2"]);
    }

    proptest! {
        #[test]
        fn whatever_is_typed_can_be_kept(title in "\\PC{0,200}", revision in "\\PC{0,40}", name in "\\PC{0,80}") {
            let artifact = Artifact { name, title, revision, ..Artifact::default() };
            let path = file("03_evidence/CIP-003-9/R2/R2-Att1-S4.5", "CIP-003-R2-L1-01", 99, &artifact);
            prop_assert!(crate::seal::names::check_path(&path).is_ok(), "{}", path);
        }

        #[test]
        fn cleaning_twice_changes_nothing(text in "\\PC{0,60}") {
            let once = cleaned(&text, 40);
            prop_assert_eq!(cleaned(&once, 60), once);
        }
    }
}
