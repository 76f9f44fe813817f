//! Any bytes as a LimeSurvey file: a form that can be written and read again, or a refusal.

#![no_main]

use exchange::Form;
use exchange::lss::read;
use libfuzzer_sys::fuzz_target;
use questionnaire::Files;

/// A small file with three holes: `{C}` a condition, `{T}` a label, `{F}` a filter.
const SMALL: &str = include_str!("../small.lss");

fuzz_target!(|bytes: &[u8]| {
    let filled = match bytes.split_first() {
        Some((hole @ (b'C' | b'T' | b'F'), rest)) => {
            let Ok(text) = std::str::from_utf8(rest) else { return };
            let mut file = SMALL.to_owned();
            for (letter, default) in [(b'C', "1"), (b'T', "Un texte"), (b'F', "outils")] {
                let name = format!("{{{}}}", char::from(letter));
                // What would end the section of characters is taken out: the file itself is the other case.
                let text = if *hole == letter { text.replace("]]>", "") } else { default.to_owned() };
                file = file.replace(&name, &text);
            }
            file.into_bytes()
        }
        _ => bytes.to_vec(),
    };
    let Ok(imported) = read(&filled) else { return };
    let files = imported.form.to_files();
    for name in files.keys() {
        let language = name.strip_prefix("translations/").and_then(|name| name.strip_suffix(".toml"));
        assert!(language.map_or(name == "questionnaire.toml", |code| !code.contains(['/', '.', '\\'])), "{name}");
    }
    assert_eq!(Form::read(&Files::new(files)).expect("what is written can be read"), imported.form);
    for question in imported.form.questions() {
        let rows = question.rows.iter().filter_map(|row| row.show_if.as_ref());
        let options = question.options.iter().filter_map(|option| option.show_if.as_ref());
        for condition in question.show_if.iter().chain(rows).chain(options) {
            assert!(questionnaire::expr::parse(condition).is_ok(), "{condition}");
        }
    }
});
