//! Is a JSON text canonical (RFC 8785), told by one look over its bytes.
//!
//! Invariant: answers what canonicalizing again and comparing would answer. What one look cannot tell (numbers that are no
//! plain integers, keys beyond ASCII) is canonicalized and compared.

/// How deep a text may nest before it is canonicalized the long way.
const DEEPEST: usize = 64;

/// True when the text is its own canonical form.
#[must_use]
pub fn is_canonical(text: &[u8]) -> bool {
    let mut look = Look { text, at: 0 };
    match look.value(0) {
        Some(true) => look.at == text.len(),
        Some(false) => false,
        None => again(text),
    }
}

/// Canonicalizes and compares.
fn again(text: &[u8]) -> bool {
    let value = serde_json::from_slice::<serde_json::Value>(text).ok();
    value.and_then(|value| serde_json_canonicalizer::to_vec(&value).ok()).is_some_and(|canonical| canonical == text)
}

/// A position in a text. Answers are `Some(holds)`, or none where the short way cannot tell.
struct Look<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Look<'t> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn takes(&mut self, word: &[u8]) -> bool {
        let fits = self.text[self.at..].starts_with(word);
        if fits {
            self.at += word.len();
        }
        fits
    }

    fn value(&mut self, depth: usize) -> Option<bool> {
        if depth > DEEPEST {
            return None;
        }
        match self.peek() {
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => Some(self.string().is_some()),
            b't' => Some(self.takes(b"true")),
            b'f' => Some(self.takes(b"false")),
            b'n' => Some(self.takes(b"null")),
            b'-' | b'0'..=b'9' => self.number(),
            _ => Some(false),
        }
    }

    fn object(&mut self, depth: usize) -> Option<bool> {
        self.at += 1;
        if self.takes(b"}") {
            return Some(true);
        }
        let mut before: Option<&'t [u8]> = None;
        loop {
            let Some(key) = self.string() else { return Some(false) };
            if !key.is_ascii() || key.contains(&b'\\') {
                return None;
            }
            if before.is_some_and(|before| before >= key) || !self.takes(b":") {
                return Some(false);
            }
            before = Some(key);
            if !self.value(depth + 1)? {
                return Some(false);
            }
            if !self.takes(b",") {
                return Some(self.takes(b"}"));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<bool> {
        self.at += 1;
        if self.takes(b"]") {
            return Some(true);
        }
        loop {
            if !self.value(depth + 1)? {
                return Some(false);
            }
            if !self.takes(b",") {
                return Some(self.takes(b"]"));
            }
        }
    }

    /// The inside of a string whose escapes are the canonical ones.
    fn string(&mut self) -> Option<&'t [u8]> {
        if !self.takes(b"\"") {
            return None;
        }
        let begin = self.at;
        loop {
            match self.peek() {
                b'"' => break,
                b'\\' => self.escape()?,
                0..0x20 => return None,
                _ => self.at += 1,
            }
        }
        let inside = &self.text[begin..self.at];
        self.at += 1;
        (inside.is_ascii() || std::str::from_utf8(inside).is_ok()).then_some(inside)
    }

    fn escape(&mut self) -> Option<()> {
        let rest = &self.text[self.at + 1..];
        match rest {
            [b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't', ..] => self.at += 2,
            [b'u', b'0', b'0', high @ (b'0' | b'1'), low @ (b'0'..=b'9' | b'a'..=b'f'), ..] => {
                let has_own_letter = *high == b'0' && matches!(low, b'8' | b'9' | b'a' | b'c' | b'd');
                if has_own_letter {
                    return None;
                }
                self.at += 6;
            }
            _ => return None,
        }
        Some(())
    }

    fn number(&mut self) -> Option<bool> {
        let begin = self.at;
        self.takes(b"-");
        let digits = self.at;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        let length = self.at - digits;
        let plain = length > 0 && length <= 15 && !matches!(self.peek(), b'.' | b'e' | b'E');
        let leading = self.text[digits..].first() == Some(&b'0') && (length > 1 || digits > begin);
        if plain && !leading { Some(true) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::{again, is_canonical};

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "\\PC*|[\\x00-\\x20\"\\\\/é\u{10ffff}]*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map("[a-z_é]{0,4}", inner, 0..6).prop_map(|map| map.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn agrees_with_canonicalizing(value in json(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let canonical = serde_json_canonicalizer::to_vec(&value).unwrap();
            prop_assert!(is_canonical(&canonical));
            prop_assert_eq!(is_canonical(value.to_string().as_bytes()), again(value.to_string().as_bytes()));
            let mut changed = canonical;
            let at = at.index(changed.len());
            changed[at] = byte;
            prop_assert_eq!(is_canonical(&changed), again(&changed));
        }

        #[test]
        fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            prop_assert_eq!(is_canonical(&bytes), again(&bytes));
        }
    }

    #[test]
    fn what_is_not_canonical() {
        let texts = [
            r#"{"b":1,"a":2}"#,
            r#"{"a": 1}"#,
            "\"\\u0041\"",
            "\"\\u000a\"",
            "\"\\u001F\"",
            "\"\\/\"",
            "\"\u{1}\"",
            "01",
            "-0",
            "1.0",
            "[1,]",
            "{}x",
            "",
        ];
        for text in texts {
            assert!(!is_canonical(text.as_bytes()), "{text}");
        }
        for text in [r#"{"a":[],"b":{}}"#, "\"\\u001f\\n\"", "1.5", "-1", "null"] {
            assert!(is_canonical(text.as_bytes()), "{text}");
        }
    }
}
