//! The questionnaire on paper: whoever follows what is printed is asked what the site asks.

use std::collections::{BTreeMap, BTreeSet};

use exchange::paper::{Cover, Field, Item, Sheet, Words, sheet};
use questionnaire::{Answer, Answers, Edition, Files, Identifier, Kind, Networks, Question};

use crate::surveys::files_2026;

fn edition() -> Edition {
    Edition::parse("maturite-numerique", "2026", &files_2026()).unwrap()
}

/// The 2026 edition with another condition on its last question.
fn edition_where(condition: &str) -> Edition {
    let before = "show_if = \"clo_consentements has_any {restitution,panel,recontact}\"";
    let files = files_2026();
    let files: BTreeMap<String, String> = files
        .iter()
        .map(|(name, text)| (name.to_owned(), text.replace(before, &format!("show_if = \"{condition}\""))))
        .collect();
    Edition::parse("maturite-numerique", "2026", &Files::new(files))
        .unwrap_or_else(|problems| panic!("{condition}: {problems:?}"))
}

fn french(edition: &Edition) -> Sheet {
    sheet(edition, &Words::of("fr").unwrap(), &Cover::default())
}

fn items(sheet: &Sheet) -> Vec<&Item> {
    sheet.sections.iter().flat_map(|section| &section.questions).collect()
}

/// A respondent with a sheet in hand, who knows no code and no condition: what is ticked and written, by the numbers
/// and the labels that are printed.
#[derive(Default)]
struct Respondent {
    ticked: BTreeMap<usize, BTreeSet<String>>,
    written: BTreeMap<usize, i64>,
}

impl Respondent {
    /// Fills in one question.
    fn fill(&mut self, item: &Item, answer: Option<&Answer>) {
        let answers = match &item.field {
            Field::Choices { answers } | Field::Identifier { answers } | Field::Networks { answers, .. } => {
                answers.as_slice()
            }
            _ => &[],
        };
        let label = |code: &str| answers.iter().find(|answer| answer.code == code).unwrap().label.clone();
        match answer {
            Some(Answer::Integer(value)) => {
                self.written.insert(item.number, *value);
            }
            Some(Answer::Text(code)) if !answers.is_empty() => {
                self.ticked.insert(item.number, BTreeSet::from([label(code)]));
            }
            Some(Answer::Identifier(identifier)) => {
                self.ticked.insert(item.number, BTreeSet::from([label(&identifier.kind)]));
            }
            Some(Answer::Multiple(codes)) => {
                self.ticked.insert(item.number, codes.iter().map(|code| label(code)).collect());
            }
            Some(Answer::Networks(networks)) => {
                self.ticked.insert(item.number, networks.codes.iter().map(|code| label(code)).collect());
            }
            _ => {}
        }
    }

    /// Reads a printed condition, in the forms of the 2026 edition.
    fn holds(&self, sentence: &str) -> bool {
        let plain = sentence.replace('\u{a0}', " ");
        let number = |text: &str| -> usize {
            text.split_whitespace().next().unwrap().trim_matches('.').replace('\u{202f}', "").parse().unwrap()
        };
        let quoted = || -> BTreeSet<String> {
            let parts = sentence.split('«').skip(1).map(|rest| rest.split('»').next().unwrap());
            parts.map(|label| label.trim_matches('\u{a0}').to_owned()).collect()
        };
        let none = BTreeSet::new();
        let ticked = |n: usize| self.ticked.get(&n).unwrap_or(&none);
        let after = |words: &str| plain.split_once(words).map(|(_, rest)| rest.to_owned());
        if let Some(rest) = plain.strip_prefix("vous avez coché à la question ") {
            assert!(plain.contains("une autre réponse que"), "{plain}");
            return ticked(number(rest)).difference(&quoted()).next().is_some();
        }
        if plain.starts_with("vous avez coché «") {
            let n = number(&after("» à la question ").unwrap());
            return ticked(n).intersection(&quoted()).next().is_some();
        }
        assert!(plain.ends_with(" ou plus"), "{plain}");
        let least = number(&after(" est ").unwrap());
        if let Some(rest) = plain.strip_prefix("votre réponse à la question ") {
            return self
                .written
                .get(&number(rest))
                .is_some_and(|value| usize::try_from(*value).is_ok_and(|value| value >= least));
        }
        let rest = plain.strip_prefix("le nombre de réponses cochées à la question ").unwrap();
        ticked(number(rest)).len() >= least
    }
}

/// The numbers and the rows that somebody fills in who follows the sheet.
fn follow(sheet: &Sheet, answers: &Answers) -> BTreeMap<usize, Vec<String>> {
    let items = items(sheet);
    let mut respondent = Respondent::default();
    let mut visited = BTreeMap::new();
    let (mut next, mut last) = (1, items.len());
    while next <= last {
        let item = items[next - 1];
        assert_eq!(item.number, next);
        next += 1;
        if let Some(head) = &item.head {
            let sentence = head.strip_prefix("À remplir seulement si ").unwrap().strip_suffix('.').unwrap();
            if !respondent.holds(sentence) {
                continue;
            }
        }
        let mut rows = Vec::new();
        if let Field::Matrix { groups, .. } = &item.field {
            let lines = groups.iter().flat_map(|group| &group.lines);
            let asked = lines.filter(|line| {
                line.only_if
                    .as_ref()
                    .is_none_or(|only| respondent.holds(only.strip_prefix("seulement si ").unwrap()))
            });
            rows.extend(asked.map(|line| line.code.clone()));
            if rows.is_empty() {
                continue;
            }
        }
        visited.insert(item.number, rows);
        respondent.fill(item, answers.get(&item.code));
        let printed = match &item.field {
            Field::Choices { answers } | Field::Identifier { answers } | Field::Networks { answers, .. } => {
                answers.as_slice()
            }
            _ => &[],
        };
        for answer in printed {
            let is_ticked =
                respondent.ticked.get(&item.number).is_some_and(|ticked| ticked.contains(&answer.label));
            let Some(go) = answer.go_text.as_ref().filter(|_| is_ticked) else { continue };
            if let Some(number) = go.strip_prefix("passez à la question\u{a0}") {
                next = number.parse().unwrap();
            } else {
                assert!(go.starts_with("fin du questionnaire"), "{go}");
                last = item.number;
            }
        }
    }
    visited
}

/// Marsaglia's xorshift: enough to scatter answers, and always the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

/// An answer to every question or none, on the path or not.
fn random_answers(edition: &Edition, dice: &mut Dice) -> Answers {
    let mut answers = Answers::new();
    for question in &edition.questionnaire.questions {
        let is_consent = question.options().iter().any(|option| option.is_ending);
        let is_blank = dice.below(5) == 0;
        let answer = if is_consent && dice.below(20) > 0 {
            Some(Answer::text("oui"))
        } else if is_blank {
            None
        } else {
            Some(random_answer(question, dice))
        };
        answers.set(&question.code, answer);
    }
    answers
}

fn random_answer(question: &Question, dice: &mut Dice) -> Answer {
    let options = question.options();
    let one = |dice: &mut Dice| options[dice.below(options.len())].code.clone();
    match &question.kind {
        Kind::Single { .. } => Answer::Text(one(dice)),
        Kind::Multiple { .. } | Kind::Networks { .. } => {
            let exclusive: Vec<_> = options.iter().filter(|option| option.is_exclusive).collect();
            let codes = if !exclusive.is_empty() && dice.below(3) == 0 {
                BTreeSet::from([exclusive[dice.below(exclusive.len())].code.clone()])
            } else {
                let mut plain: Vec<_> = options.iter().filter(|option| !option.is_exclusive).collect();
                let kept = 1 + dice.below(3);
                (0..kept.min(plain.len()))
                    .map(|_| plain.swap_remove(dice.below(plain.len())).code.clone())
                    .collect()
            };
            match question.kind {
                Kind::Networks { .. } => Answer::Networks(Networks { codes, other: None }),
                _ => Answer::Multiple(codes),
            }
        }
        Kind::Matrix { rows, .. } => {
            Answer::Matrix(rows.iter().map(|row| (row.code.clone(), one(dice))).collect())
        }
        Kind::Integer { .. } => Answer::Integer(i64::try_from(dice.below(3)).unwrap()),
        Kind::Text { .. } => Answer::text("un mot"),
        Kind::Email => Answer::text("nom@asso.example"),
        Kind::Identifier { .. } => Answer::Identifier(Identifier { kind: one(dice), value: None }),
        Kind::Commune => Answer::text("75056"),
    }
}

#[test]
fn whoever_follows_the_printed_words_fills_in_what_the_site_asks() {
    let edition = edition();
    let sheet = french(&edition);
    let questions = &edition.questionnaire.questions;
    let mut dice = Dice(0x2545_F491_4F6C_DD1D);
    let mut lengths = BTreeSet::new();
    for _ in 0..3000 {
        let answers = random_answers(&edition, &mut dice);
        let path = edition.path(&answers);
        let asked: BTreeMap<usize, Vec<String>> = path
            .questions
            .iter()
            .map(|(index, rows)| {
                (index + 1, rows.iter().map(|row| questions[*index].rows()[*row].code.clone()).collect())
            })
            .collect();
        assert_eq!(follow(&sheet, &answers), asked, "{}", answers.to_json());
        lengths.insert(asked.len());
    }
    assert!(lengths.len() > 8, "paths of many lengths were tried: {lengths:?}");
}

#[test]
fn skips_stand_beside_the_answers_that_leave_questions_out() {
    let edition = edition();
    let sheet = french(&edition);
    let mut skips: BTreeMap<(&str, String), Vec<&str>> = BTreeMap::new();
    for item in items(&sheet) {
        let (Field::Choices { answers } | Field::Identifier { answers } | Field::Networks { answers, .. }) =
            &item.field
        else {
            continue;
        };
        for answer in answers {
            if let Some(go) = &answer.go_text {
                skips.entry((&item.code, go.replace('\u{a0}', " "))).or_default().push(&answer.code);
            }
        }
    }
    let number = |code: &str| edition.questionnaire.question_index(code).unwrap() + 1;
    let to = |code: &str| format!("passez à la question {}", number(code));
    let end = "fin du questionnaire : vous pouvez le renvoyer".to_owned();
    let expected = [
        ("cst_participation", end, vec!["non"]),
        ("org_ident", to("org_commune"), vec!["siret", "rna"]),
        ("eqp_cloud", to("usg_outils"), vec!["aucun", "nsp"]),
        ("usg_part_ligne", to("cmp_niveaux"), vec!["p0", "lt1", "nsp"]),
        ("ia_usage", to("ia_encadrement"), vec!["reflexion", "refus"]),
        ("ia_usage", to("ia_craintes"), vec!["non", "nsp"]),
        ("res_libre", to("res_fournisseur_ess"), vec!["majorite", "certains", "nsp"]),
        ("frn_liste", to("fin_depenses"), vec!["aucun", "nsp"]),
        ("acc_experience", to("dis_connaissance"), vec!["non", "nsp"]),
        ("esn_acteur", to("clo_commentaire"), vec!["non", "nsp"]),
    ];
    let expected: BTreeMap<_, _> =
        expected.into_iter().map(|(code, go, options)| ((code, go), options)).collect();
    assert_eq!(skips, expected);
}

#[test]
fn the_whole_language_of_conditions_is_said_in_french() {
    let said = [
        (
            "clo_consentements has_all {panel,recontact}",
            "vous avez coché « Que nos réponses soient reliées d’une année à l’autre » et « Être recontacté·e pour un témoignage » à la question {clo_consentements}",
        ),
        (
            "not clo_consentements has_any {panel}",
            "vous n’avez pas coché « Que nos réponses soient reliées d’une année à l’autre » à la question {clo_consentements}",
        ),
        (
            "not str_importance in {utile,nsp}",
            "vous n’avez coché à la question {str_importance} aucune des réponses « Utile, sans plus » et « Ne sait pas »",
        ),
        (
            "str_maturite in {experimentee,en_progres,peu_initiee}",
            "vous avez coché à la question {str_maturite} une autre réponse que « Ne sait pas »",
        ),
        ("org_ident.type in {siret}", "vous avez coché « SIRET (14 chiffres) » à la question {org_ident}"),
        (
            "usg_outils.visio in {regulier}",
            "vous avez coché « Oui, régulièrement » à la ligne « La visioconférence » de la question {usg_outils}",
        ),
        ("org_salaries >= 1000", "votre réponse à la question {org_salaries} est 1 000 ou plus"),
        (
            "not org_salaries >= 1",
            "votre réponse à la question {org_salaries} est en dessous de 1 ou si vous n’avez pas répondu à la question {org_salaries}",
        ),
        ("2 > org_salaries", "votre réponse à la question {org_salaries} est en dessous de 2"),
        ("count(frn_liste) >= 2", "le nombre de réponses cochées à la question {frn_liste} est 2 ou plus"),
        (
            "count(frn_liste) >= 1",
            "le nombre de réponses cochées à la question {frn_liste} (sans compter « Aucun frein » ou « Ne sait pas ») est 1 ou plus",
        ),
        (
            "count(frn_liste) > org_salaries",
            "le nombre de réponses cochées à la question {frn_liste} (sans compter « Aucun frein » ou « Ne sait pas ») dépasse votre réponse à la question {org_salaries}",
        ),
        (
            "count_in(usg_outils, {regulier,occasionnel}) < 3",
            "le nombre de lignes de la question {usg_outils} où vous avez coché « Oui, régulièrement » ou « Oui, occasionnellement » est en dessous de 3",
        ),
        ("asked(esn_familles)", "la question {esn_familles} vous était posée"),
        (
            "not asked(usg_outils.rh)",
            "la ligne « Un système d’information RH dématérialisé (paie, congés, entretiens) » de la question {usg_outils} ne vous était pas posée",
        ),
        (
            "measured(org_budget) and not measured(org_secteur)",
            "vous avez répondu à la question {org_budget} et si vous n’avez pas répondu à la question {org_secteur}",
        ),
        (
            "org_salaries = 0 and (org_budget in {nsp} or org_secteur in {sport})",
            "votre réponse à la question {org_salaries} est 0 et si (vous avez coché « Ne sait pas / ne souhaite pas répondre » à la question {org_budget} ou si vous avez coché « Sport » à la question {org_secteur})",
        ),
        (
            "not (org_budget in {nsp} or not org_secteur in {sport})",
            "vous n’avez pas coché « Ne sait pas / ne souhaite pas répondre » à la question {org_budget} et si vous avez coché « Sport » à la question {org_secteur}",
        ),
    ];
    let edition = edition();
    for (condition, words) in said {
        let mut words = words.to_owned();
        for (index, question) in edition.questionnaire.questions.iter().enumerate() {
            words = words.replace(&format!("{{{}}}", question.code), &(index + 1).to_string());
        }
        let sheet = french(&edition_where(condition));
        let head = items(&sheet).last().unwrap().head.clone().unwrap();
        let plain = head.replace(['\u{a0}', '\u{202f}'], " ");
        assert_eq!(plain, format!("À remplir seulement si {words}."), "{condition}");
    }
}

#[test]
fn what_is_computed_is_said_by_the_author_s_words() {
    let sheet = french(&edition_where("derived.employeur in {oui}"));
    let head = items(&sheet).last().unwrap().head.clone().unwrap();
    assert!(head.contains("organisations qui souhaitent être recontactées"), "{head}");
}

#[test]
fn questions_are_numbered_in_the_order_of_asking_and_say_how_they_are_answered() {
    let edition = edition();
    let sheet = french(&edition);
    let items = items(&sheet);
    assert!(items.iter().map(|item| item.number).eq(1..=62));
    assert!(items.iter().map(|item| &item.code).eq(edition.questionnaire.questions.iter().map(|q| &q.code)));
    let instruction = |code: &str| {
        let item = items.iter().find(|item| item.code == code).unwrap();
        item.instruction.clone().unwrap().replace(['\u{a0}', '\u{202f}'], " ")
    };
    assert_eq!(instruction("org_statut"), "Une seule réponse");
    assert_eq!(instruction("frn_liste"), "Plusieurs réponses possibles, 3 au plus");
    assert_eq!(instruction("usg_outils"), "Une seule réponse par ligne");
    assert_eq!(instruction("org_salaries"), "Un nombre entier, de 0 à 200 000, un chiffre par case");
    assert_eq!(
        instruction("frn_principal"),
        format!(
            "Une seule réponse. Choisissez parmi vos réponses à la question {}",
            edition.questionnaire.question_index("frn_liste").unwrap() + 1
        )
    );
    let outils = items.iter().find(|item| item.code == "usg_outils").unwrap();
    let Field::Matrix { groups, .. } = &outils.field else { panic!("a table") };
    let titles: Vec<_> = groups.iter().filter_map(|group| group.title.as_deref()).collect();
    assert_eq!(titles, ["Communiquer", "Gérer", "Coopérer et financer"]);
}

#[test]
fn a_translated_questionnaire_is_printed_in_its_language_alone() {
    let edition = edition().localised("en").unwrap();
    let sheet = sheet(&edition, &Words::of("en").unwrap(), &Cover::default());
    assert_eq!(sheet.language, "en");
    for item in items(&sheet) {
        if let Some(head) = &item.head {
            assert!(head.starts_with("Fill in only if ") && !head.contains('«'), "{head}");
        }
        for text in item.instruction.iter().chain(&item.mark) {
            assert!(!text.contains("réponse") && !text.contains("obligatoire"), "{text}");
        }
    }
    let french = french(&self::edition());
    let numbers = |sheet: &Sheet| -> Vec<_> {
        items(sheet).into_iter().map(|item| (item.number, item.code.clone(), item.head.is_some())).collect()
    };
    assert_eq!(numbers(&sheet), numbers(&french), "a number is the same question in every language");
}

#[test]
fn an_answer_offered_to_some_says_to_whom() {
    let before = "{ code = \"panel\", label = \"Que nos réponses soient reliées d'une année à l'autre\" }";
    let after = before.replace(" }", ", show_if = \"org_salaries >= 1\" }");
    let files = files_2026();
    let files: BTreeMap<String, String> =
        files.iter().map(|(name, text)| (name.to_owned(), text.replace(before, &after))).collect();
    let edition = Edition::parse("maturite-numerique", "2026", &Files::new(files)).unwrap();
    let sheet = french(&edition);
    let items = items(&sheet);
    let item = items.iter().find(|item| item.code == "clo_consentements").unwrap();
    let Field::Choices { answers } = &item.field else { panic!("boxes") };
    let said: Vec<_> = answers.iter().map(|answer| answer.only_if.as_deref()).collect();
    assert_eq!(said, [None, Some("seulement si votre réponse à la question\u{a0}7 est 1 ou plus"), None]);
}
