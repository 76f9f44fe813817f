//! Signatures of manifests, in the format of minisign (Ed25519): `minisign -Vm manifest.json -p minisign.pub` checks them
//! too. Both crates are kept by minisign's author; the one that checks depends on nothing.

use std::fs;
use std::path::{Path, PathBuf};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use minisign::{PublicKey, SecretKey, SecretKeyBox};

use crate::VerificationError;
use crate::folder::{read, read_text};
use crate::manifest::{MANIFEST, PUBLICATION, SITE};

/// Ending of signatures.
pub const SIGNATURE: &str = ".minisig";
/// Name of the public key in a published folder.
pub const KEY: &str = "minisign.pub";

/// A key to sign with.
#[derive(Debug)]
pub struct Signer {
    secret: SecretKey,
    public: PublicKey,
}

impl Signer {
    /// Reads a secret key file of minisign, with its password if it has one.
    ///
    /// # Errors
    /// When the file is not a key, the password is wrong or missing, or the key lies in a git repository: one push would
    /// publish it.
    pub fn open(path: &Path, password: Option<String>) -> Result<Self, VerificationError> {
        let refused =
            |message: String| VerificationError::Signature { file: path.display().to_string(), message };
        let whole = fs::canonicalize(path).map_err(VerificationError::io(path))?;
        if let Some(repository) = whole.ancestors().find(|folder| folder.join(".git").exists()) {
            return Err(refused(format!(
                "a signing key must not lie in a git repository ({}): move it elsewhere",
                repository.display()
            )));
        }
        let text = read_text(path)?;
        let sealed = SecretKeyBox::from_string(text.trim_end())
            .map_err(|error| refused(format!("this is no secret key of minisign: {error}")))?;
        let secret = match password {
            Some(password) => sealed
                .into_secret_key(Some(password))
                .map_err(|error| refused(format!("the key cannot be opened with this password: {error}")))?,
            None => match without_checksum(&text) {
                Some(secret) => secret,
                None => sealed.into_unencrypted_secret_key().map_err(|error| {
                    refused(format!("the key cannot be opened without a password: {error}"))
                })?,
            },
        };
        let public = PublicKey::from_secret_key(&secret).map_err(|error| refused(error.to_string()))?;
        Ok(Self { secret, public })
    }

    /// Signs the manifests of a publication's folder and of its site, and puts the public key beside each. Returns the
    /// files that were signed.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn sign(&self, folder: &Path) -> Result<Vec<PathBuf>, VerificationError> {
        let signed = manifests(folder);
        for path in &signed {
            let failed = |error: minisign::PError| VerificationError::Signature {
                file: path.display().to_string(),
                message: error.to_string(),
            };
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let bytes = read(path)?;
            // The trusted comment is signed too; the default would be the time.
            let comment = format!("file:{name}");
            let signature = minisign::sign(
                Some(&self.public),
                &self.secret,
                bytes.as_slice(),
                Some(&comment),
                Some("signature of a publication, by minisign"),
            )
            .map_err(failed)?;
            write(&beside(path), signature.into_string().as_bytes())?;
            let key = self.public.to_box().map_err(failed)?.into_string();
            write(&path.with_file_name(KEY), key.as_bytes())?;
        }
        Ok(signed)
    }
}

/// Length of the checksum, which is the end of a secret key.
const CHECKSUM: usize = 32;

/// A key without a password as minisign 0.11 writes it (`minisign -G -W`): the place of the checksum is empty.
fn without_checksum(text: &str) -> Option<SecretKey> {
    let bytes = BASE64_STANDARD.decode(text.lines().nth(1)?.trim()).ok()?;
    let (_, checksum) = bytes.split_last_chunk::<CHECKSUM>()?;
    let secret = SecretKey::from_bytes(&bytes).ok()?;
    (*checksum == [0; CHECKSUM] && !secret.is_encrypted()).then_some(secret)
}

/// The manifests of a folder that can be signed.
fn manifests(folder: &Path) -> Vec<PathBuf> {
    let site = folder.join(SITE);
    [folder.join(PUBLICATION), folder.join(MANIFEST), site.join(PUBLICATION), site.join(MANIFEST)]
        .into_iter()
        .filter(|path| path.is_file())
        .collect()
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(SIGNATURE);
    PathBuf::from(name)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), VerificationError> {
    fs::write(path, bytes).map_err(VerificationError::io(path))
}

/// What checking signatures found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signatures {
    /// There is none.
    None,
    /// So many hold, by the key that was given.
    Hold(usize),
    /// So many hold, by the key that lies beside them: it proves that who holds that key signed, not who that is.
    HoldByOwnKey(usize),
}

/// Checks the signatures of a folder's manifests, with the text of a public key or the one that lies there. With a key
/// given, every manifest must be signed.
///
/// # Errors
/// A signature that does not hold, is no signature, or is missing although a key was given.
pub fn check(folder: &Path, key: Option<&str>) -> Result<Signatures, VerificationError> {
    let mut checked = 0;
    for path in manifests(folder) {
        let file = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
        let refused = |message: String| VerificationError::Signature { file: file.clone(), message };
        let signature = beside(&path);
        if !signature.is_file() {
            if key.is_some() {
                return Err(refused(format!("it is not signed (expected {file}{SIGNATURE})")));
            }
            continue;
        }
        let own;
        let key = if let Some(key) = key {
            key
        } else {
            own = read_text(&path.with_file_name(KEY))?;
            &own
        };
        // A key is its file, or the one line of it that people copy.
        let key = minisign_verify::PublicKey::decode(key)
            .or_else(|_| minisign_verify::PublicKey::from_base64(key.trim()))
            .map_err(|error| refused(format!("the public key cannot be read: {error}")))?;
        let signature = minisign_verify::Signature::decode(&read_text(&signature)?)
            .map_err(|error| refused(format!("its signature cannot be read: {error}")))?;
        key.verify(&read(&path)?, &signature, false)
            .map_err(|error| refused(format!("its signature does not hold: {error}")))?;
        checked += 1;
    }
    Ok(match (checked, key) {
        (0, _) => Signatures::None,
        (checked, Some(_)) => Signatures::Hold(checked),
        (checked, None) => Signatures::HoldByOwnKey(checked),
    })
}
