//! A question of the sheet `survey`.

use super::super::constraint::Constraint;
use super::super::from_xpath::VariableKind;
use super::choices::Answers;
use super::survey::{Around, Pending, Survey};
use super::tree::{Group, Item, RowType};
use crate::form::{self, Question};

/// Bounds of a number, and of a text, for which the workbook gives none.
const LARGEST_NUMBER: i64 = 1_000_000_000;
const LONGEST_TEXT: i64 = 500;

impl Survey<'_, '_> {
    pub(super) fn question(&mut self, row: u32, row_type: &RowType, around: &[Around]) {
        let marked = self.page.peek(row, "barometre_kind").map_or("", |(kind, _)| kind);
        let name = self.page.peek(row, "name").map(|(name, _)| name.to_owned());
        match (row_type, marked) {
            (_, "part") => {
                self.page.take(row, "barometre_kind");
                self.page.take(row, "name");
                if let Some(name) = name {
                    self.name(row, &name, "", VariableKind::NotCarried("typed beside an answer".to_owned()));
                }
                return;
            }
            (RowType::Calculate, "derived") => {
                // The definition is in indicators.toml; the row is written again from there.
                if let (Some(name), Some(code)) = (name, self.page.text(row, "barometre_code")) {
                    self.name(row, &name, &format!("derived.{code}"), VariableKind::Derived);
                }
                let written = |column| self.page.peek(row, column).map(|(text, _)| text.to_owned());
                if written("calculation") == written("barometre_calculation") {
                    self.page.take_row(row);
                } else {
                    let what = "this calculation is not that of the export: derived variables are edited in indicators.toml";
                    self.page.lose_row(row, what, &mut self.making.losses);
                }
                return;
            }
            (RowType::Calculate, _) => return self.lose(row, "a calculation"),
            (RowType::Unknown(text), _) if text.eq_ignore_ascii_case("note") => {
                return self.lose(row, "a note, which asks nothing,");
            }
            (RowType::Unknown(text), _) => return self.lose(row, &format!("a question of type `{text}`")),
            _ => {}
        }
        let Some(name) = name else {
            let message = "this question has no name (expected its code)";
            self.making.faults.push(self.page.table.fault((row, 0), message));
            return;
        };
        let Some(mut question) = self.common(row, &name) else { return };
        let list = self.kind_of(row, row_type, &mut question);
        self.bounds(row, &mut question);
        let (reference, kind) = match question.kind.as_str() {
            "single" => (name.clone(), VariableKind::Choice),
            "identifier" => (format!("{name}.type"), VariableKind::Choice),
            "multiple" | "networks" => (
                name.clone(),
                VariableKind::Several {
                    exclusive: question.exclusive.clone(),
                    is_networks: question.kind == "networks",
                },
            ),
            "integer" => (name.clone(), VariableKind::Number),
            "commune" => (name.clone(), VariableKind::Commune),
            _ => (name.clone(), VariableKind::Text),
        };
        self.name(row, &name, &reference, kind);
        self.push(row, question, list, around);
    }

    fn push(&mut self, row: u32, question: Question, list: Option<String>, around: &[Around]) {
        self.skeleton.pending.push(Pending {
            row,
            question: question.code.clone(),
            matrix_row: None,
            around: around.to_vec(),
            list,
        });
        let section = self.making.form.sections.last_mut();
        let screen = section.and_then(|section| section.screens.last_mut());
        screen.expect("a screen is opened before its questions").questions.push(question);
    }

    /// What all questions have.
    fn common(&mut self, row: u32, code: &str) -> Option<Question> {
        let page = self.page;
        let (_, place) = page.take(row, "name")?;
        self.making.check_code(page, place, code);
        page.take(row, "barometre_kind");
        let key = format!("question.{code}");
        let mut texts = |base: &str, name: &str| {
            let texts = page.texts(row, base, &self.making.first);
            self.making.texts(&format!("{key}.{name}"), texts)
        };
        let (text, help) = (texts("label", "text"), texts("hint", "help"));
        let base_label = texts("barometre_base_label", "base_label");
        let text = text.unwrap_or_else(|| {
            let what = format!("no label in `{}`: the name was taken", self.making.first);
            self.making.losses.push(page.table.loss(place, what));
            code.to_owned()
        });
        Some(Question {
            code: code.to_owned(),
            text,
            help,
            base_label,
            dimension: self.dimension(row),
            required: page.flag(row, "required"),
            optional: page.flag(row, "barometre_optional"),
            personal: page.flag(row, "barometre_personal"),
            rotating: page.flag(row, "barometre_rotating"),
            list: page.text(row, "barometre_list"),
            options_from: page.text(row, "barometre_options_from"),
            sensitivity: page.text(row, "barometre_sensitivity"),
            score: page.text(row, "barometre_score"),
            comparable: page.text(row, "barometre_comparable"),
            ..Question::default()
        })
    }

    /// The type of a question, and its answers; gives the name of their list.
    fn kind_of(&mut self, row: u32, row_type: &RowType, question: &mut Question) -> Option<String> {
        let (kinds, list): (&[&str], _) = match row_type {
            RowType::Single(list, other) => (&["single", "identifier"], Some((list, *other))),
            RowType::Multiple(list, other) => (&["multiple", "networks"], Some((list, *other))),
            RowType::Integer => (&["integer"], None),
            _ => (&["text", "email", "commune"], None),
        };
        kinds[0].clone_into(&mut question.kind);
        if let Some((kind, place)) = self.page.take(row, "barometre_type") {
            if kinds.contains(&kind) {
                kind.clone_into(&mut question.kind);
            } else {
                let message = format!(
                    "`{kind}` does not fit the type of this row (expected {}); empty it, or give the row its type back",
                    kinds.join(" or ")
                );
                self.making.faults.push(self.page.table.fault(place, message));
            }
        }
        let (list, has_other) = list?;
        if has_other && let Some((_, place)) = self.page.peek(row, "type") {
            let what = "or_other is not carried over: add the answer « Autre » to the list";
            self.making.losses.push(self.page.table.loss(place, what));
        }
        let answers = self.answers(row, list, &question.code);
        question.options = answers.options;
        question.exclusive = answers.exclusive;
        question.ends_on = answers.ends_on;
        Some(list.clone())
    }

    fn answers(&mut self, row: u32, list: &str, question: &str) -> Answers {
        let page = self.choices.filter(|_| self.lists.entries(list).is_some());
        let Some(page) = page else {
            if let Some((_, place)) = self.page.peek(row, "type") {
                let message = format!("there is no list `{list}` in the sheet `choices`; add it");
                self.making.faults.push(self.page.table.fault(place, message));
            }
            return Answers::default();
        };
        self.lists.answers(self.making, page, list, question)
    }

    /// Bounds, from the constraint; what is not understood stays, and is a loss.
    fn bounds(&mut self, row: u32, question: &mut Question) {
        let page = self.page;
        if question.kind == "text"
            && page.peek(row, "appearance").is_some_and(|(text, _)| text == "multiline")
        {
            page.take(row, "appearance");
            question.long = true;
        }
        let is_ours = page.peek(row, "constraint").is_some_and(|(text, _)| Constraint::read(text).is_none())
            && ["email", "commune"].contains(&question.kind.as_str());
        let found = page.peek(row, "constraint").filter(|_| !is_ours);
        if let Some((text, place)) = found {
            let fits = Constraint::read(text).filter(|read| fits(read, &question.kind));
            match fits {
                Some(read) => {
                    page.take(row, "constraint");
                    (question.min, question.max) = (read.min, read.max);
                    (question.max_length, question.max_choices) = (read.max_length, read.max_choices);
                    let marked = question.exclusive.iter().cloned().collect();
                    if question.exclusive.is_empty() {
                        let of = |code: &&String| read.exclusive.contains(*code);
                        let codes = question.options.iter().map(|option| &option.code);
                        question.exclusive = codes.filter(of).cloned().collect();
                    } else if read.exclusive != marked {
                        let message = format!(
                            "`{text}` and the column barometre_exclusive of `choices` do not name the same answers; \
                             correct one of them"
                        );
                        self.making.faults.push(page.table.fault(place, message));
                    }
                }
                None if page.peek(row, "barometre_type").is_some() => {
                    let message = format!(
                        "`{text}` cannot be carried over for this type of question (expected bounds joined by `and`: \
                         `. >= 0 and . <= 10`, `string-length(.) <= 200`, `count-selected(.) <= 3`)"
                    );
                    self.making.faults.push(page.table.fault(place, message));
                }
                None => {}
            }
        }
        if page.peek(row, "barometre_type").is_some() {
            return;
        }
        let place = page.peek(row, "name").map_or((row, 0), |(_, place)| place);
        let mut assume = |what: String| self.making.losses.push(page.table.loss(place, what));
        if question.kind == "integer" && (question.min.is_none() || question.max.is_none()) {
            let min = *question.min.get_or_insert(0);
            let max = *question.max.get_or_insert(LARGEST_NUMBER.max(min));
            assume(format!("a number without both bounds: {min} to {max} was assumed"));
        }
        if question.kind == "text" && question.max_length.is_none() {
            question.max_length = Some(LONGEST_TEXT);
            assume(format!("a text without a longest length: {LONGEST_TEXT} characters were assumed"));
        }
    }

    pub(super) fn matrix(&mut self, group: Group, around: &[Around]) {
        let row = group.row;
        let Some(name) = self.page.peek(row, "name").map(|(name, _)| name.to_owned()) else {
            let message = "this matrix has no name (expected its code)";
            self.making.faults.push(self.page.table.fault((row, 0), message));
            return;
        };
        let Some(mut question) = self.common(row, &name) else { return };
        self.page.take(row, "barometre_type");
        "matrix".clone_into(&mut question.kind);
        question.required |= self.page.flag(row, "barometre_required");
        let mut list = None;
        for item in group.items {
            match item {
                Item::Question(row, row_type) => {
                    self.matrix_row(row, &row_type, None, &mut question, &mut list, &[]);
                }
                Item::Group(inner) => {
                    let code = self.row_code(inner.row, &name);
                    let key = format!("question.{name}.groups.{code}");
                    let texts = self.page.texts(inner.row, "label", &self.making.first);
                    let title = self.making.texts(&key, texts).unwrap_or_else(|| code.clone());
                    question.groups.push(form::Group { code: code.clone(), title });
                    let around = [Around { row: inner.row, what: super::survey::Enclosing::Other }];
                    for item in inner.items {
                        match item {
                            Item::Question(row, row_type) => {
                                let of = Some(code.clone());
                                self.matrix_row(row, &row_type, of, &mut question, &mut list, &around);
                            }
                            Item::Group(deeper) => {
                                let message = "a group within a group of rows; take it out";
                                self.making.faults.push(self.page.table.fault((deeper.row, 0), message));
                            }
                        }
                    }
                }
            }
        }
        if let Some(list) = &list {
            let answers = self.answers(row, list, &name);
            question.options = answers.options;
            question.exclusive = answers.exclusive;
            question.ends_on = answers.ends_on;
        }
        self.name(
            row,
            &name,
            &name,
            VariableKind::NotCarried("a whole matrix, whose rows are to be named".to_owned()),
        );
        self.push(row, question, list, around);
    }

    /// The code of a row or of a group of rows: ours, or its name without that of the matrix.
    fn row_code(&mut self, row: u32, matrix: &str) -> String {
        self.page.take(row, "barometre_kind");
        let name = self.page.take(row, "name");
        let short = |text: &str| text.strip_prefix(&format!("{matrix}__")).unwrap_or(text).to_owned();
        let (code, place) = match (self.page.take(row, "barometre_code"), name) {
            (Some((code, place)), _) => (code.to_owned(), place),
            (None, Some((name, place))) => (short(name), place),
            (None, None) => (String::new(), (row, 0)),
        };
        self.making.check_code(self.page, place, &code);
        code
    }

    fn matrix_row(
        &mut self,
        row: u32,
        row_type: &RowType,
        group: Option<String>,
        question: &mut Question,
        list: &mut Option<String>,
        around: &[Around],
    ) {
        let own = match row_type {
            RowType::Single(own, false) if list.as_ref().is_none_or(|list| list == own) => own,
            _ => {
                let expected = list.as_deref().unwrap_or("<list>");
                let message = format!("not a row of the matrix (expected the type `select_one {expected}`)");
                let place = self.page.peek(row, "type").map_or((row, 0), |(_, place)| place);
                self.making.faults.push(self.page.table.fault(place, message));
                return;
            }
        };
        *list = Some(own.clone());
        let name = self.page.peek(row, "name").map_or("", |(name, _)| name).to_owned();
        let code = self.row_code(row, &question.code);
        let key = format!("question.{}.rows.{code}", question.code);
        let texts = self.page.texts(row, "label", &self.making.first);
        let label = self.making.texts(&key, texts).unwrap_or_else(|| code.clone());
        self.name(row, &name, &format!("{}.{code}", question.code), VariableKind::Choice);
        self.skeleton.pending.push(Pending {
            row,
            question: question.code.clone(),
            matrix_row: Some(code.clone()),
            around: around.to_vec(),
            list: Some(own.clone()),
        });
        question.rows.push(form::Row { code, label, group, show_if: None });
    }
}

/// Whether a constraint says only what this type of question can hold.
fn fits(read: &Constraint, kind: &str) -> bool {
    let is_number = read.min.is_some() || read.max.is_some();
    let is_several = read.max_choices.is_some() || !read.exclusive.is_empty();
    match kind {
        "integer" => read.max_length.is_none() && !is_several,
        "text" => !is_number && !is_several,
        "multiple" | "networks" => !is_number && read.max_length.is_none(),
        _ => false,
    }
}
