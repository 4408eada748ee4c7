//! The story's departures: who left or moved, and which abilities were found to be needed no more.
//!
//! Invariant: what a person held is listed by the departure itself; what was done about it is told of the records behind it.

use super::permitting::named;
use super::telling::{Done, Scene};
use crate::departures::rules::Determination;
use crate::departures::{Departure, actions};
use crate::register::actions as register;

/// Tells a step about a departure.
pub async fn tell(scene: &mut Scene<'_>) -> Done {
    match scene.step.act.as_str() {
        "record" => record(scene).await,
        "determine" => determine(scene).await,
        act => Err(scene.wrong(format!("no way to {act} a departure"))),
    }
}

async fn record(scene: &mut Scene<'_>) -> Done {
    let texts = scene.dated(&["action_at"], &["effective_on"])?;
    let departure = scene.made::<Departure>(&texts).await?;
    register::enter(scene.change, &departure, &scene.step.why).await?;
    Ok(())
}

/// Abilities whose references the step names are needed no more; the others are.
async fn determine(scene: &mut Scene<'_>) -> Done {
    let on = scene.day(scene.said("on"))?;
    let over: Vec<String> = scene.said("not_needed").split(';').map(str::to_owned).collect();
    let (zone, why) = (scene.zone, scene.step.why.clone());
    let mut decision = Determination { on: Some(on), ..Determination::default() };
    let kept = named::<Departure>(scene).await?.pop().ok_or_else(|| scene.wrong("is missing"))?;
    for ability in &kept.abilities {
        let is_over = over.contains(&ability.reference);
        if is_over { &mut decision.not_needed } else { &mut decision.needed }.push(ability.of);
    }
    let done = actions::determine(scene.change, &kept, &decision, zone, &why).await?;
    done.map_err(|(field, refusal)| scene.wrong(format!("{field}: {refusal}")))
}
