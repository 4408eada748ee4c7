//! The frameworks side by side: what is in force, what the organization has answered, how they map to each other.
//!
//! Invariant: counts are of the day the page shows; each is a link to the rows behind it.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;

use crate::controls::records::controls;
use crate::controls::{Attestation, Narrative};
use crate::frameworks::{Applicability, Framework, Standard, Standing, catalogs};
use crate::vocabulary::Date;
use crate::web::extract::Asking;
use crate::web::{Answer, App, Caller, Place, Shell, links, page};

/// A framework in the table.
struct Row {
    framework: &'static Framework,
    href: String,
    in_force: usize,
    past: usize,
    future: usize,
    /// Parts in force that apply, and that cannot be decided; none where applicability is not computed.
    applies: Option<(usize, usize)>,
    with_control: usize,
    with_narrative: usize,
    attested: usize,
}

/// A version of a NERC standard in the table.
struct StandardRow {
    standard: &'static Standard,
    href: String,
    parts: usize,
    standing: Standing,
    next: Vec<&'static str>,
}

/// How many mappings lead from one framework to another.
struct Pair {
    from: &'static str,
    to: &'static str,
    count: usize,
}

#[derive(Template)]
#[template(path = "posture/frameworks.html")]
struct FrameworksPage {
    shell: Shell,
    base: String,
    query: String,
    on: Date,
    rows: Vec<Row>,
    standards: Vec<StandardRow>,
    future: &'static [crate::frameworks::model::FutureVersion],
    pairs: Vec<Pair>,
    mappings: usize,
    reading: &'static str,
    rule: &'static str,
    may_edit: bool,
    controls: usize,
}

/// Ids of requirements the organization has answered.
struct Answered {
    controls: BTreeSet<String>,
    narratives: BTreeSet<String>,
    attested: BTreeSet<String>,
}

pub async fn list(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let on = caller.day();
    let known = super::known(&app, &mut at).await?;
    let own = controls(&mut at).await?;
    let narratives = at.every::<Narrative>().await?;
    let attestations = at.every::<Attestation>().await?;
    let answered = Answered {
        controls: own.iter().flat_map(|kept| &kept.content.requirements).map(ToString::to_string).collect(),
        narratives: narratives.iter().map(|kept| kept.requirement.to_string()).collect(),
        attested: attestations.iter().filter(|kept| kept.covers(on)).map(|kept| kept.requirement.to_string()).collect(),
    };
    let shell = Shell::of(&caller, Place::Controls, "Frameworks").saying(asking.text("done"));
    let (slug, query) = (caller.serving()?.slug.clone(), shell.query());
    let row = |framework| row(framework, on, &known, &answered, &slug, &query);
    let rows = catalogs().frameworks.iter().map(row).collect();
    let mut page = page_of(shell, &slug, query.clone(), on, rows);
    page.may_edit = caller.may_now(crate::auth::Action::EditControls);
    page.controls = own.len();
    page::show(&page)
}

fn page_of(shell: Shell, slug: &str, query: String, on: Date, rows: Vec<Row>) -> FrameworksPage {
    let cip = catalogs().framework("nerc-cip");
    let future: &'static [_] = cip.map(|cip| cip.future.as_slice()).unwrap_or_default();
    FrameworksPage {
        shell,
        base: links::place(slug, ""),
        rows,
        standards: cip.map(|cip| standards(cip, on, slug, &query)).unwrap_or_default(),
        future,
        pairs: pairs(),
        mappings: catalogs().crosswalk.rows.len(),
        reading: &catalogs().crosswalk.reading,
        rule: &catalogs().crosswalk.rule,
        query,
        on,
        may_edit: false,
        controls: 0,
    }
}

fn row(
    framework: &'static Framework,
    on: Date,
    known: &super::Known,
    answered: &Answered,
    slug: &str,
    query: &str,
) -> Row {
    let current: Vec<_> = catalogs().parts_in_force(&framework.id, on).collect();
    let of = |ids: &BTreeSet<String>| current.iter().filter(|part| ids.contains(&part.id)).count();
    let standing = |wanted: Standing| {
        let stands = |part: &&crate::frameworks::Requirement| {
            catalogs().standard_of(part).is_some_and(|standard| standard.standing(on) == wanted)
        };
        framework.requirements.iter().filter(stands).count()
    };
    let computed: Vec<Applicability> = current
        .iter()
        .filter_map(|part| known.reaches.get(part.id.as_str()))
        .map(crate::frameworks::Reach::anything)
        .collect();
    let open = computed.iter().filter(|found| matches!(found, Applicability::Unknown(_))).count();
    let applies = computed.iter().filter(|found| **found == Applicability::Applies).count();
    Row {
        framework,
        href: format!("{}{query}", links::record(slug, "frameworks", &framework.id)),
        in_force: current.len(),
        past: standing(Standing::Superseded),
        future: standing(Standing::Future),
        applies: (!computed.is_empty()).then_some((applies, open)),
        with_control: of(&answered.controls),
        with_narrative: of(&answered.narratives),
        attested: of(&answered.attested),
    }
}

fn standards(cip: &'static Framework, on: Date, slug: &str, query: &str) -> Vec<StandardRow> {
    let view = |standard: &'static Standard| {
        let joint = if query.is_empty() { "?" } else { &format!("{query}&") };
        let href = format!(
            "{}{joint}standing=all&standard={}",
            links::record(slug, "frameworks", &cip.id),
            links::encoded(&standard.id)
        );
        let parts = cip.requirements.iter().filter(|part| part.standard == standard.id).count();
        let next = cip.future.iter().filter(|known| known.family == standard.family && !standard.family.is_empty());
        let next = next.map(|known| known.id.as_str()).collect();
        StandardRow { standard, href, parts, standing: standard.standing(on), next }
    };
    cip.standards.iter().map(view).collect()
}

fn pairs() -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    for row in &catalogs().crosswalk.rows {
        let (from, to) = (catalogs().title_of(&row.source_framework), catalogs().title_of(&row.target_framework));
        match pairs.iter_mut().find(|pair| pair.from == from && pair.to == to) {
            Some(pair) => pair.count += 1,
            None => pairs.push(Pair { from, to, count: 1 }),
        }
    }
    pairs.sort_by_key(|pair| std::cmp::Reverse(pair.count));
    pairs
}
