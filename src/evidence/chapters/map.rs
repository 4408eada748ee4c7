//! `01_ert/boundary-map.svg`: the boundary as one picture, in the palette for paper.
//!
//! Invariant: the drawing of the page, made from the same facts; it stands in a package that answers for the boundary, and in
//! no other, for it shows every zone.

use crate::boundary::drawing;
use crate::boundary::picturing::{Frame, picture};
use crate::checks::facts::Over;
use crate::checks::judging::RULES;
use crate::evidence::dossier::Dossier;
use crate::seal::{Spool, Unsealable};

const PATH: &str = "01_ert/boundary-map.svg";

/// Draws the map where a part in scope is judged by what zones, conduits or the traffic between them say.
pub fn write(dossier: &Dossier, spool: &mut Spool) -> Result<(), Unsealable> {
    let bounded = |over: Over| matches!(over, Over::Zone | Over::Conduit | Over::Permitted | Over::Crossing);
    let mut rules = RULES.iter().filter(|rule| bounded(rule.over));
    let answers = rules.any(|rule| dossier.parts.iter().any(|part| rule.check.requirements.contains(&part.id())));
    if !answers || dossier.judged.facts.zones.is_empty() {
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
