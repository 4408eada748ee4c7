//! The starter set: look at what is on offer, adopt what fits in one change.
//!
//! Invariant: what is adopted begins as planned, so nothing is claimed that nobody does yet.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::http::{Method, StatusCode};

use super::model::Control;
use super::{actions, starter};
use crate::auth::Action;
use crate::frameworks::catalogs;
use crate::register::field;
use crate::vocabulary::fold;
use crate::web::extract::Filled;
use crate::web::{Answer, App, Caller, Failure, Place, Policy, Routes, Shell, links, page};

/// Mounts the pages.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let edit = Policy::Organization(Action::EditControls);
    routes.on(&Method::GET, "/o/{slug}/controls/starter", edit, offer).on(
        &Method::POST,
        "/o/{slug}/controls/starter",
        edit,
        adopt,
    )
}

struct OfferView {
    offer: &'static starter::Offer,
    /// A control of this reference is here already.
    taken: bool,
    chosen: bool,
    /// Framework and how many of its requirements.
    answers: Vec<(&'static str, usize)>,
}

struct GroupView {
    name: &'static str,
    offers: Vec<OfferView>,
}

#[derive(Template)]
#[template(path = "controls/starter.html")]
struct StarterPage {
    shell: Shell,
    base: String,
    slug: String,
    source: &'static str,
    groups: Vec<GroupView>,
    left: usize,
    reason: String,
    problem: Option<String>,
}

fn view(offer: &'static starter::Offer, taken: &BTreeSet<String>, chosen: Option<&[&str]>) -> OfferView {
    let mut answers: Vec<(&'static str, usize)> = Vec::new();
    for requirement in offer.requirements.iter().filter_map(crate::frameworks::RequirementId::requirement) {
        let title = catalogs().title_of(&requirement.framework);
        match answers.iter_mut().find(|(known, _)| *known == title) {
            Some((_, count)) => *count += 1,
            None => answers.push((title, 1)),
        }
    }
    let place = |title: &str| catalogs().frameworks.iter().position(|framework| framework.title == title);
    answers.sort_by_key(|(title, _)| place(title));
    let taken = taken.contains(&offer.reference.folded());
    let wanted = chosen.is_none_or(|chosen| chosen.contains(&offer.reference.as_str()));
    OfferView { offer, taken, chosen: !taken && wanted, answers }
}

/// The page with all that is on offer ticked, or only what was chosen.
async fn starter_page(app: &App, caller: &Caller, chosen: Option<&[&str]>) -> Answer<StarterPage> {
    let known = caller.snapshot(app).await?.every::<Control>().await?;
    let taken: BTreeSet<String> = known.iter().map(|kept| fold::folded(kept.reference.as_str())).collect();
    let mut groups: Vec<GroupView> = Vec::new();
    for offer in &starter::set().controls {
        let shown = view(offer, &taken, chosen);
        match groups.last_mut().filter(|group| group.name == offer.group) {
            Some(group) => group.offers.push(shown),
            None => groups.push(GroupView { name: &offer.group, offers: vec![shown] }),
        }
    }
    Ok(StarterPage {
        shell: Shell::of(caller, Place::Controls, "Starter set"),
        base: links::place(&caller.serving()?.slug, ""),
        slug: caller.serving()?.slug.clone(),
        source: &starter::set().source,
        left: groups.iter().flat_map(|group| &group.offers).filter(|offer| !offer.taken).count(),
        groups,
        reason: String::new(),
        problem: None,
    })
}

async fn offer(State(app): State<App>, caller: Caller) -> Answer {
    page::show(&starter_page(&app, &caller, None).await?)
}

async fn adopt(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let (chosen, reason) = (filled.take("chosen"), filled.take("reason"));
    let chosen: Vec<&str> = field::split(&chosen).collect();
    let unknown = |one: &&&str| !starter::set().controls.iter().any(|offer| offer.reference.as_str() == **one);
    if let Some(one) = chosen.iter().find(unknown) {
        return Err(Failure::field("chosen", one, "not in the starter set"));
    }
    let problem = match field::line(&reason, 500) {
        _ if chosen.is_empty() => Some("choose at least one control".to_owned()),
        Ok(line) if line.is_empty() => Some("missing; say why, for the history".to_owned()),
        Ok(_) => None,
        Err(problem) => Some(problem),
    };
    if problem.is_some() {
        let view = starter_page(&app, &caller, Some(&chosen)).await?;
        return page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &StarterPage { reason, problem, ..view });
    }
    let mut change = caller.change(&app).await?;
    actions::adopt(&mut change, &chosen, reason.trim()).await?;
    change.commit().await?;
    Ok(page::see(&format!("{}?done=adopted", links::place(&caller.serving()?.slug, "controls"))))
}
