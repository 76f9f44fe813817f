//! Tests that look into exact estimates, which nothing outside the crate can: they are compiled with it.

mod cleaning;
#[path = "../it/definition.rs"]
mod definition;
mod estimation;
mod protection;
mod reference;
#[path = "../it/sample.rs"]
mod sample;
mod years;
