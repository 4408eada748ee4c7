//! How a file is given out so that no browser runs it: its type, its name in a header.
//!
//! Invariant: always an attachment; what a browser could run or draw by itself goes out as plain octets.

/// The policy of a download: nothing in it may load, run or be framed.
pub const CONTENT_POLICY: &str = "sandbox; default-src 'none'";

/// Types given out under their own name; all others, HTML, SVG and XML among them, go out as octets.
const PASSIVE: [&str; 13] = [
    "application/pdf",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/heic",
    "image/tiff",
    "image/webp",
    "text/plain",
    "text/csv",
    "application/json",
    "application/zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
];

/// The content type of a download.
#[must_use]
pub fn content_type(media_type: &str) -> &'static str {
    PASSIVE.iter().find(|known| **known == media_type).copied().unwrap_or("application/octet-stream")
}

/// `Content-Disposition` of RFC 6266: an ASCII name for old clients, the real one in RFC 8187 form (which replaced RFC 5987).
#[must_use]
pub fn disposition(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || " .-_()+,=@".contains(c);
    let ascii: String = name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    let attr = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte);
    let encoded: String =
        name.bytes().map(|byte| if attr(byte) { (byte as char).to_string() } else { format!("%{byte:02X}") }).collect();
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::{content_type, disposition};

    #[test]
    fn headers() {
        assert_eq!(disposition("a b.pdf"), "attachment; filename=\"a b.pdf\"; filename*=UTF-8''a%20b.pdf");
        assert_eq!(
            disposition("Ærø \"x\"; y.csv"),
            "attachment; filename=\"_r_ _x__ y.csv\"; filename*=UTF-8''%C3%86r%C3%B8%20%22x%22%3B%20y.csv"
        );
        assert!(disposition("東京\r\n").is_ascii());
        assert!(!disposition("x\r\ny").contains(['\r', '\n']));
        for active in ["text/html", "image/svg+xml", "application/xml", "application/x-msdownload", "anything"] {
            assert_eq!(content_type(active), "application/octet-stream");
        }
        assert_eq!(content_type("image/jpeg"), "image/jpeg");
    }
}
