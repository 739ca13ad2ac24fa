//! What a person is called and how they are spoken to, and where that is repeated.

use aws_sdk_dynamodb::types::{AttributeValue, Update};
use koeba_domain::{Locale, User, UserId, WorkspaceId};

use crate::keys::{Key, PK, SK};
use crate::transaction::{Refusal, Transaction};
use crate::users::UserItem;
use crate::{Directory, Result, StorageError};

/// A change of the table after which member items may repeat of somebody what is not so any more:
/// the account itself changed, somebody signed in or changed their second steps, or a member came
/// who was read a moment before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountChange {
    /// Whose account.
    pub user: UserId,
}

impl AccountChange {
    /// Reads the kind and the keys of a stream record; `None` when it is about something else.
    #[must_use]
    pub fn from_record(event_name: &str, keys: &serde_dynamo::Item) -> Option<Self> {
        let text = |name| match keys.get(name) {
            Some(serde_dynamo::AttributeValue::S(text)) => Some(text.as_str()),
            _ => None,
        };
        let (pk, sk) = (text(PK)?, text(SK)?);
        let user = match event_name {
            "MODIFY" => Key::user_of_profile(pk, sk),
            "INSERT" => Key::user_of_member(pk, sk).or_else(|| Key::user_of_way_in(pk, sk)),
            "REMOVE" => Key::user_of_way_in(pk, sk).filter(|_| !sk.starts_with(Key::SESSIONS)),
            _ => None,
        };
        user.map(|user| Self { user })
    }
}

impl Directory {
    /// Writes what a person has changed of their name and language.
    ///
    /// # Errors
    /// [`StorageError::NotFound`] when the account has gone.
    pub async fn change_profile(&self, user: &User) -> Result<()> {
        let own = &self.own();
        let key = self.table.keys().of_present(user.id).await?;
        let update = Update::builder()
            .update_expression("SET display_name = :name, locale = :locale")
            .condition_expression("attribute_exists(email)")
            .expression_attribute_values(":name", key.seal_name(&user.display_name).attribute())
            .expression_attribute_values(
                ":locale",
                AttributeValue::S(name_of(user.locale).to_owned()),
            );
        let gone = Refusal::Is(StorageError::NotFound);
        Transaction::default()
            .update(own, &Key::user(user.id), update, gone)?
            .commit(own)
            .await
    }

    /// Brings what the member items of a user repeat up to what the account says: name, address,
    /// and the facts that those who run a workspace review. However often and in whatever order it is done, the last one leaves what is true.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer; some may have been brought up then.
    pub async fn repeat_account(&self, user: UserId) -> Result<()> {
        for of_user in self.workspaces_of(user).await? {
            // Read again for each: a change since the first would else be overwritten.
            let found: Option<UserItem> = self.own().get(&Key::user(user)).await?;
            let Some(profile) = found else {
                return Ok(());
            };
            let workspace = of_user.workspace.id;
            self.repeat_in(workspace, user, &profile).await?;
            let facts = self.facts(user, &profile).await?;
            self.repeat_facts(workspace, user, &facts).await?;
        }
        Ok(())
    }

    /// Copies name and address as they are sealed: nobody has to open them for that.
    async fn repeat_in(
        &self,
        workspace: WorkspaceId,
        user: UserId,
        profile: &UserItem,
    ) -> Result<()> {
        let (name, email) = profile.sealed();
        let update = Update::builder()
            .update_expression("SET display_name = :name, email = :email")
            // One that says so already is not written again, so nothing follows from it.
            .condition_expression(
                "attribute_exists(#role) AND (display_name <> :name OR email <> :email)",
            )
            .expression_attribute_values(":name", name.attribute())
            .expression_attribute_values(":email", email.attribute());
        self.copy(workspace, user, update).await
    }
}

const fn name_of(locale: Locale) -> &'static str {
    match locale {
        Locale::Ja => "ja",
        Locale::En => "en",
    }
}
