//! From a form to the sheets of a workbook.

use std::collections::BTreeSet;

use super::ExportError;
use super::constraint;
use super::languages;
use super::sheets::{Book, Row, Sheet};
use super::to_xpath::{Translator, answer, row_name, selected, text};
use super::xpath::{Operator, XPath};
use crate::form::{Choice, Form, Question, Screen};

/// The column that says what a row of ours is.
pub(super) const KIND: &str = "barometre_kind";

/// Texts in all languages, by column.
const TRANSLATED: [&str; 4] = ["label", "hint", "constraint_message", "barometre_base_label"];

/// A form's sheets. `networks` are the entries of the reference list, code and label.
pub(super) fn book(form: &Form, networks: Vec<(String, String)>) -> Result<Book, ExportError> {
    let mut languages = form.languages.clone();
    for language in form.translations.keys() {
        if !languages.contains(language) {
            languages.push(language.clone());
        }
    }
    if languages.is_empty() {
        languages.push("fr".to_owned());
    }
    let mut builder = Builder {
        form,
        languages,
        networks,
        translator: Translator::new(form),
        written: BTreeSet::new(),
        survey: Vec::new(),
        choices: Vec::new(),
    };
    builder.survey()?;
    Ok(builder.finish())
}

struct Builder<'a> {
    form: &'a Form,
    /// All languages, the form's own first.
    languages: Vec<String>,
    networks: Vec<(String, String)>,
    translator: Translator<'a>,
    /// The keys whose texts have a cell.
    written: BTreeSet<String>,
    survey: Vec<Row>,
    choices: Vec<Row>,
}

fn row<'t>(cells: impl IntoIterator<Item = (&'t str, &'t str)>) -> Row {
    cells.into_iter().map(|(column, text)| (column.to_owned(), text.to_owned())).collect()
}

fn put(row: &mut Row, column: &str, text: Option<impl ToString>) {
    if let Some(text) = text {
        row.insert(column.to_owned(), text.to_string());
    }
}

fn flag(row: &mut Row, column: &str, flag: bool) {
    put(row, column, flag.then_some("yes"));
}

/// The name of a column in a language.
pub(super) fn in_language(column: &str, language: &str) -> String {
    format!("{column}::{}", languages::name(language))
}

impl<'a> Builder<'a> {
    /// A text of the form in all languages.
    fn texts(&mut self, row: &mut Row, column: &str, key: &str, text: &str) {
        for (index, language) in self.languages.iter().enumerate() {
            let text = if index == 0 {
                Some(text)
            } else {
                self.form.translations.get(language).and_then(|catalogue| catalogue.get(key))
            };
            put(row, &in_language(column, language), text);
        }
        self.written.insert(key.to_owned());
    }

    /// A text of ours in all languages.
    fn said(&self, row: &mut Row, column: &str, say: impl Fn(&str) -> Option<String>) {
        for language in &self.languages {
            put(row, &in_language(column, language), say(language));
        }
    }

    fn condition(&self, place: &str, expression: &str) -> Result<XPath, ExportError> {
        self.translator.condition_text(expression).map_err(|message| ExportError::Expression {
            place: place.to_owned(),
            expression: expression.to_owned(),
            message,
        })
    }

    /// `relevant`, our own expression, and the copy that tells later which of the two was edited.
    fn show_if(&self, row: &mut Row, place: &str, show_if: Option<&str>) -> Result<(), ExportError> {
        if let Some(show_if) = show_if {
            let relevant = self.condition(place, show_if)?.to_string();
            put(row, "relevant", Some(&relevant));
            put(row, "barometre_relevant", Some(&relevant));
            put(row, "barometre_show_if", Some(show_if));
        }
        Ok(())
    }

    fn survey(&mut self) -> Result<(), ExportError> {
        let mut screen_index = 0;
        for (index, section) in self.form.sections.iter().enumerate() {
            let name = format!("section-{}", section.code);
            let mut begin = row([
                ("type", "begin_group"),
                ("name", &name),
                (KIND, "section"),
                ("barometre_code", &section.code),
            ]);
            put(&mut begin, "relevant", self.translator.section_reached(index));
            self.texts(&mut begin, "label", &format!("section.{}", section.code), &section.title);
            self.survey.push(begin);
            for screen in &section.screens {
                self.screen(index, screen_index, screen)?;
                screen_index += 1;
            }
            self.survey.push(row([("type", "end_group")]));
        }
        Ok(())
    }

    fn screen(&mut self, section: usize, index: usize, screen: &'a Screen) -> Result<(), ExportError> {
        let name = format!("screen-{}", screen.code);
        let mut begin = row([
            ("type", "begin_group"),
            ("name", &name),
            (KIND, "screen"),
            ("barometre_code", &screen.code),
        ]);
        // A matrix is a table, and a table in a page cannot itself be one.
        let has_matrix = screen.questions.iter().any(|question| question.kind == "matrix");
        put(&mut begin, "appearance", (!has_matrix).then_some("field-list"));
        put(&mut begin, "relevant", self.translator.screen_reached(section, index));
        if let Some(title) = &screen.title {
            self.texts(&mut begin, "label", &format!("screen.{}", screen.code), title);
        }
        self.survey.push(begin);
        for question in &screen.questions {
            self.question(question)?;
        }
        self.survey.push(row([("type", "end_group")]));
        Ok(())
    }

    fn question(&mut self, question: &'a Question) -> Result<(), ExportError> {
        let code = &question.code;
        let key = format!("question.{code}");
        let is_matrix = question.kind == "matrix";
        let kind = match question.kind.as_str() {
            "single" | "identifier" => format!("select_one {code}"),
            "multiple" | "networks" => format!("select_multiple {code}"),
            "matrix" => "begin_group".to_owned(),
            "integer" => "integer".to_owned(),
            _ => "text".to_owned(),
        };
        let mut cells = row([
            ("type", kind.as_str()),
            ("name", code),
            (KIND, if is_matrix { "matrix" } else { "question" }),
            ("barometre_type", &question.kind),
            ("barometre_dimension", &question.dimension),
        ]);
        self.texts(&mut cells, "label", &format!("{key}.text"), &question.text);
        if let Some(help) = &question.help {
            self.texts(&mut cells, "hint", &format!("{key}.help"), help);
        }
        if let Some(base_label) = &question.base_label {
            self.texts(&mut cells, "barometre_base_label", &format!("{key}.base_label"), base_label);
        }
        self.show_if(&mut cells, code, question.show_if.as_deref())?;
        flag(&mut cells, "required", question.required && !is_matrix);
        flag(&mut cells, "barometre_required", question.required && is_matrix);
        for (column, value) in [
            ("barometre_optional", question.optional),
            ("barometre_personal", question.personal),
            ("barometre_rotating", question.rotating),
        ] {
            flag(&mut cells, column, value);
        }
        for (column, value) in [
            ("barometre_list", &question.list),
            ("barometre_options_from", &question.options_from),
            ("barometre_sensitivity", &question.sensitivity),
            ("barometre_score", &question.score),
            ("barometre_comparable", &question.comparable),
        ] {
            put(&mut cells, column, value.as_ref());
        }
        if let Some(xpath) = constraint::write(question) {
            put(&mut cells, "constraint", Some(xpath));
            self.said(&mut cells, "constraint_message", |language| languages::constraint(question, language));
        }
        put(&mut cells, "appearance", question.long.then_some("multiline"));
        let filter = self.choice_filter(question)?;
        if is_matrix {
            let is_table = question.groups.is_empty() && filter.is_none();
            put(&mut cells, "appearance", is_table.then_some("table-list"));
        } else {
            put(&mut cells, "choice_filter", filter.as_deref());
        }
        self.survey.push(cells);
        self.choices_of(question);
        if is_matrix {
            self.rows(question, filter.as_deref())?;
            self.survey.push(row([("type", "end_group")]));
        }
        self.part(question)
    }

    /// What is typed beside a choice: the number of an identifier, a network that the list lacks.
    fn part(&mut self, question: &Question) -> Result<(), ExportError> {
        let asked = match &question.show_if {
            Some(show_if) => Some(self.condition(&question.code, show_if)?),
            None => None,
        };
        let mut part = row([("type", "text"), (KIND, "part")]);
        match question.kind.as_str() {
            "identifier" => {
                let Some(constraint) = constraint::write_identifier(question) else { return Ok(()) };
                let typed = ["siret", "rna"]
                    .into_iter()
                    .filter(|code| question.options.iter().any(|option| option.code == *code))
                    .map(|code| selected(answer(&question.code), code));
                let chosen = XPath::any(typed);
                put(&mut part, "name", Some(row_name(&question.code, "value")));
                put(&mut part, "relevant", XPath::all(asked.into_iter().chain(chosen)));
                put(&mut part, "required", Some("yes"));
                put(&mut part, "constraint", Some(constraint));
                self.said(&mut part, "label", |language| Some(languages::identifier_label(language)));
                self.said(&mut part, "constraint_message", |language| {
                    Some(languages::identifier_constraint(language))
                });
            }
            "networks" => {
                let length = XPath::call("string-length", [XPath::Here]);
                let constraint = XPath::binary(length, Operator::AtMost, XPath::Number(200.0));
                put(&mut part, "name", Some(row_name(&question.code, "other")));
                put(&mut part, "relevant", asked);
                put(&mut part, "constraint", Some(constraint));
                self.said(&mut part, "label", |language| Some(languages::network_label(language)));
                self.said(&mut part, "constraint_message", |language| {
                    Some(languages::network_constraint(language))
                });
            }
            _ => return Ok(()),
        }
        self.survey.push(part);
        Ok(())
    }

    fn rows(&mut self, question: &'a Question, filter: Option<&str>) -> Result<(), ExportError> {
        let of_group = |group: Option<&str>| {
            question.rows.iter().filter(move |row| row.group.as_deref() == group).collect::<Vec<_>>()
        };
        for matrix_row in of_group(None) {
            self.matrix_row(question, matrix_row, filter)?;
        }
        for group in &question.groups {
            let name = row_name(&question.code, &group.code);
            let mut begin = row([
                ("type", "begin_group"),
                ("name", &name),
                // Answers that are not offered to all make no table.
                ("appearance", if filter.is_some() { "field-list" } else { "table-list" }),
                (KIND, "rows"),
                ("barometre_code", &group.code),
            ]);
            let key = format!("question.{}.groups.{}", question.code, group.code);
            self.texts(&mut begin, "label", &key, &group.title);
            self.survey.push(begin);
            for matrix_row in of_group(Some(&group.code)) {
                self.matrix_row(question, matrix_row, filter)?;
            }
            self.survey.push(row([("type", "end_group")]));
        }
        Ok(())
    }

    fn matrix_row(
        &mut self,
        question: &Question,
        matrix_row: &crate::form::Row,
        filter: Option<&str>,
    ) -> Result<(), ExportError> {
        let name = row_name(&question.code, &matrix_row.code);
        let mut cells = row([
            ("type", format!("select_one {}", question.code).as_str()),
            ("name", &name),
            (KIND, "row"),
            ("barometre_code", &matrix_row.code),
        ]);
        let key = format!("question.{}.rows.{}", question.code, matrix_row.code);
        self.texts(&mut cells, "label", &key, &matrix_row.label);
        self.show_if(&mut cells, &name, matrix_row.show_if.as_deref())?;
        put(&mut cells, "choice_filter", filter);
        self.survey.push(cells);
        Ok(())
    }

    /// Who is offered which answer.
    fn choice_filter(&self, question: &Question) -> Result<Option<String>, ExportError> {
        match choice_filter(&self.translator, question) {
            Ok(filter) => Ok(filter.map(|filter| filter.to_string())),
            Err((option, message)) => Err(ExportError::Expression {
                place: format!("{}.{}", question.code, option.code),
                expression: option.show_if.clone().unwrap_or_default(),
                message,
            }),
        }
    }

    fn choices_of(&mut self, question: &'a Question) {
        if question.kind == "networks" {
            for (code, label) in self.networks.clone() {
                let mut cells = row([("list_name", question.code.as_str()), ("name", &code)]);
                put(&mut cells, "barometre_list", question.list.as_ref());
                self.said(&mut cells, "label", |_| Some(label.clone()));
                self.choices.push(cells);
            }
        }
        let limiting = question
            .options_from
            .as_ref()
            .and_then(|from| self.form.questions().find(|limiting| limiting.code == *from));
        let order = |codes: &[String]| -> bool {
            let places = codes.iter().map(|code| question.options.iter().position(|o| o.code == *code));
            places.collect::<Vec<_>>().is_sorted()
        };
        let marks = [
            ("barometre_exclusive", &question.exclusive, order(&question.exclusive)),
            ("barometre_ends_on", &question.ends_on, order(&question.ends_on)),
        ];
        for option in &question.options {
            let mut cells = row([("list_name", question.code.as_str()), ("name", &option.code)]);
            let key = format!("question.{}.options.{}", question.code, option.code);
            self.texts(&mut cells, "label", &key, &option.label);
            put(&mut cells, "barometre_points", option.points);
            put(&mut cells, "barometre_show_if", option.show_if.as_ref());
            for (column, codes, is_in_order) in marks {
                let Some(place) = codes.iter().position(|code| *code == option.code) else { continue };
                // The order of the list is the order of the answers, unless it was written in another.
                let mark = if is_in_order { "yes".to_owned() } else { (place + 1).to_string() };
                put(&mut cells, column, Some(mark));
            }
            if let Some(limiting) = limiting {
                flag(&mut cells, "barometre_always", is_always_offered(limiting, option));
            }
            self.choices.push(cells);
        }
    }

    fn finish(mut self) -> Book {
        let mut checks = Sheet { name: "barometre_checks", ..Sheet::default() };
        let mut dimensions = Sheet { name: "barometre_dimensions", ..Sheet::default() };
        let mut retired = Sheet { name: "barometre_retired", ..Sheet::default() };
        for check in &self.form.checks {
            let mut cells = row([("code", check.code.as_str()), ("when", &check.when)]);
            put(&mut cells, "severity", check.severity.as_ref());
            self.texts(&mut cells, "message", &format!("check.{}", check.code), &check.message);
            checks.rows.push(cells);
        }
        for dimension in &self.form.dimensions {
            let mut cells = row([("code", dimension.code.as_str())]);
            flag(&mut cells, "scored", dimension.scored);
            flag(&mut cells, "index", dimension.index);
            self.texts(&mut cells, "label", &format!("dimension.{}", dimension.code), &dimension.label);
            dimensions.rows.push(cells);
        }
        for code in &self.form.retired {
            retired.rows.push(row([("code", code.code.as_str()), ("reason", &code.reason)]));
        }
        let texts = self.other_texts();
        let translated = |columns: &[&str], texts: &[&str]| -> Vec<String> {
            let fixed = columns.iter().map(|column| (*column).to_owned());
            let texts = texts
                .iter()
                .flat_map(|column| self.languages.iter().map(|language| in_language(column, language)));
            fixed.chain(texts).collect()
        };
        checks.columns = translated(&["code", "severity", "when"], &["message"]);
        dimensions.columns = translated(&["code", "scored", "index"], &["label"]);
        retired.columns = translated(&["code", "reason"], &[]);
        let texts = Sheet { name: "barometre_texts", columns: translated(&["key"], &["text"]), rows: texts };
        let mut columns = translated(&["type", "name"], &TRANSLATED[..2]);
        columns.extend(translated(&["required", "relevant", "constraint"], &TRANSLATED[2..3]));
        columns.extend(translated(&["choice_filter", "calculation", "appearance", KIND], &[]));
        let ours = ["code", "type", "dimension", "show_if", "relevant", "calculation"];
        columns.extend(ours.map(|column| format!("barometre_{column}")));
        columns.extend(translated(&[], &TRANSLATED[3..]));
        let ours = [
            "options_from",
            "list",
            "required",
            "optional",
            "personal",
            "rotating",
            "sensitivity",
            "score",
            "comparable",
        ];
        columns.extend(ours.map(|column| format!("barometre_{column}")));
        let survey = Sheet { name: "survey", columns, rows: self.survey };
        let mut columns = vec!["list_name".to_owned(), "name".to_owned()];
        columns.extend(self.languages.iter().map(|language| in_language("label", language)));
        let ours = ["points", "show_if", "exclusive", "ends_on", "always", "list"];
        columns.extend(ours.map(|column| format!("barometre_{column}")));
        let choices = Sheet { name: "choices", columns, rows: self.choices };
        let default_language = languages::name(&self.languages[0]);
        let languages = self.form.languages.join(" ");
        let settings = Sheet {
            name: "settings",
            columns: ["form_title", "form_id", "default_language", "style", "barometre_languages"]
                .map(str::to_owned)
                .to_vec(),
            rows: vec![row([
                ("form_title", self.form.title.as_str()),
                ("form_id", "barometre"),
                ("default_language", &default_language),
                ("style", "pages"),
                ("barometre_languages", &languages),
            ])],
        };
        Book { survey, choices, settings, others: vec![dimensions, checks, retired, texts] }
    }

    /// The texts of the translations that have no cell elsewhere: the title, the levels, the labels of the score.
    fn other_texts(&self) -> Vec<Row> {
        let mut keys = BTreeSet::new();
        for catalogue in self.form.translations.values() {
            keys.extend(catalogue.iter().map(|(key, _)| key).filter(|key| !self.written.contains(*key)));
        }
        let mut rows = Vec::new();
        for key in keys {
            let mut cells = row([("key", key)]);
            for language in &self.languages {
                let catalogue = self.form.translations.get(language);
                put(&mut cells, &in_language("text", language), catalogue.and_then(|found| found.get(key)));
            }
            rows.push(cells);
        }
        rows
    }
}

/// What a limited question always offers: what the limiting question does not have, and « ne sait pas ».
pub(super) fn is_always_offered(limiting: &Question, option: &Choice) -> bool {
    !limiting.options.iter().any(|same| same.code == option.code) || limiting.exclusive.contains(&option.code)
}

/// Who is offered which answer; or the answer whose condition cannot be written, and why.
pub(super) fn choice_filter<'q>(
    translator: &Translator<'_>,
    question: &'q Question,
) -> Result<Option<XPath>, (&'q Choice, String)> {
    let name = || XPath::Column("name".to_owned());
    let mut parts = Vec::new();
    if let Some(from) = &question.options_from {
        let ticked = XPath::call("selected", [answer(from), name()]);
        let always =
            XPath::binary(XPath::Column("barometre_always".to_owned()), Operator::Equal, text("yes"));
        parts.push(XPath::binary(ticked, Operator::Or, always));
    }
    for option in &question.options {
        if let Some(show_if) = &option.show_if {
            let shown = translator.condition_text(show_if).map_err(|message| (option, message))?;
            let other = XPath::binary(name(), Operator::Differs, text(&option.code));
            parts.push(XPath::binary(other, Operator::Or, shown));
        }
    }
    Ok(XPath::all(parts))
}
