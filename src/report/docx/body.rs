//! The document's own part: blocks, one after the other.

use super::xml::{PROLOG, color, paragraph};
use crate::report::model::{Align, Block, Figure, Ground, Ink, Panel, Report, Run, Table, Text};

/// Width of the text in twentieths of a point: letter, with margins of 0.9 inch.
const MEASURE: u32 = 12_240 - 2 * 1_296;

pub fn document(report: &Report) -> String {
    let mut body = String::new();
    for (style, text) in [("Kicker", &report.kicker), ("Title", &report.title), ("Subtitle", &report.subtitle)] {
        if !text.is_empty() {
            body.push_str(&paragraph(style, "", &[Run::of(text)]));
        }
    }
    for block in &report.blocks {
        body.push_str(&written(block));
    }
    format!(
        "{PROLOG}<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><w:body>{body}\
         <w:sectPr><w:headerReference w:type=\"default\" r:id=\"rId4\"/><w:footerReference w:type=\"default\" r:id=\"rId5\"/>\
         <w:pgSz w:w=\"12240\" w:h=\"15840\"/><w:pgMar w:top=\"1440\" w:right=\"1296\" w:bottom=\"1440\" w:left=\"1296\" \
         w:header=\"620\" w:footer=\"620\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>"
    )
}

fn written(block: &Block) -> String {
    match block {
        Block::Heading(level, text) => paragraph(&format!("Heading{}", (*level).clamp(1, 3)), "", &[Run::of(text)]),
        Block::Paragraph(text) => paragraph("Normal", "", text),
        Block::Note(text) => paragraph("Note", "", text),
        Block::Bullets(items) => items.iter().map(|item| paragraph("ListBullet", "", item)).collect(),
        Block::Facts(facts) => pairs(facts),
        Block::Figures(figures) => counted(figures),
        Block::Table(table) => grid(table),
        Block::Panel(panel) => framed(panel),
        Block::Lines(lines) => lines.iter().map(|line| paragraph("TypedLine", "", &[Run::of(line)])).collect(),
        Block::PageBreak => "<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>".to_owned(),
    }
}

/// How a cell looks.
#[derive(Clone, Copy)]
struct Look {
    width: u32,
    ground: Ground,
    align: Align,
    style: &'static str,
}

fn cell(text: &[Run], look: Look) -> String {
    let align = if look.align == Align::Right { "<w:jc w:val=\"right\"/>" } else { "" };
    walled(&paragraph(look.style, align, text), look)
}

/// A cell around paragraphs.
fn walled(words: &str, look: Look) -> String {
    let shade = look.ground.rgb().map_or_else(String::new, |paint| {
        format!("<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"{}\"/>", color(paint))
    });
    format!("<w:tc><w:tcPr><w:tcW w:w=\"{}\" w:type=\"dxa\"/>{shade}</w:tcPr>{words}</w:tc>", look.width)
}

fn row(cells: &str, repeated: bool) -> String {
    let header = if repeated { "<w:tblHeader/>" } else { "" };
    format!("<w:tr><w:trPr><w:cantSplit/>{header}</w:trPr>{cells}</w:tr>")
}

/// A table of columns with rows already written. Word wants a paragraph after a table.
fn table(widths: &[u32], frame: &str, rows: &str) -> String {
    let columns: String = widths.iter().map(|width| format!("<w:gridCol w:w=\"{width}\"/>")).collect();
    let total: u32 = widths.iter().sum();
    format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"{total}\" w:type=\"dxa\"/><w:tblBorders>{frame}</w:tblBorders>\
         <w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:left w:w=\"90\" w:type=\"dxa\"/><w:right w:w=\"90\" w:type=\"dxa\"/>\
         </w:tblCellMar></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>{}",
        paragraph("After", "", &[])
    )
}

const RULED: &str = "<w:top w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"8C9297\"/>\
<w:bottom w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"D9D9D2\"/>\
<w:insideH w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"D9D9D2\"/>";
const FRAMED: &str = "<w:top w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"D9D9D2\"/>\
<w:left w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"D9D9D2\"/>\
<w:bottom w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"D9D9D2\"/>\
<w:right w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"D9D9D2\"/>";

fn grid(shown: &Table) -> String {
    let shares: u32 = shown.columns.iter().map(|column| u32::from(column.share)).sum();
    let widths: Vec<u32> =
        shown.columns.iter().map(|column| MEASURE * u32::from(column.share) / shares.max(1)).collect();
    let looks = |ground, style| {
        let look = move |(width, align)| Look { width, ground, align, style };
        widths.iter().copied().zip(shown.columns.iter().map(|column| column.align)).map(look)
    };
    let head: String = shown
        .columns
        .iter()
        .zip(looks(shown.head, "CellHead"))
        .map(|(column, look)| cell(&[Run::of(&column.title)], look))
        .collect();
    let mut rows = row(&head, true);
    if shown.rows.is_empty() {
        let words = if shown.empty.is_empty() { "None." } else { &shown.empty };
        let span = format!("<w:gridSpan w:val=\"{}\"/>", widths.len().max(1));
        let words = paragraph("Cell", "", &[Run::of(words).ink(Ink::Quiet)]);
        rows.push_str(&row(
            &format!("<w:tc><w:tcPr><w:tcW w:w=\"{MEASURE}\" w:type=\"dxa\"/>{span}</w:tcPr>{words}</w:tc>"),
            false,
        ));
    }
    let empty = Text::new();
    for cells in &shown.rows {
        let cells: String =
            looks(shown.body, "Cell").enumerate().map(|(n, look)| cell(cells.get(n).unwrap_or(&empty), look)).collect();
        rows.push_str(&row(&cells, false));
    }
    table(&widths, RULED, &rows)
}

fn pairs(facts: &[(String, Text)]) -> String {
    let widths = [2_600, MEASURE - 2_600];
    let look = |width| Look { width, ground: Ground::Plain, align: Align::Left, style: "Fact" };
    let pair = |(name, value): &(String, Text)| {
        let name = [Run::of(name).ink(Ink::Quiet)];
        row(&(cell(&name, look(widths[0])) + &cell(value, look(widths[1]))), false)
    };
    table(&widths, RULED, &facts.iter().map(pair).collect::<String>())
}

fn counted(figures: &[Figure]) -> String {
    let width = MEASURE / 4;
    let look = Look { width, ground: Ground::Plain, align: Align::Left, style: "Note" };
    let one = |figure: &Figure| {
        let number = paragraph("FigureNumber", "", &[Run::of(&figure.number).ink(figure.ink)]);
        walled(&(number + &paragraph("Note", "", &[Run::of(&figure.label)])), look)
    };
    let rows: String = figures
        .chunks(4)
        .map(|chunk| {
            let missing: String = (chunk.len()..4).map(|_| cell(&[], look)).collect();
            row(&(chunk.iter().map(one).collect::<String>() + &missing), false)
        })
        .collect();
    table(&[width; 4], RULED, &rows)
}

fn framed(panel: &Panel) -> String {
    let mut words = String::new();
    if !panel.label.is_empty() {
        words.push_str(&paragraph("CellHead", "", &[Run::of(&panel.label)]));
    }
    words.extend(panel.paragraphs.iter().map(|text| paragraph("Normal", "", text)));
    words.extend((0..panel.room).map(|_| paragraph("Normal", "", &[])));
    if words.is_empty() {
        words = paragraph("Normal", "", &[]);
    }
    let look = Look { width: MEASURE, ground: panel.ground, align: Align::Left, style: "Normal" };
    let cell = walled(&words, look);
    table(&[MEASURE], FRAMED, &format!("<w:tr>{cell}</w:tr>"))
}
