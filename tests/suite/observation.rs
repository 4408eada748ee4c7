//! Sensors, batches, flows and discovered hosts: kept as deltas and totals, looked at as they stood, decided about by people.

use axum::http::Method;
use glance::auth::Scope;
use glance::flows::importing::{Import, Imported, Unimported, import};
use glance::flows::intake::{LogFile, Progress};
use glance::flows::records;
use glance::flows::records::flows::FlowTotal;
use glance::storage::{AsOf, Snapshot};
use glance::vocabulary::{Moment, Reference};
use serde_json::{Value, json};

use crate::on_each_engine;
use crate::support::Bed;
use crate::support::http::{Answer, Site, Way};

const HEAD: &str = "#separator \\x09\n#unset_field\t-\n#path\tconn\n\
#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tproto\tservice\torig_bytes\tresp_bytes\tconn_state\torig_l2_addr\n";

/// A conversation answered with so many bytes.
pub fn row(at: i64, from: &str, to: &str, port: u16, answered: u32) -> String {
    let state = if answered > 0 { "SF" } else { "S0" };
    format!("{at}.5\t{from}\t{to}\t{port}\ttcp\t-\t10\t{answered}\t{state}\t-\n")
}

async fn bring(bed: &Bed, sensor: &str, name: &str, text: &str) -> Result<Imported, Unimported> {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join(name);
    std::fs::write(&path, text).unwrap();
    let import_of = Import {
        organization: bed.organization,
        author: bed.author(),
        sensor: Reference::parse(sensor).unwrap(),
        files: vec![LogFile::named(name, path)],
        partial: false,
        progress: Progress::default(),
    };
    import(&bed.store, &glance::storage::Blobs::directory(place.path()), import_of).await
}

pub async fn take_in(bed: &Bed, sensor: &str, rows: &[String]) -> Imported {
    bring(bed, sensor, "conn.log", &format!("{HEAD}{}", rows.concat()))
        .await
        .unwrap_or_else(|failure| panic!("{failure:?}"))
}

async fn now(bed: &Bed) -> Snapshot {
    bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap()
}

async fn totals(at: &mut Snapshot) -> Vec<(String, String, i64, i64, i64, String)> {
    let query = glance::storage::list::ListQuery::new(&records::flows::LIST);
    let rows: Vec<FlowTotal> = at.list(query).all().await.unwrap();
    let mut told: Vec<_> = rows
        .into_iter()
        .map(|row| (row.source, row.destination, row.port, row.connections, row.last_seen.seconds(), row.reached))
        .collect();
    told.sort();
    told
}

fn total(
    from: &str,
    to: &str,
    port: i64,
    connections: i64,
    last: i64,
    reached: &str,
) -> (String, String, i64, i64, i64, String) {
    (from.to_owned(), to.to_owned(), port, connections, last, reached.to_owned())
}

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

async fn post(site: &Site, way: &Way, path: &str, body: &str) -> Answer {
    site.ask(way, Method::POST, path, &FORM, body).await
}

async fn made(site: &Site, token: &Way, path: &str, body: Value) -> Value {
    let answer = site.post_json(token, path, &body).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.text());
    answer.json()
}

const T: i64 = 1_772_463_000;

on_each_engine! {
    async fn totals_are_the_sum_of_batches_at_every_instant(bed: Bed) {
        let first = take_in(&bed, "tap-1", &[row(T, "10.7.1.20", "10.7.1.11", 502, 9), row(T + 1, "10.7.1.20", "10.7.1.12", 502, 0)]).await;
        assert!(first.taken.new && first.taken.sensor_entered);
        assert_eq!((first.taken.rows, first.taken.flows, first.taken.hosts), (2, 2, 2));
        let then = now(&bed).await.instant();
        bed.clock.advance_seconds(60);
        let second = take_in(&bed, "TAP-1", &[row(T + 9, "10.7.1.20", "10.7.1.12", 502, 4), row(T - 5, "10.7.1.20", "10.7.1.12", 502, 0), row(T, "10.7.1.30", "8.8.8.8", 53, 7)]).await;
        assert!(second.taken.new && !second.taken.sensor_entered);
        let again = take_in(&bed, "tap-1", &[row(T, "10.7.1.20", "10.7.1.11", 502, 9), row(T + 1, "10.7.1.20", "10.7.1.12", 502, 0)]).await;
        assert!(!again.taken.new);
        assert_eq!(again.taken.batch, first.taken.batch);
        let answered = total("10.7.1.20", "10.7.1.11", 502, 1, T, "answered");
        assert_eq!(totals(&mut now(&bed).await).await, [answered.clone(), total("10.7.1.20", "10.7.1.12", 502, 3, T + 9, "answered"), total("10.7.1.30", "8.8.8.8", 53, 1, T, "answered")]);
        let mut past = bed.store.snapshot(bed.organization, AsOf::At(then)).await.unwrap();
        assert_eq!(totals(&mut past).await, [answered, total("10.7.1.20", "10.7.1.12", 502, 1, T + 1, "one_way")]);
        // Another sensor sees flows of its own.
        take_in(&bed, "tap-2", &[row(T, "10.7.1.20", "10.7.1.11", 502, 9)]).await;
        assert_eq!(totals(&mut now(&bed).await).await.len(), 4);
        let ends = records::sensors_last_data(&mut now(&bed).await).await.unwrap();
        let mut ends: Vec<i64> = ends.into_iter().map(|(_, last)| last.seconds()).collect();
        ends.sort_unstable();
        assert_eq!(ends, [T, T + 9]);
        let sound = glance::storage::verify::verify(&bed.store, bed.organization, None, Some(glance::KINDS)).await.unwrap();
        assert!(sound.holds(), "{:?}", sound.problems);
    }

    async fn a_refused_log_leaves_nothing(bed: Bed) {
        let before = now(&bed).await.tree_size();
        let bad = bring(&bed, "tap-1", "conn.log", &format!("{HEAD}{}oops\n", row(T, "10.7.1.20", "10.7.1.11", 502, 9))).await;
        let Err(Unimported::Refused(refusal)) = bad else { panic!("taken") };
        assert_eq!((refusal.lines[0].line, refusal.unreadable), (6, false));
        let mut at = now(&bed).await;
        assert_eq!((at.tree_size(), at.every::<glance::flows::Sensor>().await.unwrap().len()), (before, 0));
    }

    async fn hosts_are_known_by_address_or_card(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let asset = made(&site, &token, "/api/v1/assets", json!({"reference": "RTU-1", "kind": "rtu", "lifecycle": "in_service"})).await;
        made(&site, &token, "/api/v1/interfaces", json!({"asset": "RTU-1", "name": "eth0", "mac": "00:30:a7:00:00:01", "addresses": ["10.7.1.11/24"]})).await;
        let carded = format!("{T}.5\t10.7.1.40\t10.7.1.11\t502\ttcp\t-\t1\t1\tSF\t00:30:A7:00:00:01\n");
        let taken = take_in(&bed, "tap-1", &[row(T, "10.7.1.20", "10.7.1.11", 502, 9), carded]).await;
        assert_eq!((taken.taken.hosts, taken.waiting), (3, 1));
        let id = asset["id"].as_str().unwrap();
        let observed = records::observed(&mut now(&bed).await).await.unwrap();
        let told: Vec<(&str, Option<String>)> = observed.iter().map(|host| (&*host.address, host.asset.map(|id| id.to_string()))).collect();
        assert_eq!(told, [("10.7.1.11", Some(id.to_owned())), ("10.7.1.20", None), ("10.7.1.40", Some(id.to_owned()))]);
        // Retired and still observed: the asset stays known.
        let retired = site.ask(&token, Method::DELETE, &format!("/api/v1/assets/{id}"), &[("if-match", "\"1\"")], "").await;
        assert_eq!(retired.status.as_u16(), 200, "{}", retired.text());
        assert_eq!(records::observed(&mut now(&bed).await).await.unwrap()[0].asset.map(|id| id.to_string()), Some(id.to_owned()));
    }

    async fn the_queue_is_searched_narrowed_and_paged(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        made(&site, &token, "/api/v1/zones", json!({"reference": "Z7", "name": "Relays", "kind": "control", "subnets": ["10.7.0.0/16"]})).await;
        let rows: Vec<String> = (1..=60).map(|n| row(T + n, &format!("10.7.1.{n}"), "10.8.0.9", 502, 5)).collect();
        take_in(&bed, "tap-1", &rows).await;
        let person = site.person(&bed, bed.organization, "engineer", false).await;
        let list = async |query: &str| site.get(&token, &format!("/api/v1/discoveries{query}")).await.json();
        let first = list("?limit=40&sort=address").await;
        assert_eq!((first["total"].as_i64(), first["items"].as_array().unwrap().len()), (Some(61), 40));
        assert_eq!((first["items"][9]["address"].as_str(), first["items"][0]["sensor"].as_str()), (Some("10.7.1.10"), Some("tap-1")));
        let second = list(&format!("?limit=40&sort=address&after={}", first["next"].as_str().unwrap())).await;
        assert_eq!((second["items"].as_array().unwrap().len(), second["next"].as_str()), (21, None));
        assert_eq!(list("?subnet=10.8.0.0/24").await["items"][0]["probable_kind"], "plc");
        assert_eq!(list("?zone=z7").await["total"], 60);
        assert_eq!((list("?q=10.7.1.33").await["total"].as_i64(), list("?kind=plc").await["total"].as_i64()), (Some(1), Some(1)));
        assert_eq!(list("?sensor=other").await["total"], 0);
        assert_eq!(list("?q=%25").await["total"], 0);
        for bad in ["?subnet=x", "?kind=toaster", "?sort=x", "?zone=nowhere", "?color=red", "?after=x"] {
            assert_eq!(site.get(&token, &format!("/api/v1/discoveries{bad}")).await.status.as_u16(), 422, "{bad}");
        }
        let flows = async |query: &str| site.get(&token, &format!("/api/v1/flows{query}")).await.json();
        assert_eq!(flows("?q=10.7.1.33").await["items"][0]["service"], "");
        assert_eq!((flows("?zone=Z7").await["total"].as_i64(), flows("?port=502&reached=answered").await["total"].as_i64()), (Some(60), Some(60)));
        assert_eq!(flows("?source=10.7.1.0/28&sort=-connections").await["total"], 15);
        assert_eq!(site.get(&token, "/api/v1/flows?q=10.7.1").await.status.as_u16(), 422);
        let batch = site.get(&token, "/api/v1/batches").await.json();
        assert_eq!((batch["total"].as_i64(), batch["items"][0]["batch"]["flows"].as_i64()), (Some(1), Some(60)));
        for (path, said) in [("/discoveries?q=10.7.1.33", "10.7.1.33"), ("/flows?sort=source", "10.8.0.9"), ("/sensors", "tap-1"), ("/flows/import", "Import logs"), ("/discoveries/host?address=10.8.0.9", "What it told of itself")] {
            let page = site.get(&person, &format!("/o/larkspur{path}")).await;
            assert!(page.status.as_u16() == 200 && page.text().contains(said), "{path}: {}", page.text());
        }
        let sensor = site.get(&token, "/api/v1/sensors").await.json();
        assert_eq!((sensor["items"][0]["kind"].as_str(), sensor["items"][0]["last_data"].as_str()), (Some("span"), Some(Moment::from_micros((T + 60) * 1_000_000 + 500_000).rfc3339().as_str())));
    }

    async fn an_accepted_host_brings_what_was_learned(bed: Bed) {
        let head = "#path\tcip_identity\n#fields\tts\tid.resp_h\tvendor_name\tproduct_name\trevision\tserial_number\n";
        let told = format!("{head}{T}.5\t10.7.1.11\tRockwell\t1756-ENBT/A\t4.3\t0x00524d8e\n");
        bring(&bed, "tap-1", "cip_identity.log", &told).await.unwrap_or_else(|failure| panic!("{failure:?}"));
        take_in(&bed, "tap-1", &[row(T, "10.7.1.20", "10.7.1.11", 44818, 9)]).await;
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let person = site.person(&bed, bed.organization, "engineer", false).await;
        let waiting = site.get(&token, "/api/v1/discoveries?q=rockwell").await.json();
        assert_eq!((waiting["items"][0]["firmware"].as_str(), waiting["items"][0]["ports"][0].as_str()), (Some("4.3"), Some("tcp/44818")));
        assert_eq!(post(&site, &person, "/o/larkspur/discoveries/acceptance", "address=10.7.1.11&reference=PLC-1&kind=plc&reason=walked+down").await.status.as_u16(), 303);
        let asset = site.get(&token, "/api/v1/assets?q=PLC-1").await.json()["items"][0].take();
        assert_eq!((asset["vendor"].as_str(), asset["product"].as_str(), asset["serial"].as_str(), asset["source"].as_str()), (Some("Rockwell"), Some("1756-ENBT/A"), Some("0x00524d8e"), Some("discovered")));
        let services = site.get(&token, "/api/v1/services").await.json();
        assert_eq!((services["items"][0]["protocol"].as_str(), services["items"][0]["port"].as_i64()), (Some("enip"), Some(44818)));
        assert_eq!(records::count_waiting(&mut now(&bed).await).await.unwrap(), 1);
    }

    async fn many_at_once_with_a_verdict_each(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        made(&site, &token, "/api/v1/assets", json!({"reference": "10.7.1.2", "kind": "other", "lifecycle": "planned"})).await;
        take_in(&bed, "tap-1", &(1..=4).map(|n| row(T, &format!("10.7.1.{n}"), "10.7.1.9", 502, 5)).collect::<Vec<_>>()).await;
        let person = site.person(&bed, bed.organization, "engineer", false).await;
        let items = site.get(&token, "/api/v1/discoveries?sort=address").await.json();
        let ids: Vec<&str> = items["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
        let of = |ids: &[&str]| ids.iter().map(|id| format!("ids={id}")).collect::<Vec<_>>().join("&");
        let bulk = async |body: String| post(&site, &person, "/o/larkspur/discoveries/bulk", &body).await;
        let asked = bulk(format!("{}&act=accept", of(&ids[..3]))).await;
        assert!(asked.status.as_u16() == 200 && asked.text().contains("3 hosts"), "{}", asked.text());
        assert!(bulk(format!("{}&act=accept&confirmed=yes", of(&ids[..3]))).await.text().contains("Say why"));
        let done = bulk(format!("{}&ids=nonsense&act=accept&confirmed=yes&reason=walked+down", of(&ids[..3]))).await.text();
        assert!(done.contains("2 of 4 decided") && done.contains("is called 10.7.1.2 already") && done.contains("was never seen"), "{done}");
        let again = bulk(format!("{}&act=reject&confirmed=yes&reason=x", of(&ids[..1]))).await.text();
        assert!(again.contains("decided before"), "{again}");
        let merged = bulk(format!("{}&act=merge&asset=10.7.1.2&confirmed=yes&reason=same+box", of(&ids[1..2]))).await.text();
        assert!(merged.contains("merged into 10.7.1.2"), "{merged}");
        let aside = bulk(format!("{}&act=reject&confirmed=yes&reason=laptops", of(&ids[3..]))).await.text();
        assert!(aside.contains("2 of 2 decided"), "{aside}");
        assert_eq!(site.get(&token, "/api/v1/discoveries").await.json()["total"], 0);
        for bad in ["act=accept", &format!("ids={}&act=eat", ids[0])] {
            assert_eq!(bulk(bad.to_owned()).await.status.as_u16(), 422, "{bad}");
        }
        let viewer = site.person(&bed, bed.organization, "viewer", false).await;
        assert_eq!(post(&site, &viewer, "/o/larkspur/discoveries/bulk", "ids=x&act=reject").await.status.as_u16(), 403);
    }

    async fn logs_from_a_browser(bed: Bed) {
        let site = Site::of(&bed);
        let person = site.person(&bed, bed.organization, "engineer", false).await;
        let send = async |sensor: &str, files: &[(&str, &str)], end: &str| {
            let mut body = format!("--b\r\ncontent-disposition: form-data; name=\"sensor\"\r\n\r\n{sensor}\r\n");
            for (name, text) in files {
                body.push_str(&format!("--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{text}\r\n"));
            }
            body.push_str(end);
            site.ask(&person, Method::POST, "/o/larkspur/flows/import", &[("content-type", "multipart/form-data; boundary=b")], &body).await
        };
        let log = format!("{HEAD}{}", row(T, "10.7.1.20", "10.7.1.11", 502, 9));
        let weird = "#path\tweird\n#fields\tts\n1.0\n";
        let done = send("tap-1", &[("C:\\logs\\conn.log", &log), ("weird.log", weird)], "--b--\r\n").await;
        assert!(done.status.as_u16() == 200 && done.text().contains("not read yet") && done.text().contains("wait for a decision"), "{}", done.text());
        assert!(send("tap-1", &[("conn.log", &log)], "--b--\r\n").await.text().contains("nothing changed"));
        let leaves = now(&bed).await.tree_size();
        let bad = format!("{log}oops\n");
        for (sensor, files, end, status, said) in [
            ("tap-1", vec![("conn.log", bad.as_str())], "--b--\r\n", 422, "line 6"),
            ("tap-1", vec![("conn.log", "")], "--b--\r\n", 422, "empty"),
            ("tap-1", vec![("notes.exe", "MZ")], "--b--\r\n", 422, "not a log by its name"),
            ("tap-1", vec![], "--b--\r\n", 422, "Choose at least one file"),
            ("", vec![("conn.log", log.as_str())], "--b--\r\n", 422, "missing"),
            ("tap-9", vec![("conn.log", log.as_str())], "", 400, ""),
        ] {
            let answer = send(sensor, &files, end).await;
            assert!(answer.status.as_u16() == status && answer.text().contains(said), "{said}: {} {}", answer.status, answer.text());
        }
        assert_eq!(now(&bed).await.tree_size(), leaves);
        let left = std::fs::read_dir(site.app.data.join("uploads")).unwrap().count();
        assert_eq!(left, 0, "uploads left behind");
    }
}
