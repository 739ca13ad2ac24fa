//! `docs/http-api.md` lists every problem, in the words that people get.

use std::fmt::Write as _;

use koeba_domain::Locale;
use koeba_edge::Slug;

const PAGE: &str = include_str!("../../../docs/http-api.md");

#[test]
fn the_page_lists_every_problem_as_it_is_told() {
    let (_, after) = PAGE
        .split_once("<!-- problems:")
        .and_then(|(_, rest)| rest.split_once("-->\n"))
        .expect("the page says where the table begins");
    let (written, _) = after
        .split_once("<!-- end of problems -->")
        .expect("the page says where the table ends");
    let table = table();
    assert!(
        written.trim() == table.trim(),
        "the table of problems in docs/http-api.md should read:\n\n{table}"
    );
}

fn table() -> String {
    let mut table = "| Slug | Status | 日本語 | English |\n|---|---|---|---|\n".to_owned();
    for slug in Slug::ALL {
        let words = |locale| format!("**{}**<br>{}", slug.title(locale), slug.detail(locale));
        writeln!(
            table,
            "| `{}` | {} | {} | {} |",
            slug.as_str(),
            slug.status().as_u16(),
            words(Locale::Ja),
            words(Locale::En)
        )
        .expect("text takes text");
    }
    table
}
