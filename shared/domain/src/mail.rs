//! A mail that somebody is owed.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{DisplayName, EmailAddress, IntentId, Line, Locale, Notice, WorkspaceName};

/// A mail to be delivered once, written in the same transaction as the change that made it
/// necessary.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailIntent {
    /// Which.
    pub id: IntentId,
    /// Who gets it.
    pub to: EmailAddress,
    /// The language of its words.
    pub locale: Locale,
    /// What it says.
    pub mail: Mail,
}

/// What a mail says: the template and what fills it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "template", content = "params", rename_all = "snake_case")]
pub enum Mail {
    /// The token that proves a new address.
    SignUpToken {
        /// What the person goes by.
        display_name: DisplayName,
        /// The token.
        token: String,
    },
    /// An offer of membership.
    Invitation {
        /// The workspace's name.
        workspace_name: WorkspaceName,
        /// Who invites.
        inviter_name: DisplayName,
        /// The link that takes the invitation.
        link: String,
    },
    /// The same, to somebody who is not expected to have an account: the link leads to choosing a
    /// name and a password.
    JoinInvitation {
        /// The workspace's name.
        workspace_name: WorkspaceName,
        /// Who invites.
        inviter_name: DisplayName,
        /// The link.
        link: String,
    },
    /// The token of a second step.
    SecondStepToken {
        /// The token.
        token: String,
    },
    /// The token that proves the address that somebody changes to.
    EmailChangeToken {
        /// The token.
        token: String,
    },
    /// The link with which a forgotten password is replaced.
    PasswordReset {
        /// The link.
        link: String,
    },
    /// That an access review is due.
    ReviewReminder {
        /// The workspace's name.
        workspace_name: WorkspaceName,
        /// What the review is called.
        title: Line<64>,
        /// The day on which it is due, such as `2026-04-30`.
        due_on: String,
        /// Where it is.
        link: String,
    },
    /// That something important was done.
    Notice(Notice),
}

impl Mail {
    /// The template's name, which is safe to log.
    #[must_use]
    pub const fn template(&self) -> &'static str {
        match self {
            Self::SignUpToken { .. } => "sign_up_token",
            Self::Invitation { .. } => "invitation",
            Self::JoinInvitation { .. } => "join_invitation",
            Self::SecondStepToken { .. } => "second_step_token",
            Self::EmailChangeToken { .. } => "email_change_token",
            Self::PasswordReset { .. } => "password_reset",
            Self::ReviewReminder { .. } => "review_reminder",
            Self::Notice(notice) => notice.name(),
        }
    }
}

/// Shows neither the recipient nor the token.
impl fmt::Debug for MailIntent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailIntent")
            .field("id", &self.id)
            .field("mail", &self.mail)
            .finish_non_exhaustive()
    }
}

/// Shows the template only.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.template())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_neither_the_recipient_nor_the_token() {
        let intent = MailIntent {
            id: IntentId::from_random([1; 16]),
            to: EmailAddress::new("aiko@example.test").expect("an address"),
            locale: Locale::Ja,
            mail: Mail::SignUpToken {
                display_name: DisplayName::new("愛子").expect("a line"),
                token: "12345678".to_owned(),
            },
        };
        let shown = format!("{intent:?}");
        assert!(shown.contains("sign_up_token"));
        assert!(!shown.contains("aiko") && !shown.contains("12345678") && !shown.contains("愛子"));
    }
}
