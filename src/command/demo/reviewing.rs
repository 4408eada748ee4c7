//! The story's reviews: authorizations verified in each quarter of the record, privileges and BCSI access looked at, and the
//! verification of this quarter half done.
//!
//! Invariant: quarters are those of the calendar, whatever the day. Nobody decides about their own access: what is left of a
//! reviewer is decided by another person.

use std::collections::BTreeMap;

use super::calendar::Calendar;
use super::permitting::named;
use super::script::Step;
use super::telling::{Done, Scene};
use crate::register::Member;
use crate::reviews::actions::{self, Chosen, Refusal};
use crate::reviews::rules::Shown;
use crate::reviews::{Review, ReviewOutcome};
use crate::vocabulary::Date;
use crate::vocabulary::due::due_calendar_quarter;

/// Who reviews, and who decides about what is the reviewer's own.
const REVIEWER: &str = "r.solano";
const OTHER: &str = "d.marchetti";

/// Quarters before this one that lie in the record as a whole.
const QUARTERS: usize = 5;

/// Before the end of a quarter, its verification is begun.
const AHEAD: i64 = 24;

/// Reviews beside those of the quarters: kind, reference, name, days before now.
const YEARLY: [(&str, &str, &str, i64); 2] = [
    ("bcsi_review", "BC-01", "Access to BCSI", 160),
    ("privilege_review", "PR-01", "Accounts and their privileges", 96),
];

/// The steps of all reviews.
#[must_use]
pub fn steps(calendar: &Calendar) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut last = due_calendar_quarter(calendar.day(0));
    for place in 0..=QUARTERS {
        let quarter = named_quarter(last);
        let (reference, name) =
            (format!("AV-{}", quarter.replace(' ', "-")), format!("{quarter} authorization verification"));
        let first = first_of_quarter(last);
        if place == 0 {
            let began = calendar.ago(first).clamp(0, 9);
            steps.push(opened("authorization_verification", &reference, &name, began, last, calendar));
            steps.extend(half_done(&reference, (began - 3).max(0)));
        } else {
            let began = calendar.ago(last) + AHEAD;
            steps.push(opened("authorization_verification", &reference, &name, began, last, calendar));
            steps.extend(whole(&reference, began));
        }
        last = first.plus_days(-1);
    }
    steps.extend(yearly(calendar));
    steps
}

/// The reviews that come once in fifteen months.
fn yearly(calendar: &Calendar) -> Vec<Step> {
    let mut steps = Vec::new();
    for (kind, reference, name, began) in YEARLY {
        steps.push(opened(kind, reference, name, began, calendar.day(30 - began), calendar));
        if kind == "privilege_review" {
            let rows = [("outcome", "change"), ("shown", "undecided"), ("words", "ACC-SUB12-DGA")];
            let why = "The password of the maker still lets everybody in; set one of our own.";
            steps.push(step("decide", reference, REVIEWER, began - 4, &rows, why));
        }
        steps.extend(whole(reference, began));
        if kind == "bcsi_review" {
            let rest = [("outcome", "keep"), ("shown", "undecided")];
            steps.push(step(
                "decide",
                reference,
                OTHER,
                began - 5,
                &rest,
                "Rows of the reviewer, looked at by another",
            ));
        }
    }
    steps
}

fn named_quarter(last: Date) -> String {
    let text = last.to_string();
    let quarter = text[5..7].parse::<u8>().map_or(0, |month| month.div_ceil(3));
    format!("Q{quarter} {}", &text[..4])
}

fn first_of_quarter(last: Date) -> Date {
    let first = |day: Date| day.plus_days(1 - day.to_string()[8..].parse::<i64>().unwrap_or(1));
    let month_before = |day: Date| first(day.plus_days(-1));
    month_before(month_before(first(last)))
}

fn step(act: &str, reference: &str, who: &str, ago_days: i64, set: &[(&str, &str)], why: &str) -> Step {
    let set: BTreeMap<String, String> =
        set.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Step {
        ago_days,
        who: who.to_owned(),
        act: act.to_owned(),
        kind: "review".to_owned(),
        reference: reference.to_owned(),
        set,
        why: why.to_owned(),
        ..Step::default()
    }
}

fn opened(kind: &str, reference: &str, name: &str, ago_days: i64, due: Date, calendar: &Calendar) -> Step {
    let due = (-calendar.ago(due)).to_string();
    step(
        "open",
        reference,
        REVIEWER,
        ago_days,
        &[("kind", kind), ("name", name), ("due_on", &due)],
        "Begun with the lists of the day",
    )
}

/// A review from its first decision to its signature.
fn whole(reference: &str, began: i64) -> [Step; 2] {
    let keep = [("outcome", "keep"), ("shown", "undecided")];
    [
        step("decide", reference, REVIEWER, began - 4, &keep, "Compared with the lists of the groups, row by row"),
        step("complete", reference, REVIEWER, began - 6, &[], "Every row was compared; what differs is on the list"),
    ]
}

/// The review of this quarter: what has no doubt and comes first in the alphabet is decided, one row is to be removed.
fn half_done(reference: &str, ago_days: i64) -> [Step; 6] {
    let sound = |words| [("outcome", "keep"), ("shown", "sound"), ("words", words)];
    let lapsed = [("outcome", "remove"), ("shown", "undecided"), ("words", "AUTH-0111")];
    let why = "Compared with the lists of the control center";
    [
        step("decide", reference, REVIEWER, ago_days, &sound("AUTH-00"), why),
        step("decide", reference, REVIEWER, ago_days, &sound("ACC-OPS"), why),
        step("decide", reference, REVIEWER, ago_days, &sound("ACC-SUB01"), why),
        step("decide", reference, REVIEWER, ago_days, &sound("ACC-SUB02"), why),
        step("decide", reference, REVIEWER, ago_days, &sound("ACC-SUB03"), why),
        step(
            "decide",
            reference,
            REVIEWER,
            ago_days,
            &lapsed,
            "The contract ended, and the badge still opens both control centers.",
        ),
    ]
}

/// Tells a step about a review.
pub async fn tell(scene: &mut Scene<'_>) -> Done {
    match scene.step.act.as_str() {
        "open" => open(scene).await,
        "decide" => decide(scene).await,
        "complete" => {
            let review = named::<Review>(scene).await?.pop().ok_or_else(|| scene.wrong("is missing"))?;
            let why = scene.step.why.clone();
            let done = actions::complete(scene.change, &review, &why).await?;
            done.map_err(|refusal| scene.wrong(said(refusal)))
        }
        act => Err(scene.wrong(format!("no way to {act} a review"))),
    }
}

fn said(refusal: Refusal) -> String {
    match refusal {
        Refusal::Sent(problem) => format!("{} {}", problem.field, problem.problem),
        Refusal::Stands(said) => said,
    }
}

async fn open(scene: &mut Scene<'_>) -> Done {
    let texts = scene.dated(&[], &["due_on"])?;
    let review = scene.made::<Review>(&texts).await?;
    let (user, login) = (scene.member.user, scene.member.login.clone());
    let review = Review { reviewer: Some(Member { user, login }), ..review };
    let why = scene.step.why.clone();
    actions::open(scene.change, &review, &why).await?;
    Ok(())
}

async fn decide(scene: &mut Scene<'_>) -> Done {
    let review = named::<Review>(scene).await?.pop().ok_or_else(|| scene.wrong("is missing"))?;
    let outcome = ReviewOutcome::parse(scene.said("outcome")).map_err(|problem| scene.wrong(problem))?;
    let shown = Shown::parse(scene.said("shown")).map_err(|problem| scene.wrong(problem))?;
    let chosen = Chosen::Fitting { shown, words: scene.said("words").to_owned() };
    let note = scene.step.why.clone();
    let decided = actions::decide(scene.change, &review, &chosen, outcome, &note).await?;
    decided.map(drop).map_err(|refusal| scene.wrong(said(refusal)))
}

#[cfg(test)]
mod tests {
    use super::super::calendar::Calendar;
    use crate::vocabulary::{Moment, TimeZone};

    #[test]
    fn each_quarter_is_verified_in_its_own_days() {
        for days in 0..400 {
            let now = Moment::parse("2026-01-01T18:00:00Z").expect("a moment").plus_seconds(days * 86_400);
            let calendar = Calendar { now, zone: TimeZone::known("America/Denver") };
            let steps = super::steps(&calendar);
            for step in steps.iter().filter(|step| step.reference.starts_with("AV-")) {
                let quarter =
                    super::named_quarter(crate::vocabulary::due::due_calendar_quarter(calendar.day(-step.ago_days)));
                assert_eq!(step.reference, format!("AV-{}", quarter.replace(' ', "-")), "{now:?}");
                assert!((0..505).contains(&step.ago_days), "{} {}", step.reference, step.ago_days);
            }
        }
    }
}
