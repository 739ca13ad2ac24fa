//! Everything that is known of somebody, for themselves. No secret is in it: no hash, no key of an
//! authenticator app, no credential of a passkey.

use askama::Template;
use koeba_domain::{InvitationState, Locale, MemberState, Moment, Notice, Role, User};
use koeba_edge::{AnySession, Problem, Slug};
use serde::Serialize;
use time::format_description::well_known::Rfc3339;

use crate::export_workspace;
use crate::state::Accounts;

/// Everything about one person.
#[derive(Debug, Serialize)]
pub(crate) struct Export {
    made_at: String,
    account: Account,
    sessions: Vec<SessionPart>,
    second_steps: Vec<StepPart>,
    recovery_codes_left: usize,
    memberships: Vec<MembershipPart>,
    invitations_received: Vec<InvitationPart>,
    invitations_sent: Vec<InvitationPart>,
    activity: Vec<ActivityPart>,
    #[serde(skip)]
    locale: Locale,
}

#[derive(Debug, Serialize)]
struct Account {
    id: String,
    email: String,
    display_name: String,
    locale: &'static str,
    created_at: String,
}

#[derive(Debug, Serialize)]
struct SessionPart {
    id: String,
    device: String,
    network: Option<String>,
    created_at: String,
    last_used_at: String,
}

#[derive(Debug, Serialize)]
struct StepPart {
    method: &'static str,
    name: String,
    since: String,
}

#[derive(Debug, Serialize)]
struct MembershipPart {
    workspace_id: String,
    workspace_name: String,
    role: Role,
    state: MemberState,
    joined_at: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct InvitationPart {
    pub(crate) workspace_name: String,
    pub(crate) email: String,
    pub(crate) role: Role,
    pub(crate) state: InvitationState,
    pub(crate) created_at: String,
}

/// What a workspace's audit log says of them: what they did, and what was done to them.
#[derive(Debug, Serialize)]
pub(crate) struct ActivityPart {
    pub(crate) workspace_name: String,
    pub(crate) at: String,
    pub(crate) action: String,
    pub(crate) outcome: &'static str,
    /// Whether they did it; else it was done to them.
    pub(crate) by_me: bool,
    pub(crate) network: Option<String>,
}

/// Gathers it, and tells its owner by mail that somebody did.
pub(crate) async fn gather(accounts: &Accounts, session: &AnySession) -> Result<Export, Problem> {
    let now = accounts.context.clock.now();
    let directory = accounts.directory(session.trace);
    let user = directory
        .user(session.user)
        .await?
        .ok_or(Slug::NotSignedIn)?;
    let steps = directory.second_steps(user.id).await?.facts;
    let dated = |method, since: Option<Moment>| {
        since.map(|since| StepPart {
            method,
            name: String::new(),
            since: written(since),
        })
    };
    let passkeys = steps.passkeys.iter().map(|passkey| StepPart {
        method: "passkey",
        name: passkey.name.to_string(),
        since: written(passkey.created_at),
    });
    let second_steps = dated("email_token", steps.email_token)
        .into_iter()
        .chain(dated("totp", steps.totp))
        .chain(passkeys)
        .collect();
    let sessions = directory.sessions_of(user.id).await?;
    let sessions = sessions.into_iter().map(|(_, session)| SessionPart {
        id: session.id.to_string(),
        device: session.device.to_string(),
        network: session.network.map(|network| network.to_string()),
        created_at: written(session.created_at),
        last_used_at: written(session.last_used_at),
    });
    let sessions = sessions.collect();
    let mut invitations_received = Vec::new();
    for (workspace, invitation) in directory.invited_to(&user.email).await? {
        if let Some(offer) = directory.invitation(workspace, invitation).await? {
            invitations_received.push(InvitationPart {
                workspace_name: offer.workspace.name.to_string(),
                email: offer.invitation.email.to_string(),
                role: offer.invitation.role,
                state: offer.invitation.state,
                created_at: written(offer.invitation.created_at),
            });
        }
    }
    let mut memberships = Vec::new();
    let mut invitations_sent = Vec::new();
    let mut activity = Vec::new();
    for of_user in directory.workspaces_of(user.id).await? {
        let (id, name) = (of_user.workspace.id, of_user.workspace.name.to_string());
        let found = export_workspace::read(accounts, user.id, id, &name).await?;
        let Some(inside) = found else {
            continue;
        };
        memberships.push(MembershipPart {
            workspace_id: id.to_string(),
            workspace_name: name,
            role: of_user.role,
            state: of_user.state,
            joined_at: inside.joined_at,
        });
        invitations_sent.extend(inside.invitations_sent);
        activity.extend(inside.activity);
    }
    let notice = accounts.notice(&user, Notice::DataExported);
    directory.owe(&[notice], now).await?;
    Ok(Export {
        made_at: written(now),
        sessions,
        second_steps,
        recovery_codes_left: steps.recovery_codes,
        memberships,
        invitations_received,
        invitations_sent,
        activity,
        locale: user.locale,
        account: account(&user),
    })
}

fn account(user: &User) -> Account {
    Account {
        id: user.id.to_string(),
        email: user.email.to_string(),
        display_name: user.display_name.to_string(),
        locale: match user.locale {
            Locale::Ja => "ja",
            Locale::En => "en",
        },
        created_at: written(user.created_at),
    }
}

pub(crate) fn written(at: Moment) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

/// The same, as a person reads it.
#[derive(Template)]
#[template(path = "export.html")]
struct ExportPage<'a> {
    ja: bool,
    export: &'a Export,
}

impl Export {
    /// As a page in the person's language.
    pub(crate) fn page(&self) -> Result<String, Problem> {
        let ja = self.locale == Locale::Ja;
        let page = ExportPage { ja, export: self };
        page.render().map_err(Problem::internal)
    }
}

/// A word of the product as people read it.
fn word(name: impl Serialize) -> String {
    match serde_json::to_value(name) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}
