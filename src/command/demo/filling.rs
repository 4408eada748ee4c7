//! Filling the demonstration: import the beginning, then replay the changes on a clock of its own.
//!
//! Invariant: every record comes in through the register's own import and actions, by the person the script names.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use super::super::Ending;
use super::calendar::Calendar;
use super::connecting::{self, Connecting};
use super::growing::Growing;
use super::script::{self, Script, Step};
use super::telling::{self, BEFORE_NOW, Done, Scene};
use super::watching::Watching;
use super::{auditing, performing, recurring, reviewing, staffing};
use crate::assets::{Asset, Interface, Service, verifying};
use crate::auth::Roles;
use crate::clock::{Clock, StillClock};
use crate::conduits::{Conduit, PermittedFlow};
use crate::controls::Control;
use crate::ids::{Id, OrganizationId, RequestId, UserId};
use crate::organizations::{OrganizationProfile, actions as founding};
use crate::people::inviting;
use crate::posture::Memory;
use crate::register::{Member, Register, actions, draft, import, records};
use crate::settings::Place;
use crate::sheets::Sheet;
use crate::sites::Site;
use crate::storage::change::Author;
use crate::storage::{Actor, ActorKind, Blobs, Change, Store};
use crate::systems::System;
use crate::vocabulary::{Date, Moment, Origin, TimeZone};
use crate::zones::Zone;

pub fn failed(problem: impl std::fmt::Display) -> Ending {
    Ending::Failed(format!("the demonstration's data: {problem}"))
}

/// Fills an empty installation.
pub async fn fill(place: &Place) -> Done {
    let now = Clock::system().now();
    let begins = now.plus_seconds(-script::BEGINS * 86_400);
    let (clock, hand) = Clock::still(begins);
    let store = Store::open(&place.location(), clock, crate::FOLLOWERS).await?;
    for script in &script::SCRIPTS {
        hand.set(begins);
        let mut replay = begin(&store, place, script, now).await?;
        let mut steps = script::steps(script.changes).map_err(failed)?;
        steps.extend(replay.access.iter().flat_map(Growing::steps));
        steps.extend(performing::steps(script.performances, now, replay.zone).map_err(failed)?);
        steps.extend(script::steps(script.story).map_err(failed)?);
        steps.sort_by_key(|step| -step.ago_days);
        eprintln!("{}: {} changes", replay.name, steps.len());
        replay.import(script, &steps).await?;
        // What the tables say, and days that are recorded: after the changes of the same day.
        steps.extend(replay.watching.steps());
        let judged = recurring::days(script.judged_every);
        steps.extend(replay.connecting.steps(&judged));
        steps.extend(judged);
        if script.organization.contains(script::MAIN) {
            steps.extend(auditing::steps());
            steps.extend(reviewing::steps(&replay.calendar()));
        }
        steps.sort_by_key(|step| -step.ago_days);
        for step in &steps {
            replay.step(step, &hand).await?;
        }
    }
    store.close().await;
    Ok(())
}

/// An organization being replayed.
pub struct Replay<'s> {
    pub store: &'s Store,
    pub blobs: Blobs,
    /// The folder in which a log waits to be read.
    pub folder: PathBuf,
    pub memory: Memory,
    pub watching: Watching,
    /// Tables of access.
    access: Vec<Growing>,
    pub connecting: Connecting,
    pub organization: OrganizationId,
    name: String,
    pub zone: TimeZone,
    people: HashMap<String, (UserId, String)>,
    /// Rows of assets, and of what belongs to them, that come in later.
    later: HashMap<&'static str, HashMap<String, BTreeMap<String, String>>>,
    belongings: Vec<(&'static str, Sheet)>,
    pub now: Moment,
    micros: i64,
}

async fn begin<'s>(store: &'s Store, place: &Place, script: &Script, now: Moment) -> Done<Replay<'s>> {
    let rows = |text: &str| -> Done<Vec<HashMap<String, String>>> {
        let sheet = script::table(text, now).map_err(failed)?;
        let named = |cells: Vec<String>| sheet.header.iter().cloned().zip(cells).collect();
        Ok(sheet.rows.into_iter().map(|row| named(row.cells)).collect())
    };
    let about = rows(script.organization)?.pop().ok_or_else(|| failed("no organization"))?;
    let text = |name: &str| about.get(name).cloned().unwrap_or_default();
    let profile = profile(&text)?;
    let author = store.author(Actor::job("demonstration"));
    let (organization, mut change) = founding::found(store, &profile, author, "The demonstration begins").await?;
    let mut people = HashMap::new();
    for person in rows(script.people)? {
        let roles = Roles::parse(&person["roles"]).map_err(failed)?;
        let user = inviting::add(&mut change, &person["login"], &person["name"], &roles, "Joined").await?;
        people.insert(person["login"].clone(), (user, person["name"].clone()));
    }
    change.commit().await?;
    let access = script.access.iter().map(|(kind, text)| Growing::of(kind, text));
    Ok(Replay {
        store,
        blobs: place.blobs().map_err(Ending::Usage)?,
        folder: place.data.clone(),
        memory: Memory::default(),
        watching: Watching::default(),
        access: access.collect::<Result<_, _>>().map_err(failed)?,
        connecting: Connecting::of(script.sessions, script.live).map_err(failed)?,
        organization,
        zone: profile.zone(),
        name: profile.name,
        people,
        later: HashMap::new(),
        belongings: Vec::new(),
        now,
        micros: 0,
    })
}

/// The profile of the organization a table tells of.
fn profile(text: &impl Fn(&str) -> String) -> Done<OrganizationProfile> {
    let mut profile = OrganizationProfile::begin(&text("slug"), &text("name"), &text("time_zone"))
        .map_err(|(field, problem)| failed(format!("{field}: {problem}")))?;
    (profile.ncr, profile.region) = (text("ncr"), text("region"));
    if let Ok(minutes) = text("gateway_fresh_minutes").parse() {
        profile.gateway_fresh_minutes = minutes;
    }
    profile.functions = text("functions").split(';').map(str::to_owned).collect();
    Ok(profile)
}

impl Replay<'_> {
    /// The user and the name behind a login of the script.
    pub fn person(&self, login: &str) -> Done<(UserId, &str)> {
        let found = self.people.get(login).ok_or_else(|| failed(format!("nobody is called {login}")))?;
        Ok((found.0, &found.1))
    }

    pub fn author(&self, login: &str) -> Done<Author> {
        let (user, _) = self.person(login)?;
        let actor =
            Actor { kind: ActorKind::User, id: user.to_string(), sid: None, amr: vec!["pwd".to_owned()], ip: None };
        let request = RequestId::new(self.store.clock().now(), &mut rand::rng());
        Ok(Author { actor, request })
    }

    pub fn calendar(&self) -> Calendar {
        Calendar { now: self.now, zone: self.zone }
    }

    async fn change(&self, login: &str) -> Done<Change> {
        Ok(self.store.change(self.organization, self.author(login)?).await?)
    }

    /// The first import: everything that was there on the first day.
    async fn import(&mut self, script: &Script, steps: &[Step]) -> Done {
        // Whoever changes assets first brought them in; what is decided about them is for others to decide.
        let editor = steps.iter().find(|step| step.kind == "asset").map_or(script::ADMINISTRATOR, |step| &step.who);
        let mut change = self.change(editor).await?;
        for (kind, text) in script.tables {
            let sheet = script::table(text, self.now).map_err(failed)?;
            if matches!(kind, "interface" | "service") {
                self.belongings.push((kind, sheet.clone()));
            }
            let (sheet, created) = script::undo(kind, sheet, steps);
            self.later.insert(kind, created);
            import_kind(&mut change, kind, &sheet).await?;
        }
        change.commit().await?;
        let tables = [script.watches, script.strangers, script.conversations];
        self.watching = Watching::of(tables, &self.belongings).map_err(failed)?;
        Ok(())
    }

    async fn step(&mut self, step: &Step, hand: &StillClock) -> Done {
        // A working hour of the day the script names, each step a little after the one before.
        self.micros = (self.micros + 137_000_000) % 28_800_000_000;
        let at = self.now.plus_seconds(-step.ago_days * 86_400 - BEFORE_NOW).plus_micros(self.micros);
        // What gateways push is of this minute, and the last judgment comes after it.
        hand.set(if step.ago_days == 0 && matches!(step.act.as_str(), "push" | "judge") { self.now } else { at });
        match step.act.as_str() {
            "observe" => return Box::pin(recurring::observe(self, step)).await,
            "judge" => return Box::pin(recurring::judge(self)).await,
            "connect" => return Box::pin(connecting::import(self, step)).await,
            _ => {}
        }
        if auditing::act(self, step).await? {
            return Ok(());
        }
        let mut change = self.change(&step.who).await?;
        match (step.act.as_str(), step.kind.as_str()) {
            ("verify", _) => self.verify(&mut change, step).await?,
            ("enter" | "grow", _) => self.grow(&mut change, step).await?,
            ("push", _) => connecting::push(self, step, &mut change).await?,
            ("perform", _) => performing::perform(&mut change, step).await?,
            ("void", _) => performing::void(&mut change, step, self.zone.day(self.store.clock().now())).await?,
            ("create", "asset") => self.create(&mut change, step).await?,
            ("update", "site") => set::<Site>(&mut change, step).await?,
            ("update", "system") => set::<System>(&mut change, step).await?,
            ("update", "zone") => set::<Zone>(&mut change, step).await?,
            ("update", "asset") => set::<Asset>(&mut change, step).await?,
            ("retire", _) => {
                let on = self.store.clock().now().utc().format("%Y-%m-%d").to_string();
                let kept = find::<Asset>(&mut change, &step.reference).await?;
                actions::retire(&mut change, &kept, Date::parse(&on).map_err(failed)?, &step.why).await?;
            }
            ("update", "control") => set::<Control>(&mut change, step).await?,
            _ => self.tell(&mut change, step).await?,
        }
        change.commit().await?;
        Ok(())
    }

    /// Brings in rows of a table of access, or what grew in them.
    async fn grow(&self, change: &mut Change, step: &Step) -> Done {
        let table = self.access.iter().find(|table| table.kind() == step.kind);
        let table = table.ok_or_else(|| failed(format!("no table of a {}", step.kind)))?;
        let sheet = table.sheet(step, &self.calendar()).map_err(failed)?;
        staffing::import(change, step, &sheet).await
    }

    async fn tell(&self, change: &mut Change, step: &Step) -> Done {
        let (user, name) = self.person(&step.who)?;
        let member = Member { user, login: step.who.clone() };
        let (people, now, zone) = (&self.people, self.now, self.zone);
        let mut scene = Scene { change, step, member, name: name.to_owned(), people, now, zone };
        let told = telling::tell(&mut scene, &self.blobs).await?;
        if told { Ok(()) } else { Err(failed(format!("no way to {} a {}", step.act, step.kind))) }
    }

    async fn verify(&self, change: &mut Change, step: &Step) -> Done {
        let name = self.people.get(&step.who).map_or("", |(_, name)| name.as_str());
        for reference in &step.references {
            let kept = find::<Asset>(change, reference).await?;
            verifying::verify(change, &kept, name, &step.why).await?;
        }
        Ok(())
    }

    async fn create(&self, change: &mut Change, step: &Step) -> Done {
        let texts = self.later.get("asset").and_then(|rows| rows.get(&step.reference));
        let texts = texts.ok_or_else(|| failed(format!("no row for {}", step.reference)))?;
        let mut asset = Asset::default();
        asset.begin(Origin::Manual);
        let filled: BTreeMap<String, String> = texts
            .iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(name, text)| (name.clone(), text.clone()))
            .collect();
        let lookup = records::lookup_for::<Asset>(change.reading().await?, [], [&filled]).await?;
        let drafted = draft::apply(&mut asset, &filled, &lookup);
        if let Some(problem) = drafted.problems.first() {
            return Err(failed(format!("{}: {} {}", step.reference, problem.field, problem.problem)));
        }
        actions::enter(change, &asset, &step.why).await?;
        for (kind, sheet) in &self.belongings {
            let mut own = sheet.clone();
            own.rows.retain(|row| row.cells.first() == Some(&step.reference));
            import_kind(change, kind, &own).await?;
        }
        Ok(())
    }
}

async fn import_kind(change: &mut Change, kind: &str, sheet: &Sheet) -> Done {
    match kind {
        "site" => import_all::<Site>(change, sheet).await,
        "system" => import_all::<System>(change, sheet).await,
        "zone" => import_all::<Zone>(change, sheet).await,
        "asset" => import_all::<Asset>(change, sheet).await,
        "interface" => import_all::<Interface>(change, sheet).await,
        "conduit" => import_all::<Conduit>(change, sheet).await,
        "permitted_flow" => import_all::<PermittedFlow>(change, sheet).await,
        _ => import_all::<Service>(change, sheet).await,
    }
}

async fn import_all<K: Register>(change: &mut Change, sheet: &Sheet) -> Done {
    import_as::<K>(change, sheet, "First inventory").await
}

/// Imports all rows of a sheet, for a reason.
pub async fn import_as<K: Register>(change: &mut Change, sheet: &Sheet, why: &str) -> Done {
    let plan = import::plan::<K>(change.reading().await?, sheet).await?;
    let report = import::carry_out(change, &plan, false, why).await?;
    match report.refused.first() {
        Some(refused) => Err(failed(format!(
            "{} line {} of {why}: {} ({}) {}",
            K::WORDS.collection,
            refused.line,
            refused.column,
            refused.value,
            refused.problem
        ))),
        None => Ok(()),
    }
}

async fn find<K: Register>(change: &mut Change, reference: &str) -> Done<crate::storage::Kept<K>> {
    let wanted = [crate::vocabulary::fold::folded(reference)];
    let mut found = records::by_references::<K>(change.reading().await?, &wanted).await?;
    found.pop().ok_or_else(|| failed(format!("{} {reference} is missing", K::WORDS.one)))
}

async fn set<K: Register>(change: &mut Change, step: &Step) -> Done {
    let kept = find::<K>(change, &step.reference).await?;
    let mut record = kept.content.clone();
    let lookup = records::lookup_for::<K>(change.reading().await?, [&kept.content], [&step.set]).await?;
    let drafted = draft::apply(&mut record, &step.set, &lookup);
    if let Some(problem) = drafted.problems.first() {
        return Err(failed(format!("{}: {} {}", step.reference, problem.field, problem.problem)));
    }
    actions::revise(change, &kept, &record, &step.why).await?;
    Ok(())
}
