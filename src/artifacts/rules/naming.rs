//! Names of files as they are kept and given out.
//!
//! Invariant: a cleaned name is one path part of 1 to 150 characters without control characters and without characters
//! that turn the direction of writing (with which `fdp.exe` passes for `exe.pdf`); cleaning it again changes nothing.

/// Most characters of a name.
const MOST: usize = 150;

/// Characters that nobody sees and that make a name look like another: bidirectional controls (UAX #9), zero-width
/// characters, the byte order mark, line and paragraph separators.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{061C}' | '\u{00AD}')
}

/// Characters that name devices, streams or patterns on some system a file may be saved on.
fn is_special(c: char) -> bool {
    matches!(c, ':' | '*' | '?' | '"' | '<' | '>' | '|')
}

/// The name under which a file is kept. What is left of nothing is `file`.
#[must_use]
pub fn cleaned(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|part| !part.trim_matches([' ', '.']).is_empty()).unwrap_or("");
    let seen = last.chars().filter(|c| !c.is_control() && !is_unseen(*c));
    let plain: String = seen.map(|c| if is_special(c) { '_' } else { c }).collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = plain.trim_matches([' ', '.']);
    let short = shortened(plain);
    let short = short.trim_matches([' ', '.']);
    if short.is_empty() { "file".to_owned() } else { short.to_owned() }
}

/// At most [`MOST`] characters, the extension kept.
fn shortened(name: &str) -> String {
    let count = name.chars().count();
    if count <= MOST {
        return name.to_owned();
    }
    let extension = name.rsplit_once('.').map(|(_, extension)| extension).filter(|text| text.chars().count() <= 10);
    let extension = extension.map_or_else(String::new, |text| format!(".{text}"));
    let stem: String = name.chars().take(MOST - extension.chars().count()).collect();
    format!("{}{extension}", stem.trim_end_matches([' ', '.']))
}

/// The extension in lower case, without its dot; empty when there is none.
#[must_use]
pub fn extension(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => extension.to_lowercase(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{cleaned, extension};

    #[test]
    fn names() {
        let long = format!("{}.pdf", "x".repeat(300));
        for (given, kept) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\kim\\SUB07 relay.PDF", "SUB07 relay.PDF"),
            ("invoice\u{202E}fdp.exe", "invoicefdp.exe"),
            ("a\0b\r\nc.txt", "abc.txt"),
            ("  .. ", "file"),
            ("", "file"),
            ("folder/", "folder"),
            ("a:b*c?.log", "a_b_c_.log"),
            ("Übersicht 東京.csv", "Übersicht 東京.csv"),
        ] {
            assert_eq!(cleaned(given), kept, "{given:?}");
        }
        let short = cleaned(&long);
        assert_eq!((extension(&short).as_str(), short.chars().count()), ("pdf", 150), "{short}");
        assert_eq!(
            (extension("a.tar.GZ"), extension(".bashrc"), extension("none")),
            ("gz".into(), String::new(), String::new())
        );
    }

    proptest! {
        #[test]
        fn a_cleaned_name_is_harmless(text in any::<String>(), more in "[./\\\\ \u{202e}a-z]{0,300}") {
            let name = cleaned(&format!("{text}{more}"));
            prop_assert!((1..=150).contains(&name.chars().count()));
            prop_assert!(!name.contains(['/', '\\', '"']));
            prop_assert!(!name.chars().any(char::is_control));
            prop_assert!(!name.chars().any(super::is_unseen), "unseen characters");
            prop_assert!(name != "." && name != "..");
            prop_assert_eq!(cleaned(&name), name);
        }
    }
}
