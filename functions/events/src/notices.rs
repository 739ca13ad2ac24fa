//! The words of every notice.

use koeba_domain::{Locale, Notice};

use crate::words::{Words, method as method_name, role as role_name};

/// The words of a notice in a language.
pub(crate) fn of(notice: &Notice, locale: Locale) -> Words {
    let ja = locale == Locale::Ja;
    let (subject, done) = match notice {
        Notice::NewDevice { device } => {
            if ja {
                (
                    "Koeba 新しい端末からのサインイン",
                    format!("新しい端末（{device}）から Koeba にサインインがありました。"),
                )
            } else {
                (
                    "Koeba: A new device signed in",
                    format!(
                        "Somebody signed in to your Koeba account with a new device ({device})."
                    ),
                )
            }
        }
        Notice::PasswordChanged => {
            if ja {
                (
                    "Koeba パスワードを変更しました",
                    "Koeba のパスワードが変更されました。ほかの端末はサインアウトしました。"
                        .to_owned(),
                )
            } else {
                ("Koeba: Your Koeba password was changed", "The password of your Koeba account was changed, and all other devices were signed out.".to_owned())
            }
        }
        Notice::PasswordReset => {
            if ja {
                (
                    "Koeba パスワードを再設定しました",
                    "Koeba のパスワードが再設定されました。すべての端末はサインアウトしました。"
                        .to_owned(),
                )
            } else {
                ("Koeba: Your Koeba password was replaced", "The password of your Koeba account was replaced, and all devices were signed out.".to_owned())
            }
        }
        Notice::EmailChangeAsked => {
            if ja {
                ("Koeba メールアドレスの変更の申し込み", "Koeba のメールアドレスを別のアドレスに変更する申し込みがありました。新しいアドレスで確認されるまで、何も変わりません。".to_owned())
            } else {
                ("Koeba: Another address was asked for", "Somebody asked to use another address for your Koeba account. Nothing changes until that address is confirmed.".to_owned())
            }
        }
        Notice::EmailChanged => {
            if ja {
                ("Koeba メールアドレスを変更しました", "Koeba のメールアドレスが変更されました。このメールは、前と後の両方のアドレスに届きます。".to_owned())
            } else {
                ("Koeba: Your Koeba address was changed", "The address of your Koeba account was changed. This mail goes to the old address and to the new one.".to_owned())
            }
        }
        Notice::SecondStepAdded { method } => {
            let method = method_name(*method, locale);
            if ja {
                (
                    "Koeba 2段階認証を追加しました",
                    format!("Koeba の2段階認証に「{method}」が追加されました。"),
                )
            } else {
                (
                    "Koeba: A second step was set up",
                    format!("A second step was set up for your Koeba account: {method}."),
                )
            }
        }
        Notice::SecondStepRemoved { method } => {
            let method = method_name(*method, locale);
            if ja {
                (
                    "Koeba 2段階認証を削除しました",
                    format!("Koeba の2段階認証から「{method}」が削除されました。"),
                )
            } else {
                (
                    "Koeba: A second step was removed",
                    format!("A second step was removed from your Koeba account: {method}."),
                )
            }
        }
        Notice::RecoveryCodesMade => {
            if ja {
                (
                    "Koeba リカバリーコードを作り直しました",
                    "Koeba のリカバリーコードが新しくなりました。前のコードはもう使えません。"
                        .to_owned(),
                )
            } else {
                ("Koeba: New recovery codes were made", "New recovery codes were made for your Koeba account. The old ones no longer work.".to_owned())
            }
        }
        Notice::RecoveryCodeUsed => {
            if ja {
                (
                    "Koeba リカバリーコードが使われました",
                    "Koeba のサインインでリカバリーコードが1つ使われました。".to_owned(),
                )
            } else {
                (
                    "Koeba: A recovery code was used",
                    "Somebody signed in to your Koeba account with a recovery code.".to_owned(),
                )
            }
        }
        Notice::DataExported => {
            if ja {
                (
                    "Koeba データを書き出しました",
                    "あなたについて保存されているデータが書き出されました。".to_owned(),
                )
            } else {
                (
                    "Koeba: Your data was exported",
                    "All that Koeba holds about you was exported.".to_owned(),
                )
            }
        }
        Notice::AccountDeleted => {
            if ja {
                (
                    "Koeba アカウントを削除しました",
                    "Koeba のアカウントと、あなたについて保存されていたデータを削除しました。"
                        .to_owned(),
                )
            } else {
                (
                    "Koeba: Your Koeba account was deleted",
                    "Your Koeba account was deleted, with all that was held about you.".to_owned(),
                )
            }
        }
        Notice::RoleChanged {
            workspace_name,
            role,
        } => {
            let role = role_name(*role, locale);
            if ja {
                (
                    "Koeba 役割が変わりました",
                    format!(
                        "ワークスペース「{workspace_name}」でのあなたの役割が「{role}」になりました。"
                    ),
                )
            } else {
                (
                    "Koeba: Your role has changed",
                    format!("Your role in the workspace “{workspace_name}” is now {role}."),
                )
            }
        }
        Notice::OwnershipTransferred {
            workspace_name,
            new_owner_name,
        } => {
            if ja {
                (
                    "Koeba オーナーが変わりました",
                    format!(
                        "ワークスペース「{workspace_name}」のオーナーが {new_owner_name} さんになりました。"
                    ),
                )
            } else {
                (
                    "Koeba: A workspace has a new owner",
                    format!(
                        "{new_owner_name} is now the owner of the workspace “{workspace_name}”."
                    ),
                )
            }
        }
        Notice::MemberDeactivated { workspace_name } => {
            if ja {
                (
                    "Koeba 利用が停止されました",
                    format!("ワークスペース「{workspace_name}」の利用が停止されました。"),
                )
            } else {
                (
                    "Koeba: Your access was suspended",
                    format!("Your access to the workspace “{workspace_name}” was suspended."),
                )
            }
        }
        Notice::MemberReactivated { workspace_name } => {
            if ja {
                (
                    "Koeba 利用が再開されました",
                    format!("ワークスペース「{workspace_name}」をまた利用できます。"),
                )
            } else {
                (
                    "Koeba: Your access was restored",
                    format!("You may use the workspace “{workspace_name}” again."),
                )
            }
        }
        Notice::MemberRemoved { workspace_name } => {
            if ja {
                (
                    "Koeba メンバーから外れました",
                    format!("ワークスペース「{workspace_name}」のメンバーから外れました。"),
                )
            } else {
                (
                    "Koeba: You were removed from a workspace",
                    format!("You are no longer a member of the workspace “{workspace_name}”."),
                )
            }
        }
        Notice::MembersExported { workspace_name } => {
            if ja {
                (
                    "Koeba メンバー一覧を書き出しました",
                    format!(
                        "ワークスペース「{workspace_name}」のメンバー一覧が、あなたのアカウントで書き出されました。"
                    ),
                )
            } else {
                (
                    "Koeba: A list of members was exported",
                    format!(
                        "The list of members of the workspace “{workspace_name}” was exported with your account."
                    ),
                )
            }
        }
        Notice::PolicyChanged {
            workspace_name,
            changed_by_name,
        } => {
            if ja {
                (
                    "Koeba セキュリティ方針を変更しました",
                    format!(
                        "{changed_by_name} さんがワークスペース「{workspace_name}」のセキュリティ方針を変更しました。"
                    ),
                )
            } else {
                (
                    "Koeba: A security policy was changed",
                    format!(
                        "{changed_by_name} changed the security policy of the workspace “{workspace_name}”."
                    ),
                )
            }
        }
        Notice::WorkspaceDeleted { workspace_name } => {
            if ja {
                (
                    "Koeba ワークスペースを削除しました",
                    format!("ワークスペース「{workspace_name}」とそのデータを削除しました。"),
                )
            } else {
                (
                    "Koeba: A workspace was deleted",
                    format!(
                        "The workspace “{workspace_name}” was deleted, with all that was in it."
                    ),
                )
            }
        }
    };
    let otherwise = if ja {
        "お心当たりがない場合は、すぐにパスワードを変更し、ワークスペースの管理者に知らせてください。"
    } else {
        "If you do not know what this is about, change your password at once and tell a manager of your workspace."
    };
    Words {
        subject,
        before: vec![done, otherwise.to_owned()],
        ..Words::default()
    }
}
