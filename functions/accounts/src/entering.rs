//! How a browser comes by a session, and by a new secret for the one it has.

use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};
use koeba_domain::{
    Notice, SecondSteps, Session, SessionLimits, SessionStage, Trace, User, UserId,
};
use koeba_edge::cookies::session_cookie;
use koeba_edge::csrf::csrf_token;
use koeba_edge::{
    AnySession, Context, Device, Entropy, Problem, Secret, Slug, new_session_secret, session_name,
};
use koeba_storage::{Directory, Renewal, SessionName, StorageError};

use crate::device;
use crate::state::Accounts;
use crate::views::{SessionView, SignedInView};

/// The most sessions of one person; the one that was idle for longest makes room.
const MAX_SESSIONS: usize = 20;

/// Somebody who has just been let in, or let on.
pub(crate) struct Entered {
    pub(crate) user: User,
    pub(crate) secret: Secret,
    pub(crate) session: Session,
    pub(crate) steps: SecondSteps,
    /// By which the device will be known again, if it came to be known just now.
    pub(crate) device: Option<HeaderValue>,
}

impl From<Entered> for SignedInView {
    fn from(entered: Entered) -> Self {
        Self {
            csrf_token: csrf_token(&entered.secret),
            session: SessionView::new(&entered.session, &entered.steps),
            user: entered.user.into(),
        }
    }
}

/// What a person's workspaces ask of a session of theirs.
pub(crate) struct Demands {
    /// Whether any of them demands a second step.
    pub(crate) second_step: bool,
    /// The longest that any of them lets a session live; each one enforces its own besides.
    pub(crate) limits: SessionLimits,
}

/// Reads what the workspaces of `user` ask.
pub(crate) async fn demands(directory: &Directory, user: UserId) -> Result<Demands, Problem> {
    let mut demands = Demands {
        second_step: false,
        limits: SessionLimits::DEFAULT,
    };
    for (number, of_user) in directory.workspaces_of(user).await?.iter().enumerate() {
        let Some(standing) = directory.standing(user, of_user.workspace.id).await? else {
            continue;
        };
        let role = standing.membership.role;
        demands.second_step |= standing.policy.demands_second_step(role);
        let limits = standing.policy.session_limits(role);
        demands.limits = if number == 0 {
            limits
        } else {
            demands.limits.or_longer(limits)
        };
    }
    Ok(demands)
}

/// How far a right password leads.
pub(crate) fn stage(steps: &SecondSteps, demands: &Demands) -> SessionStage {
    if steps.any() {
        SessionStage::SecondStepDue
    } else if demands.second_step {
        SessionStage::SetUpDue
    } else {
        SessionStage::Full
    }
}

/// A session that begins now in this browser.
pub(crate) fn begin(
    context: &Context,
    user: UserId,
    headers: &HeaderMap,
    stage: SessionStage,
    limits: SessionLimits,
    trace: Trace,
) -> (Session, Secret, SessionName) {
    let (secret, name) = new_secret(&context.entropy, user);
    let now = context.clock.now();
    let id = context.entropy.id();
    let session = Session::begin(id, user, device::name(headers), stage, limits, now);
    let session = Session {
        network: trace.network,
        ..session
    };
    (session, secret, name)
}

/// The secret of a new session, and under what the store keeps it.
pub(crate) fn new_secret(entropy: &Entropy, user: UserId) -> (Secret, SessionName) {
    let secret = new_session_secret(entropy, user);
    let name = session_name(&secret).expect("our own secrets name somebody");
    (secret, name)
}

/// Ends the session that was idle for longest if there are as many as may be.
pub(crate) async fn make_room(directory: &Directory, user: UserId) -> Result<(), Problem> {
    let mut sessions = directory.sessions_of(user).await?;
    sessions.sort_by_key(|(_, session)| session.last_used_at);
    let spare = sessions.len().saturating_sub(MAX_SESSIONS - 1);
    for (name, _) in sessions.into_iter().take(spare) {
        directory.delete_session(&name).await?;
    }
    Ok(())
}

/// Lets a session go on under another secret, as `session`; the old secret ends at once.
pub(crate) async fn renew(
    accounts: &Accounts,
    asked_by: &AnySession,
    session: Session,
) -> Result<Entered, Problem> {
    let directory = accounts.directory(asked_by.trace);
    let (secret, new) = new_secret(&accounts.context.entropy, asked_by.user);
    directory
        .renew_session(&asked_by.name(), &new, &session)
        .await
        .map_err(ended)?;
    entered(&directory, session, secret).await
}

/// What somebody is shown after their session was renewed.
pub(crate) async fn entered(
    directory: &Directory,
    session: Session,
    secret: Secret,
) -> Result<Entered, Problem> {
    let user = directory
        .user(session.user)
        .await?
        .ok_or(Slug::NotSignedIn)?;
    let steps = directory.second_steps(session.user).await?.facts;
    Ok(Entered {
        user,
        secret,
        session,
        steps,
        device: None,
    })
}

/// A renewal that met the session's end: of two at one moment, one comes too late.
pub(crate) fn ended(error: StorageError) -> Problem {
    match error {
        StorageError::Conflict => Slug::ChangedMeanwhile.into(),
        other => other.into(),
    }
}

/// Remembers the device of somebody who is in all the way. If they have been in before, they are
/// told when it is new.
pub(crate) async fn on_device(
    accounts: &Accounts,
    entered: Entered,
    device: &Device,
    been_in_before: bool,
) -> Result<Entered, Problem> {
    let Entered { user, session, .. } = &entered;
    if session.stage != SessionStage::Full {
        return Ok(entered);
    }
    let new_device = Notice::NewDevice {
        device: session.device.clone(),
    };
    let notice = been_in_before.then(|| accounts.notice(user, new_device));
    let cookie = device
        .remember(&accounts.context, user.id, &session.device, notice.as_ref())
        .await?;
    Ok(Entered {
        device: Some(cookie),
        ..entered
    })
}

/// The headers that hand over a new secret, and the device's.
pub(crate) fn cookies(entered: &Entered) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.append(SET_COOKIE, session_cookie(&entered.secret));
    if let Some(device) = &entered.device {
        headers.append(SET_COOKIE, device.clone());
    }
    headers
}

/// The parts of a renewal.
pub(crate) const fn renewal<'a>(
    old: &'a SessionName,
    new: &'a SessionName,
    session: &'a Session,
) -> Renewal<'a> {
    Renewal { old, new, session }
}
