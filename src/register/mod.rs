//! Registers: kinds of records that people keep by hand, by file and by API, all through one description of their fields.
//!
//! Invariant: a field is described once. Forms, imports, exports, the API, history and conflict pages read and write a
//! record through that description, so they can never disagree about a value.

pub mod act;
pub mod actions;
pub mod api;
pub mod describe;
pub mod draft;
pub mod field;
pub mod filling;
pub mod import;
pub mod kind;
pub mod known;
pub mod listed;
pub mod listing;
pub mod lookup;
pub mod member;
pub mod outflow;
pub mod pages;
pub mod people;
pub mod records;
pub mod saved;
pub mod shape;
pub mod signing;
pub mod view;

pub use act::Act;
pub use draft::{Difference, Draft, Problem};
pub use field::{Field, FieldKind};
pub use kind::{Access, Begins, Elsewhere, Filter, FilterInput, Layout, Leaving, Register, RowsAct, Sort, Words};
pub use listing::{Asked, Listing, Row};
pub use lookup::Lookup;
pub use member::Member;
