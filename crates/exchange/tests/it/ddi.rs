//! The codebook as DDI.

use std::path::Path;
use std::process::Command;

use exchange::archive::{Definition, Dictionary, Facts};
use exchange::ddi::codebook;
use questionnaire::Kind;

use crate::archive::{editions, facts};
use crate::surveys::files_2026;

fn document(change: impl FnOnce(&mut Facts)) -> String {
    let editions = editions();
    let files = files_2026();
    let mut facts = facts(&editions[0].1);
    change(&mut facts);
    let definition = Definition { editions: &editions, files: &files };
    codebook(&definition, &Dictionary::new(&definition, &facts.files), &facts)
}

/// Checks a document against the official schema.
fn assert_valid(document: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("codebook.xml");
    std::fs::write(&file, document).unwrap();
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ddi/codebook.xsd");
    let output = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(schema)
        .arg(&file)
        .output()
        .unwrap_or_else(|error| panic!("xmllint: {error} (Debian: apt-get install libxml2-utils)"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The element `var` of this name.
fn variable<'a>(document: &'a str, name: &str) -> &'a str {
    let start = document.find(&format!(" name=\"{name}\"")).unwrap_or_else(|| panic!("no variable {name}"));
    let end = start + document[start..].find("</var>").unwrap();
    &document[start..end]
}

#[test]
fn the_codebook_is_valid_against_the_official_schema() {
    assert_valid(&document(|_| {}));
}

#[test]
fn a_codebook_of_an_edition_that_is_not_published_nor_weighted_is_valid_too() {
    let document = document(|facts| {
        facts.published = None;
        facts.statistics.clear();
        facts.files.truncate(1);
        facts.files[0].rows = None;
        facts.is_simulated = false;
        facts.description.clear();
    });
    assert_valid(&document);
    assert!(
        !document.contains("catStat") && !document.contains("sumStat") && !document.contains("wgt=\"wgt\"")
    );
    assert!(document.contains("Aucune variable de poids"));
    let famille = variable(&document, "derived.famille");
    assert!(!famille.contains("files=") && famille.contains("absente des fichiers"), "{famille}");
}

#[test]
fn a_document_that_the_schema_refuses_is_noticed() {
    let broken = document(|_| {}).replace("<titlStmt>", "<titleStmt>").replace("</titlStmt>", "</titleStmt>");
    assert!(std::panic::catch_unwind(|| assert_valid(&broken)).is_err());
}

#[test]
fn a_variable_has_its_question_its_universe_its_answers_and_its_figures_in_each_language() {
    let document = document(|_| {});
    let importance = variable(&document, "str_importance");
    for wanted in [
        "<labl xml:lang=\"fr\">",
        "<labl xml:lang=\"en\">xx ",
        "<qstnLit xml:lang=\"en\">xx ",
        "<universe xml:lang=\"fr\">Ensemble des répondantes</universe>",
        "<sumStat type=\"other\" otherType=\"asked\">2770</sumStat>",
        "<catValu>indispensable</catValu>",
        "<catStat type=\"percent\" wgtd=\"not-wgtd\">≤ 1</catStat>",
        "missType=\"not asked\"",
    ] {
        assert!(importance.contains(wanted), "{wanted} is not in {importance}");
    }
    assert_eq!(importance.matches("catStat").count(), 2 * 3, "two answers and the blanks");
    let purposes = variable(&document, "ia_finalites.communication");
    assert!(purposes.contains("(ia_usage in {cadre,informel})</universe>"), "{purposes}");
    assert!(variable(&document, "org_salaries").contains("<range UNITS=\"INT\" min=\"0\""));
    assert!(variable(&document, "weight").contains("wgt=\"wgt\" files=\"F2\""));
    assert!(variable(&document, "derived.famille").contains("<drvcmd syntax=\"indicators.toml\">"));
}

#[test]
fn an_answer_that_is_not_offered_to_all_says_to_whom() {
    let mut editions = editions();
    let files = files_2026();
    let questions = &mut editions[0].1.questionnaire.questions;
    let at = questions.iter().position(|question| question.code == "str_importance").unwrap();
    let Kind::Single { options, .. } = &mut questions[at].kind else { panic!("another kind") };
    options[1].show_if_text = Some("org_salaries >= 1".to_owned());
    let facts = facts(&editions[0].1);
    let definition = Definition { editions: &editions, files: &files };
    let document = codebook(&definition, &Dictionary::new(&definition, &facts.files), &facts);
    assert_valid(&document);
    let wanted = "<txt xml:lang=\"fr\">Proposé si\u{a0}: org_salaries &gt;= 1</txt>";
    assert!(variable(&document, "str_importance").contains(wanted));
}

#[test]
fn the_study_says_that_organisations_volunteered_and_how_they_are_weighted() {
    let document = document(|_| {});
    for wanted in [
        "organisations volontaires (environ 2\u{202f}780 réponses valides, du 5 janvier 2026 au 1er février 2026)",
        "n’ont pas été tirées au sort",
        "rapport de poids de 0,1 à 2,9, effectif équivalent 1\u{202f}240",
        "ce ne sont pas des marges d’erreur de sondage aléatoire",
        "probablement sous-représentées",
        "Organisations employeuses\u{a0}: 153\u{202f}300",
        "moins de 11 organisations",
        "Réponses simulées",
        "Éditrice &amp; compagnie &lt;test&gt;",
        "<caseQnty>2776</caseQnty>",
        "<algorithmSpecification>SHA-256</algorithmSpecification>",
        "<parTitl xml:lang=\"en\">xx ",
    ] {
        assert!(document.contains(wanted), "{wanted}");
    }
}

#[test]
fn nothing_personal_is_described() {
    let document = document(|_| {});
    for code in ["org_nom", "clo_commentaire", "clo_email", "\"org_ident\""] {
        assert!(!document.contains(&format!("name=\"{code}")), "{code}");
    }
}
