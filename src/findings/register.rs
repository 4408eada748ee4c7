//! Findings as a register: their fields, their list, what may be typed.
//!
//! Invariant: the state, what a check says, and what only a step changes are shown, never typed.

use super::model::{Finding, Source, State};
use super::records::{reference_tag, requirement_tag, state_key};
use crate::auth::Action;
use crate::checks::Severity;
use crate::register::{Access, Draft, Field, Filter, FilterInput, Lookup, Register, RowsAct, Sort, Words};
use crate::storage::Cell;
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::vocabulary::{Date, Moment, fold};
use crate::web::Place;
use crate::{as_of, choices, fields, fragment};

fn moment(at: Option<Moment>) -> String {
    at.map_or_else(String::new, Moment::rfc3339)
}

fn verified(finding: &Finding) -> String {
    let Some(known) = &finding.verification else { return String::new() };
    let who = known.by.as_ref().map_or("the check", |member| member.login.as_str());
    format!("{who}, {}: {}", known.at.utc().format("%Y-%m-%d"), known.evidence)
}

fn remediated(finding: &Finding) -> String {
    let who = finding.remediated_by.as_ref().map_or("a program", |member| member.login.as_str());
    finding.remediated_at.map_or_else(String::new, |at| format!("{who}, {}", at.utc().format("%Y-%m-%d")))
}

impl Register for Finding {
    const WORDS: Words = Words {
        kind: "finding",
        collection: "findings",
        one: "finding",
        title: "Findings",
        purpose: "What is wrong, who has it and until when. Failing checks open findings by themselves; people enter what no check sees.",
    };
    const ACCESS: Access = Access { read: Action::ReadFindings, edit: Action::WorkFindings, import: None };
    const PLACE: Place = Place::Findings;
    const NAMES_PEOPLE: bool = true;
    const ROWS_ACTS: &'static [RowsAct] = &[("Triage", "triage", Action::WorkFindings)];
    const FIELDS: &'static [Field<Self>] = fields! { Finding;
        "Finding" {
            reference: shown(|finding: &Finding| finding.reference.to_string()), "Reference", "Given when the finding is opened.";
            title: line(200), "Title", "What is wrong, in a few words.";
            severity: choice(Severity), "Severity", "How urgent it is; the due date follows from it.";
            state: state(State), "State", "Where it stands; steps of their own lead on.";
            owner: member, "Owner", "Who has it: the login of a person who serves the organization.";
            due: date, "Due", "The day by which it has to be done with.";
            description: prose, "Description", "What was found, in your words.";
        }
        "What it bears on" {
            requirements: lines(80), "Requirement parts", "Ids such as CIP-007-6 R2.3, separated by semicolons.";
            touched: shown(|finding: &Finding| finding.touched_told(50)), "Records", "The records touched.";
            count: shown(|finding: &Finding| finding.count.to_string()), "Count", "How many records are touched, or how many conversations were seen.";
            extent: prose, "Extent", "How far it reaches: what else was looked at.";
            root_cause: prose, "Root cause", "Why it came to be.";
        }
        "Where it comes from" {
            source: state(Source), "Source", "A check, or a person.";
            check: shown(|finding: &Finding| finding.check.clone()), "Check", "Code of the check.";
            because: shown(|finding: &Finding| finding.because.clone()), "Verdict", "What the check says of the first record.";
            first_seen: shown(|finding: &Finding| moment(finding.first_seen)), "First seen", "When it was opened.";
            last_seen: shown(|finding: &Finding| moment(finding.last_seen)), "Last seen", "When what is said of it last changed.";
            gone_since: shown(|finding: &Finding| moment(finding.gone_since)), "Gone since", "Since when the check does not find it any more.";
            reopen_count: shown(|finding: &Finding| finding.reopen_count.to_string()), "Reopened", "How often it came back.";
        }
        "Remediation" {
            remediated_by: shown(remediated), "Remediated", "Who said that the work is done, and when.";
            verification: shown(verified), "Verified", "By the check itself, or by a second person with evidence.";
            outcome: shown(|finding: &Finding| finding.outcome.clone()), "Closed because", "Why it was closed.";
        }
        "Potential noncompliance" {
            potential_noncompliance: flag, "PNC", "Could it be a noncompliance? Yes, no, or not judged yet.";
            determined_on: date, "Determined on", "The day it was determined.";
            self_reported_on: date, "Self-reported on", "The day it was reported to the Regional Entity.";
            self_report: line(80), "Self-report", "The report's number.";
            notes: prose, "Notes", "Anything else worth keeping.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: Fragment::plain(concat!(crate::version_columns!(), ", NULL AS first, NULL AS second")),
        joins: Fragment::plain(""),
        from: "finding_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const FILTERS: &'static [Filter] = FILTERS;
    const SORTS: &'static [Sort] = &[
        Sort { name: "severity", label: "Severity", key: SortKey("v.worst_key"), of: |cells| cells[9].clone() },
        Sort { name: "reference", label: "Reference", key: SortKey("v.number"), of: |cells| cells[2].clone() },
        Sort { name: "due", label: "Due", key: SortKey("v.due_key"), of: |cells| cells[10].clone() },
        Sort { name: "owner", label: "Owner", key: SortKey("v.owner_login"), of: |cells| cells[12].clone() },
        Sort { name: "state", label: "State", key: SortKey("v.state_key"), of: |cells| cells[7].clone() },
        Sort { name: "last_seen", label: "Last seen", key: SortKey("v.last_seen"), of: |cells| cells[13].clone() },
    ];
    const COLUMNS: &'static [&'static str] =
        &["reference", "title", "severity", "state", "owner", "due", "count", "touched", "requirements", "last_seen"];
    const UNLESS: Option<(&'static str, Fragment)> = Some(("state", Fragment::plain("v.settled = FALSE")));
    const REQUIRED: &'static [&'static str] = &["title", "severity"];

    fn label(&self, _lookup: &Lookup) -> String {
        self.reference.to_string()
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn is_retired(&self) -> bool {
        self.is_settled()
    }

    fn retire(&mut self, _on: Date) {}

    fn mark(field: &str, word: &str) -> &'static str {
        match (field, word) {
            ("severity", "critical") => "mark critical",
            ("severity", "high") => "mark high",
            ("severity", "medium") => "mark medium",
            ("severity", "low") => "mark low",
            ("state", "open") => "mark open",
            ("state", "triaged" | "in_remediation") => "mark working",
            ("state", "remediated") => "mark waiting",
            ("state", "verified" | "closed") => "mark done",
            ("state", "accepted") => "mark excused",
            _ => "",
        }
    }

    fn check(&self, draft: &mut Draft) {
        if let (Some(from), Some(until)) = (self.determined_on, self.self_reported_on)
            && until < from
        {
            draft.refuse("self_reported_on", &until.to_string(), format!("before it was determined on {from}"));
        }
        if self.self_reported_on.is_some() && self.self_report.is_empty() {
            draft.refuse("self_report", "", "missing; give the report's number");
        }
    }
}

/// Keeps what touches a record, given by its reference.
const fn touching(name: &'static str, label: &'static str, values: fn(&str) -> Result<Vec<Cell>, String>) -> Filter {
    let input = FilterInput::Choice(&[]);
    let condition = fragment!(
        "EXISTS (SELECT 1 FROM terms t WHERE t.organization_id = $1 AND t.kind = 'finding' AND t.id = v.id AND " [t] " AND t.term = ?)"
    );
    Filter { name, label, input, condition, values }
}

const FILTERS: &[Filter] = &[
    Filter {
        name: "state",
        label: "State",
        input: FilterInput::Choice(choices!(State)),
        condition: Fragment::plain("v.state_key = ?"),
        values: |text| State::parse(text).map(|state| vec![Cell::text(state_key(state))]),
    },
    Filter {
        name: "severity",
        label: "Severity",
        input: FilterInput::Choice(choices!(Severity)),
        condition: Fragment::plain("v.severity = ?"),
        values: |text| Severity::parse(text).map(|severity| vec![Cell::text(severity.word())]),
    },
    Filter {
        name: "owner",
        label: "Owner",
        input: FilterInput::Link(crate::register::records::MEMBER),
        condition: Fragment::plain("v.owner_login = ?"),
        values: |text| Ok(vec![Cell::text(if text == "-" { String::new() } else { fold::folded(text) })]),
    },
    Filter {
        name: "requirement",
        label: "Requirement part",
        input: FilterInput::Choice(&[]),
        condition: fragment!(
            "EXISTS (SELECT 1 FROM terms t WHERE t.organization_id = $1 AND t.kind = 'finding' AND t.id = v.id AND " [t] " AND t.term = ?)"
        ),
        values: |text| Ok(vec![Cell::text(requirement_tag(text))]),
    },
    touching("asset", "Asset", |text| Ok(vec![Cell::text(reference_tag("asset", text))])),
    touching("system", "BES Cyber System", |text| Ok(vec![Cell::text(reference_tag("system", text))])),
    touching("record", "Another record", |text| {
        let (kind, reference) = text.split_once(':').ok_or("write its kind and reference, such as grant:RAG-7")?;
        Ok(vec![Cell::text(reference_tag(kind.trim(), reference))])
    }),
    Filter {
        name: "check",
        label: "Check",
        input: FilterInput::Choice(&[]),
        condition: Fragment::plain("v.check_code = ?"),
        values: |text| Ok(vec![Cell::text(text.trim().to_uppercase())]),
    },
    Filter {
        name: "due_before",
        label: "Due before",
        input: FilterInput::Date,
        condition: Fragment::plain("v.due_key < ?"),
        values: |text| Date::parse(text).map(|date| vec![Cell::text(date.to_string())]),
    },
];
