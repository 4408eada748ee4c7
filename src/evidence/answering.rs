//! What answers each part in scope, read from one snapshot: narratives, attestations, controls, performances, evidence files.
//!
//! Invariant: the readiness page and the package read the same answers from here, so neither counts what the other does not.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures_util::StreamExt;
use uuid::Uuid;

use super::dossier::Part;
use super::evidence_files::{self, Answering, Attached, Evidence};
use super::model::Period;
use super::naming::{self, Taken};
use super::readiness::{self, Answer};
use super::scope::Scoped;
use crate::artifacts::model::REQUIREMENT;
use crate::artifacts::{Artifact, Attachment};
use crate::controls::{Attestation, Control, Narrative};
use crate::ids::{ArtifactId, Id};
use crate::obligations::Performance;
use crate::obligations::rules::duties::{Served, family, serving};
use crate::obligations::rules::obligations;
use crate::posture::Judged;
use crate::register::records::by_ids;
use crate::storage::versions::VersionRow;
use crate::storage::{Audited, Kept, Result, Snapshot};
use crate::vocabulary::fold;

/// The parts in scope with their answers, and the records these name.
#[derive(Debug)]
pub struct Answers {
    pub parts: Vec<Part>,
    /// Performances that serve parts in scope: those of the days judged, and the last ones before.
    pub performances: Vec<Kept<Performance>>,
    /// Evidence files that answer some part.
    pub artifacts: BTreeMap<ArtifactId, Kept<Artifact>>,
    /// Attachments that answer some part.
    pub attachments: Vec<Kept<Attachment>>,
    /// Every attachment that stands, by what it is to.
    pub attached: Attached,
}

/// What a part is answered with, before evidence is named.
#[derive(Default)]
struct Said {
    narratives: HashMap<String, Kept<Narrative>>,
    attestations: HashMap<String, Vec<Kept<Attestation>>>,
    controls: HashMap<String, Vec<Kept<Control>>>,
    performances: Vec<Kept<Performance>>,
    /// Places of the performances that serve each part.
    serving: HashMap<&'static str, Vec<usize>>,
}

/// Reads the answers to these parts over the days judged.
pub async fn answers(at: &mut Snapshot, judged: &Judged, scoped: &[Scoped], days: Period) -> Result<Answers> {
    let said = said(at, judged, scoped, days).await?;
    let attached = attached(at).await?;
    let wanted: BTreeSet<Uuid> = attached.iter().map(|kept| kept.artifact.uuid()).collect();
    let named = said.attestations.values().flatten().flat_map(|kept| kept.artifacts.iter().map(|id| id.uuid()));
    let wanted: Vec<Uuid> = wanted.into_iter().chain(named).collect::<BTreeSet<_>>().into_iter().collect();
    let every: BTreeMap<ArtifactId, Kept<Artifact>> =
        by_ids::<Artifact>(at, &wanted).await?.into_iter().map(|kept| (kept.id, kept)).collect();
    let mut taken = Taken::default();
    let part = |scoped: &Scoped| {
        let folder = taken.one(&naming::folder(scoped.requirement));
        part(*scoped, folder, judged, &said, &attached, &every)
    };
    let parts: Vec<Part> = scoped.iter().filter_map(part).collect();
    let used: BTreeSet<ArtifactId> =
        parts.iter().flat_map(|part| &part.evidence).map(|evidence| evidence.artifact).collect();
    let artifacts = every.into_iter().filter(|(id, _)| used.contains(id)).collect();
    let through: BTreeSet<_> = parts.iter().flat_map(|part| &part.evidence).filter_map(|one| one.attachment).collect();
    let attachments = attached.iter().filter(|kept| through.contains(&(kept.id, kept.version))).cloned().collect();
    Ok(Answers { parts, performances: said.performances, artifacts, attachments, attached })
}

async fn each<T: Audited>(at: &mut Snapshot, mut put: impl FnMut(Kept<T>)) -> Result<()> {
    let mut rows = at.each::<T>().await?;
    while let Some(row) = rows.next().await {
        put(VersionRow::kept(row?)?);
    }
    Ok(())
}

async fn attached(at: &mut Snapshot) -> Result<Attached> {
    let mut attached = Attached::default();
    each::<Attachment>(at, |kept| {
        if kept.withdrawn_at.is_none() {
            attached.put(kept);
        }
    })
    .await?;
    Ok(attached)
}

async fn said(at: &mut Snapshot, judged: &Judged, scoped: &[Scoped], days: Period) -> Result<Said> {
    let mut said = Said::default();
    let ids: BTreeSet<&str> = scoped.iter().map(|one| one.requirement.id.as_str()).collect();
    each::<Narrative>(at, |kept| {
        if ids.contains(kept.requirement.as_str()) && !kept.text.trim().is_empty() {
            said.narratives.insert(kept.requirement.as_str().to_owned(), kept);
        }
    })
    .await?;
    each::<Attestation>(at, |kept| {
        if ids.contains(kept.requirement.as_str()) && kept.withdrawn.is_none() {
            said.attestations.entry(kept.requirement.as_str().to_owned()).or_default().push(kept);
        }
    })
    .await?;
    said.attestations.values_mut().for_each(|all| all.sort_by_key(|kept| (kept.from, kept.to, kept.id)));
    each::<Control>(at, |kept| {
        for id in kept.requirements.iter().filter(|id| ids.contains(id.as_str()) && kept.retired_on.is_none()) {
            said.controls.entry(id.as_str().to_owned()).or_default().push(kept.clone());
        }
    })
    .await?;
    let by_reference = |kept: &Kept<Control>| (fold::natural(kept.reference.as_str()), kept.id);
    said.controls.values_mut().for_each(|all| all.sort_by_key(by_reference));
    let serving = Serving::of(scoped);
    said.performances = performances(at, judged, &serving, days).await?;
    for (place, kept) in said.performances.iter().enumerate() {
        serving.parts(kept).into_iter().for_each(|id| said.serving.entry(id).or_default().push(place));
    }
    Ok(said)
}

/// Performances that serve a part in scope, done on the days judged, and the last before on which a clock still rests.
async fn performances(
    at: &mut Snapshot,
    judged: &Judged,
    serving: &Serving,
    days: Period,
) -> Result<Vec<Kept<Performance>>> {
    let clocked = judged.beside.clocked.as_ref();
    let clocks = clocked.map(obligations).unwrap_or_default();
    let last: BTreeSet<Uuid> = clocks.iter().filter_map(|clock| clock.last).map(|last| last.id.uuid()).collect();
    let mut found = Vec::new();
    each::<Performance>(at, |kept| {
        let counts = kept.voided_on.is_none() && kept.performed_on.is_some_and(|on| on <= days.to);
        let within = kept.performed_on.is_some_and(|on| on >= days.from) || last.contains(&kept.id.uuid());
        if counts && within && !serving.parts(&kept).is_empty() {
            found.push(kept);
        }
    })
    .await?;
    found.sort_by_key(|kept| (kept.performed_on, fold::natural(kept.reference.as_str()), kept.id));
    Ok(found)
}

/// Which parts in scope a performance serves, by the names performances use.
struct Serving(HashMap<String, Vec<(&'static str, &'static Served)>>);

impl Serving {
    fn of(scoped: &[Scoped]) -> Self {
        let mut by_name: HashMap<String, Vec<(&'static str, &'static Served)>> = HashMap::new();
        for one in scoped {
            let id = one.requirement.id.as_str();
            let Some(served) = serving(id) else { continue };
            let names = BTreeSet::from([family(id), served.part.to_owned()]);
            names.into_iter().for_each(|name| by_name.entry(name).or_default().push((id, served)));
        }
        Self(by_name)
    }

    fn parts(&self, performance: &Performance) -> BTreeSet<&'static str> {
        let Some(duty) = performance.kind else { return BTreeSet::new() };
        let names = performance.serves();
        let known = names.iter().filter_map(|name| self.0.get(name)).flatten();
        known.filter(|(_, served)| served.duties.contains(&duty)).map(|(id, _)| *id).collect()
    }
}

fn part(
    scoped: Scoped,
    folder: String,
    judged: &Judged,
    said: &Said,
    attached: &Attached,
    every: &BTreeMap<ArtifactId, Kept<Artifact>>,
) -> Option<Part> {
    let id = scoped.requirement.id.as_str();
    let standing = judged.standings.part(id)?.clone();
    let narrative = said.narratives.get(id).cloned();
    let attestations = said.attestations.get(id).cloned().unwrap_or_default();
    let controls = said.controls.get(id).cloned().unwrap_or_default();
    let served = said.serving.get(id).into_iter().flatten().map(|place| &said.performances[*place]);
    let performances = served.filter(|kept| within(kept, scoped.span));
    let answering = answering(id, &attestations, &controls, performances, scoped.span);
    let evidence = evidence_files::of_part(scoped.requirement, &folder, &answering, attached, every);
    let readiness = readiness::judge(&Answer {
        standing: &standing,
        span: scoped.span,
        narrated: narrative.is_some(),
        attestations: attestations.iter().map(|kept| &kept.content).collect(),
        controls: controls.iter().map(|kept| &kept.content).collect(),
        files: evidence.len(),
        newest: newest(&evidence, every),
    });
    Some(Part { scoped, standing, narrative, attestations, controls, evidence, folder, readiness })
}

/// Done on the days a version answers for, or before as what its clock began with.
fn within(performance: &Performance, span: Period) -> bool {
    performance.performed_on.is_some_and(|on| on <= span.to)
}

fn newest(evidence: &[Evidence], every: &BTreeMap<ArtifactId, Kept<Artifact>>) -> String {
    let days = evidence.iter().filter_map(|one| every.get(&one.artifact)).map(|kept| kept.dated());
    days.max().unwrap_or_default()
}

/// Everything that answers a part and may have files: itself, attestations, controls, performances.
fn answering<'p>(
    id: &str,
    attestations: &[Kept<Attestation>],
    controls: &[Kept<Control>],
    performances: impl Iterator<Item = &'p Kept<Performance>>,
    span: Period,
) -> Vec<Answering> {
    let one = |kind, target: String, told: String| Answering { kind, target, told, names: BTreeSet::new() };
    let mut found = vec![one(REQUIREMENT, id.to_owned(), String::new())];
    for kept in attestations.iter().filter(|kept| kept.from <= span.to && kept.to >= span.from) {
        let told = format!("attestation of {} to {} by {}", kept.from, kept.to, kept.by);
        found.push(Answering { names: kept.artifacts.clone(), ..one("attestation", kept.id.to_string(), told) });
    }
    for kept in controls {
        found.push(one("control", kept.id.to_string(), format!("control {} {}", kept.reference, kept.name)));
    }
    for kept in performances {
        let on = kept.performed_on.map_or_else(String::new, |on| format!(" on {on}"));
        let duty = kept.kind.map_or("", crate::obligations::Duty::label);
        found.push(one("performance", kept.id.to_string(), format!("{duty} {}{on}", kept.reference)));
    }
    found
}
