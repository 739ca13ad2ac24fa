//! The API's one document, from what the routes of every function say about themselves.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, InfoBuilder, OpenApi, PathItem, RefOr, Server};

use crate::Slug;
use crate::cookies::SESSION_COOKIE;
use crate::csrf::CSRF_HEADER;
use crate::openapi::problems;

/// The names under which the document keeps the ways to show who is asking.
const SESSION: &str = "session";
const CSRF: &str = "csrf";
/// For media nodes; the routes that they call name it themselves.
const NODE: &str = "node";

/// Puts the documents of several functions into one and adds what holds for all of them: how
/// requests are authorized, and what any route may answer when the fault is ours.
#[must_use]
pub fn assemble(functions: impl IntoIterator<Item = OpenApi>) -> OpenApi {
    let mut document = OpenApi::default();
    for function in functions {
        document.merge(function);
    }
    document.info = InfoBuilder::new()
        .title("Koeba")
        .version("1")
        .description(Some(
            "Rooms where people talk. Errors are problem documents (RFC 9457), told apart by the \
             last part of their `type`. The rules and their reasons are in docs/http-api.md.",
        ))
        .build();
    document.servers = Some(vec![Server::new("/")]);
    add_security(document.components.get_or_insert_with(Components::new));
    for item in document.paths.paths.values_mut() {
        complete(item);
    }
    document
}

fn add_security(components: &mut Components) {
    let session = ApiKeyValue::with_description(
        SESSION_COOKIE,
        "Set by signing in. Secure, HttpOnly, SameSite=Lax.",
    );
    let csrf = ApiKeyValue::with_description(
        CSRF_HEADER.as_str(),
        "The `csrf_token` that belongs to the session; with it, `Origin` must name the app.",
    );
    let node = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("A media node's own token."))
        .build();
    for (name, scheme) in [
        (SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(session))),
        (CSRF, SecurityScheme::ApiKey(ApiKey::Header(csrf))),
        (NODE, SecurityScheme::Http(node)),
    ] {
        components
            .security_schemes
            .insert(name.to_owned(), scheme.into());
    }
}

fn complete(item: &mut PathItem) {
    let session = SecurityRequirement::new::<_, [&str; 0], _>(SESSION, []);
    let with_csrf = session.clone().add::<_, [&str; 0], _>(CSRF, []);
    if let Some(read) = &mut item.get {
        forget_other_sites(read);
        authorize(read, &session);
    }
    for change in [
        &mut item.post,
        &mut item.put,
        &mut item.patch,
        &mut item.delete,
    ]
    .into_iter()
    .flatten()
    {
        authorize(change, &with_csrf);
    }
}

fn authorize(operation: &mut Operation, requirement: &SecurityRequirement) {
    operation
        .security
        .get_or_insert_with(|| vec![requirement.clone()]);
    for (status, problem) in problems(&[Slug::Internal, Slug::Busy]) {
        operation
            .responses
            .responses
            .entry(status)
            .or_insert(problem);
    }
}

/// Reading changes nothing, so where a request to read came from does not matter.
fn forget_other_sites(operation: &mut Operation) {
    let responses = &mut operation.responses.responses;
    let Some(RefOr::T(refused)) = responses.get_mut("403") else {
        return;
    };
    let others: Vec<&str> = refused
        .description
        .split(", ")
        .filter(|name| {
            [Slug::CsrfTokenWrong, Slug::OriginRefused]
                .iter()
                .all(|slug| *name != format!("`{}`", slug.as_str()))
        })
        .collect();
    if others.is_empty() {
        responses.remove("403");
    } else {
        refused.description = others.join(", ");
    }
}
