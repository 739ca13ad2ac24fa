//! What a mail says: a fixed subject for each template and language, and two bodies.
//!
//! Text that somebody chose (names) is only ever in the bodies, never in the subject, and the
//! templates escape it in HTML.

use askama::Template;
use koeba_domain::{DisplayName, Locale, Mail, MailIntent, WorkspaceName};

use crate::words::{self, Words};

/// A mail, ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) subject: &'static str,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// The templates of one mail in one language.
macro_rules! templates {
    ($name:ident, $text:literal, $html:literal, { $($field:ident: $kind:ty),* $(,)? }) => {
        mod $name {
            use super::*;

            #[derive(Template)]
            #[template(path = $text)]
            pub(super) struct Text<'a> {
                pub(super) origin: &'a str,
                $(pub(super) $field: &'a $kind,)*
            }

            #[derive(Template)]
            #[template(path = $html)]
            pub(super) struct Html<'a> {
                pub(super) origin: &'a str,
                $(pub(super) $field: &'a $kind,)*
            }

            pub(super) fn letter(
                subject: &'static str,
                origin: &str,
                $($field: &$kind,)*
            ) -> askama::Result<Letter> {
                Ok(Letter {
                    subject,
                    text: Text { origin, $($field,)* }.render()?,
                    html: Html { origin, $($field,)* }.render()?,
                })
            }
        }
    };
}

templates!(sign_up_token_ja, "sign_up_token.ja.txt", "sign_up_token.ja.html", {
    display_name: DisplayName,
    token: str,
});
templates!(sign_up_token_en, "sign_up_token.en.txt", "sign_up_token.en.html", {
    display_name: DisplayName,
    token: str,
});
templates!(invitation_ja, "invitation.ja.txt", "invitation.ja.html", {
    workspace_name: WorkspaceName,
    inviter_name: DisplayName,
    link: str,
});
templates!(invitation_en, "invitation.en.txt", "invitation.en.html", {
    workspace_name: WorkspaceName,
    inviter_name: DisplayName,
    link: str,
});

#[derive(Template)]
#[template(path = "plain.txt")]
struct PlainText<'a> {
    origin: &'a str,
    words: &'a Words,
}

#[derive(Template)]
#[template(path = "plain.html")]
struct PlainHtml<'a> {
    origin: &'a str,
    lang: &'a str,
    words: &'a Words,
}

impl Letter {
    /// Fills the template that `intent` names, in its language.
    pub(crate) fn write(intent: &MailIntent, origin: &str) -> askama::Result<Self> {
        match words::of(&intent.mail, intent.locale) {
            Some(words) => Self::plain(&words, intent.locale, origin),
            None => Self::with_own_template(intent, origin),
        }
    }

    fn plain(words: &Words, locale: Locale, origin: &str) -> askama::Result<Self> {
        let lang = match locale {
            Locale::Ja => "ja",
            Locale::En => "en",
        };
        Ok(Self {
            subject: words.subject,
            text: PlainText { origin, words }.render()?,
            html: PlainHtml {
                origin,
                lang,
                words,
            }
            .render()?,
        })
    }

    fn with_own_template(intent: &MailIntent, origin: &str) -> askama::Result<Self> {
        match (&intent.mail, intent.locale) {
            (
                Mail::SignUpToken {
                    display_name,
                    token,
                },
                Locale::Ja,
            ) => {
                sign_up_token_ja::letter("Koeba 確認コードのお知らせ", origin, display_name, token)
            }
            (
                Mail::SignUpToken {
                    display_name,
                    token,
                },
                Locale::En,
            ) => sign_up_token_en::letter("Your Koeba code", origin, display_name, token),
            (
                Mail::Invitation {
                    workspace_name,
                    inviter_name,
                    link,
                },
                Locale::Ja,
            ) => {
                let subject = "Koeba ワークスペースへの招待";
                invitation_ja::letter(subject, origin, workspace_name, inviter_name, link)
            }
            (
                Mail::Invitation {
                    workspace_name,
                    inviter_name,
                    link,
                },
                Locale::En,
            ) => {
                let subject = "An invitation to a Koeba workspace";
                invitation_en::letter(subject, origin, workspace_name, inviter_name, link)
            }
            _ => unreachable!("every other mail has words"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use koeba_domain::{EmailAddress, IntentId, Notice, Role, SecondStepMethod};

    #[test]
    fn every_mail_says_what_it_must_in_both_languages_and_both_forms() {
        for locale in [Locale::Ja, Locale::En] {
            let letter = write(locale, token());
            assert!(letter.text.contains("12345678") && letter.html.contains("12345678"));
            let letter = write(locale, invitation("Team"));
            for body in [&letter.text, &letter.html] {
                assert!(body.contains("https://voice.example/invite#a.b"), "{body}");
                assert!(body.contains("Team") && body.contains("Ken"), "{body}");
            }
        }
    }

    /// Check sheet: WA-05-01, WA-05-06, WA-08-01.
    #[test]
    fn a_name_can_neither_add_markup_nor_reach_the_subject() {
        let name = "<img src=x onerror=alert(1)>&\"'";
        for locale in [Locale::Ja, Locale::En] {
            let letter = write(locale, invitation(name));
            assert!(!letter.html.contains("<img"), "{}", letter.html);
            assert!(letter.text.contains(name));
            assert_eq!(letter.subject, write(locale, invitation("Team")).subject);
        }
    }

    #[test]
    fn a_mail_is_in_the_language_of_its_reader() {
        assert!(write(Locale::Ja, token()).text.contains("確認コード"));
        assert!(write(Locale::En, token()).text.contains("ten minutes"));
        assert!(
            write(Locale::Ja, token())
                .html
                .contains("<html lang=\"ja\">")
        );
        assert!(
            write(Locale::En, token())
                .html
                .contains("<html lang=\"en\">")
        );
    }

    /// Check sheet: WA-06-04, WA-08-01.
    #[test]
    fn every_notice_says_what_was_done_in_its_readers_language_under_a_subject_of_its_own() {
        let mut subjects = std::collections::HashSet::new();
        for mail in every_plain_mail("Team") {
            for locale in [Locale::Ja, Locale::En] {
                let letter = write(locale, mail.clone());
                assert!(subjects.insert(letter.subject), "{}", letter.subject);
                let japanese = letter.text.contains('。');
                assert_eq!(japanese, locale == Locale::Ja, "{}", letter.text);
                assert!(letter.html.contains(&format!(
                    "<html lang=\"{}\">",
                    if japanese { "ja" } else { "en" }
                )));
                assert!(
                    letter.text.ends_with("https://voice.example"),
                    "{}",
                    letter.text
                );
                assert!(
                    !letter.text.contains("{") && !letter.text.contains("Some("),
                    "{}",
                    letter.text
                );
            }
        }
    }

    /// Check sheet: WA-05-01, WA-08-01.
    #[test]
    fn no_name_gets_markup_into_any_mail_or_into_its_subject() {
        let name = "<b onclick=x>&";
        for (plain, hostile) in every_plain_mail("Team")
            .into_iter()
            .zip(every_plain_mail(name))
        {
            let letter = write(Locale::En, hostile);
            assert!(!letter.html.contains("<b "), "{}", letter.html);
            assert_eq!(letter.subject, write(Locale::En, plain).subject);
        }
    }

    fn every_plain_mail(name: &str) -> Vec<Mail> {
        let workspace_name = || WorkspaceName::new(name).expect("a line");
        let person = || DisplayName::new(name).expect("a line");
        let link = || "https://voice.example/x#a.b".to_owned();
        let method = SecondStepMethod::Totp;
        let mut mails = vec![
            Mail::SecondStepToken {
                token: "12345678".to_owned(),
            },
            Mail::EmailChangeToken {
                token: "12345678".to_owned(),
            },
            Mail::PasswordReset { link: link() },
            Mail::ReviewReminder {
                workspace_name: workspace_name(),
                title: person(),
                due_on: "2026-04-30".to_owned(),
                link: link(),
            },
        ];
        let notices = vec![
            Notice::NewDevice { device: person() },
            Notice::PasswordChanged,
            Notice::PasswordReset,
            Notice::EmailChangeAsked,
            Notice::EmailChanged,
            Notice::SecondStepAdded { method },
            Notice::SecondStepRemoved { method },
            Notice::RecoveryCodesMade,
            Notice::RecoveryCodeUsed,
            Notice::DataExported,
            Notice::AccountDeleted,
            Notice::RoleChanged {
                workspace_name: workspace_name(),
                role: Role::Manager,
            },
            Notice::OwnershipTransferred {
                workspace_name: workspace_name(),
                new_owner_name: person(),
            },
            Notice::MemberDeactivated {
                workspace_name: workspace_name(),
            },
            Notice::MemberReactivated {
                workspace_name: workspace_name(),
            },
            Notice::MemberRemoved {
                workspace_name: workspace_name(),
            },
            Notice::MembersExported {
                workspace_name: workspace_name(),
            },
            Notice::PolicyChanged {
                workspace_name: workspace_name(),
                changed_by_name: person(),
            },
            Notice::WorkspaceDeleted {
                workspace_name: workspace_name(),
            },
        ];
        mails.extend(notices.into_iter().map(Mail::Notice));
        mails
    }

    fn write(locale: Locale, mail: Mail) -> Letter {
        let intent = MailIntent {
            id: IntentId::from_random([1; 16]),
            to: EmailAddress::new("aiko@example.test").expect("an address"),
            locale,
            mail,
        };
        Letter::write(&intent, "https://voice.example").expect("a letter")
    }

    fn token() -> Mail {
        Mail::SignUpToken {
            display_name: DisplayName::new("愛子").expect("a line"),
            token: "12345678".to_owned(),
        }
    }

    fn invitation(workspace: &str) -> Mail {
        Mail::Invitation {
            workspace_name: WorkspaceName::new(workspace).expect("a line"),
            inviter_name: DisplayName::new("Ken").expect("a line"),
            link: "https://voice.example/invite#a.b".to_owned(),
        }
    }
}
