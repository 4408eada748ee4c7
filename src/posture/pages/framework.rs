//! One framework as a matrix: each part, what it asks, what it applies to, what answers it.
//!
//! Invariant: filters live in the address; a row's status is what the checks say, and stays out while nothing was judged.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::State;

use super::views;
use crate::checks::Status;
use crate::controls::records::controls;
use crate::controls::{Attestation, Narrative};
use crate::frameworks::{Applicability, Framework, Requirement, Standard, Standing, catalogs};
use crate::posture::standing::Standings;
use crate::vocabulary::Date;
use crate::vocabulary::fold::fits;
use crate::web::extract::{Asking, Named};
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

/// A part in the matrix.
struct Row {
    part: &'static Requirement,
    href: String,
    clock: String,
    /// What it reaches; empty where nothing is computed.
    reach: String,
    open: usize,
    none: bool,
    controls: usize,
    controls_href: String,
    narrative: bool,
    attested: Option<Date>,
    /// The status the checks give it.
    status: Option<Status>,
    /// What decided the status.
    because: String,
}

/// Parts under one heading.
struct Block {
    id: &'static str,
    title: &'static str,
    rows: Vec<Row>,
}

/// The parts of one standard or chapter.
struct Chapter {
    id: &'static str,
    title: &'static str,
    standing: Standing,
    dates: String,
    count: usize,
    blocks: Vec<Block>,
}

/// A choice of a filter.
pub(super) struct Filter {
    name: &'static str,
    label: &'static str,
    choices: Vec<(&'static str, &'static str, bool)>,
}

#[derive(Template)]
#[template(path = "posture/framework.html")]
struct MatrixPage {
    shell: Shell,
    base: String,
    href: String,
    query: String,
    on: Date,
    framework: &'static Framework,
    chapters: Vec<Chapter>,
    shown: usize,
    all: usize,
    search: String,
    filters: Vec<Filter>,
    active: usize,
    /// The record whose parts are shown: kind and reference.
    subject: Option<(&'static str, String)>,
    judged: bool,
    computed: bool,
}

/// What the organization has for each requirement.
struct Held {
    controls: BTreeMap<String, usize>,
    narratives: BTreeSet<String>,
    attested: BTreeMap<String, Date>,
}

const NAMES: [&str; 11] =
    ["status", "standing", "standard", "applies", "control", "clock", "judging", "level", "baseline", "as_of", "done"];

pub async fn matrix(State(app): State<App>, caller: Caller, Named(id): Named, asking: Asking) -> Answer {
    let framework = catalogs().framework(&id).ok_or(Failure::NotFound)?;
    check_names(&asking)?;
    let mut at = caller.snapshot(&app).await?;
    let known = super::known(&app, &mut at).await?;
    let held = held(&mut at, caller.day()).await?;
    let subject = super::reach::subject(&asking, &known)?;
    let (on, standings) = (caller.day(), &known.judged.standings);
    let asked = Asked { asking: &asking, on, subject: subject.as_ref(), known: &known, held: &held, standings };
    let shell = Shell::of(&caller, Place::Controls, framework.title.clone());
    let (slug, query) = (caller.serving()?.slug.clone(), shell.query());
    let chapters = asked.chapters(framework, &slug, &query);
    let mut page = page_of(shell, &slug, framework, &asked, chapters);
    page.subject = subject.map(|found| (found.kind, found.reference));
    page.judged = page
        .chapters
        .iter()
        .flat_map(|chapter| &chapter.blocks)
        .flat_map(|block| &block.rows)
        .any(|row| row.status.is_some());
    page::show(&page)
}

fn check_names(asking: &Asking) -> Answer<()> {
    let known = |name: &str| NAMES.contains(&name) || ["q", "asset", "system", "site"].contains(&name);
    match asking.0.iter().find(|(name, _)| !known(name)) {
        Some((name, value)) => Err(Failure::field(name, value, "not a filter of this list")),
        None => Ok(()),
    }
}

async fn held(at: &mut crate::storage::Snapshot, on: Date) -> Answer<Held> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for id in controls(at).await?.iter().flat_map(|kept| &kept.content.requirements) {
        *counts.entry(id.to_string()).or_default() += 1;
    }
    let narratives = at.every::<Narrative>().await?.iter().map(|kept| kept.requirement.to_string()).collect();
    let attestations = at.every::<Attestation>().await?;
    let standing = attestations.iter().filter(|kept| kept.withdrawn.is_none() && kept.from <= on);
    let attested = standing.map(|kept| (kept.requirement.to_string(), kept.to)).collect();
    Ok(Held { controls: counts, narratives, attested })
}

struct Asked<'a> {
    asking: &'a Asking,
    on: Date,
    subject: Option<&'a super::reach::SubjectThere>,
    known: &'a super::Known,
    held: &'a Held,
    standings: &'a Standings,
}

impl Asked<'_> {
    fn is(&self, name: &str, text: &str) -> bool {
        let wanted = self.asking.text(name);
        wanted.is_empty() || wanted == text
    }

    fn fits(&self, part: &Requirement) -> bool {
        let standing = catalogs().standard_of(part).map_or(Standing::InForce, |standard| standard.standing(self.on));
        let wanted = match self.asking.text("standing") {
            "" => "in_force",
            wanted => wanted,
        };
        let yes = |holds: bool| if holds { "yes" } else { "no" };
        let timed = part.cadence.as_ref().is_some_and(crate::vocabulary::Cadence::is_timed);
        let judging = part.automatable.map_or("", |how| match how {
            crate::frameworks::model::Automatable::Full => "full",
            crate::frameworks::model::Automatable::Partial => "partial",
            crate::frameworks::model::Automatable::Manual => "manual",
        });
        let among = |name: &str, words: &[String]| {
            self.asking.text(name).is_empty() || words.iter().any(|word| word == self.asking.text(name))
        };
        let levels: Vec<String> = part.levels.iter().map(ToString::to_string).collect();
        let applies = self.known.reaches.get(part.id.as_str()).map_or("", |reach| views::word(&reach.anything()));
        (wanted == "all" || wanted == standing.word())
            && self.is("standard", &part.standard)
            && self.is("applies", applies)
            && self.is("status", self.standings.part(&part.id).map_or("", |standing| standing.status.word()))
            && self.is("control", yes(self.held.controls.contains_key(&part.id)))
            && self.is("clock", yes(timed))
            && self.is("judging", judging)
            && among("level", &levels)
            && among("baseline", &part.baselines_ot_overlay)
            && self.subject.is_none_or(|subject| subject.at(self.known, part) != Applicability::NotApplicable)
            && fits(self.asking.text("q"), &[&part.id, &part.title, &part.asks])
    }

    fn row(&self, part: &'static Requirement, slug: &str, query: &str) -> Row {
        let reach = self.known.reaches.get(part.id.as_str());
        let controls = links::query([("requirement", part.id.as_str()), ("as_of", self.asking.text("as_of"))]);
        Row {
            href: format!("{}{query}", links::requirement(slug, &part.id)),
            clock: part.cadence.as_ref().map(views::brief).unwrap_or_default(),
            reach: reach.map(|reach| views::reached(part, reach)).unwrap_or_default(),
            open: reach.map_or(0, views::open),
            none: reach.is_some_and(|reach| reach.anything() == Applicability::NotApplicable),
            controls: self.held.controls.get(&part.id).copied().unwrap_or(0),
            controls_href: format!("{}{controls}", links::place(slug, "controls")),
            narrative: self.held.narratives.contains(&part.id),
            attested: self.held.attested.get(&part.id).copied(),
            status: self.standings.part(&part.id).map(|standing| standing.status),
            because: self.standings.part(&part.id).map_or("", |standing| &standing.because).to_owned(),
            part,
        }
    }

    fn blocks(
        &self,
        framework: &'static Framework,
        standard: &'static Standard,
        slug: &str,
        query: &str,
    ) -> Vec<Block> {
        let of_standard = |part: &&Requirement| part.standard == standard.id && self.fits(part);
        let mut blocks: Vec<Block> = Vec::new();
        for part in framework.requirements.iter().filter(of_standard) {
            let row = self.row(part, slug, query);
            if let Some(block) = blocks.last_mut().filter(|block| block.id == part.heading) {
                block.rows.push(row);
                continue;
            }
            let heading = standard.headings.iter().find(|known| known.id == part.heading);
            let title = heading.map_or("", |known| known.title.as_str());
            blocks.push(Block { id: &part.heading, title, rows: vec![row] });
        }
        blocks
    }

    fn chapters(&self, framework: &'static Framework, slug: &str, query: &str) -> Vec<Chapter> {
        let chapter = |standard: &'static Standard| {
            let blocks = self.blocks(framework, standard, slug, query);
            let (id, title, standing) = (standard.id.as_str(), standard.title.as_str(), standard.standing(self.on));
            let count = blocks.iter().map(|block| block.rows.len()).sum();
            Chapter { id, title, standing, dates: dates(standard), count, blocks }
        };
        framework.standards.iter().map(chapter).filter(|chapter| chapter.count > 0).collect()
    }
}

/// Since when, and until when.
pub(super) fn dates(standard: &Standard) -> String {
    match (standard.effective, standard.inactive) {
        (Some(from), Some(last)) => format!("{from} to {last}"),
        (Some(from), None) => format!("from {from}"),
        _ => String::new(),
    }
}

fn page_of(
    shell: Shell,
    slug: &str,
    framework: &'static Framework,
    asked: &Asked<'_>,
    chapters: Vec<Chapter>,
) -> MatrixPage {
    let filters = filters(framework, asked.asking);
    let search = asked.asking.text("q").to_owned();
    MatrixPage {
        base: links::place(slug, ""),
        href: links::record(slug, "frameworks", &framework.id),
        query: shell.query(),
        on: asked.on,
        shown: chapters.iter().map(|chapter| chapter.count).sum(),
        all: framework.requirements.len(),
        active: filters.iter().filter(|filter| filter.choices.iter().any(|(_, _, chosen)| *chosen)).count()
            + usize::from(!search.is_empty()),
        search,
        filters,
        framework,
        chapters,
        subject: None,
        judged: false,
        computed: framework.requirements.iter().any(|part| !part.subjects.is_empty()),
        shell,
    }
}

fn filters(framework: &'static Framework, asking: &Asking) -> Vec<Filter> {
    let filter = |name: &'static str, label, choices: &[(&'static str, &'static str)]| {
        let chosen = |(word, label): &(&'static str, &'static str)| (*word, *label, *word == asking.text(name));
        Filter { name, label, choices: choices.iter().map(chosen).collect() }
    };
    let standards: Vec<_> =
        framework.standards.iter().map(|standard| (standard.id.as_str(), standard.id.as_str())).collect();
    let mut filters =
        vec![filter("status", "Status", crate::choices!(Status)), filter("standard", "Standard", &standards)];
    if framework.standards.iter().any(|standard| standard.effective.is_some()) {
        let standings = [("superseded", "Superseded"), ("future", "Not yet in force"), ("all", "All versions")];
        filters.insert(0, filter("standing", "In force", &standings));
    }
    if framework.requirements.iter().any(|part| !part.subjects.is_empty()) {
        filters.push(filter(
            "applies",
            "Applies",
            &[("yes", "Applies"), ("open", "Cannot be decided"), ("no", "Applies to nothing")],
        ));
        filters.push(filter("clock", "Clock", &[("yes", "On a clock"), ("no", "No clock")]));
    }
    if framework.requirements.iter().any(|part| !part.levels.is_empty()) {
        filters.push(filter("level", "Security level", &[("1", "SL 1"), ("2", "SL 2"), ("3", "SL 3"), ("4", "SL 4")]));
    }
    if framework.requirements.iter().any(|part| !part.baselines_ot_overlay.is_empty()) {
        filters.push(filter("baseline", "Baseline", &[("low", "Low"), ("moderate", "Moderate"), ("high", "High")]));
    }
    filters.push(filter("control", "Control", &[("yes", "With a control"), ("no", "Without a control")]));
    if framework.requirements.iter().any(|part| part.automatable.is_some()) {
        filters.push(filter(
            "judging",
            "Judged by",
            &[("full", "Records"), ("partial", "Records and a person"), ("manual", "A person")],
        ));
    }
    filters
}
