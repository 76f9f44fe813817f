//! A form filled with the keys Tab, Space, arrows and letters, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use end_to_end::{Browser, Key};
use questionnaire::{Answer, Answers};

/// More options than any group of radio buttons has.
const MOST_OPTIONS: usize = 60;

/// More elements than any page has to tab through.
const MOST_FIELDS: usize = 400;

/// What a hand types in each field, by the field's name: one text, or the codes to tick.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    fields: BTreeMap<String, BTreeSet<String>>,
}

impl Wanted {
    /// What is typed to give these answers. Written here anew: the names of fields are a promise of `intake`, and a
    /// journey that borrowed its code could not hold it to that.
    pub(crate) fn of(answers: &Answers) -> Self {
        let mut wanted = Self::default();
        for (code, answer) in answers.iter() {
            match answer {
                Answer::Integer(number) => wanted.set(code, &number.to_string()),
                Answer::Text(text) => wanted.set(code, text),
                Answer::Multiple(codes) => wanted.tick(code, codes),
                Answer::Matrix(rows) => {
                    for (row, option) in rows {
                        wanted.set(&part(code, row), option);
                    }
                }
                Answer::Identifier(identifier) => {
                    wanted.set(&part(code, "type"), &identifier.kind);
                    if let Some(number) = &identifier.value {
                        wanted.set(&part(code, &identifier.kind), number);
                    }
                }
                Answer::Networks(networks) => {
                    wanted.tick(code, &networks.codes);
                    if let Some(other) = &networks.other {
                        wanted.set(&part(code, "autre"), other);
                    }
                }
            }
        }
        wanted
    }

    /// Types this in that field.
    pub(crate) fn set(&mut self, field: &str, value: &str) {
        self.fields.insert(field.to_owned(), BTreeSet::from([value.to_owned()]));
    }

    fn tick(&mut self, field: &str, codes: &BTreeSet<String>) {
        self.fields.insert(field.to_owned(), codes.clone());
    }

    /// The names of the fields.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.keys().map(String::as_str)
    }

    fn has(&self, field: &str, value: &str) -> bool {
        self.fields.get(field).is_some_and(|values| values.contains(value))
    }

    fn one(&self, field: &str) -> Option<&str> {
        self.fields.get(field)?.first().map(String::as_str)
    }
}

fn part(code: &str, part: &str) -> String {
    format!("{code}.{part}")
}

/// Tabs through the form from where the focus is to the button « Continuer », and types or ticks what is wanted on the
/// way. Returns the names of the fields met.
pub(crate) async fn fill(browser: &Browser, wanted: &Wanted) -> BTreeSet<String> {
    let mut met = BTreeSet::new();
    for _ in 0..MOST_FIELDS {
        let focus = browser.focus().await;
        match focus.kind.as_str() {
            "submit" if focus.value == "suivant" => return met,
            "checkbox" if focus.is_checked != wanted.has(&focus.name, &focus.value) => {
                browser.press(&[Key::Space]).await;
            }
            "radio" => {
                if let Some(option) = wanted.one(&focus.name) {
                    choose(browser, option).await;
                }
            }
            "text" | "email" | "textarea" => {
                // Tab selects what an input holds: what is typed replaces it.
                if let Some(text) = wanted.one(&focus.name).filter(|&text| text != focus.value) {
                    browser.type_text(text).await;
                }
            }
            _ => {}
        }
        if !focus.name.is_empty() {
            met.insert(focus.name);
        }
        browser.press(&[Key::Tab]).await;
    }
    panic!("on {} the key Tab does not lead to « Continuer »", browser.path().await)
}

/// Goes to an option of the group of radio buttons that has the focus.
async fn choose(browser: &Browser, option: &str) {
    for _ in 0..MOST_OPTIONS {
        let focus = browser.focus().await;
        if focus.value == option {
            if !focus.is_checked {
                browser.press(&[Key::Space]).await;
            }
            return;
        }
        browser.press(&[Key::Down]).await;
    }
    panic!("the arrows do not lead to the option `{option}` on {}", browser.path().await)
}

/// Goes to a button of the questionnaire's form and presses it by the keyboard.
pub(crate) async fn push(browser: &Browser, action: &str) {
    browser
        .tab_to(&format!("the button `{action}`"), |focus| focus.kind == "submit" && focus.value == action)
        .await;
    browser.press_and_load(Key::Enter).await;
}

/// Follows a link whose address ends so.
pub(crate) async fn follow(browser: &Browser, ending: &str) {
    browser
        .tab_to(&format!("a link to `{ending}`"), |focus| focus.tag == "a" && focus.href.ends_with(ending))
        .await;
    browser.press_and_load(Key::Enter).await;
}

/// What a form holds, as it would be posted: names and values, without the buttons, what the page showed and its proof.
pub(crate) async fn held(browser: &Browser) -> BTreeSet<(String, String)> {
    let script = "return [...new FormData(document.querySelector('main form'))]\
                  .filter(pair => !['etat', 'jeton'].includes(pair[0]))";
    let pairs = browser.look(script).await;
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    pairs.as_array().into_iter().flatten().map(|pair| (text(&pair[0]), text(&pair[1]))).collect()
}
