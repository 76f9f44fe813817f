//! The small edition of `surveys/invalid/base`, in the program.

use std::collections::BTreeMap;

macro_rules! base {
    ($($name:literal => $path:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../surveys/invalid/base/", $path)))),+]
    };
}

/// Its files: name and text.
const FILES: &[(&str, &str)] = base! {
    "indicators.toml" => "edition/indicators.toml",
    "margins/famille.csv" => "edition/margins/famille.csv",
    "nomenclatures/communes.csv" => "nomenclatures/communes.csv",
    "nomenclatures/departements.csv" => "nomenclatures/departements.csv",
    "nomenclatures/regions.csv" => "nomenclatures/regions.csv",
    "nomenclatures/reseaux.csv" => "nomenclatures/reseaux.csv",
    "plan.toml" => "edition/plan.toml",
    "questionnaire.toml" => "edition/questionnaire.toml",
    "references.csv" => "edition/references.csv",
    "texts/en.toml" => "edition/texts/en.toml",
    "texts/fr.toml" => "edition/texts/fr.toml",
    "translations/en.toml" => "edition/translations/en.toml",
};

/// All of them.
pub fn files() -> BTreeMap<String, String> {
    FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

/// One of them.
#[allow(dead_code, reason = "each target uses what it needs")]
pub fn file(name: &str) -> &'static str {
    FILES.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text)
}
