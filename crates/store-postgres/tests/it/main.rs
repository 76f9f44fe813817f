//! The promises on PostgreSQL, and what only PostgreSQL has to show.
//!
//! These tests fail without a server: a twin that is not tested is no twin.

mod fixture;
mod server;

use fixture::PostgresFixture;

async fn make_store() -> PostgresFixture {
    PostgresFixture::new().await
}

store::conformance_tests!(make_store);
