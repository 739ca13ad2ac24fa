import { describe, expect, it } from 'vitest';
import { FUNCTIONS, type FunctionName, PRIMARY, SECOND } from '../lib/names.ts';
import { role } from './look.ts';
import { type Request, allowed, assumed } from './simulation.ts';
import { type World, world } from './world.ts';

const ACCOUNT = '111122223333';
const table = (name = 'koeba', region = PRIMARY) =>
  `arn:aws:dynamodb:${region}:${ACCOUNT}:table/${name}`;
const OURS = { 'aws:PrincipalTag/workspace': 'ws_ab' };
const keys = (...leading: string[]) => ({ 'dynamodb:LeadingKeys': leading });
const may = (request: Request, of = world()) => allowed(of, request);
const tenant = (action: string, context: Record<string, string | string[]>, of?: World) =>
  may({ as: 'koeba-tenant', action: `dynamodb:${action}`, resource: table(), with: context }, of);

describe('with the credentials of one workspace', () => {
  const ITEMS = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'BatchGetItem'];

  it.each(ITEMS)('%s reaches that workspace', async (action) => {
    expect(await tenant(action, { ...OURS, ...keys('WS#ws_ab#MEMBERS') })).toBe(true);
  });

  it.each(
    ITEMS.flatMap((action) => [
      [action, 'another workspace', { ...OURS, ...keys('WS#ws_cd#MEMBERS') }] as const,
      [action, 'one whose name begins alike', { ...OURS, ...keys('WS#ws_abc#MEMBERS') }] as const,
      [
        action,
        'its own and another',
        { ...OURS, ...keys('WS#ws_ab#META', 'WS#ws_cd#META') },
      ] as const,
      [action, 'an account', { ...OURS, ...keys('USER#u_1') }] as const,
      [action, 'nothing that it names', { ...OURS }] as const,
      [action, 'anything without a tag', { ...keys('WS#ws_ab#META') }] as const,
      [
        action,
        'all by a star for a tag',
        {
          'aws:PrincipalTag/workspace': '*',
          ...keys('WS#ws_ab#META'),
        },
      ] as const,
    ]),
  )('%s does not reach %s', async (action, _what, context) => {
    expect(await tenant(action, context)).toBe(false);
  });

  it.each(['Scan', 'PartiQLSelect', 'PartiQLUpdate', 'DeleteTable', 'UpdateTable'])(
    '%s is not for anybody',
    async (action) => {
      expect(await tenant(action, { ...OURS, ...keys('WS#ws_ab#META') })).toBe(false);
      for (const name of FUNCTIONS) {
        const request = { as: `koeba-${name}`, action: `dynamodb:${action}`, resource: table() };
        expect(await may({ ...request, with: keys('USER#u_1') }), name).toBe(false);
      }
    },
  );

  it('the index of workspaces by user is out of reach', async () => {
    const request = {
      as: 'koeba-tenant',
      action: 'dynamodb:Query',
      resource: `${table()}/index/by_user`,
      with: { ...OURS, ...keys('WS#ws_ab#META') },
    };
    expect(await may(request)).toBe(false);
  });

  it('a policy without its condition on missing keys would be noticed', async () => {
    const weak = weakened((statement) => delete statement.Condition.Null);
    expect(await tenant('Query', OURS, weak)).toBe(true);
  });

  it('a policy without the delimiter would be noticed', async () => {
    const weak = weakened((statement) => {
      statement.Condition['ForAllValues:StringLike']['dynamodb:LeadingKeys'] = [
        'WS#${aws:PrincipalTag/workspace}*',
      ];
    });
    expect(await tenant('Query', { ...OURS, ...keys('WS#ws_abc#MEMBERS') }, weak)).toBe(true);
  });
});

describe.each(FUNCTIONS)('the function %s by itself', (name) => {
  const as = `koeba-${name}`;
  it.each([PRIMARY, SECOND])('reaches accounts, and no workspace, in %s', async (region) => {
    const ask = (leading: string) =>
      may({
        as,
        action: 'dynamodb:GetItem',
        resource: table('koeba', region),
        with: keys(leading),
      });
    expect(await ask('USER#u_1')).toBe(true);
    expect(await ask('WS#ws_ab#META')).toBe(false);
  });

  it('becomes the tenant of one workspace only', async () => {
    const tagged = (workspace: string, more: string[] = []) =>
      assumed(world(), 'koeba-tenant', as, {
        'aws:RequestTag/workspace': workspace,
        'aws:TagKeys': ['workspace', ...more],
      });
    expect(await tagged('ws_ab')).toBe(true);
    expect(await tagged('*')).toBe(false);
    expect(await tagged('ws_')).toBe(false);
    expect(await tagged('ws_ab', ['another'])).toBe(false);
    expect(await assumed(world(), 'koeba-tenant', as, {})).toBe(false);
  });
});

/** In the directory: who does what to the items whose keys begin so. */
const RIGHTS: Readonly<Record<FunctionName, Readonly<Record<string, string>>>> = {
  accounts: {
    USER: 'ConditionCheckItem DeleteItem GetItem PutItem Query UpdateItem',
    EMAIL: 'DeleteItem GetItem PutItem Query',
    SIGNUP: 'DeleteItem GetItem PutItem UpdateItem',
    RESET: 'DeleteItem GetItem PutItem',
    LIMIT: 'UpdateItem',
    OUTBOX: 'PutItem',
    LEDGER: 'GetItem PutItem',
  },
  workspaces: {
    USER: 'GetItem UpdateItem',
    EMAIL: 'GetItem PutItem',
    LIMIT: 'UpdateItem',
    OUTBOX: 'PutItem',
    LEDGER: 'GetItem PutItem',
    FINDINGS: 'Query',
  },
  rooms: { USER: 'GetItem UpdateItem', LIMIT: 'UpdateItem', NODES: 'PutItem Query' },
  live: { USER: 'GetItem Query UpdateItem', LIMIT: 'UpdateItem', LIVE: 'GetItem PutItem' },
  events: {
    USER: 'DeleteItem GetItem Query',
    EMAIL: 'DeleteItem Query',
    LEDGER: 'GetItem PutItem',
    OUTBOX: 'DeleteItem Query UpdateItem',
    FINDINGS: 'UpdateItem',
    STREAM: 'GetItem PutItem',
    LIVE: 'DeleteItem',
  },
};
const ACTIONS = [
  'BatchGetItem',
  'BatchWriteItem',
  'ConditionCheckItem',
  'DeleteItem',
  'GetItem',
  'PutItem',
  'Query',
  'UpdateItem',
];
const PREFIXES = [...new Set(Object.values(RIGHTS).flatMap((one) => Object.keys(one)))];

describe.each(FUNCTIONS)('in the directory, the function %s', (name) => {
  it.each(PREFIXES)('does to %s what it has to and nothing else', async (prefix) => {
    const allowedThere: string[] = [];
    for (const action of ACTIONS) {
      const request = { as: `koeba-${name}`, action: `dynamodb:${action}`, resource: table() };
      if (await may({ ...request, with: keys(`${prefix}#x`) })) allowedThere.push(action);
    }
    expect(allowedThere.join(' ')).toBe(RIGHTS[name][prefix] ?? '');
  });

  it('destroys keys of people if it deletes people, and makes them if it makes people', async () => {
    const asked = (action: string) =>
      may({
        as: `koeba-${name}`,
        action: `dynamodb:${action}`,
        resource: table('koeba-keys'),
        with: keys('SUBJECT#us_1'),
      });
    expect(await asked('DeleteItem')).toBe(name === 'accounts' || name === 'events');
    expect(await asked('PutItem')).toBe(name === 'accounts');
    expect(await asked('UpdateItem')).toBe(false);
  });
});

describe('nobody else', () => {
  it.each(['koeba-media', 'koeba-backup', 'koeba-operator', 'administrator'])(
    'becomes a tenant, %s included',
    async (by) => {
      const tag = { 'aws:RequestTag/workspace': 'ws_ab', 'aws:TagKeys': ['workspace'] };
      expect(await assumed(world(), 'koeba-tenant', by, tag)).toBe(false);
    },
  );

  it.each([
    ['koeba', PRIMARY],
    ['koeba', SECOND],
    ['koeba-keys', PRIMARY],
    ['koeba-keys', SECOND],
  ])('reads %s in %s, an administrator of the account included', async (name, region) => {
    for (const action of ['GetItem', 'Query', 'Scan', 'PutItem', 'PartiQLSelect']) {
      const resource = table(name, region);
      const request = { as: 'administrator', action: `dynamodb:${action}`, resource };
      expect(await may({ ...request, with: keys('USER#u_1') }), action).toBe(false);
    }
    const describe = { as: 'administrator', action: 'dynamodb:DescribeTable' };
    expect(await may({ ...describe, resource: table(name, region) })).toBe(true);
  });

  it.each(
    ['koeba-access-logs', 'koeba-archive', 'koeba-releases', 'aws-waf-logs-koeba'].flatMap(
      (holds) => [PRIMARY, SECOND].map((region) => `arn:aws:s3:::${holds}-${ACCOUNT}-${region}`),
    ),
  )('deletes from, unlocks or shortens %s', async (bucket) => {
    for (const [action, resource] of [
      ['s3:DeleteObject', `${bucket}/x`],
      ['s3:DeleteObjectVersion', `${bucket}/x`],
      ['s3:BypassGovernanceRetention', `${bucket}/x`],
      ['s3:PutLifecycleConfiguration', bucket],
    ] as const) {
      expect(await may({ as: 'administrator', action, resource }), action).toBe(false);
    }
    expect(
      await may({ as: 'administrator', action: 's3:PutObject', resource: `${bucket}/x` }),
    ).toBe(true);
  });
});

describe('an upload', () => {
  const upload = `arn:aws:s3:::koeba-files-${ACCOUNT}-${PRIMARY}/x`;
  const read = (context: Record<string, string>, as = 'administrator') =>
    may({ as, action: 's3:GetObject', resource: upload, with: context });
  const TAG = 's3:ExistingObjectTag/GuardDutyMalwareScanStatus';

  it('is read when nothing was found in it, and not before', async () => {
    expect(await read({ [TAG]: 'NO_THREATS_FOUND' })).toBe(true);
    expect(await read({ [TAG]: 'THREATS_FOUND' })).toBe(false);
    expect(await read({})).toBe(false);
  });

  it('is read by the scanner at once', async () => {
    expect(await read({}, 'koeba-malware-scan')).toBe(true);
  });

  it('is not read over TLS 1.2', async () => {
    expect(await read({ [TAG]: 'NO_THREATS_FOUND', 's3:TlsVersion': '1.2' })).toBe(false);
  });
});

describe('logs of AWS services', () => {
  const bucket = `arn:aws:s3:::koeba-storage-logs-${ACCOUNT}-${PRIMARY}`;
  const resource = `${bucket}/config/AWSLogs/${ACCOUNT}/x`;
  const writes = (as: string, version: string) =>
    may({ as, action: 's3:PutObject', resource, with: { 's3:TlsVersion': version } });

  it('are written by AWS Config as its client can, and by nobody else below TLS 1.3', async () => {
    expect(await writes(`koeba-config-${PRIMARY}`, '1.2')).toBe(true);
    expect(await writes('administrator', '1.2')).toBe(false);
    expect(await writes('administrator', '1.3')).toBe(true);
  });
});

describe('an operator', () => {
  const FROM = { 'aws:SourceIp': '203.0.113.9' };
  const ELSEWHERE = { 'aws:SourceIp': '198.51.100.9' };
  const enters = (context: Record<string, string>) =>
    assumed(world(), 'koeba-operator', 'administrator', context);
  const asks = (action: string, resource: string, context: Record<string, string | string[]>) =>
    may({ as: 'koeba-operator', action, resource, with: context });

  it('comes in from the networks of the configuration with a second factor only', async () => {
    expect(await enters({ ...FROM, 'aws:MultiFactorAuthPresent': 'true' })).toBe(true);
    expect(await enters({ ...FROM, 'aws:MultiFactorAuthPresent': 'false' })).toBe(false);
    expect(await enters({ ...FROM })).toBe(false);
    expect(await enters({ ...ELSEWHERE, 'aws:MultiFactorAuthPresent': 'true' })).toBe(false);
  });

  it('does nothing from any other network, even with credentials in hand', async () => {
    const log = `arn:aws:logs:${PRIMARY}:${ACCOUNT}:log-group:/koeba/api:log-stream:x`;
    for (const [action, resource] of [
      ['logs:GetLogEvents', log],
      ['dynamodb:GetItem', table()],
    ] as const) {
      expect(await asks(action, resource, { ...FROM, ...keys('USER#u_1') })).toBe(true);
      expect(await asks(action, resource, { ...ELSEWHERE, ...keys('USER#u_1') })).toBe(false);
    }
  });

  it('changes nothing, and never sees the keys under which names are sealed', async () => {
    const context = { ...FROM, ...keys('SUBJECT#u_1') };
    expect(await asks('dynamodb:GetItem', table('koeba-keys'), context)).toBe(false);
    for (const action of ['PutItem', 'DeleteItem', 'Scan']) {
      expect(await asks(`dynamodb:${action}`, table(), { ...FROM, ...keys('USER#u_1') })).toBe(
        false,
      );
    }
  });
});

/** The templates with a weaker statement in the tenant role. */
function weakened(change: (statement: any) => void): World {
  const copy = { config: world().config, stacks: structuredClone(world().stacks) };
  change(role(copy, 'koeba-tenant').properties.Policies[0].PolicyDocument.Statement[0]);
  return copy;
}
