//! The map: is the boundary as we said, at a glance, and the same in tables.
//!
//! Invariant: drawing and tables come from one picture of the page's instant; the file is the same drawing for paper.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;

use super::looking::{href, is_open, looking, opened, toggle};
use super::tables::{self, ConduitRow, CrossingRow, ZoneRow};
use super::{Svg, Tab, tabs};
use crate::auth::Action;
use crate::boundary::model::{Picture, Stand};
use crate::boundary::picturing::{self, Frame};
use crate::boundary::{drawing, saying};
use crate::posture::Memory;
use crate::register::pages::export::note;
use crate::vocabulary::{Moment, PurdueLevel};
use crate::web::extract::Asking;
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Shell, links, page};

/// A filter that is on or off, or one of several.
struct Chip {
    label: String,
    href: String,
    on: bool,
}

#[derive(Template)]
#[template(path = "boundary/map.html")]
struct MapPage {
    shell: Shell,
    tabs: Vec<Tab>,
    base: String,
    summary: String,
    said: saying::Said,
    unwatched: usize,
    unused: usize,
    loose: Vec<String>,
    svg: Svg,
    file: Option<String>,
    only: Chip,
    open: Chip,
    /// The whole drawing in the width there is, instead of letters at their size.
    fit: Chip,
    levels: Vec<Chip>,
    around: Option<Chip>,
    crossings: Vec<CrossingRow>,
    zones: Vec<ZoneRow>,
    conduits: Vec<ConduitRow>,
    as_of: String,
    may_edit: bool,
}

/// The picture that was made last, worth as long as nothing is judged anew.
struct Last {
    judged: Moment,
    picture: Picture,
}

/// The picture at the instant of the address.
pub async fn picture(app: &App, caller: &Caller) -> Answer<Picture> {
    let mut at = caller.snapshot(app).await?;
    let judged = app.shared::<Memory>().judged(&mut at, caller.instant_shown()).await?;
    let (organization, size) = (at.organization(), at.tree_size());
    let last = app.computed.at::<Last>(organization, size).filter(|_| caller.as_of.is_none());
    if let Some(last) = last.filter(|last| last.judged == judged.facts.at) {
        let instant = caller.told(caller.instant_shown());
        return Ok(Picture { instant, ..last.picture.clone() });
    }
    let serving = caller.serving()?;
    let as_of = caller.as_of.map(Moment::rfc3339);
    let query = links::query(as_of.iter().map(|at| ("as_of", at.as_str())));
    let frame = Frame {
        slug: &serving.slug,
        organization: &serving.name,
        instant: caller.told(caller.instant_shown()),
        query: &query,
    };
    let picture = picturing::picture(&judged, &frame);
    if caller.as_of.is_none() {
        let last = Last { judged: judged.facts.at, picture: picture.clone() };
        app.computed.keep(organization, size, Arc::new(last));
    }
    Ok(picture)
}

pub async fn map(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let whole = picture(&app, &caller).await?;
    let mut shown = whole.narrowed(&looking(&asking, &whole)?);
    let open = opened(&asking);
    for zone in &mut shown.zones {
        zone.open = is_open(&open, zone);
    }
    page::show(&map_page(&caller, &asking, &whole, &shown)?)
}

pub async fn file(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let whole = picture(&app, &caller).await?;
    let mut shown = whole.narrowed(&looking(&asking, &whole)?);
    let open = opened(&asking);
    for zone in &mut shown.zones {
        zone.open = is_open(&open, zone);
    }
    note(&app, &caller, ("boundary", "boundary"), &asking).await?;
    let name = format!("attachment; filename=\"boundary-{}.svg\"", caller.instant_shown().compact());
    let name = HeaderValue::try_from(name).unwrap_or(HeaderValue::from_static("attachment"));
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, drawing::print(&shown)).into_response())
}

fn map_page(caller: &Caller, asking: &Asking, whole: &Picture, shown: &Picture) -> Answer<MapPage> {
    let slug = &caller.serving()?.slug;
    let base = links::place(slug, "boundary");
    let mut shell = Shell::of(caller, Place::Boundary, "Boundary");
    shell.now_href = href(&base, asking, &[("as_of", "")]);
    let clock = caller.time_zone();
    let toggle = |zone: &crate::boundary::model::ZoneBox| toggle(&base, asking, whole, zone);
    let around = |reference: &str| href(&base, asking, &[("zone", reference), ("only", ""), ("level", "")]);
    let recorded = shown.zones.iter().filter(|zone| zone.stand == Stand::Recorded);
    Ok(MapPage {
        tabs: tabs(slug, &shell.query(), "boundary"),
        summary: drawing::summary(whole),
        said: saying::answer(whole),
        unwatched: whole.unwatched(),
        unused: saying::unused(whole),
        loose: whole.loose.clone(),
        svg: Svg(drawing::page(shown, &toggle)),
        file: caller.may(Action::ExportInventory).then(|| href(&links::place(slug, "boundary.svg"), asking, &[])),
        only: on_off(asking, &base, ("only", "failing"), "Only what fails"),
        open: on_off(asking, &base, ("open", "all"), "Show devices"),
        fit: on_off(asking, &base, ("fit", "width"), "Whole map"),
        levels: levels(asking, &base, whole),
        around: around_chip(asking, &base),
        crossings: shown.crossings.iter().map(|one| tables::crossing(shown, one, clock)).collect(),
        zones: recorded.map(|zone| tables::zone(zone, clock, (toggle(zone), around(&zone.reference)))).collect(),
        conduits: shown.conduits.iter().map(|one| tables::conduit(shown, one)).collect(),
        as_of: shell.query(),
        may_edit: caller.may_now(Action::EditInventory),
        base: links::place(slug, ""),
        shell,
    })
}

fn on_off(asking: &Asking, base: &str, (name, value): (&str, &str), label: &str) -> Chip {
    let on = asking.text(name) == value;
    Chip { label: label.to_owned(), href: href(base, asking, &[(name, if on { "" } else { value })]), on }
}

fn levels(asking: &Asking, base: &str, whole: &Picture) -> Vec<Chip> {
    let used = |level: &&PurdueLevel| whole.zones.iter().any(|zone| zone.level == Some(**level));
    let chip = |level: &PurdueLevel| {
        let on = asking.text("level") == level.word();
        Chip {
            label: level.label().to_owned(),
            href: href(base, asking, &[("level", if on { "" } else { level.word() })]),
            on,
        }
    };
    PurdueLevel::ALL.iter().rev().filter(used).map(chip).collect()
}

fn around_chip(asking: &Asking, base: &str) -> Option<Chip> {
    let zone = asking.text("zone");
    let label = format!("Around {zone}");
    (!zone.is_empty()).then(|| Chip { label, href: href(base, asking, &[("zone", "")]), on: true })
}
