import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { text } from '../../i18n';
import { accountText } from '../../i18n/account';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { download } from '../../ui/download';
import { Notice, ProblemNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Page';
import { toast } from '../../ui/Toast';
import { useTask } from '../../ui/useTask';
import { newRecoveryCodes } from './secondSteps';
import { user } from './session';

interface Props {
  codes: readonly string[];
  onKept: () => void;
}

/** The codes for the day the phone is gone. They are on the screen once, and never again. */
export function RecoveryCodes({ codes, onKept }: Props) {
  const t = accountText.value;
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => top.current?.focus(), []);
  const plain = codes.join('\n');
  const copy = () => {
    navigator.clipboard
      ?.writeText(plain)
      .then(() => toast(text.value.copied))
      .catch(() => {});
  };
  const file = () => {
    const head = t.recoveryFile(user.value?.email ?? '');
    download(`koeba-${t.recoveryFileName}.txt`, new Blob([`${head}\n\n${plain}\n`]));
  };
  return (
    <div ref={top} class="stack recovery" tabIndex={-1}>
      <Notice tone="info" title={t.recoveryTitle} detail={t.recoveryLead} />
      <ol class="recovery-codes printed" aria-label={t.recoveryCodes}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div class="form-actions">
        <Button small onClick={copy}>
          {text.value.copy}
        </Button>
        <Button small onClick={file}>
          {t.recoveryDownload}
        </Button>
        <Button small onClick={() => print()}>
          {t.recoveryPrint}
        </Button>
      </div>
      <Button kind="primary" onClick={onKept}>
        {t.recoveryKept}
      </Button>
    </div>
  );
}

/** Makes new codes in place of the old ones, and shows them. */
export function NewCodesDialog({ onClose }: { onClose: () => void }) {
  const t = accountText.value;
  const codes = useSignal<readonly string[] | null>(null);
  const task = useTask();
  const make = () =>
    task.run(async () => {
      codes.value = await newRecoveryCodes();
    });
  useEffect(() => void make(), []);
  return (
    <Dialog title={t.recoveryCodes} onClose={onClose}>
      <ProblemNotice problem={task.problem.value}>
        <Button small onClick={() => void make()}>
          {text.value.retry}
        </Button>
      </ProblemNotice>
      {codes.value && <RecoveryCodes codes={codes.value} onKept={onClose} />}
      {task.busy.value && <Skeleton label={text.value.loading} />}
    </Dialog>
  );
}
