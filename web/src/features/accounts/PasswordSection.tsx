import { useSignal } from '@preact/signals';
import type { User } from '../../api/types';
import { text } from '../../i18n';
import { accountText } from '../../i18n/account';
import { Button } from '../../ui/Button';
import { Form } from '../../ui/Form';
import { Panel } from '../../ui/Panel';
import { PasswordField } from '../../ui/PasswordField';
import { toast } from '../../ui/Toast';
import { useTask } from '../../ui/useTask';
import { NewPasswordFields } from './NewPasswordFields';
import { changePassword } from './passwords';
import { begin } from './session';

/** A new password, with the current one. */
export function PasswordSection({ user }: { user: User }) {
  const t = accountText.value;
  const current = useSignal('');
  const next = useSignal('');
  const name = useSignal(user.display_name);
  const task = useTask();
  const errors = task.problem.value?.fields ?? {};
  return (
    <Panel title={text.value.password} lead={t.passwordChangeLead}>
      <Form
        task={task}
        fields={['current_password', 'new_password']}
        onSubmit={async () => {
          begin(await changePassword(current.value, next.value));
          current.value = '';
          next.value = '';
          toast(accountText.value.passwordChanged);
        }}
      >
        <input
          class="unseen"
          type="email"
          autocomplete="username"
          value={user.email}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <PasswordField
          label={t.passwordNow}
          value={current}
          error={errors.current_password}
          name="current-password"
          autocomplete="current-password"
          required
        />
        <NewPasswordFields
          label={t.newPassword}
          password={next}
          error={errors.new_password}
          email={user.email}
          name={name}
        />
        <div class="form-actions">
          <Button kind="primary" type="submit" busy={task.busy.value}>
            {t.passwordChange}
          </Button>
        </div>
      </Form>
    </Panel>
  );
}
