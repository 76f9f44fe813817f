//! Invitations: one link and one code for each organisation of a list.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::{barometre, refused};

const SITE: &str = "https://barometre.example/";

/// Invites the organisations of this list, and gives the lines of links.
fn invite(folder: &Path, list: &str, out: &str) -> (String, Vec<csv::StringRecord>) {
    let (file, out) = (folder.join("list.csv"), folder.join(out));
    fs::write(&file, list).unwrap();
    let output = barometre(&[
        "invite",
        "2026",
        file.to_str().unwrap(),
        "--base-url",
        SITE,
        "--out",
        out.to_str().unwrap(),
        "--dir",
        folder.join("data").to_str().unwrap(),
    ]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = csv::Reader::from_path(&out).unwrap().records().collect::<Result<_, _>>().unwrap();
    (String::from_utf8(output.stdout).unwrap(), lines)
}

const LIST: &str = "\u{feff}Nom;Courriel;Identifiant\n\
                    Les Amis;amis@asso.example;839 085 230 00028\n\
                    =cmd|' /C calc'!A1;calc@asso.example;\n\
                    Les Amis, antenne;antenne@asso.example;83908523000010\n";

#[test]
fn each_organisation_has_one_link_and_one_code_and_the_same_ones_the_next_time() {
    let folder = tempfile::tempdir().unwrap();
    let list = LIST.replace("83908523000010", "839085230");
    let (said, lines) = invite(folder.path(), &list, "links.csv");
    assert!(said.contains("2 organisations invited to edition 2026, 2 of them for the first time"), "{said}");
    assert!(said.contains("with the link it has: 1"), "{said}");
    assert_eq!(lines.len(), 3);
    for line in &lines {
        let token = line[3].strip_prefix("https://barometre.example/q/").unwrap();
        assert_eq!((token.len(), line[4].len()), (26, 14), "{line:?}");
    }
    assert_eq!((&lines[0][3], &lines[0][4]), (&lines[2][3], &lines[2][4]), "one organisation, one link");
    assert_ne!(lines[0][3], lines[1][3]);
    assert!(lines[1][0].starts_with("'="), "no spreadsheet runs a name");

    // A reminder, to one more organisation.
    let longer = format!("{list}Nouvelle;nouvelle@asso.example;\n");
    let (said, again) = invite(folder.path(), &longer, "reminder.csv");
    assert!(said.contains("3 organisations invited to edition 2026, 1 of them for the first time"), "{said}");
    assert_eq!(again[..3], lines[..]);
    let links: BTreeSet<&str> = again.iter().map(|line| &line[3]).collect();
    assert_eq!(links.len(), 3);

    // The database knows neither a name nor an address nor a link.
    let database = fs::read(folder.path().join("data/responses.sqlite")).unwrap();
    let token = lines[0][3].rsplit('/').next().unwrap();
    let code = lines[0][4].replace('-', "");
    for secret in ["Amis", "asso.example", "839085230", token, &lines[0][4], &code] {
        let found = database.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "{secret} is in the database");
    }
}

#[cfg(unix)]
#[test]
fn links_are_their_owner_s_alone_and_never_written_over() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let list = LIST.replace("83908523000010", "839085230");
    invite(folder.path(), &list, "links.csv");
    let out = folder.path().join("links.csv");
    assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    let before = fs::read(&out).unwrap();
    let (file, data) = (folder.path().join("list.csv"), folder.path().join("data"));
    let arguments =
        ["invite", "2026", file.to_str().unwrap(), "--base-url", SITE, "--out", out.to_str().unwrap()];
    refused(&[&arguments[..], &["--dir", data.to_str().unwrap()]].concat(), &["exists already", "--out"]);
    assert_eq!(fs::read(&out).unwrap(), before);
}

#[test]
fn a_list_with_a_wrong_line_invites_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let (file, data) = (folder.path().join("list.csv"), folder.path().join("data"));
    let out = folder.path().join("links.csv");
    let refuse = |list: &[u8], words: &[&str]| {
        fs::write(&file, list).unwrap();
        let arguments = ["invite", "2026", file.to_str().unwrap(), "--base-url", SITE];
        let paths = ["--out", out.to_str().unwrap(), "--dir", data.to_str().unwrap()];
        refused(&[&arguments[..], &paths].concat(), words);
        assert!(!out.exists());
    };
    refuse(b"name,email\nA,a@asso.example\nB,not an address\n", &["line 3", "`not an address`"]);
    refuse(b"name,email,siret\nA,a@asso.example,83908523000029\n", &["line 2", "83908523000029"]);
    refuse(b"name,email\n,\n", &["line 2", "neither a name"]);
    refuse(b"name\nA\n", &["no column `email`"]);
    refuse(b"name,email\n", &["names no organisation"]);
    refuse(b"name,email\n\xff,a@asso.example\n", &["not UTF-8"]);
}

#[test]
fn a_relay_far_away_and_a_letter_without_sender_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().to_str().unwrap();
    let serve = ["serve", "2026", "--listen", "127.0.0.1:0", "--dir", dir, "--smtp"];
    refused(&[&serve[..], &["127.0.0.1:25"]].concat(), &["no sender", "--mail-from"]);
    refused(&[&serve[..], &["8.8.8.8:25", "--mail-from", "a@example.org"]].concat(), &["private network"]);
    refused(
        &[&serve[..], &["127.0.0.1:25", "--mail-from", "no address"]].concat(),
        &["`no address` is no sender"],
    );
}
