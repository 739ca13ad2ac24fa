//! From the table's stream to audit logs, over the embedded services.

#[path = "support/store.rs"]
mod store;
mod support;

use aws_lambda_events::event::dynamodb::Event;
use koeba_domain::{
    AuditEntry, AuditEvent, AuditOutcome, DeviceName, DisplayName, EmailAddress, Extent, IntentId,
    Locale, Mail, MailIntent, Member, Membership, Moment, Permission, RequestId,
    Role as MemberRole, Room, RoomId, RoomName, Session, SessionId, SessionLimits, SessionStage,
    SignUp, SignUpId, Trace, User, UserId, Workspace, WorkspaceId, WorkspaceName, WorkspaceScope,
    check_chain, neighbourhood,
};
use koeba_edge::Clock;
use koeba_emulator::{Emulator, Fault, Role};
use koeba_events::{Delivery, DeliverySettings};
use koeba_storage::{PageRequest, SessionName, Table, WorkspaceTable};
use time::Duration;

use support::{TABLE, settings};

/// Check sheet: SEC-C-04.
#[tokio::test]
async fn what_a_request_changes_is_told_with_who_whence_and_what_it_was() {
    let world = World::start().await;
    let room = world.create_room("Lobby").await;
    let table = world.in_request(7);
    let room = table.rename_room(&room, &name("Hall")).await;
    let room = room.expect("renamed");
    let table = world.in_request(8);
    table.delete_room(&room).await.expect("deleted");
    assert!(world.offer().await);

    let entries = world.entries().await;
    let expected = [
        "workspace.created",
        "room.created",
        "room.renamed",
        "room.deleted",
    ];
    assert_eq!(actions(&entries), expected);
    let renamed = &entries[2].event;
    assert_eq!(renamed.actor, Some(world.owner));
    assert_eq!(renamed.network.as_deref(), Some("203.0.113.0/24"));
    assert_eq!(renamed.request, Some("07".repeat(16)));
    let subject = renamed.subject.as_ref().expect("a subject");
    assert_eq!(
        (subject.kind.as_str(), &subject.id),
        ("room", &room.id.to_string())
    );
    let change = &renamed.changes[0];
    assert_eq!(change.before.as_deref(), Some("Lobby"));
    assert_eq!(change.after.as_deref(), Some("Hall"));
    assert_eq!(entries[3].event.request, Some("08".repeat(16)));
    assert_eq!(check_chain(&entries, &[], Extent::Whole), []);
}

#[tokio::test]
async fn a_record_that_comes_again_makes_no_second_entry() {
    let world = World::start().await;
    world.create_room("Lobby").await;
    for _ in 0..3 {
        assert!(world.offer().await);
    }
    assert_eq!(world.entries().await.len(), 2);
}

/// Shards of a stream are dealt with at the same time.
#[tokio::test]
async fn many_who_record_at_once_make_one_chain() {
    let world = World::start().await;
    for number in 0..6 {
        world.create_room(&format!("Room {number}")).await;
    }
    let event = world.event();
    let (even, odd): (Vec<_>, Vec<_>) = event
        .records
        .into_iter()
        .enumerate()
        .partition(|(place, _)| place % 2 == 0);
    let half = |records: Vec<(usize, _)>| {
        let mut event = Event::default();
        event.records = records.into_iter().map(|(_, record)| record).collect();
        event
    };
    let (even, odd) = (half(even), half(odd));
    let deliveries = [0, 1, 2, 3].map(|_| world.delivery(Clock::system()));
    tokio::join!(
        deliveries[0].handle(even.clone()),
        deliveries[1].handle(odd.clone()),
        deliveries[2].handle(even),
        deliveries[3].handle(odd),
    );
    // Who found the end of the log taken too often says so, and is offered its batch again.
    assert!(world.offer().await);
    let entries = world.entries().await;
    assert_eq!(entries.len(), 7);
    assert_eq!(check_chain(&entries, &[], Extent::Whole), []);
}

#[tokio::test]
async fn a_store_that_fails_in_between_loses_nothing_and_doubles_nothing() {
    let world = World::start().await;
    for number in 0..3 {
        world.create_room(&format!("Room {number}")).await;
    }
    for operation in ["TransactWriteItems", "GetItem"] {
        let faults = world.emulator.faults();
        faults.fail_next_of(operation, 9, Fault::InternalError);
    }
    let mut offers = 0;
    while !world.offer().await {
        offers += 1;
        assert!(offers < 30, "the faults are used up by then");
    }
    let entries = world.entries().await;
    assert_eq!(entries.len(), 4);
    assert_eq!(check_chain(&entries, &[], Extent::Whole), []);
}

/// Check sheet: SEC-C-04.
#[tokio::test]
async fn where_a_log_stood_is_kept_in_another_store_and_written_once() {
    let world = World::start().await;
    world.create_room("Lobby").await;
    assert!(world.offer().await);
    let state = world.table().audit_state().await.expect("a state");
    assert_eq!(state.head.seq, 2);
    assert_eq!(state.anchored.map(|(seq, _)| seq), Some(2));

    let client = world.s3(Role::Events);
    let key = format!(
        "workspaces/{}/audit/anchors/{:012}.json",
        world.workspace, 2
    );
    let object = client.get_object().bucket("koeba-archive").key(&key).send();
    let object = object.await.expect("an anchor").body.collect().await;
    let bytes = object.expect("a body").into_bytes();
    let anchor = serde_json::from_slice(&bytes).expect("an anchor");
    let entries = world.entries().await;
    assert_eq!(check_chain(&entries, &[anchor], Extent::Whole), []);
    assert!(!check_chain(&entries[..1], &[anchor], Extent::Whole).is_empty());

    let again = client.put_object().bucket("koeba-archive").key(&key);
    let again = again.if_none_match("*").body(b"{}".to_vec().into()).send();
    assert!(again.await.is_err(), "an anchor is written once");
    let others = world.s3(Role::Workspaces);
    let others = others.get_object().bucket("koeba-archive").key(&key).send();
    assert!(
        others.await.is_err(),
        "only the events function reaches anchors"
    );
}

#[tokio::test]
async fn a_head_that_could_not_be_anchored_is_anchored_the_next_time() {
    let world = World::start().await;
    let settings = DeliverySettings {
        archive_bucket: "elsewhere".to_owned(),
        ..settings()
    };
    let nowhere = Delivery::new(&world.emulator.sdk_config(Role::Events), settings);
    let answer = nowhere.handle(world.event()).await;
    assert!(!answer.batch_item_failures.is_empty());
    let anchored = || async { world.table().audit_state().await.expect("a state").anchored };
    assert_eq!(anchored().await, None);
    assert!(world.offer().await);
    assert_eq!(anchored().await.map(|(seq, _)| seq), Some(1));
}

/// Check sheet: SEC-C-04.
#[tokio::test]
async fn if_recording_stopped_for_longer_than_the_stream_remembers_the_log_says_so() {
    let world = World::start().await;
    world.create_room("Lobby").await;
    assert!(world.offer().await);
    let seen = world.event().records.len();
    // What happens now is offered a day later, and nothing that happened in between.
    world.create_room("Hall").await;
    let mut late = world.event();
    late.records.drain(..seen);
    late.records
        .retain(|record| record.change.keys.get("sk").is_some_and(is_of_a_room));
    assert_eq!(late.records.len(), 1);
    // The stream counts whole seconds.
    late.records[0].change.approximate_creation_date_time += std::time::Duration::from_secs(1);
    let clock = Clock::fixed(Moment::now_utc() + Duration::hours(24));
    for _ in 0..2 {
        let answer = world.delivery(clock.clone()).handle(late.clone()).await;
        assert!(answer.batch_item_failures.is_empty());
    }
    let entries = world.entries().await;
    let expected = [
        "workspace.created",
        "room.created",
        "audit.gap",
        "room.created",
    ];
    assert_eq!(actions(&entries), expected);
    let fields: Vec<&str> = entries[2]
        .event
        .changes
        .iter()
        .map(|one| one.field.as_str())
        .collect();
    assert_eq!(fields, ["from", "to"]);
    assert_eq!(
        world
            .table()
            .audit_state()
            .await
            .expect("a state")
            .gaps
            .len(),
        1
    );
    assert_eq!(check_chain(&entries, &[], Extent::Whole), []);
}

#[tokio::test]
async fn a_list_may_begin_in_the_middle_of_a_log() {
    let world = World::start().await;
    let log = world.store.audit_log();
    let day = |number: i64| Moment::UNIX_EPOCH + Duration::days(number);
    for number in 1..=9 {
        let event = AuditEvent {
            at: day(number),
            action: format!("on.day_{number}"),
            outcome: AuditOutcome::Done,
            actor: None,
            subject: None,
            network: None,
            request: None,
            changes: Vec::new(),
        };
        let name = number.to_string();
        let recorded = log.record(world.workspace, &name, &event, None, day(number));
        recorded.await.expect("recorded");
    }
    for (moment, expected) in [
        (0, None),
        (1, None),
        (2, Some("on.day_1")),
        (6, Some("on.day_5")),
        (9, Some("on.day_8")),
        (10, Some("on.day_9")),
    ] {
        let cursor = world.table().audit_cursor_at(day(moment)).await;
        let page = PageRequest {
            cursor: cursor.expect("an answer"),
            limit: 1,
        };
        let listed = world.table().audit_entries(&page, |_| true).await;
        let listed = listed.expect("a page").items;
        assert_eq!(
            actions(&listed).first().copied(),
            expected,
            "before {moment}"
        );
    }
}

#[tokio::test]
async fn what_is_of_no_known_kind_is_told_as_a_gap() {
    let world = World::start().await;
    let mut event = world.event();
    let record = event.records.first_mut().expect("a record");
    let key = format!("WS#{}#SOMETHING", world.workspace);
    for image in [&mut record.change.keys, &mut record.change.new_image] {
        let mut parts = image.clone().into_inner();
        parts.insert(
            "pk".to_owned(),
            serde_dynamo::AttributeValue::S(key.clone()),
        );
        *image = parts.into();
    }
    event.records.truncate(1);
    let answer = world.delivery(Clock::system()).handle(event).await;
    assert!(answer.batch_item_failures.is_empty());
    assert_eq!(world.entries().await[0].event.action, "audit.gap");
}

/// Check sheet: SEC-C-04.
#[tokio::test]
async fn what_happens_to_an_account_is_told_in_the_workspaces_of_its_owner() {
    let world = World::start().await;
    let now = Moment::now_utc();
    let directory = world.store.directory().traced(Trace {
        actor: None,
        network: None,
        request: RequestId::from_random([5; 16]),
        at: now,
    });
    let (name, signed_in) = (session_name(world.owner, 2), session(world.owner, 2, now));
    let created = directory.create_session(&name, &signed_in, None).await;
    created.expect("a session");
    // Under another secret it is the same session.
    let later = now + Duration::minutes(1);
    let (again, renewed) = (session_name(world.owner, 3), signed_in.renewed(later));
    let renewal = directory.renew_session(&name, &again, &renewed).await;
    renewal.expect("renewed");
    // However often within a minute.
    for _ in 0..3 {
        let refused = directory.note_refused_sign_in(Some(world.owner), "password", now);
        refused.await.expect("noted");
    }
    directory
        .note_refusal(world.workspace, world.owner, "delete_workspace", now)
        .await
        .expect("noted");
    directory
        .note_refused_sign_in(None, "password", now)
        .await
        .expect("nothing");
    for _ in 0..2 {
        assert!(world.offer().await);
    }
    let entries = world.entries().await;
    let told: Vec<_> = entries
        .iter()
        .map(|one| {
            (
                one.event.action.as_str(),
                one.event.outcome,
                one.event.actor,
            )
        })
        .collect();
    let owner = Some(world.owner);
    let expected = [
        ("workspace.created", AuditOutcome::Done, None),
        ("account.signed_in", AuditOutcome::Done, owner),
        ("account.sign_in_refused", AuditOutcome::Refused, None),
        ("access.refused", AuditOutcome::Refused, owner),
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn no_name_or_address_of_a_person_is_in_a_log() {
    let world = World::start().await;
    world.create_room("Lobby").await;
    assert!(world.offer().await);
    let told = format!("{:?}", world.entries().await);
    for personal in ["Ken", "ken@example.test"] {
        assert!(!told.contains(personal), "{told}");
    }
}

fn is_of_a_room(sk: &serde_dynamo::AttributeValue) -> bool {
    matches!(sk, serde_dynamo::AttributeValue::S(sk) if sk.starts_with("ROOM#"))
}

struct World {
    emulator: Emulator,
    store: Table,
    workspace: WorkspaceId,
    owner: UserId,
    delivery: Delivery,
}

impl World {
    /// A workspace with its owner, Ken.
    async fn start() -> Self {
        let (emulator, store) = store::empty().await;
        let workspace = Workspace {
            id: WorkspaceId::from_random([1; 16]),
            name: WorkspaceName::new("Team").expect("a line"),
            created_at: Moment::now_utc(),
        };
        let owner = Member {
            user: UserId::from_random([1; 16]),
            display_name: DisplayName::new("Ken").expect("a line"),
            email: EmailAddress::new("ken@example.test").expect("an address"),
            role: MemberRole::Owner,
            joined_at: workspace.created_at,
        };
        account(&store, &owner).await;
        let directory = store.directory();
        let created = directory.create_workspace(&workspace, &owner).await;
        created.expect("a workspace");
        let delivery = Delivery::new(&emulator.sdk_config(Role::Events), settings());
        Self {
            emulator,
            store,
            workspace: workspace.id,
            owner: owner.user,
            delivery,
        }
    }

    fn delivery(&self, clock: Clock) -> Delivery {
        Delivery::with_clock(&self.emulator.sdk_config(Role::Events), settings(), clock)
    }

    fn s3(&self, role: Role) -> aws_sdk_s3::Client {
        let sdk = self.emulator.sdk_config(role);
        let config = aws_sdk_s3::config::Builder::from(&sdk).force_path_style(true);
        aws_sdk_s3::Client::from_conf(config.build())
    }

    fn scope(&self) -> WorkspaceScope {
        Membership::new(self.workspace, self.owner, MemberRole::Owner)
            .authorize(Permission::ManageRooms)
            .expect("an owner may")
    }

    fn table(&self) -> WorkspaceTable {
        self.store.workspace(&self.scope())
    }

    /// The workspace, as a request of its owner reaches it.
    fn in_request(&self, number: u8) -> WorkspaceTable {
        self.store.workspace(&self.scope().traced(Trace {
            actor: Some(self.owner),
            network: Some(neighbourhood([203, 0, 113, 7].into())),
            request: RequestId::from_random([number; 16]),
            at: Moment::now_utc(),
        }))
    }

    async fn create_room(&self, called: &str) -> Room {
        let mut id = [0; 16];
        let letters = called.bytes().take(16);
        id.iter_mut()
            .zip(letters)
            .for_each(|(byte, letter)| *byte = letter);
        let room = Room {
            id: RoomId::from_random(id),
            name: name(called),
            created_at: Moment::now_utc(),
        };
        self.in_request(1)
            .create_room(&room)
            .await
            .expect("created");
        room
    }

    fn event(&self) -> Event {
        self.emulator.stream_event(TABLE).expect("an event")
    }

    /// Offers everything that ever happened; answers whether all of it was dealt with.
    async fn offer(&self) -> bool {
        let answer = self.delivery.handle(self.event()).await;
        answer.batch_item_failures.is_empty()
    }

    async fn entries(&self) -> Vec<AuditEntry> {
        let mut entries = Vec::new();
        let mut page = PageRequest {
            cursor: None,
            limit: u8::MAX,
        };
        loop {
            let listed = self.table().audit_entries(&page, |_| true).await;
            let listed = listed.expect("a page");
            entries.extend(listed.items);
            page.cursor = listed.next_cursor;
            if page.cursor.is_none() {
                entries.reverse();
                return entries;
            }
        }
    }
}

/// What entries tell of, in their order.
fn actions(entries: &[AuditEntry]) -> Vec<&str> {
    let events = entries.iter().map(|entry| &entry.event);
    events.map(|event| event.action.as_str()).collect()
}

/// The account of somebody, with a session from before they belonged to any workspace.
async fn account(store: &Table, of: &Member) {
    let before = of.joined_at - Duration::hours(1);
    let sign_up = SignUp {
        id: SignUpId::from_random([1; 16]),
        email: of.email.clone(),
        display_name: of.display_name.clone(),
        locale: Locale::En,
        password_hash: "hash".to_owned(),
        token_hash: "hash".to_owned(),
        tries: 0,
        expires_at: of.joined_at + Duration::hours(1),
    };
    let mail = MailIntent {
        id: IntentId::from_random([1; 16]),
        to: of.email.clone(),
        locale: Locale::En,
        mail: Mail::SignUpToken {
            display_name: of.display_name.clone(),
            token: "12345678".to_owned(),
        },
    };
    let directory = store.directory().traced(Trace {
        actor: None,
        network: None,
        request: RequestId::from_random([9; 16]),
        at: before,
    });
    let created = directory.create_sign_up(&sign_up, &mail).await;
    created.expect("a sign-up");
    let user = User {
        id: of.user,
        email: of.email.clone(),
        display_name: of.display_name.clone(),
        locale: Locale::En,
        created_at: before,
    };
    let completed = directory
        .complete_sign_up(
            &sign_up,
            &user,
            &session_name(of.user, 1),
            &session(of.user, 1, before),
        )
        .await;
    completed.expect("an account");
}

fn session_name(user: UserId, number: u8) -> SessionName {
    SessionName {
        user,
        secret_hash: format!("{number:02x}").repeat(32),
    }
}

fn session(user: UserId, number: u8, at: Moment) -> Session {
    Session::begin(
        SessionId::from_random([number; 16]),
        user,
        DeviceName::new("Firefox").expect("a line"),
        SessionStage::Full,
        SessionLimits::DEFAULT,
        at,
    )
}

fn name(text: &str) -> RoomName {
    RoomName::new(text).expect("a line")
}
