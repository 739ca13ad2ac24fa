//! The token in an invitation's link: which workspace, which invitation, and the secret.

use koeba_domain::{InvitationId, WorkspaceId};
use koeba_edge::digest::sha256_hex;

/// A token that was read, not yet believed.
pub(crate) struct InvitationToken<'a> {
    pub(crate) workspace: WorkspaceId,
    pub(crate) invitation: InvitationId,
    secret: &'a str,
}

impl<'a> InvitationToken<'a> {
    /// Reads a token; `None` when it does not have the form of one.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.trim().split('.');
        let (workspace, invitation, secret) = (parts.next()?, parts.next()?, parts.next()?);
        (parts.next().is_none() && !secret.is_empty()).then_some(())?;
        Some(Self {
            workspace: workspace.parse().ok()?,
            invitation: invitation.parse().ok()?,
            secret,
        })
    }

    /// The form in which the store keeps the secret.
    pub(crate) fn secret_hash(&self) -> String {
        sha256_hex(self.secret)
    }
}

/// Writes a token.
pub(crate) fn write(workspace: WorkspaceId, invitation: InvitationId, secret: &str) -> String {
    format!("{workspace}.{invitation}.{secret}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_as_written() {
        let (workspace, invitation) = (
            WorkspaceId::from_random([1; 16]),
            InvitationId::from_random([2; 16]),
        );
        let text = write(workspace, invitation, "secret");
        let token = InvitationToken::read(&text).expect("a token");
        assert_eq!((token.workspace, token.invitation), (workspace, invitation));
        assert_eq!(token.secret_hash(), sha256_hex("secret"));
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
