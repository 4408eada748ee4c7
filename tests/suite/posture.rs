//! Judging on both engines: from cold and onward alike, over a period, and findings that follow.

use glance::assets::{Asset, AssetKind, Category, Lifecycle};
use glance::checks::{Outcome, Status};
use glance::errands;
use glance::findings::Finding;
use glance::findings::model::State;
use glance::ids::Id;
use glance::posture::records::days;
use glance::posture::{Judged, Memory, verdicts};
use glance::register::actions;
use glance::sites::{Site, SiteKind};
use glance::storage::{AsOf, Kept};
use glance::systems::System;
use glance::vocabulary::{Date, Reference};

use crate::on_each_engine;
use crate::support::Bed;

fn reference(text: &str) -> Reference {
    Reference::parse(text).unwrap()
}

fn device(text: &str) -> Asset {
    Asset {
        reference: reference(text),
        kind: Some(AssetKind::Rtu),
        lifecycle: Some(Lifecycle::InService),
        categories: [Category::Bca].into(),
        ..Asset::default()
    }
}

async fn judged(bed: &Bed, memory: &Memory) -> std::sync::Arc<Judged> {
    let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
    memory.judged(&mut at, bed.store.clock().now()).await.unwrap()
}

async fn same_as_cold(bed: &Bed, onward: &Judged) {
    let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
    let cold = Judged::cold(&mut at, bed.store.clock().now()).await.unwrap();
    let told = |judged: &Judged| -> Vec<(String, Status, String)> {
        judged.standings.parts.iter().map(|one| (one.part.id.clone(), one.status, one.because.clone())).collect()
    };
    assert_eq!(told(onward), told(&cold));
    assert_eq!(onward.size, cold.size);
}

async fn findings(bed: &Bed) -> Vec<Kept<Finding>> {
    let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
    at.every::<Finding>().await.unwrap()
}

on_each_engine! {
    async fn onward_is_as_cold(bed: Bed) {
        let memory = Memory::default();
        let first = judged(&bed, &memory).await;
        same_as_cold(&bed, &first).await;
        assert!(std::sync::Arc::ptr_eq(&first, &judged(&bed, &memory).await), "what was judged is kept");
        drop(first);
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let site = Site { reference: reference("SUB1"), kind: Some(SiteKind::TransmissionSubstation), ..Site::default() };
        let site = actions::enter(&mut change, &site, "").await.unwrap();
        let criterion = glance::sites::rules::Criterion::parse("2.5").ok();
        let system = System { reference: reference("PROT"), name: "Protection".to_owned(), site: Some(site), criterion, ..System::default() };
        let system = actions::enter(&mut change, &system, "").await.unwrap();
        let asset = actions::enter(&mut change, &device("RTU-1"), "").await.unwrap();
        change.commit().await.unwrap();
        let now = judged(&bed, &memory).await;
        assert_eq!(now.standings.part("CIP-002-5.1a R1.2").unwrap().status, Status::Failing, "a BCA without a system");
        same_as_cold(&bed, &now).await;
        drop(now);
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let kept: Kept<Asset> = change.reading().await.unwrap().find(asset).await.unwrap().unwrap();
        let placed = Asset { systems: [system].into(), ..kept.content.clone() };
        actions::revise(&mut change, &kept, &placed, "placed").await.unwrap();
        change.commit().await.unwrap();
        let now = judged(&bed, &memory).await;
        same_as_cold(&bed, &now).await;
        let said = verdicts::of_part(&now, "CIP-002-5.1a R1.2");
        let placed = said.iter().find(|one| one.check.code == "GL-CAT-08" && one.subject.id == asset.uuid()).unwrap();
        assert_eq!(placed.outcome, Outcome::Pass);
    }

    async fn a_period_keeps_its_failures(bed: Bed) {
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let asset = actions::enter(&mut change, &device("RTU-1"), "").await.unwrap();
        change.commit().await.unwrap();
        bed.clock.set(bed.store.clock().now().plus_seconds(40 * 86_400));
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let kept: Kept<Asset> = change.reading().await.unwrap().find(asset).await.unwrap().unwrap();
        let named = Asset { firmware: "2.1".to_owned(), ..kept.content.clone() };
        actions::revise(&mut change, &kept, &named, "read at the device").await.unwrap();
        change.commit().await.unwrap();
        let now = bed.store.clock().now();
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        let mut begin = bed.store.snapshot(bed.organization, AsOf::At(glance::vocabulary::Moment::ZERO)).await.unwrap();
        let (from, to) = (Date::parse("2026-01-01").unwrap(), Date::parse("2026-12-31").unwrap());
        let over = Judged::over(&mut begin, &mut at, (glance::vocabulary::Moment::ZERO, now), (from, to)).await.unwrap();
        assert_eq!(over.gaps.len(), over.gaps.values().filter(|gaps| gaps.iter().all(|gap| gap.until.is_some() || gap.from >= from)).count());
        let failed = over.gaps.iter().any(|((rule, _), gap)| {
            glance::checks::judging::RULES[*rule].check.code == "GL-INV-06" && gap.iter().any(|gap| gap.until == Some(Date::parse("2026-04-11").unwrap()))
        });
        assert!(failed, "{:?}", over.gaps);
    }

    async fn findings_follow_and_days_are_recorded_once(bed: Bed) {
        let memory = Memory::default();
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let asset = actions::enter(&mut change, &device("RTU-1"), "").await.unwrap();
        change.commit().await.unwrap();
        errands::one(&bed.store, &memory, bed.organization).await.unwrap();
        let opened = findings(&bed).await;
        let of = |all: &[Kept<Finding>], code: &str| all.iter().find(|one| one.check == code).map(|one| one.state);
        assert_eq!(of(&opened, "GL-CAT-08"), Some(State::Open));
        let before = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap().tree_size();
        errands::one(&bed.store, &Memory::default(), bed.organization).await.unwrap();
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        assert_eq!(at.tree_size(), before, "a second run writes nothing");
        assert!(days::is_recorded(&mut at, "2026-03-02").await.unwrap());
        drop(at);
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let kept: Kept<Asset> = change.reading().await.unwrap().find(asset).await.unwrap().unwrap();
        actions::retire(&mut change, &kept, Date::parse("2026-03-02").unwrap(), "gone").await.unwrap();
        change.commit().await.unwrap();
        errands::one(&bed.store, &memory, bed.organization).await.unwrap();
        assert_eq!(of(&findings(&bed).await, "GL-CAT-08"), Some(State::Closed));
        let report = glance::storage::verify::verify(&bed.store, bed.organization, None, Some(glance::KINDS)).await.unwrap();
        assert!(report.holds(), "{:?}", report.problems);
    }
}
