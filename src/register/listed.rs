//! What registers share: the columns of a reference, its sort, and how retired records are hidden.
//!
//! Invariant: the same words mean the same in every list.

use super::{Draft, Filter, FilterInput, Sort};
use crate::storage::Cell;
use crate::storage::list::{Fragment, SortKey};
use crate::vocabulary::{Date, Reference, fold};

/// `reference`, `reference_folded`, `reference_key`, `name`: the first projected columns of what has a reference.
#[must_use]
pub fn reference_cells(reference: &Reference, name: &str) -> Vec<Cell> {
    vec![
        Cell::text(reference.as_str()),
        Cell::text(reference.folded()),
        Cell::text(fold::natural(reference.as_str())),
        Cell::text(name),
    ]
}

/// A day as a column holds it; empty for none.
#[must_use]
pub fn day(day: Option<Date>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

/// References in natural order; the third of [`reference_cells`].
pub const BY_REFERENCE: Sort = Sort {
    name: "reference",
    label: "Reference",
    key: SortKey("v.reference_key"),
    of: |cells| cells.get(2).cloned().unwrap_or(Cell::text("")),
};

/// Shows what was retired: only that, or that too.
pub const RETIRED: Filter = Filter {
    name: "retired",
    label: "Retired",
    input: FilterInput::Choice(&[("only", "Only retired"), ("too", "Retired too")]),
    condition: Fragment::plain("(v.retired = ? OR v.retired = ?)"),
    values: |text| match text {
        "only" => Ok(vec![Cell::Flag(Some(true)), Cell::Flag(Some(true))]),
        "too" => Ok(vec![Cell::Flag(Some(true)), Cell::Flag(Some(false))]),
        _ => Err("not one of: only, too".to_owned()),
    },
};

/// Keeps what belongs to a site, given by its reference.
#[must_use]
pub const fn at_site() -> Filter {
    Filter {
        name: "site",
        label: "Site",
        input: FilterInput::Link("site"),
        condition: crate::fragment!(
            "v.site_id IN (SELECT s.id FROM site_versions s WHERE s.organization_id = $1 AND " [s] " AND s.reference_folded = ?)"
        ),
        values: |text| Ok(vec![Cell::text(fold::folded(text))]),
    }
}

/// Hides what was retired until [`RETIRED`] asks for it.
pub const IN_SERVICE: (&str, Fragment) = ("retired", Fragment::plain("NOT v.retired"));

/// A record is not retired before it went into service.
pub fn check_dates(draft: &mut Draft, in_service: Option<Date>, retired: Option<Date>) {
    if let (Some(from), Some(until)) = (in_service, retired)
        && until < from
    {
        draft.refuse("retired_on", &until.to_string(), format!("before it went into service on {from}"));
    }
}
