//! The page: every row, its answer and the tests that prove it.

use std::fmt::Write as _;

use super::catalogue::Row;
use super::evidence::Evidence;

const HEAD: &str = "\
# Web-application check sheet · ウェブアプリケーションのセキュリティ実装 チェックリスト

The 47 rows of IPA's checklist (独立行政法人情報処理推進機構『安全なウェブサイトの作り方』改訂第7版, whose wording the measures keep), our answer to each, and the tests that prove it. Written by `cargo xtask sheet` from [the rows](../infra/compliance/web-application.json) and from what the tests say of themselves; do not edit it by hand.

**Taken out** is how each answer was tried: the change that removes the measure, and the test that then fails. `cargo xtask sheet --prove` makes each change in a copy of the repository, runs the test, and fails if a test goes on passing; a row whose code has moved is told as well.

根 = fundamental solution, 保 = insurance, ※ = one measure of the group is enough.
";

/// Writes the page.
pub(crate) fn write(rows: &[Row], evidence: &Evidence) -> String {
    let mut page = HEAD.to_owned();
    let mut vulnerability = "";
    for row in rows {
        if row.vulnerability.ja != vulnerability {
            vulnerability = &row.vulnerability.ja;
            let english = &row.vulnerability.en;
            let _ = write!(page, "\n## {vulnerability} · {english}\n");
        }
        let _ = write!(page, "\n{}", entry(row, evidence));
    }
    page
}

fn entry(row: &Row, evidence: &Evidence) -> String {
    let nature = if row.fundamental { "根" } else { "保" };
    let group = if row.any_of_group { "※" } else { "" };
    let mut entry = format!(
        "### {} {} {nature}{group} — {}\n\n**{}**<br>{}\n\n{}<br>{}\n\n",
        row.row,
        row.id,
        row.answer.words(),
        row.measure.ja,
        row.measure.en,
        row.because.ja,
        row.because.en,
    );
    for test in evidence.get(&row.id).into_iter().flatten() {
        let _ = writeln!(
            entry,
            "- {}: [{}](../{})",
            words(&test.name),
            test.file,
            test.file
        );
    }
    for taken_out in &row.taken_out {
        let _ = writeln!(
            entry,
            "- Taken out: in `{}`, {} becomes {}; `{}` fails",
            taken_out.file,
            code(&taken_out.find),
            code(&taken_out.replace),
            taken_out.run,
        );
    }
    entry
}

/// A test's name as the sentence that it is.
fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// A piece of code in one line of Markdown.
fn code(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        "nothing".to_owned()
    } else {
        format!("`` {line} ``")
    }
}
