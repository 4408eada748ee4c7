//! Who was let in to an engagement, and the forms that let in and close the door.
//!
//! Invariant: a form keeps what was typed and shows each problem beside its field.

use askama::Template;
use axum::extract::State;
use axum::http::{Method, StatusCode};

use super::actions::{self, Wanted};
use super::auditors::{AccessStanding, AuditorAccess};
use super::{Engagement, records};
use crate::auth::{Action, Role, Roles};
use crate::ids::{AuditorAccessId, EngagementId};
use crate::register::field;
use crate::storage::{Kept, Snapshot};
use crate::vocabulary::Date;
use crate::web::extract::{Asking, Filled, Id};
use crate::web::{Answer, App, Caller, Failure, Place, Policy, Routes, Shell, links, page};

/// Mounts the pages.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let manage = Policy::Organization(Action::ManagePeople);
    routes
        .on(&Method::GET, "/o/{slug}/engagements/{id}/auditors", Policy::Organization(Action::ReadPeople), auditors)
        .on(&Method::POST, "/o/{slug}/engagements/{id}/auditors", manage, let_in)
        .on(&Method::POST, "/o/{slug}/auditor_accesses/{id}/revocation", manage, revoke)
}

struct AccessView {
    name: String,
    login: String,
    from: Date,
    until: Date,
    standing: AccessStanding,
    mark: &'static str,
    by: String,
    why: String,
    at: String,
    /// Where it is taken back, for who may.
    revocation: Option<String>,
    revoked: Option<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "engagements/auditors.html")]
struct AuditorsPage {
    shell: Shell,
    engagement: String,
    name: String,
    href: String,
    look_href: String,
    people_href: String,
    accesses: Vec<AccessView>,
    /// Who has the auditor's role: login and name.
    auditors: Vec<(String, String)>,
    may_let_in: bool,
    typed: Typed,
}

/// What the form holds.
#[derive(Default)]
struct Typed {
    login: String,
    from: String,
    until: String,
    reason: String,
    problem: Option<(String, String)>,
}

impl Typed {
    fn problem(&self, field: &str) -> Option<&str> {
        self.problem.as_ref().filter(|(known, _)| known == field).map(|(_, said)| said.as_str())
    }
}

async fn auditors(State(app): State<App>, caller: Caller, Id(id): Id<EngagementId>, asking: Asking) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let today = caller.day();
    let typed = Typed { from: today.to_string(), until: today.plus_days(28).to_string(), ..Typed::default() };
    page::show(&page_of(&mut at, &caller, id, typed, asking.text("done")).await?)
}

async fn page_of(
    at: &mut Snapshot,
    caller: &Caller,
    id: EngagementId,
    typed: Typed,
    done: &str,
) -> Answer<AuditorsPage> {
    let kept = at.find::<Engagement>(id).await?.ok_or(Failure::NotFound)?;
    let accesses = records::of_engagement(at, id).await?;
    let auditors = auditors_here(at).await?;
    Ok(told(caller, &caller.serving()?.slug, &kept, (accesses, auditors), (typed, done)))
}

fn told(
    caller: &Caller,
    slug: &str,
    kept: &Kept<Engagement>,
    (accesses, auditors): (Vec<Kept<AuditorAccess>>, Vec<(String, String)>),
    (typed, done): (Typed, &str),
) -> AuditorsPage {
    let mut shell = Shell::of(caller, Place::Evidence, format!("Auditors of {}", kept.reference)).saying(done);
    let href = links::record(slug, "engagements", kept.id);
    shell.now_href = format!("{href}/auditors");
    AuditorsPage {
        engagement: kept.reference.to_string(),
        name: kept.name.clone(),
        look_href: format!("{href}/look"),
        href: format!("{href}{}", shell.query()),
        people_href: links::place(slug, "members"),
        accesses: accesses.into_iter().map(|kept| view(caller, slug, kept)).collect(),
        auditors,
        may_let_in: caller.may_now(Action::ManagePeople),
        typed,
        shell,
    }
}

/// Who has the auditor's role: login and name.
async fn auditors_here(at: &mut Snapshot) -> Answer<Vec<(String, String)>> {
    let organization = at.organization();
    let members = at.platform().members(organization).await?.into_iter();
    let is_auditor = |roles: &str| Roles::parse(roles).is_ok_and(|roles| roles.has(Role::Auditor));
    let auditors = members.filter(|member| is_auditor(&member.roles) && !member.disabled);
    Ok(auditors.map(|member| (member.login, member.name)).collect())
}

fn view(caller: &Caller, slug: &str, kept: Kept<AuditorAccess>) -> AccessView {
    let standing = kept.standing(caller.day());
    let ends = matches!(standing, AccessStanding::Open | AccessStanding::Coming);
    let may = ends && caller.may_now(Action::ManagePeople);
    AccessView {
        revocation: may.then(|| format!("{}/revocation", links::record(slug, "auditor_accesses", kept.id))),
        mark: match standing {
            AccessStanding::Open => "no_failing_record",
            AccessStanding::Coming => "indeterminate",
            AccessStanding::Ended | AccessStanding::Revoked => "not_applicable",
        },
        standing,
        at: caller.told(kept.recorded_from),
        why: kept.reason.clone(),
        revoked: kept.content.revoked.map(|gone| (gone.by, caller.told(gone.at), gone.reason)),
        name: kept.content.name,
        login: kept.content.who.login,
        from: kept.content.from,
        until: kept.content.until,
        by: kept.content.granted_by,
    }
}

async fn let_in(State(app): State<App>, caller: Caller, Id(id): Id<EngagementId>, mut filled: Filled) -> Answer {
    let mut take = |name: &str| filled.take(name);
    let mut typed =
        Typed { login: take("login"), from: take("from"), until: take("until"), reason: take("reason"), problem: None };
    let mut change = caller.change(&app).await?;
    change.reading().await?.find::<Engagement>(id).await?.ok_or(Failure::NotFound)?;
    match admitted(&mut change, &caller, id, &typed).await? {
        Ok(()) => change.commit().await?,
        Err(problem) => {
            typed.problem = Some(problem);
            drop(change);
            let mut at = caller.snapshot(&app).await?;
            let form = page_of(&mut at, &caller, id, typed, "").await?;
            return page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &form);
        }
    };
    let there = links::record(&caller.serving()?.slug, "engagements", id);
    Ok(page::see(&format!("{there}/auditors?done=let_in")))
}

/// Lets in whom the form names; else the field and its problem.
async fn admitted(
    change: &mut crate::storage::Change,
    caller: &Caller,
    id: EngagementId,
    typed: &Typed,
) -> Answer<Result<(), (String, String)>> {
    let refused = |field: &str, problem: String| Ok(Err((field.to_owned(), problem)));
    let why = match field::line(&typed.reason, 500) {
        Ok(why) if why.is_empty() => return refused("reason", "missing; say why, for the journal".to_owned()),
        Ok(why) => why,
        Err(problem) => return refused("reason", problem),
    };
    let (from, until) = match (Date::parse(&typed.from), Date::parse(&typed.until)) {
        (Ok(from), Ok(until)) => (from, until),
        (Err(problem), _) => return refused("from", problem),
        (_, Err(problem)) => return refused("until", problem),
    };
    let wanted =
        Wanted { engagement: id, login: &typed.login, days: (from, until), today: caller.day(), by: &caller.name };
    Ok(actions::grant(change, &wanted, &why).await?.map(drop).map_err(|(field, _, said)| (field.to_owned(), said)))
}

async fn revoke(State(app): State<App>, caller: Caller, Id(id): Id<AuditorAccessId>, mut filled: Filled) -> Answer {
    let reason = filled.take("reason");
    let why = field::line(&reason, 500).map_err(|problem| Failure::field("reason", &reason, problem))?;
    let mut change = caller.change(&app).await?;
    let kept = change.reading().await?.find::<AuditorAccess>(id).await?.ok_or(Failure::NotFound)?;
    if why.is_empty() {
        return Err(Failure::field("reason", "", "missing; say why, for the journal"));
    }
    actions::revoke(&mut change, &kept, &caller.name, &why).await?;
    change.commit().await?;
    let there = links::record(&caller.serving()?.slug, "engagements", kept.engagement);
    Ok(page::see(&format!("{there}/auditors?done=revoked")))
}
