import { answer, api } from '../../api/client';
import type { InvitationPreview } from '../../api/types';
import { locale } from '../../i18n';
import { begin } from './session';

export const previewInvitation = (token: string): Promise<InvitationPreview> =>
  answer(api.POST('/api/invitations/preview', { body: { token } }), { keepSession: true });

/** Makes the account that the mailed link proves the address of, and signs it in. */
export async function joinByInvitation(
  token: string,
  displayName: string,
  password: string,
): Promise<void> {
  begin(
    await answer(
      api.POST('/api/sign-ups/by-invitation', {
        body: { token, display_name: displayName, password, locale: locale.value },
      }),
      { keepSession: true },
    ),
  );
}
