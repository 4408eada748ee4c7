//! Properties of the layout and of both files that hold for every report.

use proptest::prelude::*;

use super::faces::Faces;
use super::page::{self, Mark};
use super::{Align, Block, Column, Figure, Ground, Ink, Panel, Report, Run, Table, docx, flow, lines, pdf, plain};
use crate::vocabulary::Moment;

fn report(blocks: Vec<Block>) -> Report {
    Report {
        kicker: "EVIDENCE PACKAGE".to_owned(),
        title: "Larkspur".to_owned(),
        subtitle: "NCR00000".to_owned(),
        author: "Larkspur".to_owned(),
        instant: Moment::from_micros(1_772_463_000_000_000),
        header: "Larkspur".to_owned(),
        mark: "BES Cyber System Information".to_owned(),
        footer: vec![plain("As of 2026-03-02T14:50:00.000000Z"), plain("root 00")],
        blocks,
    }
}

fn table(rows: usize) -> Block {
    let row = |n: usize| vec![plain(format!("Row {n}")), plain("word ".repeat(n % 9)), plain(n.to_string())];
    let columns = vec![Column::of("First", 2), Column::of("Second", 4), Column::number("Third", 1)];
    Block::Table(Table { columns, rows: (0..rows).map(row).collect(), ..Table::default() })
}

fn pages_with(flow: &flow::Flow, word: &str) -> usize {
    let holds = |mark: &Mark| match mark {
        Mark::Text { line, .. } => line.fragments.iter().any(|fragment| fragment.text.contains(word)),
        Mark::Box { .. } => false,
    };
    flow.pages.iter().filter(|page| page.marks.iter().any(holds)).count()
}

#[test]
fn a_long_table_has_its_header_on_every_page_and_every_row_once() {
    let faces = Faces::load().expect("the typefaces read");
    let flow = flow::lay(&faces, &report(vec![table(5_000)]));
    assert!(flow.pages.len() > 100, "{}", flow.pages.len());
    assert_eq!(pages_with(&flow, "Second"), flow.pages.len());
    for row in ["Row 0", "Row 2500", "Row 4999"] {
        assert_eq!(pages_with(&flow, row).min(1), 1, "{row}");
    }
    assert_eq!(pages_with(&flow, "Row 4999"), 1);
}

#[test]
fn nothing_is_drawn_below_the_text_of_a_page() {
    let faces = Faces::load().expect("the typefaces read");
    let blocks = vec![
        Block::heading(1, "One"),
        Block::Paragraph(plain("long ".repeat(3_000))),
        Block::Panel(Panel {
            ground: Ground::Entity,
            label: "Said".to_owned(),
            paragraphs: vec![plain("w ".repeat(4_000))],
            room: 9,
        }),
        Block::Table(Table {
            columns: vec![Column::of("A", 1)],
            rows: vec![vec![plain("x ".repeat(9_000))]],
            ..Table::default()
        }),
        Block::Facts(vec![("Name".to_owned(), plain("value ".repeat(800)))]),
        Block::Figures((0..30).map(|n| Figure::of(n, "things").ink(Ink::Failing)).collect()),
        Block::Bullets(vec![plain("b ".repeat(2_000)); 4]),
        Block::Lines(vec!["typed ".repeat(500); 3]),
    ];
    for page in flow::lay(&faces, &report(blocks)).pages {
        for mark in page.marks {
            let bottom = match mark {
                Mark::Text { y, .. } => y,
                Mark::Box { y, height, .. } => y + height,
            };
            assert!(bottom <= page::BOTTOM + 1.0, "{bottom}");
        }
    }
}

#[test]
fn a_pdf_says_what_it_is_and_is_the_same_again() {
    let report = report(vec![Block::heading(1, "One"), table(40), Block::PageBreak, Block::Note(plain("end"))]);
    let bytes = pdf::write(&report).expect("it prints");
    assert_eq!(Ok(bytes.clone()), pdf::write(&report));
    let text = String::from_utf8_lossy(&bytes);
    for claim in [
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<xmp:CreateDate>2026-03-02T14:50:00+00:00</xmp:CreateDate>",
        "/StructTreeRoot",
        "/Outlines",
    ] {
        assert!(text.contains(claim), "{claim}");
    }
    assert!(bytes.starts_with(b"%PDF-1.7"));
}

#[test]
fn a_docx_is_the_same_again() {
    let report = report(vec![table(40), Block::Lines(vec!["a < b & c".to_owned()])]);
    assert_eq!(docx::write(&report), docx::write(&report));
}

#[test]
fn letters_no_face_has_are_marked_and_kept() {
    let faces = Faces::load().expect("the typefaces read");
    let line = lines::single(&faces, &[Run::of("日本\u{1F600}\u{E000}\u{202E}b")], 10.0);
    let text: String = line.fragments.iter().map(|fragment| fragment.text.as_str()).collect();
    assert_eq!(text, "日本\u{1F600}\u{FFFD}b");
    assert!(line.fragments.iter().flat_map(|fragment| &fragment.glyphs).all(|glyph| glyph.glyph_id.to_u32() != 0));
    let hostile = "\u{0}\u{1}\u{FFFE}\u{FFFF}\u{FDD0}\u{10FFFF}\u{E0041} النص العربي हिन्दी שלום a\u{301}\u{200D}";
    let blocks = vec![Block::Paragraph(plain(hostile)), Block::heading(1, hostile)];
    assert!(pdf::write(&report(blocks)).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_text_prints(text in "\\PC{0,80}", other in any::<String>(), right in any::<bool>()) {
        let align = if right { Align::Right } else { Align::Left };
        let columns = vec![Column { align, ..Column::of(&text, 1) }, Column::of("b", 3)];
        let table = Table { columns, rows: vec![vec![plain(&*other), plain(&*text)]; 3], ..Table::default() };
        let report = report(vec![Block::heading(2, &*other), Block::Paragraph(plain(&*text)), Block::Table(table)]);
        prop_assert!(pdf::write(&report).is_ok());
        prop_assert!(docx::write(&report).is_ok());
    }

    #[test]
    fn lines_keep_their_measure_and_every_letter(words in prop::collection::vec("[a-zA-Z0-9/_.-]{1,90}", 1..12), width in 20.0_f32..300.0) {
        let faces = Faces::load().expect("the typefaces read");
        let text = words.join(" ");
        let set = lines::set(&faces, &[Run::of(&*text)], 9.0, width);
        prop_assert!(set.iter().all(|line| line.width <= width + 0.01));
        let kept: String = set.iter().flat_map(|line| &line.fragments).map(|fragment| fragment.text.as_str()).collect();
        prop_assert_eq!(kept.split_whitespace().collect::<String>(), text.split_whitespace().collect::<String>());
    }
}
