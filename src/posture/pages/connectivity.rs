//! The tab on a system's page that shows its External Routable Connectivity as conduits give it, with each way in.
//!
//! Invariant: computed by the same function as the check that compares it with what is declared (`GL-ERC-01`).

use super::known;
use crate::checks::Facts;
use crate::checks::erc::{Connectivity, Path, connectivity};
use crate::register::pages::{Section, Tab};
use crate::register::view::{CellView, RowView};
use crate::storage::Snapshot;
use crate::vocabulary::fold;
use crate::web::{Answer, App, links};

/// External Routable Connectivity of a system.
pub const CONNECTIVITY: Tab = Tab {
    name: "connectivity",
    title: "Connectivity",
    load: |app, at, slug, reference, as_of, _| Box::pin(computed(app, at, slug, reference, as_of)),
};

async fn computed(app: &App, at: &mut Snapshot, slug: &str, reference: &str, as_of: &str) -> Answer<Option<Section>> {
    let known = known(app, at).await?;
    let facts = &known.judged.facts;
    let wanted = fold::folded(reference);
    let Some(held) = facts.systems.iter().find(|held| held.record.reference.folded() == wanted) else {
        return Ok(None);
    };
    Ok(Some(section(facts, held.id, held.record.erc, slug, as_of)))
}

fn section(facts: &Facts, system: uuid::Uuid, declared: Option<bool>, slug: &str, as_of: &str) -> Section {
    let declared = match declared {
        Some(true) => "Declared with ERC.",
        Some(false) => "Declared without ERC.",
        None => "Not declared.",
    };
    let (rows, said): (Vec<RowView>, String) = match connectivity(facts, system) {
        Connectivity::Open(why) => (Vec::new(), format!("Cannot be computed: {why}.")),
        Connectivity::None => {
            (Vec::new(), "Computed: none. No conduit in force lets anything outside reach it.".to_owned())
        }
        Connectivity::Reached(paths) => {
            let rows = paths.iter().map(|path| row(path, slug, as_of)).collect();
            (rows, "Computed: it has ERC, by each of these ways.".to_owned())
        }
    };
    Section {
        title: "External Routable Connectivity",
        href: format!("{}{as_of}", links::place(slug, "conduits")),
        total: "conduits".to_owned(),
        head: vec!["From", "Conduit", "Permitted flow", "Protocol", "Through", "ESP", "Device"],
        rows,
        clusters: Vec::new(),
        note: format!("{declared} {said}"),
    }
}

fn row(path: &Path<'_>, slug: &str, as_of: &str) -> RowView {
    let cell = |collection: &str, id: uuid::Uuid, text: String| CellView {
        text,
        class: "ref",
        href: Some(format!("{}{as_of}", links::record(slug, collection, id))),
    };
    let plain = |text: String| CellView { text, class: "", href: None };
    let flow = path.permitted.1;
    RowView {
        id: path.permitted.0.to_string(),
        version: 0,
        label: flow.reference.to_string(),
        cells: vec![
            cell("zones", path.outside.0, path.outside.1.reference.to_string()),
            cell("conduits", path.conduit.0, path.conduit.1.reference.to_string()),
            cell("permitted_flows", path.permitted.0, flow.reference.to_string()),
            plain(flow.protocol.clone()),
            path.eap
                .map_or_else(|| plain(String::new()), |(id, asset)| cell("assets", id, asset.reference.to_string())),
            cell("zones", path.zone.0, path.zone.1.reference.to_string()),
            cell("assets", path.asset.0, path.asset.1.reference.to_string()),
        ],
    }
}
