//! Offers of membership.

use aws_sdk_dynamodb::types::builders::DeleteBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, Update};
use koeba_domain::{
    DisplayName, EmailAddress, Invitation, InvitationId, InvitationState, MailIntent, Member,
    Moment, Policy, Role, UserId, Workspace, WorkspaceId,
};
use serde::{Deserialize, Serialize};
use time::Duration;

use crate::access::{Access, Stored, drain, millis, moment};
use crate::keys::{Key, Listing};
use crate::members::MemberItem;
use crate::outbox::MailItem;
use crate::transaction::{Refusal, Transaction};
use crate::workspaces::Recount;
use crate::{
    Directory, Listed, PageRequest, Result, StorageError, WorkspaceTable, policies, workspaces,
};

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
    /// What the workspace demands, now.
    pub policy: Policy,
}

#[derive(Serialize, Deserialize)]
struct InvitationItem {
    #[serde(flatten)]
    key: Key,
    id: InvitationId,
    email: EmailAddress,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    suggested_name: Option<DisplayName>,
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

impl Stored for InvitationItem {
    const KIND: &'static str = "invitation";
}

impl InvitationItem {
    fn new(workspace: WorkspaceId, invitation: &Invitation) -> Self {
        Self {
            key: Key::invitation(workspace, invitation.id),
            id: invitation.id,
            email: invitation.email.clone(),
            suggested_name: invitation.suggested_name.clone(),
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
            suggested_name: self.suggested_name,
            role: self.role,
            invited_by: self.invited_by,
            state: self.state,
            secret_hash: self.secret_hash,
            created_at: self.created_at,
            expires_at: self.valid_until,
        }
    }
}

/// The lock on an address: which invitation it waits for, and until when.
#[derive(Serialize, Deserialize)]
struct InviteeItem {
    #[serde(flatten)]
    key: Key,
    invitation: InvitationId,
    #[serde(with = "millis")]
    valid_until: Moment,
}

impl Stored for InviteeItem {
    const KIND: &'static str = "invitee";
}

impl InviteeItem {
    fn new(workspace: WorkspaceId, invitation: &Invitation) -> Self {
        Self {
            key: Key::invitee(workspace, &invitation.email),
            invitation: invitation.id,
            valid_until: invitation.expires_at,
        }
    }

    /// Lets go of the address, if it still waits for the same invitation.
    fn release(&self) -> DeleteBuilder {
        let id = AttributeValue::S(self.invitation.to_string());
        Delete::builder()
            .condition_expression("invitation = :invitation")
            .expression_attribute_values(":invitation", id)
    }
}

/// Word of an invitation, where whoever has the address can find it.
#[derive(Serialize, Deserialize)]
struct InvitedItem {
    #[serde(flatten)]
    key: Key,
    /// Time to live, in seconds.
    expires_at: i64,
}

impl Stored for InvitedItem {
    const KIND: &'static str = "word of an invitation";
}

/// Removes every invitation of an address, whatever its state, and lets go of the address.
pub(crate) async fn erase_address(
    access: &Access,
    workspace: WorkspaceId,
    email: &EmailAddress,
) -> Result<u32> {
    let everything: Vec<InvitationItem> = access.all(workspace, Listing::Invitations).await?;
    let theirs = everything
        .into_iter()
        .filter(|item| item.email.normalized() == email.normalized());
    let mut removed = 0;
    for item in theirs {
        let change = Transaction::default().remove(access, &item.key)?;
        change.commit(access).await?;
        removed += 1;
    }
    let lock = Key::invitee(workspace, email);
    if let Some(held) = access.get::<InviteeItem>(&lock).await? {
        let conflict = || Refusal::Is(StorageError::Conflict);
        let mut change =
            Transaction::default().delete(access, &lock, held.release(), conflict())?;
        if let Some(update) = ONE_LESS.update(UserId::from_random([0; 16])) {
            change = change.update(access, &Key::workspace(workspace), update, conflict())?;
        }
        match change.commit(access).await {
            Ok(()) => removed += 1,
            // It was answered or taken over meanwhile, or the workspace has gone.
            Err(StorageError::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(removed)
}

/// One address less that is held.
const ONE_LESS: Recount = Recount {
    members: 0,
    managers: 0,
    pending: -1,
};

impl WorkspaceTable {
    /// Writes an invitation together with the mail that carries its link.
    ///
    /// The address is locked in the same transaction, and counted: of many who invite it at one
    /// moment one succeeds, and no more addresses are held than the quota allows.
    ///
    /// # Errors
    /// [`StorageError::AlreadyExists`] when that address has an open invitation already,
    /// [`StorageError::QuotaReached`] when too many wait for an answer.
    pub async fn invite(&self, invitation: &Invitation, mail: &MailIntent) -> Result<()> {
        let first = self.try_invite(invitation, mail).await;
        if first != Err(StorageError::QuotaReached) {
            return first;
        }
        // Expired ones hold their addresses until somebody needs the room.
        self.release_expired(invitation.created_at).await?;
        self.try_invite(invitation, mail).await
    }

    async fn try_invite(&self, invitation: &Invitation, mail: &MailIntent) -> Result<()> {
        let access = self.access().await?;
        // Before the invitation, so that none is without word of it; word of none does no harm.
        let own = self.table.own();
        let word = InvitedItem {
            key: Key::invited(&invitation.email, self.workspace, invitation.id),
            expires_at: (invitation.expires_at + KEPT_AFTER).unix_timestamp(),
        };
        Transaction::default()
            .replace(own, &word)?
            .commit(own)
            .await?;
        let lock = InviteeItem::new(self.workspace, invitation);
        let item = InvitationItem::new(self.workspace, invitation);
        let key = Key::workspace_mail(self.workspace, mail.id);
        let mail = MailItem::new(key, mail, invitation.expires_at);
        let mut change = Transaction::default();
        match access.get::<InviteeItem>(&lock.key).await? {
            Some(held) if held.valid_until > invitation.created_at => {
                return Err(StorageError::AlreadyExists);
            }
            Some(expired) => {
                let id = |id: InvitationId| AttributeValue::S(id.to_string());
                let take_over = Update::builder()
                    .update_expression("SET invitation = :new, valid_until = :until")
                    .condition_expression("invitation = :expired")
                    .expression_attribute_values(":new", id(invitation.id))
                    .expression_attribute_values(":expired", id(expired.invitation))
                    .expression_attribute_values(":until", moment(invitation.expires_at));
                let taken = Refusal::Is(StorageError::AlreadyExists);
                change = change.update(&access, &lock.key, take_over, taken)?;
            }
            None => {
                change = change.create(&access, &lock, StorageError::AlreadyExists)?;
                let one_more = Recount {
                    pending: 1,
                    ..Recount::default()
                };
                if let Some(update) = one_more.update(invitation.invited_by) {
                    let full = Refusal::Is(StorageError::QuotaReached);
                    change =
                        change.update(&access, &Key::workspace(self.workspace), update, full)?;
                }
            }
        }
        change
            .create(&access, &item, StorageError::AlreadyExists)?
            .create(&access, &mail, StorageError::AlreadyExists)?
            .commit(&access)
            .await
    }

    /// Lets go of the addresses whose invitations have expired.
    async fn release_expired(&self, now: Moment) -> Result<()> {
        let access = self.access().await?;
        let expired = access
            .query(Listing::Invitees.partition(self.workspace))
            .filter_expression("valid_until <= :now")
            .expression_attribute_values(":now", moment(now));
        let expired: Vec<InviteeItem> = drain(expired).await?;
        for held in expired {
            let released = self
                .releasing(Transaction::default(), &access, &held)?
                .commit(&access)
                .await;
            match released {
                // Somebody else took it over or released it: as well.
                Ok(()) | Err(StorageError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn releasing(
        &self,
        change: Transaction,
        access: &Access,
        held: &InviteeItem,
    ) -> Result<Transaction> {
        let conflict = || Refusal::Is(StorageError::Conflict);
        let change = change.delete(access, &held.key, held.release(), conflict())?;
        // Whom it is about matters only where somebody leaves.
        let nobody = UserId::from_random([0; 16]);
        match ONE_LESS.update(nobody) {
            Some(update) => {
                change.update(access, &Key::workspace(self.workspace), update, conflict())
            }
            None => Ok(change),
        }
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
        let key = Key::invitation(self.workspace, invitation);
        let item: InvitationItem = access.get(&key).await?.ok_or(StorageError::NotFound)?;
        if item.state == InvitationState::Revoked {
            return Ok(());
        }
        let revoke = Update::builder()
            .update_expression("SET #state = :revoked")
            .condition_expression("#state = :pending")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":pending", state("pending"))
            .expression_attribute_values(":revoked", state("revoked"));
        let refusal = Refusal::IfThere(StorageError::Conflict);
        let mut change = Transaction::default().update(&access, &key, revoke, refusal)?;
        let lock = Key::invitee(self.workspace, &item.email);
        // The address of one that expired may be held by a later one by now.
        let held: Option<InviteeItem> = access.get(&lock).await?;
        if let Some(held) = held.filter(|held| held.invitation == invitation) {
            change = self.releasing(change, &access, &held)?;
        }
        change.commit(&access).await
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
        let (read, inviter, policy) = tokio::join!(
            workspaces::read(&access, workspace),
            access.get::<MemberItem>(&inviter_key),
            policies::read(&access, workspace),
        );
        Ok(Some(InvitationOffer {
            invitation: item.into_invitation(),
            workspace: read?,
            policy: policy?.policy,
            inviter_name: self
                .table
                .record(inviter?)
                .await?
                .map(|inviter| inviter.member.display_name),
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
        invitation: &Invitation,
        member: &Member,
    ) -> Result<()> {
        let key = self.table.keys().of_present(member.user).await?;
        let access = self.tenant(workspace.id).await?;
        let accept = Update::builder()
            .update_expression("SET #state = :accepted, accepted_at = :now")
            .condition_expression("#state = :pending AND valid_until > :now")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":pending", state("pending"))
            .expression_attribute_values(":accepted", state("accepted"))
            .expression_attribute_values(":now", moment(member.joined_at));
        let lock = InviteeItem::new(workspace.id, invitation);
        let recount = Recount {
            pending: -1,
            ..Recount::arrival(member.role)
        };
        let is = Refusal::Is;
        let mut change = Transaction::default()
            .update(
                &access,
                &Key::invitation(workspace.id, invitation.id),
                accept,
                is(StorageError::Conflict),
            )?
            .create(
                &access,
                &MemberItem::new(workspace, member, &key),
                StorageError::AlreadyExists,
            )?
            .delete(
                &access,
                &lock.key,
                lock.release(),
                is(StorageError::Conflict),
            )?;
        if let Some(update) = recount.update(member.user) {
            let key = Key::workspace(workspace.id);
            change = change.update(&access, &key, update, is(StorageError::QuotaReached))?;
        }
        change.commit(&access).await
    }
}

fn state(name: &str) -> AttributeValue {
    AttributeValue::S(name.to_owned())
}
