//! Publications on disk.

mod files;
