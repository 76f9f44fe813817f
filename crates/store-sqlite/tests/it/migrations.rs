//! The twins: the same migrations, tables and columns in both databases.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::fixture::SqliteFixture;

fn migrations() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations")
}

fn names(folder: &str) -> BTreeSet<String> {
    std::fs::read_dir(migrations().join(folder))
        .expect("the folder exists")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name in UTF-8"))
        .collect()
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = (names("sqlite"), names("postgres"));
    assert!(!names.0.is_empty());
    assert_eq!(names.0, names.1);
}

#[test]
fn migrations_are_numbered_without_gaps() {
    for (index, name) in names("sqlite").iter().enumerate() {
        assert!(name.starts_with(&format!("{:04}_", index + 1)), "{name} is not number {}", index + 1);
        assert!(Path::new(name).extension().is_some_and(|extension| extension == "sql"), "{name} is not SQL");
    }
}

/// `store-postgres` compares its own with the same list.
#[tokio::test]
async fn the_migrations_make_the_columns_that_are_listed() {
    let fixture = SqliteFixture::new().await;
    let found: Vec<String> = sqlx::query_scalar(
        "SELECT tables.name || '.' || columns.name
         FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
         WHERE tables.type = 'table' AND tables.name NOT LIKE '\\_sqlx\\_%' ESCAPE '\\'
         ORDER BY 1",
    )
    .fetch_all(&mut fixture.connect().await)
    .await
    .expect("the schema can be read");
    let listed = std::fs::read_to_string(migrations().join("columns.txt")).expect("columns.txt exists");
    assert_eq!(found, listed.lines().collect::<Vec<_>>());
}

#[tokio::test]
async fn every_table_is_strict() {
    let fixture = SqliteFixture::new().await;
    let loose: Vec<String> = sqlx::query_scalar(
        r"SELECT name FROM pragma_table_list
          WHERE type = 'table' AND NOT strict AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name <> '_sqlx_migrations'",
    )
    .fetch_all(&mut fixture.connect().await)
    .await
    .expect("the schema can be read");
    assert_eq!(loose, Vec::<String>::new());
}
