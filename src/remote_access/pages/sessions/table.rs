//! The table around sessions: filters, sorts and pages as the templates show them.
//!
//! Invariant: every link keeps what the address says, but for what it changes.

use super::found::Found;
use crate::flows::listing::{Listed, SortOf, href, sort_of};
use crate::register::FilterInput;
use crate::register::view::{Choice, FilterView};
use crate::remote_access::records::sessions::SessionRow;
use crate::storage::list::Direction;
use crate::web::extract::Asking;

/// A sort of the head.
pub struct SortView {
    pub label: &'static str,
    pub href: String,
    pub sorted: Option<&'static str>,
}

/// What a template needs around rows.
pub struct Table {
    pub base: String,
    /// How many there are; empty where nobody counts them.
    pub total: String,
    pub search: String,
    pub filters: Vec<FilterView>,
    pub active: usize,
    pub reset: String,
    pub keeps: Vec<(String, String)>,
    sorts: Vec<SortView>,
    pub first: Option<String>,
    pub next: Option<String>,
    /// The address of this list at the newest state.
    pub now: String,
    /// Its query, for the file of the same rows.
    pub query: String,
}

impl Table {
    /// The head of a sorted column.
    #[must_use]
    pub fn sort(&self, label: &str) -> Option<&SortView> {
        self.sorts.iter().find(|sort| sort.label == label)
    }

    /// True when something narrows the list.
    #[must_use]
    pub fn narrowed(&self) -> bool {
        self.active > 0 || !self.search.is_empty()
    }
}

/// The table of a page.
pub fn table(base: String, asking: &Asking, found: &Found) -> Table {
    let link = |changes: &[(&str, &str)]| href(&base, &asking.0, changes);
    let filters = views(asking, &link);
    let names = SessionRow::FILTERS.iter().map(|filter| (filter.name, ""));
    let empty: Vec<(&str, &str)> = names.chain([("q", ""), ("after", "")]).collect();
    let lasting = ["sort", "as_of"].iter().map(|name| ((*name).to_owned(), asking.text(name).to_owned()));
    let query = link(&[("after", ""), ("limit", "")]);
    Table {
        total: found.total.map_or_else(String::new, |total| total.to_string()),
        search: asking.text("q").to_owned(),
        active: filters.iter().filter(|filter| !filter.value.is_empty()).count(),
        reset: link(&empty),
        keeps: lasting.filter(|(_, text)| !text.is_empty()).collect(),
        sorts: SessionRow::SORTS.iter().map(|sort| head(asking, sort, &link)).collect(),
        first: (!asking.text("after").is_empty()).then(|| link(&[("after", "")])),
        next: found.next.as_ref().map(|next| link(&[("after", next)])),
        now: link(&[("as_of", ""), ("after", "")]),
        query: query.split_once('?').map_or(String::new(), |(_, rest)| format!("?{rest}")),
        filters,
        base,
    }
}

/// The page's own address with some values changed.
type Link<'l> = dyn Fn(&[(&str, &str)]) -> String + 'l;

fn views(asking: &Asking, link: &Link<'_>) -> Vec<FilterView> {
    let view = |filter: &crate::register::Filter| {
        let value = asking.text(filter.name).to_owned();
        let choice = |(word, label): &(&str, &str)| Choice {
            word: (*word).to_owned(),
            label: (*label).to_owned(),
            chosen: *word == value,
        };
        let choices: Vec<Choice> = match filter.input {
            FilterInput::Choice(choices) => choices.iter().map(choice).collect(),
            FilterInput::Link(_) | FilterInput::Date => Vec::new(),
        };
        let told = choices.iter().find(|one| one.chosen).map_or_else(|| value.clone(), |one| one.label.clone());
        let without = link(&[(filter.name, ""), ("after", "")]);
        let is_date = matches!(filter.input, FilterInput::Date);
        FilterView { name: filter.name, label: filter.label, choices, is_date, pick: "", value, told, without }
    };
    SessionRow::FILTERS.iter().map(view).collect()
}

fn head(asking: &Asking, sort: &SortOf<SessionRow>, link: &Link<'_>) -> SortView {
    let (by, direction) = sort_of::<SessionRow>(asking.text("sort"));
    let here = by.is_some_and(|by| by.name == sort.name);
    let turned = here && direction == Direction::Descending;
    let next = if turned { sort.name.to_owned() } else { format!("-{}", sort.name) };
    let way = if direction == Direction::Ascending { "ascending" } else { "descending" };
    SortView { label: sort.label, href: link(&[("sort", &next), ("after", "")]), sorted: here.then_some(way) }
}
