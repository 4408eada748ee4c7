//! The kinds of subjects a rule is asked about, and where each of them stands in the facts.
//!
//! Invariant: a place that was given stays that of its record.

use uuid::Uuid;

use super::Facts;

/// Kinds of subjects a rule is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Over {
    Site,
    System,
    Zone,
    Asset,
    Sensor,
    Host,
    Conduit,
    Permitted,
    Crossing,
    Organization,
    Person,
    Vendor,
    Appointment,
    Circumstance,
    Authorization,
    Account,
    Grant,
    Session,
    Departure,
    Discrepancy,
}

impl Over {
    pub const ALL: [Over; 20] = [
        Over::Site,
        Over::System,
        Over::Zone,
        Over::Asset,
        Over::Sensor,
        Over::Host,
        Over::Conduit,
        Over::Permitted,
        Over::Crossing,
        Over::Organization,
        Over::Person,
        Over::Vendor,
        Over::Appointment,
        Over::Circumstance,
        Over::Authorization,
        Over::Account,
        Over::Grant,
        Over::Session,
        Over::Departure,
        Over::Discrepancy,
    ];

    /// True for what belongs to people and their access.
    #[must_use]
    pub fn is_access(self) -> bool {
        self >= Over::Person
    }
}

impl Facts {
    /// How many subjects of a kind there are.
    #[must_use]
    pub fn count(&self, over: Over) -> usize {
        match over {
            Over::Site => self.sites.len(),
            Over::System => self.systems.len(),
            Over::Zone => self.zones.len(),
            Over::Asset => self.assets.len(),
            Over::Sensor => self.sensors.len(),
            Over::Host => self.hosts.len(),
            Over::Conduit => self.conduits.len(),
            Over::Permitted => self.permitted.len(),
            Over::Crossing => self.crossings.len(),
            Over::Organization => 1,
            Over::Person => self.access.people.len(),
            Over::Vendor => self.access.vendors.len(),
            Over::Appointment => self.access.appointments.len(),
            Over::Circumstance => self.access.circumstances.len(),
            Over::Authorization => self.access.authorizations.len(),
            Over::Account => self.access.accounts.len(),
            Over::Grant => self.access.grants.len(),
            Over::Session => self.access.sessions.len(),
            Over::Departure => self.access.departures.len(),
            Over::Discrepancy => self.access.discrepancies.len(),
        }
    }

    /// The place of a record; none where the facts do not hold it.
    #[must_use]
    pub fn place(&self, over: Over, id: Uuid) -> Option<usize> {
        match over {
            Over::Site => self.sites.place(id),
            Over::System => self.systems.place(id),
            Over::Zone => self.zones.place(id),
            Over::Asset => self.assets.place(id),
            Over::Sensor => self.sensors.place(id),
            Over::Host => self.hosts.place(id),
            Over::Conduit => self.conduits.place(id),
            Over::Permitted => self.permitted.place(id),
            Over::Crossing => self.crossings.place(id),
            Over::Person => self.access.people.place(id),
            Over::Vendor => self.access.vendors.place(id),
            Over::Appointment => self.access.appointments.place(id),
            Over::Circumstance => self.access.circumstances.place(id),
            Over::Authorization => self.access.authorizations.place(id),
            Over::Account => self.access.accounts.place(id),
            Over::Grant => self.access.grants.place(id),
            Over::Session => self.access.sessions.place(id),
            Over::Departure => self.access.departures.place(id),
            Over::Discrepancy => self.access.discrepancies.place(id),
            Over::Organization => (id == self.organization).then_some(0),
        }
    }
}
