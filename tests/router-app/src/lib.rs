//! One function's router over a store of its own, and people who use it: what the router tests of
//! every function are written with.
//!
//! A function's tests wrap [`App`] and add what only they need:
//!
//! ```ignore
//! pub(crate) struct App(koeba_router_app::App);
//!
//! impl App {
//!     pub(crate) async fn start() -> Self {
//!         Self(koeba_router_app::App::start(EmulatedRole::Rooms, koeba_rooms::router).await)
//!     }
//! }
//! ```

mod app;
mod browser;
mod log;
mod mails;
mod people;

pub use app::{App, NOW, ORIGIN_OF_APP, TOKEN_SECRET};
pub use browser::{Answer, Browser};
pub use koeba_emulator::Role as EmulatedRole;
pub use log::Log;
pub use mails::OwedMail;
pub use people::Person;
