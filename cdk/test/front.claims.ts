import { runInNewContext } from 'node:vm';
import { expect } from 'vitest';
import { FRONT, PRIMARY } from '../lib/names.ts';
import { API_POLICY, EVERYWHERE, pagePolicy } from '../lib/security-headers.ts';
import type { Claim } from './claims.ts';
import { all, bucket, one } from './look.ts';
import type { World } from './world.ts';

const distribution = (world: World) =>
  one(world, 'AWS::CloudFront::Distribution').properties.DistributionConfig;
const policies = (world: World) =>
  Object.fromEntries(
    all(world, 'AWS::CloudFront::ResponseHeadersPolicy').map(({ properties }) => [
      properties.ResponseHeadersPolicyConfig.Name as string,
      properties.ResponseHeadersPolicyConfig as Record<string, any>,
    ]),
  );

/** The headers that CloudFront adds by a policy, as they stand in an answer. */
function headers(policy: Record<string, any>): Record<string, string> {
  const security = policy.SecurityHeadersConfig;
  const transport = security.StrictTransportSecurity;
  const custom = policy.CustomHeadersConfig.Items as Record<string, any>[];
  const parts = [
    security.ContentTypeOptions,
    security.FrameOptions,
    security.ReferrerPolicy,
    security.ContentSecurityPolicy,
    transport,
    ...custom,
  ];
  for (const part of parts) expect(part.Override).toBe(true);
  return {
    'strict-transport-security': [
      `max-age=${transport.AccessControlMaxAgeSec}`,
      ...(transport.IncludeSubdomains ? ['includeSubDomains'] : []),
      ...(transport.Preload ? ['preload'] : []),
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': security.FrameOptions.FrameOption,
    'referrer-policy': security.ReferrerPolicy.ReferrerPolicy,
    'content-security-policy': security.ContentSecurityPolicy.ContentSecurityPolicy,
    ...Object.fromEntries(custom.map(({ Header, Value }) => [Header, Value])),
  };
}

/** What a function of CloudFront makes of a request. */
function viewed(code: string, uri: string, sent: Record<string, { value: string }> = {}) {
  const event = { viewer: { ip: '203.0.113.7' }, request: { uri, headers: { ...sent } } };
  return runInNewContext(`${code}\nhandler(event)`, { event }) as typeof event.request;
}
const code = (world: World, name: string) =>
  one(world, 'AWS::CloudFront::Function', ({ properties }) => properties.Name === name);

const rules = (world: World) =>
  one(world, 'AWS::WAFv2::WebACL').properties.Rules as Record<string, any>[];

export const frontClaims: readonly Claim[] = [
  {
    rows: [4],
    says: 'browsers reach Koeba over TLS 1.3 and nothing older',
    holds: (world) => {
      expect(distribution(world).ViewerCertificate.MinimumProtocolVersion).toBe('TLSv1.3_2025');
      expect(distribution(world).ViewerCertificate.SslSupportMethod).toBe('sni-only');
    },
    broken: (world) => {
      distribution(world).ViewerCertificate.MinimumProtocolVersion = 'TLSv1.2_2021';
    },
  },
  {
    rows: [4],
    says: 'the API is not redirected to TLS but refused without it, and pages are led there',
    holds: (world) => {
      const { DefaultCacheBehavior, CacheBehaviors } = distribution(world);
      expect(DefaultCacheBehavior.ViewerProtocolPolicy).toBe('redirect-to-https');
      expect(CacheBehaviors.map((one: any) => [one.PathPattern, one.ViewerProtocolPolicy])).toEqual(
        [
          ['/api/*', 'https-only'],
          ['/live', 'https-only'],
        ],
      );
    },
    broken: (world) => {
      distribution(world).CacheBehaviors[0].ViewerProtocolPolicy = 'allow-all';
    },
  },
  {
    rows: [3, 26],
    says: 'what CloudFront asks of the API carries the secret, over TLS only, and is never cached',
    holds: (world) => {
      const { Origins, CacheBehaviors } = distribution(world);
      const api = Origins.find((one: any) => one.DomainName === 'origin.voice.example.com');
      expect(api.CustomOriginConfig.OriginProtocolPolicy).toBe('https-only');
      expect(api.OriginCustomHeaders).toEqual([
        {
          HeaderName: 'x-koeba-origin',
          HeaderValue: '{{resolve:secretsmanager:koeba/origin:SecretString}}',
        },
      ]);
      expect(CacheBehaviors[0].TargetOriginId).toBe(api.Id);
      expect(CacheBehaviors[0].CachePolicyId).toBe('4135ea2d-6df8-44a3-9df3-4b5a84be39ad');
    },
    broken: (world) => {
      for (const origin of distribution(world).Origins) delete origin.OriginCustomHeaders;
    },
  },
  {
    rows: [3],
    says: 'the API is told who asks by CloudFront, whatever the asker says of themselves',
    holds: (world) => {
      const [association] = distribution(world).CacheBehaviors[0].FunctionAssociations;
      const viewer = code(world, 'koeba-viewer');
      expect(association.EventType).toBe('viewer-request');
      expect(association.FunctionARN['Fn::GetAtt'][0]).toBe(viewer.id);
      const sent = { 'x-koeba-viewer': { value: '127.0.0.1' } };
      const seen = viewed(viewer.properties.FunctionCode, '/api/me', sent);
      expect(seen.headers['x-koeba-viewer']).toEqual({ value: '203.0.113.7' });
    },
    broken: (world) => {
      code(world, 'koeba-viewer').properties.FunctionCode =
        'function handler(event) { return event.request; }';
    },
  },
  {
    rows: [14],
    says: 'every page of the web client is its one page, and files are files',
    holds: (world) => {
      const page = code(world, 'koeba-page').properties.FunctionCode;
      expect(viewed(page, '/w/ws_1/access-reviews/ar_2').uri).toBe('/index.html');
      expect(viewed(page, '/').uri).toBe('/index.html');
      expect(viewed(page, '/assets/index-1234.js').uri).toBe('/assets/index-1234.js');
    },
    broken: (world) => {
      code(world, 'koeba-page').properties.FunctionCode =
        'function handler(event) { return event.request; }';
    },
  },
  {
    rows: [4],
    says: 'every answer carries the headers that the functions send, pages with their own policy',
    holds: (world) => {
      expect(headers(policies(world)['koeba-api'] ?? {})).toEqual({
        ...EVERYWHERE,
        'content-security-policy': API_POLICY,
      });
      expect(headers(policies(world)['koeba-pages'] ?? {})).toEqual({
        ...EVERYWHERE,
        'content-security-policy': pagePolicy('media.voice.example.com'),
      });
      const { DefaultCacheBehavior, CacheBehaviors } = distribution(world);
      for (const behavior of [DefaultCacheBehavior, ...CacheBehaviors]) {
        expect(behavior.ResponseHeadersPolicyId).toBeDefined();
      }
    },
    broken: (world) => {
      const custom = policies(world)['koeba-pages']?.CustomHeadersConfig.Items as unknown[];
      custom.pop();
    },
  },
  {
    rows: [3],
    says: 'a firewall with managed rules and limits stands before everything, and what people write is no attack',
    holds: (world) => {
      const acl = one(world, 'AWS::WAFv2::WebACL');
      expect(distribution(world).WebACLId['Fn::GetAtt'][0]).toBe(acl.id);
      expect(acl.properties.Scope).toBe('CLOUDFRONT');
      const named = Object.fromEntries(rules(world).map((rule) => [rule.Name, rule]));
      expect(Object.keys(named)).toEqual([
        'AWSManagedRulesAmazonIpReputationList',
        'AWSManagedRulesCommonRuleSet',
        'AWSManagedRulesKnownBadInputsRuleSet',
        'dear-requests',
        'requests',
      ]);
      for (const name of ['dear-requests', 'requests']) {
        expect(named[name]?.Statement.RateBasedStatement.AggregateKeyType).toBe('IP');
        expect(named[name]?.Action.Block.CustomResponse.ResponseCode).toBe(429);
      }
      const counted = named.AWSManagedRulesCommonRuleSet?.Statement.ManagedRuleGroupStatement
        .RuleActionOverrides as Record<string, any>[];
      expect(counted.map((rule) => rule.Name)).toEqual(
        expect.arrayContaining(['CrossSiteScripting_BODY', 'NoUserAgent_HEADER']),
      );
      expect(counted.every((rule) => rule.ActionToUse.Count)).toBe(true);
    },
    broken: (world) => delete distribution(world).WebACLId,
  },
  {
    rows: [20],
    says: 'every request is a line in the bucket that keeps for ever, with its TLS version, without cookies and queries',
    holds: (world) => {
      const source = one(world, 'AWS::Logs::DeliverySource').properties;
      expect(source.LogType).toBe('ACCESS_LOGS');
      const to = one(world, 'AWS::Logs::DeliveryDestination').properties.DestinationResourceArn;
      const { properties } = bucket(world, 'koeba-access-logs', PRIMARY);
      expect(to).toBe(`arn:aws:s3:::${properties.BucketName}`);
      const { RecordFields } = one(world, 'AWS::Logs::Delivery').properties;
      expect(RecordFields).toEqual(expect.arrayContaining(['x-edge-request-id', 'ssl-protocol']));
      expect(RecordFields.join()).not.toMatch(/cookie|query|referer/i);
    },
    broken: (world) => one(world, 'AWS::Logs::Delivery').properties.RecordFields.push('cs(Cookie)'),
  },
  {
    rows: [29, 31],
    says: 'the web client is read by our distribution only',
    holds: (world) => {
      const { statements } = bucket(world, 'koeba-web', PRIMARY);
      const readers = statements.filter(
        (statement) =>
          statement.Effect === 'Allow' && JSON.stringify(statement.Action).includes('s3:GetObject'),
      );
      const ours = readers.find(
        (statement) =>
          JSON.stringify(statement.Principal) === '{"Service":"cloudfront.amazonaws.com"}',
      );
      expect(JSON.stringify(ours?.Condition)).toContain(`"Region":"${FRONT}"`);
      expect(Object.keys(ours?.Condition?.StringEquals ?? {})).toEqual(['aws:SourceArn']);
    },
    broken: (world) => {
      for (const statement of bucket(world, 'koeba-web', PRIMARY).statements) {
        delete (statement as { Condition?: unknown }).Condition;
      }
    },
  },
];
