//! Signatures.

use std::fs;
use std::path::PathBuf;

use minisign::KeyPair;
use tempfile::TempDir;
use verification::VerificationError;
use verification::manifest;
use verification::signature::{KEY, Signatures, Signer, check};

use crate::folder::Published;

/// A key pair in a folder of its own; returns the file of the secret key and the text of the public one.
fn keys(folder: &TempDir, password: Option<&str>) -> (PathBuf, String) {
    let pair = match password {
        Some(password) => KeyPair::generate_encrypted_keypair(Some(password.to_owned())),
        None => KeyPair::generate_unencrypted_keypair(),
    };
    let pair = pair.expect("a key can be made");
    let path = folder.path().join("secret.key");
    let text = pair.sk.to_box(None).expect("a key can be written").into_string();
    fs::write(&path, text).expect("a file can be written");
    (path, pair.pk.to_box().expect("a key can be written").into_string())
}

fn message(error: &VerificationError) -> String {
    assert!(matches!(error, VerificationError::Signature { .. }), "{error}");
    error.to_string()
}

#[test]
fn a_signed_folder_holds_by_its_key_and_by_no_other() {
    let (published, folder, other) =
        (Published::new(), TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    assert_eq!(check(published.path(), None).expect("nothing to check"), Signatures::None);
    let (secret, public) = keys(&folder, None);
    let signed = Signer::open(&secret, None).expect("a key").sign(published.path()).expect("signed");
    // The frozen set's manifest, its copy in the site, and the site's own.
    assert_eq!(signed.len(), 3);
    assert_eq!(check(published.path(), None).expect("it holds"), Signatures::HoldByOwnKey(3));
    assert_eq!(check(published.path(), Some(&public)).expect("it holds"), Signatures::Hold(3));
    let line = public.lines().nth(1).expect("the key's own line");
    assert_eq!(check(published.path(), Some(line)).expect("it holds"), Signatures::Hold(3));
    assert_eq!(fs::read_to_string(published.path().join("site").join(KEY)).expect("it is there"), public);
    assert!(manifest::check(published.path()).is_ok(), "signatures are no added files");
    let (_, stranger) = keys(&other, None);
    let error = check(published.path(), Some(&stranger)).expect_err("another key");
    assert!(message(&error).contains("does not hold"), "{error}");
}

#[test]
fn a_key_without_a_password_is_read_as_minisign_itself_writes_it() {
    use base64::prelude::{BASE64_STANDARD, Engine as _};

    let (published, folder) = (Published::new(), TempDir::new().expect("a folder"));
    let (secret, public) = keys(&folder, None);
    let text = fs::read_to_string(&secret).expect("a key");
    let (comment, line) = text.trim_end().split_once('\n').expect("two lines");
    let mut bytes = BASE64_STANDARD.decode(line).expect("base64");
    let checksum = bytes.len() - 32;
    // minisign 0.11 leaves it empty; any other wrong checksum is a key that was damaged.
    bytes[checksum..].fill(0);
    fs::write(&secret, format!("{comment}\n{}\n", BASE64_STANDARD.encode(&bytes))).expect("a file");
    Signer::open(&secret, None).expect("a key").sign(published.path()).expect("signed");
    assert_eq!(check(published.path(), Some(&public)).expect("it holds"), Signatures::Hold(3));
    bytes[checksum] = 1;
    fs::write(&secret, format!("{comment}\n{}\n", BASE64_STANDARD.encode(&bytes))).expect("a file");
    let error = Signer::open(&secret, None).map(drop).expect_err("it is damaged");
    assert!(message(&error).contains("cannot be opened"), "{error}");
}

#[test]
fn a_manifest_changed_after_it_was_signed_is_found() {
    let (published, folder) = (Published::new(), TempDir::new().expect("a folder"));
    let (secret, public) = keys(&folder, None);
    Signer::open(&secret, None).expect("a key").sign(published.path()).expect("signed");
    // Whoever changes a page can write its digest again, and not sign it.
    published.write("site/index.html", b"<p>62 %</p>");
    published.seal();
    assert!(manifest::check(published.path()).is_ok(), "digests alone prove nothing");
    let error = check(published.path(), Some(&public)).expect_err("the manifest was changed");
    assert!(message(&error).starts_with("site/manifest.json: "), "{error}");
    fs::remove_file(published.path().join("site/manifest.json.minisig")).expect("it is there");
    let error = check(published.path(), Some(&public)).expect_err("one signature is missing");
    assert!(message(&error).contains("it is not signed"), "{error}");
}

#[test]
fn a_key_is_opened_by_its_password_and_never_from_a_repository() {
    let folder = TempDir::new().expect("a folder");
    let (secret, _) = keys(&folder, Some("correct horse"));
    assert!(Signer::open(&secret, Some("correct horse".to_owned())).is_ok());
    let error = Signer::open(&secret, Some("wrong".to_owned())).expect_err("another password");
    assert!(message(&error).contains("cannot be opened with this password"), "{error}");
    let error = Signer::open(&secret, None).expect_err("no password");
    assert!(message(&error).contains("without a password"), "{error}");
    fs::create_dir(folder.path().join(".git")).expect("a folder can be made");
    let error = Signer::open(&secret, Some("correct horse".to_owned())).expect_err("it is in a repository");
    assert!(message(&error).contains("git repository"), "{error}");
}
