//! Who is answered what: one row for every operation of the API document.

/// Somebody who sends a request, as far as the workspace in its path is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Nobody: no session.
    Anonymous,
    /// The owner of another workspace.
    Outsider,
    /// A guest of the workspace.
    Guest,
    /// A member.
    Member,
    /// A manager.
    Manager,
    /// Its owner.
    Owner,
}

impl Caller {
    /// Everybody, in the order in which a row lists what they are answered.
    pub(crate) const ALL: [Self; 6] = [
        Self::Anonymous,
        Self::Outsider,
        Self::Guest,
        Self::Member,
        Self::Manager,
        Self::Owner,
    ];
}

/// What protects an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// A session; mutating requests must also come from one of the app's pages.
    Session,
    /// Nothing: it is for people who have no session yet.
    Open,
    /// A media node's own token; no person's session opens it.
    Node,
}

/// What everybody is answered by one operation.
pub(crate) struct Row {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) door: Door,
    /// The body, with `{fresh}` for a text that was never used before.
    pub(crate) body: Option<&'static str>,
    /// The status for each of [`Caller::ALL`].
    pub(crate) statuses: [u16; 6],
    /// Whether even a refusal writes something: the count of wrong tries.
    pub(crate) counts_tries: bool,
    /// Whether reading it writes: an export is noted, and told to whoever made it.
    pub(crate) is_noted: bool,
}

const fn row(
    method: &'static str,
    path: &'static str,
    body: Option<&'static str>,
    statuses: [u16; 6],
) -> Row {
    Row {
        method,
        path,
        door: Door::Session,
        body,
        statuses,
        counts_tries: false,
        is_noted: false,
    }
}

const fn open(
    method: &'static str,
    path: &'static str,
    body: Option<&'static str>,
    status: u16,
) -> Row {
    Row {
        door: Door::Open,
        ..row(method, path, body, [status; 6])
    }
}

/// An export.
const fn export(path: &'static str, statuses: [u16; 6]) -> Row {
    Row {
        is_noted: true,
        ..row("GET", path, None, statuses)
    }
}

/// For whoever is signed in, whatever they are in which workspace.
const fn signed_in(status: u16) -> [u16; 6] {
    [401, status, status, status, status, status]
}

/// For everybody of the workspace.
const fn of_workspace(status: u16) -> [u16; 6] {
    [401, 404, status, status, status, status]
}

/// For members, but not for guests.
const fn of_team(status: u16) -> [u16; 6] {
    [401, 404, 403, status, status, status]
}

/// For managers and the owner.
const fn of_managers(status: u16) -> [u16; 6] {
    [401, 404, 403, 403, status, status]
}

/// For the owner alone.
const fn of_owner(status: u16) -> [u16; 6] {
    [401, 404, 403, 403, 403, status]
}

/// The handshake of `/live?workspace={workspace_id}`, which is no operation of the API document: what
/// a page of the app is answered. Whoever may list rooms is told of them.
pub(crate) const LIVE: [u16; 6] = of_workspace(101);

const WORKSPACE: &str = "/api/workspaces/{workspace_id}";
const MEMBERS: &str = "/api/workspaces/{workspace_id}/members";
const MEMBER: &str = "/api/workspaces/{workspace_id}/members/{user_id}";
const DEACTIVATE: &str = "/api/workspaces/{workspace_id}/members/{user_id}/deactivate";
const REACTIVATE: &str = "/api/workspaces/{workspace_id}/members/{user_id}/reactivate";
const MEMBERS_EXPORT: &str = "/api/workspaces/{workspace_id}/members/export";
const OWNERSHIP: &str = "/api/workspaces/{workspace_id}/ownership";
const RESPONSIBLE: &str = "/api/workspaces/{workspace_id}/responsible-manager";
const IMPORT: &str = "/api/workspaces/{workspace_id}/invitations/import";
const LINKS: &str = "/api/workspaces/{workspace_id}/invitation-links";
const LINK: &str = "/api/workspaces/{workspace_id}/invitation-links/{link_id}";
const POLICY: &str = "/api/workspaces/{workspace_id}/policy";
const POLICY_PREVIEW: &str = "/api/workspaces/{workspace_id}/policy/preview";
const REVIEWS: &str = "/api/workspaces/{workspace_id}/access-reviews";
const REVIEW: &str = "/api/workspaces/{workspace_id}/access-reviews/{review_id}";
const DECISION: &str =
    "/api/workspaces/{workspace_id}/access-reviews/{review_id}/decisions/{user_id}";
const COMPLETION: &str = "/api/workspaces/{workspace_id}/access-reviews/{review_id}/completion";
const RESULT: &str = "/api/workspaces/{workspace_id}/access-reviews/{review_id}/result";
const RESULT_CSV: &str = "/api/workspaces/{workspace_id}/access-reviews/{review_id}/result.csv";
const AUDIT: &str = "/api/workspaces/{workspace_id}/audit";
const AUDIT_STATE: &str = "/api/workspaces/{workspace_id}/audit/state";
const AUDIT_EXPORT: &str = "/api/workspaces/{workspace_id}/audit/export";
const AUDIT_ENTRY: &str = "/api/workspaces/{workspace_id}/audit/{seq}";
const FINDINGS: &str = "/api/workspaces/{workspace_id}/findings";
const INVITATIONS: &str = "/api/workspaces/{workspace_id}/invitations";
const INVITATION: &str = "/api/workspaces/{workspace_id}/invitations/{invitation_id}";
const ROOMS: &str = "/api/workspaces/{workspace_id}/rooms";
const ROOM: &str = "/api/workspaces/{workspace_id}/rooms/{room_id}";
const JOIN: &str = "/api/workspaces/{workspace_id}/rooms/{room_id}/join";

const SIGN_UP: &str = r#"{"email":"{fresh}@example.test","password":"a long way to the harbour","display_name":"Nobody","locale":"en"}"#;
const WRONG_TOKEN: &str = r#"{"token":"00000000"}"#;
const WRONG_PASSWORD: &str = r#"{"email":"nobody@example.test","password":"not their password"}"#;
const WRONG_STEP_UP: &str = r#"{"password":"not their password"}"#;
const WRONG_CODE: &str = r#"{"method":"totp","code":"000000"}"#;
const WRONG_SET_UP: &str = r#"{"code":"00000000"}"#;
const WRONG_PASSKEY: &str = r#"{"name":"{fresh}","credential":{}}"#;
const WRONG_CHANGE: &str =
    r#"{"current_password":"not their password","new_password":"another way to the harbour"}"#;
const RESET: &str = r#"{"email":"{fresh}@example.test"}"#;
const WRONG_RESET: &str =
    r#"{"token":"pr_00000000000000000000000000.x","new_password":"another way to the harbour"}"#;
const PROFILE: &str = r#"{"display_name":"{fresh}","locale":"en"}"#;
const NEW_ADDRESS: &str = r#"{"email":"{fresh}@example.test"}"#;
const UNKNOWN_JOIN: &str = r#"{"token":"no.such.invitation","display_name":"Nobody","password":"a long way to the harbour","locale":"en"}"#;
const UNKNOWN_INVITATION: &str = r#"{"token":"no.such.invitation"}"#;
const NAME: &str = r#"{"name":"{fresh}"}"#;
const INVITE: &str = r#"{"email":"{fresh}@example.test","role":"guest"}"#;
const ROLE: &str = r#"{"role":"member"}"#;
const NOBODY: &str = r#"{"user_id":"us_00000000000000000000000000"}"#;
const NOBODY_RESPONSIBLE: &str =
    r#"{"user_id":"us_00000000000000000000000000","department":"x","contact":"x"}"#;
const LIST: &str = r#"{"csv":"email,display_name,role\n{fresh}@example.test,,guest\n"}"#;
const LINK_WISH: &str = r#"{"role":"guest","expires_in_hours":1}"#;
const POLICY_LOOK: &str = r#"{"policy":{"second_step":"managers","email_token_allowed":true,"member_session":{"idle_hours":168,"absolute_days":30},"manager_session":{"idle_hours":12,"absolute_days":30},"allowed_networks":[],"invitation_domains":[],"guests_allowed":true,"dtls_floor":"1.3"}}"#;
const OLD_POLICY: &str = r#"{"version":99,"policy":{"second_step":"managers","email_token_allowed":true,"member_session":{"idle_hours":168,"absolute_days":30},"manager_session":{"idle_hours":12,"absolute_days":30},"allowed_networks":[],"invitation_domains":[],"guests_allowed":true,"dtls_floor":"1.3"}}"#;
const REVIEW_WISH: &str = r#"{"title":"Review","due_at":"{soon}"}"#;
const HALF_HEARTED: &str = r#"{"confirm":"delete"}"#;
const KEEP: &str = r#"{"decision":"keep"}"#;
const CLAIM: &str = r#"{"node_id":"local","address":"","workspace_id":"ws_0","room_id":"rm_0"}"#;
const REPORT: &str = r#"{"node_id":"local","at":0,"rooms":[]}"#;

/// The matrix.
pub(crate) const MATRIX: &[Row] = &[
    open("GET", "/api/health", None, 200),
    open("GET", "/api/openapi.json", None, 200),
    open("GET", "/api/signing-keys", None, 200),
    open("POST", "/api/sign-ups", Some(SIGN_UP), 202),
    Row {
        counts_tries: true,
        ..open(
            "POST",
            "/api/sign-ups/{sign_up_id}/confirm",
            Some(WRONG_TOKEN),
            422,
        )
    },
    open(
        "POST",
        "/api/sign-ups/by-invitation",
        Some(UNKNOWN_JOIN),
        404,
    ),
    open("POST", "/api/sessions", Some(WRONG_PASSWORD), 401),
    row("DELETE", "/api/sessions/current", None, signed_in(204)),
    row(
        "POST",
        "/api/sessions/current/renewal",
        None,
        signed_in(201),
    ),
    row(
        "POST",
        "/api/sessions/current/step-up",
        Some(WRONG_STEP_UP),
        signed_in(422),
    ),
    row(
        "POST",
        "/api/sessions/current/second-step/email-token",
        None,
        signed_in(409),
    ),
    row(
        "POST",
        "/api/sessions/current/second-step",
        Some(WRONG_CODE),
        signed_in(409),
    ),
    row("GET", "/api/me", None, signed_in(200)),
    row("PATCH", "/api/me", Some(PROFILE), signed_in(200)),
    row(
        "POST",
        "/api/me/email-changes",
        Some(NEW_ADDRESS),
        signed_in(202),
    ),
    row(
        "POST",
        "/api/me/email-changes/{email_change_id}/confirm",
        Some(WRONG_TOKEN),
        signed_in(404),
    ),
    row(
        "POST",
        "/api/me/deletion",
        Some(HALF_HEARTED),
        signed_in(422),
    ),
    export("/api/me/export", signed_in(200)),
    export("/api/me/export.html", signed_in(200)),
    open(
        "GET",
        "/api/deletion-certificates/{certificate_id}",
        None,
        404,
    ),
    row(
        "POST",
        "/api/workspaces/{workspace_id}/deletion",
        Some(HALF_HEARTED),
        [401, 404, 403, 403, 403, 422],
    ),
    row("GET", "/api/me/sessions", None, signed_in(200)),
    row("DELETE", "/api/me/sessions", None, signed_in(204)),
    row(
        "DELETE",
        "/api/me/sessions/{session_id}",
        None,
        signed_in(404),
    ),
    row(
        "PUT",
        "/api/me/password",
        Some(WRONG_CHANGE),
        signed_in(422),
    ),
    open("POST", "/api/password-resets", Some(RESET), 202),
    open(
        "POST",
        "/api/password-resets/complete",
        Some(WRONG_RESET),
        410,
    ),
    row("GET", "/api/me/second-steps", None, signed_in(200)),
    row(
        "POST",
        "/api/me/second-steps/email-token",
        None,
        signed_in(202),
    ),
    Row {
        counts_tries: true,
        ..row(
            "PUT",
            "/api/me/second-steps/email-token",
            Some(WRONG_SET_UP),
            signed_in(422),
        )
    },
    row(
        "DELETE",
        "/api/me/second-steps/email-token",
        None,
        [401, 409, 204, 204, 409, 409],
    ),
    row(
        "POST",
        "/api/sessions/current/step-up/passkey-challenge",
        None,
        signed_in(409),
    ),
    row(
        "POST",
        "/api/sessions/current/second-step/passkey-challenge",
        None,
        signed_in(409),
    ),
    row(
        "POST",
        "/api/me/second-steps/passkeys/challenge",
        None,
        signed_in(200),
    ),
    row(
        "POST",
        "/api/me/second-steps/passkeys",
        Some(WRONG_PASSKEY),
        signed_in(422),
    ),
    row(
        "DELETE",
        "/api/me/second-steps/passkeys/{passkey_id}",
        None,
        signed_in(404),
    ),
    row("POST", "/api/me/second-steps/totp", None, signed_in(200)),
    row(
        "PUT",
        "/api/me/second-steps/totp",
        Some(WRONG_SET_UP),
        signed_in(422),
    ),
    row(
        "DELETE",
        "/api/me/second-steps/totp",
        None,
        [401, 409, 204, 204, 409, 409],
    ),
    row(
        "POST",
        "/api/me/second-steps/recovery-codes",
        None,
        signed_in(200),
    ),
    open(
        "POST",
        "/api/invitations/preview",
        Some(UNKNOWN_INVITATION),
        404,
    ),
    row(
        "POST",
        "/api/invitations/accept",
        Some(UNKNOWN_INVITATION),
        signed_in(404),
    ),
    row("POST", "/api/workspaces", Some(NAME), signed_in(201)),
    row("GET", "/api/workspaces", None, signed_in(200)),
    row("GET", WORKSPACE, None, of_workspace(200)),
    row("PATCH", WORKSPACE, Some(NAME), of_managers(200)),
    row("GET", MEMBERS, None, of_team(200)),
    export(MEMBERS_EXPORT, of_managers(200)),
    row("GET", MEMBER, None, of_team(200)),
    row("PATCH", MEMBER, Some(ROLE), of_managers(200)),
    row("DELETE", MEMBER, None, of_managers(204)),
    row("POST", DEACTIVATE, None, of_managers(200)),
    row("POST", REACTIVATE, None, of_managers(200)),
    row("POST", OWNERSHIP, Some(NOBODY), of_owner(404)),
    row("GET", RESPONSIBLE, None, of_team(200)),
    row(
        "PUT",
        RESPONSIBLE,
        Some(NOBODY_RESPONSIBLE),
        of_managers(404),
    ),
    row("GET", POLICY, None, of_managers(200)),
    row("POST", POLICY_PREVIEW, Some(POLICY_LOOK), of_managers(200)),
    row("PUT", POLICY, Some(OLD_POLICY), of_managers(409)),
    row("POST", REVIEWS, Some(REVIEW_WISH), of_managers(201)),
    row("GET", REVIEWS, None, of_managers(200)),
    row("GET", REVIEW, None, of_managers(200)),
    row("PUT", DECISION, Some(KEEP), of_managers(204)),
    row("POST", COMPLETION, None, of_managers(409)),
    row("GET", RESULT, None, of_managers(409)),
    export(RESULT_CSV, of_managers(409)),
    row("GET", AUDIT, None, of_managers(200)),
    row("GET", AUDIT_STATE, None, of_managers(200)),
    row("GET", FINDINGS, None, of_managers(200)),
    export(AUDIT_EXPORT, of_managers(200)),
    row("GET", AUDIT_ENTRY, None, of_managers(404)),
    row("POST", IMPORT, Some(LIST), of_managers(200)),
    row("POST", LINKS, Some(LINK_WISH), of_managers(201)),
    row("GET", LINKS, None, of_managers(200)),
    row("DELETE", LINK, None, of_managers(204)),
    row("POST", INVITATIONS, Some(INVITE), of_managers(201)),
    row("GET", INVITATIONS, None, of_managers(200)),
    row("DELETE", INVITATION, None, of_managers(204)),
    row("POST", ROOMS, Some(NAME), of_managers(201)),
    row("GET", ROOMS, None, of_workspace(200)),
    row("GET", ROOM, None, of_workspace(200)),
    row("PATCH", ROOM, Some(NAME), of_managers(200)),
    row("DELETE", ROOM, None, of_managers(204)),
    row("POST", JOIN, None, of_workspace(200)),
    Row {
        door: Door::Node,
        ..row("POST", "/api/media/reports", Some(REPORT), [401; 6])
    },
    Row {
        door: Door::Node,
        ..row("POST", "/api/media/leases", Some(CLAIM), [401; 6])
    },
];
