//! Takes a sign-up in: the wish and the mail with its token, or neither.
//!
//! An address that has an account already is treated like any other. Whoever reads its mailbox
//! learns it when they confirm; nobody else does.

use koeba_domain::{DisplayName, EmailAddress, Mail, MailIntent, SIGN_UP_LIFETIME, SignUp};
use koeba_edge::digest::sha256_hex;
use koeba_edge::{ClientIp, Problem, field};

use crate::password_rules::new_password;
use crate::routes::sign_ups::SignUpRequest;
use crate::state::Accounts;
use crate::views::SignUpView;

/// Digits of a token.
const DIGITS: u32 = 8;

pub(crate) async fn sign_up(
    accounts: &Accounts,
    client: ClientIp,
    request: &SignUpRequest,
) -> Result<SignUpView, Problem> {
    let email = field("email", EmailAddress::new(&request.email));
    let name = field("display_name", DisplayName::new(&request.display_name));
    let password = field(
        "password",
        new_password(&request.password, email.as_ref().ok(), name.as_ref().ok()),
    );
    // All that is wrong is told at once.
    let (email, display_name, password) = match (email, name, password) {
        (Ok(email), Ok(name), Ok(password)) => (email, name, password),
        (email, name, password) => {
            let wrong = [email.err(), name.err(), password.err()];
            return Err(Problem::fields(wrong.into_iter().flatten()));
        }
    };
    let context = &accounts.context;
    context.limits(client).sign_up(&email).await?;
    let salt = context.entropy.bytes::<16>();
    let token = context.entropy.digits(DIGITS);
    let sign_up = SignUp {
        id: context.entropy.id(),
        email,
        display_name,
        locale: request.locale.into(),
        password_hash: accounts.passwords.hash(password, salt).await?,
        token_hash: sha256_hex(&token),
        tries: 0,
        expires_at: context.clock.now() + SIGN_UP_LIFETIME,
    };
    let mail = MailIntent {
        id: context.entropy.id(),
        to: sign_up.email.clone(),
        locale: sign_up.locale,
        mail: Mail::SignUpToken {
            display_name: sign_up.display_name.clone(),
            token,
        },
    };
    context
        .table
        .directory()
        .create_sign_up(&sign_up, &mail)
        .await?;
    Ok(SignUpView {
        id: sign_up.id,
        expires_at: sign_up.expires_at,
    })
}
