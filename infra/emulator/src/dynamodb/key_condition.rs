//! Which partition a `KeyConditionExpression` names.

use serde_json::{Map, Value};

/// Finds the one value that the partition key must equal.
///
/// `None` when the expression is anything else than conditions on keys joined by `AND`, of which
/// exactly one is an equality on `partition_key`: what is not understood cannot be allowed.
pub(crate) fn partition(
    expression: &str,
    partition_key: &str,
    names: Option<&Map<String, Value>>,
    values: Option<&Map<String, Value>>,
) -> Option<String> {
    let mut parser = Parser {
        tokens: tokens(expression)?,
        at: 0,
        equalities: Vec::new(),
    };
    parser.conjunction(0)?;
    if parser.at != parser.tokens.len() {
        return None;
    }
    let mut found = parser.equalities.iter().filter(|(attribute, _)| {
        let name = match attribute.strip_prefix('#') {
            Some(_) => names.and_then(|names| names.get(attribute)?.as_str()),
            None => Some(attribute.as_str()),
        };
        name == Some(partition_key)
    });
    let (_, value) = found.next()?;
    if found.next().is_some() {
        return None;
    }
    values?.get(value)?.get("S")?.as_str().map(str::to_owned)
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Placeholder(String),
    Comparison(&'static str),
    Open,
    Close,
    Comma,
}

fn tokens(expression: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = expression.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            ',' => (Token::Comma, 1),
            '<' | '>' | '=' => {
                let sign = ["<=", ">=", "<", ">", "="]
                    .into_iter()
                    .find(|sign| rest.starts_with(sign))?;
                (Token::Comparison(sign), sign.len())
            }
            ':' => {
                let length = 1 + word_length(&rest[1..])?;
                (Token::Placeholder(rest[..length].to_owned()), length)
            }
            '#' => {
                let length = 1 + word_length(&rest[1..])?;
                (Token::Word(rest[..length].to_owned()), length)
            }
            _ => {
                let length = word_length(rest)?;
                (Token::Word(rest[..length].to_owned()), length)
            }
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Some(tokens)
}

fn word_length(text: &str) -> Option<usize> {
    let length = text
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .count();
    (length > 0).then_some(length)
}

const DEEPEST: usize = 8;

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    equalities: Vec<(String, String)>,
}

impl Parser {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn expect(&mut self, expected: &Token) -> Option<()> {
        (self.next()? == *expected).then_some(())
    }

    fn placeholder(&mut self) -> Option<String> {
        match self.next()? {
            Token::Placeholder(name) => Some(name),
            _ => None,
        }
    }

    fn keyword(&mut self, keyword: &str) -> Option<()> {
        self.at_keyword(keyword).then(|| self.at += 1)
    }

    fn at_keyword(&self, keyword: &str) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Word(word)) if word.eq_ignore_ascii_case(keyword))
    }

    fn conjunction(&mut self, depth: usize) -> Option<()> {
        self.term(depth)?;
        while self.at_keyword("AND") {
            self.at += 1;
            self.term(depth)?;
        }
        Some(())
    }

    fn term(&mut self, depth: usize) -> Option<()> {
        match self.next()? {
            Token::Open if depth < DEEPEST => {
                self.conjunction(depth + 1)?;
                self.expect(&Token::Close)
            }
            Token::Word(word)
                if word == "begins_with" && self.tokens.get(self.at) == Some(&Token::Open) =>
            {
                self.at += 1;
                let Token::Word(_) = self.next()? else {
                    return None;
                };
                self.expect(&Token::Comma)?;
                self.placeholder()?;
                self.expect(&Token::Close)
            }
            Token::Word(attribute) => self.comparison(attribute),
            _ => None,
        }
    }

    fn comparison(&mut self, attribute: String) -> Option<()> {
        if self.at_keyword("BETWEEN") {
            self.at += 1;
            self.placeholder()?;
            self.keyword("AND")?;
            self.placeholder()?;
            return Some(());
        }
        let Token::Comparison(sign) = self.next()? else {
            return None;
        };
        let value = self.placeholder()?;
        if sign == "=" {
            self.equalities.push((attribute, value));
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_partition_is_found_in_every_shape_the_grammar_allows() {
        for expression in [
            "pk = :a",
            "#p = :a",
            "( pk=:a )",
            "pk = :a AND sk = :b",
            "sk >= :b and #p = :a",
            "(pk = :a) AND (begins_with(sk, :b))",
            "pk = :a AND sk BETWEEN :b AND :b",
            "begins_with ( #s , :b ) AND pk = :a",
        ] {
            assert_eq!(find(expression).as_deref(), Some("WS#a"), "{expression}");
        }
    }

    #[test]
    fn what_is_not_understood_names_no_partition() {
        for expression in [
            "",
            "pk",
            "pk > :a",
            "begins_with(pk, :a)",
            "pk BETWEEN :a AND :a",
            "pk = :a OR pk = :b",
            "NOT pk = :a",
            "pk = :a AND pk = :b",
            "pk = :a)",
            "((pk = :a)",
            "pk = :missing",
            "#missing = :a",
            "pk = :number",
            "sk = :a",
            "pk.x = :a",
            "pk = sk",
            ":a = pk",
            "pk = :a; sk = :b",
            "pk IN (:a)",
        ] {
            assert_eq!(find(expression), None, "{expression}");
        }
    }

    #[test]
    fn deep_parentheses_do_not_exhaust_the_stack() {
        let expression = format!("{}pk = :a{}", "(".repeat(100_000), ")".repeat(100_000));
        assert_eq!(find(&expression), None);
    }

    fn find(expression: &str) -> Option<String> {
        let names = json!({"#p": "pk", "#s": "sk"});
        let values = json!({":a": {"S": "WS#a"}, ":b": {"S": "b"}, ":number": {"N": "1"}});
        partition(expression, "pk", names.as_object(), values.as_object())
    }
}
