//! A thousand random changes in the database itself: each is found with a checkpoint kept outside.

use glance::ids::{Id, UserId};
use glance::people::{Membership, actions};
use glance::storage::verify::{Promise, verify};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::on_each_engine;
use crate::support::tamper::{Columns, Tamper, flipped};
use crate::support::{BEGINNING, Bed};

const MUTATIONS: usize = 1000;

async fn fill(bed: &Bed) {
    let mut rng = rand::rng();
    for n in 0..12 {
        let user = UserId::new(BEGINNING, &mut rng);
        let mut work = bed.store.write_platform().await.unwrap();
        let login = format!("person{n}");
        let new = glance::storage::platform::NewUser { id: user, login: &login, name: "Somebody", at: BEGINNING };
        work.tables().insert_user(&new).await.unwrap();
        work.commit().await.unwrap();
        for roles in ["viewer", "engineer viewer"] {
            let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
            let wanted = Membership { user, login: login.clone(), name: "Somebody".into(), roles: roles.into() };
            actions::set_roles(&mut change, &wanted, "a reason").await.unwrap();
            change.commit().await.unwrap();
        }
    }
}

fn tables() -> Vec<(&'static str, Columns)> {
    let versions = || Columns {
        texts: vec!["record", "reason", "recorded_by"],
        numbers: vec!["recorded_from", "recorded_until", "version"],
        bytes: vec!["salt"],
    };
    let mut tables: Vec<_> = glance::KINDS.iter().map(|kind| (kind.table.versions, versions())).collect();
    let journal = Columns {
        texts: vec!["act", "kind", "subject", "actor"],
        numbers: vec!["seq", "at"],
        bytes: vec!["leaf", "hash"],
    };
    tables.push(("journal_entries", journal));
    tables
}

/// Names one row of the organization.
fn row(table: &str, order: &str, own: &str, nth: i64) -> String {
    let (key, rest) = if table == "journal_entries" { ("seq", "") } else { ("id", ", version") };
    format!("({key}{rest}) = (SELECT {key}{rest} FROM {table} WHERE {own} ORDER BY {order} LIMIT 1 OFFSET {nth})")
}

async fn mutate(
    tamper: &mut Tamper,
    table: &str,
    columns: &Columns,
    own: &str,
    rows: i64,
    rng: &mut SmallRng,
) -> String {
    let order = if table == "journal_entries" { "seq" } else { "id, version" };
    let at = row(table, order, own, rng.random_range(0..rows));
    match rng.random_range(0..8) {
        0 => {
            tamper.run(format!("DELETE FROM {table} WHERE {own} AND {at}")).await;
            format!("{table}: a row deleted")
        }
        1 if table == "journal_entries" => {
            let keep = rng.random_range(0..rows);
            tamper.run(format!("DELETE FROM {table} WHERE {own} AND seq >= {keep}")).await;
            format!("{table}: cut after {keep}")
        }
        1 | 2 => {
            let column = columns.numbers[rng.random_range(0..columns.numbers.len())];
            let by = rng.random_range(1..1000i64) * 1_000_003;
            tamper.run(format!("UPDATE {table} SET {column} = {column} + {by} WHERE {own} AND {at}")).await;
            format!("{table}.{column} plus {by}")
        }
        3 | 4 => {
            let column = columns.texts[rng.random_range(0..columns.texts.len())];
            let old = tamper.read_text(format!("SELECT {column} FROM {table} WHERE {own} AND {at}")).await;
            let place = rng.random_range(0..=old.len());
            let new = format!("{}x{}", &old[..place], &old[place..]);
            tamper
                .run(format!("UPDATE {table} SET {column} = '{}' WHERE {own} AND {at}", new.replace('\'', "''")))
                .await;
            format!("{table}.{column}: {new}")
        }
        5 => {
            let other = row(table, order, own, rng.random_range(0..rows));
            let column = columns.bytes[0];
            let (one, two) = (
                tamper.read_bytes(format!("SELECT {column} FROM {table} WHERE {own} AND {at}")).await,
                tamper.read_bytes(format!("SELECT {column} FROM {table} WHERE {own} AND {other}")).await,
            );
            let (one, two) = if one == two { (one.clone(), flipped(&one, rng)) } else { (one, two) };
            let (one, two) = (tamper.bytes_literal(&one), tamper.bytes_literal(&two));
            tamper.run(format!("UPDATE {table} SET {column} = {one} WHERE {own} AND {other}")).await;
            tamper.run(format!("UPDATE {table} SET {column} = {two} WHERE {own} AND {at}")).await;
            format!("{table}.{column} swapped")
        }
        _ => {
            let column = columns.bytes[rng.random_range(0..columns.bytes.len())];
            let old = tamper.read_bytes(format!("SELECT {column} FROM {table} WHERE {own} AND {at}")).await;
            let new = tamper.bytes_literal(&flipped(&old, rng));
            tamper.run(format!("UPDATE {table} SET {column} = {new} WHERE {own} AND {at}")).await;
            format!("{table}.{column}: a bit flipped")
        }
    }
}

on_each_engine! {
    async fn every_change_in_the_files_is_found(bed: Bed) {
        fill(&bed).await;
        let sound = verify(&bed.store, bed.organization, None, Some(glance::KINDS)).await.unwrap();
        assert!(sound.holds(), "{:?}", sound.problems);
        let mut at = bed.store.snapshot(bed.organization, glance::storage::AsOf::Now).await.unwrap();
        let promise = Promise { size: sound.leaves, root: at.root().await.unwrap().try_into().unwrap() };
        drop(at);

        let mut tamper = Tamper::with(&bed).await;
        let own = format!("organization_id = {}", match &tamper {
            Tamper::File(_) => format!("X'{}'", bed.organization.uuid().simple()),
            Tamper::Server(_) => format!("'{}'", bed.organization),
        });
        let found = tables();
        let mut filled = Vec::new();
        for (table, columns) in found {
            if tamper.count(&format!("{table} WHERE {own}")).await > 0 {
                filled.push((table, columns));
            }
        }
        let tables = filled;
        for (table, _) in &tables {
            tamper.run(format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
        }
        let mut rng = SmallRng::seed_from_u64(20_261_123);
        for turn in 0..MUTATIONS {
            let (table, columns) = &tables[rng.random_range(0..tables.len())];
            let rows = tamper.count(&format!("{table} WHERE {own}")).await;
            let what = mutate(&mut tamper, table, columns, &own, rows, &mut rng).await;
            let found = verify(&bed.store, bed.organization, Some(promise), Some(glance::KINDS)).await.unwrap();
            assert!(!found.holds(), "mutation {turn} was not found: {what}");
            tamper.run(format!("DELETE FROM {table}")).await;
            tamper.run(format!("INSERT INTO {table} SELECT * FROM kept_{table}")).await;
        }
        let healed = verify(&bed.store, bed.organization, Some(promise), Some(glance::KINDS)).await.unwrap();
        assert!(healed.holds(), "{:?}", healed.problems);
        let canary = verify(&bed.store, bed.canary, None, Some(glance::KINDS)).await.unwrap();
        assert!(canary.holds(), "{:?}", canary.problems);
    }
}
