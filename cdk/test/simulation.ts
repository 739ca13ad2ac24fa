/**
 * What IAM would decide, from the synthesized policies.
 *
 * The simulator is under the AGPL: it tests, and nothing of it is deployed or delivered.
 */

import { runSimulation } from '@cloud-copilot/iam-simulate';
import { one, role, statements } from './look.ts';
import type { Synthesized, World } from './world.ts';

export interface Request {
  /** The role that asks. */
  readonly as: string;
  readonly action: string;
  readonly resource: string;
  /** Condition keys, such as `dynamodb:LeadingKeys`. */
  readonly with?: Readonly<Record<string, string | string[]>>;
}

/** Values that CloudFormation fills in, filled in. */
function filled(stack: Synthesized, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => filled(stack, one));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value);
  const [[name, of] = ['', undefined]] = entries;
  if (name === 'Fn::Join') {
    const [between, parts] = of as [string, unknown[]];
    return parts.map((part) => filled(stack, part)).join(between);
  }
  if (name === 'Fn::GetAtt' || name === 'Ref') return named(stack, [of].flat()[0] as string, name);
  if (name === 'Fn::GetStackOutput') return 'arn:aws:kms:ap-northeast-1:111122223333:key/elsewhere';
  return Object.fromEntries(entries.map(([key, one]) => [key, filled(stack, one)]));
}

/** What a resource is called by its own name; buckets have the only ARNs that are asked for. */
function named({ template, region }: Synthesized, id: string, how: string): string {
  const name = template.Resources[id]?.Properties?.BucketName;
  if (name !== undefined) return how === 'Ref' ? name : `arn:aws:s3:::${name}`;
  return `arn:aws:sqs:${region}:111122223333:${id}`;
}

/** The policy on the resource that is asked for, if there is one. */
function onResource(world: World, resource: string): unknown {
  const table = /^arn:aws:dynamodb:([a-z0-9-]+):\d+:table\/([a-z-]+)/.exec(resource);
  if (table) {
    const { stack, properties } = one(
      world,
      'AWS::DynamoDB::GlobalTable',
      ({ properties }) => properties.TableName === table[2],
    );
    const replicas = properties.Replicas as Record<string, any>[];
    return filled(
      stack,
      replicas.find((one) => one.Region === table[1])?.ResourcePolicy.PolicyDocument,
    );
  }
  const bucket = /^arn:aws:s3:::([a-z0-9-]+)/.exec(resource)?.[1];
  for (const stack of world.stacks) {
    for (const { Type, Properties } of Object.values(stack.template.Resources)) {
      const id = Type === 'AWS::S3::BucketPolicy' ? (Properties.Bucket.Ref as string) : undefined;
      if (id && stack.template.Resources[id]?.Properties.BucketName === bucket) {
        return filled(stack, Properties.PolicyDocument);
      }
    }
  }
  return undefined;
}

/** What a role holds; an administrator, who is no role of Koeba's, everything. */
function held(world: World, name: string): unknown {
  const Statement =
    name === 'administrator'
      ? [{ Effect: 'Allow', Action: '*', Resource: '*' }]
      : (filled(role(world, name).stack, statements(world, name)) as object[]);
  return { Version: '2012-10-17', Statement };
}

/** Whether IAM would let a request through. */
export async function allowed(world: World, request: Request): Promise<boolean> {
  const { account } = world.config;
  const resourcePolicy = onResource(world, request.resource);
  const outcome = await runSimulation(
    {
      request: {
        principal: `arn:aws:sts::${account}:assumed-role/${request.as}/session`,
        action: request.action,
        resource: { resource: request.resource, accountId: account },
        contextVariables: {
          'aws:PrincipalArn': `arn:aws:iam::${account}:role/${request.as}`,
          'aws:PrincipalIsAWSService': 'false',
          'aws:ViaAWSService': 'false',
          'aws:SecureTransport': 'true',
          's3:TlsVersion': '1.3',
          ...request.with,
        },
      },
      identityPolicies: [{ name: 'held', policy: held(world, request.as) }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(resourcePolicy === undefined ? {} : { resourcePolicy }),
    },
    {},
  );
  if (outcome.resultType === 'error') throw new Error(JSON.stringify(outcome.errors));
  return outcome.overallResult === 'Allowed';
}

/** Whether a role may be taken on. */
export async function assumed(
  world: World,
  name: string,
  by: string,
  context: Readonly<Record<string, string | string[]>>,
): Promise<boolean> {
  const { account } = world.config;
  const outcome = await runSimulation(
    {
      request: {
        principal: `arn:aws:sts::${account}:assumed-role/${by}/session`,
        action: 'sts:AssumeRole',
        resource: { resource: `arn:aws:iam::${account}:role/${name}`, accountId: account },
        contextVariables: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/${by}`, ...context },
      },
      identityPolicies: [{ name: 'held', policy: held(world, by) }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: role(world, name).properties.AssumeRolePolicyDocument,
    },
    {},
  );
  if (outcome.resultType === 'error') throw new Error(JSON.stringify(outcome.errors));
  return outcome.overallResult === 'Allowed';
}
