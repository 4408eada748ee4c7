//! Every SQL text that is a constant prepares on both engines, and the walls in the schema stand.

use glance::storage::{AsOfSql, OrgSql};
use sqlx::{Connection, PgConnection, Row};

use crate::on_each_engine;
use crate::support::tamper::Tamper;
use crate::support::{Bed, fresh_postgres, postgres_url};

const PLAIN: &[&[OrgSql]] = &[
    glance::storage::snapshot::STATEMENTS,
    glance::storage::change::STATEMENTS,
    glance::storage::submissions::STATEMENTS,
    glance::storage::platform::STATEMENTS,
    glance::register::saved::records::STATEMENTS,
    glance::artifacts::records::STATEMENTS,
    glance::assets::records::STATEMENTS,
    glance::assets::standing::STATEMENTS,
    glance::personnel::records::STATEMENTS,
    glance::timeline::records::STATEMENTS,
    glance::obligations::records::STATEMENTS,
    glance::evidence::records::STATEMENTS,
    glance::flows::records::STATEMENTS,
    glance::departures::records::STATEMENTS,
    glance::remote_access::records::STATEMENTS,
    glance::reviews::records::STATEMENTS,
    glance::posture::records::STATEMENTS,
    glance::posture::records::days::STATEMENTS,
    glance::remote_access::records::links::STATEMENTS,
];
const INSTANT: &[&[AsOfSql]] = &[
    glance::people::records::STATEMENTS,
    glance::personnel::records::INSTANT_STATEMENTS,
    glance::departures::records::INSTANT_STATEMENTS,
    glance::access::records::INSTANT_STATEMENTS,
    glance::register::records::INSTANT_STATEMENTS,
    glance::artifacts::records::INSTANT_STATEMENTS,
    glance::evidence::records::INSTANT_STATEMENTS,
    glance::assets::standing::INSTANT_STATEMENTS,
    glance::zones::records::INSTANT_STATEMENTS,
    glance::flows::records::INSTANT_STATEMENTS,
    glance::remote_access::records::INSTANT_STATEMENTS,
    glance::findings::records::INSTANT_STATEMENTS,
    glance::findings::counting::INSTANT_STATEMENTS,
    glance::obligations::records::facts::INSTANT_STATEMENTS,
    glance::frameworks::records::INSTANT_STATEMENTS,
    glance::controls::records::INSTANT_STATEMENTS,
    glance::engagements::records::INSTANT_STATEMENTS,
    glance::remote_access::surroundings::INSTANT_STATEMENTS,
    glance::reviews::records::INSTANT_STATEMENTS,
];

on_each_engine! {
    async fn every_text_prepares(bed: Bed) {
        for sql in PLAIN.iter().flat_map(|list| list.iter()) {
            bed.store.prepare(Some(bed.organization), sql.text()).await.unwrap_or_else(|failure| panic!("{failure:?}: {}", sql.text()));
        }
        for text in INSTANT.iter().flat_map(|list| list.iter()).flat_map(AsOfSql::texts) {
            bed.store.prepare(Some(bed.organization), text).await.unwrap_or_else(|failure| panic!("{failure:?}: {text}"));
        }
        for text in glance::storage::platform::texts() {
            bed.store.prepare(None, text).await.unwrap_or_else(|failure| panic!("{failure:?}: {text}"));
        }
    }

    async fn what_is_recorded_cannot_be_changed_or_deleted(bed: Bed) {
        let mut owner = Tamper::guarded(&bed).await;
        for kind in glance::KINDS {
            for table in [kind.table.identity, kind.table.versions] {
                if owner.count(table).await > 0 {
                    assert!(owner.try_run(format!("DELETE FROM {table}")).await.is_err(), "{table} lets rows go");
                    assert!(owner.try_run(format!("UPDATE {table} SET id = id")).await.is_err(), "{table} lets rows change");
                }
            }
        }
        assert!(owner.try_run("DELETE FROM journal_entries".to_owned()).await.is_err());
        assert!(owner.try_run("UPDATE journal_entries SET act = 'x'".to_owned()).await.is_err());
        let closed = "UPDATE organization_profile_versions SET recorded_until = recorded_from".to_owned();
        assert!(owner.try_run(closed).await.is_err(), "a version closes before it began");
    }

    async fn ten_writers_leave_no_gap(bed: Bed) {
        let mut writers = Vec::new();
        for writer in 0..10 {
            let (store, organization) = (bed.store.clone(), bed.organization);
            writers.push(tokio::spawn(async move {
                for turn in 0..10 {
                    let author = store.author(glance::storage::Actor::job("test"));
                    let mut change = store.change(organization, author).await.unwrap();
                    let site = glance::sites::Site { reference: glance::vocabulary::Reference::parse(&format!("S-{writer}-{turn}")).unwrap(), ..Default::default() };
                    glance::register::actions::enter(&mut change, &site, "").await.unwrap();
                    change.commit().await.unwrap();
                }
            }));
        }
        for writer in writers {
            writer.await.unwrap();
        }
        let other = glance::storage::Store::open(&bed.location, glance::clock::Clock::system(), glance::FOLLOWERS).await.unwrap();
        let mut change = other.change(bed.organization, other.author(glance::storage::Actor::job("second process"))).await.unwrap();
        let site = glance::sites::Site { reference: glance::vocabulary::Reference::parse("SECOND").unwrap(), ..Default::default() };
        glance::register::actions::enter(&mut change, &site, "").await.unwrap();
        change.commit().await.unwrap();
        let report = glance::storage::verify::verify(&bed.store, bed.organization, None, Some(glance::KINDS)).await.unwrap();
        assert!(report.holds(), "{:?}", report.problems);
        assert_eq!(report.leaves, 102);
    }
}

/// The tables and columns of a SQLite file: name, and whether null is allowed.
async fn sqlite_columns() -> Vec<(String, String, bool)> {
    let bed = Bed::new(glance::storage::engine::EngineKind::Sqlite).await;
    let Tamper::File(mut file) = Tamper::guarded(&bed).await else { panic!("a file") };
    let text = "SELECT m.name, c.name, c.\"notnull\" FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, c.cid";
    let rows = sqlx::query(text).fetch_all(&mut file).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1), row.get::<i64, _>(2) == 0)).collect()
}

async fn postgres() -> PgConnection {
    let url = fresh_postgres().await;
    let database = url.rsplit('/').next().unwrap().to_owned();
    let owner = std::env::var("GLANCE_TEST_POSTGRES_OWNER").unwrap();
    PgConnection::connect(&postgres_url(&owner, &database)).await.unwrap()
}

#[tokio::test]
async fn both_schemas_are_the_same() {
    let mut owner = postgres().await;
    let text = "SELECT table_name, column_name, is_nullable = 'YES' FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%' ORDER BY table_name COLLATE \"C\", ordinal_position";
    let rows = sqlx::query(text).fetch_all(&mut owner).await.unwrap();
    let found: Vec<(String, String, bool)> = rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    assert_eq!(found, sqlite_columns().await);
}

#[tokio::test]
async fn row_security_stands_everywhere() {
    let mut owner = postgres().await;
    let open: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r' \
         AND c.relname NOT LIKE '\\_sqlx%' AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    let mut platform: Vec<String> = glance::storage::platform::TABLES.iter().map(|name| (*name).to_owned()).collect();
    platform.sort();
    assert_eq!(open, platform, "tables without row security");
    let crossed: Vec<String> = sqlx::query_scalar(
        "SELECT grantee::text || ' on ' || table_name::text FROM information_schema.role_table_grants WHERE table_schema = 'public' \
         AND ((grantee = 'glance_app' AND table_name = ANY($1)) OR (grantee = 'glance_platform' AND table_name <> ALL($1) AND table_name NOT LIKE '\\_sqlx%') OR grantee = 'glance_login')",
    )
    .bind(&platform)
    .fetch_all(&mut owner)
    .await
    .unwrap();
    assert!(crossed.is_empty(), "{crossed:?}");
    let loose: Vec<String> = sqlx::query_scalar(
        "SELECT i.indrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE n.nspname = 'public' AND i.indisunique AND c.relrowsecurity \
         AND a.attname <> 'organization_id'",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    assert!(loose.is_empty(), "unique over organizations: {loose:?}");
}
