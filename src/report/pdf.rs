//! A report as PDF/A-2a: laid out, then drawn, with what a validator of krilla checks while it writes.
//!
//! Invariant: the same report gives the same bytes; the mark, the effective instant and the number of the page stand on
//! each page.

use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, SpanTag};

use chrono::{Datelike, Timelike};

use super::Unprintable;
use super::faces::Faces;
use super::flow::{self, Flow, Stop};
use super::lines::{self, Line};
use super::model::{Ink, Report, Run};
use super::page::{self, HAIR, Mark, Page, Paint};
use super::structure::{Place, Structure};
use crate::vocabulary::Moment;

const LANGUAGE: &str = "en-US";

/// Writes a report.
pub fn write(report: &Report) -> Result<Vec<u8>, Unprintable> {
    let faces = Faces::load()?;
    let Flow { mut pages, mut structure, stops, .. } = flow::lay(&faces, report);
    let count = pages.len();
    for (n, page) in pages.iter_mut().enumerate() {
        margins(&faces, report, page, (n + 1, count));
    }
    let settings = SerializeSettings { configuration: configuration()?, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let size = PageSettings::from_wh(page::WIDTH, page::HEIGHT).ok_or_else(|| Unprintable("no page".to_owned()))?;
    for page in &pages {
        let mut sheet = document.start_page_with(size.clone());
        let mut surface = sheet.surface();
        draw(&mut surface, &faces, page, &mut structure);
        surface.finish();
        sheet.finish();
    }
    document.set_outline(outline(&stops));
    document.set_metadata(metadata(report));
    document.set_tag_tree(structure.finish(LANGUAGE));
    document.finish().map_err(|error| Unprintable(format!("{error:?}")))
}

fn configuration() -> Result<krilla::configure::Configuration, Unprintable> {
    let built = ConfigurationBuilder::new().with_archival_validator(Archival::A2_A).finish();
    built.map_err(|error| Unprintable(format!("{error:?}")))
}

fn metadata(report: &Report) -> Metadata {
    let title = [report.title.as_str(), &report.subtitle].into_iter().filter(|text| !text.is_empty());
    Metadata::new()
        .title(title.collect::<Vec<_>>().join(", "))
        .authors(vec![report.author.clone()])
        .keywords(vec![report.mark.clone()])
        .creator(concat!("Glance ", env!("CARGO_PKG_VERSION")).to_owned())
        .language(LANGUAGE.to_owned())
        .creation_date(date(report.instant))
        .document_id(format!("{}/{}/{}", report.header, report.title, report.instant.rfc3339()))
}

fn date(moment: Moment) -> DateTime {
    let utc = moment.utc();
    let small = |number: u32| u8::try_from(number).unwrap_or(0);
    DateTime::new(u16::try_from(utc.year()).unwrap_or(0))
        .month(small(utc.month()))
        .day(small(utc.day()))
        .hour(small(utc.hour()))
        .minute(small(utc.minute()))
        .second(small(utc.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

/// Headings of the first two levels, the second under the first.
fn outline(stops: &[Stop]) -> Outline {
    let node = |stop: &Stop| {
        let at = XyzDestination::new(stop.page, Point::from_xy(0.0, (stop.y - 12.0).max(0.0)));
        OutlineNode::new(stop.text.clone(), at)
    };
    let mut outline = Outline::new();
    let mut open: Option<OutlineNode> = None;
    for stop in stops.iter().filter(|stop| stop.level < 3) {
        match (&mut open, stop.level) {
            (Some(above), 2) => above.push_child(node(stop)),
            _ => {
                if let Some(done) = open.replace(node(stop)) {
                    outline.push_child(done);
                }
            }
        }
    }
    if let Some(done) = open {
        outline.push_child(done);
    }
    outline
}

/// What stands on every page around its text.
fn margins(faces: &Faces, report: &Report, page: &mut Page, (number, count): (usize, usize)) {
    let setting = page::MARGINAL;
    let right = page::WIDTH - page::RIGHT;
    let set = |runs: &[Run]| lines::single(faces, runs, setting.size);
    page.text((page::LEFT, 32.0), setting, set(&[Run::of(&report.header).ink(Ink::Quiet)]), None);
    let mark = set(&[Run::of(&report.mark).bold().ink(Ink::Failing)]);
    page.text((right - mark.width, 32.0), setting, mark, None);
    let foot = page::BOTTOM + 16.0;
    page.fill((page::LEFT, foot), (page::MEASURE, 0.5), HAIR);
    let numbered = set(&[Run::of(format!("Page {number} of {count}")).ink(Ink::Quiet)]);
    page.text((right - numbered.width, foot + 6.0), setting, numbered, None);
    let mut y = foot + 6.0;
    for text in &report.footer {
        page.text((page::LEFT, y), setting, lines::single(faces, text, setting.size), None);
        y += setting.leading;
    }
}

fn draw(surface: &mut Surface, faces: &Faces, page: &Page, structure: &mut Structure) {
    let mut open: Option<Option<Place>> = None;
    for mark in &page.marks {
        let wanted = match mark {
            Mark::Text { place, .. } => *place,
            Mark::Box { .. } => None,
        };
        if open != Some(wanted) {
            if open.is_some() {
                surface.end_tagged();
            }
            begin(surface, structure, wanted);
            open = Some(wanted);
        }
        match mark {
            Mark::Text { x, y, line, .. } => text(surface, faces, (*x, *y), line),
            Mark::Box { x, y, width, height, paint } => fill(surface, (*x, *y), (*width, *height), *paint),
        }
    }
    if open.is_some() {
        surface.end_tagged();
    }
}

fn begin(surface: &mut Surface, structure: &mut Structure, place: Option<Place>) {
    match place {
        Some(place) => structure.drawn(place, surface.start_tagged(ContentTag::Span(SpanTag::empty()))),
        None => {
            surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        }
    }
}

fn colored([red, green, blue]: Paint) -> Fill {
    Fill { paint: rgb::Color::new(red, green, blue).into(), opacity: NormalizedF32::ONE, rule: FillRule::default() }
}

fn text(surface: &mut Surface, faces: &Faces, (x, y): (f32, f32), line: &Line) {
    for fragment in &line.fragments {
        surface.set_fill(Some(colored(page::paint(fragment.ink))));
        let font = faces.cut(fragment.face).font.clone();
        let scale = fragment.face.scale();
        // Advances are in ems of the text around; krilla multiplies by the size the face is drawn at.
        let glyphs: Vec<_> = fragment.glyphs.iter().map(|glyph| unscaled(glyph, scale)).collect();
        let at = Point::from_xy(x + fragment.x, y);
        surface.draw_glyphs(at, &glyphs, font, &fragment.text, line.size * scale, false);
    }
}

fn unscaled(glyph: &krilla::text::KrillaGlyph, scale: f32) -> krilla::text::KrillaGlyph {
    let mut glyph = glyph.clone();
    glyph.x_advance /= scale;
    glyph.x_offset /= scale;
    glyph.y_offset /= scale;
    glyph
}

fn fill(surface: &mut Surface, (x, y): (f32, f32), (width, height): (f32, f32), paint: Paint) {
    let Some(rect) = Rect::from_xywh(x, y, width, height) else {
        return;
    };
    let mut path = PathBuilder::new();
    path.push_rect(rect);
    if let Some(path) = path.finish() {
        surface.set_fill(Some(colored(paint)));
        surface.draw_path(&path);
    }
}
