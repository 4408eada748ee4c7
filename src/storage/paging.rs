//! Pages of a list: the opaque cursor and how many rows there are.
//!
//! Invariant: a cursor only says where a list goes on; it never widens what is shown, so it needs no signature.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use super::list::{Direction, EXACT_COUNT, Position};
use super::versions::Cell;

/// Writes the position after which the next page begins, for one sort.
#[must_use]
pub fn cursor(sort: &str, direction: Direction, position: &Position) -> String {
    let way = if direction == Direction::Ascending { "a" } else { "d" };
    let key = match &position.key {
        Cell::Number(number) => format!("n{}", number.unwrap_or(0)),
        Cell::Text(text) => format!("t{}", text.as_deref().unwrap_or("")),
        Cell::Flag(_) | Cell::Id(_) | Cell::Bytes(_) | Cell::NoBytes => "t".to_owned(),
    };
    URL_SAFE_NO_PAD.encode(format!("{sort}\n{way}\n{}\n{key}", position.id))
}

/// Reads a cursor made for the same sort and direction.
pub fn position(text: &str, sort: &str, direction: Direction) -> Result<Position, String> {
    let wrong = || "not a cursor of this list; go back to its first page".to_owned();
    if text.len() > 1000 {
        return Err(wrong());
    }
    let plain = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(wrong)?;
    let mut parts = plain.splitn(4, '\n');
    let (named, way, id, key) = (parts.next(), parts.next(), parts.next(), parts.next());
    let way_fits = way == Some(if direction == Direction::Ascending { "a" } else { "d" });
    if named != Some(sort) || !way_fits {
        return Err(wrong());
    }
    let id = id.and_then(|id| Uuid::try_parse(id).ok()).ok_or_else(wrong)?;
    let key = key.ok_or_else(wrong)?;
    let key = match key.split_at_checked(1) {
        Some(("n", number)) => Cell::number(number.parse().map_err(|_| wrong())?),
        Some(("t", text)) if !text.contains('\0') => Cell::text(text),
        _ => return Err(wrong()),
    };
    Ok(Position { key, id })
}

/// How many rows a list has: exact up to [`EXACT_COUNT`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    pub rows: i64,
    pub exact: bool,
}

impl Total {
    /// From a count that stopped at one more than [`EXACT_COUNT`].
    #[must_use]
    pub fn counted(found: i64) -> Self {
        Self { rows: found.min(EXACT_COUNT), exact: found <= EXACT_COUNT }
    }

    /// From a number known exactly.
    #[must_use]
    pub fn known(rows: i64) -> Self {
        Self { rows, exact: true }
    }
}

impl std::fmt::Display for Total {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = self.rows.to_string();
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        f.write_str(if self.exact { "" } else { "+" })
    }
}

#[cfg(test)]
mod tests {
    use super::{Position, Total, cursor, position};
    use crate::storage::list::Direction;
    use crate::storage::versions::Cell;

    #[test]
    fn cursors_return() {
        let at = Position { key: Cell::text("rtu-001\n2"), id: uuid::Uuid::nil() };
        let text = cursor("reference", Direction::Ascending, &at);
        assert_eq!(position(&text, "reference", Direction::Ascending), Ok(at));
        assert!(position(&text, "reference", Direction::Descending).is_err());
        assert!(position(&text, "name", Direction::Ascending).is_err());
        assert!(position("%%%", "name", Direction::Ascending).is_err());
    }

    #[test]
    fn totals() {
        assert_eq!(Total::counted(10_001).to_string(), "10,000+");
        assert_eq!(Total::counted(10_000).to_string(), "10,000");
        assert_eq!(Total::known(1_234_567).to_string(), "1,234,567");
    }
}
