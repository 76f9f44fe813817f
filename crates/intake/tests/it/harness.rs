//! A respondent without a browser: follows links, posts forms, reads pages.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use chrono::{DateTime, Utc};
use intake::{Clock, Extras, Intake, Letter, Postman, Settings, TokenError, Tokens};
use questionnaire::{Answer, Answers, Edition, Files, Identifier};
use store::{Record, RespondentStore, ResponseStore as _};
use tower::ServiceExt as _;

use crate::memory::MemoryStore;

/// Name of the edition in the store.
pub const EDITION: &str = "2026";

/// The edition that respondents are shown, read once.
pub fn edition() -> Arc<Edition> {
    static EDITION: LazyLock<Arc<Edition>> = LazyLock::new(|| Arc::new(parse(files())));
    Arc::clone(&EDITION)
}

/// The same in French alone.
pub fn edition_in_french_alone() -> Edition {
    let mut files = files();
    let is_english = |name: &str| name.starts_with("translations/") || name.ends_with("/en.toml");
    files.retain(|name, _| !is_english(name));
    let questionnaire = files.get_mut("questionnaire.toml").expect("the questionnaire");
    *questionnaire = questionnaire.replace("languages = [\"fr\", \"en\"]", "languages = [\"fr\"]");
    parse(files)
}

/// The edition with passages of its files replaced.
pub fn edition_with(edits: &[(&str, &str, &str)]) -> Edition {
    let mut files = files();
    for (file, from, to) in edits {
        let text = files.get_mut(*file).expect("a file of the edition");
        assert_eq!(text.matches(from).count(), 1, "`{from}` is once in {file}");
        *text = text.replace(from, to);
    }
    parse(files)
}

/// The files of the edition of the repository.
pub fn files() -> BTreeMap<String, String> {
    let surveys = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../surveys");
    let mut files = BTreeMap::new();
    let folder = surveys.join("maturite-numerique/2026");
    collect(&folder, "", &mut files);
    for inside in ["margins", "texts", "translations", "wording"] {
        collect(&folder.join(inside), &format!("{inside}/"), &mut files);
    }
    collect(&surveys.join("nomenclatures"), "nomenclatures/", &mut files);
    files
}

fn parse(files: BTreeMap<String, String>) -> Edition {
    let edition = Edition::parse("maturite-numerique", "2026", &Files::new(files));
    edition.expect("the questionnaire of the repository is well formed")
}

/// Reads the texts of a folder, each under a name.
pub fn collect(folder: &Path, under: &str, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("the surveys of the repository") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.extension().is_some_and(|extension| extension == "toml" || extension == "csv") {
            files.insert(format!("{under}{name}"), std::fs::read_to_string(&path).expect("a text file"));
        }
    }
}

/// Half past eight in the evening in Paris, until a test lets days pass.
#[derive(Default)]
pub struct StoppedClock(AtomicU64);

impl StoppedClock {
    /// Lets so many days pass.
    pub fn pass(&self, days: u64) {
        self.0.fetch_add(days, Ordering::SeqCst);
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> DateTime<Utc> {
        let start: DateTime<Utc> = "2026-11-21T19:30:12.5Z".parse().expect("an instant");
        start + chrono::Days::new(self.0.load(Ordering::SeqCst))
    }
}

/// One, two, three…
#[derive(Default)]
struct CountedTokens(AtomicU64);

impl Tokens for CountedTokens {
    fn draw(&self) -> Result<[u8; 16], TokenError> {
        let number = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        Ok((u128::from(number) * 0x0123_4567_89ab_cdef_0f1e_2d3c_4b5a_6979).to_be_bytes())
    }
}

/// The letters taken so far; none when `is_away`.
#[derive(Default)]
pub struct Letters {
    taken: Mutex<Vec<Letter>>,
    /// Whether the postman takes none.
    pub is_away: AtomicBool,
}

impl Postman for Letters {
    fn take(&self, letter: Letter) -> bool {
        if self.is_away.load(Ordering::SeqCst) {
            return false;
        }
        self.taken.lock().expect("no test panics with the lock").push(letter);
        true
    }
}

impl Letters {
    /// All of them.
    pub fn all(&self) -> Vec<Letter> {
        self.taken.lock().expect("no test panics with the lock").clone()
    }
}

/// A page as received.
pub struct Page {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: String,
}

impl Page {
    /// Where the browser is sent.
    pub fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        self.headers[header::LOCATION].to_str().expect("an ASCII address")
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> &str {
        let field = format!("type=\"hidden\" name=\"{name}\" value=\"");
        let start =
            self.body.find(&field).unwrap_or_else(|| panic!("no {name} in {}", self.body)) + field.len();
        self.body[start..].split('"').next().expect("a value")
    }

    /// Whether the page shows this text.
    pub fn shows(&self, text: &str) -> bool {
        self.body.contains(text)
    }

    /// The text of the first element that starts with this tag.
    pub fn element(&self, tag: &str) -> &str {
        let name = tag.trim_start_matches('<').split([' ', '>']).next().expect("a name");
        let start = self.body.find(tag).unwrap_or_else(|| panic!("no {tag} in {}", self.body));
        let text = &self.body[start..];
        let open = text.find('>').expect("the end of the tag") + 1;
        &text[open..text.find(&format!("</{name}>")).expect("the closing tag")]
    }
}

/// The site under test.
pub struct Site {
    /// What keeps the answers.
    pub store: Arc<MemoryStore>,
    /// What was sent by e-mail.
    pub letters: Arc<Letters>,
    /// What time it is.
    pub clock: Arc<StoppedClock>,
    edition: Arc<Edition>,
    router: Router,
    settings: Settings,
}

impl Site {
    /// An open edition.
    pub async fn open() -> Self {
        Self::with(|_| {}).await
    }

    /// An open edition with other settings.
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::of(edition(), change).await
    }

    /// Another edition.
    pub async fn of(edition: Arc<Edition>, change: impl FnOnce(&mut Settings)) -> Self {
        crate::log::keep();
        let store = Arc::new(MemoryStore::default());
        store.open_edition(EDITION, false, StoppedClock::default().now()).await.expect("a store in memory");
        let mut settings = Settings {
            edition: EDITION.to_owned(),
            is_simulated: false,
            base_url: "http://127.0.0.1:8080".to_owned(),
            publisher: "Social Good Accelerator".to_owned(),
            contact: "contact@barometre.example".to_owned(),
            words: intake::Words::default(),
            limits: intake::Limits::default(),
        };
        change(&mut settings);
        Self::serving(store, settings, edition, BTreeMap::new(), Extras::default())
    }

    /// The same site with more to show after the questionnaire.
    pub fn with_extras(&self, extras: Extras) -> Self {
        let edition = Arc::clone(&self.edition);
        Self::serving(Arc::clone(&self.store), self.settings.clone(), edition, BTreeMap::new(), extras)
    }

    /// The same store, behind a server that asks by another definition.
    pub fn asking(&self, edition: Arc<Edition>, earlier: BTreeMap<String, Arc<Edition>>) -> Self {
        Self::serving(Arc::clone(&self.store), self.settings.clone(), edition, earlier, Extras::default())
    }

    fn serving(
        store: Arc<MemoryStore>,
        settings: Settings,
        edition: Arc<Edition>,
        earlier: BTreeMap<String, Arc<Edition>>,
        extras: Extras,
    ) -> Self {
        let letters = Arc::new(Letters::default());
        let clock = Arc::new(StoppedClock::default());
        let router = intake::router(Intake {
            edition: Arc::clone(&edition),
            earlier,
            store: Arc::clone(&store) as Arc<dyn RespondentStore>,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            tokens: Arc::new(CountedTokens::default()),
            mailbox: Some(intake::Mailbox::new(Arc::clone(&letters) as Arc<dyn Postman>)),
            attempts: Arc::default(),
            settings: settings.clone(),
            extras,
        });
        Self { store, letters, clock, edition, router, settings }
    }

    /// Sends a request.
    pub async fn send(&self, request: Request<Body>) -> Page {
        let response = self.router.clone().oneshot(request).await.expect("a router never fails");
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), usize::MAX).await.expect("a body in memory");
        Page { status, headers, body: String::from_utf8(bytes.to_vec()).expect("UTF-8") }
    }

    /// Follows a link.
    pub async fn get(&self, address: &str) -> Page {
        self.send(Request::get(address).body(Body::empty()).expect("a request")).await
    }

    /// Bytes of a file as a browser receives it.
    pub async fn weight(&self, address: &str) -> usize {
        let request = Request::get(address).header(header::ACCEPT_ENCODING, "gzip, deflate, br, zstd");
        let request = request.body(Body::empty()).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("a router never fails");
        assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
        assert_eq!(response.headers()[header::VARY], "accept-encoding");
        to_bytes(response.into_body(), usize::MAX).await.expect("a body in memory").len()
    }

    /// Posts a form, as a browser would.
    pub async fn post(&self, address: &str, fields: &[(&str, &str)]) -> Page {
        self.post_bytes(address, encode(fields).into_bytes()).await
    }

    /// Posts anything, with the proof that the personal link opened the form.
    pub async fn post_bytes(&self, address: &str, mut body: Vec<u8>) -> Page {
        if let Some(token) = token_in(address) {
            body.extend(format!("&jeton={}", intake::form_token(token)).bytes());
        }
        self.post_unproven(address, body).await
    }

    /// Posts a form as it is, byte for byte.
    pub async fn post_unproven(&self, address: &str, body: Vec<u8>) -> Page {
        let request = Request::post(address)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body))
            .expect("a request");
        self.send(request).await
    }

    /// Posts a form as the script of a page does.
    pub async fn post_by_script(&self, address: &str, fields: &[(&str, &str)]) -> Page {
        let proof = token_in(address).map(intake::form_token);
        let mut fields = fields.to_vec();
        if let Some(proof) = &proof {
            fields.push(("jeton", proof));
        }
        let request = Request::post(address)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(encode(&fields)))
            .expect("a request");
        self.send(request).await
    }

    /// Posts from another site's page.
    pub async fn post_from_elsewhere(&self, address: &str, site: &str) -> Page {
        let request = Request::builder()
            .method(Method::POST)
            .uri(address)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site)
            .body(Body::empty())
            .expect("a request");
        self.send(request).await
    }

    /// Presses « Commencer »: the address of the draft, `/q/<token>`.
    pub async fn start(&self) -> String {
        self.start_in("").await
    }

    /// The same where the addresses of a language begin.
    pub async fn start_in(&self, beginning: &str) -> String {
        let first = self.post(&format!("{beginning}/commencer"), &[]).await;
        first.location().rsplit_once('/').expect("a screen").0.to_owned()
    }

    /// A draft that has said yes.
    pub async fn consenting(&self) -> String {
        let draft = self.start().await;
        let next = self.post(&format!("{draft}/consentement"), &[("cst_participation", "oui")]).await;
        assert_eq!(next.location(), format!("{draft}/identifiant"));
        draft
    }

    /// Fills the screens up to this one (not included) with these answers, and gives the addresses passed.
    pub async fn fill_until(&self, draft: &str, answers: &Answers, until: &str) -> Vec<String> {
        let edition = &self.edition;
        let mut address = self.get(draft).await.location().to_owned();
        let mut passed = Vec::new();
        while !address.ends_with(until) {
            let code = address.rsplit('/').next().expect("a screen");
            let screen =
                edition.questionnaire.screen_index(code).unwrap_or_else(|| panic!("no screen {code}"));
            let fields = intake::form_fields(edition, screen, answers);
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let page = self.post(&address, &fields).await;
            let next = page.location().to_owned();
            passed.push(std::mem::replace(&mut address, next));
        }
        passed
    }

    /// The record of a draft.
    pub async fn record(&self, draft: &str) -> Record {
        let token = draft.rsplit('/').next().expect("a token");
        self.store.find(&intake::token_hash(token)).await.expect("a store in memory").expect("a record")
    }
}

/// The token of the personal link in an address.
pub fn token_in(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("/q/")?;
    rest.split(['/', '?']).next().filter(|token| !token.is_empty())
}

/// `application/x-www-form-urlencoded`.
pub fn encode(fields: &[(&str, &str)]) -> String {
    let percent = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
                other => format!("%{other:02X}"),
            })
            .collect()
    };
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value))).collect();
    pairs.join("&")
}

/// A whole response: the first option of every closed question that has one, and a value for the others.
pub fn answers() -> Answers {
    let edition = edition();
    let mut answers = Answers::new();
    for question in &edition.questionnaire.questions {
        let first =
            question.options().iter().find(|option| !option.is_exclusive).map(|option| option.code.as_str());
        let answer = match (&question.kind, first) {
            (questionnaire::Kind::Single { .. }, Some(code)) => Answer::text(code),
            (questionnaire::Kind::Multiple { .. }, _) => {
                let ticked = question.options().iter().filter(|option| !option.is_exclusive).take(2);
                Answer::multiple(ticked.map(|option| option.code.as_str()))
            }
            (questionnaire::Kind::Matrix { rows, .. }, Some(code)) => {
                Answer::matrix(rows.iter().map(|row| (row.code.as_str(), code)))
            }
            (questionnaire::Kind::Integer { .. }, _) => Answer::Integer(12),
            (questionnaire::Kind::Text { .. }, _) => Answer::text("Les Amis de l'été & Cie"),
            (questionnaire::Kind::Email, _) => Answer::text("contact@asso.example"),
            (questionnaire::Kind::Commune, _) => Answer::text("35238"),
            (questionnaire::Kind::Identifier { .. }, _) => Answer::Identifier(Identifier {
                kind: "siret".to_owned(),
                value: Some("83908523000028".to_owned()),
            }),
            (questionnaire::Kind::Networks { .. }, Some(code)) => Answer::Networks(questionnaire::Networks {
                codes: [code.to_owned()].into(),
                other: Some("Réseau des réseaux".to_owned()),
            }),
            (_, None) => continue,
        };
        answers.set(&question.code, Some(answer));
    }
    answers
}
