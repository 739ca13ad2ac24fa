//! The right to touch a workspace's data, from the path and the session.

use std::marker::PhantomData;
use std::ops::Deref;

use axum::extract::{FromRef, FromRequestParts, RawPathParams};
use http::request::Parts;
use koeba_domain::{Barred, Permission, Policy, UserId, WorkspaceId, WorkspaceScope, admit};
use koeba_storage::Standing;

use crate::probes::{count_miss, refuse_probing};
use crate::{ClientIp, Context, Problem, SignedIn, Slug};

/// What a route needs the right to; implemented by the markers in [`permission`].
pub trait Requires: Send + Sync + 'static {
    /// The permission.
    const PERMISSION: Permission;
}

/// One marker for each [`Permission`].
pub mod permission {
    use koeba_domain::Permission;

    macro_rules! markers {
        ($($(#[$doc:meta])* $name:ident;)*) => {$(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub enum $name {}
            impl super::Requires for $name {
                const PERMISSION: Permission = Permission::$name;
            }
        )*};
    }
    markers! {
        /// See the workspace's name and one's own role.
        ViewWorkspace;
        /// See who is a member.
        ListMembers;
        /// Invite, see invitations, revoke them.
        ManageInvitations;
        /// See the rooms and who is in them.
        ListRooms;
        /// Enter a room and talk.
        JoinRoom;
        /// Create, rename and delete rooms.
        ManageRooms;
        /// Change roles, deactivate, remove; rename the workspace.
        ManageMembers;
        /// See and change the security policy.
        ManagePolicy;
        /// Read and export the audit log.
        ViewAudit;
        /// See what the guards of the account found.
        ViewFindings;
        /// Look through every account, and decide about each.
        ReviewAccess;
        /// Make somebody else the owner.
        TransferOwnership;
        /// Delete the workspace.
        DeleteWorkspace;
    }
}

/// A request of a member of the workspace that `{workspace_id}` in its path names, whose role
/// includes `P`.
///
/// A malformed, unknown or foreign workspace is 404, so nobody learns which exist; a role that
/// lacks the permission in one's own workspace is 403, and so is a session that falls short of
/// the workspace's policy ([`koeba_domain::admit`]).
#[derive(Clone, Debug)]
pub struct Scoped<P> {
    /// The proof, which the store asks for.
    pub scope: WorkspaceScope,
    /// What the workspace demands of its people.
    pub policy: Policy,
    /// Who is asking.
    pub signed_in: SignedIn,
    permission: PhantomData<P>,
}

impl<P> Scoped<P> {
    /// The workspace.
    #[must_use]
    pub const fn workspace(&self) -> WorkspaceId {
        self.scope.workspace()
    }

    /// Who is asking.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.scope.user()
    }
}

impl<P, S> FromRequestParts<S> for Scoped<P>
where
    P: Requires,
    Context: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let signed_in = SignedIn::from_request_parts(parts, state).await?;
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| Slug::NotFound)?;
        let workspace: WorkspaceId = params
            .iter()
            .find(|(name, _)| *name == "workspace_id")
            .and_then(|(_, value)| value.parse().ok())
            .ok_or(Slug::NotFound)?;
        let context = Context::from_ref(state);
        refuse_probing(&context, signed_in.user, workspace).await?;
        let found = context
            .table
            .directory()
            .standing(signed_in.user, workspace)
            .await?;
        let Some(standing) = found else {
            count_miss(&context, signed_in.user).await?;
            return Err(Slug::NotFound.into());
        };
        let Standing { membership, policy } = standing;
        let address = ClientIp::of(&parts.extensions).0;
        let now = context.clock.now();
        let permitted = match admit(&membership, &policy, &signed_in.session, address, now) {
            Err(barred) => Err((noted(barred), Problem::from(barred))),
            Ok(()) => membership
                .authorize(P::PERMISSION)
                .map_err(|refused| (Some(P::PERMISSION.as_str()), refused.into())),
        };
        let scope = match permitted {
            Ok(scope) => scope,
            Err((why, problem)) => {
                if let Some(why) = why {
                    let directory = context.table.directory().traced(signed_in.trace);
                    let user = signed_in.user;
                    directory.note_refusal(workspace, user, why, now).await?;
                }
                return Err(problem);
            }
        };
        Ok(Self {
            scope: scope.traced(signed_in.trace),
            policy,
            signed_in,
            permission: PhantomData,
        })
    }
}

/// What the audit log says of somebody who was not let in; nothing where it is only time to prove
/// again who one is.
const fn noted(barred: Barred) -> Option<&'static str> {
    match barred {
        Barred::GuestsNotAllowed => Some("guests_not_allowed"),
        Barred::NetworkNotAllowed => Some("network_not_allowed"),
        Barred::SecondStepMissing | Barred::SecondStepTooWeak => Some("second_step"),
        Barred::NotAMember | Barred::SessionExpired | Barred::RenewalDue => None,
    }
}

impl From<Barred> for Problem {
    fn from(barred: Barred) -> Self {
        let slug = match barred {
            Barred::NotAMember => Slug::NotFound,
            Barred::GuestsNotAllowed => Slug::GuestsNotAllowed,
            Barred::NetworkNotAllowed => Slug::NetworkNotAllowed,
            Barred::SessionExpired => Slug::SessionExpired,
            Barred::SecondStepMissing => Slug::SecondStepSetUpRequired,
            Barred::SecondStepTooWeak => Slug::StrongerSecondStepRequired,
            Barred::RenewalDue => Slug::SessionRenewalDue,
        };
        slug.into()
    }
}

/// The same, of somebody who has proven to be there a short while ago: for what is dear.
#[derive(Clone, Debug)]
pub struct ScopedSteppedUp<P>(Scoped<P>);

impl<P> Deref for ScopedSteppedUp<P> {
    type Target = Scoped<P>;

    fn deref(&self) -> &Scoped<P> {
        &self.0
    }
}

impl<P, S> FromRequestParts<S> for ScopedSteppedUp<P>
where
    P: Requires,
    Context: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let scoped = Scoped::from_request_parts(parts, state).await?;
        let now = Context::from_ref(state).clock.now();
        scoped.signed_in.demand_step_up(now)?;
        Ok(Self(scoped))
    }
}
