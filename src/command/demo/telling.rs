//! The story the demonstration tells: who judged, found, mended and excused what, and when.
//!
//! Invariant: each step goes through the action people use, by the person it names, and a refusal ends the filling. Days
//! are counted before now, by the organization's calendar.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::super::Ending;
use super::calendar::{self, Calendar};
use super::script::Step;
use super::{departing, excusing, granting, permitting, reviewing, staffing, watching, working};
use crate::artifacts::attaching::{Target, attach};
use crate::artifacts::{Artifact, actions as recording, keeping};
use crate::controls::model::Attestation;
use crate::controls::{actions as judging, rules};
use crate::frameworks::RequirementId;
use crate::ids::{ArtifactId, UserId};
use crate::register::{Lookup, Member, Register, actions as register};
use crate::storage::{Audited, Blobs, Change, Kept};
use crate::vocabulary::{Date, Moment, Origin, TimeZone, fold};

pub type Done<T = ()> = Result<T, Ending>;

/// Seconds before now at which a day's changes begin (see the replay).
pub const BEFORE_NOW: i64 = 30_000;

/// A step of the story on its way into the record.
pub struct Scene<'s> {
    pub change: &'s mut Change,
    pub step: &'s Step,
    pub member: Member,
    pub name: String,
    pub people: &'s HashMap<String, (UserId, String)>,
    pub now: Moment,
    pub zone: TimeZone,
}

impl Scene<'_> {
    pub fn wrong(&self, problem: impl std::fmt::Display) -> Ending {
        let Step { ago_days, act, kind, reference, .. } = self.step;
        Ending::Failed(format!("the demonstration's story, {ago_days} days ago, {act} {kind} {reference}: {problem}"))
    }

    /// What the step says of something; empty when it says nothing.
    pub fn said(&self, name: &str) -> &str {
        self.step.set.get(name).map_or("", String::as_str)
    }

    /// The person the step names as the owner.
    pub fn owner(&self) -> Done<Option<Member>> {
        let login = self.said("owner").to_owned();
        match self.people.get(&login) {
            Some((user, _)) => Ok(Some(Member { user: *user, login })),
            None if login.is_empty() => Ok(None),
            None => Err(self.wrong(format!("nobody is called {login}"))),
        }
    }

    /// A day counted from now, such as `-30`.
    pub fn day(&self, days: &str) -> Done<Date> {
        let days = calendar::number(days).map_err(|problem| self.wrong(problem))?;
        Ok(self.calendar().day(days))
    }

    pub fn calendar(&self) -> Calendar {
        Calendar { now: self.now, zone: self.zone }
    }

    /// A moment the step says by a name, such as `-30@17:00`; none when it says none.
    pub fn moment(&self, name: &str) -> Done<Option<Moment>> {
        let said = Some(self.said(name)).filter(|said| !said.is_empty());
        let read = |said| self.calendar().moment(said).map_err(|problem| self.wrong(problem));
        said.map(read).transpose()
    }

    /// What the step sets, with these as moments and those as days, under its reference.
    pub fn dated(&self, moments: &[&str], days: &[&str]) -> Done<BTreeMap<String, String>> {
        let mut texts = self.texts(days, &[])?;
        for name in moments {
            if let Some(at) = self.moment(name)? {
                texts.insert((*name).to_owned(), at.rfc3339());
            }
        }
        texts.insert("reference".to_owned(), self.step.reference.clone());
        Ok(texts)
    }

    /// The day on which the step is taken.
    pub fn today(&self) -> Date {
        self.zone.day(self.change.moment())
    }

    /// What the step sets, with these as days, and without what is not a field.
    pub fn texts(&self, days: &[&str], beside: &[&str]) -> Done<BTreeMap<String, String>> {
        let mut texts = self.step.set.clone();
        texts.retain(|name, _| !beside.contains(&name.as_str()));
        for name in days {
            if let Some(text) = texts.get_mut(*name) {
                *text = self.day(text)?.to_string();
            }
        }
        Ok(texts)
    }

    /// A record made of what the step sets.
    pub async fn made<K: Register>(&mut self, texts: &BTreeMap<String, String>) -> Done<K> {
        let mut record = K::default();
        record.begin(Origin::Manual);
        let at = self.change.reading().await?;
        let lookup: Lookup = crate::register::records::lookup_for::<K>(at, [], [texts]).await?;
        let drafted = register::drafted(at, None, &mut record, texts, &lookup).await?;
        match drafted.problems.first() {
            Some(problem) => Err(self.wrong(format!("{} {}", problem.field, problem.problem))),
            None => Ok(record),
        }
    }

    /// The newest record of a kind that is meant.
    pub async fn newest<K: Audited>(&mut self, is_meant: impl Fn(&K) -> bool) -> Done<Kept<K>> {
        let all = self.change.reading().await?.every::<K>().await?;
        let found = all.into_iter().filter(|kept| is_meant(&kept.content)).max_by_key(|kept| kept.recorded_from);
        found.ok_or_else(|| self.wrong("nothing like this is there"))
    }

    /// Evidence files by their names, separated by semicolons.
    pub async fn files(&mut self, names: &str) -> Done<Vec<ArtifactId>> {
        let mut found = Vec::new();
        for name in names.split(';').map(str::trim).filter(|name| !name.is_empty()) {
            found.push(self.newest::<Artifact>(|artifact| artifact.name == name).await?.id);
        }
        Ok(found)
    }
}

/// Tells a step; false when it is none of the story's.
pub async fn tell(scene: &mut Scene<'_>, blobs: &Blobs) -> Done<bool> {
    match (scene.step.act.as_str(), scene.step.kind.as_str()) {
        ("adopt", "control") => adopt(scene).await?,
        ("narrate", _) => narrate(scene).await?,
        ("attest", "requirement") => attest(scene).await?,
        ("withdraw", "requirement") => withdraw(scene).await?,
        ("keep", "artifact") => keep(scene, blobs).await?,
        ("create", "sensor") => watching::enter_sensor(scene).await?,
        ("accept" | "reject", "host") => watching::decide(scene).await?,
        (_, "zone" | "conduit" | "permitted_flow") => permitting::tell(scene).await?,
        (_, "account" | "authorization" | "circumstance") => staffing::tell(scene).await?,
        (_, "grant") => granting::tell(scene).await?,
        (_, "departure") => departing::tell(scene).await?,
        (_, "review") => reviewing::tell(scene).await?,
        (_, "exception") => excusing::tell(scene).await?,
        (_, "finding") => working::tell(scene).await?,
        _ => return Ok(false),
    }
    Ok(true)
}

async fn adopt(scene: &mut Scene<'_>) -> Done {
    let chosen: Vec<&str> = scene.step.references.iter().map(String::as_str).collect();
    let adopted = judging::adopt(scene.change, &chosen, &scene.step.why).await?;
    if adopted == chosen.len() { Ok(()) } else { Err(scene.wrong("not every control was on offer")) }
}

fn requirement(scene: &Scene<'_>) -> Done<RequirementId> {
    RequirementId::parse(&scene.step.reference).map_err(|problem| scene.wrong(problem))
}

async fn narrate(scene: &mut Scene<'_>) -> Done {
    let requirement = requirement(scene)?;
    let standing = judging::standing_narrative(scene.change, &requirement).await?;
    let text = scene.said("text").to_owned();
    judging::narrate(scene.change, standing.as_ref(), &requirement, &text, &scene.step.why).await?;
    Ok(())
}

async fn attest(scene: &mut Scene<'_>) -> Done {
    let requirement = requirement(scene)?;
    let names = scene.said("files").to_owned();
    let artifacts: BTreeSet<ArtifactId> = scene.files(&names).await?.into_iter().collect();
    let claim = rules::Claim {
        from: scene.day(scene.said("from"))?.to_string(),
        to: scene.day(scene.said("to"))?.to_string(),
        judgment: scene.said("judgment").to_owned(),
        artifacts: artifacts.iter().map(ToString::to_string).collect::<Vec<_>>().join(";"),
        statement: scene.step.why.clone(),
    };
    let made = rules::attestation(&requirement, &claim, &scene.name, scene.today());
    let attestation = made.map_err(|draft| {
        let told = draft.problems.first().map(|one| format!("{} {}", one.field, one.problem));
        scene.wrong(told.unwrap_or_default())
    })?;
    judging::attest(scene.change, &attestation).await?;
    Ok(())
}

async fn withdraw(scene: &mut Scene<'_>) -> Done {
    let requirement = requirement(scene)?;
    let of_requirement = |one: &Attestation| one.requirement == requirement && one.withdrawn.is_none();
    let kept = scene.newest::<Attestation>(of_requirement).await?;
    let (name, why) = (scene.name.clone(), scene.step.why.clone());
    judging::withdraw(scene.change, &kept, &name, &why).await?;
    Ok(())
}

/// Keeps an evidence file whose text stands in the story, and attaches it where the story says.
async fn keep(scene: &mut Scene<'_>, blobs: &Blobs) -> Done {
    let (name, why) = (scene.step.reference.clone(), scene.step.why.clone());
    let texts = scene.texts(&["covers_from", "covers_to"], &["text", "to"])?;
    let about = scene.made::<Artifact>(&texts).await?;
    let stored = keeping::keep_bytes(blobs, scene.change.organization(), scene.said("text").as_bytes()).await?;
    let sent = recording::Sent { stored, name, claimed_type: String::new() };
    let recorded = recording::record(scene.change, &sent, about, &why).await?;
    let parts: Vec<String> = scene.said("to").split(';').map(|part| part.trim().to_owned()).collect();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        let at = scene.change.reading().await?;
        let found = Target::find(at, &crate::ATTACHABLE, crate::artifacts::model::REQUIREMENT, part).await?;
        let target = found.map_err(|problem| scene.wrong(problem))?;
        attach(scene.change, &target, recorded.id, "", &why).await?;
    }
    Ok(())
}

/// True when a text means the same as another, however it is written.
pub fn same(one: &str, other: &str) -> bool {
    fold::folded(one) == fold::folded(other)
}
