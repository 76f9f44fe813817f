//! The promises on SQLite, and what only SQLite has to show.

mod durability;
mod file;
mod fixture;
mod migrations;

use fixture::SqliteFixture;

async fn make_store() -> SqliteFixture {
    SqliteFixture::new().await
}

store::conformance_tests!(make_store);
