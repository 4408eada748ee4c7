//! Reviews that should be opened: what the clocks say is to be done and no open review looks at.
//!
//! Invariant: due days are those of the obligations, never computed again here; BCSI access has no clock of a system, so its
//! day follows from the last review of its kind.

use crate::ids::{Id as _, SystemId};
use crate::obligations::records::facts;
use crate::obligations::rules::due::due_list;
use crate::obligations::rules::{ObligationState, obligations};
use crate::organizations::OrganizationProfile;
use crate::personnel::Authorization;
use crate::reviews::model::{Review, ReviewKind};
use crate::reviews::rules::{covers, is_pressing, kind_of, proposed_due};
use crate::storage::{Audited, Kept, Result, Snapshot};
use crate::vocabulary::Date;

/// A review that should be opened, for the systems due on the same day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    pub kind: ReviewKind,
    pub state: ObligationState,
    /// None while nothing is known about when its clock began.
    pub due: Option<Date>,
    /// References; none for the whole organization.
    pub systems: Vec<String>,
}

/// What should be opened, due first.
pub async fn owed(at: &mut Snapshot) -> Result<Vec<Owed>> {
    let open = super::open(at).await?;
    let around = crate::frameworks::records::surroundings(at).await?;
    let facts = facts::facts(at, &around, None).await?;
    let mut found: Vec<Owed> = Vec::new();
    for due in due_list(&obligations(&facts), facts.today) {
        let Some(kind) = kind_of(due.duty) else { continue };
        let system = SystemId::from_uuid(due.subject.id);
        let looked_at = open.iter().any(|review| covers(review, kind, system));
        if looked_at || !is_pressing(kind, due.state, due.due, facts.today) {
            continue;
        }
        let same = |one: &&mut Owed| one.kind == kind && one.due == due.due && one.state == due.state;
        if let Some(known) = found.iter_mut().find(same) {
            known.systems.push(due.subject.reference.clone());
        } else {
            let systems = vec![due.subject.reference.clone()];
            found.push(Owed { kind, state: due.state, due: due.due, systems });
        }
    }
    found.extend(bcsi(at, &open, facts.today).await?);
    Ok(found)
}

/// The BCSI review, where somebody has provisioned access to BCSI (CIP-004-7 R6.2).
async fn bcsi(at: &mut Snapshot, open: &[Kept<Review>], today: Date) -> Result<Option<Owed>> {
    let kind = ReviewKind::BcsiReview;
    let rest = " AND v.kind = 'bcsi' AND v.status = 'provisioned'";
    let (provisioned,): (i64,) = at.projected(&Authorization::TABLE, "COUNT(*) AS held", rest).one().await?;
    if provisioned == 0 || open.iter().any(|review| review.kind == Some(kind)) {
        return Ok(None);
    }
    let organization = at.organization();
    let Some(profile) = at.find::<OrganizationProfile>(organization).await? else { return Ok(None) };
    let last = super::last_done(at, kind, profile.zone()).await?;
    let due = proposed_due(kind, today, last, profile.month_mode);
    let state = match due {
        None => ObligationState::NeverPerformed,
        Some(due) if due < today => ObligationState::Overdue,
        Some(due) if due.days_since(today) <= 90 => ObligationState::DueSoon,
        Some(_) => ObligationState::Met,
    };
    Ok((state != ObligationState::Met).then(|| Owed { kind, state, due, systems: Vec::new() }))
}
