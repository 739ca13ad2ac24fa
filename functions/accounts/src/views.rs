//! What the API shows of accounts.

use koeba_domain::{
    Locale, Moment, SecondStepMethod, SecondSteps, Session, SessionId, SessionStage, SignUpId,
    User, UserId,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The language that mails and pages use with a person.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Locale)]
pub(crate) enum LocaleName {
    /// 日本語.
    Ja,
    /// English.
    En,
}

impl From<LocaleName> for Locale {
    fn from(name: LocaleName) -> Self {
        match name {
            LocaleName::Ja => Self::Ja,
            LocaleName::En => Self::En,
        }
    }
}

impl From<Locale> for LocaleName {
    fn from(locale: Locale) -> Self {
        match locale {
            Locale::Ja => Self::Ja,
            Locale::En => Self::En,
        }
    }
}

/// Somebody with an account, as they see themselves.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserView {
    /// Who.
    #[schema(value_type = String, example = "us_064sk9g1vqmk3tq2wkwk6xyz5e")]
    pub(crate) id: UserId,
    /// Where mail reaches them.
    pub(crate) email: String,
    /// What others see.
    pub(crate) display_name: String,
    /// Their language.
    pub(crate) locale: LocaleName,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            email: user.email.to_string(),
            display_name: user.display_name.to_string(),
            locale: user.locale.into(),
        }
    }
}

/// A signed-in browser's view of itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignedIn)]
pub(crate) struct SignedInView {
    /// Who is signed in.
    pub(crate) user: UserView,
    /// What mutating requests of this session carry in `X-CSRF-Token`.
    pub(crate) csrf_token: String,
    /// How far signing in has come.
    pub(crate) session: SessionView,
}

/// A session, as whoever holds it sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionView {
    /// Which; stays the same when the secret is renewed.
    #[schema(value_type = String, example = "se_064sk9g1vqmk3tq2wkwk6xyz5e")]
    pub(crate) id: SessionId,
    /// How far signing in has come.
    pub(crate) stage: StageName,
    /// The second steps that can be taken.
    pub(crate) methods: Vec<MethodName>,
    /// The second step that was taken.
    #[schema(required = true)]
    pub(crate) proof: Option<MethodName>,
    /// Until when what is dear can be done without proving to be there again.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) stepped_up_until: Moment,
}

impl SessionView {
    pub(crate) fn new(session: &Session, steps: &SecondSteps) -> Self {
        Self {
            id: session.id,
            stage: session.stage.into(),
            methods: steps.methods().into_iter().map(MethodName::from).collect(),
            proof: session.proof.map(MethodName::from),
            stepped_up_until: session.stepped_up_until(),
        }
    }
}

/// How far signing in has come.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SessionStage)]
pub(crate) enum StageName {
    /// All the way.
    Full,
    /// The second step is awaited.
    SecondStepDue,
    /// A second step must be set up.
    SetUpDue,
}

impl From<SessionStage> for StageName {
    fn from(stage: SessionStage) -> Self {
        match stage {
            SessionStage::Full => Self::Full,
            SessionStage::SecondStepDue => Self::SecondStepDue,
            SessionStage::SetUpDue => Self::SetUpDue,
        }
    }
}

/// A second step of signing in.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SecondStepMethod)]
pub(crate) enum MethodName {
    /// Digits by mail.
    EmailToken,
    /// Digits of an authenticator app.
    Totp,
    /// A passkey.
    Passkey,
    /// A recovery code.
    RecoveryCode,
}

impl From<SecondStepMethod> for MethodName {
    fn from(method: SecondStepMethod) -> Self {
        match method {
            SecondStepMethod::EmailToken => Self::EmailToken,
            SecondStepMethod::Totp => Self::Totp,
            SecondStepMethod::Passkey => Self::Passkey,
            SecondStepMethod::RecoveryCode => Self::RecoveryCode,
        }
    }
}

impl From<MethodName> for SecondStepMethod {
    fn from(method: MethodName) -> Self {
        match method {
            MethodName::EmailToken => Self::EmailToken,
            MethodName::Totp => Self::Totp,
            MethodName::Passkey => Self::Passkey,
            MethodName::RecoveryCode => Self::RecoveryCode,
        }
    }
}

/// A sign-up that waits for its token.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignUp)]
pub(crate) struct SignUpView {
    /// Which.
    #[schema(value_type = String, example = "su_064sk9g1vqmk3tq2wkwk6xyz5e")]
    pub(crate) id: SignUpId,
    /// When the token stops working.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) expires_at: Moment,
}
