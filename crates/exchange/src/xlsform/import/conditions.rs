//! Who is asked and who is offered what, once every name is known.

use std::collections::BTreeMap;

use super::super::build::{choice_filter, is_always_offered};
use super::super::cells::shorten;
use super::super::from_xpath::{ACCEPTED, Variables, condition, for_choice};
use super::super::to_xpath::Translator;
use super::super::xpath::XPath;
use super::super::{Fault, Loss};
use super::Making;
use super::choices::Lists;
use super::page::{Page, Place};
use super::survey::{Around, Enclosing, Pending, Skeleton};
use crate::form::{Form, Question};

struct Resolver<'a, 'b> {
    form: &'a Form,
    translator: Translator<'a>,
    page: &'a Page<'b>,
    choices: Option<&'a Page<'b>>,
    lists: &'a Lists,
    variables: &'a Variables,
    faults: Vec<Fault>,
    losses: Vec<Loss>,
}

/// Reads all conditions and puts them in the form.
pub(super) fn resolve(
    making: &mut Making,
    page: &Page<'_>,
    choices: Option<&Page<'_>>,
    lists: &Lists,
    skeleton: &Skeleton,
) {
    let form = making.form.clone();
    let mut resolver = Resolver {
        form: &form,
        translator: Translator::new(&form),
        page,
        choices,
        lists,
        variables: &skeleton.variables,
        faults: Vec::new(),
        losses: Vec::new(),
    };
    let mut shown = BTreeMap::new();
    let mut offered = BTreeMap::new();
    let mut filters: BTreeMap<&str, Option<String>> = BTreeMap::new();
    for pending in &skeleton.pending {
        shown.insert((pending.question.as_str(), pending.matrix_row.as_deref()), resolver.show_if(pending));
        let Some(question) = form.questions().find(|question| question.code == pending.question) else {
            continue;
        };
        if question.kind == "matrix" && pending.matrix_row.is_none() {
            continue;
        }
        let filter = page.peek(pending.row, "choice_filter").map(|(text, _)| text.to_owned());
        if let Some(before) = filters.get(question.code.as_str()) {
            // The rows of a matrix share their answers.
            if *before == filter {
                page.take(pending.row, "choice_filter");
            } else {
                let message = "not the choice_filter of the other rows of the matrix; make them the same";
                let place = page.peek(pending.row, "name").map_or((pending.row, 0), |(_, place)| place);
                resolver.faults.push(page.table.fault(place, message));
            }
            continue;
        }
        filters.insert(question.code.as_str(), filter);
        if let Some(list) = &pending.list {
            offered.insert(question.code.clone(), resolver.offered(pending.row, question, list));
        }
    }
    let screens = making.form.sections.iter_mut().flat_map(|section| &mut section.screens);
    for question in screens.flat_map(|screen| &mut screen.questions) {
        question.show_if = shown.remove(&(question.code.as_str(), None)).flatten();
        for row in &mut question.rows {
            row.show_if = shown.remove(&(question.code.as_str(), Some(row.code.as_str()))).flatten();
        }
        for (option, show_if) in
            question.options.iter_mut().zip(offered.remove(&question.code).unwrap_or_default())
        {
            option.show_if = show_if;
        }
    }
    let Resolver { faults, losses, .. } = resolver;
    making.faults.extend(faults);
    making.losses.extend(losses);
}

impl Resolver<'_, '_> {
    fn parse(&mut self, text: &str, place: Place) -> Option<XPath> {
        let parsed = XPath::parse(text);
        if let Err(message) = &parsed {
            let message = format!("`{}` cannot be read: {message}; {ACCEPTED}", shorten(text));
            self.faults.push(self.page.table.fault(place, message));
        }
        parsed.ok()
    }

    fn translate(&mut self, xpath: &XPath, place: Place) -> Option<String> {
        let translated = condition(xpath, self.variables);
        if let Err(message) = &translated {
            let message =
                format!("`{}` cannot be carried over: {message}; {ACCEPTED}", shorten(&xpath.to_string()));
            self.faults.push(self.page.table.fault(place, message));
        }
        translated.ok()
    }

    /// Who is asked: the row's own condition, and those of the groups around it that are not ours.
    fn show_if(&mut self, pending: &Pending) -> Option<String> {
        let own = self.own(pending.row);
        let around: Vec<String> = pending.around.iter().filter_map(|around| self.around(around)).collect();
        if around.is_empty() {
            return own;
        }
        let all: Vec<String> = around.into_iter().chain(own).collect();
        if all.len() == 1 {
            return all.into_iter().next();
        }
        let joined =
            all.iter().map(|one| if one.contains(" or ") { format!("({one})") } else { one.clone() });
        Some(joined.collect::<Vec<_>>().join(" and "))
    }

    /// The condition of a group. Ours carry what the answers that end the questionnaire say, and only that.
    fn around(&mut self, around: &Around) -> Option<String> {
        let (text, place) = self.page.take(around.row, "relevant")?;
        let xpath = self.parse(text, place)?;
        let expected = match around.what {
            Enclosing::Section(section) => self.translator.section_reached(section),
            Enclosing::Screen(section, screen) => self.translator.screen_reached(section, screen),
            Enclosing::Other => None,
        };
        if expected.as_ref() == Some(&xpath) {
            return None;
        }
        if let Some(expected) = expected {
            let message = format!(
                "`{}` is not what the answers that end the questionnaire (barometre_ends_on) say, `{expected}`; write \
                 that, and put other conditions on the questions",
                shorten(text)
            );
            self.faults.push(self.page.table.fault(place, message));
            return None;
        }
        self.translate(&xpath, place)
    }

    /// The row's own condition: that of the two texts which was edited since the export.
    fn own(&mut self, row: u32) -> Option<String> {
        let copy = self.page.take(row, "barometre_relevant");
        let (relevant, ours) = (self.page.take(row, "relevant"), self.page.take(row, "barometre_show_if"));
        let xpath = match relevant {
            None => None,
            Some((text, place)) => Some((self.parse(text, place)?, place)),
        };
        let Some((ours, ours_place)) = ours else {
            let (xpath, place) = xpath?;
            return self.translate(&xpath, place);
        };
        let said = match self.translator.condition_text(ours) {
            Ok(said) => said,
            Err(message) => {
                let message = format!("`{}` is not a condition of our language: {message}", shorten(ours));
                self.faults.push(self.page.table.fault(ours_place, message));
                return None;
            }
        };
        let written = xpath.as_ref().map(|(xpath, _)| xpath);
        if written == Some(&said) {
            return Some(ours.to_owned());
        }
        let copied = copy.and_then(|(text, _)| XPath::parse(text).ok());
        match (&copied, written) {
            // Only ours was written, or only ours was edited.
            (None, None) => Some(ours.to_owned()),
            (Some(copied), Some(written)) if copied == written => Some(ours.to_owned()),
            // Only `relevant` was edited.
            (Some(copied), _) if *copied == said => {
                let what = format!("`{}` gives way to `relevant`, which was edited", shorten(ours));
                self.losses.push(self.page.table.loss(ours_place, what));
                let (xpath, place) = xpath?;
                self.translate(&xpath, place)
            }
            _ => {
                let message = format!(
                    "`{}` and `relevant` do not say the same (ours would be `{said}` there); empty the one that is \
                     wrong",
                    shorten(ours)
                );
                self.faults.push(self.page.table.fault(ours_place, message));
                None
            }
        }
    }

    /// Who is offered each answer, in their order.
    fn offered(&mut self, row: u32, question: &Question, list: &str) -> Vec<Option<String>> {
        let ours: Vec<Option<String>> =
            question.options.iter().map(|option| option.show_if.clone()).collect();
        let (Some(choices), Some(entries)) = (self.choices, self.lists.entries(list)) else { return ours };
        let expected = match choice_filter(&self.translator, question) {
            Ok(expected) => expected,
            Err((option, message)) => {
                let entry = entries.iter().find(|entry| entry.code == option.code);
                let place = entry.and_then(|entry| choices.peek(entry.row, "barometre_show_if"));
                let message = format!("not a condition of our language: {message}");
                self.faults.push(choices.table.fault(place.map_or((0, 0), |(_, place)| place), message));
                return ours;
            }
        };
        let Some((text, place)) = self.page.take(row, "choice_filter") else {
            if expected.is_some() {
                let place = self.page.peek(row, "name").map_or((row, 0), |(_, place)| place);
                let what = "choice_filter is empty; what our columns say of the answers was kept";
                self.losses.push(self.page.table.loss(place, what));
            }
            return ours;
        };
        let Some(filter) = self.parse(text, place) else { return ours };
        if expected.as_ref() == Some(&filter) {
            return ours;
        }
        let from = question.options_from.as_ref();
        let limiting = from.and_then(|from| self.form.questions().find(|limiting| limiting.code == *from));
        let mut shown = Vec::new();
        for (option, entry) in question.options.iter().zip(entries) {
            let column = |name: &str| match name {
                "name" => Some(option.code.clone()),
                "barometre_always" => {
                    let always = limiting.is_some_and(|limiting| is_always_offered(limiting, option));
                    Some(if always { "yes" } else { "" }.to_owned())
                }
                _ => choices
                    .has(&name.to_lowercase())
                    .then(|| choices.text(entry.row, &name.to_lowercase()).unwrap_or_default()),
            };
            let found = for_choice(&filter, &column);
            let wanted = expected.as_ref().map_or(Ok(None), |expected| for_choice(expected, &column));
            let is_ours = option.show_if.is_some() || from.is_some();
            match (found, wanted) {
                (Ok(found), Ok(wanted)) if found == wanted => shown.push(option.show_if.clone()),
                (Ok(Some(found)), _) if !is_ours => shown.push(self.translate(&found, place)),
                (Err(message), _) => {
                    let message = format!("`{}` cannot be read: {message}; {ACCEPTED}", shorten(text));
                    self.faults.push(self.page.table.fault(place, message));
                    return ours;
                }
                _ => {
                    let message = format!(
                        "for the answer `{}`, `{}` does not say what barometre_show_if and barometre_options_from say; \
                         empty those that are wrong",
                        option.code,
                        shorten(text)
                    );
                    self.faults.push(self.page.table.fault(place, message));
                    return ours;
                }
            }
        }
        shown
    }
}
