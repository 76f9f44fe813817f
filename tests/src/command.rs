//! The binary `barometre`, as it was built beside the tests.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Names the binary to test instead of the one beside the tests.
const BINARY: &str = "BAROMETRE_BIN";

/// Settings that the environment could bring in by accident.
const SETTINGS: [&str; 12] = [
    "BAROMETRE_BASE_URL",
    "BAROMETRE_DATABASE_URL",
    "BAROMETRE_DIR",
    "BAROMETRE_LISTEN",
    "BAROMETRE_LOG",
    "BAROMETRE_MAIL_FROM",
    "BAROMETRE_SMTP",
    "BAROMETRE_SMTP_CA",
    "BAROMETRE_SMTP_PASSWORD",
    "BAROMETRE_SMTP_USER",
    "BAROMETRE_SURVEYS",
    "BAROMETRE_TRUSTED_PROXY",
];

/// Root of the workspace.
#[must_use]
pub fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("the package `end-to-end` is a folder of the workspace").to_path_buf()
}

/// The command `barometre`, at the root of the workspace, with none of its settings taken from the environment.
///
/// # Panics
/// When the binary was not built.
#[must_use]
pub fn barometre() -> Command {
    let mut command = Command::new(binary());
    command.current_dir(workspace());
    for name in SETTINGS {
        command.env_remove(name);
    }
    command
}

/// Cargo gives the path of a binary only to tests of its own package; ours is two folders above the test's.
fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os(BINARY) {
        let path = PathBuf::from(path);
        assert!(path.is_file(), "{BINARY} names `{}`, which is no file", path.display());
        return path;
    }
    let test = std::env::current_exe().expect("a test knows where its program is");
    let profile = test.parent().and_then(Path::parent).expect("a test is in target/<profile>/deps");
    let path = profile.join("barometre");
    assert!(
        path.is_file(),
        "`{}` is not there: build it by `cargo build --workspace --bins`, or name another by {BINARY}",
        path.display()
    );
    path
}
