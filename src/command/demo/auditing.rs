//! The demonstration's audit: an engagement in the middle of its Level 1 response, a package sealed three weeks ago, and the
//! auditor who was let in to look at it.
//!
//! Invariant: the same orders, errands and accesses as in a server, on the replay's clock, by the people of the script.

use std::collections::BTreeMap;

use super::answering;
use super::filling::{Replay, failed};
use super::script::Step;
use super::telling::Done;
use crate::auth::keys::Keys;
use crate::engagements::{Engagement, actions};
use crate::errands::packages::{self, Worker};
use crate::evidence::{PackageState, asked, ordering};
use crate::register::{actions as register, draft, records};
use crate::storage::{AsOf, Change, Kept};
use crate::vocabulary::Date;
use crate::web::App;

/// The tag of the engagement.
pub const REFERENCE: &str = "AUD-WECC-26";

/// What it says: fields, and days counted from now.
const FIELDS: [(&str, &str); 9] = [
    ("reference", REFERENCE),
    ("name", "Triennial CIP audit"),
    ("state", "answering"),
    ("monitoring", "audit"),
    ("region", "WECC"),
    ("audit_id", "WECC-2026-11"),
    ("scope", "CIP-002;CIP-003;CIP-005;CIP-007;CIP-009;CIP-010"),
    ("lead", "d.marchetti"),
    ("team", "H. Brandt (WECC);S. Okonkwo (WECC);L. Peralta (NERC, observer)"),
];
const DAYS: [(&str, i64); 7] = [
    ("notice_on", -71),
    ("period_from", -400),
    ("period_to", -10),
    ("level_1_due", 19),
    ("level_2_due", 47),
    ("fieldwork_from", 61),
    ("fieldwork_to", 65),
];

/// The steps of the audit.
pub fn steps() -> Vec<Step> {
    let step = |ago_days, who: &str, act: &str, why: &str| Step {
        ago_days,
        who: who.to_owned(),
        act: act.to_owned(),
        kind: "engagement".to_owned(),
        why: why.to_owned(),
        ..Step::default()
    };
    vec![
        step(70, "d.marchetti", "engage", "Notice letter of the region"),
        step(44, "r.solano", "prepare", "For the Level 1 response"),
        step(21, "d.marchetti", "seal", "Dry run of the Level 1 response"),
        step(20, "m.okafor", "let_in", "Asked for by the region's team lead"),
        step(9, "p.venkataraman", "judge_parts", "Walked through the program and its records with the owner."),
    ]
}

/// Carries a step out; false when it is none of these.
pub async fn act(replay: &Replay<'_>, step: &Step) -> Done<bool> {
    match step.act.as_str() {
        "engage" => engage(replay, step).await?,
        "prepare" => answering::prepare(replay, step).await?,
        "judge_parts" => answering::attest(replay, step).await?,
        "seal" => seal(replay, step).await?,
        "let_in" => let_in(replay, step).await?,
        _ => return Ok(false),
    }
    Ok(true)
}

pub fn day(replay: &Replay<'_>, days: i64) -> Date {
    replay.zone.day(replay.now).plus_days(days)
}

async fn engage(replay: &Replay<'_>, step: &Step) -> Done {
    let mut texts: BTreeMap<String, String> =
        FIELDS.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    texts.extend(DAYS.iter().map(|(name, days)| ((*name).to_owned(), day(replay, *days).to_string())));
    let mut change = replay.store.change(replay.organization, replay.author(&step.who)?).await?;
    let mut engagement = Engagement::default();
    let lookup = records::lookup_for::<Engagement>(change.reading().await?, [], [&texts]).await?;
    let drafted = draft::apply(&mut engagement, &texts, &lookup);
    if let Some(problem) = drafted.problems.first() {
        return Err(failed(format!("{REFERENCE}: {} {}", problem.field, problem.problem)));
    }
    register::enter(&mut change, &engagement, &step.why).await?;
    change.commit().await?;
    Ok(())
}

async fn seal(replay: &Replay<'_>, step: &Step) -> Done {
    let now = replay.store.clock().now();
    let keys = Keys::open(&replay.folder, now).map_err(failed)?;
    let app = App::keeping(replay.store.clone(), keys, String::new(), replay.folder.clone(), replay.blobs.clone());
    let texts =
        BTreeMap::from([("engagement".to_owned(), REFERENCE.to_owned()), ("reason".to_owned(), step.why.clone())]);
    let mut at = replay.store.snapshot(replay.organization, AsOf::Now).await?;
    let refused = |drafted: crate::register::Draft| failed(format!("{:?}", drafted.problems));
    let asked = asked::read(&mut at, &texts, (replay.zone, now)).await?.map_err(refused)?;
    drop(at);
    let planned = ordering::plan(&app.store, &app.keys, replay.organization, asked.wanted).await?;
    let package = planned.map_err(refused)?;
    let mut change = replay.store.change(replay.organization, replay.author(&step.who)?).await?;
    let id = ordering::order(&mut change, &package, &asked.reason).await?;
    change.commit().await?;
    let kept = packages::one(&Worker::of(&app), replay.organization, id, &|_| {}).await?;
    if kept.state == PackageState::Sealed { Ok(()) } else { Err(failed(&kept.problem)) }
}

/// The engagement, as it stands inside a change.
pub async fn engagement(change: &mut Change) -> Done<Kept<Engagement>> {
    let wanted = [crate::vocabulary::fold::folded(REFERENCE)];
    let found = records::by_references::<Engagement>(change.reading().await?, &wanted).await?.pop();
    found.ok_or_else(|| failed(format!("{REFERENCE} is missing")))
}

async fn let_in(replay: &Replay<'_>, step: &Step) -> Done {
    let mut change = replay.store.change(replay.organization, replay.author(&step.who)?).await?;
    let engagement = engagement(&mut change).await?;
    let days = (day(replay, -20), day(replay, 40));
    let (_, by) = replay.person(&step.who)?;
    let wanted = actions::Wanted { engagement: engagement.id, login: "t.abara", days, today: day(replay, -20), by };
    actions::grant(&mut change, &wanted, &step.why)
        .await?
        .map_err(|(field, value, problem)| failed(format!("{field} {value}: {problem}")))?;
    change.commit().await?;
    Ok(())
}
