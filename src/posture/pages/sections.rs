//! Tabs on the pages of records: the NERC CIP parts that apply to a site, system or asset; what a control answers.
//!
//! Invariant: computed by the same rules as the framework's page, on the day the page shows.

use std::collections::BTreeSet;

use super::{Known, known, reach, views};
use crate::controls::Control;
use crate::frameworks::{Applicability, Requirement, RequirementId, catalogs};
use crate::register::pages::{Cluster, Section, Tab};
use crate::register::view::CellView;
use crate::storage::Snapshot;
use crate::vocabulary::{Date, fold};
use crate::web::{Answer, App, links};

/// The NERC CIP parts that apply to a site, system or asset.
pub const APPLYING: Tab = Tab {
    name: "requirements",
    title: "Requirements",
    load: |app, at, slug, reference, as_of, kind| Box::pin(parts(app, at, slug, reference, as_of, kind)),
};

/// The requirements a control answers.
pub const ANSWERED: Tab = Tab {
    name: "requirements",
    title: "Requirements",
    load: |_, at, slug, reference, as_of, _| Box::pin(answered(at, slug, reference, as_of)),
};

fn link(part: &Requirement, slug: &str, as_of: &str, class: &'static str) -> CellView {
    CellView {
        text: part.short().to_owned(),
        class,
        href: Some(format!("{}{as_of}", links::requirement(slug, &part.id))),
    }
}

/// The day a snapshot shows: today, or the day of its instant.
async fn day(at: &mut Snapshot) -> Answer<Date> {
    let id = at.organization();
    let profile = at.find::<crate::organizations::OrganizationProfile>(id).await?;
    let zone = profile.map_or(crate::vocabulary::TimeZone::UTC, |profile| profile.zone());
    Ok(Date::parse(&zone.date(at.instant())).unwrap_or(Date::EPOCH))
}

async fn parts(
    app: &App,
    at: &mut Snapshot,
    slug: &str,
    reference: &str,
    as_of: &str,
    kind: &'static str,
) -> Answer<Option<Section>> {
    let (known, on) = (known(app, at).await?, day(at).await?);
    let joint = if as_of.is_empty() { String::new() } else { format!("&{}", &as_of[1..]) };
    let matrix = links::record(slug, "frameworks", "nerc-cip");
    let href = format!("{matrix}{}{joint}", links::query([(kind, reference)]));
    let Some(subject) = reach::find(&known, kind, reference) else {
        let note = "Not in service, so nothing applies now.".to_owned();
        return Ok(Some(section(href, 0, Vec::new(), note)));
    };
    let (count, open, clusters) = applying(&known, &subject, on, slug, as_of);
    Ok(Some(section(href, count, clusters, note(&known, &subject, &open))))
}

fn section(href: String, count: usize, clusters: Vec<Cluster>, note: String) -> Section {
    let (title, total) = ("NERC CIP parts that apply", count.to_string());
    Section { title, href, total, head: Vec::new(), rows: Vec::new(), clusters, note }
}

/// The parts that apply to a record by standard, how many, and the answers that would decide the others.
fn applying(
    known: &Known,
    subject: &reach::SubjectThere,
    on: Date,
    slug: &str,
    as_of: &str,
) -> (usize, BTreeSet<&'static str>, Vec<Cluster>) {
    let (mut count, mut open) = (0, BTreeSet::new());
    let mut clusters: Vec<Cluster> = Vec::new();
    for part in catalogs().parts_in_force("nerc-cip", on) {
        let class = match subject.at(known, part) {
            Applicability::NotApplicable => continue,
            Applicability::Applies => "ref",
            Applicability::Unknown(missing) => {
                open.extend(missing);
                "ref open"
            }
        };
        count += usize::from(class == "ref");
        let one = link(part, slug, as_of, class);
        let title = catalogs().standard_of(part).map_or("", |standard| standard.title.as_str());
        match clusters.last_mut().filter(|cluster| cluster.label == part.standard) {
            Some(cluster) => cluster.links.push(one),
            None => clusters.push(Cluster { label: part.standard.clone(), note: title.to_owned(), links: vec![one] }),
        }
    }
    (count, open, clusters)
}

fn note(known: &Known, subject: &reach::SubjectThere, open: &BTreeSet<&'static str>) -> String {
    let classes = match subject.which {
        reach::Which::System(n) => {
            let held = &known.surroundings().systems[n].classes.held;
            let all = &crate::sites::rules::catalog().classes;
            let text = |code: &&str| all.iter().find(|class| class.code == **code).map(|class| class.text.as_str());
            held.iter().filter_map(text).collect::<Vec<_>>().join("; ")
        }
        _ => String::new(),
    };
    let missing = views::answers(open);
    match (classes.is_empty(), missing.is_empty()) {
        (true, true) => String::new(),
        (false, true) => format!("{classes}."),
        (true, false) => format!("Cannot be decided for the marked ones without: {missing}."),
        (false, false) => format!("{classes}. Cannot be decided for the marked ones without: {missing}."),
    }
}

async fn answered(at: &mut Snapshot, slug: &str, reference: &str, as_of: &str) -> Answer<Option<Section>> {
    let wanted = [fold::folded(reference)];
    let control = crate::register::records::by_references::<Control>(at, &wanted).await?.pop();
    let Some(control) = control else { return Ok(None) };
    let mut clusters: Vec<Cluster> = Vec::new();
    for part in control.requirements.iter().filter_map(RequirementId::requirement) {
        let title = catalogs().title_of(&part.framework);
        let mut one = link(part, slug, as_of, "ref");
        one.text.clone_from(&part.id);
        match clusters.iter_mut().find(|cluster| cluster.label == title) {
            Some(cluster) => cluster.links.push(one),
            None => clusters.push(Cluster { label: title.to_owned(), note: String::new(), links: vec![one] }),
        }
    }
    let total = control.requirements.len().to_string();
    let href = format!("{}{as_of}", links::place(slug, "frameworks"));
    let (head, rows, note) = (Vec::new(), Vec::new(), String::new());
    Ok(Some(Section { title: "Requirements it answers", href, total, head, rows, clusters, note }))
}
