import { answer, api } from '../../api/client';
import { ofField } from '../../api/ofField';
import type { SignedInView } from '../../api/views';

export async function askForReset(email: string): Promise<void> {
  await answer(api.POST('/api/password-resets', { body: { email } }), { keepSession: true });
}

export async function completeReset(token: string, password: string): Promise<void> {
  await answer(
    api.POST('/api/password-resets/complete', { body: { token, new_password: password } }),
    { keepSession: true },
  );
}

export const changePassword = (current: string, next: string): Promise<SignedInView> =>
  ofField(
    'current_password',
    answer(
      api.PUT('/api/me/password', { body: { current_password: current, new_password: next } }),
    ),
  );
