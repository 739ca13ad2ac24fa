import { download as give } from '../ui/download';
import { answer, api } from './client';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type Figures = Readonly<Record<string, string | number | null | undefined>>;

interface Sent {
  readonly query?: Figures;
  readonly body?: unknown;
}

type Answered<T> = Promise<{ data?: T; error?: unknown; response: Response }>;
type Asking = Record<Method, (path: string, init: object) => Answered<unknown>>;

/** Only what is said: the server refuses a filter that is empty. */
export const said = (figures: Figures): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries(figures).filter(
      (figure): figure is [string, string | number] => figure[1] != null && figure[1] !== '',
    ),
  );

/** The address of something in a workspace. */
export const within = (workspace: string, ...parts: readonly (string | number)[]): string =>
  ['/api/workspaces', ...[workspace, ...parts].map((part) => encodeURIComponent(part))].join('/');

/** Asks one of the routes that only managers use. */
export const ask = <T>(method: Method, path: string, { query = {}, body }: Sent = {}): Promise<T> =>
  answer(
    (api as unknown as Asking)[method](path, {
      params: { query: said(query) },
      body,
    }) as Answered<T>,
  );

/** Saves what a route answers as a file, under the name that the server gives it. */
export async function download(path: string, query: Figures, otherwise: string): Promise<void> {
  let name = otherwise;
  const asked = (api as unknown as Asking).GET(path, {
    params: { query: said(query) },
    parseAs: 'blob',
  }) as Answered<Blob>;
  const file = await answer(
    asked.then((result) => {
      name = fileName(result.response.headers.get('content-disposition')) ?? otherwise;
      return result;
    }),
  );
  give(name, file);
}

/** The name in a `Content-Disposition`, when it is a plain one. */
export function fileName(disposition: string | null): string | null {
  const found = /filename="?([A-Za-z0-9][A-Za-z0-9._-]*)"?\s*(?:;|$)/.exec(disposition ?? '');
  return found?.[1] ?? null;
}
