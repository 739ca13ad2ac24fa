//! What every HTTP function shares: who is asking, what they may touch, how errors look, and how
//! a router is served.
//!
//! A function is a library with `pub fn router(context: Context) -> axum::Router`, which ends in
//! [`finish`], and a `main` that hands it to [`serve`]. Its handlers take, in this order:
//!
//! 1. `State<Context>`: the store, the clock, randomness, settings;
//! 2. [`SignedIn`] (a valid session; for mutating requests also the CSRF checks) **or**
//!    [`Scoped<P>`](Scoped) (that, and the permission `P` in the workspace of `{workspace_id}`);
//!    for what is dear [`SteppedUp`] or [`ScopedSteppedUp<P>`](ScopedSteppedUp), for the way into
//!    a session [`AnySession`];
//! 3. [`Path`] with a struct of the remaining identifiers, [`Page`] for lists;
//! 4. [`Json`] for a body.
//!
//! They return `Result<impl IntoResponse, Problem>`; `?` turns the store's errors,
//! [`Denied`](koeba_domain::Denied), a [`FieldProblem`] and a [`Slug`] into a [`Problem`].
//!
//! ```ignore
//! async fn rename_room(
//!     State(context): State<Context>,
//!     scoped: Scoped<permission::ManageRooms>,
//!     Path(path): Path<RoomPath>,
//!     Json(body): Json<RenameRoom>,
//! ) -> Result<Json<RoomView>, Problem> {
//!     let name = field("name", RoomName::new(&body.name))?;
//!     let room = context.table.workspace(&scoped.scope).rename_room(path.room_id, name).await?;
//!     Ok(Json(room.into()))
//! }
//! ```

mod access_log;
mod api_document;
pub mod aws;
mod certificate;
mod client_ip;
mod clock;
mod context;
pub mod cookies;
pub mod csrf;
mod device;
pub mod digest;
mod entropy;
mod finish;
mod front_door;
mod invitation_token;
mod json;
mod limits;
mod log;
pub mod openapi;
mod path;
mod probes;
mod problem;
mod scoped;
mod sealed;
mod secret;
pub mod security_headers;
mod serve;
mod session;
mod settings;
mod slug;
mod socket;
mod spreadsheet;
mod statement;
mod storage_error;
mod text;

pub use api_document::assemble;
pub use certificate::{CertificateView, DeletionRequest, DeletionStatement};
pub use client_ip::ClientIp;
pub use clock::Clock;
pub use context::Context;
pub use csrf::OwnOrigin;
pub use device::{Device, KnownDevice};
pub use entropy::Entropy;
pub use finish::{REQUEST_ID_HEADER, finish, merge};
pub use invitation_token::{InvitationToken, Invited};
pub use json::{Json, MAX_BODY};
pub use limits::{Limits, Spent};
pub use log::{begin_log, json_log, log_filter};
pub use path::{Page, Path};
pub use probes::Probes;
pub use problem::{FieldError, FieldProblem, PROBLEM_JSON, Problem, ProblemDocument, field};
pub use scoped::{Requires, Scoped, ScopedSteppedUp, permission};
pub use sealed::Sealed;
pub use secret::Secret;
pub use serve::{ServeError, serve};
pub use session::{AnySession, SignedIn, SteppedUp, new_session_secret, session_name, trace};
pub use settings::{PasswordSettings, Settings, SettingsError, TokenKeySettings};
pub use slug::Slug;
pub use socket::{SocketEvent, SocketId, socket_request};
pub use spreadsheet::{Spreadsheet, attachment};
pub use statement::{PublicSigningKey, SigningKey, StatementError, StatementKind};
pub use text::{Explain, Text, preferred_language};
