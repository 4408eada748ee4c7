//! Lists: a fixed base, fixed fragments chosen by a list's filters and sorts, values only as binds.
//!
//! Invariant: no text of a person enters a statement. Fragments are constants with `?` for each value; the builder
//! numbers them after `$1` (organization) and `$2` (instant). This and `statement` are where built texts are asserted safe.

use std::fmt::Write;

use super::statement::{AsOfSql, Statement};
use super::versions::Cell;

/// A condition with `?` for each of its values.
#[derive(Clone, Copy, Debug)]
pub struct Fragment {
    now: &'static str,
    then: &'static str,
}

impl Fragment {
    #[must_use]
    pub const fn new(now: &'static str, then: &'static str) -> Self {
        Self { now, then }
    }

    #[must_use]
    pub const fn plain(text: &'static str) -> Self {
        Self { now: text, then: text }
    }
}

/// Writes a fragment for now and for then, as [`crate::as_of!`] does for a query.
#[macro_export]
macro_rules! fragment {
    ($($part:tt)+) => {
        $crate::storage::list::Fragment::new(
            concat!($($crate::as_of!(@now $part)),+),
            concat!($($crate::as_of!(@then $part)),+),
        )
    };
}

/// What a list reads from.
#[derive(Clone, Copy, Debug)]
pub struct ListSql {
    /// The columns of a row.
    pub columns: Fragment,
    /// Joins that only add columns: left out when rows are counted.
    pub joins: Fragment,
    /// `FROM … v WHERE …` split at the joins: the table with its alias `v`.
    pub from: &'static str,
    /// The first condition, which names the organization and the instant.
    pub holds: AsOfSql,
}

/// A sort key: a column that is never null and has an index with the id.
#[derive(Clone, Copy, Debug)]
pub struct SortKey(pub &'static str);

/// Which way a list runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    Descending,
}

impl Direction {
    const fn word(self) -> &'static str {
        match self {
            Direction::Ascending => "ASC",
            Direction::Descending => "DESC",
        }
    }
}

/// A position in a list: the key and id of the last row shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    pub key: Cell,
    pub id: uuid::Uuid,
}

/// Rows are counted exactly up to here.
pub const EXACT_COUNT: i64 = 10_000;

/// A list being put together.
#[derive(Clone, Debug)]
pub struct ListQuery {
    base: ListSql,
    conditions: Vec<(Fragment, Vec<Cell>, Leads)>,
    order: Option<(SortKey, Direction)>,
    after: Option<Position>,
    limit: Option<u32>,
    counting: bool,
    way: Way,
}

/// Whether a planner may take an index for a condition. (`COALESCE(condition, FALSE)` is the condition, but no planner
/// takes an index for it.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leads {
    ToRows,
    Nowhere,
}

/// How a page is come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// As the planner likes.
    Any,
    /// The conditions lead to the rows, which are sorted.
    Sorting,
    /// The order is walked until enough rows fit.
    Walking,
}

impl ListQuery {
    #[must_use]
    pub fn new(base: &ListSql) -> Self {
        Self {
            base: *base,
            conditions: Vec::new(),
            order: None,
            after: None,
            limit: None,
            counting: false,
            way: Way::Any,
        }
    }

    #[must_use]
    pub fn filter(mut self, fragment: &Fragment, values: Vec<Cell>) -> Self {
        self.conditions.push((*fragment, values, Leads::ToRows));
        self
    }

    /// A condition that most rows fulfil: it is asked of the rows that others lead to.
    #[must_use]
    pub fn usual(mut self, fragment: &Fragment) -> Self {
        self.conditions.push((*fragment, Vec::new(), Leads::Nowhere));
        self
    }

    #[must_use]
    pub fn order(mut self, key: SortKey, direction: Direction) -> Self {
        self.order = Some((key, direction));
        self
    }

    #[must_use]
    pub fn after(mut self, position: Option<Position>) -> Self {
        self.after = position;
        self
    }

    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Says that few rows answer: the conditions lead to them and they are sorted, instead of walking the order until
    /// enough fit. (`COALESCE(key, key)` is the key, but no planner takes an index for it.)
    #[must_use]
    pub fn few(mut self) -> Self {
        self.way = Way::Sorting;
        self
    }

    /// Says that many rows answer: the order is walked, and the first that fit are the page.
    #[must_use]
    pub fn many(mut self) -> Self {
        self.way = Way::Walking;
        self
    }

    /// The same conditions, counted up to one more than [`EXACT_COUNT`].
    #[must_use]
    pub fn count(mut self) -> Self {
        self.counting = true;
        self.after = None;
        self
    }

    /// The text up to its conditions. A page that is sorted finds its rows first, by id and key alone, and only then reads
    /// them whole: most of what is sorted is not shown.
    fn opening(&self, at_head: bool) -> String {
        let pick = |fragment: &Fragment| if at_head { fragment.now } else { fragment.then };
        if self.counting {
            return format!("SELECT COUNT(*) AS counted FROM (SELECT 1 AS one FROM {} WHERE ", self.base.from);
        }
        let (columns, joins) = (pick(&self.base.columns), pick(&self.base.joins));
        match self.found_first() {
            Some((sort, _)) => format!(
                "SELECT {columns} FROM (SELECT v.id AS page_id, v.version AS page_version, {} AS page_key FROM {} WHERE ",
                sort.0, self.base.from
            ),
            None => format!("SELECT {columns} FROM {}{joins} WHERE ", self.base.from),
        }
    }

    /// What follows the conditions of a page whose rows are found first.
    fn closing(&self, at_head: bool) -> String {
        let Some((_, direction)) = self.found_first() else { return String::new() };
        let joins = if at_head { self.base.joins.now } else { self.base.joins.then };
        let way = direction.word();
        format!(
            ") p JOIN {} ON v.organization_id = $1 AND v.id = p.page_id AND v.version = p.page_version{joins} \
             ORDER BY p.page_key {way}, v.id {way}",
            self.base.from
        )
    }

    /// The order of a page that is sorted and whose rows are found first.
    fn found_first(&self) -> Option<(SortKey, Direction)> {
        self.order.filter(|_| self.way == Way::Sorting && self.limit.is_some())
    }

    /// The text and its values after `$1` and `$2`.
    pub(crate) fn build(mut self, at_head: bool) -> (String, Vec<Cell>) {
        let pick = |fragment: &Fragment| if at_head { fragment.now } else { fragment.then };
        let mut text = self.opening(at_head);
        let mut values = Vec::new();
        text.push_str(self.base.holds.text(at_head));
        for (fragment, bound, leads) in std::mem::take(&mut self.conditions) {
            let hidden = self.way == Way::Walking || leads == Leads::Nowhere;
            let (before, after) = if hidden { (" AND COALESCE(", ", FALSE)") } else { (" AND ", "") };
            text.push_str(before);
            number(&mut text, pick(&fragment), values.len());
            text.push_str(after);
            values.extend(bound);
        }
        if let (Some((sort, direction)), Some(position)) = (self.order, self.after.take()) {
            let than = if direction == Direction::Ascending { '>' } else { '<' };
            let next = values.len() + 3;
            let _ = write!(text, " AND ({}, v.id) {than} (${next}, ${})", sort_text(sort, self.way), next + 1);
            values.extend([position.key, Cell::Id(Some(position.id))]);
        }
        if self.counting {
            let _ = write!(text, " LIMIT {}) AS rows_found", EXACT_COUNT + 1);
            return (text, values);
        }
        if let Some((sort, direction)) = self.order {
            let way = direction.word();
            let _ = write!(text, " ORDER BY {} {way}, v.id {way}", sort_text(sort, self.way));
        }
        if let Some(limit) = self.limit {
            let _ = write!(text, " LIMIT {limit}");
        }
        text.push_str(&self.closing(at_head));
        (text, values)
    }
}

/// The key of a sort; hidden from indexes when few rows are to be sorted.
fn sort_text(sort: SortKey, way: Way) -> String {
    if way == Way::Sorting { format!("COALESCE({0}, {0})", sort.0) } else { sort.0.to_owned() }
}

/// Copies a fragment, giving each `?` its number.
fn number(text: &mut String, fragment: &str, before: usize) {
    let mut next = before + 3;
    for character in fragment.chars() {
        if character == '?' {
            let _ = write!(text, "${next}");
            next += 1;
        } else {
            text.push(character);
        }
    }
}

/// Binds a value of a list.
pub(super) fn bind_cell(statement: Statement<'_>, cell: Cell) -> Statement<'_> {
    match cell {
        Cell::Text(value) => statement.bind(value),
        Cell::Number(value) => statement.bind(value),
        Cell::Flag(value) => statement.bind(value),
        Cell::Id(value) => statement.bind(value),
        Cell::Bytes(value) => statement.bind(value),
        Cell::NoBytes => statement.bind(None::<Vec<u8>>),
    }
}
