//! Looking again for abilities, and deciding after a transfer which are still needed, by form.
//!
//! Invariant: what was chosen is never lost; a refusal stands on the form it answers.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use crate::departures::actions::{self, Refusal};
use crate::departures::api::refused;
use crate::departures::rules::Determination;
use crate::departures::{Ability, Departure};
use crate::ids::DepartureId;
use crate::register::{Register as _, field};
use crate::storage::Kept;
use crate::vocabulary::Date;
use crate::web::extract::{Filled, Id};
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

/// The reason that was typed, which has to say something.
fn reason(filled: &mut Filled) -> Answer<String> {
    let reason = filled.take("reason");
    let why = field::line(&reason, 500).map_err(|problem| Failure::field("reason", &reason, problem))?;
    if why.is_empty() { Err(Failure::field("reason", "", "missing; say why, for the history")) } else { Ok(why) }
}

fn address(caller: &Caller, id: DepartureId) -> Answer<String> {
    Ok(links::record(&caller.serving()?.slug, Departure::WORDS.collection, id))
}

pub async fn look_again(State(app): State<App>, caller: Caller, Id(id): Id<DepartureId>, mut filled: Filled) -> Answer {
    let why = reason(&mut filled)?;
    let mut change = caller.change(&app).await?;
    let kept = change.reading().await?.find::<Departure>(id).await?.ok_or(Failure::NotFound)?;
    if filled.take("version") != kept.version.to_string() {
        return Err(Failure::Stale);
    }
    actions::look_again(&mut change, &kept, &why).await?.map_err(refused)?;
    change.commit().await?;
    Ok(page::see(&format!("{}?done=updated", address(&caller, id)?)))
}

/// An ability as the form asks for it.
struct Asked {
    ability: Ability,
    /// `yes`, `no` or nothing yet.
    chosen: &'static str,
}

#[derive(Template)]
#[template(path = "departures/determine.html")]
struct DeterminePage {
    shell: Shell,
    label: String,
    href: String,
    version: i64,
    abilities: Vec<Asked>,
    on: String,
    reason: String,
    /// Field and what is wrong with it.
    problem: Option<Refusal>,
}

impl DeterminePage {
    fn wrong(&self, field: &str) -> Option<&str> {
        self.problem.as_ref().filter(|(name, _)| *name == field).map(|(_, says)| says.as_str())
    }

    /// What is wrong with none of the fields shown.
    fn refusal(&self) -> Option<&str> {
        let elsewhere = |name: &&str| !matches!(*name, "determined_on" | "reason");
        self.problem.as_ref().filter(|(name, _)| elsewhere(name)).map(|(_, says)| says.as_str())
    }
}

fn shown(caller: &Caller, kept: &Kept<Departure>) -> Answer<DeterminePage> {
    let asked = |ability: &Ability| Asked {
        ability: ability.clone(),
        chosen: match ability.needed {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        },
    };
    Ok(DeterminePage {
        shell: Shell::of(caller, Place::Access, format!("Decide about {}", kept.reference)),
        label: kept.reference.to_string(),
        href: address(caller, kept.id)?,
        version: kept.version,
        abilities: kept.abilities.iter().map(asked).collect(),
        on: caller.day().to_string(),
        reason: String::new(),
        problem: None,
    })
}

pub async fn form(State(app): State<App>, caller: Caller, Id(id): Id<DepartureId>) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let kept = at.find::<Departure>(id).await?.ok_or(Failure::NotFound)?;
    page::show(&shown(&caller, &kept)?)
}

/// What the form says, and the form as it was filled in.
fn read(filled: &mut Filled, view: &mut DeterminePage) -> Result<(Determination, String), Refusal> {
    let mut decision = Determination::default();
    for asked in &mut view.abilities {
        let (of, before) = (asked.ability.of, asked.ability.needed);
        asked.chosen = match filled.take(&of.to_string()).as_str() {
            "yes" => "yes",
            "no" => "no",
            _ => "",
        };
        match (asked.chosen, before) {
            ("yes", None | Some(false)) => decision.needed.push(of),
            ("no", None | Some(true)) => decision.not_needed.push(of),
            _ => {}
        }
    }
    (view.on, view.reason) = (filled.take("determined_on"), filled.take("reason"));
    decision.on = field::optional(&view.on, Date::parse).map_err(|problem| ("determined_on", problem))?;
    let why = field::line(&view.reason, 500).map_err(|problem| ("reason", problem))?;
    if why.is_empty() { Err(("reason", "missing; say why, for the history".to_owned())) } else { Ok((decision, why)) }
}

pub async fn determine(State(app): State<App>, caller: Caller, Id(id): Id<DepartureId>, mut filled: Filled) -> Answer {
    let mut change = caller.change(&app).await?;
    let kept = change.reading().await?.find::<Departure>(id).await?.ok_or(Failure::NotFound)?;
    if filled.take("version") != kept.version.to_string() {
        return Err(Failure::Stale);
    }
    let mut view = shown(&caller, &kept)?;
    let outcome = match read(&mut filled, &mut view) {
        Ok((decision, why)) => actions::determine(&mut change, &kept, &decision, caller.time_zone(), &why).await?,
        Err(refusal) => Err(refusal),
    };
    if let Err(refusal) = outcome {
        view.problem = Some(refusal);
        return page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &view);
    }
    change.commit().await?;
    Ok(page::see(&format!("{}?done=updated", address(&caller, id)?)))
}
