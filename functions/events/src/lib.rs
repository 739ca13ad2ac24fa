//! What follows from a change of the table: the mails that it makes necessary, the copies of an
//! account's name and address in the workspaces that it belongs to, and the rest of deletions that
//! broke off.
//!
//! A handler never sends a mail. It writes the intent in the same transaction as the change, and
//! this function, fed by the table's stream, delivers each intent once. In the same way no route
//! writes into an audit log: entries follow from what was changed, see [`audit`].

mod archive;
mod audit;
mod copies;
mod deletions;
mod delivery;
mod invocation;
mod letter;
mod notices;
mod postman;
mod settings;
mod words;

pub use delivery::Delivery;
pub use invocation::InvocationError;
pub use settings::{DeliverySettings, SettingsError};
