//! A hundred thousand findings: opened by a check, met again unchanged, listed, counted.
//!
//! `cargo bench --bench findings -- [FINDINGS]` on SQLite; with `GLANCE_BENCH_DATABASE_URL` (an empty migrated database, the
//! application's login) on PostgreSQL. Prints one Markdown table.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use glance::checks::{Check, Class, Outcome, Severity, Subject, Verdict};
use glance::clock::Clock;
use glance::findings::{Finding, counting, follow};
use glance::ids::OrganizationId;
use glance::organizations::{OrganizationProfile, actions as founding};
use glance::register::Asked;
use glance::storage::engine::Location;
use glance::storage::{Actor, AsOf, Store};
use glance::vocabulary::Date;

type Problem = Box<dyn std::error::Error + Send + Sync>;

const HIGH: Check = Check {
    code: "GL-B-01",
    sentence: "Every asset is in a zone.",
    class: Class::Mandatory,
    severity: Severity::High,
    requirements: &["CIP-005-7 R1.1"],
    source: "CIP-005-7 R1.1",
};
static CHECKS: [Check; 4] = [
    HIGH,
    Check { code: "GL-B-02", severity: Severity::Critical, ..HIGH },
    Check { code: "GL-B-03", severity: Severity::Medium, requirements: &["CIP-010-4 R1.1"], ..HIGH },
    Check { code: "GL-B-04", severity: Severity::Low, class: Class::Advisory, ..HIGH },
];

fn row(what: &str, figure: impl std::fmt::Display) {
    println!("| {what} | {figure} |");
}

/// Verdicts of every check about as many records; one in ten passes when asked to.
fn verdicts(findings: usize, some_pass: bool) -> Vec<Verdict> {
    let verdict = |n: usize| {
        let id = uuid::Uuid::from_u128(0x0189_0000_0000_7000_8000_0000_0000_0000 + (n / 4) as u128);
        let subject = Subject { kind: "asset".to_owned(), id, reference: format!("A-{}", n / 4) };
        let outcome = if some_pass && n.is_multiple_of(10) { Outcome::Pass } else { Outcome::Fail };
        let because = format!("A-{} is in no zone.", n / 4);
        Verdict {
            check: &CHECKS[n % 4],
            subject,
            outcome,
            because,
            cause: String::new(),
            gap: None,
            severity: None,
            seen: None,
        }
    };
    (0..findings).map(verdict).collect()
}

async fn followed(
    store: &Store,
    organization: OrganizationId,
    what: &str,
    verdicts: &[Verdict],
) -> Result<(), Problem> {
    let began = Instant::now();
    let mut change = store.change(organization, store.author(Actor::job("bench"))).await?;
    let at = change.moment();
    let followed = follow(&mut change, verdicts, at).await?;
    change.commit().await?;
    row(what, format!("{:.2} s, {followed:?}", began.elapsed().as_secs_f64()));
    Ok(())
}

async fn listed(
    store: &Store,
    organization: OrganizationId,
    sort: &str,
    filters: &[(&str, &str)],
) -> Result<(), Problem> {
    let mut times: Vec<Duration> = Vec::new();
    let filters: BTreeMap<String, String> =
        filters.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    for _ in 0..60 {
        let began = Instant::now();
        let asked = Asked { filters: filters.clone(), sort: sort.to_owned(), limit: Some(50), ..Asked::default() };
        let understood = asked.understand::<Finding>().map_err(|draft| format!("{draft:?}"))?;
        let mut at = store.snapshot(organization, AsOf::Now).await?;
        understood.page(&mut at).await?;
        times.push(began.elapsed());
    }
    times.sort();
    let at = |share: usize| times[times.len() * share / 100].as_secs_f64() * 1e3;
    row(&format!("list by {sort} {filters:?}"), format!("p50 {:.1} ms, p98 {:.1} ms", at(50), at(98)));
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Problem> {
    let findings: usize = std::env::args().skip(1).find_map(|text| text.parse().ok()).unwrap_or(100_000);
    let place = tempfile::tempdir()?;
    let url = std::env::var("GLANCE_BENCH_DATABASE_URL").ok();
    let location = url.map_or_else(|| Location::File(place.path().join("glance.db")), Location::Url);
    let store = Store::open(&location, Clock::system(), glance::FOLLOWERS).await?;
    println!("\n| {:?}, {findings} findings | |\n|---|---|", store.engine());
    let profile = OrganizationProfile::begin("bench", "Bench", "UTC").map_err(|(_, problem)| problem)?;
    let (organization, change) = founding::found(&store, &profile, store.author(Actor::job("bench")), "").await?;
    change.commit().await?;
    let all = verdicts(findings, false);
    followed(&store, organization, "open", &all).await?;
    followed(&store, organization, "met again, nothing new", &all).await?;
    followed(&store, organization, "one in ten gone", &verdicts(findings, true)).await?;
    for sort in ["", "-severity", "reference", "due", "owner", "state", "-last_seen"] {
        listed(&store, organization, sort, &[]).await?;
    }
    for filter in [("state", "closed"), ("severity", "low"), ("requirement", "CIP-010-4 R1.1"), ("check", "GL-B-02")] {
        listed(&store, organization, "", &[filter]).await?;
        listed(&store, organization, "due", &[filter]).await?;
    }
    let mut at = store.snapshot(organization, AsOf::Now).await?;
    let began = Instant::now();
    counting::by_state(&mut at).await?;
    counting::by_severity(&mut at).await?;
    counting::due_by(&mut at, Date::parse("2149-01-01")?).await?;
    counting::worst(&mut at, 5).await?;
    row("counted for Today", format!("{:.1} ms", began.elapsed().as_secs_f64() * 1e3));
    Ok(())
}
