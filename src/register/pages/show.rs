//! The page of a record: facts, what belongs to it, and its whole history.
//!
//! Invariant: history says who, when, why, and each field before and after.

use askama::Template;
use axum::extract::State;
use futures_util::future::BoxFuture;

use super::super::view::{self, Fact, Group, RowView};
use super::super::{Asked, Begins, Leaving, Lookup, Register, Row, Words, draft, listing};
use crate::artifacts::shown::{self, Evidence};
use crate::auth::Action;
use crate::ids::{ArtifactId, Id as _};
use crate::storage::{Kept, Snapshot};
use crate::web::extract::{Asking, Id};
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

/// Records of another kind that belong to this one.
pub struct Section {
    pub title: &'static str,
    pub href: String,
    pub total: String,
    pub head: Vec<&'static str>,
    pub rows: Vec<RowView>,
    /// Links instead of rows, in clusters.
    pub clusters: Vec<Cluster>,
    /// A sentence above them.
    pub note: String,
}

/// Links that belong together.
pub struct Cluster {
    pub label: String,
    pub note: String,
    pub links: Vec<view::CellView>,
}

/// Finds a section for a record: snapshot, application, slug, reference, the `as_of` query.
pub type SectionOf = for<'s> fn(
    &'s App,
    &'s mut Snapshot,
    &'s str,
    &'s str,
    &'s str,
    &'static str,
) -> BoxFuture<'s, Answer<Option<Section>>>;

/// The section of kind `K` on the page of a record that `K` filters by under the record's kind.
#[must_use]
pub const fn section<K: Register>() -> SectionOf {
    |app, at, slug, reference, as_of, kind| {
        Box::pin(async move {
            let Some(filter) = K::FILTERS.iter().find(|filter| filter.name == kind) else { return Ok(None) };
            let asked = Asked {
                filters: [(filter.name.to_owned(), reference.to_owned())].into(),
                limit: Some(10),
                ..Asked::default()
            };
            let understood = asked.understand::<K>().map_err(|draft| Failure::Invalid(draft.problems))?;
            let listing = understood.page(at).await?;
            let records: Vec<&K> = listing.rows.iter().map(|row| &row.kept.content).collect();
            let lookup = super::lookup_for::<K>(app, at, &records).await?;
            let columns: Vec<_> =
                view::columns::<K>("").into_iter().filter(|(name, _)| *name != kind).take(7).collect();
            let rows = listing.rows.iter().map(|row| view::row_view(row, &columns, &lookup, slug, as_of)).collect();
            let query = links::query([(filter.name, reference)]);
            let joint = if as_of.is_empty() { String::new() } else { format!("&{}", &as_of[1..]) };
            Ok(Some(Section {
                title: K::WORDS.title,
                href: format!("{}{query}{joint}", links::place(slug, K::WORDS.collection)),
                total: listing.total.to_string(),
                head: columns.iter().map(|(_, label)| *label).collect(),
                rows,
                clusters: Vec::new(),
                note: String::new(),
            }))
        })
    }
}

/// A version in a record's history.
pub struct Step {
    pub version: i64,
    pub at: String,
    pub as_of: String,
    pub by: String,
    pub reason: String,
    pub differences: Vec<draft::Difference>,
}

#[derive(Template)]
#[template(path = "register/show.html")]
struct ShowPage {
    shell: Shell,
    words: Words,
    label: String,
    title: String,
    retired: bool,
    leaving: Leaving,
    groups: Vec<Group<Fact>>,
    sections: Vec<Section>,
    steps: Vec<Step>,
    href: String,
    list_href: String,
    may_edit: bool,
    may_verify: bool,
    version: i64,
    /// What is attached; for an evidence file what it is attached to.
    evidence: Option<Evidence>,
    /// The bytes behind the record, for kinds that begin with them.
    file: Option<FileView>,
}

/// Where a record's bytes are given out, and where better ones come in.
struct FileView {
    href: String,
    may_download: bool,
    replace: Option<String>,
}

impl FileView {
    fn of<K: Register>(caller: &Caller, slug: &str, id: &str, label: &str) -> Option<Self> {
        let base = links::place(slug, K::WORDS.collection);
        let replace = || format!("{base}/new{}", links::query([("supersedes", label)]));
        (K::BEGINS == Begins::Uploaded).then(|| Self {
            href: format!("{base}/{id}/file"),
            may_download: caller.may_now(Action::DownloadArtifact),
            replace: caller.may_now(K::ACCESS.edit).then(replace),
        })
    }
}

/// What is attached to a record, or what a file is attached to.
async fn attached<K: Register>(caller: &Caller, at: &mut Snapshot, id: uuid::Uuid) -> Answer<Option<Evidence>> {
    match K::BEGINS {
        _ if caller.confined.is_some() => Ok(None),
        Begins::Uploaded => shown::uses(caller, at, &crate::ATTACHABLE, ArtifactId::from_uuid(id)).await,
        Begins::Entered => shown::evidence(caller, at, K::WORDS.kind, &id.hyphenated().to_string()).await,
    }
}

pub async fn show<K: Register>(
    sections: &'static [SectionOf],
    caller: Caller,
    State(app): State<App>,
    Id(id): Id<K::Id>,
    asking: Asking,
) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let row = listing::find::<K>(&mut at, id).await?.ok_or(Failure::NotFound)?;
    let history = at.history::<K>(id).await?;
    let versions: Vec<&K> = history.iter().map(|kept| &kept.content).collect();
    let lookup =
        super::Lookup::clone(&*super::lookup_for::<K>(&app, &mut at, &versions).await?).within(caller.time_zone());
    let label = row.kept.content.label(&lookup);
    let shell = Shell::of(&caller, super::place::<K>(), label.clone()).saying(asking.text("done"));
    let (slug, as_of) = (caller.serving()?.slug.clone(), shell.query());
    let mut found = Vec::new();
    // An auditor's view holds the record itself, not what stands around it.
    for section in sections.iter().filter(|_| caller.confined.is_none()) {
        found.extend(section(&app, &mut at, &slug, &label, &as_of, K::WORDS.kind).await?);
    }
    let names = super::super::people::names(&mut at, history.iter().map(|kept| kept.recorded_by.as_str())).await?;
    let evidence = attached::<K>(&caller, &mut at, id.uuid()).await?;
    let parts = (found, steps(&history, &lookup, &names), evidence);
    page::show(&page_of(&caller, shell, &row, &lookup, parts)?)
}

fn page_of<K: Register>(
    caller: &Caller,
    mut shell: Shell,
    row: &Row<K>,
    lookup: &Lookup,
    (sections, steps, evidence): (Vec<Section>, Vec<Step>, Option<Evidence>),
) -> Answer<ShowPage> {
    let (slug, as_of) = (&caller.serving()?.slug, shell.query());
    let href = links::record(slug, K::WORDS.collection, row.kept.id);
    shell.now_href.clone_from(&href);
    Ok(ShowPage {
        words: K::WORDS,
        label: row.kept.content.label(lookup),
        title: row.kept.content.title().to_owned(),
        retired: row.kept.content.is_retired(),
        leaving: K::LEAVING,
        groups: view::facts(row, lookup, slug, &as_of),
        sections,
        steps,
        list_href: format!("{}{as_of}", links::place(slug, K::WORDS.collection)),
        may_edit: caller.may_now(K::ACCESS.edit),
        may_verify: caller.may_now(Action::VerifyAsset) && K::WORDS.kind == "asset",
        version: row.kept.version,
        file: FileView::of::<K>(caller, slug, &row.kept.id.to_string(), &row.kept.content.label(lookup)),
        evidence,
        href,
        shell,
    })
}

/// The versions of a record in words, newest first.
pub fn steps<K: Register>(history: &[Kept<K>], lookup: &Lookup, names: &super::super::people::Names) -> Vec<Step> {
    let blank = K::default();
    let before = history.iter().skip(1).map(|kept| &kept.content).chain([&blank]);
    history
        .iter()
        .zip(before)
        .map(|(kept, before)| Step {
            version: kept.version,
            at: lookup.time_zone().told(kept.recorded_from),
            as_of: kept.recorded_from.rfc3339(),
            by: names.of(&kept.recorded_by),
            reason: kept.reason.clone(),
            differences: draft::differences(before, &kept.content, lookup),
        })
        .collect()
}
