//! People with accounts, and what they are to each other.

use std::ops::Deref;

use koeba_domain::{
    DeviceName, DisplayName, EmailAddress, Invitation, InvitationState, Locale, Mail, MailIntent,
    Member, Permission, Policy, Role, SIGN_UP_LIFETIME, SecondStepMethod, Session, SessionLimits,
    SessionStage, SignUp, User, Workspace, WorkspaceName, WorkspaceScope,
};
use koeba_edge::digest::sha256_hex;
use koeba_edge::{Secret, new_session_secret, session_name};
use koeba_storage::SessionName;

use crate::{App, Browser, NOW};

/// Somebody with an account who is signed in, all the way and just now.
pub struct Person {
    /// Who.
    pub user: User,
    /// Where.
    pub browser: Browser,
}

impl Deref for Person {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        &self.browser
    }
}

impl Person {
    /// What the list of members says of them.
    #[must_use]
    pub fn as_member(&self, role: Role) -> Member {
        Member {
            user: self.user.id,
            display_name: self.user.display_name.clone(),
            email: self.user.email.clone(),
            role,
            joined_at: NOW,
        }
    }
}

impl App {
    /// Somebody new, `name@example.test`, signed in. They have no password.
    pub async fn person(&self, name: &str) -> Person {
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
        let mail = self.mail(
            &user.email,
            Mail::SignUpToken {
                display_name: user.display_name.clone(),
                token: "12345678".to_owned(),
            },
        );
        let (secret, session) = self.new_session(&user);
        let directory = self.fixtures.directory();
        directory
            .create_sign_up(&sign_up, &mail)
            .await
            .expect("written");
        directory
            .complete_sign_up(&sign_up, &user, &name_of(&secret), &session)
            .await
            .expect("completed");
        let browser = Browser::with_session(&secret);
        Person { user, browser }
    }

    /// The same person in another browser.
    pub async fn sign_in(&self, person: &Person) -> Person {
        self.sign_in_with(person, Some(SecondStepMethod::Totp))
            .await
    }

    /// The same person in another browser, after a second step of that kind or none.
    pub async fn sign_in_with(&self, person: &Person, proof: Option<SecondStepMethod>) -> Person {
        let user = person.user.clone();
        let (secret, session) = self.new_session(&user);
        let session = Session { proof, ..session };
        let directory = self.fixtures.directory();
        directory
            .create_session(&name_of(&secret), &session, None)
            .await
            .expect("written");
        let browser = Browser::with_session(&secret);
        Person { user, browser }
    }

    fn new_session(&self, user: &User) -> (Secret, Session) {
        let entropy = &self.context.entropy;
        let session = Session::begin(
            entropy.id(),
            user.id,
            DeviceName::new("Firefox").expect("a line"),
            SessionStage::Full,
            SessionLimits::DEFAULT,
            self.context.clock.now(),
        );
        let session = Session {
            proof: Some(SecondStepMethod::Totp),
            ..session
        };
        (new_session_secret(entropy, user.id), session)
    }

    /// A workspace of `owner`.
    pub async fn workspace(&self, owner: &Person, name: &str) -> Workspace {
        let workspace = Workspace {
            id: self.context.entropy.id(),
            name: WorkspaceName::new(name).expect("a line"),
            created_at: NOW,
        };
        let directory = self.fixtures.directory();
        directory
            .create_workspace(&workspace, &owner.as_member(Role::Owner))
            .await
            .expect("created");
        workspace
    }

    /// An invitation of `name@example.test` that waits for an answer, and its token.
    pub async fn invited(
        &self,
        by: &Person,
        workspace: &Workspace,
        name: &str,
        role: Role,
    ) -> (Invitation, String) {
        let now = self.context.clock.now();
        let invitation = Invitation {
            id: self.context.entropy.id(),
            email: EmailAddress::new(&format!("{name}@example.test")).expect("an address"),
            suggested_name: None,
            role,
            invited_by: by.user.id,
            state: InvitationState::Pending,
            secret_hash: sha256_hex("secret"),
            created_at: now,
            expires_at: now + Invitation::LIFETIME,
        };
        let mail = self.mail(
            &invitation.email,
            Mail::Invitation {
                workspace_name: workspace.name.clone(),
                inviter_name: by.user.display_name.clone(),
                link: String::new(),
            },
        );
        let scope = self.scope(by, workspace).await;
        let table = self.fixtures.workspace(&scope);
        table.invite(&invitation, &mail).await.expect("invited");
        let token = format!("{}.{}.secret", workspace.id, invitation.id);
        (invitation, token)
    }

    /// Makes `person` a member of `workspace`, by invitation.
    pub async fn add(&self, by: &Person, workspace: &Workspace, person: &Person, role: Role) {
        let name = person.user.email.local_part();
        let (invitation, _) = self.invited(by, workspace, name, role).await;
        let directory = self.fixtures.directory();
        directory
            .accept_invitation(workspace, &invitation, &person.as_member(role))
            .await
            .expect("accepted");
    }

    /// Lets `policy` hold in `workspace` from now on.
    pub async fn set_policy(&self, by: &Person, workspace: &Workspace, policy: Policy) {
        let scope = self.scope(by, workspace).await;
        let table = self.fixtures.workspace(&scope);
        let version = table.policy().await.expect("the store answers").version;
        let now = self.context.clock.now();
        table
            .put_policy(&policy, version, by.user.id, now, &[])
            .await
            .expect("nobody else changed it");
    }

    /// What `person` may do in `workspace`.
    pub async fn scope(&self, person: &Person, workspace: &Workspace) -> WorkspaceScope {
        let directory = self.fixtures.directory();
        let standing = directory.standing(person.user.id, workspace.id).await;
        standing
            .expect("the store answers")
            .expect("a member")
            .membership
            .authorize(Permission::ViewWorkspace)
            .expect("every role may")
    }

    fn mail(&self, to: &EmailAddress, mail: Mail) -> MailIntent {
        MailIntent {
            id: self.context.entropy.id(),
            to: to.clone(),
            locale: Locale::En,
            mail,
        }
    }
}

fn name_of(secret: &Secret) -> SessionName {
    session_name(secret).expect("our own secrets name somebody")
}
