//! From a batch of stream records to mails that are sent and copies that are true.

use aws_config::SdkConfig;
use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use koeba_domain::{Mail, MailIntent};
use koeba_edge::{Clock, Entropy};
use koeba_storage::{Claim, Directory, Outbox, OutboxEntry, StorageError, Table, TableSettings};

use crate::DeliverySettings;
use crate::archive::Archive;
use crate::audit::Recorder;
use crate::copies::Copies;
use crate::deletions::Deletions;
use crate::findings::Heard;
use crate::letter::Letter;
use crate::live::Live;
use crate::postman::{Postman, SendError};
use crate::switchboard::Switchboard;

/// Does what a batch of stream records makes necessary.
pub struct Delivery {
    directory: Directory,
    outbox: Outbox,
    copies: Copies,
    deletions: Deletions,
    live: Live,
    recorder: Recorder,
    postman: Postman,
    clock: Clock,
    entropy: Entropy,
    origin: String,
}

/// Why a mail must be offered again.
#[derive(Debug, thiserror::Error)]
enum Undelivered {
    #[error(transparent)]
    Store(#[from] StorageError),
    #[error(transparent)]
    Send(#[from] SendError),
    #[error("somebody else is at it, or broke off")]
    Held,
}

impl Delivery {
    /// Delivery through the services that `sdk` reaches. Connects to nothing yet.
    #[must_use]
    pub fn new(sdk: &SdkConfig, settings: DeliverySettings) -> Self {
        Self::with_clock(sdk, settings, Clock::system())
    }

    /// The same, with a clock that a test may set.
    #[must_use]
    pub fn with_clock(sdk: &SdkConfig, settings: DeliverySettings, clock: Clock) -> Self {
        let table = TableSettings {
            name: settings.table,
            tenant_role_arn: settings.tenant_role_arn,
            // This function gives out no cursors.
            cursor_key: [0; 32],
        };
        let table = Table::new(sdk, table);
        let archive = Archive::new(sdk, settings.archive_bucket);
        Self {
            directory: table.directory(),
            outbox: table.outbox(),
            copies: Copies::new(table.directory()),
            deletions: Deletions::new(table.directory(), archive.clone()),
            live: Live::new(
                table.directory(),
                Switchboard::new(sdk, settings.live_endpoint),
                clock.clone(),
            ),
            recorder: Recorder::new(table.audit_log(), table.directory(), archive, clock.clone()),
            postman: Postman::new(sdk, settings.from_address),
            clock,
            entropy: Entropy::system(),
            origin: settings.app_origin,
        }
    }

    /// Deals with every record, and names those that must be offered again. A record that was
    /// offered before is dealt with once all the same.
    pub async fn handle(&self, event: Event) -> DynamoDbEventResponse {
        let mut response = DynamoDbEventResponse::default();
        let last = event.records.last().and_then(number);
        // First of all: mails and logs may come a moment later, what is on the screen may not.
        for record in Box::pin(self.live.follow(&event.records)).await {
            response.batch_item_failures.push(failure(number(record)));
        }
        let mut batch = match Box::pin(self.recorder.begin(&event.records)).await {
            Ok(batch) => Some(batch),
            Err(error) => {
                tracing::error!(%error, "a batch will be recorded later");
                None
            }
        };
        for record in event.records {
            let number = number(&record);
            let mut failed = || response.batch_item_failures.push(failure(number.clone()));
            if let Err(error) = Box::pin(self.deletions.go_on(&record, self.clock.now())).await {
                tracing::warn!(%error, "a deletion will be gone on with");
                failed();
                continue;
            }
            match &mut batch {
                None => failed(),
                Some(batch) => {
                    if let Err(error) = Box::pin(self.recorder.record(batch, &record)).await {
                        tracing::error!(number, %error, "a record will be recorded later");
                        failed();
                    }
                }
            }
            if let Err(error) = Box::pin(self.copies.follow(&record)).await {
                tracing::warn!(%error, "copies will be brought up again");
                failed();
                continue;
            }
            let Some(entry) = owed(record) else { continue };
            let (intent, template) = (entry.intent().id, entry.intent().mail.template());
            // Boxed: the future of an SDK call is deeper than a caller's own types should have to be.
            match Box::pin(self.deliver(&entry)).await {
                Ok(true) => tracing::info!(%intent, template, "a mail was sent"),
                Ok(false) => tracing::debug!(%intent, template, "a mail was dealt with before"),
                Err(error) => {
                    tracing::warn!(%intent, template, %error, "a mail will be tried again");
                    failed();
                }
            }
        }
        if let Some(batch) = batch
            && let Err(error) = Box::pin(self.recorder.end(batch)).await
        {
            tracing::error!(%error, "audit logs will be anchored later");
            response.batch_item_failures.push(failure(last));
        }
        response
    }

    /// Owes the reminders whose time has come; answers how many mails. Meant to be called every
    /// hour or so: however often it is, each reminder is owed once.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer; what is left comes with the next call.
    pub async fn remind(&self) -> Result<usize, StorageError> {
        let now = self.clock.now();
        let mut count = 0;
        for due in self.outbox.due_reviews(now).await? {
            count += self
                .outbox
                .remind(&due, now, |workspace, review, to| MailIntent {
                    id: self.entropy.id(),
                    to: to.email.clone(),
                    locale: to.locale,
                    mail: Mail::ReviewReminder {
                        workspace_name: workspace.name.clone(),
                        title: review.title.clone(),
                        due_on: review.due_at.date().to_string(),
                        link: format!(
                            "{}/w/{}/access-reviews/{}",
                            self.origin, workspace.id, review.id
                        ),
                    },
                })
                .await?;
        }
        Ok(count)
    }

    /// Writes down what a guard found.
    pub(crate) async fn note(&self, heard: &Heard) -> Result<(), StorageError> {
        self.directory
            .note_finding(&heard.source, &heard.finding, heard.at)
            .await
    }

    /// Answers whether the mail was sent now.
    async fn deliver(&self, entry: &OutboxEntry) -> Result<bool, Undelivered> {
        match self.outbox.claim(entry, self.clock.now()).await? {
            Claim::Yours => {}
            Claim::Settled => return Ok(false),
            // Should the holder be gone, the claim runs out and a later offer succeeds.
            Claim::Held => return Err(Undelivered::Held),
        }
        let intent = entry.intent();
        let sent = match Letter::write(intent, &self.origin) {
            Ok(letter) => self.postman.send(&intent.to, letter).await,
            Err(_) => Err(SendError::Rejected(
                "its template cannot be filled".to_owned(),
            )),
        };
        match sent {
            Ok(()) => {}
            Err(error @ SendError::Rejected(_)) => {
                tracing::error!(intent = %intent.id, %error, "a mail was given up");
            }
            Err(error @ SendError::NotTaken(_)) => {
                self.outbox.release(entry).await?;
                return Err(error.into());
            }
            // Its claim runs out; until then nobody sends it a second time.
            Err(error @ SendError::Unknown(_)) => return Err(error.into()),
        }
        self.settle(entry).await;
        Ok(true)
    }

    /// Notes that the mail is dealt with. A failure here is no reason to send it again.
    async fn settle(&self, entry: &OutboxEntry) {
        for _ in 0..3 {
            match self.outbox.settle(entry, self.clock.now()).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(intent = %entry.intent().id, %error, "a sent mail is not noted");
                }
            }
        }
    }
}

fn number(record: &EventRecord) -> Option<String> {
    record.change.sequence_number.clone()
}

/// Word of a record that must be offered again.
fn failure(number: Option<String>) -> DynamoDbBatchItemFailure {
    let mut failure = DynamoDbBatchItemFailure::default();
    failure.item_identifier = number;
    failure
}

/// The mail that a record is about, if it is a new one.
fn owed(record: EventRecord) -> Option<OutboxEntry> {
    (record.event_name == "INSERT")
        .then(|| OutboxEntry::from_image(record.change.new_image))
        .flatten()
}
