//! `koeba-local audit verify`: whether an exported audit log is as it was written. It needs the
//! file alone: no runner, no network, no key.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use koeba_domain::{AuditAnchor, AuditEntry, AuditLine, ChainFault, Extent, check_chain};

/// Look at audit logs that were exported
#[derive(Clone, Debug, clap::Subcommand)]
pub enum AuditCommand {
    /// Check that nothing of an exported audit log was changed, removed or put in
    Verify {
        /// The log as JSON Lines, as the audit page or `GET …/audit/export?format=jsonl` gave it
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Where the log once stood: an object `workspaces/…/audit/anchors/….json` of the archive.
        /// May be given several times
        #[arg(long = "anchor", value_name = "FILE")]
        anchors: Vec<PathBuf>,
        /// The file holds what a filter left, not the whole log
        #[arg(long)]
        selection: bool,
    },
}

/// Why a log could not be checked.
#[derive(Debug, thiserror::Error)]
pub enum AuditCommandError {
    /// A file cannot be read.
    #[error("{0} cannot be read / 読めません: {1}")]
    File(PathBuf, std::io::Error),
    /// A line is no entry.
    #[error(
        "line {0} is no audit entry; export the log as JSON Lines / \
         {0}行目は監査ログの記録ではありません。JSON Linesで書き出したファイルを指定してください"
    )]
    Line(usize),
    /// A file is no anchor.
    #[error("{0} is no anchor of an audit log / 監査ログの控えではありません")]
    Anchor(PathBuf),
    /// There is nothing to check.
    #[error("the file holds no entries / 記録が1件もありません")]
    Empty,
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Whether nothing is wrong.
    pub sound: bool,
    /// What to print, a line for each thing that is wrong.
    pub said: String,
}

/// Does what the command says.
///
/// # Errors
/// [`AuditCommandError`], a sentence for whoever typed the command.
pub fn audit(command: AuditCommand) -> Result<Verified, AuditCommandError> {
    let AuditCommand::Verify {
        file,
        anchors,
        selection,
    } = command;
    let entries = entries(&text_of(&file)?)?;
    let anchors = anchors
        .iter()
        .map(|file| anchor(file))
        .collect::<Result<Vec<_>, _>>()?;
    let extent = if selection {
        Extent::Selection
    } else {
        Extent::Whole
    };
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
        return Err(AuditCommandError::Empty);
    };
    let faults = check_chain(&entries, &anchors, extent);
    let mut said = String::new();
    for fault in &faults {
        writeln!(said, "{}", words(*fault)).expect("a string takes everything");
    }
    if faults.is_empty() {
        let (count, from, to) = (entries.len(), first.seq, last.seq);
        let (workspace, hash) = (first.workspace, last.hash);
        let compared = |anchor: &&AuditAnchor| entries.iter().any(|entry| entry.seq == anchor.seq);
        let anchored = anchors.iter().filter(compared).count();
        said = format!(
            "Sound: {count} entries, {from} to {to}, of {workspace}; anchors that agree: {anchored}; last hash {hash}\n\
             問題ありません: {workspace} の記録 {count} 件({from}〜{to})、一致した控え {anchored} 件、最後のハッシュ {hash}\n"
        );
    }
    let sound = faults.is_empty();
    Ok(Verified { sound, said })
}

fn text_of(file: &Path) -> Result<String, AuditCommandError> {
    std::fs::read_to_string(file).map_err(|error| AuditCommandError::File(file.to_owned(), error))
}

fn entries(text: &str) -> Result<Vec<AuditEntry>, AuditCommandError> {
    let lines = text.lines().enumerate();
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            let line: AuditLine =
                serde_json::from_str(line).map_err(|_| AuditCommandError::Line(number + 1))?;
            Ok(line.into())
        })
        .collect()
}

fn anchor(file: &Path) -> Result<AuditAnchor, AuditCommandError> {
    let text = text_of(file)?;
    serde_json::from_str(&text).map_err(|_| AuditCommandError::Anchor(file.to_owned()))
}

fn words(fault: ChainFault) -> String {
    match fault {
        ChainFault::Altered { seq } => {
            format!("Entry {seq} was altered / 記録{seq}は書き換えられています")
        }
        ChainFault::Unlinked { seq } => format!(
            "Entry {seq} does not follow from the one before / 記録{seq}は直前の記録とつながりません"
        ),
        ChainFault::Missing { from, to } => {
            format!("Entries {from} to {to} are missing / 記録{from}〜{to}がありません")
        }
        ChainFault::Displaced { seq } => {
            format!("Entry {seq} stands in the wrong place / 記録{seq}の位置が違います")
        }
        ChainFault::Foreign { seq } => {
            format!("Entry {seq} is of another workspace / 記録{seq}は別のワークスペースのものです")
        }
        ChainFault::CutShort { last, anchored } => format!(
            "The log ends at {last}, but {anchored} was anchored / \
             ログは{last}で終わっていますが、控えには{anchored}まであります"
        ),
        ChainFault::Rewritten { seq } => format!(
            "Entry {seq} differs from its anchor: the log was rewritten / \
             記録{seq}が控えと異なります。ログが書き直されています"
        ),
        ChainFault::ForeignAnchor { seq } => format!(
            "The anchor of entry {seq} is of another workspace / \
             記録{seq}の控えは別のワークスペースのものです"
        ),
    }
}
