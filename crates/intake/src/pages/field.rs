//! A question as form fields. A group of choices is a fieldset whose legend is the question; what helps and what is
//! wrong is tied to it by `aria-describedby`.

use maud::{Markup, html};
use questionnaire::{Choice, Edition, Kind, Path, Question, Violation, ViolationCode, curly};

use crate::app::App;
use crate::draft::Shown;
use crate::fields::Fields;
use crate::reading::{NUMBERED, part, post_code};
use crate::texts::fill;

/// The longest question, in characters, that is set in the large letters of a heading: a paragraph in them is tiring.
const LONGEST_LARGE: usize = 150;

/// A question to show.
pub(crate) struct Field<'a> {
    app: &'a App,
    edition: &'a Edition,
    question: &'a Question,
    shown: &'a Shown,
    fields: &'a Fields,
    path: &'a Path,
    violations: Vec<&'a Violation>,
    /// Whether it is alone on its screen, and its text the page's heading.
    is_only: bool,
    /// Whether the page asks to choose a commune.
    is_choosing: bool,
}

impl<'a> Field<'a> {
    /// A question, what its fields hold and what is wrong with them.
    pub(crate) fn new(
        app: &'a App,
        shown: &'a Shown,
        fields: &'a Fields,
        path: &'a Path,
        violations: &'a [Violation],
        is_only: bool,
        is_choosing: bool,
    ) -> Self {
        let edition = &app.intake.edition;
        let question = &edition.questionnaire.questions[shown.question];
        let violations = violations.iter().filter(|violation| violation.question == shown.question).collect();
        Self { app, edition, question, shown, fields, path, violations, is_only, is_choosing }
    }

    /// The identifier of the control that an error is about.
    pub(crate) fn anchor(question: &Question, violation: &Violation) -> String {
        let code = &question.code;
        match (violation.code, violation.row) {
            (ViolationCode::SiretLength | ViolationCode::SiretKey, _) => format!("f-{code}-siret"),
            (ViolationCode::Rna, _) => format!("f-{code}-rna"),
            (_, Some(row)) => question
                .rows()
                .get(row)
                .map_or_else(|| format!("f-{code}"), |row| format!("f-{code}-{}", row.code)),
            (_, None) => format!("f-{code}"),
        }
    }

    /// The fields.
    pub(crate) fn render(&self) -> Markup {
        match &self.question.kind {
            Kind::Single { .. } => self.single(),
            Kind::Multiple { max, .. } => self.multiple(*max),
            Kind::Matrix { rows, .. } => {
                let rows: Vec<(&str, &str)> = self
                    .shown
                    .rows
                    .iter()
                    .map(|&row| (rows[row].code.as_str(), rows[row].label.as_str()))
                    .collect();
                self.matrix(&rows)
            }
            Kind::Integer { min, max } => {
                let values =
                    [("min", self.app.language.number(*min)), ("max", self.app.language.number(*max))];
                let hint = fill(
                    &self.app.texts().screen.out_of,
                    &values.each_ref().map(|(name, value)| (*name, value.as_str())),
                );
                self.line("text", Some("numeric"), None, &hint)
            }
            Kind::Text { max_length, is_long } => {
                let max = self.app.language.number(i64::try_from(*max_length).unwrap_or(i64::MAX));
                let hint = fill(&self.app.texts().screen.characters, &[("max", &max)]);
                if *is_long { self.area(&hint) } else { self.line("text", None, None, &hint) }
            }
            Kind::Email => self.line("email", None, Some("email"), ""),
            Kind::Identifier { .. } => self.identifier(),
            Kind::Commune => self.commune(),
            Kind::Networks { .. } => self.networks(),
        }
    }

    /// The answers on offer: one that earlier answers exclude is not in the page.
    fn offered(&self) -> impl Iterator<Item = &'a Choice> {
        let (path, question) = (self.path, self.shown.question);
        let options = self.question.options().iter().enumerate();
        options.filter(move |(index, _)| path.offers(question, *index)).map(|(_, option)| option)
    }

    fn single(&self) -> Markup {
        let code = &self.question.code;
        let radios = self.radios(code, &format!("f-{code}"), self.offered(), !self.question.is_required);
        self.group("radiogroup", "", &radios)
    }

    fn multiple(&self, max: Option<usize>) -> Markup {
        let hint = match max {
            Some(max) => fill(&self.app.texts().screen.at_most, &[("max", &max.to_string())]),
            None => self.app.texts().screen.several.clone(),
        };
        let boxes = html! {
            div.choices { @for (rank, option) in self.offered().enumerate() { (self.tick(option, rank)) } }
        };
        self.group("group", &hint, &boxes)
    }

    /// One fieldset a row, stacked: nothing to scroll sideways on a telephone.
    fn matrix(&self, rows: &[(&str, &str)]) -> Markup {
        let code = &self.question.code;
        html! {
            div.question role="group" aria-labelledby={"t-" (code)} aria-describedby=[self.described("")] {
                (self.heading(&html! { span id={"t-" (code)} { (self.title()) } }))
                (self.help(""))
                @for (row, label) in rows {
                    fieldset.row {
                        legend { (label) }
                        (self.radios(&part(self.question, row), &format!("f-{code}-{row}"), self.offered(), true))
                    }
                }
            }
        }
    }

    fn line(&self, kind: &str, mode: Option<&str>, complete: Option<&str>, hint: &str) -> Markup {
        let code = &self.question.code;
        let id = format!("f-{code}");
        html! {
            div.question {
                (self.heading(&html! { label for=(id) { (self.title()) } }))
                (self.help(hint))
                input id=(id) .wide[mode.is_none()] type=(kind) name=(code) inputmode=[mode] autocomplete=[complete]
                    value=(self.fields.one(code).unwrap_or_default()) aria-describedby=[self.described(hint)]
                    aria-invalid=[self.invalid()];
            }
        }
    }

    fn area(&self, hint: &str) -> Markup {
        let code = &self.question.code;
        let id = format!("f-{code}");
        html! {
            div.question {
                (self.heading(&html! { label for=(id) { (self.title()) } }))
                (self.help(hint))
                // HTML drops a line break right after the tag: ours is dropped in place of one that was typed.
                textarea id=(id) name=(code) rows="6" aria-describedby=[self.described(hint)] aria-invalid=[self.invalid()] {
                    "\n" (self.fields.one(code).unwrap_or_default())
                }
            }
        }
    }

    /// Each kind with its number under it; where styles allow, a number shows only under the kind chosen.
    fn identifier(&self) -> Markup {
        let code = &self.question.code;
        let name = part(self.question, "type");
        let chosen = self.fields.one(&name).unwrap_or_default();
        let words = &self.app.texts().identifier;
        let kinds = html! {
            div.choices {
                @for (rank, option) in self.offered().enumerate() {
                    @let number = part(self.question, &option.code);
                    @let value = self.fields.one(&number).unwrap_or_default();
                    @let id = if rank == 0 { format!("f-{code}") } else { format!("f-{code}-type-{}", option.code) };
                    div.kind.open[!value.is_empty()] {
                        label.choice {
                            input id=(id) type="radio" name=(name) value=(option.code) checked[chosen == option.code];
                            span { (option.label) }
                        }
                        @if NUMBERED.contains(&option.code.as_str()) {
                            @let (label, hint) = match option.code.as_str() {
                                "siret" => (&words.siret, &words.siret_hint),
                                "rna" => (&words.rna, &words.rna_hint),
                                _ => (&words.value, &words.kind),
                            };
                            @let id = format!("f-{code}-{}", option.code);
                            @let is_wrong = chosen == option.code && !self.violations.is_empty();
                            div.reveal {
                                label for=(id) { (label) }
                                p.hint id={"h-" (id)} { (hint) }
                                input id=(id) type="text" name=(number) value=(value) autocomplete="off"
                                    inputmode=[(option.code == "siret").then_some("numeric")]
                                    aria-describedby={"h-" (id) @if is_wrong { " e-" (code) }}
                                    aria-invalid=[is_wrong.then_some("true")];
                            }
                        }
                    }
                }
            }
        };
        self.group("group", "", &kinds)
    }

    /// The post code, and its communes once it is known.
    fn commune(&self) -> Markup {
        let code = &self.question.code;
        let words = &self.app.texts().commune;
        let name = part(self.question, "code_postal");
        let typed = self.fields.one(&name).unwrap_or_default();
        let communes = self.edition.nomenclatures.communes_by_postcode(&post_code(typed));
        let chosen = self.fields.one(code).unwrap_or_default();
        html! {
            div.question role="group" aria-labelledby={"t-" (code)} aria-describedby=[self.described("")] {
                (self.heading(&html! { span id={"t-" (code)} { (self.title()) } }))
                (self.help(""))
                label for={"f-" (code)} { (words.postcode) }
                p.hint id={"h-" (code)} { (words.postcode_hint) }
                input.short id={"f-" (code)} type="text" name=(name) value=(typed) inputmode="numeric"
                    autocomplete="postal-code" aria-describedby={"h-" (code) @if !self.violations.is_empty() { " e-" (code) }}
                    aria-invalid=[self.invalid()];
                @if !communes.is_empty() {
                    fieldset.row {
                        legend { @if communes.len() == 1 { (words.confirm) } @else { (words.choose) } }
                        p.hint { (fill(&words.choose_hint, &[("postcode", &post_code(typed))])) }
                        div.choices {
                            @for (rank, commune) in communes.iter().enumerate() {
                                label.choice {
                                    input type="radio" name=(code) value=(commune.code)
                                        checked[commune.code == chosen || communes.len() == 1]
                                        autofocus[self.is_choosing && rank == 0];
                                    span { (curly(&commune.name)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// « Aucun » first, then the networks by name, then one that is not in the list.
    fn networks(&self) -> Markup {
        let code = &self.question.code;
        let words = &self.app.texts().networks;
        let mut sorted: Vec<&Choice> = self.offered().collect();
        sorted.sort_by_cached_key(|option| (!option.is_exclusive, folded(&option.label)));
        let other = part(self.question, "autre");
        let content = html! {
            div.choices.columns { @for (rank, option) in sorted.iter().enumerate() { (self.tick(option, rank)) } }
            label for={"f-" (code) "-autre"} { (words.other) }
            p.hint id={"h-" (code) "-autre"} { (words.other_hint) }
            input.wide id={"f-" (code) "-autre"} type="text" name=(other) autocomplete="off"
                value=(self.fields.one(&other).unwrap_or_default()) aria-describedby={"h-" (code) "-autre"};
        };
        self.group("group", &self.app.texts().screen.several, &content)
    }

    /// A fieldset with the question as its legend.
    fn group(&self, role: &str, hint: &str, content: &Markup) -> Markup {
        let invalid = self.invalid().filter(|_| role == "radiogroup");
        html! {
            fieldset.question role=[(role != "group").then_some(role)] aria-describedby=[self.described(hint)] aria-invalid=[invalid] {
                legend { (self.heading(&html! { (self.title()) })) }
                (self.help(hint))
                (content)
            }
        }
    }

    /// Radio buttons. A button cannot be unticked, so one that says « Sans réponse » comes with an answer that is
    /// not required.
    fn radios<'o>(
        &self,
        name: &str,
        id: &str,
        options: impl Iterator<Item = &'o Choice>,
        may_be_blank: bool,
    ) -> Markup {
        let chosen = self.fields.one(name).unwrap_or_default();
        html! {
            div.choices {
                @for (rank, option) in options.enumerate() {
                    label.choice {
                        input id=[(rank == 0).then_some(id)] type="radio" name=(name) value=(option.code)
                            checked[option.code == chosen];
                        span { (option.label) }
                    }
                }
                @if may_be_blank && !chosen.is_empty() {
                    label.choice.blank {
                        input type="radio" name=(name) value="";
                        span { (self.app.texts().screen.no_answer) }
                    }
                }
            }
        }
    }

    /// A tick box.
    fn tick(&self, option: &Choice, rank: usize) -> Markup {
        let code = &self.question.code;
        html! {
            label.choice.exclusive[option.is_exclusive] {
                input id=[(rank == 0).then(|| format!("f-{code}"))] type="checkbox" name=(code) value=(option.code)
                    checked[self.fields.has(code, &option.code)];
                span { (option.label) }
            }
        }
    }

    /// The question's text in a heading: the page's only one, or one of several.
    fn heading(&self, content: &Markup) -> Markup {
        let is_long = self.question.text.chars().count() > LONGEST_LARGE;
        html! { @if self.is_only { h1.long[is_long] { (content) } } @else { h2 { (content) } } }
    }

    fn title(&self) -> Markup {
        let words = &self.app.texts().screen;
        html! {
            (self.question.text)
            @if self.question.is_optional { " " span.hint { (words.optional) } }
            @else if self.question.is_required { " " span.hint { (words.required) } }
        }
    }

    /// Help, hint and errors, under the question's text.
    fn help(&self, hint: &str) -> Markup {
        let code = &self.question.code;
        html! {
            @if let Some(help) = &self.question.help { p.hint id={"a-" (code)} { (help) } }
            @if !hint.is_empty() { p.hint id={"h-" (code)} { (hint) } }
            @if !self.violations.is_empty() {
                div.error id={"e-" (code)} {
                    @for violation in &self.violations {
                        p { span.label { (self.app.texts().site.error_prefix) } (violation.message(&self.edition.texts)) }
                    }
                }
            }
        }
    }

    /// The identifiers of the texts that describe the question.
    fn described(&self, hint: &str) -> Option<String> {
        let code = &self.question.code;
        let mut identifiers = Vec::new();
        if self.question.help.is_some() {
            identifiers.push(format!("a-{code}"));
        }
        if !hint.is_empty() {
            identifiers.push(format!("h-{code}"));
        }
        if !self.violations.is_empty() {
            identifiers.push(format!("e-{code}"));
        }
        (!identifiers.is_empty()).then(|| identifiers.join(" "))
    }

    fn invalid(&self) -> Option<&'static str> {
        (!self.violations.is_empty()).then_some("true")
    }
}

/// A label as it is looked up in a list: without case or the accents of French.
fn folded(label: &str) -> String {
    label
        .to_lowercase()
        .chars()
        .map(|letter| match letter {
            'à' | 'â' | 'ä' => 'a',
            'ç' => 'c',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'î' | 'ï' => 'i',
            'ô' | 'ö' => 'o',
            'ù' | 'û' | 'ü' => 'u',
            other => other,
        })
        .collect()
}
