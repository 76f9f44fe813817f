//! The individual page of results: one page, printable, no ranking, no name.

use maud::{Markup, html};
use questionnaire::{Answer, Edition, Kind, curly};
use store::Record;

use crate::app::{App, page_route};
use crate::extras::Shown;
use crate::outcome::{BASIC, INDEX, Outcome, Score, SelfRating};
use crate::pages::{Elsewhere, frame, proof, sheet};
use crate::resources::about;
use crate::sheet::{Bar, Link, Part, Section, Sheet, Step, Verdict};
use crate::texts::{self, fill};

/// The result of one organisation. `is_open` is whether its answers may be corrected from here.
pub(crate) fn page(app: &App, token: &str, result: &Sheet, is_open: bool) -> Markup {
    let words = &app.texts().result;
    let content = html! {
        (sheet::render(app, result))
        section.screen-only {
            h2 { (words.more_title) }
            p { (words.more) }
            @if is_open {
                p { (words.more_open) }
                form method="post" action=(app.questionnaire(token, "corriger")) {
                    (proof(token))
                    button { (app.texts().receipt.correct) }
                }
            }
            @if app.intake.extras.printer.is_some() {
                p { a.button href=(app.questionnaire(token, "resultat.pdf")) type="application/pdf" { (words.pdf) } }
            }
            ul.plain {
                li { a href=(app.questionnaire(token, "merci")) { (words.receipt) } }
                li { a href=(app.questionnaire(token, "retirer")) { (app.texts().site.withdraw) } }
            }
        }
    };
    frame(app, &words.title, Some(token), Elsewhere::Link(&page_route(token, "resultat")), &content)
}

/// What the page says. `edition` is the definition that the response was sent under.
pub(crate) fn sheet(app: &App, edition: &Edition, record: &Record) -> Sheet {
    let outcome = Outcome::of(edition, &record.answers);
    let teller = Teller { app, words: &app.texts().result, edition, record, outcome: &outcome };
    let sections = [
        Some(teller.level()),
        Some(teller.scores()),
        teller.beside(),
        teller.feeling(),
        teller.criteria(),
        teller.strong(),
        teller.steps(),
        teller.security(),
        Some(teller.help()).filter(|section| !section.parts.is_empty()),
    ];
    let sections = sections.into_iter().flatten().collect();
    sheet::new(app, "resultat", &teller.words.title, &teller.words.lead, sections)
}

/// Puts a result into words.
struct Teller<'a> {
    app: &'a App,
    words: &'a texts::Outcome,
    edition: &'a Edition,
    record: &'a Record,
    outcome: &'a Outcome,
}

impl Teller<'_> {
    /// The index on its scale of levels.
    fn level(&self) -> Section {
        let words = self.words;
        let parts = match (self.outcome.index, &self.outcome.level) {
            (Some(index), Some((label, text))) => {
                let (others, others_words) = self.others(INDEX);
                let bar = Bar {
                    label: fill(&words.level, &[("label", label)]),
                    value: Some(index),
                    words: fill(&words.index, &[("value", &points(index))]),
                    others,
                    others_words,
                };
                let scale = Part::Scale { bar, levels: self.outcome.levels.clone() };
                let source = self.comparison().map(|text| Part::Hint { text });
                [Some(scale), Some(Part::Text { text: text.clone() }), source].into_iter().flatten().collect()
            }
            _ => vec![Part::Text { text: words.no_index.clone() }],
        };
        Section { title: words.level_title.clone(), is_main: true, parts }
    }

    fn scores(&self) -> Section {
        let rows = self.bars(&self.outcome.scores);
        let hint = Part::Hint { text: self.words.scores_hint.clone() };
        section(&self.words.scores_title, vec![hint, Part::Bars { rows }])
    }

    fn beside(&self) -> Option<Section> {
        let rows = self.bars(&self.outcome.beside);
        let hint = Part::Hint { text: self.words.beside_hint.clone() };
        (!rows.is_empty()).then(|| section(&self.words.beside_title, vec![hint, Part::Bars { rows }]))
    }

    fn bars(&self, scores: &[Score]) -> Vec<Bar> {
        let bar = |score: &Score| {
            // Beside what was not measured a mean would compare nothing.
            let (others, others_words) = score.value.map_or((None, None), |_| self.others(&score.name));
            Bar {
                label: score.label.clone(),
                value: score.value,
                words: score.value.map_or_else(
                    || self.words.no_score.clone(),
                    |value| fill(&self.words.score, &[("value", &points(value))]),
                ),
                others,
                others_words,
            }
        };
        scores.iter().map(bar).collect()
    }

    /// Code and label of the size class that the published means are given for.
    fn class(&self) -> Option<(String, String)> {
        let benchmark = self.app.intake.extras.benchmark.as_ref()?;
        let derived = self.edition.derived_index(&benchmark.variable)?;
        let code = self.edition.facts(&self.record.answers).derived_category(derived)?.to_owned();
        let category = self.edition.derived[derived].categories.iter().find(|found| found.code == code)?;
        // What is published has its own translations.
        let label = &category.label;
        let said = self.edition.labels.get(self.app.language.code()).and_then(|labels| labels.get(label));
        benchmark.means.contains_key(&code).then(|| (code.clone(), said.unwrap_or(label).clone()))
    }

    /// The published mean of a score in the same size class, if there is one: its part of the scale, and in words.
    fn others(&self, score: &str) -> (Option<(f64, f64)>, Option<String>) {
        let mean = self.class().and_then(|(class, _)| {
            let benchmark = self.app.intake.extras.benchmark.as_ref()?;
            benchmark.mean(&class, score)
        });
        let words = mean.map(|mean| {
            let value = shown(self.words, mean);
            fill(&self.words.others, &[("value", &value)])
        });
        (mean.map(Shown::span), words)
    }

    /// Where the means come from, when at least one is shown.
    fn comparison(&self) -> Option<String> {
        let benchmark = self.app.intake.extras.benchmark.as_ref()?;
        let (_, label) = self.class()?;
        let (title, edition) = (curly(&benchmark.title), &benchmark.edition);
        // Most titles say the year already.
        let title = if title.contains(edition) { title } else { format!("{title}, {edition}") };
        let values = [("class", label.as_str()), ("title", &title)];
        Some(fill(&self.words.comparison, &values))
    }

    /// How the organisation sees itself, beside what it does.
    fn feeling(&self) -> Option<Section> {
        let words = self.words;
        let level = self.outcome.level.as_ref().map(|(label, _)| label.as_str());
        let text = match (&self.outcome.self_rating, level) {
            (SelfRating::Given(rating), Some(level)) => {
                fill(&words.feeling, &[("rating", rating), ("level", level)])
            }
            (SelfRating::Given(rating), None) => fill(&words.feeling_no_level, &[("rating", rating)]),
            (SelfRating::Blank, Some(level)) => fill(&words.feeling_blank, &[("level", level)]),
            (SelfRating::Blank, None) | (SelfRating::NotAsked, _) => return None,
        };
        Some(section(&words.feeling_title, vec![Part::Text { text }]))
    }

    /// The criteria of digital intensity.
    fn criteria(&self) -> Option<Section> {
        let (words, criteria) = (self.words, &self.outcome.criteria);
        if criteria.is_empty() {
            return None;
        }
        let met = criteria.iter().filter(|(_, is_met)| *is_met == Some(true)).count().to_string();
        let total = criteria.len().to_string();
        let values = [("met", met.as_str()), ("total", total.as_str()), ("basic", &BASIC.to_string())];
        let rows = verdicts(criteria, [&words.met, &words.not_met, &words.not_measured]);
        let parts = vec![
            Part::Strong { text: fill(&words.criteria, &values) },
            Part::Hint { text: words.criteria_hint.clone() },
            Part::Verdicts { rows },
        ];
        Some(section(&words.criteria_title, parts))
    }

    fn strong(&self) -> Option<Section> {
        let items = self.outcome.strong.clone();
        let text = Part::Text { text: self.words.strong.clone() };
        (!items.is_empty()).then(|| section(&self.words.strong_title, vec![text, Part::List { items }]))
    }

    /// What would help most, each with a free resource.
    fn steps(&self) -> Option<Section> {
        let words = self.words;
        if self.outcome.strong.is_empty() {
            return None;
        }
        if self.outcome.steps.is_empty() {
            return Some(section(&words.steps_title, vec![Part::Text { text: words.steps_none.clone() }]));
        }
        let resources = self.app.intake.extras.resources.as_ref();
        let items = self.outcome.steps.iter().map(|step| {
            let resource = resources.and_then(|resources| resources.of(&step.item));
            Step {
                title: resources.map_or_else(
                    || step.answer.clone(),
                    |resources| resources.action(&step.item, &step.answer, self.app.language),
                ),
                detail: format!("{} – {}", step.dimension, step.question),
                begin: words.begin.clone(),
                link: resource.map(|resource| Link {
                    name: resource.name.clone(),
                    url: Some(resource.url.clone()),
                    about: about(&resource.about, self.app.language).to_owned(),
                }),
            }
        });
        let items = items.collect();
        Some(section(
            &words.steps_title,
            vec![Part::Text { text: words.steps.clone() }, Part::Steps { items }],
        ))
    }

    /// The security base, measure by measure.
    fn security(&self) -> Option<Section> {
        let words = self.words;
        if self.outcome.security.is_empty() {
            return None;
        }
        let rows = verdicts(&self.outcome.security, [&words.yes, &words.no, &words.unknown]);
        let parts = vec![Part::Text { text: words.security.clone() }, Part::Verdicts { rows }];
        Some(section(&words.security_title, parts))
    }

    /// Who can help: by department and region, the organisation's own networks, actors of the directory nearby.
    fn help(&self) -> Section {
        let words = self.words;
        let extras = &self.app.intake.extras;
        let mut parts = Vec::new();
        let place = self.place();
        if let Some(resources) = &extras.resources {
            let (department, region) = place.as_ref().map_or_else(
                || (words.help_department.clone(), words.help_region.clone()),
                |place| (place.department.clone(), place.region.clone()),
            );
            let values = [("department", department.as_str()), ("region", region.as_str())];
            let items = resources.helpers().iter().map(|helper| Link {
                name: helper.name.clone(),
                url: Some(helper.url.clone()),
                about: fill(about(&helper.about, self.app.language), &values),
            });
            parts.push(Part::Links { items: items.collect() });
        }
        let items = self.networks();
        if !items.is_empty() {
            parts.extend([Part::Strong { text: words.help_networks.clone() }, Part::List { items }]);
        }
        if let Some(place) = place {
            let near = extras.actors.iter().filter(|actor| actor.department == place.code);
            let items: Vec<String> = near
                .map(|actor| match actor.families.as_slice() {
                    [] => actor.name.clone(),
                    families => {
                        format!("{}{}{}", actor.name, self.app.texts().site.colon, families.join(", "))
                    }
                })
                .collect();
            if !items.is_empty() {
                let text = fill(&words.help_actors, &[("department", &place.department)]);
                parts.extend([Part::Strong { text }, Part::List { items }]);
            }
        }
        section(&words.help_title, parts)
    }

    /// Where the organisation is, when it said so.
    fn place(&self) -> Option<Place> {
        let questionnaire = &self.edition.questionnaire;
        let question =
            questionnaire.questions.iter().find(|question| matches!(question.kind, Kind::Commune))?;
        let Some(Answer::Text(code)) = self.record.answers.get(&question.code) else { return None };
        let lists = &self.edition.nomenclatures;
        let commune = lists.commune(code)?;
        let name = lists.department_name(&commune.department)?;
        Some(Place {
            department: format!("{name}, {}", commune.department),
            region: lists.region_name(&commune.region)?.to_owned(),
            code: commune.department.clone(),
        })
    }

    /// The networks that the organisation named; one that is not in the list is as it was typed.
    fn networks(&self) -> Vec<String> {
        let questions = self.edition.questionnaire.questions.iter();
        let mut networks = Vec::new();
        for question in questions.filter(|question| matches!(question.kind, Kind::Networks { .. })) {
            let kept = self.record.contacts.get(&question.code).or(self.record.answers.get(&question.code));
            let Some(Answer::Networks(named)) = kept else { continue };
            let listed = question.options().iter().filter(|option| named.codes.contains(&option.code));
            networks.extend(listed.filter(|option| !option.is_exclusive).map(|option| option.label.clone()));
            networks.extend(named.other.clone());
        }
        networks
    }
}

/// A department and its region.
struct Place {
    /// Name and code: « Ille-et-Vilaine, 35 ».
    department: String,
    region: String,
    code: String,
}

fn section(title: &str, parts: Vec<Part>) -> Section {
    Section { title: title.to_owned(), is_main: false, parts }
}

/// Things with their verdict in words.
fn verdicts(rows: &[(String, Option<bool>)], words: [&str; 3]) -> Vec<Verdict> {
    rows.iter()
        .map(|(label, is_so)| {
            let word = match is_so {
                Some(true) => words[0],
                Some(false) => words[1],
                None => words[2],
            };
            Verdict { label: label.clone(), is_so: *is_so, word: word.to_owned() }
        })
        .collect()
}

/// A published mean in words.
fn shown(words: &texts::Outcome, mean: Shown) -> String {
    match mean {
        Shown::Point(value) => points(value),
        Shown::Band(from, to) => fill(&words.band, &[("from", &points(from)), ("to", &points(to))]),
        Shown::AtMost(limit) => fill(&words.at_most, &[("value", &points(limit))]),
        Shown::AtLeast(limit) => fill(&words.at_least, &[("value", &points(limit))]),
    }
}

/// A score as it is said: a whole number.
fn points(value: f64) -> String {
    format!("{value:.0}")
}
