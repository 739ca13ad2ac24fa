import { useSignal } from '@preact/signals';
import type { SignedInView } from '../../api/views';
import { accountText } from '../../i18n/account';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Form } from '../../ui/Form';
import { Notice } from '../../ui/Notice';
import { useTask } from '../../ui/useTask';
import { passkeysWork } from './passkeys';
import { addPasskey } from './secondSteps';

/** Has the browser make a passkey, under a name by which it is known again. */
export function AddPasskey({ onAdded }: { onAdded: (now: SignedInView) => void }) {
  const t = accountText.value;
  const name = useSignal(t.passkeyNameFirst);
  const task = useTask();
  if (!passkeysWork()) return <Notice title={t.passkeyNone} detail={t.passkeyNoneDo} />;
  return (
    <Form
      task={task}
      fields={['name']}
      onSubmit={async () => onAdded((await addPasskey(name.value.trim())).signed_in)}
    >
      <p>{t.passkeyAddLead}</p>
      <Field
        label={t.passkeyName}
        hint={t.passkeyNameHint}
        value={name}
        error={task.problem.value?.fields.name}
        name="passkey-name"
        autocomplete="off"
        maxLength={60}
        required
      />
      <Button kind="primary" type="submit" busy={task.busy.value}>
        {t.passkeyAdd}
      </Button>
    </Form>
  );
}
