//! Tables that people open in a spreadsheet.

use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};

use crate::Problem;

/// A table as comma-separated values (RFC 4180): UTF-8 with a byte order mark, by which Excel knows
/// it, and CRLF at the end of each row.
///
/// A cell that a spreadsheet would take for a formula begins with an apostrophe instead: what
/// somebody chose as their name must not run on the machine of whoever opens the table.
#[derive(Debug)]
pub struct Spreadsheet {
    writer: csv::Writer<Vec<u8>>,
}

impl Spreadsheet {
    /// A table with these columns.
    #[must_use]
    pub fn new(columns: &[&str]) -> Self {
        let writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer("\u{feff}".as_bytes().to_vec());
        let mut table = Self { writer };
        table.row(columns.iter().map(|column| (*column).to_owned()));
        table
    }

    /// Adds a row, with a cell for each column.
    ///
    /// # Panics
    /// When the row has more or fewer cells than there are columns.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.writer
            .write_record(cells.into_iter().map(harmless))
            .expect("memory takes every row, and every row has the same columns");
    }

    /// The whole table.
    ///
    /// # Panics
    /// Never: memory takes everything.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.writer
            .into_inner()
            .expect("memory takes what was written")
    }

    /// The table as a file to be saved under `name`, which is ours and ASCII.
    ///
    /// # Errors
    /// A [`Problem`] when `name` cannot stand in a header.
    pub fn attachment(self, name: &str) -> Result<Response, Problem> {
        attachment(name, "text/csv; charset=utf-8", self.into_bytes())
    }
}

/// A file to be saved under `name`, which is ours and ASCII.
///
/// # Errors
/// A [`Problem`] when `name` cannot stand in a header.
pub fn attachment(
    name: &str,
    content_type: &'static str,
    content: Vec<u8>,
) -> Result<Response, Problem> {
    let mut response = Response::new(Body::from(content));
    *response.status_mut() = StatusCode::OK;
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""))
        .map_err(Problem::internal)?;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CONTENT_DISPOSITION, disposition);
    Ok(response)
}

/// The text, so that no spreadsheet computes it.
fn harmless(text: String) -> String {
    let begins = text.chars().next();
    if begins.is_some_and(|first| {
        matches!(
            first,
            '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'
        )
    }) {
        format!("'{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(cells: &[&str]) -> String {
        let mut table = Spreadsheet::new(&vec!["c"; cells.len()]);
        table.row(cells.iter().map(|cell| (*cell).to_owned()));
        String::from_utf8(table.into_bytes()).expect("text")
    }

    #[test]
    fn no_cell_is_a_formula() {
        for formula in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "＝cmd|' /C calc'!A0",
        ] {
            let text = written(&[formula]);
            let cell = text.split("\r\n").nth(1).expect("a second row");
            let cell = cell.trim_start_matches('"');
            assert!(cell.starts_with('\''), "{formula:?} became {cell:?}");
        }
        assert!(written(&["愛子", "a-b"]).ends_with("愛子,a-b\r\n"));
    }

    #[test]
    fn a_table_begins_with_its_mark_and_quotes_what_needs_it() {
        let text = written(&["a,b", "say \"no\""]);
        assert!(text.starts_with("\u{feff}c,c\r\n"));
        assert!(text.ends_with("\"a,b\",\"say \"\"no\"\"\"\r\n"));
    }
}
