//! The steps of a finding as forms: triage, start, attestation, closure, acceptance, reopening. Each is a resource.
//!
//! Invariant: a step names the version it was read at; when somebody else was first, both stand side by side and nothing is
//! written; when the rules refuse it, the form comes back with what was typed.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;

use super::who;
use crate::artifacts::Artifact;
use crate::auth::Action;
use crate::checks::Severity;
use crate::findings::rules::Step;
use crate::findings::{Finding, acting};
use crate::ids::{ArtifactId, FindingId};
use crate::register::pages::FormPage;
use crate::register::view::{Choice, FieldView, Group};
use crate::register::{Draft, Lookup, Member, field, records};
use crate::storage::{Audited, Change, Kept, Snapshot};
use crate::vocabulary::Date;
use crate::web::extract::{Filled, Id};
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

crate::words! {
    /// A step with a form of its own; the word stands in its address.
    Kind {
        Triage = "triage", "Triage";
        Start = "start", "Start work";
        Attest = "attestation", "Verify with evidence";
        Close = "closure", "Close";
        Accept = "acceptance", "Accept under an exception";
        Reopen = "reopening", "Reopen";
    }
}

impl Kind {
    /// What it takes.
    #[must_use]
    pub fn action(self) -> Action {
        if self == Kind::Attest { Action::VerifyFinding } else { Action::WorkFindings }
    }
}

/// What a form of a step says.
struct Typed {
    version: i64,
    reason: String,
    texts: BTreeMap<String, String>,
}

pub async fn form(kind: Kind, State(app): State<App>, caller: Caller, Id(id): Id<FindingId>) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let kept = at.find::<Finding>(id).await?.ok_or(Failure::NotFound)?;
    let typed = Typed { version: kept.version, reason: String::new(), texts: now(kind, &kept) };
    let asked = asked(kind, &mut at, &caller).await?;
    page::show(&form_page(kind, &caller, &kept, &typed, &Draft::default(), &asked)?)
}

pub async fn submit(
    kind: Kind,
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<FindingId>,
    mut filled: Filled,
) -> Answer {
    let (version, reason) = (filled.take("version").parse().unwrap_or(0), filled.take("reason").trim().to_owned());
    let typed = Typed { version, reason, texts: filled.0 };
    let mut change = caller.change(&app).await?;
    let kept = change.reading().await?.find::<Finding>(id).await?.ok_or(Failure::NotFound)?;
    let asked = asked(kind, change.reading().await?, &caller).await?;
    if typed.version != kept.version {
        return conflict(kind, &caller, &kept, typed, &asked);
    }
    let (step, mut drafted) = step(kind, change.reading().await?, &typed, caller.day()).await?;
    if let Some(step) = step.filter(|_| drafted.is_good()) {
        match acting::take(&mut change, &kept, &step, &who(&caller), &typed.reason).await? {
            Ok(_) => return done(change, &caller, (id, &step), &typed.reason).await,
            Err(refusal) => drafted.refuse(refusal.field, "", refusal.problem),
        }
    }
    let view = form_page(kind, &caller, &kept, &typed, &drafted, &asked)?;
    page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &view)
}

async fn done(mut change: Change, caller: &Caller, (id, step): (FindingId, &Step), why: &str) -> Answer {
    if let Step::Attest { artifacts, .. } = step {
        super::taking::attach(&mut change, id, artifacts, why).await?;
    }
    change.commit().await?;
    Ok(page::see(&format!("{}?done=stepped", links::record(&caller.serving()?.slug, "findings", id))))
}

/// Both side by side: what was typed, and where the finding stands by now.
fn conflict(kind: Kind, caller: &Caller, kept: &Kept<Finding>, mut typed: Typed, asked: &Asked) -> Answer {
    typed.version = kept.version;
    let mut view = form_page(kind, caller, kept, &typed, &Draft::default(), asked)?;
    let current = now(kind, kept);
    for field in view.groups.iter_mut().flat_map(|group| &mut group.fields) {
        let theirs = match field.name {
            "state" => Some(kept.state.label().to_owned()),
            name => current.get(name).filter(|theirs| **theirs != field.value).cloned(),
        };
        field.theirs = theirs;
    }
    view.conflict = true;
    page::show_as(StatusCode::CONFLICT, &view)
}

/// What the record says now, as the form's texts.
fn now(kind: Kind, finding: &Finding) -> BTreeMap<String, String> {
    let pair = |name: &str, text: String| (name.to_owned(), text);
    match kind {
        Kind::Triage => BTreeMap::from([
            pair("severity", finding.severity.map_or("", Severity::word).to_owned()),
            pair("owner", finding.owner.as_ref().map_or_else(String::new, |owner| owner.login.clone())),
            pair("due", finding.due.map_or_else(String::new, |due| due.to_string())),
            pair("extent", finding.extent.clone()),
        ]),
        _ => BTreeMap::new(),
    }
}

/// What a form offers to choose from.
#[derive(Default)]
struct Asked {
    people: Vec<String>,
    exceptions: Vec<(String, String)>,
}

async fn asked(kind: Kind, at: &mut Snapshot, caller: &Caller) -> Answer<Asked> {
    let mut asked = Asked::default();
    if kind == Kind::Triage {
        let lookup = records::linked::<Finding>(at).await?;
        asked.people = lookup.references_of(records::MEMBER).into_iter().map(str::to_owned).collect();
    }
    if kind == Kind::Accept {
        let standing = acting::standing(at, caller.day()).await?;
        asked.exceptions = standing.iter().map(|one| (one.reference.to_string(), one.title.clone())).collect();
    }
    Ok(asked)
}

/// The step a form asks for; none beside its problems.
async fn step(kind: Kind, at: &mut Snapshot, typed: &Typed, on: Date) -> Answer<(Option<Step>, Draft)> {
    let text = |name: &str| typed.texts.get(name).map_or("", String::as_str);
    let mut drafted = Draft::default();
    if let Err(problem) = field::line(&typed.reason, 500) {
        drafted.refuse("reason", &typed.reason, problem);
    }
    let step = match kind {
        Kind::Triage => triage(&typed.texts, &records::linked::<Finding>(at).await?, &mut drafted),
        Kind::Start => Some(Step::Start),
        Kind::Close => Some(Step::Close),
        Kind::Reopen => Some(Step::Reopen),
        Kind::Attest => match field::prose(text("evidence")) {
            Ok(evidence) => attest(at, evidence, text("artifacts"), &mut drafted).await?,
            Err(problem) => refused(&mut drafted, "evidence", text("evidence"), problem),
        },
        Kind::Accept => match acting::exception(at, text("exception"), on).await? {
            Some((exception, stands)) => Some(Step::Accept { exception, stands }),
            None => refused(&mut drafted, "exception", text("exception"), "no exception has this reference".to_owned()),
        },
    };
    Ok((step, drafted))
}

/// An attestation with the evidence files it names.
async fn attest(at: &mut Snapshot, evidence: String, named: &str, drafted: &mut Draft) -> Answer<Option<Step>> {
    let wanted: Vec<String> = field::split(named).map(str::to_owned).collect();
    let mut lookup = Lookup::default();
    records::look_up_references(at, &Artifact::TABLE, &wanted, &mut lookup).await?;
    let found: Result<Vec<ArtifactId>, String> =
        wanted.iter().map(|reference| lookup.id(Artifact::TABLE.kind, reference)).collect();
    Ok(match found {
        Ok(artifacts) => Some(Step::Attest { evidence, artifacts }),
        Err(problem) => refused(drafted, "artifacts", named, problem),
    })
}

fn refused(drafted: &mut Draft, field: &str, value: &str, problem: String) -> Option<Step> {
    drafted.refuse(field, value, problem);
    None
}

/// The triage that was typed.
pub fn triage(texts: &BTreeMap<String, String>, lookup: &Lookup, drafted: &mut Draft) -> Option<Step> {
    let text = |name: &str| texts.get(name).map_or("", String::as_str);
    let severity = Severity::parse(text("severity"));
    let owner = field::optional(text("owner"), |login| Member::named(login, lookup));
    let due = field::optional(text("due"), Date::parse);
    let extent = field::prose(text("extent"));
    let problems = [
        ("severity", severity.as_ref().err().cloned()),
        ("owner", owner.as_ref().err().cloned()),
        ("due", due.as_ref().err().cloned()),
        ("extent", extent.as_ref().err().cloned()),
    ];
    for (name, problem) in problems {
        if let Some(problem) = problem {
            drafted.refuse(name, text(name), problem);
        }
    }
    Some(Step::Triage { severity: severity.ok()?, owner: owner.ok()?, due: due.ok()?, extent: extent.ok()? })
}

/// The fields of a step: name, label, help, how it is typed.
fn fields(kind: Kind) -> &'static [(&'static str, &'static str, &'static str, &'static str)] {
    match kind {
        Kind::Triage => &[
            ("severity", "Severity", "How urgent it is.", "choice"),
            ("owner", "Owner", "The login of the person who has it.", "link"),
            ("due", "Due", "The day by which it has to be done with.", "date"),
            ("extent", "Extent", "How far it reaches: what else was looked at.", "prose"),
        ],
        Kind::Attest => &[
            ("artifacts", "Evidence files", "References such as EV-000012, separated by semicolons.", "line"),
            (
                "evidence",
                "Evidence",
                "What you saw that shows it is remediated: where, when, on which record.",
                "prose",
            ),
        ],
        Kind::Accept => &[("exception", "Exception", "Reference of an approved exception that stands today.", "link")],
        Kind::Start | Kind::Close | Kind::Reopen => &[],
    }
}

fn choices(name: &str, value: &str, asked: &Asked) -> Vec<Choice> {
    let choice =
        |word: &str, label: &str| Choice { word: word.to_owned(), label: label.to_owned(), chosen: word == value };
    match name {
        "severity" => Severity::ALL.iter().map(|one| choice(one.word(), one.label())).collect(),
        "owner" => asked.people.iter().map(|login| choice(login, login)).collect(),
        "exception" => asked.exceptions.iter().map(|(reference, title)| choice(reference, title)).collect(),
        _ => Vec::new(),
    }
}

fn form_page(
    kind: Kind,
    caller: &Caller,
    kept: &Kept<Finding>,
    typed: &Typed,
    drafted: &Draft,
    asked: &Asked,
) -> Answer<FormPage> {
    let href = links::record(&caller.serving()?.slug, "findings", kept.id);
    let group = Group { name: "Finding", fields: views(kind, kept, typed, drafted, asked) };
    let heading = format!("{}: {} {}", kind.label(), kept.reference, kept.title);
    Ok(FormPage {
        shell: Shell::of(caller, Place::Findings, format!("{} {}", kind.label(), kept.reference)),
        heading,
        groups: vec![group],
        action: format!("{href}/{}", kind.word()),
        cancel: href,
        version: typed.version,
        key: String::new(),
        reason: typed.reason.clone(),
        reason_problem: drafted.of("reason").map(str::to_owned),
        problems: drafted.problems.len(),
        conflict: false,
        is_new: matches!(kind, Kind::Triage | Kind::Start | Kind::Attest),
    })
}

/// Where the finding stands, and the step's own fields.
fn views(kind: Kind, kept: &Kept<Finding>, typed: &Typed, drafted: &Draft, asked: &Asked) -> Vec<FieldView> {
    let state = kept.state.label().to_owned();
    let mut state = FieldView::line("state", "State", "Where the finding stands.", state, drafted);
    state.input = "told";
    let own = fields(kind).iter().map(|(name, label, help, input)| {
        let value = typed.texts.get(*name).cloned().unwrap_or_default();
        let choices = choices(name, &value, asked);
        let required = matches!(*name, "severity" | "exception");
        FieldView { input, choices, required, ..FieldView::line(name, label, help, value, drafted) }
    });
    [state].into_iter().chain(own).collect()
}
