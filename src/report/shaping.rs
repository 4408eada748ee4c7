//! From letters to glyphs: which face has the letter, and where each glyph stands.
//!
//! Invariant: no glyph is the empty box of a font (PDF/A forbids it), and each keeps the letters it stands for, so the
//! text can be searched and copied. Right-to-left words are shaped; the order of words is the order of the text.

use harfrust::{FontRef, ShapeOptions, UnicodeBuffer};
use krilla::text::{GlyphId, KrillaGlyph};
use skrifa::MetadataProvider;
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;

use super::faces::{Face, Faces, Shaped, Span};

/// Shown for a letter no face has.
const REPLACEMENT: char = '\u{FFFD}';

/// Which letters a face has, and how wide they are.
pub struct Letters {
    map: Charmap<'static>,
    widths: GlyphMetrics<'static>,
}

impl Letters {
    pub fn read(font: &FontRef<'static>) -> Self {
        Self { map: font.charmap(), widths: font.glyph_metrics(Size::unscaled(), LocationRef::default()) }
    }

    pub fn glyph(&self, letter: char) -> Option<u32> {
        self.map.map(letter).map(skrifa::GlyphId::to_u32).filter(|glyph| *glyph != 0)
    }

    /// In units of the face.
    fn width(&self, glyph: u32) -> f32 {
        self.widths.advance_width(skrifa::GlyphId::new(glyph)).unwrap_or(0.0)
    }
}

/// The letter as it may stand in a page's text: None for what is never seen, the replacement mark for what has no place
/// in a text (controls, private use, noncharacters). Direction marks are dropped: they make a line read as another.
pub fn printable(letter: char) -> Option<char> {
    let unseen = matches!(letter,
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}');
    let placeless = matches!(letter, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'.. | '\u{FDD0}'..='\u{FDEF}')
        || letter.is_control()
        || u32::from(letter) & 0xFFFE == 0xFFFE;
    (!unseen).then_some(if placeless { REPLACEMENT } else { letter })
}

/// A stretch of letters one face sets; a replaced one is not shaped.
struct Stretch {
    face: Face,
    text: String,
    replaced: bool,
}

fn stretches(faces: &Faces, wanted: Face, text: &str) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    for letter in text.chars().filter_map(printable) {
        let known = faces.of_letter(wanted, letter).map(|(face, _)| face);
        let (face, replaced) = known.map_or((Face::Wide, true), |face| (face, false));
        match found.last_mut() {
            Some(last) if last.face == face && last.replaced == replaced => last.text.push(letter),
            _ => found.push(Stretch { face, text: letter.to_string(), replaced }),
        }
    }
    found
}

/// A word, set in a face and the one that lends letters.
pub fn shape(faces: &Faces, wanted: Face, text: &str) -> Shaped {
    let mut shaped = Shaped::default();
    for stretch in stretches(faces, wanted, text) {
        let glyphs = if stretch.replaced { replaced(faces, &stretch.text) } else { set(faces, &stretch) };
        shaped.width += glyphs.iter().map(|glyph| glyph.x_advance).sum::<f32>();
        shaped.spans.push(Span { face: stretch.face, text: stretch.text, glyphs });
    }
    shaped
}

/// The replacement mark for each letter; the lending face has it.
fn replaced(faces: &Faces, text: &str) -> Vec<KrillaGlyph> {
    let (mark, advance) = mark(faces);
    let place = |(at, letter): (usize, char)| {
        KrillaGlyph::new(GlyphId::new(mark), advance, 0.0, 0.0, 0.0, at..at + letter.len_utf8(), None)
    };
    text.char_indices().map(place).collect()
}

fn mark(faces: &Faces) -> (u32, f32) {
    let cut = faces.cut(Face::Wide);
    let mark = cut.letters.glyph(REPLACEMENT).or_else(|| cut.letters.glyph('?')).unwrap_or(1);
    (mark, cut.letters.width(mark) / cut.units * Face::Wide.scale())
}

/// Set by the face's own rules: kerning, ligatures, joining.
#[expect(clippy::cast_precision_loss, reason = "units of a face are far below 2^24")]
fn set(faces: &Faces, stretch: &Stretch) -> Vec<KrillaGlyph> {
    let cut = faces.cut(stretch.face);
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(&stretch.text);
    buffer.guess_segment_properties();
    let done = cut.data.shaper(&cut.reference).build().shape(buffer, ShapeOptions::new());
    let mut starts: Vec<usize> = done.glyph_infos().iter().map(|info| info.cluster as usize).collect();
    starts.sort_unstable();
    starts.dedup();
    let ends = |start: usize| {
        let next = starts.partition_point(|other| *other <= start);
        starts.get(next).copied().unwrap_or(stretch.text.len())
    };
    let em = stretch.face.scale() / cut.units;
    let placed = done.glyph_infos().iter().zip(done.glyph_positions()).map(|(info, at)| {
        let start = info.cluster as usize;
        let glyph = if info.glyph_id == 0 { cut.letters.glyph('?').unwrap_or(1) } else { info.glyph_id };
        let (advance, x, y) = (at.x_advance as f32 * em, at.x_offset as f32 * em, at.y_offset as f32 * em);
        KrillaGlyph::new(GlyphId::new(glyph), advance, x, y, 0.0, start..ends(start), None)
    });
    placed.collect()
}
