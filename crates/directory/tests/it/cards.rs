//! Cards: consented, reviewed, public answers only, on disk.

use std::path::Path;

use directory::{
    Candidate, Card, DECISION_COLUMNS, Decisions, Directory, DirectoryError, Refusal, Review, Reviewed,
    Written, review_table, write,
};
use questionnaire::{Answer, Answers, Files, Identifier, Networks};

use crate::{REAL, actor, directory, files};

const RECEIPT: &str = "0f2f7f5e-2f7b-4d7e-9d5b-6f1f4f3a2b1c";

/// The table of decisions with this one row about the candidate: decision, families, sub-categories, hidden, reason.
fn decisions(directory: &Directory<'_>, candidate: &Candidate<'_>, row: [&str; 5]) -> Decisions {
    let [decision, families, sub_categories, hidden, reason] = row;
    let (card, version) = (candidate.code(), candidate.version());
    let text = format!(
        "{}\n{card},{version},{decision},2026-05-31,Rédaction,{families},{sub_categories},{hidden},{reason}\n",
        DECISION_COLUMNS.join(",")
    );
    Decisions::parse(directory, &text).unwrap()
}

/// The card of these answers, once approved without more.
fn card(directory: &Directory<'_>, receipt: &str, answers: &Answers) -> Card {
    let candidate = Candidate::new(directory, receipt, answers).unwrap();
    let decisions = decisions(directory, &candidate, ["publier", "", "", "", "vu"]);
    let Review::Approved(approval) = decisions.on(&candidate) else { panic!("not approved") };
    Card::from(&approval)
}

fn read_all(folder: &Path) -> String {
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    names.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

fn written(directory: &Directory<'_>, cards: &[Card]) -> (Written, String) {
    let folder = tempfile::tempdir().unwrap();
    let written = write(folder.path(), directory, cards).unwrap();
    (written, read_all(folder.path()))
}

/// The same answers with a canary in every text, address and number that may be typed.
fn with_canaries(answers: Answers, canary: &str) -> Answers {
    answers
        .with("ann_nom", Answer::text(&format!("{canary}-nom")))
        .with(
            "ann_ident",
            Answer::Identifier(Identifier {
                kind: "siret".to_owned(),
                value: Some("35600000000048".to_owned()),
            }),
        )
        .with("ann_naf", Answer::text("62.02A"))
        .with("act_description", Answer::text(&format!("{canary}-description de plus de vingt caractères")))
        .with(
            "moy_reseaux",
            Answer::Networks(Networks {
                codes: ["mednum".to_owned()].into(),
                other: Some(format!("{canary}-reseau")),
            }),
        )
        .with("pub_lien", Answer::text(&format!("https://{canary}.example")))
        .with("pub_contact", Answer::text(&format!("{canary}-contact@exemple.fr")))
        .with("pub_contact_prive", Answer::text(&format!("{canary}-prive@exemple.fr")))
}

#[test]
fn nothing_of_an_actor_who_did_not_agree_is_in_any_file() {
    let directory = directory();
    let canary = "zzcanary";
    let agreed = card(&directory, RECEIPT, &actor("Atelier visible", &["communs"]));
    let all = with_canaries(actor("x", &["communs"]), canary);
    let mut silent = all.clone();
    silent.set("pub_accord", None);
    let refusals = [
        (all.clone().with("ann_consentement", Answer::text("non")), Refusal::NoAgreement),
        (silent, Refusal::NoAgreement),
        (
            all.clone().with("pub_accord", Answer::multiple(["carte", "opendata", "logo"])),
            Refusal::NoAgreement,
        ),
        (all.clone().with("act_coeur", Answer::text("non")), Refusal::OutOfScope),
        (all.clone().with("ann_statut", Answer::text("inconnu")), Refusal::Invalid),
    ];
    for (answers, expected) in refusals {
        let refusal = Candidate::new(&directory, "1", &answers).unwrap_err();
        assert_eq!(refusal, expected);
        assert!(!refusal.to_string().contains(canary));
    }
    // With agreement but without a decision, or after a refusal, there is no card either.
    let candidate = Candidate::new(&directory, "1", &all).unwrap();
    assert!(matches!(Decisions::default().on(&candidate), Review::Pending));
    let declined = decisions(&directory, &candidate, ["refuser", "", "", "", ""]);
    assert!(matches!(declined.on(&candidate), Review::Declined));
    let (_, text) = written(&directory, &[agreed]);
    assert!(text.contains("Atelier visible") && !text.contains(canary) && !text.contains("35600000000048"));
}

#[test]
fn a_card_shows_public_answers_and_nothing_else() {
    let directory = directory();
    let answers = with_canaries(actor("x", &["communs", "editeurs"]), "zzc")
        .with("act_commande_publique", Answer::text("gt50"))
        .with("pil_capital", Answer::text("nsp"));
    let (_, text) = written(&directory, &[card(&directory, RECEIPT, &answers)]);
    for shown in [
        "zzc-nom",
        "35600000000048",
        "62.02A",
        "zzc-description",
        "https://zzc.example",
        "zzc-contact@exemple.fr",
    ] {
        assert!(text.contains(shown), "{shown} is public");
    }
    for hidden in ["zzc-prive", "zzc-reseau", "gt50", "une_voix", "non_lucratif", RECEIPT] {
        assert!(!text.contains(hidden), "{hidden} is not");
    }
    // No question that is not public is even named.
    for question in &REAL.questionnaire.questions {
        if !directory.is_public(&question.code) {
            assert!(!text.contains(&question.code) && !text.contains(&question.text), "{}", question.code);
        }
    }
}

#[test]
fn an_editor_may_hide_a_public_answer_but_not_the_name() {
    let directory = directory();
    let answers = with_canaries(actor("x", &["communs"]), "zzc");
    let candidate = Candidate::new(&directory, RECEIPT, &answers).unwrap();
    let hidden = "pub_contact ann_commune ann_ident";
    let decisions = decisions(&directory, &candidate, ["publier", "", "", hidden, ""]);
    let Review::Approved(approval) = decisions.on(&candidate) else { panic!("not approved") };
    let card = Card::from(&approval);
    assert_eq!(card.location(), None);
    let (_, text) = written(&directory, &[card]);
    assert!(!text.contains("zzc-contact") && !text.contains("Rennes") && !text.contains("35600000000048"));
    for wrong in ["ann_nom", "fam_choix", "pub_contact_prive", "pub_contacts"] {
        let text = format!("{}\nc,v,publier,2026-05-31,R,,,{wrong},\n", DECISION_COLUMNS.join(","));
        let faults = Decisions::parse(&directory, &text).unwrap_err();
        assert!(faults[0].line == 2 && faults[0].message.contains(wrong), "{faults:?}");
    }
}

#[test]
fn a_decision_holds_for_the_answers_that_were_reviewed_only() {
    let directory = directory();
    let before = actor("Atelier", &["communs"]);
    let candidate = Candidate::new(&directory, RECEIPT, &before).unwrap();
    let decisions = decisions(&directory, &candidate, ["publier", "", "", "", ""]);
    assert!(matches!(decisions.on(&candidate), Review::Approved(_)));
    let after = before.with("act_description", Answer::text("Une autre description, jamais relue."));
    let changed = Candidate::new(&directory, RECEIPT, &after).unwrap();
    assert_eq!(changed.code(), candidate.code(), "the same card");
    assert!(matches!(decisions.on(&changed), Review::Outdated));
    let other = Candidate::new(&directory, "another receipt", &after).unwrap();
    assert!(matches!(decisions.on(&other), Review::Pending));
    assert!(!candidate.code().contains(&RECEIPT[..8]), "the receipt stays with the actor");
}

#[test]
fn an_editor_confirms_a_doubtful_family_and_never_an_excluded_one() {
    let directory = directory();
    let answers = actor("Atelier", &["communs", "editeurs", "telecoms"])
        .with("crt_communs", Answer::multiple(["donnees"]))
        .with("crt_editeurs", Answer::multiple(["jeu"]))
        .with("crt_telecoms", Answer::multiple(["proprietaire"]));
    let candidate = Candidate::new(&directory, RECEIPT, &answers).unwrap();
    let unfounded = |row: [&str; 5], expected: &str| {
        let decisions = decisions(&directory, &candidate, row);
        let Review::Unfounded(why) = decisions.on(&candidate) else { panic!("{row:?}") };
        assert!(why.contains(expected), "{why}");
    };
    unfounded(["publier", "", "", "", "vu"], "no family is valid");
    unfounded(["publier", "telecoms", "", "", "vu"], "`telecoms` is excluded");
    unfounded(["publier", "circulaire", "", "", "vu"], "`circulaire` was not ticked");
    unfounded(["publier", "communs", "", "", ""], "`motif` must say why");
    unfounded(["publier", "communs", "telecoms.1", "", "vu"], "`telecoms.1` is of no family");
    let decisions =
        decisions(&directory, &candidate, ["publier", "communs", "communs.2", "", "vu au téléphone"]);
    let Review::Approved(approval) = decisions.on(&candidate) else { panic!("not approved") };
    let card = Card::from(&approval);
    assert_eq!(card.families().iter().map(|family| family.code.as_str()).collect::<Vec<_>>(), ["communs"]);
    assert!(!card.is_transversal());
    let (_, text) = written(&directory, &[card]);
    assert!(text.contains("Communs de données") && !text.contains("vu au téléphone"));
}

#[test]
fn families_keep_the_order_of_the_list_and_the_main_one_is_among_them() {
    let directory = directory();
    let answers = actor("Atelier", &["communs", "editeurs"]);
    let both = card(&directory, RECEIPT, &answers);
    let codes: Vec<&str> = both.families().iter().map(|family| family.code.as_str()).collect();
    assert_eq!(codes, ["editeurs", "communs"]);
    assert_eq!(both.main_family().unwrap().code, "communs");
    assert!(both.is_transversal());
    // The main family was excluded: it is not on the card, under any name.
    let excluded = answers.clone().with("crt_communs", Answer::multiple(["barriere"]));
    let one = card(&directory, RECEIPT, &excluded);
    assert_eq!((one.families().len(), one.main_family()), (1, None));
    let none = card(&directory, RECEIPT, &answers.with("fam_principale", Answer::text("sans")));
    assert_eq!(none.main_family(), None);
}

#[test]
fn without_a_list_of_centres_a_card_has_a_department_and_a_region_and_no_point() {
    let directory = directory();
    let card = card(&directory, RECEIPT, &actor("Atelier", &["communs"]));
    let location = card.location().unwrap();
    assert_eq!(
        [&location.commune.label, &location.department.label, &location.region.label],
        ["Rennes", "Ille-et-Vilaine", "Bretagne"]
    );
    assert_eq!(location.centre, None);
    let folder = tempfile::tempdir().unwrap();
    let stale = folder.path().join(directory::MAP_FILE);
    std::fs::write(&stale, "an earlier map").unwrap();
    let written = write(folder.path(), &directory, &[card]).unwrap();
    assert_eq!((written.files.len(), written.on_the_map), (2, 0));
    assert!(!stale.exists(), "an earlier map does not outlive its points");
}

#[test]
fn with_a_list_of_centres_the_map_has_the_centre_of_the_commune() {
    let mut files = files();
    let centres = "code,longitude,latitude\n35238,-1.6777,48.1112\n".to_owned();
    files.insert("nomenclatures/centres_communes.csv".to_owned(), centres);
    let directory = Directory::new(&REAL, &Files::new(files)).unwrap();
    let here = card(&directory, RECEIPT, &actor("Atelier", &["communs"]));
    let mut abroad = actor("Ailleurs", &["communs"])
        .with("ann_ident", Answer::Identifier(Identifier { kind: "etranger".to_owned(), value: None }));
    abroad.set("ann_commune", None);
    let abroad = card(&directory, "2", &abroad);
    assert_eq!(abroad.location(), None);
    let folder = tempfile::tempdir().unwrap();
    let written = write(folder.path(), &directory, &[abroad, here]).unwrap();
    assert_eq!((written.files.len(), written.on_the_map, written.open_data), (3, 1, 2));
    let text = std::fs::read_to_string(folder.path().join(directory::MAP_FILE)).unwrap();
    let map: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(map["type"], "FeatureCollection");
    assert_eq!(map["features"].as_array().unwrap().len(), 1);
    assert_eq!(map["features"][0]["geometry"]["coordinates"], serde_json::json!([-1.6777, 48.1112]));
    assert_eq!(map["features"][0]["properties"]["name"], "Atelier");
}

#[test]
fn the_open_data_file_holds_those_who_agreed_to_it() {
    let directory = directory();
    let open = card(&directory, "1", &actor("Ouverte", &["communs"]));
    let answers = actor("Discrète", &["communs"]).with("pub_accord", Answer::multiple(["fiche"]));
    let reserved = card(&directory, "2", &answers);
    let folder = tempfile::tempdir().unwrap();
    let written = write(folder.path(), &directory, &[open, reserved]).unwrap();
    assert_eq!(written.open_data, 1);
    let table = std::fs::read_to_string(folder.path().join(directory::TABLE_FILE)).unwrap();
    assert!(table.contains("Ouverte") && !table.contains("Discrète"));
    let cards = std::fs::read_to_string(folder.path().join(directory::CARDS_FILE)).unwrap();
    assert!(cards.contains("Ouverte") && cards.contains("Discrète"));
}

#[test]
fn the_files_do_not_depend_on_the_order_of_the_cards_and_each_row_has_every_column() {
    let directory = directory();
    let mut bare = actor("Étoile", &["communs"]);
    for code in ["ann_commune", "moy_annee"] {
        bare.set(code, None);
    }
    let cards = [
        card(&directory, "1", &actor("Zèbre", &["communs"])),
        card(&directory, "2", &actor("=Formule(), \"citée\"", &["communs"])),
        card(&directory, "3", &bare),
    ];
    let (_, one) = written(&directory, &cards);
    let mut reversed = cards.to_vec();
    reversed.reverse();
    let (_, other) = written(&directory, &reversed);
    assert_eq!(one, other);
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &directory, &cards).unwrap();
    let mut table = csv::Reader::from_path(folder.path().join(directory::TABLE_FILE)).unwrap();
    let width = table.headers().unwrap().len();
    let names: Vec<String> = table
        .records()
        .map(|row| {
            let row = row.unwrap();
            assert_eq!(row.len(), width);
            row[1].to_owned()
        })
        .collect();
    assert_eq!(names, ["'=Formule(), \"citée\"", "Zèbre", "Étoile"]);
    let twice = [cards[0].clone(), cards[0].clone()];
    assert!(matches!(write(folder.path(), &directory, &twice), Err(DirectoryError::Twice { .. })));
}

#[test]
fn no_card_makes_files_without_cards() {
    let directory = directory();
    let (written, text) = written(&directory, &[]);
    assert_eq!((written.files.len(), written.open_data, written.on_the_map), (2, 0, 0));
    assert!(text.contains("\"cards\": []") && text.contains("Communs numériques"));
}

#[test]
fn a_table_of_decisions_names_every_row_that_cannot_be_read() {
    let directory = directory();
    let header = DECISION_COLUMNS.join(",");
    let text = format!(
        "\u{feff}{header}\na,v,publie,2026-05-31,R,,,,\nb,v,publier,31/05/2026,R,,,,\nc,v,publier,2026-05-31,,,,,\n\
         d,v,refuser,2026-05-31,R,communes,,,\ne,v,,,,,,,\nf,v,refuser,2026-05-31,R,,,,\nf,v,publier,2026-06-01,R,,,,\n"
    );
    let faults = Decisions::parse(&directory, &text).unwrap_err();
    let lines: Vec<usize> = faults.iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [2, 3, 4, 5, 8], "{faults:?}");
    // A spreadsheet of Windows ends its lines in CR LF: the lines are the same.
    let faults_of_crlf = Decisions::parse(&directory, &text.replace('\n', "\r\n")).unwrap_err();
    assert_eq!(faults_of_crlf, faults);
    assert!(faults[0].message.contains("`publie`") && faults[0].message.contains("publier, refuser"));
    assert!(faults[1].message.contains("2026-05-31"));
    assert!(Decisions::parse(&directory, "fiche,version\na,b\n").is_err(), "columns lack");
    let with_more = format!("{header},nom\na,v,,,,,,,,Atelier\n");
    assert_eq!(
        Decisions::parse(&directory, &with_more).unwrap().cards().count(),
        0,
        "a row not yet filled in"
    );
}

#[test]
fn the_table_for_editors_can_be_filled_in_and_read_again() {
    let directory = directory();
    let cited = Candidate::new(&directory, "1", &actor("EMMAUS CONNECT", &["circulaire"])).unwrap();
    let answers =
        actor("=Formule()", &["editeurs", "communs"]).with("crt_communs", Answer::multiple(["donnees"]));
    let other = Candidate::new(&directory, "2", &answers).unwrap();
    let rows = |decisions: &Decisions| -> Vec<u8> {
        let rows = [&cited, &other].map(|candidate| Reviewed { candidate, review: decisions.on(candidate) });
        review_table(&rows, decisions)
    };
    let blank = String::from_utf8(rows(&Decisions::default())).unwrap();
    assert!(blank.contains("circulaire educ_mediation"), "the typology names it in two families: {blank}");
    assert!(blank.contains("communs: a_verifier, editeurs") && blank.contains("'=Formule()"));
    assert!(!blank.contains("atelier") && !blank.contains("prive.example"), "no answer beyond the name");
    assert_eq!(Decisions::parse(&directory, &blank).unwrap().cards().count(), 0);
    // An editor fills in the first row.
    let line = blank.lines().nth(1).unwrap();
    let (start, rest) = line.split_once(",,,,,,,,").unwrap();
    let filled =
        format!("{start},publier,2026-05-31,Rédaction,circulaire,circulaire.2,pub_contact,vu,{rest}");
    let decisions = Decisions::parse(&directory, &blank.replace(line, &filled)).unwrap();
    assert!(matches!(decisions.on(&cited), Review::Approved(_)));
    assert!(matches!(decisions.on(&other), Review::Pending));
    // Written again, the decision is still there.
    let again = Decisions::parse(&directory, &String::from_utf8(rows(&decisions)).unwrap()).unwrap();
    assert_eq!(again.get(cited.code()), decisions.get(cited.code()));
    assert_eq!(again.cards().count(), 1);
}
