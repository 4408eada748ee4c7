//! What a register is: an audited kind with described fields, a list, and rules over a whole record.
//!
//! Invariant: everything a page, a file or the API needs of a kind is said here once.

use super::{Draft, Field, Lookup};
use crate::auth::Action;
use crate::storage::list::{Fragment, ListSql, SortKey};
use uuid::Uuid;

use crate::storage::{Audited, Cell, Change, Kept, Result, Snapshot, Table};
use crate::vocabulary::Origin;
use crate::web::Place;

/// The words of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// The kind in one word, as on the wire: `asset`.
    pub kind: &'static str,
    /// The collection in addresses and files: `assets`.
    pub collection: &'static str,
    /// The kind for people: `asset`.
    pub one: &'static str,
    /// The place's title: `Assets`.
    pub title: &'static str,
    /// What the place is for, where it is empty.
    pub purpose: &'static str,
}

/// A condition of a list that a person may set.
pub struct Filter {
    pub name: &'static str,
    pub label: &'static str,
    pub input: FilterInput,
    pub condition: Fragment,
    /// The values of the condition for a text; the error says what would be right.
    pub values: fn(&str) -> Result<Vec<Cell>, String>,
}

/// How a filter is asked for.
#[derive(Clone, Copy, Debug)]
pub enum FilterInput {
    Choice(&'static [(&'static str, &'static str)]),
    /// The reference of a record of this kind.
    Link(&'static str),
    /// A calendar date.
    Date,
}

/// An order of a list: a column that is never null and has an index.
pub struct Sort {
    pub name: &'static str,
    pub label: &'static str,
    pub key: SortKey,
    /// The key of a row, as the column holds it.
    pub of: fn(&[Cell]) -> Cell,
}

/// A foreign layout of columns that is read by header name.
pub struct Layout {
    pub name: &'static str,
    /// Header names that tell the layout, folded; all of them must be there.
    pub marks: &'static [&'static str],
    /// Their column, folded, and our field. A field given by several columns takes the first that is not empty.
    pub columns: &'static [(&'static str, &'static str)],
    /// Turns one of their values into ours.
    pub value: fn(field: &str, text: &str) -> String,
}

/// Words that are also found outside a kind's own words. Each fragment takes five values: kind, word and what is above
/// it, word and what is above it.
pub struct Elsewhere {
    /// Which words.
    pub fits: fn(&str) -> bool,
    /// Asks a row for the word.
    pub of_row: Fragment,
    /// Leads from the word to rows, where few have it.
    pub to_rows: Fragment,
}

/// What it takes to read, edit and import records of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Access {
    pub read: Action,
    pub edit: Action,
    /// None where records come by an act, never by file.
    pub import: Option<Action>,
}

/// How a record of a kind begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begins {
    /// By form, by file and by API.
    Entered,
    /// With the bytes of a file: the kind has routes of its own for it.
    Uploaded,
}

/// How a record leaves the lists: the act, what is said of it afterwards, and what becomes of it.
#[derive(Clone, Copy, Debug)]
pub struct Leaving {
    pub act: &'static str,
    pub left: &'static str,
    pub says: &'static str,
    /// True when it leaves only with a reason, over every way.
    pub explained: bool,
}

/// What a list offers for the selected rows beside setting a field: words, address under the list's, what it takes.
pub type RowsAct = (&'static str, &'static str, Action);

/// A kind of record people keep.
pub trait Register: Audited + PartialEq + Default {
    const WORDS: Words;
    const ACCESS: Access =
        Access { read: Action::ReadInventory, edit: Action::EditInventory, import: Some(Action::ImportInventory) };
    const PLACE: Place = Place::Assets;
    const EXPORT: Action = Action::ExportInventory;
    const BEGINS: Begins = Begins::Entered;
    /// True when a field names a person who serves the organization.
    const NAMES_PEOPLE: bool = false;
    /// True when a field follows from calendar months as the organization counts them.
    const COUNTS_MONTHS: bool = false;
    const ROWS_ACTS: &'static [RowsAct] = &[];
    const LEAVING: Leaving = Leaving {
        act: "Retire",
        left: "Retired",
        says: "It leaves the lists but stays readable with its whole history. Its reference stays taken.",
        explained: false,
    };
    const FIELDS: &'static [Field<Self>];
    const LIST: ListSql;
    const FILTERS: &'static [Filter];
    /// The first one is how the list comes when nobody asks.
    const SORTS: &'static [Sort];
    /// Names of the fields a list shows when nobody chose others.
    const COLUMNS: &'static [&'static str];
    /// What the list computes beside the record, as its columns `first` and `second`: name and label.
    const DERIVED: &'static [(&'static str, &'static str)] = &[];
    /// The group of a record's facts that shows them.
    const DERIVED_IN: usize = 1;
    /// Hides what is retired, unless a filter of this name is set.
    const UNLESS: Option<(&'static str, Fragment)>;

    /// Fields that must be filled in.
    const REQUIRED: &'static [&'static str];
    /// Fields that make up the key of a row in an import, the ones that name the record.
    const KEY: &'static [&'static str] = &["reference"];
    /// Kinds this one points to, few enough that all their references are looked up at once.
    const LINKED: &'static [Table] = &[];
    /// Kinds this one points to of which only the ones at hand are looked up.
    const LINKED_MANY: &'static [Table] = &[];
    /// Finds some words also outside the kind's own.
    const ELSEWHERE: Option<Elsewhere> = None;

    /// Foreign layouts an import understands.
    const LAYOUTS: &'static [Layout] = &[];

    /// Fills in what a new record has by the way it came.
    fn begin(&mut self, _origin: Origin) {}

    /// What people call the record: the entity's own tag, or for what has none, where it is.
    fn label(&self, lookup: &Lookup) -> String;

    /// The name beside the label; may be empty.
    fn title(&self) -> &str;

    /// What tells records of the kind apart, folded: the label, unless the kind says otherwise.
    fn key(&self, lookup: &Lookup) -> String {
        crate::vocabulary::fold::folded(&self.label(lookup))
    }

    /// The open records these would be a next version of: those with the same key.
    fn present(at: &mut Snapshot, records: &[Self]) -> impl Future<Output = Result<Vec<Kept<Self>>>> + Send {
        let references = records.iter().map(|record| record.key(&Lookup::default())).collect::<Vec<_>>();
        async move { super::records::by_references(at, &references).await }
    }

    /// Ids of [`Self::LINKED_MANY`] this record points to.
    fn linked(&self) -> Vec<Uuid> {
        Vec::new()
    }

    fn is_retired(&self) -> bool;

    /// Takes the record out of service; nothing is erased.
    fn retire(&mut self, on: crate::vocabulary::Date);

    /// The class under which a list shows the word of a field: a status has a shape and a color beside its word.
    #[must_use]
    fn mark(_field: &str, _word: &str) -> &'static str {
        ""
    }

    /// As [`Register::retire`], where the record itself keeps the reason.
    fn withdraw(&mut self, on: crate::vocabulary::Date, _why: &str) {
        self.retire(on);
    }

    /// Rules that need more than the record itself: the problems of each of these drafted records, in their order, with the
    /// id of what is there already; nothing for a kind without such rules.
    fn weigh(
        at: &mut Snapshot,
        records: &[(Option<Self::Id>, &Self)],
    ) -> impl Future<Output = Result<Vec<Draft>>> + Send {
        let _ = (at, records);
        std::future::ready(Ok(Vec::new()))
    }

    /// True for a kind that keeps who asked for it, see [`Register::signed`].
    const SIGNED: bool = false;

    /// Signs a record that is about to be written: who asks for it as it stands, and whether what was decided about it
    /// before still holds.
    fn signed(&mut self, _before: Option<&Self>, _by: super::Act) {}

    /// Completes a record that is about to be written with what only other records tell; none where nothing is added.
    fn completed(
        change: &mut Change,
        before: Option<&Self>,
        record: &Self,
    ) -> impl Future<Output = Result<Option<Self>>> + Send {
        let _ = (change, before, record);
        std::future::ready(Ok(None))
    }

    /// Rules over the whole record; a problem names the field it shows at.
    fn check(&self, _draft: &mut Draft) {}

    /// Writes what belongs to the record: its links, its addresses. Runs inside the change that wrote it.
    fn settle(
        change: &mut Change,
        id: Self::Id,
        before: Option<&Self>,
        after: &Self,
    ) -> impl Future<Output = Result<()>> + Send {
        let _ = (change, id, before, after);
        std::future::ready(Ok(()))
    }
}
