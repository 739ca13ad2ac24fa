//! `koeba-local ledger` and `koeba-local certificate`: what was deleted stays deleted.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use koeba_domain::Deletion;
use koeba_edge::{SigningKey, StatementKind};
use koeba_emulator::{Role, TENANT_ROLE_ARN};
use koeba_storage::{Directory, Table, TableSettings};
use serde_json::Value;
use time::OffsetDateTime;

use crate::StartError;
use crate::data_dir::DataDir;
use crate::wiring::{TABLE, start_emulator};

/// Keep, and replay, which accounts and workspaces were deleted
#[derive(Clone, Debug, clap::Subcommand)]
pub enum LedgerCommand {
    /// Print every deletion as one line of JSON; keep it apart from the backups
    Export {
        /// Folder of a runner that is stopped
        #[arg(long, value_name = "DIR", default_value = ".koeba")]
        data_dir: PathBuf,
    },
    /// Carry out every deletion again on a store that was restored
    Replay {
        /// Folder of a runner that is stopped, as it was restored
        #[arg(long, value_name = "DIR", default_value = ".koeba")]
        data_dir: PathBuf,
        /// What `export` printed, or a folder with the objects of the archive under `ledger/`
        #[arg(long, value_name = "PATH")]
        ledger: PathBuf,
    },
}

/// Look at deletion certificates
#[derive(Clone, Debug, clap::Subcommand)]
pub enum CertificateCommand {
    /// Check that a certificate was signed with the key of a runner, and print what it says
    Verify {
        /// The certificate: a JWS, or the JSON that carries it
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Folder of the runner
        #[arg(long, value_name = "DIR", default_value = ".koeba")]
        data_dir: PathBuf,
    },
}

/// Why a command did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The runner's folder cannot be used.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A file cannot be read.
    #[error("{0} cannot be read: {1}")]
    File(PathBuf, std::io::Error),
    /// A line is no deletion.
    #[error("line {0} of the ledger is no deletion; give the file that `ledger export` printed")]
    Line(usize),
    /// The store failed.
    #[error("the store failed: {0}; the replay can be run again")]
    Store(#[from] koeba_storage::StorageError),
    /// The certificate is none of this runner's.
    #[error("the certificate is not valid: {0}")]
    Certificate(#[from] koeba_edge::StatementError),
}

/// Does what the command says; answers what to print.
///
/// # Errors
/// [`LedgerError`], a sentence for whoever typed the command.
pub async fn ledger(command: LedgerCommand) -> Result<String, LedgerError> {
    match command {
        LedgerCommand::Export { data_dir } => {
            let store = Store::open(data_dir).await?;
            let deletions = store.directory.deletions().await?;
            store.close().await;
            Ok(deletions.iter().fold(String::new(), |mut lines, deletion| {
                let line = serde_json::to_string(deletion).expect("identifiers are JSON");
                // Writing to a string does not fail.
                let _ = writeln!(lines, "{line}");
                lines
            }))
        }
        LedgerCommand::Replay { data_dir, ledger } => {
            let deletions = read(&ledger)?;
            let store = Store::open(data_dir).await?;
            let now = OffsetDateTime::now_utc();
            for deletion in &deletions {
                store.directory.put_deletion(deletion).await?;
                store.directory.carry_out(deletion, now).await?;
            }
            store.close().await;
            Ok(format!(
                "{} deletions were carried out again\n",
                deletions.len()
            ))
        }
    }
}

/// Checks a certificate; answers what it says.
///
/// # Errors
/// [`LedgerError`], a sentence for whoever typed the command.
pub fn certificate(command: CertificateCommand) -> Result<String, LedgerError> {
    let CertificateCommand::Verify { file, data_dir } = command;
    let text = std::fs::read_to_string(&file).map_err(|error| LedgerError::File(file, error))?;
    let carried = serde_json::from_str::<Value>(&text).ok();
    let carried = carried
        .as_ref()
        .and_then(|json| json["certificate"].as_str());
    let jws = carried.unwrap_or(text.trim());
    let secrets = DataDir::open(&data_dir)?.secrets()?;
    let key = SigningKey::from_seed(&secrets.signing_key);
    let statement: Value = key.read(StatementKind::Deletion, jws)?;
    Ok(format!("{statement:#}\n"))
}

fn read(ledger: &Path) -> Result<Vec<Deletion>, LedgerError> {
    let text = text_of(ledger).map_err(|error| LedgerError::File(ledger.to_owned(), error))?;
    let lines = text.lines().enumerate();
    lines
        .map(|(number, line)| serde_json::from_str(line).map_err(|_| LedgerError::Line(number + 1)))
        .collect()
}

/// A file, or all files of a folder, a line for each.
fn text_of(ledger: &Path) -> std::io::Result<String> {
    if !ledger.is_dir() {
        return std::fs::read_to_string(ledger);
    }
    let mut text = String::new();
    for file in std::fs::read_dir(ledger)? {
        let path = file?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            text.push_str(std::fs::read_to_string(path)?.trim());
            text.push('\n');
        }
    }
    Ok(text)
}

/// The store of a runner that is stopped.
struct Store {
    directory: Directory,
    emulator: koeba_emulator::Emulator,
    /// Nobody else opens the folder meanwhile.
    _held: DataDir,
}

impl Store {
    async fn open(data_dir: PathBuf) -> Result<Self, LedgerError> {
        let held = DataDir::open(&data_dir)?;
        let emulator = start_emulator(Some(&held)).await?;
        let settings = TableSettings {
            name: TABLE.to_owned(),
            tenant_role_arn: TENANT_ROLE_ARN.to_owned(),
            // Nothing here gives out a cursor.
            cursor_key: [0; 32],
        };
        let table = Table::new(&emulator.sdk_config(Role::Operator), settings);
        Ok(Self {
            directory: table.directory(),
            emulator,
            _held: held,
        })
    }

    async fn close(self) {
        self.emulator.shutdown().await;
    }
}
