//! Mails from the table's stream to the mailbox, over the embedded services.

#[path = "support/store.rs"]
mod store;
mod support;

use aws_lambda_events::event::dynamodb::Event;
use koeba_domain::{
    DeviceName, DisplayName, EmailAddress, IntentId, Invitation, InvitationId, InvitationState,
    Locale, Mail, MailIntent, Member, Membership, Moment, Permission, Role as MemberRole, Session,
    SessionId, SessionLimits, SessionStage, SignUp, SignUpId, User, UserId, Workspace, WorkspaceId,
    WorkspaceName,
};
use koeba_edge::Clock;
use koeba_emulator::{Emulator, Fault, Role};
use koeba_events::Delivery;
use koeba_storage::{Claim, OutboxEntry, SessionName, Table};
use time::Duration;

use support::{TABLE, settings};

#[tokio::test]
async fn a_sign_up_is_answered_with_its_token() {
    let world = World::start().await;
    world.sign_up(1, Locale::Ja).await;
    assert!(world.offer().await);
    let mails = world.emulator.mailbox().list();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, ["aiko@example.test"]);
    assert_eq!(mails[0].subject, "Koeba 確認コードのお知らせ");
    assert!(mails[0].text.contains("12345671"));
}

#[tokio::test]
async fn an_invitation_is_delivered_from_the_workspaces_own_outbox() {
    let world = World::start().await;
    world.invite().await;
    assert!(world.offer().await);
    let mails = world.emulator.mailbox().list();
    let mut mails = mails.iter();
    let mail = mails.find(|mail| mail.subject == "An invitation to a Koeba workspace");
    let mail = mail.expect("delivered");
    assert!(mail.html.contains("https://voice.example/invite#a.b"));
}

#[tokio::test]
async fn a_record_that_comes_again_sends_nothing() {
    let world = World::start().await;
    world.sign_up(1, Locale::En).await;
    for _ in 0..3 {
        assert!(world.offer().await);
    }
    assert_eq!(world.emulator.mailbox().list().len(), 1);
}

#[tokio::test]
async fn two_deliveries_at_the_same_moment_send_one_mail() {
    let world = World::start().await;
    world.sign_up(1, Locale::En).await;
    let offers = (world.offer(), world.offer(), world.offer());
    tokio::join!(offers.0, offers.1, offers.2);
    assert_eq!(world.emulator.mailbox().list().len(), 1);
}

#[tokio::test]
async fn a_sent_mail_leaves_neither_its_token_nor_its_recipient_in_the_table() {
    let world = World::start().await;
    world.sign_up(1, Locale::En).await;
    assert!(world.offer().await);
    let event = world.event();
    let last = event.records.last().expect("a record");
    let image = format!("{:?}", last.change.new_image);
    assert!(image.contains("OUTBOX#"), "{image}");
    assert!(
        !image.contains("12345671") && !image.contains("aiko"),
        "{image}"
    );
}

#[tokio::test]
async fn what_cannot_be_sent_now_is_named_and_the_rest_is_delivered() {
    let world = World::start().await;
    world.sign_up(1, Locale::En).await;
    world.sign_up(2, Locale::En).await;
    let (entry, number) = world.owed().remove(0);
    let outbox = world.table.outbox();
    let claim = outbox.claim(&entry, Moment::now_utc()).await;
    assert_eq!(claim.expect("an answer"), Claim::Yours);
    let response = world.delivery.handle(world.event()).await;
    let failures = response.batch_item_failures;
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].item_identifier, number);
    assert_eq!(world.emulator.mailbox().list().len(), 1);

    outbox.release(&entry).await.expect("released");
    assert!(world.offer().await);
    assert_eq!(world.emulator.mailbox().list().len(), 2);
}

#[tokio::test]
async fn a_store_that_stays_busy_loses_no_mail() {
    let world = World::start().await;
    world.sign_up(1, Locale::En).await;
    // More than anybody tries at a time.
    world
        .emulator
        .faults()
        .fail_next_of("UpdateItem", 5, Fault::Throttling);
    let mut offers = 0;
    while !world.offer().await {
        offers += 1;
        assert!(offers <= 5, "the faults are used up by then");
    }
    assert!(offers > 0);
    assert_eq!(world.emulator.mailbox().list().len(), 1);
}

#[tokio::test]
async fn a_mail_that_the_mail_service_did_not_take_is_sent_the_next_time() {
    let world = World::start().await;
    world.sign_up(1, Locale::En).await;
    // The accounts role may not send mail, so its delivery claims and is refused. (Nor may it
    // write audit logs.)
    let refused = delivery(&world.emulator, Role::Accounts);
    let failures = refused.handle(world.event()).await.batch_item_failures;
    assert!(!failures.is_empty());
    assert!(world.emulator.mailbox().list().is_empty());
    assert!(world.offer().await);
    assert_eq!(world.emulator.mailbox().list().len(), 1);
}

#[tokio::test]
async fn a_mail_whose_sender_broke_off_is_sent_when_its_claim_has_run_out() {
    let world = World::start().await;
    world.sign_up(1, Locale::En).await;
    let (entry, _) = world.owed().remove(0);
    let now = Moment::now_utc();
    let claim = world.table.outbox().claim(&entry, now).await;
    assert_eq!(claim.expect("an answer"), Claim::Yours);
    assert!(!world.offer().await, "somebody may still be sending it");
    assert!(world.emulator.mailbox().list().is_empty());

    let later = Clock::fixed(now + Claim::LIFETIME + Duration::SECOND);
    let sdk = world.emulator.sdk_config(Role::Events);
    let delivery = Delivery::with_clock(&sdk, settings(), later);
    let response = delivery.handle(world.event()).await;
    assert!(response.batch_item_failures.is_empty());
    assert_eq!(world.emulator.mailbox().list().len(), 1);
}

struct World {
    emulator: Emulator,
    table: Table,
    delivery: Delivery,
}

impl World {
    async fn start() -> Self {
        let (emulator, table) = store::empty().await;
        let delivery = delivery(&emulator, Role::Events);
        Self {
            emulator,
            table,
            delivery,
        }
    }

    fn event(&self) -> Event {
        self.emulator.stream_event(TABLE).expect("an event")
    }

    /// The mails that are owed, oldest first, with their places in the stream.
    fn owed(&self) -> Vec<(OutboxEntry, Option<String>)> {
        let changes = self.event().records.into_iter().map(|record| record.change);
        changes
            .filter_map(|change| {
                let entry = OutboxEntry::from_image(change.new_image)?;
                Some((entry, change.sequence_number))
            })
            .collect()
    }

    /// Offers everything that ever happened; answers whether all of it was dealt with.
    async fn offer(&self) -> bool {
        self.delivery
            .handle(self.event())
            .await
            .batch_item_failures
            .is_empty()
    }

    async fn sign_up(&self, number: u8, locale: Locale) -> SignUp {
        let sign_up = SignUp {
            id: SignUpId::from_random([number; 16]),
            email: address("aiko@example.test"),
            display_name: name("愛子"),
            locale,
            password_hash: "hash".to_owned(),
            token_hash: "hash".to_owned(),
            tries: 0,
            expires_at: Moment::now_utc() + Duration::minutes(10),
        };
        let mail = Mail::SignUpToken {
            display_name: name("愛子"),
            token: format!("1234567{number}"),
        };
        let intent = intent(number, "aiko@example.test", locale, mail);
        self.table
            .directory()
            .create_sign_up(&sign_up, &intent)
            .await
            .expect("a sign-up");
        sign_up
    }

    async fn invite(&self) {
        let now = Moment::now_utc();
        let workspace = Workspace {
            id: WorkspaceId::from_random([1; 16]),
            name: WorkspaceName::new("Team").expect("a line"),
            created_at: now,
        };
        let owner = Member {
            user: UserId::from_random([1; 16]),
            display_name: name("Ken"),
            email: address("ken@example.test"),
            role: MemberRole::Owner,
            joined_at: now,
        };
        let sign_up = self.sign_up(9, Locale::En).await;
        let user = User {
            id: owner.user,
            email: owner.email.clone(),
            display_name: owner.display_name.clone(),
            locale: Locale::En,
            created_at: now,
        };
        let session = Session::begin(
            SessionId::from_random([1; 16]),
            user.id,
            DeviceName::new("Firefox").expect("a line"),
            SessionStage::Full,
            SessionLimits::DEFAULT,
            now,
        );
        let session_name = SessionName {
            user: user.id,
            secret_hash: "hash".to_owned(),
        };
        self.table
            .directory()
            .complete_sign_up(&sign_up, &user, &session_name, &session)
            .await
            .expect("an account");
        let directory = self.table.directory();
        directory
            .create_workspace(&workspace, &owner)
            .await
            .expect("a workspace");
        let membership = Membership::new(workspace.id, owner.user, owner.role);
        let scope = membership
            .authorize(Permission::ManageInvitations)
            .expect("an owner may");
        let invitation = Invitation {
            id: InvitationId::from_random([1; 16]),
            email: address("aiko@example.test"),
            suggested_name: None,
            role: MemberRole::Member,
            invited_by: owner.user,
            state: InvitationState::Pending,
            secret_hash: "hash".to_owned(),
            created_at: now,
            expires_at: now + Invitation::LIFETIME,
        };
        let mail = Mail::Invitation {
            workspace_name: workspace.name,
            inviter_name: owner.display_name,
            link: "https://voice.example/invite#a.b".to_owned(),
        };
        let intent = intent(9, "aiko@example.test", Locale::En, mail);
        self.table
            .workspace(&scope)
            .invite(&invitation, &intent)
            .await
            .expect("an invitation");
    }
}

fn delivery(emulator: &Emulator, role: Role) -> Delivery {
    Delivery::new(&emulator.sdk_config(role), settings())
}

fn intent(number: u8, to: &str, locale: Locale, mail: Mail) -> MailIntent {
    MailIntent {
        id: IntentId::from_random([number; 16]),
        to: address(to),
        locale,
        mail,
    }
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::new(text).expect("an address")
}

fn name(text: &str) -> DisplayName {
    DisplayName::new(text).expect("a line")
}
