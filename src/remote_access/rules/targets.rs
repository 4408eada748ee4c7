//! What a grant reaches: there is something, it is in service, and what it is rated is known.
//!
//! Invariant: pure. Each target that is out of service is named with since when.

use super::{Found, Scope};
use crate::remote_access::model::Grant;

const IN_SERVICE: &str = "GL-DAT-02";
/// References a sentence names.
const NAMED: usize = 8;

pub(super) fn examine(grant: &Grant, found: &mut Found<'_>) {
    let around = found.around;
    if grant.targets.is_empty() && grant.systems.is_empty() {
        return found.refuse(("targets", ""), "missing; name what may be reached: assets or systems", "CIP-004-7 R4.1");
    }
    for target in around.targets.iter().filter(|target| target.named) {
        if let Some(gone) = &target.gone {
            found.refuse(("targets", &target.reference), format!("{} is {gone}", target.reference), IN_SERVICE);
        }
    }
    for system in &around.systems {
        let at = ("systems", system.reference.as_str());
        if let Some(on) = system.retired_on.filter(|on| *on <= around.today()) {
            found.refuse(at, format!("{} is retired since {on}", system.reference), IN_SERVICE);
        } else if system.members == 0 {
            found.unknown(
                at,
                format!("no asset of {} is recorded, so what it reaches is not known", system.reference),
                IN_SERVICE,
            );
        }
    }
    rated(found);
}

fn rated(found: &mut Found<'_>) {
    let around = found.around;
    let live = || around.targets.iter().filter(|target| target.gone.is_none());
    let unrated: Vec<&str> =
        live().filter(|target| target.impact.is_none()).map(|target| target.reference.as_str()).collect();
    let unsaid = live().filter(|target| target.impact.is_some() && target.scope() == Scope::Unknown);
    let unsaid: Vec<&str> = unsaid.map(|target| target.reference.as_str()).collect();
    let nowhere: Vec<&str> =
        live().filter(|target| target.zone.is_none()).map(|target| target.reference.as_str()).collect();
    if !unrated.is_empty() {
        let says = format!("the impact rating is not known: {}", some(&unrated));
        found.unknown(("targets", &some(&unrated)), says, "CIP-002-5.1a R1");
    }
    if !unsaid.is_empty() {
        let says =
            format!("its system, or the External Routable Connectivity of that, is not recorded: {}", some(&unsaid));
        found.unknown(("targets", &some(&unsaid)), says, "CIP-004-7 Applicable Systems");
    }
    if !nowhere.is_empty() {
        let says = format!("recorded in no zone: {}", some(&nowhere));
        found.unknown(("targets", &some(&nowhere)), says, "CIP-005-7 R1.1");
    }
    let count = live().count();
    if count > 0 && unrated.is_empty() && count == around.targets.len() {
        let highest = live().filter_map(|target| target.impact).max().map_or("", |impact| impact.label());
        let targets = if count == 1 { "target" } else { "targets" };
        found.pass(("targets", ""), format!("{count} {targets} in service, rated {highest} at most"), IN_SERVICE);
    }
}

fn some(references: &[&str]) -> String {
    let more = references.len().saturating_sub(NAMED);
    let told = references.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{told} and {more} more") } else { told }
}
