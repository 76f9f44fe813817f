//! A frozen extract of made-up organisations.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::NaiveDate;
use extract::{ExtractRecord, ManifestInput, RecordState, StateCounts};
use questionnaire::{Answer, Answers, Edition, Files, Identifier, Kind, Networks, Question};

/// The 2026 edition.
pub fn edition() -> Edition {
    edition_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../surveys"), "2026")
}

/// An edition of the barometer in a folder of surveys.
pub fn edition_of(surveys: &Path, code: &str) -> Edition {
    let edition = surveys.join("maturite-numerique").join(code);
    let mut files = BTreeMap::new();
    for (folder, prefix) in [
        (edition.clone(), ""),
        (edition.join("margins"), "margins/"),
        (edition.join("texts"), "texts/"),
        (edition.join("translations"), "translations/"),
        (surveys.join("nomenclatures"), "nomenclatures/"),
    ] {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "toml" || extension == "csv") {
                let name = path.file_name().unwrap().to_str().unwrap();
                files.insert(format!("{prefix}{name}"), std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    Edition::parse("maturite-numerique", code, &Files::new(files)).unwrap()
}

/// Numbers that look random: `SplitMix64`.
struct Dice(u64);

impl Dice {
    fn under(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound as u64).unwrap()
    }
}

fn answer(question: &Question, communes: &[String], dice: &mut Dice) -> Option<Answer> {
    if !question.is_required && dice.under(10) == 0 {
        return None;
    }
    Some(match &question.kind {
        Kind::Single { options, .. } => {
            let offered: Vec<_> = options.iter().filter(|option| !option.is_ending).collect();
            Answer::Text(offered[dice.under(offered.len())].code.clone())
        }
        Kind::Multiple { options, .. } => {
            let open: Vec<_> = options.iter().filter(|option| !option.is_exclusive).collect();
            Answer::Multiple(BTreeSet::from([open[dice.under(open.len())].code.clone()]))
        }
        Kind::Matrix { rows, options } => {
            let rows =
                rows.iter().map(|row| (row.code.clone(), options[dice.under(options.len())].code.clone()));
            Answer::Matrix(rows.collect())
        }
        Kind::Integer { .. } => {
            Answer::Integer(if dice.under(2) == 0 { 0 } else { i64::try_from(dice.under(200)).unwrap() })
        }
        Kind::Text { .. } => Answer::text("Texte à ne pas garder"),
        Kind::Email => Answer::text("personne@example.org"),
        Kind::Identifier { options } => Answer::Identifier(Identifier {
            kind: options[dice.under(options.len())].code.clone(),
            value: Some("83908523000028".to_owned()),
        }),
        Kind::Commune if dice.under(5) == 0 => Answer::text("75056"),
        Kind::Commune => Answer::Text(communes[dice.under(communes.len())].clone()),
        Kind::Networks { options } => {
            let codes = BTreeSet::from([options[dice.under(3)].code.clone()]);
            Answer::Networks(Networks { codes, other: None })
        }
    })
}

/// `n` organisations, one in ten of which stopped on the way; none has anything off its path.
pub fn records(edition: &Edition, n: usize) -> Vec<ExtractRecord> {
    let mut dice = Dice(7);
    let communes: Vec<String> =
        edition.nomenclatures.communes().map(|commune| commune.code.clone()).collect();
    let day = |day| NaiveDate::from_ymd_opt(2026, 1, day).unwrap();
    let first = &edition.questionnaire.screens[5].code;
    (0..n)
        .map(|index| {
            let mut answers = Answers::new();
            for question in &edition.questionnaire.questions {
                answers.set(&question.code, answer(question, &communes, &mut dice));
            }
            if dice.under(3) > 0
                || matches!(answers.get("org_statut"), Some(Answer::Text(code)) if code == "hors_ess")
            {
                answers.set("org_statut", Some(Answer::text("asso_1901")));
            }
            let is_partial = index % 10 == 9;
            ExtractRecord {
                organisation: format!("org{index:05}"),
                answers: edition.route(&answers).1,
                state: if is_partial { RecordState::Partial } else { RecordState::Submitted },
                last_screen: is_partial.then(|| first.clone()),
                version: edition.questionnaire.version.clone(),
                started_on: day(6),
                submitted_on: (!is_partial).then(|| day(7)),
                sequence: 1,
            }
        })
        .collect()
}

/// Freezes records where the command line looks for them.
pub fn freeze(edition: &Edition, records: &[ExtractRecord], directory: &Path) {
    freeze_in(2026, edition, records, directory);
}

/// The same, collected in January of a year.
pub fn freeze_in(year: i32, edition: &Edition, records: &[ExtractRecord], directory: &Path) {
    let day = |day| NaiveDate::from_ymd_opt(year, 1, day).unwrap();
    let input = ManifestInput {
        software: "barometre 0.1.0".to_owned(),
        is_simulated: true,
        field_start: day(5),
        field_end: day(30),
        states: StateCounts { submitted: records.len() as u64, partial: 0, refused: 0, withdrawn: 0 },
    };
    let folder = format!("extracts/{}", edition.questionnaire.edition);
    extract::write(&directory.join(folder), edition, records, &input).unwrap();
}
