//! Tables, pairs of name and value, and figures: what stands in columns.
//!
//! Invariant: a table's header stands on each of its pages; a row is split only when it alone is higher than a page.

use super::flow::Flow;
use super::lines::{self, Line};
use super::model::{Align, Figure, Ground, Ink, Run, Table, Text};
use super::page::{self, HAIR, STRONG, Setting};
use super::structure::{Place, Role};

const PAD_X: f32 = 5.0;
const PAD_Y: f32 = 3.4;

/// Where the columns of a table stand.
struct Grid {
    /// Left edge and width of each.
    columns: Vec<(f32, f32)>,
    aligns: Vec<Align>,
}

impl Grid {
    fn of(table: &Table) -> Self {
        let shares: f32 = table.columns.iter().map(|column| f32::from(column.share)).sum();
        let mut left = page::LEFT;
        let place = |share: u16| {
            let width = page::MEASURE * f32::from(share) / shares.max(1.0);
            left += width;
            (left - width, width)
        };
        Self {
            columns: table.columns.iter().map(|column| column.share).map(place).collect(),
            aligns: table.columns.iter().map(|column| column.align).collect(),
        }
    }

    /// Lines of each cell.
    fn set(&self, flow: &Flow, cells: &[Text], setting: Setting) -> Vec<Vec<Line>> {
        let empty = Text::new();
        let cell = |(n, (_, width)): (usize, &(f32, f32))| {
            let text = cells.get(n).unwrap_or(&empty);
            lines::set(flow.faces, &filled(text), setting.size, (width - 2.0 * PAD_X).max(8.0))
        };
        self.columns.iter().enumerate().map(cell).collect()
    }
}

/// An empty cell holds a space, so that the tree keeps every cell of a row.
fn filled(text: &Text) -> Text {
    if text.iter().all(|run| run.text.is_empty()) { vec![Run::of("\u{a0}")] } else { text.clone() }
}

fn height(cells: &[Vec<Line>], setting: Setting) -> f32 {
    let most = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
    rows_height(most, setting)
}

fn rows_height(rows: usize, setting: Setting) -> f32 {
    f32::from(u16::try_from(rows).unwrap_or(u16::MAX)) * setting.leading + 2.0 * PAD_Y
}

pub fn table(flow: &mut Flow, table: &Table) {
    let grid = Grid::of(table);
    let titles: Vec<Text> =
        table.columns.iter().map(|column| vec![Run::of(&column.title).bold().ink(Ink::Quiet)]).collect();
    let head = grid.set(flow, &titles, page::HEAD);
    let head_height = height(&head, page::HEAD);
    let tree = flow.structure.begin(None, Role::Table);
    flow.need(head_height + 2.0 * page::CELL.leading + 2.0 * PAD_Y);
    let section = flow.structure.begin(Some(tree), Role::Head);
    let row = flow.structure.begin(Some(section), Role::Row);
    let places = head.iter().map(|_| flow.structure.begin(Some(row), Role::HeadCell)).collect::<Vec<_>>();
    draw_head(flow, &grid, &head, table.head, Some(&places));
    let body = flow.structure.begin(Some(tree), Role::Rows);
    if table.rows.is_empty() {
        none(flow, &table.empty, body);
    }
    for cells in &table.rows {
        let cells = grid.set(flow, cells, page::CELL);
        let high = height(&cells, page::CELL);
        if flow.y + high > page::BOTTOM && (high < page::BOTTOM - page::TOP - head_height || nearly_full(flow)) {
            flow.turn();
            draw_head(flow, &grid, &head, table.head, None);
        }
        let row = flow.structure.begin(Some(body), Role::Row);
        let places: Vec<Place> = cells.iter().map(|_| flow.structure.begin(Some(row), Role::Cell)).collect();
        draw_row(flow, (&grid, &head, table), cells, &places);
    }
    flow.y += 12.0;
}

fn nearly_full(flow: &Flow) -> bool {
    flow.y + rows_height(3, page::CELL) > page::BOTTOM
}

/// The header; without places it is a repetition.
fn draw_head(flow: &mut Flow, grid: &Grid, head: &[Vec<Line>], ground: Ground, places: Option<&[Place]>) {
    let (y, high) = (flow.y, height(head, page::HEAD));
    let page = flow.page();
    page.ground((page::LEFT, y), (page::MEASURE, high), ground);
    page.fill((page::LEFT, y + high - 0.8), (page::MEASURE, 0.8), STRONG);
    let deepest = head.iter().map(Vec::len).max().unwrap_or(0);
    for (n, cell) in head.iter().enumerate() {
        // Titles stand on the rule.
        let down = rows_height(deepest - cell.len(), page::HEAD) - 2.0 * PAD_Y;
        let place = places.and_then(|places| places.get(n)).copied();
        draw_cell(flow, grid, n, (cell, y + down, page::HEAD), place);
    }
    flow.y += high;
}

fn none(flow: &mut Flow, words: &str, body: Place) {
    let row = flow.structure.begin(Some(body), Role::Row);
    let place = flow.structure.begin(Some(row), Role::Cell);
    let words = if words.is_empty() { "None." } else { words };
    let width = page::MEASURE - 2.0 * PAD_X;
    flow.y += PAD_Y;
    flow.lines(&[Run::of(words).ink(Ink::Quiet)], page::CELL, page::LEFT + PAD_X, width, place);
    flow.y += PAD_Y;
    rule(flow);
}

fn rule(flow: &mut Flow) {
    let y = flow.y;
    flow.page().fill((page::LEFT, y - 0.4), (page::MEASURE, 0.4), HAIR);
}

/// A row; what does not fit on the page goes on under a repeated header.
fn draw_row(
    flow: &mut Flow,
    (grid, head, table): (&Grid, &[Vec<Line>], &Table),
    cells: Vec<Vec<Line>>,
    places: &[Place],
) {
    let mut left: Vec<std::vec::IntoIter<Line>> = cells.into_iter().map(Vec::into_iter).collect();
    loop {
        let most = left.iter().map(ExactSizeIterator::len).max().unwrap_or(0);
        let room = fitting(flow);
        let taken = most.min(room).max(1);
        let (y, high) = (flow.y, rows_height(taken, page::CELL));
        flow.page().ground((page::LEFT, y), (page::MEASURE, high), table.body);
        for (n, cell) in left.iter_mut().enumerate() {
            let slice: Vec<Line> = cell.by_ref().take(taken).collect();
            draw_cell(flow, grid, n, (&slice, y, page::CELL), places.get(n).copied());
        }
        flow.y += high;
        rule(flow);
        if most <= taken {
            return;
        }
        flow.turn();
        draw_head(flow, grid, head, table.head, None);
    }
}

/// Lines of a cell that the rest of the page takes.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "never below 1, never above a page's lines"
)]
fn fitting(flow: &Flow) -> usize {
    ((page::BOTTOM - flow.y - 2.0 * PAD_Y) / page::CELL.leading).max(1.0) as usize
}

fn draw_cell(
    flow: &mut Flow,
    grid: &Grid,
    n: usize,
    (cell, y, setting): (&[Line], f32, Setting),
    place: Option<Place>,
) {
    let (left, width) = grid.columns[n];
    let mut y = y + PAD_Y;
    for line in cell {
        let x = match grid.aligns[n] {
            Align::Left => left + PAD_X,
            Align::Right => left + width - PAD_X - line.width,
        };
        flow.page().text((x, y), setting, line.clone(), place);
        y += setting.leading;
    }
}

/// Names on the left, values beside them.
pub fn facts(flow: &mut Flow, facts: &[(String, Text)]) {
    const NAMES: f32 = 158.0;
    let tree = flow.structure.begin(None, Role::Table);
    for (name, value) in facts {
        let row = flow.structure.begin(Some(tree), Role::Row);
        let head = flow.structure.begin(Some(row), Role::RowHead);
        let cell = flow.structure.begin(Some(row), Role::Cell);
        let names = lines::set(flow.faces, &[Run::of(name).ink(Ink::Quiet)], page::BODY.size, NAMES - 10.0);
        let values = lines::set(flow.faces, &filled(value), page::BODY.size, page::MEASURE - NAMES);
        let mut names = names.into_iter();
        for line in values {
            flow.need(page::BODY.leading);
            let y = flow.y;
            if let Some(name) = names.next() {
                flow.page().text((page::LEFT, y), page::BODY, name, Some(head));
            }
            flow.page().text((page::LEFT + NAMES, y), page::BODY, line, Some(cell));
            flow.y += page::BODY.leading;
        }
        for name in names {
            let y = flow.y;
            flow.page().text((page::LEFT, y), page::BODY, name, Some(head));
            flow.y += page::BODY.leading;
        }
        flow.y += 1.6;
        rule(flow);
        flow.y += 1.6;
    }
    flow.y += 10.0;
}

/// Numbers that stand large, four in a row.
pub fn figures(flow: &mut Flow, figures: &[Figure]) {
    const ACROSS: usize = 4;
    let list = flow.structure.begin(None, Role::List);
    let step = page::MEASURE / 4.0;
    let high = page::FIGURE.leading + page::NOTE.leading * 2.0 + 12.0;
    for row in figures.chunks(ACROSS) {
        flow.need(high);
        let y = flow.y;
        flow.page().fill((page::LEFT, y), (page::MEASURE, 0.6), HAIR);
        let mut x = page::LEFT;
        for figure in row {
            let item = flow.structure.begin(Some(list), Role::Item);
            let label = flow.structure.begin(Some(item), Role::Label);
            let body = flow.structure.begin(Some(item), Role::Body);
            let number = [Run::of(&figure.number).bold().ink(figure.ink), Run::of(" ")];
            let number = lines::single(flow.faces, &number, page::FIGURE.size);
            flow.page().text((x, y + 7.0), page::FIGURE, number, Some(label));
            let words = [Run::of(&figure.label).ink(Ink::Quiet)];
            let set = lines::set(flow.faces, &words, page::NOTE.size, step - 10.0);
            let mut below = y + 7.0 + page::FIGURE.leading;
            for line in set.into_iter().take(2) {
                flow.page().text((x, below), page::NOTE, line, Some(body));
                below += page::NOTE.leading;
            }
            x += step;
        }
        flow.y += high;
    }
    let y = flow.y;
    flow.page().fill((page::LEFT, y), (page::MEASURE, 0.6), HAIR);
    flow.y += 12.0;
}
