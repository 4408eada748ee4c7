//! Authorizations on both engines: asked for by one person, approved by another in their office, provisioned, removed; under
//! a circumstance while it lasts.

use axum::http::Method;
use glance::auth::Scope;
use glance::storage::verify::verify;
use serde_json::{Value, json};

use crate::on_each_engine;
use crate::personnel::{FORM, barred, done, electronic, fit, id, made, patched, refused, stepped, system, user};
use crate::support::http::Site;
use crate::support::{Bed, CANARY};

on_each_engine! {
    async fn access_is_asked_for_by_one_and_approved_by_another(bed: Bed) {
        let site = Site::of(&bed);
        let engineer = site.person(&bed, bed.organization, "engineer approver", true).await;
        let approver = site.person(&bed, bed.organization, "approver", true).await;
        system(&site, &engineer).await;
        let mut untrained = fit("P-1");
        untrained["trained"] = json!([]);
        let person = made(&site, &engineer, "people", untrained).await;
        let asked = made(&site, &engineer, "authorizations", electronic("A-1", "P-1")).await;
        assert_eq!(asked["status"], json!("requested"));
        let path = format!("authorizations/{}", id(&asked));
        let own = barred(&stepped(&site, &engineer, &format!("{path}/approval"), 1, json!({"reason": "mine"})).await);
        assert!(own.contains("another person has to decide"), "{own}");
        let missing = barred(&stepped(&site, &approver, &format!("{path}/approval"), 1, json!({"reason": "ok"})).await);
        assert!(missing.contains("P-1 has completed no cyber security training by 2026-03-02 (CIP-004-7 R2.2, R2.3)"), "{missing}");
        let page = site.get(&approver, &format!("/o/larkspur/{path}")).await.text();
        assert!(page.contains("It cannot be given as it stands.") && page.contains("CIP-004-7 R3.4") && !page.contains("/approval\""), "{page}");
        let early = barred(&stepped(&site, &engineer, &format!("{path}/provisioning"), 1, json!({"reason": "x"})).await);
        assert!(early.contains("It is not approved"), "{early}");

        bed.clock.advance_seconds(1);
        patched(&site, &engineer, &format!("people/{}", id(&person)), 1, json!({"trained": ["2024-10-01"]})).await;
        let lapsed = barred(&stepped(&site, &approver, &format!("{path}/approval"), 1, json!({"reason": "ok"})).await);
        assert!(lapsed.contains("The training of P-1 lapsed on 2026-01-31: it was last completed on 2024-10-01"), "{lapsed}");
        bed.clock.advance_seconds(1);
        patched(&site, &engineer, &format!("people/{}", id(&person)), 2, json!({"trained": ["2024-10-01", "2026-03-01"]})).await;
        let page = site.get(&approver, &format!("/o/larkspur/{path}")).await.text();
        assert!(page.contains(&format!("/o/larkspur/{path}/approval")) && page.contains("By your role."), "{page}");
        let token = site.token(&bed, glance::auth::Scope::ALL).await;
        let headers = [("content-type", "application/json"), ("if-match", "\"1\"")];
        let by_token = site.ask(&token, Method::POST, &format!("/api/v1/{path}/approval"), &headers, "{\"reason\":\"x\"}").await;
        assert_eq!(by_token.status.as_u16(), 403, "no token approves");
        let approved = site.ask(&approver, Method::POST, &format!("/o/larkspur/{path}/approval"), &FORM, "version=1&reason=Seen").await;
        assert_eq!(approved.status.as_u16(), 303, "{}", approved.text());
        bed.clock.advance_seconds(1);
        // An edit of anything but the notes asks for it anew.
        assert_eq!(done(&patched(&site, &engineer, &path, 2, json!({"notes": "badge 7"})).await)["status"], json!("authorized"));
        bed.clock.advance_seconds(1);
        let changed = done(&patched(&site, &engineer, &path, 3, json!({"need": "Relay maintenance and settings"})).await);
        assert_eq!((changed["status"].as_str(), changed["approved"].as_str()), (Some("requested"), None));
        bed.clock.advance_seconds(1);
        assert_eq!(done(&stepped(&site, &approver, &format!("{path}/approval"), 4, json!({"reason": "Seen"})).await)["status"], json!("authorized"));
        bed.clock.advance_seconds(60);

        let future = stepped(&site, &engineer, &format!("{path}/provisioning"), 5, json!({"reason": "x", "at": "2026-03-02T23:00:00Z"})).await;
        assert!(future.status.as_u16() == 422 && future.text().contains("in the future"), "{}", future.text());
        let there = done(&stepped(&site, &engineer, &format!("{path}/provisioning"), 5, json!({"reason": "Ticket 12"})).await);
        assert_eq!((there["status"].as_str(), there["version"].as_i64()), (Some("provisioned"), Some(6)));
        bed.clock.advance_seconds(60);
        let kept = patched(&site, &engineer, &path, 6, json!({"need": "Something else"})).await;
        assert!(kept.status.as_u16() == 422 && kept.text().contains("record its removal and ask anew"), "{}", kept.text());
        let closed = site.ask(&engineer, Method::POST, &format!("/o/larkspur/{path}/retirement"), &FORM, "version=6&reason=x").await;
        assert_eq!(closed.status.as_u16(), 422, "an ability that is there is not retired");
        for (body, code, told) in [
            (json!({"reason": "x"}), 422, "say what shows it"),
            (json!({"reason": "x", "proof": "log", "at": "2026-03-02T14:00:00Z"}), 409, "before it was provisioned"),
            (json!({"reason": "x", "proof": "log", "when": "now"}), 422, "not a field"),
        ] {
            let answer = stepped(&site, &engineer, &format!("{path}/removal"), 6, body).await;
            assert!(answer.status.as_u16() == code && answer.text().contains(told), "{}", answer.text());
        }
        let gone = done(&stepped(&site, &engineer, &format!("{path}/removal"), 6, json!({"reason": "Left", "proof": "Directory export 77"})).await);
        assert_eq!((gone["status"].as_str(), gone["removal_proof"].as_str()), (Some("removed"), Some("Directory export 77")));
        let sound = verify(&bed.store, bed.organization, None, Some(glance::KINDS)).await.unwrap();
        assert!(sound.holds(), "{:?}", sound.problems);

        let stranger = site.person(&bed, bed.canary, "administrator", true).await;
        for page in [format!("/o/canary/{path}"), format!("/o/canary/people/{}", id(&person))] {
            assert_eq!(site.get(&stranger, &page).await.status.as_u16(), 404);
        }
        let foreign = site.ask(&stranger, Method::POST, &format!("/o/canary/{path}/approval"), &FORM, "version=1&reason=x").await;
        assert_eq!(foreign.status.as_u16(), 404);
        assert!(!site.get(&engineer, "/o/larkspur/authorizations").await.text().contains(CANARY));
    }

    async fn a_delegation_that_ended_approves_nothing(bed: Bed) {
        let site = Site::of(&bed);
        let engineer = site.person(&bed, bed.organization, "engineer", true).await;
        let (_, ada) = user(&site, &bed, "ada", "approver").await;
        system(&site, &engineer).await;
        made(&site, &engineer, "people", fit("P-1")).await;
        made(&site, &engineer, "people", json!({"reference": "P-8", "name": "Sen Ior", "party": "employee"})).await;
        let her = made(&site, &engineer, "people", json!({"reference": "P-9", "name": "Ada", "party": "employee", "user": "ada"})).await;
        made(&site, &engineer, "appointments", json!({"reference": "CSM-1", "person": "P-8", "role": "cip_senior_manager", "from": "2025-01-01", "documented_on": "2025-01-20"})).await;
        let delegation = json!({"reference": "DEL-3", "person": "P-9", "role": "delegate", "actions": ["authorize_access"], "delegated_by": "P-8", "from": "2025-02-01", "until": "2026-03-01"});
        let delegation = made(&site, &engineer, "appointments", delegation).await;
        let asked = made(&site, &engineer, "authorizations", electronic("A-1", "P-1")).await;
        let bcsi = json!({"reference": "A-2", "person": "P-1", "kind": "bcsi", "place": "Relay settings store", "need": "Settings"});
        let bcsi = made(&site, &engineer, "authorizations", bcsi).await;
        let approval = format!("authorizations/{}/approval", id(&asked));
        let ended = barred(&stepped(&site, &ada, &approval, 1, json!({"reason": "ok"})).await);
        assert!(ended.contains("The delegation DEL-3 ended on 2026-03-01."), "{ended}");
        let page = site.get(&ada, &format!("/o/larkspur/authorizations/{}", id(&asked))).await.text();
        assert!(page.contains("The delegation DEL-3 ended on 2026-03-01.") && !page.contains("/approval\""), "{page}");
        // She was never appointed for BCSI, so there she acts by her role.
        let other = done(&stepped(&site, &ada, &format!("authorizations/{}/approval", id(&bcsi)), 1, json!({"reason": "ok"})).await);
        assert_eq!((other["status"].as_str(), other["approved_as"].as_str()), (Some("authorized"), None));
        bed.clock.advance_seconds(1);
        patched(&site, &engineer, &format!("appointments/{}", id(&delegation)), 1, json!({"until": null})).await;
        let many = site.ask(&ada, Method::POST, "/o/larkspur/authorizations/approval", &FORM, &format!("ids={};{}&confirmed=yes&reason=ok", id(&asked), id(&bcsi))).await.text();
        assert!(many.contains("1 of 2 approved") && many.contains("It is approved as it stands."), "{many}");
        let now = site.get(&ada, &format!("/api/v1/o/larkspur/authorizations/{}", id(&asked))).await.json();
        assert_eq!(now["approved_as"], json!("delegate of the CIP Senior Manager, DEL-3"));
        bed.clock.advance_seconds(1);
        patched(&site, &engineer, &format!("people/{}", id(&her)), 1, json!({"retired_on": "2026-03-01"})).await;
        let more = made(&site, &engineer, "authorizations", electronic("A-3", "P-1")).await;
        let left = barred(&stepped(&site, &ada, &format!("authorizations/{}/approval", id(&more)), 1, json!({"reason": "ok"})).await);
        assert!(left.contains("P-9 is retired since 2026-03-01"), "{left}");
        let nobody = refused(&site, &engineer, "authorizations", electronic("A-4", "P-9")).await;
        assert!(nobody.contains("retired since 2026-03-01"), "{nobody}");
        for (query, count) in [("person=P-1", 3), ("system=BCS-1", 2), ("kind=bcsi", 1), ("status=requested", 1)] {
            let list = site.get(&engineer, &format!("/api/v1/o/larkspur/authorizations?{query}")).await.json();
            assert_eq!(list["items"].as_array().unwrap().len(), count, "{query}: {list}");
        }
        let tab = site.get(&engineer, &format!("/o/larkspur/people/{}?tab=appointments", id(&her))).await.text();
        assert!(tab.contains("DEL-3"), "{tab}");
        let people = site.get(&engineer, "/api/v1/o/larkspur/people?system=BCS-1").await.json();
        assert_eq!(people["items"].as_array().unwrap().len(), 1, "{people}");
    }

    async fn a_circumstance_lifts_training_until_it_ends(bed: Bed) {
        let site = Site::of(&bed);
        let engineer = site.person(&bed, bed.organization, "engineer approver", true).await;
        let approver = site.person(&bed, bed.organization, "approver", true).await;
        system(&site, &engineer).await;
        let mut untrained = fit("P-1");
        untrained["trained"] = json!([]);
        made(&site, &engineer, "people", untrained).await;
        let declared = |at: Value| json!({"reference": "CEC-1", "title": "Ice storm", "declaration": "A natural disaster; nobody who is trained reaches the substation.", "declared_at": at});
        assert!(refused(&site, &engineer, "circumstances", declared(json!("2026-03-03T00:00:00Z"))).await.contains("in the future"));
        let storm = made(&site, &engineer, "circumstances", declared(Value::Null)).await;
        assert!(storm["declared_at"].as_str().unwrap().starts_with("2026-03-02T15:00"), "{storm}");
        let mut wanted = electronic("A-1", "P-1");
        wanted["circumstance"] = json!("CEC-1");
        let first = made(&site, &engineer, "authorizations", wanted.clone()).await;
        wanted["reference"] = json!("A-2");
        let second = made(&site, &engineer, "authorizations", wanted).await;
        bed.clock.advance_seconds(60);
        let lifted = done(&stepped(&site, &approver, &format!("authorizations/{}/approval", id(&first)), 1, json!({"reason": "Storm"})).await);
        assert_eq!(lifted["status"], json!("authorized"));
        // Access that nobody approved yet is given by a person's word, never by a program's.
        let program = site.token(&bed, Scope::ALL).await;
        let there = format!("authorizations/{}/provisioning", id(&second));
        assert!(barred(&stepped(&site, &program, &there, 1, json!({"reason": "x"})).await).contains("only a person who signed in"));
        let path = format!("circumstances/{}", id(&storm));
        assert!(barred(&stepped(&site, &approver, &format!("{path}/review"), 1, json!({"reason": "x"})).await).contains("It lasts"));
        let ended = done(&stepped(&site, &engineer, &format!("{path}/end"), 1, json!({"reason": "Roads are open"})).await);
        assert_eq!(ended["status"], json!("ended"));
        bed.clock.advance_seconds(60);
        let again = barred(&stepped(&site, &approver, &format!("authorizations/{}/approval", id(&second)), 1, json!({"reason": "Storm"})).await);
        assert!(again.contains("no cyber security training"), "{again}");
        assert!(barred(&stepped(&site, &engineer, &format!("{path}/review"), 2, json!({"reason": "x"})).await).contains("You declared it"));
        let reviewed = done(&stepped(&site, &approver, &format!("{path}/review"), 2, json!({"reason": "One authorization, removed since"})).await);
        assert_eq!(reviewed["status"], json!("reviewed"));
        let page = site.get(&approver, &format!("/o/larkspur/{path}")).await.text();
        assert!(page.contains("Ended on 2026-03-02") && page.contains("Reviewed"), "{page}");
    }
}
