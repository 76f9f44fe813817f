//! Responses made up for tests.

use std::sync::OnceLock;

use analysis::{Attacker, Insider};
use audit::{Claim, Known, Release};
use chrono::NaiveDate;
use extract::{Extract, ExtractRecord, ManifestInput, RecordState, StateCounts};
use questionnaire::{Answer, Answers, Edition, Identifier, Kind, Networks, Question};

/// An attacker that finds nothing, and takes no time: for what does not depend on it.
pub struct Nobody;

impl Attacker for Nobody {
    fn inside(&self, _: &Release, _: &Insider<'_>, _: &[Release]) -> Vec<Claim> {
        Vec::new()
    }

    fn network(&self, _: &Release, _: &Insider<'_>) -> Vec<Claim> {
        Vec::new()
    }

    fn outside(&self, _: &Release, _: &Known, _: &[Release]) -> Vec<Claim> {
        Vec::new()
    }
}

/// A small generator of numbers that look random: `SplitMix64` (Steele, Lea and Flood, OOPSLA 2014).
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number under `bound`.
    pub fn under(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    pub fn happens(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }
}

fn communes(edition: &Edition) -> &'static [String] {
    static CODES: OnceLock<Vec<String>> = OnceLock::new();
    CODES.get_or_init(|| edition.nomenclatures.communes().map(|commune| commune.code.clone()).collect())
}

/// A made-up answer to a question; `None` when it is left blank.
fn answer(edition: &Edition, question: &Question, dice: &mut Dice) -> Option<Answer> {
    if !question.is_required && dice.happens(8) {
        return None;
    }
    Some(match &question.kind {
        Kind::Single { options, .. } => {
            let offered: Vec<_> = options.iter().filter(|option| !option.is_ending).collect();
            Answer::Text(offered[dice.under(offered.len())].code.clone())
        }
        Kind::Multiple { options, max } => {
            let mut codes = std::collections::BTreeSet::new();
            for _ in 0..=dice.under(max.unwrap_or(5)) {
                codes.insert(options[dice.under(options.len())].clone().code);
            }
            if let Some(alone) =
                options.iter().find(|option| option.is_exclusive && codes.contains(&option.code))
            {
                codes = [alone.code.clone()].into();
            }
            Answer::Multiple(codes)
        }
        Kind::Matrix { rows, options } => {
            let mut answered = std::collections::BTreeMap::new();
            for row in rows {
                if dice.happens(90) {
                    answered.insert(row.code.clone(), options[dice.under(options.len())].code.clone());
                }
            }
            Answer::Matrix(answered)
        }
        Kind::Integer { .. } => {
            Answer::Integer(if dice.happens(50) { 0 } else { 1 + dice.under(300).cast_signed() as i64 })
        }
        Kind::Text { .. } | Kind::Email => return None,
        Kind::Identifier { options } => Answer::Identifier(Identifier {
            kind: options[dice.under(options.len())].code.clone(),
            value: None,
        }),
        Kind::Commune => {
            // One in five in Paris, so that Île-de-France has members.
            let all = communes(edition);
            let code = if dice.happens(20) { "75056".to_owned() } else { all[dice.under(all.len())].clone() };
            Answer::Text(code)
        }
        Kind::Networks { options } => {
            let listed: Vec<_> = options.iter().filter(|option| !option.is_exclusive).collect();
            // Membership falls off along the list, so that networks of every size occur.
            let codes = (0..3)
                .map(|_| dice.under(listed.len()).min(dice.under(listed.len())))
                .map(|index| listed[index].code.clone())
                .collect();
            Answer::Networks(Networks { codes, other: None })
        }
    })
}

/// The answers of a made-up organisation that belongs to the scope, with nothing off its path.
pub fn answers(edition: &Edition, dice: &mut Dice) -> Answers {
    let mut answers = Answers::new();
    for question in &edition.questionnaire.questions {
        answers.set(&question.code, answer(edition, question, dice));
    }
    let statuses: Vec<_> = edition.questionnaire.question("org_statut").unwrap().options().iter().collect();
    let inside = &statuses[dice.under(statuses.len() - 1)];
    let status = if inside.code == "hors_ess" { "asso_1901" } else { &inside.code };
    // Two in three are associations, as in life.
    answers.set("org_statut", Some(Answer::text(if dice.happens(66) { "asso_1901" } else { status })));
    edition.route(&answers).1
}

pub fn record(organisation: &str, answers: Answers) -> ExtractRecord {
    let day = |day| NaiveDate::from_ymd_opt(2026, 1, day).unwrap();
    ExtractRecord {
        organisation: organisation.to_owned(),
        answers,
        state: RecordState::Submitted,
        last_screen: None,
        version: super::definition::edition().questionnaire.version.clone(),
        started_on: day(6),
        submitted_on: Some(day(7)),
        sequence: 1,
    }
}

/// `n` made-up organisations, `org00000` and so on.
pub fn records(edition: &Edition, n: usize, seed: u64) -> Vec<ExtractRecord> {
    let mut dice = Dice(seed);
    (0..n).map(|index| record(&format!("org{index:05}"), answers(edition, &mut dice))).collect()
}

pub fn freeze(edition: &Edition, records: &[ExtractRecord]) -> Extract {
    let dir = tempfile::tempdir().unwrap();
    let day = |day| NaiveDate::from_ymd_opt(2026, 1, day).unwrap();
    let input = ManifestInput {
        software: "barometre 0.1.0".to_owned(),
        is_simulated: true,
        field_start: day(5),
        field_end: day(30),
        states: StateCounts { submitted: records.len() as u64, partial: 0, refused: 4, withdrawn: 0 },
    };
    extract::write(dir.path(), edition, records, &input).unwrap();
    Extract::open(dir.path()).unwrap()
}
