import { answer, api } from '../../api/client';
import { ofField } from '../../api/ofField';
import type { SignedInView } from '../../api/views';
import type { Locale } from '../../i18n';

export const changeProfile = (display_name: string, locale: Locale): Promise<SignedInView> =>
  answer(api.PATCH('/api/me', { body: { display_name, locale } }));

/** Has a token mailed to the new address. */
export const beginEmailChange = (email: string): Promise<{ id: string; expires_at: string }> =>
  answer(api.POST('/api/me/email-changes', { body: { email } }));

export const confirmEmailChange = (id: string, token: string): Promise<SignedInView> =>
  ofField(
    'token',
    answer(
      api.POST('/api/me/email-changes/{email_change_id}/confirm', {
        params: { path: { email_change_id: id } },
        body: { token },
      }),
    ),
  );
