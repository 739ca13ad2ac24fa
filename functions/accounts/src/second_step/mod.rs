//! The second step of signing in: setting methods up, and using them.

mod email_token;
pub(crate) mod passkey;
mod recovery;
mod set_up;
mod take;
mod totp;

pub(crate) use email_token::mail_token;
pub(crate) use set_up::{
    add_email_token, add_totp, begin_totp, demand_due, may_set_up, new_recovery_codes, remove,
};
pub(crate) use take::{Shown, take};
