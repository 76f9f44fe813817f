//! What can go wrong, whose fault it is, and how it is said.

use std::path::PathBuf;

use miette::{Diagnostic, NamedSource, SourceSpan};
use questionnaire::Problem;
use store::StoreError;
use verification::VerificationError;

/// What can go wrong in a command.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// A definition with problems.
    #[error("{} has {}", folder.display(), count(problems.len()))]
    Definition {
        /// Folder of the edition.
        folder: PathBuf,
        /// What is wrong.
        problems: Vec<Problem>,
        /// The texts of the files, to underline.
        files: questionnaire::Files,
    },
    /// Something the caller asked that cannot be done.
    #[error("{message}")]
    Input {
        /// What was found and what was expected.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// A file or the network.
    #[error("cannot access {what}: {source}")]
    Io {
        /// What.
        what: String,
        /// Why.
        source: std::io::Error,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A definition that cannot be read as a form.
    #[error(transparent)]
    Form(#[from] exchange::form::FormError),
    /// The extract.
    #[error(transparent)]
    Extract(#[from] extract::ExtractError),
    /// The analysis.
    #[error(transparent)]
    Analysis(#[from] analysis::AnalysisError),
    /// The publication.
    #[error(transparent)]
    Publication(#[from] publication::PublicationError),
    /// The report.
    #[error(transparent)]
    Report(#[from] ::report::ReportError),
    /// A publication that is not as it was published.
    #[error(transparent)]
    Verification(#[from] VerificationError),
    /// The directory.
    #[error(transparent)]
    Directory(#[from] ::directory::DirectoryError),
    /// The load.
    #[error(transparent)]
    Load(#[from] ::load::LoadError),
    /// The simulation.
    #[error(transparent)]
    Simulate(#[from] crate::simulate::SimulateError),
    /// A fault of ours.
    #[error("{0} (this is a fault of the program: please report it)")]
    Fault(String),
}

/// One problem of a definition, drawn with its text underlined.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{file}:{line}:{column}: {message}")]
struct Underlined {
    file: String,
    line: usize,
    column: usize,
    message: String,
    #[source_code]
    source_code: NamedSource<String>,
    #[label("{code}")]
    span: SourceSpan,
    code: &'static str,
    #[help]
    help: Option<String>,
}

impl CliError {
    pub(crate) fn input(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Input { message: message.into(), hint: Some(hint.into()) }
    }

    pub(crate) fn io(what: impl std::fmt::Display) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { what: format!("`{what}`"), source }
    }

    /// 1 for the input, 2 for us or the machine.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Definition { .. }
            | Self::Input { .. }
            | Self::Analysis(_)
            | Self::Simulate(_)
            | Self::Load(::load::LoadError::Address { .. })
            | Self::Publication(
                publication::PublicationError::Malformed { .. }
                | publication::PublicationError::Version { .. }
                | publication::PublicationError::Tampered { .. },
            )
            | Self::Extract(
                extract::ExtractError::Malformed { .. }
                | extract::ExtractError::Version { .. }
                | extract::ExtractError::Tampered { .. }
                | extract::ExtractError::Unreadable { .. }
                | extract::ExtractError::UnknownScreen { .. }
                | extract::ExtractError::UnknownVersion { .. },
            )
            | Self::Form(_)
            | Self::Verification(
                VerificationError::Malformed { .. }
                | VerificationError::Changed { .. }
                | VerificationError::Missing { .. }
                | VerificationError::Added { .. }
                | VerificationError::Signature { .. }
                | VerificationError::Figure { .. }
                | VerificationError::Different { .. },
            )
            | Self::Store(
                StoreError::EditionClosed { .. }
                | StoreError::OutdatedVersion { .. }
                | StoreError::AnswersCame { .. }
                | StoreError::Unknown,
            ) => 1,
            _ => 2,
        }
    }

    /// Writes the error to standard error.
    pub(crate) fn print(&self) {
        if let Self::Definition { problems, files, folder } = self {
            for problem in problems {
                let text = files.text(&problem.file).unwrap_or("").to_owned();
                let path = folder.join(&problem.file).display().to_string();
                let underlined = Underlined {
                    file: path.clone(),
                    line: problem.line,
                    column: problem.column,
                    message: problem.message.clone(),
                    source_code: NamedSource::new(path, text),
                    span: (problem.span.start, problem.span.len()).into(),
                    code: problem.code,
                    help: problem.help.clone(),
                };
                eprintln!("{:?}", miette::Report::new(underlined));
            }
        }
        eprintln!("error: {self}");
        if let Self::Input { hint: Some(hint), .. } = self {
            eprintln!("hint: {hint}");
        }
    }
}

fn count(problems: usize) -> String {
    if problems == 1 { "1 problem".to_owned() } else { format!("{problems} problems") }
}
