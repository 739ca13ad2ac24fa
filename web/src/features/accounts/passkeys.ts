import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser';
import { ApiProblem } from '../../api/client';
import type { PasskeyJson } from '../../api/views';
import { accountText } from '../../i18n/account';

export const passkeysWork = browserSupportsWebAuthn;

/** Has the browser make a passkey; what the person or the browser refuses is a problem in words. */
export const makePasskey = (options: PasskeyJson): Promise<PasskeyJson> =>
  inWords(async () => {
    const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON;
    return (await startRegistration({ optionsJSON })) as unknown as PasskeyJson;
  });

/** Has the person prove themselves with a passkey that is there already. */
export const usePasskey = (options: PasskeyJson): Promise<PasskeyJson> =>
  inWords(async () => {
    const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON;
    return (await startAuthentication({ optionsJSON })) as unknown as PasskeyJson;
  });

async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const t = accountText.value;
    const known = cause instanceof Error && cause.name === 'InvalidStateError';
    const problem = known
      ? new ApiProblem('passkey-known', 0, t.passkeyKnown, t.passkeyKnownDo, '', {})
      : new ApiProblem('passkey-not-used', 0, t.passkeyNotUsed, t.passkeyNotUsedDo, '', {});
    problem.cause = cause;
    throw problem;
  }
}
