//! Journeys over the real binary, and the architecture held.

mod architecture;
mod definition;
mod hostile;
mod journey;
mod kept;
mod keyboard;
mod paper;
mod revision;
mod river;
