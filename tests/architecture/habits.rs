//! What product code never does, looked for in its sources.

use crate::sources::Source;

/// Words that start another program.
pub(crate) const PROGRAMS: &[&str] = &["process::Command", "tokio::process", "libc::"];
/// Words that open files.
pub(crate) const FILES: &[&str] = &["std::fs", "tokio::fs", "File::open", "OpenOptions"];
/// Words that make a page of text.
pub(crate) const MARKUP: &[&str] = &[
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "srcdoc",
    "eval(",
    "new Function",
];
/// Words that write a mail's headers by hand.
pub(crate) const RAW_MAIL: &[&str] = &[".raw(", "RawMessage", "\"Subject:"];

/// Where one of `words` stands outside comments and unit tests.
pub(crate) fn uses(words: &[&str], sources: &[Source]) -> Vec<String> {
    let mut told = Vec::new();
    for source in sources {
        for (number, line) in (1..).zip(product(&source.text).lines()) {
            if line.trim_start().starts_with("//") {
                continue;
            }
            for word in words.iter().filter(|word| line.contains(**word)) {
                told.push(format!("{}:{number} uses {word}", source.path));
            }
        }
    }
    told
}

/// Expressions of the store that are neither a text in the source nor a constant. A value in one would be an
/// injection; values and names belong in their placeholders.
pub(crate) fn made_expressions(sources: &[Source]) -> Vec<String> {
    let mut told = Vec::new();
    for source in sources {
        let text = product(&source.text);
        for (at, found) in text.match_indices("_expression(") {
            let argument = text[at + found.len()..].trim_start();
            let is_reading = argument.starts_with(')');
            let is_constant = argument.starts_with(|first: char| first.is_ascii_uppercase());
            if !argument.starts_with('"') && !is_reading && !is_constant {
                let line = text[..at].lines().count();
                told.push(format!("{}:{line} makes an expression", source.path));
            }
        }
    }
    told
}

fn product(text: &str) -> &str {
    &text[..text.find("#[cfg(test)]").unwrap_or(text.len())]
}
