//! What browsers are told, and when they are hung up on, from the table's stream.

mod support;

use axum::Router;
use koeba_domain::{
    MemberOutcome, MemberStanding, MemberState, Occupant, Policy, Role, Room, RoomId, RoomName,
    Roster, Workspace,
};
use koeba_emulator::ToConnection;
use koeba_events::Delivery;
use koeba_router_app::{App, EmulatedRole, NOW, Person};
use koeba_storage::Connection;
use serde_json::{Value, json};
use time::Duration;
use tokio::sync::mpsc::Receiver;

use support::settings;

#[tokio::test]
async fn everybody_in_a_workspace_is_told_who_is_where_and_nobody_else_is() {
    let mut stage = Stage::set().await;
    let room = stage.room("Lobby").await;
    stage.report(room, &["Aiko"], 0).await;
    stage.report(room, &["Aiko"], 10).await;
    stage.follow().await;
    let id = room.to_string();
    let expected = json!({ "type": "changes", "changes": [
        { "kind": "room", "room": { "id": id, "name": "Lobby", "created_at": "2026-04-01T09:00:00Z" } },
        { "kind": "occupants", "room_id": id, "occupants": [
            { "identity": "us_Aiko", "name": "Aiko", "since": "2026-04-01T09:00:00Z" },
        ] },
    ] });
    let expected = [expected];
    assert_eq!(stage.aiko.told(), expected);
    assert_eq!(stage.ken.told(), expected);
    assert!(stage.stranger.told().is_empty(), "it is another workspace");
}

#[tokio::test]
async fn a_room_that_goes_is_told_with_those_who_were_in_it() {
    let mut stage = Stage::set().await;
    let room = stage.room("Lobby").await;
    stage.report(room, &["Aiko"], 0).await;
    stage.follow().await;
    stage.ken.told();
    let scope = stage.app.scope(&stage.owner, &stage.team).await;
    let table = stage.app.context.table.workspace(&scope);
    let found = table.room(room).await.expect("the store answers");
    table
        .delete_room(&found.expect("a room"))
        .await
        .expect("it was not changed");
    stage.follow().await;
    let told = stage.ken.told();
    let changes = told[0]["changes"].as_array().expect("changes").clone();
    assert!(changes.contains(&json!({ "kind": "room_gone", "room_id": room.to_string() })));
}

#[tokio::test]
async fn a_browser_that_went_without_a_word_is_forgotten() {
    let mut stage = Stage::set().await;
    stage.app.emulator().connections().close("ken=");
    stage.room("Lobby").await;
    stage.follow().await;
    assert_eq!(
        stage.connected().await,
        ["aiko=", "ken="],
        "it may be opening"
    );
    stage.app.context.clock.advance(Duration::seconds(10));
    stage.room("Kitchen").await;
    stage.follow().await;
    assert_eq!(stage.connected().await, ["aiko="]);
    assert_eq!(stage.aiko.told().len(), 2);
}

/// Check sheet: WA-11-01.
#[tokio::test]
async fn whoever_loses_the_right_to_be_told_is_hung_up_on() {
    for outcome in [
        MemberOutcome::Leaves,
        MemberOutcome::Stays {
            role: Role::Member,
            state: MemberState::Deactivated,
        },
        MemberOutcome::Stays {
            role: Role::Guest,
            state: MemberState::Active,
        },
    ] {
        let mut stage = Stage::set().await;
        let scope = stage.app.scope(&stage.owner, &stage.team).await;
        let table = stage.app.context.table.workspace(&scope);
        let ken = MemberStanding {
            user: stage.member.user.id,
            role: Role::Member,
            state: MemberState::Active,
            responsible: false,
        };
        let changed = table.change_member(&ken, outcome, NOW, &[]).await;
        changed.expect("nobody else changed him");
        stage.follow().await;
        assert!(stage.ken.is_hung_up_on(), "{outcome:?}");
        assert!(!stage.aiko.is_hung_up_on(), "{outcome:?}");
        assert_eq!(stage.connected().await, ["aiko="], "{outcome:?}");
    }
}

#[tokio::test]
async fn a_session_that_ends_takes_its_connections_along_and_one_that_is_renewed_does_not() {
    let mut stage = Stage::set().await;
    let directory = stage.app.context.table.directory();
    let (old, session) = directory
        .sessions_of(stage.member.user.id)
        .await
        .expect("the store answers")
        .remove(0);
    let renewed = koeba_storage::SessionName {
        secret_hash: "another".to_owned(),
        ..old.clone()
    };
    let done = directory.renew_session(&old, &renewed, &session).await;
    done.expect("it had not ended");
    stage.follow().await;
    assert!(!stage.ken.is_hung_up_on(), "the session goes on");
    directory.delete_session(&renewed).await.expect("ended");
    stage.follow().await;
    assert!(stage.ken.is_hung_up_on());
    assert!(!stage.aiko.is_hung_up_on());
}

#[tokio::test]
async fn a_policy_that_changes_lets_everybody_prove_themselves_anew_once() {
    let mut stage = Stage::set().await;
    let policy = Policy {
        email_token_allowed: false,
        ..Policy::default()
    };
    stage
        .app
        .set_policy(&stage.owner, &stage.team, policy)
        .await;
    stage.follow().await;
    assert!(stage.aiko.is_hung_up_on() && stage.ken.is_hung_up_on());
    assert!(!stage.stranger.is_hung_up_on());
    // The stream may bring the same change again, to whoever has come since.
    stage.app.context.clock.advance(Duration::SECOND);
    stage.aiko = stage.connect(&stage.owner, &stage.team, "again=").await;
    stage.dealt_with = 0;
    stage.follow().await;
    assert!(!stage.aiko.is_hung_up_on());
}

#[tokio::test]
async fn hanging_up_is_tried_until_it_is_done_and_a_notice_is_not() {
    let mut stage = Stage::set().await;
    stage.endpoint = NOBODY.to_owned();
    stage.room("Lobby").await;
    assert_eq!(stage.offer().await, 0, "the browsers will look themselves");
    let directory = stage.app.context.table.directory();
    directory
        .delete_sessions(stage.member.user.id, None)
        .await
        .expect("ended");
    assert_eq!(stage.offer().await, 0);
    assert_eq!(stage.connected().await, ["aiko="]);
    for _ in 0..2 {
        assert_eq!(stage.offer().await, 1, "nobody was hung up on");
    }
    stage.endpoint = stage.app.emulator().connections_endpoint();
    assert_eq!(stage.offer().await, 0);
    assert!(stage.ken.is_hung_up_on());
}

/// Aiko's team, of which Ken is a member, and a stranger in a workspace of their own; each sits
/// before a browser.
struct Stage {
    app: App,
    owner: Person,
    member: Person,
    team: Workspace,
    aiko: Browser,
    ken: Browser,
    stranger: Browser,
    /// Where the function looks for browsers.
    endpoint: String,
    /// The records of the stream that were dealt with.
    dealt_with: usize,
}

/// Where no gateway is.
const NOBODY: &str = "http://127.0.0.1:9/live";

/// What arrives at a browser.
struct Browser(Receiver<ToConnection>);

impl Browser {
    /// What it was told since it was last asked.
    fn told(&mut self) -> Vec<Value> {
        let mut told = Vec::new();
        while let Ok(ToConnection::Message(text)) = self.0.try_recv() {
            told.push(serde_json::from_str(&text).expect("a notice is JSON"));
        }
        told
    }

    fn is_hung_up_on(&mut self) -> bool {
        loop {
            match self.0.try_recv() {
                Ok(ToConnection::Message(_)) => {}
                Ok(ToConnection::HangUp) => return true,
                Err(_) => return false,
            }
        }
    }
}

impl Stage {
    async fn set() -> Self {
        let (makers, role) = (EmulatedRole::Accounts, EmulatedRole::Live);
        let app = App::start_among(makers, role, |_| Router::new()).await;
        let owner = app.person("aiko").await;
        let member = app.person("ken").await;
        let stranger = app.person("stranger").await;
        let team = app.workspace(&owner, "team").await;
        let elsewhere = app.workspace(&stranger, "elsewhere").await;
        app.add(&owner, &team, &member, Role::Member).await;
        let place = |browser| Browser(browser);
        let aiko = place(connect(&app, &owner, &team, "aiko=").await);
        let ken = place(connect(&app, &member, &team, "ken=").await);
        let stranger = place(connect(&app, &stranger, &elsewhere, "stranger=").await);
        let endpoint = app.emulator().connections_endpoint();
        let mut stage = Self {
            app,
            owner,
            member,
            team,
            aiko,
            ken,
            stranger,
            endpoint,
            dealt_with: 0,
        };
        stage.follow().await;
        stage
    }

    async fn connect(&self, person: &Person, to: &Workspace, id: &str) -> Browser {
        Browser(connect(&self.app, person, to, id).await)
    }

    async fn room(&self, name: &str) -> RoomId {
        let scope = self.app.scope(&self.owner, &self.team).await;
        let room = Room {
            id: self.app.context.entropy.id(),
            name: RoomName::new(name).expect("a line"),
            created_at: NOW,
        };
        let table = self.app.context.table.workspace(&scope);
        table.create_room(&room).await.expect("made");
        room.id
    }

    /// A node's report of a room, so many seconds after the beginning.
    async fn report(&self, room: RoomId, names: &[&str], seconds: i64) {
        let at = NOW + Duration::seconds(seconds);
        let occupant = |name: &&str| Occupant {
            room,
            sid: String::new(),
            identity: format!("us_{name}"),
            name: (*name).to_owned(),
            since: NOW,
        };
        let roster = Roster {
            room,
            node: "node-1".to_owned(),
            reported_at: at,
            received_at: at,
            occupants: names.iter().map(occupant).collect(),
        };
        let directory = self.app.context.table.directory();
        let taken = directory.record_roster(self.team.id, &roster).await;
        taken.expect("taken");
    }

    /// Offers what is new in the stream to the function, and says how much of it it wants again:
    /// then all of it comes again.
    async fn offer(&mut self) -> usize {
        let emulator = self.app.emulator();
        let settings = koeba_events::DeliverySettings {
            live_endpoint: self.endpoint.clone(),
            ..settings()
        };
        let sdk = emulator.sdk_config(EmulatedRole::Events);
        let clock = self.app.context.clock.clone();
        let delivery = Delivery::with_clock(&sdk, settings, clock);
        let mut event = emulator.stream_event("koeba").expect("a stream");
        let end = event.records.len();
        event.records.drain(..self.dealt_with);
        let failures = delivery.handle(event).await.batch_item_failures.len();
        if failures == 0 {
            self.dealt_with = end;
        }
        failures
    }

    /// Lets the function follow until nothing follows from what it did.
    async fn follow(&mut self) {
        for _ in 0..2 {
            assert_eq!(self.offer().await, 0);
        }
    }

    async fn connected(&self) -> Vec<String> {
        let directory = self.app.context.table.directory();
        let open = directory.connections(self.team.id).await;
        let open = open.expect("the store answers");
        let mut names: Vec<_> = open.into_iter().map(|one| one.id).collect();
        names.sort();
        names
    }
}

/// A browser of somebody's that is connected.
async fn connect(app: &App, person: &Person, to: &Workspace, id: &str) -> Receiver<ToConnection> {
    let directory = app.context.table.directory();
    let sessions = directory.sessions_of(person.user.id).await;
    let session = sessions.expect("the store answers").remove(0).1;
    let connection = Connection {
        id: id.to_owned(),
        workspace: to.id,
        user: person.user.id,
        session: session.id,
        connected_at: app.context.clock.now(),
    };
    let emulator = app.emulator();
    let live = koeba_edge::Context::new(
        &emulator.sdk_config(EmulatedRole::Live),
        (*app.context.settings).clone(),
    );
    let scope = app.scope(person, to).await;
    let table = live.table.workspace(&scope);
    table.open_connection(&connection).await.expect("opened");
    emulator.connections().open(id)
}
