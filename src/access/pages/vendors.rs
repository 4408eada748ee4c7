//! What stands above a vendor: who acts for it, and every path it has.
//!
//! Invariant: a path that opens comes first, with the documented way to switch it off (CIP-005-7 R2.5); what is over is in the
//! list of grants.

use crate::access::records::{self, First};
use crate::departures::records::abilities::{self, Holdings};
use crate::departures::rules::held;
use crate::personnel::{Person, Vendor};
use crate::register::pages::{Head, HeadOf, Section};
use crate::register::view::{CellView, RowView};
use crate::remote_access::Grant;
use crate::remote_access::model::{GrantKind, GrantStatus};
use crate::storage::{Kept, Snapshot};
use crate::vocabulary::Moment;
use crate::web::{Answer, Caller, links};

pub const VENDOR: HeadOf<Vendor> = |caller, at, kept, as_of| Box::pin(vendor(caller, at, kept, as_of));

async fn vendor(caller: &Caller, at: &mut Snapshot, kept: &Kept<Vendor>, as_of: &str) -> Answer<Head> {
    let now = at.now();
    let (people, mut grants) = records::of_vendor(at, kept.id, now).await?;
    let mut holdings = Holdings { grants: std::mem::take(&mut grants.rows), ..Holdings::default() };
    holdings.names = abilities::names(at, &holdings).await?;
    // What lets somebody in stands before what will or waits; each the first to end first.
    holdings.grants.sort_by_key(|grant| !grant.opens(now));
    let named = records::people(at, holdings.grants.iter().filter_map(|grant| grant.person)).await?;
    let slug = &caller.serving()?.slug;
    let row = |grant: &Kept<Grant>| row(caller, (grant, &holdings), &named, now, (slug, as_of));
    let section = Section {
        title: "Its paths",
        total: grants.told(holdings.grants.len()),
        note: note(&grants, holdings.grants.len()),
        head: vec!["Grant", "Person", "Kind", "Reaches", "Through", "Until", "State", "Switched off by"],
        rows: holdings.grants.iter().map(row).collect(),
        ..Section::default()
    };
    let open = holdings.grants.iter().filter(|grant| grant.opens(now)).count();
    Ok(Head { section: Some(section), ..told(kept, (open, &grants), &people) })
}

/// What the table of paths shows.
fn note(grants: &First<Grant>, shown: usize) -> String {
    match (shown, grants.more) {
        (0, _) => "No path stands, will stand or is asked for.".to_owned(),
        (_, true) => format!("The first of {} paths that stand, will stand or are asked for.", grants.told(shown)),
        (_, false) => "What stands, will stand or is asked for. What is over is in the list of grants.".to_owned(),
    }
}

/// How many paths of a vendor are open, and who acts for it.
fn told(vendor: &Vendor, (open, grants): (usize, &First<Grant>), people: &First<Person>) -> Head {
    let said = match (vendor.remote_access, open) {
        (Some(false), 0) => "Its remote access is not permitted, and no path of it is open.".to_owned(),
        (_, 0) => "No path of it is open.".to_owned(),
        (_, 1) => "1 path of it is open.".to_owned(),
        (_, open) => format!("{} paths of it are open.", grants.told(open)),
    };
    let act = match people.rows.len() {
        1 => "1 person acts for it.".to_owned(),
        many => format!("{} people act for it.", people.told(many)),
    };
    let (mark, status) = if open > 0 { ("mark working", "Paths open") } else { ("quiet", "No path open") };
    let warned = (vendor.remote_access == Some(false) && open > 0)
        .then(|| "It is stated that its remote access is not permitted, and a path is open.".to_owned());
    Head { mark, status, lines: vec![said, act], warnings: warned.into_iter().collect(), ..Head::default() }
}

fn row(
    caller: &Caller,
    (grant, holdings): (&Kept<Grant>, &Holdings),
    people: &std::collections::BTreeMap<crate::ids::PersonId, (String, String)>,
    now: Moment,
    (slug, as_of): (&str, &str),
) -> RowView {
    use crate::ids::Id as _;
    let cell = |text: String, class| CellView { text, class, href: None };
    let at = |kind: &str, id: String| Some(format!("{}{as_of}", links::record(slug, &links::collection(kind), id)));
    let person =
        grant.person.and_then(|id| people.get(&id).map(|(reference, name)| (id, format!("{reference} {name}"))));
    let via = grant.via.and_then(|id| holdings.names.get(&id.uuid()).cloned());
    let status = grant.status(now);
    let tested = grant.disable_tested_on.map_or(" (not tested)".to_owned(), |on| format!(" (tested {on})"));
    let off = if grant.disable_method.trim().is_empty() {
        "Not documented".to_owned()
    } else {
        format!("{}{tested}", grant.disable_method)
    };
    let cells = vec![
        CellView { text: grant.reference.to_string(), class: "ref", href: at("grant", grant.id.to_string()) },
        person.map_or_else(
            || cell(String::new(), ""),
            |(id, text)| CellView { text, class: "", href: at("person", id.to_string()) },
        ),
        cell(grant.kind.map_or("", GrantKind::label).to_owned(), ""),
        cell(held::reach_of_grant(grant, &holdings.names), "wide"),
        cell(via.unwrap_or_default(), ""),
        cell(grant.ends().map_or_else(String::new, |until| caller.told(until)), ""),
        cell(status.label().to_owned(), mark(status)),
        cell(off, "wide"),
    ];
    RowView { id: grant.id.to_string(), version: grant.version, label: grant.reference.to_string(), cells }
}

const fn mark(status: GrantStatus) -> &'static str {
    match status {
        GrantStatus::Active => "mark done",
        GrantStatus::Requested => "mark waiting",
        GrantStatus::Scheduled => "mark working",
        GrantStatus::Expired | GrantStatus::Revoked | GrantStatus::Refused => "mark excused",
    }
}
