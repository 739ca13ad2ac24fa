import { signal } from '@preact/signals';
import { answer, api } from '../../api/client';
import { ofField } from '../../api/ofField';
import type { PasskeyView, SecondStepMethod, SecondStepsView, SignedInView } from '../../api/views';
import { makePasskey } from './passkeys';

/** How this person proves themselves besides the password; `undefined` until it was read. */
export const secondSteps = signal<SecondStepsView | undefined>(undefined);

export async function readSecondSteps(): Promise<void> {
  secondSteps.value = await answer(api.GET('/api/me/second-steps'));
}

export async function sendSetUpToken(): Promise<void> {
  await answer(api.POST('/api/me/second-steps/email-token'));
}

export const addEmailToken = (code: string): Promise<SignedInView> =>
  ofField('code', answer(api.PUT('/api/me/second-steps/email-token', { body: { code } })));

export const beginTotp = (): Promise<{ secret: string; uri: string }> =>
  answer(api.POST('/api/me/second-steps/totp'));

export const addTotp = (
  code: string,
): Promise<{ recovery_codes: string[]; signed_in: SignedInView }> =>
  ofField('code', answer(api.PUT('/api/me/second-steps/totp', { body: { code } })));

export async function addPasskey(
  name: string,
): Promise<{ passkey: PasskeyView; signed_in: SignedInView }> {
  const { public_key } = await answer(api.POST('/api/me/second-steps/passkeys/challenge'));
  const credential = await makePasskey(public_key);
  return answer(api.POST('/api/me/second-steps/passkeys', { body: { name, credential } }));
}

export async function removeEmailToken(): Promise<void> {
  await answer(api.DELETE('/api/me/second-steps/email-token'));
}

export async function removeTotp(): Promise<void> {
  await answer(api.DELETE('/api/me/second-steps/totp'));
}

export async function removePasskey(id: string): Promise<void> {
  await answer(
    api.DELETE('/api/me/second-steps/passkeys/{passkey_id}', {
      params: { path: { passkey_id: id } },
    }),
  );
}

export async function newRecoveryCodes(): Promise<string[]> {
  const { recovery_codes } = await answer(api.POST('/api/me/second-steps/recovery-codes'));
  return recovery_codes;
}

/** The methods of somebody's, the safest first: what a page offers before the others. */
export const inOrder = (methods: readonly SecondStepMethod[]): SecondStepMethod[] =>
  (['passkey', 'totp', 'email_token', 'recovery_code'] as const).filter((method) =>
    methods.includes(method),
  );
