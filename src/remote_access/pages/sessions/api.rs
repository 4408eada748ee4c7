//! Sessions over the API: the list, one of them, the active vendor sessions, batches.
//!
//! Invariant: programs are told what pages show, in the words of the wire.

use axum::extract::State;
use serde_json::{Value, json};

use super::found::found;
use super::{active, batches, show};
use crate::ids::SessionId;
use crate::remote_access::active::{Active, Off, OpenSession};
use crate::remote_access::lines::{Line, Target};
use crate::remote_access::model::{EndedBy, Mfa};
use crate::vocabulary::Moment;
use crate::web::extract::{Asking, Id};
use crate::web::{Answer, App, Caller, page};

/// A judged session.
pub fn told(line: &Line) -> Value {
    let (session, judged) = (&line.session, &line.judged);
    let text = |text: &str| if text.is_empty() { Value::Null } else { json!(text) };
    let person = line.person.as_ref().map(|(id, name)| json!({"id": id, "name": name}));
    let grant = line.grant.as_ref().map(|(id, reference)| json!({"id": id, "reference": reference}));
    let faults: Vec<Value> =
        judged.faults.iter().map(|fault| json!({"code": fault.word(), "says": fault.label()})).collect();
    json!({"id": line.id, "session": session.key, "gateway": line.via, "kind": session.kind.word(), "account": session.account,
        "person": person, "vendor": text(&line.vendor), "is_vendor": line.is_vendor(), "source": text(&session.source),
        "targets": line.targets.iter().map(target).collect::<Vec<_>>(), "protocol": text(&session.protocol),
        "mfa": session.mfa.map(Mfa::word), "started_at": session.started_at.rfc3339(),
        "last_activity_at": session.last_activity_at.rfc3339(), "ended_at": session.ended_at.map(Moment::rfc3339),
        "ended_by": session.ended_by.map(EndedBy::word), "recording": text(&session.recording), "grant": grant,
        "verdict": line.standing(), "faults": faults, "not_told": judged.unknown})
}

fn target(target: &Target) -> Value {
    let asset = target.asset.as_ref().map(|(id, reference)| json!({"id": id, "reference": reference}));
    json!({"told": target.word, "asset": asset})
}

pub async fn list(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let found = found(&mut at, &caller, &asking).await?;
    let items: Vec<Value> = found.lines.iter().map(told).collect();
    let (total, exact) = (found.total.map(|total| total.rows), found.total.is_some_and(|total| total.exact));
    Ok(page::json(&json!({"items": items, "next": found.next, "total": total, "total_exact": exact,
        "looked_through": found.looked})))
}

pub async fn show(State(app): State<App>, caller: Caller, Id(id): Id<SessionId>) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let shown = show::shown(&mut at, id, caller.instant_shown()).await?;
    let mut value = told(&shown.line);
    let points = shown
        .points
        .iter()
        .map(|point| json!({"point": point.what, "cites": point.cites, "verdict": point.standing, "says": point.says}));
    let events = shown
        .events
        .iter()
        .map(|heard| json!({"event": heard.event, "batch": heard.batch, "recorded_from": heard.recorded.rfc3339()}));
    value["points"] = points.collect();
    value["events"] = events.collect();
    value["events_exact"] = json!(!shown.more);
    Ok(page::json(&value))
}

pub async fn active(State(app): State<App>, caller: Caller) -> Answer {
    let now = caller.instant_shown();
    let Active { gateways, sessions, ways, more } = active::known(&app, &caller, now).await?.active(now);
    let gateways = gateways.iter().map(|one| {
        json!({"id": one.gateway, "reference": one.reference, "told_until": one.until.map(Moment::rfc3339),
            "fresh": one.fresh, "says": one.says})
    });
    let ways = ways.iter().map(|way| {
        json!({"grant": {"id": way.id, "reference": way.reference}, "kind": way.kind, "person": way.person,
            "vendor": way.vendor, "via": way.via, "until": way.until.map(Moment::rfc3339), "disable": off(&way.off)})
    });
    Ok(page::json(&json!({"at": now.rfc3339(), "gateways": gateways.collect::<Vec<_>>(),
        "sessions": sessions.iter().map(open).collect::<Vec<_>>(), "standing": ways.collect::<Vec<_>>(),
        "sessions_exact": !more.0, "standing_exact": !more.1})))
}

fn open(one: &OpenSession) -> Value {
    let mut value = told(&one.line);
    for (target, reached) in value["targets"].as_array_mut().into_iter().flatten().zip(&one.reached) {
        (target["categories"], target["impact"]) = (json!(reached.categories), json!(reached.impact));
    }
    value["disable"] = json!(one.off.as_ref().map(off));
    value
}

fn off(off: &Off) -> Value {
    json!({"method": off.method, "reconnect_control": off.reconnect, "tested_on": off.tested_on})
}

pub async fn batches(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let found = batches::asked(&app, &caller, &asking).await?;
    let items = found.rows.iter().map(|kept| {
        let (id, recorded) = (kept.id, kept.recorded_from.rfc3339());
        let batch = &kept.content;
        json!({"id": id, "recorded_from": recorded, "gateway": batch.gateway_reference, "gateway_id": batch.gateway,
            "source": batch.source, "digest": batch.digest, "events": batch.events, "sessions": batch.sessions,
            "from": batch.from.map(Moment::rfc3339), "until": batch.until.map(Moment::rfc3339), "root": batch.root,
            "artifact": batch.artifact})
    });
    let (total, exact) = (found.listing.total.rows, found.listing.total.exact);
    Ok(page::json(&json!({"items": items.collect::<Vec<_>>(), "next": found.listing.next, "total": total,
        "total_exact": exact})))
}
