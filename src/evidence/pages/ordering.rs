//! Ordering a package by form, and once more when its build failed.
//!
//! Invariant: what was typed is never lost, each problem stands beside its field, and a repeat of the form orders once.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use crate::engagements::Engagement;
use crate::evidence::{Bell, Package, asked, ordering};
use crate::ids::{Id as _, PackageId};
use crate::register::{Draft, field};
use crate::storage::Change;
use crate::storage::submissions::{self, Known};
use crate::web::extract::{Asking, Filled, Id};
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

/// An engagement to choose: reference, name, period, chosen.
type Choice = (String, String, String, bool);

#[derive(Template)]
#[template(path = "evidence/new.html")]
struct OrderPage {
    shell: Shell,
    base: String,
    texts: BTreeMap<String, String>,
    draft: Draft,
    engagements: Vec<Choice>,
    key: String,
}

impl OrderPage {
    fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }
}

pub async fn new(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let mut texts = BTreeMap::from([("engagement".to_owned(), asking.text("engagement").to_owned())]);
    if asking.text("engagement").is_empty() {
        texts.insert("from".to_owned(), caller.time_zone().date(caller.moment.plus_seconds(-365 * 86_400)));
        texts.insert("to".to_owned(), caller.time_zone().date(caller.moment));
    }
    page::show(&form(&app, &caller, texts, Draft::default(), String::new()).await?)
}

async fn form(
    app: &App,
    caller: &Caller,
    texts: BTreeMap<String, String>,
    draft: Draft,
    key: String,
) -> Answer<OrderPage> {
    let mut at = caller.snapshot(app).await?;
    let mut engagements = at.every::<Engagement>().await?;
    engagements.retain(|kept| kept.retired_on.is_none());
    let wanted = texts.get("engagement").cloned().unwrap_or_default();
    let choice = |kept: &crate::storage::Kept<Engagement>| {
        let days = [kept.period_from, kept.period_to].map(|day| day.map_or_else(String::new, |day| day.to_string()));
        (kept.reference.to_string(), kept.name.clone(), days.join(" to "), kept.reference.as_str() == wanted)
    };
    Ok(OrderPage {
        shell: Shell::of(caller, Place::Evidence, "Order a package"),
        base: links::place(&caller.serving()?.slug, "packages"),
        engagements: engagements.iter().map(choice).collect(),
        key: if key.is_empty() { caller.request.to_string() } else { key },
        texts,
        draft,
    })
}

pub async fn order(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let key = filled.take("key");
    let texts: BTreeMap<String, String> =
        asked::FIELDS.iter().map(|name| ((*name).to_owned(), filled.take(name))).collect();
    match ordered(&app, &caller, &texts, Some(key.as_str()).filter(|key| !key.is_empty())).await? {
        Ok(id) => {
            let there = links::record(&caller.serving()?.slug, "packages", id);
            Ok(page::see(&format!("{there}?done=ordered")))
        }
        Err(draft) => {
            let view = form(&app, &caller, texts, draft, key).await?;
            page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &view)
        }
    }
}

/// Orders what the texts say; an order that was made under this key before is that order.
pub async fn ordered(
    app: &App,
    caller: &Caller,
    texts: &BTreeMap<String, String>,
    key: Option<&str>,
) -> Answer<Result<PackageId, Draft>> {
    let (package, reason) = match planned(app, caller, texts).await? {
        Ok(planned) => planned,
        Err(draft) => return Ok(Err(draft)),
    };
    let mut change = caller.change(app).await?;
    let content = texts.values().map(String::as_str).collect::<Vec<_>>().join("\n");
    if let Some(id) = repeated(&mut change, key, content.as_bytes()).await? {
        return Ok(Ok(id));
    }
    let id = ordering::order(&mut change, &package, &reason).await?;
    if let Some(key) = key {
        submissions::keep(&mut change, key, content.as_bytes(), &id.to_string()).await?;
    }
    change.commit().await?;
    app.shared::<Bell>().ring();
    Ok(Ok(id))
}

/// The package the texts ask for, and why.
async fn planned(
    app: &App,
    caller: &Caller,
    texts: &BTreeMap<String, String>,
) -> Answer<Result<(Package, String), Draft>> {
    let organization = caller.serving()?.id;
    let mut at = app.store.snapshot(organization, crate::storage::AsOf::Now).await?;
    let asked = asked::read(&mut at, texts, (caller.time_zone(), caller.moment)).await?;
    drop(at);
    let asked = match asked {
        Ok(asked) => asked,
        Err(draft) => return Ok(Err(draft)),
    };
    let planned = ordering::plan(&app.store, &app.keys, organization, asked.wanted).await?;
    Ok(planned.map(|package| (package, asked.reason)))
}

/// The package that was ordered under this key before.
async fn repeated(change: &mut Change, key: Option<&str>, content: &[u8]) -> Answer<Option<PackageId>> {
    let Some(key) = key else { return Ok(None) };
    match submissions::known(change, key, content).await? {
        Known::Answered(id) => PackageId::parse(&id).map(Some).ok_or(Failure::NotFound),
        Known::Otherwise => Err(Failure::Conflict("This was sent before with other values.".to_owned())),
        Known::No => Ok(None),
    }
}

pub async fn again(State(app): State<App>, caller: Caller, Id(id): Id<PackageId>, mut filled: Filled) -> Answer {
    let reason = filled.take("reason");
    let why = field::line(&reason, 500).map_err(|problem| Failure::field("reason", &reason, problem))?;
    retried(&app, &caller, id, &why).await?;
    Ok(page::see(&format!("{}?done=again", links::record(&caller.serving()?.slug, "packages", id))))
}

/// Orders a failed package once more.
pub async fn retried(app: &App, caller: &Caller, id: PackageId, why: &str) -> Answer<()> {
    let mut change = caller.change(app).await?;
    let kept = change.reading().await?.find::<Package>(id).await?.ok_or(Failure::NotFound)?;
    if !ordering::again(&mut change, &kept, why).await? {
        return Err(Failure::Conflict(format!(
            "The package is {}; only a failed one is ordered again.",
            kept.state.word()
        )));
    }
    change.commit().await?;
    app.shared::<Bell>().ring();
    Ok(())
}
