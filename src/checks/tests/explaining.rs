//! Whether a session explains an interactive conversation, and whose word it takes to say that none does.

use super::access::{GATEWAY, rated};
use super::{NOW, about, conversation, id};
use crate::checks::facts::{Facts, Word};
use crate::checks::model::Outcome::{Fail, Indeterminate};
use crate::vocabulary::end::packed;

/// The small world in which somebody goes on from the jump host to the relay.
fn seen_from_the_gateway() -> Facts {
    let mut facts = rated();
    let (source, destination) = (packed([10, 1, 0, 9].into()), packed([10, 2, 0, 5].into()));
    facts.boundary.ends = vec![(source, id(4, GATEWAY)), (destination, id(4, 0))].into();
    facts.boundary.traffic.take(&conversation(0, (source, destination), (3389, "rdp")));
    facts.boundary.moved();
    facts.settle_boundary();
    facts.settle_access();
    facts
}

#[test]
fn the_gateway_it_comes_from_has_the_word() {
    let mut facts = seen_from_the_gateway();
    let fresh = Word { received: NOW.plus_seconds(60), until: None };
    let stale = Word { until: Some(NOW.plus_seconds(-60)), ..fresh };
    for (words, expected) in [
        (vec![], Indeterminate),
        (vec![(id(4, 1), fresh)], Indeterminate),
        (vec![(id(4, 1), fresh), (id(4, GATEWAY), stale)], Indeterminate),
        (vec![(id(4, GATEWAY), fresh)], Fail),
    ] {
        facts.put_gateways(words.iter().copied().collect());
        assert_eq!(about("GL-RA-17-M", &facts).0, expected, "{words:?}");
    }
}
