//! The shell around every page, over HTTP on both engines: look, saved views, finding anything, files of lists, forms
//! that keep what was typed.

use axum::http::Method;
use glance::auth::{Roles, Scope};
use glance::findings::State;
use glance::people::{inviting, refusals};
use glance::storage::AsOf;
use glance::vocabulary::Date;
use serde_json::{Value, json};

use crate::findings::{FORM, followed, one, post, verdict};
use crate::on_each_engine;
use crate::support::http::{Answer, Site, Way};
use crate::support::{Bed, CANARY};

async fn asset(site: &Site, token: &Way, reference: &str, name: &str) -> String {
    let answer =
        site.post_json(token, "/api/v1/assets", &json!({"reference": reference, "name": name, "kind": "rtu"})).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.text());
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// The address of a redirect.
fn led(answer: &Answer) -> &str {
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.text());
    answer.header("location")
}

/// The value of a hidden field or the id in an action, as the page has it.
fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let start = text.find(before).unwrap_or_else(|| panic!("no {before} in {text}")) + before.len();
    &text[start..start + text[start..].find(after).unwrap()]
}

/// The last leaves of the platform's journal with this act: subject and why.
async fn platform_leaves(bed: &Bed, act: &str) -> Vec<String> {
    let mut at = bed.store.snapshot(glance::ids::OrganizationId::PLATFORM, AsOf::Now).await.unwrap();
    let rows = glance::timeline::records::entries(&mut at, &glance::timeline::records::Which::All, i64::MAX, 200)
        .await
        .unwrap();
    let of_act = rows.into_iter().filter(|row| row.act == act);
    let why = |leaf: &[u8]| serde_json::from_slice::<Value>(leaf).unwrap()["why"].as_str().unwrap_or("").to_owned();
    of_act.map(|row| why(&row.leaf)).collect()
}

on_each_engine! {
    async fn a_look_is_kept_in_the_browser(bed: Bed) {
        let site = Site::of(&bed);
        let person = site.person(&bed, bed.organization, "viewer", false).await;
        let plain = site.get(&person, "/o/larkspur/assets").await.text();
        assert!(plain.contains("data-theme=\"system\" data-density=\"compact\"") && plain.contains("content=\"light dark\""));
        assert!(plain.contains("name=\"back\" value=\"/o/larkspur/assets\""));
        let chosen = post(&site, &person, "/look", "theme=dark&back=%2Fo%2Flarkspur%2Fassets").await;
        assert_eq!(led(&chosen), "/o/larkspur/assets");
        let cookie = chosen.header("set-cookie").to_owned();
        assert!(cookie.starts_with("__Host-glance-look=dark.compact; Path=/; Secure; HttpOnly; SameSite=Lax"), "{cookie}");
        let Way::Cookie(session) = &person else { panic!() };
        let both = Way::Cookie(format!("{session}; __Host-glance-look=dark.comfortable"));
        for (way, path) in [(&both, "/o/larkspur/assets"), (&both, "/o/larkspur/nothing"), (&both, "/sign-in")] {
            let page = site.get(way, path).await.text();
            assert!(page.contains("data-theme=\"dark\" data-density=\"comfortable\"") && page.contains("content=\"dark\""), "{path}");
        }
        assert_eq!(led(&post(&site, &both, "/look", "density=compact&back=https%3A%2F%2Fevil.test").await), "/");
        assert_eq!(site.get(&Way::Nobody, "/static/x-glance.css").await.status.as_u16(), 404);
        let css = site.get(&Way::Nobody, &glance::web::files::address("glance.css")).await;
        assert!(css.text().contains(":root[data-theme=\"dark\"]") && css.header("cache-control").contains("immutable"));
    }

    async fn views_are_saved_used_shared_and_removed(bed: Bed) {
        let site = Site::of(&bed);
        let (mine, other) = (site.person(&bed, bed.organization, "engineer", false).await, site.person(&bed, bed.organization, "viewer", false).await);
        let list = site.get(&mine, "/o/larkspur/assets?sort=-name&q=relay&as_of=").await.text();
        assert!(list.contains("name=\"query\" value=\"q=relay&#38;sort=-name\""), "{list}");
        assert!(!site.get(&mine, "/o/larkspur/assets").await.text().contains("Save this view"), "nothing to save");
        let body = "collection=assets&query=q%3Drelay%26sort%3D-name%26after%3Dx&name=All++relays";
        assert_eq!(led(&post(&site, &mine, "/o/larkspur/views", body).await), "/o/larkspur/assets?q=relay&sort=-name&done=named");
        let used = site.get(&mine, "/o/larkspur/assets?q=relay&sort=-name").await.text();
        assert!(used.contains("href=\"/o/larkspur/assets?q=relay&#38;sort=-name\" aria-current=\"true\">All relays"), "{used}");
        assert!(!site.get(&other, "/o/larkspur/assets").await.text().contains("All relays"), "private");

        let page = site.get(&mine, "/o/larkspur/views").await.text();
        let id = between(&page, "action=\"/o/larkspur/views/", "\"").to_owned();
        assert!(page.contains("“relay”") && page.contains("sorted by name, downward"));
        assert_eq!(post(&site, &other, &format!("/o/larkspur/views/{id}"), "name=Taken").await.status.as_u16(), 404);
        assert_eq!(post(&site, &other, &format!("/o/larkspur/views/{id}/removal"), "").await.status.as_u16(), 404);
        led(&post(&site, &mine, &format!("/o/larkspur/views/{id}"), "name=Relays&shared=yes").await);
        assert!(site.get(&other, "/o/larkspur/assets").await.text().contains(">Relays <span class=\"quiet\">shared</span>"));
        let theirs = site.get(&other, "/o/larkspur/views").await.text();
        assert!(theirs.contains("shared by Somebody") && !theirs.contains("/removal"), "{theirs}");
        let foreigner = site.person(&bed, bed.canary, "administrator", false).await;
        assert!(!site.get(&foreigner, "/o/canary/assets").await.text().contains("Relays"));
        assert_eq!(post(&site, &foreigner, &format!("/o/canary/views/{id}"), "name=x").await.status.as_u16(), 404);

        led(&post(&site, &mine, &format!("/o/larkspur/views/{id}/removal"), "").await);
        assert!(!site.get(&other, "/o/larkspur/assets").await.text().contains("Relays"));
        for (body, said) in [
            ("collection=assets&query=q%3Dx&name=+", "1 to 60 characters"),
            ("collection=assets&query=after%3Dx&name=n", "the address of a list"),
            ("collection=assets&query=q%3D%22%3E%3Cscript&name=n", "the address of a list"),
            ("collection=secrets&query=q%3Dx&name=n", "not a list"),
        ] {
            let answer = post(&site, &mine, "/o/larkspur/views", body).await;
            assert!(answer.status.as_u16() == 422 && answer.text().contains(said), "{body}: {}", answer.text());
        }
        let token = site.token(&bed, Scope::ALL).await;
        assert_eq!(post(&site, &token, "/o/larkspur/views", "collection=assets&query=q%3Dx&name=n").await.status.as_u16(), 403);
    }

    async fn anything_is_found_by_a_few_letters(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        for (reference, name) in [("7-PR-01", "Line relay"), ("7-PR-010", "Bus relay"), ("7-RTU-1", "Relay of the bay")] {
            asset(&site, &token, reference, name).await;
        }
        let person = site.person(&bed, bed.organization, "engineer", false).await;
        let viewer = site.person(&bed, bed.organization, "viewer", false).await;
        let found = site.get(&person, "/o/larkspur/find?q=7-pr-01").await.text();
        let (first, second) = (found.find(">7-PR-01</a>").unwrap(), found.find(">7-PR-010</a>").unwrap());
        assert!(first < second && !found.contains("7-RTU-1"), "the very reference stands first");
        let words = site.get(&person, "/o/larkspur/find?q=relay+bay").await.text();
        assert!(words.contains(">7-RTU-1</a>") && !words.contains(">7-PR-01<"), "{words}");
        assert!(site.get(&person, "/o/larkspur/find?q=CIP-007-6+R5").await.text().contains("/requirements/CIP-007-6%20R5"));
        assert!(site.get(&person, "/o/larkspur/find?q=new+as").await.text().contains("href=\"/o/larkspur/assets/new\""));
        assert!(!site.get(&viewer, "/o/larkspur/find?q=new+as").await.text().contains("/assets/new"), "no action somebody may not do");
        let picked = site.get(&person, "/o/larkspur/find?q=7-&kind=zone").await.text();
        assert!(picked.contains("Nothing matches"), "a picker asks for one kind");
        assert!(site.get(&person, "/o/larkspur/find?q=discov").await.text().contains("href=\"/o/larkspur/discoveries\""));
        assert!(site.get(&person, &format!("/o/larkspur/find?q={CANARY}")).await.text().contains("Nothing matches"));
        assert_eq!(site.get(&person, "/o/larkspur/find?q=%00").await.status.as_u16(), 422);
        let before = site.get(&person, "/o/larkspur/find?q=7-pr&as_of=2026-03-01").await.text();
        assert!(before.contains("Nothing matches") && !before.contains(">New asset<"), "{before}");
    }

    async fn verifying_many_asks_first(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let (one, two) = (asset(&site, &token, "RTU-1", "").await, asset(&site, &token, "RTU-2", "").await);
        let person = site.person(&bed, bed.organization, "engineer", false).await;
        let (path, ids) = ("/o/larkspur/assets/verification", format!("ids={one}&ids={two}&ids={one}"));
        let asked = post(&site, &person, path, &ids).await;
        assert!(asked.status.as_u16() == 200 && asked.text().contains("Verify 2 assets"), "{}", asked.text());
        let verified = |value: Value| value["verified_at"].as_str().is_some_and(|at| !at.is_empty());
        assert!(!verified(site.get(&token, &format!("/api/v1/assets/{one}")).await.json()), "asking writes nothing");
        assert_eq!(post(&site, &person, path, &format!("{ids}&confirmed=yes&reason=")).await.status.as_u16(), 422);
        let missing = "01890000-0000-7000-8000-000000000000";
        let done = post(&site, &person, path, &format!("{ids}&ids={missing}&confirmed=yes&reason=Seen+on+site")).await.text();
        assert!(done.contains("2 of 3 verified") && done.contains("does not exist"), "{done}");
        assert!(verified(site.get(&token, &format!("/api/v1/assets/{one}")).await.json()));
    }

    async fn a_request_is_edited_until_it_is_decided(bed: Bed) {
        let site = Site::of(&bed);
        let asker = site.person(&bed, bed.organization, "engineer", true).await;
        let approver = site.person(&bed, bed.organization, "approver", true).await;
        let request = "key=k1&reference=TFE-7&title=Password+length&kind=tfe&requirements=CIP-007-6+R5.5&everything=yes&basis=Limit&compensating=Cabinet&from=2026-01-01&expires=2026-12-31";
        let href = led(&post(&site, &asker, "/o/larkspur/exceptions", request).await).split('?').next().unwrap().to_owned();
        let form = site.get(&asker, &format!("{href}/edit")).await.text();
        assert!(form.contains("value=\"Password length\"") && form.contains("name=\"version\" value=\"1\""));
        let body = request.replace("key=k1&", "").replace("Cabinet", "Locked+cabinet");
        let silent = post(&site, &asker, &href, &format!("version=1&{body}")).await;
        assert!(silent.status.as_u16() == 422 && silent.text().contains("Locked cabinet"), "{}", silent.text());
        led(&post(&site, &asker, &href, &format!("version=1&reason=More+exact&{body}")).await);
        let stale = post(&site, &asker, &href, &format!("version=1&reason=x&{}", body.replace("Limit", "Other"))).await;
        assert!(stale.status.as_u16() == 409 && stale.text().contains("Now in the record"), "{}", stale.text());
        led(&post(&site, &approver, &format!("{href}/approval"), "version=2&reason=Seen").await);
        assert_eq!(post(&site, &asker, &href, &format!("version=3&reason=x&{body}")).await.status.as_u16(), 409);
        assert!(site.get(&asker, &href).await.text().contains("08:00"), "decided in the organization's zone");

        let csv = site.get(&asker, "/o/larkspur/exceptions.csv?state=approved").await;
        assert!(csv.status.as_u16() == 200 && csv.text().contains("TFE-7") && csv.text().lines().next().unwrap().ends_with(",state"), "{}", csv.text());
        assert_eq!(site.get(&asker, "/o/larkspur/exceptions.csv?state=refused").await.text().lines().count(), 1);
        assert!(site.get(&asker, "/o/larkspur/exceptions.xlsx").await.body.starts_with(b"PK"));
    }

    async fn entries_come_in_pages(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        followed(&bed, &[verdict(&crate::findings::ZONE, 1, glance::checks::Outcome::Fail, "")]).await;
        let found = one(&bed, "F-00001").await;
        for n in 0..3 {
            bed.clock.advance_seconds(60);
            let body = json!({"finding": found.id, "done": format!("Step {n}")});
            assert_eq!(site.post_json(&token, "/api/v1/remediation_entries", &body).await.status.as_u16(), 201);
        }
        let first = site.get(&token, "/api/v1/remediation_entries?limit=2").await.json();
        assert_eq!((first["total"].as_i64(), first["items"][0]["done"].as_str()), (Some(3), Some("Step 2")), "the newest first");
        let next = first["next"].as_str().unwrap();
        let second = site.get(&token, &format!("/api/v1/remediation_entries?limit=2&after={next}")).await.json();
        assert_eq!((second["items"].as_array().unwrap().len(), second["items"][0]["done"].as_str(), second["next"].is_null()), (1, Some("Step 0"), true));
        let of_one = site.get(&token, &format!("/api/v1/remediation_entries?finding={}", found.id)).await.json();
        assert_eq!(of_one["items"][0]["done"].as_str(), Some("Step 0"), "a finding's in their order");
        assert_eq!(site.get(&token, "/api/v1/remediation_entries?after=x").await.status.as_u16(), 422);
        assert_eq!(site.get(&token, "/api/v1/remediation_entries?mood=x").await.status.as_u16(), 422);
    }

    async fn what_an_exception_excused_comes_back_when_it_ends(bed: Bed) {
        let site = Site::of(&bed);
        let (asker, approver) = (site.person(&bed, bed.organization, "engineer", true).await, site.person(&bed, bed.organization, "approver", true).await);
        let request = "key=k1&reference=P-1&title=Old+fence&kind=policy&requirements=CIP-006-6+R1.1&everything=yes&basis=b&from=2026-01-01&expires=2026-03-03";
        let href = led(&post(&site, &asker, "/o/larkspur/exceptions", request).await).split('?').next().unwrap().to_owned();
        led(&post(&site, &approver, &format!("{href}/approval"), "version=1&reason=Seen").await);
        let opened = post(&site, &asker, "/o/larkspur/findings", "key=f&title=Fence+open&severity=high&reason=Seen").await;
        let finding = led(&opened).split('?').next().unwrap().to_owned();
        led(&post(&site, &asker, &format!("{finding}/acceptance"), "version=1&exception=P-1&reason=Until+the+contractor+comes").await);
        followed(&bed, &[]).await;
        assert_eq!(one(&bed, "F-00001").await.state, State::Accepted);
        bed.clock.advance_seconds(3 * 86_400);
        assert_eq!(followed(&bed, &[]).await.reopened, 1);
        let back = one(&bed, "F-00001").await;
        assert_eq!((back.state, back.reopen_count, back.accepted_under), (State::Open, 1, None));
        assert!(back.reason.contains("P-1 stands no more") && back.due.is_some_and(|due| due > Date::parse("2026-03-05").unwrap()));
        assert_eq!(followed(&bed, &[]).await.reopened, 0, "once");
    }

    async fn findings_of_a_check_that_judges_nothing_close(bed: Bed) {
        let failing = [verdict(&crate::findings::ZONE, 1, glance::checks::Outcome::Fail, "")];
        followed(&bed, &failing).await;
        followed(&bed, &[]).await;
        assert_eq!(one(&bed, "F-00001").await.state, State::Open, "a check that did not run says nothing");
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let at = change.moment();
        let done = glance::findings::following::follow_all(&mut change, &[], &[crate::findings::ZONE.code], &|_| false, at).await.unwrap();
        change.commit().await.unwrap();
        let closed = one(&bed, "F-00001").await;
        assert_eq!((done.closed, closed.state), (1, State::Closed));
        assert!(closed.outcome.contains("is gone") && closed.reason.contains("judges nothing any more"), "{} {}", closed.outcome, closed.reason);
    }

    async fn failed_sign_ins_are_told_with_their_count(bed: Bed) {
        let site = Site::of(&bed);
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let user = inviting::add(&mut change, "mara", "Mara", &Roles::parse("viewer").unwrap(), "test").await.unwrap();
        let phc = glance::auth::password::hash("correct horse battery staple").unwrap();
        change.reading().await.unwrap().platform().set_password(user, &phc).await.unwrap();
        change.commit().await.unwrap();
        let sign_in = async |way: &Way, password: &str| {
            let body = format!("login=mara&password={}", password.replace(' ', "+"));
            site.ask(way, Method::POST, "/sign-in", &FORM, &body).await
        };
        let good = "correct horse battery staple";
        let first = sign_in(&Way::Nobody, good).await;
        let marks = first.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap().split(';').next().unwrap());
        let mark = marks.into_iter().find(|cookie| cookie.starts_with("__Host-glance-device=")).unwrap().to_owned();
        for _ in 0..6 {
            assert!(matches!(sign_in(&Way::Nobody, "guess guess guess").await.status.as_u16(), 401 | 429));
        }
        assert_eq!(sign_in(&Way::Nobody, good).await.status.as_u16(), 429, "strangers made the login wait");
        assert_eq!(sign_in(&Way::Cookie("__Host-glance-device=forged".to_owned()), good).await.status.as_u16(), 429);
        assert_eq!(sign_in(&Way::Cookie(mark), good).await.status.as_u16(), 303, "not on a device known before");

        assert_eq!(platform_leaves(&bed, "session.refused").await, Vec::<String>::new(), "the minute is not over");
        bed.clock.advance_seconds(61);
        refusals::settle(&bed.store).await.unwrap();
        refusals::settle(&bed.store).await.unwrap();
        let told = platform_leaves(&bed, "session.refused").await;
        assert!(told.len() == 1 && told[0].starts_with("5 failed in the minute from 2026-03-02 15:0"), "{told:?}");
    }

    async fn flows_and_hosts_go_out_as_they_are_filtered(bed: Bed) {
        let site = Site::of(&bed);
        let person = site.person(&bed, bed.organization, "engineer", true).await;
        crate::observation::take_in(&bed, "SPAN-1", &[
            crate::observation::row(1_772_000_000, "10.9.1.1", "10.9.1.2", 502, 5),
            crate::observation::row(1_772_000_001, "10.9.1.3", "10.9.1.2", 22, 0),
        ]).await;
        let all = site.get(&person, "/o/larkspur/flows.csv").await;
        assert_eq!((all.status.as_u16(), all.text().lines().count()), (200, 3), "{}", all.text());
        let some = site.get(&person, "/o/larkspur/flows.csv?port=502").await.text();
        assert!(some.lines().count() == 2 && some.contains("10.9.1.1,10.9.1.2,tcp,502") && some.contains("SPAN-1"), "{some}");
        assert!(site.get(&person, "/o/larkspur/discoveries.xlsx").await.body.starts_with(b"PK"));
        assert_eq!(site.get(&person, "/o/larkspur/discoveries.csv?subnet=10.9.1.3").await.text().lines().count(), 2);
        assert_eq!(site.get(&person, "/o/larkspur/flows.csv?mood=x").await.status.as_u16(), 422);
        let viewer = site.person(&bed, bed.organization, "viewer", true).await;
        assert_eq!(site.get(&viewer, "/o/larkspur/flows.csv").await.status.as_u16(), 403);
        assert!(!site.get(&viewer, "/o/larkspur/flows").await.text().contains("flows.csv"));
    }

    async fn what_was_typed_about_a_host_is_kept(bed: Bed) {
        let site = Site::of(&bed);
        let person = site.person(&bed, bed.organization, "engineer", false).await;
        crate::observation::take_in(&bed, "SPAN-1", &[crate::observation::row(1_772_000_000, "10.9.1.1", "10.9.1.2", 502, 5)]).await;
        let bad = "address=10.9.1.1&reference=RTU-9&name=Bay+9&kind=rtu&zone=NOPE&reason=Walked";
        let refused = post(&site, &person, "/o/larkspur/discoveries/acceptance", bad).await;
        let text = refused.text();
        assert!(refused.status.as_u16() == 422 && text.contains("no zone has the reference NOPE"), "{text}");
        for kept in ["value=\"RTU-9\"", "value=\"Bay 9\"", "value=\"NOPE\"", "value=\"Walked\"", "value=\"rtu\" selected"] {
            assert!(text.contains(kept), "{kept}: {text}");
        }
        let silent = post(&site, &person, "/o/larkspur/discoveries/merge", "address=10.9.1.1&asset=RTU-7&reason=").await;
        assert!(silent.status.as_u16() == 422 && silent.text().contains("value=\"RTU-7\"") && silent.text().contains("say why"));
        assert_eq!(post(&site, &person, "/o/larkspur/discoveries/acceptance", "address=1.2.3.4&reason=x").await.status.as_u16(), 404);
    }

    async fn an_unknown_view_or_page_of_verdicts_is_said(bed: Bed) {
        let site = Site::of(&bed);
        let person = site.person(&bed, bed.organization, "viewer", false).await;
        let page = site.get(&person, "/o/larkspur/requirements/CIP-007-6%20R5.5/verdicts").await;
        assert_eq!(page.status.as_u16(), 200, "{}", page.text());
        assert!(page.text().contains("No verdicts here"));
        for bad in ["?outcome=green", "?from=x", "?mood=x"] {
            assert_eq!(site.get(&person, &format!("/o/larkspur/requirements/CIP-007-6%20R5.5/verdicts{bad}")).await.status.as_u16(), 422, "{bad}");
        }
        assert_eq!(site.get(&person, "/o/larkspur/requirements/CIP-999/verdicts").await.status.as_u16(), 404);
    }
}
