//! One discovered host: what is known of it, and the three things a person can decide.
//!
//! Invariant: one host, one decision, one reason.

use std::collections::BTreeMap;
use std::net::IpAddr;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use crate::assets::{Asset, AssetKind};
use crate::auth::Action;
use crate::flows::model::Sighting;
use crate::flows::reading::cells;
use crate::flows::records::flows::FlowTotal;
use crate::flows::records::hosts::Waiting;
use crate::flows::{deciding, records};
use crate::register::view::Choice;
use crate::register::{Problem, Register as _, draft, records as registers};
use crate::storage::{Change, Snapshot};
use crate::vocabulary::{Origin, fold};
use crate::web::extract::{Asking, Filled};
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};
use crate::zones::Zone;
use crate::zones::model::holding;

#[derive(Template)]
#[template(path = "flows/host.html")]
struct HostPage {
    shell: Shell,
    base: String,
    seen: Sighting,
    sensor: String,
    made: [(&'static str, String); 6],
    flows: Vec<FlowTotal>,
    flows_base: String,
    decided: Option<String>,
    zone: String,
    kinds: Vec<Choice>,
    reference: String,
    may_review: bool,
    /// The form that was refused, as it was typed, and what is wrong with it.
    refused: Refused,
}

/// A refused form: its name, what was typed, what is wrong.
#[derive(Default)]
struct Refused {
    form: &'static str,
    typed: BTreeMap<String, String>,
    problems: Vec<Problem>,
}

impl HostPage {
    /// What was typed into a field of a form, else what is proposed.
    fn typed<'p>(&'p self, form: &str, name: &str, otherwise: &'p str) -> &'p str {
        let typed = self.refused.typed.get(name).filter(|_| self.refused.form == form);
        typed.map_or(otherwise, String::as_str)
    }

    fn problem(&self, form: &str, name: &str) -> Option<&str> {
        let found = self.refused.problems.iter().find(|problem| self.refused.form == form && problem.field == name);
        found.map(|problem| problem.problem.as_str())
    }

    /// Problems whose field the form does not have.
    fn elsewhere(&self) -> Vec<&Problem> {
        const HERE: [&str; 11] =
            ["reference", "name", "kind", "zone", "site", "vendor", "product", "firmware", "serial", "reason", "asset"];
        self.refused.problems.iter().filter(|problem| !HERE.contains(&problem.field.as_str())).collect()
    }
}

async fn find(at: &mut Snapshot, address: &str) -> Answer<Waiting> {
    let wanted = cells::end(address.trim()).map(cells::told).ok_or(Failure::NotFound)?;
    records::seen(at, &wanted).await?.ok_or(Failure::NotFound)
}

/// The zone whose subnets hold the address, by reference: the one with the narrowest.
pub async fn zone_of(at: &mut Snapshot, address: &str) -> Answer<String> {
    let Ok(wanted) = address.parse::<IpAddr>() else { return Ok(String::new()) };
    let zones = at.every::<Zone>().await?;
    let found = holding(zones.iter().map(|kept| &kept.content), wanted);
    Ok(found.map_or_else(String::new, |zone| zone.reference.to_string()))
}

pub async fn host(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    page::show(&host_page(&app, &caller, asking.text("address"), Refused::default()).await?)
}

/// A form's answer; where its values were refused, the page again with what was typed.
async fn answered(app: &App, caller: &Caller, form: &'static str, filled: Filled, done: Answer) -> Answer {
    let Err(Failure::Invalid(problems)) = done else { return done };
    let address = filled.0.get("address").cloned().unwrap_or_default();
    let refused = Refused { form, typed: filled.0, problems };
    page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &host_page(app, caller, &address, refused).await?)
}

async fn host_page(app: &App, caller: &Caller, address: &str, refused: Refused) -> Answer<HostPage> {
    let mut at = caller.snapshot(app).await?;
    let Waiting { seen, kind, sensor, .. } = find(&mut at, address).await?;
    let decided = records::decided(&mut at, &seen.address).await?;
    let sensors = records::sensors::references(&mut at).await?;
    let flows = records::flows::of_host(&mut at, cells::end(&seen.address).ok_or(Failure::NotFound)?).await?;
    let chosen = refused.typed.get("kind").filter(|_| refused.form == "acceptance").cloned().unwrap_or(kind);
    Ok(HostPage {
        shell: Shell::of(caller, Place::Assets, seen.address.clone()),
        base: links::place(&caller.serving()?.slug, "discoveries"),
        sensor: sensors.reference(sensor),
        made: made(&seen),
        flows_base: links::place(&caller.serving()?.slug, "flows"),
        flows,
        decided: decided
            .map(|kept| format!("{} on {}: {}", kept.decision, caller.told(kept.recorded_from), kept.reason)),
        zone: zone_of(&mut at, &seen.address).await?,
        kinds: kinds(&chosen),
        reference: reference(&seen),
        may_review: caller.may_now(Action::ReviewDiscoveries),
        refused,
        seen,
    })
}

fn made(seen: &Sighting) -> [(&'static str, String); 6] {
    [
        ("Name", seen.name.clone()),
        ("Vendor", seen.vendor.clone()),
        ("Product", seen.product.clone()),
        ("Model", seen.model.clone()),
        ("Firmware", seen.firmware.clone()),
        ("Serial", seen.serial.clone()),
    ]
}

/// What an accepted host is called unless somebody says otherwise.
#[must_use]
pub fn reference(seen: &Sighting) -> String {
    let name = if seen.name.is_empty() { &seen.address } else { &seen.name };
    fold::truncated(&name.replace(';', ","), 80).to_owned()
}

fn kinds(likely: &str) -> Vec<Choice> {
    let choice = |kind: &AssetKind| Choice {
        word: kind.word().to_owned(),
        label: kind.label().to_owned(),
        chosen: kind.word() == likely,
    };
    AssetKind::ALL.iter().map(choice).collect()
}

/// Why somebody decides so.
pub fn reason(filled: &mut Filled) -> Answer<String> {
    let text = filled.take("reason");
    let text = crate::register::field::line(&text, 500).map_err(|problem| Failure::field("reason", &text, problem))?;
    if text.is_empty() { Err(Failure::field("reason", "", "missing; say why, for the history")) } else { Ok(text) }
}

/// The asset a form asks for, filled in with what was learned of the host.
pub async fn drafted(change: &mut Change, seen: &Sighting, texts: &BTreeMap<String, String>) -> Answer<Asset> {
    let lookup = registers::lookup_for::<Asset>(change.reading().await?, [], [texts]).await?;
    let mut asset = Asset::default();
    asset.begin(Origin::Discovered);
    let draft = draft::apply(&mut asset, texts, &lookup);
    deciding::fill_in(&mut asset, seen);
    if draft.is_good() { Ok(asset) } else { Err(Failure::Invalid(draft.problems)) }
}

pub async fn accept(State(app): State<App>, caller: Caller, filled: Filled) -> Answer {
    let done = accepted(&app, &caller, filled.clone()).await;
    answered(&app, &caller, "acceptance", filled, done).await
}

async fn accepted(app: &App, caller: &Caller, mut filled: Filled) -> Answer {
    let (address, why) = (filled.take("address"), reason(&mut filled)?);
    let mut change = caller.change(app).await?;
    let seen = find(change.reading().await?, &address).await?.seen;
    let asset = drafted(&mut change, &seen, &filled.0).await?;
    let id = deciding::accept(&mut change, &seen, &asset, &why).await?;
    change.commit().await?;
    Ok(page::see(&format!("{}?done=accepted", links::record(&caller.serving()?.slug, "assets", id))))
}

pub async fn merge(State(app): State<App>, caller: Caller, filled: Filled) -> Answer {
    let done = merged(&app, &caller, filled.clone()).await;
    answered(&app, &caller, "merge", filled, done).await
}

async fn merged(app: &App, caller: &Caller, mut filled: Filled) -> Answer {
    let (address, why, reference) = (filled.take("address"), reason(&mut filled)?, filled.take("asset"));
    let mut change = caller.change(app).await?;
    let at = change.reading().await?;
    let seen = find(at, &address).await?.seen;
    let asset = registers::by_references::<Asset>(at, &[fold::folded(&reference)]).await?.pop();
    let asset = asset.ok_or_else(|| Failure::field("asset", &reference, "no asset has this reference"))?;
    deciding::merge(&mut change, &seen, &asset, &why).await?;
    change.commit().await?;
    Ok(page::see(&format!("{}?done=accepted", links::record(&caller.serving()?.slug, "assets", asset.id))))
}

pub async fn reject(State(app): State<App>, caller: Caller, filled: Filled) -> Answer {
    let done = rejected(&app, &caller, filled.clone()).await;
    answered(&app, &caller, "rejection", filled, done).await
}

async fn rejected(app: &App, caller: &Caller, mut filled: Filled) -> Answer {
    let (address, why) = (filled.take("address"), reason(&mut filled)?);
    let mut change = caller.change(app).await?;
    let seen = find(change.reading().await?, &address).await?.seen;
    deciding::reject(&mut change, &seen, &why).await?;
    change.commit().await?;
    Ok(page::see(&format!("{}?done=rejected", links::place(&caller.serving()?.slug, "discoveries"))))
}
