//! Everybody who belongs, as a table; whoever takes it with them is told by mail that they did.

use axum::response::Response;
use koeba_domain::{MemberState, Moment, Notice, Role, SecondStepMethod, WorkspaceScope};
use koeba_edge::{Context, Problem, Spreadsheet};
use time::format_description::well_known::Rfc3339;

use crate::notices::notice;

const COLUMNS: [&str; 10] = [
    "user_id",
    "display_name",
    "email",
    "role",
    "state",
    "joined_at",
    "last_sign_in_at",
    "second_steps",
    "password_changed_at",
    "responsible",
];

pub(crate) async fn export(context: &Context, scope: &WorkspaceScope) -> Result<Response, Problem> {
    let table = context.table.workspace(scope);
    let (workspace, records, responsible) = tokio::try_join!(
        table.workspace(),
        table.all_member_records(),
        table.responsible_manager(),
    )?;
    let responsible = responsible.map(|named| named.user);
    let mut sheet = Spreadsheet::new(&COLUMNS);
    for record in records {
        let steps: Vec<&str> = record
            .facts
            .second_steps
            .iter()
            .map(|method| method_name(*method))
            .collect();
        sheet.row([
            record.member.user.to_string(),
            record.member.display_name.to_string(),
            record.member.email.to_string(),
            role_name(record.member.role).to_owned(),
            state_name(record.state).to_owned(),
            at(Some(record.member.joined_at)),
            at(record.facts.last_sign_in_at),
            steps.join(" "),
            at(record.facts.password_changed_at),
            (responsible == Some(record.member.user)).to_string(),
        ]);
    }
    let exported = Notice::MembersExported {
        workspace_name: workspace.name,
    };
    let told = notice(context, scope.user(), exported).await?;
    let now = context.clock.now();
    table.note_export("members", "csv", now).await?;
    table.owe(told.as_slice(), now).await?;
    sheet.attachment("members.csv")
}

pub(crate) fn at(moment: Option<Moment>) -> String {
    moment
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .unwrap_or_default()
}

pub(crate) const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Guest => "guest",
        Role::Member => "member",
        Role::Manager => "manager",
        Role::Owner => "owner",
    }
}

pub(crate) const fn state_name(state: MemberState) -> &'static str {
    match state {
        MemberState::Active => "active",
        MemberState::Deactivated => "deactivated",
    }
}

pub(crate) const fn method_name(method: SecondStepMethod) -> &'static str {
    match method {
        SecondStepMethod::EmailToken => "email_token",
        SecondStepMethod::Totp => "totp",
        SecondStepMethod::Passkey => "passkey",
        SecondStepMethod::RecoveryCode => "recovery_code",
    }
}
