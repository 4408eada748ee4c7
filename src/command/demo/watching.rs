//! The sensors' months: logs made of the inventory's own interfaces and services, and hosts that nobody explains.
//!
//! Invariant: pure text in the form Zeek writes `conn.log`; the same tables and days give the same text. What is decided
//! about a host goes through the same action as in the browser.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::logging::{Log, Station};
use super::script::Step;
use super::telling::{Done, Scene};
use crate::assets::Asset;
use crate::flows::{Sensor, deciding, records};
use crate::register::{Register as _, actions as register, draft, records as registers};
use crate::sheets::{self, Limits, Sheet};
use crate::vocabulary::{Moment, Origin};

const IDENTITY_FIELDS: &str =
    "ts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\trequest_response\tobject_id_code\tobject_id\tobject_value";

type Row = BTreeMap<String, String>;

/// What sensors see: the organization's tables by asset, and the tables of watches, strangers and conversations.
#[derive(Default)]
pub struct Watching {
    stations: BTreeMap<String, Station>,
    services: Vec<Row>,
    watches: Vec<Row>,
    strangers: Vec<Row>,
    conversations: Vec<Row>,
}

fn rows(text: &str) -> Result<Vec<Row>, String> {
    let mut sheets =
        sheets::read("watches.csv", text.as_bytes(), &Limits::default()).map_err(|refusal| refusal.to_string())?;
    Ok(sheets.pop().map(|sheet| named(&sheet)).unwrap_or_default())
}

fn named(sheet: &Sheet) -> Vec<Row> {
    sheet.rows.iter().map(|row| sheet.header.iter().cloned().zip(row.cells.iter().cloned()).collect()).collect()
}

fn number(row: &Row, name: &str) -> i64 {
    row.get(name).and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn text<'r>(row: &'r Row, name: &str) -> &'r str {
    row.get(name).map_or("", String::as_str)
}

/// True while a stranger, or a conversation, is on the network.
fn is_there(stranger: &Row, ago_days: i64) -> bool {
    (number(stranger, "last")..=number(stranger, "first")).contains(&ago_days)
}

/// Transport, port and protocol, as `tcp/502/modbus`.
fn services(offers: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    offers.split(';').filter_map(|offer| {
        let (transport, rest) = offer.split_once('/')?;
        let (port, protocol) = rest.split_once('/')?;
        Some((transport, port, protocol))
    })
}

impl Watching {
    /// Reads the tables. `belongings` are those of interfaces and services.
    pub fn of(
        [watches, strangers, conversations]: [&str; 3],
        belongings: &[(&'static str, Sheet)],
    ) -> Result<Self, String> {
        let (watches, strangers, conversations) = (rows(watches)?, rows(strangers)?, rows(conversations)?);
        let mut watching = Self { watches, strangers, conversations, ..Self::default() };
        for (kind, sheet) in belongings {
            if *kind == "service" {
                watching.services = named(sheet);
                continue;
            }
            for row in named(sheet) {
                let address = text(&row, "addresses").split(['/', ';']).next().unwrap_or("").to_owned();
                let station = Station { address, mac: text(&row, "mac").to_owned() };
                watching.stations.entry(text(&row, "asset").to_owned()).or_insert(station);
            }
        }
        Ok(watching)
    }

    /// One step for each log: every so many days from a sensor's first to its last.
    pub fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        for watch in &self.watches {
            let (first, last, every) = (number(watch, "first"), number(watch, "last"), number(watch, "every").max(1));
            let days = (0..).map(|n| last + n * every).take_while(|days| *days <= first);
            steps.extend(days.map(|ago_days| Step {
                ago_days,
                act: "observe".to_owned(),
                kind: "batch".to_owned(),
                who: text(watch, "who").to_owned(),
                reference: text(watch, "sensor").to_owned(),
                ..Step::default()
            }));
        }
        steps
    }

    /// The logs of a sensor over the day before a moment, so many days before now: connections, and what was done over
    /// Modbus when anything was.
    pub fn log(&self, sensor: &str, until: Moment, ago_days: i64) -> (String, Option<String>) {
        let mut log = Log::until(until);
        for watch in self.watches.iter().filter(|watch| text(watch, "sensor") == sensor) {
            for service in &self.services {
                self.served(&mut log, watch, service);
            }
        }
        for stranger in self.strangers.iter().filter(|one| text(one, "sensor") == sensor) {
            if is_there(stranger, ago_days) {
                self.strange(&mut log, stranger);
            }
        }
        for said in self.conversations.iter().filter(|one| text(one, "sensor") == sensor) {
            if is_there(said, ago_days) {
                self.converse(&mut log, said);
            }
        }
        log.done()
    }

    /// A conversation between named ends: assets of the inventory, else addresses.
    fn converse(&self, log: &mut Log, said: &Row) {
        let end = |name: &str| match self.stations.get(text(said, name)) {
            Some(station) => station.clone(),
            None => Station { address: text(said, name).to_owned(), mac: String::new() },
        };
        let service = (text(said, "transport"), text(said, "port"), text(said, "service"));
        let state = Some(text(said, "state")).filter(|state| !state.is_empty());
        let commands: Vec<&str> = text(said, "commands").split(';').filter(|command| !command.is_empty()).collect();
        log.said(&end("from"), &end("to"), service, state, &commands);
    }

    /// What strangers said of themselves when they were asked over Modbus, as ICSNPP writes it; none when nobody was.
    pub fn identities(&self, sensor: &str, until: Moment, ago_days: i64) -> Option<String> {
        let mut log =
            format!("#separator \\x09\n#path\tmodbus_read_device_identification\n#fields\t{IDENTITY_FIELDS}\n");
        let head = log.len();
        let at = until.plus_seconds(-7_200).micros() / 1_000_000;
        for stranger in self.strangers.iter().filter(|one| text(one, "sensor") == sensor && is_there(one, ago_days)) {
            let Some(peer) = self.stations.get(text(stranger, "peer")) else { continue };
            for (code, name) in [("0", "vendor"), ("1", "model"), ("2", "firmware"), ("4", "product")] {
                let said = text(stranger, name);
                if !said.is_empty() {
                    let host = text(stranger, "address");
                    let _ = writeln!(
                        log,
                        "{at}.000000\tC{code}\t{}\t50100\t{host}\t502\tRESPONSE\t{code}\t{name}\t{said}",
                        peer.address
                    );
                }
            }
        }
        (log.len() > head).then_some(log)
    }

    /// What an asset offers, asked for by those who ask for such a service.
    fn served(&self, log: &mut Log, watch: &Row, service: &Row) {
        let Some(server) = self.stations.get(text(service, "asset")) else { return };
        let inside = text(watch, "networks").split(';').any(|network| server.address.starts_with(network));
        let protocol = text(service, "protocol");
        for client in text(watch, "clients").split(';').filter_map(|pair| pair.split_once('=')) {
            let Some(station) = self.stations.get(client.1).filter(|one| one.address != server.address) else {
                continue;
            };
            if inside && client.0 == protocol {
                log.conversation(station, server, (text(service, "transport"), text(service, "port"), protocol));
            }
        }
    }

    fn strange(&self, log: &mut Log, stranger: &Row) {
        let own = Station { address: text(stranger, "address").to_owned(), mac: text(stranger, "mac").to_owned() };
        let Some(peer) = self.stations.get(text(stranger, "peer")) else { return };
        for service in services(text(stranger, "offers")) {
            log.conversation(peer, &own, service);
        }
        for service in services(text(stranger, "asks")) {
            log.conversation(&own, peer, service);
        }
    }
}

/// Enters a sensor.
pub async fn enter_sensor(scene: &mut Scene<'_>) -> Done {
    let mut texts = scene.step.set.clone();
    texts.insert("reference".to_owned(), scene.step.reference.clone());
    let sensor = scene.made::<Sensor>(&texts).await?;
    register::enter(scene.change, &sensor, &scene.step.why).await?;
    Ok(())
}

/// Decides about a host that was seen.
pub async fn decide(scene: &mut Scene<'_>) -> Done {
    let found = records::seen(scene.change.reading().await?, &scene.step.reference).await?;
    let seen = found.ok_or_else(|| scene.wrong("was never seen"))?.seen;
    if scene.step.act == "reject" {
        return Ok(deciding::reject(scene.change, &seen, &scene.step.why).await?);
    }
    let texts = &scene.step.set;
    let lookup = registers::lookup_for::<Asset>(scene.change.reading().await?, [], [texts]).await?;
    let mut asset = Asset::default();
    asset.begin(Origin::Discovered);
    let drafted = draft::apply(&mut asset, texts, &lookup);
    if let Some(problem) = drafted.problems.first() {
        return Err(scene.wrong(format!("{} {}", problem.field, problem.problem)));
    }
    deciding::fill_in(&mut asset, &seen);
    deciding::accept(scene.change, &seen, &asset, &scene.step.why).await?;
    Ok(())
}
