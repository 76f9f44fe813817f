//! Where a report is made: what it is made with besides the publication, what was made before and need not be made
//! again, and how far it is.
//!
//! What takes time (a chart, a picture, a document, a workbook) is kept by the digest of everything that it is made from,
//! down to the texts that stand on it and to the program that draws. What is found by its digest is what would be drawn:
//! no list of dependencies can forget one. Nothing of this shows in what is written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use sha2::{Digest, Sha256};

/// What draws; see `build.rs`.
const FINGERPRINT: &str = env!("REPORT_FINGERPRINT");

/// Stack of a thread that makes things: that of a main thread, for documents that are nested deep.
const STACK: usize = 8 << 20;

/// How far a report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// So many more parts are to be made.
    Planned(usize),
    /// One of them is made.
    Done,
}

/// What takes time to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A chart as vectors.
    Chart,
    /// A picture of pixels.
    Picture,
    /// A PDF.
    Document,
    /// A workbook.
    Workbook,
}

/// How many of a kind were drawn, and how many were there already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Drawn.
    pub drawn: usize,
    /// Kept from an earlier report.
    pub kept: usize,
}

type Listener = Box<dyn Fn(Progress) + Send + Sync>;

/// What a report is made with besides the publication.
#[derive(Default)]
pub struct Workshop {
    cache: Option<PathBuf>,
    listener: Option<Listener>,
    beside: BTreeMap<String, Vec<u8>>,
    tally: Mutex<BTreeMap<Kind, Tally>>,
    used: Mutex<BTreeSet<String>>,
}

impl fmt::Debug for Workshop {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Workshop")
            .field("cache", &self.cache)
            .field("beside", &self.beside.keys())
            .finish_non_exhaustive()
    }
}

impl Workshop {
    /// One that keeps nothing and says nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps what it draws in a folder, for the next report. What this report does not use is removed from there: the
    /// folder is one edition's.
    #[must_use]
    pub fn keeping_in(mut self, folder: &Path) -> Self {
        self.cache = Some(folder.to_owned());
        self
    }

    /// Says how far it is, from several threads.
    #[must_use]
    pub fn saying(mut self, listener: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.listener = Some(Box::new(listener));
        self
    }

    /// Puts files at the root of the site as they are: the frozen tables that the report is made from.
    #[must_use]
    pub fn beside(mut self, files: BTreeMap<String, Vec<u8>>) -> Self {
        self.beside = files;
        self
    }

    /// How many of each kind were drawn and kept so far.
    #[must_use]
    pub fn tally(&self) -> BTreeMap<Kind, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The files put beside the pages.
    pub(crate) fn files_beside(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.beside
    }

    /// Makes a result of each item, on all processors; results come in the order of the items, and so does the error.
    ///
    /// Typst shares its own work among the threads of rayon. A thread of rayon that waits for such a share takes the
    /// next item meanwhile, on top of the one that waits, and so on until its stack is full: two hundred documents
    /// were enough. So items are taken by threads of ours, which only wait.
    pub(crate) fn each<T: Sync, R: Send, E: Send>(
        &self,
        items: &[T],
        make: impl Fn(&T) -> Result<R, E> + Sync,
    ) -> Result<Vec<R>, E> {
        self.say(Progress::Planned(items.len()));
        let next = AtomicUsize::new(0);
        let take = || {
            let mut made = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(item) = items.get(index) else { return made };
                made.push((index, make(item)));
                self.say(Progress::Done);
            }
        };
        let threads = rayon::current_num_threads().min(items.len());
        let mut made = thread::scope(|scope| {
            let spawn = |_| thread::Builder::new().stack_size(STACK).spawn_scoped(scope, take);
            // Where the system gives no thread, this one does the work.
            let taking: Vec<_> = (0..threads).map_while(|index| spawn(index).ok()).collect();
            let mut made = if taking.is_empty() { take() } else { Vec::new() };
            for thread in taking {
                made.extend(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            }
            made
        });
        made.sort_unstable_by_key(|(index, _)| *index);
        made.into_iter().map(|(_, made)| made).collect()
    }

    /// What `make` gives, from an earlier report if the same was made from the same inputs.
    pub(crate) fn keep<E>(
        &self,
        kind: Kind,
        inputs: &[&[u8]],
        make: impl FnOnce() -> Result<Vec<u8>, E>,
    ) -> Result<Vec<u8>, E> {
        let Some(folder) = &self.cache else {
            self.count(kind, true);
            return make();
        };
        let name = name(kind, inputs);
        let path = folder.join(&name);
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
        if let Some(kept) = fs::read(&path).ok().and_then(opened) {
            self.count(kind, false);
            return Ok(kept);
        }
        let made = make()?;
        self.count(kind, true);
        store(folder, &path, &made);
        Ok(made)
    }

    /// Removes what was kept and is not used any more.
    pub(crate) fn sweep(&self) {
        let Some(folder) = &self.cache else { return };
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let is_used = entry.file_name().to_str().is_some_and(|name| used.contains(name));
            if !is_used {
                // What cannot be removed costs room and nothing else.
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn say(&self, progress: Progress) {
        if let Some(listener) = &self.listener {
            listener(progress);
        }
    }

    fn count(&self, kind: Kind, is_drawn: bool) {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        let tally = tally.entry(kind).or_default();
        if is_drawn {
            tally.drawn += 1;
        } else {
            tally.kept += 1;
        }
    }
}

/// A workshop that keeps nothing, for what is tested by itself.
#[cfg(test)]
pub(crate) static NONE: std::sync::LazyLock<Workshop> = std::sync::LazyLock::new(Workshop::new);

/// The name of what is made from these inputs by this program.
fn name(kind: Kind, inputs: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    digest.update(format!("{FINGERPRINT} {kind:?}"));
    for input in inputs {
        // With its length: two inputs never read as two others put end to end.
        digest.update(input.len().to_le_bytes());
        digest.update(input);
    }
    hexadecimal(&digest.finalize())
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Length of the digest before what is kept.
const SEAL: usize = 32;

/// What is kept in a file, if it is whole.
fn opened(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    if bytes.len() < SEAL {
        return None;
    }
    let kept = bytes.split_off(SEAL);
    (Sha256::digest(&kept).as_slice() == bytes).then_some(kept)
}

/// Writes beside and renames. A cache that cannot be written is no cache, and no error.
fn store(folder: &Path, path: &Path, made: &[u8]) {
    let beside = path.with_extension("new");
    let sealed = [Sha256::digest(made).as_slice(), made].concat();
    let _ = fs::create_dir_all(folder)
        .and_then(|()| fs::write(&beside, sealed))
        .and_then(|()| fs::rename(&beside, path));
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use rayon::prelude::*;

    use super::*;

    fn keep(workshop: &Workshop, inputs: &[&[u8]], made: &str) -> Vec<u8> {
        let make = || Ok::<_, Infallible>(made.as_bytes().to_vec());
        workshop.keep(Kind::Chart, inputs, make).expect("it cannot fail")
    }

    #[test]
    fn what_was_made_from_the_same_inputs_is_not_made_again() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let workshop = Workshop::new().keeping_in(folder.path());
        assert_eq!(keep(&workshop, &[b"ab", b"c"], "one"), b"one");
        assert_eq!(keep(&workshop, &[b"ab", b"c"], "two"), b"one", "kept");
        assert_eq!(keep(&workshop, &[b"a", b"bc"], "three"), b"three", "other inputs");
        assert_eq!(workshop.tally()[&Kind::Chart], Tally { drawn: 2, kept: 1 });
        let next = Workshop::new().keeping_in(folder.path());
        keep(&next, &[b"ab", b"c"], "four");
        next.sweep();
        assert_eq!(
            fs::read_dir(folder.path()).expect("the folder").count(),
            1,
            "the other one is swept away"
        );
    }

    #[test]
    fn whoever_waits_for_a_share_of_the_work_takes_no_other_item_meanwhile() {
        thread_local! {
            static UNDER_WAY: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
        }
        let items: Vec<u64> = (0..200).collect();
        let made = Workshop::new().each(&items, |item| {
            let under_way = UNDER_WAY.get() + 1;
            UNDER_WAY.set(under_way);
            let shared: u64 = (0..64_u64).into_par_iter().map(|share| (share * item) % 7).sum();
            UNDER_WAY.set(under_way - 1);
            if under_way == 1 { Ok(shared) } else { Err(under_way) }
        });
        let alone: Vec<u64> =
            items.iter().map(|item| (0..64).map(|share| (share * item) % 7).sum()).collect();
        assert_eq!(made, Ok(alone), "in the order of the items");
    }

    #[test]
    fn what_was_damaged_is_made_again() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let workshop = Workshop::new().keeping_in(folder.path());
        keep(&workshop, &[b"a"], "one");
        for entry in fs::read_dir(folder.path()).expect("the folder") {
            let path = entry.expect("an entry").path();
            let mut bytes = fs::read(&path).expect("it can be read");
            bytes.pop();
            fs::write(&path, bytes).expect("it can be written");
        }
        assert_eq!(keep(&workshop, &[b"a"], "two"), b"two");
    }

    #[test]
    fn results_and_errors_come_in_order() {
        let workshop = Workshop::new();
        let items: Vec<u32> = (0..100).collect();
        let doubled = workshop.each(&items, |item| Ok::<_, u32>(item * 2)).expect("no error");
        assert_eq!(doubled, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        let first = workshop.each(&items, |item| if item % 7 == 3 { Err(*item) } else { Ok(()) });
        assert_eq!(first, Err(3));
    }
}
