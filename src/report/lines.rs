//! Breaking text into lines of a width.
//!
//! Invariant: no line is wider than its measure while it holds more than one letter, and no letter is lost. A word breaks
//! only when it alone is wider than the line: after punctuation first, between letters at last.

use std::rc::Rc;

use krilla::text::KrillaGlyph;

use super::faces::{Face, Faces, Shaped};
use super::model::{Ink, Run};

/// Glyphs that are drawn in one go.
#[derive(Clone, Debug)]
pub struct Fragment {
    /// From the line's beginning, in points.
    pub x: f32,
    pub face: Face,
    pub ink: Ink,
    pub text: String,
    pub glyphs: Vec<KrillaGlyph>,
}

/// A line; its size is the one it was set for.
#[derive(Clone, Debug, Default)]
pub struct Line {
    pub fragments: Vec<Fragment>,
    /// Without the space at its end.
    pub width: f32,
    pub size: f32,
}

/// Letters of one style without a space inside.
#[derive(Clone)]
struct Piece {
    text: String,
    face: Face,
    ink: Ink,
    shaped: Rc<Shaped>,
}

/// Sets text in lines.
pub fn set(faces: &Faces, text: &[Run], size: f32, width: f32) -> Vec<Line> {
    let mut setter = Setter { faces, size, width, lines: vec![Line { size, ..Line::default() }], pen: 0.0 };
    let mut unit: Vec<Piece> = Vec::new();
    for run in text {
        let mut rest = run.text.as_str();
        while let Some(at) = rest.find(char::is_whitespace) {
            let (word, after) = rest.split_at(at);
            setter.piece(run, word, &mut unit);
            let space = after.chars().next().unwrap_or(' ');
            setter.unit(&mut unit);
            setter.space(run, space);
            rest = &after[space.len_utf8()..];
        }
        setter.piece(run, rest, &mut unit);
    }
    setter.unit(&mut unit);
    setter.finish()
}

/// One line, however wide.
pub fn single(faces: &Faces, text: &[Run], size: f32) -> Line {
    set(faces, text, size, f32::MAX).into_iter().next().unwrap_or_default()
}

fn face(run: &Run) -> Face {
    if run.mono {
        Face::Mono
    } else if run.bold {
        Face::SansBold
    } else {
        Face::Sans
    }
}

struct Setter<'a> {
    faces: &'a Faces,
    size: f32,
    width: f32,
    lines: Vec<Line>,
    /// Where the next glyph goes, spaces included.
    pen: f32,
}

impl Setter<'_> {
    fn piece(&self, run: &Run, text: &str, unit: &mut Vec<Piece>) {
        if !text.is_empty() {
            let face = face(run);
            unit.push(Piece { text: text.to_owned(), face, ink: run.ink, shaped: self.faces.word(face, text) });
        }
    }

    /// Places pieces that stand together.
    fn unit(&mut self, unit: &mut Vec<Piece>) {
        let wide: f32 = unit.iter().map(|piece| piece.shaped.width * self.size).sum();
        if self.pen + wide > self.width && self.pen > 0.0 {
            self.turn();
        }
        let whole = self.pen + wide <= self.width;
        for piece in unit.drain(..) {
            if whole {
                self.place(&piece);
            } else {
                self.broken(&piece);
            }
        }
    }

    /// A piece of a word that is wider than a line.
    fn broken(&mut self, piece: &Piece) {
        for part in piece.text.split_inclusive(['-', '_', '/', '.', ',', ':', ';', '=', '&', '?', '@', '|', '+']) {
            let shaped = self.faces.word(piece.face, part);
            let wide = shaped.width * self.size;
            if self.pen + wide > self.width && self.pen > 0.0 && wide <= self.width {
                self.turn();
            }
            if self.pen + wide <= self.width {
                self.place(&Piece { text: part.to_owned(), shaped, ..piece.clone() });
            } else {
                self.letters(piece, part);
            }
        }
    }

    /// Letter by letter: as many as the line takes.
    fn letters(&mut self, piece: &Piece, text: &str) {
        let mut held = String::new();
        let mut wide = 0.0;
        let mut buffer = [0; 4];
        for letter in text.chars() {
            let step = self.faces.word(piece.face, letter.encode_utf8(&mut buffer)).width * self.size;
            if self.pen + wide + step > self.width && (self.pen > 0.0 || !held.is_empty()) {
                self.held(piece, &mut held);
                self.turn();
                wide = 0.0;
            }
            held.push(letter);
            wide += step;
        }
        self.held(piece, &mut held);
    }

    fn held(&mut self, piece: &Piece, held: &mut String) {
        if !held.is_empty() {
            let shaped = self.faces.word(piece.face, held);
            self.place(&Piece { text: std::mem::take(held), shaped, ..piece.clone() });
        }
    }

    fn place(&mut self, piece: &Piece) {
        for span in &piece.shaped.spans {
            self.glyphs(span.face, piece.ink, &span.text, &span.glyphs);
        }
        if let Some(line) = self.lines.last_mut() {
            line.width = self.pen;
        }
    }

    /// A space is drawn too: words stay apart in the text layer, at the end of a line as well.
    fn space(&mut self, run: &Run, space: char) {
        if space == '\n' {
            self.turn();
        } else if self.pen > 0.0 {
            let shaped = self.faces.word(face(run), " ");
            for span in &shaped.spans {
                self.glyphs(span.face, run.ink, &span.text, &span.glyphs);
            }
        }
    }

    /// Continues the last fragment where the style is the same.
    fn glyphs(&mut self, face: Face, ink: Ink, text: &str, glyphs: &[KrillaGlyph]) {
        let Some(line) = self.lines.last_mut() else {
            return;
        };
        if line.fragments.last().is_none_or(|last| last.face != face || last.ink != ink) {
            line.fragments.push(Fragment { x: self.pen, face, ink, text: String::new(), glyphs: Vec::new() });
        }
        if let Some(fragment) = line.fragments.last_mut() {
            let shift = fragment.text.len();
            fragment.text.push_str(text);
            fragment.glyphs.extend(glyphs.iter().cloned().map(|mut glyph| {
                glyph.text_range = glyph.text_range.start + shift..glyph.text_range.end + shift;
                glyph
            }));
        }
        self.pen += glyphs.iter().map(|glyph| glyph.x_advance).sum::<f32>() * self.size;
    }

    fn turn(&mut self) {
        self.lines.push(Line { size: self.size, ..Line::default() });
        self.pen = 0.0;
    }

    fn finish(mut self) -> Vec<Line> {
        while self.lines.len() > 1 && self.lines.last().is_some_and(|line| line.fragments.is_empty()) {
            self.lines.pop();
        }
        self.lines
    }
}
