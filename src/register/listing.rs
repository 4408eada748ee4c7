//! A page of a register: what was asked for, and the rows that answer.
//!
//! Invariant: the address says everything about what is shown, so a link shows the same rows to whoever may see them.

use std::collections::BTreeMap;

use super::records::ListRow;
use super::{Draft, Register, Sort};
use crate::storage::list::{Direction, Fragment, ListQuery, Position};
use crate::storage::paging::{Total, cursor, position};
use crate::storage::versions::Kept;
use crate::storage::{Cell, Result, Snapshot};
use crate::vocabulary::fold;

/// What somebody asked a list for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Words to search for, each from its beginning.
    pub words: String,
    /// Filters by name.
    pub filters: BTreeMap<String, String>,
    /// A sort by name, with `-` before it for the other way.
    pub sort: String,
    pub after: String,
    /// Rows on a page; none for all of them.
    pub limit: Option<u32>,
}

/// A row of a list.
#[derive(Clone, Debug)]
pub struct Row<K: Register> {
    pub kept: Kept<K>,
    /// Values of [`Register::DERIVED`].
    pub derived: [Option<String>; 2],
}

/// A page of a list.
pub struct Listing<K: Register> {
    pub rows: Vec<Row<K>>,
    pub total: Total,
    pub next: Option<String>,
}

/// Rows whose words begin with a text.
const WORD: Fragment = crate::fragment!(
    "EXISTS (SELECT 1 FROM terms t WHERE t.organization_id = $1 AND t.kind = ? AND t.id = v.id AND " [t] " AND t.term >= ? AND t.term < ?)"
);
/// The same for words few records have: the words lead to the rows.
const RARE_WORD: Fragment = crate::fragment!(
    "v.id IN (SELECT t.id FROM terms t WHERE t.organization_id = $1 AND t.kind = ? AND " [t] " AND t.term >= ? AND t.term < ?)"
);
/// Below this many rows, words lead to rows; above, rows are asked for words.
const RARE: i64 = 2_000;

const ONE: Fragment = Fragment::plain("v.id = ?");

/// The record of this id as its list shows it, or none.
pub async fn find<K: Register>(at: &mut Snapshot, id: K::Id) -> Result<Option<Row<K>>> {
    let query = ListQuery::new(&K::LIST).filter(&ONE, vec![Cell::id(Some(id))]);
    at.list(query).maybe::<ListRow>().await?.map(ListRow::row).transpose()
}

/// What a request asks of rows, and what is hidden when nobody asks.
type Conditions = (Vec<(&'static Fragment, Vec<Cell>)>, Option<&'static Fragment>);

/// A list request that was understood.
pub struct Understood<K: Register> {
    conditions: Vec<(&'static Fragment, Vec<Cell>)>,
    /// Hides what is retired.
    unless: Option<&'static Fragment>,
    words: Vec<String>,
    pub sort: &'static Sort,
    pub direction: Direction,
    after: Option<Position>,
    limit: Option<u32>,
    narrowed: bool,
    kind: std::marker::PhantomData<K>,
}

impl Asked {
    /// Understands the request, or says which part of it makes no sense.
    pub fn understand<K: Register>(&self) -> std::result::Result<Understood<K>, Draft> {
        let mut draft = Draft::default();
        let (sort, direction) = self.order::<K>(&mut draft);
        let (conditions, unless) = self.conditions::<K>(&mut draft);
        let after = Some(self.after.as_str()).filter(|after| !after.is_empty()).and_then(|after| {
            position(after, sort.name, direction).map_err(|problem| draft.refuse("after", after, problem)).ok()
        });
        if self.words.contains('\0') || self.words.len() > 500 {
            draft.refuse("q", &self.words, "not searchable: too long, or it holds a NUL");
        }
        let mut words: Vec<String> = self.words.split_whitespace().take(8).map(fold::folded).collect();
        words.dedup();
        let narrowed = !words.is_empty() || self.filters.values().any(|text| !text.is_empty());
        let (limit, kind) = (self.limit, std::marker::PhantomData);
        if draft.is_good() {
            Ok(Understood { conditions, unless, words, sort, direction, after, limit, narrowed, kind })
        } else {
            Err(draft)
        }
    }

    fn order<K: Register>(&self, draft: &mut Draft) -> (&'static Sort, Direction) {
        let (name, direction) = match self.sort.strip_prefix('-') {
            Some(name) => (name, Direction::Descending),
            None => (self.sort.as_str(), Direction::Ascending),
        };
        let sort = K::SORTS.iter().find(|sort| sort.name == name || name.is_empty()).unwrap_or_else(|| {
            let names: Vec<&str> = K::SORTS.iter().map(|sort| sort.name).collect();
            draft.refuse("sort", &self.sort, format!("not one of: {}", names.join(", ")));
            &K::SORTS[0]
        });
        (sort, direction)
    }

    fn conditions<K: Register>(&self, draft: &mut Draft) -> Conditions {
        let mut conditions = Vec::new();
        for (name, text) in self.filters.iter().filter(|(_, text)| !text.is_empty()) {
            match K::FILTERS.iter().find(|filter| filter.name == name) {
                None => draft.refuse(name, text, "not a filter of this list"),
                Some(_) if text.contains('\0') => draft.refuse(name, text, "holds a NUL"),
                Some(filter) => match (filter.values)(text) {
                    Ok(values) => conditions.push((&filter.condition, values)),
                    Err(problem) => draft.refuse(name, text, problem),
                },
            }
        }
        if let Some((unless, hide)) = K::UNLESS.as_ref()
            && self.filters.get(*unless).is_none_or(String::is_empty)
        {
            return (conditions, Some(hide));
        }
        (conditions, None)
    }
}

impl<K: Register> Understood<K> {
    /// The query; where words are `rare` they lead to their rows.
    fn query(&self, rare: bool) -> ListQuery {
        let mut query = ListQuery::new(&K::LIST);
        for (fragment, values) in &self.conditions {
            query = query.filter(fragment, values.clone());
        }
        if let Some(unless) = self.unless {
            query = if self.narrowed { query.usual(unless) } else { query.filter(unless, Vec::new()) };
        }
        for text in &self.words {
            let (from, until) = (Cell::text(text.clone()), Cell::text(fold::above(text)));
            let (kind, twice) = (Cell::text(K::WORDS.kind), [from.clone(), until.clone(), from.clone(), until.clone()]);
            query = match K::ELSEWHERE.as_ref().filter(|elsewhere| (elsewhere.fits)(text)) {
                Some(elsewhere) => {
                    let found = if rare { &elsewhere.to_rows } else { &elsewhere.of_row };
                    query.filter(found, std::iter::once(kind).chain(twice).collect())
                }
                None => query.filter(if rare { &RARE_WORD } else { &WORD }, vec![kind, from, until]),
            };
        }
        query.order(self.sort.key, self.direction)
    }

    /// How many rows answer. The exact number of open records comes from its counter when nothing narrows the list.
    async fn total(&self, at: &mut Snapshot) -> Result<Total> {
        if !self.narrowed && at.is_newest() && K::UNLESS.is_none() {
            return Ok(Total::known(at.counted(K::WORDS.kind).await?));
        }
        let (found,): (i64,) = at.list(self.query(true).count()).one().await?;
        Ok(Total::counted(found))
    }

    /// The page that was asked for.
    pub async fn page(&self, at: &mut Snapshot) -> Result<Listing<K>> {
        let total = self.total(at).await?;
        let few = total.exact && total.rows < RARE;
        let limit = self.limit.unwrap_or(50);
        let query = self.query(few).after(self.after.clone()).limit(limit + 1);
        let query = if few && self.narrowed { query.few() } else { query.many() };
        let mut rows: Vec<Row<K>> =
            at.list(query).all::<ListRow>().await?.into_iter().map(ListRow::row).collect::<Result<_>>()?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|row| {
            let key = (self.sort.of)(&row.kept.content.columns());
            cursor(self.sort.name, self.direction, &Position { key, id: crate::ids::Id::uuid(row.kept.id) })
        });
        Ok(Listing { rows, total, next })
    }

    /// The first rows, and whether there are more; nothing is counted.
    pub async fn first(&self, at: &mut Snapshot, most: u32) -> Result<(Vec<Row<K>>, bool)> {
        let query = self.query(true).limit(most + 1).few();
        let rows = at.list(query).all::<ListRow>().await?.into_iter().map(ListRow::row);
        let mut rows = rows.collect::<Result<Vec<Row<K>>>>()?;
        let more = rows.len() > most as usize;
        rows.truncate(most as usize);
        Ok((rows, more))
    }

    /// The texts that count and read a page of the newest state, where few and where many rows answer: for the test that
    /// explains them.
    #[must_use]
    pub fn texts(&self) -> [String; 3] {
        let page = |rare: bool| self.query(rare).after(self.after.clone()).limit(51);
        [self.query(true).count(), page(true).few(), page(false).many()].map(|query| query.build(true).0)
    }

    /// Every row, one by one, for exports.
    pub async fn every<'s>(
        &self,
        at: &'s mut Snapshot,
    ) -> Result<impl futures_util::Stream<Item = Result<Row<K>>> + use<'s, K>> {
        use futures_util::StreamExt;
        let rows = at.list(self.query(false)).stream::<ListRow>().await?;
        Ok(rows.map(|row| row.and_then(ListRow::row)))
    }
}
