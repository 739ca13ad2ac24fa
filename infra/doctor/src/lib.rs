//! `koeba-doctor`: examines a Koeba from outside, as the people see it who use it.
//!
//! It signs in, places a call over real media, looks at the TLS of every address, tries to read
//! what it must not, and asks AWS for backups and alarms. What is seen is judged in `judge`, which
//! knows no network; every other module only looks. Each finding says in Japanese and in English
//! what is so and, if it is not well, what to do.

mod call;
mod cloud;
mod examination;
mod finding;
mod judge;
mod live;
mod options;
mod outside;
mod secret;
mod table;
mod tls;
mod visitor;

pub use cloud::Cloud;
pub use examination::Examination;
pub use finding::{Check, Finding, Report, Verdict, Words};
pub use options::{Account, Entry, Language, Options, OptionsError};
pub use secret::Secret;
pub use table::render;
