//! The story's people: who came in and when, what they were authorized to, the accounts they use, the storm that hindered.
//!
//! Invariant: whether somebody may have access is for the rules of personnel to say; a refusal ends the filling.

use super::filling::{failed, import_as};
use super::permitting::named;
use super::script::Step;
use super::telling::{Done, Scene};
use crate::personnel::actions::{AccessStep, AccountStep, CircumstanceStep, Said, Stepped};
use crate::personnel::{Account, Appointment, Authorization, Circumstance, Person, Vendor};
use crate::register::{actions as register, draft, records};
use crate::remote_access::Grant;
use crate::sheets::Sheet;
use crate::storage::Change;

/// Imports rows of a table of access.
pub async fn import(change: &mut Change, step: &Step, sheet: &Sheet) -> Done {
    match step.kind.as_str() {
        "vendor" => import_as::<Vendor>(change, sheet, &step.why).await,
        "person" => import_as::<Person>(change, sheet, &step.why).await,
        "appointment" => import_as::<Appointment>(change, sheet, &step.why).await,
        "account" => import_as::<Account>(change, sheet, &step.why).await,
        "authorization" => import_as::<Authorization>(change, sheet, &step.why).await,
        "grant" => import_as::<Grant>(change, sheet, &step.why).await,
        kind => Err(failed(format!("no table of a {kind}"))),
    }
}

/// Tells a step about people's access.
pub async fn tell(scene: &mut Scene<'_>) -> Done {
    match (scene.step.act.as_str(), scene.step.kind.as_str()) {
        ("approve", "authorization") => step::<Authorization>(scene, AccessStep::Approve).await,
        ("refuse", "authorization") => step::<Authorization>(scene, AccessStep::Refuse).await,
        ("provision", "authorization") => step::<Authorization>(scene, AccessStep::Provision).await,
        ("remove", "authorization") => step::<Authorization>(scene, AccessStep::Remove).await,
        ("change_password", "account") => step::<Account>(scene, AccountStep::PasswordChange).await,
        ("disable", "account") => step::<Account>(scene, AccountStep::Disable).await,
        ("update", "account") => update(scene).await,
        ("declare", "circumstance") => declare(scene).await,
        ("end", "circumstance") => step::<Circumstance>(scene, CircumstanceStep::End).await,
        ("review", "circumstance") => step::<Circumstance>(scene, CircumstanceStep::Review).await,
        (act, kind) => Err(scene.wrong(format!("no way to {act} a {kind}"))),
    }
}

/// Takes a step with every record that is named.
async fn step<K: Stepped>(scene: &mut Scene<'_>, taken: K::Step) -> Done {
    let on = Some(scene.said("on").to_owned()).filter(|on| !on.is_empty());
    let said = Said {
        why: scene.step.why.clone(),
        at: scene.moment("at")?,
        on: on.map(|on| scene.day(&on)).transpose()?,
        proof: scene.said("proof").to_owned(),
    };
    for kept in named::<K>(scene).await? {
        let done = K::take(scene.change, &kept, taken, &said).await?;
        done.map_err(|refusal| {
            scene.wrong(format!("{}: {refusal}", kept.content.label(&crate::register::Lookup::default())))
        })?;
    }
    Ok(())
}

async fn update(scene: &mut Scene<'_>) -> Done {
    let texts = scene.step.set.clone();
    for kept in named::<Account>(scene).await? {
        let mut account = kept.content.clone();
        let lookup = records::lookup_for::<Account>(scene.change.reading().await?, [&kept.content], [&texts]).await?;
        let drafted = draft::apply(&mut account, &texts, &lookup);
        if let Some(problem) = drafted.problems.first() {
            return Err(scene.wrong(format!("{} {}", problem.field, problem.problem)));
        }
        register::revise(scene.change, &kept, &account, &scene.step.why).await?;
    }
    Ok(())
}

async fn declare(scene: &mut Scene<'_>) -> Done {
    let texts = scene.dated(&["declared_at"], &[])?;
    let circumstance = scene.made::<Circumstance>(&texts).await?;
    register::enter(scene.change, &circumstance, &scene.step.why).await?;
    Ok(())
}
