/** What browsers reach: CloudFront with TLS 1.3 only, the firewall, the headers, the names. */

import { join } from 'node:path';
import {
  Duration,
  aws_certificatemanager as acm,
  aws_cloudfront as cloudfront,
  aws_cloudfront_origins as origins,
  aws_logs as logs,
  aws_route53 as route53,
  aws_route53_targets as targets,
  aws_s3 as s3,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { HOLDINGS } from './buckets.ts';
import type { Config } from './config.ts';
import { Firewall } from './firewall.ts';
import {
  ORIGIN_HEADER,
  ORIGIN_SECRET,
  PRIMARY,
  bucketName,
  liveDomain,
  mediaDomain,
  originDomain,
} from './names.ts';
import { text } from './secrets.ts';
import { API_POLICY, headersPolicy, pagePolicy } from './security-headers.ts';

/** What a line of the access log tells: no cookie, no query, no referrer, no browser. */
const FIELDS = [
  'date',
  'time',
  'x-edge-location',
  'x-edge-request-id',
  'c-ip',
  'cs-method',
  'cs(Host)',
  'cs-uri-stem',
  'sc-status',
  'sc-bytes',
  'time-taken',
  'x-edge-result-type',
  'cs-protocol-version',
  'ssl-protocol',
  'ssl-cipher',
];

/** The bucket of the web client, whose name has to be known before it is made. */
export const WEB = 'koeba-web';

/** The distribution and all that it needs. */
export class Front extends Construct {
  readonly distribution: cloudfront.Distribution;

  constructor(scope: Construct, id: string, props: { config: Config; zone: route53.IHostedZone }) {
    super(scope, id);
    const { config, zone } = props;
    const certificate = new acm.Certificate(this, 'Certificate', {
      domainName: config.domain,
      validation: acm.CertificateValidation.fromDns(zone),
    });
    const { acl } = new Firewall(this, 'Firewall', config);
    this.distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: `Koeba at ${config.domain}`,
      domainNames: [config.domain],
      certificate,
      webAclId: acl.attrArn,
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_3_2025,
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      // Edges in Japan are in this class; the cheaper ones have none there.
      priceClass: cloudfront.PriceClass.PRICE_CLASS_200,
      defaultRootObject: 'index.html',
      defaultBehavior: this.pages(config),
      additionalBehaviors: this.functions(config),
    });
    this.log(config);
    for (const [name, Kind] of [
      ['Ipv4', route53.ARecord],
      ['Ipv6', route53.AaaaRecord],
    ] as const) {
      new Kind(this, name, {
        zone,
        recordName: `${config.domain}.`,
        target: route53.RecordTarget.fromAlias(new targets.CloudFrontTarget(this.distribution)),
      });
    }
  }

  private pages(config: Config): cloudfront.BehaviorOptions {
    const bucket = s3.Bucket.fromBucketAttributes(this, 'Web', {
      bucketName: bucketName(config, WEB, PRIMARY),
      region: PRIMARY,
    });
    return {
      origin: origins.S3BucketOrigin.withOriginAccessControl(bucket),
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      allowedMethods: cloudfront.AllowedMethods.ALLOW_GET_HEAD,
      cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED,
      responseHeadersPolicy: headersPolicy(
        this,
        'Pages',
        'koeba-pages',
        pagePolicy(mediaDomain(config)),
      ),
      functionAssociations: [this.onRequest('page')],
    };
  }

  private functions(config: Config): Record<string, cloudfront.BehaviorOptions> {
    const headers = headersPolicy(this, 'ApiHeaders', 'koeba-api', API_POLICY);
    const association = this.onRequest('viewer');
    const behind = (domain: string) => this.behind(domain, headers, association);
    return {
      '/api/*': behind(originDomain(config)),
      // The handshake is a GET like any other; what follows it CloudFront passes on as it comes.
      '/live': {
        ...behind(liveDomain(config)),
        allowedMethods: cloudfront.AllowedMethods.ALLOW_GET_HEAD,
      },
    };
  }

  private behind(
    domain: string,
    responseHeadersPolicy: cloudfront.IResponseHeadersPolicy,
    association: cloudfront.FunctionAssociation,
  ): cloudfront.BehaviorOptions {
    return {
      origin: new origins.HttpOrigin(domain, {
        protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
        originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2],
        readTimeout: Duration.seconds(30),
        customHeaders: { [ORIGIN_HEADER]: text(ORIGIN_SECRET) },
      }),
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
      allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
      cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
      originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      responseHeadersPolicy,
      functionAssociations: [association],
    };
  }

  private onRequest(name: 'page' | 'viewer'): cloudfront.FunctionAssociation {
    return {
      eventType: cloudfront.FunctionEventType.VIEWER_REQUEST,
      function: new cloudfront.Function(this, `On-${name}`, {
        functionName: `koeba-${name}`,
        runtime: cloudfront.FunctionRuntime.JS_2_0,
        code: cloudfront.FunctionCode.fromFile({
          filePath: join(import.meta.dirname, `front/${name}.js`),
        }),
      }),
    };
  }

  /** Every request is a line, kept in Tokyo for ever. */
  private log(config: Config): void {
    const source = new logs.CfnDeliverySource(this, 'LogSource', {
      name: 'koeba-front',
      logType: 'ACCESS_LOGS',
      resourceArn: this.distribution.distributionArn,
    });
    const destination = new logs.CfnDeliveryDestination(this, 'LogDestination', {
      name: 'koeba-access-logs',
      outputFormat: 'json',
      destinationResourceArn: `arn:aws:s3:::${bucketName(config, HOLDINGS.accessLogs.holds, PRIMARY)}`,
    });
    const delivery = new logs.CfnDelivery(this, 'LogDelivery', {
      deliverySourceName: source.name,
      deliveryDestinationArn: destination.attrArn,
      recordFields: FIELDS,
      s3SuffixPath: 'front/{yyyy}/{MM}/{dd}/{HH}',
    });
    delivery.addResourceDependency(source);
  }
}
