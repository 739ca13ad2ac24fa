//! Moves an account to another address, once its owner has shown that they read the mail there.
//!
//! An address that has an account already is treated like any other: whoever reads its mailbox
//! learns it when they confirm; nobody else does.

use koeba_domain::{
    EMAIL_CHANGE_LIFETIME, EmailAddress, EmailChange, EmailChangeError, EmailChangeId, Mail,
    MailIntent, Notice, User,
};
use koeba_edge::digest::{same, sha256_hex};
use koeba_edge::{ClientIp, Explain, Problem, SignedIn, Slug, SteppedUp, Text, field};
use koeba_storage::StorageError;

use crate::state::Accounts;
use crate::typed_token::as_sent;

/// Digits of a token.
const DIGITS: u32 = 8;

/// The address is the present one, however it is written.
struct PresentAddress;

impl Explain for PresentAddress {
    fn explain(&self) -> Text {
        Text::fixed(
            "今のメールアドレスと同じです。新しいアドレスを入力してください。",
            "This is your present address. Enter the new one.",
        )
    }
}

/// Sends a token to the new address, and word of it to the present one.
pub(crate) async fn ask(
    accounts: &Accounts,
    stepped_up: &SteppedUp,
    client: ClientIp,
    to: &str,
) -> Result<EmailChange, Problem> {
    let context = &accounts.context;
    let directory = accounts.directory(stepped_up.trace);
    let user = directory
        .user(stepped_up.user)
        .await?
        .ok_or(Slug::NotSignedIn)?;
    let to = field("email", EmailAddress::new(to))?;
    if to.normalized() == user.email.normalized() {
        field("email", Err(PresentAddress))?;
    }
    let limits = context.limits(client);
    limits.mail_to_owner(user.id).await?;
    limits.mail_to(&to).await?;
    let now = context.clock.now();
    let token = context.entropy.digits(DIGITS);
    let change = EmailChange {
        id: context.entropy.id(),
        user: user.id,
        to,
        token_hash: sha256_hex(&token),
        tries: 0,
        expires_at: now + EMAIL_CHANGE_LIFETIME,
    };
    let mail = MailIntent {
        id: context.entropy.id(),
        to: change.to.clone(),
        locale: user.locale,
        mail: Mail::EmailChangeToken { token },
    };
    let notice = accounts.notice(&user, Notice::EmailChangeAsked);
    directory
        .create_email_change(&change, &mail, (&notice, now))
        .await?;
    Ok(change)
}

/// Moves the account. Both addresses are told, so that whoever loses an account to somebody else
/// hears of it where they can still be reached.
pub(crate) async fn confirm(
    accounts: &Accounts,
    signed_in: &SignedIn,
    id: EmailChangeId,
    token: &str,
) -> Result<User, Problem> {
    let directory = accounts.directory(signed_in.trace);
    // The try is counted before the token is looked at, so that parallel guesses are counted too.
    let change = directory
        .spend_email_change_try(signed_in.user, id)
        .await?
        .ok_or(Slug::NotFound)?;
    let now = accounts.context.clock.now();
    let matches = same(&change.token_hash, &sha256_hex(&as_sent(token)));
    change.check(matches, now).map_err(|error| match error {
        EmailChangeError::Expired => Slug::TokenExpired,
        EmailChangeError::TooManyTries => Slug::TooManyTries,
        EmailChangeError::WrongToken => Slug::TokenWrong,
    })?;
    let user = directory
        .user(signed_in.user)
        .await?
        .ok_or(Slug::NotSignedIn)?;
    let to_new = MailIntent {
        to: change.to.clone(),
        ..accounts.notice(&user, Notice::EmailChanged)
    };
    let notices = [accounts.notice(&user, Notice::EmailChanged), to_new];
    directory
        .complete_email_change(&change, &user, &notices, now)
        .await
        .map_err(|error| match error {
            StorageError::AlreadyExists => Slug::AddressTaken.into(),
            StorageError::Conflict => Slug::ChangedMeanwhile.into(),
            other => Problem::from(other),
        })
}
