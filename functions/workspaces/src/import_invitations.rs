//! Invites the people of a list, one after another: each row succeeds or is refused by itself.

use std::collections::HashSet;

use koeba_domain::{DisplayName, EmailAddress, MAX_IMPORTED_INVITATIONS, Role};
use koeba_edge::{FieldProblem, Problem, Slug, Text};

use crate::invite::{Invitee, Inviting};
use crate::member_views::{ImportOutcomeName, ImportedView};

/// The columns that a list has, in any order.
const COLUMNS: [&str; 3] = ["email", "display_name", "role"];

/// A row of a list: where it stands, whom it names, and whom that means if it means anybody.
pub(crate) struct Row {
    line: usize,
    email: String,
    invitee: Option<Invitee>,
}

/// Reads a list.
///
/// # Errors
/// A problem of the field `csv` when it is no list, or names nobody or too many.
pub(crate) fn read(text: &str) -> Result<Vec<Row>, Problem> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|_| unreadable())?.clone();
    let column = |name: &str| {
        let at = header
            .iter()
            .position(|cell| cell.eq_ignore_ascii_case(name));
        at.ok_or_else(unreadable)
    };
    let [email, display_name, role] = COLUMNS;
    let (email, display_name, role) = (column(email)?, column(display_name)?, column(role)?);
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| unreadable())?;
        let cell = |at: usize| record.get(at).unwrap_or_default();
        if rows.len() == MAX_IMPORTED_INVITATIONS {
            return Err(too_many());
        }
        rows.push(Row {
            line: rows.len() + 2,
            email: cell(email).chars().take(254).collect(),
            invitee: invitee(cell(email), cell(display_name), cell(role)),
        });
    }
    if rows.is_empty() {
        return Err(unreadable());
    }
    Ok(rows)
}

fn invitee(email: &str, display_name: &str, role: &str) -> Option<Invitee> {
    let suggested_name = match display_name {
        "" => None,
        name => Some(DisplayName::new(name).ok()?),
    };
    let role = match role.to_ascii_lowercase().as_str() {
        "guest" => Role::Guest,
        "member" | "" => Role::Member,
        "manager" => Role::Manager,
        "owner" => Role::Owner,
        _ => return None,
    };
    Some(Invitee {
        email: EmailAddress::new(email).ok()?,
        suggested_name,
        role,
    })
}

fn unreadable() -> Problem {
    let text = Text::fixed(
        "1行目を email,display_name,role とし、2行目から1人ずつ書いてください。",
        "Begin with a line email,display_name,role and write one person on each line after it.",
    );
    FieldProblem::new("csv", text).into()
}

fn too_many() -> Problem {
    let text = Text::of(
        format!("一度に招待できるのは{MAX_IMPORTED_INVITATIONS}人までです。"),
        format!("Invite at most {MAX_IMPORTED_INVITATIONS} people at once."),
    );
    FieldProblem::new("csv", text).into()
}

/// Invites everybody whom the rows name. `members` are the addresses of those who belong already.
///
/// # Errors
/// A problem when something fails that is no row's fault; the rows before it were invited, and
/// the same list may be sent again.
pub(crate) async fn invite_all(
    inviting: &Inviting<'_>,
    members: &HashSet<String>,
    rows: Vec<Row>,
) -> Result<Vec<ImportedView>, Problem> {
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let refused = match row.invitee {
            None => Some(Slug::FieldsInvalid),
            Some(invitee) if members.contains(&invitee.email.normalized()) => {
                Some(Slug::AlreadyMember)
            }
            Some(invitee) => match inviting.invite_to_join(invitee).await {
                Ok(_) => None,
                Err(problem) if problem.slug().status().is_server_error() => return Err(problem),
                Err(problem) => Some(problem.slug()),
            },
        };
        items.push(ImportedView {
            line: row.line,
            email: row.email,
            outcome: match refused {
                None => ImportOutcomeName::Invited,
                Some(_) => ImportOutcomeName::Refused,
            },
            reason: refused.map(Slug::as_str),
        });
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(result: Result<Vec<Row>, Problem>) -> Slug {
        result.err().expect("refused").slug()
    }

    #[test]
    fn a_list_is_read_as_spreadsheets_write_it() {
        let text = "\u{feff}Email,Display_Name,Role\r\n\
                    ken@example.test,\"田中, 健\",member\r\n\
                    mia@example.test,,GUEST\r\n\
                    nobody,x,member\r\n";
        let rows = read(text).expect("a list");
        let read: Vec<_> = rows
            .iter()
            .map(|row| (row.line, row.invitee.as_ref().map(|invitee| invitee.role)))
            .collect();
        assert_eq!(
            read,
            [(2, Some(Role::Member)), (3, Some(Role::Guest)), (4, None)]
        );
        let ken = rows[0].invitee.as_ref().expect("somebody");
        assert_eq!(
            ken.suggested_name.as_ref().map(DisplayName::as_str),
            Some("田中, 健")
        );
    }

    #[test]
    fn a_list_of_other_columns_or_of_nobody_or_of_too_many_is_refused() {
        let many = "a@example.test,,member\n".repeat(MAX_IMPORTED_INVITATIONS + 1);
        for text in [
            "",
            "email,display_name,role",
            "name,role\nx,member",
            &format!("email,display_name,role\n{many}"),
        ] {
            assert_eq!(field(read(text)), Slug::FieldsInvalid, "{text:.40}");
        }
    }
}
