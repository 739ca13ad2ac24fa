//! The audit log as a file: a table for people, or lines of JSON that can be checked without us.

use std::sync::atomic::{AtomicBool, Ordering};

use axum::response::Response;
use koeba_domain::{AuditEntry, AuditLine, WorkspaceScope};
use koeba_edge::{Context, Problem, Slug, Spreadsheet, attachment};
use koeba_storage::{PageRequest, WorkspaceTable};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::audit_names::Names;
use crate::audit_views::Wish;
use crate::export_members::at;

/// How large an answer may be, in bytes. Lambda answers at most 6 MB, in which what is not plain
/// text counts four thirds (AWS, "Lambda quotas").
const MOST: usize = 4_000_000;

/// How many pages of the log are gone through, each of at most 2000 entries: the answer has to come
/// before a function's time is over.
const MOST_PAGES: usize = 60;

const COLUMNS: [&str; 14] = [
    "seq",
    "at",
    "action",
    "outcome",
    "actor_id",
    "actor_name",
    "subject_kind",
    "subject_id",
    "subject_name",
    "network",
    "request_id",
    "changes",
    "prev_hash",
    "hash",
];

/// As what the log is exported.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = AuditExportFormat)]
pub(crate) enum Format {
    /// A table, for a spreadsheet.
    Csv,
    /// JSON Lines, one entry each, for `koeba-local audit verify` and other programs.
    Jsonl,
}

/// The entries that are asked for, the oldest first. That they were taken is noted before they are
/// given.
pub(crate) async fn export(
    context: &Context,
    scope: &WorkspaceScope,
    wish: &Wish,
    format: Format,
) -> Result<Response, Problem> {
    let table = context.table.workspace(scope);
    let names = Names::of_all(context, scope).await?;
    let entries = read(&table, wish, &names).await?;
    let lines = entries.into_iter().map(|entry| names.beside(entry));
    let (word, name, content_type, content) = match format {
        Format::Csv => {
            let content = as_table(lines);
            ("csv", "audit.csv", "text/csv; charset=utf-8", content)
        }
        Format::Jsonl => {
            let content = as_lines(lines)?;
            ("jsonl", "audit.jsonl", "application/jsonl", content)
        }
    };
    if content.len() > MOST {
        return Err(Slug::ExportTooLarge.into());
    }
    let now = context.clock.now();
    table.note_export("audit", word, now).await?;
    attachment(name, content_type, content)
}

/// The entries that are asked for, the oldest first, unless they are too many for one answer or
/// stand among too many others.
async fn read(
    table: &WorkspaceTable,
    wish: &Wish,
    names: &Names,
) -> Result<Vec<AuditEntry>, Problem> {
    let mut entries: Vec<AuditEntry> = Vec::new();
    let mut size = 0;
    let mut page = PageRequest {
        cursor: wish.start(table).await?,
        limit: u8::MAX,
    };
    for _ in 0..MOST_PAGES {
        let is_over = AtomicBool::new(false);
        let wanted = |entry: &AuditEntry| {
            is_over.fetch_or(wish.ends_with(entry), Ordering::Relaxed);
            wish.wants(entry, names)
        };
        let listed = table.audit_entries(&page, wanted).await?;
        size += listed
            .items
            .iter()
            .map(|entry| entry.canonical().len())
            .sum::<usize>();
        entries.extend(listed.items);
        page.cursor = listed.next_cursor;
        if size > MOST {
            break;
        }
        if page.cursor.is_none() || is_over.into_inner() {
            entries.reverse();
            return Ok(entries);
        }
    }
    Err(Slug::ExportTooLarge.into())
}

fn as_lines(lines: impl Iterator<Item = AuditLine>) -> Result<Vec<u8>, Problem> {
    let mut content = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut content, &line).map_err(Problem::internal)?;
        content.push(b'\n');
    }
    Ok(content)
}

fn as_table(lines: impl Iterator<Item = AuditLine>) -> Vec<u8> {
    let mut sheet = Spreadsheet::new(&COLUMNS);
    for line in lines {
        let changes: Vec<String> = line
            .changes
            .iter()
            .map(|change| {
                let value = |value: &Option<String>| value.clone().unwrap_or_default();
                let (before, after) = (value(&change.before), value(&change.after));
                format!("{}: {before} → {after}", change.field)
            })
            .collect();
        let (kind, id, name) = match line.subject {
            Some(subject) => (subject.kind, subject.id, subject.name.unwrap_or_default()),
            None => (String::new(), String::new(), String::new()),
        };
        sheet.row([
            line.seq.to_string(),
            at(Some(line.at)),
            line.action,
            line.outcome.as_str().to_owned(),
            (line.actor.id).map_or_else(String::new, |actor| actor.to_string()),
            line.actor.name.unwrap_or_default(),
            kind,
            id,
            name,
            line.network.unwrap_or_default(),
            line.request_id.unwrap_or_default(),
            changes.join("; "),
            line.prev_hash.to_string(),
            line.hash.to_string(),
        ]);
    }
    sheet.into_bytes()
}
