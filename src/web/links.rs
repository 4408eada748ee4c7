//! Every address once.
//!
//! Invariant: pages, redirects and tests take addresses from here or from a register's words.

/// The sign-in page; `next` is where to go afterwards.
#[must_use]
pub fn sign_in(next: &str) -> String {
    if next.is_empty() || next == "/" { "/sign-in".to_owned() } else { format!("/sign-in?next={}", encoded(next)) }
}

/// The page that opens the step-up window; `next` is where to go afterwards.
#[must_use]
pub fn step_up(next: &str) -> String {
    format!("/step-up?next={}", encoded(next))
}

/// An organization's place or collection.
#[must_use]
pub fn place(slug: &str, name: &str) -> String {
    format!("/o/{slug}/{name}")
}

/// A record's page.
#[must_use]
pub fn record(slug: &str, collection: &str, id: impl std::fmt::Display) -> String {
    format!("/o/{slug}/{collection}/{id}")
}

/// The collection the records of a kind are found in.
#[must_use]
pub fn collection(kind: &str) -> String {
    let ending = |end: &str, plural: &str| kind.strip_suffix(end).map(|stem| format!("{stem}{plural}"));
    let known = (kind == "person").then(|| "people".to_owned());
    known.or_else(|| ending("y", "ies")).or_else(|| ending("ch", "ches")).unwrap_or_else(|| format!("{kind}s"))
}

/// Percent-encodes a value for a query (RFC 3986: everything but unreserved characters and `/`).
#[must_use]
pub fn encoded(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(byte as char);
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// A requirement's page. Its id holds spaces, and some hold a slash.
#[must_use]
pub fn requirement(slug: &str, id: &str) -> String {
    format!("/o/{slug}/requirements/{}", encoded(id).replace('/', "%2F"))
}

/// A query string from pairs, without empty values; begins with `?` unless there is nothing to say.
#[must_use]
pub fn query<'p>(pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> String {
    let parts: Vec<String> = pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
}

/// A path of this application, for `next`: anything else leads home.
#[must_use]
pub fn within(next: &str) -> &str {
    let inside = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    if inside && !next.chars().any(char::is_control) { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::{query, requirement, within};

    #[test]
    fn addresses() {
        assert_eq!(query([("q", "a b&c"), ("sort", "")]), "?q=a%20b%26c");
        assert_eq!(requirement("x", "CR 2.13 (EDR/HDR)"), "/o/x/requirements/CR%202.13%20%28EDR%2FHDR%29");
        assert_eq!(within("/o/x/assets?q=1"), "/o/x/assets?q=1");
        for bad in ["//evil.test", "https://evil.test", "/\\evil.test", "", "/a\nb"] {
            assert_eq!(within(bad), "/");
        }
    }
}
