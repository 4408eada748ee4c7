//! Conduits and permitted flows on both engines: asked for by one person, approved by another, asked for anew when changed.

use axum::http::Method;
use glance::auth::Scope;
use glance::conduits::{Conduit, PermittedFlow};
use glance::storage::AsOf;
use glance::storage::verify::verify;
use serde_json::{Value, json};

use crate::on_each_engine;
use crate::support::http::{Answer, Site, Way};
use crate::support::{Bed, CANARY};

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

async fn made(site: &Site, way: &Way, collection: &str, body: Value) -> Value {
    let answer = site.post_json(way, &format!("/api/v1/o/larkspur/{collection}"), &body).await;
    assert_eq!(answer.status.as_u16(), 201, "{collection} {body}: {}", answer.text());
    answer.json()
}

/// The problems of a refused record as one text.
async fn refused(site: &Site, way: &Way, collection: &str, body: Value) -> String {
    let answer = site.post_json(way, &format!("/api/v1/o/larkspur/{collection}"), &body).await;
    assert_eq!(answer.status.as_u16(), 422, "{collection} {body}: {}", answer.text());
    answer.text()
}

async fn post(site: &Site, way: &Way, path: &str, body: &str) -> Answer {
    site.ask(way, Method::POST, path, &FORM, body).await
}

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

/// A decision over the API, based on a version.
async fn decided(site: &Site, way: &Way, path: &str, version: i64, body: Value) -> Answer {
    let tag = format!("\"{version}\"");
    let headers = [("content-type", "application/json"), ("if-match", tag.as_str())];
    site.ask(way, Method::POST, &format!("/api/v1/o/larkspur/{path}"), &headers, &body.to_string()).await
}

async fn patched(site: &Site, way: &Way, path: &str, version: i64, body: Value) -> Answer {
    let tag = format!("\"{version}\"");
    let headers = [("content-type", "application/json"), ("if-match", tag.as_str())];
    site.ask(way, Method::PATCH, &format!("/api/v1/o/larkspur/{path}"), &headers, &body.to_string()).await
}

/// Three zones, an asset in each of two, a conduit with two permitted flows, asked for by the engineer.
async fn drawn(site: &Site, engineer: &Way) -> (Value, Value, Value) {
    for (reference, kind, subnets) in
        [("CTL", "control", "10.7.1.0/24"), ("DMZ", "dmz", "10.7.50.0/24"), ("CORP", "enterprise", "10.100.0.0/16")]
    {
        made(site, engineer, "zones", json!({"reference": reference, "name": reference, "kind": kind, "subnets": [subnets], "sl_t": "2 2 0 1 3 1 3"})).await;
    }
    let device = |reference: &str, zone: &str| json!({"reference": reference, "kind": "server", "lifecycle": "in_service", "zone": zone});
    made(site, engineer, "assets", device("HIST-1", "CTL")).await;
    made(site, engineer, "assets", device("PROXY-1", "DMZ")).await;
    let conduit = json!({"reference": "C-1", "name": "Control to DMZ", "from_zone": "CTL", "to_zone": "DMZ", "direction": "both", "broker": "PROXY-1", "owner": "Network", "reason": "WO-7"});
    let conduit = made(site, engineer, "conduits", conduit).await;
    let flow = |reference: &str, until: Value| json!({"reference": reference, "conduit": "C-1", "direction": "a_to_b", "protocol": "dns", "transport": "udp", "ports": ["53"], "source_assets": ["HIST-1"], "destinations": ["10.7.50.10"], "access_reason": "Names through the proxy", "expires_on": until});
    let lasting = made(site, engineer, "permitted_flows", flow("PF-1", json!(null))).await;
    let ending = made(site, engineer, "permitted_flows", flow("PF-2", json!("2026-06-30"))).await;
    (conduit, lasting, ending)
}

on_each_engine! {
    async fn asked_for_by_one_and_approved_by_another(bed: Bed) {
        let site = Site::of(&bed);
        let engineer = site.person(&bed, bed.organization, "engineer approver", true).await;
        let approver = site.person(&bed, bed.organization, "approver", true).await;
        let (conduit, lasting, ending) = drawn(&site, &engineer).await;
        assert_eq!(conduit["status"], json!("proposed"));
        assert!(conduit["requested"].as_str().unwrap().starts_with("Somebody, 2026-03-02"), "{conduit}");
        let path = format!("conduits/{}", id(&conduit));
        let own = decided(&site, &engineer, &format!("{path}/approval"), 1, json!({"reason": "mine"})).await;
        assert_eq!(own.status.as_u16(), 409, "{}", own.text());
        assert!(own.text().contains("another person has to decide"));
        let token = site.token(&bed, Scope::ALL).await;
        let headers = [("content-type", "application/json"), ("if-match", "\"1\"")];
        let by_token = site.ask(&token, Method::POST, &format!("/api/v1/{path}/approval"), &headers, "{\"reason\":\"x\"}").await;
        assert_eq!(by_token.status.as_u16(), 403, "no token approves");
        assert_eq!(decided(&site, &approver, &format!("{path}/approval"), 1, json!({})).await.status.as_u16(), 422, "why");
        assert_eq!(decided(&site, &approver, &format!("{path}/approval"), 7, json!({"reason": "x"})).await.status.as_u16(), 412);
        let foreign = decided(&site, &approver, &format!("{path}/approval"), 1, json!({"reason": "x", "permitted_flows": ["PF-9"]})).await;
        assert_eq!(foreign.status.as_u16(), 409, "{}", foreign.text());
        // What the approver changed is the approver's own: it stays undecided, and the answer says so.
        let both = site.person(&bed, bed.organization, "engineer approver", true).await;
        let longer = json!({"expires_on": "2026-07-31", "reason": "longer"});
        assert_eq!(patched(&site, &both, &format!("permitted_flows/{}", id(&ending)), 1, longer).await.status.as_u16(), 200);
        let answer = decided(&site, &both, &format!("{path}/approval"), 1, json!({"reason": "Seen", "permitted_flows": ["PF-1", id(&ending)]})).await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
        let now = answer.json();
        assert_eq!((now["status"].as_str(), now["version"].as_i64(), now["review_due"].as_str()), (Some("active"), Some(2), Some("2027-06-30")), "{now}");
        assert_eq!(now["permitted_flows"][0]["approved"], json!(true), "{now}");
        assert_eq!(now["permitted_flows"][1]["approved"], json!(false), "{now}");
        assert!(now["permitted_flows"][1]["problem"].as_str().unwrap().contains("You asked for it"), "{now}");
        let flow = site.get(&approver, &format!("/api/v1/o/larkspur/permitted_flows/{}", id(&lasting))).await.json();
        assert_eq!((flow["status"].as_str(), flow["version"].as_i64()), (Some("active"), Some(2)));
        let sound = verify(&bed.store, bed.organization, None, Some(glance::KINDS)).await.unwrap();
        assert!(sound.holds(), "{:?}", sound.problems);
        let mut canary = bed.store.snapshot(bed.canary, AsOf::Now).await.unwrap();
        assert!(canary.every::<Conduit>().await.unwrap().is_empty() && canary.every::<PermittedFlow>().await.unwrap().is_empty());
        let stranger = site.person(&bed, bed.canary, "administrator", true).await;
        for page in [format!("/o/canary/{path}"), format!("/o/canary/permitted_flows/{}", id(&lasting))] {
            assert_eq!(site.get(&stranger, &page).await.status.as_u16(), 404);
            assert_eq!(post(&site, &stranger, &format!("{page}/approval"), "version=1&reason=x").await.status.as_u16(), 404);
        }
    }

    async fn an_edit_takes_the_approval_away(bed: Bed) {
        let site = Site::of(&bed);
        let engineer = site.person(&bed, bed.organization, "engineer", true).await;
        let approver = site.person(&bed, bed.organization, "approver", true).await;
        let (conduit, ..) = drawn(&site, &engineer).await;
        let path = format!("conduits/{}", id(&conduit));
        assert_eq!(decided(&site, &approver, &format!("{path}/approval"), 1, json!({"reason": "ok"})).await.status.as_u16(), 200);
        bed.clock.advance_seconds(60);
        let before = bed.store.clock().now().rfc3339();
        bed.clock.advance_seconds(60);
        let noted = patched(&site, &engineer, &path, 2, json!({"notes": "cable 7"})).await.json();
        assert_eq!((noted["status"].as_str(), noted["version"].as_i64()), (Some("active"), Some(3)), "notes decide nothing");
        let moved = patched(&site, &engineer, &path, 3, json!({"owner": "OT network"})).await.json();
        assert_eq!((moved["status"].as_str(), moved["approved"].as_str()), (Some("proposed"), None), "{moved}");
        let then = site.get(&engineer, &format!("/api/v1/o/larkspur/{path}?as_of={before}")).await.json();
        assert_eq!(then["status"], json!("active"), "as it was then");
        let history = site.get(&engineer, &format!("/o/larkspur/{path}?tab=history")).await.text();
        assert!(history.contains("<del>Active</del>") && history.contains("<ins>Proposed</ins>"), "{history}");
        // Typing a decision is refused, by whatever way.
        let typed = patched(&site, &engineer, &path, 4, json!({"approved": "me"})).await;
        assert!(typed.status.as_u16() == 422 && typed.text().contains("follows from an act of its own"), "{}", typed.text());

        assert_eq!(decided(&site, &approver, &format!("{path}/approval"), 4, json!({"reason": "again"})).await.status.as_u16(), 200);
        let suspended = decided(&site, &engineer, &format!("{path}/suspension"), 5, json!({"reason": "Incident"})).await.json();
        assert_eq!(suspended["status"], json!("suspended"));
        assert_eq!(decided(&site, &engineer, &format!("{path}/resumption"), 6, json!({"reason": "x"})).await.status.as_u16(), 403);
        let resumed = decided(&site, &approver, &format!("{path}/resumption"), 6, json!({"reason": "Over"})).await.json();
        assert_eq!((resumed["status"].as_str(), resumed["version"].as_i64()), (Some("active"), Some(7)));
        let again = decided(&site, &approver, &format!("{path}/review"), 7, json!({"reason": "Yearly"})).await;
        assert_eq!(again.status.as_u16(), 409, "an approval of today is a look of today: {}", again.text());
        bed.clock.advance_seconds(40 * 86_400);
        let later = site.person(&bed, bed.organization, "approver", true).await;
        let reviewed = decided(&site, &later, &format!("{path}/review"), 7, json!({"reason": "Yearly"})).await.json();
        assert_eq!((reviewed["last_reviewed_on"].as_str(), reviewed["review_due"].as_str()), (Some("2026-04-11"), Some("2027-07-31")), "{reviewed}");
        assert_eq!(decided(&site, &later, &format!("{path}/refusal"), 8, json!({"reason": "x"})).await.status.as_u16(), 409);
    }

    async fn what_runs_out_stops_by_itself_and_is_not_approved_late(bed: Bed) {
        let site = Site::of(&bed);
        let engineer = site.person(&bed, bed.organization, "engineer", true).await;
        let approver = site.person(&bed, bed.organization, "approver", true).await;
        let (_, lasting, ending) = drawn(&site, &engineer).await;
        let (path, never) = (format!("permitted_flows/{}", id(&ending)), format!("permitted_flows/{}", id(&lasting)));
        assert_eq!(decided(&site, &approver, &format!("{path}/approval"), 1, json!({"reason": "ok"})).await.status.as_u16(), 200);
        assert_eq!(decided(&site, &approver, &format!("{never}/refusal"), 1, json!({"reason": "No need"})).await.json()["status"], json!("refused"));
        assert_eq!(decided(&site, &approver, &format!("{never}/approval"), 2, json!({"reason": "x"})).await.status.as_u16(), 409);
        bed.clock.advance_seconds(200 * 86_400);
        let later = site.person(&bed, bed.organization, "engineer", true).await;
        let run_out = site.get(&later, &format!("/api/v1/o/larkspur/{path}")).await.json();
        assert_eq!(run_out["status"], json!("expired"));
        let listed = site.get(&later, "/api/v1/o/larkspur/permitted_flows?expires_before=2026-09-01").await.json();
        assert_eq!((listed["total"].as_i64(), listed["items"][0]["status"].as_str()), (Some(1), Some("expired")), "{listed}");
        let edited = patched(&site, &later, &path, 2, json!({"protocol": "domain"})).await.json();
        assert_eq!(edited["status"], json!("proposed"));
        let judge = site.person(&bed, bed.organization, "approver", true).await;
        let late = decided(&site, &judge, &format!("{path}/approval"), 3, json!({"reason": "x"})).await;
        assert!(late.status.as_u16() == 409 && late.text().contains("until 2026-06-30, which is over"), "{}", late.text());
    }

    async fn bad_input_is_refused_with_what_would_be_right(bed: Bed) {
        let site = Site::of(&bed);
        let engineer = site.person(&bed, bed.organization, "engineer", true).await;
        let (conduit, ..) = drawn(&site, &engineer).await;
        let path = format!("/api/v1/o/larkspur/conduits/{}", id(&conduit));
        let base = json!({"reference": "C-9", "name": "n", "from_zone": "CTL", "to_zone": "CORP", "direction": "a_to_b"});
        let with = |base: &Value, name: &str, value: Value| {
            let mut body = base.clone();
            body[name] = value;
            body
        };
        for (field, value, said) in [
            ("to_zone", json!("CTL"), "the same zone at both ends"),
            ("to_zone", json!("NOPE"), "no zone has the reference NOPE"),
            ("direction", json!(null), "missing"),
            ("direction", json!("up"), "not one of: a_to_b, b_to_a, both"),
            ("eap", json!("NOPE"), "no asset has the reference NOPE"),
            ("sl_t", json!("9"), "seven levels 0 to 4"),
            ("reference", json!("c-1"), ""),
        ] {
            let text = refused(&site, &engineer, "conduits", with(&base, field, value)).await;
            assert!(text.contains(said), "{field}: {text}");
        }
        let base = json!({"reference": "PF-9", "conduit": "C-1", "direction": "a_to_b", "protocol": "modbus", "transport": "tcp", "ports": ["502"], "sources": ["10.7.1.7"], "destinations": ["zone"]});
        for (field, value, said) in [
            ("sources", json!(["any"]), "names no end"),
            ("sources", json!(["10.7.1.7/24"]), "the subnet is 10.7.1.0/24"),
            ("sources", json!(["10.9.9.9"]), "outside zone CTL, whose subnets are 10.7.1.0/24"),
            ("sources", json!(["fd00:7::1"]), "outside zone CTL"),
            ("sources", json!(["00:30:a7:1b:2c:3d"]), "an end of Ethernet only"),
            ("sources", json!([]), "missing; name assets"),
            ("source_assets", json!(["PROXY-1"]), "lives in zone DMZ, not in CTL"),
            ("destination_assets", json!(["NOPE"]), "no asset has the reference NOPE"),
            ("direction", json!(null), "the conduit carries both ways"),
            ("conduit", json!("C-9"), "no conduit has the reference C-9"),
            ("ports", json!(["any"]), "names no port"),
            ("ports", json!([]), "name the ports of the destination"),
            ("transport", json!("icmp"), "ICMP has no ports"),
            ("expires_on", json!("2026-02-30"), "not a date"),
            ("status", json!("active"), "follows from an act of its own"),
        ] {
            let text = refused(&site, &engineer, "permitted_flows", with(&base, field, value)).await;
            assert!(text.contains(said), "{field}: {text}");
        }
        let one_way = patched(&site, &engineer, &format!("conduits/{}", id(&conduit)), 1, json!({"direction": "b_to_a"})).await;
        assert!(one_way.status.as_u16() == 422 && one_way.text().contains("PF-1, PF-2"), "{}", one_way.text());

        // A zone does not go while conduits live in it, by whatever way.
        let zones = site.get(&engineer, "/api/v1/o/larkspur/zones?q=CTL").await.json();
        let zone = id(&zones["items"][0]).to_owned();
        let gone = site.ask(&engineer, Method::DELETE, &format!("/api/v1/o/larkspur/zones/{zone}"), &[("if-match", "\"1\"")], "").await;
        assert!(gone.status.as_u16() == 422 && gone.text().contains("retire them first: C-1"), "{}", gone.text());
        let by_page = post(&site, &engineer, &format!("/o/larkspur/zones/{zone}/retirement"), "version=1&on=2026-03-01&reason=x").await;
        assert_eq!(by_page.status.as_u16(), 422);
        let by_edit = patched(&site, &engineer, &format!("zones/{zone}"), 1, json!({"reference": "CTL-2", "retired_on": "2026-03-01"})).await;
        assert!(by_edit.text().contains("retire them first: C-1"), "renamed too: {}", by_edit.text());
        let many = json!({"items": [{"id": zone, "version": 1, "retired_on": "2026-03-01"}]});
        let many = site.post_json(&engineer, "/api/v1/o/larkspur/zones/bulk", &many).await;
        assert!(many.text().contains("retire them first: C-1"), "{}", many.text());
        assert_eq!(site.ask(&engineer, Method::DELETE, &path, &[("if-match", "\"1\"")], "").await.status.as_u16(), 200);
        let late = refused(&site, &engineer, "permitted_flows", base).await;
        assert!(late.contains("retired; it permits nothing any more"), "{late}");
        assert_eq!(site.ask(&engineer, Method::DELETE, &format!("/api/v1/o/larkspur/zones/{zone}"), &[("if-match", "\"1\"")], "").await.status.as_u16(), 200);
        let to_retired = json!({"reference": "C-2", "name": "n", "from_zone": "CTL", "to_zone": "DMZ", "direction": "both"});
        assert!(refused(&site, &engineer, "conduits", to_retired).await.contains("retired; a conduit joins zones"));
    }

    async fn files_come_back_as_they_went(bed: Bed) {
        let site = Site::of(&bed);
        let engineer = site.person(&bed, bed.organization, "engineer", true).await;
        let approver = site.person(&bed, bed.organization, "approver", true).await;
        let (conduit, ..) = drawn(&site, &engineer).await;
        let path = format!("conduits/{}/approval", id(&conduit));
        assert_eq!(decided(&site, &approver, &path, 1, json!({"reason": "ok", "permitted_flows": ["PF-1"]})).await.status.as_u16(), 200);
        for collection in ["zones", "conduits", "permitted_flows"] {
            let file = site.get(&engineer, &format!("/o/larkspur/{collection}.csv")).await;
            assert_eq!(file.status.as_u16(), 200, "{}", file.text());
            let preview = upload(&site, &engineer, &format!("/o/larkspur/{collection}/import"), &file.text()).await;
            let text = preview.text();
            assert!(preview.status.is_success() && text.contains("unchanged"), "{text}");
            let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
            let sheets = glance::sheets::read("x.csv", &file.body, &glance::sheets::Limits::default()).unwrap();
            let (rows, unchanged, refused) = match collection {
                "zones" => counted::<glance::zones::Zone>(&mut change, &sheets[0]).await,
                "conduits" => counted::<Conduit>(&mut change, &sheets[0]).await,
                _ => counted::<PermittedFlow>(&mut change, &sheets[0]).await,
            };
            assert_eq!((unchanged, refused), (rows, 0), "{collection}: {}", file.text());
        }
        // A file asks, and never decides: its decision columns are listed as unused.
        let asked = "reference,conduit,direction,protocol,transport,ports,sources,destinations,status,approved,reason\n\
                     PF-3,C-1,b_to_a,ssh,tcp,22;5000-5010,10.7.50.0/24,10.7.1.4;10.7.1.5,active,Boss,Patches\n\
                     PF-4,C-1,a_to_b,icmp,icmp,,any,zone,,,Ping\n";
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let sheets = glance::sheets::read("x.csv", asked.as_bytes(), &glance::sheets::Limits::default()).unwrap();
        let plan = glance::register::import::plan::<PermittedFlow>(change.reading().await.unwrap(), &sheets[0]).await.unwrap();
        assert_eq!(plan.unused.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["status", "approved"]);
        assert_eq!((plan.refused.len(), plan.refused[0].line, plan.refused[0].column.as_str()), (1, 3, "sources"), "{:?}", plan.refused);
        glance::register::import::carry_out(&mut change, &plan, true, "import").await.unwrap();
        change.commit().await.unwrap();
        let listed = site.get(&engineer, "/api/v1/o/larkspur/permitted_flows?q=PF-3").await.json();
        assert_eq!((listed["items"][0]["status"].as_str(), listed["items"][0]["ports"].as_array().map(Vec::len)), (Some("proposed"), Some(2)), "{listed}");
        let segments = "Name,Description,CIDR\nPLANT,Plant floor,\"10.20.0.0/24,10.21.0.0/24\"\nBAD,Typing slip,10.20.0.7/24\n";
        let sheets = glance::sheets::read("segments.csv", segments.as_bytes(), &glance::sheets::Limits::default()).unwrap();
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let plan = glance::register::import::plan::<glance::zones::Zone>(change.reading().await.unwrap(), &sheets[0]).await.unwrap();
        assert_eq!((plan.layout, plan.fresh.len(), plan.fresh[0].record.subnets.len(), plan.fresh[0].record.kind), ("CISA NAVV segments", 1, 2, None));
        assert!(plan.refused[0].problem.contains("the subnet is 10.20.0.0/24"), "{:?}", plan.refused);
    }

    async fn pages_say_where_it_stands_and_offer_what_may_be_done(bed: Bed) {
        let site = Site::of(&bed);
        let engineer = site.person(&bed, bed.organization, "engineer", true).await;
        let approver = site.person(&bed, bed.organization, "approver", true).await;
        let (conduit, lasting, _) = drawn(&site, &engineer).await;
        let href = format!("/o/larkspur/conduits/{}", id(&conduit));
        let page = site.get(&approver, &href).await.text();
        for said in ["Asked for by Somebody", "It permits nothing until another person", "What it permits", "CTL → DMZ", "dns udp 53", "HIST-1", "PF-1 dns udp 53", "/approval\"", "/refusal\""] {
            assert!(page.contains(said), "{said}: {page}");
        }
        let page = site.get(&engineer, &href).await.text();
        assert!(!page.contains("/approval\"") && page.contains("What it permits"), "{page}");
        let list = site.get(&approver, "/o/larkspur/conduits?zone=DMZ&asset=PROXY-1&status=proposed").await.text();
        assert!(list.contains("C-1") && list.contains("name=\"ids\"") && list.contains("mark waiting") && !list.contains("name=\"field\""), "{list}");
        assert!(!site.get(&approver, "/o/larkspur/conduits?zone=CORP").await.text().contains("C-1"));
        let ids = format!("ids={}&ids=nonsense", id(&conduit));
        assert!(post(&site, &approver, "/o/larkspur/conduits/approval", &ids).await.text().contains("Approve 2"));
        let done = post(&site, &approver, "/o/larkspur/conduits/approval", &format!("{ids}&confirmed=yes&reason=Seen")).await.text();
        assert!(done.contains("1 of 2 approved") && done.contains("does not exist"), "{done}");
        let flow = format!("/o/larkspur/permitted_flows/{}", id(&lasting));
        let led = post(&site, &approver, &format!("{flow}/approval"), "version=1&reason=Seen").await;
        assert_eq!((led.status.as_u16(), led.header("location")), (303, format!("{flow}?done=approved").as_str()), "{}", led.text());
        let page = site.get(&approver, &href).await.text();
        assert!(page.contains("It permits 1 of its 2 flows; 1 wait for a decision.") && !page.contains("/suspension"), "{page}");
        let page = site.get(&engineer, &href).await.text();
        assert!(page.contains("/suspension") && !page.contains(CANARY));
        let zones = site.get(&engineer, "/api/v1/o/larkspur/zones?q=CTL").await.json();
        let zone = format!("/o/larkspur/zones/{}", id(&zones["items"][0]));
        let page = site.get(&approver, &zone).await.text();
        assert!(page.contains("Never approved.") && page.contains("/approval\"") && page.contains("C-1"), "{page}");
        assert_eq!(post(&site, &approver, &format!("{zone}/approval"), "version=1&reason=Walked").await.status.as_u16(), 303);
        assert!(site.get(&engineer, &zone).await.text().contains("Approved as it stands by Somebody"));
        let zone_path = format!("zones/{}", id(&zones["items"][0]));
        assert_eq!(patched(&site, &engineer, &zone_path, 2, json!({"subnets": ["10.7.1.0/24", "10.7.2.0/24"]})).await.status.as_u16(), 200);
        assert!(site.get(&engineer, &zone).await.text().contains("Changed since it was approved by Somebody"));
        let own = site.person(&bed, bed.organization, "engineer approver", true).await;
        assert_eq!(patched(&site, &own, &zone_path, 3, json!({"owner": "Me"})).await.status.as_u16(), 200);
        assert_eq!(post(&site, &own, &format!("{zone}/approval"), "version=4&reason=x").await.status.as_u16(), 409);
    }
}

async fn upload(site: &Site, way: &Way, path: &str, bytes: &str) -> Answer {
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\nContent-Type: text/csv\r\n\r\n{bytes}\r\n--x--\r\n"
    );
    site.ask(way, Method::POST, path, &[("content-type", "multipart/form-data; boundary=x")], &body).await
}

/// Rows, unchanged and refused ones of an import.
async fn counted<K: glance::register::Register>(
    change: &mut glance::storage::Change,
    sheet: &glance::sheets::Sheet,
) -> (usize, usize, usize) {
    let plan = glance::register::import::plan::<K>(change.reading().await.unwrap(), sheet).await.unwrap();
    (plan.rows, plan.unchanged, plan.refused.len())
}
