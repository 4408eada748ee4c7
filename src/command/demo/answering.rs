//! How far the demonstration's audit is answered: narratives and documents for most parts in scope, a person's judgment for many,
//! and some that nobody has touched.
//!
//! Invariant: what somebody wrote or judged before stays theirs; the rest comes in through the actions people use.

use std::collections::{BTreeMap, BTreeSet};

use super::auditing::{day, engagement};
use super::filling::{Replay, failed};
use super::script::Step;
use super::telling::Done;
use crate::artifacts::attaching::{Target, attach};
use crate::artifacts::model::REQUIREMENT;
use crate::artifacts::{Artifact, actions as recording, keeping};
use crate::controls::{Attestation, Narrative, actions as judging, rules};
use crate::evidence::Scope;
use crate::evidence::model::Period;
use crate::evidence::scope::Scoped;
use crate::frameworks::RequirementId;
use crate::storage::Change;

/// Of seven parts one is left as it is, so that there is something to do.
fn is_left(place: usize) -> bool {
    place % 7 == 3
}

/// The parts the engagement asks about, with the days each answers for.
async fn parts(replay: &Replay<'_>, change: &mut Change) -> Done<Vec<Scoped>> {
    let kept = engagement(change).await?;
    let today = day(replay, 0);
    let period = Period { from: kept.period_from.unwrap_or(today), to: kept.period_to.unwrap_or(today) };
    let scope = Scope::of(&kept.scope);
    scope.parts(period).map_err(failed)
}

/// Writes narratives and attaches each standard's program document.
pub async fn prepare(replay: &Replay<'_>, step: &Step) -> Done {
    let mut change = replay.store.change(replay.organization, replay.author(&step.who)?).await?;
    let parts = parts(replay, &mut change).await?;
    let told = change.reading().await?.every::<Narrative>().await?;
    let told: BTreeSet<String> = told.into_iter().map(|kept| kept.requirement.to_string()).collect();
    let mut documents = BTreeMap::new();
    for (place, scoped) in parts.iter().enumerate().filter(|(place, _)| !is_left(*place)) {
        let part = scoped.requirement;
        let id = RequirementId::parse(&part.id).map_err(failed)?;
        if place % 9 != 5 && !told.contains(&part.id) {
            judging::narrate(&mut change, None, &id, &narrative(scoped), &step.why).await?;
        }
        let document = match documents.get(&part.standard) {
            Some(known) => *known,
            None => document(replay, &mut change, &part.standard, &step.why).await?,
        };
        documents.insert(part.standard.clone(), document);
        let found = Target::find(change.reading().await?, &crate::ATTACHABLE, REQUIREMENT, &part.id).await?;
        attach(&mut change, &found.map_err(failed)?, document, "", &step.why).await?;
    }
    change.commit().await?;
    Ok(())
}

fn narrative(scoped: &Scoped) -> String {
    let part = scoped.requirement;
    let records = part.evidence.iter().take(2).map(String::as_str).collect::<Vec<_>>().join("; ");
    let records = if records.is_empty() { "the work order system".to_owned() } else { records };
    format!(
        "Larkspur answers \u{201c}{}\u{201d} through the {} program of the Compliance department. The program names who does the \
         work, how often, and what is done when it cannot be done in time; the CIP Senior Manager approves it every year. \
         What shows it: {records}.",
        part.title, part.standard
    )
}

/// The program document of a standard, as an evidence file.
async fn document(replay: &Replay<'_>, change: &mut Change, standard: &str, why: &str) -> Done<crate::ids::ArtifactId> {
    let text = format!(
        "{standard} program, revision 4\n\nPurpose, roles, the work and its intervals, exceptions, records.\n\
         Approved by the CIP Senior Manager. Reviewed at least once every 15 calendar months.\n"
    );
    let about = Artifact {
        title: format!("{standard} program"),
        document_number: format!("LVP-{standard}"),
        revision: "4".to_owned(),
        source_system: "Document control".to_owned(),
        covers_to: Some(day(replay, -12)),
        bcsi: Some(true),
        ..Artifact::default()
    };
    let stored = keeping::keep_bytes(&replay.blobs, change.organization(), text.as_bytes()).await?;
    let sent = recording::Sent { stored, name: format!("{standard}-program.txt"), claimed_type: String::new() };
    Ok(recording::record(change, &sent, about, why).await?.id)
}

/// Attests to parts that nobody judged before.
pub async fn attest(replay: &Replay<'_>, step: &Step) -> Done {
    let mut change = replay.store.change(replay.organization, replay.author(&step.who)?).await?;
    let parts = parts(replay, &mut change).await?;
    let judged = change.reading().await?.every::<Attestation>().await?;
    let judged: BTreeSet<String> = judged.into_iter().map(|kept| kept.requirement.to_string()).collect();
    let (_, name) = replay.person(&step.who)?;
    let today = replay.zone.day(replay.store.clock().now());
    let chosen = |place: usize, id: &str| !is_left(place) && place % 4 != 1 && !judged.contains(id);
    for (place, scoped) in parts.iter().enumerate() {
        let part = scoped.requirement;
        if !chosen(place, &part.id) {
            continue;
        }
        let claim = rules::Claim {
            from: scoped.span.from.to_string(),
            to: scoped.span.to.to_string(),
            judgment: "adequate".to_owned(),
            artifacts: String::new(),
            statement: step.why.clone(),
        };
        let id = RequirementId::parse(&part.id).map_err(failed)?;
        let made = rules::attestation(&id, &claim, name, today);
        let attestation = made.map_err(|draft| failed(format!("{}: {:?}", part.id, draft.problems)))?;
        judging::attest(&mut change, &attestation).await?;
    }
    change.commit().await?;
    Ok(())
}
