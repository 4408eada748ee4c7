//! What the overview of access counts and lists, each by a small query of its own.
//!
//! Invariant: read at the snapshot's instant; a list holds at most what a page shows, its count says the rest.

use std::collections::BTreeMap;

use crate::as_of;
use crate::ids::{Id, PersonId, VendorId};
use crate::personnel::{Authorization, Person};
use crate::register::records;
use crate::remote_access::Grant;
use crate::remote_access::lines::{self, Line};
use crate::remote_access::records::sessions;
use crate::reviews::Review;
use crate::storage::versions::VersionRow;
use crate::storage::{AsOfSql, Audited, Kept, Result, Snapshot};
use crate::vocabulary::{Date, Moment};

const GRANTS_WAITING: AsOfSql = as_of!(
    "SELECT " columns " FROM grant_versions v WHERE v.organization_id = $1 AND " [v] " AND v.status = 'requested' AND NOT v.retired \
     AND v.valid_until > $3 ORDER BY v.valid_until, v.id LIMIT 500"
);
const AUTHORIZATIONS_WAITING: AsOfSql = as_of!(
    "SELECT " columns " FROM authorization_versions v WHERE v.organization_id = $1 AND " [v] " AND v.status = 'requested' AND NOT v.retired \
     ORDER BY v.id LIMIT 500"
);
const GRANTS_ENDING: AsOfSql = as_of!(
    "SELECT " columns " FROM grant_versions v WHERE v.organization_id = $1 AND " [v] " AND v.status = 'active' AND NOT v.retired \
     AND v.valid_until > $3 AND v.valid_until <= $4 ORDER BY v.valid_until, v.id LIMIT 500"
);
const LAPSING: AsOfSql = as_of!(
    "SELECT " columns " FROM person_versions v WHERE v.organization_id = $1 AND " [v] " AND NOT v.retired AND (v.trained_on < $3 OR v.assessed_on < $4) \
     AND v.id IN (SELECT a.person_id FROM authorization_versions a WHERE a.organization_id = $1 AND " [a] " AND a.status = 'provisioned' \
     AND a.kind <> 'bcsi' AND NOT a.retired UNION SELECT g.person_id FROM grant_versions g WHERE g.organization_id = $1 AND " [g] " AND g.status = 'active' \
     AND g.valid_until > $5 AND NOT g.retired) ORDER BY v.trained_on, v.id LIMIT 500"
);
const REVIEWS: AsOfSql = as_of!(
    "SELECT " columns " FROM review_versions v WHERE v.organization_id = $1 AND " [v] " AND v.status = 'open' AND NOT v.retired \
     ORDER BY v.due_on, v.id LIMIT 500"
);
const OF_VENDOR: AsOfSql = as_of!(
    "SELECT " columns " FROM person_versions v WHERE v.organization_id = $1 AND " [v] " AND v.vendor_id = $3 AND NOT v.retired ORDER BY v.id LIMIT 501"
);
const GRANTS_OF_VENDOR: AsOfSql = as_of!(
    "SELECT " columns " FROM grant_versions v WHERE v.organization_id = $1 AND " [v] " AND NOT v.retired AND v.status IN ('requested', 'active') \
     AND v.valid_until > $4 AND v.id IN (SELECT g.id FROM grant_versions g WHERE g.organization_id = $1 AND " [g] " AND g.vendor_id = $3 UNION SELECT o.id FROM person_versions p \
     JOIN grant_versions o ON o.organization_id = $1 AND o.person_id = p.id AND " [o] " WHERE p.organization_id = $1 AND " [p] " AND p.vendor_id = $3) \
     ORDER BY v.valid_until, v.id LIMIT 501"
);

/// Every text of the file, for the test that prepares them.
pub const INSTANT_STATEMENTS: &[AsOfSql] =
    &[GRANTS_WAITING, AUTHORIZATIONS_WAITING, GRANTS_ENDING, LAPSING, REVIEWS, OF_VENDOR, GRANTS_OF_VENDOR];

/// Most rows a list of the overview is read for.
pub const MOST: usize = 500;

/// Sessions that go on by what gateways told.
pub struct OpenSessions {
    /// Judged, the failing ones first, then vendors'.
    pub lines: Vec<Line>,
    pub vendors: usize,
    pub failing: usize,
    /// There are more than were looked at.
    pub more: bool,
}

impl OpenSessions {
    /// How many there are.
    #[must_use]
    pub fn told(&self) -> String {
        format!("{}{}", self.lines.len(), if self.more { "+" } else { "" })
    }
}

/// The open sessions, judged as the page of active sessions judges them.
pub async fn open_sessions(at: &mut Snapshot, now: Moment) -> Result<OpenSessions> {
    let mut open = sessions::open(at).await?;
    let more = open.len() > sessions::MOST_OPEN;
    open.truncate(sessions::MOST_OPEN);
    let mut lines = lines::lines(at, open, now).await?;
    lines.sort_by_key(|line| (line.judged.faults.is_empty(), !line.is_vendor(), line.session.started_at, line.id));
    let vendors = lines.iter().filter(|line| line.is_vendor()).count();
    let failing = lines.iter().filter(|line| !line.judged.faults.is_empty()).count();
    Ok(OpenSessions { lines, vendors, failing, more })
}

fn kept<T: Audited>(rows: Vec<VersionRow>) -> Result<Vec<Kept<T>>> {
    rows.into_iter().map(VersionRow::kept).collect()
}

/// Grants that wait for a decision and have not run out.
pub async fn grants_waiting(at: &mut Snapshot, now: Moment) -> Result<Vec<Kept<Grant>>> {
    kept(at.query(&GRANTS_WAITING).bind(now.rfc3339()).all().await?)
}

/// Authorizations that wait for a decision.
pub async fn authorizations_waiting(at: &mut Snapshot) -> Result<Vec<Kept<Authorization>>> {
    kept(at.query(&AUTHORIZATIONS_WAITING).all().await?)
}

/// Approved grants that run out between two moments, the next first.
pub async fn grants_ending(at: &mut Snapshot, now: Moment, until: Moment) -> Result<Vec<Kept<Grant>>> {
    kept(at.query(&GRANTS_ENDING).bind(now.rfc3339()).bind(until.rfc3339()).all().await?)
}

/// People with access, whatever it reaches, whose last training or risk assessment is older than these days.
pub async fn lapsing(at: &mut Snapshot, (trained, assessed): (Date, Date), now: Moment) -> Result<Vec<Kept<Person>>> {
    let query = at.query(&LAPSING).bind(trained.to_string()).bind(assessed.to_string()).bind(now.rfc3339());
    kept(query.all().await?)
}

/// Reviews that are not completed, the one that is due next first.
pub async fn open_reviews(at: &mut Snapshot) -> Result<Vec<Kept<Review>>> {
    kept(at.query(&REVIEWS).all().await?)
}

/// The first of some rows.
pub struct First<T: Audited> {
    pub rows: Vec<Kept<T>>,
    /// There are more than were read.
    pub more: bool,
}

impl<T: Audited> First<T> {
    fn of(rows: Vec<VersionRow>) -> Result<Self> {
        let mut rows = kept(rows)?;
        let more = rows.len() > MOST;
        rows.truncate(MOST);
        Ok(Self { rows, more })
    }

    /// A number of them, in words.
    #[must_use]
    pub fn told(&self, count: usize) -> String {
        format!("{count}{}", if self.more { "+" } else { "" })
    }
}

/// The people who act for a vendor, and the grants of the vendor or of one of them that are not over, the first to end first.
pub async fn of_vendor(at: &mut Snapshot, vendor: VendorId, now: Moment) -> Result<(First<Person>, First<Grant>)> {
    let people = First::of(at.query(&OF_VENDOR).bind(vendor.uuid()).all().await?)?;
    let grants = at.query(&GRANTS_OF_VENDOR).bind(vendor.uuid()).bind(now.rfc3339());
    Ok((people, First::of(grants.all().await?)?))
}

/// Reference and name of these people.
pub async fn people(
    at: &mut Snapshot,
    ids: impl Iterator<Item = PersonId>,
) -> Result<BTreeMap<PersonId, (String, String)>> {
    let ids: std::collections::BTreeSet<PersonId> = ids.collect();
    let ids: Vec<uuid::Uuid> = ids.into_iter().map(Id::uuid).collect();
    let found = records::by_ids::<Person>(at, &ids).await?;
    Ok(found.into_iter().map(|kept| (kept.id, (kept.reference.to_string(), kept.name.clone()))).collect())
}
