//! The function over a store of its own, and people who use it.

use axum::Router;
use axum::body::Body;
use http::header::{CONTENT_TYPE, COOKIE, ORIGIN};
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use koeba_domain::{
    DeviceName, DisplayName, EmailAddress, Invitation, InvitationState, Locale, Mail, MailIntent,
    Member, Moment, Permission, Role, SIGN_UP_LIFETIME, SecondStepMethod, Session, SessionLimits,
    SessionStage, SignUp, User, Workspace, WorkspaceName, WorkspaceScope,
};
use koeba_edge::cookies::SESSION_COOKIE;
use koeba_edge::csrf::{CSRF_HEADER, csrf_token};
use koeba_edge::digest::sha256_hex;
use koeba_edge::{
    Clock, Context, Entropy, PROBLEM_JSON, PasswordSettings, Secret, Settings, SigningKey,
    TokenKeySettings, new_session_secret, session_name,
};
use koeba_emulator::{Emulator, EmulatorConfig, Role as EmulatedRole, Storage, TENANT_ROLE_ARN};
use koeba_storage::SessionName;
use serde_json::Value;
use time::macros::datetime;
use tower::ServiceExt as _;

/// The moment at which every story begins.
pub(crate) const NOW: Moment = datetime!(2026-04-01 09:00 UTC);
pub(crate) const ORIGIN_OF_APP: &str = "http://127.0.0.1:8080";

/// The function, running over a store that nobody else uses.
pub(crate) struct App {
    pub(crate) context: Context,
    router: Router,
    _emulator: Emulator,
}

/// Somebody with an account who is signed in.
pub(crate) struct Person {
    pub(crate) user: User,
    secret: Secret,
}

/// What the function answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

impl App {
    pub(crate) async fn start() -> Self {
        let config = EmulatorConfig::new(Storage::Memory).expect("the policies are understood");
        let emulator = Emulator::start(config).await.expect("the emulator starts");
        emulator.create_table("koeba").expect("the table is made");
        let context = Context {
            clock: Clock::fixed(NOW),
            entropy: Entropy::seeded(1),
            ..Context::new(&emulator.sdk_config(EmulatedRole::Workspaces), settings())
        };
        let router = koeba_workspaces::router(context.clone());
        Self {
            context,
            router,
            _emulator: emulator,
        }
    }

    /// Somebody new, signed in.
    pub(crate) async fn person(&self, name: &str) -> Person {
        let entropy = &self.context.entropy;
        let user = User {
            id: entropy.id(),
            email: EmailAddress::new(&format!("{name}@example.test")).expect("an address"),
            display_name: DisplayName::new(name).expect("a line"),
            locale: Locale::En,
            created_at: NOW,
        };
        let sign_up = SignUp {
            id: entropy.id(),
            email: user.email.clone(),
            display_name: user.display_name.clone(),
            locale: user.locale,
            password_hash: String::new(),
            token_hash: "hash".to_owned(),
            tries: 0,
            expires_at: NOW + SIGN_UP_LIFETIME,
        };
        let mail = MailIntent {
            id: entropy.id(),
            to: user.email.clone(),
            locale: user.locale,
            mail: Mail::SignUpToken {
                display_name: user.display_name.clone(),
                token: "12345678".to_owned(),
            },
        };
        let (secret, session) = self.new_session(&user);
        let directory = self.context.table.directory();
        directory
            .create_sign_up(&sign_up, &mail)
            .await
            .expect("written");
        directory
            .complete_sign_up(&sign_up, &user, &name_of(&secret), &session)
            .await
            .expect("completed");
        Person { user, secret }
    }

    /// The same person in another browser.
    pub(crate) async fn sign_in(&self, person: &Person) -> Person {
        let user = person.user.clone();
        let (secret, session) = self.new_session(&user);
        let directory = self.context.table.directory();
        let name = name_of(&secret);
        directory
            .create_session(&name, &session, None)
            .await
            .expect("written");
        Person { user, secret }
    }

    fn new_session(&self, user: &User) -> (Secret, Session) {
        let now = self.context.clock.now();
        let session = Session {
            proof: Some(SecondStepMethod::Totp),
            ..Session::begin(
                self.context.entropy.id(),
                user.id,
                DeviceName::new("Firefox").expect("a line"),
                SessionStage::Full,
                SessionLimits::DEFAULT,
                now,
            )
        };
        (new_session_secret(&self.context.entropy, user.id), session)
    }

    /// A workspace of `owner`.
    pub(crate) async fn workspace(&self, owner: &Person, name: &str) -> Workspace {
        let workspace = Workspace {
            id: self.context.entropy.id(),
            name: WorkspaceName::new(name).expect("a line"),
            created_at: NOW,
        };
        let directory = self.context.table.directory();
        directory
            .create_workspace(&workspace, &owner.as_member(Role::Owner))
            .await
            .expect("created");
        workspace
    }

    /// The token of an invitation that waits for an answer.
    pub(crate) async fn invited(
        &self,
        by: &Person,
        workspace: &Workspace,
        name: &str,
        role: Role,
    ) -> (Invitation, String) {
        let now = self.context.clock.now();
        let entropy = &self.context.entropy;
        let invitation = Invitation {
            id: entropy.id(),
            email: EmailAddress::new(&format!("{name}@example.test")).expect("an address"),
            suggested_name: None,
            role,
            invited_by: by.user.id,
            state: InvitationState::Pending,
            secret_hash: sha256_hex("secret"),
            created_at: now,
            expires_at: now + Invitation::LIFETIME,
        };
        let mail = MailIntent {
            id: entropy.id(),
            to: invitation.email.clone(),
            locale: Locale::En,
            mail: Mail::Invitation {
                workspace_name: workspace.name.clone(),
                inviter_name: by.user.display_name.clone(),
                link: String::new(),
            },
        };
        let scope = self.scope(by, workspace).await;
        let table = self.context.table.workspace(&scope);
        table.invite(&invitation, &mail).await.expect("invited");
        let token = format!("{}.{}.secret", workspace.id, invitation.id);
        (invitation, token)
    }

    /// Makes `person` a member of `workspace`, by invitation.
    pub(crate) async fn add(
        &self,
        by: &Person,
        workspace: &Workspace,
        person: &Person,
        role: Role,
    ) {
        let name = person.user.email.local_part();
        let (invitation, _) = self.invited(by, workspace, name, role).await;
        let directory = self.context.table.directory();
        directory
            .accept_invitation(workspace, &invitation, &person.as_member(role))
            .await
            .expect("accepted");
    }

    /// What `person` may do in `workspace`.
    pub(crate) async fn scope(&self, person: &Person, workspace: &Workspace) -> WorkspaceScope {
        let directory = self.context.table.directory();
        let membership = directory.standing(person.user.id, workspace.id).await;
        membership
            .expect("the store answers")
            .expect("a member")
            .membership
            .authorize(Permission::ViewWorkspace)
            .expect("every role may")
    }

    /// A request as one of the app's own pages sends it.
    pub(crate) async fn ask(
        &self,
        person: Option<&Person>,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(ORIGIN, ORIGIN_OF_APP);
        if let Some(person) = person {
            let secret = person.secret.expose();
            request = request
                .header(COOKIE, format!("{SESSION_COOKIE}={secret}"))
                .header(CSRF_HEADER, csrf_token(&person.secret));
        }
        let request = match body {
            Some(body) => request
                .header(CONTENT_TYPE, "application/json")
                .body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        self.send(request.expect("a request")).await
    }

    /// A request as it stands.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("infallible");
        let status = response.status();
        let content_type = response.headers().get(CONTENT_TYPE).cloned();
        let bytes = response
            .into_body()
            .collect()
            .await
            .expect("a whole body")
            .to_bytes();
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).expect("JSON")
        };
        if !status.is_success() {
            let content_type = content_type.expect("a content type");
            assert!(
                content_type
                    .to_str()
                    .expect("text")
                    .starts_with(PROBLEM_JSON)
            );
            assert_eq!(body["status"], status.as_u16());
        }
        Answer { status, body }
    }

    pub(crate) async fn get(&self, person: &Person, path: &str) -> Answer {
        self.ask(Some(person), Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, person: &Person, path: &str, body: Value) -> Answer {
        self.ask(Some(person), Method::POST, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, person: &Person, path: &str) -> Answer {
        self.ask(Some(person), Method::DELETE, path, None).await
    }
}

impl Person {
    pub(crate) fn as_member(&self, role: Role) -> Member {
        Member {
            user: self.user.id,
            display_name: self.user.display_name.clone(),
            email: self.user.email.clone(),
            role,
            joined_at: NOW,
        }
    }
}

impl Answer {
    /// The problem's machine name; empty for a success.
    pub(crate) fn slug(&self) -> &str {
        let name = self.body["type"].as_str().unwrap_or_default();
        name.strip_prefix("/problems/").unwrap_or(name)
    }

    /// The status and the problem's machine name.
    pub(crate) fn refusal(&self) -> (u16, &str) {
        (self.status.as_u16(), self.slug())
    }

    /// The field that the problem is about.
    pub(crate) fn field(&self) -> &str {
        self.body["errors"][0]["field"].as_str().unwrap_or_default()
    }
}

fn settings() -> Settings {
    Settings {
        app_origin: ORIGIN_OF_APP.to_owned(),
        media_url: "ws://127.0.0.1:7880".to_owned(),
        table: "koeba".to_owned(),
        tenant_role_arn: TENANT_ROLE_ARN.to_owned(),
        cursor_key: [7; 32],
        signing_key: SigningKey::from_seed(&[9; 32]),
        token_key: TokenKeySettings {
            id: "key-1".to_owned(),
            secret: Secret::new("0".repeat(32)),
        },
        passwords: PasswordSettings::FLOOR,
    }
}

fn name_of(secret: &Secret) -> SessionName {
    session_name(secret).expect("our own secrets name somebody")
}
