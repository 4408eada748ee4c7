//! About what each standard asks, by rating, connectivity, place and category.

use super::boundary::{CONTROL, DMZ, world, zone};
use super::{id, reference};
use crate::assets::model::{Asset, Category};
use crate::checks::concern::Concern::{self, No, Open, Yes};
use crate::checks::concern::{Asking, concern_of_record};
use crate::checks::facts::Facts;
use crate::ids::{AssetId, Id, SystemId, ZoneId};
use crate::remote_access::model::Grant;
use crate::sites::rules::Criterion;
use crate::sites::{Site, SiteKind};
use crate::systems::System;

/// What a standard asks about a grant that opens one device.
fn asked(facts: &Facts, asking: Asking, asset: Asset) -> Concern {
    let mut facts = facts.clone();
    facts.put_asset(id(4, 3), asset);
    let targets = [AssetId::from_uuid(id(4, 3))].into();
    facts.put_grant(id(22, 0), Grant { reference: reference("G", 0), targets, ..Grant::default() });
    concern_of_record(&facts, asking, id(22, 0))
}

fn device(categories: &[Category], system: bool, zone: Option<u8>) -> Asset {
    Asset {
        categories: categories.iter().copied().collect(),
        systems: system.then(|| SystemId::from_uuid(id(2, 0))).into_iter().collect(),
        zone: zone.map(|n| ZoneId::from_uuid(id(3, n))),
        ..Asset::default()
    }
}

/// The small world with its system rated and placed so.
fn rated(criterion: &str, erc: Option<bool>, kind: Option<SiteKind>) -> Facts {
    let mut facts = world();
    let system = facts.systems.get(id(2, 0)).expect("a system").clone();
    facts.put_system(id(2, 0), System { criterion: Criterion::parse(criterion).ok(), erc, ..system });
    let site = facts.sites.get(id(1, 0)).expect("a site").clone();
    facts.put_site(id(1, 0), Site { kind, ..site });
    facts
}

#[test]
fn passwords_and_vendors_are_asked_about_by_connectivity_and_place() {
    let center = Some(SiteKind::ControlCenter);
    let station = Some(SiteKind::TransmissionSubstation);
    for (criterion, erc, kind, expected) in [
        ("1.1", None, None, [Yes, Yes, Yes, Yes]),
        ("2.5", Some(true), center, [Yes, Yes, Yes, Yes]),
        ("2.5", Some(false), station, [Yes, No, No, No]),
        ("2.5", None, None, [Yes, Open, Open, Open]),
        ("3.1", None, center, [No, No, No, Yes]),
    ] {
        let facts = rated(criterion, erc, kind);
        let these = [Asking::Rated, Asking::Reachable, Asking::Centers, Asking::Vendors];
        let own = these.map(|asking| asked(&facts, asking, device(&[Category::Bca], true, Some(DMZ))));
        assert_eq!(own, expected, "{criterion} {erc:?} {kind:?}");
    }
    // What shares a perimeter with a system is asked about as that is.
    let facts = rated("2.5", Some(false), station);
    let beside = |asking| asked(&facts, asking, device(&[Category::Pca], false, Some(CONTROL)));
    assert_eq!([Asking::Rated, Asking::Reachable, Asking::Vendors].map(beside), [Yes, No, No]);
}

#[test]
fn categories_say_what_is_left_out() {
    let facts = rated("1.1", None, Some(SiteKind::ControlCenter));
    for (categories, expected) in [
        (&[Category::Eacms][..], [Yes, Yes, No, Yes]),
        (&[Category::Pacs], [Yes, No, No, Yes]),
        (&[Category::Pca], [No, No, Yes, No]),
        (&[Category::Bca, Category::Eacms], [Yes, Yes, Yes, Yes]),
        (&[], [Yes, Yes, Yes, Open]),
    ] {
        let these = [Asking::Personnel, Asking::High, Asking::Perimeter, Asking::Beside];
        let found = these.map(|asking| asked(&facts, asking, device(categories, true, Some(DMZ))));
        assert_eq!(found, expected, "{categories:?}");
    }
}

#[test]
fn what_belongs_to_no_system_is_open_until_its_place_is_known() {
    let mut facts = world();
    facts.put_zone(id(3, 4), crate::zones::Zone { esp: None, ..zone(DMZ) });
    for (categories, place, expected) in [
        (&[][..], None, Open),
        (&[], Some(4), Open),
        (&[], Some(DMZ), No),
        (&[], Some(CONTROL), Open),
        (&[Category::Eacms], Some(DMZ), Open),
    ] {
        let found = asked(&facts, Asking::Personnel, device(categories, false, place));
        assert_eq!(found, expected, "{categories:?} {place:?}");
    }
}
