//! Definitions that no one would write: very long, very deep, going in circles, or plainly damaged. They are refused in
//! words, or read; nothing makes the program stop.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::*;
use questionnaire::{Answer, Answers, Edition, Files};

use crate::small;

/// Checks the small edition with one file replaced.
#[track_caller]
fn problems(file: &str, text: String) -> Vec<questionnaire::Problem> {
    let mut files = small::files();
    files.insert(file.to_owned(), text);
    small::parse(files).err().unwrap_or_default()
}

/// The small edition in French only, with this much more in its questionnaire and its indicators.
fn longer(questions: &str, derived: &str, indicators: &str) -> BTreeMap<String, String> {
    let mut files = small::with("questionnaire.toml", "languages = [\"fr\", \"en\"]", "languages = [\"fr\"]");
    files.retain(|name, _| !name.ends_with("/en.toml"));
    let questionnaire = files.get_mut("questionnaire.toml").unwrap();
    let end = "[[check]]\ncode = \"aucun_salarie\"";
    *questionnaire = questionnaire.replacen(end, &format!("{questions}{end}"), 1);
    let text = files.get_mut("indicators.toml").unwrap();
    *text = text.replacen("[score]", &format!("{derived}[score]"), 1) + indicators;
    files
}

fn question(out: &mut String, number: usize, show_if: &str) {
    writeln!(
        out,
        "[[section.screen]]\ncode = \"e{number}\"\n\n[[section.screen.question]]\ncode = \"q{number}\"\n\
         type = \"single\"\ndimension = \"PRO\"\ntext = \"Question {number}\"\nshow_if = \"{show_if}\"\n\
         base_label = \"tous\"\noptions = [{{ code = \"oui\", label = \"Oui\" }}, {{ code = \"non\", label = \"Non\" }}]\n"
    )
    .unwrap();
}

#[test]
fn ten_thousand_questions_are_checked_and_answered() {
    let (mut questions, mut derived, mut indicators) = (String::new(), String::new(), String::new());
    for number in 0..10_000 {
        let before = if number == 0 { "accord".to_owned() } else { format!("q{}", number - 1) };
        question(&mut questions, number, &format!("{before} in {{oui}}"));
        writeln!(
            derived,
            "[[derived]]\nname = \"d{number}\"\nflag = {{ when = \"q{number} in {{oui}}\", unmeasured = \"not asked(q{number})\" }}\n"
        )
        .unwrap();
        writeln!(
            indicators,
            "[[indicator]]\ncode = \"I{number}\"\nlabel = \"I\"\ndimension = \"PRO\"\nnumerator = \"derived.d{number} = 1\"\n\
             base = \"asked(q{number})\"\nbase_label = \"tous\"\nunit = \"%\"\n"
        )
        .unwrap();
    }
    let edition = small::parse(longer(&questions, &derived, &indicators)).unwrap();
    assert_eq!(edition.questionnaire.questions.len(), 10_012);
    let answers = (0..5_000).fold(Answers::new().with("accord", Answer::text("oui")), |answers, number| {
        answers.with(&format!("q{number}"), Answer::text("oui"))
    });
    let (path, kept) = edition.route(&answers);
    assert_eq!(kept.len(), 5_001);
    assert!(path.asks(edition.questionnaire.question_index("q5000").unwrap()));
}

#[test]
fn ten_thousand_faults_are_all_named() {
    let mut questions = String::new();
    for number in 0..10_000 {
        question(&mut questions, number, &format!("q_{number} in {{oui}}"));
    }
    let problems = small::parse(longer(&questions, "", "")).unwrap_err();
    assert_eq!(problems.len(), 10_000);
    assert!(problems.iter().all(|problem| problem.code == "unknown-question"));
    assert!(problems.is_sorted_by_key(|problem| problem.line) && problems[9_999].line > 100_000);
}

#[test]
fn ten_thousand_answers_and_rows_are_read() {
    let mut options = String::new();
    for number in 0..10_000 {
        writeln!(options, "  {{ code = \"o{number}\", label = \"O\", show_if = \"salaries >= 1\" }},")
            .unwrap();
    }
    let rows = options.replace("\"o", "\"r");
    let question = format!(
        "[[section.screen]]\ncode = \"e\"\n\n[[section.screen.question]]\ncode = \"q\"\ntype = \"matrix\"\n\
         dimension = \"PRO\"\ntext = \"Q\"\noptions = [\n{options}]\nrows = [\n{rows}]\n\n"
    );
    assert!(small::parse(longer(&question, "", "")).is_ok());
}

#[test]
fn derived_variables_that_go_in_a_circle_are_refused() {
    let circle = "[[derived]]\nname = \"a\"\nnumber = \"derived.b\"\n\n[[derived]]\nname = \"b\"\nnumber = \"derived.a\"\n\n";
    let problems = small::parse(longer("", circle, "")).unwrap_err();
    assert_eq!(problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["defined-later"]);
    assert!(problems[0].help.as_ref().unwrap().contains("read each other"));
}

#[test]
fn derived_variables_that_read_the_one_before_twice_are_computed_once() {
    let mut derived = "[[derived]]\nname = \"d0\"\nnumber = \"salaries\"\n\n".to_owned();
    for number in 1..60 {
        let read = format!("derived.d{} >= 1", number - 1);
        writeln!(
            derived,
            "[[derived]]\nname = \"d{number}\"\nflag = {{ when = \"{read} and {read}\", unmeasured = \"{read} and {read} and false\" }}\n"
        )
        .unwrap();
    }
    let mut questions = String::new();
    question(&mut questions, 0, "derived.d59 = 1 and derived.d59 = 1");
    let edition = small::parse(longer(&questions, &derived, "")).unwrap();
    let answers = Answers::new().with("accord", Answer::text("oui")).with("salaries", Answer::Integer(3));
    assert!(edition.path(&answers).asks(edition.questionnaire.question_index("q0").unwrap()));
}

#[test]
fn ten_thousand_derived_variables_one_on_another_are_refused() {
    let mut derived = "[[derived]]\nname = \"d0\"\nnumber = \"salaries\"\n\n".to_owned();
    for number in 1..10_000 {
        writeln!(derived, "[[derived]]\nname = \"d{number}\"\nnumber = \"derived.d{}\"\n", number - 1)
            .unwrap();
    }
    let problems = small::parse(longer("", &derived, "")).unwrap_err();
    assert!(problems.iter().all(|problem| problem.code == "too-deep"), "{}", problems[0]);
}

#[test]
fn an_expression_nested_ten_thousand_deep_is_refused_at_its_place() {
    for (open, close) in [("(", ")"), ("not ", ""), ("not (", ")"), ("count(", ")")] {
        let condition = format!("{}accord in {{oui}}{}", open.repeat(10_000), close.repeat(10_000));
        let mut questions = String::new();
        question(&mut questions, 0, &condition);
        let problems = small::parse(longer(&questions, "", "")).unwrap_err();
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].code, "syntax");
        assert!(problems[0].message.contains("split it into derived variables"), "{}", problems[0]);
    }
}

#[test]
fn the_longest_and_deepest_expression_that_is_accepted_can_be_evaluated() {
    let chain = vec!["salaries<1"; 970].join(" or ");
    let nested = format!("{}{chain}{}", "not (".repeat(31), ")".repeat(31));
    for condition in [chain, nested] {
        let mut questions = String::new();
        question(&mut questions, 0, &condition);
        let edition = small::parse(longer(&questions, "", "")).unwrap();
        let answers = Answers::new().with("accord", Answer::text("oui")).with("salaries", Answer::Integer(0));
        let _ = edition.clone().facts(&answers);
    }
}

#[test]
fn toml_nested_ten_thousand_deep_is_refused() {
    let deep = 10_000;
    for text in [
        format!("title = {}{}", "[".repeat(deep), "]".repeat(deep)),
        format!("title = {}1{}", "{ a = ".repeat(deep), " }".repeat(deep)),
        format!("[{}]", vec!["a"; deep].join(".")),
        format!("{} = 1", vec!["a"; deep].join(".")),
    ] {
        for file in
            ["questionnaire.toml", "indicators.toml", "plan.toml", "texts/fr.toml", "translations/en.toml"]
        {
            let problems = problems(file, text.clone());
            let found: Vec<&str> = problems.iter().filter(|p| p.file == file).map(|p| p.code).collect();
            assert_eq!(found, ["toml-syntax"], "{file}: {}", &text[..20]);
        }
    }
}

#[test]
fn a_key_repeated_a_hundred_thousand_times_and_a_line_of_a_million_signs_are_refused() {
    assert!(!problems("questionnaire.toml", "a = 1\n".repeat(100_000)).is_empty());
    assert!(!problems("questionnaire.toml", format!("title = \"{}", "é".repeat(1_000_000))).is_empty());
    let mut keys = String::new();
    for number in 0..20_000 {
        writeln!(keys, "k{number} = {number}").unwrap();
    }
    let unknown = problems("translations/en.toml", keys);
    assert!(unknown.iter().filter(|problem| problem.code == "wrong-type").count() == 20_000);
}

#[test]
fn files_saved_on_windows_are_read_like_any_other() {
    let files = small::files()
        .into_iter()
        .map(|(name, text)| (name, format!("\u{feff}{}", text.replace('\n', "\r\n"))))
        .collect();
    let edition = small::parse(files).unwrap_or_else(|problems| panic!("{}", problems[0]));
    let plain = small::edition();
    assert_eq!(
        format!("{:?}", edition.questionnaire.questions),
        format!("{:?}", plain.questionnaire.questions)
    );
}

/// The files of the real edition, less most communes: parsing them takes longest and teaches nothing here.
fn real() -> &'static BTreeMap<String, String> {
    static FILES: std::sync::LazyLock<BTreeMap<String, String>> = std::sync::LazyLock::new(|| {
        let mut files = crate::files();
        let communes = files.get_mut("nomenclatures/communes.csv").unwrap();
        *communes = communes.lines().take(200).map(|line| format!("{line}\n")).collect();
        files
    });
    &FILES
}

/// Words of the definitions, to put one in the place of another.
fn words() -> &'static [&'static str] {
    static WORDS: std::sync::LazyLock<Vec<&'static str>> = std::sync::LazyLock::new(|| {
        let text = &real()["questionnaire.toml"];
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let mut words: Vec<&str> = text.split(|c| !is_part(c)).filter(|word| !word.is_empty()).collect();
        words.extend([
            "[[",
            "]]",
            "{",
            "}",
            "\"",
            "=",
            "\n",
            "(",
            ")",
            "'''",
            "-1",
            "1e400",
            "9223372036854775808",
            "é",
        ]);
        words.sort_unstable();
        words.dedup();
        words
    });
    &WORDS
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever is cut, doubled, or put in the place of something else, the definition is read or refused, and every
    /// problem points into its file.
    #[test]
    fn a_damaged_definition_is_read_or_refused(
        file in 0_usize..32,
        edits in proptest::collection::vec((any::<u32>(), 0_usize..40, any::<u32>(), 0_u8..4), 1..6),
    ) {
        let mut files = real().clone();
        let names: Vec<String> = files.keys().cloned().collect();
        let name = &names[file % names.len()];
        let mut text: Vec<char> = files[name].chars().collect();
        for (at, length, choice, kind) in edits {
            let from = at as usize % (text.len() + 1);
            let to = (from + length).min(text.len());
            let word = words()[choice as usize % words().len()];
            let new: Vec<char> = match kind {
                0 => Vec::new(),
                1 => word.chars().collect(),
                2 => text[from..to].iter().chain(&text[from..to]).copied().collect(),
                _ => char::from_u32(choice % 0x11_0000).into_iter().collect(),
            };
            text.splice(from..to, new);
        }
        files.insert(name.clone(), text.into_iter().collect());
        let result = Edition::parse("s", "e", &Files::new(files.clone()));
        for problem in result.err().unwrap_or_default() {
            let text = files.get(&problem.file).map_or("", String::as_str);
            prop_assert!(text.get(problem.span.clone()).is_some(), "{}", problem);
            prop_assert!(problem.line <= text.lines().count() + 1, "{}", problem);
        }
    }

    /// No text makes the reader of expressions stop.
    #[test]
    fn any_text_is_an_expression_or_is_refused(words in proptest::collection::vec(0_usize..34, 0..40)) {
        const WORDS: [&str; 34] = [
            "(", ")", "{", "}", ",", ">=", "<=", "=", "==", "<", ">", "and", "or", "not", "in", "has_any", "has_all",
            "asked", "measured", "count", "count_in", "mean", "true", "derived.taille", "salaries", "famille", "outils",
            "taches", "taches.comptes", "identifiant.type", "association", "12", "1.5", "é",
        ];
        let text = words.into_iter().map(|word| WORDS[word]).collect::<Vec<_>>().join(" ");
        let mut questions = String::new();
        question(&mut questions, 0, &text);
        for problem in small::parse(longer(&questions, "", "")).err().unwrap_or_default() {
            prop_assert_eq!(problem.file.as_str(), "questionnaire.toml", "{}", problem);
        }
    }
}
