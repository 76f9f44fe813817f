//! Published figures for programs: rows of the table, and nothing that tells hidden groups apart.

use std::collections::BTreeSet;

use axum::Router;
use axum::body::to_bytes;
use axum::http::{HeaderMap, StatusCode, header};
use portal::Portal;
use serde_json::Value;

use crate::get;

const HEADER: &str = "channel,table_id,edition,d_taille,d_region,d_reseau,indicator,category,estimate,step,lo,hi,n,n_step,\
                      n_lo,n_hi,se,ci_lo,ci_hi,pop,suppressed";

/// A table of two indicators: all, sizes of which one is withheld, a network, and a crossing.
const TABLE: [&str; 9] = [
    "open,ensemble,2026,_T,_T,_T,A,_T,45,1,44.5,45.5,600,10,595,604,,40,50,1499300,0",
    "open,ensemble,2026,_T,_T,_T,A,sans_reponse,3,1,2.5,3.5,600,10,595,604,,1,5,,0",
    "open,taille,2026,t0,_T,_T,A,_T,au plus 10,10,0,15,20-39,,20,39,,0,30,,0",
    "open,taille,2026,t1,_T,_T,A,_T,nd,,,,,,,,,,,,1",
    "open,reseau,2026,_T,_T,x&y,A,_T,50,5,47.5,52.5,60,10,55,64,,35,65,,0",
    "open,reseau_taille,2026,t0,_T,x&y,A,_T,nd,,,,,,,,,,,,1",
    "open,region,2026,_T,94,_T,A,_T,nd,,,,,,,,,,,,1",
    "open,ensemble,2026,_T,_T,_T,B,_T,20,1,19.5,20.5,600,10,595,604,,15,25,,0",
    "open,taille,2026,t0,_T,_T,B,_T,25-50,,25,50,11-19,,11,19,,5,70,,0",
];

fn portal() -> (Router, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("2026/site");
    std::fs::create_dir_all(&site).unwrap();
    std::fs::write(site.join("index.html"), "<!doctype html>").unwrap();
    let rows: Vec<&str> = std::iter::once(HEADER).chain(TABLE).collect();
    std::fs::write(site.join("cells.csv"), rows.join("\n") + "\n").unwrap();
    (portal::router(Portal::new("", folder.path().into())), folder)
}

async fn ask(router: &Router, query: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
    let response = get(router, &format!("/2026/api/v1/cells?{query}")).await;
    let (head, body) = response.into_parts();
    (head.status, head.headers, to_bytes(body, 100_000).await.unwrap().to_vec())
}

/// A code of each breakdown that is there, one that is not, and none.
fn questions() -> Vec<Vec<(&'static str, &'static str)>> {
    let mut questions = vec![Vec::new()];
    for (name, codes) in [
        ("indicator", &["A", "B", "Z"][..]),
        ("taille", &["t0", "t1", "t9", "_T", ""]),
        ("region", &["94", "00", "_T", ""]),
        ("reseau", &["x&y", "x", "nobody", "_T", ""]),
    ] {
        let longer = questions.iter().flat_map(|question: &Vec<_>| {
            codes.iter().map(move |&code| {
                let mut question = question.clone();
                // None: the breakdown is not named.
                if !code.is_empty() {
                    question.push((name, code));
                }
                question
            })
        });
        questions = longer.collect();
    }
    questions
}

fn query(question: &[(&str, &str)]) -> String {
    let pairs: Vec<String> =
        question.iter().map(|(name, code)| format!("{name}={}", code.replace('&', "%26"))).collect();
    pairs.join("&")
}

/// Its columns, in the order of the table, without `se`, which is always empty.
fn columns(row: &Value) -> Vec<String> {
    let figures = HEADER.split(',').skip(7).filter(|column| *column != "se");
    figures.map(|column| row[column].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_answer_to_every_conjunction_of_codes_is_rows_of_the_table_and_every_shown_row_is_answered() {
    let (router, _folder) = portal();
    let rows: BTreeSet<Vec<String>> = TABLE
        .iter()
        .map(|row| {
            let fields: Vec<&str> = row.split(',').collect();
            let named = [3, 4, 5, 6].map(|at| fields[at].to_owned());
            let shown = (7..fields.len()).filter(|at| *at != 16).map(|at| fields[at].to_owned());
            named.into_iter().chain(shown).collect()
        })
        .collect();
    let is_shown = |row: &Vec<String>| row.last().is_some_and(|suppressed| suppressed == "0");
    let mut answered = BTreeSet::new();
    let all = questions();
    assert_eq!(all.len(), 300);
    for question in all {
        let (status, _, body) = ask(&router, &query(&question)).await;
        assert_eq!(status, StatusCode::OK, "{question:?}");
        let answer: Value = serde_json::from_slice(&body).unwrap();
        let code = |name: &str| {
            let found = question.iter().find(|(known, _)| *known == name);
            found.map_or("_T", |(_, code)| *code).to_owned()
        };
        let named = ["taille", "region", "reseau", "indicator"].map(code).to_vec();
        for row in answer["rows"].as_array().unwrap() {
            let row: Vec<String> = [named.clone(), columns(row)].concat();
            if is_shown(&row) {
                assert!(rows.contains(&row), "{row:?} is in no row of the table");
                answered.insert(row);
            } else {
                assert_eq!(row[5], "nd");
                assert!(row[6..16].iter().all(String::is_empty), "{row:?}");
                assert!(
                    !rows.iter().any(|known| is_shown(known) && known[..4] == row[..4]),
                    "{row:?} is shown"
                );
            }
        }
    }
    assert_eq!(answered, rows.into_iter().filter(is_shown).collect());
}

#[tokio::test]
async fn what_is_withheld_what_is_of_nobody_and_what_does_not_exist_answer_alike_but_for_the_code() {
    let (router, _folder) = portal();
    let mut answers = Vec::new();
    // Withheld; a code of as many letters that no row has; a crossing that was not planned; an indicator that is none.
    for (question, codes) in [
        ("indicator=A&taille=t1", [("t1", "??"), ("A", "?")]),
        ("indicator=A&taille=t7", [("t7", "??"), ("A", "?")]),
        ("indicator=Z&taille=t0", [("t0", "??"), ("Z", "?")]),
    ] {
        let (status, headers, body) = ask(&router, question).await;
        let mut text = String::from_utf8(body).unwrap();
        for (code, hidden) in codes {
            text = text.replacen(&format!("\"{code}\""), &format!("\"{hidden}\""), 1);
        }
        answers.push((status, headers, text));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");
    let crossed = [
        ask(&router, "indicator=A&taille=t0&reseau=x%26y").await,
        ask(&router, "indicator=B&taille=t0&reseau=x%26y").await,
    ];
    let [planned, unplanned] = crossed;
    assert_eq!(planned.1, unplanned.1);
    assert_eq!(planned.2.len(), unplanned.2.len());
}

#[tokio::test]
async fn a_question_that_cannot_be_read_says_what_was_expected() {
    let (router, folder) = portal();
    for (question, said) in [
        ("", "no indicator was named"),
        ("taille=t0", "no indicator was named"),
        (
            "indicator=A&couleur=bleu",
            "`couleur` is no breakdown of this edition (expected taille, region, reseau)",
        ),
        ("indicator=A&taille=t0&taille=t1", "`taille` was given twice"),
        (&format!("indicator={}", "a".repeat(101)), "longer than any"),
    ] {
        let (status, headers, body) = ask(&router, question).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{question}");
        assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        let text = String::from_utf8(body).unwrap();
        assert!(text.contains(said), "{question}: {text}");
    }
    assert_eq!(get(&router, "/2024/api/v1/cells?indicator=A").await.status(), StatusCode::NOT_FOUND);
    // Another table takes the place of the first; one that is none is said to be none.
    let table = folder.path().join("2026/site/cells.csv");
    std::fs::write(&table, format!("{HEADER}\n{}\n", TABLE[7])).unwrap();
    assert!(String::from_utf8(ask(&router, "indicator=A").await.2).unwrap().contains("\"nd\""));
    assert!(String::from_utf8(ask(&router, "indicator=B").await.2).unwrap().contains("\"20\""));
    std::fs::write(&table, "a;b\n").unwrap();
    assert_eq!(ask(&router, "indicator=A").await.0, StatusCode::NOT_FOUND);
}
