//! Flows as a list: who spoke with whom, over what, how often, and how far it came.
//!
//! Invariant: totals at the instant of the address; public addresses are shown as peers like any other.

use askama::Template;
use axum::extract::State;
use uuid::Uuid;

use super::table::{Table, rows_of, table};
use crate::auth::Action;
use crate::choices;
use crate::conduits::judging::Call;
use crate::flows::called::Called;
use crate::flows::folding::{initiator, states_text};
use crate::flows::listing::{Listed, SortOf, typed_range};
use crate::flows::model::Reached;
use crate::flows::operations::{Operation, operations_told};
use crate::flows::records::flows::{FlowTotal, LIST};
use crate::flows::records::sensors::{self, OF_SENSOR, Sensors};
use crate::register::pages::BOUNDARY;
use crate::register::{Filter, FilterInput};
use crate::storage::Cell;
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::vocabulary::fold;
use crate::web::extract::Asking;
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Shell, links, page};

/// Flows with an end in one of a zone's networks.
pub const IN_ZONE: Fragment =
    Fragment::plain(concat!("(", crate::ranges!("v.source_key"), " OR ", crate::ranges!("v.destination_key"), ")"));

const fn addressed(name: &'static str, label: &'static str, condition: &'static str) -> Filter {
    Filter {
        name,
        label,
        input: FilterInput::Link("subnet"),
        condition: Fragment::plain(condition),
        values: |text| typed_range(text).map(Vec::from),
    }
}

impl Listed for FlowTotal {
    const LIST: &'static ListSql = &LIST;
    const FILTERS: &'static [Filter] = &[
        OF_SENSOR,
        addressed("source", "Source", "(v.source_key >= ? AND v.source_key <= ?)"),
        addressed("destination", "Destination", "(v.destination_key >= ? AND v.destination_key <= ?)"),
        Filter {
            name: "reached",
            label: "Reached",
            input: FilterInput::Choice(choices!(Reached)),
            condition: Fragment::plain("v.reached = ?"),
            values: |text| Reached::parse(text).map(|reached| vec![Cell::text(reached.word())]),
        },
        Filter {
            name: "protocol",
            label: "Protocol",
            input: FilterInput::Choice(&[("tcp", "TCP"), ("udp", "UDP"), ("icmp", "ICMP"), ("ethernet", "Ethernet")]),
            condition: Fragment::plain("v.protocol = ?"),
            values: |text| Ok(vec![Cell::text(fold::folded(text))]),
        },
        Filter {
            name: "port",
            label: "Port",
            input: FilterInput::Link("port"),
            condition: Fragment::plain("v.port = ?"),
            values: |text| crate::register::field::number(text, 65_535).map(|port| vec![Cell::number(port)]),
        },
        Filter {
            name: "service",
            label: "Service",
            input: FilterInput::Link("service"),
            condition: Fragment::plain("v.service = ?"),
            values: |text| Ok(vec![Cell::text(fold::folded(text))]),
        },
        Filter {
            name: "operation",
            label: "Operation",
            input: FilterInput::Choice(choices!(Operation)),
            condition: Fragment::plain("(v.operations & ?) <> 0"),
            values: |text| Operation::parse(text).map(|one| vec![Cell::number(i64::from(one.bit()))]),
        },
    ];
    const SORTS: &'static [SortOf<Self>] = &[
        SortOf {
            name: "last_seen",
            label: "Last seen",
            key: SortKey("v.last_seen"),
            of: |row| Cell::moment(row.last_seen),
        },
        SortOf {
            name: "connections",
            label: "Connections",
            key: SortKey("v.connections"),
            of: |row| Cell::number(row.connections),
        },
        SortOf {
            name: "source",
            label: "Source",
            key: SortKey("v.source_key"),
            of: |row| Cell::text(row.source_key.clone()),
        },
        SortOf {
            name: "destination",
            label: "Destination",
            key: SortKey("v.destination_key"),
            of: |row| Cell::text(row.destination_key.clone()),
        },
    ];

    fn id(&self) -> Uuid {
        self.id
    }

    fn search(text: &str) -> Result<(&'static Fragment, Vec<Cell>), String> {
        const ENDS: Fragment = Fragment::plain(
            "((v.source_key >= ? AND v.source_key <= ?) OR (v.destination_key >= ? AND v.destination_key <= ?))",
        );
        const SERVICE: Fragment = Fragment::plain("(v.service >= ? AND v.service < ?)");
        let folded = fold::folded(text);
        match typed_range(text) {
            Ok([from, until]) => Ok((&ENDS, vec![from.clone(), until.clone(), from, until])),
            Err(_) if folded.contains(['/', '.', ':']) => {
                Err("an address, a subnet, or the beginning of a service's name".to_owned())
            }
            Err(_) => Ok((&SERVICE, vec![Cell::text(folded.clone()), Cell::text(fold::above(&folded))])),
        }
    }
}

/// A flow as the page shows it.
struct FlowView {
    flow: FlowTotal,
    sensor: String,
    reached: &'static str,
    call: Option<Call>,
    initiator: &'static str,
    states: String,
    operations: String,
}

impl FlowView {
    fn of(flow: FlowTotal, called: &dyn Called, sensors: &Sensors) -> Self {
        Self {
            sensor: sensors.reference(flow.sensor_id),
            call: called.call(flow.id),
            reached: Reached::parse(&flow.reached).map_or("", Reached::label),
            initiator: initiator(flow.states).label(),
            operations: operations_told(flow.operations),
            states: states_text(flow.states).replace(';', ", "),
            flow,
        }
    }

    /// The shape and color its verdict is shown with.
    fn mark(&self) -> &'static str {
        match self.call {
            Some(call) if call.is_unexpected() => "failing",
            Some(Call::NotEvaluable) | None => "indeterminate",
            Some(_) => "no_failing_record",
        }
    }
}

#[derive(Template)]
#[template(path = "flows/flows.html")]
struct FlowsPage {
    shell: Shell,
    base: String,
    table: Table,
    flows: Vec<FlowView>,
    as_of: String,
    may_import: bool,
    may_export: bool,
}

pub async fn flows(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let listing = rows_of::<FlowTotal>(&mut at, &asking, (&IN_ZONE, 2)).await?;
    let sensors = sensors::references(&mut at).await?;
    let called = crate::CALLING(&app, &caller, &mut at).await?;
    let base = links::place(&caller.serving()?.slug, "");
    let table = table(format!("{base}flows"), &asking, &listing, &sensors);
    let mut shell = Shell::of(&caller, Place::Boundary, "Flows").saying(asking.text("done"));
    shell.now_href.clone_from(&table.now);
    page::show(&FlowsPage {
        flows: listing.rows.into_iter().map(|flow| FlowView::of(flow, &*called, &sensors)).collect(),
        as_of: shell.query(),
        may_import: caller.may_now(Action::ImportInventory),
        may_export: caller.may(Action::ExportInventory),
        base,
        table,
        shell,
    })
}
