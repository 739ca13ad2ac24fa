//! Each function's own program under the Lambda runtime answers what its router answers over HTTP.
//!
//! The programs are started as Lambda starts them and asked through a stand-in for the Runtime API
//! with the events that API Gateway sends. The same request goes to the same program serving HTTP,
//! over the same store, and the two answers are compared whole: status, headers, body.

#[path = "lambda/gateway.rs"]
mod gateway;
#[path = "lambda/over_http.rs"]
mod over_http;
#[path = "lambda/runtime_api.rs"]
mod runtime_api;
#[path = "lambda/socket.rs"]
mod socket;
#[path = "lambda/world.rs"]
mod world;

use gateway::{Call, Reply};
use koeba_emulator::Role;
use koeba_tests::program;
use runtime_api::{Function, Outcome};
use serde_json::json;
use world::World;

#[tokio::test]
async fn accounts_answers_the_same_under_lambda_as_over_http() {
    let world = World::new().await;
    let calls = [
        world.reads("/api/me"),
        Call {
            cookies: Vec::new(),
            ..world.reads("/api/me")
        },
        world.reads("/api/health"),
        world.reads("/api/openapi.json"),
        world.reads("/api/no-such-thing"),
        world.writes("POST", "/api/me", &json!({})),
        world.writes(
            "POST",
            "/api/sessions",
            &json!({ "email": "a@example.test", "password": "wrong wrong wrong" }),
        ),
        Call {
            body: Some("{".to_owned()),
            ..world.writes("POST", "/api/sessions", &json!({}))
        },
        world.writes(
            "POST",
            "/api/sign-ups",
            &json!({ "email": "bad", "password": "short", "display_name": "葵\n", "locale": "en" }),
        ),
    ];
    world
        .same_answers("koeba-accounts", Role::Accounts, &calls)
        .await;
    world.stop().await;
}

#[tokio::test]
async fn workspaces_answers_the_same_under_lambda_as_over_http() {
    let world = World::new().await;
    let workspace = format!("/api/workspaces/{}", world.workspace);
    let calls = [
        world.reads("/api/workspaces"),
        world.reads(&workspace),
        Call {
            query: "limit=1".to_owned(),
            ..world.reads(&format!("{workspace}/members"))
        },
        Call {
            query: "cursor=forged".to_owned(),
            ..world.reads(&format!("{workspace}/members"))
        },
        world.reads(&format!("{workspace}/invitations")),
        world.writes(
            "POST",
            "/api/workspaces",
            &json!({ "name": "字".repeat(10_000) }),
        ),
        world.writes(
            "POST",
            "/api/invitations/preview",
            &json!({ "token": "none" }),
        ),
        Call {
            headers: Vec::new(),
            ..world.writes("POST", "/api/workspaces", &json!({ "name": "x" }))
        },
    ];
    world
        .same_answers("koeba-workspaces", Role::Workspaces, &calls)
        .await;
    world.stop().await;
}

#[tokio::test]
async fn rooms_answers_the_same_under_lambda_as_over_http() {
    let world = World::new().await;
    let rooms = format!("/api/workspaces/{}/rooms", world.workspace);
    let calls = [
        world.reads(&rooms),
        world.reads(&format!("{rooms}/{}", world.room)),
        world.reads(&format!("{rooms}/rm_{}", "0".repeat(26))),
        world.writes("POST", &rooms, &json!({ "name": "Lobby" })),
        world.writes(
            "PATCH",
            &format!("{rooms}/{}", world.room),
            &json!({ "name": "" }),
        ),
        world.writes(
            "POST",
            "/api/media/reports",
            &json!({ "node_id": "x", "at": 0, "rooms": [] }),
        ),
    ];
    world.same_answers("koeba-rooms", Role::Rooms, &calls).await;
    world.stop().await;
}

#[tokio::test]
async fn what_is_written_through_lambda_is_read_through_lambda() {
    let world = World::new().await;
    let environment = world.environment(Role::Rooms).await;
    let mut function = Function::start(program("koeba-rooms"), &environment).await;
    let rooms = format!("/api/workspaces/{}/rooms", world.workspace);

    let create = world.writes("POST", &rooms, &json!({ "name": "広場" }));
    let created = Reply::from_answer(&function.answer(create.event(true)).await);
    assert_eq!(created.status, 201, "{created:?}");
    let room = format!(
        "{rooms}/{}",
        created.json()["id"].as_str().expect("a room has an id")
    );

    let shown = Reply::from_answer(&function.answer(world.reads(&room).event(false)).await);
    assert_eq!(shown.json()["name"], "広場");
    let join = world.writes("POST", &format!("{room}/join"), &json!(null));
    let join = Call { body: None, ..join };
    let joined = Reply::from_answer(&function.answer(join.event(false)).await);
    assert_eq!(joined.status, 200, "{joined:?}");
    assert_eq!(joined.json()["url"], world.koeba.media());
    world.stop().await;
}

#[tokio::test]
async fn a_session_that_begins_under_lambda_is_a_cookie() {
    let world = World::new().await;
    let environment = world.environment(Role::Accounts).await;
    let mut function = Function::start(program("koeba-accounts"), &environment).await;
    let body = json!({ "email": world.owner.email, "password": "a long way to the harbour" });
    let sign_in = Call {
        cookies: Vec::new(),
        ..world.writes("POST", "/api/sessions", &body)
    };

    let answer = function.answer(sign_in.event(true)).await;
    let cookie = answer["cookies"][0]
        .as_str()
        .expect("the gateway takes cookies apart");
    for part in [
        "__Host-koeba_session=",
        "Secure",
        "HttpOnly",
        "SameSite=Lax",
        "Path=/",
    ] {
        assert!(cookie.contains(part), "{part} is missing in the cookie");
    }
    let pair = cookie.split(';').next().unwrap_or_default().to_owned();
    let me = Call {
        cookies: vec!["theme=dark".to_owned(), pair],
        ..world.reads("/api/me")
    };
    let me = Reply::from_answer(&function.answer(me.event(false)).await);
    assert_eq!(me.json()["user"]["email"], world.owner.email);
    world.stop().await;
}

#[tokio::test]
async fn events_delivers_under_lambda_and_tells_what_it_could_not() {
    let world = World::new().await;
    let environment = world.environment(Role::Events).await;
    let mut function = Function::start(program("koeba-events"), &environment).await;
    let nothing = function.answer(json!({ "Records": [] })).await;
    assert_eq!(nothing["batchItemFailures"], json!([]));

    // Every mail of this world has been delivered by its own pump: none is sent a second time.
    let mails = world.koeba.emulator().mailbox().list().len();
    let event = world
        .koeba
        .emulator()
        .stream_event("koeba")
        .expect("the stream can be read");
    let event = serde_json::to_value(event).expect("an event is JSON");
    assert!(
        event["Records"]
            .as_array()
            .is_some_and(|records| !records.is_empty())
    );
    let answer = function.answer(event).await;
    assert_eq!(answer["batchItemFailures"], json!([]), "{answer}");
    assert_eq!(world.koeba.emulator().mailbox().list().len(), mails);
    world.stop().await;
}

#[tokio::test]
async fn live_answers_what_happens_to_a_socket() {
    let world = World::new().await;
    let environment = world.environment(Role::Live).await;
    let mut function = Function::start(program("koeba-live"), &environment).await;
    let browser = world.handshake();
    let mut status = async |event| Reply::from_answer(&function.answer(event).await).status;
    let strange = vec![
        browser[0].clone(),
        ("origin", "https://evil.example".to_owned()),
    ];
    for (headers, workspace, expected) in [
        (&browser, &*world.workspace, 200),
        (&strange, &world.workspace, 403),
        (&vec![], &world.workspace, 403),
        (&vec![browser[1].clone()], &world.workspace, 401),
        (&browser, "ws_00000000000000000000000000", 404),
        (&browser, "../messages", 404),
    ] {
        let answered = status(socket::connect(workspace, headers)).await;
        assert_eq!(answered, expected, "{headers:?} {workspace}");
    }
    let ping = || socket::message(r#"{"type":"ping"}"#);
    let said = |answer: &serde_json::Value| Reply::from_answer(answer).json();
    assert_eq!(
        said(&function.answer(ping()).await),
        json!({ "type": "pong" })
    );
    let gone = Reply::from_answer(&function.answer(socket::disconnect()).await);
    assert_eq!(gone.status, 200);
    assert_eq!(
        said(&function.answer(ping()).await),
        json!({ "type": "gone" })
    );
    world.stop().await;
}

#[tokio::test]
async fn only_the_handshake_of_a_socket_has_to_come_through_cloudfront() {
    let world = World::new().await;
    let mut environment = world.environment(Role::Live).await;
    environment.push(("KOEBA_ORIGIN_SECRET", "drawn".to_owned()));
    let mut function = Function::start(program("koeba-live"), &environment).await;
    for (proof, status) in [(None, 403), (Some("guessed"), 403), (Some("drawn"), 200)] {
        let mut headers = world.handshake();
        headers.extend(proof.map(|proof| ("x-koeba-origin", proof.to_owned())));
        let event = socket::connect(&world.workspace, &headers);
        let reply = Reply::from_answer(&function.answer(event).await);
        assert_eq!(reply.status, status, "{proof:?}");
    }
    let ping = socket::message(r#"{"type":"ping"}"#);
    let pong = Reply::from_answer(&function.answer(ping).await);
    assert_eq!(pong.json(), json!({ "type": "pong" }));
    world.stop().await;
}

#[tokio::test]
async fn what_came_around_cloudfront_is_refused_by_every_function() {
    let world = World::new().await;
    let rooms = format!("/api/workspaces/{}/rooms", world.workspace);
    for (name, role, path) in [
        ("koeba-accounts", Role::Accounts, "/api/me"),
        ("koeba-workspaces", Role::Workspaces, "/api/workspaces"),
        ("koeba-rooms", Role::Rooms, &rooms),
    ] {
        let mut environment = world.environment(role).await;
        environment.push(("KOEBA_ORIGIN_SECRET", "drawn".to_owned()));
        let mut function = Function::start(program(name), &environment).await;
        for (proof, status) in [(None, 403), (Some("guessed"), 403), (Some("drawn"), 200)] {
            let mut call = world.reads(path);
            call.headers
                .extend(proof.map(|proof| ("x-koeba-origin", proof.to_owned())));
            let reply = Reply::from_answer(&function.answer(call.event(false)).await);
            assert_eq!(reply.status, status, "{name} with {proof:?}");
            assert_eq!(reply.body.is_empty(), status == 403, "{name}");
        }
    }
    world.stop().await;
}

#[tokio::test]
async fn a_function_without_its_settings_ends_and_says_so() {
    for name in [
        "koeba-accounts",
        "koeba-workspaces",
        "koeba-rooms",
        "koeba-live",
    ] {
        let output = std::process::Command::new(program(name))
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9")
            .output()
            .expect("the function starts");
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("is not set; set it to"), "{name}: {said}");
    }
}

#[tokio::test]
async fn an_event_that_is_no_request_is_a_failure_and_the_next_one_is_answered() {
    let world = World::new().await;
    let environment = world.environment(Role::Accounts).await;
    let mut function = Function::start(program("koeba-accounts"), &environment).await;
    let outcome = function.invoke(json!({ "not": "a request" })).await;
    assert!(matches!(outcome, Outcome::Failure(_)), "{outcome:?}");
    let health = Reply::from_answer(
        &function
            .answer(world.reads("/api/health").event(false))
            .await,
    );
    assert_eq!(health.status, 200);
    world.stop().await;
}
