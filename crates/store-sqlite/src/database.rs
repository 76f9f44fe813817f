//! The file: created, migrated, opened for reading and for writing.

use std::fs::{Metadata, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};
use store::StoreError;

use crate::unavailable;

/// The migrations that this version knows.
static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// How long a connection waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a connection that migrates waits for another that does.
const MIGRATION_TIMEOUT: Duration = Duration::from_secs(30);
/// How often a migration is tried while the file is busy, and what is waited in between.
const MIGRATION_ATTEMPTS: u32 = 50;
const MIGRATION_PAUSE: Duration = Duration::from_millis(100);

/// Readers at once; each is one thread.
const READERS: u32 = 4;

/// A file that holds a migrated database.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    path: PathBuf,
    file: FileIdentity,
    options: SqliteConnectOptions,
}

impl Database {
    /// Creates the file if needed and brings its schema up to date.
    pub(crate) async fn prepare(path: &Path) -> Result<Self, StoreError> {
        create(path).map_err(|error| {
            StoreError::Unavailable(format!("cannot create or write `{}`: {error}", path.display()))
        })?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            // Erased answers are overwritten in the file.
            .pragma("secure_delete", "ON");
        migrate(&options).await.map_err(|error| {
            StoreError::Unavailable(format!(
                "cannot open `{}` as a database of responses: {error}",
                path.display()
            ))
        })?;
        let file = FileIdentity::of(path).map_err(|error| gone(path, &error))?;
        Ok(Self { path: path.to_owned(), file, options })
    }

    /// A connection to write by.
    ///
    /// What a savepoint may have to undo is kept in memory (a batch is at most a few megabytes), not in a file beside; all
    /// pages of a batch fit in its cache; and a page that many batches touch, as those of the indexes of random tokens
    /// are, is written back from the log once in 16 MB rather than once in 4.
    pub(crate) async fn writer(&self) -> Result<SqliteConnection, sqlx::Error> {
        let options = self.options.clone();
        let options = options.pragma("temp_store", "MEMORY").pragma("cache_size", "-16000");
        options.connect().await
    }

    /// Connections that cannot write.
    pub(crate) async fn readers(&self) -> Result<SqlitePool, StoreError> {
        SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(self.options.clone().pragma("query_only", "ON"))
            .await
            .map_err(|error| unavailable(&error))
    }

    /// Whether the path still leads to the file that was opened. SQLite itself goes on writing into a file that was
    /// deleted, and what it writes there is lost at the end of the process.
    pub(crate) fn check_still_there(&self) -> Result<(), StoreError> {
        let found = FileIdentity::of(&self.path).map_err(|error| gone(&self.path, &error))?;
        if found == self.file { Ok(()) } else { Err(gone(&self.path, "another file took its place")) }
    }

    /// Empties the write-ahead log, in which erased answers may still be read. When somebody is reading just now it does
    /// not wait: the next erasure or the closing of the file does it.
    pub(crate) async fn empty_log(&self) {
        let emptied = async {
            let mut connection = self.options.clone().busy_timeout(Duration::ZERO).connect().await?;
            sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await?;
            connection.close().await
        };
        if let Err(error) = emptied.await {
            tracing::debug!(%error, "the write-ahead log was not emptied after an erasure");
        }
    }

    #[cfg(test)]
    pub(crate) fn with_pragma(mut self, name: &'static str, value: &'static str) -> Self {
        self.options = self.options.pragma(name, value);
        self
    }
}

/// Creates the file for its owner only, if there is none; SQLite gives the files beside it the same rights.
fn create(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            OpenOptions::new().append(true).open(path).map(drop)
        }
        created => created.map(drop),
    }
}

/// Applies what is missing, in one transaction: two processes that open a new file at once migrate it once.
///
/// Turning a new file to write-ahead logging does not wait for who does the same at that moment: it says that the file
/// is busy at once, whatever the time-out. So this waits, and tries again.
async fn migrate(options: &SqliteConnectOptions) -> Result<(), sqlx::Error> {
    let patient = options.clone().busy_timeout(MIGRATION_TIMEOUT);
    for _ in 1..MIGRATION_ATTEMPTS {
        match try_to_migrate(&patient).await {
            Err(error) if is_busy(&error) => tokio::time::sleep(MIGRATION_PAUSE).await,
            done => return done,
        }
    }
    try_to_migrate(&patient).await
}

async fn try_to_migrate(options: &SqliteConnectOptions) -> Result<(), sqlx::Error> {
    let mut connection = options.connect().await?;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    // Not `run`: its future cannot be sent between threads.
    MIGRATOR.run_direct(None, &mut *transaction, false).await?;
    transaction.commit().await?;
    connection.close().await
}

/// Whether SQLite says `SQLITE_BUSY`, in any of its extended codes.
fn is_busy(error: &sqlx::Error) -> bool {
    const SQLITE_BUSY: u32 = 5;
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    code.is_some_and(|code| code & 0xff == SQLITE_BUSY)
}

fn gone(path: &Path, why: &(impl std::fmt::Display + ?Sized)) -> StoreError {
    StoreError::Unavailable(format!("the database file `{}` is gone: {why}", path.display()))
}

/// What tells a file from another one that took its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileIdentity {
    device: u64,
    number: u64,
}

impl FileIdentity {
    fn of(path: &Path) -> std::io::Result<Self> {
        std::fs::metadata(path).map(|metadata| Self::from(&metadata))
    }
}

impl From<&Metadata> for FileIdentity {
    #[cfg(unix)]
    fn from(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self { device: metadata.dev(), number: metadata.ino() }
    }

    /// Elsewhere than on Unix an open file cannot be deleted, so that its existence is enough.
    #[cfg(not(unix))]
    fn from(_: &Metadata) -> Self {
        Self { device: 0, number: 0 }
    }
}
