import { useSignal } from '@preact/signals';
import type { SecondStepMethod, SignedInView } from '../../api/views';
import { accountText } from '../../i18n/account';
import { Button } from '../../ui/Button';
import { PageTitle } from '../../ui/Page';
import { AddSecondStep } from './AddSecondStep';
import { MethodChoice } from './MethodChoice';
import { methodWords } from './methods';
import { passkeysWork } from './passkeys';
import { ProveFoot } from './ProveFoot';
import { begin, proveWith, strongerWanted } from './session';

interface Props {
  email: string;
  stronger: boolean;
}

/** A session that can do nothing else until a second step is set up. */
export function SetUp({ email, stronger }: Props) {
  const t = accountText.value;
  const chosen = useSignal<SecondStepMethod | null>(null);
  const keepingCodes = useSignal(false);
  const ways: SecondStepMethod[] = [
    ...(passkeysWork() ? ['passkey' as const] : []),
    'totp',
    ...(stronger ? [] : ['email_token' as const]),
  ];
  const done = (now: SignedInView) => {
    strongerWanted.value = false;
    begin(now);
  };
  return (
    <section class="card">
      <PageTitle title={t.setUpTitle} />
      <p class="lead">{stronger ? t.setUpStrongerLead : t.setUpLead}</p>
      {chosen.value === null ? (
        <div class="stack">
          <h2>{t.setUpChoose}</h2>
          <MethodChoice
            methods={ways}
            onChoose={(method) => {
              chosen.value = method;
            }}
          />
        </div>
      ) : (
        <div class="stack">
          <h2>{methodWords(chosen.value, t).name}</h2>
          <AddSecondStep
            method={chosen.value}
            email={email}
            onCodes={(now) => {
              proveWith(now);
              keepingCodes.value = true;
            }}
            onAdded={done}
          />
          {!keepingCodes.value && (
            <Button
              kind="quiet"
              icon="back"
              onClick={() => {
                chosen.value = null;
              }}
            >
              {t.setUpBack}
            </Button>
          )}
        </div>
      )}
      <ProveFoot email={email} />
    </section>
  );
}
