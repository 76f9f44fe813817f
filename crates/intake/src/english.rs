//! Hours, days and numbers as they are written in Britain.

use chrono::{DateTime, Datelike as _, FixedOffset, Timelike as _};

use crate::language::grouped;

/// No-break space, between a day and its month.
const NBSP: char = '\u{a0}';

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `09:04`.
pub(crate) fn time(local: DateTime<FixedOffset>) -> String {
    format!("{:02}:{:02}", local.hour(), local.minute())
}

/// `1 December 2026`.
pub(crate) fn date(local: DateTime<FixedOffset>) -> String {
    format!("{}{NBSP}{} {}", local.day(), MONTHS[local.month0() as usize], local.year())
}

/// `200,000`.
pub(crate) fn number(value: i64) -> String {
    grouped(value, ',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<FixedOffset> {
        text.parse().expect("a test instant")
    }

    #[test]
    fn hours_and_days_are_written_as_in_britain() {
        assert_eq!(time(at("2026-03-29T09:05:59+01:00")), "09:05");
        assert_eq!(date(at("2026-12-01T00:30:00+01:00")), "1\u{a0}December 2026");
    }

    #[test]
    fn thousands_are_set_apart_by_a_comma() {
        assert_eq!(number(200_000), "200,000");
        assert_eq!(number(999), "999");
        assert_eq!(number(-1000), "-1,000");
    }
}
