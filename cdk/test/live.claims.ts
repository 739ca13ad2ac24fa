import { expect } from 'vitest';
import { FRONT, PRIMARY } from '../lib/names.ts';
import type { Claim } from './claims.ts';
import { all, one, role } from './look.ts';
import type { World } from './world.ts';

const api = (world: World) =>
  one(
    world,
    'AWS::ApiGatewayV2::Api',
    ({ properties }) => properties.ProtocolType === 'WEBSOCKET',
    PRIMARY,
  );
const ofApi = (world: World, type: string) =>
  all(world, type, PRIMARY).filter(({ properties }) => properties.ApiId?.Ref === api(world).id);
const stage = (world: World) => ofApi(world, 'AWS::ApiGatewayV2::Stage')[0]?.properties ?? {};
const behaviour = (world: World) => {
  const { DistributionConfig } = one(
    world,
    'AWS::CloudFront::Distribution',
    undefined,
    FRONT,
  ).properties;
  const found = DistributionConfig.CacheBehaviors.find((one: any) => one.PathPattern === '/live');
  const origin = DistributionConfig.Origins.find((one: any) => one.Id === found.TargetOriginId);
  return { found, origin };
};
/** What a role may do to connections, statement by statement. */
const managing = (world: World, name: string) =>
  (role(world, name).properties.Policies as Record<string, any>[])
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement as Record<string, any>[])
    .filter(({ Action }) => JSON.stringify(Action).includes('execute-api'));

export const liveClaims: readonly Claim[] = [
  {
    rows: [3, 26],
    says: 'live notices come through CloudFront only: its secret goes along, and no other name answers',
    holds: (world) => {
      const { found, origin } = behaviour(world);
      expect(api(world).properties.DisableExecuteApiEndpoint).toBe(true);
      expect(origin.DomainName).toBe('live-origin.voice.example.com');
      expect(origin.CustomOriginConfig.OriginProtocolPolicy).toBe('https-only');
      expect(origin.OriginCustomHeaders).toEqual([
        {
          HeaderName: 'x-koeba-origin',
          HeaderValue: '{{resolve:secretsmanager:koeba/origin:SecretString}}',
        },
      ]);
      expect(found.AllowedMethods.toSorted()).toEqual(['GET', 'HEAD']);
      expect(found.FunctionAssociations[0].EventType).toBe('viewer-request');
    },
    broken: (world) => delete behaviour(world).origin.OriginCustomHeaders,
  },
  {
    rows: [26],
    says: 'all that happens to a WebSocket reaches the one function that looks the session up',
    holds: (world) => {
      const routes = ofApi(world, 'AWS::ApiGatewayV2::Route').map(({ properties }) => properties);
      expect(routes.map(({ RouteKey }) => RouteKey).toSorted()).toEqual([
        '$connect',
        '$default',
        '$disconnect',
      ]);
      const integrations = ofApi(world, 'AWS::ApiGatewayV2::Integration');
      expect(integrations).toHaveLength(1);
      const target = JSON.stringify(integrations[0]?.properties.IntegrationUri);
      expect(target).toMatch(/FunctionsliveLive/);
      expect(new Set(routes.map(({ Target }) => JSON.stringify(Target))).size).toBe(1);
    },
    broken: (world) => {
      const [first] = ofApi(world, 'AWS::ApiGatewayV2::Integration');
      if (first) first.properties.IntegrationUri = 'arn:aws:apigateway:elsewhere';
    },
  },
  {
    rows: [26],
    says: 'only events may speak to browsers or hang up on them, and on this API only',
    holds: (world) => {
      const [statement, ...more] = managing(world, 'koeba-events');
      expect(more).toEqual([]);
      expect(statement?.Action).toBe('execute-api:ManageConnections');
      for (const arn of statement?.Resource ?? []) {
        const parts = arn['Fn::Join'][1];
        expect(parts).toContainEqual({ Ref: api(world).id });
        expect(parts.at(-1)).toMatch(/^\/live\/(POST|DELETE)\/@connections\/\*$/);
      }
      expect(statement?.Resource).toHaveLength(2);
      for (const name of ['accounts', 'workspaces', 'rooms', 'live']) {
        expect(managing(world, `koeba-${name}`)).toEqual([]);
      }
    },
    broken: (world) => {
      const [statement] = managing(world, 'koeba-events');
      if (statement) statement.Resource = ['arn:aws:execute-api:*:*:*'];
    },
  },
  {
    rows: [20],
    says: 'who connects is logged, by route and status, and not what is said or from where',
    holds: (world) => {
      const { Format, DestinationArn } = stage(world).AccessLogSettings;
      expect(DestinationArn).toBeDefined();
      expect(Object.keys(JSON.parse(Format)).toSorted()).toEqual([
        'at',
        'error',
        'event',
        'functionMs',
        'requestId',
        'route',
        'status',
      ]);
    },
    broken: (world) => delete stage(world).AccessLogSettings.DestinationArn,
  },
  {
    rows: [10],
    says: 'nobody can open or say more than the function is meant for',
    holds: (world) => {
      const { ThrottlingBurstLimit, ThrottlingRateLimit } = stage(world).DefaultRouteSettings;
      expect(ThrottlingBurstLimit).toBeLessThanOrEqual(500);
      expect(ThrottlingRateLimit).toBeLessThanOrEqual(500);
    },
    broken: (world) => delete stage(world).DefaultRouteSettings.ThrottlingRateLimit,
  },
];
