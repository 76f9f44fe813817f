//! Two hundred random respondents, step by step, for engines made by others.
//!
//! For each questionnaire: its workbook, and what is on the path after each answer, as this engine has it. `tests/xforms`
//! converts the workbook by `pyxform`, gives the same answers to ODK's engine, and compares.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use exchange::Form;
use exchange::xlsform::export;
use questionnaire::{Answer, Answers, Edition, Files, Identifier, Kind, Networks, Question};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::surveys::{edited, edition, files_2026, files_directory, files_small};

const RESPONDENTS: u64 = 200;
/// After the last question, some go back and change an answer.
const CHANGES: usize = 8;

struct Respondent<'e> {
    edition: &'e Edition,
    chance: ChaCha8Rng,
    answers: Answers,
}

impl Respondent<'_> {
    fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.chance.next_u64() % count as u64).unwrap()
    }

    fn pick<'t, T>(&mut self, among: &'t [T]) -> &'t T {
        &among[self.below(among.len())]
    }

    /// An answer that is offered, or none.
    fn answer(&mut self, index: usize) -> Option<Answer> {
        let edition = self.edition;
        let path = edition.path(&self.answers);
        let question = &edition.questionnaire.questions[index];
        let options = question.options().iter().enumerate().filter(|(at, _)| path.offers(index, *at));
        let options: Vec<_> = options.map(|(_, option)| option).collect();
        if self.below(10) == 0 || (options.is_empty() && !question.options().is_empty()) {
            return None;
        }
        Some(match &question.kind {
            Kind::Single { .. } => {
                let ending = options.iter().any(|option| option.is_ending);
                // A refusal ends everything: few refuse.
                let choice = if ending && self.below(20) > 0 { options[0] } else { *self.pick(&options) };
                Answer::text(&choice.code)
            }
            Kind::Multiple { max, .. } => {
                let exclusive = options.iter().filter(|option| option.is_exclusive);
                if let (Some(alone), 0) = (exclusive.clone().next(), self.below(6)) {
                    return Some(Answer::multiple([alone.code.as_str()]));
                }
                let free: Vec<_> = options.iter().filter(|option| !option.is_exclusive).collect();
                let most = max.unwrap_or(free.len()).min(free.len());
                let wanted = 1 + self.below(most.max(1));
                let codes: BTreeSet<&str> = (0..wanted).map(|_| self.pick(&free).code.as_str()).collect();
                Answer::multiple(codes)
            }
            Kind::Matrix { rows, .. } => {
                let asked = &path.questions[&index];
                let mut given = BTreeMap::new();
                for row in asked {
                    if self.below(8) > 0 {
                        given.insert(rows[*row].code.clone(), self.pick(&options).code.clone());
                    }
                }
                if given.is_empty() {
                    return None;
                }
                Answer::Matrix(given)
            }
            Kind::Integer { min, max } => {
                let values: Vec<i64> = [0, 1, 2, 9, 10, 49, 50, 1001, *min, *max]
                    .into_iter()
                    .filter(|value| (min..=max).contains(&value))
                    .collect();
                Answer::Integer(*self.pick(&values))
            }
            Kind::Text { max_length, .. } => {
                let text = "« Oui » & l'<été>, avec des \"guillemets\"";
                Answer::Text(text.chars().take(*max_length).collect())
            }
            Kind::Email => Answer::text("nom@asso.example.org"),
            Kind::Commune => {
                let codes: Vec<&str> =
                    edition.nomenclatures.communes().map(|commune| commune.code.as_str()).collect();
                Answer::text(codes[self.below(codes.len())])
            }
            Kind::Identifier { .. } => {
                let kind = self.pick(&options).code.clone();
                let value = match kind.as_str() {
                    "siret" => Some("83908523000028".to_owned()),
                    "rna" => Some("W751243449".to_owned()),
                    _ => None,
                };
                Answer::Identifier(Identifier { kind, value })
            }
            Kind::Networks { .. } => {
                let codes = BTreeSet::from([self.pick(&options).code.clone()]);
                let other = (self.below(3) == 0).then(|| "Un autre réseau".to_owned());
                Answer::Networks(Networks { codes, other })
            }
        })
    }

    /// Answers a question, and says what was typed under which name.
    fn give(&mut self, index: usize) -> Value {
        let question = &self.edition.questionnaire.questions[index];
        let answer = self.answer(index);
        let typed = typed(question, answer.as_ref(), &self.edition.path(&self.answers).questions[&index]);
        self.answers.set(&question.code, answer);
        json!(typed)
    }
}

/// The values of a question's names.
fn typed(question: &Question, answer: Option<&Answer>, rows: &[usize]) -> BTreeMap<String, String> {
    let code = &question.code;
    let mut typed = BTreeMap::new();
    let joined = |codes: &BTreeSet<String>| codes.iter().cloned().collect::<Vec<_>>().join(" ");
    match (&question.kind, answer) {
        (Kind::Matrix { rows: known, .. }, answer) => {
            for row in rows {
                let row = &known[*row].code;
                let value = match answer {
                    Some(Answer::Matrix(given)) => given.get(row).cloned().unwrap_or_default(),
                    _ => String::new(),
                };
                typed.insert(format!("{code}__{row}"), value);
            }
        }
        (_, None) => {
            typed.insert(code.clone(), String::new());
            if matches!(question.kind, Kind::Networks { .. }) {
                typed.insert(format!("{code}__other"), String::new());
            }
        }
        (_, Some(Answer::Text(text))) => {
            typed.insert(code.clone(), text.clone());
        }
        (_, Some(Answer::Integer(number))) => {
            typed.insert(code.clone(), number.to_string());
        }
        (_, Some(Answer::Multiple(codes))) => {
            typed.insert(code.clone(), joined(codes));
        }
        (_, Some(Answer::Identifier(identifier))) => {
            typed.insert(code.clone(), identifier.kind.clone());
            if let Some(value) = &identifier.value {
                typed.insert(format!("{code}__value"), value.clone());
            }
        }
        (_, Some(Answer::Networks(networks))) => {
            typed.insert(code.clone(), joined(&networks.codes));
            typed.insert(format!("{code}__other"), networks.other.clone().unwrap_or_default());
        }
        (_, Some(Answer::Matrix(_))) => panic!("a matrix is read above"),
    }
    typed
}

/// The names on the path, and the answers offered where not all are.
fn shown(edition: &Edition, answers: &Answers) -> (BTreeSet<String>, BTreeMap<String, Vec<String>>) {
    let (path, kept) = edition.route(answers);
    let (mut names, mut offered) = (BTreeSet::new(), BTreeMap::new());
    for (index, rows) in &path.questions {
        let question = &edition.questionnaire.questions[*index];
        let code = &question.code;
        let mut here = vec![code.clone()];
        match &question.kind {
            Kind::Matrix { rows: known, .. } => {
                here = rows.iter().map(|row| format!("{code}__{}", known[*row].code)).collect();
            }
            Kind::Networks { .. } => names.extend([format!("{code}__other")]),
            Kind::Identifier { .. } => {
                let has_value = matches!(kept.get(code), Some(Answer::Identifier(given))
                    if ["siret", "rna"].contains(&given.kind.as_str()));
                names.extend(has_value.then(|| format!("{code}__value")));
            }
            _ => {}
        }
        if let Some(of) = path.offered.get(index) {
            let codes: Vec<String> = of.iter().map(|at| question.options()[*at].code.clone()).collect();
            offered.extend(here.iter().map(|name| (name.clone(), codes.clone())));
        }
        names.extend(here);
    }
    (names, offered)
}

fn respondent(edition: &Edition, seed: u64) -> Vec<Value> {
    let chance = ChaCha8Rng::seed_from_u64(seed);
    let mut respondent = Respondent { edition, chance, answers: Answers::new() };
    let mut steps = Vec::new();
    let mut before = BTreeSet::new();
    let mut step = |respondent: &mut Respondent<'_>, set: Value| {
        let (now, offered) = shown(edition, &respondent.answers);
        let appeared: Vec<&String> = now.difference(&before).collect();
        let vanished: Vec<&String> = before.difference(&now).collect();
        steps.push(json!({ "set": set, "appeared": appeared, "vanished": vanished, "offered": offered }));
        before = now;
    };
    step(&mut respondent, json!({}));
    let count = edition.questionnaire.questions.len();
    for index in 0..count {
        if edition.path(&respondent.answers).asks(index) {
            let set = respondent.give(index);
            step(&mut respondent, set);
        }
    }
    for _ in 0..CHANGES {
        let asked: Vec<usize> = edition.path(&respondent.answers).questions.into_keys().collect();
        let index = *respondent.pick(&asked);
        let set = respondent.give(index);
        step(&mut respondent, set);
    }
    steps
}

/// Writes a questionnaire's workbook and its respondents, and says how many names were ever hidden.
fn write(name: &str, files: &Files) -> usize {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("xforms");
    std::fs::create_dir_all(&folder).unwrap();
    let edition = edition(files);
    let workbook = export(&Form::read(files).unwrap(), &edition).unwrap();
    std::fs::write(folder.join(format!("{name}.xlsx")), workbook).unwrap();
    let respondents: Vec<Vec<Value>> = (0..RESPONDENTS).map(|seed| respondent(&edition, seed)).collect();
    let vanished: BTreeSet<String> = respondents
        .iter()
        .flatten()
        .flat_map(|step| step["vanished"].as_array().unwrap())
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    let text = serde_json::to_string(&respondents).unwrap();
    std::fs::write(folder.join(format!("{name}.json")), text).unwrap();
    vanished.len()
}

/// What routing may read, each at least once.
const RICH: [(&str, &str); 7] = [
    ("languages = [\"fr\", \"en\"]", "languages = [\"fr\"]"),
    (
        "code = \"mot\"\n",
        "code = \"mot\"\nbase_label = \"a\"\n\
         show_if = \"derived.taille in {un} and derived.nature in {association}\"\n",
    ),
    (
        "code = \"heures\"\n",
        "code = \"heures\"\nbase_label = \"b\"\n\
         show_if = \"(asked(taches.paies) or count_in(taches, {logiciel}) >= 2 or not measured(commune)) \
         and not outils has_all {visio,site}\"\n",
    ),
    ("label = \"Les comptes\", ", "label = \"Les comptes\", show_if = \"measured(reseaux)\", "),
    (
        "label = \"Les inscriptions\", ",
        "label = \"Les inscriptions\", show_if = \"asked(principal) or identifiant.type in {siret}\", ",
    ),
    ("label = \"Du papier\", ", "label = \"Du papier\", show_if = \"count(outils) < 3\", "),
    (
        "code = \"courriel\"\n",
        "code = \"courriel\"\nbase_label = \"c\"\n\
         show_if = \"derived.criteres >= 2 or derived.criteres_mesures = 0 or derived.region in {53} \
         or commune in {75056} and derived.outille = 1\"\n",
    ),
];

/// The small questionnaire with all that routing may read.
pub fn files_rich() -> Files {
    let files = edited(&files_small(), &RICH);
    let french = files.iter().filter(|(name, _)| !name.ends_with("en.toml"));
    Files::new(french.map(|(name, text)| (name.to_owned(), text.to_owned())).collect())
}

#[test]
fn two_hundred_respondents_of_each_questionnaire_are_written_for_other_engines() {
    assert!(write("maturite", &files_2026()) >= 10);
    assert!(write("annuaire", &files_directory()) >= 8);
    assert!(write("small", &files_small()) >= 4);
    assert!(write("rich", &files_rich()) >= 8);
}
