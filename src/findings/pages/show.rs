//! One finding: what is wrong and why, the records it touches, what was done, which steps lead on, its whole history.
//!
//! Invariant: the steps offered are those the rules would let this reader take.

use askama::Template;
use axum::extract::State;

use super::{Kind, record_href};
use crate::artifacts::shown::{self, Evidence};
use crate::auth::Action;
use crate::checks::Subject;
use crate::findings::model::RemediationEntry;
use crate::findings::{Finding, State as Stage, records};
use crate::ids::FindingId;
use crate::register::pages::{Step, steps};
use crate::register::view::{self, Fact, Group};
use crate::register::{Lookup, Register, Row, people};
use crate::storage::Kept;
use crate::web::extract::{Asking, Id};
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

/// A step that leads on.
struct Lead {
    label: &'static str,
    href: String,
    main: bool,
}

struct RecordView {
    kind: String,
    reference: String,
    href: Option<String>,
}

/// An entry of the log, in words.
struct EntryView {
    at: String,
    by: String,
    done: String,
    place: String,
    minutes: Option<i64>,
    finished: bool,
    records: Vec<String>,
    /// Addresses of its files.
    files: Vec<String>,
}

#[derive(Template)]
#[template(path = "findings/show.html")]
struct ShowPage {
    shell: Shell,
    finding: Finding,
    mark: &'static str,
    severity: &'static str,
    severity_mark: &'static str,
    late: bool,
    leads: Vec<Lead>,
    exception: Option<String>,
    accepted: Option<(String, String)>,
    edit: Option<String>,
    records: Vec<RecordView>,
    rest: i64,
    log: Vec<EntryView>,
    groups: Vec<Group<Fact>>,
    steps: Vec<Step>,
    href: String,
    list_href: String,
    evidence: Option<Evidence>,
    /// The draft that was saved just now, for the browser to forget.
    saved: Option<String>,
}

pub async fn show(State(app): State<App>, caller: Caller, Id(id): Id<FindingId>, asking: Asking) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let kept = at.find::<Finding>(id).await?.ok_or(Failure::NotFound)?;
    let history = at.history::<Finding>(id).await?;
    let log = records::log(&mut at, id).await?;
    let accepted = match kept.accepted_under {
        Some(id) => at.find::<crate::exceptions::Exception>(id).await?.map(|one| (one.reference.to_string(), one.id)),
        None => None,
    };
    let names = people::names(&mut at, history.iter().map(|kept| kept.recorded_by.as_str())).await?;
    let lookup = Lookup::default().within(caller.time_zone());
    let steps = steps(&history, &lookup, &names);
    let mut shell = Shell::of(&caller, Place::Findings, format!("{} {}", kept.reference, kept.title));
    shell = shell.saying(asking.text("done"));
    let mut view = page_of(&caller, shell, kept, &log, steps)?;
    let slug = &caller.serving()?.slug;
    view.accepted = accepted.map(|(reference, id)| (reference, links::record(slug, "exceptions", id)));
    view.evidence = shown::evidence(&caller, &mut at, "finding", &id.to_string()).await?;
    view.saved = (asking.text("done") == "logged").then(|| super::remedy::draft_key(&caller, id));
    page::show(&view)
}

fn page_of(
    caller: &Caller,
    mut shell: Shell,
    kept: Kept<Finding>,
    log: &[Kept<RemediationEntry>],
    steps: Vec<Step>,
) -> Answer<ShowPage> {
    let (slug, as_of) = (&caller.serving()?.slug, shell.query());
    let href = links::record(slug, "findings", kept.id);
    shell.now_href.clone_from(&href);
    let lookup = Lookup::default().within(caller.time_zone());
    let row = Row { kept, derived: [None, None] };
    let finding = row.kept.content.clone();
    let waits = !finding.is_settled() && finding.state != Stage::Accepted;
    let severity = finding.severity.map_or(("", ""), |one| (one.word(), one.label()));
    Ok(ShowPage {
        mark: <Finding as Register>::mark("state", finding.state.word()),
        severity: severity.1,
        severity_mark: <Finding as Register>::mark("severity", severity.0),
        late: waits && finding.due.is_some_and(|due| due < caller.day()),
        leads: leads(caller, &finding, &href),
        exception: (waits && caller.may_now(Action::RequestException)).then(|| ask(slug, &finding)),
        accepted: None,
        edit: caller.may_now(Action::WorkFindings).then(|| format!("{href}/edit")),
        records: touched(&finding, slug, &as_of),
        rest: finding.records_beyond(finding.touched.len()),
        log: log.iter().map(|entry| entry_view(entry, caller, slug)).collect(),
        groups: view::facts(&row, &lookup, slug, &as_of),
        steps,
        list_href: format!("{}{as_of}", links::place(slug, "findings")),
        evidence: None,
        saved: None,
        finding,
        href,
        shell,
    })
}

/// The records a finding names.
fn touched(finding: &Finding, slug: &str, as_of: &str) -> Vec<RecordView> {
    let view = |one: &Subject| RecordView {
        kind: one.kind.clone(),
        reference: one.reference.clone(),
        href: record_href(slug, one, as_of),
    };
    finding.touched.iter().map(view).collect()
}

/// The steps that lead on from here for this reader.
fn leads(caller: &Caller, finding: &Finding, href: &str) -> Vec<Lead> {
    use Stage as S;
    let own = caller.user().is_ok_and(|user| finding.was_remediated_by(user));
    let still = finding.is_still_found();
    let fits = |kind: Kind| match kind {
        Kind::Triage | Kind::Start => matches!(finding.state, S::Open | S::Triaged),
        Kind::Attest => finding.state == S::Remediated && !own && caller.user().is_ok(),
        Kind::Close => matches!(finding.state, S::Open | S::Triaged | S::Verified) && !still,
        Kind::Accept => matches!(finding.state, S::Open | S::Triaged | S::InRemediation | S::Remediated),
        Kind::Reopen => matches!(finding.state, S::Verified | S::Closed | S::Accepted),
    };
    let lead = |label, path: &str, main| Lead { label, href: format!("{href}/{path}"), main };
    let mut leads: Vec<Lead> = Kind::ALL
        .iter()
        .filter(|kind| caller.may_now(kind.action()) && fits(**kind))
        .map(|kind| {
            lead(kind.label(), kind.word(), *kind == Kind::Attest || finding.state == S::Open && *kind == Kind::Triage)
        })
        .collect();
    let loggable = matches!(finding.state, S::Open | S::Triaged | S::InRemediation | S::Remediated);
    if loggable && caller.may_now(Action::WorkFindings) {
        leads.push(lead("Log what was done", "remediation", matches!(finding.state, S::Triaged | S::InRemediation)));
    }
    leads
}

/// The form that asks for an exception, filled in from the finding.
fn ask(slug: &str, finding: &Finding) -> String {
    let subjects: Vec<String> = finding.touched.iter().map(|one| format!("{}:{}", one.kind, one.reference)).collect();
    let query = links::query([
        ("title", finding.title.as_str()),
        ("requirements", &finding.requirements.join(";")),
        ("checks", &finding.check),
        ("subjects", &subjects.join(";")),
    ]);
    format!("{}/new{query}", links::place(slug, "exceptions"))
}

fn entry_view(entry: &Kept<RemediationEntry>, caller: &Caller, slug: &str) -> EntryView {
    let told = |touch: &crate::findings::model::Touch| {
        let set = if touch.set.is_empty() { String::new() } else { format!(" ({})", touch.set) };
        format!("{} {}{set}", touch.deed.label(), touch.record.reference)
    };
    EntryView {
        at: caller.told(entry.at),
        by: entry.name.clone(),
        done: entry.done.clone(),
        place: entry.place.clone(),
        minutes: entry.minutes,
        finished: entry.finished,
        records: entry.records.iter().map(told).collect(),
        files: entry.evidence.iter().map(|id| links::record(slug, "artifacts", id)).collect(),
    }
}
