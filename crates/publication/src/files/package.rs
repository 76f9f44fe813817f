//! `datapackage.json` (Frictionless Data Package 1.0) and `LISEZMOI.md`: what the folder holds, for programs and for
//! people.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::cells::header;
use super::columns::columns;
use super::{CELLS_FILE, DOMAINS_FILE, INDICATORS_FILE, json, sha256};
use crate::model::Publication;

/// The published wording (`disclosure.md`, section 3.5).
pub const CONFIDENTIALITY: &str = include_str!("confidentialite.md");

const READ_ME: &str = include_str!("lisezmoi.md");

/// The licence of what is published, as the Open Definition and SPDX name it.
pub const LICENCE: &str = "etalab-2.0";
/// Where its text is, as data.gouv.fr knows it.
pub const LICENCE_ADDRESS: &str = "https://www.etalab.gouv.fr/licence-ouverte-open-licence";
/// Its name.
pub const LICENCE_TITLE: &str = "Licence Ouverte 2.0";

/// The description for programs.
pub(super) fn package(publication: &Publication, files: &BTreeMap<&str, Vec<u8>>) -> Vec<u8> {
    let resources: Vec<Value> = files
        .iter()
        .map(|(name, bytes)| {
            let extension = name.rsplit('.').next().unwrap_or_default().to_lowercase();
            let mut resource = json!({
                "name": resource_name(name),
                "path": name,
                "title": name,
                "format": extension,
                "mediatype": media_type(&extension),
                "bytes": bytes.len(),
                "hash": format!("sha256:{}", sha256(bytes)),
            });
            if extension == "parquet" {
                // A program that has no reader of it still checks its size and digest.
                resource["type"] = json!("file");
            }
            if [CELLS_FILE, DOMAINS_FILE, INDICATORS_FILE].contains(name) {
                resource["profile"] = json!("tabular-data-resource");
                resource["encoding"] = json!("utf-8");
                resource["schema"] = schema(publication, name);
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
        "licenses": [{ "name": LICENCE, "path": LICENCE_ADDRESS, "title": LICENCE_TITLE }],
        "keywords": ["économie sociale et solidaire", "numérique", "enquête"],
        "contributors": [{ "title": edition.publisher, "role": "publisher" }],
        "temporal": { "start": edition.field_start, "end": edition.field_end },
        "simulated": edition.is_simulated,
        "columns": header(publication),
        "resources": resources,
    }))
}

/// The schema of a table: its fields, and how the rows of one are found from another.
fn schema(publication: &Publication, file: &str) -> Value {
    let fields: Vec<Value> = columns(publication)
        .into_iter()
        .filter(|column| column.file == file)
        .map(|column| {
            let mut field = json!({
                "name": column.name,
                "type": column.kind,
                "description": column.words.get("fr").cloned().unwrap_or_default(),
            });
            if column.name == "suppressed" {
                field["constraints"] = json!({ "enum": [0, 1], "required": true });
            }
            field
        })
        .collect();
    let mut schema = json!({ "fields": fields, "missingValues": [""] });
    let dimensions = publication.breakdowns.iter().map(|breakdown| format!("d_{}", breakdown.code));
    match file {
        INDICATORS_FILE => schema["primaryKey"] = json!(["indicator"]),
        CELLS_FILE => {
            let key: Vec<String> = dimensions.chain(["indicator", "category"].map(str::to_owned)).collect();
            schema["primaryKey"] = json!(key);
            schema["foreignKeys"] = json!([{
                "fields": ["indicator"],
                "reference": { "resource": resource_name(INDICATORS_FILE), "fields": ["indicator"] },
            }]);
        }
        _ => {
            let key: Vec<String> = dimensions.collect();
            // Without a breakdown there is one group, and nothing to tell it from others.
            if !key.is_empty() {
                schema["primaryKey"] = json!(key);
            }
        }
    }
    schema
}

/// « cells.csv » as the name of a resource.
fn resource_name(file: &str) -> String {
    file.to_lowercase().replace('.', "-")
}

/// The media type of a file of the folder, by its ending.
fn media_type(extension: &str) -> &'static str {
    match extension {
        "csv" => "text/csv",
        "json" => "application/json",
        "md" => "text/markdown",
        "parquet" => "application/vnd.apache.parquet",
        _ => "application/octet-stream",
    }
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
