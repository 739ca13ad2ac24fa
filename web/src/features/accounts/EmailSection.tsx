import { useSignal } from '@preact/signals';
import type { User } from '../../api/types';
import { text } from '../../i18n';
import { accountText } from '../../i18n/account';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Form } from '../../ui/Form';
import { Panel } from '../../ui/Panel';
import { toast } from '../../ui/Toast';
import { useTask } from '../../ui/useTask';
import { CodeField } from './CodeField';
import { beginEmailChange, confirmEmailChange } from './profile';
import { digits } from './proof';
import { begin } from './session';

/** The address changes when the token that was mailed to the new one comes back. */
export function EmailSection({ user }: { user: User }) {
  const t = accountText.value;
  const email = useSignal('');
  const token = useSignal('');
  const pending = useSignal<{ id: string; email: string } | null>(null);
  const task = useTask();
  const waits = pending.value;
  return (
    <Panel title={text.value.email} lead={t.emailNow(user.email)}>
      {waits ? (
        <Form
          key="confirm"
          task={task}
          fields={['token']}
          onSubmit={async () => {
            begin(await confirmEmailChange(waits.id, digits(token.value)));
            pending.value = null;
            email.value = '';
            token.value = '';
            toast(accountText.value.emailChanged);
          }}
        >
          <p>{t.emailChangeSent(waits.email)}</p>
          <CodeField label={t.emailToken} value={token} error={task.problem.value?.fields.token} />
          <div class="form-actions">
            <Button
              kind="quiet"
              onClick={() => {
                pending.value = null;
                task.problem.value = null;
              }}
            >
              {text.value.cancel}
            </Button>
            <Button kind="primary" type="submit" busy={task.busy.value}>
              {t.emailChangeConfirm}
            </Button>
          </div>
        </Form>
      ) : (
        <Form
          key="begin"
          task={task}
          fields={['email']}
          onSubmit={async () => {
            const address = email.value.trim();
            const { id } = await beginEmailChange(address);
            pending.value = { id, email: address };
          }}
        >
          <Field
            label={t.emailNew}
            hint={t.emailChangeLead}
            value={email}
            error={task.problem.value?.fields.email}
            type="email"
            name="email"
            autocomplete="email"
            inputMode="email"
            required
          />
          <div class="form-actions">
            <Button type="submit" busy={task.busy.value}>
              {t.emailChangeDo}
            </Button>
          </div>
        </Form>
      )}
    </Panel>
  );
}
