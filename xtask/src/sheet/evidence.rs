//! Which tests say that they prove which rows.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::catalogue::Row;
use crate::failure::Failure;
use crate::places;

/// What stands before the rows in a test's comment.
const MARK: &str = "Check sheet: ";
/// How many lines may stand between the comment and the test: attributes.
const NEAR: usize = 6;

/// A test that proves a row.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Test {
    pub(crate) file: String,
    pub(crate) name: String,
}

/// The tests of each row, by the row's key.
pub(crate) type Evidence = BTreeMap<String, Vec<Test>>;

/// Reads the comments of all tests.
pub(crate) fn find(rows: &[Row]) -> Result<Evidence, Failure> {
    let mut evidence = Evidence::new();
    for folder in [
        "functions",
        "infra",
        "media-node",
        "shared",
        "tests",
        "web",
        "xtask",
    ] {
        walk(&places::root().join(folder), &mut |file, text| {
            read(file, text, rows, &mut evidence)
        })?;
    }
    for row in rows {
        if !evidence.contains_key(&row.id) {
            return Err(Failure::new(format!(
                "no test says that it proves {}",
                row.id
            )));
        }
    }
    for tests in evidence.values_mut() {
        tests.sort();
    }
    Ok(evidence)
}

fn read(file: &str, text: &str, rows: &[Row], evidence: &mut Evidence) -> Result<(), Failure> {
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let comment = line.trim_start();
        let Some((start, named)) = comment.split_once(MARK) else {
            continue;
        };
        if !matches!(start.trim(), "//" | "///" | "#") {
            continue;
        }
        let after = &lines[at + 1..lines.len().min(at + 1 + NEAR)];
        let name = after
            .iter()
            .find_map(|line| test_name(line))
            .ok_or_else(|| Failure::new(format!("{file}:{} names rows before no test", at + 1)))?;
        // The rows end with the sentence.
        let named = named.split('.').next().unwrap_or_default();
        for id in named.split(',').map(str::trim) {
            // Rows of the other sheet, which has a page of its own to come.
            if id.starts_with("SEC-") {
                continue;
            }
            if !rows.iter().any(|row| row.id == id) {
                let line = at + 1;
                return Err(Failure::new(format!(
                    "{file}:{line} names {id}, which is no row"
                )));
            }
            evidence.entry(id.to_owned()).or_default().push(Test {
                file: file.to_owned(),
                name: name.clone(),
            });
        }
    }
    Ok(())
}

/// The name of the test that begins in this line.
fn test_name(line: &str) -> Option<String> {
    let line = line.trim_start();
    if let Some(rest) = line.strip_prefix("async fn ").or(line.strip_prefix("fn ")) {
        return Some(rest.split('(').next()?.to_owned());
    }
    if let Some(rest) = line.strip_prefix("def ") {
        return Some(rest.split('(').next()?.to_owned());
    }
    let quoted = line.strip_prefix("test(").or(line.strip_prefix("it("))?;
    let quote = quoted
        .chars()
        .next()
        .filter(|quote| "'\"`".contains(*quote))?;
    quoted[1..].split(quote).next().map(str::to_owned)
}

type Visit<'a> = dyn FnMut(&str, &str) -> Result<(), Failure> + 'a;

fn walk(folder: &Path, visit: &mut Visit) -> Result<(), Failure> {
    let unreadable = |error| Failure::because(format!("cannot read {}", folder.display()), error);
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            if !["node_modules", "target", "dist", "test-results"].contains(&name.as_str()) {
                walk(&path, visit)?;
            }
        } else if [".rs", ".ts", ".tsx", ".py"]
            .iter()
            .any(|end| name.ends_with(end))
        {
            let text = fs::read_to_string(&path).map_err(|error| {
                Failure::because(format!("cannot read {}", path.display()), error)
            })?;
            let file = path.strip_prefix(places::root()).unwrap_or(&path);
            visit(&file.display().to_string(), &text)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_known_by_its_name_in_every_language() {
        for (line, name) in [
            (
                "    async fn a_word_is_a_word() {",
                Some("a_word_is_a_word"),
            ),
            ("fn one() {", Some("one")),
            (
                "test('a page, by keyboard', async ({ page }) => {",
                Some("a page, by keyboard"),
            ),
            ("def test_it():", Some("test_it")),
            ("#[tokio::test]", None),
            ("pub(crate) struct Test {", None),
        ] {
            assert_eq!(test_name(line).as_deref(), name, "{line}");
        }
    }
}
