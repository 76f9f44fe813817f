//! The languages of the pages: a catalogue each, and how hours, days and numbers are written.

use chrono::{DateTime, Datelike as _, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use crate::texts::{self, Texts};
use crate::{english, french};

/// A language that the pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// French.
    French,
    /// British English.
    English,
}

impl Language {
    /// The languages of the pages for a questionnaire in these, its own first. Questions in a language that the pages do
    /// not speak are framed in French.
    pub(crate) fn offered(codes: &[String]) -> Vec<Self> {
        let mut languages: Vec<Self> = codes.iter().filter_map(|code| Self::of(code)).collect();
        if codes.first().is_none_or(|first| Self::of(first).is_none()) {
            languages.retain(|&language| language != Self::French);
            languages.insert(0, Self::French);
        }
        languages
    }

    /// The language with this code; `None` when no catalogue is in it.
    pub(crate) fn of(code: &str) -> Option<Self> {
        [Self::French, Self::English].into_iter().find(|language| language.code() == code)
    }

    /// Its code, for the attribute `lang`.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::English => "en",
        }
    }

    /// Its own name for itself.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::French => "Français",
            Self::English => "English",
        }
    }

    /// Its catalogue.
    pub(crate) fn texts(self) -> &'static Texts {
        match self {
            Self::French => texts::french(),
            Self::English => texts::english(),
        }
    }

    /// The source of its catalogue.
    pub(crate) fn source(self) -> &'static str {
        match self {
            Self::French => texts::FRENCH_SOURCE,
            Self::English => texts::ENGLISH_SOURCE,
        }
    }

    /// The hour in Paris.
    pub(crate) fn time(self, at: DateTime<Utc>) -> String {
        match self {
            Self::French => french::time(paris(at)),
            Self::English => english::time(paris(at)),
        }
    }

    /// The day in Paris.
    pub(crate) fn date(self, at: DateTime<Utc>) -> String {
        match self {
            Self::French => french::date(paris(at)),
            Self::English => english::date(paris(at)),
        }
    }

    /// A whole number.
    pub(crate) fn number(self, value: i64) -> String {
        match self {
            Self::French => french::number(value),
            Self::English => english::number(value),
        }
    }
}

/// The digits of a number, thousands set apart by this sign.
pub(crate) fn grouped(value: i64, sign: char) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::new();
    if value < 0 {
        text.push('-');
    }
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(sign);
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

/// The beginning of the day in Paris.
pub(crate) fn midnight(at: DateTime<Utc>) -> DateTime<Utc> {
    let midnight = paris(at).date_naive().and_time(NaiveTime::MIN);
    let instants = [2, 1].map(|hours| (midnight - Duration::hours(hours)).and_utc());
    let found = instants.into_iter().find(|&instant| paris(instant).naive_local() == midnight);
    found.expect("clocks change at two or three, never at midnight")
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
        let hour = |text: &str| Language::English.time(at(text));
        assert_eq!(hour("2026-03-29T00:59:59Z"), "01:59");
        assert_eq!(hour("2026-03-29T01:00:00Z"), "03:00");
        assert_eq!(hour("2026-10-25T00:59:59Z"), "02:59");
        assert_eq!(hour("2026-10-25T01:00:00Z"), "02:00");
        assert_eq!(hour("2027-03-28T01:00:00Z"), "03:00");
    }

    #[test]
    fn a_day_is_the_day_in_paris_in_both_languages() {
        let late = at("2026-11-30T23:30:00Z");
        assert_eq!(Language::French.date(late), "1er\u{a0}décembre 2026");
        assert_eq!(Language::English.date(late), "1\u{a0}December 2026");
    }

    #[test]
    fn a_day_begins_at_midnight_in_paris_also_when_clocks_change() {
        for (now, expected) in [
            ("2026-11-21T19:30:12Z", "2026-11-20T23:00:00Z"),
            ("2026-11-20T22:59:59Z", "2026-11-19T23:00:00Z"),
            ("2026-11-20T23:00:00Z", "2026-11-20T23:00:00Z"),
            ("2026-07-14T22:30:00Z", "2026-07-14T22:00:00Z"),
            ("2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z"),
            ("2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z"),
        ] {
            assert_eq!(midnight(at(now)), at(expected), "{now}");
        }
    }

    #[test]
    fn a_language_without_a_catalogue_is_not_spoken() {
        assert_eq!(Language::of("en"), Some(Language::English));
        assert_eq!(Language::of("oc"), None);
    }
}
