//! Checkpoints that are kept without anybody asking, and keys that change under a server.

use glance::auth::Scope;
use glance::auth::keys::Keys;
use glance::errands::checkpoints::{DAILY, folder, take};
use glance::ids::OrganizationId;
use glance::seal::note::Checkpoint;
use serde_json::json;

use crate::on_each_engine;
use crate::support::Bed;
use crate::support::http::Site;

/// The newest note of the organization under test.
fn newest(site: &Site, bed: &Bed) -> String {
    let entries = std::fs::read_dir(folder(&site.app.data, bed.organization)).unwrap();
    let path = entries.map(|entry| entry.unwrap().path()).max().unwrap();
    std::fs::read_to_string(path).unwrap()
}

on_each_engine! {
    async fn a_checkpoint_is_taken_when_a_log_grew(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        assert!(take(&site.app, DAILY).await.unwrap() >= 2, "both organizations at least");
        assert_eq!(take(&site.app, 0).await.unwrap(), 0);
        let first = newest(&site, &bed);
        let key = site.app.keys.signing().key.verifying_key();
        let kept = Checkpoint::verify(&first, &key).unwrap();
        bed.clock.advance_seconds(3_600);
        let asset = json!({"reference": "7-PR-1", "kind": "protective_relay", "lifecycle": "in_service"});
        assert_eq!(site.post_json(&token, "/api/v1/assets", &asset).await.status.as_u16(), 201);
        assert_eq!(take(&site.app, DAILY).await.unwrap(), 0, "an hour is not a day");
        assert_eq!(newest(&site, &bed), first);
        bed.clock.advance_seconds(DAILY);
        assert!(take(&site.app, DAILY).await.unwrap() >= 1);
        let second = Checkpoint::verify(&newest(&site, &bed), &key).unwrap();
        assert!(second.size > kept.size && second.origin == kept.origin);
        let organizations = [bed.organization, bed.canary, OrganizationId::PLATFORM];
        assert_ne!(folder(&site.app.data, organizations[0]), folder(&site.app.data, organizations[1]));
    }

    async fn a_server_notices_a_rotation(bed: Bed) {
        let site = Site::of(&bed);
        take(&site.app, 0).await.unwrap();
        let before = site.app.keys.signing();
        Keys::rotate(&site.app.data, "signing", bed.store.clock().now()).unwrap();
        let token = site.token(&bed, Scope::ALL).await;
        let asset = json!({"reference": "7-PR-1", "kind": "protective_relay", "lifecycle": "in_service"});
        assert_eq!(site.post_json(&token, "/api/v1/assets", &asset).await.status.as_u16(), 201);
        bed.clock.advance_seconds(1);
        assert!(take(&site.app, 0).await.unwrap() >= 1);
        let after = site.app.keys.signing();
        assert_ne!(after.id, before.id);
        assert!(Checkpoint::verify(&newest(&site, &bed), &after.key.verifying_key()).is_ok());
        assert!(site.app.keys.every_signing().iter().any(|key| key.id == before.id), "the retired one verifies on");
        // A key past its window signs nothing more.
        bed.clock.advance_seconds(1_200 * DAILY);
        let other = json!({"reference": "7-PR-2", "kind": "protective_relay", "lifecycle": "in_service"});
        let token = site.token(&bed, Scope::ALL).await;
        assert_eq!(site.post_json(&token, "/api/v1/assets", &other).await.status.as_u16(), 201);
        assert!(take(&site.app, 0).await.unwrap_err().to_string().contains("glance keys rotate"));
    }
}
