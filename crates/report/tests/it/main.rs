//! The report, tested on a made-up publication that has every kind of figure and hostile labels.

mod charts;
mod charts_hostile;
mod downloads;
mod fixture;
mod languages;
mod pages;
mod paper;
mod workshop;
