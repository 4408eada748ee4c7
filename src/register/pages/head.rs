//! What stands above the facts of a record that people decide about: where it stands, what waits, the decisions.
//!
//! Invariant: a decision is offered only to who may take it now, names the version it was read at, and asks why.

use futures_util::future::BoxFuture;

use super::Section;
use crate::storage::{Audited, Kept, Snapshot};
use crate::web::{Answer, Caller};

/// What stands above the facts.
#[derive(Default)]
pub struct Head {
    /// The class of the status: shape and color beside its word.
    pub mark: &'static str,
    pub status: &'static str,
    /// Where it stands, a sentence each.
    pub lines: Vec<String>,
    /// What keeps it or the reader from going on.
    pub warnings: Vec<String>,
    /// What belongs to the record and is looked at first.
    pub section: Option<Section>,
    /// What is looked at after it.
    pub sections: Vec<Section>,
    pub decisions: Vec<Decision>,
}

/// A decision as the page offers it.
pub struct Decision {
    pub title: &'static str,
    pub says: String,
    /// The resource under the record's address.
    pub resource: &'static str,
    pub main: bool,
    /// What may be decided in the same act: value and words.
    pub beside: Vec<(String, String)>,
    /// What it asks beside the reason.
    pub asks: Vec<Ask>,
}

/// Something a decision asks: a field of its form.
pub struct Ask {
    pub name: &'static str,
    pub label: &'static str,
    /// `date`, `datetime-local` or `text`, as forms know them.
    pub input: &'static str,
    pub required: bool,
    pub help: String,
    /// What stands in it before anybody types.
    pub value: String,
}

impl Ask {
    /// What has to be said, in an input of this type.
    #[must_use]
    pub fn of(name: &'static str, label: &'static str, input: &'static str) -> Self {
        Self { name, label, input, required: true, help: String::new(), value: String::new() }
    }

    /// When it was done; the moment of recording where it is left empty.
    #[must_use]
    pub fn moment() -> Self {
        Self { required: false, ..Self::of("at", "When (empty: now)", "datetime-local") }
    }

    /// A line that has to say something.
    #[must_use]
    pub fn line(name: &'static str, label: &'static str) -> Self {
        Self::of(name, label, "text")
    }

    /// A day that has to be named.
    #[must_use]
    pub fn day(name: &'static str, label: &'static str) -> Self {
        Self::of(name, label, "date")
    }
}

impl Decision {
    /// A decision about the record alone.
    #[must_use]
    pub fn new(title: &'static str, resource: &'static str, says: impl Into<String>) -> Self {
        Self { title, says: says.into(), resource, main: false, beside: Vec::new(), asks: Vec::new() }
    }

    /// The same, asking for these beside the reason.
    #[must_use]
    pub fn asking(self, asks: impl Into<Vec<Ask>>) -> Self {
        Self { asks: asks.into(), ..self }
    }
}

/// Puts together the head of a record: the caller, the snapshot, the record, the `as_of` query.
pub type HeadOf<K> = for<'s> fn(&'s Caller, &'s mut Snapshot, &'s Kept<K>, &'s str) -> BoxFuture<'s, Answer<Head>>;

/// The head of a record, where its kind has one.
pub(super) async fn of<K: Audited>(
    head: Option<HeadOf<K>>,
    caller: &Caller,
    at: &mut Snapshot,
    kept: &Kept<K>,
    as_of: &str,
) -> Answer<Head> {
    match head {
        // An auditor's view holds the record itself.
        Some(head) if caller.confined.is_none() => head(caller, at, kept, as_of).await,
        _ => Ok(Head::default()),
    }
}
