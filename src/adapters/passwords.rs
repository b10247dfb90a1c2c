//! Hashing passwords with argon2id, off the async threads and bounded in number and memory: a storm
//! of log-ins waits in line instead of starving the pages.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use tokio::{sync::Semaphore, task};
use zeroize::Zeroizing;

use crate::domain::typed_text;

/// Hashes that are computed at the same time.
const AT_ONCE: usize = 2;

/// Password hashing could not be done; it says nothing about the password.
#[derive(Debug, thiserror::Error)]
#[error("a password could not be hashed: {0}")]
pub struct HashingError(&'static str);

/// The hasher: 19 MiB, two passes (the OWASP minimum for argon2id), memory kept and used again.
#[derive(Clone)]
pub struct Passwords(Arc<Inner>);

struct Inner {
    turns: Arc<Semaphore>,
    memory: Mutex<Vec<Vec<Block>>>,
    argon2: Argon2<'static>,
    /// What a password is held against when there is no account, so that the answer takes as long.
    nobody: String,
}

impl Passwords {
    /// A hasher with its two buffers still to be made.
    #[must_use]
    pub fn new() -> Self {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default());
        let inner = Inner { turns: Arc::new(Semaphore::new(AT_ONCE)), memory: Mutex::default(), argon2, nobody: String::new() };
        let nobody = inner.hash(&format!("{:032x}", rand::random::<u128>())).unwrap_or_default();
        Self(Arc::new(Inner { nobody, ..inner }))
    }

    /// The hash of a new password, with its own salt, as a PHC string. Wherever a password was typed, hashing and verifying
    /// take it as [`typed_text::clean`] leaves it.
    ///
    /// # Errors
    /// [`HashingError`] when the machine gives neither randomness nor memory.
    pub async fn hash(&self, password: &str) -> Result<String, HashingError> {
        let password = Zeroizing::new(typed_text::clean(password));
        self.in_turn(move |inner| inner.hash(&password)).await
    }

    /// Whether the password belongs to the hash. Without a hash the answer is no and takes as long.
    ///
    /// # Errors
    /// [`HashingError`] when the hash is none or the machine gives no memory.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, HashingError> {
        let password = Zeroizing::new(typed_text::clean(password));
        let hash = hash.map(ToOwned::to_owned);
        self.in_turn(move |inner| {
            let matches = inner.verify(&password, hash.as_ref().unwrap_or(&inner.nobody))?;
            Ok(matches && hash.is_some())
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, HashingError> + Send + 'static,
    ) -> Result<T, HashingError> {
        let inner = Arc::clone(&self.0);
        let turn = Arc::clone(&inner.turns).acquire_owned().await.map_err(|_| HashingError("shut down"))?;
        let hashing = move || {
            // The turn goes along: whoever hangs up meanwhile does not give it to the next.
            let _turn = turn;
            work(&inner)
        };
        task::spawn_blocking(hashing).await.map_err(|_| HashingError("cut off"))?
    }
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

impl Inner {
    fn hash(&self, password: &str) -> Result<String, HashingError> {
        let salt = Salt::generate();
        let output = self.compute(&self.argon2, password, salt.as_ref())?;
        let params = ParamsString::try_from(self.argon2.params()).map_err(|_| HashingError("parameters"))?;
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params,
            salt: Some(salt),
            hash: Some(output),
        };
        Ok(hash.to_string())
    }

    fn verify(&self, password: &str, hash: &str) -> Result<bool, HashingError> {
        let known = PasswordHash::new(hash).map_err(|_| HashingError("no hash"))?;
        let (Some(salt), Some(expected)) = (known.salt, known.hash) else { return Err(HashingError("no hash")) };
        // With the costs that the hash was made with, so that raising ours locks nobody out.
        let params = Params::try_from(&known).map_err(|_| HashingError("parameters"))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        // `Output` compares in constant time.
        Ok(self.compute(&argon2, password, salt.as_ref())? == expected)
    }

    fn compute(&self, argon2: &Argon2<'_>, password: &str, salt: &[u8]) -> Result<Output, HashingError> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        memory.resize(argon2.params().block_count(), Block::default());
        let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
        let computed = argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut output, &mut memory);
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
        computed.map_err(|_| HashingError("argon2"))?;
        Output::new(&output).map_err(|_| HashingError("output"))
    }
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Passwords")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_and_only_it_is_recognised() {
        let passwords = Passwords::new();
        let hash = passwords.hash("kopi-susu-pagi").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify("kopi-susu-pagi", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("kopi-susu-sore", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("kopi-susu-pagi", None).await.unwrap());
        assert_ne!(hash, passwords.hash("kopi-susu-pagi").await.unwrap());
    }

    #[tokio::test]
    async fn one_password_typed_in_two_ways_is_one() {
        let passwords = Passwords::new();
        let hash = passwords.hash("caf\u{e9} susu pagi").await.unwrap();
        for same in ["cafe\u{301} susu pagi", "caf\u{e9}\u{a0}susu\u{200b} pagi"] {
            assert!(passwords.verify(same, Some(&hash)).await.unwrap(), "{same:?}");
        }
        assert!(!passwords.verify("cafe susu pagi", Some(&hash)).await.unwrap());
    }
}
