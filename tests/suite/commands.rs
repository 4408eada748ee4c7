//! The binary as scripts use it: exit codes, reports, backup from one engine and restore into the other.

use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use crate::support::fresh_postgres;
use crate::support::process::{Running, free_port, http, run};

fn glance(data: &Path, arguments: &[&str]) -> Output {
    let data = data.to_string_lossy().into_owned();
    let all: Vec<&str> = arguments.iter().copied().chain(["--data", &data]).collect();
    run(env!("CARGO_BIN_EXE_glance"), &all, Path::new("/"))
}

fn said(output: &Output) -> (i32, String) {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap_or(-1), text)
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", said(output).1))
}

const ASSETS: &str = "reference,kind,lifecycle,categories\nR-1,rtu,in_service,BCA\nR-2,rtu,planned,\n";

/// An installation with one organization and two assets.
fn begun(place: &Path) -> std::path::PathBuf {
    let data = place.join("data");
    let made = glance(
        &data,
        &[
            "admin",
            "create-organization",
            "larkspur",
            "--name",
            "Larkspur Valley Power",
            "--time-zone",
            "America/Denver",
        ],
    );
    assert_eq!(said(&made).0, 0, "{}", said(&made).1);
    let file = place.join("assets.csv");
    std::fs::write(&file, ASSETS).unwrap();
    let report = glance(&data, &["import", "assets", file.to_str().unwrap(), "--organization", "larkspur", "--json"]);
    assert_eq!(json(&report)["created"], 2, "{}", said(&report).1);
    let again = glance(&data, &["import", "assets", file.to_str().unwrap(), "--organization", "larkspur", "--json"]);
    assert_eq!(json(&again)["unchanged"], 2);
    data
}

#[test]
fn the_boundary_comes_by_file() {
    let place = tempfile::tempdir().unwrap();
    let data = begun(place.path());
    let import = |what: &str, text: &str| {
        let file = place.path().join(format!("{what}.csv"));
        std::fs::write(&file, text).unwrap();
        let arguments = ["import", what, file.to_str().unwrap(), "--organization", "larkspur", "--json"];
        let done = glance(&data, &arguments);
        assert_eq!(json(&glance(&data, &arguments))["created"], 0, "the same file twice changes nothing");
        json(&done)
    };
    let zones = import("zones", "Name,Description,CIDR\nCTL,Control,10.7.1.0/24\nDMZ,Relays,10.7.50.0/24\n");
    assert_eq!((&zones["created"], &zones["refused"]), (&serde_json::json!(2), &serde_json::json!([])));
    let conduits = "reference,name,from_zone,to_zone,direction,status\nC-1,Names,CTL,DMZ,a_to_b,active\n";
    let conduits = import("conduits", conduits);
    assert_eq!(conduits["created"], 1);
    assert!(conduits["unused_columns"][0].as_str().unwrap().contains("follows from an act of its own"));
    let flows = "reference,conduit,protocol,transport,ports,sources,destinations,reason\n\
                 PF-1,C-1,dns,udp,53,zone,10.7.50.10,Names\nPF-2,C-1,dns,udp,53,zone,10.9.0.1,Names\n";
    let flows = import("permitted-flows", flows);
    assert_eq!((flows["created"].as_u64(), flows["refused"][0]["line"].as_u64()), (Some(0), Some(3)), "all or nothing");
}

#[test]
fn people_come_by_file() {
    let place = tempfile::tempdir().unwrap();
    let data = begun(place.path());
    let import = |what: &str, text: &str| {
        let file = place.path().join("some.csv");
        std::fs::write(&file, text).unwrap();
        json(&glance(&data, &["import", what, file.to_str().unwrap(), "--organization", "larkspur", "--json"]))
    };
    assert_eq!(import("vendors", "reference,name\nV-1,Relay Works\n")["created"], 1);
    let people = "reference,name,party,vendor,logins,trained\nP-1,Jan Doe,vendor,V-1,JDoe,2025-06-01\n\
                  P-2,Kim Roe,employee,,kroe,\n";
    assert_eq!(import("people", people)["created"], 2);
    let one_bad = "reference,name,party,logins\nP-3,Lee,employee,lee\nP-4,Max,employee,jdoe\n";
    let refused = import("people", one_bad);
    assert_eq!((&refused["created"], &refused["refused"][0]["line"]), (&0.into(), &3.into()), "{refused}");
    // The header tells: these are authorizations, asked for and never approved by a file.
    let asked = "reference,person,kind,place,need\nA-1,P-1,bcsi,Settings store,Maintenance\n";
    assert_eq!(import("people", asked)["created"], 1);
    let offices = "reference,person,role,from\nCSM-1,P-2,cip_senior_manager,2026-01-01\n";
    assert_eq!(import("appointments", offices)["created"], 1);
    let accounts = "reference,name,kind,asset,owner\nACC-1,root,default,R-1,P-2\n";
    assert_eq!(import("accounts", accounts)["created"], 1);
}

#[test]
fn exit_codes_and_reports() {
    let place = tempfile::tempdir().unwrap();
    let data = begun(place.path());
    let bad = place.path().join("bad.csv");
    std::fs::write(&bad, "reference,kind,lifecycle\nR-3,toaster,planned\n").unwrap();
    let refused = glance(&data, &["import", "assets", bad.to_str().unwrap(), "--organization", "larkspur", "--json"]);
    assert_eq!(said(&refused).0, 1);
    assert_eq!(
        (json(&refused)["refused"][0]["line"].as_u64(), json(&refused)["refused"][0]["column"].as_str()),
        (Some(2), Some("kind"))
    );
    for (arguments, code, words) in [
        (&["journal", "verify", "--organization", "larkspur", "--strict"][..], 0, "holds"),
        (&["journal", "verify", "--organization", "nowhere"], 2, "there are: larkspur"),
        (&["import", "assets", "/nowhere.csv", "--organization", "larkspur"], 2, "/nowhere.csv"),
        (&["import", "zeek", "/dev/null", "--organization", "larkspur", "--sensor", "s"], 2, "not a log by its name"),
        (&["verify", bad.to_str().unwrap()], 1, "not a ZIP"),
        (&["serve", "--listen", "0.0.0.0:1"], 2, "GLANCE_PUBLIC_URL"),
        (&["serve", "--watch", "/nowhere", "--organization", "larkspur", "--sensor", "tap-1"], 2, "/nowhere"),
        (&["serve", "--watch", "/", "--sensor", "tap-1"], 2, "--organization"),
        (&["serve", "--sensor", "tap-1"], 2, "--watch"),
        (&["demo"], 2, "is not empty"),
        (&["admin", "create-organization", "larkspur", "--name", "Again"], 2, "already"),
        (&["admin", "create-token", "--organization", "larkspur", "--role", "king"], 2, "not one of"),
        (&["healthcheck", "--listen", "127.0.0.1:1"], 1, "no healthy answer"),
        (&["openapi"], 0, "\"openapi\""),
    ] {
        let (found, text) = said(&glance(&data, arguments));
        assert_eq!(found, code, "{arguments:?}: {text}");
        assert!(text.contains(words), "{arguments:?}: {text}");
    }
}

#[tokio::test]
async fn moving_house_keeps_the_history() {
    let place = tempfile::tempdir().unwrap();
    let data = begun(place.path());
    let path = |name: &str| place.path().join(name).to_string_lossy().into_owned();
    std::fs::write(path("passphrase"), "a long enough passphrase\n").unwrap();
    let note = glance(&data, &["journal", "checkpoint", "--organization", "larkspur"]);
    std::fs::write(path("note"), &note.stdout).unwrap();
    let (file, passphrase, kept) = (path("backup"), path("passphrase"), path("note"));
    let made = glance(&data, &["backup", &file, "--passphrase-file", &passphrase]);
    assert_eq!(said(&made).0, 0, "{}", said(&made).1);
    let url = fresh_postgres().await;
    let other = place.path().join("moved");
    let restored = glance(&other, &["restore", &file, "--passphrase-file", &passphrase, "--database-url", &url]);
    assert_eq!(said(&restored).0, 0, "{}", said(&restored).1);
    let check =
        ["journal", "verify", "--organization", "larkspur", "--strict", "--checkpoint", &kept, "--database-url", &url];
    let verified = glance(&other, &check);
    assert_eq!(said(&verified).0, 0, "{}", said(&verified).1);
    let back = path("back-file");
    let made = glance(&other, &["backup", &back, "--passphrase-file", &passphrase, "--database-url", &url]);
    assert_eq!(said(&made).0, 0, "{}", said(&made).1);
    let home = place.path().join("home");
    assert_eq!(said(&glance(&home, &["restore", &back, "--passphrase-file", &passphrase])).0, 0);
    let verified =
        glance(&home, &["journal", "verify", "--organization", "larkspur", "--strict", "--checkpoint", &kept]);
    assert_eq!(said(&verified).0, 0, "{}", said(&verified).1);

    let bytes = std::fs::read(&file).unwrap();
    for (n, bad) in
        [bytes[..bytes.len() / 2].to_vec(), flipped(&bytes), b"not a backup".to_vec()].into_iter().enumerate()
    {
        std::fs::write(path("bad"), bad).unwrap();
        let (code, text) = said(&glance(&place.path().join(format!("bad{n}")), &["restore", &path("bad")]));
        assert_eq!(code, 2, "{text}");
        assert!(text.contains("nothing was restored"), "{text}");
    }
    let (code, text) = said(&glance(&home, &["restore", &file]));
    assert!(code == 3 && text.contains("not empty"), "{text}");
}

/// The same binary with evidence files in a far store.
fn far(data: &Path, endpoint: &str, arguments: &[&str]) -> Output {
    let settings = [
        "GLANCE_BLOB_URL=s3://evidence/glance",
        "AWS_REGION=us-east-1",
        "AWS_ACCESS_KEY_ID=test",
        "AWS_SECRET_ACCESS_KEY=test",
        "AWS_ALLOW_HTTP=true",
    ];
    let (endpoint, data) = (format!("AWS_ENDPOINT={endpoint}"), data.to_string_lossy().into_owned());
    let binary = [endpoint.as_str(), env!("CARGO_BIN_EXE_glance")];
    let all: Vec<&str> =
        settings.into_iter().chain(binary).chain(arguments.iter().copied()).chain(["--data", &data]).collect();
    run("env", &all, Path::new("/"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn evidence_files_in_a_far_store() {
    let (endpoint, bucket) = crate::support::s3::serve().await;
    let place = tempfile::tempdir().unwrap();
    let data = begun(place.path());
    let big = place.path().join("big.csv");
    let notes = "x".repeat(7_000);
    let rows: String = (0..3_000).map(|n| format!("B-{n},rtu,planned,{notes}\n")).collect();
    std::fs::write(&big, format!("reference,kind,lifecycle,notes\n{rows}")).unwrap();
    let taken =
        far(&data, &endpoint, &["import", "assets", big.to_str().unwrap(), "--organization", "larkspur", "--json"]);
    assert_eq!((said(&taken).0, json(&taken)["created"].as_u64()), (0, Some(3_000)), "{}", said(&taken).1);
    let held: Vec<(String, usize)> =
        bucket.objects.lock().unwrap().iter().map(|(key, bytes)| (key.clone(), bytes.len())).collect();
    assert_eq!(held.len(), 1, "{held:?}");
    assert!(held[0].0.starts_with("/evidence/glance/") && held[0].1 > 20_000_000, "{held:?}");
    assert_eq!(kept(&data).len(), 1, "only what was kept here before is here");
    let check = ["journal", "verify", "--organization", "larkspur", "--strict", "--bytes"];
    let (code, text) = said(&far(&data, &endpoint, &check));
    assert!(
        code == 1 && text.contains("EV-000001") && !text.contains("EV-000002"),
        "the first file is not there: {text}"
    );
    bucket.objects.lock().unwrap().values_mut().for_each(|bytes| bytes[9_000_000] ^= 1);
    let (code, text) = said(&far(&data, &endpoint, &check));
    assert!(code == 1 && text.contains("EV-000002"), "{text}");
    let (code, text) = said(&far(&data, "http://127.0.0.1:1", &check));
    assert_eq!(code, 3, "{text}");
}

/// Every file below a folder.
fn kept(data: &Path) -> Vec<std::path::PathBuf> {
    let folder = data.join("artifacts");
    let found = crate::support::files::files(&folder);
    found.into_iter().map(std::path::PathBuf::from).collect()
}

#[tokio::test]
async fn evidence_files_move_house() {
    let place = tempfile::tempdir().unwrap();
    let data = begun(place.path());
    assert_eq!(kept(&data).len(), 1, "an import keeps its file, the same one once");
    let path = |name: &str| place.path().join(name).to_string_lossy().into_owned();
    let (file, url) = (path("backup"), fresh_postgres().await);
    let made = glance(&data, &["backup", &file, "--json"]);
    assert_eq!((said(&made).0, json(&made)["artifacts"].as_u64()), (0, Some(1)), "{}", said(&made).1);
    let other = place.path().join("moved");
    let restored = glance(&other, &["restore", &file, "--database-url", &url, "--json"]);
    assert_eq!(json(&restored)["artifacts"], 1, "{}", said(&restored).1);
    assert_eq!(std::fs::read(&kept(&other)[0]).unwrap(), ASSETS.as_bytes());
    let check = ["journal", "verify", "--organization", "larkspur", "--strict", "--bytes", "--database-url", &url];
    assert_eq!(said(&glance(&other, &check)).0, 0);
    let bytes = kept(&other).remove(0);
    std::fs::write(&bytes, ASSETS.replace("R-2", "R-3")).unwrap();
    let (code, text) = said(&glance(&other, &check));
    assert!(code == 1 && text.contains("EV-000001") && text.contains("not those that were recorded"), "{text}");
    let (code, _) = said(&glance(&other, &[&check[..5], &check[6..]].concat()));
    assert_eq!(code, 0, "strict alone looks at presence and size");
    std::fs::remove_file(&bytes).unwrap();
    let (code, text) = said(&glance(&other, &[&check[..5], &check[6..]].concat()));
    assert!(code == 1 && text.contains("missing"), "{text}");
    let (code, text) = said(&glance(&other, &["backup", &path("poorer"), "--database-url", &url]));
    assert!(code == 1 && text.contains("not in the backup") && text.contains("EV-000001"), "{text}");
    let home = place.path().join("home");
    let again = glance(&home, &["restore", &path("poorer"), "--json"]);
    assert_eq!((said(&again).0, json(&again)["artifacts"].as_u64()), (0, Some(0)), "{}", said(&again).1);
}

fn flipped(bytes: &[u8]) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    let middle = changed.len() / 2;
    changed[middle] ^= 4;
    changed
}

#[test]
fn a_sensors_logs() {
    let place = tempfile::tempdir().unwrap();
    let data = begun(place.path());
    let logs = place.path().join("logs");
    std::fs::create_dir(&logs).unwrap();
    let head = "#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tproto\tresp_bytes\n";
    let row = "1445353842.722836\t10.7.1.20\t10.7.1.11\t502\ttcp\t9\n";
    std::fs::write(logs.join("conn.log"), format!("{head}{row}{row}")).unwrap();
    std::fs::write(logs.join("weird.log"), "#path\tweird\n#fields\tts\n1.0\n").unwrap();
    let take = |path: &Path, more: &[&str]| {
        let path = path.to_string_lossy().into_owned();
        let all = ["import", "zeek", &path, "--organization", "larkspur", "--sensor", "tap-1", "--json"];
        glance(&data, &[&all[..], more].concat())
    };
    let taken = take(&logs, &[]);
    assert_eq!(said(&taken).0, 0, "{}", said(&taken).1);
    let told = json(&taken);
    assert_eq!(
        (told["rows"].as_i64(), told["created"].as_i64(), told["flows"].as_i64(), told["hosts_discovered"].as_i64()),
        (Some(2), Some(2), Some(1), Some(2))
    );
    assert_eq!(told["verdicts"], serde_json::json!({"unknown_end": 1}), "no zone records either end");
    assert!(told["findings"]["opened"].as_i64() > Some(0), "hosts nobody knew are a finding");
    assert_eq!(
        (told["not_read_yet"][0].as_str(), told["refused"].as_array().map(Vec::len)),
        (Some("weird.log"), Some(0))
    );
    assert_eq!(json(&take(&logs, &[]))["unchanged"], 2);
    std::fs::write(logs.join("conn.log"), format!("{head}{row}1445353842.7\t10.7.1\t10.7.1.11\t502\ttcp\t9\n"))
        .unwrap();
    let refused = take(&logs.join("conn.log"), &[]);
    let found = json(&refused)["refused"][0].clone();
    assert_eq!((said(&refused).0, found["line"].as_u64(), found["column"].as_str()), (1, Some(4), Some("id.orig_h")));
    assert_eq!((found["file"].as_str(), found["value"].as_str()), (Some("conn.log"), Some("10.7.1")));
    assert_eq!(json(&take(&logs.join("conn.log"), &["--partial"]))["created"], 1);
    std::fs::write(logs.join("notes.txt"), "x").unwrap();
    assert_eq!(said(&take(&logs, &[])).0, 2);
    // One good log in the folder lands; the others are named.
    std::fs::write(logs.join("conn.02.log"), format!("{head}{}", row.replace("502", "503"))).unwrap();
    let partly = take(&logs, &[]);
    let told = json(&partly);
    assert_eq!((said(&partly).0, told["created"].as_i64(), told["left_out"].as_i64()), (1, Some(1), Some(2)));
    let named: Vec<&str> = told["refused"].as_array().unwrap().iter().filter_map(|bad| bad["file"].as_str()).collect();
    assert_eq!(named, ["conn.log", "notes.txt"]);
}

#[test]
fn a_server_takes_in_logs_as_they_land() {
    let place = tempfile::tempdir().unwrap();
    let (data, folder) = (begun(place.path()), place.path().join("landing"));
    std::fs::create_dir(&folder).unwrap();
    let token = glance(&data, &["admin", "create-token", "--organization", "larkspur", "--role", "administrator"]);
    let token = said(&token).1.lines().find(|line| line.starts_with("glt_")).expect("a token").to_owned();
    let (port, data, watched) = (free_port(), data.to_string_lossy(), folder.to_string_lossy());
    let listen = format!("127.0.0.1:{port}");
    let arguments = ["serve", "--listen", &listen, "--data", &data, "--watch", &watched, "--organization", "larkspur"];
    let _server = Running::start(env!("CARGO_BIN_EXE_glance"), &[&arguments[..], &["--sensor", "tap-1"]].concat());
    let head = "#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tproto\n";
    let row = "1445353842.722836\t10.7.1.20\t10.7.1.11\t502\ttcp\n";
    std::fs::write(folder.join("conn.01.log"), format!("{head}{row}")).unwrap();
    std::fs::write(folder.join("conn.02.log"), format!("{head}oops\n")).unwrap();
    let bearer = format!("Bearer {token}");
    let batches = || http(port, "GET", "/api/v1/batches", &[("Authorization", &bearer)], "").unwrap_or_default().1;
    let began = Instant::now();
    while !batches().contains("\"conn.01.log\"") {
        assert!(began.elapsed() < Duration::from_mins(1), "nothing was taken in: {}", batches());
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(!batches().contains("conn.02.log"));
}
