//! The page of a record: facts, what belongs to it, and its whole history.
//!
//! Invariant: history says who, when, why, and each field before and after.

use askama::Template;
use axum::extract::State;
use futures_util::future::BoxFuture;

use super::super::view::{self, Fact, Group, RowView};
use super::super::{Asked, Begins, FieldKind, Leaving, Lookup, Register, Row, Words, draft, listing};
use super::head::{self, Head, HeadOf};
use crate::artifacts::shown::{self, Evidence};
use crate::auth::Action;
use crate::ids::{ArtifactId, Id as _};
use crate::storage::{Kept, Snapshot};
use crate::vocabulary::TimeZone;
use crate::web::extract::{Asking, Id};
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

/// Records of another kind that belong to this one.
#[derive(Default)]
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

/// A tab of a record's page. Only the one that is open is read.
#[derive(Clone, Copy)]
pub struct Tab {
    /// Its word in the address.
    pub name: &'static str,
    pub title: &'static str,
    pub load: SectionOf,
}

/// Rows a tab shows.
const MOST: u32 = 25;

/// The tab of kind `K` on the page of a record that `K` filters by under the record's kind, or under `record`.
#[must_use]
pub const fn section<K: Register>() -> Tab {
    let load: SectionOf =
        |app, at, slug, reference, as_of, kind| Box::pin(related::<K>(app, at, slug, reference, as_of, kind));
    Tab { name: K::WORDS.collection, title: K::WORDS.title, load }
}

/// The filter of a kind that leads from a record to what belongs to it, and its value. A kind that many kinds of records lead
/// to is filtered by `record`, as `kind:reference`.
fn leading<K: Register>(kind: &'static str, reference: &str) -> Option<(&'static str, String)> {
    let named = |name: &str| K::FILTERS.iter().find(|filter| filter.name == name).map(|filter| filter.name);
    let any = || named("record").map(|filter| (filter, format!("{kind}:{reference}")));
    named(kind).map(|filter| (filter, reference.to_owned())).or_else(any)
}

fn tells_a_moment<K: Register>((name, _): &(&'static str, &'static str)) -> bool {
    K::FIELDS.iter().any(|field| field.name == *name && field.kind == FieldKind::Moment)
}

async fn related<K: Register>(
    app: &App,
    at: &mut Snapshot,
    slug: &str,
    reference: &str,
    as_of: &str,
    kind: &'static str,
) -> Answer<Option<Section>> {
    let Some((filter, wanted)) = leading::<K>(kind, reference) else { return Ok(None) };
    let asked = Asked { filters: [(filter.to_owned(), wanted.clone())].into(), ..Asked::default() };
    let understood = asked.understand::<K>().map_err(|draft| Failure::Invalid(draft.problems))?;
    let (rows, more) = understood.first(at, MOST).await?;
    let records: Vec<&K> = rows.iter().map(|row| &row.kept.content).collect();
    let columns: Vec<_> = view::columns::<K>("").into_iter().filter(|(name, _)| *name != kind).take(7).collect();
    let lookup = told_by::<K>(app, at, &records, columns.iter().any(tells_a_moment::<K>)).await?;
    let (place, query) = (links::place(slug, K::WORDS.collection), links::query([(filter, wanted.as_str())]));
    Ok(Some(Section {
        title: K::WORDS.title,
        href: format!("{place}{query}{}", as_of.replacen('?', "&", 1)),
        total: if more { format!("more than {MOST}") } else { rows.len().to_string() },
        head: columns.iter().map(|(_, label)| *label).collect(),
        rows: rows.iter().map(|row| view::row_view(row, &columns, &lookup, slug, as_of)).collect(),
        ..Section::default()
    }))
}

/// What rows are told by: their names, the snapshot's moment, and the zone where they tell moments.
async fn told_by<K: Register>(app: &App, at: &mut Snapshot, records: &[&K], moments: bool) -> Answer<Lookup> {
    let lookup = Lookup::clone(&*super::lookup_for::<K>(app, at, records).await?).at(at.now());
    Ok(if moments { lookup.within(zone(at).await?) } else { lookup })
}

/// The zone of the snapshot's organization, for what tells moments.
async fn zone(at: &mut Snapshot) -> Answer<TimeZone> {
    let organization = at.organization();
    let known = at.platform().organization(organization).await?;
    Ok(known.map_or(TimeZone::UTC, |known| TimeZone::known(&known.time_zone)))
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

/// A tab as the page links it.
struct TabLink {
    title: &'static str,
    href: String,
    open: bool,
}

/// What the open tab holds.
enum Opened {
    Section(Option<Section>),
    /// What is attached; for an evidence file what it is attached to.
    Files(Option<Evidence>),
    History(Vec<Step>),
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
    tabs: Vec<TabLink>,
    opened: Opened,
    href: String,
    list_href: String,
    may_edit: bool,
    may_verify: bool,
    version: i64,
    head: Head,
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

const FILES: &str = "files";
const HISTORY: &str = "history";

/// The tabs of kinds the caller may read: whoever may read a record may not read everything around it.
fn readable(caller: &Caller, tabs: &[Tab]) -> Vec<Tab> {
    let read = |tab: &&Tab| {
        let known = crate::REGISTERS.iter().find(|known| known.words.collection == tab.name);
        known.is_none_or(|known| caller.confined.is_some() || caller.may(known.read))
    };
    tabs.iter().filter(read).copied().collect()
}

/// The tab an address opens: the one it names, the one where what was just done shows, or the first.
fn opening<'t>(caller: &Caller, asking: &Asking, tabs: &'t [Tab], begins: Begins) -> Answer<(&'t [Tab], &'static str)> {
    if caller.confined.is_some() {
        // An auditor's view holds the record itself, not what stands around it.
        return Ok((&[], HISTORY));
    }
    let named = asking.text("tab");
    if !named.is_empty() {
        let known = tabs.iter().map(|tab| tab.name).chain([FILES, HISTORY]).find(|name| *name == named);
        return known.map(|name| (tabs, name)).ok_or_else(|| Failure::field("tab", named, "not a tab of this page"));
    }
    let open = match asking.text("done") {
        "attached" | "withdrawn" => FILES,
        "" if begins == Begins::Uploaded => FILES,
        "" => tabs.first().map_or(HISTORY, |tab| tab.name),
        _ => HISTORY,
    };
    Ok((tabs, open))
}

pub async fn show<K: Register>(
    (tabs, head): (&'static [Tab], Option<HeadOf<K>>),
    caller: Caller,
    State(app): State<App>,
    Id(id): Id<K::Id>,
    asking: Asking,
) -> Answer {
    let tabs = readable(&caller, tabs);
    let (tabs, open) = opening(&caller, &asking, &tabs, K::BEGINS)?;
    let mut at = caller.snapshot(&app).await?;
    let row = listing::find::<K>(&mut at, id).await?.ok_or(Failure::NotFound)?;
    let history = if open == HISTORY { at.history::<K>(id).await? } else { Vec::new() };
    let lookup = lookup::<K>(&app, &caller, &mut at, &row.kept, &history).await?;
    let label = row.kept.content.label(&lookup);
    let shell = Shell::of(&caller, super::place::<K>(), label.clone()).saying(asking.text("done"));
    let opened = match tabs.iter().find(|tab| tab.name == open) {
        Some(tab) => Opened::Section(
            (tab.load)(&app, &mut at, &caller.serving()?.slug, &label, &shell.query(), K::WORDS.kind).await?,
        ),
        None if open == HISTORY => told(&mut at, &history, &lookup).await?,
        None => Opened::Files(attached::<K>(&caller, &mut at, id.uuid()).await?),
    };
    let head = head::of(head, &caller, &mut at, &row.kept, &shell.query()).await?;
    page::show(&page_of(&caller, shell, &row, &lookup, (tabs, open, opened, head))?)
}

/// What the fields of a record and of its versions need.
async fn lookup<K: Register>(
    app: &App,
    caller: &Caller,
    at: &mut Snapshot,
    kept: &Kept<K>,
    history: &[Kept<K>],
) -> Answer<Lookup> {
    let versions: Vec<&K> = history.iter().map(|kept| &kept.content).chain([&kept.content]).collect();
    let lookup = super::lookup_for::<K>(app, at, &versions).await?;
    Ok(Lookup::clone(&lookup).within(caller.time_zone()).on(caller.day()).at(caller.instant_shown()))
}

/// The history with the names of the people in it.
async fn told<K: Register>(at: &mut Snapshot, history: &[Kept<K>], lookup: &Lookup) -> Answer<Opened> {
    let names = super::super::people::names(at, history.iter().map(|kept| kept.recorded_by.as_str())).await?;
    Ok(Opened::History(steps(history, lookup, &names)))
}

/// The links to all tabs of a record.
fn tab_links(tabs: &[Tab], open: &str, href: &str, as_of: &str, files: Option<&'static str>) -> Vec<TabLink> {
    let joint = as_of.replacen('?', "&", 1);
    let files = files.map(|title| (FILES, title));
    let all = tabs.iter().map(|tab| (tab.name, tab.title)).chain(files).chain([(HISTORY, "History")]);
    all.map(|(name, title)| TabLink { title, href: format!("{href}?tab={name}{joint}"), open: name == open }).collect()
}

fn page_of<K: Register>(
    caller: &Caller,
    mut shell: Shell,
    row: &Row<K>,
    lookup: &Lookup,
    (tabs, open, opened, head): (&[Tab], &str, Opened, Head),
) -> Answer<ShowPage> {
    let (slug, as_of) = (&caller.serving()?.slug, shell.query());
    let href = links::record(slug, K::WORDS.collection, row.kept.id);
    shell.now_href.clone_from(&href);
    let files = if K::BEGINS == Begins::Uploaded { "Attached to" } else { "Evidence" };
    let files = caller.may(Action::ReadArtifacts).then_some(files);
    Ok(ShowPage {
        words: K::WORDS,
        label: row.kept.content.label(lookup),
        title: row.kept.content.title().to_owned(),
        retired: row.kept.content.is_retired(),
        leaving: K::LEAVING,
        head,
        groups: view::facts(row, lookup, slug, &as_of),
        tabs: tab_links(tabs, open, &href, &as_of, files),
        opened,
        list_href: format!("{}{as_of}", links::place(slug, K::WORDS.collection)),
        may_edit: caller.may_now(K::ACCESS.edit),
        may_verify: caller.may_now(Action::VerifyAsset) && K::WORDS.kind == "asset",
        version: row.kept.version,
        file: FileView::of::<K>(caller, slug, &row.kept.id.to_string(), &row.kept.content.label(lookup)),
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
