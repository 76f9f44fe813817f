//! `datapackage.json` (Frictionless Data Package 1.0) and `LISEZMOI.md`: what the folder holds, for programs and for
//! people.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::cells::header;
use super::{CELLS_FILE, DOMAINS_FILE, INDICATORS_FILE, json, sha256};
use crate::model::Publication;

/// The published wording (`disclosure.md`, section 3.5).
pub const CONFIDENTIALITY: &str = include_str!("confidentialite.md");

const READ_ME: &str = include_str!("lisezmoi.md");

/// Columns that hold numbers when they hold something.
const NUMBERS: [&str; 14] = [
    "step",
    "lo",
    "hi",
    "n_step",
    "n_lo",
    "n_hi",
    "se",
    "ci_lo",
    "ci_hi",
    "pop",
    "suppressed",
    "min",
    "max",
    "rows",
];

/// The description for programs.
pub(super) fn package(publication: &Publication, files: &BTreeMap<&str, Vec<u8>>) -> Vec<u8> {
    let resources: Vec<Value> = files
        .iter()
        .map(|(name, bytes)| {
            let code = name.split('.').next().unwrap_or(name).to_lowercase();
            let extension = name.rsplit('.').next().unwrap_or_default().to_lowercase();
            let mut resource = json!({
                "name": format!("{code}-{extension}"),
                "path": name,
                "format": extension,
                "bytes": bytes.len(),
                "hash": format!("sha256:{}", sha256(bytes)),
            });
            if [CELLS_FILE, DOMAINS_FILE, INDICATORS_FILE].contains(name) {
                resource["profile"] = json!("tabular-data-resource");
                resource["encoding"] = json!("utf-8");
                resource["schema"] = schema(bytes);
            }
            resource
        })
        .collect();
    let edition = &publication.edition;
    json(&json!({
        "profile": "data-package",
        "name": format!("{}-{}", edition.survey, edition.edition).to_lowercase(),
        "title": edition.title,
        "description": CONFIDENTIALITY,
        "contributors": [{ "title": edition.publisher, "role": "publisher" }],
        "temporal": { "start": edition.field_start, "end": edition.field_end },
        "simulated": edition.is_simulated,
        "columns": header(publication),
        "resources": resources,
    }))
}

fn schema(csv: &[u8]) -> Value {
    let text = String::from_utf8_lossy(csv);
    let header = text.lines().next().unwrap_or_default();
    let fields: Vec<Value> = header
        .split(',')
        .map(|name| {
            let kind = if NUMBERS.contains(&name) { "number" } else { "string" };
            json!({ "name": name, "type": kind })
        })
        .collect();
    json!({ "fields": fields, "missingValues": [""] })
}

/// The description for people.
pub(super) fn readme(publication: &Publication) -> Vec<u8> {
    let edition = &publication.edition;
    let notice = if edition.is_simulated {
        "\n**Réponses simulées\u{a0}: ces chiffres ne décrivent aucune organisation réelle.**\n"
    } else {
        ""
    };
    let text = READ_ME
        .replace("{title}", &edition.title)
        .replace("{publisher}", &edition.publisher)
        .replace("{start}", &edition.field_start)
        .replace("{end}", &edition.field_end)
        .replace("{simulated}", notice)
        .replace("{confidentiality}", CONFIDENTIALITY.trim_end());
    text.into_bytes()
}
