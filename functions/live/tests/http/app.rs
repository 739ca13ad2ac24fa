//! The function over a store of its own, and browsers that connect to it.

use std::ops::Deref;

use axum::body::Body;
use http::{Extensions, HeaderMap, Request};
use koeba_domain::{Role, Workspace};
use koeba_edge::{ClientIp, Context, SocketEvent, SocketId, socket_request};
use koeba_router_app::{Answer, EmulatedRole, Person};
use koeba_storage::Table;
use serde_json::Value;

/// The function, running over a store that nobody else uses.
pub(crate) struct App {
    app: koeba_router_app::App,
    /// The store, with the function's own rights.
    pub(crate) own: Table,
}

impl App {
    pub(crate) async fn start() -> Self {
        let (makers, role) = (EmulatedRole::Accounts, EmulatedRole::Live);
        let mut own = None;
        let router = |context: Context| {
            own = Some(context.table.clone());
            koeba_live::router(context)
        };
        let app = koeba_router_app::App::start_among(makers, role, router).await;
        let own = own.expect("the router is made");
        Self { app, own }
    }

    /// The handshake of somebody's browser, as one of the app's own pages makes it.
    pub(crate) async fn connect(&self, person: &Person, to: &Workspace, id: &str) -> Answer {
        self.send(handshake(person, &to.id.to_string(), id, ORIGIN))
            .await
    }

    /// What a connection is answered to what it says.
    pub(crate) async fn say(&self, id: &str, text: &str) -> Value {
        let request = event(SocketEvent::Said, id, Body::from(text.to_owned()));
        self.send(request).await.body
    }

    /// Whether a connection that says that it is there may stay.
    pub(crate) async fn may_stay(&self, id: &str) -> bool {
        let answer = self.say(id, r#"{"type":"ping"}"#).await;
        match answer["type"].as_str() {
            Some("pong") => true,
            Some("gone") => false,
            _ => panic!("a ping is understood: {answer}"),
        }
    }

    /// The gateway says that a connection has gone.
    pub(crate) async fn close(&self, id: &str) {
        let answer = self
            .send(event(SocketEvent::Closed, id, Body::empty()))
            .await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// Whom the changes of a workspace are told: the names of connections, in order.
    pub(crate) async fn told(&self, workspace: &Workspace) -> Vec<String> {
        let directory = self.context.table.directory();
        let open = directory.connections(workspace.id).await;
        let open = open.expect("the store answers");
        let mut names: Vec<_> = open.into_iter().map(|one| one.id).collect();
        names.sort();
        names
    }

    /// Aiko's team, of which Ken is a member.
    pub(crate) async fn team(&self) -> (Person, Person, Workspace) {
        let (aiko, ken) = (self.person("aiko").await, self.person("ken").await);
        let team = self.workspace(&aiko, "team").await;
        self.add(&aiko, &team, &ken, Role::Member).await;
        (aiko, ken, team)
    }
}

impl Deref for App {
    type Target = koeba_router_app::App;

    fn deref(&self) -> &koeba_router_app::App {
        &self.app
    }
}

/// Where the app's own pages come from.
pub(crate) const ORIGIN: Option<&str> = Some(koeba_router_app::ORIGIN_OF_APP);

/// A handshake as a page from `origin` makes a browser send it.
pub(crate) fn handshake(
    person: &Person,
    workspace: &str,
    id: &str,
    origin: Option<&str>,
) -> Request<Body> {
    let mut headers = HeaderMap::new();
    for (name, value) in [("cookie", Some(&*person.cookie)), ("origin", origin)] {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            headers.insert(name, value.parse().expect("a header"));
        }
    }
    let mut extensions = Extensions::new();
    extensions.insert(ClientIp(person.address));
    socket_request(
        SocketEvent::Asked,
        SocketId(id.to_owned()),
        &format!("workspace={workspace}"),
        headers,
        extensions,
        Body::empty(),
    )
}

fn event(event: SocketEvent, id: &str, body: Body) -> Request<Body> {
    let id = SocketId(id.to_owned());
    socket_request(event, id, "", HeaderMap::new(), Extensions::new(), body)
}
