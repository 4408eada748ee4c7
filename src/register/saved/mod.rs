//! Saved views: the address of a list under a name, for oneself or for everybody in the organization.
//!
//! Invariant: a view holds only what narrows, orders and shapes its list, and grants nothing: whoever uses it asks the
//! list anew. Saving leaves a leaf, so what is kept in mind about views is as old as the tree.

pub mod records;

use std::sync::Arc;

use crate::ids::{UserId, ViewId};
use crate::storage::journal::Subject;
use crate::storage::{Change, Result, Snapshot};
use crate::vocabulary::fold;
use crate::web::App;

/// Most views one person keeps in an organization.
pub const MOST: usize = 200;
/// Names of an address every list may keep; its filters come beside them.
const LASTING: [&str; 3] = ["q", "sort", "columns"];

/// A view somebody saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    pub id: ViewId,
    pub owner: UserId,
    pub collection: String,
    pub name: String,
    /// As it stands in the list's address, without the question mark.
    pub query: String,
    pub shared: bool,
}

/// Every view of an organization.
#[derive(Default)]
pub struct Views(Vec<SavedView>);

impl Views {
    /// The views a person may use: their own and the shared ones.
    pub fn of(&self, person: UserId) -> impl Iterator<Item = &SavedView> {
        self.0.iter().filter(move |view| view.shared || view.owner == person)
    }
}

/// The views of the organization, read again only when the record has moved.
pub async fn views(app: &App, at: &mut Snapshot) -> Result<Arc<Views>> {
    let (organization, size, newest) = (at.organization(), at.tree_size(), at.is_newest());
    if newest && let Some(kept) = app.computed.at::<Views>(organization, size) {
        return Ok(kept);
    }
    let views = Arc::new(Views(records::every(at).await?));
    if newest {
        app.computed.keep(organization, size, Arc::clone(&views));
    }
    Ok(views)
}

/// What a view keeps of an address: filters, words, order and columns, not the page or the instant.
#[must_use]
pub fn kept(query: &str, filters: &[&str]) -> String {
    let stays = |part: &&str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        !value.is_empty() && (LASTING.contains(&name) || filters.contains(&name))
    };
    let parts: Vec<&str> = query.trim_start_matches('?').split('&').filter(stays).collect();
    parts.join("&")
}

/// A query as an address may hold it: nothing but what `links::query` writes.
fn is_address(query: &str) -> bool {
    query.len() <= 4_000 && query.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%&=".contains(&byte))
}

/// The name somebody gives a view, or what is wrong with it.
pub fn named(text: &str) -> std::result::Result<String, String> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
        return Err("1 to 60 characters in one line".to_owned());
    }
    Ok(name)
}

/// Saves a view; one of the same name by the same person on the same list gives way.
pub async fn save(change: &mut Change, view: SavedView) -> Result<std::result::Result<(), &'static str>> {
    if !is_address(&view.query) || view.query.is_empty() {
        return Ok(Err("the address of a list with a filter, words, an order or columns"));
    }
    let known = records::every(change.reading().await?).await?;
    let own: Vec<&SavedView> = known.iter().filter(|known| known.owner == view.owner).collect();
    if own.len() >= MOST {
        return Ok(Err("you keep 200 views here; remove one first"));
    }
    let same = |known: &&&SavedView| {
        known.collection == view.collection && fold::folded(&known.name) == fold::folded(&view.name)
    };
    if let Some(former) = own.iter().find(same) {
        records::remove(change, former.id, view.owner).await?;
    }
    note(change, "view.save", &view.collection, &view.name).await?;
    records::insert(change, &view).await?;
    Ok(Ok(()))
}

/// Gives a view another name, or shares it, or keeps it to oneself; false when it is not the person's.
pub async fn revise(change: &mut Change, id: ViewId, owner: UserId, name: &str, shared: bool) -> Result<bool> {
    let done = records::revise(change, id, owner, name, shared).await?;
    if done {
        note(change, "view.revise", &id.to_string(), name).await?;
    }
    Ok(done)
}

/// Removes a view; false when it is not the person's.
pub async fn remove(change: &mut Change, id: ViewId, owner: UserId) -> Result<bool> {
    let done = records::remove(change, id, owner).await?;
    if done {
        note(change, "view.remove", &id.to_string(), "").await?;
    }
    Ok(done)
}

async fn note(change: &mut Change, act: &str, id: &str, why: &str) -> Result<()> {
    let subject = Subject { kind: "view", id: id.to_owned(), rev: None };
    change.note(act, subject, Some(why).filter(|why| !why.is_empty())).await
}

#[cfg(test)]
mod tests {
    use super::{is_address, kept, named};

    #[test]
    fn a_view_keeps_what_narrows_and_orders() {
        let query =
            "?after=x&as_of=2026-01-01&columns=reference%3Bsite&done=created&lifecycle=&q=a%20b&site=S7&sort=-name";
        assert_eq!(kept(query, &["site", "lifecycle"]), "columns=reference%3Bsite&q=a%20b&site=S7&sort=-name");
        assert_eq!(kept("?as_of=2026-01-01", &["site"]), "");
        assert!(is_address("q=a%20b&sort=-name"));
        for bad in ["q=\"><script>", "q=a b", "q=\u{e9}"] {
            assert!(!is_address(bad), "{bad}");
        }
        assert_eq!(named("  relays   of S7 "), Ok("relays of S7".to_owned()));
        assert!(named(" \n ").is_err());
    }
}
