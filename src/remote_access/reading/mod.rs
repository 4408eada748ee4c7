//! Reading what a gateway exports of its sessions: CSV, a workbook or JSON lines, whole sessions or single events.
//!
//! Invariant: columns are found by name; what does not fit is refused with its line, column and value, and what would be
//! right. Who an account is and what a target is nobody asks here: that is for judging.

mod cells;
mod lines;
mod sheet;
mod texts;

use std::collections::BTreeSet;

pub use cells::span;
pub use texts::{Bad, Texts, event_of, of_object};

use super::model::{Event, EventKind};
use crate::flows::reading::BadLine;
use crate::vocabulary::{Moment, TimeZone};

/// How far a gateway's clock may be ahead of ours.
pub const MOST_AHEAD_SECONDS: i64 = 120;
/// Most bytes of a file.
pub const MOST_BYTES: usize = 512 << 20;
/// Most rows of a file.
pub const MOST_ROWS: usize = 1_000_000;
/// Most problems told one by one.
pub const MOST_TOLD: usize = 100;

/// How a file is to be read.
#[derive(Clone, Copy, Debug)]
pub struct Ways {
    pub now: Moment,
    /// The zone of times without an offset, where somebody said that there are any.
    pub zone: Option<TimeZone>,
    /// Leaves out what cannot be read, instead of refusing all.
    pub partial: bool,
}

/// An event and where it stands in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// From one.
    pub line: u64,
    /// True when it is part of a row that tells of a whole session.
    pub whole: bool,
    pub event: Event,
}

impl Told {
    /// What its row calls the moment of the event.
    #[must_use]
    pub fn moment_column(&self) -> &'static str {
        match (self.whole, self.event.kind) {
            (false, _) => "at",
            (true, EventKind::Start) => "started_at",
            (true, EventKind::Activity) => "last_activity_at",
            (true, EventKind::End) => "ended_at",
        }
    }
}

/// What a file said.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    pub rows: u64,
    pub told: Vec<Told>,
    /// What was left out: the first of it, and its number.
    pub refused: Vec<BadLine>,
    pub left_out: u64,
    /// Columns nobody reads.
    pub unused: BTreeSet<String>,
}

impl Heard {
    /// Remembers a row that was left out.
    pub fn refuse(&mut self, bad: BadLine) {
        self.left_out += 1;
        if self.refused.len() < MOST_TOLD {
            self.refused.push(bad);
        }
    }
}

/// Reads a file: every row, or with `partial` every good row. The error lists what is wrong, the first hundred of it.
pub fn read(name: &str, bytes: &[u8], ways: &Ways) -> Result<Heard, Vec<BadLine>> {
    if bytes.len() > MOST_BYTES {
        let most = MOST_BYTES >> 20;
        return Err(vec![BadLine::of_file(name, format!("larger than {most} MiB; split it"))]);
    }
    let mut heard = Heard::default();
    let first = bytes.iter().copied().find(|byte| !byte.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(byte));
    let outcome = match first {
        None => Err(BadLine::of_file(name, "the file is empty; its first line names the columns, or is a JSON object")),
        Some(b'{') => lines::read(name, bytes, ways, &mut heard),
        Some(b'[') => Err(BadLine::of_file(name, "a JSON array; give one object a line instead")),
        Some(_) => sheet::read(name, bytes, ways, &mut heard),
    };
    outcome.map_err(|bad| vec![bad])?;
    if heard.left_out > 0 && !ways.partial {
        return Err(heard.refused);
    }
    Ok(heard)
}

/// A bad value as a bad line.
fn bad_line(file: &str, line: u64, bad: Bad) -> BadLine {
    BadLine { file: file.to_owned(), line, column: bad.column, value: bad.value, problem: bad.problem, whole: false }
}

#[cfg(test)]
mod tests;
