//! The entry somebody makes in the field: what was done, and what became of the records, on one page for one thumb.
//!
//! Invariant: what was typed survives a refusal, another person's change and a dead connection: the page's own module
//! keeps a draft of this form alone in the browser until it is saved or the person signs out.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::taking::{self, Taken};
use super::who;
use crate::artifacts::actions::Sent;
use crate::assets::Asset;
use crate::auth::Action;
use crate::findings::Finding;
use crate::findings::model::RemediationEntry;
use crate::findings::remediating::{self, Deeds, Unlogged};
use crate::ids::{AssetId, FindingId, Id as _};
use crate::register::{Draft, FieldKind, Register, field};
use crate::storage::submissions::{self, Known};
use crate::storage::{Change, Kept};
use crate::vocabulary::{Date, Moment};
use crate::web::extract::Id;
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

/// Most records the page offers to touch.
const OFFERED: usize = 20;

/// A record the entry may touch in the same step.
struct AssetView {
    id: String,
    reference: String,
    verify: bool,
    retire: bool,
    field: String,
    value: String,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "findings/remedy.html")]
struct RemedyPage {
    shell: Shell,
    finding: Finding,
    texts: BTreeMap<String, String>,
    problems: Vec<crate::register::Problem>,
    assets: Vec<AssetView>,
    settable: Vec<(&'static str, &'static str)>,
    may_verify: bool,
    may_edit: bool,
    href: String,
    version: i64,
    key: String,
    draft: String,
    conflict: bool,
}

impl RemedyPage {
    fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }

    fn problem(&self, name: &str) -> Option<&str> {
        self.problems.iter().find(|found| found.field == name).map(|found| found.problem.as_str())
    }
}

/// The name under which the browser keeps what is typed: one person's, for one finding.
#[must_use]
pub fn draft_key(caller: &Caller, id: FindingId) -> String {
    let person = caller.user().map_or_else(|_| String::new(), |user| user.to_string());
    format!("{person} {id}")
}

pub async fn form(State(app): State<App>, caller: Caller, Id(id): Id<FindingId>) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let kept = at.find::<Finding>(id).await?.ok_or(Failure::NotFound)?;
    let (day, clock) = caller.time_zone().day_and_clock(caller.moment);
    let texts = BTreeMap::from([("on".to_owned(), day), ("clock".to_owned(), clock)]);
    page::show(&page_of(&caller, &kept, texts, crate::auth::secret::public_id(), Draft::default())?)
}

pub async fn log(State(app): State<App>, caller: Caller, Id(id): Id<FindingId>, mut taken: Taken) -> Answer {
    let (key, version) = (taken.take("key"), taken.take("version"));
    let Taken { texts, files } = taken;
    let mut change = caller.change(&app).await?;
    let kept = change.reading().await?.find::<Finding>(id).await?.ok_or(Failure::NotFound)?;
    let content = format!("remediation {id} {texts:?}");
    if let Known::Answered(address) = submissions::known(&mut change, &key, content.as_bytes()).await? {
        return Ok(page::see(&address));
    }
    if version != kept.version.to_string() {
        let mut view = page_of(&caller, &kept, texts, crate::auth::secret::public_id(), Draft::default())?;
        view.conflict = true;
        return page::show_as(StatusCode::CONFLICT, &view);
    }
    let drafted = match logged(&mut change, &caller, &kept, (&texts, &files)).await? {
        Ok(()) => return saved(change, &caller, &kept, (&key, &content)).await,
        Err(drafted) => drafted,
    };
    let view = page_of(&caller, &kept, texts, key, drafted)?;
    page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &view)
}

async fn saved(mut change: Change, caller: &Caller, kept: &Kept<Finding>, (key, content): (&str, &str)) -> Answer {
    let address = format!("{}?done=logged", links::record(&caller.serving()?.slug, "findings", kept.id));
    if !key.is_empty() {
        submissions::keep(&mut change, key, content.as_bytes(), &address).await?;
    }
    change.commit().await?;
    Ok(page::see(&address))
}

/// Logs what was typed, or says what is wrong with it.
async fn logged(
    change: &mut Change,
    caller: &Caller,
    kept: &Kept<Finding>,
    (texts, files): (&BTreeMap<String, String>, &[Sent]),
) -> Answer<Result<(), Draft>> {
    let mut drafted = Draft::default();
    let entry = entry(caller, kept.id, texts, &mut drafted);
    let deeds = deeds(caller, texts, &mut drafted)?;
    let Some(mut entry) = entry.filter(|_| drafted.is_good()) else { return Ok(Err(drafted)) };
    entry.evidence = taking::record(change, caller, kept.id, files, &remediating::first_line(&entry.done)).await?;
    match remediating::log(change, kept, entry, &deeds, &who(caller)).await? {
        Ok(_) => return Ok(Ok(())),
        Err(unlogged) => told(unlogged, &mut drafted)?,
    }
    Ok(Err(drafted))
}

/// Why an entry was not logged, as problems beside its fields.
fn told(unlogged: Unlogged, drafted: &mut Draft) -> Answer<()> {
    match unlogged {
        Unlogged::Refused(refusal) => drafted.refuse(refusal.field, "", refusal.problem),
        Unlogged::Missing(_) => return Err(Failure::NotFound),
        Unlogged::Invalid(asset, problems) => {
            for problem in problems {
                let said = format!("{}: {}", problem.field, problem.problem);
                drafted.refuse(&format!("value-{asset}"), &problem.value, said);
            }
        }
    }
    Ok(())
}

/// When it was done: a day and a time of day of the organization's zone, not in the future.
fn when(caller: &Caller, day: &str, clock: &str) -> Result<Moment, String> {
    let day = if day.is_empty() { Ok(caller.day()) } else { Date::parse(day) };
    let at = day.and_then(|day| caller.time_zone().on(day, clock))?;
    let is_future = at > caller.moment.plus_seconds(60);
    if is_future { Err("in the future; say when it was done".to_owned()) } else { Ok(at) }
}

/// The entry that was typed, with its problems.
pub fn entry(
    caller: &Caller,
    finding: FindingId,
    texts: &BTreeMap<String, String>,
    drafted: &mut Draft,
) -> Option<RemediationEntry> {
    let text = |name: &str| texts.get(name).map_or("", String::as_str);
    let at = when(caller, text("on"), text("clock"));
    let done = field::prose(text("done"))
        .and_then(|done| if done.is_empty() { Err("missing; say what was done".to_owned()) } else { Ok(done) });
    let place = field::line(text("place"), 200);
    let minutes = field::optional(text("minutes"), |text| field::number(text, 100_000));
    let finished = field::flag(text("finished"));
    let problems = [
        ("on", at.as_ref().err()),
        ("done", done.as_ref().err()),
        ("place", place.as_ref().err()),
        ("minutes", minutes.as_ref().err()),
        ("finished", finished.as_ref().err()),
    ];
    for (name, problem) in problems {
        if let Some(problem) = problem {
            drafted.refuse(name, text(name), problem.clone());
        }
    }
    Some(RemediationEntry {
        finding,
        done: done.ok()?,
        place: place.ok()?,
        at: at.ok()?,
        by: who(caller).0,
        name: caller.name.clone(),
        minutes: minutes.ok()?,
        finished: finished.ok()? == Some(true),
        evidence: Vec::new(),
        records: Vec::new(),
    })
}

/// What is to be done with which asset; what the caller may not do is refused before anything is written.
pub fn deeds(
    caller: &Caller,
    texts: &BTreeMap<String, String>,
    drafted: &mut Draft,
) -> Answer<BTreeMap<AssetId, Deeds>> {
    let mut deeds: BTreeMap<AssetId, Deeds> = BTreeMap::new();
    for (name, text) in texts.iter().filter(|(_, text)| !text.trim().is_empty()) {
        let Some((what, id)) = name.split_once('-') else { continue };
        let Some(id) = AssetId::parse(id) else { continue };
        match what {
            "verify" => deeds.entry(id).or_default().verify = true,
            "retire" => deeds.entry(id).or_default().retire = Some(caller.day()),
            "field" => {
                let value = texts.get(&format!("value-{id}")).cloned().unwrap_or_default();
                deeds.entry(id).or_default().set.insert(text.clone(), value);
            }
            "value" if texts.get(&format!("field-{id}")).is_none_or(String::is_empty) => {
                drafted.refuse(name, text, "choose the field it goes into");
            }
            _ => {}
        }
    }
    let verifies = deeds.values().any(|deed| deed.verify);
    let edits = deeds.values().any(|deed| deed.retire.is_some() || !deed.set.is_empty());
    if verifies && (caller.user().is_err() || !caller.may(Action::VerifyAsset)) {
        return Err(Failure::Forbidden("Only a person whose role allows it verifies a record.".to_owned()));
    }
    if edits && !caller.may(Action::EditInventory) {
        return Err(Failure::Forbidden("Your role here does not allow this: Edit the inventory.".to_owned()));
    }
    Ok(deeds)
}

/// Fields that can be set from the page: not what tells records apart, nothing long.
fn settable() -> Vec<(&'static str, &'static str)> {
    let fields = Asset::FIELDS.iter().filter(|field| field.editable && !Asset::KEY.contains(&field.name));
    fields.filter(|field| !matches!(field.kind, FieldKind::Prose)).map(|field| (field.name, field.label)).collect()
}

fn page_of(
    caller: &Caller,
    kept: &Kept<Finding>,
    texts: BTreeMap<String, String>,
    key: String,
    drafted: Draft,
) -> Answer<RemedyPage> {
    let text = |what: &str, id: uuid::Uuid| texts.get(&format!("{what}-{id}")).cloned().unwrap_or_default();
    let assets = kept.touched.iter().filter(|one| one.kind == "asset").take(OFFERED).map(|one| {
        let found = drafted.problems.iter().find(|problem| problem.field == format!("value-{}", one.id));
        AssetView {
            id: one.id.to_string(),
            reference: one.reference.clone(),
            verify: !text("verify", one.id).is_empty(),
            retire: !text("retire", one.id).is_empty(),
            field: text("field", one.id),
            value: text("value", one.id),
            problem: found.map(|problem| problem.problem.clone()),
        }
    });
    Ok(RemedyPage {
        shell: Shell::of(caller, Place::Findings, format!("Log {}", kept.reference)),
        assets: assets.collect(),
        finding: kept.content.clone(),
        problems: drafted.problems,
        settable: settable(),
        may_verify: caller.may_now(Action::VerifyAsset),
        may_edit: caller.may_now(Action::EditInventory),
        href: links::record(&caller.serving()?.slug, "findings", kept.id),
        version: kept.version,
        draft: draft_key(caller, kept.id),
        conflict: false,
        texts,
        key,
    })
}
