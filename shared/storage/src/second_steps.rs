//! Second steps of signing in: what an account has set up, and the attempts under way.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, ReturnValue, ReturnValuesOnConditionCheckFailure,
    Update,
};
use koeba_domain::{
    Line, MailIntent, MailedToken, Moment, PasskeyFacts, PasskeyId, SECOND_STEP_TRIES, SecondSteps,
    Session, SessionId, TokenPurpose, UserId,
};
use serde::{Deserialize, Serialize};
use time::Duration;

use crate::access::{Access, Stored, drain, millis, moment};
use crate::keys::{Key, PK, SK};
use crate::outbox::MailItem;
use crate::sessions::SessionItem;
use crate::transaction::{Refusal, Transaction};
use crate::{Directory, Result, SessionName, StorageError};

/// How long a notice is worth sending.
const NOTICE_LIFETIME: Duration = Duration::days(7);

/// What an account has set up, with what the function needs to check it.
#[derive(Clone, Debug, Default)]
pub struct SecondStepsOnFile {
    /// What its owner may see.
    pub facts: SecondSteps,
    /// The authenticator app's secret, sealed.
    pub totp_secret: Option<String>,
    /// Each passkey's credential, as the library for passkeys writes it.
    pub credentials: Vec<(PasskeyId, String)>,
}

/// A session that goes on under another secret.
#[derive(Clone, Copy, Debug)]
pub struct Renewal<'a> {
    /// The name that ends.
    pub old: &'a SessionName,
    /// The name that begins.
    pub new: &'a SessionName,
    /// What the session is from now on.
    pub session: &'a Session,
}

/// A change of somebody's second steps, or the use of one.
#[derive(Clone, Debug)]
pub enum StepChange {
    /// The token mailed for a session was shown.
    UseToken {
        /// Which session.
        session: SessionId,
        /// The token's hash.
        token_hash: String,
    },
    /// A code of the authenticator app was shown.
    UseTotp {
        /// The code's time step, which never counts again.
        step: u64,
    },
    /// A recovery code was shown.
    UseRecoveryCode {
        /// The code's hash.
        hash: String,
    },
    /// A passkey was shown.
    UsePasskey {
        /// Which.
        passkey: PasskeyId,
        /// The credential as it is from now on.
        credential: String,
        /// The session whose challenge it answered.
        session: SessionId,
        /// The challenge's state as it was kept.
        state: String,
        /// When.
        at: Moment,
    },
    /// Tokens by mail become a second step.
    AddEmailToken {
        /// The session that the token was mailed for.
        session: SessionId,
        /// The token's hash.
        token_hash: String,
        /// When.
        at: Moment,
    },
    /// The pending authenticator app becomes a second step.
    AddTotp {
        /// Its secret, sealed.
        secret: String,
        /// The time step of the code that proved it.
        step: u64,
        /// Hashes of the recovery codes that go with it.
        recovery_codes: Vec<String>,
        /// When.
        at: Moment,
    },
    /// A passkey becomes a second step.
    AddPasskey {
        /// Which, and what it is called.
        facts: PasskeyFacts,
        /// Its credential.
        credential: String,
        /// The session whose challenge it answered.
        session: SessionId,
        /// The challenge's state as it was kept.
        state: String,
    },
    /// Recovery codes take the place of those before.
    NewRecoveryCodes {
        /// Their hashes.
        hashes: Vec<String>,
        /// When.
        at: Moment,
    },
    /// A method is none any more.
    Remove {
        /// Which.
        step: StepName,
        /// One that must still be there when this one goes, for somebody who needs one: of two
        /// removals at one moment each keeps what the other takes, so one is refused.
        keeping: Option<StepName>,
    },
}

/// A second step that can be used by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepName {
    /// Tokens by mail.
    EmailToken,
    /// The authenticator app.
    Totp,
    /// One of the passkeys.
    Passkey(PasskeyId),
}

impl StepName {
    /// Every one of an account.
    #[must_use]
    pub fn all_of(steps: &SecondSteps) -> Vec<Self> {
        let email = steps.email_token.map(|_| Self::EmailToken);
        let totp = steps.totp.map(|_| Self::Totp);
        let passkeys = steps.passkeys.iter().map(|key| Self::Passkey(key.id));
        email.into_iter().chain(totp).chain(passkeys).collect()
    }

    fn key(self, user: UserId) -> Key {
        match self {
            Self::EmailToken => Key::step(user, "EMAIL"),
            Self::Totp => Key::step(user, "TOTP"),
            Self::Passkey(id) => Key::passkey(user, id),
        }
    }
}

/// Every item whose sort key begins `STEP#`; which one it is, its sort key tells.
#[derive(Serialize, Deserialize)]
struct StepItem {
    #[serde(flatten)]
    key: Key,
    #[serde(with = "millis")]
    since: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_step: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<Line<64>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    credential: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    used_at: Option<i64>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    codes: BTreeMap<String, bool>,
}

impl Stored for StepItem {
    const KIND: &'static str = "second step";
}

impl StepItem {
    fn new(key: Key, since: Moment) -> Self {
        Self {
            key,
            since,
            secret: None,
            last_step: None,
            name: None,
            credential: None,
            used_at: None,
            codes: BTreeMap::new(),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct TokenItem {
    #[serde(flatten)]
    key: Key,
    purpose: TokenPurpose,
    token_hash: String,
    tries: u8,
    #[serde(with = "millis")]
    valid_until: Moment,
    /// Time to live, in seconds.
    expires_at: i64,
}

impl Stored for TokenItem {
    const KIND: &'static str = "mailed token";
}

impl From<TokenItem> for MailedToken {
    fn from(item: TokenItem) -> Self {
        Self {
            purpose: item.purpose,
            token_hash: item.token_hash,
            tries: item.tries,
            expires_at: item.valid_until,
        }
    }
}

/// What waits for an answer: an authenticator app for its first code, a passkey's challenge.
#[derive(Serialize, Deserialize)]
struct PendingItem {
    #[serde(flatten)]
    key: Key,
    state: String,
    #[serde(with = "millis")]
    valid_until: Moment,
    /// Time to live, in seconds.
    expires_at: i64,
}

impl Stored for PendingItem {
    const KIND: &'static str = "pending second step";
}

/// What waits for an answer of the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pending {
    /// An authenticator app that has not shown a code yet.
    Totp,
    /// A challenge to a passkey, for one session.
    Passkey(SessionId),
}

impl Directory {
    /// What an account has set up.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn second_steps(&self, user: UserId) -> Result<SecondStepsOnFile> {
        let query = self
            .own()
            .query(Key::account(user))
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :steps)")
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":steps", AttributeValue::S(Key::STEPS.to_owned()));
        let items: Vec<StepItem> = drain(query).await?;
        let mut found = SecondStepsOnFile::default();
        for item in items {
            let what = item.key.sk.strip_prefix(Key::STEPS).unwrap_or_default();
            match what {
                "EMAIL" => found.facts.email_token = Some(item.since),
                "TOTP" => {
                    found.facts.totp = Some(item.since);
                    found.totp_secret = item.secret;
                }
                "RECOVERY" => found.facts.recovery_codes = item.codes.len(),
                passkey => {
                    let id = passkey
                        .strip_prefix("PASSKEY#")
                        .and_then(|id| id.parse().ok());
                    let (Some(id), Some(name), Some(credential)) = (id, item.name, item.credential)
                    else {
                        return Err(StorageError::Corrupt(StepItem::KIND));
                    };
                    found.facts.passkeys.push(PasskeyFacts {
                        id,
                        name,
                        created_at: item.since,
                        last_used_at: item.used_at.and_then(millis::read),
                    });
                    found.credentials.push((id, credential));
                }
            }
        }
        Ok(found)
    }

    /// Keeps a token for a session, in place of an earlier one, with the mail that carries it.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn mail_token(
        &self,
        user: UserId,
        session: SessionId,
        token: &MailedToken,
        mail: &MailIntent,
    ) -> Result<()> {
        let own = &self.own();
        let item = TokenItem {
            key: Key::mailed_token(user, session),
            purpose: token.purpose,
            token_hash: token.token_hash.clone(),
            tries: token.tries,
            valid_until: token.expires_at,
            expires_at: token.expires_at.unix_timestamp(),
        };
        let mail = MailItem::new(Key::directory_mail(mail.id), mail, token.expires_at);
        Transaction::default()
            .replace(own, &item)?
            .create(own, &mail, StorageError::AlreadyExists)?
            .commit(own)
            .await
    }

    /// Counts one try at a session's token and gives it as it stood before that try; counting
    /// comes before comparing, so parallel guesses are counted like any other.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn spend_token_try(
        &self,
        user: UserId,
        session: SessionId,
    ) -> Result<Option<MailedToken>> {
        let own = self.own();
        let spent = own
            .client
            .update_item()
            .table_name(&own.table)
            .set_key(Some(Key::mailed_token(user, session).attributes()))
            .update_expression("ADD tries :one")
            .condition_expression("tries < :most")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":most", number(u64::from(SECOND_STEP_TRIES)))
            .return_values(ReturnValue::AllOld)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let item = match spent {
            Ok(output) => output.attributes,
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    failed.item.clone()
                }
                _ => return Err(error.into()),
            },
        };
        item.filter(|item: &HashMap<_, _>| !item.is_empty())
            .map(|item| TokenItem::from_item(item).map(MailedToken::from))
            .transpose()
    }

    /// Keeps what waits for an answer, in place of what waited before.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn keep_pending(
        &self,
        user: UserId,
        pending: Pending,
        state: String,
        until: Moment,
    ) -> Result<()> {
        let own = &self.own();
        let item = PendingItem {
            key: Key::pending(user, pending),
            state,
            valid_until: until,
            expires_at: until.unix_timestamp(),
        };
        Transaction::default()
            .replace(own, &item)?
            .commit(own)
            .await
    }

    /// What waits for an answer, unless its time is over.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn pending(
        &self,
        user: UserId,
        pending: Pending,
        now: Moment,
    ) -> Result<Option<String>> {
        let found: Option<PendingItem> = self.own().get(&Key::pending(user, pending)).await?;
        Ok(found
            .filter(|item| now < item.valid_until)
            .map(|item| item.state))
    }

    /// Makes a change of somebody's second steps, renews the session that made it, and owes the
    /// mail that tells of it: all in one transaction.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] when it was made before (a token, code or time step that was
    /// used), or when the session has ended.
    pub async fn change_second_steps(
        &self,
        user: UserId,
        change: StepChange,
        renewal: Option<Renewal<'_>>,
        mail: Option<(&MailIntent, Moment)>,
    ) -> Result<()> {
        let own = &self.own();
        let mut writes = Transaction::default().change_step(own, user, change)?;
        if let Some(Renewal { old, new, session }) = renewal {
            writes = writes.end_session(own, old)?.create(
                own,
                &SessionItem::new(new, session),
                StorageError::AlreadyExists,
            )?;
        }
        if let Some((mail, now)) = mail {
            writes = writes.owe(own, mail, now)?;
        }
        writes.commit(own).await
    }
}

impl Transaction {
    /// Owes a notice.
    pub(crate) fn owe(self, own: &Access, mail: &MailIntent, now: Moment) -> Result<Self> {
        let item = MailItem::new(Key::directory_mail(mail.id), mail, now + NOTICE_LIFETIME);
        self.create(own, &item, StorageError::AlreadyExists)
    }

    fn change_step(self, own: &Access, user: UserId, change: StepChange) -> Result<Self> {
        let conflict = || Refusal::Is(StorageError::Conflict);
        match change {
            StepChange::UseToken {
                session,
                token_hash,
            } => self.take_token(own, user, session, token_hash),
            StepChange::UseTotp { step } => {
                let update = Update::builder()
                    .update_expression("SET last_step = :step")
                    .condition_expression("last_step < :step")
                    .expression_attribute_values(":step", number(step));
                self.update(own, &Key::step(user, "TOTP"), update, conflict())
            }
            StepChange::UseRecoveryCode { hash } => {
                let update = Update::builder()
                    .update_expression("REMOVE codes.#code")
                    .condition_expression("attribute_exists(codes.#code)")
                    .expression_attribute_names("#code", hash);
                self.update(own, &Key::step(user, "RECOVERY"), update, conflict())
            }
            StepChange::UsePasskey {
                passkey,
                credential,
                session,
                state,
                at,
            } => {
                let update = Update::builder()
                    .update_expression("SET credential = :credential, used_at = :now")
                    .condition_expression("attribute_exists(#pk)")
                    .expression_attribute_names("#pk", PK)
                    .expression_attribute_values(":credential", AttributeValue::S(credential))
                    .expression_attribute_values(":now", moment(at));
                self.take_pending(own, user, Pending::Passkey(session), state)?
                    .update(own, &Key::passkey(user, passkey), update, conflict())
            }
            StepChange::AddEmailToken {
                session,
                token_hash,
                at,
            } => self
                .take_token(own, user, session, token_hash)?
                .replace(own, &StepItem::new(Key::step(user, "EMAIL"), at)),
            StepChange::AddTotp {
                secret,
                step,
                recovery_codes,
                at,
            } => {
                let item = StepItem {
                    secret: Some(secret.clone()),
                    last_step: Some(step),
                    ..StepItem::new(Key::step(user, "TOTP"), at)
                };
                self.take_pending(own, user, Pending::Totp, secret)?
                    .replace(own, &item)?
                    .replace(own, &recovery(user, recovery_codes, at))
            }
            StepChange::AddPasskey {
                facts,
                credential,
                session,
                state,
            } => {
                let item = StepItem {
                    name: Some(facts.name),
                    credential: Some(credential),
                    ..StepItem::new(Key::passkey(user, facts.id), facts.created_at)
                };
                self.take_pending(own, user, Pending::Passkey(session), state)?
                    .create(own, &item, StorageError::AlreadyExists)
            }
            StepChange::NewRecoveryCodes { hashes, at } => {
                self.replace(own, &recovery(user, hashes, at))
            }
            StepChange::Remove { step, keeping } => {
                let delete = Delete::builder()
                    .condition_expression("attribute_exists(#pk)")
                    .expression_attribute_names("#pk", PK);
                let gone = Refusal::Is(StorageError::NotFound);
                let change = self.delete(own, &step.key(user), delete, gone)?;
                let Some(kept) = keeping else {
                    return Ok(change);
                };
                let check = ConditionCheck::builder()
                    .condition_expression("attribute_exists(#pk)")
                    .expression_attribute_names("#pk", PK);
                change.check(own, &kept.key(user), check, conflict())
            }
        }
    }

    /// Uses a mailed token up: it works once.
    fn take_token(
        self,
        own: &Access,
        user: UserId,
        session: SessionId,
        token_hash: String,
    ) -> Result<Self> {
        let delete = Delete::builder()
            .condition_expression("token_hash = :hash")
            .expression_attribute_values(":hash", AttributeValue::S(token_hash));
        let used = Refusal::Is(StorageError::Conflict);
        self.delete(own, &Key::mailed_token(user, session), delete, used)
    }

    /// Uses up what waited for an answer: it is answered once, also when something else has begun
    /// to wait in its place.
    fn take_pending(
        self,
        own: &Access,
        user: UserId,
        pending: Pending,
        state: String,
    ) -> Result<Self> {
        let delete = Delete::builder()
            .condition_expression("#state = :state")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":state", AttributeValue::S(state));
        let used = Refusal::Is(StorageError::Conflict);
        self.delete(own, &Key::pending(user, pending), delete, used)
    }
}

fn recovery(user: UserId, hashes: Vec<String>, at: Moment) -> StepItem {
    StepItem {
        codes: hashes.into_iter().map(|hash| (hash, true)).collect(),
        ..StepItem::new(Key::step(user, "RECOVERY"), at)
    }
}

fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
