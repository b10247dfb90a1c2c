//! The second factor: codes of six digits that an authenticator app makes (RFC 6238), and recovery codes.

use time::OffsetDateTime;
use totp_rs::{Builder, Secret, Totp, TotpError};

use crate::domain::typed_text;

/// What the app shows beside the codes.
const ISSUER: &str = "Alpukat";
/// Recovery codes that are given out together.
const RECOVERY_CODES: usize = 8;
/// Small letters and digits without vowels and look-alikes.
const SIGNS: &[u8] = b"23456789bcdfghjkmnpqrstvwxz";

/// The authenticator of one officer: the standard's own values (SHA-1, 6 digits, 30 seconds, one step of tolerance).
pub struct Authenticator(Totp);

impl Authenticator {
    /// For this officer and the secret they share with us.
    ///
    /// # Errors
    /// [`TotpError`] when the secret is shorter than the standard demands.
    pub fn new(username: &str, secret: &[u8]) -> Result<Self, TotpError> {
        let secret = Secret::new(secret.into());
        let builder = Builder::new().with_secret(secret).with_skew(1).with_account_name(username).with_issuer(Some(ISSUER));
        Ok(Self(builder.build()?))
    }

    /// The secret as people type it (base32), in groups of four.
    #[must_use]
    pub fn key(&self) -> String {
        let text = self.0.secret().to_base32();
        let signs: Vec<char> = text.chars().collect();
        signs.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
    }

    /// The secret as the app scans it.
    ///
    /// # Errors
    /// [`TotpError`] when it does not become an address.
    pub fn address(&self) -> Result<String, TotpError> {
        self.0.to_url()
    }

    /// The time step of this code, if it is one of now, of half a minute ago, or of half a minute from now.
    #[must_use]
    pub fn step(&self, code: &str, now: OffsetDateTime) -> Option<i64> {
        let digits = typed_text::number(code, &["kode"]);
        let seconds = u64::try_from(now.unix_timestamp()).ok()?;
        self.0.check(&digits, seconds).and_then(|step| i64::try_from(step).ok())
    }
}

/// Fresh recovery codes, `xxxxx-xxxxx`: 47 bits each.
#[must_use]
pub fn recovery_codes() -> Vec<String> {
    let sign = || SIGNS.get(rand::random_range(0..SIGNS.len())).copied().map_or('2', char::from);
    let half = || (0..5).map(|_| sign()).collect::<String>();
    (0..RECOVERY_CODES).map(|_| format!("{}-{}", half(), half())).collect()
}

/// A recovery code as it is stored, however it was typed.
#[must_use]
pub fn typed_recovery_code(typed: &str) -> String {
    let signs = typed_text::number(typed, &["kode"]).to_lowercase();
    signs.get(..5).zip(signs.get(5..)).map_or_else(|| signs.clone(), |(first, second)| format!("{first}-{second}"))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, SHA-1, cut to six digits.
        let authenticator = Authenticator::new("rini", b"12345678901234567890").unwrap();
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let now = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
            assert_eq!(authenticator.step(code, now), Some(seconds / 30), "{seconds}");
            assert_eq!(authenticator.step(code, now + time::Duration::seconds(90)), None, "{seconds}");
        }
        let now = datetime!(2005-03-18 01:58:29 UTC);
        for typed in [" 081 804 ", "081-804", "０８１８０４", "081\u{200b}804"] {
            assert_eq!(authenticator.step(typed, now), Some(37_037_036), "{typed}");
        }
        for wrong in ["", "08180", "0818040", "abcdef"] {
            assert_eq!(authenticator.step(wrong, now), None, "{wrong}");
        }
    }

    #[test]
    fn the_key_is_for_people_and_the_address_for_the_app() {
        let authenticator = Authenticator::new("rini.c", b"12345678901234567890").unwrap();
        assert_eq!(authenticator.key(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let address = authenticator.address().unwrap();
        assert!(address.starts_with("otpauth://totp/Alpukat:rini.c?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{address}");
    }

    #[test]
    fn recovery_codes_are_read_as_they_are_typed() {
        let codes = recovery_codes();
        assert_eq!(codes.len(), RECOVERY_CODES);
        let code = &codes[0];
        assert_eq!(typed_recovery_code(code), *code);
        assert_eq!(typed_recovery_code(&code.to_uppercase().replace('-', " ")), *code);
        assert_eq!(typed_recovery_code("ü"), "ü");
    }
}
