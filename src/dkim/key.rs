//! Signing keys: read from PEM, made anew, never shown.

use std::fmt;

use aws_lc_rs::digest::Digest;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// What a key signs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// Every receiver reads it.
    Rsa,
    /// Short keys and quick signatures, which some receivers do not read yet (RFC 8463).
    Ed25519,
}

impl Algorithm {
    /// Its name in signatures and records.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::Ed25519 => "ed25519",
        }
    }
}

/// A private key. It prints as its algorithm.
pub(crate) struct Key(Pair);

enum Pair {
    Rsa(Box<rsa::KeyPair>),
    Ed25519(Ed25519KeyPair),
}

const WANTED: &str = "expected an RSA key of 2048 bits or more, or an Ed25519 key, as PEM";

impl Key {
    /// Reads a PEM file's text: PKCS#1 (`RSA PRIVATE KEY`) or PKCS#8 (`PRIVATE KEY`), RSA or Ed25519.
    ///
    /// # Errors
    /// A sentence that never holds the key.
    pub(crate) fn parse(pem: &str) -> Result<Self, String> {
        let (label, der) = unarmour(pem)?;
        let rsa = |key| Self(Pair::Rsa(Box::new(key)));
        match label {
            "RSA PRIVATE KEY" => rsa::KeyPair::from_der(&der).map(rsa).map_err(|why| format!("{why}: {WANTED}")),
            // OpenSSL writes Ed25519 keys without their public half.
            "PRIVATE KEY" => match Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der) {
                Ok(key) => Ok(Self(Pair::Ed25519(key))),
                Err(_) => rsa::KeyPair::from_pkcs8(&der).map(rsa).map_err(|why| format!("{why}: {WANTED}")),
            },
            "ENCRYPTED PRIVATE KEY" => Err("it is locked with a passphrase, and nobody types one at 6:30".to_owned()),
            label => Err(format!("it holds a `{label}`: {WANTED}")),
        }
    }

    /// A new key, from the system's random source, and its PKCS#8 PEM.
    ///
    /// # Errors
    /// The system gives no randomness.
    pub(crate) fn generate(algorithm: Algorithm) -> Result<(Self, String), String> {
        let failed = |_| "the system could not make a key".to_owned();
        match algorithm {
            Algorithm::Rsa => {
                let key = rsa::KeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
                let der: Pkcs8V1Der<'_> = key.as_der().map_err(failed)?;
                let pem = armour(der.as_ref());
                Ok((Self(Pair::Rsa(Box::new(key))), pem))
            }
            Algorithm::Ed25519 => {
                // OpenSSL and the libraries made of it read the first version of PKCS#8 only.
                let der = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).map_err(failed)?;
                let pem = armour(der.as_ref());
                Ok((Self::parse(&pem)?, pem))
            }
        }
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        match self.0 {
            Pair::Rsa(_) => Algorithm::Rsa,
            Pair::Ed25519(_) => Algorithm::Ed25519,
        }
    }

    /// The public half as its record has it, base64: an RSA key in DER (RFC 6376, 3.6.1), an Ed25519 one bare
    /// (RFC 8463, 4.2).
    pub(super) fn public(&self) -> String {
        match &self.0 {
            Pair::Rsa(key) => {
                let der: PublicKeyX509Der<'_> =
                    key.public_key().as_der().expect("a key that was read or made has a public half");
                BASE64_STANDARD.encode(der.as_ref())
            }
            Pair::Ed25519(key) => BASE64_STANDARD.encode(key.public_key()),
        }
    }

    /// Signs a SHA-256 digest; Ed25519 signs the digest's bytes (RFC 8463, 3).
    pub(super) fn sign(&self, digest: &Digest) -> Vec<u8> {
        match &self.0 {
            Pair::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign_digest(&RSA_PKCS1_SHA256, digest, &mut signature)
                    .expect("the digest is SHA-256 and the buffer as long as the modulus");
                signature
            }
            Pair::Ed25519(key) => key.sign(digest.as_ref()).as_ref().to_vec(),
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.algorithm().as_str())
    }
}

/// The first block of a PEM text: its label and what it holds (RFC 7468).
fn unarmour(pem: &str) -> Result<(&str, Vec<u8>), String> {
    let none = || format!("it is no private key: {WANTED}");
    let (label, rest) =
        pem.split_once("-----BEGIN ").and_then(|(_, rest)| rest.split_once("-----")).ok_or_else(none)?;
    let (inside, _) = rest.split_once("-----END ").ok_or_else(none)?;
    if inside.contains("ENCRYPTED") {
        return Ok(("ENCRYPTED PRIVATE KEY", Vec::new()));
    }
    let base64: String = inside.split_ascii_whitespace().collect();
    Ok((label, BASE64_STANDARD.decode(base64).map_err(|_| none())?))
}

fn armour(der: &[u8]) -> String {
    let base64 = BASE64_STANDARD.encode(der);
    let mut pem = "-----BEGIN PRIVATE KEY-----\n".to_owned();
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(64.min(rest.len()));
        pem.push_str(line);
        pem.push('\n');
        rest = more;
    }
    pem + "-----END PRIVATE KEY-----\n"
}
