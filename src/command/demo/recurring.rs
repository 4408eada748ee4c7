//! What happens by itself while the demonstration is replayed: logs come in, checks are followed, days are recorded.
//!
//! Invariant: the same errands as those of a server, run on the replay's clock.

use super::super::Ending;
use super::filling::{Replay, failed};
use super::script::{RECORDED, Step};
use super::telling::Done;
use crate::errands;
use crate::flows::importing::{self, Import, Unimported};
use crate::flows::intake::{LogFile, Progress};
use crate::vocabulary::Reference;

/// Days before now on which findings first followed the checks, and those between them and the recorded days.
const FOLLOWED: [i64; 4] = [125, 118, 110, 101];

/// Days before now on all of which posture is recorded; before, on every third.
const DAILY: i64 = 66;

/// One step for each day on which findings follow the checks and posture is recorded.
pub fn days(every: i64) -> Vec<Step> {
    let recorded = (0..=RECORDED).filter(|day| day % every == 0 && (*day <= DAILY || day % 3 == 0));
    let step = |ago_days| Step { ago_days, act: "judge".to_owned(), kind: "posture".to_owned(), ..Step::default() };
    FOLLOWED.into_iter().chain(recorded).map(step).collect()
}

/// Lets findings follow the checks, and records the day.
pub async fn judge(replay: &Replay<'_>) -> Done {
    Ok(errands::one(replay.store, &replay.memory, replay.organization).await?)
}

/// Imports the logs of a sensor.
pub async fn observe(replay: &Replay<'_>, step: &Step) -> Done {
    let now = replay.store.clock().now();
    let identities = replay.watching.identities(&step.reference, now, step.ago_days);
    let (conversations, commands) = replay.watching.log(&step.reference, now, step.ago_days);
    let day = now.utc().format("%Y-%m-%d");
    let mut files = Vec::new();
    let logs = [
        ("conn", Some(conversations)),
        ("modbus_detailed", commands),
        ("modbus_read_device_identification", identities),
    ];
    for (kind, text) in logs {
        let Some(text) = text else { continue };
        let path = replay.folder.join(format!("{kind}.log"));
        std::fs::write(&path, text).map_err(failed)?;
        files.push(LogFile::named(format!("{}-{kind}.{day}.log", step.reference.to_lowercase()), path));
    }
    let import = Import {
        organization: replay.organization,
        author: replay.author(&step.who)?,
        sensor: Reference::parse(&step.reference).map_err(failed)?,
        files: files.clone(),
        partial: false,
        progress: Progress::default(),
    };
    let imported = importing::import(replay.store, &replay.blobs, import).await;
    for file in files {
        std::fs::remove_file(&file.path).map_err(failed)?;
    }
    match imported {
        Ok(_) => Ok(()),
        Err(Unimported::Failed(failure)) => Err(failure.into()),
        Err(Unimported::Refused(refusal)) => Err(refused(&refusal.lines)),
        Err(Unimported::Broken(problem)) => Err(failed(problem)),
    }
}

fn refused(lines: &[crate::flows::reading::BadLine]) -> Ending {
    failed(format!("{:?}", lines.first()))
}
