//! What a screen reader is given: the browser's own tree of names, roles and states.

use end_to_end::{Browser, Server};
use serde_json::{Value, json};

use super::walk::Walk;
use crate::definition;

/// Roles that one acts on, and that must have a name.
const ACTIVE: [&str; 6] = ["button", "checkbox", "link", "radio", "textbox", "progressbar"];

/// An element as it is read out.
#[derive(Debug)]
struct Heard {
    role: String,
    name: String,
}

async fn heard(browser: &Browser) -> Vec<Heard> {
    let tree = browser.command("Accessibility.getFullAXTree", &json!({})).await;
    let nodes = tree["nodes"].as_array().expect("the tree is a list");
    let text = |value: &Value| value["value"].as_str().unwrap_or_default().to_owned();
    let by_id = |id: &Value| nodes.iter().find(|node| node["nodeId"] == *id);
    // In the order of reading: down the tree, first child first.
    let mut heard = Vec::new();
    let mut waiting = vec![&nodes[0]];
    while let Some(node) = waiting.pop() {
        if node["ignored"] != Value::Bool(true) {
            heard.push(Heard { role: text(&node["role"]), name: text(&node["name"]) });
        }
        let children = node["childIds"].as_array().into_iter().flatten();
        waiting.extend(children.filter_map(by_id).collect::<Vec<_>>().into_iter().rev());
    }
    heard
}

fn place(heard: &[Heard], role: &str) -> Option<usize> {
    heard.iter().position(|it| it.role == role)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_reader_hears_the_question_before_its_answers_and_every_name() {
    let server = Server::start();
    let edition = definition::edition().typeset();
    let mut walk = Walk::start(&server, &edition, "");
    walk.until(&definition::answers(), "recapitulatif");
    let browser = Browser::start().await;
    browser.command("Accessibility.enable", &json!({})).await;
    let mut groups = 0;
    for address in &walk.passed {
        browser.open(&server.url(address)).await;
        let heard = heard(&browser).await;
        for it in heard.iter().filter(|it| ACTIVE.contains(&it.role.as_str())) {
            assert!(!it.name.trim().is_empty(), "{address}: a {} without a name", it.role);
        }
        for landmark in ["banner", "main", "contentinfo", "navigation"] {
            assert_eq!(heard.iter().filter(|it| it.role == landmark).count(), 1, "{address}: {landmark}");
        }
        let code = address.rsplit('/').next().expect("a screen has a code");
        let screen = edition.questionnaire.screen_index(code).expect("the screen of the address");
        let heading = place(&heard, "heading").unwrap_or_else(|| panic!("{address} has no heading"));
        let answer = heard.iter().position(|it| ["radio", "checkbox", "textbox"].contains(&it.role.as_str()));
        let answer = answer.unwrap_or_else(|| panic!("{address} asks nothing"));
        let next = heard.iter().position(|it| it.role == "button").expect("a button");
        assert!(
            heading < answer && answer < next,
            "{address}: question, answers, button: {heading} {answer} {next}"
        );
        // Each question is said, and said by the group of its answers.
        for item in &edition.questionnaire.screens[screen].items {
            let question = &edition.questionnaire.questions[item.question];
            let text = question.text.trim();
            let says = |it: &Heard| it.name.replace('\u{a0}', " ").contains(&text.replace('\u{a0}', " "));
            assert!(heard.iter().any(says), "{address}: « {text} » is not heard");
            if matches!(
                question.kind,
                questionnaire::Kind::Single { .. } | questionnaire::Kind::Multiple { .. }
            ) {
                let group =
                    heard.iter().find(|it| ["group", "radiogroup"].contains(&it.role.as_str()) && says(it));
                assert!(group.is_some(), "{address}: no group is named « {text} »");
                groups += 1;
                for option in question.options().iter().filter(|option| option.points.is_some()) {
                    let is_named = |it: &Heard| {
                        ["radio", "checkbox"].contains(&it.role.as_str()) && it.name == option.label
                    };
                    assert!(heard.iter().any(is_named), "{address}: no answer is named « {} »", option.label);
                }
            }
            for row in item.rows.iter().flatten().filter_map(|&row| question.rows().get(row)) {
                assert!(
                    heard.iter().any(|it| it.name.contains(row.label.trim())),
                    "{address}: the row « {} »",
                    row.label
                );
            }
        }
    }
    assert!(groups > 25, "{groups} groups of answers");
    browser.close().await;
}
