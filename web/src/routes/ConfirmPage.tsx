import { useSignal } from '@preact/signals';
import { confirm, pendingSignUp, signUpAgain } from '../features/accounts/session';
import { text } from '../i18n';
import { paths } from '../paths';
import { go } from '../router';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { Form } from '../ui/Form';
import { PageTitle } from '../ui/Page';
import { toast } from '../ui/Toast';
import { useTask } from '../ui/useTask';
import { PublicFrame } from './PublicFrame';

/** What is left of a pasted token: its digits, in ordinary width. */
const digits = (typed: string) => typed.normalize('NFKC').replace(/\D/g, '');

export function ConfirmPage() {
  const t = text.value;
  const token = useSignal('');
  const task = useTask();
  const again = useTask();
  const pending = pendingSignUp.value;
  if (!pending) {
    return (
      <PublicFrame>
        <section class="card">
          <PageTitle title={t.confirmTitle} />
          <p class="lead">{t.confirmNothing}</p>
          <a class="button button-primary" href={paths.signUp}>
            {t.confirmStartOver}
          </a>
        </section>
      </PublicFrame>
    );
  }
  return (
    <PublicFrame>
      <section class="card">
        <PageTitle title={t.confirmTitle} />
        <p class="lead">{pending.email ? t.confirmLead(pending.email) : t.confirmLeadPlain}</p>
        <Form
          task={task}
          fields={['token']}
          onSubmit={async () => {
            const to = await confirm(digits(token.value));
            go(to, { replace: true });
          }}
        >
          <Field
            class="token"
            label={t.confirmToken}
            value={token}
            error={task.problem.value?.fields.token}
            name="token"
            inputMode="numeric"
            autocomplete="one-time-code"
            spellcheck={false}
            required
          />
          <Button kind="primary" type="submit" busy={task.busy.value}>
            {t.confirmDo}
          </Button>
        </Form>
        <div class="card-foot">
          <p>{t.confirmNoMail}</p>
          {pending.again ? (
            <Button
              kind="quiet"
              busy={again.busy.value}
              onClick={() =>
                void again
                  .run(signUpAgain)
                  .then((done) => done && toast(text.value.confirmAgainDone))
              }
            >
              {t.confirmAgain}
            </Button>
          ) : (
            <a href={paths.signUpAndReturn(pending.returnTo)}>{t.confirmStartOver}</a>
          )}
        </div>
      </section>
    </PublicFrame>
  );
}
