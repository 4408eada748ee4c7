//! `kill -9` in the middle of writes: nothing acknowledged is lost, the journal verifies, and Glance is back at once.
//!
//! `GLANCE_TEST_CYCLES` sets how often it dies on each engine; 50 by default.

use std::path::Path;
use std::time::{Duration, Instant};

use rand::RngExt;

use crate::support::fresh_postgres;
use crate::support::process::{Running, free_port, http, run};

struct House<'h> {
    data: &'h str,
    database: Vec<&'h str>,
    token: String,
}

impl House<'_> {
    fn glance(&self, arguments: &[&str]) -> (bool, String) {
        let all: Vec<&str> =
            arguments.iter().copied().chain(["--data", self.data]).chain(self.database.iter().copied()).collect();
        let done = run(env!("CARGO_BIN_EXE_glance"), &all, Path::new("/"));
        (
            done.status.success(),
            String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr),
        )
    }

    fn serve(&self) -> (Running, u16) {
        let port = free_port();
        let listen = format!("127.0.0.1:{port}");
        let all: Vec<&str> = ["serve", "--listen", &listen, "--data", self.data]
            .into_iter()
            .chain(self.database.iter().copied())
            .collect();
        let server = Running::start(env!("CARGO_BIN_EXE_glance"), &all);
        let began = Instant::now();
        while http(port, "GET", "/health", &[], "").is_none_or(|(status, _)| status != 200) {
            assert!(began.elapsed() < Duration::from_secs(10), "not ready after ten seconds");
            std::thread::sleep(Duration::from_millis(10));
        }
        (server, port)
    }

    fn ask(&self, port: u16, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
        let bearer = format!("Bearer {}", self.token);
        http(port, method, path, &[("Authorization", &bearer), ("Content-Type", "application/json")], body)
    }

    /// Writes until the server is gone; gives the references it acknowledged.
    fn write(&self, port: u16, cycle: usize) -> Vec<String> {
        let mut acknowledged = Vec::new();
        for n in 0.. {
            let reference = format!("C{cycle}-{n}");
            let body = format!("{{\"reference\":\"{reference}\",\"kind\":\"rtu\",\"lifecycle\":\"in_service\"}}");
            match self.ask(port, "POST", "/api/v1/assets", &body) {
                Some((201, _)) => acknowledged.push(reference),
                Some((status, text)) => panic!("{status} {text}"),
                None => break,
            }
        }
        acknowledged
    }
}

fn cycles(data: &str, database: &[&str]) {
    let mut house = House { data, database: database.to_vec(), token: String::new() };
    let (made, said) = house.glance(&["admin", "create-organization", "larkspur", "--name", "Larkspur"]);
    assert!(made, "{said}");
    let (_, token) = house.glance(&["admin", "create-token", "--organization", "larkspur", "--role", "administrator"]);
    house.token = token.lines().find(|line| line.starts_with("glt_")).expect("a token").to_owned();
    let count = std::env::var("GLANCE_TEST_CYCLES").ok().and_then(|text| text.parse().ok()).unwrap_or(50);
    let mut acknowledged: Vec<String> = Vec::new();
    for cycle in 0..count {
        let (server, port) = house.serve();
        let wait = Duration::from_millis(rand::rng().random_range(20..150));
        let death = std::thread::spawn(move || {
            std::thread::sleep(wait);
            server.kill();
        });
        acknowledged.extend(house.write(port, cycle));
        death.join().expect("killed");
    }
    let (_server, port) = house.serve();
    for reference in &acknowledged {
        let found = house.ask(port, "GET", &format!("/api/v1/assets?q={reference}&limit=5"), "").expect("an answer");
        assert!(found.1.contains(&format!("\"{reference}\"")), "{reference} was acknowledged and is lost");
    }
    assert!(!acknowledged.is_empty(), "nothing was ever acknowledged");
    let (holds, said) = house.glance(&["journal", "verify", "--organization", "larkspur", "--strict"]);
    assert!(holds, "{said}");
}

#[test]
fn nothing_acknowledged_is_lost_on_sqlite() {
    let place = tempfile::tempdir().unwrap();
    cycles(&place.path().join("data").to_string_lossy(), &[]);
}

#[test]
fn nothing_acknowledged_is_lost_on_postgres() {
    let place = tempfile::tempdir().unwrap();
    let url = tokio::runtime::Runtime::new().unwrap().block_on(fresh_postgres());
    cycles(&place.path().join("data").to_string_lossy(), &["--database-url", &url]);
}
