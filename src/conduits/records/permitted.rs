//! How permitted flows are kept, described and listed.
//!
//! Invariant: the conduit and the last day are columns, so what a conduit permits and what expires is found without reading
//! records. What was decided is shown and never typed, and an edit of anything but the notes takes an approval away.

use super::around;
use super::conduits::told;
use crate::assets::Asset;
use crate::conduits::model::{Carried, Conduit, MayInitiate, PermittedFlow, Protection, Status, Way};
use crate::conduits::rules::entering::{self, Around};
use crate::ids::{AssetId, ConduitId, PermittedFlowId};
use crate::register::{Act, Draft, Field, Filter, FilterInput, Lookup, Register, RowsAct, Sort, Words, listed};
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::storage::{Audited, Cell, Kind, Result, Snapshot, Table};
use crate::vocabulary::{Date, Endpoint, Ports, fold};
use crate::web::Place;
use crate::{as_of, choices, fields, fragment};

impl Audited for PermittedFlow {
    type Id = PermittedFlowId;
    const TABLE: Table = Table {
        kind: "permitted_flow",
        identity: "permitted_flows",
        versions: "permitted_flow_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("conduit_id", Kind::Id),
            ("transport", Kind::Text),
            ("status", Kind::Text),
            ("expires_on", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, &self.protocol);
        cells.push(Cell::id(self.conduit));
        cells.push(Cell::text(self.transport.map_or("", Carried::word)));
        // No day is before the first, so a list asks for what expired by the column beside it.
        cells.push(Cell::text(self.status(Date::EPOCH).word()));
        cells.push(Cell::text(self.expires_on.map_or_else(String::new, |day| day.to_string())));
        cells.push(Cell::Flag(Some(self.retired_on.is_some())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        let ends = self.sources.iter().chain(&self.destinations).map(ToString::to_string).collect::<Vec<_>>();
        let texts = [self.reference.as_str(), &self.protocol].into_iter().flat_map(fold::words);
        texts.chain(ends.iter().flat_map(|end| fold::words(end))).collect()
    }
}

impl Register for PermittedFlow {
    const WORDS: Words = Words {
        kind: "permitted_flow",
        collection: "permitted_flows",
        one: "permitted flow",
        title: "Permitted flows",
        purpose: "What conduits permit, one by one: protocol, ports, ends, reason and last day (CIP-005-7 R1.3). Each permits only while it and its conduit are approved.",
    };
    const PLACE: Place = Place::Boundary;
    const SIGNED: bool = true;
    const FIELDS: &'static [Field<Self>] = fields! { PermittedFlow;
        "Permitted flow" {
            reference: reference, "Reference", "The tag your organization uses for it.";
            conduit: link(ConduitId, "conduit"), "Conduit", "The conduit it goes through.";
            direction: choice(Way), "Direction", "From its sources to its destinations; may stay empty where the conduit carries one way only.";
            protocol: line(40), "Protocol", "Application protocol, such as dns, modbus, ssh.";
            transport: choice(Carried), "Transport", "What it runs over; Ethernet for GOOSE and sampled values.";
            ports: list(Ports), "Ports", "Ports of the destination, such as 502;5000-5010. Ethernet: EtherTypes as decimal numbers, 35000 for GOOSE. ICMP: none.";
            initiator: choice(MayInitiate), "Initiator", "Which side may begin; the source when it is not said.";
            status: computed(Status, |flow: &PermittedFlow, day| flow.status(day)), "Status", "Where it stands on the day by what was decided; its conduit must be active too.";
            access_reason: prose, "Reason", "Why it is needed (CIP-005-7 R1.3); nothing is approved without one.";
        }
        "Ends" {
            source_assets: links(AssetId, "asset"), "Source assets", "References of assets, separated by semicolons.";
            sources: list(Endpoint), "Sources", "Addresses, subnets or MAC addresses, separated by semicolons; zone for every address of the zone.";
            destination_assets: links(AssetId, "asset"), "Destination assets", "References of assets, separated by semicolons.";
            destinations: list(Endpoint), "Destinations", "Addresses, subnets or MAC addresses, separated by semicolons; zone for every address of the zone.";
        }
        "Protection" {
            read_only: flag, "Read only", "Nothing may be written, operated or downloaded through it.";
            encrypted: flag, "Encrypted", "Its content is encrypted on the way.";
            authenticated: flag, "Authenticated", "Both ends prove who they are.";
            integrity_protected: flag, "Integrity protected", "A change on the way is noticed.";
            protection: choice(Protection), "Protected by", "What protects it on the way.";
            data_class: line(80), "Data class", "What the data is, such as real-time monitoring (CIP-012-2).";
        }
        "Decision" {
            requested: shown_in(|flow: &PermittedFlow, zone| told(flow.requested.as_ref(), zone)), "Requested", "Who asked for it as it stands, and when.";
            approved: shown_in(|flow: &PermittedFlow, zone| told(flow.approved.as_ref(), zone)), "Approved", "Who approved it as it stands: another person than the one who asked.";
            refused: shown_in(|flow: &PermittedFlow, zone| told(flow.refused.as_ref(), zone)), "Refused", "Who refused it, and why.";
        }
        "Life" {
            expires_on: date, "Expires on", "The last day on which it permits; it ends by itself.";
            retired_on: date, "Retired on", "The day it was taken out.";
            notes: prose, "Notes", "Anything else worth keeping; editing only this leaves an approval as it is.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: Fragment::plain(concat!(crate::version_columns!(), ", NULL AS first, NULL AS second")),
        joins: Fragment::plain(""),
        from: "permitted_flow_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const FILTERS: &'static [Filter] = FILTERS;
    const SORTS: &'static [Sort] = &[
        listed::BY_REFERENCE,
        Sort { name: "status", label: "Status", key: SortKey("v.status"), of: |cells| cells[6].clone() },
        Sort { name: "expires_on", label: "Expires on", key: SortKey("v.expires_on"), of: |cells| cells[7].clone() },
    ];
    const COLUMNS: &'static [&'static str] = &[
        "reference",
        "conduit",
        "direction",
        "protocol",
        "transport",
        "ports",
        "status",
        "source_assets",
        "sources",
        "destination_assets",
        "destinations",
        "expires_on",
    ];
    const ROWS_ACTS: &'static [RowsAct] = &[("Approve", "approval", crate::auth::Action::ApproveBoundary)];
    const UNLESS: Option<(&'static str, Fragment)> = Some(listed::IN_SERVICE);
    const REQUIRED: &'static [&'static str] = &["reference", "conduit", "protocol", "transport"];
    const LINKED: &'static [Table] = &[Conduit::TABLE];
    const LINKED_MANY: &'static [Table] = &[Asset::TABLE];

    fn label(&self, _lookup: &Lookup) -> String {
        self.reference.to_string()
    }

    fn title(&self) -> &str {
        &self.protocol
    }

    fn linked(&self) -> Vec<uuid::Uuid> {
        self.assets().into_iter().map(crate::ids::Id::uuid).collect()
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
        let told = |flow: &Self| Self { notes: String::new(), ..flow.undecided() };
        if before.is_none_or(|before| told(before) != told(self)) {
            (self.requested, self.approved, self.refused) = (Some(by), None, None);
        }
    }

    fn check(&self, draft: &mut Draft) {
        entering::check_flow(self, draft);
    }

    async fn weigh(at: &mut Snapshot, flows: &[(Option<PermittedFlowId>, &Self)]) -> Result<Vec<Draft>> {
        let conduits = around::conduits(at, flows.iter().filter_map(|(_, flow)| flow.conduit)).await?;
        let named: Vec<AssetId> = flows.iter().flat_map(|(_, flow)| flow.assets()).collect();
        let assets = around::assets(at, named.into_iter()).await?;
        let ends = conduits.values().flat_map(|conduit| conduit.from_zone.into_iter().chain(conduit.to_zone));
        let zones = around::zones(at, ends.chain(assets.values().filter_map(|asset| asset.zone))).await?;
        let weighed = flows.iter().map(|(_, flow)| {
            let mut draft = Draft::default();
            if let Some(conduit) = flow.conduit.and_then(|id| conduits.get(&id)) {
                entering::weigh_flow(flow, Around { conduit, zones: &zones, assets: &assets }, &mut draft);
            }
            draft
        });
        Ok(weighed.collect())
    }
}

const FILTERS: &[Filter] = &[
    Filter {
        name: "conduit",
        label: "Conduit",
        input: FilterInput::Link("conduit"),
        condition: fragment!(
            "v.conduit_id IN (SELECT c.id FROM conduit_versions c WHERE c.organization_id = $1 AND " [c] " AND c.reference_folded = ?)"
        ),
        values: |text| Ok(vec![Cell::text(fold::folded(text))]),
    },
    Filter {
        name: "transport",
        label: "Transport",
        input: FilterInput::Choice(choices!(Carried)),
        condition: Fragment::plain("v.transport = ?"),
        values: |text| Carried::parse(text).map(|transport| vec![Cell::text(transport.word())]),
    },
    super::standing(&[("proposed", "Proposed"), ("active", "Approved"), ("refused", "Refused")]),
    Filter {
        name: "expires_before",
        label: "Expires before",
        input: FilterInput::Date,
        condition: Fragment::plain("(v.expires_on <> '' AND v.expires_on < ?)"),
        values: |text| Date::parse(text).map(|date| vec![Cell::text(date.to_string())]),
    },
    listed::RETIRED,
];
