//! What the composer may read: one template, the files put on this shelf and the embedded fonts. Nothing else exists
//! for it: no disk, no network, no clock.

use std::collections::BTreeMap;

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use crate::error::ReportError;
use crate::fonts;

pub(crate) struct Shelf {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    template: Source,
    files: BTreeMap<String, Bytes>,
}

impl Shelf {
    /// A shelf that holds the template alone.
    pub(crate) fn new(template: &str) -> Self {
        let path = VirtualPath::new("report.typ").expect("a plain name stays inside the root");
        let main = RootedPath::new(VirtualRoot::Project, path).intern();
        Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(fonts::faces())),
            template: Source::new(main, template.to_owned()),
            files: BTreeMap::new(),
        }
    }

    /// Puts a file on the shelf.
    pub(crate) fn put(&mut self, path: &str, content: Vec<u8>) {
        self.files.insert(path.to_owned(), Bytes::new(content));
    }
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
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() {
            return Ok(self.template.clone());
        }
        Err(FileError::AccessDenied)
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
