//! Drift over made-up records and made-up traffic.

use serde_json::json;
use uuid::Uuid;

use super::{Difference, Drifted, How, Item, Names, Seen, compare, sift};
use crate::vocabulary::{Moment, TimeZone};

fn item(n: u128, content: serde_json::Value) -> Item {
    Item {
        kind: "conduit",
        collection: "conduits",
        id: Uuid::from_u128(n),
        reference: format!("C-{n}"),
        title: String::new(),
        content,
    }
}

fn act(name: &str) -> serde_json::Value {
    json!({"by": null, "name": name, "at": Moment::ZERO, "reason": "needed"})
}

#[test]
fn records_appear_are_decided_change_and_retire() {
    let zone = Uuid::from_u128(7).to_string();
    let names = Names::from([(zone.clone(), "DMZ-1".to_owned())]);
    let before = [
        item(1, json!({"name": "one", "approved": null, "retired_on": null, "to_zone": null})),
        item(2, json!({"name": "two", "approved": null, "suspended": null, "retired_on": null})),
        item(3, json!({"name": "three", "retired_on": null})),
        item(4, json!({"name": "four", "esp": false})),
    ];
    let after = [
        item(1, json!({"name": "first", "approved": null, "retired_on": null, "to_zone": zone})),
        item(2, json!({"name": "two", "approved": act("Ada"), "suspended": null, "retired_on": null})),
        item(3, json!({"name": "three", "retired_on": "2026-03-01"})),
        item(4, json!({"name": "four", "esp": false})),
        item(5, json!({"name": "five", "retired_on": null})),
        item(6, json!({"name": "six", "retired_on": "2026-03-01"})),
    ];
    let found = compare(&before, &after, &names, TimeZone::UTC);
    let told: Vec<(How, &str)> = found.iter().map(|one| (one.how, one.reference.as_str())).collect();
    assert_eq!(told, [(How::Changed, "C-1"), (How::Approved, "C-2"), (How::Retired, "C-3"), (How::Appeared, "C-5")]);
    let difference = |label: &str, before: &str, after: &str| Difference {
        label: label.to_owned(),
        before: before.to_owned(),
        after: after.to_owned(),
    };
    assert_eq!(found[0].differences, [difference("Name", "one", "first"), difference("To zone", "", "DMZ-1")]);
    assert_eq!(found[1].differences[0].after, "Ada, 1970-01-01 00:00:00 UTC: needed");
    assert_eq!(compare(&after, &after, &names, TimeZone::UTC), []);
}

fn seen(key: &str, verdict: &str, last: i64) -> Seen {
    Seen {
        key: key.to_owned(),
        words: key.to_owned(),
        verdict: verdict.to_owned(),
        permitted: verdict == "permitted",
        count: 1,
        first: Moment::ZERO,
        last: Moment::ZERO.plus_seconds(last),
    }
}

#[test]
fn traffic_appears_vanishes_and_is_judged_otherwise() {
    let (since, from) = (Moment::ZERO.plus_seconds(10), Moment::ZERO.plus_seconds(100));
    let before = [
        seen("a", "permitted", 90),
        seen("b", "not permitted", 90),
        seen("c", "permitted", 50),
        seen("z", "permitted", 20),
        seen("y", "permitted", 1),
    ];
    let after = [
        seen("a", "permitted", 150),
        seen("b", "permitted", 160),
        seen("c", "permitted", 50),
        seen("d", "bypass", 170),
        seen("e", "permitted", 170),
    ];
    let told: Vec<(How, String, String)> = sift(&before, &after, (since, from))
        .into_iter()
        .map(|Drifted { how, seen, before }| (how, seen.key, before))
        .collect();
    let one = |how, key: &str, before: &str| (how, key.to_owned(), before.to_owned());
    assert_eq!(
        told,
        [
            one(How::Appeared, "d", ""),
            one(How::Appeared, "e", ""),
            one(How::Vanished, "c", ""),
            one(How::Vanished, "z", ""),
            one(How::Changed, "b", "not permitted"),
        ]
    );
}
