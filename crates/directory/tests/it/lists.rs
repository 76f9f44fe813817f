//! The lists of the typology.

use questionnaire::Files;

use crate::{REAL, directory, files};

#[test]
fn families_and_sub_categories_have_the_labels_of_the_lists() {
    let directory = directory();
    let lists = directory.lists();
    assert_eq!(lists.families().len(), 8);
    assert_eq!(lists.family("communs").unwrap().label, "Communs numériques");
    let sub_category = lists.sub_category("communs.2").unwrap();
    assert_eq!(
        (sub_category.family.as_str(), sub_category.label.as_str()),
        ("communs", "Communs de données")
    );
    assert!(lists.family("communes").is_none() && lists.sub_category("communs.9").is_none());
}

#[test]
fn an_actor_of_the_typology_is_recognised_whatever_the_case_and_the_accents() {
    let directory = directory();
    let cited = |name: &str| -> Vec<(String, bool)> {
        let cited = directory.lists().cited(name);
        cited.into_iter().map(|cited| (cited.family.clone(), cited.is_network_head)).collect()
    };
    assert_eq!(cited("La MedNum"), [("educ_mediation".to_owned(), true)]);
    assert_eq!(cited("EMMAUS  CONNECT"), cited("Emmaüs Connect"));
    assert_eq!(cited("Emmaüs Connect").len(), 2);
    assert!(cited("Personne").is_empty());
}

#[test]
fn a_list_that_lacks_or_names_an_unknown_family_is_a_problem_at_its_line() {
    let mut without = files();
    without.remove("nomenclatures/acteurs.csv");
    let problems = directory::Directory::new(&REAL, &Files::new(without)).unwrap_err();
    assert!(
        problems.iter().any(|problem| problem.message.contains("`nomenclatures/acteurs.csv` is missing"))
    );

    let mut wrong = files();
    let text = wrong.get_mut("nomenclatures/sous_categories.csv").unwrap();
    text.push_str("inconnue,inconnue.1,Autre\n");
    let line = text.lines().count();
    let problems = directory::Directory::new(&REAL, &Files::new(wrong)).unwrap_err();
    assert_eq!((problems.len(), problems[0].line), (1, line));
    assert!(problems[0].message.contains("`inconnue`"));

    let mut nowhere = files();
    let centres = "code,longitude,latitude\n35238,-1.68,48.11\n75056,2.35,488.5\n".to_owned();
    nowhere.insert("nomenclatures/centres_communes.csv".to_owned(), centres);
    let problems = directory::Directory::new(&REAL, &Files::new(nowhere)).unwrap_err();
    assert_eq!((problems.len(), problems[0].line), (1, 3));
}
