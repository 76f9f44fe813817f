//! Journeys over the real binary, and the architecture held.

mod access;
mod architecture;
mod crash;
mod crowd;
mod definition;
mod disk;
mod hostile;
mod journey;
mod kept;
mod keyboard;
mod paper;
mod revision;
mod river;
