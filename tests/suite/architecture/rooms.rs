//! Small rooms and clean ones: lengths of files and functions, the module doc, unfinished words, `unwrap`.

use super::source::{Function, Source};
use super::{Breach, TextFile, is_rust};

const FILE_LINES: usize = 350;
const TEMPLATE_LINES: usize = 120;
const FUNCTION_LINES: usize = 40;
const HANDLER_LINES: usize = 25;
const MAIN_LINES: usize = 59;

/// Words that announce work left undone. Spelled in halves, so that this file does not announce any.
const UNFINISHED: [&str; 5] =
    [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), "unimplemented", concat!("to", "do!")];

pub fn file_lengths(files: &[TextFile]) -> Vec<Breach> {
    let too_long = files.iter().filter_map(|file| {
        let budget = match file.path.as_str() {
            "src/main.rs" => MAIN_LINES,
            path if path.starts_with("templates/") => TEMPLATE_LINES,
            path if is_rust(path) || path.starts_with("static/") => FILE_LINES,
            _ => return None,
        };
        let lines = file.text.lines().count();
        let message = format!("{lines} lines, {budget} at most: split it by what it is about");
        (lines > budget).then(|| Breach::at(&file.path, budget + 1, &message))
    });
    too_long.collect()
}

pub fn function_lengths(sources: &[Source]) -> Vec<Breach> {
    let too_long = |source: &Source, function: &Function| {
        let (what, budget) =
            if is_handler(source, function) { ("handler", HANDLER_LINES) } else { ("function", FUNCTION_LINES) };
        let message = format!("{what} `{}` has {} lines, {budget} at most", function.name, function.lines);
        (function.lines > budget).then(|| Breach::new(&source.path, function.line, &message))
    };
    let each = sources
        .iter()
        .flat_map(|source| source.functions().into_iter().filter_map(move |function| too_long(source, &function)));
    each.collect()
}

/// In pages and api, whatever answers a request: it is async, or returns something that is plainly an answer.
fn is_handler(source: &Source, function: &Function) -> bool {
    let answers = |word: &String| word.ends_with("Response") || word == "Html" || word == "Redirect";
    let returned = function.signature.iter().skip_while(|word| *word != ">");
    (source.has_role("pages") || source.has_role("api")) && (function.is_async || returned.into_iter().any(answers))
}

pub fn module_docs(sources: &[Source]) -> Vec<Breach> {
    let undocumented = sources.iter().filter(|source| !source.text.starts_with("//!"));
    undocumented
        .map(|source| Breach::new(&source.path, 1, "begins without a module doc (`//!`: why it exists)"))
        .collect()
}

pub fn unwraps(sources: &[Source]) -> Vec<Breach> {
    let each = sources.iter().flat_map(|source| {
        let calls = source.words.windows(4).filter(|four| {
            four[0].text == "." && four[1].text == "unwrap" && four[2].text == "(" && four[3].text == ")"
        });
        calls.map(|call| {
            Breach::new(&source.path, call[1].line, "`.unwrap()`: return the failure, or `expect` with the reason")
        })
    });
    each.collect()
}

pub fn unfinished(files: &[TextFile]) -> Vec<Breach> {
    let shipped = files.iter().filter(|file| !file.path.starts_with("tests/"));
    let each = shipped.flat_map(|file| {
        file.text.lines().enumerate().filter_map(|(number, line)| {
            let word = UNFINISHED.iter().find(|word| has_word(line, word))?;
            Some(Breach::at(&file.path, number + 1, &format!("`{word}`: nothing is left for later")))
        })
    });
    each.collect()
}

fn has_word(line: &str, word: &str) -> bool {
    let part_of_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = (line[..at].chars().next_back(), line[at + word.len()..].chars().next());
        !part_of_word(before) && (word.ends_with('!') || !part_of_word(after))
    })
}
