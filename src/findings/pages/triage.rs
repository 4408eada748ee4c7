//! Triage of many findings at once: choose, confirm with the count, and say what became of each.
//!
//! Invariant: each finding is judged by itself; one refusal never hides in a success.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;

use super::who;
use crate::checks::Severity;
use crate::findings::rules::{Step, Who};
use crate::findings::{Finding, acting};
use crate::ids::{FindingId, Id as _};
use crate::register::{Draft, Lookup, Problem, field, records};
use crate::storage::Change;
use crate::web::extract::Filled;
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

/// Most findings at once.
const MOST: usize = 2_000;

/// What became of one finding.
struct Report {
    label: String,
    href: String,
    said: String,
    done: bool,
}

#[derive(Template)]
#[template(path = "findings/triage.html")]
struct TriagePage {
    shell: Shell,
    ids: Vec<String>,
    texts: BTreeMap<String, String>,
    problems: Vec<Problem>,
    people: Vec<String>,
    severities: &'static [Severity],
    base: String,
    reports: Vec<Report>,
    done: usize,
    asking: bool,
}

impl TriagePage {
    fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }
}

pub async fn triage(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let ids: Vec<String> = field::split(&filled.take("ids")).map(str::to_owned).collect();
    if ids.is_empty() || ids.len() > MOST {
        return Err(Failure::field("ids", &ids.len().to_string(), format!("select 1 to {MOST} rows")));
    }
    let confirmed = filled.take("confirmed") == "yes";
    let mut change = caller.change(&app).await?;
    let lookup = records::linked::<Finding>(change.reading().await?).await?;
    let mut view = page_of(&caller, ids, filled.0, &lookup)?;
    if confirmed {
        let wanted = wanted(&view, &lookup);
        match wanted {
            Ok(wanted) => {
                view.reports = each(&mut change, &view, &wanted, &who(&caller)).await?;
                view.done = view.reports.iter().filter(|report| report.done).count();
                view.asking = false;
                change.commit().await?;
            }
            Err(problems) => view.problems = problems,
        }
    }
    page::show(&view)
}

fn page_of(caller: &Caller, ids: Vec<String>, texts: BTreeMap<String, String>, lookup: &Lookup) -> Answer<TriagePage> {
    Ok(TriagePage {
        shell: Shell::of(caller, Place::Findings, "Triage"),
        ids,
        texts,
        problems: Vec::new(),
        people: lookup.references_of(records::MEMBER).into_iter().map(str::to_owned).collect(),
        severities: Severity::ALL,
        base: links::place(&caller.serving()?.slug, "findings"),
        reports: Vec::new(),
        done: 0,
        asking: true,
    })
}

/// What was typed for all of them: an empty field leaves each finding's own.
struct Wanted {
    texts: BTreeMap<String, String>,
    reason: String,
    step: Option<Step>,
}

fn wanted(view: &TriagePage, lookup: &Lookup) -> Result<Wanted, Vec<Problem>> {
    let mut drafted = Draft::default();
    let reason = field::line(view.text("reason"), 500).unwrap_or_else(|problem| {
        drafted.refuse("reason", view.text("reason"), problem);
        String::new()
    });
    // Judged once with a severity at hand, so that a slip is told before any finding is touched.
    let mut texts = view.texts.clone();
    texts.retain(|_, text| !text.trim().is_empty());
    let mut whole = texts.clone();
    whole.entry("severity".to_owned()).or_insert_with(|| "low".to_owned());
    let step = super::stepping::triage(&whole, lookup, &mut drafted);
    if drafted.is_good() { Ok(Wanted { texts, reason, step }) } else { Err(drafted.problems) }
}

async fn each(change: &mut Change, view: &TriagePage, wanted: &Wanted, by: &Who) -> Answer<Vec<Report>> {
    let mut reports = Vec::new();
    for text in &view.ids {
        reports.push(one(change, &view.base, text, wanted, by).await?);
    }
    Ok(reports)
}

/// What became of one finding.
async fn one(change: &mut Change, base: &str, id: &str, wanted: &Wanted, by: &Who) -> Answer<Report> {
    let found = match FindingId::parse(id) {
        Some(id) => change.reading().await?.find::<Finding>(id).await?,
        None => None,
    };
    let report =
        |label: &str, href, said: &str, done| Report { label: label.to_owned(), href, said: said.to_owned(), done };
    let Some(kept) = found else { return Ok(report(id, String::new(), "does not exist", false)) };
    let label = kept.reference.as_str();
    let href = format!("{base}/{}", kept.id);
    let Some(step) = of_one(&kept, wanted) else {
        return Ok(report(label, href, "it has no severity; choose one", false));
    };
    Ok(match acting::take(change, &kept, &step, by, &wanted.reason).await? {
        Ok(version) if version == kept.version => report(label, href, "unchanged", false),
        Ok(_) => report(label, href, "triaged", true),
        Err(refusal) => report(label, href, &refusal.problem, false),
    })
}

/// The step for one finding: what was typed, else what it has.
fn of_one(finding: &Finding, wanted: &Wanted) -> Option<Step> {
    let Some(Step::Triage { severity, owner, due, .. }) = &wanted.step else { return None };
    let typed = |name: &str| wanted.texts.contains_key(name);
    Some(Step::Triage {
        severity: if typed("severity") { *severity } else { finding.severity? },
        owner: if typed("owner") { owner.clone() } else { finding.owner.clone() },
        due: if typed("due") { *due } else { finding.due },
        extent: finding.extent.clone(),
    })
}
