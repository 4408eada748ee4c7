//! Artifacts: evidence files, what is recorded about them, and the records and requirements they are attached to.
//!
//! Invariant: bytes and the moment they were received never change; a better file is a new artifact that supersedes the
//! old one; an attachment is withdrawn, never erased.

pub mod actions;
pub mod api;
pub mod attaching;
pub mod described;
pub mod keeping;
pub mod model;
pub mod pages;
pub mod records;
pub mod rules;
pub mod shown;

pub use model::{Artifact, Attachment};
