//! The public site serves the files of published editions, protected, and nothing else.
#![expect(clippy::unwrap_used, reason = "a test that cannot arrange its case must stop")]

mod figures;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use portal::Portal;
use sha2::{Digest as _, Sha256};
use tower::ServiceExt;

/// A portal over two folders: edition `2026` with a site, and `2025` without.
fn portal() -> (Router, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("2026/site/index.html", "<!doctype html><title>2026</title>");
    for file in
        ["donnees.csv", "donnees.xlsx", "cells.parquet", "dcat.jsonld", "datapackage.json", "LISEZMOI.md"]
    {
        write(&format!("2026/site/{file}"), "a;b\n");
    }
    write("2026/site/reseaux/uniopss/index.html", "<!doctype html>");
    for page in ["embed/A.html", "en/embed/A.html", "embed/A.svg"] {
        write(&format!("2026/site/{page}"), "<!doctype html>");
    }
    write("2026/cells.csv", "secret of nobody, but not of the site");
    write("2025/publication.json", "{}");
    let router =
        Router::new().nest("/barometre", portal::router(Portal::new("/barometre", folder.path().into())));
    (router, folder)
}

async fn get(router: &Router, path: &str) -> Response<Body> {
    router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap()
}

#[tokio::test]
async fn the_only_edition_is_the_home_page() {
    let (router, _folder) = portal();
    let response = get(&router, "/barometre").await;
    assert!(response.status().is_redirection());
    assert_eq!(response.headers()[header::LOCATION], "/barometre/2026/");
    let response = get(&router, "/barometre/2026/").await;
    assert_eq!(response.status(), StatusCode::OK);
    let body = to_bytes(response.into_body(), 1000).await.unwrap();
    assert!(String::from_utf8_lossy(&body).contains("2026"));
}

#[tokio::test]
async fn a_folder_is_served_with_its_final_slash_and_csv_as_utf_8() {
    let (router, _folder) = portal();
    let response = get(&router, "/barometre/2026/reseaux/uniopss").await;
    assert_eq!(response.headers()[header::LOCATION], "/barometre/2026/reseaux/uniopss/");
    assert_eq!(get(&router, "/barometre/2026/reseaux/uniopss/").await.status(), StatusCode::OK);
    let response = get(&router, "/barometre/2026/donnees.csv").await;
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/csv; charset=utf-8");
}

#[tokio::test]
async fn every_download_has_its_own_type() {
    let (router, _folder) = portal();
    for (file, kind) in [
        ("donnees.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("cells.parquet", "application/vnd.apache.parquet"),
        ("dcat.jsonld", "application/ld+json"),
        ("datapackage.json", "application/json"),
        ("LISEZMOI.md", "text/markdown; charset=utf-8"),
    ] {
        let response = get(&router, &format!("/barometre/2026/{file}")).await;
        assert_eq!(response.status(), StatusCode::OK, "{file}");
        assert_eq!(response.headers()[header::CONTENT_TYPE], kind, "{file}");
    }
    // What is not there is a page that says so, whatever its ending.
    let missing = get(&router, "/barometre/2026/rien.xlsx").await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    assert!(missing.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
}

#[tokio::test]
async fn nothing_outside_a_published_site_is_served() {
    let (router, _folder) = portal();
    for path in [
        "/barometre/2025/",
        "/barometre/2024/",
        "/barometre/2026/../cells.csv",
        "/barometre/2026/%2e%2e/cells.csv",
        "/barometre/2026/..%2fcells.csv",
        "/barometre/2026/rien.html",
        "/barometre/%2e%2e/2026/",
    ] {
        let response = get(&router, path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        let body = to_bytes(response.into_body(), 100_000).await.unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("secret"), "{path}");
    }
}

#[tokio::test]
async fn a_network_that_is_withheld_and_one_that_does_not_exist_answer_alike() {
    // Pages of withheld networks are not written, so that their addresses are those of no network at all.
    let (router, _folder) = portal();
    let mut answers = Vec::new();
    for path in ["/barometre/2026/reseaux/withheld/", "/barometre/2026/reseaux/nobody/"] {
        let response = get(&router, path).await;
        let (head, body) = response.into_parts();
        let headers: Vec<(String, Vec<u8>)> =
            head.headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
        answers.push((head.status, headers, to_bytes(body, 100_000).await.unwrap()));
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn every_file_is_served_with_the_same_headers() {
    let (router, _folder) = portal();
    let mut names = std::collections::BTreeSet::new();
    for path in ["/barometre/2026/", "/barometre/2026/donnees.csv", "/barometre/2026/reseaux/uniopss/"] {
        let response = get(&router, path).await;
        let own: Vec<String> = response.headers().keys().map(ToString::to_string).collect();
        names.insert(own);
    }
    assert_eq!(names.len(), 1, "{names:?}");
}

#[tokio::test]
async fn every_response_is_protected() {
    let (router, _folder) = portal();
    for path in ["/barometre", "/barometre/2026/", "/barometre/2026/donnees.csv", "/barometre/rien/"] {
        let response = get(&router, path).await;
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}");
        let is_page = response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind == "text/html; charset=utf-8" || kind == "text/html");
        assert_eq!(policy.contains("script-src 'self'"), is_page, "{path}");
        assert!(policy.ends_with("frame-ancestors 'none'"), "{path}");
        assert_eq!(response.headers()[header::X_FRAME_OPTIONS], "DENY", "{path}");
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert_eq!(response.headers()[header::REFERRER_POLICY], "no-referrer", "{path}");
    }
}

#[tokio::test]
async fn pages_under_embed_may_be_framed_and_nothing_else() {
    let (router, _folder) = portal();
    for (path, is_framed) in [
        ("/barometre/2026/embed/A.html", true),
        ("/barometre/2026/en/embed/A.html", true),
        ("/barometre/2026/embed/A.svg", false),
        ("/barometre/2026/embed/B.html", false),
        ("/barometre/2026/embed/../index.html", false),
        ("/barometre/2026/embed/%2e%2e/index.html", false),
        ("/barometre/2026/reseaux/embed/A.html", false),
        ("/barometre/embed/embed/A.html", false),
        ("/barometre/2026/", false),
    ] {
        let response = get(&router, path).await;
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert_eq!(policy.contains("frame-ancestors *"), is_framed, "{path}: {policy}");
        assert_eq!(response.headers().contains_key(header::X_FRAME_OPTIONS), !is_framed, "{path}");
        assert!(!is_framed || !policy.contains("script-src"), "{path}: {policy}");
    }
}

/// The headers of an answer that nothing changed take the place of those that the reader kept: a page would lose its script.
#[tokio::test]
async fn a_page_that_did_not_change_keeps_the_policy_it_came_with() {
    let (router, _folder) = portal();
    let first = get(&router, "/barometre/2026/").await;
    assert!(first.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("script-src 'self'"));
    let tag = first.headers()[header::ETAG].clone();
    let again = asking(&router, "/barometre/2026/", &[(header::IF_NONE_MATCH, tag.to_str().unwrap())]).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(again.headers()[header::ETAG], tag);
    assert!(!again.headers().contains_key(header::CONTENT_SECURITY_POLICY));
}

async fn asking(router: &Router, path: &str, headers: &[(header::HeaderName, &str)]) -> Response<Body> {
    let asked = headers.iter().fold(Request::get(path), |asked, (name, value)| asked.header(name, *value));
    router.clone().oneshot(asked.body(Body::empty()).unwrap()).await.unwrap()
}

fn tag(content: &str) -> String {
    let digest: String = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digest}\"")
}

/// No header of a file depends on when it was written, nor on anything but its bytes, which are published.
#[tokio::test]
async fn the_tag_of_a_file_is_the_digest_of_its_bytes_and_no_file_has_a_date() {
    let (router, folder) = portal();
    let site = folder.path().join("2026/site");
    for (path, content) in [
        ("/barometre/2026/", "<!doctype html><title>2026</title>"),
        ("/barometre/2026/index.html", "<!doctype html><title>2026</title>"),
        ("/barometre/2026/donnees.csv", "a;b\n"),
        ("/barometre/2026/cells.parquet", "a;b\n"),
        ("/barometre/2026/reseaux/uniopss/", "<!doctype html>"),
        ("/barometre/2026/embed/A.html", "<!doctype html>"),
    ] {
        let response = get(&router, path).await;
        assert_eq!(response.headers()[header::ETAG], tag(content).as_str(), "{path}");
        assert!(!response.headers().contains_key(header::LAST_MODIFIED), "{path}");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-cache", "{path}");
    }
    // Written again with the same bytes, a year ago: every header is the same.
    let before = get(&router, "/barometre/2026/donnees.csv").await.headers().clone();
    let file = std::fs::File::options().write(true).open(site.join("donnees.csv")).unwrap();
    let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_hours(300_000);
    file.set_modified(long_ago).unwrap();
    assert_eq!(*get(&router, "/barometre/2026/donnees.csv").await.headers(), before);
    // Other bytes, as many of them.
    std::fs::write(site.join("donnees.csv"), "a;c\n").unwrap();
    assert_eq!(
        get(&router, "/barometre/2026/donnees.csv").await.headers()[header::ETAG],
        tag("a;c\n").as_str()
    );
}

#[tokio::test]
async fn a_reader_is_told_that_nothing_changed_by_the_tag_alone() {
    let (router, _folder) = portal();
    let path = "/barometre/2026/donnees.csv";
    let (same, other) = (tag("a;b\n"), tag("other"));
    for (asked, status) in [
        (same.clone(), StatusCode::NOT_MODIFIED),
        (format!("W/{same}"), StatusCode::NOT_MODIFIED),
        (format!("{other}, {same}"), StatusCode::NOT_MODIFIED),
        ("*".to_owned(), StatusCode::NOT_MODIFIED),
        (other.clone(), StatusCode::OK),
    ] {
        let response = asking(&router, path, &[(header::IF_NONE_MATCH, &asked)]).await;
        assert_eq!(response.status(), status, "{asked}");
        assert_eq!(response.headers()[header::ETAG], same.as_str());
    }
    // A date says nothing of a file: neither that it changed, nor that it did not.
    let late = "Fri, 01 Jan 2100 00:00:00 GMT";
    let response = asking(&router, path, &[(header::IF_MODIFIED_SINCE, late)]).await;
    assert_eq!(response.status(), StatusCode::OK);
    // A part is that of the file that the reader began with, or all of the one that is there.
    for (of, expected) in [(&same, "b\n"), (&other, "a;b\n")] {
        let asked = [(header::RANGE, "bytes=2-"), (header::IF_RANGE, of.as_str())];
        let response = asking(&router, path, &asked).await;
        assert_eq!(response.headers()[header::ETAG], same.as_str());
        assert_eq!(to_bytes(response.into_body(), 100).await.unwrap(), expected);
    }
}
