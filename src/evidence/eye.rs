//! What an auditor sees: the sealed packages of the engagements they were let in to, and the records behind those packages
//! as they stood at a package's instant.
//!
//! Invariant: the one place that decides it. Everything else is nothing: another engagement, another organization, a day
//! outside the window, the record as it stands now, every list, every file but a package, every write, every program's way
//! in. Each look leaves a leaf, once a minute for the same page and session; a download leaves its own.

use std::collections::HashMap;
use std::sync::Mutex;

use uuid::Uuid;

use super::reading::Disclosures;
use super::{Package, PackageState, keeping};
use crate::engagements::auditors::AccessStanding;
use crate::engagements::records;
use crate::ids::{EngagementId, Id, OrganizationId};
use crate::storage::journal::Subject;
use crate::storage::{AsOf, Kept};
use crate::vocabulary::Moment;
use crate::web::eye::{Seen, Sought};
use crate::web::{App, Caller, Failure, links};

/// Kinds of record that have a page of their own, and where.
pub const PAGES: [(&str, &str); 14] = [
    ("site", "sites"),
    ("system", "systems"),
    ("zone", "zones"),
    ("conduit", "conduits"),
    ("permitted_flow", "permitted_flows"),
    ("asset", "assets"),
    ("interface", "interfaces"),
    ("service", "services"),
    ("sensor", "sensors"),
    ("performance", "performances"),
    ("control", "controls"),
    ("finding", "findings"),
    ("exception", "exceptions"),
    ("artifact", "artifacts"),
];

/// Seconds within which the same page by the same session is one look.
const ONE_LOOK_SECONDS: i64 = 60;

/// What an auditor's open accesses lead to.
struct View {
    organization: OrganizationId,
    slug: String,
    /// Never empty.
    engagements: Vec<EngagementId>,
    /// Sealed packages of these engagements, the latest instant first.
    packages: Vec<Kept<Package>>,
}

/// Decides what a caller who is here only to audit sees of an address, and notes the look.
pub async fn look(app: &App, caller: &Caller, sought: Sought<'_>) -> Result<Seen, Failure> {
    if !sought.is_read || caller.user().is_err() {
        return Ok(Seen::Nothing);
    }
    let Some(view) = view(app, caller).await? else { return Ok(Seen::Nothing) };
    let seen = view.decide(app, &sought).await?;
    if let Seen::Page { home } = &seen
        && !sought.path.ends_with("/file")
    {
        let of = view.engagements.iter().find(|id| view.home(**id) == *home);
        note(app, caller, *of.unwrap_or(&view.engagements[0]), &sought).await?;
    }
    Ok(seen)
}

/// What the caller's accesses that are open today lead to; none without one.
async fn view(app: &App, caller: &Caller) -> Result<Option<View>, Failure> {
    let serving = caller.serving()?;
    let mut at = app.store.snapshot(serving.id, AsOf::Now).await?;
    let today = serving.time_zone.day(caller.moment);
    let given = records::of_user(&mut at, caller.user()?).await?;
    let open = given.iter().filter(|access| access.standing(today) == AccessStanding::Open);
    let engagements: Vec<EngagementId> = open.map(|access| access.engagement).collect();
    if engagements.is_empty() {
        return Ok(None);
    }
    let mut packages = at.every::<Package>().await?;
    packages.retain(|kept| {
        kept.state == PackageState::Sealed && kept.engagement.is_some_and(|of| engagements.contains(&of))
    });
    packages.sort_by_key(|kept| std::cmp::Reverse((kept.instant, kept.id)));
    Ok(Some(View { organization: serving.id, slug: serving.slug.clone(), engagements, packages }))
}

impl View {
    fn page(&self, engagement: EngagementId) -> Seen {
        Seen::Page { home: self.home(engagement) }
    }

    fn home(&self, engagement: EngagementId) -> String {
        format!("{}/look", links::record(&self.slug, "engagements", engagement))
    }

    async fn decide(&self, app: &App, sought: &Sought<'_>) -> Result<Seen, Failure> {
        let Some(rest) = sought.path.strip_prefix(&format!("/o/{}/", self.slug)) else { return Ok(Seen::Nothing) };
        let parts: Vec<&str> = rest.split('/').collect();
        Ok(match (parts.as_slice(), sought.as_of) {
            ([""], None) => Seen::Elsewhere(self.home(self.engagements[0])),
            (["engagements", id, "look"], None) => {
                let own = EngagementId::parse(id).filter(|id| self.engagements.contains(id));
                own.map_or(Seen::Nothing, |id| self.page(id))
            }
            (["packages", id] | ["packages", id, "file" | "records"], None) => {
                let own = self.packages.iter().find(|kept| kept.id.to_string() == *id);
                own.and_then(|kept| kept.engagement).map_or(Seen::Nothing, |of| self.page(of))
            }
            (["requirements", _], _) => self.at_instant(sought, |package| {
                package.parts().iter().any(|part| links::requirement(&self.slug, &part.id) == sought.path)
            }),
            ([collection, id], _) => self.record(app, collection, id, sought).await?,
            _ => Seen::Nothing,
        })
    }

    /// A page as of the instant of a package that holds it; without an instant, the way to the latest.
    fn at_instant(&self, sought: &Sought<'_>, holds: impl Fn(&Kept<Package>) -> bool) -> Seen {
        let mut found = self.packages.iter().filter(|kept| holds(kept));
        match sought.as_of {
            None => found.next().map_or(Seen::Nothing, |kept| {
                let instant = kept.instant.rfc3339();
                Seen::Elsewhere(format!("{}{}", sought.path, links::query([("as_of", instant.as_str())])))
            }),
            Some(at) => {
                let of = found.find(|kept| kept.instant == at).and_then(|kept| kept.engagement);
                of.map_or(Seen::Nothing, |of| self.page(of))
            }
        }
    }

    /// The page of a record that a package discloses.
    async fn record(&self, app: &App, collection: &str, id: &str, sought: &Sought<'_>) -> Result<Seen, Failure> {
        let kind = PAGES.iter().find(|(_, known)| *known == collection).map(|(kind, _)| *kind);
        let id = Uuid::parse_str(id).ok().filter(|parsed| parsed.hyphenated().to_string() == id);
        let (Some(kind), Some(id)) = (kind, id) else { return Ok(Seen::Nothing) };
        let mut holding = Vec::new();
        for kept in self.packages.iter().filter(|kept| sought.as_of.is_none_or(|at| kept.instant == at)) {
            let path = keeping::path(&app.data, self.organization, kept.id);
            match app.shared::<Disclosures>().records(&kept.digest, &path).await {
                Ok(records) if records.holds(kind, id) => holding.push(kept.id),
                Ok(_) => {}
                Err(problem) => tracing::error!(problem, package = %kept.id, "a sealed package cannot be read"),
            }
        }
        Ok(self.at_instant(sought, |kept| holding.contains(&kept.id)))
    }
}

/// When each page was last looked at, by session and address.
#[derive(Debug, Default)]
struct Looks(Mutex<HashMap<(String, String), Moment>>);

impl Looks {
    /// True when this is not the look of a moment ago.
    fn is_new(&self, session: &str, address: &str, now: Moment) -> bool {
        let recent = |at: &Moment| now.micros_since(*at) < ONE_LOOK_SECONDS * 1_000_000;
        let mut kept = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.retain(|_, at| recent(at));
        kept.insert((session.to_owned(), address.to_owned()), now).is_none()
    }
}

async fn note(app: &App, caller: &Caller, engagement: EngagementId, sought: &Sought<'_>) -> Result<(), Failure> {
    let instant = sought.as_of.map(Moment::rfc3339).unwrap_or_default();
    let address = format!("{}{}", sought.path, links::query([("as_of", instant.as_str())]));
    if !app.shared::<Looks>().is_new(caller.session(), &address, caller.moment) {
        return Ok(());
    }
    let mut change = caller.change(app).await?;
    let subject = Subject { kind: "engagement", id: engagement.to_string(), rev: None };
    change.note("auditor.look", subject, Some(&address)).await?;
    change.commit().await?;
    Ok(())
}
