//! `01_ert/boundary-map.svg`: the boundary as one picture, in the palette for paper.
//!
//! Invariant: the drawing of the page, made from the same facts; it stands in a package that answers for the boundary, and in
//! no other, for it shows every zone.

use crate::boundary::drawing;
use crate::boundary::picturing::{Frame, picture};
use crate::evidence::dossier::Dossier;
use crate::seal::{Spool, Unsealable};

const PATH: &str = "01_ert/boundary-map.svg";

/// Draws the map where a part in scope is judged by the boundary.
pub fn write(dossier: &Dossier, spool: &mut Spool) -> Result<(), Unsealable> {
    if !dossier.answers_for_the_boundary() || dossier.judged.facts.zones.is_empty() {
        return Ok(());
    }
    let frame = Frame {
        slug: &dossier.profile.slug,
        organization: &dossier.profile.name,
        instant: dossier.zone.told(dossier.instant),
        query: "",
    };
    spool.put(PATH, drawing::print(&picture(&dossier.judged, &frame)).as_bytes())
}
