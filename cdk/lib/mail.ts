/** Mail: signed, only over TLS, and to nobody whose address has refused it. */

import {
  aws_cloudwatch as cloudwatch,
  aws_events as events,
  aws_events_targets as targets,
  aws_route53 as route53,
  aws_ses as ses,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type Alarms, FIVE_MINUTES } from './alarms.ts';
import type { Config } from './config.ts';

export interface MailProps {
  readonly config: Config;
  readonly alarms: Alarms;
  readonly zone: route53.IHostedZone;
}

/** The identity of the domain, with its records. */
export class Mail extends Construct {
  constructor(scope: Construct, id: string, props: MailProps) {
    super(scope, id);
    const { config, zone } = props;
    const settings = new ses.ConfigurationSet(this, 'Settings', {
      configurationSetName: 'koeba',
      tlsPolicy: ses.ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: true,
      suppressionReasons: ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
    });
    const bounceDomain = `mail.${config.domain}`;
    const identity = new ses.EmailIdentity(this, 'Identity', {
      identity: ses.Identity.domain(config.domain),
      configurationSet: settings,
      dkimSigning: true,
      dkimIdentity: ses.DkimIdentity.easyDkim(ses.EasyDkimSigningKeyLength.RSA_2048_BIT),
      mailFromDomain: bounceDomain,
      mailFromBehaviorOnMxFailure: ses.MailFromBehaviorOnMxFailure.REJECT_MESSAGE,
      feedbackForwarding: true,
    });
    identity.dkimRecords.forEach(({ name, value }, number) => {
      new route53.CfnRecordSet(this, `Dkim${number}`, {
        hostedZoneId: zone.hostedZoneId,
        name,
        type: 'CNAME',
        ttl: '1800',
        resourceRecords: [value],
      });
    });
    new route53.MxRecord(this, 'BounceMx', {
      zone,
      recordName: `${bounceDomain}.`,
      values: [{ priority: 10, hostName: `feedback-smtp.${identity.stack.region}.amazonses.com` }],
    });
    new route53.TxtRecord(this, 'Spf', {
      zone,
      recordName: `${bounceDomain}.`,
      values: ['v=spf1 include:amazonses.com -all'],
    });
    new route53.TxtRecord(this, 'Dmarc', {
      zone,
      recordName: `_dmarc.${config.domain}.`,
      values: ['v=DMARC1; p=reject; adkim=s; aspf=r'],
    });
    this.watch(props, settings);
  }

  /** SES suspends whoever bounces a tenth of their mails or is complained of by one in a thousand. */
  private watch(props: MailProps, settings: ses.ConfigurationSet): void {
    const { alarms } = props;
    const reputation = (metricName: string) =>
      new cloudwatch.Metric({
        namespace: 'AWS/SES',
        metricName,
        statistic: 'Maximum',
        period: FIVE_MINUTES,
      });
    alarms.on('MailBounces', {
      metric: reputation('Reputation.BounceRate'),
      threshold: 0.05,
      en: 'Five mails in a hundred come back; at ten SES stops sending.',
      ja: 'メールの5%が戻ってきています。10%でSESが送信を止めます。',
      runbook: 'mail-bounces',
    });
    alarms.on('MailComplaints', {
      metric: reputation('Reputation.ComplaintRate'),
      threshold: 0.0005,
      en: 'People call our mails unwanted; at one in a thousand SES stops sending.',
      ja: '迷惑メールとして報告されています。0.1%でSESが送信を止めます。',
      runbook: 'mail-bounces',
    });
    settings.addEventDestination('Trouble', {
      configurationSetEventDestinationName: 'trouble',
      destination: ses.EventDestination.eventBus(
        events.EventBus.fromEventBusName(this, 'Bus', 'default'),
      ),
      events: [ses.EmailSendingEvent.REJECT, ses.EmailSendingEvent.RENDERING_FAILURE],
    });
    new events.Rule(this, 'Rejected', {
      ruleName: 'koeba-mail-rejected',
      description: 'Mails that SES would not take → infra/runbooks/mail-late.md',
      eventPattern: {
        source: ['aws.ses'],
        detailType: ['Email Rejected', 'Email Rendering Failed'],
      },
      targets: [new targets.SnsTopic(alarms.topic)],
    });
  }
}
