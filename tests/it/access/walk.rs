//! Forms filled by hand over HTTP, to bring a response to the state that a page is wanted in. What a page's form holds
//! besides its questions is posted along, as a browser would.

use end_to_end::{Http, Reply, Server, form};
use questionnaire::{Answers, Edition};

/// A response on its way.
pub(super) struct Walk<'a> {
    http: Http,
    edition: &'a Edition,
    /// Where its addresses begin: `/q/<token>`, after the language.
    pub(super) draft: String,
    /// The addresses of the screens passed.
    pub(super) passed: Vec<String>,
}

impl<'a> Walk<'a> {
    /// Presses « Commencer » where the addresses of a language begin.
    pub(super) fn start(server: &Server, edition: &'a Edition, beginning: &str) -> Self {
        let http = server.http();
        let page = http.get(&format!("{beginning}/"));
        let first = http.post_unproven(&format!("{beginning}/commencer"), &form(pairs(&hidden(&page.body))));
        let draft = first.location().rsplit_once('/').expect("a screen has an address").0.to_owned();
        Self { http, edition, draft, passed: Vec::new() }
    }

    /// Answers screen after screen up to this one.
    pub(super) fn until(&mut self, answers: &Answers, stop: &str) {
        let mut address = self.http.get(&self.draft).location().to_owned();
        while !address.ends_with(stop) {
            let code = address.rsplit('/').next().expect("a screen has a code");
            let screen = self.edition.questionnaire.screen_index(code).expect("the screen of the address");
            let fields = intake::form_fields(self.edition, screen, answers);
            let next = self.post(&address, &fields).location().to_owned();
            self.passed.push(std::mem::replace(&mut address, next));
        }
    }

    /// Posts the form of a page with these fields.
    pub(super) fn post(&self, address: &str, fields: &[(String, String)]) -> Reply {
        let mut all = hidden(&self.http.get(address).body);
        all.retain(|(name, _)| !fields.iter().any(|(other, _)| other == name));
        all.extend(fields.iter().cloned());
        self.http.post_unproven(address, &form(pairs(&all)))
    }

    /// Sends the response.
    pub(super) fn send(&self) {
        let summary = self.http.get(&self.at("recapitulatif"));
        let sent = self.http.post_unproven(&self.at("envoyer"), &form(pairs(&hidden(&summary.body))));
        assert!(sent.location().ends_with("/merci"));
    }

    /// The address of a page of the response.
    pub(super) fn at(&self, page: &str) -> String {
        format!("{}/{page}", self.draft)
    }
}

fn pairs(fields: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

/// The hidden fields of the page's first form.
fn hidden(page: &str) -> Vec<(String, String)> {
    let first = page.find("<form").map_or("", |start| &page[start..]);
    let first = first.find("</form>").map_or(first, |end| &first[..end]);
    let tags = first.split("<input ").skip(1).filter_map(|rest| rest.split('>').next());
    let value = |tag: &str, name: &str| -> Option<String> {
        let start = tag.find(&format!("{name}=\""))? + name.len() + 2;
        tag[start..].split('"').next().map(str::to_owned)
    };
    tags.filter(|tag| tag.contains("type=\"hidden\""))
        .filter_map(|tag| Some((value(tag, "name")?, value(tag, "value")?)))
        .collect()
}
