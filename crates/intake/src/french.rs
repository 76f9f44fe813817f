//! Hours, days and numbers as they are written in France.

use chrono::{DateTime, Datelike as _, FixedOffset, Timelike as _};

use crate::language::grouped;

/// No-break space, between a figure and its unit.
const NBSP: char = '\u{a0}';

/// Narrow no-break space, between thousands.
const NARROW: char = '\u{202f}';

const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// « 21 h 04 ».
pub(crate) fn time(local: DateTime<FixedOffset>) -> String {
    format!("{}{NBSP}h{NBSP}{:02}", local.hour(), local.minute())
}

/// « 1er décembre 2026 ».
pub(crate) fn date(local: DateTime<FixedOffset>) -> String {
    let day = if local.day() == 1 { "1er".to_owned() } else { local.day().to_string() };
    format!("{day}{NBSP}{} {}", MONTHS[local.month0() as usize], local.year())
}

/// « 200 000 ».
pub(crate) fn number(value: i64) -> String {
    grouped(value, NARROW)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<FixedOffset> {
        text.parse().expect("a test instant")
    }

    #[test]
    fn hours_and_days_are_written_as_in_france() {
        assert_eq!(time(at("2026-03-29T01:09:59+01:00")), "1\u{a0}h\u{a0}09");
        assert_eq!(date(at("2026-12-01T00:30:00+01:00")), "1er\u{a0}décembre 2026");
        assert_eq!(date(at("2026-11-21T21:04:00+01:00")), "21\u{a0}novembre 2026");
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(number(200_000), "200\u{202f}000");
        assert_eq!(number(999), "999");
        assert_eq!(number(-1000), "-1\u{202f}000");
    }
}
