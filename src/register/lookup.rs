//! References and the records they name, at one instant.
//!
//! Invariant: only records of the snapshot's organization are in it, so a reference that is not here does not exist.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use crate::ids::Id;
use crate::vocabulary::fold::folded;
use crate::vocabulary::{Date, Moment, MonthMode, TimeZone};

/// Most references a page offers to pick from; of more, people type the one they mean.
const PICKABLE: usize = 300;

/// Names of records by kind, and the zone, day and moment they are told in. Cheap to clone: thousands of names are shared until
/// one is added.
#[derive(Clone, Debug, Default)]
pub struct Lookup {
    ids: Arc<HashMap<&'static str, HashMap<String, Uuid>>>,
    references: Arc<HashMap<Uuid, String>>,
    time_zone: Option<TimeZone>,
    day: Option<Date>,
    months: Option<MonthMode>,
    moment: Option<Moment>,
}

impl Lookup {
    pub fn add(&mut self, kind: &'static str, id: Uuid, reference: String) {
        Arc::make_mut(&mut self.ids).entry(kind).or_default().insert(folded(&reference), id);
        Arc::make_mut(&mut self.references).insert(id, reference);
    }

    /// Takes over everything another lookup knows.
    pub fn extend(&mut self, other: &Lookup) {
        let own = Arc::make_mut(&mut self.ids);
        for (kind, ids) in &*other.ids {
            own.entry(kind).or_default().extend(ids.iter().map(|(key, id)| (key.clone(), *id)));
        }
        Arc::make_mut(&mut self.references)
            .extend(other.references.iter().map(|(id, reference)| (*id, reference.clone())));
    }

    /// The record a reference names; the error is a sentence for the person who typed it.
    pub fn id<I: Id>(&self, kind: &'static str, reference: &str) -> Result<I, String> {
        self.raw_id(kind, reference).map(I::from_uuid).ok_or_else(|| format!("no {kind} has the reference {reference}"))
    }

    /// As [`Lookup::id`], of whatever type.
    #[must_use]
    pub fn raw_id(&self, kind: &str, reference: &str) -> Option<Uuid> {
        self.ids.get(kind)?.get(&folded(reference)).copied()
    }

    /// The reference of a record; empty for a record that is not known here.
    #[must_use]
    pub fn reference<I: Id>(&self, id: I) -> String {
        self.references.get(&id.uuid()).cloned().unwrap_or_default()
    }

    /// The same, telling moments in a zone.
    #[must_use]
    pub fn within(self, time_zone: TimeZone) -> Self {
        Self { time_zone: Some(time_zone), ..self }
    }

    #[must_use]
    pub fn time_zone(&self) -> TimeZone {
        self.time_zone.unwrap_or_default()
    }

    /// The zone in which a time of day without an offset is read; none where nobody said, so that none is guessed.
    #[must_use]
    pub fn said_zone(&self) -> Option<TimeZone> {
        self.time_zone
    }

    /// The same, telling what a moment decides for this moment.
    #[must_use]
    pub fn at(self, moment: Moment) -> Self {
        Self { moment: Some(moment), ..self }
    }

    /// The moment it is told for; none where none was said, so that nothing has run out.
    #[must_use]
    pub fn moment(&self) -> Option<Moment> {
        self.moment
    }

    /// The same, telling what a day decides for this day.
    #[must_use]
    pub fn on(self, day: Date) -> Self {
        Self { day: Some(day), ..self }
    }

    /// The day it is told for; before every other one where none was said, so that nothing has run out.
    #[must_use]
    pub fn day(&self) -> Date {
        self.day.unwrap_or(Date::EPOCH)
    }

    /// The same, counting calendar months as the organization does.
    #[must_use]
    pub fn counting(self, months: MonthMode) -> Self {
        Self { months: Some(months), ..self }
    }

    /// How calendar months are counted; to their end where nothing was said, the common reading.
    #[must_use]
    pub fn months(&self) -> MonthMode {
        self.months.unwrap_or(MonthMode::EndOfMonth)
    }

    #[must_use]
    pub fn knows(&self, id: Uuid) -> bool {
        self.references.contains_key(&id)
    }

    /// References of a kind, sorted, for pickers; none when there are too many to pick from, so that a page stays small.
    #[must_use]
    pub fn references_of(&self, kind: &'static str) -> Vec<&str> {
        let Some(of_kind) = self.ids.get(kind).filter(|ids| ids.len() <= PICKABLE) else { return Vec::new() };
        let mut found: Vec<&str> =
            of_kind.values().filter_map(|id| self.references.get(id).map(String::as_str)).collect();
        found.sort_by_cached_key(|reference| crate::vocabulary::fold::natural(reference));
        found
    }
}
