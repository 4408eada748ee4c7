//! Subjects of verdicts: what people call the record at a place.
//!
//! Invariant: the kind is the one on the wire, so that a verdict leads to its record's page.

use super::facts::{Facts, Over};
use super::model::Subject;
use super::shelf::Held;
use crate::ids::Id;
use crate::reviews::model::Discrepancy;

fn tagged<T>(kind: &str, held: &Held<T>, reference: impl Fn(&T) -> String) -> Subject {
    Subject { kind: kind.to_owned(), id: held.id, reference: reference(&held.record) }
}

/// The subject at a place.
#[must_use]
pub fn subject(facts: &Facts, over: Over, place: usize) -> Subject {
    let access = &facts.access;
    match over {
        Over::Site => tagged("site", facts.sites.at(place), |one| one.reference.to_string()),
        Over::System => tagged("system", facts.systems.at(place), |one| one.reference.to_string()),
        Over::Zone => tagged("zone", facts.zones.at(place), |one| one.reference.to_string()),
        Over::Asset => tagged("asset", facts.assets.at(place), |one| one.reference.to_string()),
        Over::Conduit => tagged("conduit", facts.conduits.at(place), |one| one.reference.to_string()),
        Over::Permitted => tagged("permitted_flow", facts.permitted.at(place), |one| one.reference.to_string()),
        Over::Sensor => tagged("sensor", facts.sensors.at(place), |watch| watch.sensor.reference.to_string()),
        Over::Host => tagged("host", facts.hosts.at(place), |host| host.address.clone()),
        Over::Crossing => tagged("crossing", facts.crossings.at(place), crate::flows::crossings::Crossing::words),
        Over::Organization => {
            Subject { kind: "organization".to_owned(), id: facts.organization, reference: facts.called.clone() }
        }
        Over::Person => tagged("person", access.people.at(place), |one| one.reference.to_string()),
        Over::Vendor => tagged("vendor", access.vendors.at(place), |one| one.reference.to_string()),
        Over::Appointment => tagged("appointment", access.appointments.at(place), |one| one.reference.to_string()),
        Over::Circumstance => tagged("circumstance", access.circumstances.at(place), |one| one.reference.to_string()),
        Over::Authorization => {
            tagged("authorization", access.authorizations.at(place), |one| one.reference.to_string())
        }
        Over::Account => tagged("account", access.accounts.at(place), |one| one.reference.to_string()),
        Over::Grant => tagged("grant", access.grants.at(place), |one| one.reference.to_string()),
        Over::Departure => tagged("departure", access.departures.at(place), |one| one.reference.to_string()),
        Over::Session => tagged("session", access.sessions.at(place), |seen| {
            format!("{} of {}", seen.session.key, seen.session.account)
        }),
        Over::Discrepancy => discrepancy(&access.discrepancies.at(place).record),
    }
}

/// A row of a review leads to the review that found it.
fn discrepancy(found: &Discrepancy) -> Subject {
    let reference = format!("{} row {}", found.review_reference, found.n);
    Subject { kind: "review".to_owned(), id: found.review.uuid(), reference }
}
