import { signal } from '@preact/signals';
import { ApiProblem, answer, api, useCsrfToken, whenSignedOut } from '../../api/client';
import type { SignedIn, User } from '../../api/types';
import { locale } from '../../i18n';
import { paths } from '../../paths';
import { go, path, query } from '../../router';
import { remembered } from '../../ui/remembered';
import { leave } from '../../voice/voice';

/** `undefined` until the server was asked. */
export const user = signal<User | null | undefined>(undefined);
/** The server could not be asked; the page offers to try again. */
export const unreachable = signal<ApiProblem | null>(null);

export interface PendingSignUp {
  readonly id: string;
  readonly email: string;
  readonly returnTo: string;
  /** What sending another token needs. Never stored: after a reload one starts again instead. */
  readonly again?: { readonly password: string; readonly displayName: string };
}

const kept = remembered('koeba.sign-up', () => globalThis.sessionStorage);

/** A sign-up that waits for its token. */
export const pendingSignUp = signal<PendingSignUp | null>(readPending(kept.read()));

function readPending(stored: string | null): PendingSignUp | null {
  try {
    const found = JSON.parse(stored ?? 'null');
    return typeof found?.id === 'string' ? found : null;
  } catch {
    return null;
  }
}

function keepPending(pending: PendingSignUp | null): void {
  pendingSignUp.value = pending;
  kept.write(
    pending && JSON.stringify({ id: pending.id, email: pending.email, returnTo: pending.returnTo }),
  );
}

function begin({ user: who, csrf_token }: SignedIn): void {
  useCsrfToken(csrf_token);
  user.value = who;
}

function end(): void {
  useCsrfToken(null);
  user.value = null;
  leave();
}

/** Asks who is signed in. */
export async function askWho(): Promise<void> {
  unreachable.value = null;
  try {
    begin(await answer(api.GET('/api/me'), { keepSession: true }));
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) end();
    else if (error instanceof ApiProblem) unreachable.value = error;
    else throw error;
  }
}

export async function signIn(email: string, password: string): Promise<void> {
  begin(
    await answer(api.POST('/api/sessions', { body: { email, password } }), { keepSession: true }),
  );
}

export async function signUp(
  email: string,
  password: string,
  displayName: string,
  returnTo: string,
): Promise<void> {
  const { id } = await answer(
    api.POST('/api/sign-ups', {
      body: { email, password, display_name: displayName, locale: locale.value },
    }),
    { keepSession: true },
  );
  keepPending({ id, email, returnTo, again: { password, displayName } });
}

/** Sends another token by beginning the same sign-up anew. */
export async function signUpAgain(): Promise<void> {
  const pending = pendingSignUp.value;
  if (!pending?.again) return;
  await signUp(pending.email, pending.again.password, pending.again.displayName, pending.returnTo);
}

/** Completes the sign-up, and says where the person was going. */
export async function confirm(token: string): Promise<string> {
  const pending = pendingSignUp.value;
  if (!pending) return paths.home;
  begin(
    await answer(
      api.POST('/api/sign-ups/{sign_up_id}/confirm', {
        params: { path: { sign_up_id: pending.id } },
        body: { token },
      }),
      { keepSession: true },
    ),
  );
  keepPending(null);
  return pending.returnTo;
}

export async function signOut(): Promise<void> {
  leave();
  try {
    await answer(api.DELETE('/api/sessions/current'), { keepSession: true });
  } catch (error) {
    // A session that is gone already is what was asked for.
    if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
  }
  end();
  go(paths.home);
}

whenSignedOut(() => {
  if (user.value === null) return;
  const back = path.value + (query.value.size ? `?${query.value}` : '');
  end();
  go(`${paths.signInAndReturn(back)}&expired=1`, { replace: true });
});
