//! Keys, sealing and blind indexes. What names a person passes through here before PostgreSQL sees
//! it, so that a stolen table holds no NIK, name, phone or scan. Pure: no input or output.

use std::fmt;

use chacha20poly1305::{AeadInOut, KeyInit, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use serde::{Serialize, de::DeserializeOwned};
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::domain::{
    code::Code,
    ids::CodeId,
    nik::{KkNumber, Nik},
    person::Email,
    phone::Phone,
    upload::FileFingerprint,
};

/// Id of the key that seals today; it stands in front of every sealed value.
const SEAL_KEY: u8 = 1;
const NONCE: usize = 24;
const TAG: usize = 16;

/// A keyed fingerprint of a value that must be found again but not read.
pub type BlindIndex = [u8; 32];

/// What went wrong with a sealed value. It says nothing about the value.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The value is shorter than its envelope.
    #[error("a sealed value is cut off")]
    CutOff,
    /// The key of this id is not at hand.
    #[error("a value is sealed with the unknown key {0}")]
    UnknownKey(u8),
    /// Wrong key, wrong row, or altered bytes.
    #[error("a sealed value does not belong to its row or was altered")]
    Forged,
    /// It opened, but holds something else than expected.
    #[error("a sealed value holds something unexpected")]
    Content,
}

/// Where a sealed value stands; it opens nowhere else.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The table.
    pub table: &'static str,
    /// The row's identifier.
    pub row: Uuid,
}

/// The keys, all derived from one secret.
pub struct Vault {
    seal: Zeroizing<[u8; 32]>,
    nik: Zeroizing<[u8; 64]>,
    kk: Zeroizing<[u8; 64]>,
    phone: Zeroizing<[u8; 64]>,
    email: Zeroizing<[u8; 64]>,
    file: Zeroizing<[u8; 64]>,
    subject: Zeroizing<[u8; 64]>,
    cookie: Zeroizing<[u8; 64]>,
    audit: Zeroizing<[u8; 64]>,
    report: Zeroizing<[u8; 64]>,
    code: Zeroizing<[u8; 64]>,
    check: Zeroizing<[u8; 64]>,
}

impl Vault {
    /// Derives every key from the program's secret of 32 bytes.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        let source = Hkdf::<Sha256>::new(Some(b"alpukat"), secret);
        Self {
            seal: derive(&source, "seal 1"),
            nik: derive(&source, "index nik"),
            kk: derive(&source, "index kk"),
            phone: derive(&source, "index phone"),
            email: derive(&source, "index email"),
            file: derive(&source, "fingerprint file"),
            subject: derive(&source, "index subject of wrong answers"),
            cookie: derive(&source, "cookie"),
            audit: derive(&source, "audit chain"),
            report: derive(&source, "guard of delivery reports"),
            code: derive(&source, "codes to phones"),
            check: derive(&source, "key check"),
        }
    }

    /// The key that encrypts cookies.
    #[must_use]
    pub fn cookie_key(&self) -> &[u8; 64] {
        &self.cookie
    }

    /// Seals bytes for one row: key id, nonce, ciphertext and tag.
    ///
    /// # Errors
    /// [`VaultError::Content`] if the value is too large for the cipher, which no value here is.
    pub fn seal(&self, place: Place, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let nonce: [u8; NONCE] = rand::random();
        let mut sealed = Vec::with_capacity(1 + NONCE + plain.len() + TAG);
        sealed.push(SEAL_KEY);
        sealed.extend_from_slice(&nonce);
        let mut body = Vec::with_capacity(plain.len() + TAG);
        body.extend_from_slice(plain);
        let cipher = XChaCha20Poly1305::new((&*self.seal).into());
        cipher.encrypt_in_place(&XNonce::from(nonce), &bound_to(place, SEAL_KEY), &mut body).map_err(|_| VaultError::Content)?;
        sealed.append(&mut body);
        Ok(sealed)
    }

    /// Opens what was sealed for this row.
    ///
    /// # Errors
    /// [`VaultError`] when it was not sealed for this row with this key.
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let (key, rest) = sealed.split_first().ok_or(VaultError::CutOff)?;
        if *key != SEAL_KEY {
            return Err(VaultError::UnknownKey(*key));
        }
        let (nonce, body) = rest.split_at_checked(NONCE).ok_or(VaultError::CutOff)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| VaultError::CutOff)?;
        let mut body = body.to_vec();
        let cipher = XChaCha20Poly1305::new((&*self.seal).into());
        cipher.decrypt_in_place(&XNonce::from(nonce), &bound_to(place, *key), &mut body).map_err(|_| VaultError::Forged)?;
        Ok(body)
    }

    /// Seals a structured value.
    ///
    /// # Errors
    /// As [`Vault::seal`].
    pub fn seal_value<T: Serialize>(&self, place: Place, value: &T) -> Result<Vec<u8>, VaultError> {
        let plain = Zeroizing::new(rmp_serde::to_vec_named(value).map_err(|_| VaultError::Content)?);
        self.seal(place, &plain)
    }

    /// Opens a structured value.
    ///
    /// # Errors
    /// As [`Vault::open`], and [`VaultError::Content`] when it holds something else.
    pub fn open_value<T: DeserializeOwned>(&self, place: Place, sealed: &[u8]) -> Result<T, VaultError> {
        let plain = Zeroizing::new(self.open(place, sealed)?);
        rmp_serde::from_slice(&plain).map_err(|_| VaultError::Content)
    }

    /// Index of a NIK.
    #[must_use]
    pub fn nik_index(&self, nik: &Nik) -> BlindIndex {
        keyed_hash(&self.nik, nik.as_str().as_bytes())
    }

    /// Index of a KK number.
    #[must_use]
    pub fn kk_index(&self, kk: &KkNumber) -> BlindIndex {
        keyed_hash(&self.kk, kk.as_str().as_bytes())
    }

    /// Index of a phone number.
    #[must_use]
    pub fn phone_index(&self, phone: &Phone) -> BlindIndex {
        keyed_hash(&self.phone, phone.as_str().as_bytes())
    }

    /// Index of an e-mail address; capitals do not count.
    #[must_use]
    pub fn email_index(&self, email: &Email) -> BlindIndex {
        keyed_hash(&self.email, email.as_str().to_lowercase().as_bytes())
    }

    /// Begins the fingerprint of an uploaded file, by which the same file is known again.
    #[must_use]
    pub fn file_fingerprint(&self) -> Fingerprint {
        Fingerprint(mac(&self.file))
    }

    /// The hash that chains a row of the event table to the one before it.
    #[must_use]
    pub fn chain_mac(&self, before: &[u8], row: &[u8]) -> [u8; 32] {
        let mut mac = mac(&self.audit);
        mac.update(before);
        mac.update(row);
        mac.finalize().into_bytes().into()
    }

    /// What guards the address at which the gateway reports on a message: nobody else can make it.
    #[must_use]
    pub fn report_guard(&self, message: Uuid) -> [u8; 16] {
        let hash = keyed_hash(&self.report, message.as_bytes());
        hash.first_chunk().copied().unwrap_or_default()
    }

    /// A code as it is kept: good for the row it belongs to, and no other.
    #[must_use]
    pub fn code_index(&self, id: CodeId, code: &Code) -> BlindIndex {
        let mut mac = mac(&self.code);
        mac.update(id.uuid().as_bytes());
        mac.update(code.digits().as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// Whether this is the guard of a message; finding out takes as long for every wrong one.
    #[must_use]
    pub fn is_report_guard(&self, message: Uuid, guard: &[u8; 16]) -> bool {
        let mut mac = mac(&self.report);
        mac.update(message.as_bytes());
        mac.verify_truncated_left(guard).is_ok()
    }

    /// What stands in a database that was filled with these keys.
    #[must_use]
    pub fn key_check(&self) -> [u8; 32] {
        keyed_hash(&self.check, b"alpukat")
    }

    /// Index of whatever a wrong answer was about: a NIK, an address, a receipt number.
    #[must_use]
    pub fn subject_index(&self, scope: &str, subject: &str) -> BlindIndex {
        keyed_hash(&self.subject, format!("{scope}\0{subject}").as_bytes())
    }
}

/// A fingerprint in the making, fed while the file arrives.
pub struct Fingerprint(Hmac<Sha256>);

impl Fingerprint {
    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The fingerprint of everything taken in.
    #[must_use]
    pub fn finish(self) -> FileFingerprint {
        self.0.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Vault(…)")
    }
}

fn derive<const N: usize>(source: &Hkdf<Sha256>, purpose: &str) -> Zeroizing<[u8; N]> {
    let mut key = Zeroizing::new([0; N]);
    // Expanding fails only past 255 hashes (8,160 bytes), far beyond any N here.
    let expanded = source.expand(purpose.as_bytes(), &mut *key);
    debug_assert!(expanded.is_ok(), "keys are shorter than 8,160 bytes");
    key
}

fn mac(key: &[u8; 64]) -> Hmac<Sha256> {
    <Hmac<Sha256> as hmac::KeyInit>::new(key.into())
}

fn keyed_hash(key: &[u8; 64], value: &[u8]) -> BlindIndex {
    let mut mac = mac(key);
    mac.update(value);
    mac.finalize().into_bytes().into()
}

fn bound_to(place: Place, key: u8) -> Vec<u8> {
    let mut bound = Vec::with_capacity(place.table.len() + 18);
    bound.push(key);
    bound.extend_from_slice(place.table.as_bytes());
    bound.push(0);
    bound.extend_from_slice(place.row.as_bytes());
    bound
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place = Place { table: "residents", row: Uuid::from_u128(7) };

    #[test]
    fn a_value_opens_in_its_row_and_nowhere_else() {
        let vault = Vault::new(&[1; 32]);
        let sealed = vault.seal(HERE, b"something").unwrap();
        assert_eq!(vault.open(HERE, &sealed).unwrap(), b"something");
        let elsewhere = [Place { row: Uuid::from_u128(8), ..HERE }, Place { table: "accounts", ..HERE }];
        for place in elsewhere {
            assert!(matches!(vault.open(place, &sealed), Err(VaultError::Forged)));
        }
        assert!(matches!(Vault::new(&[2; 32]).open(HERE, &sealed), Err(VaultError::Forged)));
    }

    #[test]
    fn every_altered_or_missing_byte_is_noticed() {
        let vault = Vault::new(&[1; 32]);
        let sealed = vault.seal(HERE, b"something").unwrap();
        for place in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[place] ^= 1;
            assert!(vault.open(HERE, &altered).is_err(), "byte {place}");
            assert!(vault.open(HERE, &sealed[..place]).is_err(), "cut at {place}");
        }
    }

    #[test]
    fn sealing_twice_gives_two_values_but_one_index() {
        let vault = Vault::new(&[1; 32]);
        assert_ne!(vault.seal(HERE, b"same").unwrap(), vault.seal(HERE, b"same").unwrap());
        let nik = Nik::parse("3171014508900001").unwrap();
        assert_eq!(vault.nik_index(&nik), vault.nik_index(&nik));
        assert_ne!(vault.nik_index(&nik), Vault::new(&[2; 32]).nik_index(&nik));
    }
}
