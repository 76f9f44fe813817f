//! Any bytes in the place of one file: the definition is read, or refused with problems that point into its files.

#![no_main]

use libfuzzer_sys::fuzz_target;
use questionnaire::{Answer, Answers, Edition, Files};

#[path = "../small.rs"]
mod small;

fuzz_target!(|bytes: &[u8]| {
    let Some((which, rest)) = bytes.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let mut files = small::files();
    let names: Vec<String> = files.keys().cloned().collect();
    files.insert(names[usize::from(*which) % names.len()].clone(), text.to_owned());
    let files = Files::new(files);
    match Edition::parse("s", "e", &files) {
        Ok(edition) => {
            for language in &edition.questionnaire.languages {
                assert!(edition.localised(language).is_some());
            }
            let answers = Answers::new().with("accord", Answer::text("oui")).with("commune", Answer::text("35238"));
            let (path, kept) = edition.route(&answers);
            assert_eq!(edition.route(&kept), (path, kept.clone()));
            let _ = edition.validate(&answers);
        }
        Err(problems) => {
            assert!(!problems.is_empty());
            for problem in problems {
                let text = files.text(&problem.file).unwrap_or("");
                assert!(text.get(problem.span.clone()).is_some(), "{problem}");
            }
        }
    }
});
