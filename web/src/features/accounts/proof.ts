import { answer, api, bareApi } from '../../api/client';
import { ofField } from '../../api/ofField';
import type { SecondStepMethod, SignedInView } from '../../api/views';
import { usePasskey } from './passkeys';

/** Has a token mailed that proves this session's second step. */
export async function sendSecondStepToken(): Promise<void> {
  await answer(api.POST('/api/sessions/current/second-step/email-token'));
}

export const proveByCode = (method: SecondStepMethod, code: string): Promise<SignedInView> =>
  ofField(
    'code',
    answer(api.POST('/api/sessions/current/second-step', { body: { method, code } })),
  );

export async function proveByPasskey(): Promise<SignedInView> {
  const { public_key } = await answer(
    api.POST('/api/sessions/current/second-step/passkey-challenge'),
  );
  const credential = await usePasskey(public_key);
  return answer(
    api.POST('/api/sessions/current/second-step', { body: { method: 'passkey', credential } }),
  );
}

/** Proves again that one is there. Not by way of the recoveries: this is one of them. */
export const stepUpByPassword = (password: string): Promise<SignedInView> =>
  ofField(
    'password',
    answer(bareApi.POST('/api/sessions/current/step-up', { body: { password } })),
  );

export async function stepUpByPasskey(): Promise<SignedInView> {
  const { public_key } = await answer(
    bareApi.POST('/api/sessions/current/step-up/passkey-challenge'),
  );
  const credential = await usePasskey(public_key);
  return answer(bareApi.POST('/api/sessions/current/step-up', { body: { credential } }));
}

/** What is left of a pasted code: digits in ordinary width, wherever a mail or a phone put spaces. */
export const digits = (typed: string): string => typed.normalize('NFKC').replace(/\D/g, '');

/** A recovery code as it was given: letters and figures in two groups of five. */
export function recoveryCode(typed: string): string {
  const plain = typed
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  return plain.length > 5 ? `${plain.slice(0, 5)}-${plain.slice(5)}` : plain;
}
