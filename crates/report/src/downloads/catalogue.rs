//! The entry of a catalogue of open data (DCAT-AP, as data.gouv.fr harvests it): what is offered, by whom, under which
//! licence, and where each file is, with its size and its digest.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{DICTIONARY, FIGURES, SPREADSHEET, WORKBOOK};
use crate::context::Context;
use crate::place::Place;
use crate::workshop::hexadecimal;

/// Terms of the European Union's lists, that DCAT-AP asks for.
const FILE_TYPE: &str = "http://publications.europa.eu/resource/authority/file-type/";
const MEDIA_TYPE: &str = "https://www.iana.org/assignments/media-types/";

/// A file that is offered: name, key of its title, type in the Union's list, media type.
const OFFERED: [(&str, &str, &str, &str); 7] = [
    (publication::CELLS_FILE, "catalogue.cells", "CSV", "text/csv"),
    (publication::PARQUET_FILE, "catalogue.parquet", "PARQUET", "application/vnd.apache.parquet"),
    (
        WORKBOOK,
        "catalogue.workbook",
        "XLSX",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    (SPREADSHEET, "catalogue.spreadsheet", "CSV", "text/csv"),
    (FIGURES, "catalogue.figures", "CSV", "text/csv"),
    (DICTIONARY, "catalogue.dictionary", "CSV", "text/csv"),
    (publication::DATA_PACKAGE_FILE, "catalogue.package", "JSON", "application/json"),
];

/// The entry, of those files that there are.
pub(crate) fn catalogue(context: &Context<'_>, place: &Place, files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let edition = &context.publication.edition;
    let distributions: Vec<Value> = OFFERED
        .iter()
        .filter_map(|(name, title, kind, media)| {
            let bytes = files.get(*name)?;
            Some(json!({
                "@id": format!("#{name}"),
                "@type": "dcat:Distribution",
                "dct:title": { "@value": context.say(title), "@language": context.words.language },
                "dct:identifier": name,
                "dcat:accessURL": { "@id": name },
                "dcat:downloadURL": { "@id": name },
                "dct:format": { "@id": format!("{FILE_TYPE}{kind}") },
                "dcat:mediaType": { "@id": format!("{MEDIA_TYPE}{media}") },
                "dcat:byteSize": { "@value": bytes.len().to_string(), "@type": "xsd:nonNegativeInteger" },
                "dct:license": { "@id": publication::LICENCE_ADDRESS },
                "spdx:checksum": {
                    "@type": "spdx:Checksum",
                    "spdx:algorithm": { "@id": "spdx:checksumAlgorithm_sha256" },
                    "spdx:checksumValue": {
                        "@value": hexadecimal(&Sha256::digest(bytes)),
                        "@type": "xsd:hexBinary",
                    },
                },
            }))
        })
        .collect();
    let publisher =
        json!({ "@id": "#publisher", "@type": "foaf:Organization", "foaf:name": edition.publisher });
    let said = |text: &str| -> Value { json!({ "@value": text, "@language": context.words.language }) };
    let mut description = vec![context.say("home.lede"), &context.notice];
    if edition.is_simulated {
        description.insert(0, context.say("simulated.banner"));
    }
    let dataset = json!({
        "@id": "#dataset",
        "@type": "dcat:Dataset",
        "dct:identifier": format!("{}/{}", edition.survey, edition.edition),
        "dct:title": said(&edition.title),
        "dct:description": said(&description.join("\n\n")),
        "dct:publisher": { "@id": "#publisher" },
        "dct:language": { "@id": language(context.words.language) },
        "dct:spatial": { "@id": "http://publications.europa.eu/resource/authority/country/FRA" },
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": { "@value": edition.field_start, "@type": "xsd:date" },
            "dcat:endDate": { "@value": edition.field_end, "@type": "xsd:date" },
        },
        "dct:accrualPeriodicity":
            { "@id": "http://publications.europa.eu/resource/authority/frequency/ANNUAL" },
        "dct:accessRights":
            { "@id": "http://publications.europa.eu/resource/authority/access-right/PUBLIC" },
        "dct:license": { "@id": publication::LICENCE_ADDRESS },
        "dcat:keyword": context
            .say("catalogue.keywords")
            .split(", ")
            .map(said)
            .collect::<Vec<_>>(),
        "dcat:theme": [
            { "@id": "http://publications.europa.eu/resource/authority/data-theme/SOCI" },
            { "@id": "http://publications.europa.eu/resource/authority/data-theme/TECH" },
        ],
        "dcat:landingPage": { "@id": "index.html" },
        "dcat:version": edition.edition,
        "foaf:page": { "@id": "methode.html" },
        "dcat:distribution": distributions,
    });
    let catalogue = json!({
        "@id": "#catalogue",
        "@type": "dcat:Catalog",
        "dct:title": said(&edition.title),
        "dct:description": said(context.say("home.lede")),
        "dct:publisher": { "@id": "#publisher" },
        "dct:license": { "@id": publication::LICENCE_ADDRESS },
        "dcat:dataset": { "@id": "#dataset" },
    });
    let mut terms = json!({
        "dcat": "http://www.w3.org/ns/dcat#",
        "dct": "http://purl.org/dc/terms/",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "spdx": "http://spdx.org/rdf/terms#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    });
    // Names are relative to where this file is, unless it was said where that will be.
    if let Some(address) = place.address("") {
        terms["@base"] = json!(address);
    }
    let document = json!({ "@context": terms, "@graph": [catalogue, dataset, publisher] });
    let mut text = serde_json::to_vec_pretty(&document).expect("texts by texts always serialise");
    text.push(b'\n');
    text
}

/// A language in the Union's list.
fn language(code: &str) -> String {
    let name = if code == "en" { "ENG" } else { "FRA" };
    format!("http://publications.europa.eu/resource/authority/language/{name}")
}
