//! My queue: what I have to do, across all organizations I serve.
//!
//! Invariant: one snapshot of one organization after the other; there is never a query over two, and a role in one opens
//! nothing in another.

use askama::Template;
use axum::extract::State;

use crate::auth::{Action, Roles, only_audits, permits};
use crate::exceptions::records as exceptions;
use crate::exceptions::rules::refuses_decision;
use crate::exceptions::{Exception, ExceptionKind};
use crate::findings::{Finding, records};
use crate::ids::UserId;
use crate::organizations::OrganizationProfile;
use crate::register::Register;
use crate::reviews::records as reviews;
use crate::reviews::{Review, ReviewKind};
use crate::storage::platform::Member;
use crate::storage::{AsOf, Kept, Snapshot};
use crate::vocabulary::Date;
use crate::web::{Answer, App, Caller, Place, Shell, links, page};

/// Something to do.
struct Item {
    what: &'static str,
    href: String,
    reference: String,
    title: String,
    mark: &'static str,
    said: &'static str,
    due: Option<String>,
    late: bool,
}

/// What is to do in one organization, due first.
struct Part {
    organization: String,
    href: String,
    items: Vec<Item>,
}

#[derive(Template)]
#[template(path = "findings/queue.html")]
struct QueuePage {
    shell: Shell,
    parts: Vec<Part>,
    total: usize,
}

pub async fn queue(State(app): State<App>, caller: Caller) -> Answer {
    let user = caller.user()?;
    let mut work = app.store.read_platform().await?;
    let memberships = work.tables().memberships(user).await?;
    drop(work);
    let mut parts = Vec::new();
    for member in memberships {
        let roles = Roles::parse(&member.roles).unwrap_or_default();
        if !permits(&roles, Action::ReadFindings) || only_audits(&roles) {
            continue;
        }
        let mut at = app.store.snapshot(member.organization_id, AsOf::Now).await?;
        let items = items(&mut at, &member, &roles, &caller, user).await?;
        parts.push(Part { href: links::place(&member.slug, ""), organization: member.organization, items });
    }
    parts.sort_by_key(|part| part.items.is_empty());
    let total = parts.iter().map(|part| part.items.len()).sum();
    page::show(&QueuePage { shell: Shell::of(&caller, Place::None, "My queue"), parts, total })
}

async fn items(at: &mut Snapshot, member: &Member, roles: &Roles, caller: &Caller, user: UserId) -> Answer<Vec<Item>> {
    let profile = at.find::<OrganizationProfile>(member.organization_id).await?;
    let zone = profile.map_or_else(Default::default, |kept| kept.zone());
    let on = Date::parse(&zone.date(caller.moment)).unwrap_or(Date::EPOCH);
    let slug = &member.slug;
    let mut items: Vec<Item> =
        records::of_owner(at, user).await?.iter().map(|kept| finding("Yours", slug, kept, on)).collect();
    if permits(roles, Action::VerifyFinding) {
        let waiting = records::remediated(at).await?;
        let others = waiting.iter().filter(|kept| !kept.was_remediated_by(user));
        items.extend(others.map(|kept| finding("To verify", slug, kept, on)));
    }
    if permits(roles, Action::ApproveException) {
        let waiting = exceptions::waiting(at, on).await?;
        let others = waiting.iter().filter(|kept| refuses_decision(kept, user).is_none());
        items.extend(others.map(|kept| exception(slug, kept)));
    }
    if permits(roles, Action::ReadAccess) {
        let waiting = reviews::open_for(at, user, permits(roles, Action::ReviewAccess)).await?;
        items.extend(waiting.iter().map(|kept| review(slug, kept, on)));
    }
    items.sort_by_key(|item| (item.due.is_none(), item.due.clone(), item.reference.clone()));
    Ok(items)
}

fn exception(slug: &str, kept: &Kept<Exception>) -> Item {
    Item {
        what: "To decide",
        href: links::record(slug, "exceptions", kept.id),
        reference: kept.reference.to_string(),
        title: kept.title.clone(),
        mark: "",
        said: kept.kind.map_or("", ExceptionKind::label),
        due: None,
        late: false,
    }
}

fn review(slug: &str, kept: &Kept<Review>, on: Date) -> Item {
    Item {
        what: "To review",
        href: links::record(slug, Review::WORDS.collection, kept.id),
        reference: kept.reference.to_string(),
        title: kept.name.clone(),
        mark: Review::mark("status", kept.status().word()),
        said: kept.kind.map_or("", ReviewKind::label),
        due: kept.due_on.map(|due| due.to_string()),
        late: kept.due_on.is_some_and(|due| due < on),
    }
}

fn finding(what: &'static str, slug: &str, kept: &Kept<Finding>, on: Date) -> Item {
    Item {
        what,
        href: links::record(slug, "findings", kept.id),
        reference: kept.reference.to_string(),
        title: kept.title.clone(),
        mark: <Finding as Register>::mark("state", kept.state.word()),
        said: kept.state.label(),
        due: kept.due.map(|due| due.to_string()),
        late: kept.due.is_some_and(|due| due < on),
    }
}
