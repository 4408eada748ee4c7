//! Finding anything by a few letters: places, actions, requirement parts, records. The palette and the pickers ask this
//! page and read its links; by itself it works without a script.
//!
//! Invariant: nothing is offered that the reader may not open, and at an earlier instant no action is.

use askama::Template;
use axum::extract::State;

use crate::auth::Action;
use crate::frameworks::{catalogs, model::Requirement};
use crate::register::known::{self, Hit, Known};
use crate::storage::Snapshot;
use crate::vocabulary::fold;
use crate::web::extract::Asking;
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

/// Most items of a group.
const MOST: usize = 8;
/// Most records.
const MOST_RECORDS: usize = 12;
/// Shorter than this, words lead to places only: a letter begins half of an inventory.
const FEWEST_LETTERS: usize = 2;

/// Something to go to.
struct Item {
    label: String,
    note: String,
    href: String,
    class: &'static str,
}

struct Group {
    title: &'static str,
    items: Vec<Item>,
}

#[derive(Template)]
#[template(path = "timeline/find.html")]
struct FindPage {
    shell: Shell,
    base: String,
    asked: String,
    groups: Vec<Group>,
}

/// Lists that are no registers.
const LISTS: [(&str, &str, Action); 7] = [
    ("Discovered hosts", "discoveries", Action::ReadInventory),
    ("Flows", "flows", Action::ReadInventory),
    ("Due", "obligations", Action::ReadControls),
    ("Month of what is due", "obligations/month", Action::ReadControls),
    ("Gaps", "obligations/gaps", Action::ReadControls),
    ("Evidence packages", "packages", Action::ReadEvidence),
    ("Saved views", "views", Action::ReadInventory),
];

/// Actions that are no register's.
const ACTS: [(&str, &str, Action); 4] = [
    ("Import a sensor's log", "flows/import", Action::ImportInventory),
    ("Add evidence files", "artifacts/new", Action::AddArtifact),
    ("Adopt starter controls", "controls/starter", Action::EditControls),
    ("Order an evidence package", "packages/new", Action::OrderPackage),
];

/// A person's own pages, of no organization.
const OWN: [(&str, &str); 3] = [("My queue", "/queue"), ("Your account", "/me"), ("Organizations", "/portfolio")];

pub async fn find(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let asked = asking.text("q").trim().to_owned();
    if asked.contains('\0') || asked.len() > 200 {
        return Err(Failure::field("q", "", "not searchable: too long, or it holds a NUL"));
    }
    let slug = caller.serving()?.slug.clone();
    let mut shell = Shell::of(&caller, Place::None, "Find");
    let base = links::place(&slug, "find");
    shell.now_href = format!("{base}{}", links::query([("q", asked.as_str())]));
    let mut at = caller.snapshot(&app).await?;
    let hits = records(&app, &caller, &mut at, (&asked, asking.text("kind"))).await?;
    let mut groups = vec![Group { title: "Records", items: shown(hits, &slug, &shell.query()) }];
    if asking.text("kind").is_empty() {
        groups.insert(0, Group { title: "Places", items: places(&caller, &shell, &slug, &asked) });
        groups.insert(1, Group { title: "Actions", items: acts(&caller, &slug, &asked) });
        groups.push(Group { title: "Requirement parts", items: parts(&caller, &shell, &slug, &asked) });
    }
    groups.retain(|group| !group.items.is_empty());
    page::show(&FindPage { shell, base, asked, groups })
}

/// Records of the kinds the caller may read, or of the one a picker asks for, most likely first.
async fn records(app: &App, caller: &Caller, at: &mut Snapshot, (asked, kind): (&str, &str)) -> Answer<Vec<Hit>> {
    let words: Vec<String> = asked.split_whitespace().take(6).map(fold::folded).collect();
    let mut hits = Vec::new();
    if words.iter().map(|word| word.chars().count()).max().unwrap_or(0) < FEWEST_LETTERS {
        return Ok(hits);
    }
    let wanted = |known: &&Known| (kind.is_empty() || known.words.kind == kind) && caller.may(known.read);
    for known in crate::REGISTERS.iter().filter(wanted) {
        hits.extend((known.hits)(app, at, &words).await?);
    }
    known::rank(&mut hits, asked);
    hits.truncate(MOST_RECORDS);
    Ok(hits)
}

fn shown(hits: Vec<Hit>, slug: &str, as_of: &str) -> Vec<Item> {
    let item = |hit: Hit| {
        let parts = [hit.kind, &hit.title, if hit.retired { "retired" } else { "" }];
        let note = parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" · ");
        Item { href: known::href(slug, &hit, as_of), label: hit.label, note, class: "ref" }
    };
    hits.into_iter().map(item).collect()
}

fn item(label: &str, href: String) -> Item {
    Item { label: label.to_owned(), note: String::new(), href, class: "" }
}

fn places(caller: &Caller, shell: &Shell, slug: &str, asked: &str) -> Vec<Item> {
    let as_of = shell.query();
    let under = |label: &str, path: &str| item(label, format!("{}{as_of}", links::place(slug, path)));
    let own = OWN.iter().map(|(label, path)| item(label, (*path).to_owned()));
    let mut found: Vec<Item> = shell.places.iter().map(|place| item(place.label, place.href.clone())).collect();
    let registers = crate::REGISTERS.iter().filter(|known| caller.may(known.read));
    found.extend(registers.map(|known| under(known.words.title, known.words.collection)));
    found.extend(LISTS.iter().filter(|(.., action)| caller.may(*action)).map(|(label, path, _)| under(label, path)));
    if caller.may(Action::ReadControls) {
        let frameworks = &catalogs().frameworks;
        found.extend(frameworks.iter().map(|one| under(&one.title, &format!("frameworks/{}", one.id))));
    }
    found.extend(own);
    chosen(found, asked)
}

fn acts(caller: &Caller, slug: &str, asked: &str) -> Vec<Item> {
    let under = |label: &str, path: &str| item(label, links::place(slug, path));
    let mut found = Vec::new();
    for known in crate::REGISTERS {
        let words = &known.words;
        if known.entered && caller.may_now(known.edit) {
            found.push(under(&format!("New {}", words.one), &format!("{}/new", words.collection)));
        }
        if known.import.is_some_and(|import| caller.may_now(import)) {
            found.push(under(&format!("Import {}", words.title), &format!("{}/import", words.collection)));
        }
    }
    found.extend(ACTS.iter().filter(|(.., act)| caller.may_now(*act)).map(|(label, path, _)| under(label, path)));
    chosen(found, asked)
}

fn parts(caller: &Caller, shell: &Shell, slug: &str, asked: &str) -> Vec<Item> {
    if !caller.may(Action::ReadControls) || asked.chars().count() < FEWEST_LETTERS {
        return Vec::new();
    }
    let part = |part: &Requirement| Item {
        label: part.id.clone(),
        note: part.title.clone(),
        href: format!("{}{}", links::requirement(slug, &part.id), shell.query()),
        class: "ref",
    };
    let every = catalogs().frameworks.iter().flat_map(|framework| &framework.requirements);
    every.filter(|known| fold::fits(asked, &[&known.id, &known.title])).take(MOST).map(part).collect()
}

/// What fits the words, each address once.
fn chosen(items: Vec<Item>, asked: &str) -> Vec<Item> {
    let mut seen = std::collections::BTreeSet::new();
    let fit = items.into_iter().filter(|item| fold::fits(asked, &[&item.label]));
    fit.filter(|item| seen.insert(item.href.clone())).take(MOST).collect()
}
