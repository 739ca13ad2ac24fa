//! From a wish to an account.

use http::StatusCode;
use serde_json::json;
use time::Duration;

use crate::app::{App, Browser, PASSWORD, wish};

const AIKO: &str = "aiko@example.test";

#[tokio::test]
async fn a_person_signs_up_with_the_token_from_the_mail_and_is_signed_in() {
    let app = App::start().await;
    let sign_up = app.sign_up(AIKO).await;
    let token = app.mailed_token(AIKO);
    let answer = app.confirm(&sign_up, &token).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.body["user"]["email"], AIKO);
    assert_eq!(answer.body["user"]["display_name"], "愛子");

    let me = app.get(&answer.browser(), "/api/me").await;
    assert_eq!(me.body["user"], answer.body["user"]);
    assert!(!me.body.to_string().contains("argon2"));
}

#[tokio::test]
async fn a_known_address_is_answered_like_an_unknown_one_and_told_at_confirmation() {
    let app = App::start().await;
    app.person(AIKO).await;
    let again = app.sign_up("AIKO@example.test").await;
    let token = app.mailed_token("AIKO@example.test");
    let answer = app.confirm(&again, &token).await;
    assert_eq!(answer.refusal(), (409, "address-taken"));
    assert!(answer.set_cookie().is_empty());
}

#[tokio::test]
async fn of_two_confirmations_at_the_same_moment_one_makes_the_account() {
    let app = App::start().await;
    let mut pending = Vec::new();
    for _ in 0..2 {
        let sign_up = app.sign_up(AIKO).await;
        pending.push((sign_up, app.mailed_token(AIKO)));
    }
    let (one, two) = tokio::join!(
        app.confirm(&pending[0].0, &pending[0].1),
        app.confirm(&pending[1].0, &pending[1].1),
    );
    let mut outcomes = [one.refusal(), two.refusal()];
    outcomes.sort_unstable();
    assert_eq!(outcomes, [(201, ""), (409, "address-taken")]);
}

#[tokio::test]
async fn a_token_works_once() {
    let app = App::start().await;
    let sign_up = app.sign_up(AIKO).await;
    let token = app.mailed_token(AIKO);
    assert_eq!(
        app.confirm(&sign_up, &token).await.status,
        StatusCode::CREATED
    );
    assert_eq!(
        app.confirm(&sign_up, &token).await.refusal(),
        (410, "token-used")
    );
}

#[tokio::test]
async fn a_token_works_for_ten_minutes() {
    let app = App::start().await;
    let sign_up = app.sign_up(AIKO).await;
    let token = app.mailed_token(AIKO);
    app.context.clock.advance(Duration::minutes(10));
    assert_eq!(
        app.confirm(&sign_up, &token).await.refusal(),
        (410, "token-expired")
    );
}

#[tokio::test]
async fn after_five_wrong_tokens_the_right_one_is_refused_too() {
    let app = App::start().await;
    let sign_up = app.sign_up(AIKO).await;
    let token = app.mailed_token(AIKO);
    let wrong = if token == "00000000" {
        "11111111"
    } else {
        "00000000"
    };
    for _ in 0..5 {
        assert_eq!(
            app.confirm(&sign_up, wrong).await.refusal(),
            (422, "token-wrong")
        );
    }
    assert_eq!(
        app.confirm(&sign_up, &token).await.refusal(),
        (410, "too-many-tries")
    );
}

#[tokio::test]
async fn guesses_at_the_same_moment_are_counted_like_any_other() {
    let app = App::start().await;
    let sign_up = app.sign_up(AIKO).await;
    let token = app.mailed_token(AIKO);
    let guesses = (0..20).map(|guess| {
        let guess = format!("{guess:08}");
        assert_ne!(guess, token);
        let (app, sign_up) = (&app, &sign_up);
        async move { app.confirm(sign_up, &guess).await.slug().to_owned() }
    });
    let answers = futures_util::future::join_all(guesses).await;
    let compared = answers.iter().filter(|slug| *slug == "token-wrong").count();
    assert_eq!(compared, 5);
    assert_eq!(
        answers
            .iter()
            .filter(|slug| *slug == "too-many-tries")
            .count(),
        15
    );
    assert_eq!(
        app.confirm(&sign_up, &token).await.refusal(),
        (410, "too-many-tries")
    );
}

#[tokio::test]
async fn one_token_sent_twice_at_the_same_moment_makes_one_account() {
    let app = App::start().await;
    let sign_up = app.sign_up(AIKO).await;
    let token = app.mailed_token(AIKO);
    let (one, two) = tokio::join!(app.confirm(&sign_up, &token), app.confirm(&sign_up, &token));
    let mut outcomes = [one.refusal(), two.refusal()];
    outcomes.sort_unstable();
    assert_eq!(outcomes[0], (201, ""));
    // Which of the two locks the second one meets first is for the store to say.
    assert!([(409, "address-taken"), (410, "token-used")].contains(&outcomes[1]));
}

#[tokio::test]
async fn a_token_may_be_typed_in_full_width_digits_with_spaces() {
    let app = App::start().await;
    let sign_up = app.sign_up(AIKO).await;
    let token = app.mailed_token(AIKO);
    let wide = |digit: char| char::from_u32(digit as u32 + 0xfee0).expect("a full-width digit");
    let typed: String = token.chars().map(wide).collect();
    let (one, two) = typed.split_at(typed.len() / 2);
    let answer = app.confirm(&sign_up, &format!(" {one}\u{3000}{two}")).await;
    assert_eq!(answer.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_token_of_another_sign_up_and_an_unknown_sign_up_are_refused() {
    let app = App::start().await;
    let mine = app.sign_up(AIKO).await;
    app.sign_up("ken@example.test").await;
    let kens = app.mailed_token("ken@example.test");
    assert_eq!(
        app.confirm(&mine, &kens).await.refusal(),
        (422, "token-wrong")
    );
    let unknown = "su_00000000000000000000000000";
    assert_eq!(
        app.confirm(unknown, &kens).await.refusal(),
        (404, "sign-up-not-found")
    );
    assert_eq!(
        app.confirm("su_x", &kens).await.refusal(),
        (404, "not-found")
    );
}

#[tokio::test]
async fn every_field_that_is_wrong_is_named_in_the_readers_language() {
    let app = App::start().await;
    let nobody = Browser::default();
    let wrong = json!({
        "email": "aiko@example.test\nbcc:x@example.test",
        "password": "short",
        "display_name": "a".repeat(10_000),
        "locale": "ja",
    });
    let answer = app.post(&nobody, "/api/sign-ups", wrong).await;
    assert_eq!(answer.refusal(), (422, "fields-invalid"));
    let fields: Vec<_> = answer.body["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .collect();
    let names: Vec<_> = fields.iter().map(|error| error["field"].as_str()).collect();
    assert_eq!(
        names,
        [Some("email"), Some("display_name"), Some("password")]
    );
    assert!(
        fields[2]["detail"]
            .as_str()
            .expect("a sentence")
            .contains("15")
    );
}

#[tokio::test]
async fn passwords_that_are_easy_to_guess_are_refused() {
    let app = App::start().await;
    let nobody = Browser::default();
    for password in [
        "passwordpassword",
        "aiko@example.test",
        "111111111111111",
        "a".repeat(200).as_str(),
    ] {
        let mut wish = wish(AIKO);
        wish["password"] = password.into();
        let answer = app.post(&nobody, "/api/sign-ups", wish).await;
        assert_eq!(answer.refusal(), (422, "fields-invalid"), "{password}");
        assert_eq!(answer.body["errors"][0]["field"], "password");
        assert!(!answer.body.to_string().contains(password));
    }
    assert!(PASSWORD.len() >= 15);
}
