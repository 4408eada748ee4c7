//! Today: how fresh the record is, what changed, what I did.
//!
//! Invariant: nothing is typed in; every figure is counted from the record at the page's instant.

use askama::Template;
use axum::extract::State;

use super::EntryView;
use crate::organizations::OrganizationProfile;
use crate::timeline::records::{self, Which};
use crate::vocabulary::Moment;
use crate::web::extract::Asking;
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Shell, page};

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
    entries: Vec<EntryView>,
    mine: Vec<EntryView>,
    base: String,
    empty: bool,
}

pub async fn today(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let profile = at.find::<OrganizationProfile>(at.organization()).await?.ok_or(Failure::NotFound)?;
    let instant = caller.as_of.unwrap_or(caller.moment);
    let since = instant.plus_seconds(-i64::from(profile.verify_within_days) * 86_400);
    let counts = records::freshness(&mut at, since).await?;
    let unplaced = records::unplaced(&mut at).await?;
    let slug = caller.serving()?.slug.clone();
    let newest = records::entries(&mut at, &Which::All, i64::MAX, 8).await?;
    let own = Which::Actor(caller.author().actor.label());
    let mine = records::entries(&mut at, &own, i64::MAX, 8).await?;
    let shell = Shell::of(&caller, Place::Today, "Today").saying(asking.text("done"));
    let base = crate::web::links::place(&slug, "");
    let figures = figures(&base, &shell.query(), counts, unplaced, since);
    page::show(&TodayPage {
        moment: caller.time_zone().told_in_full(instant),
        changed: caller.told(at.instant()),
        entries: super::views(&mut at, newest, &caller, &slug).await?,
        mine: super::views(&mut at, mine, &caller, &slug).await?,
        empty: counts.0 == 0,
        figures,
        base,
        shell,
    })
}

fn figures(base: &str, as_of: &str, counts: (i64, i64, i64), unplaced: i64, since: Moment) -> Vec<Figure> {
    let (all, fresh, never) = counts;
    let joint = as_of.replacen('?', "&", 1);
    let share = if all == 0 { "—".to_owned() } else { format!("{:.1} %", share(fresh, all)) };
    let before = since.utc().format("%Y-%m-%d");
    let figure =
        |number: String, words, path: String, class| Figure { number, words, href: format!("{base}{path}"), class };
    vec![
        figure(all.to_string(), "assets in the lists", format!("assets{as_of}"), ""),
        figure(share, "verified in time", format!("assets?sort=-verified_at{joint}"), ""),
        figure(
            (all - fresh).to_string(),
            "not verified in time",
            format!("assets?verified_before={before}{joint}"),
            if all > fresh { "soon" } else { "" },
        ),
        figure(never.to_string(), "never verified", format!("assets?verified_before=1970-01-02{joint}"), ""),
        figure(unplaced.to_string(), "in no zone", format!("assets?placed=no{joint}"), ""),
    ]
}

fn share(part: i64, whole: i64) -> f64 {
    let number = |value: i64| f64::from(i32::try_from(value).unwrap_or(i32::MAX));
    100.0 * number(part) / number(whole)
}
