//! The crowd against the real pages, over the network.

mod site;
mod visits;
