import { useSignal } from '@preact/signals';
import type { SignedInView } from '../../api/views';
import { text } from '../../i18n';
import { accountText } from '../../i18n/account';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Form } from '../../ui/Form';
import { PasswordField } from '../../ui/PasswordField';
import { useTask } from '../../ui/useTask';
import { stepUpByPasskey, stepUpByPassword } from './proof';
import { begin, session, stepUpAsked, user } from './session';

/** Asks for the password or a passkey before something that matters. */
export function StepUpDialog() {
  const t = accountText.value;
  const password = useSignal('');
  const task = useTask();
  const passkey = session.value?.methods.includes('passkey');
  const proven = (now: SignedInView) => {
    begin(now);
    stepUpAsked.value?.(true);
  };
  return (
    <Dialog title={t.stepUpTitle} lead={t.stepUpLead} onClose={() => stepUpAsked.value?.(false)}>
      <Form
        task={task}
        fields={['password']}
        onSubmit={async () => proven(await stepUpByPassword(password.value))}
      >
        <input
          class="unseen"
          type="email"
          autocomplete="username"
          value={user.value?.email}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <PasswordField
          label={text.value.password}
          value={password}
          error={task.problem.value?.fields.password}
          name="password"
          autocomplete="current-password"
          required
        />
        <div class="dialog-actions">
          {passkey && (
            <Button
              busy={task.busy.value}
              onClick={() => void task.run(async () => proven(await stepUpByPasskey()))}
            >
              {t.usePasskey}
            </Button>
          )}
          <Button kind="primary" type="submit" busy={task.busy.value}>
            {t.stepUpDo}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
