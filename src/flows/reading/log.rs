//! One log, line by line: which log it is, and each row to where it belongs.
//!
//! Invariant: what is not known to be a log Glance reads is never read as one.

use std::io::{BufRead, Read};

use super::json::{self, Order};
use super::lines::Lines;
use super::logs::{self, LogKind, Named, PATH, SLOTS, named};
use super::protocols::PROTOCOLS;
use super::tsv::Header;
use super::{BadCell, BadLine, Reading, conn, flow_csv, identity, spoken};

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FileTold {
    pub file: String,
    /// The `#path` of the log, or what the name says.
    pub log: String,
    pub rows: u64,
    /// False for logs of Zeek that are not read yet.
    pub read: bool,
}

/// The bytes of a log, inflated when they are gzip.
pub fn open<'r, R: BufRead + 'r>(mut reader: R) -> std::io::Result<Box<dyn Read + 'r>> {
    let gzip = reader.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if gzip { Box::new(flate2::bufread::MultiGzDecoder::new(reader)) } else { Box::new(reader) })
}

/// A log being read.
struct Log<'n, R> {
    file: &'n str,
    lines: Lines<R>,
    header: Header,
    order: Order,
    /// The kind of the JSON rows read last.
    json_kind: Option<LogKind>,
    rows: u64,
}

/// What a line was.
enum Step {
    Row,
    /// A row of a log that is not read, among others that may be.
    Beside,
    /// The rest of the file is of a log that is not read.
    End,
}

/// Reads a log into what others said before.
pub fn read<R: Read>(file: &str, reader: R, reading: &mut Reading) -> Result<FileTold, BadLine> {
    let by_name = logs::of_file(file);
    let (order, json_kind, rows) = (Order::default(), None, 0);
    let mut log = Log { file, lines: Lines::new(reader), header: Header::new(by_name), order, json_kind, rows };
    while log.next(reading)? {}
    if log.lines.bytes == 0 {
        return Err(BadLine::of_file(file, "empty; a log has at least its header"));
    }
    let silent = log.rows == 0 && log.json_kind.is_none() && !log.header.has_fields();
    if silent && matches!(log.header.named, Named::Read(_)) && reading.left_out == 0 {
        return Err(BadLine::of_file(file, "no #fields line and no row; a Zeek log has at least its header"));
    }
    let kind = log.json_kind.map_or(log.header.named, Named::Read);
    let of_name = || file.split('.').next().unwrap_or(file).to_owned();
    Ok(match kind {
        Named::Read(kind) => {
            let read = log.rows > 0 || log.header.has_fields() || !kind.is_of_a_family() || reading.left_out > 0;
            FileTold { file: file.to_owned(), log: kind.path().to_owned(), rows: log.rows, read }
        }
        Named::NotYet | Named::Unknown => FileTold { file: file.to_owned(), log: of_name(), rows: 0, read: false },
    })
}

impl<R: Read> Log<'_, R> {
    /// Reads one line; false at the end, or when the rest of the file is not read.
    #[inline]
    fn next(&mut self, reading: &mut Reading) -> Result<bool, BadLine> {
        let line = match self.lines.next_line() {
            Ok(Some(line)) => line,
            Ok(None) => return Ok(false),
            Err(problem) => return Err(self.whole(BadCell::new("", b"", problem))),
        };
        let taken = match line.first() {
            None => return Ok(true),
            Some(b'#') => {
                let taken = self.header.take(line);
                return taken.map(|()| self.goes_on()).map_err(|bad| self.whole(bad));
            }
            Some(b'{') if !self.header.has_fields() => {
                let known = (self.header.named, self.rows);
                match json_row(line, &mut self.json_kind, known, &mut self.order, reading) {
                    Err((bad, true)) => return Err(self.whole(bad)),
                    taken => taken.map_err(|(bad, _)| bad),
                }
            }
            Some(_) if !self.header.has_fields() => {
                let taken = self.header.take_csv(line).and_then(|csv| if csv { Ok(true) } else { Err(headless(line)) });
                return taken.map_err(|bad| self.whole(bad));
            }
            Some(_) => row(line, &self.header, reading).map(|()| Step::Row),
        };
        match taken {
            Ok(Step::Row) => {
                self.rows += 1;
                reading.rows += 1;
                Ok(true)
            }
            Ok(step) => Ok(matches!(step, Step::Beside)),
            Err(bad) if reading.partial => {
                let bad = self.bad(bad, false);
                reading.refuse(bad);
                Ok(true)
            }
            Err(bad) => Err(self.bad(bad, false)),
        }
    }

    /// Nothing follows that is read, once the header says that it is a log that is not.
    fn goes_on(&self) -> bool {
        !(self.header.named == Named::NotYet && self.header.has_fields())
    }

    #[cold]
    fn whole(&self, bad: BadCell) -> BadLine {
        self.bad(bad, true)
    }

    #[cold]
    fn bad(&self, bad: BadCell, whole: bool) -> BadLine {
        let (file, line) = (self.file.to_owned(), self.lines.number);
        BadLine { file, line, column: bad.column.to_owned(), value: bad.value, problem: bad.problem, whole }
    }
}

#[cold]
fn headless(line: &[u8]) -> BadCell {
    let problem = "no #fields line stands before it, so its columns have no names; a Zeek log begins with its header";
    BadCell::new("", line, problem)
}

#[inline]
fn row(line: &[u8], header: &Header, reading: &mut Reading) -> Result<(), BadCell> {
    let Named::Read(kind) = header.named else {
        return Err(BadCell::new("#path", b"", "missing, and the file's name does not say which log it is"));
    };
    if kind == LogKind::FlowCsv {
        let line = flow_csv::apart(line)?;
        return flow_csv::take(&header.split(line.as_bytes(), kind)?, reading);
    }
    taken(kind, &header.split(line, kind)?, reading)
}

/// Takes the cells of a row to where they belong.
#[inline]
fn taken(kind: LogKind, cells: &json::Cells<'_>, reading: &mut Reading) -> Result<(), BadCell> {
    match kind {
        LogKind::Conn => conn::take(cells, reading),
        LogKind::FlowCsv => flow_csv::take(cells, reading),
        LogKind::Protocol(at) => spoken::take(&PROTOCOLS[usize::from(at)], cells, reading),
        _ => identity::take(kind, cells, reading),
    }
}

/// Takes a row of JSON. The error says whether the file ends with it.
#[inline]
fn json_row(
    line: &[u8],
    known: &mut Option<LogKind>,
    (by_name, rows): (Named, u64),
    order: &mut Order,
    reading: &mut Reading,
) -> Result<Step, (BadCell, bool)> {
    // The first row is read for `_path` alone; then its kind says which members are wanted.
    for _ in 0..2 {
        let columns = known.map_or(&[][..], LogKind::columns);
        let mut cells = [&b""[..]; SLOTS];
        let texts;
        if json::scan(line, columns, order, &mut cells).is_none() {
            texts = json::slowly(line, columns).map_err(|problem| (BadCell::new("", b"", problem), false))?;
            cells = std::array::from_fn(|slot| texts[slot].as_bytes());
        }
        if let Some(kind) = *known
            && (cells[PATH].is_empty() || is_path_of(kind, cells[PATH]))
        {
            return match complete(kind, &cells) {
                Err(_) if !cells[PATH].is_empty() && kind.is_of_a_family() => Ok(Step::Beside),
                Err(_) if rows == 0 && kind.is_of_a_family() => Ok(Step::End),
                done => {
                    done.and_then(|()| taken(kind, &cells, reading)).map(|()| Step::Row).map_err(|bad| (bad, false))
                }
            };
        }
        order.forget();
        match if cells[PATH].is_empty() { by_name } else { named(&String::from_utf8_lossy(cells[PATH])) } {
            Named::Read(kind) => *known = Some(kind),
            Named::NotYet if cells[PATH].is_empty() => return Ok(Step::End),
            Named::NotYet => return Ok(Step::Beside),
            Named::Unknown => return Err((nameless(cells[PATH]), true)),
        }
    }
    Ok(Step::Beside)
}

#[cold]
fn nameless(path: &[u8]) -> BadCell {
    let problem = if path.is_empty() {
        "not said, and the file's name does not say which log it is; name it conn.log, known_hosts.log and so on"
    } else {
        "not a log that Glance knows"
    };
    BadCell::new("_path", path, problem)
}

#[inline]
fn is_path_of(kind: LogKind, path: &[u8]) -> bool {
    path == kind.path().as_bytes() || std::str::from_utf8(path).is_ok_and(|path| kind.fits(path))
}

/// The slots of what `conn.log` needs, for the quick way.
const CONN_NEEDS: [usize; 5] = [0, 1, 3, 4, 5];

/// Every needed member is there.
#[inline]
fn complete(kind: LogKind, cells: &json::Cells<'_>) -> Result<(), BadCell> {
    if kind == LogKind::Conn && CONN_NEEDS.iter().all(|slot| !cells[*slot].is_empty()) {
        return Ok(());
    }
    for (slot, column) in kind.columns().iter().enumerate() {
        if cells[slot].is_empty() && kind.needed().contains(column) {
            return Err(BadCell::new(column, b"", "missing"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{CONN_NEEDS, LogKind};

    #[test]
    fn the_quick_way_asks_for_the_same() {
        let needs: Vec<&str> = CONN_NEEDS.iter().map(|slot| LogKind::Conn.columns()[*slot]).collect();
        assert_eq!(needs, LogKind::Conn.needed());
    }
}
