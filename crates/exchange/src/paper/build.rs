//! From an edition to what is printed.

use questionnaire::{Choice, Condition, Edition, Kind, Question, QuestionIndex, curly};

use super::condition::Speaker;
use super::content::{Answer, Comb, Cover, Field, Front, Go, Group, Item, Line, Part, Sheet, Template};
use super::routing;
use super::words::Words;

/// Most networks printed with a box each, so that paper shows the same list as the site; beyond, the respondent writes
/// their names.
const MOST_NETWORKS: usize = 60;

/// Lines to write networks on when their list is not printed.
const NETWORK_LINES: usize = 5;

/// Letters that fit on a printed line.
const LETTERS_BY_LINE: usize = 75;

/// Most lines of a long text.
const MOST_LINES: usize = 8;

/// Letters of the version that are printed.
const VERSION_LETTERS: usize = 8;

/// The questionnaire to print. The edition's texts are printed as they are: give it in the language of the words.
#[must_use]
pub fn sheet(edition: &Edition, words: &Words, cover: &Cover) -> Sheet {
    let questionnaire = &edition.questionnaire;
    let builder = Builder { edition, words, speaker: Speaker { edition, words } };
    let sections = questionnaire.sections.iter().enumerate().map(|(index, section)| Part {
        code: section.code.clone(),
        title: curly(&section.title),
        questions: (0..questionnaire.questions.len())
            .filter(|question| questionnaire.questions[*question].section == index)
            .map(|question| builder.item(question))
            .collect(),
    });
    let about = [("title", questionnaire.title.as_str()), ("edition", questionnaire.edition.as_str())];
    let who = [("publisher", cover.publisher.as_str()), ("contact", cover.contact.as_str())];
    let consent = routing::consent(questionnaire).map_or(1, |question| question + 1).to_string();
    Sheet {
        language: words.language().to_owned(),
        document: curly(&words.fill("document.title", &about)),
        title: curly(&questionnaire.title),
        publisher: cover.publisher.clone(),
        description: curly(&words.fill("document.description", &who)),
        version: questionnaire.version.chars().take(VERSION_LETTERS).collect(),
        cover: Front {
            survey: curly_cover(cover),
            kind: curly(&words.fill("cover.kind", &about)),
            by: curly(&words.fill("cover.by", &who)),
            ready: words.say("cover.ready").to_owned(),
            fill: words.list("cover.fill"),
            send: words.fill("cover.return", &who),
            rights: curly(&words.fill("cover.rights", &who)),
        },
        words: builder.template(),
        sections: sections.collect(),
        thanks: words.fill("cover.thanks", &[("consent", &consent)]),
    }
}

fn curly_cover(cover: &Cover) -> Cover {
    Cover {
        publisher: cover.publisher.clone(),
        contact: cover.contact.clone(),
        title: curly(&cover.title),
        lead: curly(&cover.lead),
        whom_title: curly(&cover.whom_title),
        whom: curly(&cover.whom),
        confidentiality_title: curly(&cover.confidentiality_title),
        confidentiality: cover.confidentiality.iter().map(|text| curly(text)).collect(),
    }
}

struct Builder<'a> {
    edition: &'a Edition,
    words: &'a Words,
    speaker: Speaker<'a>,
}

impl Builder<'_> {
    fn template(&self) -> Template {
        let say = |key: &str| self.words.say(key).to_owned();
        Template {
            page: say("document.page"),
            number: say("document.number"),
            fill_title: say("cover.fill_title"),
            return_title: say("cover.return_title"),
            deadline: say("cover.deadline"),
            address: say("cover.address"),
            thanks_title: say("cover.thanks_title"),
            exclusive: say("answer.exclusive"),
            postcode: say("answer.postcode"),
            commune: say("answer.commune_name"),
            other: say("answer.network_other"),
            rows: say("answer.rows"),
        }
    }

    fn item(&self, index: QuestionIndex) -> Item {
        let question = &self.edition.questionnaire.questions[index];
        let mark = match (question.is_required, question.is_optional) {
            (true, _) => Some(self.words.say("answer.required").to_owned()),
            (false, true) => Some(self.words.say("answer.optional").to_owned()),
            (false, false) => None,
        };
        Item {
            number: index + 1,
            code: question.code.clone(),
            heading: self.heading(index),
            text: curly(&question.text),
            help: question.help.as_deref().map(curly),
            mark,
            head: question.show_if.as_ref().map(|condition| self.head(condition, question)),
            instruction: self.instruction(index),
            field: self.field(index),
        }
    }

    /// The title of a screen above its first question; those of a matrix in groups are in its table.
    fn heading(&self, index: QuestionIndex) -> Option<String> {
        let screens = &self.edition.questionnaire.screens;
        let screen = &screens[self.edition.questionnaire.questions[index].screen];
        let first = screen.items.first()?;
        let is_first = first.question == index && first.rows.is_none();
        screen.title.as_deref().filter(|_| is_first).map(curly)
    }

    fn head(&self, condition: &Condition, question: &Question) -> String {
        match &question.base_label {
            // What is computed from answers cannot be read off the sheet: the author's words say who is meant.
            Some(base) if !Speaker::is_readable(condition) => {
                self.words.fill("route.only_base", &[("base", &curly(base))])
            }
            _ => self.words.fill("route.only_if", &[("condition", &self.speaker.say(condition))]),
        }
    }

    fn only_if(&self, condition: Option<&Condition>) -> Option<String> {
        let condition = self.speaker.say(condition?);
        Some(self.words.fill("route.line_only_if", &[("condition", &condition)]))
    }

    fn instruction(&self, index: QuestionIndex) -> Option<String> {
        let say = |key: &str| Some(self.words.say(key).to_owned());
        match &self.edition.questionnaire.questions[index].kind {
            Kind::Single { options_from: Some(from), .. } => {
                let among = self.words.fill("answer.among", &[("n", &(from + 1).to_string())]);
                Some(format!("{}. {among}", self.words.say("answer.one")))
            }
            Kind::Single { .. } | Kind::Identifier { .. } => say("answer.one"),
            Kind::Multiple { max: Some(max), .. } => {
                Some(self.words.fill("answer.several_at_most", &[("max", &max.to_string())]))
            }
            Kind::Multiple { .. } => say("answer.several"),
            Kind::Matrix { .. } => say("answer.one_by_row"),
            Kind::Integer { min, max } => {
                let (min, max) = (self.words.number(*min as f64), self.words.number(*max as f64));
                Some(self.words.fill("answer.integer", &[("min", &min), ("max", &max)]))
            }
            Kind::Text { max_length, .. } => {
                let max = self.words.number(*max_length as f64);
                Some(self.words.fill("answer.text", &[("max", &max)]))
            }
            Kind::Email => say("answer.email"),
            Kind::Commune => say("answer.commune"),
            Kind::Networks { options } if is_printed(options) => say("answer.networks"),
            Kind::Networks { .. } => say("answer.networks_lines"),
        }
    }

    fn field(&self, index: QuestionIndex) -> Field {
        let question = &self.edition.questionnaire.questions[index];
        let answers = || question.options().iter().map(|option| self.answer(index, option)).collect();
        match &question.kind {
            Kind::Single { .. } | Kind::Multiple { .. } => Field::Choices { answers: answers() },
            Kind::Matrix { .. } => Field::Matrix { answers: answers(), groups: self.groups(index) },
            Kind::Integer { min, max } => {
                let letters = |number: &i64| number.to_string().len();
                Field::Number { digits: letters(min).max(letters(max)) }
            }
            Kind::Text { max_length, is_long } => {
                let fewest = if *is_long { 3 } else { 1 };
                Field::Lines { count: max_length.div_ceil(LETTERS_BY_LINE).clamp(fewest, MOST_LINES) }
            }
            Kind::Email => Field::Lines { count: 1 },
            Kind::Identifier { .. } => Field::Identifier { answers: answers() },
            Kind::Commune => Field::Commune,
            Kind::Networks { options } if is_printed(options) => {
                Field::Networks { answers: answers(), lines: 1 }
            }
            Kind::Networks { options } => Field::Networks {
                answers: options
                    .iter()
                    .filter(|option| option.is_exclusive)
                    .map(|option| self.answer(index, option))
                    .collect(),
                lines: NETWORK_LINES,
            },
        }
    }

    fn answer(&self, question: QuestionIndex, option: &Choice) -> Answer {
        let questionnaire = &self.edition.questionnaire;
        let asked = &questionnaire.questions[question];
        let go = routing::skip(questionnaire, question, option);
        let go_text = go.map(|go| match go {
            Go::To(number) => self.words.fill("route.go", &[("n", &number.to_string())]),
            Go::EndAfter(number) if number == question + 1 => self.words.say("route.end").to_owned(),
            Go::EndAfter(number) => self.words.fill("route.end_after", &[("n", &number.to_string())]),
        });
        let is_several = matches!(asked.kind, Kind::Multiple { .. } | Kind::Networks { .. });
        let comb = match (&asked.kind, option.code.as_str()) {
            (Kind::Identifier { .. }, "siret") => {
                Some(Comb { prefix: String::new(), groups: vec![3, 3, 3, 5] })
            }
            (Kind::Identifier { .. }, "rna") => Some(Comb { prefix: "W".to_owned(), groups: vec![9] }),
            _ => None,
        };
        Answer {
            code: option.code.clone(),
            label: curly(&option.label),
            is_exclusive: is_several && option.is_exclusive,
            only_if: self.only_if(option.show_if.as_ref()),
            comb,
            go,
            go_text,
        }
    }

    /// The lines of a matrix under the titles of the screens that show them.
    fn groups(&self, index: QuestionIndex) -> Vec<Group> {
        let question = &self.edition.questionnaire.questions[index];
        let line = |row: usize| {
            let row = &question.rows()[row];
            Line {
                code: row.code.clone(),
                label: curly(&row.label),
                only_if: self.only_if(row.show_if.as_ref()),
            }
        };
        let mut groups = Vec::new();
        for screen in &self.edition.questionnaire.screens {
            for item in screen.items.iter().filter(|item| item.question == index) {
                groups.push(match &item.rows {
                    Some(rows) => Group {
                        title: screen.title.as_deref().map(curly),
                        lines: rows.iter().map(|row| line(*row)).collect(),
                    },
                    None => Group { title: None, lines: (0..question.rows().len()).map(line).collect() },
                });
            }
        }
        groups
    }
}

fn is_printed(networks: &[Choice]) -> bool {
    networks.len() <= MOST_NETWORKS
}
