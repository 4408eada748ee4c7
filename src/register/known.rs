//! Every register, as what reaches across them asks: the palette, pickers, saved views.
//!
//! Invariant: a record is found here only by who may read its kind, in the snapshot of one organization.

use futures_util::future::BoxFuture;

use super::{Begins, Register, Words, pages, records};
use crate::auth::Action;
use crate::ids::Id;
use crate::storage::{Kept, Snapshot};
use crate::vocabulary::fold;
use crate::web::{Answer, App, links};

/// A record found by its words.
pub struct Hit {
    pub label: String,
    pub title: String,
    /// The kind for people.
    pub kind: &'static str,
    /// Its path under the organization's place.
    pub path: String,
    pub retired: bool,
}

/// Finds records of a kind by words, each from its beginning.
pub type HitsOf = for<'s> fn(&'s App, &'s mut Snapshot, &'s [String]) -> BoxFuture<'s, Answer<Vec<Hit>>>;

/// A register, whichever its kind.
#[derive(Clone, Copy)]
pub struct Known {
    pub words: Words,
    pub read: Action,
    pub edit: Action,
    pub import: Option<Action>,
    /// True when records begin by form.
    pub entered: bool,
    pub filters: fn() -> Vec<&'static str>,
    pub hits: HitsOf,
}

impl Known {
    #[must_use]
    pub const fn of<K: Register>() -> Self {
        Self {
            words: K::WORDS,
            read: K::ACCESS.read,
            edit: K::ACCESS.edit,
            import: K::ACCESS.import,
            entered: matches!(K::BEGINS, Begins::Entered),
            filters: || K::FILTERS.iter().map(|filter| filter.name).collect(),
            hits: |app, at, words| Box::pin(hits::<K>(app, at, words)),
        }
    }
}

/// The longest word leads to records, the others choose among them.
async fn hits<K: Register>(app: &App, at: &mut Snapshot, words: &[String]) -> Answer<Vec<Hit>> {
    let Some(leading) = words.iter().max_by_key(|word| word.chars().count()) else { return Ok(Vec::new()) };
    let ids = records::beginning(at, K::WORDS.kind, leading).await?;
    let found: Vec<Kept<K>> = records::by_ids(at, &ids).await?;
    let fits = |kept: &&Kept<K>| {
        let terms = kept.content.terms();
        words.iter().all(|word| terms.iter().any(|term| term.starts_with(word.as_str())))
    };
    let found: Vec<&Kept<K>> = found.iter().filter(fits).collect();
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let contents: Vec<&K> = found.iter().map(|kept| &kept.content).collect();
    let lookup = pages::lookup_for::<K>(app, at, &contents).await?;
    let hit = |kept: &Kept<K>| Hit {
        label: kept.content.label(&lookup),
        title: kept.content.title().to_owned(),
        kind: K::WORDS.one,
        path: format!("{}/{}", K::WORDS.collection, kept.id.uuid().hyphenated()),
        retired: kept.content.is_retired(),
    };
    Ok(found.into_iter().map(hit).collect())
}

/// Puts what somebody most likely means first: the very reference, what begins with it, then the rest in natural order.
pub fn rank(hits: &mut [Hit], asked: &str) {
    let asked = fold::folded(asked.trim());
    hits.sort_by_cached_key(|hit| {
        let label = fold::folded(&hit.label);
        (hit.retired, label != asked, !label.starts_with(&asked), fold::natural(&hit.label))
    });
}

/// The address of a hit.
#[must_use]
pub fn href(slug: &str, hit: &Hit, as_of: &str) -> String {
    format!("{}{as_of}", links::place(slug, &hit.path))
}
