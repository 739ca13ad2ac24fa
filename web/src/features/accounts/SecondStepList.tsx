import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { SecondStepMethod, SecondStepsView } from '../../api/views';
import { locale, text } from '../../i18n';
import { accountText } from '../../i18n/account';
import { formatDay } from '../../i18n/format';
import { Button } from '../../ui/Button';
import { ProblemNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Page';
import { Panel } from '../../ui/Panel';
import { toast } from '../../ui/Toast';
import { useTask } from '../../ui/useTask';
import { AddSecondStepDialog } from './AddSecondStepDialog';
import { RemoveDialog } from './RemoveDialog';
import { NewCodesDialog } from './RecoveryCodes';
import { SecondStepRow } from './SecondStepRow';
import {
  readSecondSteps,
  removeEmailToken,
  removePasskey,
  removeTotp,
  secondSteps,
} from './secondSteps';

interface Removal {
  name: string;
  remove: () => Promise<void>;
}

/** The second steps of one's own: what there is, what can be added, what can go. */
export function SecondStepList({ email }: { email: string }) {
  const t = accountText.value;
  const reading = useTask();
  const adding = useSignal<SecondStepMethod | null>(null);
  const removing = useSignal<Removal | null>(null);
  const codes = useSignal(false);
  const load = () => reading.run(readSecondSteps);
  useEffect(() => void load(), []);
  const found = secondSteps.value;
  const add = (method: SecondStepMethod) => () => {
    adding.value = method;
  };
  const remove = (name: string, work: () => Promise<void>) => () => {
    removing.value = { name, remove: work };
  };
  return (
    <Panel title={t.secondSteps} lead={t.secondStepsLead}>
      <ProblemNotice problem={reading.problem.value}>
        <Button small onClick={() => void load()}>
          {text.value.retry}
        </Button>
      </ProblemNotice>
      {!found && !reading.problem.value && <Skeleton label={text.value.loading} />}
      {found && (
        <>
          {found.demanded && hasAny(found) && <p class="quiet">{t.secondStepsDemanded}</p>}
          {!hasAny(found) && <p class="quiet">{t.secondStepsNone}</p>}
          <ul class="rows">
            {found.passkeys.map(({ id, name, created_at, last_used_at }) => (
              <SecondStepRow
                key={id}
                method="passkey"
                name={name}
                state={t.since(formatDay(locale.value, created_at))}
                more={
                  last_used_at ? t.lastUsed(formatDay(locale.value, last_used_at)) : t.neverUsed
                }
                onRemove={remove(name, () => removePasskey(id))}
              />
            ))}
            <SecondStepRow
              method="passkey"
              name={found.passkeys.length > 0 ? t.addPasskey : t.methodPasskey}
              state={found.passkeys.length > 0 ? '' : t.stateOff}
              onAdd={add('passkey')}
            />
            <SecondStepRow
              method="totp"
              name={t.methodTotp}
              state={
                found.totp.enabled
                  ? found.totp.since
                    ? t.since(formatDay(locale.value, found.totp.since))
                    : t.stateOn
                  : t.stateOff
              }
              {...(found.totp.enabled
                ? { onRemove: remove(t.methodTotp, removeTotp) }
                : { onAdd: add('totp') })}
            />
            <SecondStepRow
              method="email_token"
              name={t.methodEmail}
              state={found.email_token.enabled ? t.stateOn : t.stateOff}
              {...(found.email_token.enabled
                ? { onRemove: remove(t.methodEmail, removeEmailToken) }
                : { onAdd: add('email_token') })}
            />
            {hasAny(found) && (
              <SecondStepRow
                method="recovery_code"
                name={t.recoveryCodes}
                state={t.codesLeft(found.recovery_codes.left)}
                onRenew={() => {
                  codes.value = true;
                }}
              />
            )}
          </ul>
        </>
      )}
      {adding.value && (
        <AddSecondStepDialog
          method={adding.value}
          email={email}
          onAdded={() => toast(accountText.value.added)}
          onClose={() => {
            adding.value = null;
            void load();
          }}
        />
      )}
      {removing.value && (
        <RemoveDialog
          {...removing.value}
          onClose={() => {
            removing.value = null;
            void load();
          }}
        />
      )}
      {codes.value && (
        <NewCodesDialog
          onClose={() => {
            codes.value = false;
            void load();
          }}
        />
      )}
    </Panel>
  );
}

const hasAny = ({ email_token, totp, passkeys }: SecondStepsView): boolean =>
  email_token.enabled || totp.enabled || passkeys.length > 0;
