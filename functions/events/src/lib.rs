//! What follows from a change of the table: the mails that it makes necessary, what browsers are
//! told as it happens, the copies of an account's name and address in the workspaces that it
//! belongs to, and the rest of deletions that broke off. And what follows from an event of the
//! account's guards: that people can read of it.
//!
//! A handler never sends a mail. It writes the intent in the same transaction as the change, and
//! this function, fed by the table's stream, delivers each intent once. In the same way no route
//! writes into an audit log: entries follow from what was changed, see [`audit`].

mod archive;
mod audit;
mod copies;
mod deletions;
mod delivery;
mod findings;
mod invocation;
mod letter;
mod live;
mod notices;
mod postman;
mod settings;
mod switchboard;
mod words;

pub use delivery::Delivery;
pub use findings::UnknownEvent;
pub use invocation::InvocationError;
pub use settings::{DeliverySettings, SettingsError};
