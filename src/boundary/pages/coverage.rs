//! Coverage: what sensors see of the boundary, and what nobody does.
//!
//! Invariant: what is not watched is said first; nothing unseen is called quiet.

use askama::Template;
use axum::extract::State;

use super::{Tab, tables, tabs};
use crate::boundary::model::{Stand, ZoneBox};
use crate::boundary::picturing::{self, Frame};
use crate::boundary::watching::{self, Share, Watching};
use crate::posture::Memory;
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Shell, links, page};

/// A sensor as a row.
struct SensorRow {
    watching: Watching,
    /// Class of its status, and its words.
    state: (&'static str, String),
}

/// A zone as a row.
struct ZoneRow {
    href: String,
    reference: String,
    name: String,
    watched: (&'static str, String),
    assets: usize,
    without_firmware: usize,
}

#[derive(Template)]
#[template(path = "boundary/coverage.html")]
struct CoveragePage {
    shell: Shell,
    tabs: Vec<Tab>,
    base: String,
    as_of: String,
    joint: String,
    share: Share,
    unwatched: usize,
    firmware: (usize, usize),
    sensors: Vec<SensorRow>,
    zones: Vec<ZoneRow>,
}

pub async fn coverage(State(app): State<App>, caller: Caller) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let judged = app.shared::<Memory>().judged(&mut at, caller.instant_shown()).await?;
    let serving = caller.serving()?;
    let shell = Shell::of(&caller, Place::Boundary, "Coverage of sensors");
    let as_of = shell.query();
    let frame = Frame { slug: &serving.slug, organization: &serving.name, instant: String::new(), query: &as_of };
    let picture = picturing::picture(&judged, &frame);
    let sensors = watching::sensors(&judged.facts, &picture);
    let recorded: Vec<&ZoneBox> = picture.zones.iter().filter(|zone| zone.stand == Stand::Recorded).collect();
    page::show(&CoveragePage {
        tabs: tabs(&serving.slug, &as_of, "boundary/coverage"),
        base: links::place(&serving.slug, ""),
        joint: as_of.replacen('?', "&", 1),
        share: watching::share(&picture, &sensors),
        unwatched: picture.unwatched(),
        firmware: recorded
            .iter()
            .fold((0, 0), |(without, all), zone| (without + zone.without_firmware, all + zone.assets)),
        zones: zone_rows(&recorded, &caller),
        sensors: sensors.into_iter().map(|watching| sensor_row(watching, &caller)).collect(),
        as_of,
        shell,
    })
}

fn sensor_row(watching: Watching, caller: &Caller) -> SensorRow {
    let state = match (watching.last, watching.speaks) {
        (None, _) => ("indeterminate", "never brought data".to_owned()),
        (Some(last), true) => ("no_failing_record", format!("last data {}", caller.told(last))),
        (Some(last), false) => {
            ("failing", format!("silent since {}, longer than {} hours", caller.told(last), watching.silent_after))
        }
    };
    SensorRow { watching, state }
}

/// Zones, those that nothing watches first.
fn zone_rows(recorded: &[&ZoneBox], caller: &Caller) -> Vec<ZoneRow> {
    let mut sorted = recorded.to_vec();
    sorted.sort_by_key(|zone| !zone.is_unwatched());
    let row = |zone: &ZoneBox| ZoneRow {
        href: zone.href.clone(),
        reference: zone.reference.clone(),
        name: zone.name.clone(),
        watched: tables::watched(zone, caller.time_zone()),
        assets: zone.assets,
        without_firmware: zone.without_firmware,
    };
    sorted.into_iter().map(row).collect()
}
