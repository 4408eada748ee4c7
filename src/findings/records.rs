//! How findings and the entries of their log are kept and read.
//!
//! Invariant: what folds a fact into a finding stands in a column of its own, unique among open versions, so a fact never
//! becomes two findings. Tags in the search table begin with a character no word begins with.

use std::collections::HashMap;

use uuid::Uuid;

use super::model::{Finding, RemediationEntry, State, number};
use crate::as_of;
use crate::checks::Severity;
use crate::ids::{FindingId, Id as _, RemediationEntryId, UserId};
use crate::storage::list::{Direction, Fragment, ListQuery, ListSql, Position, SortKey};
use crate::storage::paging::{Total, cursor};
use crate::storage::versions::VersionRow;
use crate::storage::{AsOfSql, Audited, Cell, Kept, Kind, Result, Snapshot, Table};
use crate::vocabulary::{Moment, fold};

/// The search table's entry for a requirement part a finding bears on.
#[must_use]
pub fn requirement_tag(id: &str) -> String {
    format!("=requirement:{}", fold::folded(id))
}

/// The search table's entry for a record a finding names.
#[must_use]
pub fn record_tag(id: Uuid) -> String {
    format!("=record:{}", id.hyphenated())
}

/// The same by kind and reference, for lists that are asked for a reference.
#[must_use]
pub fn reference_tag(kind: &str, reference: &str) -> String {
    format!("={kind}:{}", fold::folded(reference))
}

/// A state's place in a finding's life, before its word.
#[must_use]
pub fn state_key(state: State) -> String {
    let place = State::ALL.iter().position(|one| *one == state).unwrap_or(0);
    format!("{place}{}", state.word())
}

/// A due day as it sorts; what is not due sorts last.
pub const NOT_DUE: &str = "9999-12-31";

fn due_key(finding: &Finding) -> String {
    let waits = !finding.is_settled() && finding.state != State::Accepted;
    finding.due.filter(|_| waits).map_or_else(|| NOT_DUE.to_owned(), |due| due.to_string())
}

/// The worst first: what is left to do, by severity, the last seen first.
fn worst_key(finding: &Finding) -> String {
    let rank = finding.severity.and_then(|one| Severity::ALL.iter().position(|known| *known == one)).unwrap_or(9);
    let place = if finding.is_settled() { 2 } else { u8::from(finding.state == State::Accepted) };
    let since = Moment::OPEN.micros() - finding.last_seen.unwrap_or(Moment::ZERO).micros();
    format!("{place}{rank}{since:016}")
}

impl Audited for Finding {
    type Id = FindingId;
    const TABLE: Table = Table {
        kind: "finding",
        identity: "findings",
        versions: "finding_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("number", Kind::Number),
            ("title", Kind::Text),
            ("fold_key", Kind::Text),
            ("check_code", Kind::Text),
            ("severity", Kind::Text),
            ("state_key", Kind::Text),
            ("settled", Kind::Flag),
            ("worst_key", Kind::Text),
            ("due_key", Kind::Text),
            ("owner_id", Kind::Id),
            ("owner_login", Kind::Text),
            ("last_seen", Kind::Number),
            ("seen_digest", Kind::Text),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        vec![
            Cell::text(self.reference.as_str()),
            Cell::text(self.reference.folded()),
            Cell::number(number(&self.reference)),
            Cell::text(self.title.clone()),
            Cell::text(self.fold.clone()),
            Cell::text(self.check.clone()),
            Cell::text(self.severity.map_or("", Severity::word)),
            Cell::text(state_key(self.state)),
            Cell::Flag(Some(self.is_settled())),
            Cell::text(worst_key(self)),
            Cell::text(due_key(self)),
            Cell::id(self.owner.as_ref().map(|owner| owner.user)),
            Cell::text(self.owner.as_ref().map_or("", |owner| owner.login.as_str())),
            Cell::moment(self.last_seen.unwrap_or(Moment::ZERO)),
            Cell::text(self.seen.clone()),
        ]
    }

    fn terms(&self) -> Vec<String> {
        let records = self.touched.iter().map(|one| one.reference.as_str());
        let named = self.requirements.iter().map(String::as_str);
        let texts = [self.reference.as_str(), &self.title, &self.check].into_iter().chain(records).chain(named);
        let tags = self.requirements.iter().map(|id| requirement_tag(id));
        let touched = self.touched.iter().map(|one| record_tag(one.id));
        let named = self.touched.iter().map(|one| reference_tag(&one.kind, &one.reference));
        texts.flat_map(fold::words).chain(tags).chain(touched).chain(named).collect()
    }
}

impl Audited for RemediationEntry {
    type Id = RemediationEntryId;
    const TABLE: Table = Table {
        kind: "remediation_entry",
        identity: "remediation_entries",
        versions: "remediation_entry_versions",
        columns: &[("finding_id", Kind::Id), ("done_at", Kind::Number)],
    };

    fn columns(&self) -> Vec<Cell> {
        vec![Cell::id(Some(self.finding)), Cell::moment(self.at)]
    }

    fn terms(&self) -> Vec<String> {
        [self.done.as_str(), &self.place].into_iter().flat_map(fold::words).collect()
    }
}

/// A finding as the folding of verdicts knows it.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct KnownRow {
    pub id: FindingId,
    pub fold_key: String,
    pub state_key: String,
    pub seen_digest: String,
}

/// All but the closed findings of a check.
const OF_CHECK: AsOfSql = as_of!(
    "SELECT v.id, v.fold_key, v.state_key, v.seen_digest FROM finding_versions v WHERE v.organization_id = $1 AND " [v]
    " AND v.check_code = $3 AND v.state_key < '6'"
);
const LAST_NUMBER: AsOfSql = as_of!(
    "SELECT v.number FROM finding_versions v WHERE v.organization_id = $1 AND " [v] " ORDER BY v.number DESC, v.id DESC LIMIT 1"
);
const LOG: AsOfSql = as_of!(
    "SELECT " columns " FROM remediation_entry_versions v WHERE v.organization_id = $1 AND " [v] " AND v.finding_id = $3 ORDER BY v.id"
);
/// Entries as a list to page through.
const ENTRIES: ListSql = ListSql {
    columns: Fragment::plain(crate::version_columns!()),
    joins: Fragment::plain(""),
    from: "remediation_entry_versions v",
    holds: as_of!("v.organization_id = $1 AND "[v]),
};
const OF_FINDING: Fragment = Fragment::plain("v.finding_id = ?");
const RECORDED: SortKey = SortKey("v.recorded_from");
const OF_OWNER: AsOfSql = as_of!(
    "SELECT " columns " FROM finding_versions v WHERE v.organization_id = $1 AND " [v]
    " AND v.owner_id = $3 AND v.settled = FALSE ORDER BY v.due_key, v.id LIMIT 200"
);
const REMEDIATED: AsOfSql = as_of!(
    "SELECT " columns " FROM finding_versions v WHERE v.organization_id = $1 AND " [v]
    " AND v.state_key = '3remediated' ORDER BY v.due_key, v.id LIMIT 200"
);
const ACCEPTED: AsOfSql = as_of!(
    "SELECT " columns " FROM finding_versions v WHERE v.organization_id = $1 AND " [v]
    " AND v.state_key = '4accepted' AND v.check_code = '' ORDER BY v.id"
);
const OF_RECORD: AsOfSql = as_of!(
    "SELECT " columns " FROM finding_versions v WHERE v.organization_id = $1 AND " [v]
    " AND v.settled = FALSE AND v.id IN (SELECT t.id FROM terms t WHERE t.organization_id = $1 AND t.kind = 'finding' AND " [t]
    " AND t.term = $3) ORDER BY v.worst_key, v.id LIMIT 50"
);

/// Texts of this slice that know an instant, for the test that prepares every statement.
pub const INSTANT_STATEMENTS: &[AsOfSql] = &[OF_CHECK, LAST_NUMBER, LOG, OF_OWNER, REMEDIATED, ACCEPTED, OF_RECORD];

async fn records<T: Audited>(statement: crate::storage::Statement<'_>) -> Result<Vec<Kept<T>>> {
    statement.all::<VersionRow>().await?.into_iter().map(VersionRow::kept).collect()
}

/// The highest number given so far.
pub async fn last_number(at: &mut Snapshot) -> Result<i64> {
    let found: Option<(i64,)> = at.query(&LAST_NUMBER).maybe().await?;
    Ok(found.map_or(0, |(number,)| number))
}

/// All but the closed findings of a check.
pub async fn of_check(at: &mut Snapshot, check: &str) -> Result<Vec<KnownRow>> {
    at.query(&OF_CHECK).bind(check.to_owned()).all().await
}

/// Findings by what folds facts into them, closed ones too; asked through the index over the column.
pub async fn by_keys(at: &mut Snapshot, keys: &[&String]) -> Result<HashMap<String, Kept<Finding>>> {
    let mut found = HashMap::new();
    for some in keys.chunks(500) {
        let mut statement = at.projected(&Finding::TABLE, crate::version_columns!(), &among("v.fold_key", some.len()));
        for key in some {
            statement = statement.bind((*key).clone());
        }
        for kept in records::<Finding>(statement).await? {
            found.insert(kept.fold.clone(), kept);
        }
    }
    Ok(found)
}

/// Findings by id.
pub async fn by_ids(at: &mut Snapshot, ids: &[FindingId]) -> Result<Vec<Kept<Finding>>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    crate::register::records::by_ids(at, &ids).await
}

fn among(column: &'static str, count: usize) -> String {
    let numbers: Vec<String> = (3..count + 3).map(|number| format!("${number}")).collect();
    format!(" AND {column} IN ({})", numbers.join(", "))
}

/// The log of a finding, the first entry first.
pub async fn log(at: &mut Snapshot, finding: FindingId) -> Result<Vec<Kept<RemediationEntry>>> {
    let statement = at.query(&LOG).bind(finding);
    records(statement).await
}

/// A page of entries: of one finding in their order, else of all findings with the newest first.
pub struct Entries {
    pub rows: Vec<Kept<RemediationEntry>>,
    pub total: Total,
    pub next: Option<String>,
}

/// The way entries are listed.
#[must_use]
pub fn entries_way(finding: Option<FindingId>) -> Direction {
    if finding.is_some() { Direction::Ascending } else { Direction::Descending }
}

/// A page of entries after a position.
pub async fn entries(
    at: &mut Snapshot,
    finding: Option<FindingId>,
    after: Option<Position>,
    limit: u32,
) -> Result<Entries> {
    let way = entries_way(finding);
    let query = || match finding {
        Some(id) => ListQuery::new(&ENTRIES).filter(&OF_FINDING, vec![Cell::id(Some(id))]),
        None => ListQuery::new(&ENTRIES),
    };
    let (found,): (i64,) = at.list(query().count()).one().await?;
    let page = query().order(RECORDED, way).after(after).limit(limit + 1);
    let mut rows: Vec<Kept<RemediationEntry>> = records(at.list(page)).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let last = rows.last().filter(|_| more);
    let place = |kept: &Kept<RemediationEntry>| Position { key: Cell::moment(kept.recorded_from), id: kept.id.uuid() };
    let next = last.map(|kept| cursor(ENTRIES_SORT, way, &place(kept)));
    Ok(Entries { rows, total: Total::counted(found), next })
}

/// The word of their order in cursors.
pub const ENTRIES_SORT: &str = "recorded";

/// What people opened by hand and an exception excuses.
pub async fn accepted(at: &mut Snapshot) -> Result<Vec<Kept<Finding>>> {
    records(at.query(&ACCEPTED)).await
}

/// What somebody has to do, due first.
pub async fn of_owner(at: &mut Snapshot, owner: UserId) -> Result<Vec<Kept<Finding>>> {
    let statement = at.query(&OF_OWNER).bind(owner);
    records(statement).await
}

/// What waits for a second person to verify it, due first.
pub async fn remediated(at: &mut Snapshot) -> Result<Vec<Kept<Finding>>> {
    records(at.query(&REMEDIATED)).await
}

/// What is left to do about a record, the worst first.
pub async fn of_record(at: &mut Snapshot, record: Uuid) -> Result<Vec<Kept<Finding>>> {
    let statement = at.query(&OF_RECORD).bind(record_tag(record));
    records(statement).await
}

/// The state a key stands for.
#[must_use]
pub fn state_of(key: &str) -> State {
    let word = key.get(1..).unwrap_or("");
    State::ALL.iter().copied().find(|state| state.word() == word).unwrap_or(State::Open)
}
