import { useSignal } from '@preact/signals';
import { PasswordHintList } from '../features/accounts/PasswordHintList';
import { signUp } from '../features/accounts/session';
import { text } from '../i18n';
import { paths } from '../paths';
import { go, query, safeReturn } from '../router';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { Form } from '../ui/Form';
import { PageTitle } from '../ui/Page';
import { PasswordField } from '../ui/PasswordField';
import { useTask } from '../ui/useTask';
import { PublicFrame } from './PublicFrame';

export function SignUpPage() {
  const t = text.value;
  const name = useSignal('');
  const email = useSignal('');
  const password = useSignal('');
  const task = useTask();
  const back = safeReturn(query.value.get('return'));
  const errors = task.problem.value?.fields ?? {};
  return (
    <PublicFrame>
      <section class="card">
        <PageTitle title={t.signUpTitle} />
        <p class="lead">{t.signUpLead}</p>
        <Form
          task={task}
          fields={['email', 'password', 'display_name']}
          onSubmit={async () => {
            await signUp(email.value.trim(), password.value, name.value.trim(), back);
            go(paths.confirm);
          }}
        >
          <Field
            label={t.yourName}
            hint={t.yourNameHint}
            value={name}
            error={errors.display_name}
            name="name"
            autocomplete="name"
            maxLength={64}
            required
          />
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
            autocomplete="new-password"
            required
          />
          <PasswordHintList password={password} email={email} name={name} />
          <Button kind="primary" type="submit" busy={task.busy.value}>
            {t.signUp}
          </Button>
        </Form>
        <p class="card-foot">
          {t.signUpHaveAccount} <a href={paths.signInAndReturn(back)}>{t.signIn}</a>
        </p>
      </section>
    </PublicFrame>
  );
}
