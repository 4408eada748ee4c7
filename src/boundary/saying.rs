//! The sentence above the map: is the boundary as we said.
//!
//! Invariant: pure. Where nothing was observed it says so; it never says more than was seen.

use super::drawing::{counted, grouped};
use super::model::{Picture, Standing};

/// The answer, and the status whose shape it is shown with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub mark: &'static str,
    pub sentence: String,
    /// The worst crossing in words, and where it leads.
    pub worst: Option<(String, String)>,
}

/// Days whose traffic is judged, as the checks say it.
const LATELY: &str = "in the last 30 days";

#[must_use]
pub fn answer(picture: &Picture) -> Said {
    let open = picture.crossings.iter().filter(|one| !one.justified).count();
    let worst = picture.crossings.first().map(|one| (super::drawing::crossing_told(picture, one), one.href.clone()));
    let said = |mark, sentence: String| Said { mark, sentence, worst: worst.clone() };
    if !picture.heard {
        let sentence = "Nothing was observed yet: whether the boundary is as recorded is not known.".to_owned();
        return said("indeterminate", sentence);
    }
    match (open, picture.crossings.len()) {
        (0, 0) => said("no_failing_record", format!("No unexpected crossing was seen {LATELY}, where sensors watch.")),
        (0, all) => said(
            "justified",
            format!("{}, each justified by an exception.", counted(all, "unexpected crossing", "unexpected crossings")),
        ),
        (open, _) => said(
            "failing",
            format!("{} between zones seen {LATELY}.", counted(open, "unexpected crossing", "unexpected crossings")),
        ),
    }
}

/// Permissions in force that were never seen used.
#[must_use]
pub fn unused(picture: &Picture) -> usize {
    let active = picture.conduits.iter().filter(|conduit| conduit.standing == Standing::Active);
    active.map(|conduit| conduit.never_seen).sum()
}

/// Connections of unexpected crossings, in words.
#[must_use]
pub fn connections(count: u64) -> String {
    format!("{} {}", grouped(count), if count == 1 { "connection" } else { "connections" })
}
