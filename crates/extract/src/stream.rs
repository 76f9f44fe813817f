//! Freezing more records than fit in memory.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Read};
use std::path::{Path, PathBuf};

use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{Column, DataFrame, ParquetWriter};
use sha2::{Digest, Sha256};

use crate::error::ExtractError;
use crate::manifest::{Manifest, ManifestInput};
use crate::record::ExtractRecord;
use crate::versions::Definitions;
use crate::write::{GROUP, conclude, frame, hexadecimal, readers, rows, versions};
use crate::{RESPONSES_FILE, columns};

/// Records turned into columns. Several may be made at the same time.
#[derive(Debug)]
pub struct Batch {
    frame: DataFrame,
    versions: BTreeMap<String, u64>,
    /// The first and the last pseudonym.
    organisations: Option<(String, String)>,
}

impl Batch {
    /// Turns records into columns, as [`crate::write_versions`] does. All records of an organisation must be in the
    /// same batch.
    ///
    /// # Errors
    /// As [`crate::write_versions`].
    pub fn new(definitions: &Definitions<'_>, records: &[ExtractRecord]) -> Result<Self, ExtractError> {
        let readers = readers(definitions, records)?;
        let rows = rows(&readers, records)?;
        let organisation = |row: &crate::write::Row<'_>| row.record.organisation.clone();
        Ok(Self {
            frame: frame(definitions.newest(), &rows)?,
            versions: versions(&rows),
            organisations: rows.first().map(organisation).zip(rows.last().map(organisation)),
        })
    }
}

/// Writes an extract batch by batch: memory is bounded by a group of rows, whatever their number.
pub struct Writer<'a> {
    dir: PathBuf,
    definitions: Definitions<'a>,
    parquet: BatchedWriter<BufWriter<File>>,
    /// Rows of a group.
    group: usize,
    /// Rows that do not make a group yet.
    waiting: DataFrame,
    versions: BTreeMap<String, u64>,
    last: Option<String>,
}

impl<'a> Writer<'a> {
    /// Begins an extract in the folder `dir`, which is created if needed.
    ///
    /// # Errors
    /// When the file cannot be created.
    pub fn create(dir: &Path, definitions: Definitions<'a>) -> Result<Self, ExtractError> {
        fs::create_dir_all(dir).map_err(|source| ExtractError::Io { path: dir.to_owned(), source })?;
        let path = beside(dir);
        let file = File::create(&path).map_err(|source| ExtractError::Io { path, source })?;
        let waiting = frame(definitions.newest(), &[])?;
        let parquet = ParquetWriter::new(BufWriter::new(file))
            .batched(waiting.schema())
            .map_err(|error| table(&error))?;
        Ok(Self {
            dir: dir.to_owned(),
            definitions,
            parquet,
            group: GROUP,
            waiting,
            versions: BTreeMap::new(),
            last: None,
        })
    }

    /// Cuts groups of so many rows, at least one.
    #[must_use]
    pub fn with_group(self, rows: usize) -> Self {
        Self { group: rows.max(1), ..self }
    }

    /// Adds a batch, whose pseudonyms come after those of the batches before.
    ///
    /// # Errors
    /// When they do not, or when the file cannot be written.
    pub fn push(&mut self, batch: Batch) -> Result<(), ExtractError> {
        let Some((first, last)) = batch.organisations else { return Ok(()) };
        if let Some(before) = self.last.take().filter(|before| *before >= first) {
            return Err(ExtractError::Unsorted { before, after: first });
        }
        self.last = Some(last);
        let from: u64 = self.versions.values().sum();
        for (version, count) in batch.versions {
            *self.versions.entry(version).or_insert(0) += count;
        }
        let mut frame = batch.frame;
        let ids = (from + 1..).take(frame.height()).map(u64::cast_signed);
        frame
            .with_column(Column::new(columns::ID.into(), ids.collect::<Vec<i64>>()))
            .map_err(|e| table(&e))?;
        self.waiting.vstack_mut_owned(frame).map_err(|error| table(&error))?;
        while self.waiting.height() >= self.group {
            let (group, rest) = self.waiting.split_at(self.group.cast_signed() as i64);
            self.waiting = rest;
            self.write_group(group)?;
        }
        Ok(())
    }

    fn write_group(&mut self, mut group: DataFrame) -> Result<(), ExtractError> {
        // A chunk would be a group of its own.
        group.rechunk_mut();
        self.parquet.write_batch(&group).map_err(|error| table(&error))
    }

    /// Ends the file, and writes what goes beside it.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(mut self, input: &ManifestInput) -> Result<Manifest, ExtractError> {
        let rest = std::mem::take(&mut self.waiting);
        if rest.height() > 0 || self.versions.is_empty() {
            self.write_group(rest)?;
        }
        self.parquet.finish().map_err(|error| table(&error))?;
        drop(self.parquet);
        let (written, path) = (beside(&self.dir), self.dir.join(RESPONSES_FILE));
        let hash = digest(&written).map_err(|source| ExtractError::Io { path: written.clone(), source })?;
        fs::rename(&written, &path).map_err(|source| ExtractError::Io { path, source })?;
        conclude(&self.dir, &self.definitions, self.versions, hash, input)
    }
}

/// Where the responses are until they are whole.
fn beside(dir: &Path) -> PathBuf {
    dir.join(format!("{RESPONSES_FILE}.new"))
}

/// SHA-256 of a file that need not fit in memory.
fn digest(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hexadecimal(&digest.finalize())),
            count => digest.update(&buffer[..count]),
        }
    }
}

fn table(error: &polars::prelude::PolarsError) -> ExtractError {
    ExtractError::Table(error.to_string())
}
