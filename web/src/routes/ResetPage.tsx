import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { NewPasswordFields } from '../features/accounts/NewPasswordFields';
import { completeReset } from '../features/accounts/passwords';
import { refresh, end, user } from '../features/accounts/session';
import { accountText } from '../i18n/account';
import { paths } from '../paths';
import { Button } from '../ui/Button';
import { Form } from '../ui/Form';
import { fragmentSecret } from '../ui/fragment';
import { PageTitle } from '../ui/Page';
import { useTask } from '../ui/useTask';

const link = fragmentSecret('koeba.reset');

/** Where the mailed link leads: a new password, and everybody signs in anew. */
export function ResetPage() {
  const t = accountText.value;
  const token = useSignal(link.take());
  const password = useSignal('');
  const done = useSignal(false);
  const task = useTask();
  useEffect(() => {
    const look = () => {
      token.value = link.take();
    };
    addEventListener('hashchange', look);
    return () => removeEventListener('hashchange', look);
  }, []);
  if (done.value || token.value === null) {
    return (
      <section class="card">
        <PageTitle key="end" title={done.value ? t.resetDone : t.linkIncomplete} />
        <p class="lead">{done.value ? t.resetDoneLead : t.linkIncompleteDo}</p>
        <a class="button button-primary" href={done.value ? paths.signIn : paths.forgot}>
          {done.value ? t.toSignIn : t.askAgain}
        </a>
      </section>
    );
  }
  const over = task.problem.value && !task.problem.value.fields.new_password;
  return (
    <section class="card">
      <PageTitle title={t.resetTitle} />
      <p class="lead">{t.resetLead}</p>
      <Form
        task={task}
        fields={['new_password']}
        onSubmit={async () => {
          await completeReset(token.value ?? '', password.value);
          link.forget();
          // Whoever is signed in here as the same person is not any longer.
          if (user.value && !(await refresh())) end();
          done.value = true;
        }}
      >
        <NewPasswordFields
          label={t.newPassword}
          password={password}
          error={task.problem.value?.fields.new_password}
        />
        <Button kind="primary" type="submit" busy={task.busy.value}>
          {t.resetDo}
        </Button>
      </Form>
      {over && (
        <p class="card-foot">
          <a href={paths.forgot}>{t.askAgain}</a>
        </p>
      )}
    </section>
  );
}
