//! Storage on both engines: versions, journal, instants, walls.

use glance::ids::{Id, UserId};
use glance::organizations::OrganizationProfile;
use glance::people::{Membership, actions, records};
use glance::storage::{AsOf, Failure};

use crate::on_each_engine;
use crate::support::{BEGINNING, Bed};

fn membership(user: UserId, roles: &str) -> Membership {
    Membership { user, login: "m.okafor".to_owned(), name: "Mara Okafor".to_owned(), roles: roles.to_owned() }
}

async fn new_user(bed: &Bed) -> UserId {
    let id = UserId::new(BEGINNING, &mut rand::rng());
    let mut work = bed.store.write_platform().await.unwrap();
    let login = format!("m.okafor.{id}");
    work.tables()
        .insert_user(&glance::storage::platform::NewUser { id, login: &login, name: "Mara", at: BEGINNING })
        .await
        .unwrap();
    work.commit().await.unwrap();
    id
}

on_each_engine! {
    async fn a_version_is_read_at_every_instant(bed: Bed) {
        let user = new_user(&bed).await;
        let mut moments = Vec::new();
        for roles in ["viewer", "engineer", "administrator"] {
            bed.clock.advance_seconds(60);
            let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
            actions::set_roles(&mut change, &membership(user, roles), "as asked").await.unwrap();
            moments.push((change.commit().await.unwrap(), roles));
        }
        for (moment, roles) in &moments {
            let mut at = bed.store.snapshot(bed.organization, AsOf::At(*moment)).await.unwrap();
            assert_eq!(at.instant(), *moment);
            let kept = records::membership_of(&mut at, user).await.unwrap().unwrap();
            assert_eq!(kept.roles, *roles);
        }
        let before = moments[0].0.plus_micros(-1);
        let mut at = bed.store.snapshot(bed.organization, AsOf::At(before)).await.unwrap();
        assert!(records::membership_of(&mut at, user).await.unwrap().is_none());
        let mut foreign = bed.store.snapshot(bed.canary, AsOf::Now).await.unwrap();
        assert!(records::membership_of(&mut foreign, user).await.unwrap().is_none());
        let future = bed.store.snapshot(bed.organization, AsOf::At(BEGINNING.plus_seconds(99_999_999))).await;
        assert!(matches!(future, Err(Failure::Future)));
    }

    async fn a_dropped_change_has_written_nothing(bed: Bed) {
        let user = new_user(&bed).await;
        let size = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap().tree_size();
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        actions::set_roles(&mut change, &membership(user, "viewer"), "never").await.unwrap();
        change.reading().await.unwrap();
        drop(change);
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        assert_eq!(at.tree_size(), size);
        assert!(records::membership_of(&mut at, user).await.unwrap().is_none());
    }

    async fn somebody_else_was_first(bed: Bed) {
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        let read = at.find::<OrganizationProfile>(bed.organization).await.unwrap().unwrap();
        drop(at);
        for (turn, fresh) in [(1, true), (2, false)] {
            let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
            let mut profile = read.content.clone();
            profile.notes = format!("turn {turn}");
            let result = change.supersede("organization.update", &read, &profile, "").await;
            assert_eq!(result.is_ok(), fresh);
            if fresh {
                change.commit().await.unwrap();
            } else {
                assert!(matches!(result, Err(Failure::Stale { .. })));
            }
        }
    }
}
