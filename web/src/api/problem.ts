/** A refusal by the server, after RFC 9457, or the lack of any answer. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(
    /** The machine's name of the problem: the last part of its `type`. */
    readonly slug: string,
    /** The HTTP status; 0 when no answer came. */
    readonly status: number,
    /** In the reader's language, empty when the server said nothing readable. */
    readonly title: string,
    readonly detail: string,
    readonly requestId: string,
    readonly fields: Readonly<Record<string, string>>,
  ) {
    super(`${status} ${slug}`);
  }
}

/** The slug of a request that got no answer. */
export const UNREACHABLE = 'unreachable';

export function unreachable(cause: unknown): ApiProblem {
  const problem = new ApiProblem(UNREACHABLE, 0, '', '', '', {});
  problem.cause = cause;
  return problem;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Reads a problem document, and makes do when a proxy answered with something else. */
export function problemFrom(response: Response, body: unknown): ApiProblem {
  const document =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const slug = text(document.type).split('/').pop() || `status-${response.status}`;
  const fields: Record<string, string> = {};
  if (Array.isArray(document.errors)) {
    for (const entry of document.errors as Array<Record<string, unknown>>) {
      const field = text(entry?.field);
      if (field) fields[field] = text(entry.detail);
    }
  }
  return new ApiProblem(
    slug,
    response.status,
    text(document.title),
    text(document.detail),
    text(document.request_id) || (response.headers.get('x-request-id') ?? ''),
    fields,
  );
}
