//! How conduits and permitted flows are kept, and what stands around them.
//!
//! Invariant: where a record stands is a column as far as no day decides it; what a day decides is computed.

pub mod around;
pub mod conduits;
pub mod permitted;

use crate::conduits::model::Status;
use crate::register::{Filter, FilterInput};
use crate::storage::Cell;
use crate::storage::list::Fragment;

/// Keeps what stands like this by what was decided, whatever day it is.
const fn standing(choices: &'static [(&'static str, &'static str)]) -> Filter {
    Filter {
        name: "status",
        label: "Status",
        input: FilterInput::Choice(choices),
        condition: Fragment::plain("v.status = ?"),
        values: |text| match Status::parse(text) {
            Ok(Status::Expired | Status::Retired) | Err(_) => Err(
                "not one of: proposed, active, refused, suspended; what ran out or was retired has filters of its own"
                    .to_owned(),
            ),
            Ok(status) => Ok(vec![Cell::text(status.word())]),
        },
    }
}

/// The class of a status: shape and color beside its word.
fn mark(field: &str, word: &str) -> &'static str {
    match (field, word) {
        ("status", "proposed") => "mark waiting",
        ("status", "active") => "mark done",
        ("status", "suspended" | "expired") => "mark open",
        ("status", _) => "mark excused",
        _ => "",
    }
}
