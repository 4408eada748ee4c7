//! The queue of discovered hosts, as a list to search, narrow, sort and select from.
//!
//! Invariant: what is shown is what waits at the instant of the address.

use askama::Template;
use axum::extract::State;
use uuid::Uuid;

use super::table::{Table, rows_of, table};
use crate::assets::AssetKind;
use crate::auth::Action;
use crate::choices;
use crate::flows::listing::{Listed, SortOf, typed_range};
use crate::flows::model::Batch;
use crate::flows::records::hosts::{HostRow, WAITING, Waiting};
use crate::flows::records::sensors::{self, OF_SENSOR};
use crate::register::{Filter, FilterInput};
use crate::storage::Cell;
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::vocabulary::fold;
use crate::web::extract::Asking;
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Shell, links, page};

/// Hosts whose address lies in one of a zone's networks.
pub const IN_ZONE: Fragment = Fragment::plain(crate::ranges!("v.address_key"));

impl Listed for HostRow {
    const LIST: &'static ListSql = &WAITING;
    const FILTERS: &'static [Filter] = &[
        OF_SENSOR,
        Filter {
            name: "subnet",
            label: "Subnet",
            input: FilterInput::Link("subnet"),
            condition: Fragment::plain("(v.address_key >= ? AND v.address_key <= ?)"),
            values: |text| typed_range(text).map(Vec::from),
        },
        Filter {
            name: "kind",
            label: "Probable kind",
            input: FilterInput::Choice(choices!(AssetKind)),
            condition: Fragment::plain("v.kind = ?"),
            values: |text| AssetKind::parse(text).map(|kind| vec![Cell::text(kind.word())]),
        },
        Filter {
            name: "identified",
            label: "Make known",
            input: FilterInput::Choice(&[("yes", "Known"), ("no", "Not known")]),
            condition: Fragment::plain("(v.vendor <> '' OR v.product <> '') = ?"),
            values: |text| crate::register::field::flag(text).map(|known| vec![Cell::Flag(known)]),
        },
    ];
    const SORTS: &'static [SortOf<Self>] = &[
        SortOf {
            name: "last_seen",
            label: "Last seen",
            key: SortKey("v.last_seen"),
            of: |row| Cell::moment(row.last_seen()),
        },
        SortOf {
            name: "first_seen",
            label: "First seen",
            key: SortKey("v.first_seen"),
            of: |row| Cell::moment(row.first_seen()),
        },
        SortOf {
            name: "address",
            label: "Address",
            key: SortKey("v.address_key"),
            of: |row| Cell::text(crate::flows::records::hosts::key(&row.address)),
        },
        SortOf {
            name: "conversations",
            label: "Conversations",
            key: SortKey("v.conversations"),
            of: |row| Cell::number(row.conversations()),
        },
    ];

    fn id(&self) -> Uuid {
        self.id
    }

    fn search(text: &str) -> Result<(&'static Fragment, Vec<Cell>), String> {
        const FOUND: Fragment = Fragment::plain("v.search LIKE ? ESCAPE '!'");
        let escaped = fold::folded(text).replace('!', "!!").replace('%', "!%").replace('_', "!_");
        Ok((&FOUND, vec![Cell::text(format!("%{escaped}%"))]))
    }
}

/// A batch as the page shows it.
struct BatchView {
    at: String,
    batch: Batch,
}

/// A host as the page shows it.
struct HostView {
    host: Waiting,
    kind: &'static str,
    sensor: String,
}

#[derive(Template)]
#[template(path = "flows/queue.html")]
struct QueuePage {
    shell: Shell,
    base: String,
    table: Table,
    hosts: Vec<HostView>,
    batches: Vec<BatchView>,
    as_of: String,
    may_review: bool,
    may_import: bool,
    may_export: bool,
}

/// What an asset of a kind is called.
#[must_use]
pub fn kind_label(word: &str) -> &'static str {
    AssetKind::parse(word).map_or("Other", AssetKind::label)
}

pub async fn queue(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let listing = rows_of::<HostRow>(&mut at, &asking, (&IN_ZONE, 1)).await?;
    let sensors = sensors::references(&mut at).await?;
    let batches = at.every::<Batch>().await?;
    let base = links::place(&caller.serving()?.slug, "");
    let table = table(format!("{base}discoveries"), &asking, &listing, &sensors);
    let mut shell = Shell::of(&caller, Place::Assets, "Discovered hosts").saying(asking.text("done"));
    shell.now_href.clone_from(&table.now);
    let hosts = listing.rows.into_iter().map(|row| {
        let (kind, sensor) = (kind_label(&row.kind), sensors.reference(row.sensor_id));
        HostView { host: row.waiting(), kind, sensor }
    });
    page::show(&QueuePage {
        hosts: hosts.collect(),
        batches: newest(&caller, batches),
        as_of: shell.query(),
        may_review: caller.may_now(Action::ReviewDiscoveries),
        may_import: caller.may_now(Action::ImportInventory),
        may_export: caller.may(Action::ExportInventory),
        base,
        table,
        shell,
    })
}

fn newest(caller: &Caller, batches: Vec<crate::storage::Kept<Batch>>) -> Vec<BatchView> {
    let view =
        |kept: crate::storage::Kept<Batch>| BatchView { at: caller.told(kept.recorded_from), batch: kept.content };
    batches.into_iter().rev().take(10).map(view).collect()
}
