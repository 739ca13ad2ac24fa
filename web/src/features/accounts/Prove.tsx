import { useSignal } from '@preact/signals';
import type { SecondStepMethod } from '../../api/views';
import { accountText } from '../../i18n/account';
import { PageTitle } from '../../ui/Page';
import { MethodChoice } from './MethodChoice';
import { methodWords } from './methods';
import { ProveFoot } from './ProveFoot';
import { SecondStepForm } from './SecondStepForm';
import { inOrder } from './secondSteps';
import { begin, strongerWanted } from './session';

interface Props {
  email: string;
  methods: readonly SecondStepMethod[];
  stronger: boolean;
}

/** The second step of signing in: the safest way first, the others beside it. */
export function Prove({ email, methods, stronger }: Props) {
  const t = accountText.value;
  const ordered = inOrder(methods);
  const chosen = useSignal<SecondStepMethod | null>(null);
  const method = chosen.value ?? ordered[0] ?? 'email_token';
  const others = ordered.filter((other) => other !== method);
  return (
    <section class="card">
      <PageTitle title={stronger ? t.proveStrongerTitle : t.proveTitle} />
      <p class="lead">{stronger ? t.proveStrongerLead : t.proveLead}</p>
      <div class="stack" key={method}>
        <h2>{methodWords(method, t).name}</h2>
        <SecondStepForm
          method={method}
          email={email}
          onProven={(now) => {
            strongerWanted.value = false;
            begin(now);
          }}
        />
      </div>
      {others.length > 0 && (
        <div class="stack">
          <h2>{t.proveOther}</h2>
          <MethodChoice
            methods={others}
            onChoose={(next) => {
              chosen.value = next;
            }}
          />
        </div>
      )}
      <ProveFoot email={email} />
    </section>
  );
}
