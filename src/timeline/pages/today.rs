//! Today: what fails, why, what falls due, who has it, how fresh the record is.
//!
//! Invariant: nothing is typed in; every figure is counted from the record at the page's instant and leads to its rows.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;

use super::EntryView;
use super::outlook::{self, Falling, FindingRow, FrameworkRow};
use crate::auth::Action;
use crate::checks::Status;
use crate::findings::counting;
use crate::flows::records::hosts::count_waiting;
use crate::posture::{Judged, Memory};
use crate::register::Register as _;
use crate::storage::Snapshot;
use crate::timeline::records::{self, Which};
use crate::vocabulary::Moment;
use crate::web::extract::Asking;
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Shell, page};

/// A number and the rows behind it.
struct Figure {
    number: String,
    words: &'static str,
    href: String,
    class: &'static str,
}

#[derive(Template)]
#[template(path = "timeline/today.html")]
struct TodayPage {
    shell: Shell,
    moment: String,
    changed: String,
    figures: Vec<Figure>,
    findings: Vec<FindingRow>,
    falling: Arc<Falling>,
    frameworks: Vec<FrameworkRow>,
    entries: Vec<EntryView>,
    mine: Vec<EntryView>,
    base: String,
    query: String,
    empty: bool,
    /// May work on findings, may take in logs.
    may: (bool, bool),
}

pub async fn today(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let judged = app.shared::<Memory>().judged(&mut at, caller.instant_shown()).await?;
    let slug = caller.serving()?.slug.clone();
    let shell = Shell::of(&caller, Place::Today, "Today").saying(asking.text("done"));
    let (base, query) = (crate::web::links::place(&slug, ""), shell.query());
    let newest = records::entries(&mut at, &Which::All, i64::MAX, 6).await?;
    let mine = records::entries(&mut at, &Which::Actor(caller.author().actor.label()), i64::MAX, 6).await?;
    let falling = outlook::falling(&app, &at, &judged);
    page::show(&TodayPage {
        moment: caller.time_zone().told_in_full(caller.instant_shown()),
        changed: caller.told(at.instant()),
        figures: figures(&Counted::of(&app, &caller, &mut at, &judged).await?, &judged, falling.week, (&base, &query)),
        findings: outlook::findings(&mut at, &slug, &query).await?,
        falling,
        frameworks: outlook::frameworks(&mut at, &judged, &slug, &query).await?,
        entries: super::views(&mut at, newest, &caller, &slug).await?,
        mine: super::views(&mut at, mine, &caller, &slug).await?,
        empty: judged.facts.assets.is_empty() && judged.facts.sites.is_empty(),
        may: (caller.may_now(Action::WorkFindings), caller.may_now(Action::ImportInventory)),
        query,
        base,
        shell,
    })
}

/// What the devices in service count to.
#[derive(Clone, Copy)]
struct Devices {
    /// The moment they were judged at.
    judged: Moment,
    all: i64,
    /// Verified by a person within the organization's limit.
    fresh: i64,
    in_no_zone: i64,
    /// The moment before which a verification no longer counts.
    since: Moment,
}

impl Devices {
    /// Counted once for what was judged: thousands of devices are not looked through for every page.
    fn of(app: &App, at: &Snapshot, judged: &Judged) -> Self {
        let known = app.computed.at::<Self>(at.organization(), at.tree_size());
        if let Some(known) = known.filter(|known| at.is_newest() && known.judged == judged.facts.at) {
            return *known;
        }
        let counted = Self::count(judged);
        if at.is_newest() {
            app.computed.keep(at.organization(), at.tree_size(), Arc::new(counted));
        }
        counted
    }

    fn count(judged: &Judged) -> Self {
        let since = judged.facts.at.plus_seconds(-i64::from(judged.facts.limits.verify_within_days) * 86_400);
        let mut counted = Self { judged: judged.facts.at, all: 0, fresh: 0, in_no_zone: 0, since };
        for asset in judged.facts.assets.iter().map(|held| &held.record).filter(|asset| !asset.is_retired()) {
            counted.all += 1;
            counted.fresh += i64::from(asset.verified_at.is_some_and(|at| at >= since));
            counted.in_no_zone += i64::from(asset.zone.is_none());
        }
        counted
    }
}

/// What is counted beside the parts.
struct Counted {
    devices: Devices,
    waiting: i64,
    findings: i64,
    /// The day before which a verification no longer counts.
    before: String,
}

impl Counted {
    async fn of(app: &App, caller: &Caller, at: &mut Snapshot, judged: &Judged) -> Answer<Self> {
        let devices = Devices::of(app, at, judged);
        let waiting = count_waiting(at).await?;
        let states = counting::by_state(at).await?;
        let findings = states.iter().filter(|(state, _)| state.is_left_to_do()).map(|(_, count)| count).sum();
        Ok(Self { devices, waiting, findings, before: caller.time_zone().date(devices.since) })
    }
}

fn figures(counted: &Counted, judged: &Judged, due: usize, (base, as_of): (&str, &str)) -> Vec<Figure> {
    let of = |status: Status| judged.standings.of_framework("nerc-cip").filter(|one| one.status == status).count();
    let joint = as_of.replacen('?', "&", 1);
    let figure =
        |number: String, words, path: String, class| Figure { number, words, href: format!("{base}{path}"), class };
    let warn = |count: usize, class: &'static str| if count > 0 { class } else { "" };
    let failing = of(Status::Failing);
    let verified = match counted.devices.all {
        0 => "—".to_owned(),
        all => format!("{:.1} %", share(counted.devices.fresh, all)),
    };
    let matrix = |status: Status| format!("frameworks/nerc-cip?status={}{joint}", status.word());
    vec![
        figure(failing.to_string(), "parts failing", matrix(Status::Failing), warn(failing, "fail")),
        figure(of(Status::Indeterminate).to_string(), "parts indeterminate", matrix(Status::Indeterminate), ""),
        figure(due.to_string(), "due within 7 days", format!("obligations?within=7{joint}"), warn(due, "soon")),
        figure(counted.findings.to_string(), "findings left to do", format!("findings{as_of}"), ""),
        figure(counted.waiting.to_string(), "hosts to review", format!("discoveries{as_of}"), ""),
        figure(counted.devices.in_no_zone.to_string(), "devices in no zone", format!("assets?placed=no{joint}"), ""),
        figure(verified, "verified in time", format!("assets?verified_before={}{joint}", counted.before), ""),
    ]
}

fn share(part: i64, whole: i64) -> f64 {
    let number = |value: i64| f64::from(i32::try_from(value).unwrap_or(i32::MAX));
    100.0 * number(part) / number(whole)
}
