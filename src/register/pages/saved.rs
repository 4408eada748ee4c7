//! Saved views: above each list the ones that fit it, and a page to rename, share and remove one's own.
//!
//! Invariant: a view leads to a list's address and shows nothing by itself.

use askama::Template;
use axum::extract::State;
use axum::http::{Method, StatusCode};

use super::super::known::Known;
use super::super::saved::{self, SavedView, Views};
use super::super::{Register, people};
use crate::auth::Action;
use crate::ids::{UserId, ViewId};
use crate::web::extract::{Asking, Filled, Id};
use crate::web::{Answer, App, Caller, Failure, Place, Policy, Routes, Shell, links, page};

/// A view above its list.
pub struct Chip {
    pub name: String,
    pub href: String,
    pub current: bool,
    pub shared: bool,
}

/// The views of a list, and what saving the present one would keep.
#[derive(Default)]
pub struct Above {
    pub chips: Vec<Chip>,
    /// Empty when the list shows what it shows by itself, or to a program.
    pub keeps: String,
    pub collection: &'static str,
    pub action: String,
}

impl Above {
    /// What stands above a list whose address has this query.
    #[must_use]
    pub fn of<K: Register>(caller: &Caller, views: &Views, slug: &str, query: &str) -> Self {
        let Ok(person) = caller.user() else { return Self::default() };
        let collection = K::WORDS.collection;
        let filters: Vec<&str> = K::FILTERS.iter().map(|filter| filter.name).collect();
        let keeps = saved::kept(query, &filters);
        let as_of = caller.as_of.map(|at| format!("&as_of={}", links::encoded(&at.rfc3339()))).unwrap_or_default();
        let chip = |view: &SavedView| Chip {
            name: view.name.clone(),
            href: format!("{}?{}{as_of}", links::place(slug, collection), view.query),
            current: view.query == keeps,
            shared: view.shared,
        };
        let chips: Vec<Chip> = views.of(person).filter(|view| view.collection == collection).map(chip).collect();
        Self { chips, keeps, collection, action: links::place(slug, "views") }
    }
}

/// A view on the page that manages them.
struct Line {
    id: String,
    name: String,
    href: String,
    told: String,
    owner: String,
    own: bool,
    shared: bool,
}

/// The views of one list.
struct OfList {
    title: &'static str,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "register/views.html")]
struct ViewsPage {
    shell: Shell,
    lists: Vec<OfList>,
    base: String,
    /// What was refused: the field and why.
    problem: Option<String>,
    typed: String,
}

/// Mounts the pages: once for every list.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    // Everybody who may see a list may name it; a person's own views are nobody else's matter.
    let read = Policy::Organization(Action::ReadInventory);
    routes
        .on(&Method::GET, "/o/{slug}/views", read, list)
        .on(&Method::POST, "/o/{slug}/views", read, create)
        .on(&Method::POST, "/o/{slug}/views/{id}", read, revise)
        .on(&Method::POST, "/o/{slug}/views/{id}/removal", read, remove)
}

fn register(collection: &str) -> Option<&'static Known> {
    crate::REGISTERS.iter().find(|known| known.words.collection == collection)
}

async fn list(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    page::show(&views_page(&app, &caller, asking.text("done"), None).await?)
}

async fn views_page(app: &App, caller: &Caller, done: &str, refused: Option<(String, String)>) -> Answer<ViewsPage> {
    let (person, slug) = (caller.user()?, &caller.serving()?.slug);
    let mut at = caller.snapshot(app).await?;
    let views = saved::views(app, &mut at).await?;
    let seen: Vec<&SavedView> = views.of(person).collect();
    let owners: Vec<String> = seen.iter().map(|view| format!("user:{}", view.owner)).collect();
    let names = people::names(&mut at, owners.iter().map(String::as_str)).await?;
    let of_list = |known: &Known| {
        let here = seen.iter().filter(|view| view.collection == known.words.collection);
        let lines = here.map(|view| line(view, person, slug, &names)).collect();
        OfList { title: known.words.title, lines }
    };
    let readable = crate::REGISTERS.iter().filter(|known| caller.may(known.read));
    let lists = readable.map(of_list).filter(|list| !list.lines.is_empty()).collect();
    let shell = Shell::of(caller, Place::None, "Saved views").saying(done);
    let (typed, problem) = refused.unzip();
    Ok(ViewsPage { shell, lists, base: links::place(slug, "views"), problem, typed: typed.unwrap_or_default() })
}

fn line(view: &SavedView, person: UserId, slug: &str, names: &people::Names) -> Line {
    Line {
        id: view.id.to_string(),
        name: view.name.clone(),
        href: format!("{}?{}", links::place(slug, &view.collection), view.query),
        told: told(&view.query),
        owner: names.of(&format!("user:{}", view.owner)),
        own: view.owner == person,
        shared: view.shared,
    }
}

/// The query of a view in words.
fn told(query: &str) -> String {
    let pairs = crate::web::extract::pairs(query);
    let each = pairs.iter().map(|(name, value)| match (name.as_str(), value.strip_prefix('-')) {
        ("q", _) => format!("\u{201c}{value}\u{201d}"),
        ("sort", Some(by)) => format!("sorted by {by}, downward"),
        ("sort", None) => format!("sorted by {value}"),
        ("columns", _) => format!("{} columns", value.split(';').count()),
        _ => format!("{name} {value}"),
    });
    each.collect::<Vec<_>>().join(" · ")
}

async fn create(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let (collection, query) = (filled.take("collection"), filled.take("query"));
    let (name, shared) = (filled.take("name"), filled.take("shared") == "yes");
    let owner = caller.user()?;
    let known = register(&collection).filter(|known| caller.may(known.read));
    let known = known.ok_or_else(|| Failure::field("collection", &collection, "not a list of this organization"))?;
    let name = match saved::named(&name) {
        Ok(name) => name,
        Err(problem) => return refused(&app, &caller, name, &problem).await,
    };
    let query = saved::kept(&query, &(known.filters)());
    let href = format!("{}?{query}&done=named", links::place(&caller.serving()?.slug, &collection));
    let mut change = caller.change(&app).await?;
    let view = SavedView { id: change.new_id(), owner, collection, name: name.clone(), query, shared };
    if let Err(problem) = saved::save(&mut change, view).await? {
        return refused(&app, &caller, name, problem).await;
    }
    change.commit().await?;
    Ok(page::see(&href))
}

/// The page of all views with what was wrong and what was typed.
async fn refused(app: &App, caller: &Caller, typed: String, problem: &str) -> Answer {
    let view = views_page(app, caller, "", Some((typed, problem.to_owned()))).await?;
    page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &view)
}

async fn revise(State(app): State<App>, caller: Caller, Id(id): Id<ViewId>, mut filled: Filled) -> Answer {
    let (typed, shared, owner) = (filled.take("name"), filled.take("shared") == "yes", caller.user()?);
    let name = match saved::named(&typed) {
        Ok(name) => name,
        Err(problem) => return refused(&app, &caller, typed, &problem).await,
    };
    let mut change = caller.change(&app).await?;
    if is_taken(&saved::records::every(change.reading().await?).await?, id, owner, &name) {
        return refused(&app, &caller, typed, "taken by another of your views of this list").await;
    }
    if !saved::revise(&mut change, id, owner, &name, shared).await? {
        return Err(Failure::NotFound);
    }
    change.commit().await?;
    Ok(page::see(&format!("{}?done=updated", links::place(&caller.serving()?.slug, "views"))))
}

/// Whether the person has another view of this name on the same list.
fn is_taken(known: &[SavedView], id: ViewId, owner: UserId, name: &str) -> bool {
    let of = known.iter().find(|view| view.id == id).map(|view| view.collection.as_str());
    let same = |view: &&SavedView| Some(view.collection.as_str()) == of && view.owner == owner && view.id != id;
    let folded = crate::vocabulary::fold::folded(name);
    known.iter().filter(same).any(|view| crate::vocabulary::fold::folded(&view.name) == folded)
}

async fn remove(State(app): State<App>, caller: Caller, Id(id): Id<ViewId>) -> Answer {
    let mut change = caller.change(&app).await?;
    if !saved::remove(&mut change, id, caller.user()?).await? {
        return Err(Failure::NotFound);
    }
    change.commit().await?;
    Ok(page::see(&format!("{}?done=gone", links::place(&caller.serving()?.slug, "views"))))
}
