//! What gateways told, batch by batch: files and pushes, with the file behind each.
//!
//! Invariant: newest first; a batch is the audited record behind its sessions, and never changes.

use askama::Template;
use axum::extract::State;
use uuid::Uuid;

use super::TABS;
use super::list::GATEWAY;
use crate::auth::Action;
use crate::flows::listing::{Listed, Listing, SortOf, href, understand};
use crate::register::{Filter, FilterInput};
use crate::remote_access::model::SessionBatch;
use crate::remote_access::records::batches::{BatchRow, LIST};
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::storage::{Cell, Kept};
use crate::vocabulary::fold;
use crate::web::extract::Asking;
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Shell, links, page};

/// A page of batches.
pub struct Batches {
    pub rows: Vec<Kept<SessionBatch>>,
    pub listing: Listing<BatchRow>,
}

/// The batches an address asks for.
pub async fn asked(app: &App, caller: &Caller, asking: &Asking) -> Answer<Batches> {
    let mut at = caller.snapshot(app).await?;
    let mut listing = understand::<BatchRow>(asking)?.page(&mut at).await?;
    let rows: Result<Vec<_>, _> = listing.rows.drain(..).map(|row| row.version.kept::<SessionBatch>()).collect();
    Ok(Batches { rows: rows?, listing })
}

#[derive(Template)]
#[template(path = "sessions/batches.html")]
struct BatchesPage {
    shell: Shell,
    base: String,
    as_of: String,
    total: String,
    batches: Vec<Kept<SessionBatch>>,
    first: Option<String>,
    next: Option<String>,
    may_import: bool,
}

pub async fn batches(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let found = asked(&app, &caller, &asking).await?;
    let base = links::place(&caller.serving()?.slug, "");
    let here = format!("{base}sessions/batches");
    let link = |after: &str| href(&here, &asking.0, &[("after", after)]);
    let shell = Shell::of(&caller, Place::Access, "What gateways told");
    page::show(&BatchesPage {
        as_of: shell.query(),
        total: found.listing.total.to_string(),
        batches: found.rows,
        first: (!asking.text("after").is_empty()).then(|| link("")),
        next: found.listing.next.as_deref().map(link),
        may_import: caller.may_now(Action::ImportAccess),
        base,
        shell,
    })
}

impl Listed for BatchRow {
    const LIST: &'static ListSql = &LIST;
    const FILTERS: &'static [Filter] = &[Filter {
        name: "gateway",
        label: "Gateway",
        input: FilterInput::Link("gateway"),
        condition: GATEWAY,
        values: |text| Ok(vec![Cell::text(fold::folded(text))]),
    }];
    const SORTS: &'static [SortOf<Self>] = &[SortOf {
        name: "recorded_from",
        label: "Taken in",
        key: SortKey("v.recorded_from"),
        of: |row| Cell::moment(row.version.recorded_from),
    }];

    fn id(&self) -> Uuid {
        self.version.id
    }

    fn search(text: &str) -> Result<(&'static Fragment, Vec<Cell>), String> {
        const DIGEST: Fragment = Fragment::plain("v.digest = ?");
        Ok((&DIGEST, vec![Cell::text(text)]))
    }
}
