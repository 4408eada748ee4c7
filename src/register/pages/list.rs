//! The list of a register: search, filters, sort, columns, pages; all of it in the address.
//!
//! Invariant: the same address shows the same rows to whoever may see them.

use askama::Template;
use axum::extract::State;

use super::super::saved::{self, Views};
use super::super::view::{self, ColumnView, FilterView, RowView};
use super::super::{Asked, FieldKind, Listing, Register, Words};
use super::saved::Above;
use crate::web::extract::Asking;
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

#[derive(Template)]
#[template(path = "register/list.html")]
struct ListPage {
    shell: Shell,
    words: Words,
    tabs: Vec<Tab>,
    above: Above,
    total: String,
    search: String,
    filters: Vec<FilterView>,
    active: usize,
    reset: String,
    /// Query values a search keeps: sort, columns, instant.
    keeps: Vec<(String, String)>,
    columns: Vec<ColumnView>,
    rows: Vec<RowView>,
    first: Option<String>,
    next: Option<String>,
    base: String,
    query: String,
    may_edit: bool,
    rows_acts: Vec<(&'static str, &'static str)>,
    may_import: bool,
    may_export: bool,
    bulk_fields: Vec<(&'static str, &'static str)>,
}

/// A neighboring list.
pub struct Tab {
    pub label: &'static str,
    pub href: String,
    pub current: bool,
}

/// Neighbors of the organization's own controls.
const ANSWERS: [(&str, &str); 2] = [("Frameworks", "frameworks"), ("Controls", "controls")];

const TABS: [(&str, &str); 6] = [
    ("Assets", "assets"),
    ("Sites", "sites"),
    ("BES Cyber Systems", "systems"),
    ("Interfaces", "interfaces"),
    ("Services", "services"),
    ("Discovered", "discoveries"),
];

/// The ledger of performances stands beside what they are for.
const CLOCKS: [(&str, &str); 4] = [
    ("Due", "obligations"),
    ("Month", "obligations/month"),
    ("Gaps", "obligations/gaps"),
    ("Performances", "performances"),
];
/// People, and what they may reach.
const ACCESS: [(&str, &str); 12] = [
    ("Overview", "access"),
    ("People", "people"),
    ("Vendors", "vendors"),
    ("Authorizations", "authorizations"),
    ("Accounts", "accounts"),
    ("Grants", "grants"),
    ("Sessions", "sessions"),
    ("Revocation clocks", "departures/clocks"),
    ("Departures", "departures"),
    ("Reviews", "reviews"),
    ("Appointments", "appointments"),
    ("Circumstances", "circumstances"),
];
const FOLLOW_UP: [(&str, &str); 2] = [("Findings", "findings"), ("Exceptions", "exceptions")];
const EVIDENCE: [(&str, &str); 3] =
    [("Engagements", "engagements"), ("Packages", "packages"), ("Evidence files", "artifacts")];
/// Neighbors of the map.
pub const BOUNDARY: [(&str, &str); 10] = [
    ("Map", "boundary"),
    ("Zones", "zones"),
    ("Conduits", "conduits"),
    ("Permitted flows", "permitted_flows"),
    ("Crossings", "crossings"),
    ("Flows", "flows"),
    ("Sensors", "sensors"),
    ("Coverage", "boundary/coverage"),
    ("Levels", "boundary/levels"),
    ("Drift", "boundary/drift"),
];

/// What a list's address asks for.
#[must_use]
pub fn asked<K: Register>(asking: &Asking) -> Asked {
    let filters = K::FILTERS.iter().map(|filter| (filter.name.to_owned(), asking.text(filter.name).to_owned()));
    let limit = asking.text("limit").parse().unwrap_or(50u32).clamp(1, 200);
    Asked {
        words: asking.text("q").to_owned(),
        filters: filters.filter(|(_, text)| !text.is_empty()).collect(),
        sort: asking.text("sort").to_owned(),
        after: asking.text("after").to_owned(),
        limit: Some(limit),
    }
}

/// Names an address of a list may hold beside its filters.
pub const NAMES: [&str; 8] = ["q", "sort", "after", "limit", "as_of", "columns", "done", "density"];

/// Refuses names that mean nothing, so that a slip does not show everything.
pub fn check_names<K: Register>(asking: &Asking) -> Result<(), Failure> {
    let known = |name: &str| NAMES.contains(&name) || K::FILTERS.iter().any(|filter| filter.name == name);
    match asking.0.iter().find(|(name, _)| !known(name)) {
        Some((name, value)) => Err(Failure::field(name, value, "not a filter of this list")),
        None => Ok(()),
    }
}

pub async fn list<K: Register>(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    check_names::<K>(&asking)?;
    let asked = asked::<K>(&asking);
    let understood = asked.understand::<K>().map_err(|draft| Failure::Invalid(draft.problems))?;
    let mut at = caller.snapshot(&app).await?;
    let listing = understood.page(&mut at).await?;
    let records: Vec<&K> = listing.rows.iter().map(|row| &row.kept.content).collect();
    let lookup = super::Lookup::clone(&*super::lookup_for::<K>(&app, &mut at, &records).await?)
        .within(caller.time_zone())
        .on(caller.day())
        .at(caller.instant_shown());
    let views = saved::views(&app, &mut at).await?;
    drop(at);
    page::show(&page_of::<K>(&caller, (&asked, &asking), &lookup, &listing, &views)?)
}

fn page_of<K: Register>(
    caller: &Caller,
    (asked, asking): (&Asked, &Asking),
    lookup: &super::Lookup,
    listing: &Listing<K>,
    views: &Views,
) -> Answer<ListPage> {
    let slug = &caller.serving()?.slug;
    let mut shell = Shell::of(caller, super::place::<K>(), K::WORDS.title).saying(asking.text("done"));
    let href = |changes: &[(&str, &str)]| view::list_href::<K>(slug, &asking.0, changes);
    shell.now_href = href(&[("as_of", ""), ("after", "")]);
    let (columns, as_of) = (view::columns::<K>(asking.text("columns")), shell.query());
    let empty: Vec<(&str, &str)> =
        K::FILTERS.iter().map(|filter| (filter.name, "")).chain([("q", ""), ("after", "")]).collect();
    let query =
        href(&[("after", ""), ("limit", "")]).split_once('?').map_or(String::new(), |(_, rest)| format!("?{rest}"));
    Ok(ListPage {
        above: Above::of::<K>(caller, views, slug, &query),
        words: K::WORDS,
        tabs: tabs::<K>(slug, asking.text("as_of")),
        total: listing.total.to_string(),
        search: asked.words.clone(),
        filters: view::filter_views::<K>(slug, asked, &asking.0, lookup),
        active: asked.filters.len(),
        reset: href(&empty),
        keeps: lasting(asking, &["sort", "columns", "as_of"]),
        columns: view::column_views::<K>(slug, &asking.0),
        rows: listing.rows.iter().map(|row| view::row_view(row, &columns, lookup, slug, &as_of)).collect(),
        first: (!asking.text("after").is_empty()).then(|| href(&[("after", "")])),
        next: listing.next.as_ref().map(|next| href(&[("after", next)])),
        base: links::place(slug, K::WORDS.collection),
        query,
        may_edit: caller.may_now(K::ACCESS.edit),
        rows_acts: rows_acts::<K>(caller),
        may_import: K::ACCESS.import.is_some_and(|import| caller.may_now(import)),
        may_export: caller.may(K::EXPORT),
        bulk_fields: bulk_fields::<K>(),
        shell,
    })
}

/// The pairs of these names that say something.
fn lasting(asking: &Asking, names: &[&str]) -> Vec<(String, String)> {
    let pairs = names.iter().map(|name| ((*name).to_owned(), asking.text(name).to_owned()));
    pairs.filter(|(_, text)| !text.is_empty()).collect()
}

fn rows_acts<K: Register>(caller: &Caller) -> Vec<(&'static str, &'static str)> {
    let may = K::ROWS_ACTS.iter().filter(|(.., action)| caller.may_now(*action));
    may.map(|(label, path, _)| (*label, *path)).collect()
}

fn tabs<K: Register>(slug: &str, as_of: &str) -> Vec<Tab> {
    let tabs: &[(&str, &str)] = match super::place::<K>() {
        Place::Assets => &TABS,
        Place::Boundary => &BOUNDARY,
        Place::Access => &ACCESS,
        Place::Today => &CLOCKS,
        Place::Controls => &ANSWERS,
        Place::Evidence => &EVIDENCE,
        Place::Findings => &FOLLOW_UP,
        _ => &[],
    };
    let query = links::query([("as_of", as_of)]);
    tabs.iter()
        .map(|(label, collection)| Tab {
            label,
            href: format!("{}{query}", links::place(slug, collection)),
            current: *collection == K::WORDS.collection,
        })
        .collect()
}

/// Fields that can be set for many records at once: not what tells records apart.
pub fn bulk_fields<K: Register>() -> Vec<(&'static str, &'static str)> {
    let settable = K::FIELDS.iter().filter(|field| field.editable && !K::KEY.contains(&field.name));
    settable.filter(|field| !matches!(field.kind, FieldKind::Prose)).map(|field| (field.name, field.label)).collect()
}
