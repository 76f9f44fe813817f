//! Reading columns: what a row should hold, or [`StoreError::Corrupt`] that says where and why.
//!
//! No message quotes what was found in a column of answers: errors end in logs, and answers never do.

use questionnaire::Answers;

use crate::{EditionState, RecordState, StoreError};

/// The column `answers` of a table.
///
/// # Errors
/// `Corrupt` when it is not UTF-8, or not a JSON object of answers.
pub fn answers(table: &'static str, key: &str, found: &[u8]) -> Result<Answers, StoreError> {
    let corrupt =
        |message: String| StoreError::Corrupt { table, column: "answers", key: key.to_owned(), message };
    let text = std::str::from_utf8(found)
        .map_err(|error| corrupt(format!("not UTF-8 at byte {}", error.valid_up_to())))?;
    Answers::from_json(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        corrupt(format!("not a JSON object of answers, at line {line} column {column}"))
    })
}

/// The column `state` of `responses`.
///
/// # Errors
/// `Corrupt` when it is no state.
pub fn state(key: &str, found: &str) -> Result<RecordState, StoreError> {
    RecordState::from_code(found).ok_or_else(|| StoreError::Corrupt {
        table: "responses",
        column: "state",
        key: key.to_owned(),
        message: format!("`{found}` (expected `draft`, `submitted`, `refused` or `withdrawn`)"),
    })
}

/// The column `state` of `editions`.
///
/// # Errors
/// `Corrupt` when it is no state.
pub fn edition_state(edition: &str, found: &str) -> Result<EditionState, StoreError> {
    EditionState::from_code(found).ok_or_else(|| StoreError::Corrupt {
        table: "editions",
        column: "state",
        key: edition.to_owned(),
        message: format!("`{found}` (expected `open` or `closed`)"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_about_bad_answers_quotes_none_of_them() {
        for text in [r#""secret""#, r#"{"a": "secret", "b": null}"#, r#"{"a": "secret""#, r#"["secret"]"#] {
            let error = answers("responses", "key", text.as_bytes()).expect_err(text).to_string();
            assert!(!error.contains("secret"), "{error}");
            assert!(
                error.starts_with("table `responses`, column `answers`, key key: not a JSON object"),
                "{error}"
            );
        }
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_corrupt() {
        let error = answers("contacts", "key", b"{\xff}").expect_err("0xff is not UTF-8");
        assert_eq!(error.to_string(), "table `contacts`, column `answers`, key key: not UTF-8 at byte 1");
    }

    #[test]
    fn codes_are_read_as_they_were_written() {
        for code in ["draft", "submitted", "refused", "withdrawn"] {
            assert_eq!(state("key", code).expect(code).code(), code);
        }
        for code in ["open", "closed"] {
            assert_eq!(edition_state("2026", code).expect(code).code(), code);
        }
        assert!(state("key", "Draft").is_err());
    }
}
