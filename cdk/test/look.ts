/** Looking into synthesized templates. */

import type { Resource, Synthesized, World } from './world.ts';

/** A resource with where it stands. */
export interface Found {
  readonly stack: Synthesized;
  readonly id: string;
  readonly type: string;
  readonly properties: Record<string, any>;
  readonly resource: Resource;
}

/** Every resource of a type, in every stack, or in those of one region. */
export function all(world: World, type: string, region?: string): Found[] {
  return world.stacks
    .filter((stack) => region === undefined || stack.region === region)
    .flatMap((stack) =>
      Object.entries(stack.template.Resources)
        .filter(([, resource]) => resource.Type === type)
        .map(([id, resource]) => ({
          stack,
          id,
          type,
          properties: resource.Properties ?? {},
          resource,
        })),
    );
}

/** The one resource of a type of which `is` holds. */
export function one(
  world: World,
  type: string,
  is: (found: Found) => boolean = () => true,
  region?: string,
): Found {
  const found = all(world, type, region).filter(is);
  if (found.length !== 1) throw new Error(`${found.length} resources of ${type} instead of one`);
  return found[0] as Found;
}

/** A value that is one or many, as many. */
export const many = <T>(value: T | readonly T[]): readonly T[] =>
  Array.isArray(value) ? value : [value as T];

/** One statement of a policy, wherever it was. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly Action: string | string[];
  readonly Resource?: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}

/** The bucket of a name, with the statements of its policy. */
export function bucket(world: World, holds: string, region: string) {
  const found = one(
    world,
    'AWS::S3::Bucket',
    ({ properties }) => properties.BucketName === `${holds}-${world.config.account}-${region}`,
    region,
  );
  const policy = one(
    world,
    'AWS::S3::BucketPolicy',
    ({ stack, properties }) => stack === found.stack && properties.Bucket.Ref === found.id,
    region,
  );
  return { ...found, statements: policy.properties.PolicyDocument.Statement as Statement[] };
}

/** The role of a name. */
export const role = (world: World, name: string) =>
  one(world, 'AWS::IAM::Role', ({ properties }) => properties.RoleName === name);

/** Every statement that a role's own and attached policies hold. */
export function statements(world: World, name: string): Statement[] {
  const found = role(world, name);
  const inline = (found.properties.Policies ?? []) as {
    PolicyDocument: { Statement: Statement[] };
  }[];
  const attached = all(world, 'AWS::IAM::Policy')
    .filter(({ stack, properties }) => {
      const roles = properties.Roles as { Ref?: string }[];
      return stack === found.stack && roles.some((one) => one.Ref === found.id);
    })
    .map(({ properties }) => properties as { PolicyDocument: { Statement: Statement[] } });
  return [...inline, ...attached].flatMap((policy) => [...policy.PolicyDocument.Statement]);
}
