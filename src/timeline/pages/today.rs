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
        figures: figures(&Counted::of(&caller, &mut at, &judged).await?, &judged, falling.week, (&base, &query)),
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

/// What is counted beside the parts.
struct Counted {
    assets: i64,
    fresh: i64,
    unplaced: i64,
    waiting: i64,
    findings: i64,
    /// The day before which a verification no longer counts.
    before: String,
}

impl Counted {
    async fn of(caller: &Caller, at: &mut Snapshot, judged: &Judged) -> Answer<Self> {
        let days = i64::from(judged.facts.verify_within_days);
        let since = caller.instant_shown().plus_seconds(-days * 86_400);
        let (mut assets, mut fresh, mut unplaced) = (0, 0, 0);
        for asset in judged.facts.assets.iter().map(|held| &held.record).filter(|asset| !asset.is_retired()) {
            assets += 1;
            fresh += i64::from(asset.verified_at.is_some_and(|at| at >= since));
            unplaced += i64::from(asset.zone.is_none());
        }
        let waiting = count_waiting(at).await?;
        let states = counting::by_state(at).await?;
        let findings = states.iter().filter(|(state, _)| state.is_left_to_do()).map(|(_, count)| count).sum();
        Ok(Self { assets, fresh, unplaced, waiting, findings, before: caller.time_zone().date(since) })
    }
}

fn figures(counted: &Counted, judged: &Judged, due: usize, (base, as_of): (&str, &str)) -> Vec<Figure> {
    let of = |status: Status| judged.standings.of_framework("nerc-cip").filter(|one| one.status == status).count();
    let joint = as_of.replacen('?', "&", 1);
    let figure =
        |number: String, words, path: String, class| Figure { number, words, href: format!("{base}{path}"), class };
    let warn = |count: usize, class: &'static str| if count > 0 { class } else { "" };
    let failing = of(Status::Failing);
    let verified = match counted.assets {
        0 => "—".to_owned(),
        all => format!("{:.1} %", share(counted.fresh, all)),
    };
    let matrix = |status: Status| format!("frameworks/nerc-cip?status={}{joint}", status.word());
    vec![
        figure(failing.to_string(), "parts failing", matrix(Status::Failing), warn(failing, "fail")),
        figure(of(Status::Indeterminate).to_string(), "parts indeterminate", matrix(Status::Indeterminate), ""),
        figure(due.to_string(), "due within 7 days", format!("obligations?within=7{joint}"), warn(due, "soon")),
        figure(counted.findings.to_string(), "findings left to do", format!("findings{as_of}"), ""),
        figure(counted.waiting.to_string(), "hosts to review", format!("discoveries{as_of}"), ""),
        figure(counted.unplaced.to_string(), "devices in no zone", format!("assets?placed=no{joint}"), ""),
        figure(verified, "verified in time", format!("assets?verified_before={}{joint}", counted.before), ""),
    ]
}

fn share(part: i64, whole: i64) -> f64 {
    let number = |value: i64| f64::from(i32::try_from(value).unwrap_or(i32::MAX));
    100.0 * number(part) / number(whole)
}
