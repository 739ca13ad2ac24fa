import type { Signal } from '@preact/signals';
import { text } from '../../i18n';
import { Icon } from '../../ui/Icon';
import { PASSWORD_MIN, passwordHints } from './password';

interface Props {
  password: Signal<string>;
  email: Signal<string>;
  name: Signal<string>;
}

/** What is still missing, while somebody types. */
export function PasswordHintList({ password, email, name }: Props) {
  const t = text.value;
  const met = passwordHints(password.value, email.value, name.value);
  const hints: Array<[boolean, string]> = [
    [met.long, t.passwordLength(PASSWORD_MIN)],
    [met.own, t.passwordNotMail],
    [met.varied, t.passwordVaried],
  ];
  return (
    <ul class="hints">
      {hints.map(([done, words]) => (
        <li key={words} data-met={done || undefined}>
          <Icon name="check" />
          {words}
          <span class="unseen">{done ? t.hintMet : t.hintOpen}</span>
        </li>
      ))}
    </ul>
  );
}
