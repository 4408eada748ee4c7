//! A watched folder: what is taken in as it lands, what waits, what is named and left.

use std::io::Write;
use std::path::Path;

use axum::http::Method;
use glance::auth::Scope;
use glance::errands::watching::{Outcome, Watch, Watched};
use glance::flows::Batch;
use glance::storage::{Actor, AsOf, Blobs};
use glance::vocabulary::Reference;
use tokio::sync::watch;

use super::observation::row;
use crate::on_each_engine;
use crate::support::Bed;
use crate::support::http::Site;

const HEAD: &str = "#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tproto\tservice\torig_bytes\tresp_bytes\tconn_state\torig_l2_addr\n";
const T: i64 = 1_772_463_000;

fn conn(rows: &[u8]) -> String {
    let rows: Vec<String> = rows.iter().map(|n| row(T, &format!("10.7.1.{n}"), "10.7.1.11", 502, 9)).collect();
    format!("{HEAD}{}", rows.concat())
}

fn gzip(text: &str) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(text.as_bytes()).unwrap();
    out.finish().unwrap()
}

fn watch_of(bed: &Bed, folder: &Path) -> Watch {
    let (organization, sensor) = (bed.organization, Reference::parse("tap-1").unwrap());
    Watch::new(Watched { folder: folder.to_owned(), organization, sensor, actor: Actor::host("operator") })
}

/// A watched folder with the means to look at it.
struct Watching<'b> {
    bed: &'b Bed,
    folder: tempfile::TempDir,
    kept: tempfile::TempDir,
    watch: Watch,
}

impl<'b> Watching<'b> {
    fn of(bed: &'b Bed) -> Self {
        let (folder, kept) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let watch = watch_of(bed, folder.path());
        Self { bed, folder, kept, watch }
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// A look some seconds after the last one.
    async fn look(&mut self, seconds: i64) -> Vec<(String, Outcome)> {
        self.bed.clock.advance_seconds(seconds);
        let (_going, stop) = watch::channel(false);
        let blobs = Blobs::directory(self.kept.path());
        self.watch.look(&self.bed.store, &blobs, &stop).await.unwrap_or_else(|failure| panic!("{failure:?}"))
    }
}

fn taken(rows: i64) -> Outcome {
    Outcome::Taken { rows, flows: rows }
}

on_each_engine! {
    async fn files_are_taken_when_they_stand_still(bed: Bed) {
        let mut here = Watching::of(&bed);
        here.put("conn.01.log", conn(&[20, 21]));
        here.put("notes.txt", "not looked at");
        here.put(".conn.tmp.log", "not looked at either");
        assert_eq!(here.look(0).await, []);
        here.put("conn.01.log", conn(&[20, 21, 22]));
        assert_eq!(here.look(5).await, [], "it grew since the last look");
        assert_eq!(here.look(5).await, [("conn.01.log".to_owned(), taken(3))]);
        assert_eq!(here.look(5).await, [], "nothing changed");
        here.put("2026-03-02/conn.02.log.gz", gzip(&conn(&[30])));
        here.put("conn.03.log", format!("{}oops\n", conn(&[40])));
        assert_eq!(here.look(5).await, []);
        let seen = here.look(5).await;
        assert_eq!(seen[0], ("2026-03-02/conn.02.log.gz".to_owned(), taken(1)));
        let Outcome::Bad(problem) = &seen[1].1 else { panic!("{seen:?}") };
        assert!(problem.contains("conn.03.log, line 4") && problem.contains("1 values for 10 columns"), "{problem}");
        assert_eq!(here.look(5).await, [], "a bad file is named once");
        here.put("conn.03.log", conn(&[40]));
        assert_eq!(here.look(5).await, []);
        assert_eq!(here.look(5).await, [("conn.03.log".to_owned(), taken(1))]);
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        let batches = at.every::<Batch>().await.unwrap();
        assert_eq!(batches.len(), 3);
        assert!(batches.iter().all(|kept| kept.content.sensor == "tap-1" && kept.recorded_by.contains("host:operator")));
    }

    async fn what_was_taken_before_changes_nothing(bed: Bed) {
        let mut here = Watching::of(&bed);
        here.put("conn.01.log", conn(&[20]));
        here.look(0).await;
        assert_eq!(here.look(5).await, [("conn.01.log".to_owned(), taken(1))]);
        here.put("copy.conn.01.log", conn(&[20]));
        std::fs::rename(here.folder.path().join("conn.01.log"), here.folder.path().join("conn.1.log")).unwrap();
        here.put("conn.01.log.gz", gzip(&conn(&[20])));
        here.look(5).await;
        let known = |name: &str| (name.to_owned(), Outcome::Known);
        assert_eq!(here.look(5).await, [known("conn.01.log.gz"), known("conn.1.log"), known("copy.conn.01.log")]);
        // Neither does another process, which remembers nothing.
        here.watch = watch_of(&bed, here.folder.path());
        here.look(5).await;
        assert!(here.look(5).await.iter().all(|(_, outcome)| *outcome == Outcome::Known));
        // A log that grows after it was taken would count twice.
        here.put("conn.1.log", conn(&[20, 21]));
        here.look(5).await;
        let seen = here.look(5).await;
        assert!(matches!(&seen[..], [(name, Outcome::Bad(why))] if name == "conn.1.log" && why.contains("grew after")), "{seen:?}");
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        assert_eq!(at.every::<Batch>().await.unwrap().len(), 1);
    }

    async fn a_live_log_waits_until_it_is_rotated_or_an_hour_old(bed: Bed) {
        let mut here = Watching::of(&bed);
        here.put("conn.log", conn(&[20]));
        here.look(0).await;
        assert_eq!(here.look(1_800).await, []);
        here.put("conn.log", conn(&[20, 21]));
        assert_eq!(here.look(1_801).await, []);
        assert_eq!(here.look(1_800).await, []);
        assert_eq!(here.look(1_800).await, [("conn.log".to_owned(), taken(2))]);
        let (going, stop) = watch::channel(false);
        here.put("conn.02.log", conn(&[22]));
        here.look(5).await;
        bed.clock.advance_seconds(5);
        going.send(true).unwrap();
        let blobs = Blobs::directory(here.kept.path());
        assert_eq!(here.watch.look(&bed.store, &blobs, &stop).await.unwrap(), [], "told to stop, it begins no file");
    }

    async fn operations_and_layer_two_on_pages(bed: Bed) {
        let mut here = Watching::of(&bed);
        let modbus = "#path\tmodbus\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tfunc\tpdu_type\n";
        let func = |name: &str| format!("{modbus}{T}.5\tC1\t10.7.1.20\t4000\t10.7.1.11\t502\t{name}\tRESP\n");
        here.put("modbus.01.log", func("WRITE_SINGLE_COIL"));
        here.put("modbus.02.log", func("DIAGNOSTICS"));
        here.put("goose.flows.csv", format!("first_seen_epoch,src_mac,dst_mac,src_ip,dst_ip,dst_port,proto\n{T}.5,0a:bb:fe:10:c9:06,01:0c:cd:01:00:00,,,,eth:0x88b8\n"));
        here.look(0).await;
        assert_eq!(here.look(5).await.len(), 3);
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let flows = async |query: &str| site.get(&token, &format!("/api/v1/flows{query}")).await.json();
        let both = flows("?operation=modbus_write").await;
        assert_eq!((both["total"].as_i64(), both["items"][0]["operations"].to_string()), (Some(1), "[\"modbus_write\",\"modbus_diagnostics\"]".to_owned()));
        assert_eq!((flows("?operation=s7_stop").await["total"].as_i64(), flows("?q=0a:bb:fe:10:c9:06").await["total"].as_i64()), (Some(0), Some(1)));
        let goose = flows("?protocol=ethernet").await;
        assert_eq!((goose["items"][0]["source"].as_str(), goose["items"][0]["service"].as_str(), goose["items"][0]["port"].as_i64()), (Some("0a:bb:fe:10:c9:06"), Some("goose"), Some(0x88b8)));
        assert_eq!(site.get(&token, "/api/v1/flows?operation=eat").await.status.as_u16(), 422);
        let person = site.person(&bed, bed.organization, "engineer", true).await;
        for (path, said) in [("/flows", "Modbus write, Modbus diagnostics"), ("/discoveries/host?address=10.7.1.11", "Modbus write, Modbus diagnostics"), ("/discoveries/host?address=0A-BB-FE-10-C9-06", "01:0c:cd:01:00:00"), ("/flows.csv", "modbus_write;modbus_diagnostics")] {
            let page = site.get(&person, &format!("/o/larkspur{path}")).await;
            assert!(page.status.as_u16() == 200 && page.text().contains(said), "{path}: {}", page.text());
        }
        // A layer-2 host becomes an asset with its card, and waits no longer.
        let body = "address=0a%3Abb%3Afe%3A10%3Ac9%3A06&reference=IED-1&kind=protective_relay&reason=walked+down";
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let done = site.ask(&person, Method::POST, "/o/larkspur/discoveries/acceptance", &form, body).await;
        assert_eq!(done.status.as_u16(), 303, "{}", done.text());
        assert_eq!(site.get(&token, "/api/v1/discoveries?q=0a:bb:fe:10:c9:06").await.json()["total"], 0);
        assert_eq!(site.get(&token, "/api/v1/interfaces").await.json()["items"][0]["mac"], "0a:bb:fe:10:c9:06");
        let sound = glance::storage::verify::verify(&bed.store, bed.organization, None, Some(glance::KINDS)).await.unwrap();
        assert!(sound.holds(), "{:?}", sound.problems);
    }
}
