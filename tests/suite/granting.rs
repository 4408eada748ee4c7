//! Grants on both engines, what stands around them: revocations, emergencies, files and lists, pages, the organization's limits.

use axum::http::Method;
use glance::auth::Scope;
use glance::ids::{Id as _, UserId};
use glance::personnel::model::Party;
use glance::personnel::{Circumstance, Person};
use glance::register::{Act, Member};
use glance::remote_access::Grant;
use glance::storage::AsOf;
use serde_json::json;

use crate::grants::{
    FORM, Scene, asked, based, changed, decided, id, kept, made, named, person, refused, scene, taken,
};
use crate::on_each_engine;
use crate::support::{BEGINNING, Bed, CANARY};

on_each_engine! {
    async fn revoked_once_with_what_shows_the_removal(bed: Bed) {
        let Scene { site, manager, approver } = scene(&bed).await;
        let mut body = asked("G-2", "P-2");
        for (name, value) in [("disable_method", json!("Lock P-2 on JH-1")), ("valid_from", json!("2026-03-02T08:00:00-07:00")), ("vendor", json!("V-1"))] {
            body = changed(&body, name, value);
        }
        let employees = made(&site, &manager, "grants", asked("G-1", "P-1")).await;
        let grant = made(&site, &manager, "grants", body).await;
        let path = format!("/api/v1/o/larkspur/grants/{}/examination", id(&grant));
        let found = site.get(&approver, &path).await.text();
        assert!(found.contains("no grant of an employee holds") && found.contains("switching it off was never tried") && found.contains("\"impact\":\"medium\""), "{found}");
        taken(&site, &approver, &employees, "approval", 1, json!({"reason": "Needed"})).await;
        assert!(site.get(&approver, &path).await.text().contains("employees go through it too"));
        taken(&site, &approver, &grant, "approval", 1, json!({"reason": "Until Friday"})).await;
        let token = site.token(&bed, Scope::ALL).await;
        let tested = site.ask(&token, Method::POST, &format!("/api/v1/grants/{}/disable_test", id(&grant)), &[("content-type", "application/json"), ("if-match", "\"2\"")], "{\"tested_on\":\"2026-03-01\",\"reason\":\"Drill\"}").await;
        assert_eq!((tested.status.as_u16(), tested.json()["status"].as_str()), (200, Some("active")), "{}", tested.text());
        assert!(decided(&site, &manager, &grant, "removal", 3, json!({"removed_at": "2026-03-02T08:00:00-07:00", "proof": "x", "reason": "x"})).await.text().contains("It still holds"));
        let revoked = taken(&site, &manager, &grant, "revocation", 3, json!({"reason": "Work is done"})).await;
        assert_eq!(revoked["status"], json!("revoked"));
        let again = decided(&site, &manager, &grant, "revocation", 4, json!({"reason": "x"})).await;
        assert!(again.status.as_u16() == 409 && again.text().contains("revoked already by Somebody at 2026-03-02 08:00:0"), "{}", again.text());
        bed.clock.advance_seconds(300);
        let removal = |at: &str, proof: &str| json!({"removed_at": at, "proof": proof, "reason": "Late"});
        assert_eq!(decided(&site, &manager, &grant, "removal", 4, removal("2026-03-02T08:02:00-07:00", "")).await.status.as_u16(), 422);
        assert!(decided(&site, &manager, &grant, "removal", 4, removal("2026-03-02T08:20:00-07:00", "T-1")).await.text().contains("is to come"));
        let removed = taken(&site, &manager, &grant, "removal", 4, removal("2026-03-02T08:02:00-07:00", "Ticket T-1")).await;
        assert_eq!((removed["removed_at"].as_str(), removed["removal_proof"].as_str()), (Some("2026-03-02T15:02:00.000000Z"), Some("Ticket T-1")));
        let edited = based(&site, &manager, Method::PATCH, &format!("grants/{}", id(&grant)), 5, json!({"purpose": "More"})).await;
        assert!(edited.status.as_u16() == 422 && edited.text().contains("ask for a new grant"), "{}", edited.text());
        let page = site.get(&manager, &format!("/o/larkspur/grants/{}", id(&grant))).await.text();
        assert!(page.contains("The ability ceased at 2026-03-02 08:02:00 MST, shown by: Ticket T-1") && !page.contains("/revocation\""), "{page}");
        assert!(!page.contains(CANARY));
    }

    async fn an_emergency_holds_at_once_and_ends_with_a_decision(bed: Bed) {
        let Scene { site, manager, .. } = scene(&bed).await;
        let member = Member { user: UserId::from_uuid(uuid::Uuid::from_u128(1)), login: "a.b".to_owned() };
        let declared = Act { by: Some(member), name: "A B".to_owned(), at: BEGINNING, reason: String::new() };
        let lasting = Circumstance { reference: named("CEC-1"), title: "Ice storm".to_owned(), declared_at: Some(BEGINNING.plus_seconds(-3_600)), declared: Some(declared), ..Circumstance::default() };
        let circumstance = kept(&bed, &lasting).await;
        kept(&bed, &Person { trained: Vec::new(), ..person("P-4", Party::Contractor) }).await;
        let mut body = changed(&asked("G-7", "P-4"), "circumstance", json!("CEC-1"));
        body = changed(&body, "valid_from", json!("2026-03-02T08:00:00-07:00"));
        let grant = made(&site, &manager, "grants", body.clone()).await;
        assert_eq!(grant["status"], json!("active"), "{grant}");
        let href = format!("/o/larkspur/grants/{}", id(&grant));
        let page = site.get(&manager, &href).await.text();
        assert!(page.contains("It holds without approval while the exceptional circumstance CEC-1 lasts.") && page.contains("/revocation\""), "{page}");
        bed.clock.advance_seconds(7_200);
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let read = change.reading().await.unwrap().find::<Circumstance>(circumstance).await.unwrap().unwrap();
        let ended = Circumstance { ended_at: Some(BEGINNING.plus_seconds(3_600)), ..lasting };
        change.supersede("circumstance.end", &read, &ended, "Over").await.unwrap();
        change.commit().await.unwrap();
        let manager = site.person(&bed, bed.organization, "engineer", true).await;
        let page = site.get(&manager, &href).await.text();
        assert!(page.contains("CEC-1 ended at 2026-03-02 09:00:00 MST: it is to be approved or revoked."), "{page}");
        assert_eq!(site.get(&manager, &format!("/api/v1{}", &href)).await.json()["status"], json!("active"), "nothing ends by itself");
        let approver_now = site.person(&bed, bed.organization, "approver", true).await;
        let untrained = decided(&site, &approver_now, &grant, "approval", 1, json!({"reason": "x"})).await;
        assert!(untrained.status.as_u16() == 422 && untrained.text().contains("no cyber security training"), "{}", untrained.text());
        let late = refused(&site, &manager, &changed(&body, "reference", json!("G-8")), "circumstance").await;
        assert!(late.contains("CEC-1 ended at 2026-03-02 09:00:00 MST; ask for an ordinary grant"), "{late}");
        assert_eq!(taken(&site, &manager, &grant, "revocation", 1, json!({"reason": "Over"})).await["status"], json!("revoked"));
    }

    async fn files_ask_and_lists_find(bed: Bed) {
        let Scene { site, manager, approver } = scene(&bed).await;
        let first = made(&site, &manager, "grants", asked("G-1", "P-1")).await;
        taken(&site, &approver, &first, "approval", 1, json!({"reason": "Needed"})).await;
        let file = site.get(&manager, "/o/larkspur/grants.csv").await;
        assert_eq!(file.status.as_u16(), 200, "{}", file.text());
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let sheets = glance::sheets::read("x.csv", &file.body, &glance::sheets::Limits::default()).unwrap();
        let plan = glance::register::import::plan::<Grant>(change.reading().await.unwrap(), &sheets[0]).await.unwrap();
        assert_eq!((plan.rows, plan.unchanged, plan.refused.len()), (1, 1, 0), "{:?}", plan.refused);
        let text = "reference,kind,person,purpose,targets,systems,via,encryption_end,mfa,split_tunnel,valid_from,valid_until,status,approved\n\
            G-2,interactive,P-1,Drill,,S7-PROT,JH-1,JH-1,yes,no,2026-03-03T08:00:00-07:00,2026-03-04T08:00:00-07:00,active,Boss\n\
            G-3,interactive,P-77,Drill,RELAY-1,,JH-1,JH-1,yes,no,2026-03-03T08:00:00-07:00,2026-03-04T08:00:00-07:00,,\n\
            G-4,interactive,P-1,Drill,RELAY-1,,HMI-1,JH-1,yes,no,2026-03-03T08:00:00-07:00,2026-03-04T08:00:00-07:00,,\n";
        let sheets = glance::sheets::read("x.csv", text.as_bytes(), &glance::sheets::Limits::default()).unwrap();
        let plan = glance::register::import::plan::<Grant>(change.reading().await.unwrap(), &sheets[0]).await.unwrap();
        let refused: Vec<(u64, &str)> = plan.refused.iter().map(|one| (one.line, one.column.as_str())).collect();
        assert_eq!(refused, [(3, "person"), (4, "via")], "{:?}", plan.refused);
        assert_eq!(plan.unused.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["status", "approved"]);
        glance::register::import::carry_out(&mut change, &plan, true, "import").await.unwrap();
        change.commit().await.unwrap();
        let found = |query: &'static str| {
            let (site, manager) = (&site, &manager);
            async move {
                let list = site.get(manager, &format!("/api/v1/o/larkspur/grants?{query}")).await;
                assert_eq!(list.status.as_u16(), 200, "{query}: {}", list.text());
                let items = list.json()["items"].clone();
                items.as_array().unwrap().iter().map(|one| one["reference"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
            }
        };
        for (query, wanted) in [
            ("status=requested", "G-2"), ("status=active", "G-1"), ("asset=RELAY-1", "G-1 G-2"), ("asset=RELAY-2", "G-2"),
            ("system=S7-PROT", "G-2"), ("person=P-1", "G-1 G-2"), ("vendor=V-1", ""), ("via=JH-1&kind=interactive", "G-1 G-2"),
            ("ends_before=2026-03-05", "G-2"), ("ends_from=2026-03-05", "G-1"), ("sort=-valid_until", "G-1 G-2"), ("q=drill", "G-2"),
        ] {
            assert_eq!(found(query).await, wanted, "{query}");
        }
        // A grant that names no vendor is for the one its person acts for.
        let vendors = made(&site, &manager, "grants", changed(&asked("G-9", "P-2"), "disable_method", json!("Lock P-2"))).await;
        assert_eq!((vendors["vendor"].as_str(), vendors["vendor_name"].as_str()), (None, Some("Relay Works")), "{vendors}");
        assert_eq!(found("vendor=V-1").await, "G-9");
        let relay = site.get(&manager, "/api/v1/o/larkspur/assets?q=RELAY-1").await.json()["items"][0].clone();
        let tab = format!("/o/larkspur/assets/{}?tab=grants", id(&relay));
        let page = site.get(&manager, &tab).await.text();
        assert!(page.contains("G-1") && page.contains("G-2") && page.contains("Approved, not begun"), "{page}");
        let viewer = site.person(&bed, bed.organization, "viewer", true).await;
        assert_eq!(site.get(&viewer, &tab).await.status.as_u16(), 422, "no tab for who may not read grants");
        assert!(!site.get(&viewer, &format!("/o/larkspur/assets/{}", id(&relay))).await.text().contains("tab=grants"));
        assert_eq!(site.get(&viewer, "/o/larkspur/grants").await.status.as_u16(), 403);
        // Another organization sees nothing, and nothing can be done to what is here.
        let stranger = site.person(&bed, bed.canary, "engineer approver", true).await;
        for path in ["", "/approval", "/revocation"] {
            let method = if path.is_empty() { Method::GET } else { Method::POST };
            let theirs = format!("/api/v1/o/canary/grants/{}{path}", id(&first));
            let headers = [("content-type", "application/json"), ("if-match", "\"2\"")];
            assert_eq!(site.ask(&stranger, method, &theirs, &headers, "{\"reason\":\"x\"}").await.status.as_u16(), 404, "{path}");
        }
        let mut canary = bed.store.snapshot(bed.canary, AsOf::Now).await.unwrap();
        assert!(canary.every::<Grant>().await.unwrap().is_empty());
    }

    async fn the_page_shows_what_stands_around_and_the_organization_sets_the_limits(bed: Bed) {
        let Scene { site, manager, approver } = scene(&bed).await;
        let first = made(&site, &manager, "grants", asked("G-1", "P-1")).await;
        let second = made(&site, &manager, "grants", asked("G-2", "P-3")).await;
        made(&site, &manager, "grants", changed(&asked("G-3", "P-1"), "systems", json!(["S7-PROT"]))).await;
        let href = format!("/o/larkspur/grants/{}", id(&first));
        let page = site.get(&approver, &href).await.text();
        for said in [
            "For P-1 Person P-1, employee of Larkspur.", "Asked for by Somebody", "Rules examined", "CIP-005-7 R2.1", "through JH-1 in DMZ, outside an ESP",
            "trained on 2025-09-01, which holds until 2026-12-31", "risk assessed on 2022-04-01, which holds until 2029-04-01", "What it reaches", "RELAY-1",
            "Medium", "S7-PROT", "Other grants", "G-2", "the same assets", "G-3", "the same person or vendor", "reached at the same time under G-3", "/approval\"", "/refusal\"",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(!page.contains("/extension\"") && !page.contains("/revocation\""), "{page}");
        let own = site.get(&manager, &href).await.text();
        assert!(own.contains("You asked for it as it stands") && !own.contains("/approval\""), "{own}");
        let post = async |path: &str, body: &str| site.ask(&approver, Method::POST, &format!("{href}/{path}"), &FORM, body).await;
        assert_eq!(post("approval", "version=1&reason=Needed").await.header("location"), format!("{href}?done=approved"));
        assert_eq!(post("extension", "version=2&reason=Parts&until=2026-03-09+17:00").await.header("location"), format!("{href}?done=extended"));
        let page = site.get(&approver, &href).await.text();
        assert!(page.contains("Extended by Somebody") && page.contains("It opens from 2026-03-02 09:00:00 MST until 2026-03-09 17:00:00 MDT."), "{page}");

        let administrator = site.person(&bed, bed.organization, "administrator", true).await;
        let settings = site.get(&administrator, "/o/larkspur/settings").await.text();
        assert!(settings.contains("name=\"longest_grant_vendor\" value=\"30\"") && settings.contains("name=\"idle_minutes\" value=\"30\""), "{settings}");
        let saving = |contractor: &str| format!("version=1&name=Larkspur+Valley+Power&time_zone=America/Denver&verify_within_days=365&longest_grant_contractor={contractor}&idle_minutes=20&reason=Stricter");
        let save = async |body: String| site.ask(&administrator, Method::POST, "/o/larkspur/settings", &FORM, &body).await;
        let wrong = save(saving("0")).await;
        assert!(wrong.status.as_u16() == 422 && wrong.text().contains("1 to 1,830 days"), "{}", wrong.text());
        assert_eq!(save(saving("2")).await.status.as_u16(), 303);
        let stopped = decided(&site, &approver, &second, "approval", 1, json!({"reason": "x"})).await;
        assert!(stopped.status.as_u16() == 422 && stopped.text().contains("longer than the 2 days a grant of a contractor may last"), "{}", stopped.text());
    }
}
