//! What the attacker must find, and what it must not.

mod reading;
