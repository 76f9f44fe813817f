//! The variables of the data files, each with what a reader must know of it, in each language.

use questionnaire::{
    BreakdownVariable, CommuneAttribute, DerivedRule, Edition, Kind, Question, QuestionIndex, Subject,
};

use super::{Column, Content, DataFile, Definition, Part, short_names};

/// A text in one or more languages, the first being the questionnaire's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts(Vec<(String, String)>);

/// What the values of a variable are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// A text of at most so many bytes.
    Text(usize),
    /// A whole number.
    Integer,
    /// A number.
    Real,
    /// 1 or 0.
    Flag,
    /// One of the codes.
    Category,
}

/// A value that a variable may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Code, as written in the file.
    pub code: String,
    /// Label.
    pub label: Texts,
    /// Who is offered it, in the expression language; everyone who is asked when absent.
    pub offered_if: Option<String>,
}

/// How a variable is computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derivation {
    /// In words.
    pub description: String,
    /// As the edition's definition says it, if it does.
    pub rule: Option<String>,
}

/// A variable of a data file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Name of the column.
    pub name: String,
    /// Name in programs that accept neither dots nor more than 32 characters.
    pub short: String,
    /// What the values are.
    pub kind: ValueKind,
    /// Label: the text of the question, after that of the option or row.
    pub label: Texts,
    /// The question as it was asked.
    pub question: Option<Texts>,
    /// The option or row that the column is about.
    pub part: Option<Texts>,
    /// Help under the question.
    pub help: Option<Texts>,
    /// Who is asked, in words.
    pub base: Option<Texts>,
    /// Who is asked, in the expression language; everyone when absent.
    pub condition: Option<String>,
    /// What the column `path` holds when it was asked.
    pub place: Option<String>,
    /// The values, when they are known beforehand.
    pub categories: Vec<Category>,
    /// Smallest and largest value accepted.
    pub range: Option<(i64, i64)>,
    /// Code and label of the dimension.
    pub concept: Option<(String, Texts)>,
    /// How it is computed, when it is.
    pub derivation: Option<Derivation>,
    /// Whether it is the weight.
    pub is_weight: bool,
}

/// The variables of each data file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dictionary {
    /// Names of the files.
    pub files: Vec<String>,
    /// Their variables, in the order of the columns.
    pub variables: Vec<Vec<Variable>>,
    /// The languages, the questionnaire's own first.
    pub languages: Vec<String>,
}

impl Texts {
    /// The text in the questionnaire's own language.
    #[must_use]
    pub fn main(&self) -> &str {
        self.0.first().map_or("", |(_, text)| text)
    }

    /// Every language with its text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(language, text)| (language.as_str(), text.as_str()))
    }

    /// One text for all languages: a sentence of the program's, or a text that has no translation.
    fn only(language: &str, text: impl Into<String>) -> Self {
        Self(vec![(language.to_owned(), text.into())])
    }
}

impl Dictionary {
    /// The dictionary of these files.
    #[must_use]
    pub fn new(definition: &Definition<'_>, files: &[DataFile]) -> Self {
        let reader = Reader::new(definition);
        // The files become one data set in the other programs: short names are told apart over all of them, but for
        // the key that joins them.
        let mut names = vec![super::KEY];
        names.extend(
            files
                .iter()
                .flat_map(|file| &file.columns)
                .map(|column| column.name.as_str())
                .filter(|name| *name != super::KEY),
        );
        let mut short = short_names(names).into_iter();
        let key = short.next().unwrap_or_default();
        let variables = files
            .iter()
            .map(|file| {
                file.columns
                    .iter()
                    .map(|column| {
                        let short = if column.name == super::KEY {
                            key.clone()
                        } else {
                            short.next().expect("one short name was made for each column")
                        };
                        Variable { short, ..reader.variable(column) }
                    })
                    .collect()
            })
            .collect();
        Self {
            files: files.iter().map(|file| file.name.clone()).collect(),
            variables,
            languages: definition.editions.iter().map(|(language, _)| language.clone()).collect(),
        }
    }

    /// The derived variables that no file holds, for a codebook that describes them all the same.
    #[must_use]
    pub fn not_in_files(&self, definition: &Definition<'_>) -> Vec<Variable> {
        let reader = Reader::new(definition);
        let edition = reader.edition();
        (0..edition.derived.len())
            .map(|index| Column {
                name: edition.subject_name(Subject::Derived(index)),
                content: Content::Derived(index),
            })
            .filter(|column| !self.variables.iter().flatten().any(|variable| variable.name == column.name))
            .map(|column| reader.variable(&column))
            .collect()
    }
}

struct Reader<'a> {
    definition: Definition<'a>,
    /// The tables `[[derived]]` of `indicators.toml`, as written.
    rules: Vec<toml::Table>,
}

impl<'a> Reader<'a> {
    fn new(definition: &Definition<'a>) -> Self {
        let rules = definition
            .files
            .text("indicators.toml")
            .and_then(|text| text.parse::<toml::Table>().ok())
            .and_then(|mut table| table.remove("derived"))
            .and_then(|tables| tables.try_into().ok())
            .unwrap_or_default();
        Self { definition: *definition, rules }
    }

    fn edition(&self) -> &'a Edition {
        &self.definition.editions[0].1
    }

    fn language(&self) -> &'a str {
        &self.definition.editions[0].0
    }

    /// A text in every language, given where it is in an edition.
    fn texts(&self, text: impl Fn(&Edition, &str) -> Option<String>) -> Option<Texts> {
        let mut found: Vec<(String, String)> = Vec::new();
        for (language, edition) in self.definition.editions {
            if let Some(text) = text(edition, language)
                // A text without a translation stays in the first language: it is said once.
                && found.first().is_none_or(|(_, first)| *first != text)
            {
                found.push((language.clone(), text));
            }
        }
        if found.is_empty() { None } else { Some(Texts(found)) }
    }

    fn variable(&self, column: &Column) -> Variable {
        let plain = |kind: ValueKind, label: Texts| Variable {
            name: column.name.clone(),
            short: String::new(),
            kind,
            label,
            question: None,
            part: None,
            help: None,
            base: None,
            condition: None,
            place: None,
            categories: Vec::new(),
            range: None,
            concept: None,
            derivation: None,
            is_weight: false,
        };
        match &column.content {
            Content::Record { label, is_integer, width } => {
                let kind = if *is_integer { ValueKind::Integer } else { ValueKind::Text(*width) };
                plain(kind, Texts::only(self.language(), label))
            }
            Content::Weight => Variable {
                is_weight: true,
                derivation: Some(Derivation { description: WEIGHT.to_owned(), rule: None }),
                ..plain(ValueKind::Real, Texts::only("fr", "Poids de calage de la réponse"))
            },
            Content::Derived(index) => self.derived(*index, plain),
            Content::Answer(question, part) => self.answer(*question, *part, plain),
        }
    }

    fn derived(&self, index: usize, plain: impl Fn(ValueKind, Texts) -> Variable) -> Variable {
        let derived = &self.edition().derived[index];
        let label = self
            .texts(|edition, _| edition.derived.get(index).map(|derived| derived.label.clone()))
            .unwrap_or_else(|| Texts::only(self.language(), &derived.name));
        let kind = match &derived.rule {
            DerivedRule::Cases(_) | DerivedRule::Commune { .. } => ValueKind::Category,
            DerivedRule::Flag { .. } => ValueKind::Flag,
            DerivedRule::Measured(_) => ValueKind::Integer,
            DerivedRule::Sum(_)
            | DerivedRule::Number(_)
            | DerivedRule::Score { .. }
            | DerivedRule::Index { .. } => ValueKind::Real,
        };
        let categories = match kind {
            ValueKind::Flag => flag_categories(["Non", "Oui"]),
            ValueKind::Category => self.derived_categories(index),
            _ => Vec::new(),
        };
        // A category without a list of values cannot be recoded: its codes stay texts.
        let kind =
            if kind == ValueKind::Category && categories.is_empty() { ValueKind::Text(64) } else { kind };
        Variable {
            categories,
            derivation: Some(Derivation {
                description: describe(self.edition(), &derived.rule),
                rule: self.rule(&derived.name),
            }),
            ..plain(kind, label)
        }
    }

    /// The categories of a derived variable, or those of the breakdown that it makes.
    fn derived_categories(&self, index: usize) -> Vec<Category> {
        let of = |edition: &Edition| -> Vec<questionnaire::Category> {
            let own = &edition.derived[index].categories;
            let made = BreakdownVariable::Partition(Subject::Derived(index));
            let breakdown = edition.plan.breakdowns.iter().find(|breakdown| breakdown.variable == made);
            match breakdown {
                Some(breakdown) if own.is_empty() => breakdown.categories.clone(),
                _ => own.clone(),
            }
        };
        of(self.edition())
            .into_iter()
            .map(|category| Category {
                label: self
                    .texts(|edition, _| {
                        of(edition)
                            .into_iter()
                            .find(|other| other.code == category.code)
                            .map(|other| other.label)
                    })
                    .unwrap_or_else(|| Texts::only(self.language(), &category.code)),
                code: category.code,
                offered_if: None,
            })
            .collect()
    }

    /// The rule as the definition writes it, without name and labels.
    fn rule(&self, name: &str) -> Option<String> {
        let table =
            self.rules.iter().find(|table| table.get("name").and_then(toml::Value::as_str) == Some(name))?;
        let rule: toml::Table = table
            .iter()
            .filter(|(key, _)| !matches!(key.as_str(), "name" | "label" | "categories"))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        toml::to_string(&rule).ok().map(|text| text.trim().to_owned())
    }

    fn answer(
        &self,
        index: QuestionIndex,
        part: Part,
        plain: impl Fn(ValueKind, Texts) -> Variable,
    ) -> Variable {
        let question = &self.edition().questionnaire.questions[index];
        let of = |edition: &'_ Edition| edition.questionnaire.questions.get(index).cloned();
        let whole = Texts::only(self.language(), &question.code);
        let text = self.texts(|edition, _| Some(of(edition)?.text)).unwrap_or(whole);
        let part_text = self.texts(|edition, _| part_label(&of(edition)?, part));
        let label = self
            .texts(|edition, _| {
                let question = of(edition)?;
                Some(match part_label(&question, part) {
                    Some(part) => format!("{part} — {}", question.text),
                    None => question.text,
                })
            })
            .unwrap_or_else(|| text.clone());
        let row = match part {
            Part::Row(row) => question.rows().get(row),
            _ => None,
        };
        let conditions: Vec<&str> = question
            .show_if_text
            .as_deref()
            .into_iter()
            .chain(row.and_then(|row| row.show_if_text.as_deref()))
            .collect();
        let options = self.options(index);
        let longest = options.iter().map(|option| option.code.len()).max();
        let (kind, categories) = match (part, &question.kind) {
            (Part::Option(option), _) => {
                let mut boxes = flag_categories(["Non coché", "Coché"]);
                for ticked in boxes.iter_mut().skip(1) {
                    ticked.offered_if = options.get(option).and_then(|option| option.offered_if.clone());
                }
                (ValueKind::Flag, boxes)
            }
            (Part::Integer, _) => (ValueKind::Integer, Vec::new()),
            (_, Kind::Commune) => (ValueKind::Text(5), Vec::new()),
            (_, Kind::Text { max_length, .. }) => (ValueKind::Text(4 * max_length), Vec::new()),
            _ if longest.is_none() => (ValueKind::Text(64), Vec::new()),
            _ => (ValueKind::Category, options),
        };
        Variable {
            question: Some(text),
            part: part_text,
            help: self.texts(|edition, _| of(edition)?.help),
            base: self.texts(|edition, _| of(edition)?.base_label),
            condition: match conditions.as_slice() {
                [] => None,
                [one] => Some((*one).to_owned()),
                several => Some(format!("({})", several.join(") and ("))),
            },
            place: Some(match row {
                Some(row) => format!("{}.{}", question.code, row.code),
                None => question.code.clone(),
            }),
            categories,
            range: match question.kind {
                Kind::Integer { min, max } => Some((min, max)),
                _ => None,
            },
            concept: self
                .texts(|edition, _| {
                    let dimensions = &edition.questionnaire.dimensions;
                    dimensions.iter().find(|one| one.code == question.dimension).map(|one| one.label.clone())
                })
                .map(|label| (question.dimension.clone(), label)),
            ..plain(kind, label)
        }
    }

    fn options(&self, index: QuestionIndex) -> Vec<Category> {
        let question = &self.edition().questionnaire.questions[index];
        question
            .options()
            .iter()
            .map(|option| Category {
                code: option.code.clone(),
                offered_if: option.show_if_text.clone(),
                label: self
                    .texts(|edition, _| {
                        let question = edition.questionnaire.questions.get(index)?;
                        question.option(&option.code).map(|option| option.label.clone())
                    })
                    .unwrap_or_else(|| Texts::only(self.language(), &option.code)),
            })
            .collect()
    }
}

/// What the weight is, in words.
const WEIGHT: &str = "Calage sur marges (ratissage) à partir de poids égaux dans chaque groupe ; poids bornés à trois \
                      fois la moyenne du groupe. Vide pour une réponse incomplète, hors champ ou en double.";

fn part_label(question: &Question, part: Part) -> Option<String> {
    match part {
        Part::Option(option) => question.options().get(option).map(|option| option.label.clone()),
        Part::Row(row) => question.rows().get(row).map(|row| row.label.clone()),
        Part::IdentifierType => Some("Type d’identifiant".to_owned()),
        Part::Code | Part::Integer => None,
    }
}

fn flag_categories(labels: [&str; 2]) -> Vec<Category> {
    ["0", "1"]
        .into_iter()
        .zip(labels)
        .map(|(code, label)| Category {
            code: code.to_owned(),
            label: Texts::only("fr", label),
            offered_if: None,
        })
        .collect()
}

/// How a derived variable is computed, in words.
fn describe(edition: &Edition, rule: &DerivedRule) -> String {
    let questions = &edition.questionnaire.questions;
    let list = |names: Vec<String>| names.join(", ");
    let derived = |parts: &[usize]| {
        list(parts.iter().map(|part| edition.subject_name(Subject::Derived(*part))).collect())
    };
    match rule {
        DerivedRule::Cases(_) => "Valeur du premier cas vérifié ; vide si aucun ne l’est.".to_owned(),
        DerivedRule::Commune { question, attribute } => format!(
            "{} de la commune répondue à {}, d’après le code officiel géographique.",
            match attribute {
                CommuneAttribute::Department => "Département",
                CommuneAttribute::Region => "Région",
                CommuneAttribute::Zone => "Zone (approchée)",
            },
            questions[*question].code
        ),
        DerivedRule::Flag { .. } => "1 si la condition est vérifiée, 0 sinon ; vide si elle n’est pas mesurée.".to_owned(),
        DerivedRule::Number(_) => "Nombre calculé sur les réponses.".to_owned(),
        DerivedRule::Sum(parts) => format!("Somme des valeurs mesurées de : {}.", derived(parts)),
        DerivedRule::Measured(parts) => format!("Nombre de valeurs mesurées parmi : {}.", derived(parts)),
        DerivedRule::Score { items } => format!(
            "Moyenne, de 0 à 100, des points des réponses à {} ; vide si moins de {} % des questions sont mesurées.",
            list(items.iter().map(|item| questions[*item].code.clone()).collect()),
            edition.scoring.least_items_share * 100.0
        ),
        DerivedRule::Index { scores, at_least } => {
            format!("Moyenne de {} ; vide si moins de {at_least} ont une valeur.", derived(scores))
        }
    }
    .replace(" ;", "\u{a0};")
    .replace(" :", "\u{a0}:")
    .replace(" %", "\u{a0}%")
}
