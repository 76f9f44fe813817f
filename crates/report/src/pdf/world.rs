//! What the composer may read: one template, the files put on this shelf and the embedded fonts. Nothing else exists
//! for it: no disk, no network, no clock.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use crate::error::ReportError;
use crate::fonts;

/// What every template may import.
const SHARED: (&str, &str) = ("shared.typ", include_str!("../../../../reports/templates/pdf/shared.typ"));

/// The same for every document: made and hashed once.
static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));
static BOOK: LazyLock<LazyHash<FontBook>> =
    LazyLock::new(|| LazyHash::new(FontBook::from_fonts(fonts::faces())));

pub(crate) struct Shelf {
    template: Source,
    shared: Source,
    files: BTreeMap<String, Bytes>,
}

impl Shelf {
    /// A shelf that holds the template, and what templates share.
    pub(crate) fn new(template: &str) -> Self {
        Self {
            template: source("report.typ", template),
            shared: source(SHARED.0, SHARED.1),
            files: BTreeMap::new(),
        }
    }

    /// Puts a file on the shelf.
    pub(crate) fn put(&mut self, path: &str, content: Vec<u8>) {
        self.files.insert(path.to_owned(), Bytes::new(content));
    }
}

impl Shelf {
    /// Everything that a document is made from: the templates, then each file by its name.
    pub(crate) fn contents(&self) -> impl Iterator<Item = &[u8]> {
        let sources = [&self.template, &self.shared].map(|source| source.text().as_bytes());
        let files = self.files.iter().flat_map(|(name, content)| [name.as_bytes(), content.as_slice()]);
        sources.into_iter().chain(files)
    }
}

fn source(name: &str, text: &str) -> Source {
    let path = VirtualPath::new(name).expect("a plain name stays inside the root");
    Source::new(RootedPath::new(VirtualRoot::Project, path).intern(), text.to_owned())
}

/// The composer's complaints as one error.
pub(crate) fn explain(errors: &[SourceDiagnostic]) -> ReportError {
    let messages: Vec<String> = errors
        .iter()
        .map(|error| {
            let hints: String = error.hints.iter().map(|hint| format!(" ({})", hint.v)).collect();
            format!("{}{hints}", error.message)
        })
        .collect();
    ReportError::Pdf { message: messages.join("; ") }
}

impl World for Shelf {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &BOOK
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        [&self.template, &self.shared]
            .into_iter()
            .find(|source| source.id() == id)
            .cloned()
            .ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let path = id.get().vpath().get_without_slash();
        self.files.get(path).cloned().ok_or_else(|| FileError::NotFound(path.into()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        fonts::faces().get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
