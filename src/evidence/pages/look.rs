//! What an auditor sees first: the engagement and its sealed packages.
//!
//! Invariant: nothing of the record as it stands now but the engagement's own facts.

use askama::Template;
use axum::extract::State;

use super::bytes;
use crate::engagements::auditors::AccessStanding;
use crate::engagements::{Engagement, records};
use crate::evidence::{Package, PackageState};
use crate::ids::EngagementId;
use crate::seal::signature;
use crate::storage::Kept;
use crate::vocabulary::Date;
use crate::web::extract::Id;
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

/// A sealed package.
struct Sealed {
    href: String,
    package: Package,
    instant: String,
    size: String,
}

#[derive(Template)]
#[template(path = "evidence/look.html")]
struct LookPage {
    shell: Shell,
    engagement: Engagement,
    packages: Vec<Sealed>,
    fingerprint: String,
    /// The last day of the reader's own access.
    until: Option<Date>,
    /// Other engagements the reader was let in to: name and address.
    others: Vec<(String, String)>,
    confined: bool,
    back: String,
}

pub async fn look(State(app): State<App>, caller: Caller, Id(id): Id<EngagementId>) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let kept = at.find::<Engagement>(id).await?.ok_or(Failure::NotFound)?;
    let slug = caller.serving()?.slug.clone();
    let mut packages = at.every::<Package>().await?;
    packages.retain(|kept| kept.engagement == Some(id) && kept.state == PackageState::Sealed);
    packages.reverse();
    let confined = caller.confined.is_some();
    let mut shell = Shell::of(&caller, Place::Evidence, format!("{} {}", kept.reference, kept.name));
    shell.now_href = format!("{}/look", links::record(&slug, "engagements", id));
    let (until, others) = if confined { accesses(&mut at, &caller, id).await? } else { (None, Vec::new()) };
    page::show(&LookPage {
        packages: packages.into_iter().map(|kept| sealed(&caller, &slug, kept)).collect(),
        fingerprint: signature::fingerprint(&app.keys.signing().key.verifying_key()),
        back: links::record(&slug, "engagements", id),
        engagement: kept.content,
        until,
        others,
        confined,
        shell,
    })
}

fn sealed(caller: &Caller, slug: &str, kept: Kept<Package>) -> Sealed {
    Sealed {
        href: links::record(slug, "packages", kept.id),
        instant: caller.told(kept.instant),
        size: kept.size.map_or_else(String::new, bytes),
        package: kept.content,
    }
}

/// Until when the reader may look here, and where else.
async fn accesses(
    at: &mut crate::storage::Snapshot,
    caller: &Caller,
    here: EngagementId,
) -> Answer<(Option<Date>, Vec<(String, String)>)> {
    let (mut until, mut others) = (None, Vec::new());
    for access in records::of_user(at, caller.user()?).await? {
        if access.standing(caller.day()) != AccessStanding::Open {
            continue;
        }
        if access.engagement == here {
            until = until.max(Some(access.until));
        } else if let Some(kept) = at.find::<Engagement>(access.engagement).await? {
            let href = format!("{}/look", links::record(&caller.serving()?.slug, "engagements", kept.id));
            others.push((format!("{} {}", kept.reference, kept.name), href));
        }
    }
    Ok((until, others))
}
