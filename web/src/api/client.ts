import createClient, { type Middleware } from 'openapi-fetch';
import { locale } from '../i18n';
import type { paths } from './generated';
import { ApiProblem, problemFrom, unreachable } from './problem';

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

/** Says in which language problems are to be explained, and signs what changes something. */
export const ourHeaders: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', locale.value);
    if (!SAFE.has(request.method) && csrfToken !== null) {
      request.headers.set('X-CSRF-Token', csrfToken);
    }
    return request;
  },
};

export function createApi(fetchWith: typeof fetch = (...request) => fetch(...request)) {
  const client = createClient<paths>({
    baseUrl: globalThis.location?.origin ?? '',
    credentials: 'same-origin',
    fetch: (request: Request) => fetchWith(request),
  });
  client.use(ourHeaders);
  return client;
}

export const api = createApi();

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
  if (problem.status === 401 && !keepSession) onSignedOut();
  throw problem;
}

export { ApiProblem };
