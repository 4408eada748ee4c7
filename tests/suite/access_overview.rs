//! The place Access on both engines: what it counts, where it leads, and that it shows the organization's own alone.

use glance::personnel::model::AuthorizationKind;
use glance::personnel::{Authorization, Person, Vendor};
use glance::register::Act;
use glance::remote_access::Grant;
use glance::remote_access::model::GrantKind;
use glance::reviews::Review;
use glance::storage::Audited;
use glance::vocabulary::{Date, Moment, Reference};
use serde_json::json;

use crate::on_each_engine;
use crate::support::http::Site;
use crate::support::{Bed, CANARY};

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn named(text: &str) -> Reference {
    Reference::parse(text).unwrap()
}

async fn kept<T: Audited>(bed: &Bed, canary: bool, content: &T) -> T::Id {
    let organization = if canary { bed.canary } else { bed.organization };
    let mut change = bed.store.change(organization, bed.author()).await.unwrap();
    let id = change.insert("test.create", content, "test").await.unwrap();
    change.commit().await.unwrap();
    id
}

/// One of each thing that waits, runs out or is late.
async fn furnished(bed: &Bed, canary: bool) {
    let tag = if canary { CANARY } else { "OWN" };
    let person = Person {
        reference: named(&format!("{tag}-P")),
        name: format!("{tag} Person"),
        trained: vec![day("2024-10-10")],
        assessed: vec![day("2024-10-10")],
        ..Person::default()
    };
    let person = kept(bed, canary, &person).await;
    let act = |moment: &str| Some(Act { by: None, name: "Test".to_owned(), at: at(moment), reason: String::new() });
    let authorization = Authorization {
        reference: named(&format!("{tag}-EA")),
        person: Some(person),
        kind: Some(AuthorizationKind::Electronic),
        need: "Relay settings".to_owned(),
        provisioned_at: Some(at("2026-01-10T12:00:00Z")),
        approved: act("2026-01-09T12:00:00Z"),
        ..Authorization::default()
    };
    kept(bed, canary, &authorization).await;
    let grant = |suffix: &str, approved: Option<Act>| Grant {
        reference: named(&format!("{tag}-{suffix}")),
        kind: Some(GrantKind::Interactive),
        person: Some(person),
        purpose: format!("{tag} firmware"),
        valid_from: Some(at("2026-01-10T12:00:00Z")),
        valid_until: Some(at("2026-03-09T12:00:00Z")),
        requested: act("2026-01-08T12:00:00Z"),
        approved,
        ..Grant::default()
    };
    kept(bed, canary, &grant("RA-ENDING", act("2026-01-09T12:00:00Z"))).await;
    kept(bed, canary, &grant("RA-ASKED", None)).await;
    let review =
        Review { reference: named(&format!("{tag}-REV")), due_on: Some(day("2026-02-01")), ..Review::default() };
    kept(bed, canary, &review).await;
}

on_each_engine! {
    async fn what_is_in_waits_and_runs_out(bed: Bed) {
        let site = Site::of(&bed);
        let who = site.person(&bed, bed.organization, "compliance", true).await;
        let empty = site.get(&who, "/o/larkspur/access").await.text();
        assert!(empty.contains("No request waits.") && empty.contains("No clock runs and none is overdue."), "{empty}");
        let began = bed.store.clock().now().rfc3339();
        bed.clock.advance_seconds(10);
        furnished(&bed, false).await;
        furnished(&bed, true).await;
        bed.clock.advance_seconds(1);
        let left = json!({"reference": "T-1", "person": "OWN-P", "kind": "transfer", "action_at": "2026-03-01T10:00:00Z", "reason": "HR"});
        assert_eq!(site.post_json(&who, "/api/v1/o/larkspur/departures", &left).await.status.as_u16(), 201);
        bed.clock.advance_seconds(1);
        let answer = site.get(&who, "/o/larkspur/access").await;
        let page = answer.text();
        assert_eq!(answer.status.as_u16(), 200, "{page}");
        for said in ["Who is in", "OWN-RA-ASKED", "OWN-RA-ENDING", "OWN firmware", "Training lapsed on 2026-01-31", "OWN-REV", "Late", "OWN-EA", "Not recorded: whether the ability is still needed", "/o/larkspur/sessions/active", "/o/larkspur/departures/clocks"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(!page.contains(CANARY));
        let then = site.get(&who, &format!("/o/larkspur/access?as_of={began}")).await.text();
        assert!(!then.contains("OWN-REV") && then.contains("No review is open."), "as it stood then");
        // Each figure leads to its own rows.
        let figures = page.split("<div class=\"figures many\">").nth(1).unwrap().split("</div>").next().unwrap();
        let hrefs: Vec<String> = figures.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&")).collect();
        assert_eq!(hrefs.len(), 12, "{figures}");
        for (part, row) in [("grants?status=requested", "OWN-RA-ASKED"), ("grants?status=active", "OWN-RA-ENDING"), ("people?trained_before=", "OWN-P"), ("reviews?status=open", "OWN-REV"), ("sessions?state=open&vendor=yes", ""), ("sessions?state=open&judged=any", ""), ("authorizations?status=requested", ""), ("departures/clocks?state=overdue", "")] {
            let href = hrefs.iter().find(|href| href.contains(part)).unwrap_or_else(|| panic!("{part}: {hrefs:?}"));
            let list = site.get(&who, href).await;
            assert!(list.status.as_u16() == 200 && list.text().contains(row) && !list.text().contains(CANARY), "{href}: {}", list.text());
        }
        let assessed = hrefs.iter().find(|href| href.contains("people?assessed_before=")).unwrap();
        assert!(!site.get(&who, assessed).await.text().contains("OWN-P</a>"), "assessed within seven years");
        assert_eq!(site.get(&who, "/o/larkspur/access?x=1").await.status.as_u16(), 422);
        let mut now = bed.store.snapshot(bed.organization, glance::storage::AsOf::Now).await.unwrap();
        let people = now.every::<Person>().await.unwrap();
        drop(now);
        let person = site.get(&who, &format!("/o/larkspur/people/{}", people[0].id)).await.text();
        for said in ["Can reach", "OWN-EA", "Relay settings; approved by Test, 2026-01-09", "OWN-RA-ENDING", "from anywhere", "Asked for", "The training of OWN-P lapsed on 2026-01-31: it was last completed on 2024-10-10, and 2 ways in stand (CIP-004-7 R2.2, R2.3).", "What came of the assessment of OWN-P is not recorded, and 2 ways in stand (CIP-004-7 R3.3)."] {
            assert!(person.contains(said), "{said}: {person}");
        }
        // A vendor's paths that are not over, the first to end first.
        let vendor = kept(&bed, false, &Vendor { reference: named("V-1"), name: "Relays Inc".to_owned(), ..Vendor::default() }).await;
        let path = |tag: &str, until: &str| Grant {
            reference: named(tag),
            kind: Some(GrantKind::SystemToSystem),
            vendor: Some(vendor),
            valid_from: Some(at("2026-01-10T12:00:00Z")),
            valid_until: Some(at(until)),
            approved: Some(Act { by: None, name: "Test".to_owned(), at: at("2026-01-09T12:00:00Z"), reason: String::new() }),
            ..Grant::default()
        };
        for (tag, until) in [("V-LATER", "2026-05-01T12:00:00Z"), ("V-SOON", "2026-04-01T12:00:00Z"), ("V-OVER", "2026-02-01T12:00:00Z")] {
            kept(&bed, false, &path(tag, until)).await;
        }
        bed.clock.advance_seconds(1);
        let page = site.get(&who, &format!("/o/larkspur/vendors/{vendor}")).await.text();
        let section = page.split("Its paths").nth(1).unwrap().split("</section>").next().unwrap();
        assert!(page.contains("2 paths of it are open.") && section.find("V-SOON") < section.find("V-LATER") && section.contains("V-LATER"), "{page}");
        assert!(!section.contains("V-OVER"), "{section}");
        let viewer = site.person(&bed, bed.organization, "viewer", true).await;
        assert_eq!(site.get(&viewer, "/o/larkspur/access").await.status.as_u16(), 403);
    }
}
