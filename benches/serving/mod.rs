//! Access served: live events, the active sessions, a review of twenty thousand authorizations.
//!
//! Invariant: whatever is measured went through the application's own routes.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Method, Request};
use glance::assets::{Asset, Interface, Lifecycle, Role};
use glance::auth::keys::Keys;
use glance::clock::Clock;
use glance::ids::{AssetId, OrganizationId, PersonId, VendorId};
use glance::organizations::{OrganizationProfile, actions as founding};
use glance::personnel::model::{AuthorizationKind, Party};
use glance::personnel::{Authorization, Person, Vendor};
use glance::register::{Act, Register, actions};
use glance::remote_access::Grant;
use glance::remote_access::model::GrantKind;
use glance::storage::engine::Location;
use glance::storage::{Actor, Change, Store};
use glance::vocabulary::{AddressPrefix, Date, Moment, Reference};
use glance::web::App;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::asking::{Asker, Problem, cookie, row};

const PEOPLE: usize = 20_000;
const GRANTS: usize = 100_000;
const ASSETS: usize = 2_000;
/// Vendors' sessions that are open while their page is asked for.
const OPEN: usize = 200;
/// Records written in one change.
const BATCH: usize = 5_000;

fn act(at: Moment) -> Act {
    Act { by: None, name: "bench".to_owned(), at, reason: String::new() }
}

/// What was written, by place.
struct Filled {
    gateway: String,
    assets: Vec<AssetId>,
    people: Vec<PersonId>,
}

async fn begun(store: &Store, organization: OrganizationId) -> Result<Change, Problem> {
    Ok(store.change(organization, store.author(Actor::job("bench"))).await?)
}

async fn devices(store: &Store, organization: OrganizationId) -> Result<Vec<AssetId>, Problem> {
    let mut change = begun(store, organization).await?;
    let mut made = Vec::new();
    for n in 0..ASSETS {
        let asset = Asset {
            reference: Reference::parse(&format!("AST-{n}"))?,
            lifecycle: Some(Lifecycle::InService),
            roles: (n < 4).then_some(Role::IntermediateSystem).into_iter().collect(),
            ..Asset::default()
        };
        let id = actions::enter(&mut change, &asset, "bench").await?;
        let addresses = vec![AddressPrefix::parse(&format!("10.1.{}.{}/16", n / 200, n % 200 + 1))?];
        let card = Interface { asset: Some(id), name: "eth0".to_owned(), addresses, ..Interface::default() };
        actions::enter(&mut change, &card, "bench").await?;
        made.push(id);
    }
    change.commit().await?;
    Ok(made)
}

async fn people(store: &Store, organization: OrganizationId, now: Moment) -> Result<Vec<PersonId>, Problem> {
    let today = Date::parse(&now.rfc3339()[..10])?;
    let mut change = begun(store, organization).await?;
    let mut vendors: Vec<VendorId> = Vec::new();
    for n in 0..50 {
        let reference = Reference::parse(&format!("V-{n}"))?;
        let vendor = Vendor { reference, name: format!("Vendor {n}"), ..Vendor::default() };
        vendors.push(actions::enter(&mut change, &vendor, "bench").await?);
    }
    change.commit().await?;
    let mut made = Vec::new();
    for batch in 0..PEOPLE / BATCH {
        let mut change = begun(store, organization).await?;
        for n in batch * BATCH..(batch + 1) * BATCH {
            let outside = n % 5 == 0;
            let person = Person {
                reference: Reference::parse(&format!("P-{n}"))?,
                name: format!("Person {n}"),
                party: Some(if outside { Party::Vendor } else { Party::Employee }),
                vendor: outside.then(|| vendors[n % 50]),
                logins: vec![format!("user{n}")],
                trained: vec![today.plus_days(-60)],
                assessed: vec![today.plus_days(-400)],
                ..Person::default()
            };
            made.push(actions::enter(&mut change, &person, "bench").await?);
        }
        change.commit().await?;
    }
    Ok(made)
}

async fn grants(store: &Store, organization: OrganizationId, filled: &Filled, now: Moment) -> Result<(), Problem> {
    for batch in 0..GRANTS / BATCH {
        let mut change = begun(store, organization).await?;
        for n in batch * BATCH..(batch + 1) * BATCH {
            let round = i64::try_from(n / PEOPLE)?;
            let from = now.plus_seconds((round - 4) * 30 * 86_400 - 86_400);
            let grant = Grant {
                reference: Reference::parse(&format!("RAG-{n}"))?,
                kind: Some(GrantKind::Interactive),
                person: Some(filled.people[n % PEOPLE]),
                purpose: "bench".to_owned(),
                targets: (0..3).map(|k| filled.assets[4 + (n * 7 + k * 101) % (ASSETS - 4)]).collect(),
                via: Some(filled.assets[0]),
                mfa: Some(true),
                valid_from: Some(from),
                valid_until: Some(from.plus_seconds(30 * 86_400)),
                disable_method: "Disable the account".to_owned(),
                approved: Some(act(from)),
                ..Grant::default()
            };
            // Written as it stands, with what belongs to it: what was decided is not asked for again.
            let id = change.insert("grant.create", &grant, "bench").await?;
            Grant::settle(&mut change, id, None, &grant).await?;
        }
        change.commit().await?;
    }
    Ok(())
}

async fn authorizations(
    store: &Store,
    organization: OrganizationId,
    filled: &Filled,
    now: Moment,
) -> Result<(), Problem> {
    for batch in 0..PEOPLE / BATCH {
        let mut change = begun(store, organization).await?;
        for n in batch * BATCH..(batch + 1) * BATCH {
            let authorization = Authorization {
                reference: Reference::parse(&format!("AUTH-{n}"))?,
                person: Some(filled.people[n]),
                kind: Some(AuthorizationKind::UnescortedPhysical),
                place: "Control room".to_owned(),
                need: "bench".to_owned(),
                approved: Some(act(now.plus_seconds(-86_400))),
                provisioned_at: Some(now.plus_seconds(-80_000)),
                ..Authorization::default()
            };
            change.insert("authorization.create", &authorization, "bench").await?;
        }
        change.commit().await?;
    }
    Ok(())
}

/// One answer to a body, and how long it took.
async fn post(asker: &Asker, path: &str, body: &Value, headers: &[(&str, &str)]) -> Result<(Duration, Value), Problem> {
    let mut request = Request::builder().method(Method::POST).uri(path).header("cookie", &*asker.cookie);
    for (name, value) in [("content-type", "application/json"), ("origin", "http://localhost")].iter().chain(headers) {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_string()))?;
    let began = Instant::now();
    let answer = asker.router.clone().oneshot(request).await?;
    let status = answer.status();
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await?;
    let took = began.elapsed();
    if !status.is_success() {
        return Err(format!("{path}: {status} {}", String::from_utf8_lossy(&bytes)).into());
    }
    Ok((took, serde_json::from_slice(&bytes)?))
}

fn spread(what: &str, times: &mut [Duration]) {
    times.sort();
    let at = |share: usize| times.get(times.len() * share / 1000).map_or(f64::NAN, |took| took.as_secs_f64() * 1e3);
    row(what, format!("p50 {:.1} ms, p99 {:.1} ms", at(500), at(990)));
}

fn start(n: usize, filled: &Filled, now: Moment) -> Value {
    let person = n * 5 % PEOPLE;
    let target = 4 + (person + 4 * PEOPLE) * 7 % (ASSETS - 4);
    json!({"gateway": filled.gateway, "events": [{
        "session": format!("live-{n}"), "event": "start", "at": now.rfc3339(), "kind": "interactive",
        "account": format!("user{person}"), "source": "198.51.100.7", "targets": [format!("10.1.{}.{}", target / 200, target % 200 + 1)],
        "protocol": "rdp", "mfa": "success"}]})
}

async fn sessions(asker: &Asker, store: &Store, filled: &Filled) -> Result<(), Problem> {
    let (mut starts, mut acts) = (Vec::new(), Vec::new());
    for n in 0..OPEN {
        let body = start(n, filled, store.clock().now());
        starts.push(post(asker, "/api/v1/o/bench/sessions/events", &body, &[]).await?.0);
    }
    for n in 0..OPEN {
        let event = json!({"session": format!("live-{n}"), "event": "activity", "at": store.clock().now().rfc3339()});
        let body = json!({"gateway": filled.gateway, "events": [event]});
        acts.push(post(asker, "/api/v1/o/bench/sessions/events", &body, &[]).await?.0);
    }
    spread("live start of a session to its verdict", &mut starts);
    spread("live activity to its verdict", &mut acts);
    let what = format!("active vendor sessions, {OPEN} open, 100 requests/s");
    asker.open_loop(&what, "/o/bench/sessions/active", 10).await?;
    asker.open_loop("sessions, 100 requests/s", "/o/bench/sessions", 10).await
}

async fn review(asker: &Asker) -> Result<(), Problem> {
    let body = json!({"reference": "REV-1", "name": "Bench", "kind": "authorization_verification",
        "due_on": "2099-12-31", "reason": "bench"});
    let (took, opened) = post(asker, "/api/v1/o/bench/reviews", &body, &[]).await?;
    let what = format!("a review of {} rows opened", opened["population"]);
    row(&what, format!("{:.2} s", took.as_secs_f64()));
    let id = opened["id"].as_str().ok_or("no id")?.to_owned();
    let path = format!("/api/v1/o/bench/reviews/{id}/decisions");
    let mut times = Vec::new();
    for n in 1..=200 {
        let body = json!({"rows": [n * 90], "outcome": "keep", "note": ""});
        times.push(post(asker, &path, &body, &[]).await?.0);
    }
    spread("a decision about one row", &mut times);
    asker.open_loop("the review's page, 50 requests/s", &format!("/o/bench/reviews/{id}"), 20).await
}

pub async fn serve() -> Result<(), Problem> {
    let place = tempfile::tempdir()?;
    let url = std::env::var("GLANCE_BENCH_DATABASE_URL").ok();
    let location = url.map_or_else(|| Location::File(place.path().join("glance.db")), Location::Url);
    let store = Store::open(&location, Clock::system(), glance::FOLLOWERS).await?;
    let profile = OrganizationProfile::begin("bench", "Bench", "UTC").map_err(|(_, problem)| problem)?;
    let (organization, change) = founding::found(&store, &profile, store.author(Actor::job("bench")), "").await?;
    change.commit().await?;
    let (began, now) = (Instant::now(), store.clock().now());
    let assets = devices(&store, organization).await?;
    let people = people(&store, organization, now).await?;
    let filled = Filled { gateway: "AST-0".to_owned(), assets, people };
    grants(&store, organization, &filled, now).await?;
    authorizations(&store, organization, &filled, now).await?;
    let what = format!("{:?}: {PEOPLE} people, {GRANTS} grants, {PEOPLE} authorizations written", store.engine());
    row(&what, format!("{:.0} s", began.elapsed().as_secs_f64()));
    let keys = Keys::open(place.path(), store.clock().now())?;
    let app = App::new(store.clone(), keys, "http://localhost".to_owned(), place.path().to_owned());
    let asker = Asker { router: glance::assemble(&app).0, cookie: cookie(&app, organization).await?.into() };
    sessions(&asker, &store, &filled).await?;
    review(&asker).await
}
