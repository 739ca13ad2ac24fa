import { useSignal } from '@preact/signals';
import type { SignedInView } from '../../api/views';
import { accountText } from '../../i18n/account';
import { Button } from '../../ui/Button';
import { Form } from '../../ui/Form';
import { useTask } from '../../ui/useTask';
import { CodeField } from './CodeField';
import { digits } from './proof';
import { addEmailToken, sendSetUpToken } from './secondSteps';

interface Props {
  email: string;
  onAdded: (now: SignedInView) => void;
}

/** Sets up the token by mail: one is sent, and comes back. */
export function AddEmailToken({ email, onAdded }: Props) {
  const t = accountText.value;
  const sent = useSignal(false);
  const code = useSignal('');
  const task = useTask();
  const send = async () => {
    await sendSetUpToken();
    sent.value = true;
  };
  if (!sent.value) {
    return (
      <Form task={task} onSubmit={send}>
        <p>{t.tokenLead(email)}</p>
        <Button kind="primary" type="submit" icon="mail" busy={task.busy.value}>
          {t.tokenSend}
        </Button>
      </Form>
    );
  }
  return (
    <Form
      task={task}
      fields={['code']}
      onSubmit={async () => onAdded(await addEmailToken(digits(code.value)))}
    >
      <p>{t.tokenSent(email)}</p>
      <CodeField label={t.emailToken} value={code} error={task.problem.value?.fields.code} />
      <div class="form-actions">
        <Button kind="quiet" onClick={() => void task.run(send)}>
          {t.tokenSendAgain}
        </Button>
        <Button kind="primary" type="submit" busy={task.busy.value}>
          {t.setUpFinish}
        </Button>
      </div>
    </Form>
  );
}
