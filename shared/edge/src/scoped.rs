//! The right to touch a workspace's data, from the path and the session.

use std::marker::PhantomData;

use axum::extract::{FromRef, FromRequestParts, RawPathParams};
use http::request::Parts;
use koeba_domain::{Permission, UserId, WorkspaceId, WorkspaceScope};

use crate::{Context, Problem, SignedIn, Slug};

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
    }
}

/// A request of a member of the workspace that `{workspace_id}` in its path names, whose role
/// includes `P`.
///
/// A malformed, unknown or foreign workspace is 404, so nobody learns which exist; a role that
/// lacks the permission in one's own workspace is 403.
#[derive(Clone, Debug)]
pub struct Scoped<P> {
    /// The proof, which the store asks for.
    pub scope: WorkspaceScope,
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
        let membership = Context::from_ref(state)
            .table
            .directory()
            .membership(signed_in.user, workspace)
            .await?
            .ok_or(Slug::NotFound)?;
        Ok(Self {
            scope: membership.authorize(P::PERMISSION)?,
            signed_in,
            permission: PhantomData,
        })
    }
}
