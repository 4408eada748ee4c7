//! Vendor sessions: each session of a vendor within the days judged, and what it came under.
//!
//! Invariant: a session is no record of its own: its row names the grant it came under, else the organization's record. What a
//! gateway did not say is told as that.

use super::access::{asset, targets};
use super::{Row, Rows, Tab};
use crate::checks::facts::Seen;
use crate::evidence::dossier::Dossier;
use crate::evidence::words::NOT_RECORDED;
use crate::ids::Id;
use crate::remote_access::model::{EndedBy, Grant, GrantKind, Mfa};
use crate::vocabulary::Moment;

pub const VENDOR_SESSIONS: Tab = Tab {
    name: "Vendor sessions",
    counted: "",
    header: &[
        "Session",
        "Vendor",
        "Person",
        "Kind (IRA/system)",
        "Target",
        "Category",
        "Via",
        "MFA",
        "Encryption end",
        "Start",
        "End",
        "Grant",
        "Ended by",
        "Faults",
    ],
    rows,
    always: false,
};

fn rows(dossier: &Dossier) -> Rows<'_> {
    if !dossier.answers_for_access() {
        return Box::new(std::iter::empty());
    }
    let first = dossier.zone.first_of(dossier.days.from);
    let every = dossier.judged.facts.access.sessions.iter();
    let within = |seen: &Seen| {
        let ended = seen.session.ended_at.is_none_or(|end| end >= first);
        seen.judged.is_vendor(&seen.session) && ended && seen.session.started_at <= dossier.instant
    };
    let mut seen: Vec<_> = every.filter(|held| within(&held.record)).collect();
    seen.sort_by_key(|held| (held.record.session.started_at, held.id));
    Box::new(seen.into_iter().map(move |held| {
        let grant = held.record.judged.grant.map(Id::uuid).unwrap_or_default();
        Row::about(dossier, grant, session(dossier, &held.record))
    }))
}

fn session(dossier: &Dossier, seen: &Seen) -> Vec<String> {
    let (session, judged) = (&seen.session, &seen.judged);
    let access = &dossier.judged.facts.access;
    let grant: Option<&Grant> = judged.grant.and_then(|id| access.grants.get(id.uuid())).map(|grant| &**grant);
    let vendor = judged.vendor.and_then(|id| access.vendors.get(id.uuid()));
    let person = judged.person.and_then(|id| access.people.get(id.uuid()));
    let told = |at: Moment| dossier.zone.told(at);
    let or = |text: Option<String>| text.unwrap_or_else(|| NOT_RECORDED.to_owned());
    let named = judged.targets.iter().map(|id| asset(dossier, Some(*id))).chain(judged.unknown_targets.iter().cloned());
    let named: Vec<String> = named.collect();
    let categories: std::collections::BTreeSet<&str> = judged
        .targets
        .iter()
        .filter_map(|id| dossier.asset(*id))
        .flat_map(|asset| asset.categories.iter().map(|category| category.label()))
        .collect();
    let faults = judged.faults.iter().map(|fault| fault.label());
    vec![
        session.key.clone(),
        or(vendor
            .map(|vendor| vendor.name.clone())
            .or_else(|| Some(session.vendor.clone()).filter(|name| !name.is_empty()))),
        person.map_or_else(|| session.account.clone(), |person| person.reference.to_string()),
        if session.kind == GrantKind::Interactive { "IRA" } else { "system" }.to_owned(),
        if named.is_empty() { or(grant.map(|grant| targets(dossier, grant))) } else { named.join("; ") },
        categories.into_iter().collect::<Vec<_>>().join("; "),
        asset(dossier, Some(session.gateway)),
        session.mfa.map_or(NOT_RECORDED, Mfa::label).to_owned(),
        grant.map_or_else(String::new, |grant| asset(dossier, grant.encryption_end)),
        told(session.started_at),
        session.ended_at.map_or_else(String::new, told),
        grant.map_or_else(|| "none".to_owned(), |grant| grant.reference.to_string()),
        session.ended_by.map_or("", EndedBy::label).to_owned(),
        faults.collect::<Vec<_>>().join("; "),
    ]
}
