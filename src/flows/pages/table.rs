//! The table around observed rows: filters, sorts and pages as the templates show them.
//!
//! Invariant: every link keeps what the address says, but for what it changes.

use crate::flows::listing::{Listed, Listing, Understood, href, sort_of, understand};
use crate::flows::records::sensors::Sensors;
use crate::register::FilterInput;
use crate::register::view::{Choice, FilterView};
use crate::storage::Snapshot;
use crate::storage::list::{Direction, Fragment};
use crate::vocabulary::fold;
use crate::web::extract::Asking;
use crate::web::{Answer, Failure};
use crate::zones::Zone;

/// A sort of the head.
pub struct SortView {
    pub label: &'static str,
    pub href: String,
    pub sorted: Option<&'static str>,
}

/// What a template needs around rows.
pub struct Table {
    pub base: String,
    pub total: String,
    pub search: String,
    pub zone: String,
    pub filters: Vec<FilterView>,
    pub active: usize,
    pub reset: String,
    pub keeps: Vec<(String, String)>,
    pub sorts: Vec<SortView>,
    pub first: Option<String>,
    pub next: Option<String>,
    /// The address of this list at the newest state.
    pub now: String,
    /// Its query, for the files of the same rows.
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

/// The rows an address asks for; `within` is the condition of its zone, and how many keys it compares.
pub async fn rows_of<L: Listed>(at: &mut Snapshot, asking: &Asking, within: (&Fragment, usize)) -> Answer<Listing<L>> {
    asked_for::<L>(at, asking, within).await?.page(at).await
}

/// What an address asks for, its zone included.
pub async fn asked_for<L: Listed>(
    at: &mut Snapshot,
    asking: &Asking,
    within: (&Fragment, usize),
) -> Answer<Understood<L>> {
    let mut understood = understand::<L>(asking)?;
    let zone = asking.text("zone");
    if !zone.is_empty() {
        let wanted = fold::folded(zone);
        let zones = at.every::<Zone>().await?;
        let found = zones.iter().find(|kept| kept.reference.folded() == wanted);
        let found = found.ok_or_else(|| Failure::field("zone", zone, "no zone has this reference"))?;
        understood
            .within(within.0, within.1, &found.subnets)
            .map_err(|problem| Failure::field("zone", zone, problem))?;
    }
    Ok(understood)
}

/// The table of a page.
pub fn table<L: Listed>(base: String, asking: &Asking, listing: &Listing<L>, sensors: &Sensors) -> Table {
    let link = |changes: &[(&str, &str)]| href(&base, &asking.0, changes);
    let filters = views::<L>(asking, sensors, &link);
    let active = filters.iter().filter(|filter| !filter.value.is_empty()).count();
    let zone = asking.text("zone").to_owned();
    let empty: Vec<(&str, &str)> =
        L::FILTERS.iter().map(|filter| (filter.name, "")).chain([("q", ""), ("after", ""), ("zone", "")]).collect();
    let lasting = ["sort", "as_of"].iter().map(|name| ((*name).to_owned(), asking.text(name).to_owned()));
    Table {
        total: listing.total.to_string(),
        search: asking.text("q").to_owned(),
        active: active + usize::from(!zone.is_empty()),
        reset: link(&empty),
        keeps: lasting.filter(|(_, text)| !text.is_empty()).collect(),
        sorts: sorts::<L>(asking, &link),
        first: (!asking.text("after").is_empty()).then(|| link(&[("after", "")])),
        next: listing.next.as_ref().map(|next| link(&[("after", next)])),
        now: link(&[("as_of", ""), ("after", "")]),
        query: link(&[("after", ""), ("limit", "")])
            .split_once('?')
            .map_or(String::new(), |(_, rest)| format!("?{rest}")),
        filters,
        zone,
        base,
    }
}

/// The page's own address with some values changed.
type Link<'l> = dyn Fn(&[(&str, &str)]) -> String + 'l;

fn views<L: Listed>(asking: &Asking, sensors: &Sensors, link: &Link<'_>) -> Vec<FilterView> {
    let choice = |word: &str, label: &str, value: &str| Choice {
        word: word.to_owned(),
        label: label.to_owned(),
        chosen: word == value,
    };
    let view = |filter: &crate::register::Filter| {
        let value = asking.text(filter.name).to_owned();
        let choices: Vec<Choice> = match filter.input {
            FilterInput::Choice(choices) => choices.iter().map(|(word, label)| choice(word, label, &value)).collect(),
            FilterInput::Link("sensor") => sensors.references().map(|known| choice(known, known, &value)).collect(),
            FilterInput::Link(_) | FilterInput::Date => Vec::new(),
        };
        let told = choices.iter().find(|one| one.chosen).map_or_else(|| value.clone(), |one| one.label.clone());
        let without = link(&[(filter.name, ""), ("after", "")]);
        FilterView { name: filter.name, label: filter.label, choices, is_date: false, pick: "", value, told, without }
    };
    L::FILTERS.iter().map(view).collect()
}

fn sorts<L: Listed>(asking: &Asking, link: &Link<'_>) -> Vec<SortView> {
    let (by, direction) = sort_of::<L>(asking.text("sort"));
    let view = |sort: &crate::flows::listing::SortOf<L>| {
        let here = by.is_some_and(|by| by.name == sort.name);
        let next =
            if here && direction == Direction::Descending { sort.name.to_owned() } else { format!("-{}", sort.name) };
        let way = if direction == Direction::Ascending { "ascending" } else { "descending" };
        SortView { label: sort.label, href: link(&[("sort", &next), ("after", "")]), sorted: here.then_some(way) }
    };
    L::SORTS.iter().map(view).collect()
}
