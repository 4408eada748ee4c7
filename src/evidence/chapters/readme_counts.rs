//! The counts of the human index: what is in scope, where it stands, what the inventory holds.
//!
//! Invariant: pure over the dossier; each number is counted from what the package ships, never from another text.

use super::printed;
use crate::assets::{Asset, Category, Lifecycle};
use crate::checks::Status;
use crate::evidence::dossier::{Dossier, Part};
use crate::evidence::readiness::State as Ready;
use crate::findings::model::State;
use crate::report::{Block, Column, Figure, Table, Text, mono, plain};
use crate::vocabulary::Impact;

fn of_status(parts: &[&Part], status: Status) -> usize {
    parts.iter().filter(|part| part.standing.status == status).count()
}

/// Every device in service with its rating.
fn in_service(dossier: &Dossier) -> impl Iterator<Item = (&Asset, Option<Impact>)> {
    let known = dossier.assets.iter().filter_map(|line| Some((dossier.asset(line.id)?, line.impact)));
    known.filter(|(asset, _)| asset.lifecycle == Some(Lifecycle::InService))
}

/// What stands large on the first page.
pub fn figures(dossier: &Dossier) -> Vec<Figure> {
    let parts: Vec<&Part> = dossier.parts.iter().collect();
    let status = |status: Status, label: &str| Figure::of(of_status(&parts, status), label).ink(printed::ink(status));
    let sites = dossier.sites.iter().filter(|site| site.retired_on.is_none()).count();
    let systems = dossier.systems.iter().filter(|system| system.retired_on.is_none()).count();
    let open = dossier.findings.iter().filter(|finding| finding.state != State::Closed).count();
    vec![
        Figure::of(parts.len(), "parts in scope"),
        status(Status::NoFailingRecord, "parts: no failing record found"),
        status(Status::Failing, "parts: failing records"),
        status(Status::Indeterminate, "parts: indeterminate"),
        status(Status::DueSoon, "parts: due soon"),
        status(Status::Justified, "parts: justified by an exception"),
        status(Status::NotApplicable, "parts: not applicable"),
        Figure::of(open, "findings open"),
        Figure::of(sites, "sites"),
        Figure::of(systems, "BES Cyber Systems"),
        Figure::of(in_service(dossier).count(), "devices in service"),
        Figure::of(dossier.artifacts.len(), "evidence files"),
    ]
}

/// Devices in service by category and rating.
pub fn inventory(dossier: &Dossier) -> Vec<Block> {
    let ratings = [Some(Impact::High), Some(Impact::Medium), Some(Impact::Low), None];
    let row = |label: &str, belongs: &dyn Fn(&Asset) -> bool| -> Vec<Text> {
        let mine = || in_service(dossier).filter(|(asset, _)| belongs(asset));
        let by_rating = ratings.iter().map(|rating| mine().filter(|(_, impact)| impact == rating).count().to_string());
        let all = std::iter::once(mine().count().to_string());
        std::iter::once(plain(label)).chain(by_rating.chain(all).map(plain)).collect()
    };
    let mut rows: Vec<Vec<Text>> = Category::ALL
        .iter()
        .map(|category| row(category.label(), &|asset| asset.categories.contains(category)))
        .collect();
    rows.push(row("No category recorded", &|asset| asset.categories.is_empty()));
    let mut columns = vec![Column::of("Category", 34)];
    columns.extend(["High", "Medium", "Low", "No rating", "All"].map(|title| Column::number(title, 13)));
    vec![
        Block::heading(1, "Devices in service"),
        Block::Table(Table { columns, rows, ..Table::default() }),
        Block::Note(plain(
            "A device with two categories is counted in each of them. No rating: no system it belongs to has a criterion decided.",
        )),
    ]
}

/// Standards in scope and where their parts stand; a version that changed within the period has its own line.
pub fn standards(dossier: &Dossier) -> Vec<Block> {
    let shown = [
        Status::NoFailingRecord,
        Status::DueSoon,
        Status::Justified,
        Status::Failing,
        Status::Indeterminate,
        Status::NotApplicable,
    ];
    let row = |(standard, parts): (&'static crate::frameworks::Standard, Vec<&Part>)| {
        let span = parts.first().map_or(dossier.days, |part| part.scoped.span);
        let count = |status: &Status| match of_status(&parts, *status) {
            0 => plain("–"),
            number => vec![crate::report::Run::of(number.to_string()).ink(printed::ink(*status))],
        };
        let ready = parts.iter().filter(|part| part.readiness.state == Ready::Ready).count();
        let mut cells = vec![mono(&*standard.id), plain(span.to_string())];
        cells.extend(shown.iter().map(count));
        cells.push(plain(format!("{ready} of {}", parts.len())));
        cells
    };
    let mut columns = vec![Column::of("Standard", 24), Column::of("Answers for", 36)];
    columns.extend(
        ["No failing record", "Due soon", "Justified", "Failing", "Indeter-minate", "Not appli-cable"]
            .map(|title| Column::number(title, 14)),
    );
    columns.push(Column::number("Ready", 16));
    let rows = dossier.standards().into_iter().map(row).collect();
    vec![Block::heading(1, "Standards in scope"), Block::Table(Table { columns, rows, ..Table::default() })]
}

/// Every part, with its verdict.
pub fn parts(dossier: &Dossier) -> Vec<Block> {
    let row = |part: &Part| {
        vec![
            mono(part.id()),
            plain(&*part.requirement().title),
            printed::verdict_of(&part.standing),
            plain(part.evidence.len().to_string()),
            plain(part.readiness.state.label()),
        ]
    };
    let columns = vec![
        Column::of("Part", 27),
        Column::of("Title", 34),
        Column::of("Verdict", 40),
        Column::number("Files", 8),
        Column::of("Readiness", 16),
    ];
    vec![
        Block::PageBreak,
        Block::heading(1, "Parts in scope"),
        Block::Table(Table { columns, rows: dossier.parts.iter().map(row).collect(), ..Table::default() }),
    ]
}
