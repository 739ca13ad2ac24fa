//! Nobody gets at what is not theirs: every operation, tried by everybody.
//!
//! `isolation/matrix.rs` holds the expected answers in one place. An operation without a row fails,
//! and so does a row without an operation, so a route cannot be added without saying who may use
//! it. The requests go to the whole product over HTTP, with the embedded store enforcing the
//! policies of the cloud behind it.

#[path = "isolation/matrix.rs"]
mod matrix;
#[path = "isolation/world.rs"]
mod world;

use std::time::{Duration, Instant};

use koeba_tests::{Listener, operations};
use matrix::{Caller, Door, LIVE, MATRIX, Row};
use world::{Ids, World};

/// How long it may take until the stream has brought everything to the log.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn every_operation_has_a_row_and_every_row_an_operation() {
    let operations = operations();
    let rows: Vec<(String, String)> = MATRIX
        .iter()
        .map(|row| (row.method.to_owned(), row.path.to_owned()))
        .collect();
    let without_row: Vec<_> = operations
        .iter()
        .filter(|one| !rows.contains(one))
        .collect();
    let without_operation: Vec<_> = rows
        .iter()
        .filter(|one| !operations.contains(one))
        .collect();
    assert!(
        without_row.is_empty(),
        "say in matrix.rs who may use {without_row:?}"
    );
    assert!(
        without_operation.is_empty(),
        "these are gone: {without_operation:?}"
    );
    assert_eq!(rows.len(), operations.len(), "a row is there twice");
}

/// Check sheet: WA-11-01, WA-11-02.
#[tokio::test]
async fn everybody_is_answered_what_the_matrix_says() {
    let mut world = World::new().await;
    let mut wrong = Vec::new();
    for row in MATRIX {
        for (caller, expected) in Caller::ALL.into_iter().zip(row.statuses) {
            let ids = world.things_for(row.path).await;
            let (answer, wrote) = world.send(caller, world.request(caller, row, &ids)).await;
            world.keep(caller, &answer);
            let what = format!("{caller:?}: {} {}", row.method, row.path);
            if answer.status != expected {
                let body = &answer.body;
                wrong.push(format!(
                    "{what} → {} instead of {expected}: {body}",
                    answer.status
                ));
            }
            if answer.status >= 400 && answer.problem().is_none() {
                wrong.push(format!("{what} → {} is no problem document", answer.status));
            }
            let reads = row.method == "GET" && !row.is_noted;
            let may_write = !reads && (answer.status < 400 || row.counts_tries);
            if wrote && !may_write {
                wrong.push(format!("{what} → {} and wrote something", answer.status));
            }
            if row.path == "/api/sessions/current" {
                world.sign_in_again(caller).await;
            }
        }
    }
    none(&wrong);
    world.koeba.stop().await;
}

/// Check sheet: WA-11-02.
#[tokio::test]
async fn identifiers_of_another_workspace_lead_nowhere() {
    let world = World::new().await;
    let mut wrong = Vec::new();
    for row in MATRIX
        .iter()
        .filter(|row| row.path.contains("{workspace_id}"))
    {
        let theirs = world.things_for(row.path).await;
        let mut tries = vec![("all of another workspace", theirs.clone())];
        if row.path.replace("{workspace_id}", "").contains('{') {
            // The caller's own workspace, where they may do everything, and somebody else's thing.
            let mixed = Ids {
                workspace: world.other_workspace.clone(),
                ..theirs
            };
            tries.push(("a thing of another workspace in one's own", mixed));
        }
        tries.push(("nothing that exists", unknown()));
        tries.push(("no identifiers at all", nonsense()));
        for (what, ids) in tries {
            let request = world.request(Caller::Outsider, row, &ids);
            let (answer, wrote) = world.send(Caller::Outsider, request).await;
            if answer.status != 404 || answer.problem() != Some("not-found") || wrote {
                wrong.push(format!(
                    "{} {} with {what} → {answer:?}",
                    row.method, row.path
                ));
            }
        }
    }
    none(&wrong);
    world.koeba.stop().await;
}

/// Check sheet: WA-11-01, WA-06-01.
#[tokio::test]
async fn everybody_is_let_to_live_notices_as_the_matrix_says() {
    let world = World::new().await;
    let app = world.koeba.app();
    let mut wrong = Vec::new();
    for (caller, expected) in Caller::ALL.into_iter().zip(LIVE) {
        for (origin, expected) in [
            (Some(app), expected),
            (Some("https://evil.example"), 403),
            (None, 403),
        ] {
            let who = world.person(caller);
            let answer = Listener::connect(who, app, &world.workspace, origin).await;
            let status = answer.map_or_else(|status| status, |_| 101);
            if status != expected {
                wrong.push(format!(
                    "{caller:?} from {origin:?} → {status} instead of {expected}"
                ));
            }
        }
    }
    let rooms = MATRIX.iter().find(|row| {
        let path = "/api/workspaces/{workspace_id}/rooms";
        (row.method, row.path) == ("GET", path)
    });
    let lists = rooms.expect("rooms can be listed").statuses;
    for (caller, (live, lists)) in Caller::ALL.into_iter().zip(LIVE.into_iter().zip(lists)) {
        if (live == 101) != (lists == 200) {
            wrong.push(format!("{caller:?} is told what they may not list"));
        }
    }
    none(&wrong);
    world.koeba.stop().await;
}

/// What changes a workspace and is told by nobody, because.
const UNTOLD: [(&str, &str, &str); 2] = [
    (
        "POST",
        "/api/workspaces/{workspace_id}/policy/preview",
        "it changes nothing",
    ),
    (
        "POST",
        "/api/workspaces/{workspace_id}/rooms/{room_id}/join",
        "who is in a room is presence, not a change of the workspace",
    ),
];

/// Check sheet: SEC-C-04.
#[tokio::test]
async fn whatever_changes_a_workspace_is_in_its_audit_log_once() {
    let world = World::new().await;
    let owner = world.person(Caller::Owner);
    let untold = |row: &Row| {
        UNTOLD
            .iter()
            .any(|(method, path, _)| (row.method, row.path) == (*method, *path))
    };
    let mut told = Vec::new();
    for row in MATRIX.iter().filter(|row| {
        let changes = row.method != "GET" && row.path.contains("{workspace_id}");
        changes && row.statuses[5] < 400 && !untold(row)
    }) {
        let ids = world.things_for(row.path).await;
        let (answer, _) = world
            .send(Caller::Owner, world.request(Caller::Owner, row, &ids))
            .await;
        assert!(
            answer.status < 400,
            "{} {}: {answer:?}",
            row.method,
            row.path
        );
        let request = answer.headers["x-request-id"]
            .to_str()
            .expect("an identifier");
        told.push((format!("{} {}", row.method, row.path), request.to_owned()));
    }
    assert!(told.len() > 10, "there are routes that change something");
    let entries = async |request: &str| {
        let path = format!("/api/workspaces/{}/audit?q={request}", world.workspace);
        let found = owner.get(&path).await.body["items"].clone();
        found.as_array().expect("a list").clone()
    };
    let me = owner.get("/api/me").await.body["user"]["id"].clone();
    let deadline = Instant::now() + PATIENCE;
    for (what, request) in &told {
        while entries(request).await.is_empty() {
            assert!(Instant::now() < deadline, "nothing tells of {what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    for (what, request) in &told {
        let entries = entries(request).await;
        assert_eq!(entries.len(), 1, "{what}: {entries:?}");
        assert_eq!(entries[0]["actor"]["id"], me, "{what}");
        assert_eq!(entries[0]["outcome"], "done", "{what}");
    }
    world.koeba.stop().await;
}

/// Check sheet: WA-06-01, WA-06-03.
#[tokio::test]
async fn another_site_cannot_make_a_browser_change_anything() {
    let world = World::new().await;
    let mut wrong = Vec::new();
    for row in MATRIX.iter().filter(|row| row.method != "GET") {
        let ids = world.things_for(row.path).await;
        let request = || world.request(Caller::Owner, row, &ids);
        let mut tries = vec![
            (
                "another site's origin",
                request().from_origin(Some("https://evil.example")),
            ),
            ("an origin of nobody", request().from_origin(Some("null"))),
        ];
        if row.door == Door::Session {
            tries.push(("no origin", request().from_origin(None)));
            tries.push(("no CSRF token", request().with_csrf(None)));
            tries.push((
                "another CSRF token",
                request().with_csrf(Some(&"A".repeat(43))),
            ));
        }
        for (what, request) in tries {
            let (answer, wrote) = world.send(Caller::Owner, request).await;
            if answer.status != 403 || wrote {
                wrong.push(format!(
                    "{} {} with {what} → {answer:?}",
                    row.method, row.path
                ));
            }
        }
    }
    none(&wrong);
    world.koeba.stop().await;
}

#[tokio::test]
async fn an_invitation_is_for_the_address_that_it_was_sent_to() {
    let world = World::new().await;
    let owner = world.person(Caller::Owner);
    let outsider = world.person(Caller::Outsider);
    owner
        .invite(&world.workspace, &outsider.email, "guest")
        .await;
    let token = outsider.invitation_token().await;

    let thief = world.person(Caller::Anonymous);
    let body = serde_json::json!({ "token": token });
    assert_eq!(
        thief
            .post("/api/invitations/accept", body.clone())
            .await
            .status,
        401
    );
    let member = world.person(Caller::Member);
    let refused = member.post("/api/invitations/accept", body.clone()).await;
    assert!((400..500).contains(&refused.status), "{refused:?}");
    let accepted = outsider.post("/api/invitations/accept", body.clone()).await;
    assert_eq!(accepted.status, 200, "{accepted:?}");
    let again = outsider.post("/api/invitations/accept", body).await;
    assert!((400..500).contains(&again.status), "{again:?}");
    world.koeba.stop().await;
}

#[test]
fn the_matrix_keeps_the_promise_that_another_workspace_is_never_403() {
    for Row {
        method,
        path,
        statuses,
        ..
    } in MATRIX
    {
        assert_ne!(statuses[1], 403, "{method} {path}");
        if path.contains("{workspace_id}") {
            assert_eq!(statuses[..2], [401, 404], "{method} {path}");
        }
    }
}

/// Identifiers of the right form that nothing has.
fn unknown() -> Ids {
    let nothing = |prefix: &str| format!("{prefix}_{}", "0".repeat(26));
    Ids {
        workspace: nothing("ws"),
        room: nothing("rm"),
        invitation: nothing("in"),
        user: nothing("us"),
        link: nothing("il"),
        review: nothing("ar"),
        sign_up: nothing("su"),
        session: nothing("se"),
        email_change: nothing("ec"),
    }
}

/// What is no identifier.
fn nonsense() -> Ids {
    let text = || "WS%23x".to_owned();
    Ids {
        workspace: text(),
        room: text(),
        invitation: text(),
        user: text(),
        link: text(),
        review: text(),
        sign_up: text(),
        session: text(),
        email_change: text(),
    }
}

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}
