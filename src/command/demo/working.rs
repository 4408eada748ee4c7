//! The story's findings: opened by people or by checks, triaged, worked on, verified, accepted, closed.
//!
//! Invariant: a finding of a check is named by the check and what it is about, one of a person by its title; numbers depend
//! on what else was found. Every step is one that the findings' own rules allow.

use std::collections::BTreeMap;

use super::telling::{Done, Scene};
use crate::assets::Asset;
use crate::checks::{Severity, Subject};
use crate::exceptions::{Covered, subjects};
use crate::findings::model::{Finding, RemediationEntry};
use crate::findings::remediating::{self, Deeds};
use crate::findings::rules::{Step as Act, Who};
use crate::findings::{acting, actions};
use crate::ids::{AssetId, Id};
use crate::register::{actions as register, draft, records};
use crate::storage::Kept;

/// Fields of a remediation entry; what else a step sets is set at the records it names.
const ENTRY: [&str; 6] = ["done", "place", "minutes", "finished", "deed", "files"];

/// Tells a step about a finding.
pub async fn tell(scene: &mut Scene<'_>) -> Done {
    if scene.step.act == "open" {
        return open(scene).await;
    }
    let kept = find(scene).await?;
    let act = match scene.step.act.as_str() {
        "log" => return log(scene, &kept).await,
        "note" => return note(scene, &kept).await,
        "triage" => triage(scene)?,
        "start" => Act::Start,
        "close" => Act::Close,
        "reopen" => Act::Reopen,
        "attest" => {
            let (evidence, names) = (scene.said("evidence").to_owned(), scene.said("files").to_owned());
            Act::Attest { evidence, artifacts: scene.files(&names).await? }
        }
        "accept" => {
            let (reference, today) = (scene.said("exception").to_owned(), scene.today());
            let found = acting::exception(scene.change.reading().await?, &reference, today).await?;
            let (exception, stands) = found.ok_or_else(|| scene.wrong("no such exception"))?;
            Act::Accept { exception, stands }
        }
        act => return Err(scene.wrong(format!("no way to {act} a finding"))),
    };
    let who = Who(Some(scene.member.clone()));
    let taken = acting::take(scene.change, &kept, &act, &who, &scene.step.why).await?;
    taken.map(drop).map_err(|refusal| scene.wrong(refusal.problem))
}

async fn find(scene: &mut Scene<'_>) -> Done<Kept<Finding>> {
    let reference = scene.step.reference.clone();
    let (check, about) = reference.split_once(' ').unwrap_or((&reference, ""));
    let of_check = |one: &Finding| {
        one.check == check && (one.cause == about || one.touched.iter().any(|subject| subject.reference == about))
    };
    scene.newest::<Finding>(|one| of_check(one) || one.title == reference).await
}

fn subject(covered: Covered) -> Subject {
    Subject { kind: covered.kind, id: covered.id, reference: covered.reference }
}

async fn touched(scene: &mut Scene<'_>) -> Done<Vec<Subject>> {
    let named = subjects::named(scene.change.reading().await?, &scene.step.references.join(";")).await?;
    Ok(named.map_err(|problem| scene.wrong(problem))?.into_iter().map(subject).collect())
}

async fn open(scene: &mut Scene<'_>) -> Done {
    let mut texts = scene.texts(&["due"], &[])?;
    texts.insert("title".to_owned(), scene.step.reference.clone());
    let finding = scene.made::<Finding>(&texts).await?;
    let (touched, today) = (touched(scene).await?, scene.today());
    actions::open(scene.change, finding, touched, today, &scene.step.why).await?;
    Ok(())
}

fn triage(scene: &Scene<'_>) -> Done<Act> {
    let severity = Severity::parse(scene.said("severity")).map_err(|problem| scene.wrong(problem))?;
    let owner = scene.owner()?;
    let due = scene.step.set.get("due").map(|days| scene.day(days)).transpose()?;
    Ok(Act::Triage { severity, owner, due, extent: scene.said("extent").to_owned() })
}

/// Edits what people may type about a finding.
async fn note(scene: &mut Scene<'_>, kept: &Kept<Finding>) -> Done {
    let texts = scene.texts(&["due", "determined_on", "self_reported_on"], &[])?;
    let mut finding = kept.content.clone();
    let lookup = records::lookup_for::<Finding>(scene.change.reading().await?, [&kept.content], [&texts]).await?;
    let drafted = draft::apply(&mut finding, &texts, &lookup);
    if let Some(problem) = drafted.problems.first() {
        return Err(scene.wrong(format!("{} {}", problem.field, problem.problem)));
    }
    register::revise(scene.change, kept, &finding, &scene.step.why).await?;
    Ok(())
}

async fn log(scene: &mut Scene<'_>, kept: &Kept<Finding>) -> Done {
    let named = touched(scene).await?;
    let mut set: BTreeMap<String, String> = scene.step.set.clone();
    set.retain(|name, _| !ENTRY.contains(&name.as_str()));
    let deed = scene.said("deed");
    let retire = (deed == "retire").then(|| scene.today());
    let deeds: BTreeMap<AssetId, Deeds> = named
        .iter()
        .filter(|subject| subject.kind == <Asset as crate::storage::Audited>::TABLE.kind)
        .map(|subject| (AssetId::from_uuid(subject.id), Deeds { verify: deed == "verify", set: set.clone(), retire }))
        .collect();
    let minutes = scene.said("minutes").parse().ok();
    let names = scene.said("files").to_owned();
    let entry = RemediationEntry {
        finding: kept.id,
        done: scene.said("done").to_owned(),
        place: scene.said("place").to_owned(),
        at: scene.change.moment().plus_seconds(-1_800),
        by: Some(scene.member.clone()),
        name: scene.name.clone(),
        minutes,
        finished: scene.said("finished") == "yes",
        evidence: scene.files(&names).await?,
        records: Vec::new(),
    };
    let who = Who(Some(scene.member.clone()));
    let logged = remediating::log(scene.change, kept, entry, &deeds, &who).await?;
    logged.map(drop).map_err(|unlogged| scene.wrong(format!("{unlogged:?}")))
}
