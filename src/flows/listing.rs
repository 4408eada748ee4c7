//! Lists of what was observed: filters, search, sorts and pages over rows that nobody keeps by hand.
//!
//! Invariant: as for registers, the address says everything about what is shown; names that mean nothing are refused.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::reading::cells::{mac, packed, packed_mac};
use super::records::flows::address_key;
use crate::register::Filter;
use crate::storage::engine::Row;
use crate::storage::list::{Direction, Fragment, ListQuery, ListSql, Position, SortKey};
use crate::storage::paging::{Total, cursor, position};
use crate::storage::{Cell, Snapshot};
use crate::vocabulary::Subnet;
use crate::web::extract::Asking;
use crate::web::{Answer, Failure};

/// An order of a list.
pub struct SortOf<L> {
    pub name: &'static str,
    pub label: &'static str,
    pub key: SortKey,
    pub of: fn(&L) -> Cell,
}

/// Rows that are listed.
pub trait Listed: Row + 'static {
    const LIST: &'static ListSql;
    const FILTERS: &'static [Filter];
    /// The first one, newest or largest first, is how the list comes when nobody asks.
    const SORTS: &'static [SortOf<Self>];

    fn id(&self) -> Uuid;

    /// The condition of a search; the error says what would be right.
    fn search(text: &str) -> Result<(&'static Fragment, Vec<Cell>), String>;
}

/// A list request that was understood.
pub struct Understood<L: Listed> {
    conditions: Vec<(Fragment, Vec<Cell>)>,
    sort: &'static SortOf<L>,
    direction: Direction,
    after: Option<Position>,
    limit: u32,
}

/// A page of a list.
pub struct Listing<L> {
    pub rows: Vec<L>,
    pub total: Total,
    pub next: Option<String>,
}

/// Names an address of a list may hold beside its filters.
const NAMES: [&str; 7] = ["q", "sort", "after", "limit", "as_of", "done", "zone"];

/// The sort of an address: its name and its way.
#[must_use]
pub fn sort_of<L: Listed>(asked: &str) -> (Option<&'static SortOf<L>>, Direction) {
    match asked.strip_prefix('-') {
        _ if asked.is_empty() => (L::SORTS.first(), Direction::Descending),
        Some(name) => (L::SORTS.iter().find(|sort| sort.name == name), Direction::Descending),
        None => (L::SORTS.iter().find(|sort| sort.name == asked), Direction::Ascending),
    }
}

/// Understands an address, or says which part of it makes no sense.
pub fn understand<L: Listed>(asking: &Asking) -> Answer<Understood<L>> {
    let known = |name: &str| NAMES.contains(&name) || L::FILTERS.iter().any(|filter| filter.name == name);
    if let Some((name, value)) = asking.0.iter().find(|(name, _)| !known(name)) {
        return Err(Failure::field(name, value, "not a filter of this list"));
    }
    if let Some((name, _)) = asking.0.iter().find(|(_, value)| value.contains('\0') || value.len() > 500) {
        return Err(Failure::field(name, "", "too long, or it holds a NUL"));
    }
    let (sort, direction) = sort_of::<L>(asking.text("sort"));
    let sort = sort.ok_or_else(|| {
        let names: Vec<&str> = L::SORTS.iter().map(|sort| sort.name).collect();
        Failure::field("sort", asking.text("sort"), format!("not one of: {}", names.join(", ")))
    })?;
    let mut conditions = Vec::new();
    for filter in L::FILTERS.iter().filter(|filter| !asking.text(filter.name).is_empty()) {
        let text = asking.text(filter.name);
        let values = (filter.values)(text).map_err(|problem| Failure::field(filter.name, text, problem))?;
        conditions.push((filter.condition, values));
    }
    let words = asking.text("q").trim();
    if !words.is_empty() {
        let (fragment, values) = L::search(words).map_err(|problem| Failure::field("q", words, problem))?;
        conditions.push((*fragment, values));
    }
    let after = Some(asking.text("after")).filter(|after| !after.is_empty());
    let after =
        after.map(|after| position(after, sort.name, direction).map_err(|said| Failure::field("after", after, said)));
    let limit = asking.text("limit").parse().unwrap_or(50u32).clamp(1, 200);
    Ok(Understood { conditions, sort, direction, after: after.transpose()?, limit })
}

impl<L: Listed> Understood<L> {
    /// Keeps what lies in these networks; the condition is of [`ranges!`], as often as `times`.
    pub fn within(&mut self, fragment: &Fragment, times: usize, subnets: &[Subnet]) -> Result<(), String> {
        if subnets.len() > MOST_RANGES {
            return Err(format!("has more than {MOST_RANGES} subnets; give one of them instead"));
        }
        let empty = std::iter::repeat_n(("z".to_owned(), "a".to_owned()), MOST_RANGES);
        let ranges = subnets.iter().map(range).chain(empty).take(MOST_RANGES);
        let values: Vec<Cell> = ranges.flat_map(|(from, until)| [Cell::text(from), Cell::text(until)]).collect();
        let all = std::iter::repeat_n(values, times).flatten().collect();
        self.conditions.push((*fragment, all));
        Ok(())
    }

    fn query(&self) -> ListQuery {
        let query = ListQuery::new(L::LIST);
        self.conditions.iter().fold(query, |query, (fragment, values)| query.filter(fragment, values.clone()))
    }

    /// Every row, one by one, for exports.
    pub async fn every<'s>(
        &self,
        at: &'s mut Snapshot,
    ) -> Answer<impl futures_util::Stream<Item = crate::storage::Result<L>> + use<'s, L>> {
        Ok(at.list(self.query().order(self.sort.key, self.direction)).stream::<L>().await?)
    }

    /// The page that was asked for.
    pub async fn page(&self, at: &mut Snapshot) -> Answer<Listing<L>> {
        let (found,): (i64,) = at.list(self.query().count()).one().await?;
        let (rows, next) = self.rows(at).await?;
        Ok(Listing { rows, total: Total::counted(found), next })
    }

    /// The rows of the page that was asked for, and where the next one begins.
    pub async fn rows(&self, at: &mut Snapshot) -> Answer<(Vec<L>, Option<String>)> {
        let query = self.query().order(self.sort.key, self.direction).after(self.after.clone()).limit(self.limit + 1);
        let mut rows: Vec<L> = at.list(query).all().await?;
        let more = rows.len() > self.limit as usize;
        rows.truncate(self.limit as usize);
        let next = rows.last().filter(|_| more).map(|row| self.cursor(row));
        Ok((rows, next))
    }

    /// Where the rows after this one begin.
    pub fn cursor(&self, row: &L) -> String {
        cursor(self.sort.name, self.direction, &Position { key: (self.sort.of)(row), id: row.id() })
    }

    /// The same list by so many rows.
    pub fn only(&mut self, limit: u32) {
        self.limit = limit;
    }

    /// The same list from behind a row on, by so many rows.
    pub fn behind(&mut self, row: &L, limit: u32) {
        self.after = Some(Position { key: (self.sort.of)(row), id: row.id() });
        self.limit = limit;
    }
}

/// A condition that a key lies in one of sixteen ranges.
#[macro_export]
macro_rules! ranges {
    (@one $key:literal) => {
        concat!("(", $key, " >= ? AND ", $key, " <= ?)")
    };
    (@four $key:literal) => {
        concat!($crate::ranges!(@one $key), " OR ", $crate::ranges!(@one $key), " OR ", $crate::ranges!(@one $key), " OR ",
            $crate::ranges!(@one $key))
    };
    ($key:literal) => {
        concat!("(", $crate::ranges!(@four $key), " OR ", $crate::ranges!(@four $key), " OR ", $crate::ranges!(@four $key), " OR ",
            $crate::ranges!(@four $key), ")")
    };
}

/// Most networks of one filter.
pub const MOST_RANGES: usize = 16;

/// First and last key of a network.
#[must_use]
pub fn range(subnet: &Subnet) -> (String, String) {
    let (first, last) = subnet.span();
    (address_key(packed(first)), address_key(packed(last)))
}

/// The keys of an address, a network or a hardware address somebody typed.
pub fn typed_range(text: &str) -> Result<[Cell; 2], String> {
    if let Some(mac) = mac(text.trim().as_bytes()) {
        let key = address_key(packed_mac(mac));
        return Ok([Cell::text(key.clone()), Cell::text(key)]);
    }
    let subnet = match text.trim().parse::<std::net::IpAddr>() {
        Ok(address) => Subnet::of(address),
        Err(_) => Subnet::parse(text.trim()).map_err(|_| {
            "not an address or a subnet, such as 10.7.1.11, 10.7.1.0/24 or 00:30:a7:1b:2c:3d".to_owned()
        })?,
    };
    let (from, until) = range(&subnet);
    Ok([Cell::text(from), Cell::text(until)])
}

/// The address of a list with other values in its query.
#[must_use]
pub fn href(base: &str, query: &BTreeMap<String, String>, changes: &[(&str, &str)]) -> String {
    let mut all: BTreeMap<&str, &str> = query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    for (name, value) in changes {
        all.insert(name, value);
    }
    all.remove("done");
    format!("{base}{}", crate::web::links::query(all))
}
