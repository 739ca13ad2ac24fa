use axum::extract::{FromRequestParts, State};
use axum::response::Response;
use http::request::Parts;
use koeba_domain::Moment;
use koeba_edge::openapi::ScopedProblems;
use koeba_edge::permission::ViewAudit;
use koeba_edge::{Context, Json, Page, Path, Problem, Scoped, ScopedSteppedUp, Slug};
use koeba_storage::PageRequest;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use time::format_description::well_known::Rfc3339;

use super::problems::{AuditExportProblems, ListProblems};
use crate::audit_names::Names;
use crate::audit_views::{EntryList, EntryView, OutcomeName, StateView, Wish};
use crate::export_audit::{self, Format};

/// The entry that a path names.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct EntryPath {
    seq: u64,
}

/// Which entries.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditFilter {
    /// Only what happened at this moment or later.
    #[param(format = DateTime)]
    from: Option<String>,
    /// Only what happened before this moment.
    #[param(format = DateTime)]
    to: Option<String>,
    /// Only what this user did.
    #[param(max_length = 29)]
    actor: Option<String>,
    /// Only what was done to what has this identifier.
    #[param(min_length = 1, max_length = 128)]
    subject: Option<String>,
    /// Only this.
    #[param(min_length = 1, max_length = 64, example = "room.renamed")]
    action: Option<String>,
    /// Only what was done, or only what was refused.
    #[param(inline)]
    outcome: Option<OutcomeName>,
    /// Only what tells this somewhere: a name, an address of a network, a value, in whatever case.
    #[param(min_length = 1, max_length = 128)]
    q: Option<String>,
}

/// As what the log is exported.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditFormat {
    /// As what; a table if not said.
    #[param(inline)]
    format: Option<Format>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    cursor: Option<String>,
    limit: Option<u8>,
    #[serde(flatten)]
    filter: AuditFilter,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportQuery {
    #[serde(flatten)]
    format: AuditFormat,
    #[serde(flatten)]
    filter: AuditFilter,
}

/// What of the log is asked for: a page of it.
pub(crate) struct Asked {
    page: PageRequest,
    wish: Wish,
}

/// What of the log is to be exported.
pub(crate) struct AskedExport {
    format: Format,
    wish: Wish,
}

/// List the audit log, the newest first
#[utoipa::path(
    get, path = "/api/workspaces/{workspace_id}/audit", tag = "audit log",
    params(("workspace_id" = String, Path), Page, AuditFilter),
    responses((status = 200, body = EntryList), ListProblems),
)]
pub(crate) async fn list_audit_entries(
    State(context): State<Context>,
    scoped: Scoped<ViewAudit>,
    Asked { page, wish }: Asked,
) -> Result<Json<EntryList>, Problem> {
    let table = context.table.workspace(&scoped.scope);
    let page = PageRequest {
        cursor: match page.cursor {
            None => wish.start(&table).await?,
            cursor => cursor,
        },
        ..page
    };
    let names = match wish.text {
        Some(_) => Some(Names::of_all(&context, &scoped.scope).await?),
        None => None,
    };
    let none = Names::default();
    let searched = names.as_ref().unwrap_or(&none);
    let listed = table
        .audit_entries(&page, |entry| wish.wants(entry, searched))
        .await?;
    let names = match names {
        Some(names) => names,
        None => Names::of_entries(&context, &scoped.scope, &listed.items).await?,
    };
    let listed = listed.map(|entry| EntryView::from(names.beside(entry)));
    Ok(Json(EntryList {
        items: listed.items,
        next_cursor: listed.next_cursor,
    }))
}

/// Show how far the audit log reaches, and how far it is anchored
#[utoipa::path(
    get, path = "/api/workspaces/{workspace_id}/audit/state", tag = "audit log",
    params(("workspace_id" = String, Path)),
    responses((status = 200, body = StateView), ScopedProblems),
)]
pub(crate) async fn show_audit_state(
    State(context): State<Context>,
    scoped: Scoped<ViewAudit>,
) -> Result<Json<StateView>, Problem> {
    let table = context.table.workspace(&scoped.scope);
    Ok(Json(table.audit_state().await?.into()))
}

/// Show an entry of the audit log
#[utoipa::path(
    get, path = "/api/workspaces/{workspace_id}/audit/{seq}", tag = "audit log",
    params(("workspace_id" = String, Path), ("seq" = u64, Path)),
    responses((status = 200, body = EntryView), ScopedProblems),
)]
pub(crate) async fn show_audit_entry(
    State(context): State<Context>,
    scoped: Scoped<ViewAudit>,
    Path(path): Path<EntryPath>,
) -> Result<Json<EntryView>, Problem> {
    let table = context.table.workspace(&scoped.scope);
    let entry = table.audit_entry(path.seq).await?.ok_or(Slug::NotFound)?;
    let names = Names::of_entries(&context, &scoped.scope, std::slice::from_ref(&entry)).await?;
    Ok(Json(names.beside(entry).into()))
}

/// Export the audit log, the oldest first
#[utoipa::path(
    get, path = "/api/workspaces/{workspace_id}/audit/export", tag = "audit log",
    params(("workspace_id" = String, Path), AuditFormat, AuditFilter),
    responses(
        (status = 200, description = "A file to be saved", content(
            (String = "text/csv"),
            (String = "application/jsonl"),
        )),
        AuditExportProblems,
    ),
)]
pub(crate) async fn export_audit_log(
    State(context): State<Context>,
    scoped: ScopedSteppedUp<ViewAudit>,
    AskedExport { format, wish }: AskedExport,
) -> Result<Response, Problem> {
    export_audit::export(&context, &scoped.scope, &wish, format).await
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let ListQuery {
            cursor,
            limit,
            filter,
        } = query(parts, state).await?;
        let page = Page { cursor, limit }.checked()?;
        let limit = page.limit();
        let cursor = page.cursor;
        let page = PageRequest { cursor, limit };
        let wish = filter.wish()?;
        Ok(Self { page, wish })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for AskedExport {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let ExportQuery { format, filter } = query(parts, state).await?;
        let format = format.format.unwrap_or(Format::Csv);
        let wish = filter.wish()?;
        Ok(Self { format, wish })
    }
}

impl AuditFilter {
    fn wish(self) -> Result<Wish, Problem> {
        let actor = self.actor.map(|text| text.parse()).transpose();
        Ok(Wish {
            from: moment(self.from)?,
            to: moment(self.to)?,
            actor: actor.map_err(|_| Slug::QueryInvalid)?,
            subject: text(self.subject, 128)?,
            action: text(self.action, 64)?,
            outcome: self.outcome,
            text: text(self.q, 128)?.map(|text| text.to_lowercase()),
        })
    }
}

async fn query<Q: DeserializeOwned, S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
) -> Result<Q, Problem> {
    let query = axum::extract::Query::<Q>::from_request_parts(parts, state).await;
    query
        .map(|axum::extract::Query(query)| query)
        .map_err(|_| Slug::QueryInvalid.into())
}

fn moment(text: Option<String>) -> Result<Option<Moment>, Problem> {
    text.map(|text| Moment::parse(&text, &Rfc3339))
        .transpose()
        .map_err(|_| Slug::QueryInvalid.into())
}

fn text(text: Option<String>, most: usize) -> Result<Option<String>, Problem> {
    match text.as_deref().map(|text| text.trim().chars().count()) {
        Some(0) => Err(Slug::QueryInvalid.into()),
        Some(length) if length > most => Err(Slug::QueryInvalid.into()),
        _ => Ok(text.map(|text| text.trim().to_owned())),
    }
}
