//! The story's grants: asked for, approved, refused, extended, revoked; when an ability ceased, and whether the way off was tried.
//!
//! Invariant: whether a grant may be given is for its own rules to say; a refusal ends the filling.

use super::permitting::named;
use super::telling::{Done, Scene};
use crate::register::actions as register;
use crate::remote_access::Grant;
use crate::remote_access::actions::{self, Refusal};
use crate::remote_access::steps::Step;

const MOMENTS: [&str; 2] = ["valid_from", "valid_until"];

/// Tells a step about a grant.
pub async fn tell(scene: &mut Scene<'_>) -> Done {
    let step = match scene.step.act.as_str() {
        "request" => return request(scene).await,
        "approve" => Step::Approve,
        "refuse" => Step::Refuse,
        "revoke" => Step::Revoke,
        "extend" => Step::Extend(scene.moment("until")?.ok_or_else(|| scene.wrong("no end"))?),
        "remove" => {
            let at = scene.moment("at")?.ok_or_else(|| scene.wrong("no moment"))?;
            Step::Remove(at, scene.said("proof").to_owned())
        }
        "test" => Step::Test(scene.day(scene.said("on"))?),
        act => return Err(scene.wrong(format!("no way to {act} a grant"))),
    };
    for grant in named::<Grant>(scene).await? {
        let done = actions::take(scene.change, &grant, &step, &scene.step.why).await?;
        done.map_err(|refusal| scene.wrong(format!("{}: {}", grant.reference, said(refusal))))?;
    }
    Ok(())
}

fn said(refusal: Refusal) -> String {
    match refusal {
        Refusal::Said(said) => said,
        Refusal::Found(problems) => {
            problems.iter().map(|one| format!("{} {}", one.field, one.problem)).collect::<Vec<_>>().join("; ")
        }
    }
}

async fn request(scene: &mut Scene<'_>) -> Done {
    let texts = scene.dated(&MOMENTS, &["disable_tested_on"])?;
    let grant = scene.made::<Grant>(&texts).await?;
    register::enter(scene.change, &grant, &scene.step.why).await?;
    Ok(())
}
