//! The fields of an exception, for its form, its history and the API.
//!
//! Invariant: what was decided, by whom and when is shown and never typed.

use super::model::{Exception, ExceptionKind};
use super::{rules, subjects};
use crate::auth::Action;
use crate::register::{Access, Act, Draft, Field, Filter, Lookup, Register, Sort, Words};
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::vocabulary::{Date, TimeZone};
use crate::web::Place;
use crate::{as_of, fields};

fn told(act: Option<&Act>, zone: TimeZone) -> String {
    act.map_or_else(String::new, |act| act.told(zone))
}

impl Register for Exception {
    const WORDS: Words = Words {
        kind: "exception",
        collection: "exceptions",
        one: "exception",
        title: "Exceptions",
        purpose: "What the organization is excused from, on which basis, with what in its place, and until when.",
    };
    const ACCESS: Access = Access { read: Action::ReadFindings, edit: Action::RequestException, import: None };
    const PLACE: Place = Place::Findings;
    const FIELDS: &'static [Field<Self>] = fields! { Exception;
        "Exception" {
            reference: reference, "Reference", "Your own tag, or the TFE's number.";
            title: line(160), "Title", "What is excused, in a few words.";
            kind: choice(ExceptionKind), "Kind", "TFE and capability: only where the requirement's text allows them. CEC: only for the parts that name it. Policy: only for advisory checks.";
        }
        "What it is about" {
            requirements: lines(80), "Requirement parts", "Ids such as CIP-007-6 R2.3, separated by semicolons.";
            checks: lines(40), "Checks", "Codes of checks, separated by semicolons; every check of the parts when empty.";
            everything: flag, "All records", "Yes: every record of the organization is covered.";
            subjects: shown(|exception: &Exception| subjects::told(&exception.subjects)), "Records", "The records it covers.";
        }
        "Grounds" {
            basis: prose, "Basis", "Why the requirement cannot be met as written.";
            compensating: prose, "Compensating measures", "What mitigates the risk while it stands.";
            from: date, "From", "The first day on which it stands.";
            expires: date, "Expires", "The last day on which it stands; it ends by itself.";
        }
        "CIP Exceptional Circumstance" {
            declaration: prose, "Declaration", "Who declared it, and what the circumstance is.";
            declared_on: date, "Declared on", "The day it was declared.";
            ended_on: date, "Ended on", "The day it was over; empty while it goes on.";
        }
        "Decision" {
            requested: shown_in(|exception: &Exception, zone| told(exception.requested.as_ref(), zone)), "Requested", "Who asked, and when.";
            approved: shown_in(|exception: &Exception, zone| told(exception.approved.as_ref(), zone)), "Approved", "Who granted it: another person than the one who asked.";
            refused: shown_in(|exception: &Exception, zone| told(exception.refused.as_ref(), zone)), "Refused", "Who refused it, and why.";
            revoked: shown_in(|exception: &Exception, zone| told(exception.revoked.as_ref(), zone)), "Revoked", "Who took it back, and why.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: Fragment::plain(concat!(crate::version_columns!(), ", NULL AS first, NULL AS second")),
        joins: Fragment::plain(""),
        from: "exception_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const FILTERS: &'static [Filter] = &[];
    const SORTS: &'static [Sort] = &[Sort {
        name: "reference",
        label: "Reference",
        key: SortKey("v.reference_folded"),
        of: |cells| cells[1].clone(),
    }];
    const COLUMNS: &'static [&'static str] = &["reference", "title", "kind", "requirements", "from", "expires"];
    const UNLESS: Option<(&'static str, Fragment)> = None;
    const REQUIRED: &'static [&'static str] = &["reference", "title", "kind", "basis", "from", "expires"];

    fn label(&self, _lookup: &Lookup) -> String {
        self.reference.to_string()
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn is_retired(&self) -> bool {
        self.refused.is_some() || self.revoked.is_some()
    }

    fn retire(&mut self, _on: Date) {}

    fn check(&self, draft: &mut Draft) {
        rules::check(self, draft);
    }
}
