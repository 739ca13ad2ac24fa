import { useSignal } from '@preact/signals';
import { signIn } from '../features/accounts/session';
import { text } from '../i18n';
import { paths } from '../paths';
import { go, query, safeReturn } from '../router';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { Form } from '../ui/Form';
import { Notice } from '../ui/Notice';
import { PageTitle } from '../ui/Page';
import { PasswordField } from '../ui/PasswordField';
import { useTask } from '../ui/useTask';
import { PublicFrame } from './PublicFrame';

export function SignInPage() {
  const t = text.value;
  const email = useSignal('');
  const password = useSignal('');
  const task = useTask();
  const back = safeReturn(query.value.get('return'));
  const errors = task.problem.value?.fields ?? {};
  return (
    <PublicFrame>
      <section class="card">
        <PageTitle title={t.signInTitle} />
        <p class="lead">{t.signInLead}</p>
        {query.value.has('expired') && !task.problem.value && (
          <Notice tone="info" title={t.signInExpired} />
        )}
        <Form
          task={task}
          fields={['email', 'password']}
          onSubmit={async () => {
            await signIn(email.value.trim(), password.value);
            go(back, { replace: true });
          }}
        >
          <Field
            label={t.email}
            value={email}
            error={errors.email}
            type="email"
            name="email"
            autocomplete="username"
            inputMode="email"
            required
          />
          <PasswordField
            label={t.password}
            value={password}
            error={errors.password}
            name="password"
            autocomplete="current-password"
            required
          />
          <Button kind="primary" type="submit" busy={task.busy.value}>
            {t.signIn}
          </Button>
        </Form>
        <p class="card-foot">
          <a href={paths.forgot}>{t.passwordForgotten}</a>
          <br />
          {t.signInNoAccount} <a href={paths.signUpAndReturn(back)}>{t.signUp}</a>
        </p>
      </section>
    </PublicFrame>
  );
}
