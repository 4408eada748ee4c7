//! The queue of discovered hosts: look, accept, merge, set aside.
//!
//! Invariant: a person decides, one host at a time, with a reason.

use std::collections::BTreeMap;
use std::net::IpAddr;

use askama::Template;
use axum::extract::State;
use axum::http::Method;

use super::model::{Batch, Sighting};
use super::{actions, records, rules};
use crate::assets::{Asset, AssetKind};
use crate::auth::Action;
use crate::register::view::Choice;
use crate::register::{Lookup, Register as _, draft, records as registers};
use crate::storage::{Change, Snapshot};
use crate::vocabulary::Origin;
use crate::web::extract::{Asking, Filled};
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Policy, Routes, Shell, links, page};
use crate::zones::Zone;

/// Mounts the pages.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let (read, review) = (Policy::Organization(Action::ReadInventory), Policy::Organization(Action::ReviewDiscoveries));
    routes
        .on(&Method::GET, "/o/{slug}/discoveries", read, queue)
        .on(&Method::GET, "/o/{slug}/discoveries/host", read, host)
        .on(&Method::POST, "/o/{slug}/discoveries/acceptance", review, accept)
        .on(&Method::POST, "/o/{slug}/discoveries/merge", review, merge)
        .on(&Method::POST, "/o/{slug}/discoveries/rejection", review, reject)
}

struct BatchView {
    at: String,
    batch: Batch,
}

#[derive(Template)]
#[template(path = "flows/queue.html")]
struct QueuePage {
    shell: Shell,
    base: String,
    hosts: Vec<Sighting>,
    waiting: i64,
    batches: Vec<BatchView>,
    as_of: String,
}

#[derive(Template)]
#[template(path = "flows/host.html")]
struct HostPage {
    shell: Shell,
    base: String,
    seen: Sighting,
    decided: Option<String>,
    zone: String,
    kinds: Vec<Choice>,
    reference: String,
    may_review: bool,
}

async fn queue(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let hosts: Vec<Sighting> = records::waiting(&mut at).await?.into_iter().take(200).collect();
    let waiting = records::count_waiting(&mut at).await?;
    let mut batches = at.every::<Batch>().await?;
    batches.reverse();
    let view =
        |kept: crate::storage::Kept<Batch>| BatchView { at: caller.told(kept.recorded_from), batch: kept.content };
    let shell = Shell::of(&caller, Place::Assets, "Discovered hosts").saying(asking.text("done"));
    page::show(&QueuePage {
        base: links::place(&caller.serving()?.slug, ""),
        hosts,
        waiting,
        batches: batches.into_iter().take(20).map(view).collect(),
        as_of: shell.query(),
        shell,
    })
}

async fn find(at: &mut Snapshot, address: &str) -> Answer<Sighting> {
    let wanted: IpAddr = address.parse().map_err(|_| Failure::NotFound)?;
    records::seen(at, &wanted.to_string()).await?.ok_or(Failure::NotFound)
}

/// The zone whose subnets hold the address, by reference; the narrowest wins by being named first.
async fn zone_of(at: &mut Snapshot, address: &str) -> Answer<String> {
    let Ok(wanted) = address.parse::<IpAddr>() else { return Ok(String::new()) };
    let zones = at.every::<Zone>().await?;
    let holds = |zone: &Zone| zone.retired_on.is_none() && zone.subnets.iter().any(|subnet| subnet.contains(wanted));
    Ok(zones.iter().find(|zone| holds(zone)).map_or_else(String::new, |zone| zone.reference.to_string()))
}

async fn host(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let seen = find(&mut at, asking.text("address")).await?;
    let decided = records::decided(&mut at, &seen.address).await?;
    page::show(&HostPage {
        shell: Shell::of(&caller, Place::Assets, seen.address.clone()),
        base: links::place(&caller.serving()?.slug, "discoveries"),
        decided: decided
            .map(|kept| format!("{} on {}: {}", kept.decision, caller.told(kept.recorded_from), kept.reason)),
        zone: zone_of(&mut at, &seen.address).await?,
        kinds: kinds(rules::likely_kind(&seen.ports)),
        reference: seen.address.clone(),
        may_review: caller.may_now(Action::ReviewDiscoveries),
        seen,
    })
}

fn kinds(likely: &str) -> Vec<Choice> {
    let choice = |kind: &AssetKind| Choice {
        word: kind.word().to_owned(),
        label: kind.label().to_owned(),
        chosen: kind.word() == likely,
    };
    AssetKind::ALL.iter().map(choice).collect()
}

fn reason(filled: &mut Filled) -> Answer<String> {
    let text = filled.take("reason");
    let text = crate::register::field::line(&text, 500).map_err(|problem| Failure::field("reason", &text, problem))?;
    if text.is_empty() { Err(Failure::field("reason", "", "missing; say why, for the history")) } else { Ok(text) }
}

async fn drafted(change: &mut Change, texts: &BTreeMap<String, String>) -> Answer<(Asset, Lookup)> {
    let lookup = registers::lookup_for::<Asset>(change.reading().await?, [], [texts]).await?;
    let mut asset = Asset::default();
    asset.begin(Origin::Discovered);
    let draft = draft::apply(&mut asset, texts, &lookup);
    if draft.is_good() { Ok((asset, lookup)) } else { Err(Failure::Invalid(draft.problems)) }
}

async fn accept(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let (address, why) = (filled.take("address"), reason(&mut filled)?);
    let mut change = caller.change(&app).await?;
    let seen = find(change.reading().await?, &address).await?;
    let (asset, _) = drafted(&mut change, &filled.0).await?;
    let id = actions::accept(&mut change, &seen, &asset, &why).await?;
    change.commit().await?;
    Ok(page::see(&format!("{}?done=accepted", links::record(&caller.serving()?.slug, "assets", id))))
}

async fn merge(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let (address, why, reference) = (filled.take("address"), reason(&mut filled)?, filled.take("asset"));
    let mut change = caller.change(&app).await?;
    let at = change.reading().await?;
    let seen = find(at, &address).await?;
    let wanted = [crate::vocabulary::fold::folded(&reference)];
    let asset = registers::by_references::<Asset>(at, &wanted).await?.pop();
    let asset = asset.ok_or_else(|| Failure::field("asset", &reference, "no asset has this reference"))?;
    actions::merge(&mut change, &seen, asset.id, &why).await?;
    change.commit().await?;
    Ok(page::see(&format!("{}?done=accepted", links::record(&caller.serving()?.slug, "assets", asset.id))))
}

async fn reject(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let (address, why) = (filled.take("address"), reason(&mut filled)?);
    let mut change = caller.change(&app).await?;
    let seen = find(change.reading().await?, &address).await?;
    actions::reject(&mut change, &seen, &why).await?;
    change.commit().await?;
    Ok(page::see(&format!("{}?done=rejected", links::place(&caller.serving()?.slug, "discoveries"))))
}
