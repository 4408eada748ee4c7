//! The four typefaces a page is set in, and the measure of every word.
//!
//! Noto Sans 1.04 (crate `ttf-noto-sans`, Apache License 2.0) is the text; `DejaVu` Sans Mono (crate `dejavu`, Bitstream
//! Vera license and public domain) sets what a machine wrote; `DejaVu` Sans lends the letters of other scripts. All permit
//! embedding (fsType 0). A letter none of them has prints as the replacement mark and stays itself in the text layer.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use harfrust::{FontRef, ShaperData};
use krilla::text::{Font, KrillaGlyph};

use super::Unprintable;
use super::shaping;

/// A typeface of the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Face {
    Sans,
    SansBold,
    Mono,
    /// Lends letters to the others.
    Wide,
}

const FACES: [Face; 4] = [Face::Sans, Face::SansBold, Face::Mono, Face::Wide];

impl Face {
    fn bytes(self) -> &'static [u8] {
        match self {
            Self::Sans => ttf_noto_sans::REGULAR,
            Self::SansBold => ttf_noto_sans::BOLD,
            Self::Mono => dejavu::sans_mono::regular(),
            Self::Wide => dejavu::sans::regular(),
        }
    }

    /// `DejaVu` is drawn larger on its em than Noto; this brings the heights of their small letters together.
    pub const fn scale(self) -> f32 {
        match self {
            Self::Sans | Self::SansBold => 1.0,
            Self::Mono => 0.9,
            Self::Wide => 0.96,
        }
    }
}

/// A stretch of glyphs of one face; advances are in ems of the text around it.
#[derive(Clone, Debug)]
pub struct Span {
    pub face: Face,
    pub text: String,
    pub glyphs: Vec<KrillaGlyph>,
}

/// A word as it is set.
#[derive(Debug, Default)]
pub struct Shaped {
    pub spans: Vec<Span>,
    /// In ems of the text around it.
    pub width: f32,
}

/// One face, read.
pub struct Cut {
    pub font: Font,
    pub reference: FontRef<'static>,
    pub data: ShaperData,
    pub units: f32,
    pub letters: shaping::Letters,
}

/// Words longer than this are seldom met twice.
const REMEMBERED: usize = 40;

pub struct Faces {
    cuts: Vec<Cut>,
    words: RefCell<HashMap<(Face, String), Rc<Shaped>>>,
}

impl Faces {
    pub fn load() -> Result<Self, Unprintable> {
        let cuts = FACES.into_iter().map(Cut::read).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { cuts, words: RefCell::new(HashMap::new()) })
    }

    pub fn cut(&self, face: Face) -> &Cut {
        &self.cuts[face as usize]
    }

    /// The first of the wanted face and the lending one that has the letter.
    pub fn of_letter(&self, wanted: Face, letter: char) -> Option<(Face, u32)> {
        [wanted, Face::Wide].into_iter().find_map(|face| Some((face, self.cut(face).letters.glyph(letter)?)))
    }

    /// A word without spaces, set in a face.
    pub fn word(&self, face: Face, text: &str) -> Rc<Shaped> {
        if text.len() > REMEMBERED {
            return Rc::new(shaping::shape(self, face, text));
        }
        let key = (face, text.to_owned());
        if let Some(known) = self.words.borrow().get(&key) {
            return Rc::clone(known);
        }
        let shaped = Rc::new(shaping::shape(self, face, text));
        self.words.borrow_mut().insert(key, Rc::clone(&shaped));
        shaped
    }
}

impl Cut {
    fn read(face: Face) -> Result<Self, Unprintable> {
        let unreadable = || Unprintable(format!("the typeface {face:?} does not read"));
        let reference = FontRef::new(face.bytes()).map_err(|_| unreadable())?;
        let font = Font::new(face.bytes().into(), 0).ok_or_else(unreadable)?;
        let data = ShaperData::new(&reference);
        let letters = shaping::Letters::read(&reference);
        Ok(Self { units: font.units_per_em(), font, data, letters, reference })
    }
}
