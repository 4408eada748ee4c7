//! The API and the files: write, read, conflict, repeat, import and export, on both engines.

use axum::http::Method;
use glance::auth::Scope;
use serde_json::json;

use crate::on_each_engine;
use crate::support::Bed;
use crate::support::http::{Site, Way};

async fn ready(bed: &Bed) -> (Site, Way) {
    let site = Site::of(bed);
    let token = site.token(bed, Scope::ALL).await;
    let sub = site
        .post_json(
            &token,
            "/api/v1/sites",
            &json!({"reference": "SUB07", "name": "Substation 7", "kind": "transmission_substation"}),
        )
        .await;
    assert_eq!(sub.status.as_u16(), 201, "{}", sub.text());
    (site, token)
}

async fn upload(site: &Site, way: &Way, path: &str, name: &str, bytes: &str) -> crate::support::http::Answer {
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n{bytes}\r\n--x--\r\n"
    );
    site.ask(way, Method::POST, path, &[("content-type", "multipart/form-data; boundary=x")], &body).await
}

/// The value of a hidden field of a page.
fn hidden(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    page.split_once(&mark)
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(value, _)| value.to_owned())
        .unwrap_or_default()
}

on_each_engine! {
    async fn a_record_through_its_life(bed: Bed) {
        let (site, token) = ready(&bed).await;
        let asset = json!({"reference": "7-PR-01", "kind": "protective_relay", "lifecycle": "in_service", "site": "sub07", "categories": ["BCA"], "routable": true, "reason": "WO-1"});
        let key = [("content-type", "application/json"), ("idempotency-key", "k1")];
        let created = site.ask(&token, Method::POST, "/api/v1/assets", &key, &asset.to_string()).await;
        assert_eq!(created.status.as_u16(), 201, "{}", created.text());
        let (id, etag) = (created.json()["id"].as_str().unwrap().to_owned(), created.header("etag").to_owned());
        let again = site.ask(&token, Method::POST, "/api/v1/assets", &key, &asset.to_string()).await;
        assert_eq!((again.status.as_u16(), again.json()["id"].as_str()), (201, Some(id.as_str())));
        let other = site.ask(&token, Method::POST, "/api/v1/assets", &key, "{\"reference\":\"x\"}").await;
        assert_eq!(other.status.as_u16(), 422);
        let twin = site.post_json(&token, "/api/v1/assets", &json!({"reference": "7-pr-01", "kind": "rtu", "lifecycle": "planned"})).await;
        assert_eq!(twin.status.as_u16(), 422, "{}", twin.text());

        let path = format!("/api/v1/assets/{id}");
        let edit = |tag: &str| [("content-type", "application/json".to_owned()), ("if-match", tag.to_owned())];
        let patch = json!({"firmware": "R322-V2", "reason": "upgrade"}).to_string();
        let refs = |pairs: &[(&'static str, String); 2]| pairs.clone();
        let send = async |tag: &str| {
            let headers = refs(&edit(tag));
            let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            site.ask(&token, Method::PATCH, &path, &headers, &patch).await
        };
        assert_eq!(site.ask(&token, Method::PATCH, &path, &[("content-type", "application/json")], &patch).await.status.as_u16(), 428);
        assert_eq!(send(&etag).await.status.as_u16(), 200);
        assert_eq!(send(&etag).await.status.as_u16(), 412);
        let history = site.get(&token, &format!("{path}/history")).await.json();
        assert_eq!(history["items"][0]["changes"][0]["after"], "R322-V2");
        assert_eq!(history["items"][0]["reason"], "upgrade");
        let retired = site.ask(&token, Method::DELETE, &path, &[("if-match", "\"2\"")], "").await;
        assert_eq!(retired.json()["lifecycle"], "retired");
        assert_eq!(site.get(&token, "/api/v1/assets").await.json()["total"], 0);
        assert_eq!(site.get(&token, "/api/v1/assets?lifecycle=retired").await.json()["total"], 1);
    }

    async fn what_cannot_be_taken_says_why(bed: Bed) {
        let (site, token) = ready(&bed).await;
        for (body, field) in [
            (json!({"reference": "A", "kind": "rtu", "lifecycle": "planned", "colour": "red"}), "colour"),
            (json!({"reference": "A", "kind": "toaster", "lifecycle": "planned"}), "kind"),
            (json!({"reference": "", "kind": "rtu", "lifecycle": "planned"}), "reference"),
            (json!({"reference": "A", "kind": "rtu", "lifecycle": "planned", "site": "NOWHERE"}), "site"),
            (json!({"reference": "A", "kind": "rtu", "lifecycle": "planned", "in_service_on": "2026-02-30"}), "in_service_on"),
            (json!({"reference": "A", "kind": "rtu", "lifecycle": "planned", "routable": "maybe"}), "routable"),
            (json!({"reference": "A", "kind": "rtu", "lifecycle": "planned", "name": "a\u{0}b"}), "name"),
            (json!({"reference": "A", "kind": "rtu", "lifecycle": "planned", "verified_by": "me"}), "verified_by"),
            (json!({"reference": "A", "kind": "rtu", "lifecycle": "planned", "external_routable": true}), "erc_reason"),
            (json!({"reference": "A", "kind": "rtu", "lifecycle": "planned", "id": "x"}), "id"),
        ] {
            let answer = site.post_json(&token, "/api/v1/assets", &body).await;
            assert_eq!(answer.status.as_u16(), 422, "{body}");
            assert_eq!(answer.header("content-type"), "application/problem+json");
            assert_eq!(answer.json()["problems"][0]["field"], field, "{}", answer.text());
        }
        for (body, status) in [("{", 400), ("[]", 400), ("\u{0}", 400)] {
            let answer = site.ask(&token, Method::POST, "/api/v1/assets", &[("content-type", "application/json")], body).await;
            assert_eq!(answer.status.as_u16(), status, "{body:?}");
        }
        assert_eq!(site.ask(&token, Method::POST, "/api/v1/assets", &[("content-type", "text/plain")], "x").await.status.as_u16(), 415);
        assert_eq!(site.ask(&token, Method::POST, "/api/v1/assets", &[("content-type", "application/json"), ("content-length", "10000000000")], "{}").await.status.as_u16(), 413);
        for query in ["sort=name;drop", "after=%00", "q=%00", "colour=red", "limit=x&kind=toaster", "as_of=2999-01-01", "as_of=yesterday", "q=a&q=b"] {
            let status = site.get(&token, &format!("/api/v1/assets?{query}")).await.status.as_u16();
            assert_eq!(status, 422, "{query}");
        }
        for strange in ["'", "%22", "%27%3B--", "%25", "%F0%9F%98%80", "_", "%5C"] {
            assert_eq!(site.get(&token, &format!("/api/v1/assets?q={strange}&site={strange}")).await.status.as_u16(), 200, "{strange}");
        }
    }

    async fn bulk_gives_a_verdict_for_each(bed: Bed) {
        let (site, token) = ready(&bed).await;
        let mut ids = Vec::new();
        for n in 0..3 {
            let made = site.post_json(&token, "/api/v1/assets", &json!({"reference": format!("A{n}"), "kind": "rtu", "lifecycle": "in_service"})).await;
            ids.push(made.json()["id"].as_str().unwrap().to_owned());
        }
        let foreign = "01890000-0000-7000-8000-000000000000";
        let body = json!({"items": [
            {"id": ids[0], "version": 1, "owner": "OT", "reason": "r"}, {"id": ids[1], "version": 9, "owner": "OT"},
            {"id": ids[2], "version": 1, "kind": "toaster"}, {"id": foreign, "version": 1, "owner": "OT"}, 7
        ]});
        let answer = site.post_json(&token, "/api/v1/assets/bulk", &body).await.json();
        let statuses: Vec<&str> = answer["items"].as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect();
        assert_eq!(statuses, ["updated", "refused", "refused", "refused", "refused"]);
    }

    async fn an_export_comes_back_unchanged(bed: Bed) {
        let (site, token) = ready(&bed).await;
        let person = site.person(&bed, bed.organization, "administrator", true).await;
        let rows = "reference,name,kind,lifecycle,site,notes,Colour\n7-PR-1,=1+1,protective_relay,in_service,SUB07,\"two\nlines; and more\",red\n7-PR-2,Ærø,rtu,planned,,,\n";
        let preview = upload(&site, &person, "/o/larkspur/assets/import", "a.csv", rows).await;
        assert_eq!(preview.status.as_u16(), 200, "{}", preview.text());
        assert!(preview.text().contains("Colour (not a field)"));
        assert_eq!(site.get(&token, "/api/v1/assets").await.json()["total"], 0);
        let confirm = format!("digest={}&name=a.csv&reason=first", hidden(&preview.text(), "digest"));
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let done = site.ask(&person, Method::POST, "/o/larkspur/assets/import/confirmation", &form, &confirm).await;
        assert!(done.text().contains("entered"), "{}", done.text());
        for kind in ["csv", "xlsx"] {
            let file = site.get(&token, &format!("/api/v1/assets.{kind}")).await;
            assert_eq!(file.status.as_u16(), 200);
            let sheets = glance::sheets::read("x", &file.body, &glance::sheets::Limits::default()).unwrap();
            let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
            let plan = glance::register::import::plan::<glance::assets::Asset>(change.reading().await.unwrap(), &sheets[0]).await.unwrap();
            assert_eq!((plan.unchanged, plan.fresh.len(), plan.changed.len(), plan.refused.len()), (2, 0, 0, 0), "{kind}: {:?}", plan.refused);
        }
        assert!(site.get(&token, "/api/v1/assets.csv").await.text().contains("'=1+1"));
        let bad = "reference,kind,lifecycle,site\n7-PR-3,rtu,planned,\n7-PR-4,toaster,planned,NOWHERE\n7-PR-3,rtu,planned,\n";
        let refused = upload(&site, &person, "/o/larkspur/assets/import", "b.csv", bad).await.text();
        for said in ["no site has the reference NOWHERE", "not one of: protective_relay", "stands twice in the file"] {
            assert!(refused.contains(said), "{said}");
        }
        let broken = upload(&site, &person, "/o/larkspur/assets/import", "c.csv", "a,b\n1,\"2\n").await;
        assert_eq!(broken.status.as_u16(), 422);
        assert_eq!(site.get(&token, "/api/v1/assets").await.json()["total"], 2);
    }

    async fn the_document_matches_the_router(bed: Bed) {
        let site = Site::of(&bed);
        let document = site.get(&Way::Nobody, "/api/openapi.json").await.json();
        let paths = document["paths"].as_object().unwrap();
        let mut count = 0;
        for route in site.routes.iter().filter(|route| route.pattern.starts_with("/api/")) {
            assert!(paths[&route.pattern][route.method.as_str().to_lowercase()].is_object(), "{}", route.pattern);
            count += 1;
        }
        assert_eq!(count, paths.values().map(|path| path.as_object().unwrap().len()).sum::<usize>());
    }
}
