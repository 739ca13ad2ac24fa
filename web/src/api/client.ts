import createClient, { type Middleware } from 'openapi-fetch';
import { locale } from '../i18n';
import type { paths } from './generated';
import { ApiProblem, problemFrom, unreachable } from './problem';
import { type Recoveries, recovering } from './recovery';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

let csrfToken: string | null = null;
let onSignedOut: () => void = () => {};

/** The token that proves, beside the cookie, that a request comes from this page. */
export function useCsrfToken(token: string | null): void {
  csrfToken = token;
}

/** What to do when the server no longer knows this session. */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

function sign(request: Request): void {
  if (!SAFE.has(request.method) && csrfToken !== null) {
    request.headers.set('X-CSRF-Token', csrfToken);
  }
}

/** Says in which language problems are to be explained, and signs what changes something. */
export const ourHeaders: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', locale.value);
    sign(request);
    return request;
  },
};

/** What to do about refusals before anybody hears of them; nothing until somebody says. */
export function useRecoveries(all: Recoveries): void {
  recoveries = all;
}

let recoveries: Recoveries | null = null;

type Send = (request: Request) => Promise<Response>;

export function createApi(fetchWith: Send = (request) => fetch(request)) {
  const client = createClient<paths>({
    baseUrl: globalThis.location?.origin ?? '',
    credentials: 'same-origin',
    fetch: fetchWith,
  });
  client.use(ourHeaders);
  return client;
}

/** Asks the server, and says what it answered, whatever that is. */
export const bareApi = createApi();

/** Asks the server, and does first what it demands before it answers. */
export const api = createApi((request) =>
  recoveries ? recovering((again) => fetch(again), sign, recoveries)(request) : fetch(request),
);

type Answer<T> = { data?: T; error?: unknown; response: Response };

/**
 * The body of an answer, or an `ApiProblem` thrown: callers handle one kind of failure only.
 *
 * A 401 ends the session in this page too, except where signing in is the very question.
 */
export async function answer<T>(
  request: Promise<Answer<T>>,
  { keepSession = false } = {},
): Promise<T> {
  let result: Answer<T>;
  try {
    result = await request;
  } catch (cause) {
    throw unreachable(cause);
  }
  if (result.response.ok) return result.data as T;
  const problem = problemFrom(result.response, result.error);
  const over = problem.status === 401 && problem.slug !== 'credentials-wrong';
  if (over && !keepSession) onSignedOut();
  throw problem;
}

export { ApiProblem };
