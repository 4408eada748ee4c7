//! What every printed document of a package has in common: its head and foot, its mark, how a status looks.
//!
//! Invariant: the effective instant and the checkpoint of its size stand on each page (package rule 1); a status is a word,
//! a shape and a color.

use crate::checks::Status;
use crate::evidence::dossier::Dossier;
use crate::evidence::words::verdict;
use crate::posture::rules::Standing;
use crate::report::{Ink, Report, Run, Text, Unprintable};
use crate::seal::{Spool, Unsealable};
use crate::storage::versions::hex;

/// Every page of a package is BES Cyber System Information.
const MARK: &str = "BES Cyber System Information";

/// A document of the package without its blocks.
pub fn sheet(dossier: &Dossier, kicker: &str, title: &str, subtitle: &str) -> Report {
    let profile = &dossier.profile;
    let small = |text: String| Run::of(text).ink(Ink::Quiet);
    let ncr = if profile.ncr.is_empty() { String::new() } else { format!(" · {}", profile.ncr) };
    let instant = dossier.instant.rfc3339();
    Report {
        kicker: kicker.to_owned(),
        title: title.to_owned(),
        subtitle: subtitle.to_owned(),
        author: profile.name.clone(),
        instant: dossier.instant,
        header: format!("{}{ncr} · audit {}", profile.name, dossier.order.audit_id()),
        mark: MARK.to_owned(),
        footer: vec![
            vec![small(format!("As of {instant} · checkpoint of {} leaves, root", dossier.checkpoint.size))],
            vec![small(hex(&dossier.checkpoint.root)).mono()],
        ],
        blocks: Vec::new(),
    }
}

/// The shape that stands before a status.
pub const fn shape(status: Status) -> &'static str {
    match status {
        Status::Failing => "▲",
        Status::DueSoon => "◐",
        Status::Justified => "◆",
        Status::NoFailingRecord => "●",
        Status::Indeterminate => "○",
        Status::NotApplicable => "–",
    }
}

pub const fn ink(status: Status) -> Ink {
    match status {
        Status::Failing => Ink::Failing,
        Status::DueSoon => Ink::DueSoon,
        Status::Justified => Ink::Justified,
        Status::NoFailingRecord => Ink::NoFailingRecord,
        Status::Indeterminate => Ink::Indeterminate,
        Status::NotApplicable => Ink::Quiet,
    }
}

/// A verdict in the prescribed words.
pub fn verdict_of(standing: &Standing) -> Text {
    vec![Run::of(format!("{} {}", shape(standing.status), verdict(standing))).ink(ink(standing.status))]
}

/// Puts a document where the report could be written.
pub fn put(spool: &mut Spool, path: &str, written: Result<Vec<u8>, Unprintable>) -> Result<(), Unsealable> {
    let bytes = written.map_err(|unprintable| Unsealable::content(path, unprintable.to_string()))?;
    spool.put(path, &bytes)
}
