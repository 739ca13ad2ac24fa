//! Looks at an invitation or a link, and takes it.

use koeba_domain::{EmailAddress, LinkError, Member, Moment, Policy, Role, User, Workspace};
use koeba_edge::{Context, InvitationToken, Invited, Problem, SignedIn, Slug};
use koeba_storage::{InvitationOffer, LinkOffer, StorageError};

use crate::views::{InvitationPreview, WorkspaceView};

/// What a token leads to.
enum Offer {
    Invitation(Box<InvitationOffer>),
    Link(Box<LinkOffer>),
}

/// What whoever holds the link may see.
pub(crate) async fn preview(context: &Context, token: &str) -> Result<InvitationPreview, Problem> {
    let offer = find(context, token).await?;
    offer.check_open(context.clock.now())?;
    Ok(offer.preview())
}

/// Makes the person a member, once.
pub(crate) async fn accept(
    context: &Context,
    signed_in: &SignedIn,
    token: &str,
) -> Result<WorkspaceView, Problem> {
    let offer = find(context, token).await?;
    let directory = context.table.directory().traced(signed_in.trace);
    let user = directory
        .user(signed_in.user)
        .await?
        .ok_or(Slug::NotSignedIn)?;
    let now = context.clock.now();
    offer.check(&user.email, now)?;
    let member = offer.member(user, now);
    let workspace = offer.workspace();
    let accepted = match &offer {
        Offer::Invitation(offer) => {
            let accepted = directory.accept_invitation(workspace, &offer.invitation, &member);
            accepted.await
        }
        Offer::Link(offer) => {
            directory
                .accept_link(workspace, offer.link.id, &member)
                .await
        }
    };
    accepted.map_err(|error| match error {
        StorageError::Conflict => offer.gone().into(),
        StorageError::AlreadyExists => Slug::AlreadyMember.into(),
        other => Problem::from(other),
    })?;
    Ok(WorkspaceView::new(workspace, member.role))
}

/// The offer whose secret the token knows; any other is none.
async fn find(context: &Context, token: &str) -> Result<Offer, Problem> {
    let token = InvitationToken::read(token).ok_or(Slug::InvitationNotFound)?;
    let directory = context.table.directory();
    let found = match token.invited {
        Invited::By(id) => {
            let offer = directory.invitation(token.workspace, id).await;
            offer.map(|offer| offer.map(|offer| Offer::Invitation(Box::new(offer))))
        }
        Invited::ByLink(id) => {
            let offer = directory.invitation_link(token.workspace, id).await;
            offer.map(|offer| offer.map(|offer| Offer::Link(Box::new(offer))))
        }
    };
    match found {
        Ok(Some(offer)) if token.knows(offer.secret_hash()) => Ok(offer),
        Ok(_) | Err(StorageError::NotFound) => Err(Slug::InvitationNotFound.into()),
        Err(error) => Err(error.into()),
    }
}

impl Offer {
    fn secret_hash(&self) -> &str {
        match self {
            Self::Invitation(offer) => &offer.invitation.secret_hash,
            Self::Link(offer) => &offer.link.secret_hash,
        }
    }

    const fn workspace(&self) -> &Workspace {
        match self {
            Self::Invitation(offer) => &offer.workspace,
            Self::Link(offer) => &offer.workspace,
        }
    }

    const fn role(&self) -> Role {
        match self {
            Self::Invitation(offer) => offer.invitation.role,
            Self::Link(offer) => offer.link.role,
        }
    }

    const fn policy(&self) -> &Policy {
        match self {
            Self::Invitation(offer) => &offer.policy,
            Self::Link(offer) => &offer.policy,
        }
    }

    fn check_open(&self, now: Moment) -> Result<(), Problem> {
        match self {
            Self::Invitation(offer) => offer.invitation.check_open(now).map_err(Slug::from)?,
            Self::Link(offer) => offer.link.check_open(now).map_err(of_link)?,
        }
        Ok(())
    }

    fn check(&self, email: &EmailAddress, now: Moment) -> Result<(), Problem> {
        match self {
            Self::Invitation(offer) => offer.invitation.check(email, now).map_err(Slug::from)?,
            Self::Link(offer) => offer.link.check(email, now).map_err(of_link)?,
        }
        let policy = self.policy();
        policy
            .allows_invitation(self.role(), email)
            .map_err(Slug::from)?;
        Ok(())
    }

    fn member(&self, user: User, now: Moment) -> Member {
        Member {
            user: user.id,
            display_name: user.display_name,
            email: user.email,
            role: self.role(),
            joined_at: now,
        }
    }

    /// What it means that the store found it closed.
    const fn gone(&self) -> Slug {
        match self {
            Self::Invitation(_) => Slug::InvitationUsed,
            Self::Link(_) => Slug::LinkUsedUp,
        }
    }

    fn preview(&self) -> InvitationPreview {
        let (email, suggested_name, inviter_name, expires_at) = match self {
            Self::Invitation(offer) => (
                Some(&offer.invitation.email),
                offer.invitation.suggested_name.as_ref(),
                offer.inviter_name.as_ref(),
                offer.invitation.expires_at,
            ),
            Self::Link(offer) => (
                None,
                None,
                offer.inviter_name.as_ref(),
                offer.link.expires_at,
            ),
        };
        InvitationPreview {
            workspace_name: self.workspace().name.to_string(),
            inviter_name: inviter_name.map(ToString::to_string).unwrap_or_default(),
            email: email.map(ToString::to_string),
            suggested_name: suggested_name.map(ToString::to_string),
            role: self.role().into(),
            expires_at,
        }
    }
}

fn of_link(error: LinkError) -> Slug {
    match error {
        LinkError::Ended(error) => error.into(),
        LinkError::UsedUp => Slug::LinkUsedUp,
        LinkError::OtherDomain => Slug::DomainNotAllowed,
    }
}
