//! How people, vendors, appointments, circumstances, authorizations and accounts are kept.
//!
//! Invariant: where a record stands is a column as far as no day decides it; what a day decides is computed.

pub mod accounts;
pub mod appointments;
pub mod around;
pub mod authorizations;
pub mod circumstances;
pub mod links;
pub mod offices;
pub mod people;
pub mod vendors;
pub mod weighing;

use crate::auth::Action;
use crate::register::{Access, Act, Filter, FilterInput};
use crate::storage::list::Fragment;
use crate::storage::{AsOfSql, Cell, OrgSql};
use crate::vocabulary::{Moment, TimeZone, fold};

/// Texts that know an instant, for the test that prepares every statement.
pub const INSTANT_STATEMENTS: &[AsOfSql] = offices::INSTANT_STATEMENTS;
/// Texts that know none.
pub const STATEMENTS: &[OrgSql] = links::STATEMENTS;

/// Who may do what with the registers of access.
pub const ACCESS: Access =
    Access { read: Action::ReadAccess, edit: Action::EditAccess, import: Some(Action::ImportAccess) };
/// What it takes to carry them out of the house.
pub const EXPORT: Action = Action::ExportInventory;

fn told(act: Option<&Act>, zone: TimeZone) -> String {
    act.map_or_else(String::new, |act| act.told(zone))
}

fn moment(at: Option<Moment>) -> String {
    at.map_or_else(String::new, Moment::rfc3339)
}

/// Keeps what names a record of another kind, given by its reference.
const fn linked(name: &'static str, label: &'static str, kind: &'static str, condition: Fragment) -> Filter {
    Filter {
        name,
        label,
        input: FilterInput::Link(kind),
        condition,
        values: |text| Ok(vec![Cell::text(fold::folded(text))]),
    }
}

/// The class of a state: shape and color beside its word.
fn mark(word: &str) -> &'static str {
    match word {
        "current" | "provisioned" | "in_force" | "reviewed" | "in_time" | "authorized" => "mark done",
        "due_soon" | "requested" | "declared" | "ended" | "not_begun" | "open" => "mark waiting",
        "lapsed" | "overdue" | "never" | "late" => "mark open",
        _ => "mark excused",
    }
}
