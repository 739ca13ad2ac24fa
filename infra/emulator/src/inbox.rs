//! The local inbox: the mails as a page that a person reads, and as JSON for tools.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::aws_error::escape;
use crate::mailbox::{Mail, Mailbox};

const STYLE: &str = include_str!("inbox.css");
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// A mail's own HTML is somebody's text: it gets an origin of its own and can do nothing.
const BODY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-popups allow-top-navigation-by-user-activation";

/// `/_local/mail`, one mail under it, and `/_local/mail.json` (newest first).
pub fn inbox_router(mailbox: Mailbox) -> Router {
    Router::new()
        .route("/_local/mail", get(list))
        .route("/_local/mail.json", get(list_json))
        .route("/_local/mail.css", get(style))
        .route("/_local/mail/{id}", get(show))
        .route("/_local/mail/{id}/html", get(show_html))
        .with_state(mailbox)
}

async fn list_json(State(mailbox): State<Mailbox>) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(mailbox.list())).into_response()
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

async fn list(State(mailbox): State<Mailbox>, headers: HeaderMap) -> Response {
    let words = Words::of(&headers);
    let mails = mailbox.list();
    let rows: String = mails.iter().map(row).collect();
    let body = if mails.is_empty() {
        format!("<p class=\"empty\">{}</p>", words.empty)
    } else {
        format!("<ul class=\"mails\">{rows}</ul>")
    };
    let refresh = "<meta http-equiv=\"refresh\" content=\"3\">";
    page(
        StatusCode::OK,
        &words,
        words.title,
        refresh,
        &format!("<p class=\"note\">{}</p>{body}", words.note),
    )
}

fn row(mail: &Mail) -> String {
    format!(
        "<li><a href=\"/_local/mail/{id}\"><span class=\"subject\">{subject}</span>\
         <span class=\"to\">{to}</span><time datetime=\"{at}\">{at}</time></a></li>",
        id = escape(&mail.id),
        subject = escape(&mail.subject),
        to = escape(&mail.to.join(", ")),
        at = escape(&moment(mail)),
    )
}

async fn show(
    State(mailbox): State<Mailbox>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let words = Words::of(&headers);
    let back = format!(
        "<p><a class=\"back\" href=\"/_local/mail\">{}</a></p>",
        words.back
    );
    let Some(mail) = mailbox.get(&id) else {
        let body = format!("{back}<p class=\"empty\">{}</p>", words.unknown);
        return page(StatusCode::NOT_FOUND, &words, words.title, "", &body);
    };
    let body = format!(
        "{back}<article><h2>{subject}</h2><dl><dt>{to_word}</dt><dd>{to}</dd>\
         <dt>{at_word}</dt><dd><time datetime=\"{at}\">{at}</time></dd></dl>\
         <div class=\"text\">{text}</div>\
         <p><a class=\"back\" href=\"/_local/mail/{id}/html\">{html_word}</a></p></article>",
        subject = escape(&mail.subject),
        to_word = words.to,
        to = escape(&mail.to.join(", ")),
        at_word = words.at,
        at = escape(&moment(&mail)),
        text = with_links(&mail.text),
        id = escape(&mail.id),
        html_word = words.html,
    );
    page(StatusCode::OK, &words, &mail.subject, "", &body)
}

async fn show_html(State(mailbox): State<Mailbox>, Path(id): Path<String>) -> Response {
    match mailbox.get(&id) {
        Some(mail) => protected(StatusCode::OK, BODY_POLICY, mail.html),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn page(status: StatusCode, words: &Words, title: &str, head: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">{head}\
         <title>{title} · Koeba</title><link rel=\"stylesheet\" href=\"/_local/mail.css\"></head>\
         <body><header><h1>{heading}</h1></header><main>{body}</main></body></html>",
        lang = words.lang,
        title = escape(title),
        heading = words.title,
    );
    protected(status, PAGE_POLICY, html)
}

fn protected(status: StatusCode, policy: &'static str, html: String) -> Response {
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn moment(mail: &Mail) -> String {
    mail.at
        .replace_nanosecond(0)
        .unwrap_or(mail.at)
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap_or_default()
}

/// Escapes a text and makes its web addresses clickable.
fn with_links(text: &str) -> String {
    text.split_inclusive(char::is_whitespace)
        .map(|piece| {
            let word = piece.trim_end();
            let space = &piece[word.len()..];
            if word.starts_with("http://") || word.starts_with("https://") {
                let word = escape(word);
                format!(
                    "<a href=\"{word}\" rel=\"noreferrer\">{word}</a>{}",
                    escape(space)
                )
            } else {
                escape(piece)
            }
        })
        .collect()
}

struct Words {
    lang: &'static str,
    title: &'static str,
    note: &'static str,
    empty: &'static str,
    unknown: &'static str,
    back: &'static str,
    to: &'static str,
    at: &'static str,
    html: &'static str,
}

impl Words {
    fn of(headers: &HeaderMap) -> Self {
        let languages = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|languages| languages.to_str().ok())
            .unwrap_or_default();
        if languages
            .trim_start()
            .to_ascii_lowercase()
            .starts_with("ja")
        {
            Self {
                lang: "ja",
                title: "ローカル受信箱",
                note: "この端末で動く Koeba が送ったメールです。外には出ていません。",
                empty: "まだメールはありません。",
                unknown: "そのメールはありません。",
                back: "← 一覧へ",
                to: "宛先",
                at: "送信",
                html: "HTML 版を開く",
            }
        } else {
            Self {
                lang: "en",
                title: "Local inbox",
                note: "Mails sent by the Koeba on this machine. None of them left it.",
                empty: "No mail yet.",
                unknown: "There is no such mail.",
                back: "← All mail",
                to: "To",
                at: "Sent",
                html: "Open the HTML version",
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailbox::Draft;
    use axum::body::{Body, to_bytes};
    use tower::ServiceExt;

    #[tokio::test]
    async fn a_mail_is_shown_escaped_with_links_that_can_be_clicked() {
        let (router, id) = inbox();
        let (status, page) = get(&router, &format!("/_local/mail/{id}"), "en").await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        assert!(!page.contains("<script>"));
        assert!(page.contains("<a href=\"http://127.0.0.1/invite#a.b\""));
    }

    #[tokio::test]
    async fn the_list_speaks_the_readers_language() {
        let (router, _) = inbox();
        assert!(
            get(&router, "/_local/mail", "ja,en;q=0.5")
                .await
                .1
                .contains("ローカル受信箱")
        );
        assert!(
            get(&router, "/_local/mail", "en-GB")
                .await
                .1
                .contains("Local inbox")
        );
    }

    #[tokio::test]
    async fn no_page_may_run_a_script_or_be_framed() {
        let (router, id) = inbox();
        for path in [
            "/_local/mail".to_owned(),
            format!("/_local/mail/{id}"),
            format!("/_local/mail/{id}/html"),
        ] {
            let request = http::Request::get(path)
                .body(Body::empty())
                .expect("a request");
            let response = router.clone().oneshot(request).await.expect("an answer");
            let policy = response.headers()[header::CONTENT_SECURITY_POLICY]
                .to_str()
                .expect("text");
            assert!(
                policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'")
            );
            assert!(!policy.contains("script"));
        }
    }

    #[tokio::test]
    async fn tools_read_the_mails_as_json() {
        let (router, id) = inbox();
        let (_, body) = get(&router, "/_local/mail.json", "en").await;
        let mails: Vec<Mail> = serde_json::from_str(&body).expect("mails");
        assert_eq!(mails[0].id, id);
        assert_eq!(mails[0].to, ["a@example.test"]);
    }

    fn inbox() -> (Router, String) {
        let mailbox = Mailbox::open(None).expect("a mailbox");
        let id = mailbox
            .keep(Draft {
                to: vec!["a@example.test".to_owned()],
                subject: "<script>alert(1)</script>".to_owned(),
                text: "<script>alert(1)</script>\nhttp://127.0.0.1/invite#a.b\n".to_owned(),
                html: "<p>hello</p>".to_owned(),
            })
            .expect("kept");
        (inbox_router(mailbox), id)
    }

    async fn get(router: &Router, path: &str, language: &str) -> (StatusCode, String) {
        let request = http::Request::get(path)
            .header("accept-language", language)
            .body(Body::empty())
            .expect("a request");
        let response = router.clone().oneshot(request).await.expect("an answer");
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 20)
            .await
            .expect("a body");
        (status, String::from_utf8(body.to_vec()).expect("text"))
    }
}
