//! The auditor's eye on both engines: what it shows, and that it shows nothing else.

use axum::http::Method;
use glance::auth::Scope;
use glance::auth::{Roles, Scope as TokenScope};
use glance::ids::{Id, PackageId};
use glance::storage::AsOf;
use glance::web::Policy;
use serde_json::{Value, json};

use crate::on_each_engine;
use crate::support::http::{Answer, Site, Way};
use crate::support::{Bed, CANARY};

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];
const NOWHERE: &str = "01890000-0000-7000-8000-000000000000";

async fn post(site: &Site, token: &Way, path: &str, body: Value) -> String {
    let answer = site.post_json(token, &format!("/api/v1/{path}"), &body).await;
    assert_eq!(answer.status.as_u16(), 201, "{path}: {}", answer.text());
    answer.json()["id"].as_str().unwrap().to_owned()
}

async fn form(site: &Site, way: &Way, path: &str, body: &str) -> Answer {
    site.ask(way, Method::POST, path, &FORM, body).await
}

/// Two engagements with a sealed package each, an asset in both and one that came later, and an auditor let in to the first.
struct Scene {
    site: Site,
    admin: Way,
    auditor: Way,
    first: String,
    second: String,
    package: String,
    other: String,
    instant: String,
    asset: String,
    later: String,
    access: String,
}

async fn scene(bed: &Bed) -> Scene {
    let site = Site::of(bed);
    let token = site.token(bed, Scope::ALL).await;
    let admin = site.person(bed, bed.organization, "administrator", true).await;
    let auditor = site.person(bed, bed.organization, "auditor", true).await;
    post(&site, &token, "sites", json!({"reference": "SUB07", "name": "Substation 7", "kind": "transmission_substation", "criteria": ["2.5"], "criteria_reason": "345 kV"})).await;
    post(&site, &token, "systems", json!({"reference": "S7", "name": "Protection", "site": "SUB07", "criterion": "2.5", "impact_reason": "at SUB07"})).await;
    let asset = post(&site, &token, "assets", json!({"reference": "7-PR-1", "name": "Relay", "kind": "protective_relay", "lifecycle": "in_service", "site": "SUB07", "systems": ["S7"], "categories": ["BCA"]})).await;
    let engagement = |reference: &str| json!({"reference": reference, "name": format!("Audit {reference}"), "state": "answering", "period_from": "2026-01-01", "period_to": "2026-12-31", "scope": ["CIP-007-6 R2"]});
    let first = post(&site, &token, "engagements", engagement("AUD-1")).await;
    let second = post(&site, &token, "engagements", engagement("AUD-2")).await;
    let package = post(&site, &token, "packages", json!({"engagement": "AUD-1", "reason": "Level 1"})).await;
    let other = post(&site, &token, "packages", json!({"engagement": "AUD-2", "reason": "Level 1"})).await;
    bed.clock.advance_seconds(1);
    site.build_packages().await;
    let later = post(&site, &token, "assets", json!({"reference": "7-PR-2", "name": "New", "kind": "protective_relay", "lifecycle": "in_service", "site": "SUB07", "systems": ["S7"], "categories": ["BCA"]})).await;
    let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
    let kept = at.find::<glance::evidence::Package>(PackageId::parse(&package).unwrap()).await.unwrap().unwrap();
    let organization = bed.organization;
    let members = at.platform().members(organization).await.unwrap();
    let login = members.iter().find(|member| member.roles == "auditor").unwrap().login.clone();
    drop(at);
    let doors = format!("/o/larkspur/engagements/{first}/auditors");
    let answer =
        form(&site, &admin, &doors, &format!("login={login}&from=2026-03-02&until=2026-03-10&reason=WECC")).await;
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.text());
    let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
    let access = at.every::<glance::engagements::AuditorAccess>().await.unwrap().pop().unwrap().id.to_string();
    let instant = kept.instant.rfc3339();
    Scene { site, admin, auditor, first, second, package, other, instant, asset, later, access }
}

impl Scene {
    async fn status(&self, path: &str) -> u16 {
        self.site.get(&self.auditor, &format!("/o/larkspur{path}")).await.status.as_u16()
    }
}

/// How often somebody looked, as the journal says.
async fn looks(bed: &Bed) -> usize {
    let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
    let which = glance::timeline::records::Which::Kind("engagement".to_owned());
    let found = glance::timeline::records::entries(&mut at, &which, i64::MAX, 500).await.unwrap();
    found.iter().filter(|entry| entry.act == "auditor.look").count()
}

on_each_engine! {
    async fn an_auditor_sees_the_engagement_its_packages_and_what_is_behind(bed: Bed) {
        let scene = scene(&bed).await;
        let Scene { site, auditor, first, package, instant, asset, .. } = &scene;
        let home = format!("/o/larkspur/engagements/{first}/look");
        assert_eq!(site.get(auditor, "/o/larkspur/").await.header("location"), home);
        let page = site.get(auditor, &home).await;
        assert_eq!(page.status.as_u16(), 200);
        for words in ["Audit AUD-1", "your access ends after 2026-03-10", "Download"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        assert!(!page.text().contains("Audit AUD-2") && !page.text().contains("/timeline\""), "{}", page.text());
        for path in [format!("/packages/{package}"), format!("/packages/{package}/records?kind=asset"), format!("/packages/{package}/file")] {
            assert_eq!(scene.status(&path).await, 200, "{path}");
        }
        let behind = site.get(auditor, &format!("/o/larkspur/packages/{package}/records?kind=asset")).await.text();
        assert!(behind.contains("7-PR-1") && !behind.contains("7-PR-2"), "{behind}");
        let record = format!("/o/larkspur/assets/{asset}");
        let there = site.get(auditor, &record).await;
        assert_eq!(there.status.as_u16(), 303, "without an instant it leads to the package's");
        let there = there.header("location").to_owned();
        assert_eq!(there, format!("{record}?as_of={}", glance::web::links::encoded(instant)));
        let page = site.get(auditor, &there).await;
        assert!(page.status.as_u16() == 200 && page.text().contains("7-PR-1") && !page.text().contains("data-key=\"e\""), "{}", page.text());
        let part = "/o/larkspur/requirements/CIP-007-6%20R2.1";
        let there = site.get(auditor, part).await.header("location").to_owned();
        assert_eq!(site.get(auditor, &there).await.status.as_u16(), 200, "{there}");
    }

    async fn and_nothing_else(bed: Bed) {
        let scene = scene(&bed).await;
        let Scene { site, auditor, first, second, package, other, instant, asset, later, .. } = &scene;
        let at = format!("as_of={}", glance::web::links::encoded(instant));
        for path in [
            format!("/engagements/{second}/look"), format!("/engagements/{first}"), format!("/engagements/{first}/readiness"),
            format!("/engagements/{first}/look?{at}"), format!("/packages/{other}"), format!("/packages/{other}/file"),
            format!("/packages/{package}/comparison?with={other}"), format!("/packages/{package}?{at}"), "/packages".to_owned(),
            format!("/assets/{later}"), format!("/assets/{later}?{at}"), format!("/assets/{asset}?as_of=2026-03-01"),
            format!("/zones/{asset}?{at}"), format!("/assets/{}?{at}", asset.to_uppercase()), format!("/assets?{at}"), format!("/?{at}"),
            format!("/assets.csv?{at}"), format!("/requirements/CIP-005-7%20R1.1?{at}"), "/requirements/CIP-005-7%20R1.1".to_owned(),
            format!("/timeline?{at}"), "/members".to_owned(), format!("/artifacts?{at}"), "/engagements".to_owned(), "/findings".to_owned(),
        ] {
            assert_eq!(scene.status(&path).await, 404, "{path}");
        }
        let nowhere = site.get(auditor, "/o/nowhere/assets").await.body;
        assert_eq!(site.get(auditor, "/o/larkspur/assets").await.body, nowhere, "what may not be seen looks like what is not there");
        assert_eq!(site.get(auditor, &format!("/o/canary/engagements/{first}/look")).await.body, nowhere);
        let queue = site.get(auditor, "/queue").await.text();
        assert!(!queue.contains("Larkspur") && !queue.contains(CANARY), "{queue}");
    }

    async fn no_route_is_open_beside_the_eye(bed: Bed) {
        let scene = scene(&bed).await;
        let Scene { site, auditor, .. } = &scene;
        for route in &site.routes {
            let Policy::Organization(_) = route.policy else { continue };
            let path = route.pattern.replace("{slug}", "larkspur").replace("{id}", NOWHERE);
            let kind = if path.starts_with("/api/") { "application/json" } else { "application/x-www-form-urlencoded" };
            let body = if path.starts_with("/api/") { "{}" } else { "" };
            let answer = site.ask(auditor, route.method.clone(), &path, &[("content-type", kind)], body).await;
            let home = path == "/o/larkspur/" && route.method == Method::GET;
            assert!(home || matches!(answer.status.as_u16(), 403 | 404), "{} {path}: {}", route.method, answer.status);
        }
    }

    async fn a_look_is_a_leaf_and_the_window_closes(bed: Bed) {
        let scene = scene(&bed).await;
        let Scene { site, admin, first, package, access, .. } = &scene;
        let look = format!("/engagements/{first}/look");
        assert_eq!((scene.status(&look).await, scene.status(&look).await, looks(&bed).await), (200, 200, 1));
        assert_eq!((scene.status(&format!("/packages/{package}")).await, looks(&bed).await), (200, 2));
        bed.clock.advance_seconds(61);
        assert_eq!((scene.status(&look).await, looks(&bed).await), (200, 3));
        assert_eq!(scene.status("/assets").await, 404);
        assert_eq!(looks(&bed).await, 3, "what is not shown is not a look");
        let page = site.get(admin, &format!("/o/larkspur/engagements/{first}/auditors")).await.text();
        assert!(page.contains("WECC") && page.contains("Revoke"), "{page}");
        let gone = form(site, admin, &format!("/o/larkspur/auditor_accesses/{access}/revocation"), "reason=over").await;
        assert_eq!(gone.status.as_u16(), 303);
        assert_eq!((scene.status(&look).await, scene.status("/").await), (404, 404), "revoked at once");
        let sound = glance::storage::verify::verify(&bed.store, bed.organization, None, Some(glance::KINDS)).await.unwrap();
        assert!(sound.holds(), "{:?}", sound.problems);
    }

    async fn outside_the_days_nothing_is_there(bed: Bed) {
        let scene = scene(&bed).await;
        let look = format!("/engagements/{}/look", scene.first);
        let auditor = async || scene.site.person(&bed, bed.organization, "auditor", true).await;
        assert_eq!(scene.status(&look).await, 200);
        let stranger = auditor().await;
        assert_eq!(scene.site.get(&stranger, &format!("/o/larkspur{look}")).await.status.as_u16(), 404, "an auditor nobody let in");
        let doors = format!("/o/larkspur/engagements/{}/auditors", scene.second);
        for (body, problem) in [
            ("login=nobody&from=2026-03-02&until=2026-03-10&reason=x", "nobody here signs in"),
            ("login=&from=2026-03-10&until=2026-03-02&reason=x", "before it begins"),
            ("login=&from=2026-02-01&until=2026-03-01&reason=x", "already past"),
            ("login=&from=2026-03-02&until=2026-03-10&reason=", "say why"),
        ] {
            let answer = form(&scene.site, &scene.admin, &doors, body).await;
            assert!(answer.status.as_u16() == 422 && answer.text().contains(problem), "{body}: {}", answer.text());
        }
        let compliance = scene.site.person(&bed, bed.organization, "compliance", true).await;
        assert_eq!(form(&scene.site, &compliance, &doors, "login=x").await.status.as_u16(), 403, "only an administrator lets in");
        bed.clock.advance_seconds(9 * 86_400);
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        let access = at.every::<glance::engagements::AuditorAccess>().await.unwrap().pop().unwrap();
        drop(at);
        // The session ended long ago; a new one of the same person finds nothing either.
        let again = scene.site.session(&bed, access.who.user).await;
        assert_eq!(scene.site.get(&again, &format!("/o/larkspur{look}")).await.status.as_u16(), 404, "after the last day");
    }

    async fn a_token_is_never_an_eye_and_another_role_is_not_confined(bed: Bed) {
        let scene = scene(&bed).await;
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let roles = Roles::parse("auditor").unwrap();
        let made = glance::people::inviting::make_token(&mut change, "t", &roles, TokenScope::ALL, "t").await.unwrap();
        change.commit().await.unwrap();
        let token = Way::Token(made.text);
        for path in ["/api/v1/assets", "/api/v1/packages", "/o/larkspur/assets"] {
            assert_eq!(scene.site.get(&token, path).await.status.as_u16(), 404, "{path}");
        }
        let both = scene.site.person(&bed, bed.organization, "auditor viewer", true).await;
        assert_eq!(scene.site.get(&both, "/o/larkspur/assets").await.status.as_u16(), 200, "as a viewer");
        assert_eq!(scene.site.get(&both, "/o/larkspur/packages").await.status.as_u16(), 404, "only as an auditor");
    }
}
