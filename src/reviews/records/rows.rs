//! The rows of a review: frozen when it begins, listed by their numbers, narrowed by what was decided about them.
//!
//! Invariant: a row never changes; what was decided stands beside it. No read takes all rows of a review at once but the
//! ones that need each: an export, and an act about all of them.

use uuid::Uuid;

use crate::ids::{Id, ReviewDecisionId, ReviewId, UserId};
use crate::reviews::model::{ReviewItem, ReviewOutcome};
use crate::reviews::rules::Shown;
use crate::storage::list::{Direction, Fragment, ListQuery, ListSql, SortKey};
use crate::storage::merkle::{Frontier, leaf_hash};
use crate::storage::pending::Shape;
use crate::storage::versions::{canonical, hash_text};
use crate::storage::{AsOfSql, Cell, Change, Failure, OrgSql, Result, Snapshot};
use crate::vocabulary::{Moment, fold};
use crate::{as_of, fragment};

const ITEMS: Shape = Shape::new(
    "review_items",
    &[
        "organization_id",
        "review_id",
        "n",
        "kind",
        "subject_id",
        "person_id",
        "reference",
        "reference_folded",
        "holder_folded",
        "doubtful",
        "record",
        "recorded_from",
    ],
);

/// The rows on their way: their texts in order, and the root over them.
pub struct Frozen {
    items: Vec<ReviewItem>,
    records: Vec<String>,
    pub root: String,
}

/// Freezes rows: RFC 9162 root over the canonical JSON (RFC 8785) of each.
pub fn freeze(items: Vec<ReviewItem>) -> Result<Frozen> {
    let mut tree = Frontier::empty();
    let mut records = Vec::with_capacity(items.len());
    for item in &items {
        let record = canonical(item)?;
        tree.push(leaf_hash(record.as_bytes()));
        records.push(record);
    }
    Ok(Frozen { items, records, root: hash_text(&tree.root()) })
}

impl Frozen {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> i64 {
        i64::try_from(self.items.len()).unwrap_or(i64::MAX)
    }

    /// Writes them, numbered from one, under a review of the same change.
    pub async fn keep(self, change: &mut Change, review: ReviewId) -> Result<()> {
        let (organization, moment) = (change.organization().uuid(), change.moment());
        for (n, (item, record)) in (1..).zip(self.items.into_iter().zip(self.records)) {
            let row = vec![
                Cell::Id(Some(organization)),
                Cell::id(Some(review)),
                Cell::number(n),
                Cell::text(item.kind),
                Cell::Id(Some(item.of)),
                Cell::id(item.person),
                Cell::text(item.reference.clone()),
                Cell::text(fold::folded(&item.reference)),
                Cell::text(fold::folded(&item.holder)),
                Cell::number(i64::from(!item.doubt.is_empty())),
                Cell::text(record),
                Cell::moment(moment),
            ];
            change.push(ITEMS, row).await?;
        }
        Ok(())
    }
}

/// Rows with what stands about them. A row's number is its id, so that their order is the one of the index.
const LIST: ListSql = ListSql {
    columns: Fragment::plain("v.n, v.record, s.decision, s.decision_id, s.recorded_from"),
    joins: fragment!(
        " LEFT JOIN review_standings s ON s.organization_id = $1 AND s.review_id = v.review_id AND s.n = v.n AND "[s]
    ),
    from: "review_versions r JOIN (SELECT i.organization_id, i.review_id, i.n, i.n AS id, i.reference_folded, \
           i.holder_folded, i.doubtful, i.record FROM review_items i) v ON v.review_id = r.id",
    holds: as_of!("v.organization_id = $1 AND r.organization_id = $1 AND "[r]),
};
/// Their numbers alone.
const NUMBERS: ListSql = ListSql { columns: Fragment::plain("v.n"), joins: Fragment::plain(""), ..LIST };

const OF_REVIEW: Fragment = Fragment::plain("v.review_id = ?");
const AFTER: Fragment = Fragment::plain("v.n > ?");
/// Of a selective condition: its rows are found first, and numbered order is kept among them. (`+key` is the key, but SQLite
/// takes no index for it.)
const AMONG_AFTER: Fragment = Fragment::plain("+v.n > ?");
/// At the newest state the instant is not asked, so an index alone answers.
const UNDECIDED: Fragment = Fragment::new(
    "v.n NOT IN (SELECT u.n FROM review_standings u WHERE u.organization_id = $1 AND u.review_id = ? \
     AND u.recorded_until = 9000000000000000)",
    "v.n NOT IN (SELECT u.n FROM review_standings u WHERE u.organization_id = $1 AND u.review_id = ? \
     AND u.recorded_from <= $2 AND $2 < u.recorded_until)",
);
const DECIDED: Fragment = Fragment::new(
    "v.n IN (SELECT d.n FROM review_standings d WHERE d.organization_id = $1 AND d.review_id = ? AND d.decision = ? \
     AND d.recorded_until = 9000000000000000)",
    "v.n IN (SELECT d.n FROM review_standings d WHERE d.organization_id = $1 AND d.review_id = ? AND d.decision = ? \
     AND d.recorded_from <= $2 AND $2 < d.recorded_until)",
);
const DOUBTFUL: Fragment = Fragment::plain("v.doubtful = ?");
const NAMED: Fragment = Fragment::plain(
    "((v.reference_folded >= ? AND v.reference_folded < ?) OR (v.holder_folded >= ? AND v.holder_folded < ?))",
);

/// Rows of a review that are asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub review: ReviewId,
    pub shown: Shown,
    /// The beginning of a reference or of a holder's name; empty for all.
    pub words: String,
}

impl Wanted {
    fn query(&self, list: &ListSql) -> ListQuery {
        let review = Cell::id(Some(self.review));
        let query = ListQuery::new(list).filter(&OF_REVIEW, vec![review.clone()]);
        let decided = |outcome: ReviewOutcome| vec![review.clone(), Cell::text(outcome.word())];
        let doubtful = |known: i64| vec![Cell::number(known)];
        let query = match self.shown {
            Shown::All => query,
            Shown::Undecided => query.filter(&UNDECIDED, vec![review.clone()]),
            Shown::Sound => query.filter(&UNDECIDED, vec![review.clone()]).filter(&DOUBTFUL, doubtful(0)),
            Shown::Doubt => query.filter(&DOUBTFUL, doubtful(1)),
            Shown::Keep => query.filter(&DECIDED, decided(ReviewOutcome::Keep)),
            Shown::Change => query.filter(&DECIDED, decided(ReviewOutcome::Change)),
            Shown::Remove => query.filter(&DECIDED, decided(ReviewOutcome::Remove)),
        };
        let folded = fold::folded(&self.words);
        if folded.is_empty() {
            return query;
        }
        let (from, until) = (Cell::text(folded.clone()), Cell::text(fold::above(&folded)));
        query.filter(&NAMED, vec![from.clone(), until.clone(), from, until])
    }
}

#[derive(sqlx::FromRow)]
struct ItemRow {
    n: i64,
    record: String,
    decision: Option<String>,
    decision_id: Option<ReviewDecisionId>,
    recorded_from: Option<Moment>,
}

/// A row as it was frozen, with what stands about it.
#[derive(Clone, Debug)]
pub struct Told {
    pub n: i64,
    pub item: ReviewItem,
    /// What was decided, in which act, and when.
    pub decided: Option<(ReviewOutcome, ReviewDecisionId, Moment)>,
}

impl ItemRow {
    fn told(self) -> Result<Told> {
        let damaged = |error: String| Failure::Damaged(format!("review row {}: {error}", self.n));
        let item = serde_json::from_str(&self.record).map_err(|error| damaged(error.to_string()))?;
        let decided = match (self.decision, self.decision_id, self.recorded_from) {
            (Some(word), Some(id), Some(at)) => Some((ReviewOutcome::parse(&word).map_err(damaged)?, id, at)),
            _ => None,
        };
        Ok(Told { n: self.n, item, decided })
    }
}

const KEY: SortKey = SortKey("v.n");

/// The rows after a number, at most so many.
pub async fn page(at: &mut Snapshot, wanted: &Wanted, after: i64, limit: u32) -> Result<Vec<Told>> {
    let few = matches!(wanted.shown, Shown::Doubt | Shown::Keep | Shown::Change | Shown::Remove);
    let query = wanted.query(&LIST).filter(if few { &AMONG_AFTER } else { &AFTER }, vec![Cell::number(after)]);
    let rows = at.list(query.order(KEY, Direction::Ascending).limit(limit)).all::<ItemRow>().await?;
    rows.into_iter().map(ItemRow::told).collect()
}

/// How many there are, up to one more than a list counts.
pub async fn count(at: &mut Snapshot, wanted: &Wanted) -> Result<i64> {
    let (found,): (i64,) = at.list(wanted.query(&LIST).count()).one().await?;
    Ok(found)
}

/// The numbers of all of them.
pub async fn numbers(at: &mut Snapshot, wanted: &Wanted) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> = at.list(wanted.query(&NUMBERS).order(KEY, Direction::Ascending)).all().await?;
    Ok(rows.into_iter().map(|(n,)| n).collect())
}

/// The people a user is; each of these texts leads by an index of its own, so an order would only lead astray.
pub(super) const PEOPLE: AsOfSql =
    as_of!("SELECT p.id FROM person_versions p WHERE p.organization_id = $1 AND p.user_id = $3 AND "[p]);
pub(super) const OF_PERSON: OrgSql = OrgSql::new(
    "SELECT i.n FROM review_items i WHERE i.organization_id = $1 AND i.review_id = $2 AND i.person_id = $3",
);
pub(super) const SHARED: AsOfSql =
    as_of!("SELECT a.account_id FROM account_people a WHERE a.organization_id = $1 AND a.person_id = $3 AND "[a]);
pub(super) const OF_SUBJECT: OrgSql = OrgSql::new(
    "SELECT i.review_id, i.n, i.person_id FROM review_items i WHERE i.organization_id = $1 AND i.subject_id = $2",
);
pub(super) const DOUBTS: OrgSql = OrgSql::new(
    "SELECT COUNT(*) AS doubts FROM review_items i WHERE i.organization_id = $1 AND i.review_id = $2 AND i.doubtful = 1",
);

/// Numbers of the rows about this user's own access. A shared account that stands as a whole is everybody's own who may
/// use it.
pub async fn own(at: &mut Snapshot, review: ReviewId, user: UserId) -> Result<Vec<i64>> {
    let mut found = Vec::new();
    let people: Vec<(Uuid,)> = at.query(&PEOPLE).bind(user).all().await?;
    for (person,) in people {
        let rows: Vec<(i64,)> = at.plain(&OF_PERSON).bind(review).bind(person).all().await?;
        found.extend(rows.into_iter().map(|(n,)| n));
        let accounts: Vec<(Uuid,)> = at.query(&SHARED).bind(person).all().await?;
        for (account,) in accounts {
            let rows: Vec<(ReviewId, i64, Option<Uuid>)> = at.plain(&OF_SUBJECT).bind(account).all().await?;
            let whole = rows.into_iter().filter(|(of, _, person)| *of == review && person.is_none());
            found.extend(whole.map(|(_, n, _)| n));
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// How many rows have a doubt.
pub async fn doubts(at: &mut Snapshot, review: ReviewId) -> Result<i64> {
    let (found,): (i64,) = at.plain(&DOUBTS).bind(review).one().await?;
    Ok(found)
}
