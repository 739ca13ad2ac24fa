//! Deletion certificates: what somebody is given who had an account or a workspace deleted.

use koeba_domain::{DELETION_WORD, Deletion, DeletionSubject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Context, FieldProblem, Problem, Slug, StatementKind, Text};

/// The word that shows that somebody means it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeletionRequest {
    /// `DELETE`, typed out.
    #[schema(example = "DELETE", max_length = 16)]
    pub confirm: String,
}

impl DeletionRequest {
    /// Demands the word.
    ///
    /// # Errors
    /// A [`Problem`] about the field when it is another.
    pub fn demand_word(&self) -> Result<(), Problem> {
        if self.confirm == DELETION_WORD {
            return Ok(());
        }
        let text = Text::fixed(
            "削除するには、半角大文字でDELETEと入力してください。",
            "To delete, type DELETE in capital letters.",
        );
        Err(FieldProblem::new("confirm", text).into())
    }
}

/// What is certified: random identifiers and moments, nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeletionStatement {
    /// Which certificate.
    pub certificate_id: String,
    /// `user` or `workspace`.
    pub subject_kind: &'static str,
    /// The random identifier of what was deleted.
    pub subject_id: String,
    /// The random identifier of who asked for it.
    pub asked_by: String,
    /// When it was asked for (RFC 3339).
    pub asked_at: String,
    /// Since when nothing is left (RFC 3339).
    pub deleted_at: String,
    /// How many items were removed.
    pub items: u32,
    /// How: always `physical`.
    pub method: &'static str,
    /// Whether the key was destroyed under which a name and an address were sealed, so that the
    /// copies in backups cannot be read either.
    pub key_destroyed: bool,
}

/// A deletion certificate.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DeletionCertificate)]
pub struct CertificateView {
    /// The statement, signed: a compact JWS that anybody can check with `/api/signing-keys`.
    pub certificate: String,
    /// What it says.
    pub statement: DeletionStatement,
    /// Where it can be read at any time.
    pub url: String,
}

impl CertificateView {
    /// The certificate of a deletion that is done. Signing is repeatable: the same deletion has the
    /// same certificate at all times.
    ///
    /// # Errors
    /// `not-found` while it is not done.
    pub fn issue(context: &Context, deletion: &Deletion) -> Result<Self, Problem> {
        let done_at = deletion.done_at.ok_or(Slug::NotFound)?;
        let (subject_kind, subject_id, key_destroyed) = match deletion.subject {
            DeletionSubject::User(user) => ("user", user.to_string(), true),
            DeletionSubject::Workspace(workspace) => ("workspace", workspace.to_string(), false),
        };
        let statement = DeletionStatement {
            certificate_id: deletion.id.to_string(),
            subject_kind,
            subject_id,
            asked_by: deletion.asked_by.to_string(),
            asked_at: written(deletion.asked_at)?,
            deleted_at: written(done_at)?,
            items: deletion.items,
            method: "physical",
            key_destroyed,
        };
        let key = &context.settings.signing_key;
        Ok(Self {
            certificate: key.sign(StatementKind::Deletion, &statement),
            url: format!(
                "{}/api/deletion-certificates/{}.html",
                context.settings.app_origin, deletion.id
            ),
            statement,
        })
    }
}

fn written(at: koeba_domain::Moment) -> Result<String, Problem> {
    at.format(&time::format_description::well_known::Rfc3339)
        .map_err(Problem::internal)
}
