//! Who may do what: roles and policy, passwords and second factors, sessions, tokens, links, and the keys behind them.
//!
//! Invariant: decisions are pure functions; no secret is shown, logged or kept in clear.

pub mod action;
pub mod device;
mod key_files;
pub mod keys;
pub mod lockout;
pub mod password;
pub mod policy;
pub mod role;
pub mod secret;
pub mod session_token;
pub mod totp;

pub use action::Action;
pub use policy::{Scope, confines, needs_step_up, only_audits, permits, scope_for};
pub use role::{Role, Roles};
