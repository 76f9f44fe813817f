//! Any text is an expression, or is refused at a place inside it.

#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use questionnaire::{Answer, Answers, Edition, Files};

#[path = "../small.rs"]
mod small;

/// The questionnaire around the condition.
static AROUND: LazyLock<(String, String)> = LazyLock::new(|| {
    let text = small::file("questionnaire.toml");
    let (before, after) = text.split_once("show_if = \"count(outils) >= 2\"").expect("the base has it");
    (format!("{before}show_if = "), after.to_owned())
});

fuzz_target!(|text: &str| {
    if let Err(error) = questionnaire::expr::parse(text) {
        assert!(text.get(error.span.clone()).is_some(), "{error:?}");
    }
    let (before, after) = &*AROUND;
    let mut files: BTreeMap<String, String> = small::files();
    // In TOML's longest quotes, with what would end them taken out.
    let quoted = text.replace("'''", "").replace(|c: char| c.is_control() && c != '\n' && c != '\t', "");
    files.insert("questionnaire.toml".to_owned(), format!("{before}'''\n{quoted} '''{after}"));
    let files = Files::new(files);
    match Edition::parse("s", "e", &files) {
        Ok(edition) => {
            let answers = Answers::new()
                .with("accord", Answer::text("oui"))
                .with("salaries", Answer::Integer(3))
                .with("outils", Answer::multiple(["visio", "site"]));
            let _ = edition.validate(&answers);
            let _ = edition.facts(&answers);
        }
        Err(problems) => {
            for problem in problems {
                let text = files.text(&problem.file).unwrap_or("");
                assert!(text.get(problem.span.clone()).is_some(), "{problem}");
            }
        }
    }
});
