//! The trend: where each part stood on each day, recorded once a day with the rule set that judged.
//!
//! Invariant: a row is what was computed then and is never computed again; a page of an older instant judged by newer
//! rules shows both.

use crate::checks::judging::RULE_SET;
use crate::ids::Id;
use crate::posture::rules::Standing;
use crate::storage::journal::Subject;
use crate::storage::pending::Shape;
use crate::storage::{Cell, Change, OrgSql, Result, Snapshot};
use crate::vocabulary::Moment;

const DAYS: Shape = Shape::new(
    "posture_days",
    &[
        "organization_id",
        "day",
        "part",
        "status",
        "applicable",
        "passing",
        "failing",
        "justified",
        "due_soon",
        "indeterminate",
        "advisory",
        "rule_set",
        "recorded_from",
    ],
);

const RECORDED: OrgSql =
    OrgSql::new("SELECT COUNT(*) AS counted FROM posture_days WHERE organization_id = $1 AND day = $2");
const OF_PART: OrgSql = OrgSql::new(
    "SELECT day, status, applicable, failing, rule_set FROM posture_days WHERE organization_id = $1 AND part = $2 \
     AND recorded_from <= $3 ORDER BY day DESC, part LIMIT 400",
);
const FAILING: OrgSql = OrgSql::new(
    "SELECT day, part FROM posture_days WHERE organization_id = $1 AND day >= $2 AND recorded_from <= $3 AND status = 'failing' \
     ORDER BY day, part",
);
const DAYS_SINCE: OrgSql = OrgSql::new(
    "SELECT day FROM posture_days WHERE organization_id = $1 AND day >= $2 AND recorded_from <= $3 GROUP BY day ORDER BY day",
);

/// Texts of this file, for the test that prepares every statement.
pub const STATEMENTS: &[OrgSql] = &[RECORDED, OF_PART, FAILING, DAYS_SINCE];

/// A part on a day.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct Day {
    pub day: String,
    pub status: String,
    pub applicable: i64,
    pub failing: i64,
    pub rule_set: String,
}

/// True when the day was recorded.
pub async fn is_recorded(at: &mut Snapshot, day: &str) -> Result<bool> {
    let (rows,): (i64,) = at.plain(&RECORDED).bind(day.to_owned()).one().await?;
    Ok(rows > 0)
}

/// A part's days up to the instant, newest first.
pub async fn of_part(at: &mut Snapshot, part: &str) -> Result<Vec<Day>> {
    let instant = at.instant();
    at.plain(&OF_PART).bind(part.to_owned()).bind(instant).all().await
}

/// The recorded days from `since` on, the oldest first, and the parts that failed on each.
pub async fn failing(at: &mut Snapshot, since: &str) -> Result<Vec<(String, Vec<String>)>> {
    let instant: Moment = at.instant();
    let days: Vec<(String,)> = at.plain(&DAYS_SINCE).bind(since.to_owned()).bind(instant).all().await?;
    let mut found: Vec<(String, Vec<String>)> = days.into_iter().map(|(day,)| (day, Vec::new())).collect();
    let failing: Vec<(String, String)> = at.plain(&FAILING).bind(since.to_owned()).bind(instant).all().await?;
    for (day, part) in failing {
        if let Ok(place) = found.binary_search_by(|(known, _)| known.as_str().cmp(&day)) {
            found[place].1.push(part);
        }
    }
    Ok(found)
}

/// Records where every part stands on a day.
pub async fn record(change: &mut Change, day: &str, standings: &[Standing]) -> Result<()> {
    let (organization, moment) = (change.organization().uuid(), change.moment());
    for standing in standings {
        let counts = &standing.mandatory;
        let number = |count: usize| Cell::number(i64::try_from(count).unwrap_or(i64::MAX));
        let row = vec![
            Cell::Id(Some(organization)),
            Cell::text(day),
            Cell::text(standing.part.id.clone()),
            Cell::text(standing.status.word()),
            number(standing.applicable),
            number(counts.pass),
            number(counts.fail),
            number(counts.justified),
            number(counts.due_soon),
            number(counts.indeterminate),
            number(standing.advisory.fail),
            Cell::text(RULE_SET),
            Cell::moment(moment),
        ];
        change.push(DAYS, row).await?;
    }
    let subject = Subject { kind: "posture", id: day.to_owned(), rev: None };
    change.note("posture.record", subject, Some(&format!("rule set {RULE_SET}"))).await
}
