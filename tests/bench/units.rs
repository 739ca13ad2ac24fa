//! What the store is asked for when somebody does something, and how often people do it.

use std::time::Duration;

use koeba_emulator::Call;
use koeba_load::stay;
use koeba_tests::{Answer, Koeba, Listener, Visitor};
use serde_json::{Value, json};

use crate::world::{World, send};

/// How long nothing must be called before an action counts as over, its mails and audit rows
/// included.
const QUIET: Duration = Duration::from_millis(700);
/// How long two people are in a room before it is measured what that costs, and while it is: three
/// times what the node takes between two full reports.
const SETTLED: Duration = Duration::from_secs(3);
const STAY: Duration = Duration::from_secs(30);

/// Does everything once, warm, and tells what it cost.
///
/// `per_month` is how often one active person does it in a month of 22 working days: assumed, and
/// written out in the notes of the table.
pub(crate) async fn measure() -> Vec<Value> {
    let mut world = World::with_rooms(20).await;
    let koeba = &world.koeba;
    let (owner, member) = (&world.owner, &world.member);
    quiet(koeba).await;
    let mut told = Vec::new();
    let (workspace, members, rooms) =
        (world.path(""), world.path("/members"), world.path("/rooms"));
    let open = async || {
        for path in ["/api/me", "/api/workspaces", &workspace, &rooms] {
            let answer = send(member, "GET", path).await;
            assert_eq!(answer.status, 200, "{answer:?}");
        }
    };
    open().await;
    told.push(cost(koeba, "open the app", 44.0, 4, open()).await);
    let look = async || drop(send(member, "GET", &rooms).await);
    told.push(cost(koeba, "look at the rooms again", 220.0, 1, look()).await);
    let listen = async || {
        let app = koeba.app();
        let listening = Listener::connect(member, app, &world.workspace, Some(app)).await;
        listening.expect("a member is let in")
    };
    let come_and_go = async || listen().await.close().await;
    told.push(cost(koeba, "be told of changes, and go", 66.0, 2, come_and_go()).await);
    let mut listener = listen().await;
    quiet(koeba).await;
    let ping = async { drop(listener.ping().await) };
    told.push(cost(koeba, "say that one is there", 1056.0, 1, ping).await);
    listener.close().await;
    quiet(koeba).await;
    let look = async || drop(send(member, "GET", &members).await);
    told.push(cost(koeba, "look at the members", 10.0, 1, look()).await);
    let join = world.path(&format!("/rooms/{}/join", world.room));
    let enter = async || drop(member.post(&join, json!({})).await);
    told.push(cost(koeba, "get a token for a room", 66.0, 1, enter()).await);
    let create = async || drop(owner.create_room(&world.workspace, &world.fresh()).await);
    told.push(cost(koeba, "create a room", 0.5, 1, create()).await);
    let room = owner.create_room(&world.workspace, &world.fresh()).await;
    quiet(koeba).await;
    let rename = async || {
        let request = owner.request("PATCH", &format!("{rooms}/{room}"));
        let answer = owner
            .send(request.json(json!({ "name": world.fresh() })))
            .await;
        assert_eq!(answer.status, 200, "{answer:?}");
    };
    told.push(cost(koeba, "rename a room", 0.2, 1, rename()).await);
    let delete = async || drop(send(owner, "DELETE", &format!("{rooms}/{room}")).await);
    told.push(cost(koeba, "delete a room", 0.2, 1, delete()).await);
    told.push(cost(koeba, "sign up", 0.02, 2, newcomer(koeba, "Newcomer")).await);
    let newcomer = newcomer(koeba, "Invited").await;
    quiet(koeba).await;
    let invite = async || {
        owner
            .invite(&world.workspace, &newcomer.email, "member")
            .await;
        newcomer.accept_invitation().await;
    };
    told.push(cost(koeba, "invite somebody, who comes", 0.05, 2, invite()).await);
    let mut leaving = newcomer;
    let sign_in = async { leaving.sign_in().await };
    told.push(cost(koeba, "sign in with a password", 4.0, 1, sign_in).await);
    let mut stepping = world.owner.clone();
    let set_up = async { stepping.sign_in().await };
    set_up.await;
    quiet(koeba).await;
    let sign_in = async { stepping.sign_in().await };
    told.push(cost(koeba, "sign in with a token by mail too", 0.4, 3, sign_in).await);
    world.owner = stepping;
    told.push(talking(&world).await);
    world.koeba.stop().await;
    told
}

/// What the node's reports and the checks behind them ask for while two people are in a room.
async fn talking(world: &World) -> Value {
    let path = world.path(&format!("/rooms/{}/join", world.room));
    let owner = world.owner.post(&path, json!({})).await;
    let member = world.member.post(&path, json!({})).await;
    let ticket = |answer: &Answer| (answer.text("url"), answer.text("token"));
    let ((here, mine), (there, theirs)) = (ticket(&owner), ticket(&member));
    let measured = async {
        tokio::time::sleep(SETTLED).await;
        let meter = world.koeba.emulator().meter();
        meter.begin();
        tokio::time::sleep(STAY).await;
        meter.end()
    };
    let calls = tokio::select! {
        calls = measured => calls,
        ended = stay(here, mine) => panic!("a caller is out of the room: {ended}"),
        ended = stay(there, theirs) => panic!("a caller is out of the room: {ended}"),
    };
    let per_hour = 3600.0 / STAY.as_secs_f64();
    let sum = |units: fn(&Call) -> f64| calls.iter().map(units).sum::<f64>() * per_hour;
    json!({
        "name": "two people in a room for an hour",
        "per_month": 22.0,
        // The node reports every two seconds while anybody is there, whoever and wherever it is.
        "requests": 1800,
        "read_units": sum(|call| call.read_units),
        "write_units": sum(|call| call.write_units),
        "mails": 0,
        "credentials": 0,
    })
}

async fn newcomer(koeba: &Koeba, name: &str) -> Visitor {
    Visitor::signed_up(koeba.app(), name).await
}

async fn cost<T>(
    koeba: &Koeba,
    name: &str,
    per_month: f64,
    requests: u32,
    what: impl Future<Output = T>,
) -> Value {
    let meter = koeba.emulator().meter();
    meter.begin();
    what.await;
    let mut calls = Vec::new();
    loop {
        tokio::time::sleep(QUIET).await;
        let more = meter.take();
        if more.is_empty() {
            break;
        }
        calls.extend(more);
    }
    let _ = meter.end();
    let count = |operation: &str| {
        let of = calls.iter().filter(|call| call.operation == operation);
        of.count()
    };
    let sum = |units: fn(&Call) -> f64| calls.iter().map(units).sum::<f64>();
    json!({
        "name": name,
        "per_month": per_month,
        "requests": requests,
        "read_units": sum(|call| call.read_units),
        "write_units": sum(|call| call.write_units),
        "mails": count("SendEmail"),
        "credentials": count("AssumeRole"),
    })
}

/// Waits until nothing is called any more.
async fn quiet(koeba: &Koeba) {
    let meter = koeba.emulator().meter();
    meter.begin();
    loop {
        tokio::time::sleep(QUIET).await;
        if meter.take().is_empty() {
            break;
        }
    }
    let _ = meter.end();
}
