//! The table for people.

use crate::{Language, Report, Verdict};

/// One row for each finding, and a last line that says how it is altogether.
#[must_use]
pub fn render(report: &Report, language: Language) -> String {
    let pick = |words: &crate::Words| match language {
        Language::Ja => words.ja.clone(),
        Language::En => words.en.clone(),
    };
    let rows: Vec<[String; 4]> = report
        .findings
        .iter()
        .map(|finding| {
            [
                mark(finding.verdict, language).to_owned(),
                pick(&finding.check.words()),
                finding.place.clone(),
                pick(&finding.said),
            ]
        })
        .collect();
    let width = |column: usize| {
        rows.iter()
            .map(|row| columns(&row[column]))
            .max()
            .unwrap_or(0)
    };
    let widths = [width(0), width(1), width(2)];
    let mut text = String::new();
    for row in &rows {
        for (cell, width) in row.iter().zip(widths) {
            text.push_str(cell);
            text.push_str(&" ".repeat(width - columns(cell) + 2));
        }
        text.push_str(&row[3]);
        text.push('\n');
    }
    let ill = report
        .findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Ill)
        .count();
    text.push('\n');
    text.push_str(&match (language, ill) {
        (Language::Ja, 0) => "すべて正常です。".to_owned(),
        (Language::Ja, _) => format!("対応が必要な項目が{ill}件あります。"),
        (Language::En, 0) => "All is well.".to_owned(),
        (Language::En, 1) => "1 thing needs somebody.".to_owned(),
        (Language::En, _) => format!("{ill} things need somebody."),
    });
    text.push('\n');
    text
}

const fn mark(verdict: Verdict, language: Language) -> &'static str {
    match (verdict, language) {
        (Verdict::Well, Language::Ja) => "正常",
        (Verdict::Ill, Language::Ja) => "異常",
        (Verdict::NotHere, Language::Ja) => "対象外",
        (Verdict::Well, Language::En) => "well",
        (Verdict::Ill, Language::En) => "ILL",
        (Verdict::NotHere, Language::En) => "not here",
    }
}

/// The columns of a terminal that a text takes: Japanese letters take two.
fn columns(text: &str) -> usize {
    text.chars()
        .map(|letter| if letter >= '\u{1100}' { 2 } else { 1 })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Check, Finding, Words};

    fn report() -> Report {
        let finding = |check, verdict| Finding {
            check,
            place: "voice.example.com".to_owned(),
            verdict,
            said: Words::new("こうです", "It is so"),
        };
        Report::of(vec![
            finding(Check::SignIn, Verdict::Well),
            finding(Check::Call, Verdict::Ill),
            finding(Check::Backups, Verdict::NotHere),
        ])
    }

    #[test]
    fn the_last_line_says_how_it_is_altogether() {
        assert!(render(&report(), Language::En).ends_with("\n1 thing needs somebody.\n"));
        assert!(render(&report(), Language::Ja).ends_with("\n対応が必要な項目が1件あります。\n"));
        assert!(!report().well);
    }

    #[test]
    fn columns_stand_below_each_other_in_japanese_too() {
        let text = render(&report(), Language::Ja);
        let starts: Vec<usize> = text
            .lines()
            .take(3)
            .map(|line| columns(&line[..line.find("こうです").expect("it is said")]))
            .collect();
        assert!(starts.iter().all(|start| *start == starts[0]), "{text}");
    }
}
