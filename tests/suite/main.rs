//! The integration suite: one binary, a file per subject, every storage test on both engines.

#![expect(clippy::unwrap_used, reason = "a test that unwraps fails where it stands")]

#[path = "../support/mod.rs"]
mod support;

mod access;
mod access_overview;
mod access_rules;
mod access_scene;
mod access_walk;
mod accessible;
mod api;
mod architecture;
mod artifacts;
mod attachments;
mod auditors;
mod authorizing;
mod boundary_map;
mod boundary_rules;
mod boundary_walk;
mod checkpoints;
mod commands;
mod conduits;
mod contrast;
mod controls;
mod crash;
mod crossings;
mod departures;
mod documents;
mod evidence;
mod exceptions;
mod findings;
mod flow_csv;
mod granting;
mod grants;
mod intake_order;
mod inventory;
mod journey;
mod laptop;
mod obligations;
mod obligations_pages;
mod observation;
mod ordering;
mod oscal;
mod packages;
mod personnel;
mod plans;
mod posture;
mod proof;
mod protocol_logs;
mod remediation;
mod reviews;
mod reviews_clocks;
mod reviews_decided;
mod sessions;
mod shell;
mod statements;
mod storage;
mod tampering;
mod walk;
mod watching;
mod zeek_logs;
mod zeek_properties;
