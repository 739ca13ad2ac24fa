//! Hashing passwords with Argon2id, a few at a time.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use koeba_edge::{Entropy, PasswordSettings, Problem, Secret, Slug};
use tokio::sync::Semaphore;

/// Hashes and verifies passwords.
///
/// Hashing costs memory and time on purpose. Two semaphores bound both: so many are hashed at a
/// time, so many more wait in line, and who comes after those is told to come back later. A flood
/// of sign-ins takes nothing else down.
#[derive(Clone)]
pub(crate) struct Passwords {
    argon2: Argon2<'static>,
    places: Arc<Semaphore>,
    line: Arc<Semaphore>,
    /// What is verified for an address without an account, so that it takes as long as one with.
    nobody: Arc<str>,
}

/// How many wait in line for each that is being hashed: about two seconds of waiting.
const LINE: usize = 32;

/// What can fail that is no fault of the caller.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PasswordError {
    #[error("hashing failed: {0}")]
    Hash(#[from] argon2::password_hash::Error),
    #[error("the stored hash cannot be read")]
    Stored,
    #[error("hashing was cut off")]
    CutOff,
    #[error("too many are waiting")]
    LineFull,
}

impl From<PasswordError> for Problem {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::LineFull => Slug::Busy.into(),
            other => Self::internal(other),
        }
    }
}

impl Passwords {
    pub(crate) fn new(settings: PasswordSettings, entropy: &Entropy) -> Self {
        let params = Params::new(
            settings.memory_kib,
            settings.iterations,
            settings.parallelism,
            None,
        )
        .expect("the settings are within Argon2's limits");
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = hash(&argon2, &entropy.bytes::<16>(), &entropy.bytes::<16>())
            .expect("sixteen bytes can be hashed with a salt of sixteen bytes");
        Self {
            argon2,
            places: Arc::new(Semaphore::new(settings.at_a_time)),
            line: Arc::new(Semaphore::new(settings.at_a_time * (LINE + 1))),
            nobody: nobody.into(),
        }
    }

    /// The PHC string to store for a password.
    pub(crate) async fn hash(
        &self,
        password: Secret,
        salt: [u8; 16],
    ) -> Result<String, PasswordError> {
        let argon2 = self.argon2.clone();
        self.in_turn(move || Ok(hash(&argon2, password.expose().as_bytes(), &salt)?))
            .await
    }

    /// Whether a password is the one behind a stored hash; takes as long when there is none.
    pub(crate) async fn verify(
        &self,
        password: Secret,
        stored: Option<&str>,
    ) -> Result<bool, PasswordError> {
        let exists = stored.is_some();
        let stored = stored.map_or_else(|| self.nobody.to_string(), str::to_owned);
        let argon2 = self.argon2.clone();
        let matches = self
            .in_turn(move || {
                let stored = PasswordHash::new(&stored).map_err(|_| PasswordError::Stored)?;
                Ok(argon2
                    .verify_password(password.expose().as_bytes(), &stored)
                    .is_ok())
            })
            .await?;
        Ok(matches && exists)
    }

    /// Whether a hash was made with other parameters than those that are set now: then the
    /// password is hashed anew when its owner next shows it.
    pub(crate) fn is_outdated(&self, stored: &str) -> bool {
        let made_with = PasswordHash::new(stored)
            .ok()
            .and_then(|stored| Params::try_from(&stored).ok());
        made_with.is_none_or(|made_with| {
            let set = self.argon2.params();
            (made_with.m_cost(), made_with.t_cost(), made_with.p_cost())
                != (set.m_cost(), set.t_cost(), set.p_cost())
        })
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let _in_line = self
            .line
            .try_acquire()
            .map_err(|_| PasswordError::LineFull)?;
        let _place = self
            .places
            .acquire()
            .await
            .map_err(|_| PasswordError::CutOff)?;
        tracing::debug!(target: "koeba::hashing", "a password is hashed");
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| PasswordError::CutOff)?
    }
}

fn hash(
    argon2: &Argon2<'_>,
    password: &[u8],
    salt: &[u8],
) -> Result<String, argon2::password_hash::Error> {
    let hash: PasswordHash = argon2.hash_password_with_salt(password, salt)?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_is_known_again_and_no_other() {
        let passwords = passwords();
        let stored = passwords
            .hash(secret("correct horse"), [1; 16])
            .await
            .expect("a hash");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let verify = async |text| {
            passwords
                .verify(secret(text), Some(&stored))
                .await
                .expect("told")
        };
        assert!(verify("correct horse").await);
        assert!(!verify("correct hors").await);
    }

    #[tokio::test]
    async fn a_hash_of_other_parameters_still_counts_and_is_outdated() {
        let stored = passwords()
            .hash(secret("correct horse"), [1; 16])
            .await
            .expect("a hash");
        assert!(!passwords().is_outdated(&stored));
        let dearer = PasswordSettings {
            iterations: 3,
            ..PasswordSettings::FLOOR
        };
        let dearer = Passwords::new(dearer, &Entropy::seeded(1));
        assert!(dearer.is_outdated(&stored));
        let verified = dearer.verify(secret("correct horse"), Some(&stored)).await;
        assert!(verified.expect("told"));
    }

    #[tokio::test]
    async fn nobody_has_no_password() {
        assert!(!passwords().verify(secret(""), None).await.expect("told"));
    }

    #[tokio::test]
    async fn who_comes_when_the_line_is_full_is_told_to_come_back() {
        let passwords = passwords();
        let everybody = passwords.line.available_permits();
        let line = passwords
            .line
            .acquire_many(u32::try_from(everybody).expect("a short line"))
            .await
            .expect("an empty line");
        let turned_away = passwords.verify(secret(""), None).await;
        assert!(matches!(turned_away, Err(PasswordError::LineFull)));
        drop(line);
        assert!(passwords.verify(secret(""), None).await.is_ok());
    }

    fn passwords() -> Passwords {
        Passwords::new(PasswordSettings::FLOOR, &Entropy::seeded(1))
    }

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }
}
