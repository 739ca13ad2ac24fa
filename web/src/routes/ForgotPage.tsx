import { useSignal } from '@preact/signals';
import { askForReset } from '../features/accounts/passwords';
import { text } from '../i18n';
import { accountText } from '../i18n/account';
import { paths } from '../paths';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { Form } from '../ui/Form';
import { PageTitle } from '../ui/Page';
import { useTask } from '../ui/useTask';

/** Asks for the mail with the link. The answer is the same, whether there is an account or not. */
export function ForgotPage() {
  const t = accountText.value;
  const email = useSignal('');
  const sent = useSignal('');
  const task = useTask();
  if (sent.value) {
    return (
      <section class="card">
        <PageTitle key="sent" title={t.forgotSent} />
        <p class="lead">{t.forgotSentLead(sent.value)}</p>
        <a class="button button-plain" href={paths.signIn}>
          {t.toSignIn}
        </a>
      </section>
    );
  }
  return (
    <section class="card">
      <PageTitle title={t.forgotTitle} />
      <p class="lead">{t.forgotLead}</p>
      <Form
        task={task}
        fields={['email']}
        onSubmit={async () => {
          await askForReset(email.value.trim());
          sent.value = email.value.trim();
        }}
      >
        <Field
          label={text.value.email}
          value={email}
          error={task.problem.value?.fields.email}
          type="email"
          name="email"
          autocomplete="username"
          inputMode="email"
          required
        />
        <Button kind="primary" type="submit" busy={task.busy.value}>
          {t.forgotSend}
        </Button>
      </Form>
      <p class="card-foot">
        <a href={paths.signIn}>{t.toSignIn}</a>
      </p>
    </section>
  );
}
