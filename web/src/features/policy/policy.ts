import type { PolicyBody, PolicyPreview, PolicyView } from '../../api/adminViews';
import { ask, within } from '../../api/ask';
import type { AdminText } from '../../i18n/admin';
import { listIn } from '../invitations/links';

export const readPolicy = (workspace: string): Promise<PolicyView> =>
  ask('GET', within(workspace, 'policy'));

export const previewPolicy = (workspace: string, policy: PolicyBody): Promise<PolicyPreview> =>
  ask('POST', within(workspace, 'policy', 'preview'), { body: { policy } });

export const savePolicy = (
  workspace: string,
  policy: PolicyBody,
  version: number,
): Promise<PolicyView> => ask('PUT', within(workspace, 'policy'), { body: { policy, version } });

/** A policy while it is being written: every field as the form holds it. */
export interface PolicyDraft {
  readonly everybody: boolean;
  readonly emailToken: boolean;
  readonly memberIdle: string;
  readonly memberAbsolute: string;
  readonly managerIdle: string;
  readonly managerAbsolute: string;
  readonly networks: string;
  readonly domains: string;
  readonly guests: boolean;
  readonly dtls12: boolean;
}

export const draftOf = (policy: PolicyBody): PolicyDraft => ({
  everybody: policy.second_step === 'everybody',
  emailToken: policy.email_token_allowed,
  memberIdle: String(policy.member_session.idle_hours),
  memberAbsolute: String(policy.member_session.absolute_days),
  managerIdle: String(policy.manager_session.idle_hours),
  managerAbsolute: String(policy.manager_session.absolute_days),
  networks: policy.allowed_networks.join('\n'),
  domains: policy.invitation_domains.join('\n'),
  guests: policy.guests_allowed,
  dtls12: policy.dtls_floor === '1.2',
});

/** Whole hours or days; nothing else is a length of time here. */
const whole = (written: string): number | null => {
  const plain = written.normalize('NFKC').trim();
  return /^\d{1,5}$/.test(plain) && Number(plain) > 0 ? Number(plain) : null;
};

/** The policy that a draft means, or the fields that say nothing usable. */
export function policyOf(
  draft: PolicyDraft,
): { policy: PolicyBody; wrong: null } | { policy: null; wrong: readonly (keyof PolicyDraft)[] } {
  const numbers = ['memberIdle', 'memberAbsolute', 'managerIdle', 'managerAbsolute'] as const;
  const wrong = numbers.filter((name) => whole(draft[name]) === null);
  if (wrong.length > 0) return { policy: null, wrong };
  const figure = (name: (typeof numbers)[number]) => whole(draft[name]) ?? 0;
  const policy: PolicyBody = {
    second_step: draft.everybody ? 'everybody' : 'managers',
    email_token_allowed: draft.emailToken,
    member_session: {
      idle_hours: figure('memberIdle'),
      absolute_days: figure('memberAbsolute'),
    },
    manager_session: {
      idle_hours: figure('managerIdle'),
      absolute_days: figure('managerAbsolute'),
    },
    allowed_networks: listIn(draft.networks),
    invitation_domains: listIn(draft.domains),
    guests_allowed: draft.guests,
    dtls_floor: draft.dtls12 ? '1.2' : '1.3',
  };
  return { policy, wrong: null };
}

export const same = (one: PolicyDraft, other: PolicyDraft): boolean =>
  JSON.stringify(policyOf(one)) === JSON.stringify(policyOf(other));

/** What a field of the policy is called on this page. */
export const fieldName = (field: string, a: AdminText): string =>
  ({
    second_step: a.policySecondStep,
    email_token_allowed: a.policyEmailToken,
    'member_session.idle_hours': a.policyMemberIdle,
    'member_session.absolute_days': a.policyMemberAbsolute,
    'manager_session.idle_hours': a.policyManagerIdle,
    'manager_session.absolute_days': a.policyManagerAbsolute,
    allowed_networks: a.policyNetworks,
    invitation_domains: a.policyDomains,
    guests_allowed: a.policyGuests,
    dtls_floor: a.policyDtls,
  })[field] ?? field;

/** A value of the policy as a person reads it. */
export function valueName(field: string, value: string, a: AdminText): string {
  if (value === 'true') return a.yes;
  if (value === 'false') return a.no;
  if (field === 'second_step') return value === 'everybody' ? a.demandEverybody : a.demandManagers;
  if (field.endsWith('idle_hours')) return a.hours(value);
  if (field.endsWith('absolute_days')) return a.days(value);
  if (field === 'dtls_floor') return `DTLS ${value}`;
  if (value === '') return field === 'allowed_networks' ? a.anywhere : a.anyDomain;
  return value;
}
