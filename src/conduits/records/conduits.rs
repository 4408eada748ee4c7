//! How conduits are kept, described and listed.
//!
//! Invariant: both ends are columns, so what a zone is joined to is found without reading records. What was decided is shown
//! and never typed, and an edit of anything but the notes takes an approval away.

use super::around;
use crate::assets::Asset;
use crate::conduits::model::{Conduit, DefaultAction, Direction, Inspection, Status};
use crate::conduits::rules::entering;
use crate::ids::{AssetId, ConduitId, Id as _, ZoneId};
use crate::register::{Act, Draft, Field, Filter, FilterInput, Lookup, Register, RowsAct, Sort, Words, listed};
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::storage::{Audited, Cell, Kind, Result, Snapshot, Table};
use crate::vocabulary::{Date, TimeZone, fold};
use crate::web::Place;
use crate::zones::Zone;
use crate::{as_of, fields, fragment};

impl Audited for Conduit {
    type Id = ConduitId;
    const TABLE: Table = Table {
        kind: "conduit",
        identity: "conduits",
        versions: "conduit_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("from_zone_id", Kind::Id),
            ("to_zone_id", Kind::Id),
            ("status", Kind::Text),
            ("review_due", Kind::Text),
            ("retired", Kind::Flag),
            ("eap_id", Kind::Id),
            ("broker_id", Kind::Id),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, &self.name);
        cells.push(Cell::id(self.from_zone));
        cells.push(Cell::id(self.to_zone));
        cells.push(Cell::text(self.status().word()));
        cells.push(Cell::text(self.review_due.map_or_else(String::new, |day| day.to_string())));
        cells.push(Cell::Flag(Some(self.retired_on.is_some())));
        cells.push(Cell::id(self.eap));
        cells.push(Cell::id(self.broker));
        cells
    }

    fn terms(&self) -> Vec<String> {
        [self.reference.as_str(), &self.name, &self.owner].into_iter().flat_map(fold::words).collect()
    }
}

pub(super) fn told(act: Option<&Act>, zone: TimeZone) -> String {
    act.map_or_else(String::new, |act| act.told(zone))
}

impl Register for Conduit {
    const WORDS: Words = Words {
        kind: "conduit",
        collection: "conduits",
        one: "conduit",
        title: "Conduits",
        purpose: "Which zones may speak with each other, what enforces it, why, and who said so. One person asks, another approves; a conduit permits only while approved.",
    };
    const PLACE: Place = Place::Boundary;
    const SIGNED: bool = true;
    const FIELDS: &'static [Field<Self>] = fields! { Conduit;
        "Conduit" {
            reference: reference, "Reference", "The tag your organization uses for the conduit.";
            name: line(120), "Name", "The name people know it by.";
            from_zone: link(ZoneId, "zone"), "From zone (A)", "The first zone it joins.";
            to_zone: link(ZoneId, "zone"), "To zone (B)", "The second zone it joins.";
            direction: choice(Direction), "Direction", "Which way it carries; which side begins is said by each permitted flow.";
            status: computed(Status, |conduit: &Conduit, _| conduit.status()), "Status", "Where it stands by what was decided; it permits only while active.";
            owner: line(120), "Owner", "Who answers for it.";
            justification: prose, "Justification", "Why the zones must speak with each other.";
        }
        "Enforcement" {
            eap: link(AssetId, "asset"), "EAP", "The asset that enforces it; where it crosses an ESP, the Electronic Access Point (CIP-005-7 R1.2).";
            broker: link(AssetId, "asset"), "Broker", "What ends sessions between its sides, such as a proxy in the DMZ.";
            default_action: choice(DefaultAction), "Default action", "What happens to traffic no permitted flow names (CIP-005-7 R1.3: deny).";
            inspection: choice(Inspection), "Inspection", "What looks for malicious communications (CIP-005-7 R1.5).";
            unidirectional: flag, "Unidirectional", "Hardware lets data pass one way only.";
            carrier: line(120), "Carrier", "What carries it, such as own fiber, a leased line, radio.";
            sl_t: levels, "SL-T", "Target security levels: seven levels in the order FR 1 to FR 7, such as 2 2 0 1 3 1 3.";
            time_sensitive: flag, "Time-sensitive", "Time-sensitive protection or control between intelligent electronic devices (CIP-003-9 Attachment 1 section 3.1).";
        }
        "Decision" {
            requested: shown_in(|conduit: &Conduit, zone| told(conduit.requested.as_ref(), zone)), "Requested", "Who asked for it as it stands, and when.";
            approved: shown_in(|conduit: &Conduit, zone| told(conduit.approved.as_ref(), zone)), "Approved", "Who approved it as it stands: another person than the one who asked.";
            refused: shown_in(|conduit: &Conduit, zone| told(conduit.refused.as_ref(), zone)), "Refused", "Who refused it, and why.";
            suspended: shown_in(|conduit: &Conduit, zone| told(conduit.suspended.as_ref(), zone)), "Suspended", "Who suspended it, and why; it permits nothing meanwhile.";
            last_reviewed_on: shown(|conduit: &Conduit| day(conduit.last_reviewed_on)), "Last reviewed on", "The day somebody last looked the whole conduit over; an approval is such a look.";
            review_due: shown(|conduit: &Conduit| day(conduit.review_due)), "Review due", "15 calendar months after the last review: a Glance default, CIP-005 sets no interval.";
        }
        "Life" {
            retired_on: date, "Retired on", "The day it ceased to exist.";
            notes: prose, "Notes", "Anything else worth keeping; editing only this leaves an approval as it is.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: fragment!(
            columns ", (SELECT CAST(COUNT(*) AS TEXT) FROM permitted_flow_versions f WHERE f.organization_id = $1 AND f.conduit_id = v.id \
             AND NOT f.retired AND " [f] ") AS first, NULL AS second"
        ),
        joins: Fragment::plain(""),
        from: "conduit_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const DERIVED: &'static [(&'static str, &'static str)] = &[("permitted", "Permitted flows")];
    const FILTERS: &'static [Filter] = FILTERS;
    const SORTS: &'static [Sort] = &[
        listed::BY_REFERENCE,
        Sort { name: "status", label: "Status", key: SortKey("v.status"), of: |cells| cells[6].clone() },
        Sort { name: "review_due", label: "Review due", key: SortKey("v.review_due"), of: |cells| cells[7].clone() },
    ];
    const COLUMNS: &'static [&'static str] = &[
        "reference",
        "name",
        "from_zone",
        "to_zone",
        "direction",
        "status",
        "eap",
        "permitted",
        "owner",
        "review_due",
    ];
    const ROWS_ACTS: &'static [RowsAct] = &[("Approve", "approval", crate::auth::Action::ApproveBoundary)];
    const UNLESS: Option<(&'static str, Fragment)> = Some(listed::IN_SERVICE);
    const REQUIRED: &'static [&'static str] = &["reference", "name", "from_zone", "to_zone", "direction"];
    const LINKED: &'static [Table] = &[Zone::TABLE];
    const LINKED_MANY: &'static [Table] = &[Asset::TABLE];

    fn label(&self, _lookup: &Lookup) -> String {
        self.reference.to_string()
    }

    fn title(&self) -> &str {
        &self.name
    }

    fn linked(&self) -> Vec<uuid::Uuid> {
        self.eap.iter().chain(&self.broker).map(|id| id.uuid()).collect()
    }

    fn is_retired(&self) -> bool {
        self.retired_on.is_some()
    }

    fn retire(&mut self, on: Date) {
        self.retired_on = Some(on);
    }

    fn mark(field: &str, word: &str) -> &'static str {
        super::mark(field, word)
    }

    fn signed(&mut self, before: Option<&Self>, by: Act) {
        let told = |conduit: &Self| Self { notes: String::new(), ..conduit.undecided() };
        if before.is_none_or(|before| told(before) != told(self)) {
            (self.requested, self.approved, self.refused) = (Some(by), None, None);
        }
    }

    fn check(&self, draft: &mut Draft) {
        entering::check_conduit(self, draft);
    }

    async fn weigh(at: &mut Snapshot, conduits: &[(Option<ConduitId>, &Self)]) -> Result<Vec<Draft>> {
        let ends = conduits.iter().flat_map(|(_, conduit)| conduit.from_zone.into_iter().chain(conduit.to_zone));
        let zones = around::zones(at, ends).await?;
        let flows = around::flows_of(at, conduits.iter().filter_map(|(id, _)| *id)).await?;
        let weighed = conduits.iter().map(|(id, conduit)| {
            let mut draft = Draft::default();
            let own = flows.iter().filter(|flow| id.is_some() && flow.conduit == *id).map(|flow| &flow.content);
            entering::weigh_conduit(conduit, &zones, &own.collect::<Vec<_>>(), &mut draft);
            draft
        });
        Ok(weighed.collect())
    }
}

fn day(day: Option<Date>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

const FILTERS: &[Filter] = &[
    Filter {
        name: "zone",
        label: "Zone on either side",
        input: FilterInput::Link("zone"),
        condition: fragment!(
            "EXISTS (SELECT 1 FROM zone_versions z WHERE z.organization_id = $1 AND z.id IN (v.from_zone_id, v.to_zone_id) AND "
            [z] " AND z.reference_folded = ?)"
        ),
        values: |text| Ok(vec![Cell::text(fold::folded(text))]),
    },
    super::standing(&[
        ("proposed", "Proposed"),
        ("active", "Active"),
        ("suspended", "Suspended"),
        ("refused", "Refused"),
    ]),
    Filter {
        name: "eap",
        label: "EAP",
        input: FilterInput::Link("asset"),
        condition: fragment!(
            "v.eap_id IN (SELECT a.id FROM asset_versions a WHERE a.organization_id = $1 AND " [a] " AND a.reference_folded = ?)"
        ),
        values: |text| Ok(vec![Cell::text(fold::folded(text))]),
    },
    Filter {
        name: "asset",
        label: "Enforced or brokered by",
        input: FilterInput::Link("asset"),
        condition: fragment!(
            "EXISTS (SELECT 1 FROM asset_versions a WHERE a.organization_id = $1 AND a.id IN (v.eap_id, v.broker_id) AND "
            [a] " AND a.reference_folded = ?)"
        ),
        values: |text| Ok(vec![Cell::text(fold::folded(text))]),
    },
    Filter {
        name: "review_due_before",
        label: "Review due before",
        input: FilterInput::Date,
        condition: Fragment::plain("(v.review_due <> '' AND v.review_due < ?)"),
        values: |text| Date::parse(text).map(|date| vec![Cell::text(date.to_string())]),
    },
    listed::RETIRED,
];
