//! A schema of its own on the PostgreSQL of the tests.

use std::process::Command;

/// The schema, dropped with this.
#[derive(Debug)]
pub struct Schema {
    server: String,
    name: String,
}

impl Schema {
    /// Makes a schema of this name in the database that `DATABASE_URL` names.
    ///
    /// # Panics
    /// When there is no server: a twin that is not tested is no twin.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the environment is how a test run names its server")]
    pub fn new(name: &str) -> Self {
        let server = std::env::var("DATABASE_URL").unwrap_or_else(|_| {
            panic!("DATABASE_URL names no PostgreSQL server; start one by: eval \"$(tests/postgres start)\"")
        });
        let name = format!("{name}_{}", std::process::id());
        psql(&server, &format!("CREATE SCHEMA {name}"));
        Self { server, name }
    }

    /// The address that leads there; `at` takes the place of the server's host and port.
    #[must_use]
    pub fn url(&self, at: Option<&str>) -> String {
        let (who, rest) = self.server.rsplit_once('@').unwrap_or(("", &self.server));
        let (place, database) = rest.split_once('/').unwrap_or((rest, ""));
        let separator = if database.contains('?') { '&' } else { '?' };
        format!("{who}@{}/{database}{separator}options[search_path]={}", at.unwrap_or(place), self.name)
    }

    /// Host and port of the server.
    #[must_use]
    pub fn place(&self) -> String {
        let (_, rest) = self.server.rsplit_once('@').unwrap_or(("", &self.server));
        rest.split('/').next().unwrap_or(rest).to_owned()
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            psql(&self.server, &format!("DROP SCHEMA {} CASCADE", self.name));
        }
    }
}

fn psql(server: &str, statement: &str) {
    let done = Command::new("psql")
        .args([server, "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--command", statement])
        .env("PGOPTIONS", "-c client_min_messages=warning")
        .status()
        .unwrap_or_else(|error| panic!("psql: {error} (Debian: apt-get install postgresql-client)"));
    assert!(done.success(), "`{statement}` failed");
}
