//! Signing in and out, and the step-up window.
//!
//! Invariant: one form, one answer for everything that is wrong.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::auth::device;
use crate::people::signing_in::{self, Attempt, Outcome};
use crate::storage::platform::User;
use crate::web::caller::Who;
use crate::web::extract::{Asking, Client, Filled};
use crate::web::{Answer, App, Caller, Failure, Look, Shell, gate, links, page};

#[derive(Template)]
#[template(path = "people/sign_in.html")]
struct SignInPage {
    shell: Shell,
    next: String,
    login: String,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "people/step_up.html")]
struct StepUpPage {
    shell: Shell,
    next: String,
    problem: bool,
}

pub async fn form(asking: Asking, look: Look) -> Answer {
    let next = links::within(asking.text("next")).to_owned();
    page::show(&SignInPage { shell: Shell::bare("Sign in", look), next, login: String::new(), problem: None })
}

pub async fn sign_in(
    State(app): State<App>,
    client: Client,
    look: Look,
    headers: HeaderMap,
    mut filled: Filled,
) -> Answer {
    let next = links::within(&filled.take("next")).to_owned();
    let mut attempt = attempted(client, &mut filled);
    let mark = gate::cookie(&headers, device::COOKIE).unwrap_or_default();
    let (status, problem) = match judge(&app, &mut attempt, &mark).await? {
        Outcome::In(user, session) => return remembered(&app, user, entered(&app, user, &session, &next)?).await,
        Outcome::Wrong => (StatusCode::UNAUTHORIZED, "Login, password or code are not right.".to_owned()),
        Outcome::Wait(seconds) => {
            (StatusCode::TOO_MANY_REQUESTS, format!("Too many attempts. Wait {seconds} seconds."))
        }
    };
    let shell = Shell::bare("Sign in", look);
    page::show_as(status, &SignInPage { shell, next, login: attempt.login, problem: Some(problem) })
}

fn attempted(client: Client, filled: &mut Filled) -> Attempt {
    Attempt {
        login: filled.take("login").trim().to_lowercase(),
        password: filled.take("password"),
        code: filled.take("code"),
        address: client.address,
        agent: client.agent,
        known: false,
    }
}

async fn judge(app: &App, attempt: &mut Attempt, mark: &str) -> Answer<Outcome> {
    let now = app.store.clock().now();
    if let Err(wait) = app.attempts.take(&format!("from {}", attempt.address), now) {
        return Ok(Outcome::Wait(wait));
    }
    if attempt.login.contains('\0') || attempt.password.len() > 1024 {
        return Ok(Outcome::Wrong);
    }
    let mut work = app.store.read_platform().await?;
    let user = work.tables().user_by_login(&attempt.login).await?;
    drop(work);
    attempt.known = user.as_ref().is_some_and(|user| bears(app, mark, user));
    if let Err(wait) = take(app, attempt, mark, now) {
        return Ok(Outcome::Wait(wait));
    }
    let (known, given) = (user.clone(), attempt.password.clone());
    let matches = app.heavy(move || signing_in::matches(known.as_ref(), &given)).await?;
    Ok(signing_in::sign_in(&app.store, &app.keys, attempt, user, matches).await?)
}

fn bears(app: &App, mark: &str, user: &User) -> bool {
    user.password.as_deref().is_some_and(|password| device::is_known(&app.keys, mark, user.id, password))
}

/// Attempts are counted by login, from a known device by the device: so nobody spends them for its person. A device has
/// a quarter of a login's.
fn take(app: &App, attempt: &Attempt, mark: &str, now: crate::vocabulary::Moment) -> Result<(), i64> {
    if !attempt.known {
        return app.attempts.take(&format!("login {}", attempt.login), now);
    }
    (0..4).try_for_each(|_| app.attempts.take(&format!("device {mark}"), now))
}

/// Marks the browser as one this person signed in from.
async fn remembered(app: &App, user: crate::ids::UserId, mut answer: Response) -> Answer {
    let mut work = app.store.read_platform().await?;
    let Some(password) = work.tables().user(user).await?.and_then(|user| user.password) else { return Ok(answer) };
    let mark = device::mark(&app.keys, user, &password).map_err(Failure::Bug)?;
    let (name, age) = (device::COOKIE, device::SECONDS);
    let cookie = format!("{name}={mark}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={age}");
    let cookie = HeaderValue::try_from(cookie).map_err(|error| Failure::Bug(error.to_string()))?;
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(answer)
}

/// Leads on with the cookie of a new session.
pub fn entered(app: &App, user: crate::ids::UserId, session: &str, next: &str) -> Answer {
    let mut answer = page::see(next);
    let cookie = gate::session_cookie(app, user, session, app.store.clock().now())?;
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(answer)
}

pub async fn sign_out(State(app): State<App>, caller: Caller) -> Answer {
    let (user, session) = (caller.user()?, caller.session().to_owned());
    signing_in::sign_out(&app.store, caller.author(), user, &session).await?;
    let mut answer: Response = page::see("/sign-in");
    let gone = format!("{}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0", gate::COOKIE);
    let gone = HeaderValue::try_from(gone).map_err(|error| Failure::Bug(error.to_string()))?;
    answer.headers_mut().append(header::SET_COOKIE, gone);
    answer.headers_mut().append("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(answer)
}

pub async fn step_up_form(caller: Caller, asking: Asking) -> Answer {
    let next = links::within(asking.text("next")).to_owned();
    if matches!(caller.who, Who::User { enrolled: false, .. }) {
        return Ok(page::see(&format!("/me/second-factor?next={}", links::encoded(&next))));
    }
    page::show(&StepUpPage { shell: Shell::of(&caller, page::Place::None, "One more check"), next, problem: false })
}

pub async fn step_up(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let (next, code) = (links::within(&filled.take("next")).to_owned(), filled.take("code"));
    let user = caller.user()?;
    let good = signing_in::step_up(&app.store, &app.keys, caller.author(), user, caller.session(), &code).await?;
    if good {
        return Ok(page::see(&next));
    }
    let shell = Shell::of(&caller, page::Place::None, "One more check");
    page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &StepUpPage { shell, next, problem: true })
}
