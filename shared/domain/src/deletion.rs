//! Deletions: of an account by its owner, of a workspace by its owner.
//!
//! A deletion names random identifiers only, so that it can be kept for ever: what was deleted
//! stays deleted also after a backup is restored.

use serde::{Deserialize, Serialize};

use crate::{CertificateId, Moment, Role, UserId, WorkspaceId};

/// What somebody types to show that they mean it.
pub const DELETION_WORD: &str = "DELETE";

/// What is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum DeletionSubject {
    /// An account, and everything in all workspaces that is about its owner.
    User(UserId),
    /// A workspace with all that is in it.
    Workspace(WorkspaceId),
}

/// A deletion: first written down, then carried out, then done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// Which; also names its certificate.
    pub id: CertificateId,
    /// Of what.
    pub subject: DeletionSubject,
    /// Who asked for it.
    pub asked_by: UserId,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub asked_at: Moment,
    /// Since when nothing is left.
    #[serde(with = "time::serde::rfc3339::option")]
    pub done_at: Option<Moment>,
    /// How many items were removed.
    pub items: u32,
}

impl Deletion {
    /// A deletion that has just been asked for.
    #[must_use]
    pub const fn begin(
        id: CertificateId,
        subject: DeletionSubject,
        asked_by: UserId,
        now: Moment,
    ) -> Self {
        Self {
            id,
            subject,
            asked_by,
            asked_at: now,
            done_at: None,
            items: 0,
        }
    }
}

/// What becomes of a workspace when somebody in it deletes their account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Farewell {
    /// They leave it.
    Leave,
    /// They were alone in it: it goes with them.
    DeleteWorkspace,
    /// It would be left without an owner: they have to transfer or delete it first.
    TransferFirst,
    /// They answer for it: another has to be named first.
    NameAnotherFirst,
}

/// Decides what becomes of a workspace of `members` people when one of them deletes their account.
#[must_use]
pub const fn farewell(role: Role, responsible: bool, members: u32) -> Farewell {
    match role {
        Role::Owner if members <= 1 => Farewell::DeleteWorkspace,
        Role::Owner => Farewell::TransferFirst,
        _ if responsible => Farewell::NameAnotherFirst,
        _ => Farewell::Leave,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_leaves_a_workspace_without_an_owner_or_without_somebody_who_answers_for_it() {
        assert_eq!(farewell(Role::Owner, true, 1), Farewell::DeleteWorkspace);
        assert_eq!(farewell(Role::Owner, false, 2), Farewell::TransferFirst);
        assert_eq!(farewell(Role::Manager, true, 2), Farewell::NameAnotherFirst);
        for role in [Role::Manager, Role::Member, Role::Guest] {
            assert_eq!(farewell(role, false, 2), Farewell::Leave);
        }
    }
}
