//! Who may do what: every route of the server, for every standing of who asks (`disclosure.md`, 5.1).
//!
//! The routes are those that the server is made of; one that has no line here, or a line that has no route, is a failure.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use end_to_end::{Http, Reply, Server, barometre, form, workspace};

use crate::definition;

/// Who asks, each holding a personal link of which nothing but the standing matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Anybody: a link that was never given.
    Public,
    /// A respondent, with the own link, while filling in.
    Own,
    /// A respondent, with the own proofs and tokens, at the link of another.
    Other,
    /// A respondent who has sent.
    Sent,
    /// A respondent who has not sent, of an edition that was closed.
    Closed,
    /// A respondent who has withdrawn.
    Withdrawn,
}

use Role::{Closed, Other, Own, Public, Sent, Withdrawn};

const ROLES: [Role; 6] = [Public, Own, Other, Sent, Closed, Withdrawn];

/// Method, address, and the status for each role, in their order. Pages are the same under `/en`.
const MATRIX: &[(&str, &str, [u16; 6])] = &[
    // What everyone may read.
    ("GET", "/", [200; 6]),
    ("GET", "/confidentialite", [200; 6]),
    ("GET", "/accessibilite", [200; 6]),
    ("GET", "/avancement", [200; 6]),
    ("GET", "/sante", [200; 6]),
    ("GET", "/style", [200; 6]),
    ("GET", "/script", [200; 6]),
    ("GET", "/service.js", [200; 6]),
    ("GET", "/hors-ligne", [200; 6]),
    ("GET", "/en", [200; 6]),
    ("GET", "/api/v1/openapi.json", [200; 6]),
    ("GET", "/api/v1/problems", [200; 6]),
    ("GET", "/api/v1/questionnaire", [200; 6]),
    ("GET", "/api/v1/progress", [200; 6]),
    // The site of the barometers; none is published here.
    ("GET", "/barometre", [200; 6]),
    ("GET", "/barometre/", [308; 6]),
    ("GET", "/barometre/{edition}", [404; 6]),
    ("GET", "/barometre/{edition}/", [404; 6]),
    ("GET", "/barometre/{edition}/embed/{*file}", [404; 6]),
    ("GET", "/barometre/{edition}/en/embed/{*file}", [404; 6]),
    ("GET", "/barometre/{edition}/api/v1/cells", [404; 6]),
    ("GET", "/barometre/{edition}/{*file}", [404; 6]),
    // Everyone may start, while the edition is open.
    ("POST", "/commencer", [303, 303, 303, 303, 410, 303]),
    ("POST", "/api/v1/responses", [201, 201, 201, 201, 410, 201]),
    // A whole response needs a key, whoever sends it.
    ("POST", "/api/v1/submissions", [400; 6]),
    // Nobody holds a code here, no organisation was invited, and no letter is sent.
    ("GET", "/reprendre", [200; 6]),
    ("POST", "/reprendre", [422; 6]),
    ("POST", "/q/{token}/commencer", [404; 6]),
    ("POST", "/q/{token}/courriel", [404, 404, 403, 404, 410, 410]),
    // A draft is its respondent's, until it is sent.
    ("GET", "/q/{token}", [404, 303, 303, 303, 410, 410]),
    ("GET", "/q/{token}/", [404, 303, 303, 303, 410, 410]),
    ("GET", "/q/{token}/reprendre", [404, 200, 200, 303, 410, 410]),
    ("GET", "/q/{token}/recapitulatif", [404, 303, 303, 303, 410, 410]),
    ("GET", "/q/{token}/{screen}", [404, 200, 200, 303, 410, 410]),
    ("POST", "/q/{token}/{screen}", [404, 303, 403, 409, 410, 410]),
    ("POST", "/q/{token}/envoyer", [404, 422, 403, 303, 410, 410]),
    ("GET", "/api/v1/response", [401, 200, 200, 200, 410, 410]),
    ("PUT", "/api/v1/response/screens/{screen}", [401, 200, 200, 409, 410, 410]),
    ("POST", "/api/v1/response/submission", [401, 422, 422, 200, 410, 410]),
    ("POST", "/q/{token}/code", [404, 200, 403, 200, 410, 410]),
    // What was sent is corrected until the edition closes.
    ("POST", "/q/{token}/corriger", [404, 303, 403, 303, 410, 410]),
    ("POST", "/q/{token}/abandonner", [404, 303, 403, 303, 410, 410]),
    ("POST", "/api/v1/response/correction", [401, 409, 409, 200, 410, 410]),
    ("DELETE", "/api/v1/response/correction", [401, 409, 409, 200, 410, 410]),
    // Once sent: a receipt and a result, and no answer.
    ("GET", "/q/{token}/merci", [404, 303, 303, 200, 410, 410]),
    ("GET", "/q/{token}/resultat", [404, 303, 303, 200, 410, 410]),
    ("GET", "/q/{token}/recu.pdf", [404, 404, 404, 200, 410, 410]),
    ("GET", "/q/{token}/resultat.pdf", [404, 404, 404, 200, 410, 410]),
    // Withdrawing is possible at any time.
    ("GET", "/q/{token}/retirer", [404, 200, 200, 200, 200, 410]),
    ("POST", "/q/{token}/retirer", [404, 200, 403, 200, 200, 200]),
    ("DELETE", "/api/v1/response", [401, 204, 204, 204, 204, 204]),
    // The start page of another language, with and without its slash.
    ("GET", "/en/", [200; 6]),
    ("POST", "/en/commencer", [303, 303, 303, 303, 410, 303]),
];

/// What a draft holds, and nobody else may read.
const CANARY: &str = "Canari des routes";

/// Method and address of every route of the server, as the matrix writes them.
fn routes() -> BTreeSet<(String, String)> {
    let intake = intake::routes(&definition::edition()).into_iter().map(|route| {
        // The names of the files of all pages end in a digest.
        let file = ["/style", "/script"].into_iter().find(|file| route.path.starts_with(&format!("{file}-")));
        (route.method.to_owned(), file.map_or(route.path, str::to_owned))
    });
    let nested = |path: &str| format!("/barometre{}", if path == "/" { "" } else { path });
    // And the one route of the binary itself, which takes a slash away.
    let portal = portal::ROUTES.into_iter().map(nested).chain(["/barometre/".to_owned()]);
    intake.chain(portal.map(|path| ("GET".to_owned(), path))).collect()
}

/// The status expected of each route.
fn expected() -> BTreeMap<(String, String), [u16; 6]> {
    let mut expected = BTreeMap::new();
    for &(method, path, statuses) in MATRIX {
        expected.insert((method.to_owned(), path.to_owned()), statuses);
        if path.starts_with("/q/")
            || ["/confidentialite", "/accessibilite", "/avancement", "/hors-ligne", "/reprendre"]
                .contains(&path)
        {
            expected.insert((method.to_owned(), format!("/en{path}")), statuses);
        }
    }
    expected
}

#[test]
fn every_route_of_the_server_is_in_the_matrix_and_no_other() {
    assert_eq!(routes(), expected().into_keys().collect());
    // The binary serves these two and nothing beside them but the address with a slash.
    let site = std::fs::read_to_string(workspace().join("crates/cli/src/site.rs")).expect("a source is text");
    assert_eq!(site.matches(".nest(").count(), 1, "the portal is nested in {site}");
    assert_eq!(site.matches(".route(").count() + site.matches(".merge(").count(), 1, "{site}");
}

/// A server with respondents.
struct Stage {
    server: Server,
    http: Http,
}

impl Stage {
    fn new(data: &Path) -> Self {
        let server = Server::start_in(data);
        let http = server.http();
        Self { server, http }
    }

    /// A new draft that holds the canary: its token.
    fn draft(&self) -> String {
        let started = self.http.post("/commencer", b"");
        let token =
            started.location().split('/').nth(2).expect("the address holds the personal link").to_owned();
        for (screen, fields) in [
            ("consentement", vec![("cst_participation", "oui")]),
            ("identifiant", vec![("org_ident.type", "aucun")]),
            ("nom", vec![("org_nom", CANARY)]),
        ] {
            assert_eq!(
                self.http.post(&format!("/q/{token}/{screen}"), &form(fields)).status,
                303,
                "{screen}"
            );
        }
        token
    }

    /// A response that was sent: its token.
    fn sent(&self) -> String {
        let token = self.draft();
        let edition = definition::edition();
        let answers = definition::answers();
        for screen in edition.path(&answers).screens {
            let code = &edition.questionnaire.screens[screen].code;
            let fields = intake::form_fields(&edition, screen, &answers);
            let fields = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            assert_eq!(self.http.post(&format!("/q/{token}/{code}"), &form(fields)).status, 303, "{code}");
        }
        assert_eq!(self.http.post(&format!("/q/{token}/envoyer"), b"").status, 303);
        token
    }

    fn withdrawn(&self) -> String {
        let token = self.draft();
        assert_eq!(self.http.post(&format!("/q/{token}/retirer"), b"").status, 200);
        token
    }

    /// A link of this standing, as new.
    fn link(&self, role: Role) -> String {
        match role {
            Public => "0".repeat(26),
            Own | Other | Closed => self.draft(),
            Sent => self.sent(),
            Withdrawn => self.withdrawn(),
        }
    }

    /// Asks as this role. `mine` is the token that the role holds, `link` the one in the address.
    fn ask(
        &self,
        method: &str,
        path: &str,
        mine: &str,
        link: &str,
        edition: &questionnaire::Edition,
    ) -> Reply {
        let path = match path {
            "/style" | "/script" => {
                let named = |route: &intake::Route| route.path.starts_with(&format!("{path}-"));
                intake::routes(edition).into_iter().find(named).expect("a file of all pages").path
            }
            _ => path.replace("{token}", link).replace("{screen}", "consentement"),
        };
        let path = path.replace("{edition}", "2024").replace("{*file}", "index.html");
        let bearer = format!("Bearer {mine}");
        let proof = intake::form_token(mine);
        let mut headers = Vec::new();
        let body = if path.starts_with("/api/v1/response") && !path.ends_with("responses") {
            headers.push(("authorization", bearer.as_str()));
            headers.push(("content-type", "application/json"));
            if method == "PUT" {
                br#"{"answers": {"cst_participation": "oui"}}"#.to_vec()
            } else {
                Vec::new()
            }
        } else if method == "POST" {
            headers.push(("content-type", "application/x-www-form-urlencoded"));
            form(
                [("jeton", proof.as_str()), ("cst_participation", "oui")]
                    .into_iter()
                    .take(if path.ends_with("consentement") { 2 } else { 1 }),
            )
        } else {
            Vec::new()
        };
        self.http.send(method, &path, &headers, &body)
    }
}

#[test]
fn each_role_gets_what_the_matrix_says_on_every_route() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (open, closed) = (folder.path().join("open"), folder.path().join("closed"));
    let (open, closing) = (Stage::new(&open), Stage::new(&closed));
    let edition = definition::edition();
    let expected = expected();
    // Drafts of an edition that closes: one for each route that may change it.
    let mut drafts: Vec<String> = expected.iter().map(|_| closing.draft()).collect();
    let command = barometre().args(["close", definition::EDITION, "--dir"]).arg(&closed).output();
    let command = command.expect("the binary can be run");
    assert!(command.status.success(), "{}", String::from_utf8_lossy(&command.stderr));

    let shared = ROLES.map(|role| if role == Closed { String::new() } else { open.link(role) });
    let victim = open.draft();
    let mut wrong = Vec::new();
    for ((method, path), statuses) in &expected {
        let is_personal =
            path.contains("{token}") || path == "/api/v1/response" || path.contains("/response/");
        for (at, role) in ROLES.into_iter().enumerate() {
            // What changes something gets a link of its own.
            let mine = match role {
                Closed => drafts.pop().expect("one for each route"),
                _ if method == "GET" || !is_personal => shared[at].clone(),
                _ => open.link(role),
            };
            let stage = if role == Closed { &closing } else { &open };
            let link = if role == Other { victim.as_str() } else { mine.as_str() };
            let reply = stage.ask(method, path, &mine, link, &edition);
            if reply.status != statuses[at] {
                wrong.push(format!(
                    "{method} {path} as {role:?}: {} (expected {})",
                    reply.status, statuses[at]
                ));
            }
            let is_own_draft = role == Own || role == Other;
            if !is_own_draft && reply.body.contains(CANARY) {
                wrong.push(format!("{method} {path} as {role:?} shows an answer"));
            }
            if reply.header("set-cookie").is_some() {
                wrong.push(format!("{method} {path} as {role:?} sets a cookie"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // The victim's answers outlived everything that others tried at its link.
    let kept = open.http.get(&format!("/q/{victim}/nom"));
    assert!(kept.body.contains(CANARY), "{}", kept.body);
    for stage in [&open, &closing] {
        stage.server.assert_log_silent_on(&[CANARY, &victim]);
    }
}
