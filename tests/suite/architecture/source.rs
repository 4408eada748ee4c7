//! Reads Rust source as far as the house rules need it: words with their lines, the paths they name, function lengths.
//!
//! Comments and literals are blanked before anything is read, so a rule never trips over prose; items under
//! `#[cfg(test)]` are blanked too, so the rules speak about what ships.

use super::prose::blank_prose;
use std::collections::BTreeMap;

/// One identifier or punctuation character of the shipped code, with its line (from 1).
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    pub text: String,
    pub line: usize,
}

/// A path the code names, with local names resolved through the file's own `use` lines: `crate::assets::records`.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    pub segments: Vec<String>,
    pub line: usize,
}

impl Named {
    pub fn starts_with(&self, wanted: &[&str]) -> bool {
        self.segments.len() >= wanted.len() && self.segments.iter().zip(wanted).all(|(a, b)| a == b)
    }
}

/// A function with a body: `lines` counts from the line of `fn` to the closing brace, both included.
#[derive(Debug)]
pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
    pub signature: Vec<String>,
    pub is_async: bool,
}

/// One file of `src/`, read. `path` is relative to `src/` and uses `/`.
pub struct Source {
    pub path: String,
    pub text: String,
    pub words: Vec<Word>,
    pub named: Vec<Named>,
    /// Module paths (as path prefixes without `.rs`) that this file declares under `#[cfg(test)]`.
    pub test_modules: Vec<String>,
}

impl Source {
    pub fn read(path: &str, text: &str) -> Self {
        let module = module_of(path);
        let mut words = words(&blank_prose(text));
        let test_modules = drop_tests(&mut words, &module.join("/"));
        let named = resolve(&paths(&words), &module, path == "main.rs");
        Self { path: path.to_owned(), text: text.to_owned(), words, named, test_modules }
    }

    /// The folder or single file directly under `src/` that this file belongs to.
    pub fn part(&self) -> &str {
        self.path.split('/').next().map_or("", |first| first.trim_end_matches(".rs"))
    }

    /// Whether the file is `name.rs` or lies in a folder `name`, below the first level.
    pub fn has_role(&self, name: &str) -> bool {
        self.path.split('/').skip(1).any(|step| step.trim_end_matches(".rs") == name)
    }

    pub fn functions(&self) -> Vec<Function> {
        let starts = self.words.windows(2).enumerate();
        starts
            .filter(|(_, pair)| pair[0].text == "fn" && is_name(&pair[1].text))
            .filter_map(|(start, _)| function_at(&self.words, start))
            .collect()
    }
}

/// `assets/records.rs` is module `assets::records`; `assets/mod.rs` is `assets`; `lib.rs` is the crate.
fn module_of(path: &str) -> Vec<String> {
    let mut steps: Vec<String> = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    let is_root = path == "lib.rs" || path == "main.rs";
    if is_root || steps.last().is_some_and(|last| last == "mod") {
        steps.pop();
    }
    steps
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn words(code: &str) -> Vec<Word> {
    let mut found: Vec<Word> = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let mut rest = line;
        while let Some(first) = rest.chars().next() {
            let is_word = first.is_alphanumeric() || first == '_';
            let length = if is_word {
                rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            if !first.is_whitespace() {
                found.push(Word { text: rest[..length].to_owned(), line: number + 1 });
            }
            rest = &rest[length..];
        }
    }
    found
}

/// Removes every item under `#[cfg(test)]`, and tells which modules in other files it declares.
fn drop_tests(words: &mut Vec<Word>, module: &str) -> Vec<String> {
    let mut declared = Vec::new();
    while let Some(start) = words.windows(7).position(|w| texts(w) == ["#", "[", "cfg", "(", "test", ")", "]"]) {
        let Some(end) = item_end(words, start + 7) else {
            break;
        };
        let item = &words[start + 7..end];
        if let [.., keyword, name, semicolon] = item
            && keyword.text == "mod"
            && semicolon.text == ";"
        {
            declared.push(format!("{module}/{}", name.text).trim_start_matches('/').to_owned());
        }
        words.drain(start..end);
    }
    declared
}

fn texts(words: &[Word]) -> Vec<&str> {
    words.iter().map(|word| word.text.as_str()).collect()
}

/// One past the end of the item that starts at `start`: its `;`, or the brace that closes its first `{`.
fn item_end(words: &[Word], start: usize) -> Option<usize> {
    let (mut round, mut curly) = (0_i32, 0_i32);
    for (at, word) in words.iter().enumerate().skip(start) {
        match word.text.as_str() {
            "(" | "[" => round += 1,
            ")" | "]" => round -= 1,
            "{" => curly += 1,
            "}" => curly -= 1,
            _ => {}
        }
        let closed = word.text == "}" && curly == 0 && round == 0;
        if curly < 0 || (word.text == ";" && curly == 0 && round == 0) || closed {
            // `use a::{b, c};` closes its braces before its end.
            let trailing = usize::from(closed && words.get(at + 1).is_some_and(|next| next.text == ";"));
            return Some(at + 1 + trailing);
        }
    }
    None
}

fn function_at(words: &[Word], start: usize) -> Option<Function> {
    let mut round = 0_i32;
    let open = words.iter().enumerate().skip(start).find_map(|(at, word)| {
        match word.text.as_str() {
            "(" | "[" => round += 1,
            ")" | "]" => round -= 1,
            _ => {}
        }
        (round == 0 && matches!(word.text.as_str(), "{" | ";")).then_some(at)
    })?;
    if words[open].text == ";" {
        return None;
    }
    let close = item_end(words, open)? - 1;
    let close = if words[close].text == ";" { close - 1 } else { close };
    let before = &words[start.saturating_sub(3)..start];
    Some(Function {
        name: words[start + 1].text.clone(),
        line: words[start].line,
        lines: words[close].line - words[start].line + 1,
        signature: words[start..open].iter().map(|word| word.text.clone()).collect(),
        is_async: before.iter().any(|word| word.text == "async"),
    })
}

/// Every path in the words; those of `use` trees are spelled out one by one, with the name they are bound to.
fn paths(words: &[Word]) -> Vec<(Named, Option<String>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let after = words.get(at + 1).map_or("", |next| next.text.as_str());
        if words[at].text == "use" && after != "<" {
            at += 1;
            use_tree(words, &mut at, &[], &mut found);
        } else if is_name(&words[at].text) {
            let line = words[at].line;
            let mut segments = vec![words[at].text.clone()];
            while words.get(at + 1).is_some_and(|word| word.text == "::")
                && words.get(at + 2).is_some_and(|word| is_name(&word.text))
            {
                segments.push(words[at + 2].text.clone());
                at += 2;
            }
            if segments.len() > 1 {
                found.push((Named { segments, line }, None));
            }
            at += 1;
        } else {
            at += 1;
        }
    }
    found
}

/// Reads one branch of a `use` tree at `at`, and leaves `at` on the `,`, `}` or `;` that ends it.
fn use_tree(words: &[Word], at: &mut usize, prefix: &[String], found: &mut Vec<(Named, Option<String>)>) {
    let mut segments = prefix.to_vec();
    let mut bound = None;
    let mut group = false;
    let line = words.get(*at).map_or(0, |word| word.line);
    while let Some(word) = words.get(*at) {
        match word.text.as_str() {
            "," | "}" | ";" => break,
            "::" => {}
            "as" => {
                *at += 1;
                bound = words.get(*at).map(|name| name.text.clone());
            }
            "{" => {
                group = true;
                while words.get(*at).is_some_and(|word| word.text == "{" || word.text == ",") {
                    *at += 1;
                    use_tree(words, at, &segments, found);
                }
            }
            name => segments.push(name.to_owned()),
        }
        *at += 1;
    }
    if !group && segments.len() > prefix.len() {
        if segments.last().is_some_and(|last| last == "self") {
            segments.pop();
        }
        let bound = bound.or_else(|| segments.last().cloned());
        found.push((Named { segments, line }, bound));
    }
}

/// Turns `self`, `super`, the binary's own `glance` and names bound by `use` into paths from `crate` or a foreign crate.
fn resolve(found: &[(Named, Option<String>)], module: &[String], is_binary: bool) -> Vec<Named> {
    let absolute = |segments: &[String]| -> Vec<String> {
        let here = || std::iter::once("crate".to_owned()).chain(module.iter().cloned());
        match segments.first().map(String::as_str) {
            Some("self") => here().chain(segments[1..].iter().cloned()).collect(),
            Some("super") => {
                let up = segments.iter().take_while(|step| *step == "super").count();
                let kept = (module.len() + 1).saturating_sub(up).max(1);
                here().take(kept).chain(segments[up..].iter().cloned()).collect()
            }
            Some("glance") if is_binary => {
                std::iter::once("crate".to_owned()).chain(segments[1..].iter().cloned()).collect()
            }
            _ => segments.to_vec(),
        }
    };
    let local: BTreeMap<&str, Vec<String>> =
        found.iter().filter_map(|(named, bound)| Some((bound.as_deref()?, absolute(&named.segments)))).collect();
    let resolved = found.iter().map(|(named, bound)| {
        let first = named.segments.first().map_or("", String::as_str);
        let segments = match local.get(first) {
            Some(whole) if bound.is_none() => {
                whole.iter().cloned().chain(named.segments[1..].iter().cloned()).collect()
            }
            _ => absolute(&named.segments),
        };
        Named { segments, line: named.line }
    });
    resolved.collect()
}
