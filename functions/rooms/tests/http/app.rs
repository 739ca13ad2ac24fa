//! The function over a store of its own.

use std::ops::Deref;

use koeba_router_app::EmulatedRole;
pub(crate) use koeba_router_app::{Answer, NOW, Person, TOKEN_SECRET};

/// The function, running over a store that nobody else uses.
pub(crate) struct App(koeba_router_app::App);

impl App {
    pub(crate) async fn start() -> Self {
        Self(koeba_router_app::App::start(EmulatedRole::Rooms, koeba_rooms::router).await)
    }
}

impl Deref for App {
    type Target = koeba_router_app::App;

    fn deref(&self) -> &koeba_router_app::App {
        &self.0
    }
}
