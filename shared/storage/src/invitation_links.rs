//! Links that let several people in.

use aws_sdk_dynamodb::types::{AttributeValue, Update};
use koeba_domain::{
    DisplayName, Domain, InvitationLink, InvitationLinkId, MAX_INVITATION_LINKS, Member, Moment,
    Policy, Role, UserId, Workspace, WorkspaceId,
};
use serde::{Deserialize, Serialize};
use time::Duration;

use crate::access::{Stored, millis, moment};
use crate::keys::{Key, Listing};
use crate::members::MemberItem;
use crate::transaction::{Refusal, Transaction};
use crate::workspaces::Recount;
use crate::{Directory, Result, StorageError, WorkspaceTable, policies, workspaces};

/// How long a link is kept after its end, so that a late visitor is told what happened.
const KEPT_AFTER: Duration = Duration::days(30);

/// A link with what its visitor is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkOffer {
    /// The link.
    pub link: InvitationLink,
    /// The workspace it leads to.
    pub workspace: Workspace,
    /// Who made it; none when they have left.
    pub inviter_name: Option<DisplayName>,
    /// What the workspace demands, now.
    pub policy: Policy,
}

#[derive(Serialize, Deserialize)]
struct LinkItem {
    #[serde(flatten)]
    key: Key,
    id: InvitationLinkId,
    role: Role,
    domains: Vec<Domain>,
    made_by: UserId,
    secret_hash: String,
    #[serde(with = "millis")]
    created_at: Moment,
    #[serde(with = "millis")]
    valid_until: Moment,
    use_count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    most_uses: Option<u32>,
    revoked: bool,
    /// Time to live, in seconds.
    expires_at: i64,
}

impl Stored for LinkItem {
    const KIND: &'static str = "invitation link";
}

impl LinkItem {
    fn new(workspace: WorkspaceId, link: &InvitationLink) -> Self {
        Self {
            key: Key::invitation_link(workspace, link.id),
            id: link.id,
            role: link.role,
            domains: link.domains.clone(),
            made_by: link.made_by,
            secret_hash: link.secret_hash.clone(),
            created_at: link.created_at,
            valid_until: link.expires_at,
            use_count: link.uses,
            most_uses: link.most_uses,
            revoked: link.revoked,
            expires_at: (link.expires_at + KEPT_AFTER).unix_timestamp(),
        }
    }

    fn into_link(self) -> InvitationLink {
        InvitationLink {
            id: self.id,
            role: self.role,
            domains: self.domains,
            made_by: self.made_by,
            secret_hash: self.secret_hash,
            created_at: self.created_at,
            expires_at: self.valid_until,
            uses: self.use_count,
            most_uses: self.most_uses,
            revoked: self.revoked,
        }
    }
}

impl WorkspaceTable {
    /// Writes a link.
    ///
    /// # Errors
    /// [`StorageError::QuotaReached`] when as many links work as may; the count is read before the
    /// write, so requests at the same moment may pass it by a few.
    pub async fn create_link(&self, link: &InvitationLink) -> Result<()> {
        let links = self.invitation_links().await?;
        let open = |other: &&InvitationLink| other.check_open(link.created_at).is_ok();
        if links.iter().filter(open).count() >= MAX_INVITATION_LINKS {
            return Err(StorageError::QuotaReached);
        }
        let access = self.access().await?;
        let item = LinkItem::new(self.workspace, link);
        Transaction::default()
            .create(&access, &item, StorageError::AlreadyExists)?
            .commit(&access)
            .await
    }

    /// Every link that is still kept, whether it works or not.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn invitation_links(&self) -> Result<Vec<InvitationLink>> {
        let access = self.access().await?;
        let items: Vec<LinkItem> = access.all(self.workspace, Listing::InvitationLinks).await?;
        Ok(items.into_iter().map(LinkItem::into_link).collect())
    }

    /// Takes a link back. Once is enough, twice does no harm.
    ///
    /// # Errors
    /// [`StorageError::NotFound`] when there is no such link.
    pub async fn revoke_link(&self, link: InvitationLinkId) -> Result<()> {
        let access = self.access().await?;
        let revoke = Update::builder()
            .update_expression("SET revoked = :yes")
            .condition_expression("attribute_exists(secret_hash)")
            .expression_attribute_values(":yes", AttributeValue::Bool(true));
        Transaction::default()
            .update(
                &access,
                &Key::invitation_link(self.workspace, link),
                revoke,
                Refusal::IfThere(StorageError::NotFound),
            )?
            .commit(&access)
            .await
    }
}

impl Directory {
    /// A link that a token names. Its secret is for the caller to compare.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn invitation_link(
        &self,
        workspace: WorkspaceId,
        link: InvitationLinkId,
    ) -> Result<Option<LinkOffer>> {
        let access = self.tenant(workspace).await?;
        let key = Key::invitation_link(workspace, link);
        let Some(item) = access.get::<LinkItem>(&key).await? else {
            return Ok(None);
        };
        let maker_key = Key::member(workspace, item.made_by);
        let (read, maker, policy) = tokio::join!(
            workspaces::read(&access, workspace),
            access.get::<MemberItem>(&maker_key),
            policies::read(&access, workspace),
        );
        Ok(Some(LinkOffer {
            link: item.into_link(),
            workspace: read?,
            inviter_name: self
                .table
                .record(maker?)
                .await?
                .map(|maker| maker.member.display_name),
            policy: policy?.policy,
        }))
    }

    /// Lets somebody in by a link: counts the use and writes the member, in one transaction.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] when the link does not work any more,
    /// [`StorageError::AlreadyExists`] when the user is a member already,
    /// [`StorageError::QuotaReached`] when the workspace is full.
    pub async fn accept_link(
        &self,
        workspace: &Workspace,
        link: InvitationLinkId,
        member: &Member,
    ) -> Result<()> {
        let key = self.table.keys().of_present(member.user).await?;
        let access = self.tenant(workspace.id).await?;
        let used = Update::builder()
            .update_expression("ADD use_count :one")
            .condition_expression(
                "revoked = :no AND valid_until > :now \
                 AND (attribute_not_exists(most_uses) OR use_count < most_uses)",
            )
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .expression_attribute_values(":no", AttributeValue::Bool(false))
            .expression_attribute_values(":now", moment(member.joined_at));
        let mut change = Transaction::default()
            .create(
                &access,
                &MemberItem::new(workspace, member, &key),
                StorageError::AlreadyExists,
            )?
            .update(
                &access,
                &Key::invitation_link(workspace.id, link),
                used,
                Refusal::Is(StorageError::Conflict),
            )?;
        if let Some(update) = Recount::arrival(member.role).update(member.user) {
            let full = Refusal::Is(StorageError::QuotaReached);
            change = change.update(&access, &Key::workspace(workspace.id), update, full)?;
        }
        change.commit(&access).await
    }
}
