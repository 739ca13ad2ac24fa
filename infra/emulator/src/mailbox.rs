//! The mails that were sent, kept where a person and a test can read them.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use tokio::sync::watch;

/// A mail that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Which.
    pub id: String,
    /// Its recipients.
    pub to: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// Its body as plain text.
    pub text: String,
    /// Its body as HTML.
    pub html: String,
    /// When it was sent.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

pub(crate) struct Draft {
    pub(crate) to: Vec<String>,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// The mailbox could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the mailbox failed: {0}")]
pub struct MailboxError(#[from] std::io::Error);

/// Every mail that was sent, oldest first. Cloning shares it.
#[derive(Clone)]
pub struct Mailbox(Arc<Shared>);

struct Shared {
    kept: Mutex<Kept>,
    count: watch::Sender<usize>,
}

struct Kept {
    mails: Vec<Mail>,
    file: Option<File>,
}

impl Mailbox {
    /// Opens the mailbox that is kept in a file, or one in memory.
    pub(crate) fn open(file: Option<&Path>) -> Result<Self, MailboxError> {
        let mut mails = Vec::new();
        let file = match file {
            None => None,
            Some(path) => {
                let mut file = OpenOptions::new()
                    .create(true)
                    .read(true)
                    .append(true)
                    .open(path)?;
                let mut whole = true;
                for line in BufReader::new(&file).split(b'\n') {
                    // A line that was torn by a sudden end was never answered for.
                    match serde_json::from_slice(&line?) {
                        Ok(mail) => mails.push(mail),
                        Err(_) => whole = false,
                    }
                }
                if !whole {
                    file.write_all(b"\n")?;
                }
                Some(file)
            }
        };
        let (count, _) = watch::channel(mails.len());
        let kept = Mutex::new(Kept { mails, file });
        Ok(Self(Arc::new(Shared { kept, count })))
    }

    pub(crate) fn keep(&self, draft: Draft) -> Result<String, MailboxError> {
        let mut id = [0; 12];
        getrandom::fill(&mut id).map_err(std::io::Error::other)?;
        let mail = Mail {
            id: HEXLOWER.encode(&id),
            to: draft.to,
            subject: draft.subject,
            text: draft.text,
            html: draft.html,
            at: OffsetDateTime::now_utc(),
        };
        let id = mail.id.clone();
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = &mut kept.file {
            let mut line = serde_json::to_vec(&mail).map_err(std::io::Error::from)?;
            line.push(b'\n');
            file.write_all(&line)?;
            file.sync_data()?;
        }
        kept.mails.push(mail);
        self.0.count.send_replace(kept.mails.len());
        Ok(id)
    }

    /// All mails, newest first.
    #[must_use]
    pub fn list(&self) -> Vec<Mail> {
        let kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.mails.iter().rev().cloned().collect()
    }

    /// One mail.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<Mail> {
        self.list().into_iter().find(|mail| mail.id == id)
    }

    /// Waits until there is a mail that `wanted` accepts, and answers the newest such.
    pub async fn wait_for(&self, within: Duration, wanted: impl Fn(&Mail) -> bool) -> Option<Mail> {
        let mut count = self.0.count.subscribe();
        let found = async {
            loop {
                count.mark_unchanged();
                if let Some(mail) = self.list().into_iter().find(|mail| wanted(mail)) {
                    return Some(mail);
                }
                count.changed().await.ok()?;
            }
        };
        tokio::time::timeout(within, found).await.ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_survive_a_restart_even_after_a_torn_last_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("mail.jsonl");
        let first = Mailbox::open(Some(&path))
            .expect("a mailbox")
            .keep(draft("one"))
            .expect("kept");
        let mut file = OpenOptions::new()
            .append(true)
            .open(&path)
            .expect("the file");
        file.write_all(b"{\"id\":\"torn").expect("written");
        let again = Mailbox::open(Some(&path)).expect("a mailbox");
        again.keep(draft("two")).expect("kept");
        let subjects: Vec<String> = Mailbox::open(Some(&path))
            .expect("a mailbox")
            .list()
            .into_iter()
            .map(|mail| mail.subject)
            .collect();
        assert_eq!(subjects, ["two", "one"]);
        assert!(again.get(&first).is_some());
    }

    #[tokio::test]
    async fn waiting_ends_with_the_mail_or_with_the_time() {
        let mailbox = Mailbox::open(None).expect("a mailbox");
        let waiting = mailbox.wait_for(Duration::from_secs(10), |mail| mail.subject == "two");
        let sending = async {
            mailbox.keep(draft("one")).expect("kept");
            mailbox.keep(draft("two")).expect("kept");
        };
        let (found, ()) = tokio::join!(waiting, sending);
        assert_eq!(found.expect("the mail").subject, "two");
        assert_eq!(
            mailbox.wait_for(Duration::from_millis(1), |_| false).await,
            None
        );
    }

    fn draft(subject: &str) -> Draft {
        Draft {
            to: vec!["a@example.test".to_owned()],
            subject: subject.to_owned(),
            text: String::new(),
            html: String::new(),
        }
    }
}
