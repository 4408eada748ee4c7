//! What the strict content security policy and the escaping of askama rest on: templates with no inline script or style
//! and no way around escaping.

use super::{Breach, TextFile};

const BAD_FILTERS: [&str; 3] = ["|safe", "|escape(\"none\")", "|e(\"none\")"];

pub fn breaches(files: &[TextFile]) -> Vec<Breach> {
    files.iter().filter(|file| file.path.starts_with("templates/")).flat_map(in_template).collect()
}

fn in_template(file: &TextFile) -> Vec<Breach> {
    let (markup, code) = split(&file.text);
    let line_of = |at: usize| file.text.chars().take(at).filter(|&c| c == '\n').count() + 1;
    let report = |at: usize, message: &str| Breach::at(&file.path, line_of(at), message);
    let mut found = Vec::new();
    for (at, expression) in code {
        let tight: String = expression.chars().filter(|c| !c.is_whitespace()).collect();
        let opens =
            |filter: &&&str| tight.match_indices(**filter).any(|(start, _)| ends_word(&tight, start + filter.len()));
        if let Some(filter) = BAD_FILTERS.iter().find(opens) {
            found.push(report(at, &format!("`{filter}` turns escaping off")));
        }
        if tight.contains("autoescape") && (tight.contains("false") || tight.contains("none")) {
            found.push(report(at, "turns escaping off for a block"));
        }
    }
    for tag in tags(&markup) {
        found.extend(tag.complaints(&markup).into_iter().map(|message| report(tag.at, &message)));
    }
    found
}

fn ends_word(text: &str, at: usize) -> bool {
    !text[at..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// The template as markup with askama's delimiters and what they hold blanked, and those pieces with where they begin.
fn split(text: &str) -> (Vec<char>, Vec<(usize, String)>) {
    let mut markup: Vec<char> = text.chars().collect();
    let mut code = Vec::new();
    let mut at = 0;
    while at + 1 < markup.len() {
        let close = match (markup[at], markup[at + 1]) {
            ('{', '{') => ['}', '}'],
            ('{', '%') => ['%', '}'],
            ('{', '#') => ['#', '}'],
            _ => {
                at += 1;
                continue;
            }
        };
        let end = markup[at + 2..].windows(2).position(|two| two == close).map_or(markup.len(), |n| at + n + 4);
        if close[0] != '#' {
            code.push((at, markup[at..end].iter().collect()));
        }
        // A letter, not a space: `id="x{{ n }}"` and `<a {{ y }}>` both stay well formed.
        markup[at..end].iter_mut().filter(|c| **c != '\n').for_each(|c| *c = 'x');
        at = end;
    }
    (markup, code)
}

struct Tag {
    at: usize,
    end: usize,
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn complaints(&self, markup: &[char]) -> Vec<String> {
        let mut found = Vec::new();
        for (name, value) in &self.attributes {
            if name == "style" {
                found.push("`style=`: a class in the slice's style sheet instead".to_owned());
            }
            if name.len() > 2 && name.starts_with("on") && name.chars().all(|c| c.is_ascii_alphabetic()) {
                found.push(format!("`{name}=`: listen in a module under static/ instead"));
            }
            if value.trim_start().to_lowercase().starts_with("javascript:") {
                found.push(format!("`{name}` holds a javascript: address"));
            }
        }
        if self.name == "style" {
            found.push("`<style>`: a style sheet under static/ instead".to_owned());
        }
        if self.name == "script" {
            let body: String = markup[self.end..].iter().take_while(|&&c| c != '<').collect();
            if !body.trim().is_empty() || !self.attributes.iter().any(|(name, _)| name == "src") {
                found.push("`<script>` with a body or without `src`: a module under static/ instead".to_owned());
            }
        }
        found
    }
}

fn tags(markup: &[char]) -> Vec<Tag> {
    let begins = |at: &usize| markup[*at] == '<' && markup.get(at + 1).is_some_and(char::is_ascii_alphabetic);
    (0..markup.len()).filter(begins).map(|at| tag(markup, at)).collect()
}

fn tag(markup: &[char], at: usize) -> Tag {
    let take = |from: usize, stop: &dyn Fn(char) -> bool| {
        markup[from.min(markup.len())..].iter().take_while(|&&c| !stop(c)).collect::<String>()
    };
    let name = take(at + 1, &|c| c.is_whitespace() || matches!(c, '>' | '/'));
    let mut here = at + 1 + name.chars().count();
    let mut attributes = Vec::new();
    while here < markup.len() && markup[here] != '>' {
        if markup[here].is_whitespace() || matches!(markup[here], '/' | '=' | '"' | '\'') {
            here += 1;
            continue;
        }
        let key = take(here, &|c| c.is_whitespace() || matches!(c, '=' | '>' | '/'));
        here += key.chars().count();
        let gap = take(here, &|c| !c.is_whitespace()).len();
        let mut value = String::new();
        if markup.get(here + gap) == Some(&'=') {
            here += gap + 1;
            here += take(here, &|c| !c.is_whitespace()).len();
            let quote = markup.get(here).copied().filter(|c| matches!(c, '"' | '\''));
            value = match quote {
                Some(quote) => take(here + 1, &|c| c == quote),
                None => take(here, &|c| c.is_whitespace() || c == '>'),
            };
            here += value.chars().count() + if quote.is_some() { 2 } else { 0 };
        }
        attributes.push((key.to_lowercase(), value));
    }
    Tag { at, end: (here + 1).min(markup.len()), name: name.to_lowercase(), attributes }
}
