import type { components } from './generated';
import type { Role } from './types';

export type SecondStep = 'email_token' | 'totp' | 'passkey' | 'recovery_code';
export type MemberState = 'active' | 'deactivated';

/** What is known of an account, as managers see it. */
export interface AccountFacts {
  readonly last_sign_in_at?: string | null;
  readonly second_steps: readonly SecondStep[];
  readonly password_changed_at?: string | null;
}

export interface MemberView extends AccountFacts {
  readonly user_id: string;
  readonly display_name: string;
  readonly email: string;
  readonly role: Role;
  readonly state: MemberState;
  readonly joined_at: string;
  readonly responsible: boolean;
}

export interface ResponsibleView {
  readonly user_id: string;
  readonly display_name: string;
  readonly department: string;
  readonly contact: string;
  readonly appointed_at: string;
}

export interface LinkView {
  readonly id: string;
  readonly role: Role;
  readonly domains: readonly string[];
  readonly expires_at: string;
  readonly uses: number;
  readonly most_uses?: number | null;
  /** Only in the answer that made it. */
  readonly link?: string | null;
}

export interface ImportedLine {
  readonly line: number;
  readonly email: string;
  readonly outcome: 'invited' | 'refused';
  readonly reason?: string | null;
}

interface SessionLimits {
  readonly idle_hours: number;
  readonly absolute_days: number;
}

export interface PolicyBody {
  readonly second_step: 'managers' | 'everybody';
  readonly email_token_allowed: boolean;
  readonly member_session: SessionLimits;
  readonly manager_session: SessionLimits;
  readonly allowed_networks: readonly string[];
  readonly invitation_domains: readonly string[];
  readonly guests_allowed: boolean;
  readonly dtls_floor: '1.3' | '1.2';
}

export interface PolicyView {
  readonly policy: PolicyBody;
  readonly version: number;
  readonly changed_at?: string | null;
  readonly changed_by?: string | null;
}

export interface PolicyPreview {
  readonly changes: readonly { field: string; before: string; after: string }[];
  readonly warnings: readonly { field: string; detail: string }[];
  readonly locks_you_out: boolean;
}

export type AuditEntry = components['schemas']['AuditEntry'];
export type Finding = components['schemas']['Finding'];
export type FindingList = components['schemas']['FindingList'];
export type AuditStateView = components['schemas']['AuditState'];

export type Decision = 'keep' | 'change' | 'remove';

export interface ReviewView {
  readonly id: string;
  readonly title: string;
  readonly state: 'open' | 'completed';
  readonly overdue?: boolean;
  readonly started_at: string;
  readonly due_at: string;
  readonly completed_at?: string | null;
  readonly completed_by?: string | null;
  readonly counts: { readonly total: number; readonly decided: number };
}

export interface ReviewLine extends AccountFacts {
  readonly user_id: string;
  /** Null when they belong no more: names go with their owners. */
  readonly display_name?: string | null;
  readonly email?: string | null;
  readonly role: Role;
  readonly state: MemberState;
  readonly decision?: Decision | null;
  readonly new_role?: Role | null;
  readonly note?: string | null;
  readonly decided_by?: string | null;
  readonly decided_at?: string | null;
  readonly outcome?: string | null;
}

export interface ReviewDetail extends ReviewView {
  readonly items: readonly ReviewLine[];
}

export interface ReviewResult {
  readonly jws: string;
  readonly statement: Readonly<Record<string, unknown>>;
}

export interface DeletionView {
  readonly certificate: string;
  readonly url: string;
}

export interface ListOf<T> {
  readonly items: readonly T[];
  readonly next_cursor?: string | null;
}
