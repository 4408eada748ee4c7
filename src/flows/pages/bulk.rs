//! Deciding about many hosts at once: choose, confirm with the count, apply, and say what was refused.
//!
//! Invariant: each host is judged by itself; one refusal never hides in a success, and changes nothing for the others.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use uuid::Uuid;

use super::host::{drafted, reason, reference, zone_of};
use crate::assets::Asset;
use crate::flows::records::hosts::Waiting;
use crate::flows::{deciding, records};
use crate::register::field::split;
use crate::register::records as registers;
use crate::storage::Change;
use crate::vocabulary::fold;
use crate::web::extract::Filled;
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

/// Most hosts decided about at once.
const MOST: usize = 500;

/// What became of one host.
struct Verdict {
    label: String,
    said: String,
    href: String,
    done: bool,
}

#[derive(Template)]
#[template(path = "flows/bulk.html")]
struct BulkPage {
    shell: Shell,
    base: String,
    act: &'static str,
    words: &'static str,
    ids: Vec<String>,
    asset: String,
    problem: &'static str,
    asking: bool,
    verdicts: Vec<Verdict>,
    done: usize,
}

const ACTS: [(&str, &str); 3] =
    [("accept", "Accept as new assets"), ("merge", "Merge into one asset"), ("reject", "Set aside")];

pub async fn bulk(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let ids: Vec<String> = split(&filled.take("ids")).map(str::to_owned).collect();
    if ids.is_empty() || ids.len() > MOST {
        return Err(Failure::field("ids", &ids.len().to_string(), format!("select 1 to {MOST} hosts")));
    }
    let act = filled.take("act");
    let Some((act, words)) = ACTS.iter().find(|(known, _)| *known == act) else {
        return Err(Failure::field("act", &act, "not one of: accept, merge, reject"));
    };
    let mut view = BulkPage {
        shell: Shell::of(&caller, Place::Assets, *words),
        base: links::place(&caller.serving()?.slug, ""),
        asset: filled.take("asset"),
        problem: "",
        asking: true,
        verdicts: Vec::new(),
        done: 0,
        act,
        words,
        ids,
    };
    confirmed(&app, &caller, &mut view, filled).await?;
    page::show(&view)
}

/// Carries out what was confirmed with a reason; else the page goes on asking.
async fn confirmed(app: &App, caller: &Caller, view: &mut BulkPage, mut filled: Filled) -> Answer<()> {
    if filled.take("confirmed") != "yes" {
        return Ok(());
    }
    let Ok(why) = reason(&mut filled) else {
        view.problem = "Say why, in at most 500 characters, for the history.";
        return Ok(());
    };
    let mut change = caller.change(app).await?;
    for id in view.ids.clone() {
        let verdict = judged(&mut change, view, &id, &why).await?;
        view.verdicts.push(verdict);
    }
    view.done = view.verdicts.iter().filter(|verdict| verdict.done).count();
    view.asking = false;
    if view.done > 0 {
        change.commit().await?;
    }
    Ok(())
}

/// One host's verdict.
async fn judged(change: &mut Change, view: &BulkPage, id: &str, why: &str) -> Answer<Verdict> {
    let found = match Uuid::try_parse(id) {
        Ok(id) => records::hosts::seen_as(change.reading().await?, id).await?,
        Err(_) => None,
    };
    let Some(host) = found else {
        let (label, said) = (fold::truncated(id, 60).to_owned(), "was never seen".to_owned());
        return Ok(Verdict { label, said, href: String::new(), done: false });
    };
    let label = host.seen.address.clone();
    let decided = match records::decided(change.reading().await?, &label).await? {
        Some(known) => Err(format!("decided before: {}", known.decision)),
        None => decide(change, view, host, why).await?,
    };
    let (said, href, done) = match decided {
        Ok((said, href)) => (said, href, true),
        Err(said) => (said, String::new(), false),
    };
    Ok(Verdict { label, said, href, done })
}

type Decided = Result<(String, String), String>;

async fn decide(change: &mut Change, view: &BulkPage, host: Waiting, why: &str) -> Answer<Decided> {
    match view.act {
        "accept" => accept(change, view, host, why).await,
        "merge" => merge(change, view, host, why).await,
        _ => {
            deciding::reject(change, &host.seen, why).await?;
            Ok(Ok(("set aside".to_owned(), String::new())))
        }
    }
}

/// Accepts a host under its name, else its address, as what it probably is, in the zone of its subnet.
async fn accept(change: &mut Change, view: &BulkPage, host: Waiting, why: &str) -> Answer<Decided> {
    let reference = reference(&host.seen);
    let taken = registers::by_references::<Asset>(change.reading().await?, &[fold::folded(&reference)]).await?;
    if !taken.is_empty() {
        return Ok(Err(format!("an asset is called {reference} already; decide about this host by itself")));
    }
    let zone = zone_of(change.reading().await?, &host.seen.address).await?;
    let pairs = [("reference", reference), ("name", host.seen.name.clone()), ("kind", host.kind), ("zone", zone)];
    let texts: BTreeMap<String, String> = pairs.into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
    let asset = match drafted(change, &host.seen, &texts).await {
        Ok(asset) => asset,
        Err(Failure::Invalid(problems)) => {
            let said: Vec<String> = problems.iter().map(|one| format!("{}: {}", one.field, one.problem)).collect();
            return Ok(Err(said.join("; ")));
        }
        Err(failure) => return Err(failure),
    };
    let id = deciding::accept(change, &host.seen, &asset, why).await?;
    Ok(Ok((format!("accepted as {}", asset.reference), format!("{}assets/{id}", view.base))))
}

async fn merge(change: &mut Change, view: &BulkPage, host: Waiting, why: &str) -> Answer<Decided> {
    let wanted = [fold::folded(&view.asset)];
    let found = registers::by_references::<Asset>(change.reading().await?, &wanted).await?.pop();
    let Some(asset) = found else { return Ok(Err(format!("no asset has the reference {}", view.asset))) };
    deciding::merge(change, &host.seen, &asset, why).await?;
    Ok(Ok((format!("merged into {}", asset.reference), format!("{}assets/{}", view.base, asset.id))))
}
