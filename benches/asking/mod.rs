//! Asking the application as a browser or a program does, and what it takes.
//!
//! Invariant: no network lies between, so a figure is the application's own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Request;
use glance::ids::{Id, OrganizationId, UserId};
use glance::storage::platform::{NewSession, NewUser};
use glance::web::{App, gate};
use tower::ServiceExt;

pub type Problem = Box<dyn std::error::Error + Send + Sync>;

/// A line of the table.
pub fn row(what: &str, figure: impl std::fmt::Display) {
    println!("| {what} | {figure} |");
}

/// A signed-in administrator's cookie, within the step-up window for an hour.
pub async fn cookie(app: &App, organization: OrganizationId) -> Result<String, Problem> {
    let (now, mut rng) = (app.store.clock().now(), rand::rng());
    let id = UserId::new(now, &mut rng);
    let mut work = app.store.write_platform().await?;
    let mut tables = work.tables();
    tables.insert_user(&NewUser { id, login: &id.to_string(), name: "Bench", at: now }).await?;
    tables.set_roles(id, organization, "administrator").await?;
    let new = NewSession {
        id: "bench",
        user: id,
        at: now,
        step_up_until: now.plus_seconds(3600),
        methods: "pwd otp",
        address: "",
        address_salt: b"",
        agent: "",
    };
    tables.start_session(&new).await?;
    work.commit().await?;
    let cookie = gate::session_cookie(app, id, "bench", now).map_err(|failure| format!("{failure:?}"))?;
    Ok(cookie.to_str()?.split(';').next().unwrap_or("").to_owned())
}

/// The application and who asks it.
#[derive(Clone)]
pub struct Asker {
    pub router: axum::Router,
    pub cookie: Arc<str>,
}

impl Asker {
    /// Seconds and bytes of one answer.
    pub async fn get(&self, path: &str) -> Result<(Duration, usize), Problem> {
        let request = Request::get(path).header("cookie", &*self.cookie).body(Body::empty())?;
        let began = Instant::now();
        let answer = self.router.clone().oneshot(request).await?;
        let status = answer.status();
        let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await?;
        if status.is_success() { Ok((began.elapsed(), bytes.len())) } else { Err(format!("{path}: {status}").into()) }
    }

    /// Open loop: a request every five milliseconds for five seconds, whatever the answers do.
    pub async fn open_loop(&self, what: &str, path: &str, every: u64) -> Result<(), Problem> {
        for _ in 0..20 {
            self.get(path).await?;
        }
        let (mut tick, mut asked) = (tokio::time::interval(Duration::from_millis(every)), Vec::new());
        for _ in 0..1_000 {
            tick.tick().await;
            let (asker, path) = (self.clone(), path.to_owned());
            asked.push(tokio::spawn(async move { asker.get(&path).await.map(|(took, _)| took) }));
        }
        let (mut times, mut refused) = (Vec::new(), 0);
        for answer in asked {
            match answer.await? {
                Ok(took) => times.push(took),
                Err(_) => refused += 1,
            }
        }
        times.sort();
        let at = |share: usize| times.get(times.len() * share / 1000).map_or(f64::NAN, |took| took.as_secs_f64() * 1e3);
        let refused = if refused == 0 { String::new() } else { format!(", {refused} refused") };
        row(what, format!("p50 {:.1} ms, p99 {:.1} ms{refused}", at(500), at(990)));
        Ok(())
    }
}
