//! The records behind a sealed package: what it discloses, each leading to its page as of the package's instant.
//!
//! Invariant: the list comes from the sealed file, not from the record as it stands now.

use askama::Template;
use axum::extract::State;

use crate::evidence::eye::PAGES;
use crate::evidence::reading::Disclosures;
use crate::evidence::{Package, PackageState, keeping};
use crate::ids::PackageId;
use crate::vocabulary::fold;
use crate::web::extract::{Asking, Id};
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

/// Rows of a page.
const MOST: usize = 200;

/// A kind of record: its words, how many, the address that shows only these, chosen.
struct KindView {
    label: String,
    count: usize,
    href: String,
    chosen: bool,
}

/// A record: label, address, version.
struct RecordView {
    label: String,
    href: Option<String>,
    version: String,
}

#[derive(Template)]
#[template(path = "evidence/records.html")]
struct RecordsPage {
    shell: Shell,
    name: String,
    href: String,
    here: String,
    instant: String,
    kinds: Vec<KindView>,
    kind: String,
    q: String,
    rows: Vec<RecordView>,
    found: usize,
    total: usize,
}

pub async fn records(State(app): State<App>, caller: Caller, Id(id): Id<PackageId>, asking: Asking) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let kept = at.find::<Package>(id).await?.ok_or(Failure::NotFound)?;
    drop(at);
    if kept.state != PackageState::Sealed {
        return Err(Failure::Conflict(format!("The package is {}, not sealed.", kept.state.word())));
    }
    let path = keeping::path(&app.data, caller.serving()?.id, id);
    let read = app.shared::<Disclosures>().records(&kept.digest, &path).await.map_err(Failure::Bug)?;
    page::show(&page_of(&caller, &kept, id, &read, &asking)?)
}

fn page_of(
    caller: &Caller,
    package: &Package,
    id: PackageId,
    read: &crate::evidence::reading::Records,
    asking: &Asking,
) -> Answer<RecordsPage> {
    let slug = &caller.serving()?.slug;
    let (href, instant) = (links::record(slug, "packages", id), package.instant.rfc3339());
    let as_of = links::query([("as_of", instant.as_str())]);
    let kinds: Vec<&str> = ["requirement"].into_iter().chain(read.kinds.keys().map(String::as_str)).collect();
    let kind = asking.text("kind");
    let kind = if kinds.contains(&kind) { kind } else { kinds.get(1).copied().unwrap_or("requirement") };
    let parts = package.parts();
    let count = |kind: &str| if kind == "requirement" { parts.len() } else { read.kinds.get(kind).map_or(0, Vec::len) };
    let (here, q) = (format!("{href}/records"), asking.text("q"));
    let view = |one: &&str| KindView {
        label: words(one),
        count: count(one),
        href: format!("{here}{}", links::query([("kind", *one)])),
        chosen: *one == kind,
    };
    let mut all = rows(slug, &as_of, kind, &parts, read);
    all.retain(|row| fold::fits(q, &[&row.label]));
    let found = all.len();
    all.truncate(MOST);
    Ok(RecordsPage {
        shell: Shell::of(caller, Place::Evidence, format!("Records behind {}", package.name)),
        name: package.name.clone(),
        kinds: kinds.iter().map(view).collect(),
        kind: kind.to_owned(),
        q: q.to_owned(),
        instant: caller.told(package.instant),
        rows: all,
        found,
        total: read.len(),
        href,
        here,
    })
}

/// The rows of a kind.
fn rows(
    slug: &str,
    as_of: &str,
    kind: &str,
    parts: &[&'static crate::frameworks::Requirement],
    read: &crate::evidence::reading::Records,
) -> Vec<RecordView> {
    if kind == "requirement" {
        let row = |part: &&'static crate::frameworks::Requirement| RecordView {
            label: format!("{} {}", part.id, part.title),
            href: Some(format!("{}{as_of}", links::requirement(slug, &part.id))),
            version: String::new(),
        };
        return parts.iter().map(row).collect();
    }
    let page = PAGES.iter().find(|(known, _)| *known == kind).map(|(_, collection)| *collection);
    let row = |behind: &crate::evidence::reading::Behind| RecordView {
        label: behind.label.clone(),
        href: page.map(|collection| format!("{}{as_of}", links::record(slug, collection, behind.id))),
        version: behind.version.clone(),
    };
    read.kinds.get(kind).into_iter().flatten().map(row).collect()
}

/// A kind in words, several.
fn words(kind: &str) -> String {
    let mut words = kind.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    match words.as_str() {
        "Requirement" => "Parts in scope".to_owned(),
        "Remediation entry" => "Remediation entries".to_owned(),
        other => format!("{other}s"),
    }
}
