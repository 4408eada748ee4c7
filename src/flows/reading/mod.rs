//! Reading the logs of Zeek and ICSNPP: tab-separated or JSON lines, plain or gzip, any header since Bro 2; and flows as CSV.
//!
//! Invariant: columns are found by name; a line that does not fit is refused with its line, column and value, and what
//! would be right; nothing is kept of a row but what it adds to flows and to what is known of hosts.

mod absorbing;
pub mod cells;
pub mod commands;
pub mod conn;
pub mod flow_csv;
pub mod identity;
pub mod json;
pub mod lines;
pub mod log;
pub mod logs;
pub mod protocols;
pub mod spoken;
pub mod tsv;

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use cells::Packed;
use foldhash::fast::RandomState;
use identity::Learned;
use spoken::Spoken;

use super::folding::Flows;
use crate::vocabulary::{Moment, fold};

/// What is wrong with one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadCell {
    pub column: &'static str,
    pub value: String,
    pub problem: String,
}

impl BadCell {
    #[cold]
    #[must_use]
    pub fn new(column: &'static str, value: &[u8], problem: impl Into<String>) -> Self {
        let value = String::from_utf8_lossy(value);
        Self { column, value: fold::truncated(&value, 80).to_owned(), problem: problem.into() }
    }

    #[cold]
    #[must_use]
    pub fn address(column: &'static str, value: &[u8]) -> Self {
        Self::new(column, value, "not an IP address, such as 10.7.1.11 or fd00:7::11")
    }
}

/// What is wrong with a line of a file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, thiserror::Error)]
#[error("{file}{}{}: {problem}{}", self.at_line(), self.at_column(), self.with_value())]
pub struct BadLine {
    pub file: String,
    /// From one; zero when the file as a whole is meant.
    pub line: u64,
    pub column: String,
    pub value: String,
    pub problem: String,
    /// True when the file cannot be read on from here.
    #[serde(skip)]
    pub whole: bool,
}

impl BadLine {
    #[must_use]
    pub fn of_file(file: &str, problem: impl Into<String>) -> Self {
        let (column, value) = (String::new(), String::new());
        Self { file: file.to_owned(), line: 0, column, value, problem: problem.into(), whole: true }
    }

    fn at_line(&self) -> String {
        if self.line == 0 { String::new() } else { format!(", line {}", self.line) }
    }

    fn at_column(&self) -> String {
        if self.column.is_empty() { String::new() } else { format!(", {}", self.column) }
    }

    fn with_value(&self) -> String {
        if self.value.is_empty() { String::new() } else { format!(" ({})", self.value) }
    }
}

/// What logs said, folded.
pub struct Reading {
    pub flows: Flows,
    pub learned: BTreeMap<IpAddr, Learned>,
    /// What protocol logs told, until it joins the flows.
    pub spoken: Spoken,
    /// The hardware address an address was seen with; none when there were several.
    pub cards: HashMap<Packed, Option<u64>, RandomState>,
    /// Nothing may be later: a day ahead of the clock, for sensors whose clock runs fast.
    pub latest: Moment,
    /// Rows read, of any log.
    pub rows: u64,
    pub span: Option<(Moment, Moment)>,
    /// Leaves bad rows out instead of giving up; they are counted and the first are kept.
    pub partial: bool,
    pub left_out: u64,
    pub refused: Vec<BadLine>,
}

/// Most refusals told one by one.
const MOST_REFUSED: usize = 100;

impl Reading {
    #[must_use]
    pub fn new(now: Moment, partial: bool) -> Self {
        Self {
            flows: Flows::default(),
            learned: BTreeMap::new(),
            spoken: Spoken::default(),
            cards: HashMap::default(),
            latest: now.plus_seconds(86_400),
            rows: 0,
            span: None,
            partial,
            left_out: 0,
            refused: Vec::new(),
        }
    }

    /// Remembers a refusal.
    pub fn refuse(&mut self, bad: BadLine) {
        self.left_out += 1;
        self.keep_refused(bad);
    }

    fn keep_refused(&mut self, bad: BadLine) {
        if self.refused.len() < MOST_REFUSED {
            self.refused.push(bad);
        }
    }

    /// First and last moment of all rows.
    #[must_use]
    pub fn whole_span(&self) -> Option<(Moment, Moment)> {
        let flows = self.flows.iter().map(|flow| (flow.first, flow.last));
        flows.chain(self.span).reduce(|one, two| (one.0.min(two.0), one.1.max(two.1)))
    }
}

/// Reads the moment of a row; the future is refused.
#[inline]
fn at(text: &[u8], latest: Moment) -> Result<Moment, BadCell> {
    match cells::moment(text) {
        Some(moment) if moment <= latest => Ok(moment),
        Some(_) => Err(BadCell::new("ts", text, "more than a day in the future; check the sensor's clock")),
        None => Err(no_moment(text)),
    }
}

#[cold]
fn no_moment(text: &[u8]) -> BadCell {
    let problem = if text.starts_with(b"XXXXXXXXXX") {
        "a timestamp that a BTest baseline replaced; give the log as the sensor wrote it"
    } else {
        "not a moment; Zeek writes seconds since 1970, such as 1445353842.722836, or RFC 3339"
    };
    BadCell::new("ts", text, problem)
}
