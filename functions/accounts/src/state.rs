use axum::extract::FromRef;
use koeba_domain::{Mail, MailIntent, Notice, Trace, User};
use koeba_edge::Context;
use koeba_storage::Directory;

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

    /// The accounts, in a request that is written on whatever it changes.
    pub(crate) fn directory(&self, trace: Trace) -> Directory {
        self.context.table.directory().traced(trace)
    }

    /// The mail that tells somebody what was done.
    pub(crate) fn notice(&self, user: &User, notice: Notice) -> MailIntent {
        MailIntent {
            id: self.context.entropy.id(),
            to: user.email.clone(),
            locale: user.locale,
            mail: Mail::Notice(notice),
        }
    }
}

impl FromRef<Accounts> for Context {
    fn from_ref(accounts: &Accounts) -> Self {
        accounts.context.clone()
    }
}
