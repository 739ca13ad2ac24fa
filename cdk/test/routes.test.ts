import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HTTP_FUNCTIONS } from '../lib/names.ts';
import { routes } from '../lib/routes.ts';
import { all, one } from './look.ts';
import { world } from './world.ts';

/** The routes that a function's sources declare. */
function declared(name: string): string[] {
  const folder = join(import.meta.dirname, '../../functions', name, 'src/routes');
  return readdirSync(folder).flatMap((file) => {
    const source = readFileSync(join(folder, file), 'utf8');
    const paths = source.matchAll(/utoipa::path\(\s*(\w+),\s*path = "([^"]+)"/g);
    return [...paths].map(([, method = '', path = '']) => `${method.toUpperCase()} ${path}`);
  });
}

describe('the routes of the API', () => {
  it.each(HTTP_FUNCTIONS)('that %s declares lead to it, and no others', (name) => {
    const led = routes()
      .filter((route) => route.function === name)
      .map((route) => `${route.method} ${route.path}`);
    expect(led.toSorted()).toEqual(declared(name).toSorted());
  });

  it('are all there is: no route takes any method or any path', () => {
    const http = one(
      world(),
      'AWS::ApiGatewayV2::Api',
      ({ properties }) => properties.ProtocolType === 'HTTP',
    );
    const keys = all(world(), 'AWS::ApiGatewayV2::Route')
      .filter(({ properties }) => properties.ApiId.Ref === http.id)
      .map(({ properties }) => properties.RouteKey as string);
    expect(keys.toSorted()).toEqual(
      routes()
        .map((route) => `${route.method} ${route.path}`)
        .toSorted(),
    );
    expect(keys.filter((key) => /ANY|\$default|\{proxy\+\}/.test(key))).toEqual([]);
  });
});
