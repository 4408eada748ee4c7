//! Entering, editing and retiring a record by form.
//!
//! Invariant: what was typed is never lost; a change based on an old version shows both side by side and writes nothing.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::super::view::{self, FieldView, Group};
use super::super::{Draft, Leaving, Lookup, Register, actions, draft, records};
use crate::storage::submissions::{self, Known};
use crate::storage::{Change, Kept};
use crate::vocabulary::{Date, Origin};
use crate::web::extract::{Asking, Filled, Id};
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

/// A form of a record; slices whose records begin by an act of their own show it too.
#[derive(Template)]
#[template(path = "register/form.html")]
pub struct FormPage {
    pub shell: Shell,
    pub heading: String,
    pub groups: Vec<Group<FieldView>>,
    pub action: String,
    pub cancel: String,
    pub version: i64,
    pub key: String,
    pub reason: String,
    pub reason_problem: Option<String>,
    pub problems: usize,
    pub conflict: bool,
    pub is_new: bool,
}

impl FieldView {
    /// A line beside a kind's own fields.
    #[must_use]
    pub fn line(name: &'static str, label: &'static str, help: &'static str, value: String, drafted: &Draft) -> Self {
        let problem = drafted.of(name).map(str::to_owned);
        Self {
            name,
            label,
            help,
            input: "line",
            pick: "",
            value,
            choices: Vec::new(),
            problem,
            theirs: None,
            required: false,
        }
    }
}

#[derive(Template)]
#[template(path = "register/retire.html")]
struct RetirePage {
    shell: Shell,
    leaving: Leaving,
    label: String,
    href: String,
    version: i64,
    today: String,
}

/// What a form says, apart from the record's own fields.
struct Submitted {
    version: i64,
    key: String,
    reason: String,
    texts: BTreeMap<String, String>,
    /// Sent by a person, not filled in by the page.
    sent: bool,
}

impl Submitted {
    fn of(mut filled: Filled) -> Self {
        let (version, key, reason) = (filled.take("version"), filled.take("key"), filled.take("reason"));
        Self {
            version: version.parse().unwrap_or(0),
            key,
            reason: reason.trim().to_owned(),
            texts: filled.0,
            sent: true,
        }
    }

    fn reason(&self) -> Result<&str, String> {
        super::super::field::line(&self.reason, 500)?;
        Ok(&self.reason)
    }
}

pub async fn new<K: Register>(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let lookup = super::linked::<K>(&app, &mut at).await?;
    let given: BTreeMap<String, String> =
        asking.0.into_iter().filter(|(name, _)| K::FIELDS.iter().any(|field| field.name == name)).collect();
    let submitted = Submitted {
        version: 0,
        key: crate::auth::secret::public_id(),
        reason: String::new(),
        texts: given,
        sent: false,
    };
    page::show(&form_page::<K>(&caller, &submitted, &Draft::default(), &BTreeMap::new(), &lookup, None)?)
}

pub async fn create<K: Register>(State(app): State<App>, caller: Caller, filled: Filled) -> Answer {
    let submitted = Submitted::of(filled);
    let mut change = caller.change(&app).await?;
    let content = format!("{} {:?}", K::WORDS.kind, submitted.texts);
    match submissions::known(&mut change, &submitted.key, content.as_bytes()).await? {
        Known::Answered(address) => return Ok(page::see(&address)),
        Known::Otherwise | Known::No if submitted.key.is_empty() => {}
        Known::Otherwise => return Err(Failure::Conflict("This form was already sent with other values.".to_owned())),
        Known::No => {}
    }
    let mut blank = K::default();
    blank.begin(Origin::Manual);
    let (record, drafted, lookup) = read::<K>(&mut change, &caller, (None, blank), &submitted.texts).await?;
    if !drafted.is_good() || submitted.reason().is_err() {
        let page = form_page::<K>(&caller, &submitted, &drafted, &BTreeMap::new(), &lookup, None)?;
        return page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let id = actions::enter(&mut change, &record, &submitted.reason).await?;
    let address = format!("{}?done=created", links::record(&caller.serving()?.slug, K::WORDS.collection, id));
    submissions::keep(&mut change, &submitted.key, content.as_bytes(), &address).await?;
    commit::<K>(change, &caller, &submitted, &lookup, None, &address).await
}

/// Commits, or shows the form again when the reference is taken.
async fn commit<K: Register>(
    change: Change,
    caller: &Caller,
    submitted: &Submitted,
    lookup: &Lookup,
    read: Option<&Kept<K>>,
    address: &str,
) -> Answer {
    match change.commit().await {
        Ok(_) => Ok(page::see(address)),
        Err(crate::storage::Failure::Taken(_)) => {
            let mut drafted = Draft::default();
            let key = K::KEY[K::KEY.len() - 1];
            let typed = submitted.texts.get(key).map_or("", String::as_str);
            drafted.refuse(key, typed, "already taken by another record");
            let page = form_page::<K>(caller, submitted, &drafted, &BTreeMap::new(), lookup, read)?;
            page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(failure) => Err(failure.into()),
    }
}

async fn read<K: Register>(
    change: &mut Change,
    caller: &Caller,
    (id, mut record): (Option<K::Id>, K),
    texts: &BTreeMap<String, String>,
) -> Answer<(K, Draft, Lookup)> {
    let at = change.reading().await?;
    let lookup = records::lookup_for::<K>(at, [&record.clone()], [texts]).await?.within(caller.time_zone());
    let drafted = actions::drafted(at, id, &mut record, texts, &lookup).await?;
    Ok((record, drafted, lookup))
}

pub async fn edit<K: Register>(State(app): State<App>, caller: Caller, Id(id): Id<K::Id>) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let kept = at.find::<K>(id).await?.ok_or(Failure::NotFound)?;
    let lookup = super::Lookup::clone(&*super::lookup_for::<K>(&app, &mut at, &[&kept.content]).await?)
        .within(caller.time_zone());
    let submitted = Submitted {
        version: kept.version,
        key: String::new(),
        reason: String::new(),
        texts: typed(&kept.content, &lookup),
        sent: false,
    };
    page::show(&form_page::<K>(&caller, &submitted, &Draft::default(), &BTreeMap::new(), &lookup, Some(&kept))?)
}

pub async fn update<K: Register>(State(app): State<App>, caller: Caller, Id(id): Id<K::Id>, filled: Filled) -> Answer {
    let mut submitted = Submitted::of(filled);
    let mut change = caller.change(&app).await?;
    let kept = change.reading().await?.find::<K>(id).await?.ok_or(Failure::NotFound)?;
    clear_unsent::<K>(&mut submitted.texts);
    let (record, drafted, lookup) =
        read::<K>(&mut change, &caller, (Some(id), kept.content.clone()), &submitted.texts).await?;
    if kept.version != submitted.version {
        return conflict::<K>(&caller, submitted, &kept, &lookup);
    }
    let address = links::record(&caller.serving()?.slug, K::WORDS.collection, id);
    if drafted.is_good() && record == kept.content {
        return Ok(page::see(&format!("{address}?done=unchanged")));
    }
    if !drafted.is_good() || submitted.reason().is_err() || submitted.reason.is_empty() {
        let page = form_page::<K>(&caller, &submitted, &drafted, &BTreeMap::new(), &lookup, Some(&kept))?;
        return page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    actions::revise(&mut change, &kept, &record, &submitted.reason).await?;
    commit::<K>(change, &caller, &submitted, &lookup, Some(&kept), &format!("{address}?done=updated")).await
}

/// Every field as a form holds it: moments in the zone of the organization.
fn typed<K: Register>(record: &K, lookup: &Lookup) -> BTreeMap<String, String> {
    let mut texts = draft::texts(record, lookup);
    for field in K::FIELDS.iter().filter(|field| field.kind == super::super::FieldKind::Moment) {
        texts.entry(field.name.to_owned()).and_modify(|text| {
            *text = super::super::field::moment_text(text, lookup.time_zone());
        });
    }
    texts
}

/// A form sends nothing for boxes that are not ticked: a set that is not there is empty.
fn clear_unsent<K: Register>(texts: &mut BTreeMap<String, String>) {
    for field in K::FIELDS.iter().filter(|field| field.editable) {
        if matches!(field.kind, super::super::FieldKind::Choices(_)) {
            texts.entry(field.name.to_owned()).or_default();
        }
    }
}

/// Both versions side by side: what was typed, and what somebody else wrote since.
fn conflict<K: Register>(caller: &Caller, mut submitted: Submitted, kept: &Kept<K>, lookup: &Lookup) -> Answer {
    let standing = typed(&kept.content, lookup);
    let theirs = K::FIELDS
        .iter()
        .filter(|field| submitted.texts.get(field.name).is_some_and(|typed| Some(typed) != standing.get(field.name)))
        .map(|field| (field.name, field.told(&kept.content, lookup)))
        .collect();
    submitted.version = kept.version;
    let mut page = form_page::<K>(caller, &submitted, &Draft::default(), &theirs, lookup, Some(kept))?;
    page.conflict = true;
    page.reason_problem = None;
    page::show_as(StatusCode::CONFLICT, &page)
}

fn form_page<K: Register>(
    caller: &Caller,
    submitted: &Submitted,
    drafted: &Draft,
    theirs: &BTreeMap<&'static str, String>,
    lookup: &Lookup,
    kept: Option<&Kept<K>>,
) -> Answer<FormPage> {
    let slug = &caller.serving()?.slug;
    let list = links::place(slug, K::WORDS.collection);
    let (heading, action, cancel) = match kept {
        None => (format!("New {}", K::WORDS.one), list.clone(), list),
        Some(kept) => {
            let href = links::record(slug, K::WORDS.collection, kept.id);
            (format!("Edit {}", kept.content.label(lookup)), href.clone(), href)
        }
    };
    let reason_problem = match submitted.reason() {
        Err(problem) => Some(problem),
        Ok("") if kept.is_some() && submitted.sent => Some("missing; say why, for the history".to_owned()),
        Ok(_) => None,
    };
    Ok(FormPage {
        shell: Shell::of(caller, super::place::<K>(), heading.clone()),
        heading,
        groups: view::form::<K>(&submitted.texts, drafted, theirs, lookup),
        action,
        cancel,
        version: submitted.version,
        key: submitted.key.clone(),
        reason: submitted.reason.clone(),
        problems: drafted.problems.len() + usize::from(reason_problem.is_some()),
        reason_problem,
        conflict: false,
        is_new: kept.is_none(),
    })
}

pub async fn retirement<K: Register>(State(app): State<App>, caller: Caller, Id(id): Id<K::Id>) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let kept = at.find::<K>(id).await?.ok_or(Failure::NotFound)?;
    let lookup = super::Lookup::clone(&*super::lookup_for::<K>(&app, &mut at, &[&kept.content]).await?)
        .within(caller.time_zone());
    let label = kept.content.label(&lookup);
    page::show(&RetirePage {
        shell: Shell::of(&caller, super::place::<K>(), format!("{} {label}", K::LEAVING.act)),
        leaving: K::LEAVING,
        label,
        href: links::record(&caller.serving()?.slug, K::WORDS.collection, id),
        version: kept.version,
        today: caller.moment.utc().format("%Y-%m-%d").to_string(),
    })
}

pub async fn retire<K: Register>(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<K::Id>,
    mut filled: Filled,
) -> Answer {
    let on = filled.take("on");
    let on = Date::parse(&on).map_err(|problem| Failure::field("on", &on, problem))?;
    let reason = filled.take("reason");
    let reason =
        super::super::field::line(&reason, 500).map_err(|problem| Failure::field("reason", &reason, problem))?;
    if reason.is_empty() {
        return Err(Failure::field("reason", "", "missing; say why, for the history"));
    }
    let mut change = caller.change(&app).await?;
    let kept = change.reading().await?.find::<K>(id).await?.ok_or(Failure::NotFound)?;
    if filled.take("version") != kept.version.to_string() {
        return Err(Failure::Stale);
    }
    super::may_leave(&mut change, &kept, on, &reason).await?;
    actions::retire(&mut change, &kept, on, &reason).await?;
    change.commit().await?;
    Ok(page::see(&format!("{}?done=retired", links::record(&caller.serving()?.slug, K::WORDS.collection, id))))
}
