//! A schema of its own in the database that `DATABASE_URL` names.

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Connection, Row};
use store::conformance::Fixture;
use store::{DefinitionStore, RespondentStore, RetentionStore, TokenHash};
use store_postgres::PostgresStore;

/// The URL of the server for tests.
#[expect(clippy::disallowed_methods, reason = "the environment is how a test run names its server")]
pub fn database_url() -> String {
    std::env::var("DATABASE_URL").unwrap_or_else(|_| {
        panic!(
            "DATABASE_URL names no PostgreSQL server, which these tests need; \
             start one by: eval \"$(tests/postgres start)\""
        )
    })
}

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

/// A store on a schema of its own, dropped at the end of a test that succeeded.
pub struct PostgresFixture {
    store: Option<PostgresStore>,
    schema: String,
}

impl PostgresFixture {
    pub async fn new() -> Self {
        static SCHEMAS: AtomicU32 = AtomicU32::new(0);
        // Several test processes may share the server.
        let schema = format!("it_{}_{}", std::process::id(), SCHEMAS.fetch_add(1, Ordering::Relaxed));
        let mut connection =
            PgConnection::connect(&database_url()).await.expect("the server of DATABASE_URL answers");
        let create = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
        sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut connection).await.expect("a schema can be created");
        connection.close().await.expect("close");
        let mut fixture = Self { store: None, schema };
        fixture.reopen().await;
        fixture
    }

    /// The URL of the schema.
    pub fn url(&self) -> String {
        let url = database_url();
        let separator = if url.contains('?') { '&' } else { '?' };
        format!("{url}{separator}options[search_path]={}", self.schema)
    }

    pub async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.url()).await.expect("the server of DATABASE_URL answers")
    }
}

#[async_trait]
impl Fixture for PostgresFixture {
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
        self.store = Some(PostgresStore::connect(&self.url()).await.expect("a store can be opened"));
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
        sqlx::query_scalar("SELECT convert_to(answers, 'UTF8') FROM responses WHERE token = $1")
            .bind(&token.0)
            .fetch_one(&mut self.connect().await)
            .await
            .expect("the row exists")
    }

    async fn everything(&self) -> String {
        let mut connection = self.connect().await;
        let mut all = String::new();
        for table in TABLES {
            let select = format!("SELECT {table}::text FROM {table}");
            let rows = sqlx::query(AssertSqlSafe(select)).fetch_all(&mut connection).await.expect("rows");
            for row in rows {
                all.push_str(&PgRow::get::<String, _>(&row, 0));
                all.push('\n');
            }
        }
        all
    }

    async fn dispose(mut self) {
        if let Some(store) = self.store.take() {
            store.close().await;
        }
        let mut connection = self.connect().await;
        let drop = format!("DROP SCHEMA {} CASCADE", self.schema);
        sqlx::raw_sql(AssertSqlSafe(drop)).execute(&mut connection).await.expect("the schema can be dropped");
    }
}
