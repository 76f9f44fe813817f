//! The directory's crate on the real definition and the real lists.
#![expect(clippy::unwrap_used, reason = "a test that cannot arrange its case must stop")]

mod cards;
mod definition;
mod grid;
mod lists;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use directory::Directory;
use questionnaire::{Answer, Answers, Edition, Files, Identifier, Networks};

pub(crate) const SURVEY: &str = "annuaire-ess-numerique";
pub(crate) const EDITION: &str = "2026";

fn surveys() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../surveys")
}

/// The texts of the definition.
pub(crate) fn files() -> BTreeMap<String, String> {
    let folder = surveys().join(SURVEY).join(EDITION);
    let mut files = BTreeMap::new();
    for (path, prefix) in [
        (folder.clone(), ""),
        (folder.join("texts"), "texts/"),
        (surveys().join("nomenclatures"), "nomenclatures/"),
    ] {
        for entry in std::fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "toml" || extension == "csv") {
                let name = path.file_name().unwrap().to_str().unwrap();
                files.insert(format!("{prefix}{name}"), std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

pub(crate) fn parse(files: BTreeMap<String, String>) -> Edition {
    Edition::parse(SURVEY, EDITION, &Files::new(files)).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(|problem| format!("{problem}\n")).collect::<String>())
    })
}

pub(crate) static REAL: LazyLock<Edition> = LazyLock::new(|| parse(files()));

pub(crate) fn directory() -> Directory<'static> {
    Directory::new(&REAL, &Files::new(files())).expect("the definition of the directory is sound")
}

/// A family with answers that meet its inclusion criterion.
pub(crate) const CRITERIA: [(&str, &str, &[&str]); 8] = [
    ("educ_mediation", "crt_educ", &["mediation"]),
    ("democratie_droits", "crt_democratie", &["participation"]),
    ("services", "crt_services", &["cahier_charges"]),
    ("editeurs", "crt_editeurs", &["edition"]),
    ("plateformes", "crt_plateformes", &["communs"]),
    ("circulaire", "crt_circulaire", &["activite_principale", "finalite_sociale"]),
    ("telecoms", "crt_telecoms", &["hebergement"]),
    ("communs", "crt_communs", &["logiciel", "gouvernance", "licence_ouverte"]),
];

/// A publishable association of these families, which agreed to everything.
pub(crate) fn actor(name: &str, families: &[&str]) -> Answers {
    let mut answers = Answers::new()
        .with("ann_consentement", Answer::text("oui"))
        .with("ann_nom", Answer::text(name))
        .with(
            "ann_ident",
            Answer::Identifier(Identifier {
                kind: "siret".to_owned(),
                value: Some("83908523000028".to_owned()),
            }),
        )
        .with("ann_commune", Answer::text("35238"))
        .with("ann_statut", Answer::text("asso_1901"))
        .with("pil_utilite", Answer::text("statuts"))
        .with("pil_gouvernance", Answer::text("une_voix"))
        .with("pil_gestion", Answer::multiple(["non_lucratif"]))
        .with("pil_capital", Answer::text("non"))
        .with("fam_choix", Answer::multiple(families.iter().copied()))
        .with("act_description", Answer::text("Un atelier de médiation numérique ouvert à tous."))
        .with("act_coeur", Answer::text("coeur"))
        .with("act_publics", Answer::multiple(["b2c", "seniors"]))
        .with("act_territoire", Answer::multiple(["commune"]))
        .with("act_licence", Answer::text("toutes"))
        .with("moy_effectifs", Answer::text("s1_9"))
        .with("moy_annee", Answer::Integer(2001))
        .with("moy_reseaux", Answer::Networks(Networks { codes: ["mednum".to_owned()].into(), other: None }))
        .with("moy_tete_reseau", Answer::text("non"))
        .with("pub_accord", Answer::multiple(["fiche", "carte", "opendata"]))
        .with("pub_contact_prive", Answer::text("personne@prive.example"));
    if families.len() > 1 {
        answers.set("fam_principale", Some(Answer::text(families[0])));
    }
    for (family, question, ticked) in CRITERIA {
        if families.contains(&family) {
            answers.set(question, Some(Answer::multiple(ticked.iter().copied())));
        }
    }
    answers
}
