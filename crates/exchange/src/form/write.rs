//! A form as the text of a `questionnaire.toml`, in the style of those written by hand.

use super::{Choice, Form, Question, Row};

/// The file's text.
pub(super) fn questionnaire(form: &Form) -> String {
    let mut out = Out::default();
    out.text("title", &form.title);
    out.texts("languages", &form.languages);
    for dimension in &form.dimensions {
        out.header("[[dimension]]");
        out.text("code", &dimension.code);
        out.text("label", &dimension.label);
        out.flag("scored", dimension.scored);
        out.flag("index", dimension.index);
    }
    for section in &form.sections {
        out.header("[[section]]");
        out.text("code", &section.code);
        out.text("title", &section.title);
        for screen in &section.screens {
            out.header("[[section.screen]]");
            out.text("code", &screen.code);
            out.optional("title", screen.title.as_deref());
            for question in &screen.questions {
                out.question(question);
            }
        }
    }
    for check in &form.checks {
        out.header("[[check]]");
        out.text("code", &check.code);
        out.text("when", &check.when);
        out.text("message", &check.message);
        out.optional("severity", check.severity.as_deref());
    }
    for retired in &form.retired {
        out.header("[[retired]]");
        out.text("code", &retired.code);
        out.text("reason", &retired.reason);
    }
    out.0
}

#[derive(Default)]
struct Out(String);

/// A text in TOML's quotes.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list(texts: &[String]) -> String {
    texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ")
}

impl Out {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn header(&mut self, header: &str) {
        self.line("");
        self.line(header);
    }

    fn text(&mut self, key: &str, text: &str) {
        self.line(&format!("{key} = {}", quoted(text)));
    }

    fn optional(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(key, text);
        }
    }

    fn texts(&mut self, key: &str, texts: &[String]) {
        if !texts.is_empty() {
            self.line(&format!("{key} = [{}]", list(texts)));
        }
    }

    fn flag(&mut self, key: &str, flag: bool) {
        if flag {
            self.line(&format!("{key} = true"));
        }
    }

    fn integer(&mut self, key: &str, value: Option<i64>) {
        if let Some(value) = value {
            self.line(&format!("{key} = {value}"));
        }
    }

    fn items(&mut self, key: &str, items: &[String]) {
        if !items.is_empty() {
            self.line(&format!("{key} = ["));
            for item in items {
                self.line(&format!("  {item},"));
            }
            self.line("]");
        }
    }

    fn question(&mut self, question: &Question) {
        self.header("[[section.screen.question]]");
        self.text("code", &question.code);
        self.text("type", &question.kind);
        self.text("dimension", &question.dimension);
        self.text("text", &question.text);
        self.optional("help", question.help.as_deref());
        self.optional("show_if", question.show_if.as_deref());
        self.optional("base_label", question.base_label.as_deref());
        self.optional("list", question.list.as_deref());
        self.items("options", &question.options.iter().map(choice).collect::<Vec<_>>());
        self.optional("options_from", question.options_from.as_deref());
        self.texts("exclusive", &question.exclusive);
        self.texts("ends_on", &question.ends_on);
        self.integer("max_choices", question.max_choices);
        let groups = question
            .groups
            .iter()
            .map(|group| format!("{{ code = {}, title = {} }}", quoted(&group.code), quoted(&group.title)));
        self.items("groups", &groups.collect::<Vec<_>>());
        self.items("rows", &question.rows.iter().map(row).collect::<Vec<_>>());
        self.integer("min", question.min);
        self.integer("max", question.max);
        self.integer("max_length", question.max_length);
        self.flag("long", question.long);
        self.flag("required", question.required);
        self.flag("optional", question.optional);
        self.flag("personal", question.personal);
        self.flag("rotating", question.rotating);
        self.optional("sensitivity", question.sensitivity.as_deref());
        self.optional("score", question.score.as_deref());
        self.optional("comparable", question.comparable.as_deref());
    }
}

fn inline(pairs: &[(&str, Option<String>)]) -> String {
    let pairs =
        pairs.iter().filter_map(|(key, value)| value.as_ref().map(|value| format!("{key} = {value}")));
    format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
}

fn choice(choice: &Choice) -> String {
    inline(&[
        ("code", Some(quoted(&choice.code))),
        ("label", Some(quoted(&choice.label))),
        ("points", choice.points.map(|points| points.to_string())),
        ("show_if", choice.show_if.as_deref().map(quoted)),
    ])
}

fn row(row: &Row) -> String {
    inline(&[
        ("code", Some(quoted(&row.code))),
        ("label", Some(quoted(&row.label))),
        ("group", row.group.as_deref().map(quoted)),
        ("show_if", row.show_if.as_deref().map(quoted)),
    ])
}
