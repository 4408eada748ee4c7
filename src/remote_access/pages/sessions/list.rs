//! Sessions as a list: who came in, through what, to what, and how that stands against their grants.
//!
//! Invariant: the rows shown are judged, and no others.

use askama::Template;
use axum::extract::State;
use uuid::Uuid;

use super::TABS;
use super::found::found;
use super::table::{Table, table};
use crate::auth::Action;
use crate::choices;
use crate::flows::listing::{Listed, SortOf};
use crate::ids::Id;
use crate::register::{Filter, FilterInput};
use crate::remote_access::lines::Line;
use crate::remote_access::model::GrantKind;
use crate::remote_access::records::sessions::{LIST, SessionRow};
use crate::storage::Cell;
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::vocabulary::{Moment, fold};
use crate::web::extract::Asking;
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Shell, links, page};

/// How a session is judged: looked at row by row.
pub const JUDGED: [(&str, &str); 13] = [
    ("any", "Failing"),
    ("indeterminate", "Indeterminate"),
    ("none", "No failing record"),
    ("unknown_account", "Unknown account"),
    ("no_grant", "Without a grant"),
    ("outside_window", "Outside the grant's time"),
    ("other_target", "Another target"),
    ("other_source", "Another source"),
    ("not_through_gateway", "Not through the granted gateway"),
    ("not_intermediate", "Not through an Intermediate System"),
    ("no_mfa", "Without a second factor"),
    ("open_after_end", "Open after its grant ended"),
    ("idle", "Idle beyond the limit"),
];

/// Holds of every row: what is answered row by row.
const BY_LOOKING: Fragment = Fragment::plain("v.kind <> ?");
/// Keeps what came through a gateway, given by its reference.
pub const GATEWAY: Fragment = crate::fragment!(
    "v.gateway_id IN (SELECT a.id FROM asset_versions a WHERE a.organization_id = $1 AND " [a] " AND a.reference_folded = ?)"
);
const PERSON: Fragment = crate::fragment!(
    "v.account_folded IN (SELECT l.login FROM person_logins l JOIN person_versions p ON p.organization_id = $1 AND p.id = l.person_id AND "
    [p] " WHERE l.organization_id = $1 AND " [l] " AND p.reference_folded = ?)"
);
const WORDS: Fragment = crate::fragment!(
    "((v.account_folded >= ? AND v.account_folded < ?) OR v.session_key = ? OR v.account_folded IN (SELECT l.login FROM person_logins l \
     JOIN terms t ON t.organization_id = $1 AND t.kind = 'person' AND t.id = l.person_id AND " [t] " WHERE l.organization_id = $1 AND " [l]
    " AND t.term >= ? AND t.term < ?))"
);

fn instant(text: &str) -> Result<Vec<Cell>, String> {
    let right = || "not a day or a moment, such as 2026-03-31".to_owned();
    Moment::parse(text).map(|at| vec![Cell::moment(at)]).ok_or_else(right)
}

const fn days(name: &'static str, label: &'static str, condition: &'static str) -> Filter {
    Filter { name, label, input: FilterInput::Date, condition: Fragment::plain(condition), values: instant }
}

const fn named(name: &'static str, label: &'static str, condition: Fragment) -> Filter {
    let values = |text: &str| Ok(vec![Cell::text(fold::folded(text))]);
    Filter { name, label, input: FilterInput::Link(name), condition, values }
}

fn open_or_ended(text: &str) -> Result<Vec<Cell>, String> {
    match text {
        "open" => Ok(vec![Cell::moment(Moment::OPEN), Cell::moment(Moment::OPEN)]),
        "ended" => Ok(vec![Cell::moment(Moment::ZERO), Cell::moment(Moment::OPEN.plus_micros(-1))]),
        _ => Err("not one of: open, ended".to_owned()),
    }
}

impl Listed for SessionRow {
    const LIST: &'static ListSql = &LIST;
    const FILTERS: &'static [Filter] = &[
        Filter {
            name: "state",
            label: "State",
            input: FilterInput::Choice(&[("open", "Open"), ("ended", "Ended")]),
            condition: Fragment::plain("(v.ended_at >= ? AND v.ended_at <= ?)"),
            values: open_or_ended,
        },
        Filter {
            name: "kind",
            label: "Kind",
            input: FilterInput::Choice(choices!(GrantKind)),
            condition: Fragment::plain("v.kind = ?"),
            values: |text| GrantKind::parse(text).map(|kind| vec![Cell::text(kind.word())]),
        },
        // By the gateway's word, the person or the grant, as each session is judged.
        Filter {
            name: "vendor",
            label: "Vendor",
            input: FilterInput::Choice(&[("yes", "Vendors only"), ("no", "Others only")]),
            condition: BY_LOOKING,
            values: |text| match text {
                "yes" | "no" => Ok(vec![Cell::text("")]),
                _ => Err("not one of: yes, no".to_owned()),
            },
        },
        Filter {
            name: "judged",
            label: "Judged",
            input: FilterInput::Choice(&JUDGED),
            condition: BY_LOOKING,
            values: |text| match JUDGED.iter().find(|(word, _)| *word == text) {
                Some(_) => Ok(vec![Cell::text("")]),
                None => Err(format!("not one of: {}", JUDGED.map(|(word, _)| word).join(", "))),
            },
        },
        named("gateway", "Gateway", GATEWAY),
        named("person", "Person", PERSON),
        days("from", "Started from", "v.started_at >= ?"),
        days("until", "Started until", "v.started_at <= ?"),
    ];
    const SORTS: &'static [SortOf<Self>] = &[
        SortOf {
            name: "started",
            label: "Started",
            key: SortKey("v.started_at"),
            of: |row| Cell::moment(row.started_at),
        },
        SortOf {
            name: "last_activity",
            label: "Last activity",
            key: SortKey("v.last_activity_at"),
            of: |row| Cell::moment(row.last_activity_at),
        },
        SortOf { name: "ended", label: "Ended", key: SortKey("v.ended_at"), of: |row| Cell::moment(row.ended_at) },
    ];

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn search(text: &str) -> Result<(&'static Fragment, Vec<Cell>), String> {
        let folded = fold::folded(text);
        let word = fold::words(text).next().unwrap_or_default();
        let range = |word: &str| [Cell::text(word), Cell::text(fold::above(word))];
        let [from, until] = range(&folded);
        let [first, last] = range(&word);
        Ok((&WORDS, vec![from, until, Cell::text(text.trim()), first, last]))
    }
}

#[derive(Template)]
#[template(path = "sessions/list.html")]
struct ListPage {
    shell: Shell,
    base: String,
    as_of: String,
    table: Table,
    lines: Vec<Line>,
    /// Sessions looked through, where verdicts or vendors were asked for.
    looked: Option<usize>,
    may_import: bool,
    may_export: bool,
}

pub async fn list(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let found = found(&mut at, &caller, &asking).await?;
    let base = links::place(&caller.serving()?.slug, "");
    let table = table(format!("{base}sessions"), &asking, &found);
    let mut shell = Shell::of(&caller, Place::Access, "Sessions").saying(asking.text("done"));
    shell.now_href.clone_from(&table.now);
    page::show(&ListPage {
        as_of: shell.query(),
        lines: found.lines,
        looked: found.looked,
        may_import: caller.may_now(Action::ImportAccess),
        may_export: caller.may(Action::ExportInventory),
        base,
        table,
        shell,
    })
}
