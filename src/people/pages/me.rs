//! One's own account: organizations, password, second factor, sessions.
//!
//! Invariant: nobody sees or ends anybody else's sessions here.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::auth::{password as passwords, totp};
use crate::people::{credentials, signing_in};
use crate::storage::platform::Member;
use crate::web::caller::Who;
use crate::web::extract::{Asking, Filled};
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

#[derive(Template)]
#[template(path = "people/portfolio.html")]
struct PortfolioPage {
    shell: Shell,
    memberships: Vec<Member>,
}

struct SessionView {
    began: String,
    seen: String,
    address: String,
    agent: String,
    here: bool,
}

#[derive(Template)]
#[template(path = "people/me.html")]
struct MePage {
    shell: Shell,
    login: String,
    enrolled: bool,
    codes_left: i64,
    sessions: Vec<SessionView>,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "people/second_factor.html")]
struct SecondFactorPage {
    shell: Shell,
    qr: Option<(String, usize)>,
    typed: String,
    sealed: String,
    next: String,
    problem: bool,
    codes: Vec<String>,
}

pub async fn home(State(app): State<App>, caller: Caller) -> Answer {
    let mut work = app.store.read_platform().await?;
    let memberships = work.tables().memberships(caller.user()?).await?;
    match memberships.as_slice() {
        [one] => Ok(page::see(&links::place(&one.slug, ""))),
        _ => Ok(page::see("/portfolio")),
    }
}

pub async fn portfolio(State(app): State<App>, caller: Caller) -> Answer {
    let mut work = app.store.read_platform().await?;
    let memberships = work.tables().memberships(caller.user()?).await?;
    page::show(&PortfolioPage { shell: Shell::of(&caller, Place::None, "Organizations"), memberships })
}

pub async fn me(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    page::show(&me_page(&app, &caller, asking.text("done"), None).await?)
}

async fn me_page(app: &App, caller: &Caller, done: &str, problem: Option<String>) -> Answer<MePage> {
    let Who::User { id, login, session, enrolled, .. } = &caller.who else { return Err(Failure::NotFound) };
    let mut work = app.store.read_platform().await?;
    let sessions = work.tables().sessions(*id, caller.moment).await?;
    let codes_left = work.tables().recovery_codes_left(*id).await?;
    let sessions = sessions
        .into_iter()
        .map(|known| SessionView {
            began: caller.told(known.created_at),
            seen: caller.told(known.seen_at),
            address: known.address,
            agent: known.agent,
            here: known.id == *session,
        })
        .collect();
    let shell = Shell::of(caller, Place::None, "Your account").saying(done);
    Ok(MePage { shell, login: login.clone(), enrolled: *enrolled, codes_left, sessions, problem })
}

pub async fn password(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let (current, chosen, again) = (filled.take("current"), filled.take("password"), filled.take("again"));
    let user = caller.user()?;
    let mut work = app.store.read_platform().await?;
    let known = work.tables().user(user).await?.ok_or(Failure::NotFound)?;
    drop(work);
    let mut problem = passwords::check_new(&chosen, &[&known.login, &known.name, "glance"]).err();
    if problem.is_none() && chosen != again {
        problem = Some("The two new passwords differ.".to_owned());
    }
    if problem.is_none() && known.password.is_some() {
        let right = app.heavy(move || signing_in::matches(Some(&known), &current)).await?;
        problem = (!right).then(|| "The current password is not right.".to_owned());
    }
    if problem.is_some() {
        return page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &me_page(&app, &caller, "", problem).await?);
    }
    let phc = app.heavy(move || passwords::hash(&chosen)).await?.map_err(Failure::Bug)?;
    credentials::set_password(&app.store, caller.author(), user, &phc, caller.session()).await?;
    Ok(page::see("/me?done=password"))
}

pub async fn end_others(State(app): State<App>, caller: Caller) -> Answer {
    credentials::end_others(&app.store, caller.author(), caller.user()?, caller.session()).await?;
    Ok(page::see("/me?done=ended"))
}

/// A second factor is replaced only within the step-up window of the old one.
fn may_enroll(caller: &Caller) -> Result<&str, Failure> {
    let Who::User { login, enrolled, step_up_until, .. } = &caller.who else { return Err(Failure::NotFound) };
    if *enrolled && *step_up_until <= caller.moment {
        return Err(Failure::StepUp { next: "/me/second-factor".to_owned() });
    }
    Ok(login)
}

pub async fn second_factor(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let login = may_enroll(&caller)?;
    let next = links::within(asking.text("next")).to_owned();
    page::show(&enrolling(&app, &caller, login, &totp::new_seed(), next, false)?)
}

fn enrolling(
    app: &App,
    caller: &Caller,
    login: &str,
    seed: &[u8],
    next: String,
    problem: bool,
) -> Answer<SecondFactorPage> {
    let sealed = app.keys.seal(&format!("enroll {}", caller.user()?), seed).map_err(Failure::Bug)?;
    Ok(SecondFactorPage {
        shell: Shell::of(caller, Place::None, "Second factor"),
        qr: totp::qr_path(&totp::address(seed, login)),
        typed: totp::base32(seed),
        sealed: URL_SAFE_NO_PAD.encode(sealed),
        next,
        problem,
        codes: Vec::new(),
    })
}

pub async fn enroll(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let login = may_enroll(&caller)?.to_owned();
    let (sealed, code, next) = (filled.take("sealed"), filled.take("code"), filled.take("next"));
    let (user, next) = (caller.user()?, links::within(&next).to_owned());
    let sealed = URL_SAFE_NO_PAD.decode(&sealed).map_err(|_| Failure::Malformed("Open the page again.".to_owned()))?;
    let seed = app
        .keys
        .unseal(&format!("enroll {user}"), &sealed)
        .ok_or_else(|| Failure::Malformed("Open the page again.".to_owned()))?;
    let who = (user, caller.session());
    let done = credentials::enroll(&app.store, &app.keys, caller.author(), who, &seed, &code).await?;
    let mut view = enrolling(&app, &caller, &login, &seed, next, done.is_none())?;
    view.codes = done.unwrap_or_default();
    page::show_as(if view.problem { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &view)
}
