//! One crossing: what it is, why it is judged so, and the flows in it.
//!
//! Invariant: flows are those of the instant shown, the last seen first; what led to the verdict is named as a record.

use askama::Template;
use axum::extract::State;
use uuid::Uuid;

use super::crossings::{CrossingRow, mark, row};
use crate::auth::Action;
use crate::checks::facts::{Facts, Over};
use crate::checks::judging::{RULES, verdict};
use crate::checks::{Outcome, Verdict};
use crate::flows::crossings::Crossing;
use crate::flows::operations::operations_told;
use crate::flows::traffic::Traffic;
use crate::posture::{Judged, Memory};
use crate::vocabulary::TimeZone;
use crate::vocabulary::end::told;
use crate::web::extract::Id;
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

/// Flows shown of a crossing.
const MOST_FLOWS: usize = 100;

struct FlowRow {
    source: String,
    destination: String,
    service: String,
    call: &'static str,
    mark: &'static str,
    connections: u32,
    operations: String,
    first: String,
    last: String,
}

struct Link {
    label: String,
    href: String,
}

#[derive(Template)]
#[template(path = "boundary/crossing.html")]
struct CrossingPage {
    shell: Shell,
    base: String,
    as_of: String,
    one: CrossingRow,
    verdict: Option<(String, String, String)>,
    requirements: Vec<Link>,
    permit: Option<Link>,
    zones: Vec<Link>,
    assets: Vec<Link>,
    flows: Vec<FlowRow>,
    rest: usize,
    findings: String,
    exception: Option<String>,
    permitting: Option<String>,
}

pub async fn show(State(app): State<App>, caller: Caller, Id(id): Id<CrossingId>) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let judged = app.shared::<Memory>().judged(&mut at, caller.instant_shown()).await?;
    let place = judged.facts.crossings.place(crate::ids::Id::uuid(id)).ok_or(Failure::NotFound)?;
    if judged.facts.crossings.at(place).record.flows == 0 {
        return Err(Failure::NotFound);
    }
    page::show(&page_of(&caller, &judged, place)?)
}

fn page_of(caller: &Caller, judged: &Judged, place: usize) -> Answer<CrossingPage> {
    let one = &judged.facts.crossings.at(place).record;
    let (slug, zone) = (&caller.serving()?.slug, caller.time_zone());
    let mut shell = Shell::of(caller, Place::Boundary, one.words());
    shell.now_href = links::record(slug, "crossings", one.id);
    let as_of = shell.query();
    let failing = failing(judged, place);
    let (flows, rest) = flows(judged, one, zone);
    let may = |action| caller.may_now(action) && one.call.is_unexpected();
    let asked = failing.as_ref().filter(|_| may(Action::RequestException));
    let subject = format!("crossing:{}", one.words());
    let leads = Leads { facts: &judged.facts, slug, as_of: &as_of };
    Ok(CrossingPage {
        one: row(one, zone, (slug, &as_of)),
        requirements: failing.iter().flat_map(|verdict| leads.requirements(verdict)).collect(),
        permit: one.permit.and_then(|id| leads.permit(id)),
        zones: [one.from, one.to].into_iter().flatten().filter_map(|id| leads.zone(id)).collect(),
        assets: one.assets.iter().filter_map(|id| leads.asset(*id)).collect(),
        findings: format!("{}{}", links::place(slug, "findings"), links::query([("record", subject.as_str())])),
        exception: asked.map(|verdict| asking(slug, verdict)),
        permitting: may(Action::EditInventory).then(|| links::place(slug, "permitted_flows/new")),
        verdict: failing.map(|one| (one.check.code.to_owned(), one.check.sentence.to_owned(), one.because)),
        base: links::place(slug, ""),
        flows,
        rest,
        as_of,
        shell,
    })
}

/// Where the records of a crossing are.
struct Leads<'l> {
    facts: &'l Facts,
    slug: &'l str,
    as_of: &'l str,
}

impl Leads<'_> {
    fn to(&self, collection: &str, id: impl std::fmt::Display, label: String) -> Link {
        Link { href: format!("{}{}", links::record(self.slug, collection, id), self.as_of), label }
    }

    fn requirements(&self, verdict: &Verdict) -> Vec<Link> {
        let ids = verdict.check.requirements.iter();
        ids.map(|id| self.to("requirements", links::encoded(id), (*id).to_owned())).collect()
    }

    fn permit(&self, id: Uuid) -> Option<Link> {
        Some(self.to("permitted_flows", id, self.facts.permitted.get(id)?.reference.to_string()))
    }

    fn zone(&self, id: Uuid) -> Option<Link> {
        Some(self.to("zones", id, self.facts.zones.get(id)?.reference.to_string()))
    }

    fn asset(&self, id: Uuid) -> Option<Link> {
        Some(self.to("assets", id, self.facts.assets.get(id)?.reference.to_string()))
    }
}

/// The check that fails on it.
fn failing(judged: &Judged, place: usize) -> Option<Verdict> {
    let over = RULES.iter().enumerate().filter(|(_, rule)| rule.over == Over::Crossing);
    let mut failing = over.filter(|(number, _)| judged.outcomes.column(*number).get(place) == Some(&Outcome::Fail));
    failing.next().map(|(_, rule)| verdict(rule, &judged.facts, place))
}

/// The form that asks for an exception, filled in.
fn asking(slug: &str, verdict: &Verdict) -> String {
    let subject = format!("{}:{}", verdict.subject.kind, verdict.subject.reference);
    let query = links::query([("checks", verdict.check.code), ("subjects", &subject), ("kind", "policy")]);
    format!("{}/new{query}", links::place(slug, "exceptions"))
}

/// The flows in a crossing, the last seen first, and how many are not shown.
fn flows(judged: &Judged, one: &Crossing, zone: TimeZone) -> (Vec<FlowRow>, usize) {
    let (traffic, policy) = (&judged.facts.boundary.traffic, &judged.facts.boundary.policy);
    let mut places = traffic.of_crossing(policy, one.id);
    places.sort_by_key(|place| (std::cmp::Reverse(traffic.seen[*place as usize].last), *place));
    let rest = places.len().saturating_sub(MOST_FLOWS);
    (places.into_iter().take(MOST_FLOWS).map(|place| flow(traffic, place, zone)).collect(), rest)
}

fn flow(traffic: &Traffic, place: u32, zone: TimeZone) -> FlowRow {
    let (seen, judged) = (&traffic.seen[place as usize], &traffic.calls[place as usize]);
    FlowRow {
        source: told(seen.source),
        destination: told(seen.destination),
        service: format!("{}/{} {}", traffic.word(seen.protocol), seen.port, traffic.word(seen.service)),
        call: judged.call.label(),
        mark: mark(judged.call),
        connections: seen.connections,
        operations: operations_told(i64::from(seen.operations)),
        first: zone.told(seen.first),
        last: zone.told(seen.last),
    }
}

/// The id of a crossing in an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrossingId(Uuid);

impl crate::ids::Id for CrossingId {
    fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }
    fn uuid(self) -> Uuid {
        self.0
    }
}

impl std::fmt::Display for CrossingId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.hyphenated())
    }
}
