//! Questionnaires of LimeSurvey: what is carried over, what is listed, and what a hostile file can do.

use std::collections::BTreeMap;
use std::path::Path;

use exchange::Form;
use exchange::compare::{Level, Outline, compare};
use exchange::form::Question;
use exchange::lss::{Imported, LssError, MOST_BYTES, read};
use proptest::prelude::*;
use questionnaire::{Edition, Files};

use crate::surveys::files_2026;

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lss").join(name)).unwrap()
}

fn imported(name: &str) -> Imported {
    read(&bytes(name)).unwrap()
}

fn question<'f>(form: &'f Form, code: &str) -> &'f Question {
    form.questions().find(|question| question.code == code).unwrap_or_else(|| panic!("no question {code}"))
}

/// All that is written, as one text.
fn written(form: &Form) -> String {
    form.to_files().into_values().collect::<Vec<_>>().join("\n")
}

#[test]
fn what_a_form_can_hold_is_carried_over() {
    let Imported { form, .. } = imported("associations_v6.lss");
    assert_eq!(form.title, "Les associations et le numérique");
    assert_eq!(form.languages, ["fr", "en"]);
    let codes: Vec<&str> = form.questions().map(|question| question.code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "statut",
            "nom",
            "salaries",
            "outils",
            "frequence",
            "satisfait",
            "note",
            "pourquoi",
            "accord",
            "avis",
            "liste"
        ]
    );
    let statut = question(&form, "statut");
    assert_eq!((statut.kind.as_str(), statut.required), ("single", true));
    assert_eq!(statut.text, "Quel est votre statut\u{a0}?");
    let options: Vec<_> = statut.options.iter().map(|o| (o.code.as_str(), o.label.as_str())).collect();
    assert_eq!(
        options,
        [("A1", "Association"), ("A2", "Coopérative"), ("A_3", "Autre forme"), ("other", "Une autre")]
    );
    let nom = question(&form, "nom");
    assert_eq!((nom.kind.as_str(), nom.max_length, nom.personal), ("text", Some(80), true));
    let salaries = question(&form, "salaries");
    assert_eq!((salaries.kind.as_str(), salaries.min, salaries.max), ("integer", Some(0), Some(5000)));
    let outils = question(&form, "outils");
    assert_eq!((outils.kind.as_str(), outils.max_choices), ("multiple", Some(2)));
    assert_eq!(
        (&outils.exclusive[..], outils.help.as_deref()),
        (&["rien".to_owned()][..], Some("Plusieurs réponses possibles."))
    );
    let frequence = question(&form, "frequence");
    let rows: Vec<_> = frequence.rows.iter().map(|row| (row.code.as_str(), row.show_if.as_deref())).collect();
    assert_eq!(
        rows,
        [("paie", Some("salaries > 0")), ("site", Some("outils has_any {site}")), ("visio", None)]
    );
    assert_eq!(question(&form, "accord").options.len(), 3);
    let english = &form.translations["en"];
    assert_eq!(english.get("question.statut.options.other"), Some("Another one"));
    assert_eq!(english.get("question.frequence.rows.paie"), Some("Payroll"));
    assert_eq!(english.get("section.G2"), Some("Your uses"));
    assert_eq!(english.get("question.accord.options.U"), Some("Uncertain"));
}

#[test]
fn conditions_are_translated_with_that_of_the_group() {
    let Imported { form, .. } = imported("associations_v6.lss");
    let base = |code: &str| question(&form, code).show_if.clone();
    assert_eq!(base("statut"), None);
    assert_eq!(base("salaries").as_deref(), Some("statut in {A1}"));
    assert_eq!(base("outils").as_deref(), Some("measured(statut)"));
    assert_eq!(
        base("satisfait").as_deref(),
        Some("(measured(statut)) and (outils has_any {site} or salaries >= 10)")
    );
    assert_eq!(
        base("note").as_deref(),
        Some("(measured(statut)) and (asked(satisfait) and satisfait in {N})")
    );
    // What has no equal is not applied; the condition of the group still is.
    assert_eq!(base("pourquoi").as_deref(), Some("measured(statut)"));
}

#[test]
fn a_condition_reads_only_earlier_screens() {
    for name in ["associations_v6.lss", "associations_v2.lss"] {
        let Imported { form, .. } = imported(name);
        let files = files_2026();
        let mut all: BTreeMap<String, String> =
            files.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
        all.extend(form.to_files());
        // The other files are of another edition; what is said of this one is that words for bases are missing.
        let problems = Edition::parse("s", "e", &Files::new(all)).unwrap_err();
        let own: Vec<String> = problems
            .iter()
            .filter(|problem| problem.file == "questionnaire.toml" && !problem.message.contains("base_label"))
            .filter(|problem| problem.code != "missing-file")
            .map(ToString::to_string)
            .collect();
        assert!(own.is_empty(), "{name}: {own:#?}");
    }
}

#[test]
fn what_is_not_carried_over_is_listed_with_its_place() {
    let Imported { left_out, .. } = imported("associations_v6.lss");
    insta::assert_snapshot!(left_out.iter().map(|left_out| format!("{left_out}\n")).collect::<String>());
}

#[test]
fn both_generations_of_the_format_say_the_same() {
    let (old, new) = (imported("associations_v2.lss").form, imported("associations_v6.lss").form);
    for code in ["statut", "outils", "frequence"] {
        let (left, right) = (question(&old, code), question(&new, code));
        assert_eq!(left.text, right.text);
        assert!(left.options.iter().zip(&right.options).all(|(left, right)| left == right), "{code}");
    }
    assert_eq!(question(&old, "salaries").show_if.as_deref(), Some("statut in {A1}"));
    assert_eq!(question(&old, "satisfait").show_if.as_deref(), Some("outils has_any {site}"));
    assert_eq!(old.translations["en"].get("question.outils.options.mail"), Some("E-mail"));
    // « Question by question »: each on its own screen.
    assert!(
        old.sections.iter().flat_map(|section| &section.screens).all(|screen| screen.questions.len() == 1)
    );
    let comparison = compare(&Outline::of_form("2", &old), &Outline::of_form("6", &new));
    assert_eq!(comparison.counts.questions.shared, 5);
    assert_eq!(
        comparison.level,
        Level::Breaking,
        "an import can be compared: {}",
        exchange::compare::table(&comparison)
    );
}

#[test]
fn a_file_made_by_others_is_read() {
    let Imported { form, left_out } = imported("imex_one_question_two_languages.lss");
    assert_eq!(
        (form.title.as_str(), &form.languages[..]),
        ("test-survey-1", &["en".to_owned(), "et".to_owned()][..])
    );
    assert_eq!(form.questions().map(|question| question.code.as_str()).collect::<Vec<_>>(), ["Q1"]);
    let said: Vec<String> = left_out.iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|said| said.contains("question Q1: it has no text")), "{said:#?}");
    assert!(said.iter().any(|said| said.contains("no title in `et`")), "{said:#?}");
}

#[test]
fn what_is_written_is_read_back_the_same() {
    for name in ["associations_v6.lss", "associations_v2.lss", "imex_one_question_two_languages.lss"] {
        let form = imported(name).form;
        assert_eq!(Form::read(&Files::new(form.to_files())).unwrap(), form, "{name}");
    }
}

#[test]
fn no_script_comes_through() {
    let form = imported("associations_v6.lss").form;
    let written = written(&form);
    for word in ["<", "script", "alert", "onerror", "cookie", "href"] {
        assert!(!written.contains(word), "{word}: {written}");
    }
}

/// The survey of version 6 with a replacement that is found at least once.
fn replaced(from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(bytes("associations_v6.lss")).unwrap();
    assert!(text.contains(from), "{from}");
    text.replace(from, to).into_bytes()
}

#[test]
fn a_document_type_is_refused_before_anything_is_expanded() {
    let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    let bomb: String = (1..30)
        .map(|level| format!("<!ENTITY a{level} \"{}\">", format!("&a{};", level - 1).repeat(10)))
        .collect();
    for inside in [
        format!("<!DOCTYPE document [<!ENTITY a0 \"ha\">{bomb}]>"),
        "<!DOCTYPE document SYSTEM \"file:///etc/passwd\">".to_owned(),
        "<!DOCTYPE document [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>".to_owned(),
    ] {
        let found = read(&replaced(declaration, &format!("{declaration}\n{inside}"))).unwrap_err();
        assert_eq!(found, LssError::Doctype { line: 2 });
    }
    let text = replaced("<![CDATA[Bonjour {TOKEN:FIRSTNAME}]]>", "&a29;");
    assert!(matches!(read(&text).unwrap_err(), LssError::Entity { name, .. } if name == "a29"));
    let text =
        replaced("<![CDATA[À quelle fréquence ?]]>", "Un &amp; deux &#x3c; &#233; &lt;b&gt;trois&lt;/b&gt;");
    assert_eq!(question(&read(&text).unwrap().form, "frequence").text, "Un & deux < é trois");
}

#[test]
fn what_is_not_a_survey_is_refused_in_words() {
    let text = String::from_utf8(bytes("associations_v6.lss")).unwrap();
    let mut windows = text.clone().into_bytes();
    windows[900] = 0xe9;
    let cases: [(Vec<u8>, &str); 12] = [
        (vec![b'<'; MOST_BYTES + 1], "bytes (expected at most"),
        (b"PK\x03\x04rest".to_vec(), "the file is an archive"),
        (windows, "the byte at 900 means nothing"),
        (replaced("UTF-8", "ISO-8859-1"), "in `ISO-8859-1` (expected UTF-8)"),
        (b"\xff\xfe<\0?\0".to_vec(), "not UTF-8"),
        (text.as_bytes()[..9_000].to_vec(), "not well-formed XML"),
        (Vec::new(), "`LimeSurveyDocType` says nothing"),
        (b"a,b\n1,2\n".to_vec(), "`LimeSurveyDocType` says nothing"),
        (replaced(">Survey<", ">Group<"), "says Group (expected Survey)"),
        (replaced("<questions>", "<question>"), "not well-formed XML"),
        (
            b"<document><LimeSurveyDocType>Survey</LimeSurveyDocType></document>".to_vec(),
            "it has no question",
        ),
        (b"<a>".repeat(100_000), "more than 16 levels of elements"),
    ];
    for (bytes, words) in cases {
        let said = read(&bytes).unwrap_err().to_string();
        assert!(said.contains(words), "expected {words:?}: {said}");
    }
}

#[test]
fn a_file_of_millions_of_rows_or_questions_is_refused_early() {
    let rows = format!("<document><x><rows>{}</rows></x></document>", "<row/>".repeat(2_000_000));
    let said = read(rows.as_bytes()).unwrap_err().to_string();
    assert!(said.contains("more than 200000 rows"), "{said}");
    let question = |number: usize| {
        format!("<row><qid>{number}</qid><gid>1</gid><type>T</type><title>Q{number}</title></row>")
    };
    let questions: String = (0..6_000).map(question).collect();
    let file = format!(
        "<document><LimeSurveyDocType>Survey</LimeSurveyDocType><languages><language>fr</language></languages>\
         <groups><rows><row><gid>1</gid></row></rows></groups><questions><rows>{questions}</rows></questions></document>"
    );
    let said = read(file.as_bytes()).unwrap_err().to_string();
    assert!(said.contains("more than 5000 questions"), "{said}");
}

#[test]
fn a_language_cannot_name_a_file_elsewhere() {
    let text =
        replaced("<additional_languages><![CDATA[en]]>", "<additional_languages><![CDATA[../../etc/x en]]>");
    let imported = read(&text).unwrap();
    assert_eq!(imported.form.languages, ["fr", "en"]);
    assert!(imported.left_out.iter().any(|left_out| left_out.what.contains("`../../etc/x` is not the code")));
    let names: Vec<String> = imported.form.to_files().into_keys().collect();
    assert_eq!(names, ["questionnaire.toml", "translations/en.toml"]);
}

#[test]
fn codes_that_are_words_of_our_language_are_changed_and_said() {
    let imported = read(&replaced("<title><![CDATA[note]]>", "<title><![CDATA[not]]>")).unwrap();
    assert!(imported.form.questions().any(|question| question.code == "q_not"));
    assert!(imported.left_out.iter().any(|left_out| left_out.what == "its code becomes `q_not`"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_mutated_file_never_panics_and_what_is_read_is_sound(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..5, any::<u8>(), 0_usize..200), 1..6),
    ) {
        let mut bytes = bytes("associations_v6.lss");
        for (place, what, byte, length) in edits {
            let at = place.index(bytes.len());
            let end = (at + length).min(bytes.len());
            match what {
                0 => bytes[at] = byte,
                1 => { bytes.drain(at..end); }
                2 => { let copy = bytes[at..end].to_vec(); bytes.splice(at..at, copy); }
                3 => { bytes.splice(at..at, b"]]><![CDATA[".iter().copied()); }
                _ => bytes[at..end].reverse(),
            }
            if bytes.is_empty() { break; }
        }
        if let Ok(imported) = read(&bytes) {
            let again = Form::read(&Files::new(imported.form.to_files()));
            prop_assert_eq!(again.unwrap(), imported.form.clone());
            for question in imported.form.questions() {
                let conditions = question.show_if.iter().chain(question.rows.iter().filter_map(|row| row.show_if.as_ref()));
                for condition in conditions {
                    prop_assert!(questionnaire::expr::parse(condition).is_ok(), "{}", condition);
                }
            }
        }
    }

    #[test]
    fn any_relevance_is_translated_or_refused(equation in "[(){}!=<>&| a-z0-9_.\"',]{0,60}|((statut|outils_site|salaries)(\\.NAOK)? ?(==|!=|>|<=) ?(\"A1\"|'Y'|3)( and | or |\\) )?){1,4}") {
        let equation = equation.replace("]]>", "");
        let from = "<![CDATA[statut.NAOK == \"A1\"]]>";
        let imported = read(&replaced(from, &format!("<![CDATA[{equation}]]>"))).unwrap();
        if let Some(question) = imported.form.questions().find(|question| question.code == "salaries")
            && let Some(condition) = &question.show_if
        {
            prop_assert!(questionnaire::expr::parse(condition).is_ok(), "{} from {}", condition, equation);
        }
    }
}
