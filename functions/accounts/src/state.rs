use axum::extract::FromRef;
use koeba_edge::Context;

use crate::passwords::Passwords;

/// What the handlers of this function are given.
#[derive(Clone)]
pub(crate) struct Accounts {
    pub(crate) context: Context,
    pub(crate) passwords: Passwords,
}

impl Accounts {
    pub(crate) fn new(context: Context) -> Self {
        let passwords = Passwords::new(context.settings.passwords, &context.entropy);
        Self { context, passwords }
    }
}

impl FromRef<Accounts> for Context {
    fn from_ref(accounts: &Accounts) -> Self {
        accounts.context.clone()
    }
}
