//! A publication small enough to write by hand, with a file of every kind.

use std::fs;
use std::path::{Path, PathBuf};

use lopdf::content::{Content, Operation};
use lopdf::{Document, Object, Stream, dictionary};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use verification::manifest::{MANIFEST, Manifest, PUBLICATION, SITE};

pub const CELLS: &str = "\
channel,table_id,edition,d_size,indicator,category,estimate,step,lo,hi,n,n_step,n_lo,n_hi,se,ci_lo,ci_hi,pop,suppressed
open,all,2026,_T,site,_T,62,1,61.5,62.5,1250,10,1245,1255,,55,65,,0
open,size,2026,s,site,_T,au plus 5,5,0,7.5,60,10,55,65,,0,15,,0
open,size,2026,l,site,_T,nd,,,,,,,,,,,,1
";

const PAGE: &str = "<!doctype html><html><head><style>.a{width:37%}</style></head><body><h1>Baromètre 2026</h1>\
    <p>Question 14, de 10 à 49 salariés ; cible : 90 % en 2030.</p>\
    <table><tr><td>Site</td><td><strong>62</strong>\u{202f}%</td><td>de 55 à 65\u{202f}%</td><td>n = 1\u{202f}250</td>\
    </tr><tr><td>Petites</td><td>au plus 5&#x202f;%</td><td>nd</td></tr></table></body></html>";

const CHART: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\"><title>62 % ont un site (n = 1\u{202f}250)</title>\
    <rect x=\"0\" y=\"0\" width=\"124\" height=\"8\" data-v=\"62 %\"/>\
    <rect x=\"0\" y=\"9\" width=\"10\" height=\"8\" data-v=\"au plus 5 %\"/></svg>";

pub struct Published {
    pub folder: TempDir,
}

pub fn pdf(text: &str) -> Vec<u8> {
    let mut document = Document::with_version("1.5");
    let pages = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
    });
    let operations = vec![
        Operation::new("BT", vec![]),
        Operation::new("Tf", vec!["F1".into(), 12.into()]),
        Operation::new("Td", vec![50.into(), 700.into()]),
        Operation::new("Tj", vec![Object::string_literal(text)]),
        Operation::new("ET", vec![]),
    ];
    let content = Content { operations }.encode().expect("operations can be written");
    let content = document.add_object(Stream::new(dictionary! {}, content));
    let page = document.add_object(dictionary! {
        "Type" => "Page", "Parent" => pages, "Contents" => content,
        "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
        "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
    });
    let tree = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 };
    document.objects.insert(pages, Object::Dictionary(tree));
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).expect("a document is written to memory");
    bytes
}

pub fn workbook(change: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let date = ExcelDateTime::from_ymd(2026, 1, 1).expect("a date");
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&date));
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "Site").expect("a text");
    sheet.write(0, 1, 62).expect("a number");
    sheet.write(1, 1, "au plus 5 %").expect("a text");
    change(&mut workbook);
    workbook.save_to_buffer().expect("a workbook is written to memory")
}

/// A picture of one pixel with these chunks more.
pub fn png(more: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], data: &[u8]| {
        bytes.extend(u32::try_from(data.len()).expect("short").to_be_bytes());
        bytes.extend(kind);
        bytes.extend(data);
        bytes.extend([0; 4]);
    };
    chunk(b"IHDR", &[0; 13]);
    for (kind, data) in more {
        chunk(kind, data);
    }
    chunk(b"IDAT", &[]);
    chunk(b"IEND", &[]);
    bytes
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Published {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let published = Self { folder };
        let indicators = "code,label,target\nsite,Un site,90\n";
        let document = serde_json::json!({
            "edition": { "edition": "2026" },
            "cells": { "file": "cells.csv", "sha256": digest(CELLS.as_bytes()), "rows": 3 },
            "files": { "indicators.csv": digest(indicators.as_bytes()) },
        });
        published.write("cells.csv", CELLS.as_bytes());
        published.write("indicators.csv", indicators.as_bytes());
        published.write(PUBLICATION, document.to_string().as_bytes());
        for name in ["cells.csv", PUBLICATION] {
            let bytes = fs::read(published.path().join(name)).expect("it was written");
            published.write(&format!("{SITE}/{name}"), &bytes);
        }
        published.write("site/index.html", PAGE.as_bytes());
        published.write("site/charts/a.svg", CHART.as_bytes());
        published.write("site/charts/a.png", &png(&[]));
        published.write("site/rapport.pdf", &pdf("62 % ont un site, n = 1250"));
        published.write("site/donnees.xlsx", &workbook(|_| ()));
        published.write(
            "site/donnees.csv",
            "\u{feff}Mesure;Valeur;n\r\nsite;62\u{202f}%;1\u{202f}250\r\n".as_bytes(),
        );
        published.write("site/figures.json", br#"{"site": {"value": 62, "year": 2026, "text": "62 %"}}"#);
        published.seal();
        published
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder can be made");
        fs::write(path, bytes).expect("a file can be written");
    }

    /// Writes the manifest of the site as it is now.
    pub fn seal(&self) {
        let site = self.path().join(SITE);
        let manifest = Manifest::of("2026", &site).expect("the site can be read");
        self.write(&format!("{SITE}/{MANIFEST}"), manifest.text().as_bytes());
    }

    pub fn files(&self) -> Vec<(String, PathBuf)> {
        verification::files(self.path()).expect("the folder can be read").into_iter().collect()
    }
}
