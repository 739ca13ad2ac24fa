import { useSignal } from '@preact/signals';
import type { SecondStepMethod, SignedInView } from '../../api/views';
import { accountText } from '../../i18n/account';
import { Button } from '../../ui/Button';
import { Form } from '../../ui/Form';
import { toast } from '../../ui/Toast';
import { useTask } from '../../ui/useTask';
import { CodeField } from './CodeField';
import { digits, proveByCode, proveByPasskey, recoveryCode, sendSecondStepToken } from './proof';

interface Props {
  method: SecondStepMethod;
  email: string;
  onProven: (now: SignedInView) => void;
}

/** One way to prove the second step. */
export function SecondStepForm({ method, email, onProven }: Props) {
  if (method === 'passkey') return <ByPasskey onProven={onProven} />;
  if (method === 'email_token') return <ByMail email={email} onProven={onProven} />;
  return <ByCode method={method} onProven={onProven} />;
}

function ByPasskey({ onProven }: Pick<Props, 'onProven'>) {
  const t = accountText.value;
  const task = useTask();
  return (
    <Form task={task} onSubmit={async () => onProven(await proveByPasskey())}>
      <p>{t.passkeyUseLead}</p>
      <Button kind="primary" type="submit" busy={task.busy.value}>
        {t.usePasskey}
      </Button>
    </Form>
  );
}

function ByMail({ email, onProven }: Omit<Props, 'method'>) {
  const t = accountText.value;
  const sent = useSignal(false);
  const sending = useTask();
  const send = async () => {
    await sendSecondStepToken();
    if (sent.value) toast(accountText.value.tokenSentAgain);
    sent.value = true;
  };
  if (!sent.value) {
    return (
      <Form task={sending} onSubmit={send}>
        <p>{t.tokenLead(email)}</p>
        <Button kind="primary" type="submit" icon="mail" busy={sending.busy.value}>
          {t.tokenSend}
        </Button>
      </Form>
    );
  }
  return (
    <>
      <p>{t.tokenSent(email)}</p>
      <ByCode method="email_token" onProven={onProven} />
      <Button kind="quiet" busy={sending.busy.value} onClick={() => void sending.run(send)}>
        {t.tokenSendAgain}
      </Button>
    </>
  );
}

function ByCode({ method, onProven }: Omit<Props, 'email'>) {
  const t = accountText.value;
  const code = useSignal('');
  const task = useTask();
  const recovery = method === 'recovery_code';
  const label = { totp: t.totpCode, recovery_code: t.recoveryCode, email_token: t.emailToken };
  return (
    <Form
      task={task}
      fields={['code']}
      onSubmit={async () => {
        const given = recovery ? recoveryCode(code.value) : digits(code.value);
        onProven(await proveByCode(method, given));
      }}
    >
      <CodeField
        label={label[method as keyof typeof label]}
        hint={recovery ? t.recoveryHint : method === 'totp' ? t.totpHint : undefined}
        value={code}
        error={task.problem.value?.fields.code}
        letters={recovery}
      />
      <Button kind="primary" type="submit" busy={task.busy.value}>
        {t.prove}
      </Button>
    </Form>
  );
}
