//! The inventory on both engines: registers, derived ratings, lists now and then.

use std::collections::BTreeMap;

use glance::assets::{Asset, Interface};
use glance::ids::Id;
use glance::register::{Asked, Register, actions, draft, listing, records};
use glance::sites::Site;
use glance::storage::{AsOf, Audited, Change, Kept};
use glance::systems::System;
use glance::zones::Zone;

use crate::on_each_engine;
use crate::support::Bed;

fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

async fn enter<K: Register>(change: &mut Change, pairs: &[(&str, &str)]) -> K::Id {
    let given = texts(pairs);
    let lookup = records::lookup_for::<K>(change.reading().await.unwrap(), [], [&given]).await.unwrap();
    let mut record = K::default();
    let drafted = draft::apply(&mut record, &given, &lookup);
    assert!(drafted.is_good(), "{:?}", drafted.problems);
    actions::enter(change, &record, "as asked").await.unwrap()
}

async fn revise<K: Register>(change: &mut Change, id: K::Id, pairs: &[(&str, &str)]) {
    let given = texts(pairs);
    let at = change.reading().await.unwrap();
    let kept: Kept<K> = at.find(id).await.unwrap().unwrap();
    let lookup = records::lookup_for::<K>(at, [&kept.content], [&given]).await.unwrap();
    let mut record = kept.content.clone();
    let drafted = draft::apply(&mut record, &given, &lookup);
    assert!(drafted.is_good(), "{:?}", drafted.problems);
    actions::revise(change, &kept, &record, "as asked").await.unwrap();
}

async fn impacts(bed: &Bed, as_of: AsOf) -> Vec<(String, Option<String>)> {
    let mut at = bed.store.snapshot(bed.organization, as_of).await.unwrap();
    let listed = Asked::default().understand::<Asset>().unwrap().page(&mut at).await.unwrap();
    listed.rows.iter().map(|row| (row.kept.reference.to_string(), row.derived[0].clone())).collect()
}

fn expected(rows: &[(&str, Option<&str>)]) -> Vec<(String, Option<String>)> {
    rows.iter().map(|(reference, impact)| ((*reference).to_owned(), impact.map(str::to_owned))).collect()
}

on_each_engine! {
    async fn ratings_follow_systems_and_perimeters(bed: Bed) {
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        enter::<Site>(&mut change, &[("reference", "SUB07"), ("name", "Substation 7"), ("kind", "transmission_substation")]).await;
        let system = enter::<System>(&mut change, &[("reference", "S7-PROT"), ("name", "Protection"), ("site", "sub07"), ("criterion", "2.5"), ("impact_reason", "345 kV, 3 lines")]).await;
        let zone = enter::<Zone>(&mut change, &[("reference", "Z7"), ("name", "S7 ESP"), ("kind", "control"), ("esp", "yes"), ("subnets", "10.7.1.0/24")]).await;
        let relay = enter::<Asset>(&mut change, &[("reference", "7-PR-2"), ("kind", "protective_relay"), ("lifecycle", "in_service"), ("systems", "S7-PROT"), ("zone", "Z7"), ("categories", "BCA")]).await;
        enter::<Asset>(&mut change, &[("reference", "7-PR-10"), ("kind", "hmi"), ("lifecycle", "in_service"), ("zone", "Z7"), ("categories", "PCA")]).await;
        enter::<Interface>(&mut change, &[("asset", "7-PR-2"), ("name", "eth0"), ("addresses", "10.7.1.11/24")]).await;
        let first = change.commit().await.unwrap();
        assert_eq!(impacts(&bed, AsOf::Now).await, expected(&[("7-PR-2", Some("medium")), ("7-PR-10", Some("medium"))]));

        bed.clock.advance_seconds(60);
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        revise::<System>(&mut change, system, &[("criterion", "3.2")]).await;
        let second = change.commit().await.unwrap();
        assert_eq!(impacts(&bed, AsOf::Now).await, expected(&[("7-PR-2", Some("low")), ("7-PR-10", Some("low"))]));

        bed.clock.advance_seconds(60);
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        revise::<Zone>(&mut change, zone, &[("esp", "no")]).await;
        revise::<Asset>(&mut change, relay, &[("systems", "")]).await;
        change.commit().await.unwrap();
        assert_eq!(impacts(&bed, AsOf::Now).await, expected(&[("7-PR-2", None), ("7-PR-10", None)]));
        assert_eq!(impacts(&bed, AsOf::At(first)).await, expected(&[("7-PR-2", Some("medium")), ("7-PR-10", Some("medium"))]));
        assert_eq!(impacts(&bed, AsOf::At(second)).await, expected(&[("7-PR-2", Some("low")), ("7-PR-10", Some("low"))]));

        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        assert_eq!(at.history::<Asset>(relay).await.unwrap().len(), 2);
        let row = listing::find::<Asset>(&mut at, relay).await.unwrap().unwrap();
        assert_eq!(row.derived[1].as_deref(), Some("10.7.1.11"));
        let mut foreign = bed.store.snapshot(bed.canary, AsOf::Now).await.unwrap();
        assert!(foreign.find::<Asset>(relay).await.unwrap().is_none());
    }

    async fn lists_filter_search_and_page(bed: Bed) {
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        enter::<Site>(&mut change, &[("reference", "SUB07"), ("name", "Substation 7"), ("kind", "transmission_substation")]).await;
        for n in 1..=30 {
            let (reference, product) = (format!("RTU-{n}"), if n % 2 == 0 { "SEL-351" } else { "D20" });
            enter::<Asset>(&mut change, &[("reference", &reference), ("kind", "rtu"), ("lifecycle", if n == 30 { "retired" } else { "in_service" }), ("site", "SUB07"), ("product", product), ("roles", "sensor")]).await;
            enter::<Interface>(&mut change, &[("asset", &reference), ("name", "eth0"), ("addresses", &format!("10.7.1.{n}/24"))]).await;
        }
        change.commit().await.unwrap();
        let references = async |asked: Asked| {
            let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
            let page = asked.understand::<Asset>().unwrap().page(&mut at).await.unwrap();
            (page.rows.iter().map(|row| row.kept.reference.to_string()).collect::<Vec<_>>(), page.total.rows, page.next)
        };
        let (first, total, next) = references(Asked { limit: Some(10), ..Asked::default() }).await;
        assert_eq!((first[0].as_str(), first[9].as_str(), total), ("RTU-1", "RTU-10", 29));
        let (second, _, _) = references(Asked { limit: Some(10), after: next.unwrap(), ..Asked::default() }).await;
        assert_eq!(second[0], "RTU-11");
        let (sel, total, _) = references(Asked { words: "sel-351".into(), sort: "-reference".into(), ..Asked::default() }).await;
        assert_eq!((sel[0].as_str(), total), ("RTU-28", 14));
        let (address, ..) = references(Asked { words: "10.7.1.7".into(), ..Asked::default() }).await;
        assert_eq!(address, ["RTU-7"]);
        for (name, value, count) in [("site", "sub07", 29), ("role", "sensor", 29), ("lifecycle", "retired", 1), ("kind", "plc", 0), ("impact", "high", 0), ("category", "BCA", 0), ("system", "x", 0), ("zone", "x", 0), ("verified_before", "2026-01-01", 29)] {
            let filters = BTreeMap::from([(name.to_owned(), value.to_owned())]);
            for sort in Asset::SORTS {
                let (_, total, _) = references(Asked { filters: filters.clone(), sort: format!("-{}", sort.name), ..Asked::default() }).await;
                assert_eq!(total, count, "{name}={value} by {}", sort.name);
            }
        }
        let strange = Asked { filters: BTreeMap::from([("colour".to_owned(), "red".to_owned())]), sort: "weight".into(), ..Asked::default() };
        assert_eq!(strange.understand::<Asset>().err().unwrap().problems.len(), 2);
    }

    async fn every_kind_has_its_columns(bed: Bed) {
        assert_eq!(Asset::TABLE.columns.len(), Asset::default().columns().len());
        let sound = glance::storage::verify::verify(&bed.store, bed.organization, None, Some(glance::KINDS)).await.unwrap();
        assert!(sound.holds(), "{:?}", sound.problems);
        assert_ne!(bed.organization.uuid(), bed.canary.uuid());
    }
}
