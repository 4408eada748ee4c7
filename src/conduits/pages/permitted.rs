//! What a conduit permits, as a table on its page.
//!
//! Invariant: every flow that is not retired stands in it, whatever was decided about it.

use crate::assets::Asset;
use crate::conduits::rules::entering;
use crate::conduits::{Conduit, PermittedFlow};
use crate::ids::AssetId;
use crate::register::pages::Section;
use crate::register::view::{CellView, RowView};
use crate::register::{Lookup, Register as _, field, records};
use crate::storage::{Audited as _, Kept, Snapshot};
use crate::vocabulary::{Date, Endpoint};
use crate::web::{Answer, Caller, links};

/// A permitted flow in one line.
pub fn told(flow: &PermittedFlow) -> String {
    format!("{} {}", flow.reference, service(flow))
}

fn service(flow: &PermittedFlow) -> String {
    let transport = flow.transport.map_or("", |transport| transport.word());
    let ports = field::joined(flow.ports.iter()).replace(';', ", ");
    format!("{} {transport} {ports}", flow.protocol).trim_end().to_owned()
}

fn ends<'a>(assets: impl IntoIterator<Item = &'a AssetId>, ends: &[Endpoint], lookup: &Lookup) -> String {
    let assets = assets.into_iter().map(|id| lookup.reference(*id));
    let ends = ends.iter().map(|end| match end {
        Endpoint::Zone => "whole zone".to_owned(),
        end => end.to_string(),
    });
    assets.chain(ends).collect::<Vec<_>>().join(", ")
}

/// What the table is told by: the conduit with its zones' references, the names of assets, the day.
struct Telling<'r> {
    conduit: &'r Conduit,
    zones: (&'r str, &'r str),
    lookup: Lookup,
    on: Date,
    slug: &'r str,
    as_of: &'r str,
}

fn row(flow: &Kept<PermittedFlow>, by: &Telling<'_>) -> RowView {
    let cell = |text: String, class| CellView { text, class, href: None };
    let status = flow.status(by.on);
    let href = format!("{}{}", links::record(by.slug, PermittedFlow::WORDS.collection, flow.id), by.as_of);
    let cells = vec![
        CellView { text: flow.reference.to_string(), class: "ref", href: Some(href) },
        cell(entering::told(flow.way(by.conduit), by.zones), ""),
        cell(service(flow), ""),
        cell(ends(&flow.source_assets, &flow.sources, &by.lookup), "wide"),
        cell(ends(&flow.destination_assets, &flow.destinations, &by.lookup), "wide"),
        cell(flow.access_reason.clone(), "wide"),
        cell(status.label().to_owned(), PermittedFlow::mark("status", status.word())),
        cell(flow.expires_on.map_or_else(String::new, |day| day.to_string()), ""),
    ];
    RowView { id: flow.id.to_string(), version: flow.version, label: flow.reference.to_string(), cells }
}

/// What the conduit permits.
pub async fn table(
    caller: &Caller,
    at: &mut Snapshot,
    conduit: &Conduit,
    flows: &[Kept<PermittedFlow>],
    (a, b): (&str, &str),
    as_of: &str,
) -> Answer<Section> {
    let (slug, mut lookup) = (&caller.serving()?.slug, Lookup::default());
    let named: Vec<uuid::Uuid> = flows.iter().flat_map(|flow| flow.assets()).map(crate::ids::Id::uuid).collect();
    records::look_up_ids(at, &Asset::TABLE, &named, &mut lookup).await?;
    let by = Telling { conduit, zones: (a, b), lookup, on: caller.day(), slug, as_of };
    let query = links::query([("conduit", conduit.reference.as_str())]);
    let place = links::place(slug, PermittedFlow::WORDS.collection);
    Ok(Section {
        title: "What it permits",
        href: format!("{place}{query}{}", as_of.replacen('?', "&", 1)),
        total: flows.len().to_string(),
        head: vec!["Reference", "Way", "Service", "From", "To", "Reason", "Status", "Expires"],
        rows: flows.iter().map(|flow| row(flow, &by)).collect(),
        ..Section::default()
    })
}
