//! Paper returns keyed in: what is read, what is refused, what two keyings disagree on.

use exchange::paper::Words;
use exchange::paper::keying::{Format, Keyed, check, compare, parse, template};
use questionnaire::{Answer, Answers, Edition};

use crate::surveys::files_2026;

fn edition() -> Edition {
    Edition::parse("maturite-numerique", "2026", &files_2026()).unwrap()
}

fn french() -> Words {
    Words::of("fr").unwrap()
}

fn number(edition: &Edition, code: &str) -> usize {
    edition.questionnaire.question_index(code).unwrap() + 1
}

fn keyed(edition: &Edition, text: &str) -> Vec<Keyed> {
    check(edition, &french(), &parse(text, Format::Toml).unwrap())
}

/// The smallest return that is right.
const SMALL: &str = r#"
[[return]]
paper = "p-0001"
[return.answers]
1 = "oui"
org_ident = "839 085 230 00028"
org_commune = "35000 rennes"
org_salaries = "1 200"
"#;

/// What is wrong, as `number: message`, with plain spaces.
fn faults(keyed: &Keyed) -> Vec<String> {
    let said = keyed.faults.iter().map(|fault| {
        let number = fault.question.as_ref().map_or("-".to_owned(), |(number, _)| number.to_string());
        format!("{number}: {}", fault.message).replace(['\u{a0}', '\u{202f}'], " ")
    });
    said.collect()
}

#[test]
fn a_return_is_read_by_numbers_codes_labels_and_as_people_write() {
    let edition = edition();
    let text = format!(
        "{SMALL}
org_statut = \"association loi 1901\"
str_portage = [\"direction\", \"Un prestataire\", \"\"]
usg_outils = {{ site_web = \"regulier\", \"La visioconférence\" = \"Ne sait pas\", compta = \"\" }}
org_reseaux = {{ list = [\"soga\", \"Le Mouvement associatif\"], other = \" Un autre \" }}
org_budget = \"\"
clo_commentaire = \"Merci\"
"
    );
    let one = keyed(&edition, &text).remove(0);
    assert_eq!(faults(&one), Vec::<String>::new());
    assert_eq!(one.paper, "P-0001");
    let expected = Answers::from_json(
        r#"{"cst_participation":"oui","org_ident":{"type":"siret","value":"83908523000028"},
            "org_commune":"35238","org_salaries":1200,"org_statut":"asso_1901",
            "str_portage":["direction","prestataire"],"usg_outils":{"site_web":"regulier","visio":"nsp"},
            "org_reseaux":{"codes":["mouvement_associatif","soga"],"other":"Un autre"},
            "clo_commentaire":"Merci"}"#,
    )
    .unwrap();
    assert_eq!(one.response.unwrap().answers(), &expected);
}

#[test]
fn an_identifier_says_by_itself_what_it_is() {
    let edition = edition();
    let read = |value: &str| {
        let text = format!("paper = \"P-1\"\n[answers]\norg_ident = {value}\n");
        let one = keyed(&edition, &text).remove(0);
        match one.answers.get("org_ident") {
            Some(Answer::Identifier(identifier)) => (identifier.kind.clone(), identifier.value.clone()),
            other => panic!("{value}: {other:?}"),
        }
    };
    assert_eq!(read("\"w751 243 449\""), ("rna".to_owned(), Some("W751243449".to_owned())));
    assert_eq!(read("\"aucun\""), ("aucun".to_owned(), None));
    assert_eq!(read("{ type = \"alsace_moselle\", value = \"\" }"), ("alsace_moselle".to_owned(), None));
    assert_eq!(read("83908523000028"), ("siret".to_owned(), Some("83908523000028".to_owned())));
}

#[test]
fn every_fault_is_named_with_its_question_at_once() {
    let edition = edition();
    let text = r#"
[[return]]
paper = "n° 3"
[return.answers]
2 = { type = "siret", value = "83908523000029" }
org_commune = "35000 Brest"
org_salaries = "douze"
12 = "autre"
org_repondant = "autre"
63 = "oui"
org_secteur = "spotr"
str_portage = ["nsp", "direction"]
str_priorites = ["ia", "libre", "gestion", "donnees"]
usg_outils = { siteweb = "regulier" }
clo_email = "x"
"#;
    let one = keyed(&edition, text).remove(0);
    assert!(one.response.is_none());
    let n = |code: &str| number(&edition, code);
    assert_eq!(n("org_repondant"), 12);
    let expected = [
        "-: « n° 3 » n’est pas un numéro de questionnaire : des lettres sans accent, des chiffres et des tirets, par exemple P-0042.".to_owned(),
        "-: Aucune question n’a le numéro ni le code « 63 ». Les numéros vont de 1 à 62.".to_owned(),
        "1: Sans réponse à cette question, le questionnaire ne peut pas être enregistré.".to_owned(),
        "2: Ce SIRET contient sans doute une faute de frappe. Vérifiez « 83908523000029 » chiffre par chiffre.".to_owned(),
        format!("{}: Aucune commune ne correspond à « 35000 Brest ». Vérifiez le code postal, puis choisissez la commune dans la liste.", n("org_commune")),
        format!("{}: « spotr » n’est ni un code ni une réponse de cette question.", n("org_secteur")),
        format!("{}: Écrivez un nombre entier, en chiffres, par exemple 12. Vous avez écrit « douze ».", n("org_salaries")),
        format!("{}: Cette question est saisie deux fois.", n("org_repondant")),
        format!("{}: « Ne sait pas » ne peut pas aller avec une autre réponse. Gardez « Ne sait pas » seule, ou décochez-la.", n("str_portage")),
        format!("{}: Choisissez 3 réponses au plus ; vous en avez coché 4.", n("str_priorites")),
        format!("{}: Cette question n’a pas de ligne « siteweb ».", n("usg_outils")),
    ];
    assert_eq!(faults(&one), expected);
    assert_eq!(one.off_path, [(n("clo_email"), "clo_email".to_owned())], "an address nobody was asked for");
}

#[test]
fn a_commune_of_a_post_code_with_several_wants_its_name() {
    let edition = edition();
    let read = |value: &str| {
        let text = format!("paper = \"P-1\"\n[answers]\norg_commune = {value}\n");
        keyed(&edition, &text).remove(0)
    };
    let several = edition.nomenclatures.communes_by_postcode("01400");
    assert!(several.len() > 1);
    let unclear = faults(&read("\"01400\""));
    assert!(unclear.iter().any(|fault| fault.contains("Plusieurs communes") && fault.contains("01001")));
    for value in ["\"01400 l'abergement clemenciat\"", "{ code = \"01001\" }"] {
        assert_eq!(read(value).answers.get("org_commune"), Some(&Answer::text("01001")), "{value}");
    }
    assert_eq!(read("\"75011 Paris\"").answers.get("org_commune"), Some(&Answer::text("75056")));
}

#[test]
fn the_same_number_twice_is_refused_the_second_time() {
    let edition = edition();
    let both = keyed(&edition, &format!("{SMALL}{}", SMALL.replace("p-0001", "P-0001 ")));
    assert!(both[0].response.is_some() && both[1].response.is_none());
    assert_eq!(faults(&both[1]), ["-: Ce numéro est saisi deux fois dans le fichier."]);
}

#[test]
fn two_keyings_are_compared_as_answers_not_as_letters() {
    let edition = edition();
    let first = keyed(&edition, SMALL);
    let same =
        SMALL.replace("1 = \"oui\"", "cst_participation = \"Oui, je participe\"").replace("1 200", "1200");
    assert_eq!(compare(&edition, &french(), &first, &keyed(&edition, &same)), []);
    let other = SMALL.replace("1 200", "1 300").replace("1 = \"oui\"", "org_secteur = \"sport\"");
    let other = format!("{other}{}", SMALL.replace("0001", "0002"));
    let differences = compare(&edition, &french(), &first, &keyed(&edition, &other));
    let said: Vec<String> = differences
        .iter()
        .map(|fault| {
            let code = fault.question.as_ref().map_or("-", |(_, code)| code.as_str());
            format!("{} {code} {}", fault.paper, fault.message.replace('\u{a0}', " "))
        })
        .collect();
    assert_eq!(
        said,
        [
            "P-0001 cst_participation Première saisie : oui. Seconde saisie : rien.",
            "P-0001 org_secteur Première saisie : rien. Seconde saisie : sport.",
            "P-0001 org_salaries Première saisie : 1200. Seconde saisie : 1300.",
            "P-0002 - Ce questionnaire n’est que dans la seconde saisie.",
        ]
    );
}

#[test]
fn an_empty_return_names_every_question_and_says_nothing() {
    let edition = edition();
    let text = template(&edition, &french());
    for (index, question) in edition.questionnaire.questions.iter().enumerate() {
        assert!(text.contains(&format!("\n# {}. ", index + 1)), "{}", question.code);
        for code in
            question.rows().iter().map(|row| &row.code).chain(question.options().iter().map(|o| &o.code))
        {
            assert!(text.contains(code.as_str()), "{code}");
        }
    }
    let filled = text.replace("paper = \"\"", "paper = \"P-1\"");
    let one = keyed(&edition, &filled).remove(0);
    assert!(one.answers.is_empty());
    assert!(one.faults.iter().all(|fault| fault.question.is_some()), "{:?}", one.faults);
}
