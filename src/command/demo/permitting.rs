//! The story's boundary: conduits and permitted flows asked for by one and decided about by another, zones approved.
//!
//! Invariant: who may decide is for the boundary's own rules to say; a refusal ends the filling.

use super::telling::{Done, Scene};
use crate::conduits::actions::{self, Step};
use crate::conduits::records::around;
use crate::conduits::{Conduit, PermittedFlow};
use crate::register::{Register, actions as register, records};
use crate::storage::Kept;
use crate::vocabulary::fold;
use crate::zones::Zone;

/// Tells a step about the boundary.
pub async fn tell(scene: &mut Scene<'_>) -> Done {
    match (scene.step.act.as_str(), scene.step.kind.as_str()) {
        ("request", "conduit") => ask::<Conduit>(scene).await,
        ("request", "permitted_flow") => ask::<PermittedFlow>(scene).await,
        ("approve", "conduit") => approve(scene).await,
        ("refuse", "conduit") => step(scene, Step::Refuse).await,
        ("suspend", "conduit") => step(scene, Step::Suspend).await,
        ("review", "conduit") => step(scene, Step::Review).await,
        ("approve", "permitted_flow") => decide(scene, true).await,
        ("refuse", "permitted_flow") => decide(scene, false).await,
        ("approve", "zone") => approve_zones(scene).await,
        (act, kind) => Err(scene.wrong(format!("no way to {act} a {kind}"))),
    }
}

/// The records the step names.
pub async fn named<K: Register>(scene: &mut Scene<'_>) -> Done<Vec<Kept<K>>> {
    let step = scene.step;
    let wanted = step.references.iter().chain(Some(&step.reference).filter(|one| !one.is_empty()));
    let wanted: Vec<String> = wanted.map(|reference| fold::folded(reference)).collect();
    let found = records::by_references::<K>(scene.change.reading().await?, &wanted).await?;
    if found.len() == wanted.len() { Ok(found) } else { Err(scene.wrong("not all that it names are there")) }
}

async fn ask<K: Register>(scene: &mut Scene<'_>) -> Done {
    let mut texts = scene.texts(&["expires_on"], &[])?;
    texts.insert("reference".to_owned(), scene.step.reference.clone());
    let wanted = scene.made::<K>(&texts).await?;
    register::enter(scene.change, &wanted, &scene.step.why).await?;
    Ok(())
}

/// Approves conduits, and beside each every flow it permits that is asked for.
async fn approve(scene: &mut Scene<'_>) -> Done {
    for conduit in named::<Conduit>(scene).await? {
        let own = around::flows_of(scene.change.reading().await?, [conduit.id].into_iter()).await?;
        let flows: Vec<String> = own.iter().map(|flow| flow.reference.to_string()).collect();
        let beside = actions::approve(scene.change, &conduit, &flows, &scene.step.why).await?;
        let beside = beside.map_err(|refusal| scene.wrong(format!("{}: {refusal}", conduit.reference)))?;
        if let Some((reference, left)) = beside.iter().find_map(|one| Some((&one.reference, one.left.as_ref()?))) {
            return Err(scene.wrong(format!("{reference}: {left}")));
        }
    }
    Ok(())
}

async fn step(scene: &mut Scene<'_>, taken: Step) -> Done {
    for conduit in named::<Conduit>(scene).await? {
        let done = actions::step(scene.change, &conduit, taken, &scene.step.why).await?;
        done.map_err(|refusal| scene.wrong(format!("{}: {refusal}", conduit.reference)))?;
    }
    Ok(())
}

async fn decide(scene: &mut Scene<'_>, granted: bool) -> Done {
    for flow in named::<PermittedFlow>(scene).await? {
        let done = actions::decide(scene.change, &flow, granted, &scene.step.why).await?;
        done.map_err(|refusal| scene.wrong(format!("{}: {refusal}", flow.reference)))?;
    }
    Ok(())
}

async fn approve_zones(scene: &mut Scene<'_>) -> Done {
    for zone in named::<Zone>(scene).await? {
        let done = actions::approve_zone(scene.change, &zone, &scene.step.why).await?;
        done.map_err(|refusal| scene.wrong(format!("{}: {refusal}", zone.reference)))?;
    }
    Ok(())
}
