//! Applicability as a table: each class and each associated category, with what is missing told.

use std::collections::BTreeSet;

use super::{
    Applicability, AssetFacts, Classes, SiteFacts, applies_to_asset, applies_to_entity, applies_to_site,
    applies_to_system, classes_of,
};
use crate::assets::Category;
use crate::frameworks::catalogs;
use crate::sites::rules::Criterion;
use crate::sites::{Site, SiteKind};
use crate::systems::System;

/// A system by its words: criterion, ERC, dial-up; `cc` at a control center, `?` an answer that is missing.
fn system(words: &str) -> Classes {
    let mut found = System::default();
    let mut site = Site { kind: Some(SiteKind::TransmissionSubstation), ..Site::default() };
    let mut somewhere = true;
    (found.erc, found.dial_up) = (Some(false), Some(false));
    for word in words.split(' ') {
        match word {
            "high" => found.criterion = Criterion::parse("1.1").ok(),
            "medium" => found.criterion = Criterion::parse("2.5").ok(),
            "low" => found.criterion = Criterion::parse("3.2").ok(),
            "erc" => found.erc = Some(true),
            "erc?" => found.erc = None,
            "dial" => found.dial_up = Some(true),
            "dial?" => found.dial_up = None,
            "cc" => site.kind = Some(SiteKind::ControlCenter),
            "site?" => somewhere = false,
            _ => {}
        }
    }
    classes_of(&found, Some(&site).filter(|_| somewhere))
}

fn told(found: &Applicability) -> String {
    match found {
        Applicability::Applies => "yes".to_owned(),
        Applicability::NotApplicable => "no".to_owned(),
        Applicability::Unknown(missing) => format!("? {}", missing.iter().copied().collect::<Vec<_>>().join(" ")),
    }
}

#[test]
fn systems_by_class() {
    for (part, words, expected) in [
        ("CIP-007-6 R2.1", "high", "yes"),
        ("CIP-007-6 R2.1", "medium", "yes"),
        ("CIP-007-6 R2.1", "low", "no"),
        ("CIP-007-6 R2.1", "unrated", "? criterion"),
        ("CIP-007-6 R1.1", "medium", "no"),
        ("CIP-007-6 R1.1", "medium erc", "yes"),
        ("CIP-007-6 R1.1", "medium erc?", "? erc"),
        ("CIP-007-6 R1.1", "high erc?", "yes"),
        ("CIP-007-6 R4.3", "medium", "no"),
        ("CIP-007-6 R4.3", "medium cc", "yes"),
        ("CIP-007-6 R4.3", "medium site?", "? site"),
        ("CIP-007-6 R4.4", "medium erc cc", "no"),
        ("CIP-005-7 R1.2", "high", "no"),
        ("CIP-005-7 R1.2", "high erc", "yes"),
        ("CIP-005-7 R1.4", "high dial", "yes"),
        ("CIP-005-7 R1.4", "medium dial", "yes"),
        ("CIP-005-7 R1.4", "medium dial?", "? dial_up"),
        ("CIP-006-6 R1.1", "medium", "yes"),
        ("CIP-006-6 R1.1", "medium erc", "no"),
        ("CIP-005-7 R3.1", "high erc", "no"),
        ("CIP-003-9 R2 Att1 S1", "low", "no"),
        ("CIP-002-5.1a R1.2", "medium", "yes"),
    ] {
        let found = applies_to_system(catalogs().requirement(part).expect(part), &system(words));
        assert_eq!(told(&found), expected, "{part} for {words}");
    }
}

fn asset<'f>(words: &str, systems: Vec<&'f Classes>, perimeter: Vec<&'f Classes>) -> AssetFacts<'f> {
    let category = |word: &str, category| words.split(' ').any(|one| one == word).then_some(category);
    let known = [("bca", Category::Bca), ("eacms", Category::Eacms), ("pacs", Category::Pacs), ("pca", Category::Pca)];
    AssetFacts {
        categories: known.into_iter().filter_map(|(word, one)| category(word, one)).collect(),
        is_eap: words.contains("eap"),
        external_routable: words.contains("serial").then_some(false),
        in_esp: !perimeter.is_empty(),
        placed: words.contains("zone") || !perimeter.is_empty(),
        systems,
        perimeter,
    }
}

#[test]
fn assets_by_category() {
    let (high, medium, erc, cc) = (system("high"), system("medium"), system("medium erc"), system("medium cc"));
    let open = system("medium erc?");
    for (part, facts, expected) in [
        ("CIP-007-6 R4.4", asset("pca", vec![], vec![&high]), "yes"),
        ("CIP-007-6 R4.4", asset("eacms", vec![&high], vec![]), "yes"),
        ("CIP-007-6 R4.4", asset("pacs", vec![&high], vec![]), "no"),
        ("CIP-007-6 R4.4", asset("bca", vec![&medium], vec![]), "no"),
        ("CIP-007-6 R4.4", asset("pca", vec![], vec![]), "? zone"),
        ("CIP-007-6 R4.4", asset("eacms", vec![], vec![]), "? systems"),
        ("CIP-007-6 R1.1", asset("bca", vec![&erc], vec![]), "yes"),
        ("CIP-007-6 R1.1", asset("bca serial", vec![&erc], vec![]), "no"),
        ("CIP-007-6 R1.1", asset("bca", vec![&open], vec![]), "? erc"),
        ("CIP-007-6 R1.1", asset("bca", vec![&open, &high], vec![]), "yes"),
        ("CIP-007-6 R2.1", asset("bca", vec![], vec![]), "? systems"),
        ("CIP-007-6 R2.1", asset("", vec![&medium], vec![]), "? categories"),
        ("CIP-007-6 R2.1", asset("", vec![], vec![&medium]), "? categories"),
        ("CIP-007-6 R2.1", asset("", vec![], vec![]), "? categories zone"),
        ("CIP-007-6 R2.1", asset("zone", vec![], vec![]), "no"),
        ("CIP-007-6 R2.1", asset("pacs", vec![&medium], vec![]), "yes"),
        ("CIP-010-4 R1.1", asset("pacs", vec![&medium], vec![]), "no"),
        ("CIP-010-4 R1.1", asset("pacs", vec![&erc], vec![]), "yes"),
        ("CIP-010-4 R1.6", asset("pca", vec![], vec![&high]), "no"),
        ("CIP-010-4 R1.6", asset("pca eacms", vec![&high], vec![&high]), "yes"),
        ("CIP-005-7 R1.3", asset("eap", vec![], vec![&medium]), "yes"),
        ("CIP-005-7 R1.3", asset("bca", vec![&high], vec![]), "no"),
        ("CIP-005-7 R1.5", asset("eap", vec![], vec![&medium]), "no"),
        ("CIP-005-7 R1.5", asset("eap", vec![], vec![&cc]), "yes"),
        ("CIP-005-7 R1.3", asset("eap", vec![], vec![]), "? systems"),
        ("CIP-003-9 R1.1.1", asset("bca", vec![&high], vec![]), "no"),
    ] {
        let requirement = catalogs().requirement(part).expect(part);
        let standard = catalogs().standard_of(requirement).expect("a standard");
        assert_eq!(told(&applies_to_asset(requirement, standard, &facts)), expected, "{part} for {facts:?}");
    }
}

#[test]
fn sites_by_kind_and_content() {
    let (low, medium, open) = (system("low"), system("medium"), system("unrated"));
    let site =
        |kind, criteria: &[&str], vendor, systems: Vec<&'static str>| (kind, criteria.join(" "), vendor, systems);
    let stations = &catalogs().framework("nerc-cip").expect("CIP").transmission_station_criteria;
    let (sub, center, office) = (SiteKind::TransmissionSubstation, SiteKind::ControlCenter, SiteKind::Office);
    for (part, (kind, criteria, vendor, systems), expected) in [
        ("CIP-002-5.1a R1", site(Some(sub), &[], None, vec![]), "yes"),
        ("CIP-002-5.1a R1", site(Some(office), &[], None, vec![]), "no"),
        ("CIP-002-5.1a R1", site(None, &[], None, vec![]), "? kind"),
        ("CIP-012-2 R1", site(Some(center), &[], None, vec![]), "yes"),
        ("CIP-012-2 R1", site(Some(sub), &[], None, vec![]), "no"),
        ("CIP-014-3 R1", site(Some(sub), &["2.5"], None, vec![]), "yes"),
        ("CIP-014-3 R1", site(Some(sub), &["3.2"], None, vec![]), "no"),
        ("CIP-014-3 R1", site(Some(sub), &[], None, vec![]), "? criteria"),
        ("CIP-003-9 R2 Att1 S1", site(Some(sub), &["3.2"], None, vec![]), "yes"),
        ("CIP-003-9 R2 Att1 S1", site(Some(sub), &[], None, vec!["low"]), "yes"),
        ("CIP-003-9 R2 Att1 S1", site(Some(sub), &[], None, vec!["medium"]), "no"),
        ("CIP-003-9 R2 Att1 S1", site(Some(sub), &[], None, vec!["open"]), "? criterion"),
        ("CIP-003-9 R2 Att1 S1", site(Some(sub), &[], None, vec![]), "? criteria"),
        ("CIP-003-9 R2 Att1 S6.1", site(Some(sub), &["3.2"], Some(true), vec![]), "yes"),
        ("CIP-003-9 R2 Att1 S6.1", site(Some(sub), &["3.2"], Some(false), vec![]), "no"),
        ("CIP-003-9 R2 Att1 S6.1", site(Some(sub), &["3.2"], None, vec![]), "? vendor_remote_access"),
        ("CIP-007-6 R2.1", site(Some(sub), &["2.5"], None, vec!["medium"]), "no"),
    ] {
        let systems = systems.iter().map(|word| match *word {
            "low" => &low,
            "medium" => &medium,
            _ => &open,
        });
        let site = Site {
            kind,
            criteria: criteria.split(' ').filter_map(|one| Criterion::parse(one).ok()).collect(),
            vendor_remote_access: vendor,
            ..Site::default()
        };
        let facts = SiteFacts::of(&site, systems.collect());
        let found = applies_to_site(catalogs().requirement(part).expect(part), stations, &facts);
        assert_eq!(told(&found), expected, "{part} for {facts:?}");
    }
}

#[test]
fn the_entity_by_what_it_has() {
    let (low, medium, open) = (system("low"), system("medium"), system("unrated"));
    for (part, systems, expected) in [
        ("CIP-003-9 R3", vec![], "yes"),
        ("CIP-003-9 R1.1.1", vec![&medium], "yes"),
        ("CIP-003-9 R1.1.1", vec![&low], "no"),
        ("CIP-003-9 R1.1.1", vec![&open], "? criterion"),
        ("CIP-003-9 R1.1.1", vec![], "? systems"),
        ("CIP-003-9 R1.2.1", vec![&low], "yes"),
        ("CIP-007-6 R2.1", vec![&medium], "no"),
    ] {
        let found = applies_to_entity(catalogs().requirement(part).expect(part), &systems, &[]);
        assert_eq!(told(&found), expected, "{part}");
    }
    let missing = Applicability::Unknown(BTreeSet::from(["erc"]));
    assert_eq!(missing.clone().or(Applicability::NotApplicable), missing);
}
