import '../styles/account.css';
import { session, strongerWanted, user } from '../features/accounts/session';
import { Prove } from '../features/accounts/Prove';
import { SetUp } from '../features/accounts/SetUp';

/** What stands between the password and the workspace: the second step, or setting one up. */
export function ProvePage() {
  const who = user.value;
  const now = session.value;
  if (!who || !now) return null;
  const stronger = strongerWanted.value;
  const usable = stronger
    ? now.methods.filter((method) => method === 'totp' || method === 'passkey')
    : now.methods;
  // Somebody may have set one up in another tab meanwhile: then it is to be used, not made again.
  if (usable.length === 0) {
    return <SetUp email={who.email} stronger={stronger} />;
  }
  return <Prove email={who.email} methods={usable} stronger={stronger} />;
}
