//! All verdicts about a part, a page at a time: of every check or of one, of every outcome or of one.
//!
//! Invariant: the same verdicts the part's status was folded from, in the same order; the address says which of them.

use askama::Template;
use axum::extract::State;

use super::judged::{Row, row};
use crate::checks::{Outcome, Verdict};
use crate::frameworks::{Requirement, catalogs};
use crate::posture::verdicts;
use crate::web::extract::{Asking, Named};
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

/// Rows of a page.
const ROWS: usize = 100;

/// An outcome or a check to choose, with how many verdicts it has.
struct Choice {
    label: String,
    href: String,
    count: usize,
    current: bool,
}

/// A verdict with the check that gave it.
struct Line {
    code: &'static str,
    sentence: &'static str,
    row: Row,
}

#[derive(Template)]
#[template(path = "posture/all_verdicts.html")]
struct VerdictsPage {
    shell: Shell,
    part: &'static Requirement,
    href: String,
    checks: Vec<Choice>,
    outcomes: Vec<Choice>,
    lines: Vec<Line>,
    from: usize,
    until: usize,
    total: usize,
    first: Option<String>,
    next: Option<String>,
}

/// What an address asks for.
struct Wanted {
    check: String,
    outcome: Option<Outcome>,
    from: usize,
}

impl Wanted {
    fn of(asking: &Asking) -> Answer<Self> {
        let known = ["check", "outcome", "from", "as_of"];
        if let Some((name, value)) = asking.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            return Err(Failure::field(name, value, "not a filter of this list"));
        }
        let (outcome, from) = (asking.text("outcome"), asking.text("from"));
        let outcome = Some(outcome).filter(|text| !text.is_empty()).map(Outcome::parse).transpose();
        let outcome = outcome.map_err(|problem| Failure::field("outcome", asking.text("outcome"), problem))?;
        let start = if from.is_empty() { Ok(0) } else { from.parse() };
        let from = start.map_err(|_| Failure::field("from", from, "not a row's number"))?;
        Ok(Self { check: asking.text("check").to_owned(), outcome, from })
    }

    fn fits(&self, verdict: &Verdict) -> bool {
        self.of_check(verdict) && self.outcome.is_none_or(|outcome| outcome == verdict.outcome)
    }

    fn of_check(&self, verdict: &Verdict) -> bool {
        self.check.is_empty() || verdict.check.code == self.check
    }
}

pub async fn list(State(app): State<App>, caller: Caller, Named(id): Named, asking: Asking) -> Answer {
    let part = catalogs().requirement(&id).ok_or(Failure::NotFound)?;
    let wanted = Wanted::of(&asking)?;
    let mut at = caller.snapshot(&app).await?;
    let known = super::known(&app, &mut at).await?;
    let found = verdicts::of_part(&known.judged, &part.id);
    page::show(&page_of(&caller, part, &wanted, found)?)
}

fn page_of(caller: &Caller, part: &'static Requirement, wanted: &Wanted, every: Vec<Verdict>) -> Answer<VerdictsPage> {
    let slug = &caller.serving()?.slug;
    let mut shell = Shell::of(caller, Place::Controls, format!("Verdicts about {}", part.id));
    let (query, base) = (shell.query(), format!("{}/verdicts", links::requirement(slug, &part.id)));
    shell.now_href.clone_from(&base);
    let as_of = shell.as_of.as_ref().map_or(String::new(), |(_, at)| at.clone());
    let link = |check: &str, outcome: &str, from: usize| {
        let from = if from == 0 { String::new() } else { from.to_string() };
        let pairs = [("check", check), ("outcome", outcome), ("from", from.as_str()), ("as_of", as_of.as_str())];
        format!("{base}{}", links::query(pairs))
    };
    let word = wanted.outcome.map_or("", Outcome::word);
    let (checks, outcomes) = (checks(&every, wanted, &link), outcomes(&every, wanted, &link));
    let all: Vec<Verdict> = every.into_iter().filter(|verdict| wanted.fits(verdict)).collect();
    let total = all.len();
    let line = |verdict: Verdict| Line {
        code: verdict.check.code,
        sentence: verdict.check.sentence,
        row: row(verdict, slug, &query),
    };
    let lines: Vec<Line> = all.into_iter().skip(wanted.from).take(ROWS).map(line).collect();
    let until = wanted.from + lines.len();
    Ok(VerdictsPage {
        href: format!("{}{query}", links::requirement(slug, &part.id)),
        first: (wanted.from > 0).then(|| link(&wanted.check, word, 0)),
        next: (until < total).then(|| link(&wanted.check, word, until)),
        from: wanted.from,
        shell,
        part,
        checks,
        outcomes,
        lines,
        until,
        total,
    })
}

/// The address of this list with another check, outcome, or first row.
type Link<'l> = dyn Fn(&str, &str, usize) -> String + 'l;

fn checks(every: &[Verdict], wanted: &Wanted, link: &Link<'_>) -> Vec<Choice> {
    let mut codes: Vec<&str> = every.iter().map(|verdict| verdict.check.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let choice = |code: &str| Choice {
        label: if code.is_empty() { "Every check".to_owned() } else { code.to_owned() },
        href: link(code, "", 0),
        count: every.iter().filter(|verdict| code.is_empty() || verdict.check.code == code).count(),
        current: wanted.check == code,
    };
    [""].into_iter().chain(codes).map(choice).collect()
}

fn outcomes(every: &[Verdict], wanted: &Wanted, link: &Link<'_>) -> Vec<Choice> {
    let of_check: Vec<&Verdict> = every.iter().filter(|verdict| wanted.of_check(verdict)).collect();
    let choice = |outcome: Option<Outcome>| Choice {
        label: outcome.map_or("Every outcome", Outcome::label).to_owned(),
        href: link(&wanted.check, outcome.map_or("", Outcome::word), 0),
        count: of_check.iter().filter(|verdict| outcome.is_none_or(|one| one == verdict.outcome)).count(),
        current: wanted.outcome == outcome,
    };
    let each = Outcome::ALL.iter().map(|outcome| choice(Some(*outcome)));
    [choice(None)].into_iter().chain(each).filter(|choice| choice.count > 0 || choice.current).collect()
}
