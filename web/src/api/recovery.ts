import { problemFrom } from './problem';

/** What a client can do about a refusal before anybody hears of it. */
export interface Recoveries {
  /** The session is to get a new id: asks for one. */
  renew(): Promise<boolean>;
  /** The person has to prove again that they are there: asks them. */
  stepUp(): Promise<boolean>;
  /** Another tab may have renewed the session: asks anew who is signed in. */
  refresh(): Promise<boolean>;
  /** What this session proved is not enough: shows the page for it. */
  proveMore(slug: string): void;
}

const remedies: Readonly<Record<string, 'renew' | 'stepUp' | 'refresh'>> = {
  'session-renewal-due': 'renew',
  'step-up-required': 'stepUp',
  'csrf-token-wrong': 'refresh',
  'not-signed-in': 'refresh',
  'session-expired': 'refresh',
};

const SECOND_STEP = new Set([
  'second-step-required',
  'second-step-set-up-required',
  'stronger-second-step-required',
]);

/** At most one of each kind at a time: whoever needs the same waits for the same. */
export function singleFlight(work: () => Promise<boolean>): () => Promise<boolean> {
  let under: Promise<boolean> | null = null;
  return () => {
    under ??= work().finally(() => {
      under = null;
    });
    return under;
  };
}

/**
 * A fetch that does what the server asks for and then sends the same request once more.
 *
 * Every remedy is tried once per request. What no remedy helps against reaches the caller as it is.
 */
export function recovering(
  send: (request: Request) => Promise<Response>,
  sign: (request: Request) => void,
  recoveries: Recoveries,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const tried = new Set<string>();
    for (;;) {
      const response = await send(request.clone());
      if (response.status !== 401 && response.status !== 403) return response;
      const slug = await slugOf(response);
      if (SECOND_STEP.has(slug)) {
        recoveries.proveMore(slug);
        return response;
      }
      const remedy = remedies[slug];
      if (!remedy || tried.has(remedy)) return response;
      tried.add(remedy);
      if (!(await recoveries[remedy]())) return response;
      sign(request);
    }
  };
}

async function slugOf(response: Response): Promise<string> {
  try {
    return problemFrom(response, await response.clone().json()).slug;
  } catch {
    return '';
  }
}
