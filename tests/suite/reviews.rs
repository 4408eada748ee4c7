//! Reviews on both engines: each kind opens over what stands at that moment, its rows stay as they were, and what makes no
//! review is refused.

use axum::http::Method;
use glance::auth::Scope;
use glance::conduits::Conduit;
use glance::ids::UserId;
use glance::personnel::model::{AccountKind, AuthorizationKind, Party};
use glance::personnel::{Account, Authorization, Person};
use glance::register::{Act, Member};
use glance::remote_access::Grant;
use glance::reviews::Review;
use glance::storage::verify::verify;
use glance::storage::{AsOf, Change};
use glance::vocabulary::{Date, Reference};
use serde_json::{Value, json};

use crate::on_each_engine;
use crate::support::http::{Site, Way};
use crate::support::{BEGINNING, Bed, CANARY};

/// A signed-in person, and who they are.
pub struct Somebody {
    pub way: Way,
    pub member: Member,
}

pub async fn somebody(site: &Site, bed: &Bed, roles: &str) -> Somebody {
    let known = async || -> Vec<(UserId, String)> {
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        let members = at.platform().members(bed.organization).await.unwrap();
        members.into_iter().map(|member| (member.user_id, member.login)).collect()
    };
    let before = known().await;
    let way = site.person(bed, bed.organization, roles, true).await;
    let (user, login) = known().await.into_iter().find(|one| !before.contains(one)).unwrap();
    Somebody { way, member: Member { user, login } }
}

pub async fn made(site: &Site, way: &Way, path: &str, body: Value) -> Value {
    let answer = site.post_json(way, &format!("/api/v1/o/larkspur/{path}"), &body).await;
    assert_eq!(answer.status.as_u16(), 201, "{path} {body}: {}", answer.text());
    answer.json()
}

pub async fn got(site: &Site, way: &Way, path: &str) -> Value {
    let answer = site.get(way, &format!("/api/v1/o/larkspur/{path}")).await;
    assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text());
    answer.json()
}

/// What is answered to an act that is refused.
pub async fn refused(site: &Site, way: &Way, path: &str, body: Value, status: u16) -> String {
    let answer = site.post_json(way, &format!("/api/v1/o/larkspur/{path}"), &body).await;
    assert_eq!(answer.status.as_u16(), status, "{path} {body}: {}", answer.text());
    answer.text()
}

pub fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

fn reference(text: &str) -> Reference {
    Reference::parse(text).unwrap()
}

fn act() -> Option<Act> {
    Some(Act { by: None, name: "Somebody".to_owned(), at: BEGINNING.plus_seconds(-86_400), reason: String::new() })
}

pub async fn change(bed: &Bed) -> Change {
    bed.store.change(bed.organization, bed.author()).await.unwrap()
}

/// Writes access in the canary organization, which must never be seen.
async fn hidden(bed: &Bed) {
    let mut change = bed.store.change(bed.canary, bed.author()).await.unwrap();
    let person = Person { reference: reference(CANARY), name: CANARY.to_owned(), ..Person::default() };
    let person = change.insert("person.create", &person, "").await.unwrap();
    let one = Authorization {
        reference: reference(CANARY),
        person: Some(person),
        kind: Some(AuthorizationKind::Electronic),
        approved: act(),
        provisioned_at: Some(BEGINNING),
        ..Authorization::default()
    };
    change.insert("authorization.create", &one, "").await.unwrap();
    change.commit().await.unwrap();
}

/// Two systems, an asset in one; Ada, who is a user, and Grace; what they may reach.
pub async fn ready(bed: &Bed, site: &Site, ada: &Member) {
    hidden(bed).await;
    let token = site.token(bed, Scope::ALL).await;
    let enter = async |collection: &str, body: Value| {
        let answer = site.post_json(&token, &format!("/api/v1/{collection}"), &body).await;
        assert_eq!(answer.status.as_u16(), 201, "{body}: {}", answer.text());
    };
    enter(
        "sites",
        json!({"reference": "CC1", "name": "Control center", "kind": "control_center", "in_service_on": "2009-01-01"}),
    )
    .await;
    for (reference, name) in [("CC1-EMS", "EMS"), ("CC1-ICCP", "ICCP")] {
        enter("systems", json!({"reference": reference, "name": name, "site": "CC1", "criterion": "1.3", "impact_reason": "TOP", "erc": true, "erc_reason": "ICCP", "dial_up": false})).await;
    }
    for (asset, system) in [("EMS-1", "CC1-EMS"), ("ICCP-1", "CC1-ICCP")] {
        enter("assets", json!({"reference": asset, "kind": "server", "lifecycle": "in_service", "site": "CC1", "systems": [system], "categories": ["BCA"]})).await;
    }
    let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
    let systems = at.every::<glance::systems::System>().await.unwrap();
    let assets = at.every::<glance::assets::Asset>().await.unwrap();
    drop(at);
    let system = |name: &str| systems.iter().find(|kept| kept.reference.as_str() == name).unwrap().id;
    let asset = |name: &str| assets.iter().find(|kept| kept.reference.as_str() == name).unwrap().id;
    let mut change = change(bed).await;
    let person = |tag: &str, name: &str, user: Option<Member>| Person {
        reference: reference(tag),
        name: name.to_owned(),
        party: Some(Party::Employee),
        user,
        ..Person::default()
    };
    let ada = change.insert("person.create", &person("P-1", "Ada", Some(ada.clone())), "").await.unwrap();
    let grace = change.insert("person.create", &person("P-2", "Grace", None), "").await.unwrap();
    let authorization = |tag: &str, kind, person, systems: &[&str]| Authorization {
        reference: reference(tag),
        person: Some(person),
        kind: Some(kind),
        systems: systems.iter().map(|name| system(name)).collect(),
        need: "Dispatch".to_owned(),
        approved: act(),
        provisioned_at: Some(BEGINNING.plus_seconds(-3_600)),
        ..Authorization::default()
    };
    use AuthorizationKind::{Bcsi, Electronic, UnescortedPhysical};
    for one in [
        authorization("AU-1", Electronic, ada, &["CC1-EMS"]),
        authorization("AU-2", Electronic, grace, &["CC1-EMS"]),
        Authorization {
            until: Some(Date::parse("2026-02-28").unwrap()),
            ..authorization("AU-3", UnescortedPhysical, grace, &[])
        },
        authorization("AU-4", Bcsi, grace, &["CC1-EMS"]),
    ] {
        change.insert("authorization.create", &one, "").await.unwrap();
    }
    let account = |tag: &str, owner, on: &str| Account {
        reference: reference(tag),
        name: tag.to_lowercase(),
        asset: Some(asset(on)),
        kind: Some(AccountKind::Individual),
        owner: Some(owner),
        privileges: "operator".to_owned(),
        ..Account::default()
    };
    for one in [
        account("AC-1", grace, "EMS-1"),
        account("AC-2", grace, "ICCP-1"),
        Account { kind: Some(AccountKind::Shared), people: [ada, grace].into(), ..account("AC-3", grace, "EMS-1") },
    ] {
        change.insert("account.create", &one, "").await.unwrap();
    }
    let grant = Grant {
        reference: reference("G-1"),
        person: Some(grace),
        targets: [asset("EMS-1")].into(),
        valid_from: Some(BEGINNING.plus_seconds(-3_600)),
        valid_until: Some(BEGINNING.plus_seconds(90 * 86_400)),
        approved: act(),
        ..Grant::default()
    };
    change.insert("grant.create", &grant, "").await.unwrap();
    let conduit = Conduit {
        reference: reference("C-1"),
        name: "C-1".to_owned(),
        owner: "Network".to_owned(),
        approved: act(),
        ..Conduit::default()
    };
    change.insert("conduit.create", &conduit, "").await.unwrap();
    change.commit().await.unwrap();
    bed.clock.advance_seconds(60);
}

/// Row, reference, holder and doubt of each row of a list.
pub fn rows(list: &Value) -> Vec<(i64, &str, &str, &str)> {
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["row"].as_i64().unwrap(),
                row["reference"].as_str().unwrap(),
                row["holder"].as_str().unwrap(),
                row["doubt"].as_str().unwrap(),
            )
        })
        .collect()
}

pub fn verification(reviewer: Option<&Member>) -> Value {
    json!({"reference": "AV-1", "name": "Q1 verification", "kind": "authorization_verification", "reviewer": reviewer.map(|one| &one.login), "reason": "The quarter"})
}

on_each_engine! {
    async fn each_kind_opens_over_what_stands_then(bed: Bed) {
        let site = Site::of(&bed);
        let ada = somebody(&site, &bed, "compliance").await;
        ready(&bed, &site, &ada.member).await;
        let leaves = async || bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap().tree_size();
        let (before, instant) = (leaves().await, bed.store.clock().now().rfc3339());
        bed.clock.advance_seconds(60);
        let opened = made(&site, &ada.way, "reviews", verification(None)).await;
        assert_eq!(leaves().await, before + 1, "one leaf, not one a row");
        assert_eq!((opened["due_on"].as_str(), opened["status"].as_str(), opened["population"].as_str()), (Some("2026-03-31"), Some("open"), Some("8")), "{opened}");
        assert!(opened["root"].as_str().unwrap().starts_with("sha256:"));
        let path = format!("reviews/{}", id(&opened));
        let frozen = got(&site, &ada.way, &format!("{path}/rows")).await;
        let none = "no authorization record covers it";
        let stood = [
            (1, "AC-3", "Ada", ""),
            (2, "AU-1", "Ada", ""),
            (3, "AC-1", "Grace", ""),
            (4, "AC-2", "Grace", none),
            (5, "AC-3", "Grace", ""),
            (6, "AU-2", "Grace", ""),
            (7, "AU-3", "Grace", "authorization lapsed on 2026-02-28"),
            (8, "G-1", "Grace", ""),
        ];
        assert_eq!(rows(&frozen), stood);
        // What happens later moves no row.
        let mut later = change(&bed).await;
        let kept = later.reading().await.unwrap().every::<Authorization>().await.unwrap();
        let one = kept.iter().find(|kept| kept.reference.as_str() == "AU-2").unwrap();
        let removed = Authorization { removed_at: Some(later.moment()), ..one.content.clone() };
        later.supersede("authorization.remove", one, &removed, "left").await.unwrap();
        later.commit().await.unwrap();
        bed.clock.advance_seconds(60);
        assert_eq!(rows(&got(&site, &ada.way, &format!("{path}/rows")).await), stood);
        assert_eq!(site.get(&ada.way, &format!("/api/v1/o/larkspur/{path}/rows?as_of={instant}")).await.status.as_u16(), 404, "before it opened");
        // Narrowed and paged.
        for (query, found) in [("show=doubt", vec![4, 7]), ("show=undecided&q=grace&limit=2", vec![3, 4]), ("show=undecided&q=grace&limit=2&after=4", vec![5, 6]), ("q=au-", vec![2, 6, 7]), ("show=keep", vec![]), ("show=sound&q=g-", vec![8])] {
            let list = got(&site, &ada.way, &format!("{path}/rows?{query}")).await;
            assert_eq!(rows(&list).iter().map(|row| row.0).collect::<Vec<_>>(), found, "{query}: {list}");
        }
        assert_eq!(got(&site, &ada.way, &format!("{path}/rows?q=grace&limit=2")).await["total"], json!(6));
        assert_eq!(site.get(&ada.way, &format!("/api/v1/o/larkspur/{path}/rows?show=some")).await.status.as_u16(), 422);
        // Restricted to a system: what names another is left out, what names none stays.
        let mut narrow = verification(Some(&ada.member));
        (narrow["reference"], narrow["systems"]) = (json!("AV-2"), json!(["cc1-iccp"]));
        let narrow = made(&site, &ada.way, "reviews", narrow).await;
        let list = got(&site, &ada.way, &format!("reviews/{}/rows", id(&narrow))).await;
        assert_eq!(rows(&list).iter().map(|row| row.1).collect::<Vec<_>>(), ["AC-2", "AU-3"], "{list}");
        // The other kinds; where no clock says the day, somebody has to.
        let other = |tag: &str, kind: &str, due: Option<&str>| json!({"reference": tag, "name": tag, "kind": kind, "due_on": due});
        let said = refused(&site, &ada.way, "reviews", other("B-1", "bcsi_review", None), 422).await;
        assert!(said.contains("no clock says the day"), "{said}");
        for (tag, kind, first, doubt, opens) in [
            ("B-1", "bcsi_review", "AU-4", "", "BCSI: CC1-EMS; needed for: Dispatch"),
            ("PR-1", "privilege_review", "AC-3", "", "Shared: ac-3 on EMS-1; privileges: operator"),
            ("CR-1", "conduit_review", "C-1", "it was never reviewed", "no zone and no zone; last reviewed: never"),
        ] {
            let opened = made(&site, &ada.way, "reviews", other(tag, kind, Some("2026-06-30"))).await;
            let list = got(&site, &ada.way, &format!("reviews/{}/rows", id(&opened))).await;
            let row = &list["items"][0];
            assert_eq!((row["reference"].as_str(), row["doubt"].as_str(), row["opens"].as_str()), (Some(first), Some(doubt), Some(opens)), "{list}");
        }
        let sound = verify(&bed.store, bed.organization, None, Some(glance::KINDS)).await.unwrap();
        assert!(sound.holds(), "{:?}", sound.problems);
        let mut canary = bed.store.snapshot(bed.canary, AsOf::Now).await.unwrap();
        assert!(canary.every::<Review>().await.unwrap().is_empty());
    }

    async fn what_cannot_be_opened_is_refused(bed: Bed) {
        let site = Site::of(&bed);
        let ada = somebody(&site, &bed, "compliance").await;
        let engineer = somebody(&site, &bed, "engineer").await;
        ready(&bed, &site, &ada.member).await;
        let with = |name: &str, value: Value| {
            let mut body = verification(None);
            body[name] = value;
            body
        };
        for (name, value, said) in [
            ("kind", json!("nap_review"), "not one of"),
            ("name", json!(""), "missing"),
            ("systems", json!(["NOWHERE"]), "no system has the reference NOWHERE"),
            ("reviewer", json!("nobody.here"), "nobody here signs in as nobody.here"),
            ("reviewer", json!(engineer.member.login), "may not review access"),
            ("due_on", json!("2026-02-30"), "not a date"),
            ("population", json!("3"), "follows from an act of its own"),
        ] {
            let text = refused(&site, &ada.way, "reviews", with(name, value), 422).await;
            assert!(text.contains(said), "{name}: {text}");
        }
        assert_eq!(site.post_json(&engineer.way, "/api/v1/o/larkspur/reviews", &verification(None)).await.status.as_u16(), 403);
        let token = site.token(&bed, Scope::ALL).await;
        assert_eq!(site.post_json(&token, "/api/v1/reviews", &verification(None)).await.status.as_u16(), 403, "no token opens a review");
        let opened = made(&site, &ada.way, "reviews", verification(None)).await;
        assert!(refused(&site, &ada.way, "reviews", verification(None), 422).await.contains("already taken"));
        // What it covers is frozen; its day and its reviewer are not.
        let patch = async |version: i64, body: Value| {
            let tag = format!("\"{version}\"");
            let headers = [("content-type", "application/json"), ("if-match", tag.as_str())];
            site.ask(&ada.way, Method::PATCH, &format!("/api/v1/o/larkspur/reviews/{}", id(&opened)), &headers, &body.to_string()).await
        };
        for body in [json!({"kind": "bcsi_review"}), json!({"systems": ["CC1-EMS"]})] {
            let answer = patch(1, body).await;
            assert!(answer.status.as_u16() == 422 && answer.text().contains("frozen with the population"), "{}", answer.text());
        }
        let moved = patch(1, json!({"due_on": "2026-03-15", "reviewer": ada.member.login, "reason": "Ada has it"})).await;
        assert_eq!((moved.status.as_u16(), moved.json()["due_on"].as_str()), (200, Some("2026-03-15")), "{}", moved.text());
    }
}
