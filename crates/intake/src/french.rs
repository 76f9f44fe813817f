//! Hours, days and numbers as they are written in France.

use chrono::{
    DateTime, Datelike as _, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _, Utc,
};

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

/// « 21 h 04 », in Paris.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    let local = paris(at);
    format!("{}{NBSP}h{NBSP}{:02}", local.hour(), local.minute())
}

/// « 1er décembre 2026 », in Paris.
pub(crate) fn date(at: DateTime<Utc>) -> String {
    let local = paris(at);
    let day = if local.day() == 1 { "1er".to_owned() } else { local.day().to_string() };
    format!("{day}{NBSP}{} {}", MONTHS[local.month0() as usize], local.year())
}

/// « 200 000 ».
pub(crate) fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::new();
    if value < 0 {
        text.push('-');
    }
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(NARROW);
        }
        text.push(digit);
    }
    text
}

/// The same instant on clocks in Paris: UTC+2 from the last Sunday of March at 01:00 UTC to the last Sunday of
/// October at 01:00 UTC, UTC+1 otherwise (directive 2000/84/EC, articles 2 and 3).
fn paris(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    let utc = at.naive_utc();
    let is_summer = utc >= change(utc.year(), 3) && utc < change(utc.year(), 10);
    let hours = if is_summer { 2 } else { 1 };
    at.with_timezone(&FixedOffset::east_opt(hours * 3600).expect("one or two hours are an offset"))
}

/// The last Sunday of a month of 31 days, 01:00.
fn change(year: i32, month: u32) -> NaiveDateTime {
    let last = NaiveDate::from_ymd_opt(year, month, 31).expect("March and October have 31 days");
    let back = Duration::days(i64::from(last.weekday().num_days_from_sunday()));
    (last - back).and_time(NaiveTime::from_hms_opt(1, 0, 0).expect("one o'clock exists"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a test instant")
    }

    #[test]
    fn clocks_change_on_the_last_sundays_of_march_and_october() {
        assert_eq!(time(at("2026-03-29T00:59:59Z")), "1\u{a0}h\u{a0}59");
        assert_eq!(time(at("2026-03-29T01:00:00Z")), "3\u{a0}h\u{a0}00");
        assert_eq!(time(at("2026-10-25T00:59:59Z")), "2\u{a0}h\u{a0}59");
        assert_eq!(time(at("2026-10-25T01:00:00Z")), "2\u{a0}h\u{a0}00");
        assert_eq!(time(at("2027-03-28T01:00:00Z")), "3\u{a0}h\u{a0}00");
    }

    #[test]
    fn a_day_is_the_day_in_paris() {
        assert_eq!(date(at("2026-11-30T23:30:00Z")), "1er\u{a0}décembre 2026");
        assert_eq!(date(at("2026-11-21T20:04:00Z")), "21\u{a0}novembre 2026");
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(number(200_000), "200\u{202f}000");
        assert_eq!(number(999), "999");
        assert_eq!(number(-1000), "-1\u{202f}000");
    }
}
