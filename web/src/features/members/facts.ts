import type { AccountFacts, MemberState, SecondStep } from '../../api/adminViews';
import type { Locale } from '../../i18n';
import { formatSince } from '../../i18n/format';
import type { AdminText } from '../../i18n/admin';

export const stepName = (step: SecondStep, a: AdminText): string =>
  ({
    email_token: a.stepEmail,
    totp: a.stepTotp,
    passkey: a.stepPasskey,
    recovery_code: a.stepRecovery,
  })[step] ?? step;

export const stepNames = (facts: Pick<AccountFacts, 'second_steps'>, a: AdminText): string =>
  facts.second_steps.length > 0
    ? facts.second_steps.map((step) => stepName(step, a)).join(a.listComma)
    : a.stepNone;

export const stateName = (state: MemberState, a: AdminText): string =>
  state === 'active' ? a.stateActive : a.stateDeactivated;

/** How long ago, or that it never was. */
export const since = (locale: Locale, at: string | null | undefined, never: string): string =>
  at ? formatSince(locale, at, new Date()) : never;
