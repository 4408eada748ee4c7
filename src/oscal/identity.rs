//! Ids of OSCAL: tokens from the frameworks' own ids, and UUIDs from the ids of records.
//!
//! Invariant: the same record has the same UUID in every package (version 5, RFC 9562), and no two requirements of the
//! catalogs share a token. Tokens begin with a letter and hold letters, digits, `.`, `-` and `_` only.

use sha1::{Digest, Sha1};
use uuid::Uuid;

/// What Glance's own property names belong to.
pub const NAMESPACE: &str = "urn:glance:oscal";

fn named(space: Uuid, name: &str) -> Uuid {
    let digest = Sha1::new().chain_update(space.as_bytes()).chain_update(name.as_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_sha1_bytes(bytes).into_uuid()
}

/// The UUID of something, by its kind and its stable id.
#[must_use]
pub fn uuid(kind: &str, id: &str) -> String {
    let ours = named(Uuid::NAMESPACE_URL, NAMESPACE);
    named(ours, &format!("{kind}:{id}")).hyphenated().to_string()
}

/// A token for an id as a framework writes it: `cip-005-7_r1.3`, `sc-7.5`, `iec-62443_sr-5.2_re-1`, `sp-800-82r3_5.3.6`.
///
/// Ids of NIST SP 800-53 are those of NIST's own catalog. IEC 62443 writes its ids with a space (`SR 2.1`); without its
/// name they would be NIST's: SR-2(1) is `sr-2.1` there.
#[must_use]
pub fn token(id: &str) -> String {
    let (mut found, mut last, mut publisher) = (String::new(), "", "");
    for word in id.split_whitespace() {
        // A name and its number belong together: `SR 5.2`, `RE 1`, `ORG 1.1`.
        let is_name = !last.is_empty() && last.chars().all(|c| c.is_ascii_alphabetic());
        let is_numbered = is_name && word.starts_with(|c: char| c.is_ascii_digit());
        if !found.is_empty() {
            found.push(if is_numbered { '-' } else { '_' });
        }
        if is_numbered {
            publisher = "iec-62443_";
        }
        put(&mut found, word);
        last = word;
    }
    publisher = match found.get(..3) {
        Some("800") => "sp-",
        Some("624") => "iec-",
        _ if found.starts_with(|c: char| c.is_ascii_lowercase() || c == '_') => publisher,
        _ => "_",
    };
    format!("{publisher}{found}")
}

fn put(found: &mut String, word: &str) {
    let mut next = word.chars().peekable();
    while let Some(c) = next.next() {
        match c.to_ascii_lowercase() {
            // Enhancements of NIST SP 800-53 as NIST's own catalog writes them: CM-8(3) is cm-8.3.
            '(' if next.peek().is_some_and(char::is_ascii_digit) => found.push('.'),
            '(' | ')' => {}
            '/' => found.push('-'),
            c @ ('a'..='z' | '0'..='9' | '.' | '-' | '_') => found.push(c),
            _ => found.push('_'),
        }
    }
}

/// The token of a requirement's statement, which findings are about.
#[must_use]
pub fn statement(id: &str) -> String {
    format!("{}_smt", token(id))
}
