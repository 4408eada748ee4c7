//! What a file is, told from its first bytes.
//!
//! Invariant: pure and total: every beginning gets a type, and the same beginning always the same. The name only tells
//! apart what the bytes cannot: CSV, logs and other text.

use super::naming::extension;

/// What is unknown.
pub const OCTETS: &str = "application/octet-stream";

/// Signatures at an offset, the first that fits decides. Sources: the formats' own specifications; IANA media types.
const SIGNATURES: &[(usize, &[u8], &str)] = &[
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftypmsf1", "image/heic"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (8, b"WEBP", "image/webp"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\0", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (257, b"ustar", "application/x-tar"),
    (0, b"\xd4\xc3\xb2\xa1", "application/vnd.tcpdump.pcap"),
    (0, b"\xa1\xb2\xc3\xd4", "application/vnd.tcpdump.pcap"),
    (0, b"\x4d\x3c\xb2\xa1", "application/vnd.tcpdump.pcap"),
    (0, b"\x0a\x0d\x0d\x0a", "application/x-pcapng"),
    (0, b"ElfFile\0", "application/x-ms-evtx"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"MZ", "application/x-msdownload"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"SQLite format 3\0", "application/vnd.sqlite3"),
];

/// Types by the extensions they go under; a name with another type's extension is told.
const EXTENSIONS: &[(&str, &[&str])] = &[
    ("application/pdf", &["pdf"]),
    ("image/png", &["png"]),
    ("image/jpeg", &["jpg", "jpeg", "jpe", "jfif"]),
    ("image/gif", &["gif"]),
    ("image/heic", &["heic", "heif"]),
    ("image/webp", &["webp"]),
    ("image/tiff", &["tif", "tiff"]),
    ("image/svg+xml", &["svg"]),
    ("video/mp4", &["mp4", "m4v", "m4a"]),
    ("video/quicktime", &["mov", "qt"]),
    ("text/html", &["html", "htm"]),
    ("text/csv", &["csv"]),
    ("application/json", &["json", "jsonl", "ndjson", "log"]),
    ("application/xml", &["xml", "xsd", "xsl", "scl", "scd", "icd", "cid", "config"]),
    ("application/gzip", &["gz", "tgz"]),
    ("application/zip", &["zip", "jar", "kmz"]),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", &["xlsx", "xlsm"]),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", &["docx", "docm"]),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", &["pptx", "pptm"]),
    ("application/x-ole-storage", &["doc", "xls", "ppt", "msg", "vsd", "msi"]),
    ("application/x-7z-compressed", &["7z"]),
    ("application/vnd.tcpdump.pcap", &["pcap", "cap", "dmp"]),
    ("application/x-pcapng", &["pcapng", "ntar"]),
    ("application/x-ms-evtx", &["evtx"]),
    ("application/x-msdownload", &["exe", "dll", "sys", "scr"]),
    ("application/x-executable", &["so", "bin"]),
    ("application/vnd.sqlite3", &["sqlite", "sqlite3", "db"]),
];

/// The media type of a file by its first bytes and, for text, its name.
#[must_use]
pub fn sniffed(head: &[u8], name: &str) -> &'static str {
    let fits =
        |(offset, bytes, _): &&(usize, &[u8], &str)| head.get(*offset..).is_some_and(|rest| rest.starts_with(bytes));
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return packed(head);
    }
    if let Some((_, _, media_type)) = SIGNATURES.iter().find(fits) {
        return media_type;
    }
    match text(head) {
        Some(text) => written(text.trim_start_matches('\u{FEFF}').trim_start(), name),
        None => OCTETS,
    }
}

/// A ZIP, or the office document its first entries tell of (ECMA-376: `word/`, `xl/`, `ppt/`).
fn packed(head: &[u8]) -> &'static str {
    let holds = |part: &[u8]| head.windows(part.len()).any(|window| window == part);
    if !holds(b"[Content_Types].xml") && !holds(b"_rels/.rels") && !holds(b"docProps/") {
        return "application/zip";
    }
    if holds(b"xl/") {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    } else if holds(b"word/") {
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    } else if holds(b"ppt/") {
        "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    } else {
        "application/zip"
    }
}

/// The beginning as text, when it is UTF-8 (a character cut at the end allowed) without control characters of binaries.
fn text(head: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&head[..error.valid_up_to()]).ok()?,
        Err(_) => return None,
    };
    let is_binary = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\x0c' | '\x1b');
    if text.chars().any(is_binary) { None } else { Some(text) }
}

fn written(text: &str, name: &str) -> &'static str {
    let begins = |word: &str| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let early = text.char_indices().nth(2_000).map_or(text, |(end, _)| &text[..end]).to_lowercase();
    if early.contains("<svg") && begins("<") {
        return "image/svg+xml";
    }
    if begins("<!doctype html") || ["<html", "<script", "<body", "<iframe"].iter().any(|tag| early.contains(tag)) {
        return "text/html";
    }
    if begins("<?xml") || (begins("<") && text.contains('>')) {
        return "application/xml";
    }
    if matches!(text.chars().next(), Some('{' | '[')) && text.contains('"') {
        return "application/json";
    }
    if extension(name) == "csv" { "text/csv" } else { "text/plain" }
}

/// Types that say nothing, or that browsers give to any text.
fn says_nothing(claimed: &str) -> bool {
    matches!(claimed, "" | OCTETS | "application/x-download" | "binary/octet-stream")
}

fn is_text(media_type: &str) -> bool {
    media_type.starts_with("text/") && media_type != "text/html" || media_type == "application/json"
}

fn alike(found: &str, claimed: &str) -> bool {
    let bare = |name: &str| name.replace("x-", "").replace("-compressed", "").replace("vnd.tcpdump.", "");
    let pairs = [
        ("application/xml", "text/xml"),
        ("image/jpeg", "image/jpg"),
        ("image/heic", "image/heif"),
        ("application/gzip", "application/tar+gzip"),
        ("application/x-msdownload", "application/x-dosexec"),
    ];
    let excel_calls_csv_so = is_text(found) && claimed == "application/vnd.ms-excel";
    let old_office = found == "application/x-ole-storage"
        && (claimed == "application/msword" || claimed.starts_with("application/vnd.ms-"));
    found == claimed
        || bare(found) == bare(claimed)
        || pairs.contains(&(found, claimed))
        || (is_text(found) && (is_text(claimed) || claimed.starts_with("text/") && claimed != "text/html"))
        || excel_calls_csv_so
        || old_office
}

/// What is odd about a name or a claimed type, in words; empty when both fit.
#[must_use]
pub fn mismatch(found: &str, name: &str, claimed: &str) -> String {
    let claimed = claimed.split(';').next().unwrap_or("").trim().to_lowercase();
    let ending = extension(name);
    let by_name = EXTENSIONS.iter().filter(|(_, endings)| endings.contains(&ending.as_str()));
    let names: Vec<&str> = by_name.map(|(media_type, _)| *media_type).collect();
    let is_misnamed = !names.is_empty() && !names.iter().any(|named| alike(found, named));
    match (is_misnamed, !says_nothing(&claimed) && !alike(found, &claimed)) {
        (true, _) => format!("named .{ending}, but the bytes are {found}"),
        (false, true) => format!("sent as {claimed}, but the bytes are {found}"),
        (false, false) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{mismatch, sniffed};

    #[test]
    fn beginnings() {
        let xlsx = b"PK\x03\x04\x14\0\0\0[Content_Types].xml....xl/workbook.xml";
        for (head, name, found) in [
            (&b"%PDF-1.7\n"[..], "a.pdf", "application/pdf"),
            (b"\x89PNG\r\n\x1a\n....", "a.png", "image/png"),
            (b"\xff\xd8\xff\xe0", "a.jpg", "image/jpeg"),
            (b"\0\0\0\x18ftypheic", "IMG_1.HEIC", "image/heic"),
            (xlsx, "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (b"PK\x03\x04....plain.txt", "a.zip", "application/zip"),
            (b"\xd4\xc3\xb2\xa1\x02\0", "a.pcap", "application/vnd.tcpdump.pcap"),
            (b"\x0a\x0d\x0d\x0a\x1c\0", "a.pcapng", "application/x-pcapng"),
            (b"ElfFile\0....", "Security.evtx", "application/x-ms-evtx"),
            (b"a,b\n1,2\n", "a.csv", "text/csv"),
            (b"a,b\n1,2\n", "a.txt", "text/plain"),
            (b"{\"a\": 1}", "a.json", "application/json"),
            (b"<?xml version=\"1.0\"?><SCL/>", "a.scd", "application/xml"),
            (b"<?xml version=\"1.0\"?><svg onload=x>", "a.xml", "image/svg+xml"),
            (b"  <!DOCTYPE HTML><p>", "a.txt", "text/html"),
            (b"hello <script>x</script>", "a.txt", "text/html"),
            (b"MZ\x90\0", "invoice.pdf", "application/x-msdownload"),
            (b"\0\x01\x02", "a.bin", "application/octet-stream"),
            (b"\xc3\x86r\xc3", "cut.txt", "text/plain"),
        ] {
            assert_eq!(sniffed(head, name), found, "{name}");
        }
    }

    #[test]
    fn odd_names_and_claims() {
        let odd = |found, name, claimed| !mismatch(found, name, claimed).is_empty();
        assert_eq!(
            mismatch("application/x-msdownload", "invoice.pdf", "application/pdf"),
            "named .pdf, but the bytes are application/x-msdownload"
        );
        assert!(odd("text/html", "notes.txt", "text/plain"));
        assert!(odd("image/png", "photo", "image/jpeg"));
        assert!(odd("application/zip", "report.pdf", ""));
        assert!(!odd("text/csv", "assets.csv", "application/vnd.ms-excel"));
        assert!(!odd("text/plain", "conn.log", "application/octet-stream"));
        assert!(!odd("application/json", "eve.json", "text/plain; charset=utf-8"));
        assert!(!odd("application/gzip", "conn.log.gz", "application/x-gzip"));
        assert!(!odd("image/jpeg", "a.JPG", "image/jpeg"));
        assert!(!odd("application/pdf", "no-extension", ""));
    }

    proptest! {
        #[test]
        fn every_beginning_has_a_type(head in proptest::collection::vec(any::<u8>(), 0..600), name in ".{0,20}", claimed in ".{0,30}") {
            let found = sniffed(&head, &name);
            prop_assert!(found.contains('/'));
            prop_assert_eq!(found, sniffed(&head, &name));
            let _ = mismatch(found, &name, &claimed);
        }

        #[test]
        fn an_executable_is_never_called_something_else(rest in proptest::collection::vec(any::<u8>(), 0..100), name in ".{0,20}") {
            prop_assert_eq!(sniffed(&[b"MZ", &rest[..]].concat(), &name), "application/x-msdownload");
        }
    }
}
