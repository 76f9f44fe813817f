//! `barometre estimate`

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use estimation::case::{Column, Table, Tables, line};
use polars::prelude::{AnyValue, DataType, ParquetReader, SerReader};

use crate::arguments::EstimateArguments;
use crate::commands::say;
use crate::error::CliError;

/// Answers every case, one line each; fails at the end when one could not be read.
pub(crate) fn run(arguments: &EstimateArguments) -> Result<(), CliError> {
    let mut unreadable = 0;
    for path in &arguments.cases {
        let text = read_case(path);
        let (answer, is_readable) = match text {
            Ok(text) => line(&text, &Folders::of(path, arguments.data.as_deref())),
            Err(message) => (serde_json::json!({ "error": "unreadable", "message": message }), false),
        };
        if !is_readable {
            unreadable += 1;
        }
        say(answer)?;
    }
    match unreadable {
        0 => Ok(()),
        count => Err(CliError::input(
            format!("{count} of {} cases could not be read", arguments.cases.len()),
            "the lines above say which and why; `barometre estimate --help` says what a case is",
        )),
    }
}

fn read_case(path: &Path) -> Result<String, String> {
    let mut text = String::new();
    let read = if path.as_os_str() == "-" {
        std::io::stdin().read_to_string(&mut text)
    } else {
        File::open(path).and_then(|mut file| file.read_to_string(&mut text))
    };
    read.map_err(|error| format!("`{}`: {error}", path.display()))?;
    Ok(text)
}

/// Where the tables of a case are looked for, in order.
struct Folders(Vec<PathBuf>);

impl Folders {
    /// The folder given; or that of the case, those above it, and the one the command runs in.
    fn of(case: &Path, given: Option<&Path>) -> Self {
        if let Some(given) = given {
            return Self(vec![given.to_path_buf()]);
        }
        let whole = case.canonicalize().unwrap_or_default();
        let mut folders: Vec<PathBuf> = whole.ancestors().skip(1).map(Path::to_path_buf).collect();
        folders.push(PathBuf::new());
        Self(folders)
    }
}

impl Tables for Folders {
    fn table(&self, file: &str) -> Result<Table, String> {
        let path = self.0.iter().map(|folder| folder.join(file)).find(|path| path.is_file());
        let path = path.ok_or_else(|| {
            format!("there is no table `{file}` beside the case or above it; say where it is by `--data`")
        })?;
        let read = if path.extension().is_some_and(|extension| extension == "parquet") {
            read_parquet(&path)
        } else {
            read_csv(&path)
        };
        read.and_then(Table::new).map_err(|message| format!("`{file}`: {message}"))
    }
}

fn read_csv(path: &Path) -> Result<BTreeMap<String, Column>, String> {
    let mut reader = csv::Reader::from_path(path).map_err(|error| error.to_string())?;
    let names: Vec<String> =
        reader.headers().map_err(|error| error.to_string())?.iter().map(str::to_owned).collect();
    let mut columns = vec![Vec::new(); names.len()];
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        for (column, value) in columns.iter_mut().zip(&record) {
            column.push(value.to_owned());
        }
    }
    named(names.into_iter().zip(columns.into_iter().map(Column::parse)))
}

fn read_parquet(path: &Path) -> Result<BTreeMap<String, Column>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let frame = ParquetReader::new(file).finish().map_err(|error| error.to_string())?;
    let columns = frame.columns().iter().map(|column| {
        let values = column.as_materialized_series().iter();
        // A truth is 1 or 0, as cases write it.
        let read = if column.dtype().is_primitive_numeric() || column.dtype() == &DataType::Boolean {
            Column::Number(
                values
                    .map(|value| match value {
                        AnyValue::Boolean(truth) => Some(if truth { 1.0 } else { 0.0 }),
                        other => other.extract::<f64>(),
                    })
                    .collect(),
            )
        } else {
            Column::Text(
                values.map(|value| (!value.is_null()).then(|| value.str_value().into_owned())).collect(),
            )
        };
        (column.name().to_string(), read)
    });
    named(columns)
}

/// Columns by name; two of one name are refused.
fn named(columns: impl Iterator<Item = (String, Column)>) -> Result<BTreeMap<String, Column>, String> {
    let mut all = BTreeMap::new();
    for (name, column) in columns {
        if all.insert(name.clone(), column).is_some() {
            return Err(format!("two columns are called `{name}`"));
        }
    }
    Ok(all)
}
