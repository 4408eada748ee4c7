//! How SQLite comes by the rows of the hottest reads: by indexes, never by looking through a whole table.
//!
//! Invariant: the plans stand in `tests/golden/plans.txt`; one that changes is looked at before the file is.

use glance::assets::Asset;
use glance::findings::Finding;
use glance::register::{Asked, Register};
use glance::storage::engine::EngineKind;
use glance::systems::System;
use sqlx::{Row, SqliteConnection};

use crate::support::Bed;
use crate::support::tamper::Tamper;

const GOLDEN: &str = include_str!("../golden/plans.txt");

/// The address of a list's page and the kind's texts for it.
fn list<K: Register>(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let mut asked = Asked::default();
    for (name, value) in pairs {
        match name {
            "q" => asked.words = value.to_owned(),
            "sort" => asked.sort = value.to_owned(),
            _ => drop(asked.filters.insert(name.to_owned(), value.to_owned())),
        }
    }
    let understood = asked.understand::<K>().unwrap_or_else(|draft| panic!("{:?}", draft.problems));
    let named = ["counted", "few rows", "many rows"].map(|what| format!("{}?{query}, {what}", K::WORDS.collection));
    named.into_iter().zip(understood.texts()).collect()
}

async fn plan(file: &mut SqliteConnection, text: &str) -> String {
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}"))).fetch_all(file).await.unwrap();
    rows.iter().map(|row| format!("    {}\n", row.get::<String, _>(3))).collect()
}

#[tokio::test]
async fn the_hottest_reads_scan_nothing() {
    let bed = Bed::new(EngineKind::Sqlite).await;
    let Tamper::File(mut file) = Tamper::guarded(&bed).await else { panic!("a file") };
    let mut reads = list::<Asset>("");
    reads.extend(list::<Asset>("site=SUB03&kind=rtu"));
    reads.extend(list::<Asset>("zone=Z05&sort=-product"));
    reads.extend(list::<Asset>("q=sn0001"));
    reads.extend(list::<Asset>("q=10.0.7"));
    reads.extend(list::<System>(""));
    reads.extend(list::<Finding>("sort=severity"));
    let fixed = glance::storage::snapshot::STATEMENTS.iter().map(glance::storage::OrgSql::text);
    reads.extend(fixed.map(|text| (text.to_owned(), text.to_owned())));
    let mut found = String::new();
    for (name, text) in reads {
        found.push_str(&format!("{name}\n{}", plan(&mut file, &text).await));
    }
    // What was found before is looked through, never a table.
    let is_scan =
        |line: &&str| line.trim().starts_with("SCAN") && !["SCAN p", "SCAN rows_found"].contains(&line.trim());
    let scans = found.lines().filter(is_scan);
    assert_eq!(scans.collect::<Vec<_>>(), Vec::<&str>::new(), "{found}");
    assert!(found == GOLDEN, "the plans are now:\n{found}");
}
