//! What others do to an account does not keep its owner out.

use koeba_domain::{Bucket, EmailAddress, Limit};
use koeba_storage::Counted;
use serde_json::json;

use crate::app::{App, Browser, PASSWORD};

const AIKO: &str = "aiko@example.test";
const WRONG: &str = "another good long password";
const NEW: &str = "a lantern in the harbour wind";

#[tokio::test]
async fn a_flood_of_wrong_passwords_does_not_keep_the_owner_out_of_a_known_device() {
    let app = App::start().await;
    let aiko = app.person(AIKO).await;
    flood(&app).await;
    let elsewhere = Browser::default().from("198.51.100.1");
    for password in [WRONG, PASSWORD] {
        let refused = app.sign_in(&elsewhere, AIKO, password).await;
        assert_eq!(refused.refusal(), (429, "too-many-requests"));
    }
    let again = app
        .sign_in(&aiko.from("198.51.100.1"), AIKO, PASSWORD)
        .await;
    assert_eq!(again.status, 201);
    for _ in 0..Limit::SignInsFromKnownDevice.allowance().most {
        let wrong = app.sign_in(&aiko, AIKO, WRONG).await;
        assert_eq!(wrong.refusal(), (401, "credentials-wrong"));
    }
    let limited = app.sign_in(&aiko, AIKO, PASSWORD).await;
    assert_eq!(limited.refusal(), (429, "too-many-requests"));
}

#[tokio::test]
async fn a_device_of_one_person_is_no_known_device_of_another() {
    let app = App::start().await;
    app.person(AIKO).await;
    let ken = app.person("ken@example.test").await;
    flood(&app).await;
    let refused = app.sign_in(&ken, AIKO, PASSWORD).await;
    assert_eq!(refused.refusal(), (429, "too-many-requests"));
}

#[tokio::test]
async fn who_reads_the_mail_comes_in_by_a_reset_whatever_others_do() {
    let app = App::start().await;
    app.person(AIKO).await;
    flood(&app).await;
    let here = Browser::default();
    let asked = app
        .post(&here, "/api/password-resets", json!({ "email": AIKO }))
        .await;
    assert_eq!(asked.status, 202);
    let mail = app.mail_to(AIKO, "password_reset");
    let (_, token) = mail.text("link").split_once('#').expect("a link");
    let body = json!({ "token": token, "new_password": NEW });
    let done = app.post(&here, "/api/password-resets/complete", body).await;
    assert_eq!(done.status, 204);
    assert!(done.set_cookie().starts_with("__Host-koeba_device="));
    let entered = app.sign_in(&done.browser(), AIKO, NEW).await;
    assert_eq!(entered.status, 201);
    let strange = app.sign_in(&here, AIKO, NEW).await;
    assert_eq!(strange.refusal(), (429, "too-many-requests"));
}

#[tokio::test]
async fn a_new_device_is_told_to_the_owner_once_and_the_first_one_never() {
    let app = App::start().await;
    app.person(AIKO).await;
    let told = || {
        let mails = app.mails_to(AIKO).into_iter();
        mails.filter(|template| template == "new_device").count()
    };
    assert_eq!(told(), 0);
    let entered = app.sign_in(&Browser::default(), AIKO, PASSWORD).await;
    assert_eq!(told(), 1);
    let cookies: Vec<_> = entered.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies.len(), 2);
    let session = entered.set_cookie();
    assert!(session.starts_with("__Host-koeba_session="), "{session}");
    for _ in 0..2 {
        let again = app.sign_in(&entered.browser(), AIKO, PASSWORD).await;
        assert_eq!(again.status, 201);
    }
    assert_eq!(told(), 1);
}

#[tokio::test]
async fn second_steps_cannot_be_guessed_without_end_and_five_tokens_an_hour_are_mailed() {
    let app = App::start().await;
    let aiko = app.person(AIKO).await;
    let set_up = "/api/me/second-steps/email-token";
    assert_eq!(app.post(&aiko, set_up, json!({})).await.status, 202);
    let code = json!({ "code": app.mailed_token(AIKO) });
    let aiko = app.put(&aiko, set_up, code).await.browser();

    let strange = app.sign_in(&Browser::default(), AIKO, PASSWORD).await;
    assert_eq!(strange.body["session"]["stage"], "second_step_due");
    assert_eq!(strange.headers.get_all("set-cookie").iter().count(), 1);
    let mail = "/api/sessions/current/second-step/email-token";
    let take = "/api/sessions/current/second-step";
    let wrong = json!({ "method": "email_token", "code": "00000000" });
    let strange = strange.browser();
    let mut mailed = 1;
    let mut tried = 0;
    while app.post(&strange, mail, json!({})).await.status == 202 {
        mailed += 1;
        for _ in 0..4 {
            let answer = app.post(&strange, take, wrong.clone()).await;
            if answer.refusal() != (429, "too-many-requests") {
                assert_eq!(answer.refusal(), (422, "token-wrong"));
                tried += 1;
            }
        }
    }
    assert_eq!(mailed, Limit::MailToOwner.allowance().most);
    assert_eq!(tried, Limit::SecondStepsOfAccount.allowance().most);

    // On the device that she has used, she has tries of her own.
    app.context.clock.advance(time::Duration::hours(1));
    let own = app.sign_in(&aiko, AIKO, PASSWORD).await;
    let device = aiko.cookie.split("; ").nth(1).expect("a device's cookie");
    let mut own = own.browser();
    own.cookie = format!("{}; {device}", own.cookie);
    assert_eq!(app.post(&own, mail, json!({})).await.status, 202);
    let right = json!({ "method": "email_token", "code": app.mailed_token(AIKO) });
    assert_eq!(app.post(&own, take, right).await.status, 201);
}

/// Uses up what an account takes from devices that are not known.
async fn flood(app: &App) {
    let email = EmailAddress::new(AIKO).expect("an address");
    let bucket = Bucket::of_address(Limit::SignInsToAccount, &email);
    let most = bucket.limit().allowance().most;
    let now = app.context.clock.now();
    let directory = app.context.table.directory();
    let counted = directory.count(&bucket, most, now);
    assert_eq!(counted.await, Ok(Counted::Allowed));
}
