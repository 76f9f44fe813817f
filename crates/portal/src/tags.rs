//! The tags of files: what they hold, and nothing of when or how they were written.
//!
//! `disclosure.md` 4.2 g: no header may depend on what is hidden, and one policy is that of all files of an edition. A tag is
//! the SHA-256 of the bytes, which `manifest.json` and `publication.json` publish already; there is no date, since the
//! moment at which a file was written tells how long it took to make, and what was redrawn.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use axum::http::header::{
    CACHE_CONTROL, ETAG, HeaderValue, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE,
    IF_UNMODIFIED_SINCE, LAST_MODIFIED, RANGE,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};

/// Files remembered; the sites of some editions have some thousands each.
const MOST: usize = 100_000;

/// Asked again each time, and told in one word that nothing changed: an edition may be corrected.
const POLICY: HeaderValue = HeaderValue::from_static("no-cache");

/// The tags of the files that were served, as long as these are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tags(Arc<Mutex<BTreeMap<PathBuf, Tag>>>);

/// The tag of a file.
#[derive(Debug, Clone)]
pub(crate) struct Tag {
    stamp: Stamp,
    value: HeaderValue,
}

/// What tells a file from the one that took its place. It never leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp {
    written: Option<SystemTime>,
    length: u64,
    #[cfg(unix)]
    inode: u64,
}

impl Stamp {
    /// That of a file, if there is one.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt as _;
        let about = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        Some(Self {
            written: about.modified().ok(),
            length: about.len(),
            #[cfg(unix)]
            inode: about.ino(),
        })
    }
}

impl Tags {
    /// The tag of a file as it is now; `None` when there is none, or it is being replaced.
    pub(crate) async fn of(&self, path: &Path) -> Option<Tag> {
        let stamp = Stamp::of(path)?;
        if let Some(tag) = self.known().get(path).filter(|tag| tag.stamp == stamp) {
            return Some(tag.clone());
        }
        let content = tokio::fs::read(path).await.ok()?;
        let digest: String = Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
        let value = HeaderValue::from_str(&format!("\"{digest}\""))
            .expect("hexadecimal digits may stand in a header");
        let tag = Tag { stamp, value };
        let mut known = self.known();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(path.to_owned(), tag.clone());
        Some(tag)
    }

    /// Whether the file is the one that has this tag.
    pub(crate) fn is_still(&self, path: &Path, tag: &Tag) -> bool {
        let is_same = Stamp::of(path).as_ref() == Some(&tag.stamp);
        if !is_same {
            self.known().remove(path);
        }
        is_same
    }

    fn known(&self) -> std::sync::MutexGuard<'_, BTreeMap<PathBuf, Tag>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tag {
    /// Whether who asks has these bytes already.
    pub(crate) fn is_known_to(&self, asked: &HeaderMap) -> bool {
        let listed = asked.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        let mut tags = listed.flat_map(|value| value.split(',')).map(str::trim);
        tags.any(|tag| {
            tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == self.value.as_bytes()
        })
    }

    /// The answer to those who have.
    pub(crate) fn unchanged(&self) -> Response {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        self.put(&mut response);
        response
    }

    /// Takes the conditions out of a request: what they compare with is decided here. A range of other bytes is that of all.
    pub(crate) fn take_conditions(&self, asked: &mut HeaderMap) {
        for name in [IF_NONE_MATCH, IF_MODIFIED_SINCE, IF_MATCH, IF_UNMODIFIED_SINCE] {
            asked.remove(name);
        }
        if asked.remove(IF_RANGE).is_some_and(|of| of != self.value) {
            asked.remove(RANGE);
        }
    }

    /// Puts the tag into a response, and takes out what tells when and how long ago.
    pub(crate) fn put(&self, response: &mut Response) {
        let headers = response.headers_mut();
        headers.remove(LAST_MODIFIED);
        headers.insert(ETAG, self.value.clone());
        headers.insert(CACHE_CONTROL, POLICY);
    }
}
