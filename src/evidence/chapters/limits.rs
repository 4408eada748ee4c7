//! `99_LIMITS.md`: what is missing, indeterminate or out of date, stated plainly.
//!
//! Invariant: the numbers are those of the readiness page (`evidence::readiness`); never empty without saying why.

use std::fmt::Write;

use super::tabs::{TABS, WITHOUT_RECORDS};
use crate::evidence::dossier::{Dossier, Part};
use crate::evidence::leaving_open::inventory;
use crate::evidence::readiness::{Numbers, State};
use crate::evidence::words::verdict;
use crate::seal::{Spool, Unsealable};

const PATH: &str = "99_LIMITS.md";

/// Writes the limits.
pub fn write(dossier: &Dossier, spool: &mut Spool) -> Result<(), Unsealable> {
    let mut text = String::new();
    head(&mut text, dossier);
    for state in [State::Missing, State::Indeterminate, State::Stale] {
        parts(&mut text, dossier, state);
    }
    let open = inventory(&dossier.judged.facts, dossier.day());
    let _ = writeln!(text, "\n## What inventory, boundary and access leave open\n");
    if open.iter().all(|(number, _)| *number == 0) {
        let _ = writeln!(text, "- Nothing of what is counted here: each of these was looked for and none was found.");
    }
    for (number, words) in open {
        let _ = writeln!(text, "- {number} {words}");
    }
    spans(&mut text, dossier);
    nature(&mut text, dossier);
    spool.put(PATH, text.as_bytes())
}

fn head(text: &mut String, dossier: &Dossier) {
    let numbers = Numbers::of(dossier.parts.iter().map(|part| &part.readiness));
    let _ = writeln!(
        text,
        "# Limits of this package\n\nBES Cyber System Information. {} at {}, journal size {}.\nScope: {}. Judged from {} to {}.\n\n{}.",
        line(&dossier.profile.name),
        dossier.instant.rfc3339(),
        dossier.tree_size,
        line(&dossier.order.scope.told()),
        dossier.days.from,
        dossier.days.to,
        numbers.told()
    );
    if numbers.all() == numbers.ready {
        let _ = writeln!(
            text,
            "\nNo part in scope lacks an answer: evidence, narrative and judgment of each are recorded."
        );
    }
}

/// The parts in a state, each with everything it lacks.
fn parts(text: &mut String, dossier: &Dossier, state: State) {
    let found: Vec<&Part> = dossier.parts.iter().filter(|part| part.readiness.state == state).collect();
    if found.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n## {}: {}\n", state.label(), crate::evidence::words::several(found.len(), "part"));
    for part in found {
        let _ = writeln!(
            text,
            "- **{}** {}: {}",
            part.id(),
            line(&part.requirement().title),
            line(&verdict(&part.standing))
        );
        for lack in &part.readiness.lacks {
            let whose = if lack.whose.is_empty() { "nobody: no control names an owner" } else { &lack.whose };
            let (what, whose, mend) = (line(&lack.what), line(whose), lack.mend.told());
            let _ = writeln!(text, "  - {}: {what}. Whose: {whose}. To mend it: {mend}.", lack.state.label());
        }
    }
}

/// Versions of standards that changed within the period, and how each is answered.
fn spans(text: &mut String, dossier: &Dossier) {
    let all = dossier.days;
    let partial: Vec<_> =
        dossier.standards().into_iter().filter(|(_, parts)| parts.iter().any(|part| part.scoped.span != all)).collect();
    if partial.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n## Versions that changed within the period\n");
    for (standard, parts) in partial {
        let span = parts.first().map_or(all, |part| part.scoped.span);
        let from = standard.effective.map_or_else(String::new, |day| format!(" from {day}"));
        let to = standard.inactive.map_or_else(String::new, |day| format!(" to {day}"));
        let _ = writeln!(text, "- {} answers for {span}; in force{from}{to}.", standard.id);
    }
}

/// What a package of this Glance cannot say.
fn nature(text: &mut String, dossier: &Dossier) {
    let _ = writeln!(text, "\n## What this package does not hold\n");
    let empty: Vec<&str> = TABS.iter().filter(|tab| !tab.is_written(dossier)).map(|tab| tab.name).collect();
    if !empty.is_empty() {
        let _ = writeln!(text, "- Tabs with no record at this instant: {}.", empty.join(", "));
    }
    let _ =
        writeln!(text, "- Tabs whose records this version of Glance does not keep: {}.", WITHOUT_RECORDS.join(", "));
    if dossier.order.period.to > dossier.days.to {
        let _ = writeln!(
            text,
            "- The period asked for ends on {}; the record ends on {}, and nothing is said of the days between.",
            dossier.order.period.to, dossier.days.to
        );
    }
    if let Some(since) = dossier.judged.beside.recorded_since.filter(|since| *since > dossier.days.from) {
        let _ = writeln!(text, "- Nothing is recorded before {since}: states before that day are indeterminate.");
    }
    for limit in [
        "Samples are drawn by the audit team; none is held here.",
        "State is judged up to the effective instant, also where the period ends before it.",
        "ERC is declared with a reason, not computed from conduits.",
        "Of a gateway it is judged when it told of its sessions last; that it was silent before, and told again, is no gap of the period (GL-RA-09-M). When each word came stands in the list of imports.",
        "The Personnel tab tells of people what auditors ask; what stands behind each row, with its notes, is disclosed in the history.",
        "Request ids and the columns of the tabs are template defaults; map them to the region's workbook by name.",
        "Business dates may precede their recording; the history says when each was recorded.",
        "A requirement's text is told in Glance's words; the standard itself governs.",
        "In 06_oscal, system security plan and assessment plan are minimal, made so that the results can import them; an observation names 100 records at most and counts the others.",
    ] {
        let _ = writeln!(text, "- {limit}");
    }
}

/// A text as one line of Markdown that says only what it says.
fn line(text: &str) -> String {
    let one = text.split_whitespace().collect::<Vec<_>>().join(" ");
    one.chars().fold(String::with_capacity(one.len()), |mut out, c| {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|') {
            out.push('\\');
        }
        out.push(c);
        out
    })
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn texts_stay_texts() {
        assert_eq!(line("a\n# b <script> [x](y)"), "a \\# b \\<script\\> \\[x\\](y)");
    }
}
