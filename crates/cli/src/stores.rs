//! Choosing the store by its address.

use std::sync::Arc;

use store::OfficeStore;

use crate::arguments::DataArguments;
use crate::data::DataDirectory;
use crate::error::CliError;

/// The store of these settings: SQLite in the data directory, or PostgreSQL by its address.
pub(crate) async fn open(
    data: &DataArguments,
    directory: &DataDirectory,
) -> Result<Arc<dyn OfficeStore>, CliError> {
    match data.database_url.as_deref() {
        None => Ok(Arc::new(store_sqlite::SqliteStore::open(&directory.database()).await?)),
        Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
            Ok(Arc::new(store_postgres::PostgresStore::connect(url).await?))
        }
        // The address may hold a password: it is not repeated.
        Some(_) => Err(CliError::input(
            "the database address is not one of PostgreSQL",
            "expected `postgres://user:password@host/database`, or nothing for SQLite in the data directory",
        )),
    }
}
