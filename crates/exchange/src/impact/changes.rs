//! What differs between two versions, beside the texts.

use std::collections::BTreeMap;

use questionnaire::{Choice, Edition, Kind, Question, Row};

use super::record::Records;
use super::{Change, Impact, Touched};

/// Every change, in the order of the questionnaire.
pub(super) fn changes(now: &Edition, next: &Edition, records: &Records) -> Vec<Impact> {
    let mut found = Found { records, impacts: Vec::new() };
    for question in &now.questionnaire.questions {
        match next.questionnaire.question(&question.code) {
            None => {
                let touched = records.count(|seen| seen.was_asked(&question.code));
                found.push(&question.code, Change::QuestionRemoved, touched);
            }
            Some(other) => found.question(now, next, question, other),
        }
    }
    for question in &next.questionnaire.questions {
        if now.questionnaire.question(&question.code).is_none() {
            let is_required = question.is_required;
            let change = Change::QuestionAdded { is_required, is_scored: question.score.is_some() };
            // Who would not be asked it is not touched, however far along.
            let touched = records.count(|seen| seen.next.contains(&question.code));
            found.push(&question.code, change, touched);
        }
    }
    if places(now, next) != places(next, now) {
        found.push("questionnaire", Change::Reordered, records.count(|seen| !seen.is_submitted));
    }
    found.impacts
}

/// The questions that both have, with their screens, in the order of the first.
fn places<'a>(edition: &'a Edition, other: &Edition) -> Vec<(&'a str, &'a str)> {
    let questionnaire = &edition.questionnaire;
    let both = |question: &&Question| other.questionnaire.question(&question.code).is_some();
    let place = |question: &'a Question| {
        (question.code.as_str(), questionnaire.screens[question.screen].code.as_str())
    };
    questionnaire.questions.iter().filter(both).map(place).collect()
}

struct Found<'a> {
    records: &'a Records,
    impacts: Vec<Impact>,
}

impl Found<'_> {
    fn push(&mut self, place: &str, change: Change, touched: Touched) {
        self.impacts.push(Impact { place: place.to_owned(), change, touched });
    }

    fn question(&mut self, now: &Edition, next: &Edition, before: &Question, after: &Question) {
        let records = self.records;
        let code = before.code.as_str();
        let asked = records.count(|seen| seen.was_asked(code));
        let answered = records.count(|seen| seen.answered(code));
        let (from, to) = (kind(before), kind(after));
        if from != to {
            // Options and limits of another type are no others: this one says it all.
            self.push(code, Change::TypeChanged { from, to }, asked);
            return;
        }
        self.options(before, after, asked, answered);
        self.rows(before, after, asked);
        self.base(code, before.show_if_text.as_deref(), after.show_if_text.as_deref());
        if after.is_required && !before.is_required {
            self.push(code, Change::Required, records.count(|seen| seen.is_refused(code, true)));
        } else if before.is_required && !after.is_required {
            self.push(code, Change::Optional, asked);
        }
        let is_option_gone = before.options().iter().any(|option| after.option(&option.code).is_none());
        let refused = records.count(|seen| seen.is_refused(code, false) || seen.drops(code));
        if limits(now, before) != limits(next, after) || (refused.total() > 0 && !is_option_gone) {
            self.push(code, Change::Limits, refused);
        }
        if before.is_personal != after.is_personal {
            self.push(code, Change::Personal, answered);
        }
        if scoring(before) != scoring(after) {
            self.push(code, Change::Scoring, answered);
        }
    }

    fn options(&mut self, before: &Question, after: &Question, asked: Touched, answered: Touched) {
        let code = before.code.as_str();
        for option in before.options() {
            if after.option(&option.code).is_none() {
                let touched = self.records.count(|seen| seen.chose(code, &option.code));
                self.push(&format!("{code}.{}", option.code), Change::OptionRemoved, touched);
            }
        }
        let is_network = matches!(after.kind, Kind::Networks { .. });
        for option in after.options() {
            if before.option(&option.code).is_none() {
                self.push(&format!("{code}.{}", option.code), Change::OptionAdded { is_network }, answered);
            }
        }
        let both = |options: &[Choice], other: &Question| -> Vec<String> {
            let codes = options.iter().map(|option| option.code.clone());
            codes.filter(|code| other.option(code).is_some()).collect()
        };
        if both(before.options(), after) != both(after.options(), before) {
            self.push(code, Change::OptionsReordered, asked);
        }
    }

    fn rows(&mut self, before: &Question, after: &Question, asked: Touched) {
        let code = before.code.as_str();
        let find = |question: &Question, row: &Row| {
            question.rows().iter().find(|other| other.code == row.code).cloned()
        };
        for row in before.rows() {
            let name = format!("{code}.{}", row.code);
            match find(after, row) {
                None => {
                    let touched = self.records.count(|seen| seen.was_asked(&name));
                    self.push(&name, Change::RowRemoved, touched);
                }
                Some(other) => self.base(&name, row.show_if_text.as_deref(), other.show_if_text.as_deref()),
            }
        }
        for row in after.rows() {
            if find(before, row).is_none() {
                let name = format!("{code}.{}", row.code);
                let touched = self.records.count(|seen| seen.next.contains(&name));
                self.push(&name, Change::RowAdded, touched);
            }
        }
        let both = |rows: &[Row], other: &Question| -> Vec<String> {
            let common = rows.iter().filter(|row| other.rows().iter().any(|same| same.code == row.code));
            common.map(|row| row.code.clone()).collect()
        };
        if both(before.rows(), after) != both(after.rows(), before) {
            self.push(code, Change::RowsReordered, asked);
        }
    }

    /// Who is asked: by its own condition, or by what that reads.
    fn base(&mut self, name: &str, before: Option<&str>, after: Option<&str>) {
        let lost = self.records.count(|seen| seen.loses(name));
        let gained = self.records.count(|seen| seen.gains(name));
        let (from, to) = (before.unwrap_or_default().to_owned(), after.unwrap_or_default().to_owned());
        if lost.total() > 0 || (before != after && gained.total() == 0) {
            self.push(name, Change::BaseNarrowed { from: from.clone(), to: to.clone() }, lost);
        }
        if gained.total() > 0 {
            self.push(name, Change::BaseWidened { from, to }, gained);
        }
    }
}

fn kind(question: &Question) -> &'static str {
    match question.kind {
        Kind::Single { .. } => "single",
        Kind::Multiple { .. } => "multiple",
        Kind::Matrix { .. } => "matrix",
        Kind::Integer { .. } => "integer",
        Kind::Text { .. } => "text",
        Kind::Email => "email",
        Kind::Identifier { .. } => "identifier",
        Kind::Commune => "commune",
        Kind::Networks { .. } => "networks",
    }
}

/// Which answers are accepted, of those that the type allows; options are compared apart.
fn limits(edition: &Edition, question: &Question) -> String {
    let properties = |property: &dyn Fn(&Choice) -> bool| -> Vec<String> {
        let options = question.options().iter().filter(|option| property(option));
        options.map(|option| option.code.clone()).collect()
    };
    let exclusive = properties(&|option| option.is_exclusive);
    let ending = properties(&|option| option.is_ending);
    let offered: Vec<_> = question
        .options()
        .iter()
        .filter_map(|option| Some((&option.code, option.show_if_text.as_ref()?)))
        .collect();
    let own = match &question.kind {
        Kind::Single { options_from, .. } => {
            format!("{:?}", options_from.map(|from| &edition.questionnaire.questions[from].code))
        }
        Kind::Multiple { max, .. } => format!("{max:?}"),
        Kind::Integer { min, max } => format!("{min} {max}"),
        Kind::Text { max_length, .. } => format!("{max_length}"),
        Kind::Matrix { .. }
        | Kind::Email
        | Kind::Identifier { .. }
        | Kind::Commune
        | Kind::Networks { .. } => String::new(),
    };
    format!("{exclusive:?} {ending:?} {offered:?} {own}")
}

/// What scores are made of.
fn scoring(question: &Question) -> String {
    let pointed = question.options().iter().filter_map(|option| Some((&option.code, option.points?)));
    let points: BTreeMap<&String, f64> = pointed.collect();
    format!("{:?} {} {points:?}", question.score, question.dimension)
}
