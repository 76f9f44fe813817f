//! The document, the study and the files.

use crate::archive::Append;
use questionnaire::Edition;

use super::element::Element;
use super::{LANGUAGE, file_id};
use crate::archive::{DataFile, Definition, Dictionary, Facts};

fn main_edition<'a>(definition: &Definition<'a>) -> &'a Edition {
    &definition.editions[0].1
}

/// What this document is.
pub(super) fn document(definition: &Definition<'_>, facts: &Facts) -> Element {
    let title = format!("Dictionnaire des données\u{a0}: {}", main_edition(definition).plan.title);
    let citation = Element::new("citation")
        .child(Element::new("titlStmt").child(Element::text("titl", &title).attribute("xml:lang", LANGUAGE)))
        .child(production(facts));
    Element::new("docDscr").child(citation)
}

fn production(facts: &Facts) -> Element {
    let (name, version) = facts.software.rsplit_once(' ').unwrap_or((&facts.software, ""));
    Element::new("prodStmt")
        .child(Element::text("producer", &facts.publisher))
        .child(Element::text("software", name).attribute("version", version))
}

/// The study.
pub(super) fn study(definition: &Definition<'_>, facts: &Facts) -> Element {
    Element::new("stdyDscr")
        .child(citation(definition, facts))
        .child(information(definition, facts))
        .child(method(definition, facts))
        .child(access(main_edition(definition), facts))
}

fn citation(definition: &Definition<'_>, facts: &Facts) -> Element {
    let (language, edition) = &definition.editions[0];
    let questionnaire = &edition.questionnaire;
    let others = definition
        .editions
        .iter()
        .skip(1)
        .filter(|(_, other)| other.questionnaire.title != questionnaire.title);
    let title = Element::new("titlStmt")
        .child(Element::text("titl", &edition.plan.title).attribute("xml:lang", language))
        .child(Element::text("altTitl", &questionnaire.title).attribute("xml:lang", language))
        .children(others.map(|(language, other)| {
            Element::text("parTitl", &other.questionnaire.title).attribute("xml:lang", language)
        }))
        .child(
            Element::text("IDNo", &format!("{}/{}", questionnaire.survey, questionnaire.edition))
                .attribute("agency", &facts.publisher)
                .attribute("level", "study"),
        );
    let versions = facts
        .versions
        .iter()
        .map(|version| Element::text("version", version).attribute("type", "SHA-256 of the definition"));
    Element::new("citation")
        .child(title)
        .child(Element::new("rspStmt").child(Element::text("AuthEnty", &facts.publisher)))
        .child(production(facts))
        .child(
            Element::new("distStmt").child(Element::text("distrbtr", &facts.publisher)).child(contact(facts)),
        )
        .child(Element::new("verStmt").children(versions))
}

fn contact(facts: &Facts) -> Element {
    Element::text("contact", &facts.publisher).attribute("email", &facts.contact)
}

fn information(definition: &Definition<'_>, facts: &Facts) -> Element {
    let keywords = definition.editions.iter().flat_map(|(language, edition)| {
        let dimensions = edition.questionnaire.dimensions.iter();
        dimensions.map(move |one| Element::text("keyword", &one.label).attribute("xml:lang", language))
    });
    let date = |day: &str, event: &str| {
        Element::text("collDate", day).attribute("date", day).attribute("event", event)
    };
    let summary = Element::new("sumDscr")
        .child(date(&facts.field_start, "start"))
        .child(date(&facts.field_end, "end"))
        .child(Element::text("nation", "France").attribute("abbr", "FR"))
        .child(Element::text("anlyUnit", "Organisation"))
        .child(Element::text("universe", &scope(definition)).attribute("xml:lang", LANGUAGE))
        .child(Element::text("dataKind", "Données d’enquête").attribute("xml:lang", LANGUAGE));
    let information = Element::new("stdyInfo").child(Element::new("subject").children(keywords));
    if facts.description.is_empty() {
        return information.child(summary);
    }
    let what = Element::text("abstract", &facts.description).attribute("xml:lang", LANGUAGE);
    information.child(what).child(summary)
}

/// Who belongs to the survey, as the plan says it.
fn scope(definition: &Definition<'_>) -> String {
    let condition = definition.files.text("plan.toml").and_then(|text| text.parse::<toml::Table>().ok());
    let condition = condition
        .as_ref()
        .and_then(|plan| plan.get("edition")?.get("scope")?.as_str())
        .map_or_else(String::new, |scope| format!(" (condition du plan\u{a0}: {scope})"));
    format!("Organisations qui ont accepté de répondre et sont dans le champ de l’édition{condition}")
}

fn method(definition: &Definition<'_>, facts: &Facts) -> Element {
    let edition = main_edition(definition);
    let in_french =
        |name: &'static str, text: &str| Element::text(name, text).attribute("xml:lang", LANGUAGE);
    let collection = Element::new("dataColl")
        .child(in_french("timeMeth", "Enquête transversale, une collecte par édition"))
        .child(in_french("sampProc", &sampling(edition, facts)))
        .child(in_french("collMode", "Questionnaire rempli par l’organisation, en ligne ou sur papier"))
        .child(in_french(
            "resInstru",
            "Questionnaire structuré\u{a0}; les questions posées dépendent des réponses précédentes",
        ))
        .child(in_french("weight", &weighting(edition, facts)).attribute("ID", "weighting"))
        .child(in_french(
            "cleanOps",
            "Toute réponse qui n’est pas sur le parcours de l’organisation est retirée. Noms, adresses, identifiants \
             et textes libres ne sont pas dans les fichiers.",
        ));
    let error = "Les organisations étant volontaires, aucune marge d’erreur d’échantillonnage ne peut être calculée\u{a0}; \
                 les intervalles publiés sont des intervalles de précision sous hypothèse.";
    Element::new("method")
        .child(collection)
        .child(Element::new("anlyInfo").child(in_french("EstSmpErr", error)))
}

/// How organisations came to answer: the notice that every output carries (`design/statistics.md`, section 8).
pub(super) fn sampling(edition: &Edition, facts: &Facts) -> String {
    let number = facts.published.as_ref().map_or_else(String::new, |published| {
        format!("environ {} réponses valides, ", thousands(published.valid))
    });
    let dates = if facts.field_start == facts.field_end {
        format!("le {}", day(&facts.field_start))
    } else {
        format!("du {} au {}", day(&facts.field_start), day(&facts.field_end))
    };
    let mut text = format!(
        "Enquête en ligne ou sur papier auprès d’organisations volontaires ({number}{dates}). Les répondantes n’ont pas été tirées au \
         sort."
    );
    let margins = margins(edition);
    if !margins.is_empty() {
        text.append(&format!(" Résultats redressés par calage sur {}", margins.join(", ")));
        if let Some(published) = &facts.published {
            text.append(&format!(
                "\u{a0}; rapport de poids de {} à {}, effectif équivalent {}",
                decimal(published.weight_ratio.0),
                decimal(published.weight_ratio.1),
                thousands(published.n_effective)
            ));
        }
        text.push('.');
    }
    text.push_str(
        " Les intervalles indiqués mesurent la précision en supposant qu’à caractéristiques de calage égales, répondre \
         ne dépend pas de la réponse\u{a0}; ce ne sont pas des marges d’erreur de sondage aléatoire. Les organisations \
         les moins équipées en numérique sont probablement sous-représentées.",
    );
    text
}

fn margins(edition: &Edition) -> Vec<String> {
    let mut margins: Vec<String> = Vec::new();
    for margin in edition.plan.calibration.iter().flat_map(|group| &group.margins) {
        let text = format!("{} ({}, {})", lower_first(&margin.label), margin.source, margin.year);
        if !margins.contains(&text) {
            margins.push(text);
        }
    }
    margins
}

fn weighting(edition: &Edition, facts: &Facts) -> String {
    let groups: Vec<String> = edition
        .plan
        .calibration
        .iter()
        .map(|group| format!("{}\u{a0}: {}", group.label, thousands(group.total)))
        .collect();
    if groups.is_empty() {
        return "Aucune pondération.".to_owned();
    }
    let is_in_file = facts
        .files
        .iter()
        .flat_map(|file| &file.columns)
        .any(|column| column.content == crate::archive::Content::Weight);
    let place = if is_in_file {
        "La variable de poids est décrite avec les autres (attribut wgt)."
    } else {
        "Aucune variable de poids n’est dans les fichiers décrits\u{a0}: les poids se calculent à partir des réponses et \
         des marges de l’édition (commande «\u{a0}barometre export archive\u{a0}»)."
    };
    format!(
        "Calage sur marges, par groupe\u{a0}: {}. Les poids de départ sont égaux dans chaque groupe et les poids finals \
         sont bornés à trois fois la moyenne du groupe, autant que les marges le permettent. {place}",
        groups.join(", ")
    )
}

fn access(edition: &Edition, facts: &Facts) -> Element {
    let in_french =
        |name: &'static str, text: &str| Element::text(name, text).attribute("xml:lang", LANGUAGE);
    let mut terms = Element::new("useStmt")
        .child(
            in_french(
                "confDec",
                "Microdonnées confidentielles, une ligne par organisation sous pseudonyme. Les lire suppose un engagement \
                 écrit de confidentialité\u{a0}; rien qui permette de reconnaître une organisation ne doit en sortir.",
            )
            .attribute("required", "yes"),
        )
        .child(in_french(
            "restrctn",
            &format!(
                "Accès réservé aux personnes que l’éditeur autorise. Aucun résultat portant sur moins de {} organisations \
                 ne peut être publié.",
                edition.plan.n_min
            ),
        ))
        .child(contact(facts))
        .child(in_french(
            "conditions",
            "Les chiffres de ce dictionnaire suivent la règle de diffusion de l’édition\u{a0}: parts arrondies, effectifs \
             arrondis à la dizaine ou en classe, et rien sous le seuil.",
        ));
    if facts.is_simulated {
        terms = terms.child(in_french(
            "disclaimer",
            "Réponses simulées\u{a0}: ces données ne décrivent aucune organisation réelle.",
        ));
    }
    Element::new("dataAccs").child(terms)
}

/// The data files.
pub(super) fn files(dictionary: &Dictionary, facts: &Facts) -> Vec<Element> {
    facts
        .files
        .iter()
        .enumerate()
        .map(|(index, file)| {
            let columns = dictionary.variables.get(index).map_or(0, Vec::len);
            Element::new("fileDscr").attribute("ID", &file_id(index)).child(file_text(file, columns))
        })
        .collect()
}

fn file_text(file: &DataFile, columns: usize) -> Element {
    // The schema puts the parts of a fingerprint in its namespace, in this order.
    let fingerprint = Element::new("dataFingerprint")
        .attribute("type", "dataFile")
        .child(Element::text("digitalFingerprintValue", &file.sha256))
        .child(Element::text("algorithmSpecification", "SHA-256"));
    let dimensions = Element::new("dimensns")
        .children(file.rows.map(|rows| Element::text("caseQnty", &rows.to_string())))
        .child(Element::text("varQnty", &columns.to_string()));
    Element::new("fileTxt")
        .child(Element::text("fileName", &file.name))
        .child(fingerprint)
        .child(Element::text("fileCont", &file.content).attribute("xml:lang", LANGUAGE))
        .child(Element::new("fileStrc").attribute("type", "rectangular"))
        .child(dimensions)
        .child(Element::text("fileType", &file.media_type).attribute("charset", "UTF-8"))
}

/// `2026-01-05` as « 5 janvier 2026 »; anything else as it is.
fn day(iso: &str) -> String {
    const MONTHS: [&str; 12] = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ];
    let parts: Vec<&str> = iso.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return iso.to_owned() };
    let month = month.parse::<usize>().ok().and_then(|month| MONTHS.get(month.checked_sub(1)?));
    match (month, day.parse::<u32>()) {
        (Some(month), Ok(1)) => format!("1er {month} {year}"),
        (Some(month), Ok(day)) => format!("{day} {month} {year}"),
        _ => iso.to_owned(),
    }
}

/// A number in groups of three digits, with narrow no-break spaces.
fn thousands(number: impl Into<f64>) -> String {
    let digits = format!("{:.0}", number.into());
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

fn decimal(number: f64) -> String {
    number.to_string().replace('.', ",")
}

fn lower_first(text: &str) -> String {
    // « Île-de-France » keeps its capital: only a word whose other letters are lower and that has no hyphen loses it.
    let first = text.split_whitespace().next().unwrap_or("");
    if first.contains('-') {
        return text.to_owned();
    }
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |c| c.to_lowercase().chain(characters).collect())
}
