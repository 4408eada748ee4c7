//! One requirement: what it asks, of what, how the organization answers it, who judged that adequate, and what is alike elsewhere.
//!
//! Invariant: what the catalog says and what the organization says stand apart; nothing here says that it is met.

use askama::Template;
use axum::extract::State;

use super::{judged, reach, views};
use crate::artifacts::model::REQUIREMENT;
use crate::artifacts::shown::{Evidence, evidence};
use crate::artifacts::{self, Artifact};
use crate::auth::Action;
use crate::controls::records::{attestations, controls, narrative};
use crate::controls::{Attestation, Control, Narrative};
use crate::frameworks::catalogs::BoundaryRule;
use crate::frameworks::crosswalk::{Relationship, Seen};
use crate::frameworks::glossary::Piece;
use crate::frameworks::model::{AppliesRow, Automatable, FutureVersion};
use crate::frameworks::{Applicability, Framework, Requirement, Standard, Standing, catalogs};
use crate::ids::{ArtifactId, Id as _};
use crate::register::people::Names;
use crate::storage::{Audited, Kept};
use crate::web::extract::{Asking, Named};
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

/// Another version of the requirement.
struct Version {
    id: &'static str,
    href: Option<String>,
    standing: Standing,
    dates: String,
    title: &'static str,
    here: bool,
}

/// A mapping as the page shows it.
struct Mapped {
    seen: Seen,
    framework: &'static str,
    href: Option<String>,
    title: &'static str,
}

/// A control that informs the requirement.
struct Informing {
    control: Kept<Control>,
    href: String,
    /// The mapping through which it does; none where it names the requirement itself.
    through: Option<(&'static str, Relationship, bool)>,
}

/// An attestation as the page shows it.
struct Attested {
    kept: Kept<Attestation>,
    at: String,
    /// Reference and address of each.
    artifacts: Vec<(String, String)>,
    withdrawal: String,
    withdrawn_at: String,
}

/// The narrative as the page shows it.
struct Told {
    kept: Kept<Narrative>,
    by: String,
    at: String,
    earlier: Vec<(String, String, Kept<Narrative>)>,
}

#[derive(Template)]
#[template(path = "posture/requirement.html")]
struct RequirementPage {
    shell: Shell,
    base: String,
    href: String,
    query: String,
    framework: &'static Framework,
    standard: &'static Standard,
    standing: Standing,
    dates: String,
    part: &'static Requirement,
    asks: Vec<Piece<'static>>,
    logic: Vec<Piece<'static>>,
    rows: Vec<String>,
    clock: String,
    /// The status the checks give it, and what decided it.
    judged: Option<judged::Told>,
    verdicts: Vec<judged::Group>,
    trend: Vec<judged::Change>,
    entity: Option<Applicability>,
    kinds: Vec<reach::Kind>,
    told: Option<Told>,
    attested: Vec<Attested>,
    informing: Vec<Informing>,
    mapped: Vec<Mapped>,
    versions: Vec<Version>,
    future: Vec<&'static FutureVersion>,
    /// Rules of the catalog, each with the checks that judge it.
    rules: Vec<(&'static BoundaryRule, String)>,
    may_edit: bool,
    may_attest: bool,
    evidence: Option<Evidence>,
}

impl RequirementPage {
    fn missing(&self) -> String {
        if let Some(Applicability::Unknown(missing)) = &self.entity { views::answers(missing) } else { String::new() }
    }

    fn judged_by(&self) -> &'static str {
        match self.part.automatable {
            Some(Automatable::Full) => "Records alone decide",
            Some(Automatable::Partial) => "Records decide existence and timing; a person judges adequacy",
            Some(Automatable::Manual) => "A person judges",
            None => "",
        }
    }
}

pub async fn show(State(app): State<App>, caller: Caller, Named(id): Named, asking: Asking) -> Answer {
    let part = catalogs().requirement(&id).ok_or(Failure::NotFound)?;
    let (framework, standard) = (catalogs().framework(&part.framework), catalogs().standard_of(part));
    let (framework, standard) = framework.zip(standard).ok_or(Failure::NotFound)?;
    let mut at = caller.snapshot(&app).await?;
    let known = super::known(&app, &mut at).await?;
    let shell = Shell::of(&caller, Place::Controls, id.clone()).saying(asking.text("done"));
    let (slug, query) = (caller.serving()?.slug.clone(), shell.query());
    let told = told(&caller, &mut at, &id).await?;
    let made = attestations(&mut at, &id).await?;
    let own = controls(&mut at).await?;
    let reach = known.reaches.get(part.id.as_str());
    let mut page = page_of(&caller, shell, (framework, standard, part), &slug);
    page.kinds = reach::kinds(&known, part, &slug, &query);
    page.entity = reach.filter(|_| part.concerns(crate::frameworks::About::Entity)).map(|reach| reach.entity.clone());
    page.informing = informing(part, &own, &slug, &query);
    page.attested = attested(&caller, &mut at, made, &slug, &query).await?;
    page.told = told;
    page.judged = judged::told(&known.judged, &part.id);
    page.verdicts = judged::groups(&known.judged, &part.id, &slug, &query);
    page.trend = judged::trend(&mut at, &part.id).await?;
    page.evidence = evidence(&caller, &mut at, REQUIREMENT, &part.id).await?;
    page::show(&page)
}

fn page_of(
    caller: &Caller,
    mut shell: Shell,
    (framework, standard, part): (&'static Framework, &'static Standard, &'static Requirement),
    slug: &str,
) -> RequirementPage {
    let (on, query) = (caller.day(), shell.query());
    shell.now_href = links::requirement(slug, &part.id);
    RequirementPage {
        base: links::place(slug, ""),
        href: links::requirement(slug, &part.id),
        standing: standard.standing(on),
        dates: super::framework::dates(standard),
        asks: catalogs().explained(&part.asks),
        logic: catalogs().explained(&part.logic_note),
        rows: part.any_of.iter().map(row).collect(),
        clock: part.cadence.as_ref().map(crate::vocabulary::Cadence::told).unwrap_or_default(),
        judged: None,
        verdicts: Vec::new(),
        trend: Vec::new(),
        entity: None,
        kinds: Vec::new(),
        told: None,
        attested: Vec::new(),
        informing: Vec::new(),
        mapped: mapped(part, slug, &query),
        versions: versions(part, standard, on, slug, &query),
        future: future(framework, standard),
        rules: rules(part),
        may_edit: caller.may_now(Action::EditControls),
        may_attest: caller.may_now(Action::Attest),
        evidence: None,
        framework,
        standard,
        part,
        query,
        shell,
    }
}

/// Rules of the catalog that inform the part, with the checks that judge each.
fn rules(part: &Requirement) -> Vec<(&'static BoundaryRule, String)> {
    let found = catalogs().rules_for(&part.id).into_iter();
    found.map(|rule| (rule, crate::checks::naming::judging(&rule.id).join(", "))).collect()
}

/// Versions of the standard that are still to come.
fn future(framework: &'static Framework, standard: &Standard) -> Vec<&'static FutureVersion> {
    let of_family = |known: &&FutureVersion| !known.family.is_empty() && known.family == standard.family;
    framework.future.iter().filter(of_family).collect()
}

/// A row of applicable systems in words.
fn row(row: &AppliesRow) -> String {
    let classes = &crate::sites::rules::catalog().classes;
    let class = classes.iter().find(|known| known.code == row.bcs).map_or(row.bcs.as_str(), |known| &known.text);
    let with: Vec<String> = row.with.iter().map(|code| associated(code)).collect();
    match (row.include_bcs, with.is_empty()) {
        (true, true) => class.to_owned(),
        (true, false) => format!("{class}, with their {}", with.join(", ")),
        _ => format!("{} associated with: {class}", with.join(", ")),
    }
}

fn associated(code: &str) -> String {
    match code {
        "nonprog_comm" => "nonprogrammable communication components".to_owned(),
        "psp_hardware" => "locally mounted hardware at the PSP".to_owned(),
        code => code.to_uppercase(),
    }
}

fn mapped(part: &'static Requirement, slug: &str, query: &str) -> Vec<Mapped> {
    let view = |seen: Seen| {
        let other = catalogs().other(&seen);
        let href = other.map(|other| format!("{}{query}", links::requirement(slug, &other.id)));
        let title = other.map_or("", |other| other.title.as_str());
        Mapped { framework: catalogs().title_of(seen.framework), href, title, seen }
    };
    let mut found: Vec<Mapped> = catalogs().mappings_of(&part.id).into_iter().map(view).collect();
    found.sort_by_key(|mapped| (mapped.seen.relationship, mapped.framework, mapped.seen.other));
    found
}

fn versions(
    part: &'static Requirement,
    standard: &'static Standard,
    on: crate::vocabulary::Date,
    slug: &str,
    query: &str,
) -> Vec<Version> {
    let others = part.counterparts.iter().filter_map(|id| catalogs().requirement(id));
    let mut found: Vec<(&Requirement, &Standard)> =
        others.filter_map(|other| catalogs().standard_of(other).map(|standard| (other, standard))).collect();
    if found.is_empty() {
        return Vec::new();
    }
    found.push((part, standard));
    found.sort_by_key(|(_, standard)| standard.effective);
    let view = |(other, standard): (&'static Requirement, &'static Standard)| {
        let here = other.id == part.id;
        let href = (!here).then(|| format!("{}{query}", links::requirement(slug, &other.id)));
        let (id, title) = (other.id.as_str(), other.title.as_str());
        Version { id, href, standing: standard.standing(on), dates: super::framework::dates(standard), title, here }
    };
    found.into_iter().map(view).collect()
}

/// Controls that name the requirement, then those that name one it is mapped to, where the relationship allows.
fn informing(part: &Requirement, own: &[Kept<Control>], slug: &str, query: &str) -> Vec<Informing> {
    let naming = |id: &str| {
        let id = id.to_owned();
        own.iter().filter(move |kept| kept.requirements.iter().any(|known| known.as_str() == id))
    };
    let href = |kept: &Kept<Control>| format!("{}{query}", links::record(slug, "controls", kept.id));
    let direct = naming(&part.id).map(|kept| Informing { control: kept.clone(), href: href(kept), through: None });
    let mut found: Vec<Informing> = direct.collect();
    for seen in catalogs().mappings_of(&part.id) {
        let Some(other) = catalogs().other(&seen).filter(|_| seen.relationship.informs()) else { continue };
        for kept in naming(&other.id) {
            if found.iter().any(|known| known.control.id == kept.id) {
                continue;
            }
            let carries = seen.relationship.inverse().carries();
            let through = Some((other.id.as_str(), seen.relationship, carries));
            found.push(Informing { control: kept.clone(), href: href(kept), through });
        }
    }
    found
}

/// Attestations, the newest first, each with the files it rests on.
async fn attested(
    caller: &Caller,
    at: &mut crate::storage::Snapshot,
    made: Vec<Kept<Attestation>>,
    slug: &str,
    query: &str,
) -> Answer<Vec<Attested>> {
    let ids: Vec<uuid::Uuid> = made.iter().flat_map(|kept| kept.artifacts.iter().map(|id| id.uuid())).collect();
    let references = artifacts::records::references_of(at, &Artifact::TABLE, &ids).await?;
    let artifact = |id: &ArtifactId| {
        let reference = references.get(&id.uuid()).filter(|text| !text.is_empty());
        let href = format!("{}{query}", links::record(slug, "artifacts", *id));
        (reference.cloned().unwrap_or_else(|| id.to_string()), href)
    };
    let shown = |kept: Kept<Attestation>| Attested {
        at: caller.told(kept.recorded_from),
        artifacts: kept.artifacts.iter().map(artifact).collect(),
        withdrawal: format!("{}/withdrawal", links::record(slug, "attestations", kept.id)),
        withdrawn_at: kept.withdrawn.as_ref().map(|withdrawn| caller.told(withdrawn.at)).unwrap_or_default(),
        kept,
    };
    Ok(made.into_iter().rev().map(shown).collect())
}

async fn told(caller: &Caller, at: &mut crate::storage::Snapshot, id: &str) -> Answer<Option<Told>> {
    let Some(kept) = narrative(at, id).await? else { return Ok(None) };
    let history = at.history::<Narrative>(kept.id).await?;
    let labels = history.iter().map(|version| version.recorded_by.as_str());
    let names: Names = crate::register::people::names(at, labels).await?;
    let earlier = history.into_iter().skip(1);
    let view = |version: Kept<Narrative>| (names.of(&version.recorded_by), caller.told(version.recorded_from), version);
    let earlier = earlier.map(view).collect();
    Ok(Some(Told { by: names.of(&kept.recorded_by), at: caller.told(kept.recorded_from), kept, earlier }))
}
