/** Every name that more than one stack, or the world outside, goes by. One Koeba fills an account. */

import type { Config } from './config.ts';

/** Where Koeba runs. */
export const PRIMARY = 'ap-northeast-1';
/** Where its copies are. */
export const SECOND = 'ap-northeast-3';
/** The one region outside Japan: CloudFront takes certificates, firewalls and log sources only from there. */
export const FRONT = 'us-east-1';

/** The names that `infra/policies` and the embedded AWS services use too. */
export const TABLE = 'koeba';
export const KEYS_TABLE = 'koeba-keys';
export const TENANT_ROLE = 'koeba-tenant';
/** What `infra/policies` call the bucket of archives, which has to be unique in the world. */
export const ARCHIVE = 'koeba-archive';
/** What they call the WebSocket API, whose name AWS draws. */
export const LIVE_API = 'koeba-live';
/** Its stage. */
export const LIVE_STAGE = 'live';
export const BY_USER = 'by_user';

/** The functions, each with a role of its own. */
export const FUNCTIONS = ['accounts', 'workspaces', 'rooms', 'live', 'events'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];
/** Those that answer requests. */
export const HTTP_FUNCTIONS = ['accounts', 'workspaces', 'rooms'] as const;
export type HttpFunctionName = (typeof HTTP_FUNCTIONS)[number];

/** The name of a function and of its role. */
export const functionName = (name: FunctionName) => `koeba-${name}`;

/** The ARN of a role, which is the same in every region. */
export const roleArn = (account: string, name: string) => `arn:aws:iam::${account}:role/${name}`;

/** Buckets are named by what they hold; the account makes the name unique in the world. */
export const bucketName = (config: Config, holds: string, region: string) =>
  `${holds}-${config.account}-${region}`;

/** Where browsers find the API's and the media nodes' own ends. */
export const originDomain = (config: Config) => `origin.${config.domain}`;
/** The WebSocket API's own end: its names cannot be shared with an HTTP API's. */
export const liveDomain = (config: Config) => `live-origin.${config.domain}`;
export const mediaDomain = (config: Config) => `media.${config.domain}`;

/** The secret that CloudFront proves itself with. */
export const ORIGIN_SECRET = 'koeba/origin';
/** The header that carries it. */
export const ORIGIN_HEADER = 'x-koeba-origin';
/** Which token key the functions and the nodes share. */
export const TOKEN_KEY_ID = 'koeba-1';
