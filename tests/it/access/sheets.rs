//! The result and the receipt as PDFs, by the programs that others read them with.

use std::io::Write as _;
use std::process::{Command, Stdio};

use end_to_end::Server;

use super::walk::Walk;
use crate::definition;

/// What one of poppler's programs says of a PDF.
fn poppler(program: &str, arguments: &[&str], pdf: &[u8]) -> String {
    let mut child = Command::new(program)
        .args(arguments)
        .args(if program == "pdftotext" { &["-", "-"][..] } else { &["-"][..] })
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error} (Debian: apt-get install poppler-utils)"));
    child.stdin.take().expect("the input is piped").write_all(pdf).expect("the program reads its input");
    let output = child.wait_with_output().expect("the program ends");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The text without its white space, which a line may break anywhere.
fn squeezed(text: &str) -> String {
    text.replace("&#39;", "'")
        .replace("&amp;", "&")
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect()
}

/// The texts between these two marks.
fn between<'a>(page: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    page.split(start).skip(1).filter_map(|rest| rest.split(end).next()).collect()
}

#[test]
fn the_result_and_the_receipt_are_tagged_pdfs() {
    let server = Server::start();
    let edition = definition::edition();
    for (beginning, language) in [("", "fr"), ("/en", "en")] {
        let mut walk = Walk::start(&server, &edition, beginning);
        walk.until(&definition::answers(), "recapitulatif");
        walk.send();
        let result = server.http().get(&walk.at("resultat")).body;
        let receipt = server.http().get(&walk.at("merci")).body;
        let mut said: Vec<&str> = between(&result, "<h2>", "</h2>");
        // The last section is about links of the page.
        said.pop();
        said.extend(between(&result, "class=\"verdict\">", "<"));
        said.extend(between(&result, "<strong>", "</strong>"));
        assert!(said.len() > 30, "the page says much: {said:?}");
        let of_receipt =
            between(&receipt, "<dd", "</dd>").into_iter().filter_map(|rest| rest.split('>').nth(1));
        let sheets = [("resultat.pdf", said), ("recu.pdf", of_receipt.collect())];
        for (file, said) in sheets {
            let reply = server.http().get(&walk.at(file));
            assert_eq!(
                (reply.status, reply.header("content-type")),
                (200, Some("application/pdf")),
                "{file}"
            );
            let about = poppler("pdfinfo", &[], &reply.bytes);
            assert!(about.contains("Tagged:          yes"), "{file}: {about}");
            let raw = String::from_utf8_lossy(&reply.bytes);
            assert!(raw.contains("pdfuaid"), "{file} says that it follows PDF/UA");
            assert!(
                raw.contains(&format!("/Lang({language}")) || raw.contains(&format!("/Lang ({language}")),
                "{file}: language"
            );
            let tags = poppler("pdfinfo", &["-struct"], &reply.bytes);
            assert!(tags.contains("H1") && tags.contains("Document"), "{file}: {tags}");
            let text = squeezed(&poppler("pdftotext", &["-raw"], &reply.bytes));
            for words in &said {
                assert!(text.contains(&squeezed(words)), "{file} does not say « {words} »: {text}");
            }
            let token = walk.draft.rsplit('/').next().expect("a token");
            assert!(!raw.contains(token) && !text.contains(token), "{file} holds the personal link");
        }
    }
}
