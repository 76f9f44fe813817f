//! A database in a temporary folder.

use std::path::PathBuf;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Row};
use store::conformance::Fixture;
use store::{DefinitionStore, RespondentStore, RetentionStore, TokenHash};
use store_sqlite::SqliteStore;

/// Every table.
const TABLES: [&str; 9] = [
    "editions",
    "definitions",
    "responses",
    "contacts",
    "corrections",
    "correction_contacts",
    "earlier_answers",
    "invitations",
    "codes",
];

/// A store on a file of its own, which disappears with it.
pub struct SqliteFixture {
    store: Option<SqliteStore>,
    folder: tempfile::TempDir,
}

impl SqliteFixture {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut fixture = Self { store: None, folder };
        fixture.reopen().await;
        fixture
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("responses.db")
    }

    /// A connection that ignores the checks of the schema, to damage or inspect what the store cannot.
    pub async fn connect(&self) -> SqliteConnection {
        SqliteConnectOptions::new()
            .filename(self.path())
            .pragma("ignore_check_constraints", "ON")
            .connect()
            .await
            .expect("the file of the store is a database")
    }

    /// The bytes of the file and of the log beside it.
    pub fn bytes(&self) -> Vec<u8> {
        let mut files: Vec<_> = std::fs::read_dir(self.folder.path())
            .expect("the folder exists")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        files.sort();
        files
            .iter()
            .flat_map(|file| std::fs::read(file).expect("the files of the store can be read"))
            .collect()
    }
}

#[async_trait]
impl Fixture for SqliteFixture {
    fn store(&self) -> &dyn RespondentStore {
        self.store.as_ref().expect("a store is open")
    }

    fn office(&self) -> &dyn DefinitionStore {
        self.store.as_ref().expect("a store is open")
    }

    fn retention(&self) -> &dyn RetentionStore {
        self.store.as_ref().expect("a store is open")
    }

    async fn reopen(&mut self) {
        if let Some(store) = self.store.take() {
            store.close().await;
        }
        self.store = Some(SqliteStore::open(&self.path()).await.expect("a store can be opened"));
    }

    async fn corrupt(&self, token: &TokenHash) {
        let done =
            sqlx::query(r#"UPDATE responses SET answers = '{"q01":null,"q02":true}' WHERE token = $1"#)
                .bind(&token.0)
                .execute(&mut self.connect().await)
                .await
                .expect("a row can be damaged");
        assert_eq!(done.rows_affected(), 1);
    }

    async fn kept_answers(&self, token: &TokenHash) -> Vec<u8> {
        sqlx::query_scalar("SELECT CAST(answers AS BLOB) FROM responses WHERE token = $1")
            .bind(&token.0)
            .fetch_one(&mut self.connect().await)
            .await
            .expect("the row exists")
    }

    async fn everything(&self) -> String {
        let mut connection = self.connect().await;
        let mut all = String::new();
        for table in TABLES {
            let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info($1)")
                .bind(table)
                .fetch_all(&mut connection)
                .await
                .expect("the table has columns");
            let columns: Vec<_> = columns.iter().map(|column| format!("CAST({column} AS TEXT)")).collect();
            let select = format!("SELECT concat_ws(' | ', {}) FROM {table}", columns.join(", "));
            let rows = sqlx::query(AssertSqlSafe(select)).fetch_all(&mut connection).await.expect("rows");
            for row in rows {
                all.push_str(&SqliteRow::get::<String, _>(&row, 0));
                all.push('\n');
            }
        }
        all
    }

    async fn dispose(mut self) {
        if let Some(store) = self.store.take() {
            store.close().await;
        }
    }
}
