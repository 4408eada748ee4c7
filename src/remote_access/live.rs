//! What a gateway pushes live, inside a change: understood, taken in, with what its sessions are judged by.
//!
//! Invariant: a push is taken whole or refused with each problem; one without events says that nothing happened, and is a batch
//! too. No more is read than what concerns its sessions.

use serde_json::{Map, Value};

use super::gateways::{self, Gateway};
use super::model::Session;
use super::reading::{self, Bad, Told, Ways};
use super::records::concerned::{Concerned, concerned};
use super::taking::{Coming, PUSHED, TakenIn, take_in};
use crate::flows::reading::BadLine;
use crate::register::Problem;
use crate::storage::{Change, Result};
use crate::vocabulary::Moment;

/// Most events of one push.
const MOST_EVENTS: usize = 2_000;

/// A push that was understood.
#[derive(Debug)]
pub struct Push {
    pub gateway: String,
    pub told: Vec<Told>,
}

/// What came of a push.
pub struct Pushed {
    pub gateway: Gateway,
    pub taken: TakenIn,
    /// What its sessions are judged by.
    pub known: Concerned,
}

fn problem(field: impl Into<String>, value: &str, problem: impl Into<String>) -> Problem {
    Problem { field: field.into(), value: value.to_owned(), problem: problem.into() }
}

/// Understands the body of a push, or says what is wrong with it.
pub fn understood(mut body: Map<String, Value>, now: Moment) -> std::result::Result<Push, Vec<Problem>> {
    let mut problems = Vec::new();
    let gateway = if let Some(Value::String(gateway)) = body.remove("gateway") {
        gateway
    } else {
        problems.push(problem("gateway", "", "missing; the reference of the asset that tells of the sessions"));
        String::new()
    };
    let events = match body.remove("events") {
        Some(Value::Array(events)) if events.len() <= MOST_EVENTS => events,
        _ => {
            let right = format!("an array of at most {MOST_EVENTS} events; an empty one says that nothing happened");
            problems.push(problem("events", "", right));
            Vec::new()
        }
    };
    problems.extend(body.keys().map(|name| problem(name.clone(), "", "not a field of a push")));
    let ways = Ways { now, zone: None, partial: false };
    let mut told = Vec::with_capacity(events.len());
    for (line, event) in (1u64..).zip(&events) {
        match one(event, line, &ways) {
            Ok(event) => told.push(event),
            Err(bad) => problems.push(problem(field(line, &bad.column), &bad.value, bad.problem)),
        }
    }
    if problems.is_empty() { Ok(Push { gateway, told }) } else { Err(problems) }
}

/// The name of a field of an event; lines count from one, the events of a push from zero.
fn field(line: u64, column: &str) -> String {
    let dot = if column.is_empty() { "" } else { "." };
    format!("events[{}]{dot}{column}", line.saturating_sub(1))
}

fn one(event: &Value, line: u64, ways: &Ways) -> std::result::Result<Told, Bad> {
    let bad = |column: &str, value: &str, said: &str| {
        let (column, value, problem) = (column.to_owned(), value.to_owned(), said.to_owned());
        Err(Bad { column, value, problem })
    };
    let Value::Object(object) = event else { return bad("", &event.to_string(), "not an object") };
    let (texts, unused) = reading::of_object(object)?;
    if let Some(name) = unused.first() {
        return bad(name, "", "not a field of an event");
    }
    Ok(Told { line, whole: false, event: reading::event_of(&texts, ways)? })
}

/// Takes in a push of these bytes and judges its sessions; the inner error says what does not fit.
pub async fn push(
    change: &mut Change,
    push: &Push,
    digest: String,
) -> Result<std::result::Result<Pushed, Vec<Problem>>> {
    let gateway = match gateways::named(change.reading().await?, &push.gateway).await? {
        Ok(gateway) => gateway,
        Err(said) => return Ok(Err(vec![problem("gateway", &push.gateway, said)])),
    };
    let coming = Coming {
        gateway: gateway.id,
        gateway_reference: &gateway.reference,
        source: PUSHED,
        digest,
        artifact: None,
        told: &push.told,
        partial: false,
    };
    let taken = match take_in(change, coming).await? {
        Ok(taken) => taken,
        Err(lines) => return Ok(Err(lines.into_iter().map(of_line).collect())),
    };
    let sessions: Vec<&Session> = taken.sessions.iter().map(|one| &one.session).collect();
    let known = concerned(change.reading().await?, &sessions).await?;
    Ok(Ok(Pushed { gateway, taken, known }))
}

fn of_line(line: BadLine) -> Problem {
    problem(field(line.line, &line.column), &line.value, line.problem)
}
