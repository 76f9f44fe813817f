//! The sheet `survey`: sections, screens, questions; without their conditions, which need every name.

use std::collections::BTreeMap;

use super::super::from_xpath::{Variable, VariableKind, Variables};
use super::Making;
use super::choices::Lists;
use super::page::Page;
use super::tree::{self, Group, Item};
use crate::form::{Dimension, Screen, Section};

/// A group around a question, whose condition may bear on it.
#[derive(Debug, Clone)]
pub(super) struct Around {
    pub row: u32,
    pub what: Enclosing,
}

/// What a group became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Enclosing {
    Section(usize),
    Screen(usize, usize),
    Other,
}

/// A question, or a row of a matrix, whose conditions are still to be read.
pub(super) struct Pending {
    pub row: u32,
    pub question: String,
    pub matrix_row: Option<String>,
    pub around: Vec<Around>,
    /// The list of its answers, and whether this row's choice filter is the question's.
    pub list: Option<String>,
}

/// What the second step needs.
#[derive(Default)]
pub(super) struct Skeleton {
    pub variables: Variables,
    pub pending: Vec<Pending>,
}

/// The dimension of questions that name none.
const DIMENSION: &str = "GEN";

pub(super) struct Survey<'a, 'b> {
    pub making: &'a mut Making,
    pub page: &'a Page<'b>,
    pub choices: Option<&'a Page<'b>>,
    pub lists: &'a Lists,
    pub skeleton: Skeleton,
    /// The names given so far, and where.
    names: BTreeMap<String, u32>,
    screens: usize,
    /// Whether the last section holds the questions that are in no group.
    is_default_open: bool,
}

pub(super) fn read<'b>(
    making: &mut Making,
    page: &Page<'b>,
    choices: Option<&Page<'b>>,
    lists: &Lists,
) -> Skeleton {
    let items = tree::read(making, page);
    let mut survey = Survey {
        making,
        page,
        choices,
        lists,
        skeleton: Skeleton::default(),
        names: BTreeMap::new(),
        screens: 0,
        is_default_open: false,
    };
    for item in items {
        survey.top(item);
    }
    survey.skeleton
}

impl Survey<'_, '_> {
    fn kind(&self, row: u32) -> &str {
        self.page.peek(row, "barometre_kind").map_or("", |(kind, _)| kind)
    }

    fn top(&mut self, item: Item) {
        match item {
            Item::Group(group) if !["screen", "matrix"].contains(&self.kind(group.row)) => {
                self.section(group);
            }
            item => {
                if !self.is_default_open {
                    let code = self.free_code("questions", |form, code| {
                        form.sections.iter().any(|section| section.code == code)
                    });
                    let title = self.making.form.title.clone();
                    self.making.form.sections.push(Section { code, title, screens: Vec::new() });
                }
                self.in_section(item, &[]);
                // A note, a calculation: nothing that a section is opened for.
                let sections = &mut self.making.form.sections;
                self.is_default_open = sections.pop_if(|section| section.screens.is_empty()).is_none();
            }
        }
    }

    /// A code that is not taken: `code`, `code_2`, `code_3`…
    fn free_code(&self, code: &str, is_taken: impl Fn(&crate::Form, &str) -> bool) -> String {
        let numbered = (2_u32..).map(|number| format!("{code}_{number}"));
        std::iter::once(code.to_owned())
            .chain(numbered)
            .find(|code| !is_taken(&self.making.form, code))
            .expect("numbers do not run out")
    }

    /// The code of a group: ours, or its name.
    fn group_code(&mut self, row: u32) -> String {
        self.page.take(row, "barometre_kind");
        let name = self.page.take(row, "name");
        let (code, place) = match self.page.take(row, "barometre_code").or(name) {
            Some((code, place)) => (code.to_owned(), place),
            None => (format!("group-{}", row + 1), (row, 0)),
        };
        self.making.check_code(self.page, place, &code);
        code
    }

    fn section(&mut self, group: Group) {
        self.is_default_open = false;
        let code = self.group_code(group.row);
        let code =
            self.free_code(&code, |form, code| form.sections.iter().any(|section| section.code == code));
        let texts = self.page.texts(group.row, "label", &self.making.first);
        let title = self.making.texts(&format!("section.{code}"), texts).unwrap_or_else(|| code.clone());
        self.making.form.sections.push(Section { code, title, screens: Vec::new() });
        let index = self.making.form.sections.len() - 1;
        let around = [Around { row: group.row, what: Enclosing::Section(index) }];
        if self.is_field_list(group.row) && self.kind(group.row).is_empty() {
            let code = self.making.form.sections[index].code.clone();
            self.screen(&code, None, group.items, &around);
            return;
        }
        for item in group.items {
            self.in_section(item, &around);
        }
    }

    fn is_field_list(&self, row: u32) -> bool {
        let appearance = self.page.peek(row, "appearance");
        let is_one =
            appearance.is_some_and(|(text, _)| text.split_whitespace().any(|word| word == "field-list"));
        if is_one && appearance.is_some_and(|(text, _)| text == "field-list") {
            self.page.take(row, "appearance");
        }
        is_one
    }

    fn in_section(&mut self, item: Item, around: &[Around]) {
        match item {
            Item::Question(row, row_type) => {
                let code = self.page.peek(row, "name").map_or_else(String::new, |(name, _)| name.to_owned());
                self.screen(&code, None, vec![Item::Question(row, row_type)], around);
            }
            Item::Group(group) if self.kind(group.row) == "matrix" => {
                let code = self.page.peek(group.row, "name").map_or("", |(name, _)| name).to_owned();
                self.screen(&code, None, vec![Item::Group(group)], around);
            }
            Item::Group(group) => {
                let code = self.group_code(group.row);
                self.is_field_list(group.row);
                let mut around = around.to_vec();
                let section = self.making.form.sections.len() - 1;
                around.push(Around { row: group.row, what: Enclosing::Screen(section, self.screens) });
                self.screen(&code, Some(group.row), group.items, &around);
            }
        }
    }

    /// A screen with everything in these items; none when nothing of them is carried over.
    fn screen(&mut self, code: &str, titled: Option<u32>, items: Vec<Item>, around: &[Around]) {
        let code = self.free_code(code, |form, code| {
            form.sections.iter().flat_map(|section| &section.screens).any(|screen| screen.code == code)
        });
        let title = titled.and_then(|row| {
            let texts = self.page.texts(row, "label", &self.making.first);
            self.making.texts(&format!("screen.{code}"), texts)
        });
        let last = self.making.form.sections.last_mut().expect("a section is opened before its screens");
        last.screens.push(Screen { code, title, questions: Vec::new() });
        for item in items {
            self.in_screen(item, around);
        }
        let is_ours = titled.is_some_and(|row| self.kind(row) == "screen");
        let last = self.making.form.sections.last_mut().expect("a section is opened before its screens");
        if !is_ours && last.screens.last().is_some_and(|screen| screen.questions.is_empty()) {
            last.screens.pop();
        } else {
            self.screens += 1;
        }
    }

    fn in_screen(&mut self, item: Item, around: &[Around]) {
        match item {
            Item::Question(row, row_type) => self.question(row, &row_type, around),
            Item::Group(group) if self.kind(group.row) == "matrix" => self.matrix(group, around),
            Item::Group(group) => {
                self.page.take(group.row, "name");
                self.page.take(group.row, "relevant");
                let what =
                    "a group within a screen is opened: its questions are kept, on the screen; it is not";
                self.page.lose_row(group.row, what, &mut self.making.losses);
                let mut around = around.to_vec();
                around.push(Around { row: group.row, what: Enclosing::Other });
                for item in group.items {
                    self.in_screen(item, &around);
                }
            }
        }
    }

    /// Gives a name its meaning in conditions; a name given twice is a fault.
    pub(super) fn name(&mut self, row: u32, name: &str, reference: &str, kind: VariableKind) {
        if let Some(before) = self.names.insert(name.to_owned(), row)
            && before != row
            && let Some((_, place)) = self.page.peek(row, "name")
        {
            let message = format!("`{name}` is already the name of row {}; give it another", before + 1);
            self.making.faults.push(self.page.table.fault(place, message));
        }
        self.skeleton.variables.insert(name.to_owned(), Variable { reference: reference.to_owned(), kind });
    }

    /// A row that a form does not hold.
    pub(super) fn lose(&mut self, row: u32, what: &str) {
        if let Some((name, _)) = self.page.take(row, "name") {
            self.skeleton.variables.entry(name.to_owned()).or_insert_with(|| Variable {
                reference: String::new(),
                kind: VariableKind::NotCarried(what.to_owned()),
            });
        }
        self.page.lose_row(row, format!("{what}: not carried over"), &mut self.making.losses);
    }

    /// The dimension of a question: its own, or one for all that have none.
    pub(super) fn dimension(&mut self, row: u32) -> String {
        if let Some(dimension) = self.page.text(row, "barometre_dimension") {
            return dimension;
        }
        if !self.making.form.dimensions.iter().any(|dimension| dimension.code == DIMENSION) {
            let label = |language: &str| if language == "fr" { "Général" } else { "General" };
            let texts: BTreeMap<String, String> = self
                .making
                .form
                .languages
                .iter()
                .map(|language| (language.clone(), label(language).to_owned()))
                .collect();
            let label = self.making.texts(&format!("dimension.{DIMENSION}"), texts).unwrap_or_default();
            self.making.form.dimensions.push(Dimension {
                code: DIMENSION.to_owned(),
                label,
                ..Dimension::default()
            });
        }
        DIMENSION.to_owned()
    }
}
