//! Makes an account for somebody who was invited by mail, and a member of its owner.
//!
//! The link was sent to one address, so whoever has it reads the mail there: no token is needed
//! besides. A link for several people proves no address and makes no account.

use http::HeaderMap;
use koeba_domain::{
    DisplayName, EmailAddress, Locale, Member, SecondStepMethod, SecondSteps, Session,
    SessionStage, Trace, User,
};
use koeba_edge::{Device, InvitationToken, Invited, Problem, Slug, field};
use koeba_storage::{InvitationOffer, StorageError};

use crate::entering::{self, Entered};
use crate::password_rules::new_password;
use crate::routes::sign_ups::JoinRequest;
use crate::state::Accounts;

/// Makes the account, signs its owner in, and takes the invitation.
///
/// The account and the membership are written one after the other, since no credentials reach
/// both. Should the second fail, the account is there with the password that its owner chose: the
/// same link lets them in once they have signed in.
pub(crate) async fn join(
    accounts: &Accounts,
    request: &JoinRequest,
    headers: &HeaderMap,
    trace: Trace,
) -> Result<Entered, Problem> {
    let context = &accounts.context;
    let now = context.clock.now();
    let offer = offer_of(accounts, &request.token).await?;
    let InvitationOffer {
        invitation,
        workspace,
        policy,
        ..
    } = &offer;
    invitation.check_open(now).map_err(Slug::from)?;
    policy
        .allows_invitation(invitation.role, &invitation.email)
        .map_err(Slug::from)?;
    let (display_name, password_hash) = chosen(accounts, request, &invitation.email).await?;
    let user = User {
        id: context.entropy.id(),
        email: invitation.email.clone(),
        display_name,
        locale: Locale::from(request.locale),
        created_at: now,
    };
    let limits = policy.session_limits(invitation.role);
    // Password and mailbox were both proven just now.
    let (session, secret, name) =
        entering::begin(context, user.id, headers, SessionStage::Full, limits, trace);
    let session = Session {
        proof: Some(SecondStepMethod::EmailToken),
        ..session
    };
    let directory = accounts.directory(Trace {
        actor: Some(user.id),
        ..trace
    });
    directory
        .create_account(&user, &password_hash, &name, &session)
        .await
        .map_err(|error| match error {
            StorageError::AlreadyExists => Slug::AddressTaken.into(),
            other => Problem::from(other),
        })?;
    let member = Member {
        user: user.id,
        display_name: user.display_name.clone(),
        email: user.email.clone(),
        role: invitation.role,
        joined_at: now,
    };
    directory
        .accept_invitation(workspace, invitation, &member)
        .await
        .map_err(|error| match error {
            StorageError::Conflict => Slug::InvitationUsed.into(),
            other => Problem::from(other),
        })?;
    let entered = Entered {
        user,
        secret,
        session,
        steps: SecondSteps::default(),
        device: None,
    };
    entering::on_device(accounts, entered, &Device::of(headers), false).await
}

/// The invitation whose secret the token knows; any other is none.
async fn offer_of(accounts: &Accounts, token: &str) -> Result<InvitationOffer, Problem> {
    let token = InvitationToken::read(token).ok_or(Slug::InvitationNotFound)?;
    let Invited::By(id) = token.invited else {
        return Err(Slug::InvitationNotFound.into());
    };
    let directory = accounts.context.table.directory();
    match directory.invitation(token.workspace, id).await {
        Ok(Some(offer)) if token.knows(&offer.invitation.secret_hash) => Ok(offer),
        Ok(_) | Err(StorageError::NotFound) => Err(Slug::InvitationNotFound.into()),
        Err(error) => Err(error.into()),
    }
}

/// The name and the hash of the password that were chosen; all that is wrong is told at once.
async fn chosen(
    accounts: &Accounts,
    request: &JoinRequest,
    email: &EmailAddress,
) -> Result<(DisplayName, String), Problem> {
    let name = field("display_name", DisplayName::new(&request.display_name));
    let password = field(
        "password",
        new_password(&request.password, Some(email), name.as_ref().ok()),
    );
    let (name, password) = match (name, password) {
        (Ok(name), Ok(password)) => (name, password),
        (name, password) => {
            let wrong = [name.err(), password.err()];
            return Err(Problem::fields(wrong.into_iter().flatten()));
        }
    };
    let salt = accounts.context.entropy.bytes::<16>();
    Ok((name, accounts.passwords.hash(password, salt).await?))
}
