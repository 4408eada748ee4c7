//! Subjects of verdicts: what people call the record at a place.
//!
//! Invariant: the kind is the one on the wire, so that a verdict leads to its record's page.

use super::facts::{Facts, Over};
use super::model::Subject;
use super::shelf::Held;
use crate::ids::Id;

fn tagged<T>(kind: &str, held: &Held<T>, reference: impl Fn(&T) -> String) -> Subject {
    Subject { kind: kind.to_owned(), id: held.id, reference: reference(&held.record) }
}

/// The subject at a place.
#[must_use]
pub fn subject(facts: &Facts, over: Over, place: usize) -> Subject {
    match over {
        Over::Site => tagged("site", facts.sites.at(place), |record| record.reference.to_string()),
        Over::System => tagged("system", facts.systems.at(place), |record| record.reference.to_string()),
        Over::Zone => tagged("zone", facts.zones.at(place), |record| record.reference.to_string()),
        Over::Asset => tagged("asset", facts.assets.at(place), |record| record.reference.to_string()),
        Over::Conduit => tagged("conduit", facts.conduits.at(place), |record| record.reference.to_string()),
        Over::Permitted => tagged("permitted_flow", facts.permitted.at(place), |record| record.reference.to_string()),
        Over::Person => tagged("person", facts.access.people.at(place), |record| record.reference.to_string()),
        Over::Vendor => tagged("vendor", facts.access.vendors.at(place), |record| record.reference.to_string()),
        Over::Appointment => {
            tagged("appointment", facts.access.appointments.at(place), |record| record.reference.to_string())
        }
        Over::Circumstance => {
            tagged("circumstance", facts.access.circumstances.at(place), |record| record.reference.to_string())
        }
        Over::Authorization => {
            tagged("authorization", facts.access.authorizations.at(place), |record| record.reference.to_string())
        }
        Over::Account => tagged("account", facts.access.accounts.at(place), |record| record.reference.to_string()),
        Over::Grant => tagged("grant", facts.access.grants.at(place), |record| record.reference.to_string()),
        Over::Departure => {
            tagged("departure", facts.access.departures.at(place), |record| record.reference.to_string())
        }
        Over::Sensor => tagged("sensor", facts.sensors.at(place), |watch| watch.sensor.reference.to_string()),
        Over::Host => tagged("host", facts.hosts.at(place), |host| host.address.clone()),
        Over::Crossing => tagged("crossing", facts.crossings.at(place), crate::flows::crossings::Crossing::words),
        Over::Organization => {
            Subject { kind: "organization".to_owned(), id: facts.organization, reference: facts.called.clone() }
        }
        Over::Session => tagged("session", facts.access.sessions.at(place), |seen| {
            format!("{} of {}", seen.session.key, seen.session.account)
        }),
        // It leads to the review that found it.
        Over::Discrepancy => {
            let found = &facts.access.discrepancies.at(place).record;
            let reference = format!("{} row {}", found.review_reference, found.n);
            Subject { kind: "review".to_owned(), id: found.review.uuid(), reference }
        }
    }
}
