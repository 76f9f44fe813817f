//! Folders that are as they were published, and folders that are not.

mod bytes;
mod fields;
mod figures;
mod folder;
mod signature;
