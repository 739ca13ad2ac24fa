//! `/_local/token`: gives a join token to somebody on this machine, without a session.
//!
//! It exists in the local runner only; in the cloud nothing of the kind is deployed.

use std::net::SocketAddr;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use axum::extract::{ConnectInfo, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use http::StatusCode;
use koeba_access_token::{JoinClaims, TokenKey};
use time::{Duration, OffsetDateTime};

use crate::token_command::{JoinToken, TokenRequest};

/// Long enough to paste a token into another window.
const LIFETIME: Duration = Duration::minutes(10);

/// What the route needs: the right to look through the whole table, which no function has.
#[derive(Clone)]
pub(crate) struct TokenRoute {
    pub(crate) dynamodb: Client,
    pub(crate) table: String,
    pub(crate) media_url: String,
    pub(crate) key: TokenKey,
}

pub(crate) fn routes(route: TokenRoute) -> Router {
    Router::new()
        .route("/_local/token", post(give))
        .with_state(Arc::new(route))
}

async fn give(
    State(route): State<Arc<TokenRoute>>,
    ConnectInfo(caller): ConnectInfo<SocketAddr>,
    Json(request): Json<TokenRequest>,
) -> Response {
    if !caller.ip().is_loopback() {
        return StatusCode::NOT_FOUND.into_response();
    }
    match route.token(&request).await {
        Ok(token) => Json(token).into_response(),
        Err(sentence) => (StatusCode::UNPROCESSABLE_ENTITY, sentence).into_response(),
    }
}

impl TokenRoute {
    async fn token(&self, request: &TokenRequest) -> Result<JoinToken, String> {
        if request.identity.is_empty() || request.identity.chars().count() > 256 {
            return Err("the identity must have 1 to 256 characters".to_owned());
        }
        let workspaces = self.named("WORKSPACE", "", &request.workspace).await?;
        let (workspace, _) = only(workspaces, "workspace", &request.workspace)?;
        let rooms = self
            .named("ROOM#", &format!("WS#{workspace}#ROOMS"), &request.room)
            .await?;
        let (room, _) = only(rooms, "room", &request.room)?;
        let now = OffsetDateTime::now_utc();
        let name = request
            .name
            .clone()
            .unwrap_or_else(|| request.identity.clone());
        let claims = JoinClaims {
            dtls: request.dtls_floor(),
            name,
            ..JoinClaims::new(workspace, room, request.identity.clone(), now + LIFETIME)
        };
        Ok(JoinToken {
            url: self.media_url.clone(),
            token: koeba_access_token::mint_join(&self.key, &claims, now),
        })
    }

    /// Identifier and name of the items whose sort key begins with `sort`, whose partition begins
    /// with `partition`, and whose identifier or name is `wanted`.
    async fn named(
        &self,
        sort: &str,
        partition: &str,
        wanted: &str,
    ) -> Result<Vec<(String, String)>, String> {
        let mut pages = self
            .dynamodb
            .scan()
            .table_name(&self.table)
            .filter_expression(
                "begins_with(#pk, :partition) AND begins_with(#sk, :sort) AND (#id = :wanted OR #name = :wanted)",
            )
            .expression_attribute_names("#pk", "pk")
            .expression_attribute_names("#sk", "sk")
            .expression_attribute_names("#id", "id")
            .expression_attribute_names("#name", "name")
            .expression_attribute_values(":partition", AttributeValue::S(if partition.is_empty() { "WS#".to_owned() } else { partition.to_owned() }))
            .expression_attribute_values(":sort", AttributeValue::S(sort.to_owned()))
            .expression_attribute_values(":wanted", AttributeValue::S(wanted.to_owned()))
            .into_paginator()
            .items()
            .send();
        let mut found = Vec::new();
        while let Some(item) = pages.next().await {
            let item =
                item.map_err(|_| "the table cannot be read; start the runner again".to_owned())?;
            let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned();
            if let (Some(id), Some(name)) = (text("id"), text("name")) {
                found.push((id, name));
            }
        }
        Ok(found)
    }
}

/// The one match, or a sentence that says what is wrong.
fn only(
    mut found: Vec<(String, String)>,
    what: &str,
    wanted: &str,
) -> Result<(String, String), String> {
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(format!(
            "there is no {what} called {wanted:?}; create it in the browser first, or start the runner with --demo"
        )),
        _ => Err(format!(
            "{} {what}s are called {wanted:?}; name one by its identifier: {}",
            found.len(),
            found
                .iter()
                .map(|(id, _)| id.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        )),
    }
}
