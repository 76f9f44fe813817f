//! What the attacker must find, and what it must not.

mod by_hand;
mod digits;
mod reading;
mod world;
