/**
 * The IAM documents of `infra/policies`, which the embedded AWS services enforce on a laptop. They
 * are deployed as they are; only the account and the names that must be unique in the world are
 * filled in, so nothing is granted here that a test could not have met there.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aws_iam as iam } from 'aws-cdk-lib';
import type { Config } from './config.ts';
import { ARCHIVE, LIVE_API, PRIMARY, bucketName } from './names.ts';

/** Where the documents are. */
export const FOLDER = join(import.meta.dirname, '../../infra/policies');

/** A policy document as it is written in JSON. */
export interface Document {
  readonly Version: string;
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
}

/** Reads a document as it is checked in. */
export function checkedIn(name: string): Document {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as Document;
}

/**
 * A document for this account: `*` as the account of an ARN becomes the account, the archive's name
 * its full name, the WebSocket API's the name that AWS drew. Regions stay `*`: tables have the same name in both, and so have identities.
 */
export function forAccount(document: Document, config: Config, liveApi = LIVE_API): Document {
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') {
      return value
        .replace(/^arn:aws:([a-z0-9-]+):\*:\*:/, `arn:aws:$1:*:${config.account}:`)
        .replace(/^arn:aws:iam::\*:/, `arn:aws:iam::${config.account}:`)
        .replace(`:${LIVE_API}/`, `:${liveApi}/`)
        .replace(`arn:aws:s3:::${ARCHIVE}`, `arn:aws:s3:::${bucketName(config, ARCHIVE, PRIMARY)}`);
    }
    if (Array.isArray(value)) return value.map(fill);
    if (value !== null && typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fill(one)]));
    }
    return value;
  };
  return fill(document) as Document;
}

/** The same as an IAM policy document. */
export function policy(name: string, config: Config, liveApi?: string): iam.PolicyDocument {
  return iam.PolicyDocument.fromJson(forAccount(checkedIn(name), config, liveApi));
}
