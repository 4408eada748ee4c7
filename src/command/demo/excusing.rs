//! The story's exceptions: asked for by one, decided about by another.
//!
//! Invariant: who may decide is for the exceptions' own rules to say; a refusal ends the filling.

use super::telling::{Done, Scene, same};
use crate::exceptions::actions::{self, Person};
use crate::exceptions::{Exception, subjects};

/// Tells a step about an exception.
pub async fn tell(scene: &mut Scene<'_>) -> Done {
    match scene.step.act.as_str() {
        "request" => request(scene).await,
        "approve" => decide(scene, true).await,
        "refuse" => decide(scene, false).await,
        act => Err(scene.wrong(format!("no way to {act} an exception"))),
    }
}

fn person(scene: &Scene<'_>) -> Person {
    Person { member: Some(scene.member.clone()), name: scene.name.clone() }
}

async fn request(scene: &mut Scene<'_>) -> Done {
    let mut texts = scene.texts(&["from", "expires"], &[])?;
    texts.insert("reference".to_owned(), scene.step.reference.clone());
    let mut wanted = scene.made::<Exception>(&texts).await?;
    let covered = subjects::named(scene.change.reading().await?, &scene.step.references.join(";")).await?;
    wanted.subjects = covered.map_err(|problem| scene.wrong(problem))?;
    let who = person(scene);
    actions::request(scene.change, wanted, &who, &scene.step.why).await?;
    Ok(())
}

async fn decide(scene: &mut Scene<'_>, granted: bool) -> Done {
    let reference = scene.step.reference.clone();
    let kept = scene.newest::<Exception>(|one| same(one.reference.as_str(), &reference)).await?;
    let who = person(scene);
    let decided = actions::decide(scene.change, &kept, granted, &who, &scene.step.why).await?;
    decided.map_err(|refusal| scene.wrong(refusal))
}
