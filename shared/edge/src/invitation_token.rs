//! The token in an invitation's link: which workspace, which invitation or link, and the secret.

use koeba_domain::{InvitationId, InvitationLinkId, WorkspaceId};

use crate::digest::{same, sha256_hex};

/// What a token names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invited {
    /// An invitation of one address: who has the token reads that address's mail.
    By(InvitationId),
    /// A link for several people: who has it has proven nothing.
    ByLink(InvitationLinkId),
}

/// A token that was read, not yet believed.
#[derive(Clone, Copy)]
pub struct InvitationToken<'a> {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// What it names there.
    pub invited: Invited,
    secret: &'a str,
}

impl<'a> InvitationToken<'a> {
    /// Reads a token; `None` when it does not have the form of one.
    #[must_use]
    pub fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.trim().split('.');
        let (workspace, invited, secret) = (parts.next()?, parts.next()?, parts.next()?);
        (parts.next().is_none() && !secret.is_empty()).then_some(())?;
        Some(Self {
            workspace: workspace.parse().ok()?,
            invited: Invited::read(invited)?,
            secret,
        })
    }

    /// Whether the token knows the secret that is stored as `secret_hash`.
    #[must_use]
    pub fn knows(&self, secret_hash: &str) -> bool {
        same(secret_hash, &sha256_hex(self.secret))
    }

    /// Writes a token.
    #[must_use]
    pub fn write(workspace: WorkspaceId, invited: Invited, secret: &str) -> String {
        match invited {
            Invited::By(id) => format!("{workspace}.{id}.{secret}"),
            Invited::ByLink(id) => format!("{workspace}.{id}.{secret}"),
        }
    }
}

impl Invited {
    fn read(text: &str) -> Option<Self> {
        let by = text.parse().map(Self::By);
        by.or_else(|_| text.parse().map(Self::ByLink)).ok()
    }
}

/// Shows no secret.
impl std::fmt::Debug for InvitationToken<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InvitationToken")
            .field("workspace", &self.workspace)
            .field("invited", &self.invited)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_as_written() {
        let workspace = WorkspaceId::from_random([1; 16]);
        for invited in [
            Invited::By(InvitationId::from_random([2; 16])),
            Invited::ByLink(InvitationLinkId::from_random([2; 16])),
        ] {
            let text = InvitationToken::write(workspace, invited, "secret");
            let token = InvitationToken::read(&text).expect("a token");
            assert_eq!((token.workspace, token.invited), (workspace, invited));
            assert!(token.knows(&sha256_hex("secret")) && !token.knows(&sha256_hex("guess")));
        }
    }

    #[test]
    fn anything_else_is_no_token() {
        let workspace = WorkspaceId::from_random([1; 16]);
        for text in [
            "",
            "..",
            "a.b.c",
            &format!("{workspace}.in_1.x"),
            &format!("{workspace}"),
        ] {
            assert!(InvitationToken::read(text).is_none(), "{text}");
        }
    }
}
