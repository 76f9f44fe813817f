//! Any two questionnaires: each is identical to itself, and what one has added the other has lost.

#![no_main]

use exchange::compare::{Decisions, Level, Outline, compare, json, open, table};
use exchange::surveyjs::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some((b'#', rest)) = bytes.split_first() {
        let Ok(text) = std::str::from_utf8(rest) else { return };
        match Decisions::parse(text) {
            Ok(decisions) => {
                let empty = Outline::default();
                let _ = decisions.check(&compare(&empty, &empty));
            }
            Err(problems) => {
                assert!(!problems.is_empty());
                for problem in problems {
                    assert!(text.get(problem.span.clone()).is_some(), "{problem}");
                }
            }
        }
        return;
    }
    let (old, new) = match bytes.iter().position(|byte| *byte == 0) {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, bytes),
    };
    let (Ok(old), Ok(new)) = (read("old", old), read("new", new)) else { return };
    for one in [&old, &new] {
        assert_eq!(compare(one, one).level, Level::Identical);
    }
    let (there, back) = (compare(&old, &new), compare(&new, &old));
    assert_eq!(there.counts.questions.shared, back.counts.questions.shared);
    assert_eq!(there.counts.questions.added, back.counts.questions.gone);
    assert_eq!(there.counts.answer_lists, back.counts.answer_lists);
    assert_eq!(there.counts.reworded, back.counts.reworded);
    let none = Decisions::default();
    assert!(!table(&there).is_empty());
    assert!(json(&there, &none).starts_with('{'));
    let _ = open(&there, &none);
});
