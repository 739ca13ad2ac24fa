//! How often something may be tried, and what it tells.

use futures_util::future::join_all;
use koeba_domain::Limit;
use serde_json::{Value, json};
use time::Duration;

use crate::app::{Answer, App, Browser, Log, PASSWORD, wish};

const AIKO: &str = "aiko@example.test";
const NOBODY: &str = "nobody@example.test";
const WRONG: &str = "another good long password";
const HERE: &str = "203.0.113.1";

#[tokio::test]
async fn of_four_hundred_guesses_from_everywhere_no_more_are_hashed_than_the_limit_of_the_account()
{
    let app = App::start().await;
    app.person(AIKO).await;
    let log = Log::keep("koeba::hashing=debug");
    let mut allowed = 0;
    for batch in 0_u8..8 {
        let guesses = (0_u8..50).map(|host| {
            let from = Browser::default().from(&format!("10.{batch}.{host}.1"));
            let app = &app;
            async move { app.sign_in(&from, AIKO, WRONG).await }
        });
        for answer in join_all(guesses).await {
            match answer.refusal() {
                (401, "credentials-wrong") => allowed += 1,
                (429, "too-many-requests") => {}
                other => panic!("{other:?}"),
            }
        }
    }
    let most = Limit::SignInsToAccount.allowance().most;
    assert_eq!(allowed, most);
    let hashed = log.lines("koeba::hashing").len();
    assert_eq!(u32::try_from(hashed), Ok(most));
}

#[tokio::test]
async fn one_network_uses_up_no_more_than_its_own_tries() {
    let app = App::start().await;
    app.person(AIKO).await;
    let here = Browser::default().from(HERE);
    let neighbour = Browser::default().from("203.0.113.200");
    let most = Limit::SignInsToAccountFromNetwork.allowance().most;
    for _ in 0..most {
        app.sign_in(&here, AIKO, WRONG).await;
    }
    for browser in [&here, &neighbour] {
        let refused = app.sign_in(browser, AIKO, PASSWORD).await;
        assert_eq!(refused.refusal(), (429, "too-many-requests"));
        let seconds: u64 = refused.header("retry-after").parse().expect("seconds");
        assert!((1..=86_400).contains(&seconds), "{seconds}");
    }
    let elsewhere = Browser::default().from("198.51.100.1");
    assert_eq!(app.sign_in(&elsewhere, AIKO, PASSWORD).await.status, 201);
    app.context.clock.advance(Duration::days(1));
    assert_eq!(app.sign_in(&here, AIKO, PASSWORD).await.status, 201);
}

#[tokio::test]
async fn right_passwords_use_nothing_up() {
    let app = App::start().await;
    app.person(AIKO).await;
    let here = Browser::default().from(HERE);
    for _ in 0..2 * Limit::SignInsToAccountFromNetwork.allowance().most {
        assert_eq!(app.sign_in(&here, AIKO, PASSWORD).await.status, 201);
    }
}

#[tokio::test]
async fn an_address_gets_five_mails_an_hour_whatever_is_asked_and_others_are_served() {
    let app = App::start().await;
    for number in 0_u8..20 {
        let from = Browser::default().from(&format!("10.0.{number}.1"));
        let answer = app.post(&from, "/api/sign-ups", wish(AIKO)).await;
        let expected = if number < 5 { 202 } else { 429 };
        assert_eq!(answer.status, expected, "{answer:?}");
    }
    assert_eq!(app.mails_to(AIKO).len(), 5);
    let nobody = Browser::default();
    let other = app.post(&nobody, "/api/sign-ups", wish(NOBODY)).await;
    assert_eq!(other.status, 202);
}

/// Check sheet: WA-04-04.
#[tokio::test]
async fn an_address_with_an_account_is_answered_as_one_without_and_costs_the_same() {
    let app = App::start().await;
    app.person(AIKO).await;
    let here = Browser::default().from(HERE);
    let elsewhere = Browser::default().from("198.51.100.1");
    let device = Browser {
        cookie: format!("__Host-koeba_device={}", "A".repeat(43)),
        ..Browser::default()
    };
    let wish = |email: &str| -> Value {
        let mut wish = wish(email);
        wish["locale"] = "en".into();
        wish
    };
    for (what, path, body, times) in [
        (
            "signing in",
            "/api/sessions",
            credentials as fn(&str) -> Value,
            27,
        ),
        ("signing up", "/api/sign-ups", wish, 6),
        ("resetting", "/api/password-resets", address, 6),
    ] {
        app.context.clock.advance(Duration::hours(1));
        for (browser, times) in [(&here, times), (&device, 2), (&elsewhere, 1)] {
            for time in 0..times {
                let known = measured(&app, browser, path, body(AIKO)).await;
                let unknown = measured(&app, browser, path, body(NOBODY)).await;
                assert_eq!(known, unknown, "{what} for the {time}. time");
            }
        }
    }
}

/// What an outsider could tell two answers apart by: all but what is drawn anew for each, and what
/// it cost.
async fn measured(
    app: &App,
    browser: &Browser,
    path: &str,
    body: Value,
) -> (u16, Vec<String>, Value, Vec<String>, usize) {
    let log = Log::keep("koeba::hashing=debug");
    let (answer, calls) = app.calls_of(app.post(browser, path, body)).await;
    let Answer {
        status,
        headers,
        mut body,
        ..
    } = answer;
    for drawn in ["id", "request_id"] {
        if let Some(value) = body.get_mut(drawn) {
            *value = json!(value.as_str().map(str::len));
        }
    }
    let mut headers: Vec<String> = headers
        .iter()
        .filter(|(name, _)| *name != "x-request-id")
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    headers.sort_unstable();
    let hashed = log.lines("koeba::hashing").len();
    (status.as_u16(), headers, body, calls, hashed)
}

fn address(email: &str) -> Value {
    json!({ "email": email })
}

fn credentials(email: &str) -> Value {
    json!({ "email": email, "password": WRONG })
}
