//! A table of one's own, people and workspaces.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use koeba_domain::{
    DeviceName, DisplayName, EmailAddress, Id, Invitation, InvitationState, Kind, Locale, Mail,
    MailIntent, Member, Moment, Permission, Role as MemberRole, Room, RoomName, SIGN_UP_LIFETIME,
    Session, SessionId, SessionLimits, SessionStage, SignUp, User, UserId, Workspace, WorkspaceId,
    WorkspaceName, WorkspaceScope,
};
use koeba_emulator::{Emulator, EmulatorConfig, Role, Storage, TENANT_ROLE_ARN};
use koeba_storage::{Directory, PageRequest, SessionName, Table, TableSettings, WorkspaceTable};
use time::macros::datetime;

/// The moment at which every story begins.
pub(crate) const NOW: Moment = datetime!(2026-04-01 09:00 UTC);

/// A store that nobody else uses.
pub(crate) struct World {
    pub(crate) emulator: Emulator,
    pub(crate) table: Table,
    drawn: AtomicU64,
}

impl World {
    pub(crate) async fn start() -> Self {
        let config = EmulatorConfig::new(Storage::Memory).expect("the policies are understood");
        let emulator = Emulator::start(config).await.expect("the emulator starts");
        emulator.create_table("koeba").expect("the table is made");
        // As the whole of Koeba: which function may do what is tried with each function.
        let table = table_of(&emulator, Role::Operator);
        Self {
            emulator,
            table,
            drawn: AtomicU64::new(1),
        }
    }

    pub(crate) fn directory(&self) -> Directory {
        self.table.directory()
    }

    /// A new identifier, the same in every run.
    pub(crate) fn id<K: Kind>(&self) -> Id<K> {
        let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
        let mut bytes = [0; 16];
        // Scattered, so that the order of making is not the order of the keys.
        bytes[..8].copy_from_slice(&drawn.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        Id::from_random(bytes)
    }

    pub(crate) fn user(&self, name: &str) -> User {
        User {
            id: self.id(),
            email: address(name),
            display_name: DisplayName::new(name).expect("a line"),
            locale: Locale::Ja,
            created_at: NOW,
        }
    }

    /// Somebody who has a key to be sealed under, as everybody with an account has.
    pub(crate) async fn person(&self, name: &str) -> User {
        let user = self.user(name);
        let text = |text: String| AttributeValue::S(text);
        let put = Client::new(&self.emulator.sdk_config(Role::Operator))
            .put_item()
            .table_name("koeba-keys")
            .item("pk", text(format!("SUBJECT#{}", user.id)))
            .item("sk", text("KEY".to_owned()))
            .item("user", text(user.id.to_string()))
            .item("secret", text("A".repeat(43)));
        put.send().await.expect("written");
        user
    }

    pub(crate) fn sign_up(&self, name: &str) -> SignUp {
        SignUp {
            id: self.id(),
            email: address(name),
            display_name: DisplayName::new(name).expect("a line"),
            locale: Locale::Ja,
            password_hash: format!("$argon2id${name}"),
            token_hash: "ab".repeat(32),
            tries: 0,
            expires_at: NOW + SIGN_UP_LIFETIME,
        }
    }

    pub(crate) fn token_mail(&self, sign_up: &SignUp) -> MailIntent {
        MailIntent {
            id: self.id(),
            to: sign_up.email.clone(),
            locale: sign_up.locale,
            mail: Mail::SignUpToken {
                display_name: sign_up.display_name.clone(),
                token: "12345678".to_owned(),
            },
        }
    }

    /// A workspace with its owner.
    pub(crate) async fn workspace(&self, name: &str) -> (Workspace, Member) {
        let workspace = Workspace {
            id: self.id(),
            name: WorkspaceName::new(name).expect("a line"),
            created_at: NOW,
        };
        let owner = member(
            &self.person(&format!("owner-of-{name}")).await,
            MemberRole::Owner,
        );
        self.directory()
            .create_workspace(&workspace, &owner)
            .await
            .expect("created");
        (workspace, owner)
    }

    /// The owner's view of a new workspace.
    pub(crate) async fn owned(&self, name: &str) -> (WorkspaceTable, Workspace, Member) {
        let (workspace, owner) = self.workspace(name).await;
        let scope = self.scope(owner.user, workspace.id).await;
        (self.table.workspace(&scope), workspace, owner)
    }

    pub(crate) async fn scope(&self, user: UserId, workspace: WorkspaceId) -> WorkspaceScope {
        self.directory()
            .standing(user, workspace)
            .await
            .expect("the store answers")
            .expect("a member")
            .membership
            .authorize(Permission::ListRooms)
            .expect("every role may")
    }

    pub(crate) fn room(&self, name: &str) -> Room {
        Room {
            id: self.id(),
            name: room_name(name),
            created_at: NOW,
        }
    }

    pub(crate) fn invitation(&self, name: &str, invited_by: UserId) -> Invitation {
        Invitation {
            id: self.id(),
            email: address(name),
            suggested_name: None,
            role: MemberRole::Member,
            invited_by,
            state: InvitationState::Pending,
            secret_hash: "cd".repeat(32),
            created_at: NOW,
            expires_at: NOW + Invitation::LIFETIME,
        }
    }

    pub(crate) fn invitation_mail(&self, invitation: &Invitation) -> MailIntent {
        MailIntent {
            id: self.id(),
            to: invitation.email.clone(),
            locale: Locale::En,
            mail: Mail::Invitation {
                workspace_name: WorkspaceName::new("team").expect("a line"),
                inviter_name: DisplayName::new("Aiko").expect("a line"),
                link: "http://127.0.0.1/invite#secret".to_owned(),
            },
        }
    }

    /// An invitation of `name` that waits for an answer.
    pub(crate) async fn invited(
        &self,
        to: &WorkspaceTable,
        name: &str,
        invited_by: UserId,
    ) -> Invitation {
        let invitation = self.invitation(name, invited_by);
        let mail = self.invitation_mail(&invitation);
        to.invite(&invitation, &mail).await.expect("invited");
        invitation
    }
}

pub(crate) fn table_of(emulator: &Emulator, role: Role) -> Table {
    let settings = TableSettings {
        name: "koeba".to_owned(),
        tenant_role_arn: TENANT_ROLE_ARN.to_owned(),
        cursor_key: [7; 32],
    };
    Table::new(&emulator.sdk_config(role), settings)
}

pub(crate) fn address(name: &str) -> EmailAddress {
    EmailAddress::new(&format!("{name}@example.test")).expect("an address")
}

pub(crate) fn member(user: &User, role: MemberRole) -> Member {
    Member {
        user: user.id,
        display_name: user.display_name.clone(),
        email: user.email.clone(),
        role,
        joined_at: NOW,
    }
}

pub(crate) fn room_name(name: &str) -> RoomName {
    RoomName::new(name).expect("a line")
}

pub(crate) fn session(user: UserId) -> Session {
    Session::begin(
        SessionId::from_random([1; 16]),
        user,
        DeviceName::new("Firefox").expect("a line"),
        SessionStage::Full,
        SessionLimits::DEFAULT,
        NOW,
    )
}

pub(crate) fn name(user: UserId, secret_hash: &str) -> SessionName {
    SessionName {
        user,
        secret_hash: secret_hash.to_owned(),
    }
}

pub(crate) fn first(limit: u8) -> PageRequest {
    PageRequest {
        cursor: None,
        limit,
    }
}
