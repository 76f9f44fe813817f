//! Journeys over the real binary, and the architecture held.

mod access;
mod architecture;
mod beside;
mod canaries;
mod crash;
mod crowd;
mod definition;
mod disk;
mod filling;
mod hostile;
mod journey;
mod kept;
mod keyboard;
mod matrix;
mod paper;
mod printed;
mod programs;
mod purge;
mod revision;
mod river;
