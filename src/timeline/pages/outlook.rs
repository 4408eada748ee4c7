//! What Today looks out on: the worst findings, what falls due, the frameworks and their trend.
//!
//! Invariant: the same findings, clocks and standings as the pages they lead to.

use std::sync::Arc;

use crate::checks::Status;
use crate::findings::counting;
use crate::frameworks::catalogs;
use crate::obligations::rules::due::{Window, due_list, together};
use crate::obligations::rules::{Facts as Clocked, obligations};
use crate::posture::Judged;
use crate::posture::records::days;
use crate::storage::Snapshot;
use crate::vocabulary::Date;
use crate::web::{Answer, App, links};

/// A finding, and who has it.
pub struct FindingRow {
    pub reference: String,
    pub title: String,
    pub href: String,
    pub severity: &'static str,
    pub mark: &'static str,
    pub parts: Vec<String>,
    pub because: String,
    pub records: i64,
    pub state: String,
    pub owner: String,
    pub due: String,
}

/// Something that falls due.
pub struct DueRow {
    pub day: String,
    pub what: String,
    pub left: String,
    pub late: bool,
}

/// What falls due, seen from a day.
#[derive(Default)]
pub struct Falling {
    day: Option<Date>,
    /// Duties due within seven days, the late ones included.
    pub week: usize,
    pub rows: Vec<DueRow>,
}

/// A framework and how its parts stand.
pub struct FrameworkRow {
    pub title: &'static str,
    pub href: String,
    pub parts: usize,
    /// By [`Status::ALL`]: how many, and where they are.
    pub counts: Vec<(Status, usize, String)>,
    /// Points of the trend's line, and what it says.
    pub trend: Option<(String, String)>,
}

/// Findings on the page.
const MOST_FINDINGS: u32 = 7;
/// Rows of what falls due.
const MOST_DUE: usize = 8;
/// Days of the trend.
const TREND_DAYS: i64 = 90;
/// The trend's drawing.
const WIDTH: f64 = 140.0;
const HEIGHT: f64 = 20.0;

pub async fn findings(at: &mut Snapshot, slug: &str, query: &str) -> Answer<Vec<FindingRow>> {
    let row = |kept: crate::storage::Kept<crate::findings::Finding>| FindingRow {
        reference: kept.reference.to_string(),
        href: format!("{}{query}", links::record(slug, "findings", kept.id)),
        severity: kept.severity.map_or("", crate::checks::Severity::label),
        mark: if kept.severity.is_some_and(|severity| severity <= crate::checks::Severity::High) {
            "failing"
        } else {
            "due_soon"
        },
        parts: kept.requirements.iter().take(3).cloned().collect(),
        because: kept.because.clone(),
        records: kept.records_beyond(0),
        state: kept.state.to_string(),
        owner: kept
            .owner
            .as_ref()
            .map_or_else(|| "nobody has it yet".to_owned(), |owner| format!("with {}", owner.login)),
        due: kept.due.map_or_else(String::new, |due| due.to_string()),
        title: kept.content.title,
    };
    Ok(counting::worst(at, MOST_FINDINGS).await?.into_iter().map(row).collect())
}

/// What falls due at the newest state or at an instant; counted once for a head and a day.
pub fn falling(app: &App, at: &Snapshot, judged: &Judged) -> Arc<Falling> {
    let Some(clocked) = &judged.beside.clocked else { return Arc::default() };
    let known = app.computed.at::<Falling>(at.organization(), at.tree_size());
    if let Some(known) = known.filter(|known| at.is_newest() && known.day == Some(clocked.today)) {
        return known;
    }
    let falling = Arc::new(fall(clocked));
    if at.is_newest() {
        app.computed.keep(at.organization(), at.tree_size(), Arc::clone(&falling));
    }
    falling
}

fn fall(clocked: &Clocked) -> Falling {
    let all = due_list(&obligations(clocked), clocked.today);
    let soon: Vec<_> = all.iter().filter(|due| Window::Season.holds(due)).collect();
    let row = |all: &crate::obligations::rules::due::Together<'_>| {
        let (due, subjects) = (&all.due, all.subjects.len());
        let whom = match subjects {
            1 => due.subject.reference.clone(),
            several => format!("{several} records"),
        };
        let left = due.days_left.unwrap_or(0);
        DueRow {
            day: due.due.map_or_else(String::new, |day| day.to_string()),
            what: format!("{}, {whom}", due.duty),
            left: if left < 0 { format!("{} d late", -left) } else { format!("{left} d") },
            late: left < 0,
        }
    };
    Falling {
        day: Some(clocked.today),
        week: all.iter().filter(|due| Window::Week.holds(due)).count(),
        rows: together(&soon).iter().take(MOST_DUE).map(row).collect(),
    }
}

pub async fn frameworks(at: &mut Snapshot, judged: &Judged, slug: &str, query: &str) -> Answer<Vec<FrameworkRow>> {
    let day = judged.facts.zone.day(judged.facts.at);
    let recorded = days::failing(at, &day.plus_days(-TREND_DAYS).to_string()).await?;
    let joint = query.replacen('?', "&", 1);
    let mut rows = Vec::new();
    for framework in &catalogs().frameworks {
        let href = links::record(slug, "frameworks", &framework.id);
        let of = |status: &Status| {
            let count = judged.standings.of_framework(&framework.id).filter(|one| one.status == *status).count();
            (*status, count, format!("{href}?status={}{joint}", status.word()))
        };
        let is_own = |part: &&String| catalogs().requirement(part).is_some_and(|known| known.framework == framework.id);
        let failing: Vec<usize> = recorded.iter().map(|(_, parts)| parts.iter().filter(is_own).count()).collect();
        rows.push(FrameworkRow {
            title: &framework.title,
            parts: judged.standings.of_framework(&framework.id).count(),
            counts: Status::ALL.iter().map(of).collect(),
            trend: trend(&failing),
            href: format!("{href}{query}"),
        });
    }
    Ok(rows)
}

/// The line of a trend of at least two days, and what it says.
fn trend(failing: &[usize]) -> Option<(String, String)> {
    let (first, last) = (failing.first()?, failing.last()?);
    let most = f64::from(u32::try_from(*failing.iter().max()?).ok()?).max(1.0);
    let steps = f64::from(u32::try_from(failing.len()).ok()?) - 1.0;
    if steps < 1.0 {
        return None;
    }
    let point = |(n, count): (usize, &usize)| {
        let (n, count) = (u32::try_from(n).unwrap_or(0), u32::try_from(*count).unwrap_or(0));
        format!("{:.1},{:.1}", f64::from(n) / steps * WIDTH, HEIGHT - 2.0 - f64::from(count) / most * (HEIGHT - 4.0))
    };
    let points = failing.iter().enumerate().map(point).collect::<Vec<_>>().join(" ");
    let said = match first.cmp(last) {
        std::cmp::Ordering::Equal => format!("Failing parts steady at {last}"),
        std::cmp::Ordering::Less => format!("Failing parts rose from {first} to {last}"),
        std::cmp::Ordering::Greater => format!("Failing parts fell from {first} to {last}"),
    };
    Some((points, said))
}
