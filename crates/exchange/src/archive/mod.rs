//! What an archive needs beside the data: a dictionary of the variables and scripts that read them in R, Stata, SPSS.
//!
//! What flows in: a checked edition in each of its languages, and what the caller knows of the files (their columns,
//! their rows, their digests). What flows out: texts. No value of any row is seen here, and a figure comes in only as
//! it is displayed.

mod dictionary;
mod names;
mod r;
mod readme;
mod spss;
mod stata;

use std::collections::BTreeMap;

use questionnaire::{Edition, Files, QuestionIndex};

pub use dictionary::{Category, Derivation, Dictionary, Texts, ValueKind, Variable};
pub use names::short_names;
pub use r::r_script;
pub use readme::readme;
pub use spss::spss_script;
pub use stata::stata_script;

/// Name of the script for R.
pub const R_FILE: &str = "import.R";
/// Name of the script for Stata.
pub const STATA_FILE: &str = "import.do";
/// Name of the script for SPSS and PSPP.
pub const SPSS_FILE: &str = "import.sps";
/// Name of the table of names: ours, and the one in Stata and SPSS.
pub const NAMES_FILE: &str = "names.csv";
/// Name of the column that every data file has, and by which they are joined.
pub const KEY: &str = "id";
/// Name of the column that lists what was asked.
pub const PATH: &str = "path";

/// What describes an edition.
#[derive(Debug, Clone, Copy)]
pub struct Definition<'a> {
    /// The edition in each of its languages, the questionnaire's own first: same codes, same order.
    pub editions: &'a [(String, Edition)],
    /// The texts it was read from.
    pub files: &'a Files,
}

/// What is known of an archived edition, beside its definition.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// Who publishes.
    pub publisher: String,
    /// Where to write to.
    pub contact: String,
    /// What the survey is about.
    pub description: String,
    /// Name and version of the program.
    pub software: String,
    /// First day of the collection, `YYYY-MM-DD`.
    pub field_start: String,
    /// Last day of the collection.
    pub field_end: String,
    /// Whether the responses are simulated.
    pub is_simulated: bool,
    /// Versions of the questionnaire under which responses were given.
    pub versions: Vec<String>,
    /// Valid responses and weights, as the publication shows them; absent before it is made.
    pub published: Option<Published>,
    /// The data files.
    pub files: Vec<DataFile>,
    /// Displayed figures, by name of the column; absent where they may not be shown.
    pub statistics: BTreeMap<String, Statistics>,
}

/// What a publication says of the sample, in displayed figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// Valid responses, rounded.
    pub valid: u32,
    /// Smallest and greatest weight over the mean weight, rounded.
    pub weight_ratio: (f64, f64),
    /// Effective number of respondents, rounded.
    pub n_effective: u32,
}

/// A data file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    /// Name.
    pub name: String,
    /// What it holds.
    pub content: String,
    /// `text/csv` or `application/vnd.apache.parquet`.
    pub media_type: String,
    /// Rows, where the number may be said.
    pub rows: Option<u64>,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
    /// Columns, in order.
    pub columns: Vec<Column>,
}

/// A column of a data file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Name.
    pub name: String,
    /// What it holds.
    pub content: Content,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Something about the record itself.
    Record {
        /// What it is, in the questionnaire's language.
        label: String,
        /// Whether it is a whole number; a text otherwise.
        is_integer: bool,
        /// Most bytes that a text takes.
        width: usize,
    },
    /// The weight of a valid response.
    Weight,
    /// A derived variable, by its index in the edition.
    Derived(usize),
    /// An answer, or a part of one.
    Answer(QuestionIndex, Part),
}

/// The part of an answer that a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The code answered, or the text.
    Code,
    /// The number answered.
    Integer,
    /// Whether this option is ticked.
    Option(usize),
    /// The code answered in this row.
    Row(usize),
    /// The kind of an identifier.
    IdentifierType,
}

/// Displayed figures of one variable, over the valid responses that were asked. All are texts as shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Respondents who were asked.
    pub asked: String,
    /// Share of each code, in percent; a code that is not here is withheld.
    pub shares: BTreeMap<String, String>,
    /// Share of those who left it blank, in percent.
    pub blank: Option<String>,
}

/// Writing a text piece by piece.
pub(crate) trait Append {
    /// Adds a piece at the end.
    fn append(&mut self, text: &str);
}

impl Append for String {
    fn append(&mut self, text: &str) {
        self.push_str(text);
    }
}

/// The table of names, as CSV: name, name in Stata and SPSS, label.
#[must_use]
pub fn names_table(dictionary: &Dictionary) -> Vec<u8> {
    let mut out = String::from("file,name,short_name,label\r\n");
    for (file, variables) in dictionary.files.iter().zip(&dictionary.variables) {
        for variable in variables {
            let label = variable.label.main().replace('"', "\"\"");
            out.append(&format!("{file},{},{},\"{label}\"\r\n", variable.name, variable.short));
        }
    }
    out.into_bytes()
}
