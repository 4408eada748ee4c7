//! The access matrix: every route × role × organization against an expectation written by hand.
//!
//! Invariant: a route that is not in the golden file fails, and so does a line without a route. A foreign organization
//! looks exactly like one that does not exist.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use glance::auth::{Role, Scope};

use crate::on_each_engine;
use crate::support::http::{Site, Way};
use crate::support::{Bed, CANARY};

/// `METHOD PATTERN WHO`: `public`, `person`, `stepped`, or a digit a role in the order of `Role::ALL`; a star after it
/// where the step-up window is needed, a `t` where a token may come in.
const GOLDEN: &str = include_str!("../golden/access.txt");

fn expected() -> BTreeMap<(String, String), String> {
    let lines = GOLDEN.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let parts: Vec<&str> = line.split_whitespace().collect();
            ((parts[0].to_owned(), parts[1].to_owned()), parts[2].to_owned())
        })
        .collect()
}

fn address(pattern: &str, slug: &str) -> String {
    pattern.replace("{slug}", slug).replace("{id}", "01890000-0000-7000-8000-000000000000")
}

/// Asked with an empty form or body: what matters is whether the gate lets it through.
async fn ask(site: &Site, way: &Way, method: &str, path: &str) -> crate::support::http::Answer {
    let kind = if path.starts_with("/api/") { "application/json" } else { "application/x-www-form-urlencoded" };
    let body = if path.starts_with("/api/") { "{}" } else { "" };
    site.ask(way, Method::from_bytes(method.as_bytes()).unwrap(), path, &[("content-type", kind)], body).await
}

fn is_refusal(status: StatusCode) -> bool {
    matches!(status.as_u16(), 401 | 403)
}

on_each_engine! {
    async fn every_route_for_every_role(bed: Bed) {
        let site = Site::of(&bed);
        let mut expected = expected();
        let mut people = Vec::new();
        for role in Role::ALL {
            people.push((site.person(&bed, bed.organization, role.word(), true).await, site.person(&bed, bed.organization, role.word(), false).await));
        }
        let foreigner = site.person(&bed, bed.canary, "administrator", true).await;
        let token = site.token(&bed, Scope::ALL).await;
        let mut undecided = Vec::new();
        for route in &site.routes {
            let key = (route.method.to_string(), route.pattern.clone());
            let Some(who) = expected.remove(&key) else {
                undecided.push(format!("{} {}", key.0, key.1));
                continue;
            };
            let (method, own) = (key.0.as_str(), address(&key.1, "larkspur"));
            let said = format!("{method} {own}");
            if own == "/sign-out" || who == "public" {
                continue;
            }
            let anonymous = ask(&site, &Way::Nobody, method, &own).await;
            let page = !own.starts_with("/api/");
            assert_eq!(anonymous.status.as_u16(), if page { 303 } else { 401 }, "{said} by nobody");
            if who == "person" {
                continue;
            }
            // Without an organization in the address only a token leads to one.
            let people: &[(Way, Way)] = if key.1.contains("{slug}") { &people } else { &[] };
            for (role, (stepped_up, plain)) in people.iter().enumerate() {
                let allowed = who.as_bytes()[role] == b'1';
                let answer = ask(&site, stepped_up, method, &own).await;
                assert_eq!(is_refusal(answer.status), !allowed, "{said} by {}: {}", Role::ALL[role], answer.status);
                assert!(answer.status.as_u16() < 500, "{said} by {}: {}", Role::ALL[role], answer.text());
                assert!(!answer.text().contains(CANARY), "{said} shows another organization");
                if allowed && who.contains('*') {
                    let answer = ask(&site, plain, method, &own).await;
                    assert!(matches!(answer.status.as_u16(), 303 | 403), "{said} without the window: {}", answer.status);
                }
            }
            let (here, nowhere) = (address(&key.1, "canary"), address(&key.1, "nowhere"));
            if here != own {
                let (one, two) = (ask(&site, &people[5].0, method, &here).await, ask(&site, &people[5].0, method, &nowhere).await);
                assert_eq!((one.status.as_u16(), one.body), (404, two.body), "{said} of a foreign organization");
                assert_eq!(ask(&site, &foreigner, method, &own).await.status.as_u16(), 404, "{said} by a foreigner");
            }
            if own.starts_with("/api/") {
                let answer = ask(&site, &token, method, &own).await;
                assert_eq!(is_refusal(answer.status), !who.contains('t'), "{said} by a token: {}", answer.status);
            }
        }
        assert!(undecided.is_empty(), "routes nobody decided about:\n{}", undecided.join("\n"));
        assert!(expected.is_empty(), "lines without a route: {expected:?}");
    }

    async fn every_answer_has_every_header(bed: Bed) {
        let site = Site::of(&bed);
        let person = site.person(&bed, bed.organization, "administrator", true).await;
        for (way, path) in [(&person, "/o/larkspur/"), (&person, "/o/larkspur/assets"), (&Way::Nobody, "/sign-in"), (&Way::Nobody, "/nowhere"), (&Way::Nobody, "/api/v1/assets"), (&person, "/o/larkspur/assets?as_of=never")] {
            let answer = site.get(way, path).await;
            assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
            assert!(!answer.header("content-security-policy").contains("unsafe"), "{path}");
            for (name, value) in [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("cross-origin-opener-policy", "same-origin"), ("cache-control", "no-store")] {
                assert_eq!(answer.header(name), value, "{path} {name}");
            }
            assert!(answer.header("strict-transport-security").contains("max-age=31536000"), "{path}");
            assert_eq!(answer.header("access-control-allow-origin"), "");
        }
    }

    async fn foreign_writes_are_refused(bed: Bed) {
        let site = Site::of(&bed);
        let Way::Cookie(cookie) = site.person(&bed, bed.organization, "administrator", true).await else { panic!() };
        let form = ("content-type", "application/x-www-form-urlencoded");
        for headers in [
            vec![("cookie", cookie.as_str()), ("sec-fetch-site", "cross-site"), form],
            vec![("cookie", cookie.as_str()), ("sec-fetch-site", "same-site"), form],
            vec![("cookie", cookie.as_str()), ("origin", "null"), form],
            vec![("cookie", cookie.as_str()), ("origin", "https://evil.test"), form],
            vec![("cookie", cookie.as_str()), form],
        ] {
            let request = headers.iter().fold(axum::http::Request::builder().method("POST").uri("/o/larkspur/sites"), |request, (name, value)| request.header(*name, *value));
            let (router, _) = glance::assemble(&site.app);
            let answer = tower::ServiceExt::oneshot(router, request.body(axum::body::Body::empty()).unwrap()).await.unwrap();
            assert_eq!(answer.status().as_u16(), 403, "{headers:?}");
        }
    }

    async fn a_session_that_ended_opens_nothing(bed: Bed) {
        let site = Site::of(&bed);
        let person = site.person(&bed, bed.organization, "viewer", false).await;
        assert_eq!(site.get(&person, "/o/larkspur/").await.status.as_u16(), 200);
        let answer = site.ask(&person, Method::POST, "/sign-out", &[("content-type", "application/x-www-form-urlencoded")], "").await;
        assert_eq!(answer.status.as_u16(), 303);
        assert_eq!(site.get(&person, "/o/larkspur/").await.header("location"), "/sign-in?next=/o/larkspur/");
        let idle = site.person(&bed, bed.organization, "viewer", false).await;
        bed.clock.advance_seconds(31 * 60);
        assert_eq!(site.get(&idle, "/o/larkspur/").await.status.as_u16(), 303);
    }
}
