import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { SignedInView } from '../../api/views';
import { text } from '../../i18n';
import { accountText } from '../../i18n/account';
import { Button } from '../../ui/Button';
import { CopyButton } from '../../ui/CopyButton';
import { Form } from '../../ui/Form';
import { ProblemNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Page';
import { QrCode } from '../../ui/QrCode';
import { useTask } from '../../ui/useTask';
import { CodeField } from './CodeField';
import { digits } from './proof';
import { RecoveryCodes } from './RecoveryCodes';
import { addTotp, beginTotp } from './secondSteps';

interface Props {
  onAdded: (now: SignedInView) => void;
  /** The codes are on the screen: nothing may take the page away until they are kept. */
  onCodes: (now: SignedInView) => void;
}

/** Sets up an authenticator app: scan, type what it shows, keep the recovery codes. */
export function AddTotp({ onAdded, onCodes }: Props) {
  const t = accountText.value;
  const begun = useSignal<{ secret: string; uri: string } | null>(null);
  const added = useSignal<{ recovery_codes: string[]; signed_in: SignedInView } | null>(null);
  const code = useSignal('');
  const starting = useTask();
  const task = useTask();
  const start = () =>
    starting.run(async () => {
      begun.value = await beginTotp();
    });
  useEffect(() => void start(), []);
  if (added.value) {
    const { recovery_codes, signed_in } = added.value;
    return <RecoveryCodes codes={recovery_codes} onKept={() => onAdded(signed_in)} />;
  }
  if (!begun.value) {
    return starting.problem.value ? (
      <ProblemNotice problem={starting.problem.value}>
        <Button small onClick={() => void start()}>
          {text.value.retry}
        </Button>
      </ProblemNotice>
    ) : (
      <Skeleton label={text.value.loading} />
    );
  }
  return (
    <Form
      task={task}
      fields={['code']}
      onSubmit={async () => {
        const found = await addTotp(digits(code.value));
        onCodes(found.signed_in);
        added.value = found;
      }}
    >
      <p>{t.totpScan}</p>
      <QrCode of={begun.value.uri} label={t.totpQr} />
      <details class="manual">
        <summary>{t.totpManual}</summary>
        <p class="quiet">{t.totpManualDo}</p>
        <CopyButton
          value={spaced(begun.value.secret)}
          copy={begun.value.secret}
          label={text.value.copy}
        />
      </details>
      <CodeField
        label={t.totpCode}
        hint={t.totpHint}
        value={code}
        error={task.problem.value?.fields.code}
      />
      <Button kind="primary" type="submit" busy={task.busy.value}>
        {t.setUpFinish}
      </Button>
    </Form>
  );
}

const spaced = (secret: string) => secret.replace(/(.{4})(?=.)/g, '$1 ');
