//! What the tools of Poppler say of a PDF.

use std::path::Path;
use std::process::Command;

/// The output of `pdfinfo`, `pdftotext`, `pdffonts`… on a file.
///
/// # Panics
/// When the tool is not there, or refuses the file.
#[must_use]
pub fn poppler(tool: &str, options: &[&str], pdf: &Path) -> String {
    let mut command = Command::new(tool);
    command.args(options).arg(pdf);
    if tool == "pdftotext" {
        command.arg("-");
    }
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{tool}: {error} (Debian: apt-get install poppler-utils)"));
    assert!(output.status.success(), "{tool} {}: {}", pdf.display(), String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
