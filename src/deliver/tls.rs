//! Whom we trust when a relay shows its certificate.
//!
//! The system's authorities, or the relay's `ca_file` alone. `insecure = true` takes any certificate: still
//! against listeners, no longer against somebody in between.

use std::path::Path;
use std::sync::Arc;

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// A client that trusts whom the relay's settings say.
///
/// # Errors
/// A sentence for people: the file that cannot be read, or a system without authorities.
pub(super) fn connector(ca_file: Option<&Path>, insecure: bool) -> Result<TlsConnector, String> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be set up: {error}"))?;
    let config = if insecure {
        config.dangerous().with_custom_certificate_verifier(Arc::new(Anyone(provider)))
    } else {
        config.with_root_certificates(authorities(ca_file)?)
    };
    Ok(TlsConnector::from(Arc::new(config.with_no_client_auth())))
}

fn authorities(ca_file: Option<&Path>) -> Result<RootCertStore, String> {
    let mut store = RootCertStore::empty();
    if let Some(path) = ca_file {
        let broken = |error| format!("`ca_file` {} cannot be read: {error}", path.display());
        for certificate in CertificateDer::pem_file_iter(path).map_err(broken)? {
            store
                .add(certificate.map_err(broken)?)
                .map_err(|error| format!("`ca_file` {} holds a certificate nobody can use: {error}", path.display()))?;
        }
        if store.is_empty() {
            return Err(format!("`ca_file` {} holds no certificate in PEM form", path.display()));
        }
        return Ok(store);
    }
    // A few odd ones among a system's hundred are no reason not to trust the others.
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if store.is_empty() {
        return Err("this system has no certificate authorities: install `ca-certificates`, or name a `ca_file`".into());
    }
    Ok(store)
}

/// `insecure = true`: any certificate will do, as long as its owner speaks.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
