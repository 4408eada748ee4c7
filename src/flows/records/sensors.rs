//! How sensors are kept, described and listed.
//!
//! Invariant: when data last came is derived from batches, never typed.

use std::collections::BTreeMap;

use crate::conduits::Conduit;
use crate::flows::model::{Sensor, SensorKind};
use crate::ids::{ConduitId, SensorId, ZoneId};
use crate::register::{Draft, Field, Filter, FilterInput, Lookup, Register, Sort, Words, listed};
use crate::storage::list::{Fragment, ListSql};
use crate::storage::{AsOfSql, Audited, Cell, Kind, Result, Snapshot, Table};
use crate::vocabulary::{Date, Moment, Origin, fold};
use crate::web::Place;
use crate::zones::Zone;
use crate::{as_of, choices, fields, fragment};

impl Audited for Sensor {
    type Id = SensorId;
    const TABLE: Table = Table {
        kind: "sensor",
        identity: "sensors",
        versions: "sensor_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("kind", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, &self.name);
        cells.push(Cell::text(self.kind.map_or("", SensorKind::word)));
        cells.push(Cell::Flag(Some(self.is_retired())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        [self.reference.as_str(), &self.name].into_iter().flat_map(fold::words).collect()
    }
}

impl Register for Sensor {
    const WORDS: Words = Words {
        kind: "sensor",
        collection: "sensors",
        one: "sensor",
        title: "Sensors",
        purpose: "Taps, SPAN ports, flow exports and hosts that watch the networks, with what each watches and why there.",
    };
    const FIELDS: &'static [Field<Self>] = fields! { Sensor;
        "Sensor" {
            reference: reference, "Reference", "The name under which its logs are imported.";
            name: line(120), "Name", "The name people know it by.";
            kind: choice(SensorKind), "Kind", "How it comes by what it sees.";
            passive: flag, "Passive", "Only listens: it can send nothing into the network it watches.";
            zones: links(ZoneId, "zone"), "Zones watched", "References of the zones whose traffic it sees, separated by semicolons.";
            conduits: links(ConduitId, "conduit"), "Conduits watched", "References of the conduits whose traffic it sees, separated by semicolons.";
            rationale: prose, "Why there", "Why this place and this method; CIP-015-1 R1.1 asks for the reasoning.";
        }
        "Data" {
            silent_after: number(8760), "Silent after", "Hours without data after which it counts as silent.";
            retention: line(200), "Retention", "How long its data is kept, and where.";
            tamper_protection: prose, "Protection", "What keeps its data from being changed or deleted (CIP-015-1 R3).";
        }
        "Life" {
            retired_on: date, "Retired on", "The day it was taken out.";
            notes: prose, "Notes", "Anything else worth keeping.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: fragment!(
            columns ", (SELECT CAST(MAX(b.data_until) AS TEXT) FROM batch_spans b WHERE b.organization_id = $1 AND b.sensor_id = v.id \
             AND b.recorded_from <= $2) AS first, NULL AS second"
        ),
        joins: Fragment::plain(""),
        from: "sensor_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const DERIVED: &'static [(&'static str, &'static str)] = &[("last_data", "Last data")];
    const FILTERS: &'static [Filter] = &[
        Filter {
            name: "kind",
            label: "Kind",
            input: FilterInput::Choice(choices!(SensorKind)),
            condition: Fragment::plain("v.kind = ?"),
            values: |text| SensorKind::parse(text).map(|kind| vec![Cell::text(kind.word())]),
        },
        listed::RETIRED,
    ];
    const SORTS: &'static [Sort] = &[listed::BY_REFERENCE];
    const COLUMNS: &'static [&'static str] =
        &["reference", "name", "kind", "passive", "zones", "silent_after", "last_data"];
    const PLACE: Place = Place::Boundary;
    const UNLESS: Option<(&'static str, Fragment)> = Some(listed::IN_SERVICE);
    const REQUIRED: &'static [&'static str] = &["reference", "kind"];
    const LINKED: &'static [Table] = &[Zone::TABLE, Conduit::TABLE];

    fn label(&self, _lookup: &Lookup) -> String {
        self.reference.to_string()
    }

    fn title(&self) -> &str {
        &self.name
    }

    fn is_retired(&self) -> bool {
        self.retired_on.is_some()
    }

    fn retire(&mut self, on: Date) {
        self.retired_on = Some(on);
    }

    fn begin(&mut self, _origin: Origin) {
        self.silent_after = self.silent_after.or(Some(24));
    }

    fn check(&self, draft: &mut Draft) {
        if self.silent_after == Some(0) {
            draft.refuse("silent_after", "0", "at least one hour; leave it empty when silence does not matter");
        }
    }
}

/// Keeps what a sensor saw, given by its reference.
pub const OF_SENSOR: Filter = Filter {
    name: "sensor",
    label: "Sensor",
    input: FilterInput::Link("sensor"),
    condition: fragment!(
        "v.sensor_id IN (SELECT s.id FROM sensor_versions s WHERE s.organization_id = $1 AND " [s] " AND s.reference_folded = ?)"
    ),
    values: |text| Ok(vec![Cell::text(fold::folded(text))]),
};

/// References of sensors by their ids.
#[derive(Clone, Debug, Default)]
pub struct Sensors(BTreeMap<SensorId, String>);

impl Sensors {
    /// The reference of a sensor; empty for one that is not known at the instant.
    #[must_use]
    pub fn reference(&self, id: SensorId) -> String {
        self.0.get(&id).cloned().unwrap_or_default()
    }

    /// All references.
    pub fn references(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(String::as_str)
    }
}

/// References of all sensors at the instant.
pub async fn references(at: &mut Snapshot) -> Result<Sensors> {
    let kept = at.every::<Sensor>().await?;
    Ok(Sensors(kept.into_iter().map(|kept| (kept.id, kept.content.reference.to_string())).collect()))
}

pub(super) const LAST_DATA: AsOfSql = as_of!(
    "SELECT b.sensor_id, MAX(b.data_until) AS last FROM batch_spans b JOIN batch_versions v ON v.organization_id = $1 AND v.id = b.batch_id AND "
    [v] " WHERE b.organization_id = $1 GROUP BY b.sensor_id ORDER BY b.sensor_id"
);

/// When each sensor's data ends, of those that ever sent any.
pub async fn sensors_last_data(at: &mut Snapshot) -> Result<Vec<(SensorId, Moment)>> {
    at.query(&LAST_DATA).all().await
}
