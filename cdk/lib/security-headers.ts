/** The headers of `shared/edge`, for what CloudFront answers itself: pages, errors, refusals. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, aws_cloudfront as cloudfront } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** What a Rust test holds together with the headers that the functions send. */
const document = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../shared/edge/security-headers.json'), 'utf8'),
) as { everywhere: Record<string, string>; api: string; page: string };

/** What every answer carries. */
export const EVERYWHERE: Readonly<Record<string, string>> = document.everywhere;
/** What an answer of the API may load. */
export const API_POLICY = document.api;
/** What a page may load: its own files, the API, and the media nodes. */
export const pagePolicy = (mediaDomain: string) =>
  document.page
    .replace('{media}', `wss://${mediaDomain}`)
    .replace('{validate}', `https://${mediaDomain}`);

/** A policy with these headers and a content security policy. */
export function headersPolicy(
  scope: Construct,
  id: string,
  name: string,
  contentSecurityPolicy: string,
) {
  const { [HSTS]: transport = '', ...others } = EVERYWHERE;
  const custom = Object.entries(others).filter(([header]) => !OWN_PLACE.includes(header));
  return new cloudfront.ResponseHeadersPolicy(scope, id, {
    responseHeadersPolicyName: name,
    securityHeadersBehavior: {
      strictTransportSecurity: {
        accessControlMaxAge: Duration.seconds(Number(/max-age=(\d+)/.exec(transport)?.[1])),
        includeSubdomains: transport.includes('includeSubDomains'),
        preload: transport.includes('preload'),
        override: true,
      },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: cloudfront.HeadersFrameOption.DENY, override: true },
      referrerPolicy: {
        referrerPolicy: cloudfront.HeadersReferrerPolicy.NO_REFERRER,
        override: true,
      },
      contentSecurityPolicy: { contentSecurityPolicy, override: true },
    },
    customHeadersBehavior: {
      customHeaders: custom.map(([header, value]) => ({ header, value, override: true })),
    },
    removeHeaders: ['Server'],
  });
}

const HSTS = 'strict-transport-security';
/** Those that CloudFront has fields of their own for. */
const OWN_PLACE = ['x-content-type-options', 'x-frame-options', 'referrer-policy'];
