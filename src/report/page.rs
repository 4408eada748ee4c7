//! The page and its measures, and what is drawn on it.
//!
//! Invariant: every number of the layout that more than one file needs stands here, in points.

use super::lines::Line;
use super::model::{Ground, Ink};
use super::structure::Place;

/// US Letter, as the region's auditors print it.
pub const WIDTH: f32 = 612.0;
pub const HEIGHT: f32 = 792.0;
pub const LEFT: f32 = 58.0;
pub const RIGHT: f32 = 58.0;
pub const MEASURE: f32 = WIDTH - LEFT - RIGHT;
/// Where the text of a page begins and where it must end.
pub const TOP: f32 = 68.0;
pub const BOTTOM: f32 = HEIGHT - 78.0;

/// Size of letters and the distance of lines.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    pub size: f32,
    pub leading: f32,
}

pub const TITLE: Setting = Setting { size: 25.0, leading: 30.0 };
pub const SUBTITLE: Setting = Setting { size: 11.0, leading: 16.0 };
pub const KICKER: Setting = Setting { size: 8.5, leading: 12.0 };
pub const BODY: Setting = Setting { size: 9.4, leading: 13.6 };
pub const NOTE: Setting = Setting { size: 8.0, leading: 11.4 };
pub const CELL: Setting = Setting { size: 8.0, leading: 11.0 };
pub const HEAD: Setting = Setting { size: 7.6, leading: 10.4 };
pub const MARGINAL: Setting = Setting { size: 7.2, leading: 9.6 };
pub const FIGURE: Setting = Setting { size: 19.0, leading: 23.0 };
pub const TYPED: Setting = Setting { size: 7.4, leading: 11.0 };

/// Headings by level, with the space above and below.
pub const HEADINGS: [(Setting, f32, f32); 3] = [
    (Setting { size: 14.5, leading: 19.0 }, 24.0, 6.0),
    (Setting { size: 10.8, leading: 15.0 }, 16.0, 4.0),
    (Setting { size: 9.4, leading: 13.6 }, 11.0, 2.0),
];

/// A color on paper.
pub type Paint = [u8; 3];
pub const HAIR: Paint = [0xd9, 0xd9, 0xd2];
pub const STRONG: Paint = [0x8c, 0x92, 0x97];

/// Something drawn.
#[derive(Debug)]
pub enum Mark {
    /// `y` is of the baseline; a text without a place is no part of the document's meaning.
    Text {
        x: f32,
        y: f32,
        line: Line,
        place: Option<Place>,
    },
    Box {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        paint: Paint,
    },
}

/// What stands on one page.
#[derive(Debug, Default)]
pub struct Page {
    pub marks: Vec<Mark>,
}

impl Page {
    pub fn ground(&mut self, at: (f32, f32), extent: (f32, f32), ground: Ground) {
        if let Some(paint) = ground.rgb() {
            self.fill(at, extent, paint);
        }
    }

    pub fn fill(&mut self, (x, y): (f32, f32), (width, height): (f32, f32), paint: Paint) {
        self.marks.push(Mark::Box { x, y, width, height, paint });
    }

    /// Text whose line box begins at `y`.
    pub fn text(&mut self, (x, y): (f32, f32), setting: Setting, line: Line, place: Option<Place>) {
        let baseline = y + (setting.leading - setting.size) / 2.0 + setting.size * 0.86;
        self.marks.push(Mark::Text { x, y: baseline, line, place });
    }
}

/// The color of an ink.
pub const fn paint(ink: Ink) -> Paint {
    ink.rgb()
}
