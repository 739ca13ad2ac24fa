//! The folder that keeps a run's data, and the secrets in it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::StartError;

/// The folder of one run, held against other runs until it is dropped.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    _held: File,
}

impl DataDir {
    /// Makes the folder if needed and takes hold of it.
    pub(crate) fn open(path: &Path) -> Result<Self, StartError> {
        let unusable = |source| StartError::DataDir {
            path: path.to_owned(),
            source,
        };
        std::fs::create_dir_all(path).map_err(unusable)?;
        let path = path.canonicalize().map_err(unusable)?;
        let held = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("lock"))
            .map_err(unusable)?;
        match held.try_lock() {
            Ok(()) => Ok(Self { path, _held: held }),
            Err(TryLockError::WouldBlock) => Err(StartError::DataDirInUse { path }),
            Err(TryLockError::Error(source)) => Err(StartError::DataDir { path, source }),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The secrets of this folder, drawn the first time and kept readable by their owner only.
    pub(crate) fn secrets(&self) -> Result<Secrets, StartError> {
        let file = self.path.join("secrets.json");
        let unusable = |source| StartError::DataDir {
            path: file.clone(),
            source,
        };
        match std::fs::read(&file) {
            Ok(text) => {
                let stored: StoredSecrets = serde_json::from_slice(&text)
                    .map_err(|error| unusable(std::io::Error::other(error)))?;
                let complete = stored.signing_key.is_some() && stored.account_key.is_some();
                let secrets = stored.completed();
                if !complete {
                    self.keep(&secrets).map_err(unusable)?;
                }
                Ok(secrets)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let secrets = Secrets::draw();
                self.keep(&secrets).map_err(unusable)?;
                Ok(secrets)
            }
            Err(source) => Err(unusable(source)),
        }
    }

    /// Written aside and renamed, so that no kill leaves half a file behind.
    fn keep(&self, secrets: &Secrets) -> std::io::Result<()> {
        let text = serde_json::to_vec(secrets).expect("hexadecimal text is JSON");
        let aside = self.path.join("secrets.json.new");
        let mut new = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&aside)?;
        new.write_all(&text)?;
        new.sync_all()?;
        std::fs::rename(&aside, self.path.join("secrets.json"))
    }
}

/// The keys as a folder has them: one of an earlier version lacks the later keys.
#[derive(Deserialize)]
struct StoredSecrets {
    account_key: Option<[u8; 32]>,
    cursor_key: [u8; 32],
    signing_key: Option<[u8; 32]>,
    token_secret: String,
}

impl StoredSecrets {
    fn completed(self) -> Secrets {
        Secrets {
            account_key: self
                .account_key
                .unwrap_or_else(|| Secrets::draw().account_key),
            cursor_key: self.cursor_key,
            signing_key: self
                .signing_key
                .unwrap_or_else(|| Secrets::draw().signing_key),
            token_secret: self.token_secret,
        }
    }
}

/// The keys that a deployment keeps in its parameter store.
#[derive(Clone, Serialize)]
pub(crate) struct Secrets {
    /// Seals small secrets of people.
    pub(crate) account_key: [u8; 32],
    /// Seals cursors.
    pub(crate) cursor_key: [u8; 32],
    /// Signs statements.
    pub(crate) signing_key: [u8; 32],
    /// Signs join tokens.
    pub(crate) token_secret: String,
}

impl Secrets {
    pub(crate) fn draw() -> Self {
        let mut account_key = [0; 32];
        let mut cursor_key = [0; 32];
        let mut signing_key = [0; 32];
        let mut token_secret = [0; 32];
        for secret in [
            &mut account_key,
            &mut cursor_key,
            &mut signing_key,
            &mut token_secret,
        ] {
            getrandom::fill(secret).expect("the operating system gives random bytes");
        }
        Self {
            account_key,
            cursor_key,
            signing_key,
            token_secret: token_secret
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// Check sheet: WA-03-03.
    #[test]
    fn secrets_are_drawn_once_and_only_their_owner_may_read_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = DataDir::open(folder.path())
            .expect("free")
            .secrets()
            .expect("drawn");
        let again = DataDir::open(folder.path())
            .expect("free")
            .secrets()
            .expect("read");
        assert_eq!(first.token_secret, again.token_secret);
        let mode = std::fs::metadata(folder.path().join("secrets.json")).expect("a file");
        assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_folder_of_an_earlier_version_gets_the_keys_that_came_later() {
        let folder = tempfile::tempdir().expect("a folder");
        let old = format!(r#"{{"cursor_key":{:?},"token_secret":"old"}}"#, [1; 32]);
        std::fs::write(folder.path().join("secrets.json"), old).expect("written");
        let read = || {
            let held = DataDir::open(folder.path()).expect("free");
            held.secrets().expect("read")
        };
        let (first, again) = (read(), read());
        assert_eq!((first.cursor_key, &*first.token_secret), ([1; 32], "old"));
        assert_eq!(first.signing_key, again.signing_key);
    }

    #[test]
    fn a_second_run_on_the_same_folder_is_told_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let held = DataDir::open(folder.path()).expect("free");
        assert!(matches!(
            DataDir::open(folder.path()),
            Err(StartError::DataDirInUse { .. })
        ));
        drop(held);
        assert!(DataDir::open(folder.path()).is_ok());
    }
}
