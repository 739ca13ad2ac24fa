import type { SecondStepMethod } from '../../api/views';
import type { LikeCatalogue } from '../../i18n/catalogue';
import type { en } from '../../i18n/account/en';
import type { IconName } from '../../ui/Icon';

type Words = LikeCatalogue<typeof en>;

/** A second step as it is offered: its name, and what it takes. */
export const methodWords = (
  method: SecondStepMethod,
  t: Words,
): { name: string; hint: string; icon: IconName } =>
  ({
    passkey: { name: t.methodPasskey, hint: t.methodPasskeyHint, icon: 'key' as const },
    totp: { name: t.methodTotp, hint: t.methodTotpHint, icon: 'phone' as const },
    email_token: { name: t.methodEmail, hint: t.methodEmailHint, icon: 'mail' as const },
    recovery_code: { name: t.methodRecovery, hint: t.methodRecoveryHint, icon: 'door' as const },
  })[method];
