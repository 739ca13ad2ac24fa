/** Which function answers which route: every route of the API document, and no other. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HttpFunctionName } from './names.ts';

/** One route of the API. */
export interface Route {
  /** Such as `POST`. */
  readonly method: string;
  /** With its parameters, such as `/api/workspaces/{workspace_id}`. */
  readonly path: string;
  readonly function: HttpFunctionName;
}

/** The longest beginning of a path decides; test/routes.test.ts compares this with the functions' sources. */
const BEGINNINGS: readonly (readonly [string, HttpFunctionName])[] = [
  ['/api/workspaces/{workspace_id}/rooms', 'rooms'],
  ['/api/media', 'rooms'],
  ['/api/workspaces', 'workspaces'],
  ['/api/invitations', 'workspaces'],
  ['/api', 'accounts'],
];

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** The routes of `docs/openapi.json`. */
export function routes(): Route[] {
  const file = join(import.meta.dirname, '../../docs/openapi.json');
  const document = JSON.parse(readFileSync(file, 'utf8')) as {
    paths: Record<string, Record<string, unknown>>;
  };
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    METHODS.filter((method) => method in operations).map((method) => ({
      method: method.toUpperCase(),
      path,
      function: owner(path),
    })),
  );
}

function owner(path: string): HttpFunctionName {
  const found = BEGINNINGS.find(
    ([beginning]) => path === beginning || path.startsWith(`${beginning}/`),
  );
  if (found === undefined) throw new Error(`no function answers ${path}; see lib/routes.ts`);
  return found[1];
}
