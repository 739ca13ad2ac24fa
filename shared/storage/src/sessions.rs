//! Signed-in browsers. A session is named by the SHA-256 of its secret; the secret is not stored.

use aws_sdk_dynamodb::types::{AttributeValue, Delete};
use koeba_domain::{
    DeviceName, IpNet, Moment, SecondStepMethod, Session, SessionId, SessionLimits, SessionStage,
    UserId,
};
use serde::{Deserialize, Serialize};

use crate::access::{Access, Stored, drain, millis, moment};
use crate::keys::{Key, PK, SK};
use crate::transaction::{Refusal, Transaction};
use crate::{Directory, Result, StorageError};

/// Under what a session is kept: its owner, whom its secret names, and the secret's hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionName {
    /// Whose it is.
    pub user: UserId,
    /// SHA-256 of the secret, in hexadecimal.
    pub secret_hash: String,
}

impl SessionName {
    pub(crate) fn key(&self) -> Key {
        Key::session(self.user, &self.secret_hash)
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct SessionItem {
    #[serde(flatten)]
    key: Key,
    #[serde(flatten)]
    session: SessionPart,
    /// Time to live, in seconds.
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
struct SessionPart {
    id: SessionId,
    user: UserId,
    device: DeviceName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    network: Option<IpNet>,
    stage: SessionStage,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proof: Option<SecondStepMethod>,
    limits: SessionLimits,
    #[serde(with = "millis")]
    created_at: Moment,
    #[serde(with = "millis")]
    issued_at: Moment,
    #[serde(with = "millis")]
    last_used_at: Moment,
    #[serde(with = "millis")]
    authenticated_at: Moment,
}

impl Stored for SessionItem {
    const KIND: &'static str = "session";
}

impl SessionItem {
    pub(crate) fn new(name: &SessionName, session: &Session) -> Self {
        let Session {
            id,
            user,
            device,
            network,
            stage,
            proof,
            limits,
            created_at,
            issued_at,
            last_used_at,
            authenticated_at,
        } = session.clone();
        Self {
            key: name.key(),
            expires_at: (created_at + limits.absolute).unix_timestamp(),
            session: SessionPart {
                id,
                user,
                device,
                network,
                stage,
                proof,
                limits,
                created_at,
                issued_at,
                last_used_at,
                authenticated_at,
            },
        }
    }

    pub(crate) fn into_session(self) -> Session {
        let part = self.session;
        Session {
            id: part.id,
            user: part.user,
            device: part.device,
            network: part.network,
            stage: part.stage,
            proof: part.proof,
            limits: part.limits,
            created_at: part.created_at,
            issued_at: part.issued_at,
            last_used_at: part.last_used_at,
            authenticated_at: part.authenticated_at,
        }
    }

    fn name(&self) -> Option<SessionName> {
        Some(SessionName {
            user: self.session.user,
            secret_hash: self.key.sk.strip_prefix(Key::SESSIONS)?.to_owned(),
        })
    }
}

impl Directory {
    /// The session of this name. Whether it still counts is for [`Session::check`] to say.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn session(&self, name: &SessionName) -> Result<Option<Session>> {
        let found: Option<SessionItem> = self.own().get(&name.key()).await?;
        Ok(found.map(SessionItem::into_session))
    }

    /// Every session of a user that the store still has, also those past their limits.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn sessions_of(&self, user: UserId) -> Result<Vec<(SessionName, Session)>> {
        let query = self
            .own()
            .query(Key::account(user))
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :sessions)")
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":sessions", AttributeValue::S(Key::SESSIONS.to_owned()));
        let items: Vec<SessionItem> = drain(query).await?;
        Ok(items
            .into_iter()
            .filter_map(|item| Some((item.name()?, item.into_session())))
            .collect())
    }

    /// Writes a new session and, in the same transaction, ends the one it takes the place of.
    ///
    /// # Errors
    /// [`StorageError::AlreadyExists`] when the secret was used before.
    pub async fn create_session(
        &self,
        name: &SessionName,
        session: &Session,
        replaces: Option<&SessionName>,
    ) -> Result<()> {
        let own = &self.own();
        let item = SessionItem::new(name, session);
        let mut change = Transaction::default().create(own, &item, StorageError::AlreadyExists)?;
        if let Some(old) = replaces.filter(|old| *old != name) {
            change = change.remove(own, &old.key())?;
        }
        change.commit(own).await
    }

    /// Gives a session that is still there another secret; the old one ends in the same
    /// transaction, so of several renewals at one moment one succeeds.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] when the session has ended or was renewed meanwhile.
    pub async fn renew_session(
        &self,
        old: &SessionName,
        new: &SessionName,
        session: &Session,
    ) -> Result<()> {
        let own = &self.own();
        Transaction::default()
            .end_session(own, old)?
            .create(
                own,
                &SessionItem::new(new, session),
                StorageError::AlreadyExists,
            )?
            .commit(own)
            .await
    }

    /// Notes that a session was used. One that has ended meanwhile stays ended.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn touch_session(&self, name: &SessionName, now: Moment) -> Result<()> {
        let own = &self.own();
        let touched = own
            .client
            .update_item()
            .table_name(&own.table)
            .set_key(Some(name.key().attributes()))
            .update_expression("SET last_used_at = :now")
            .condition_expression("attribute_exists(#pk)")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":now", moment(now))
            .send()
            .await;
        match touched.map_err(StorageError::from) {
            Ok(_) | Err(StorageError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Ends a session at once.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn delete_session(&self, name: &SessionName) -> Result<()> {
        let own = &self.own();
        own.delete(&name.key()).await
    }

    /// Ends every session of a user at once, except `kept`.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer; some may have ended then.
    pub async fn delete_sessions(&self, user: UserId, kept: Option<&SessionName>) -> Result<()> {
        for (name, _) in self.sessions_of(user).await? {
            if Some(&name) != kept {
                self.delete_session(&name).await?;
            }
        }
        Ok(())
    }
}

impl Transaction {
    /// Ends a session that must still be there.
    pub(crate) fn end_session(self, own: &Access, name: &SessionName) -> Result<Self> {
        let delete = Delete::builder()
            .condition_expression("attribute_exists(#pk)")
            .expression_attribute_names("#pk", PK);
        self.delete(
            own,
            &name.key(),
            delete,
            Refusal::Is(StorageError::Conflict),
        )
    }
}
