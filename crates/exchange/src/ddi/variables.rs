//! The variables.

use super::element::Element;
use super::{LANGUAGE, file_id};
use crate::archive::{Definition, Dictionary, Facts, Statistics, ValueKind, Variable};

/// All variables, file by file, then the derived ones that no file holds.
pub(super) fn variables(definition: &Definition<'_>, dictionary: &Dictionary, facts: &Facts) -> Element {
    let mut out = Element::new("dataDscr");
    for (file, variables) in dictionary.variables.iter().enumerate() {
        for (index, found) in variables.iter().enumerate() {
            let file = file_id(file);
            out = out.child(variable(
                found,
                &format!("{file}V{}", index + 1),
                Some(&file),
                facts.statistics.get(&found.name),
            ));
        }
    }
    for (index, found) in dictionary.not_in_files(definition).iter().enumerate() {
        out = out.child(variable(found, &format!("D{}", index + 1), None, None));
    }
    out.child(
        Element::text("notes", NOTE).attribute("subject", "missing values").attribute("xml:lang", LANGUAGE),
    )
}

/// What an empty value means, and what is said of figures.
const NOTE: &str = "Une valeur vide veut dire «\u{a0}question non posée\u{a0}» quand la question (ou la ligne du \
                    tableau) n’est pas dans la variable path de l’enregistrement, et «\u{a0}sans réponse\u{a0}» quand \
                    elle y est. Les parts portent sur les réponses valides à qui la question a été posée, sans \
                    pondération\u{a0}; une part absente n’est pas diffusée.";

fn variable(variable: &Variable, id: &str, file: Option<&str>, statistics: Option<&Statistics>) -> Element {
    let mut out = Element::new("var").attribute("ID", id).attribute("name", &variable.name);
    if variable.is_weight {
        out = out.attribute("wgt", "wgt");
    }
    if let Some(file) = file {
        out = out.attribute("files", file);
    }
    let is_continuous = matches!(variable.kind, ValueKind::Integer | ValueKind::Real);
    out = out.attribute("intrvl", if is_continuous { "contin" } else { "discrete" });
    if let Some(file) = file {
        out = out.child(Element::new("location").attribute("fileid", file));
    }
    out = out.children(Element::texts("labl", &variable.label)).children(question(variable));
    if let Some((min, max)) = variable.range {
        let range = Element::new("range")
            .attribute("UNITS", "INT")
            .attribute("min", &min.to_string())
            .attribute("max", &max.to_string());
        out = out.child(Element::new("valrng").child(range));
    }
    out = out.children(universe(variable));
    if let Some(statistics) = statistics {
        out = out.child(
            Element::text("sumStat", &statistics.asked)
                .attribute("type", "other")
                .attribute("otherType", "asked"),
        );
    }
    out = out.children(categories(variable, statistics));
    if let Some((code, label)) = &variable.concept {
        out = out.children(
            Element::texts("concept", label).into_iter().map(|concept| concept.attribute("vocab", code)),
        );
    }
    if let Some(derivation) = &variable.derivation {
        let rule = derivation
            .rule
            .as_ref()
            .map(|rule| Element::text("drvcmd", rule).attribute("syntax", "indicators.toml"));
        out = out.child(
            Element::new("derivation")
                .child(Element::text("drvdesc", &derivation.description).attribute("xml:lang", LANGUAGE))
                .children(rule),
        );
    }
    out = out.child(format(variable));
    if file.is_none() {
        out = out.child(
            Element::text("notes", "Variable calculée, absente des fichiers décrits.")
                .attribute("xml:lang", LANGUAGE),
        );
    }
    out
}

fn question(variable: &Variable) -> Option<Element> {
    let domain = match variable.kind {
        ValueKind::Text(_) => "text",
        ValueKind::Integer | ValueKind::Real => "numeric",
        ValueKind::Flag => "multiple",
        ValueKind::Category => "category",
    };
    let mut question = Element::new("qstn").attribute("responseDomainType", domain);
    question = question.children(Element::texts("qstnLit", variable.question.as_ref()?));
    for (name, texts) in [("postQTxt", &variable.part), ("ivuInstr", &variable.help)] {
        if let Some(texts) = texts {
            question = question.children(Element::texts(name, texts));
        }
    }
    Some(question)
}

/// Who is asked: in words, with the condition itself.
fn universe(variable: &Variable) -> Vec<Element> {
    if variable.place.is_none() {
        return Vec::new();
    }
    match (&variable.base, &variable.condition) {
        (Some(base), condition) => base
            .iter()
            .map(|(language, base)| {
                let text = condition
                    .as_ref()
                    .map_or_else(|| base.to_owned(), |condition| format!("{base} ({condition})"));
                Element::text("universe", &text).attribute("xml:lang", language)
            })
            .collect(),
        (None, Some(condition)) => vec![Element::text("universe", condition)],
        (None, None) => {
            vec![Element::text("universe", "Ensemble des répondantes").attribute("xml:lang", LANGUAGE)]
        }
    }
}

fn categories(variable: &Variable, statistics: Option<&Statistics>) -> Vec<Element> {
    let share = |share: Option<&String>| {
        share.map(|share| {
            Element::text("catStat", share).attribute("type", "percent").attribute("wgtd", "not-wgtd")
        })
    };
    let mut out: Vec<Element> = variable
        .categories
        .iter()
        .map(|category| {
            Element::new("catgry")
                .child(Element::text("catValu", &category.code))
                .children(Element::texts("labl", &category.label))
                .children(category.offered_if.iter().map(|condition| {
                    Element::text("txt", &format!("Proposé si\u{a0}: {condition}"))
                        .attribute("xml:lang", LANGUAGE)
                }))
                .children(share(statistics.and_then(|statistics| statistics.shares.get(&category.code))))
        })
        .collect();
    if variable.place.is_some() {
        for (kind, label, share) in [
            ("not asked", "Question non posée", None),
            ("blank", "Sans réponse", share(statistics.and_then(|statistics| statistics.blank.as_ref()))),
        ] {
            out.push(
                Element::new("catgry")
                    .attribute("missing", "Y")
                    .attribute("missType", kind)
                    .child(Element::text("labl", label).attribute("xml:lang", LANGUAGE))
                    .children(share),
            );
        }
    }
    out
}

fn format(variable: &Variable) -> Element {
    let kind = match variable.kind {
        ValueKind::Text(_) | ValueKind::Category => "character",
        ValueKind::Integer | ValueKind::Real | ValueKind::Flag => "numeric",
    };
    Element::new("varFormat").attribute("type", kind).attribute("schema", "other")
}
