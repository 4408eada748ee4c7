//! The sessions of half a year, as gateways export them week by week, and those that are open now, as gateways push them.
//!
//! Invariant: pure text in the form a gateway writes it, the same for the same tables and days, taken in by the same import and
//! the same push as in a server. A file tells of what had ended the day before.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use chrono::Datelike as _;
use sha2::{Digest as _, Sha256};

use super::calendar::{Calendar, number};
use super::filling::{Replay, failed};
use super::script::Step;
use super::telling::Done;
use crate::remote_access::gateways;
use crate::remote_access::importing::{self, Import, Unimported};
use crate::remote_access::reading::{self, Ways};
use crate::remote_access::taking::{Coming, PUSHED, take_in};
use crate::sheets::{self, Limits};
use crate::storage::Change;
use crate::storage::versions::hash_text;
use crate::vocabulary::{Date, Moment};

/// Weeks of files.
const WEEKS: i64 = 26;
/// Minutes without activity after which the gateways end a session.
const IDLE: i64 = 30;

const HEADER: &str =
    "session,account,source,targets,protocol,kind,mfa,vendor,started_at,last_activity_at,ended_at,ended_by,recording\n";

type Cells = BTreeMap<String, String>;

/// Patterns of sessions, and sessions that are open now.
#[derive(Debug, Default)]
pub struct Connecting {
    patterns: Vec<Cells>,
    live: Vec<Cells>,
}

/// One session of a pattern.
struct Made<'p> {
    pattern: &'p Cells,
    key: String,
    targets: &'p str,
    started: Moment,
    active: Moment,
    ended: Moment,
    ended_by: &'p str,
}

fn rows(text: &str) -> Result<Vec<Cells>, String> {
    let mut sheets =
        sheets::read("sessions.csv", text.as_bytes(), &Limits::default()).map_err(|refusal| refusal.to_string())?;
    let sheet = sheets.pop().ok_or("an empty table")?;
    Ok(sheet.rows.into_iter().map(|row| sheet.header.iter().cloned().zip(row.cells).collect()).collect())
}

fn text<'r>(row: &'r Cells, name: &str) -> &'r str {
    row.get(name).map_or("", String::as_str)
}

impl Connecting {
    pub fn of(sessions: &str, live: &str) -> Result<Self, String> {
        Ok(Self { patterns: rows(sessions)?, live: rows(live)? })
    }

    /// One step for each file of each gateway, and one for each push on days that are judged: what is open now on the last of
    /// them, before that the word that all was told.
    #[must_use]
    pub fn steps(&self, judged: &[Step]) -> Vec<Step> {
        let gateways: BTreeSet<&str> = self.patterns.iter().map(|pattern| text(pattern, "gateway")).collect();
        let collector = |gateway: &str| {
            let found = self.patterns.iter().find(|pattern| text(pattern, "gateway") == gateway);
            found.map_or("", |pattern| text(pattern, "by")).to_owned()
        };
        let step = |ago_days, act: &str, gateway: &str| Step {
            ago_days,
            who: collector(gateway),
            act: act.to_owned(),
            kind: "session".to_owned(),
            reference: gateway.to_owned(),
            ..Step::default()
        };
        let of_week = |week| gateways.iter().map(move |gateway| step(week * 7, "connect", gateway));
        let files = (0..=WEEKS).rev().flat_map(of_week);
        let days = judged.iter().map(|judged| judged.ago_days);
        let pushes = days.flat_map(|day| gateways.iter().map(move |gateway| step(day, "push", gateway)));
        files.chain(pushes).collect()
    }

    /// The file of a gateway about the week before a day; none when nothing ended in it.
    fn file(&self, gateway: &str, ago_days: i64, calendar: &Calendar) -> Result<Option<String>, String> {
        let mut made = Vec::new();
        for (place, pattern) in self.patterns.iter().enumerate().filter(|(_, one)| text(one, "gateway") == gateway) {
            let (first, last) = (number(text(pattern, "first"))?, number(text(pattern, "last"))?);
            let every = usize::try_from(number(text(pattern, "every"))?.max(1)).unwrap_or(1);
            for day in (last..=first).rev().step_by(every) {
                made.extend(session(pattern, place, day, calendar)?);
            }
        }
        let week = ago_days + 1..=ago_days + 7;
        made.retain(|one| week.contains(&calendar.ago(calendar.zone.day(one.ended))));
        made.sort_by(|one, other| (one.started, &one.key).cmp(&(other.started, &other.key)));
        Ok((!made.is_empty()).then(|| made.iter().fold(HEADER.to_owned(), |file, one| file + &line(one))))
    }
}

/// A number that looks like chance and is always the same.
fn odd(place: usize, day: i64) -> i64 {
    let seed = u64::try_from(place).unwrap_or(0).wrapping_mul(7_919).wrapping_add(day.unsigned_abs());
    i64::try_from((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40).unwrap_or(0)
}

fn rests(day: Date) -> bool {
    day.naive().weekday().num_days_from_monday() > 4
}

/// The session of a pattern on a day; none at a weekend, where nobody works.
fn session<'p>(pattern: &'p Cells, place: usize, ago: i64, calendar: &Calendar) -> Result<Option<Made<'p>>, String> {
    let (day, odd) = (calendar.day(-ago), odd(place, ago));
    let (exact, minutes) = (text(pattern, "days") == "exact", number(text(pattern, "minutes"))?);
    if text(pattern, "days") == "weekdays" && rests(day) {
        return Ok(None);
    }
    let choices: Vec<&str> = text(pattern, "targets").split('|').collect();
    let targets = choices[usize::try_from(odd).unwrap_or(0) % choices.len()];
    let (later, minutes) = if exact { (0, minutes) } else { (odd % 41, minutes * (70 + odd % 61) / 100) };
    let started = calendar.zone.on(day, text(pattern, "at"))?.plus_seconds(later * 60 + odd % 60);
    let ended = started.plus_seconds(minutes * 60 + if exact { 0 } else { odd % 59 });
    let idle = !exact && odd % 9 == 0 && minutes > IDLE && text(pattern, "kind") == "interactive";
    let quiet = match number(text(pattern, "quiet")) {
        Ok(quiet) => quiet,
        Err(_) => {
            if idle {
                IDLE
            } else {
                1 + odd % 6
            }
        }
    };
    Ok(Some(Made {
        pattern,
        key: format!("S{}-{place:02}", day.to_string().replace('-', "")),
        targets,
        started,
        active: ended.plus_seconds(-quiet * 60),
        ended,
        ended_by: if idle { "idle" } else { text(pattern, "ended_by") },
    }))
}

fn line(one: &Made<'_>) -> String {
    let said = |name| text(one.pattern, name);
    let recording = if said("kind") == "interactive" && said("gateway").contains("-JMP-") {
        format!("{}/{}", said("gateway").to_lowercase(), one.key)
    } else {
        String::new()
    };
    let mut line = format!("{},{},{},{},", one.key, said("account"), said("source"), one.targets);
    let _ = writeln!(
        line,
        "{},{},{},{},{},{},{},{},{recording}",
        said("protocol"),
        said("kind"),
        said("mfa"),
        said("vendor"),
        one.started.rfc3339(),
        one.active.rfc3339(),
        one.ended.rfc3339(),
        one.ended_by,
    );
    line
}

/// Imports the file of a gateway.
pub async fn import(replay: &Replay<'_>, step: &Step) -> Done {
    let file = replay.connecting.file(&step.reference, step.ago_days, &replay.calendar()).map_err(failed)?;
    let Some(file) = file else { return Ok(()) };
    let day = replay.store.clock().now().utc().format("%Y-%m-%d");
    let import = Import {
        organization: replay.organization,
        author: replay.author(&step.who)?,
        gateway: step.reference.clone(),
        name: format!("{}-sessions.{day}.csv", step.reference.to_lowercase()),
        bytes: file.into_bytes(),
        local_times: false,
        partial: false,
    };
    match importing::import(replay.store, &replay.blobs, import).await {
        Ok(_) => Ok(()),
        Err(Unimported::Failed(failure)) => Err(failure.into()),
        Err(Unimported::Refused(lines)) => Err(failed(format!("{}: {:?}", step.reference, lines.first()))),
        Err(Unimported::NoGateway(problem) | Unimported::Broken(problem)) => Err(failed(problem)),
    }
}

/// What a gateway pushes now: its open sessions, or that there is none.
pub async fn push(replay: &Replay<'_>, step: &Step, change: &mut Change) -> Done {
    let calendar = replay.calendar();
    let mut file = HEADER.to_owned();
    for (place, row) in replay.connecting.live.iter().enumerate() {
        if text(row, "gateway") != step.reference || step.ago_days > 0 {
            continue;
        }
        let at = |name| calendar.moment(text(row, name)).map(Moment::rfc3339).map_err(failed);
        let said = |name| text(row, name);
        let _ = writeln!(
            file,
            "L{place:02},{},{},{},{},{},{},{},{},{},,,",
            said("account"),
            said("source"),
            said("targets"),
            said("protocol"),
            said("kind"),
            said("mfa"),
            said("vendor"),
            at("started_at")?,
            at("last_activity_at")?,
        );
    }
    let ways = Ways { now: replay.store.clock().now(), zone: None, partial: false };
    let heard = reading::read("live.csv", file.as_bytes(), &ways).map_err(|lines| failed(format!("{lines:?}")))?;
    let gateway = gateways::named(change.reading().await?, &step.reference).await?.map_err(failed)?;
    let coming = Coming {
        gateway: gateway.id,
        gateway_reference: &gateway.reference,
        source: PUSHED,
        digest: hash_text(&Sha256::digest(file.as_bytes())),
        artifact: None,
        told: &heard.told,
        partial: false,
    };
    let taken = take_in(change, coming).await?;
    taken.map(drop).map_err(|lines| failed(format!("{}: {:?}", step.reference, lines.first())))
}

#[cfg(test)]
mod tests {
    use super::super::calendar::Calendar;
    use super::super::script::SCRIPTS;
    use super::{Connecting, HEADER};
    use crate::remote_access::reading::{self, Ways};
    use crate::vocabulary::{Moment, TimeZone};

    #[test]
    fn files_tell_of_what_ended_before() {
        let zone = TimeZone::known("America/Denver");
        for hour in 0..24 {
            let now = Moment::parse("2026-11-26T00:30:00Z").expect("a moment").plus_seconds(hour * 3_600);
            let calendar = Calendar { now, zone };
            let table = Connecting::of(SCRIPTS[0].sessions, SCRIPTS[0].live).expect("tables");
            let mut sessions = 0;
            for step in table.steps(&[]).iter().filter(|step| step.act == "connect") {
                let file = table.file(&step.reference, step.ago_days, &calendar).expect("a file");
                let Some(file) = file else { continue };
                let earliest = now.plus_seconds(-step.ago_days * 86_400 - super::super::telling::BEFORE_NOW);
                let heard =
                    reading::read("one.csv", file.as_bytes(), &Ways { now: earliest, zone: None, partial: false });
                sessions += heard.expect("a file that can be read").rows;
            }
            assert!((450..800).contains(&sessions), "{sessions} sessions at {now:?}");
        }
        assert!(HEADER.ends_with('\n'));
    }
}
