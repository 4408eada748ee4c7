//! What a report says, before anything knows about pages or files.
//!
//! Invariant: pure. Color is named by role, never by value; whatever color says, a word says too.

use crate::vocabulary::Moment;

/// The role of a run's color.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Ink {
    #[default]
    Body,
    Quiet,
    Accent,
    Failing,
    DueSoon,
    Justified,
    NoFailingRecord,
    Indeterminate,
}

impl Ink {
    /// The light palette of the pages.
    #[must_use]
    pub const fn rgb(self) -> [u8; 3] {
        match self {
            Self::Body => [0x1c, 0x20, 0x24],
            Self::Quiet => [0x56, 0x5d, 0x64],
            Self::Accent => [0x0b, 0x5c, 0x7a],
            Self::Failing => [0xa8, 0x20, 0x1a],
            Self::DueSoon => [0x8a, 0x5a, 0x00],
            Self::Justified => [0x5b, 0x4a, 0x9c],
            Self::NoFailingRecord => [0x1c, 0x6b, 0x43],
            Self::Indeterminate => [0x5d, 0x64, 0x6b],
        }
    }
}

/// Whose words stand on a ground, as reliability standard audit worksheets have it: blue is fixed text, green is the
/// entity's, white is for the auditor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ground {
    #[default]
    Plain,
    Sunken,
    Fixed,
    Entity,
    Auditor,
}

impl Ground {
    /// None where the paper shows.
    #[must_use]
    pub const fn rgb(self) -> Option<[u8; 3]> {
        match self {
            Self::Plain | Self::Auditor => None,
            Self::Sunken => Some([0xf4, 0xf4, 0xf0]),
            Self::Fixed => Some([0xe4, 0xee, 0xf5]),
            Self::Entity => Some([0xea, 0xf4, 0xe9]),
        }
    }
}

/// A stretch of text in one style.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    pub text: String,
    pub bold: bool,
    pub mono: bool,
    pub ink: Ink,
}

impl Run {
    #[must_use]
    pub fn of(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    #[must_use]
    pub fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    #[must_use]
    pub fn mono(self) -> Self {
        Self { mono: true, ..self }
    }

    #[must_use]
    pub fn ink(self, ink: Ink) -> Self {
        Self { ink, ..self }
    }
}

/// Runs set one after the other; `\n` inside a run begins a new line.
pub type Text = Vec<Run>;

/// Text in one plain run.
#[must_use]
pub fn plain(text: impl Into<String>) -> Text {
    vec![Run::of(text)]
}

/// Text in one bold run.
#[must_use]
pub fn strong(text: impl Into<String>) -> Text {
    vec![Run::of(text).bold()]
}

/// Text in one run of fixed width.
#[must_use]
pub fn mono(text: impl Into<String>) -> Text {
    vec![Run::of(text).mono()]
}

/// Text in one quiet run.
#[must_use]
pub fn quiet(text: impl Into<String>) -> Text {
    vec![Run::of(text).ink(Ink::Quiet)]
}

/// Where a column's cells stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    #[default]
    Left,
    Right,
}

/// A column; widths are shares of the table's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub title: String,
    pub share: u16,
    pub align: Align,
}

impl Column {
    #[must_use]
    pub fn of(title: &str, share: u16) -> Self {
        Self { title: title.to_owned(), share: share.max(1), align: Align::Left }
    }

    /// A column of numbers.
    #[must_use]
    pub fn number(title: &str, share: u16) -> Self {
        Self { align: Align::Right, ..Self::of(title, share) }
    }
}

/// A table whose header is repeated on each page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    pub columns: Vec<Column>,
    /// A row shorter than the columns is filled with empty cells; cells beyond the columns are not shown.
    pub rows: Vec<Vec<Text>>,
    /// What stands there instead of no rows.
    pub empty: String,
    pub head: Ground,
    pub body: Ground,
}

/// A number that stands large, with what it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    pub number: String,
    pub label: String,
    pub ink: Ink,
}

impl Figure {
    #[must_use]
    pub fn of(number: usize, label: &str) -> Self {
        Self { number: number.to_string(), label: label.to_owned(), ink: Ink::Body }
    }

    #[must_use]
    pub fn ink(self, ink: Ink) -> Self {
        Self { ink, ..self }
    }
}

/// A framed place for somebody's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Panel {
    pub ground: Ground,
    pub label: String,
    pub paragraphs: Vec<Text>,
    /// Empty lines left for writing.
    pub room: u8,
}

/// A piece of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Level 1 to 3.
    Heading(u8, String),
    Paragraph(Text),
    /// Small and quiet, under what it explains.
    Note(Text),
    Bullets(Vec<Text>),
    /// A name and its value, one pair a line.
    Facts(Vec<(String, Text)>),
    Figures(Vec<Figure>),
    Table(Table),
    Panel(Panel),
    /// Lines as typed at a prompt.
    Lines(Vec<String>),
    PageBreak,
}

impl Block {
    #[must_use]
    pub fn heading(level: u8, text: impl Into<String>) -> Self {
        Self::Heading(level.clamp(1, 3), text.into())
    }
}

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Above the title.
    pub kicker: String,
    pub title: String,
    /// Below the title.
    pub subtitle: String,
    /// Whose document it is.
    pub author: String,
    /// The effective instant: every date inside the files.
    pub instant: Moment,
    /// At the head of each page, on the left.
    pub header: String,
    /// The classification, at the head of each page on the right.
    pub mark: String,
    /// At the foot of each page, beside its number.
    pub footer: Vec<Text>,
    pub blocks: Vec<Block>,
}
