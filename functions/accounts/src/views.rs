//! What the API shows of accounts.

use koeba_domain::{Locale, Moment, SignUpId, User, UserId};
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
