//! Offers of membership.

use aws_sdk_dynamodb::types::{AttributeValue, Update};
use koeba_domain::{
    DisplayName, EmailAddress, Invitation, InvitationId, InvitationState, MAX_MEMBERS,
    MAX_PENDING_INVITATIONS, MailIntent, Member, Moment, Role, UserId, Workspace, WorkspaceId,
};
use serde::{Deserialize, Serialize};
use time::Duration;

use crate::access::{Stored, drain, millis, moment};
use crate::keys::{Key, Listing};
use crate::members::MemberItem;
use crate::outbox::MailItem;
use crate::transaction::{Refusal, Transaction};
use crate::workspaces::count_one_more;
use crate::{Directory, Listed, PageRequest, Result, StorageError, WorkspaceTable, workspaces};

/// How long an invitation is kept after its end, so that a late answer is told what happened.
const KEPT_AFTER: Duration = Duration::days(30);

/// An invitation with what its recipient is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationOffer {
    /// The invitation.
    pub invitation: Invitation,
    /// The workspace it leads to.
    pub workspace: Workspace,
    /// Who invites; none when they have left.
    pub inviter_name: Option<DisplayName>,
}

#[derive(Serialize, Deserialize)]
struct InvitationItem {
    #[serde(flatten)]
    key: Key,
    id: InvitationId,
    email: EmailAddress,
    role: Role,
    invited_by: UserId,
    state: InvitationState,
    secret_hash: String,
    #[serde(with = "millis")]
    created_at: Moment,
    #[serde(with = "millis")]
    valid_until: Moment,
    /// Time to live, in seconds.
    expires_at: i64,
}

/// What of an open invitation matters to the next one.
#[derive(Serialize, Deserialize)]
struct OpenInvitation {
    email: EmailAddress,
}

impl Stored for OpenInvitation {
    const KIND: &'static str = "invitation";
}

impl Stored for InvitationItem {
    const KIND: &'static str = "invitation";
}

impl InvitationItem {
    fn new(workspace: WorkspaceId, invitation: &Invitation) -> Self {
        Self {
            key: Key::invitation(workspace, invitation.id),
            id: invitation.id,
            email: invitation.email.clone(),
            role: invitation.role,
            invited_by: invitation.invited_by,
            state: invitation.state,
            secret_hash: invitation.secret_hash.clone(),
            created_at: invitation.created_at,
            valid_until: invitation.expires_at,
            expires_at: (invitation.expires_at + KEPT_AFTER).unix_timestamp(),
        }
    }

    fn into_invitation(self) -> Invitation {
        Invitation {
            id: self.id,
            email: self.email,
            role: self.role,
            invited_by: self.invited_by,
            state: self.state,
            secret_hash: self.secret_hash,
            created_at: self.created_at,
            expires_at: self.valid_until,
        }
    }
}

impl WorkspaceTable {
    /// Writes an invitation together with the mail that carries its link.
    ///
    /// # Errors
    /// [`StorageError::AlreadyExists`] when that address has an open invitation already,
    /// [`StorageError::QuotaReached`] when too many wait for an answer. Both are read before the
    /// write, so requests at the same moment may pass them.
    pub async fn invite(&self, invitation: &Invitation, mail: &MailIntent) -> Result<()> {
        let access = self.access().await?;
        let open = access
            .query(Listing::Invitations.partition(self.workspace))
            .filter_expression("#state = :pending AND valid_until > :now")
            .projection_expression("email")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":pending", state("pending"))
            .expression_attribute_values(":now", moment(invitation.created_at));
        let open: Vec<OpenInvitation> = drain(open).await?;
        let address = invitation.email.normalized();
        if open.iter().any(|known| known.email.normalized() == address) {
            return Err(StorageError::AlreadyExists);
        }
        if open.len() >= MAX_PENDING_INVITATIONS {
            return Err(StorageError::QuotaReached);
        }
        let item = InvitationItem::new(self.workspace, invitation);
        let key = Key::workspace_mail(self.workspace, mail.id);
        let mail = MailItem::new(key, mail, invitation.expires_at);
        Transaction::default()
            .create(&access, &item, StorageError::AlreadyExists)?
            .create(&access, &mail, StorageError::AlreadyExists)?
            .commit(&access)
            .await
    }

    /// A page of the invitations, whatever their state.
    ///
    /// # Errors
    /// [`StorageError::BadCursor`] for a cursor that this list did not give out.
    pub async fn invitations(&self, page: &PageRequest) -> Result<Listed<Invitation>> {
        let access = self.access().await?;
        let listed: Listed<InvitationItem> = access
            .page(
                self.table.seal(),
                self.workspace,
                Listing::Invitations,
                page,
            )
            .await?;
        Ok(listed.map(InvitationItem::into_invitation))
    }

    /// Takes an invitation back. Once is enough, twice does no harm.
    ///
    /// # Errors
    /// [`StorageError::NotFound`] when there is no such invitation, [`StorageError::Conflict`]
    /// when it was accepted before.
    pub async fn revoke_invitation(&self, invitation: InvitationId) -> Result<()> {
        let access = self.access().await?;
        let revoke = Update::builder()
            .update_expression("SET #state = :revoked")
            .condition_expression("#state IN (:pending, :revoked)")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":pending", state("pending"))
            .expression_attribute_values(":revoked", state("revoked"));
        let key = Key::invitation(self.workspace, invitation);
        Transaction::default()
            .update(
                &access,
                &key,
                revoke,
                Refusal::IfThere(StorageError::Conflict),
            )?
            .commit(&access)
            .await
    }
}

impl Directory {
    /// An invitation that a link names. Its secret is for the caller to compare.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn invitation(
        &self,
        workspace: WorkspaceId,
        invitation: InvitationId,
    ) -> Result<Option<InvitationOffer>> {
        let access = self.tenant(workspace).await?;
        let key = Key::invitation(workspace, invitation);
        let Some(item) = access.get::<InvitationItem>(&key).await? else {
            return Ok(None);
        };
        let inviter_key = Key::member(workspace, item.invited_by);
        let (workspace, inviter) = tokio::join!(
            workspaces::read(&access, workspace),
            access.get::<MemberItem>(&inviter_key),
        );
        Ok(Some(InvitationOffer {
            invitation: item.into_invitation(),
            workspace: workspace?,
            inviter_name: inviter?.map(|inviter| inviter.into_member().display_name),
        }))
    }

    /// Takes an invitation: marks it used and writes the member, in one transaction.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] when the invitation is not open any more,
    /// [`StorageError::AlreadyExists`] when the user is a member already,
    /// [`StorageError::QuotaReached`] when the workspace is full.
    pub async fn accept_invitation(
        &self,
        workspace: &Workspace,
        invitation: InvitationId,
        member: &Member,
    ) -> Result<()> {
        let access = self.tenant(workspace.id).await?;
        let accept = Update::builder()
            .update_expression("SET #state = :accepted, accepted_at = :now")
            .condition_expression("#state = :pending AND valid_until > :now")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":pending", state("pending"))
            .expression_attribute_values(":accepted", state("accepted"))
            .expression_attribute_values(":now", moment(member.joined_at));
        let one_more = count_one_more("member_count", MAX_MEMBERS);
        let refused = |error| Refusal::Is(error);
        Transaction::default()
            .update(
                &access,
                &Key::invitation(workspace.id, invitation),
                accept,
                refused(StorageError::Conflict),
            )?
            .create(
                &access,
                &MemberItem::new(workspace, member),
                StorageError::AlreadyExists,
            )?
            .update(
                &access,
                &Key::workspace(workspace.id),
                one_more,
                refused(StorageError::QuotaReached),
            )?
            .commit(&access)
            .await
    }
}

fn state(name: &str) -> AttributeValue {
    AttributeValue::S(name.to_owned())
}
