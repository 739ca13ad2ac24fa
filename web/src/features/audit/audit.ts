import type { AuditEntry, AuditStateView, ListOf } from '../../api/adminViews';
import { ask, download, within } from '../../api/ask';

/** What stands in the address of the audit log. */
export const FILTERS = ['from', 'to', 'actor', 'subject', 'action', 'outcome', 'q'] as const;
export type FilterName = (typeof FILTERS)[number];
export type AuditFilters = Readonly<Record<FilterName, string>>;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Reads the filters; what cannot be one counts as not said. */
export function filtersIn(query: URLSearchParams): AuditFilters {
  const one = (name: FilterName) => (query.get(name) ?? '').trim().slice(0, 128);
  const day = (name: 'from' | 'to') => (DAY.test(one(name)) ? one(name) : '');
  const outcome = one('outcome');
  return {
    from: day('from'),
    to: day('to'),
    actor: one('actor'),
    subject: one('subject'),
    action: one('action'),
    outcome: outcome === 'done' || outcome === 'refused' ? outcome : '',
    q: one('q'),
  };
}

/** The beginning of a day where the reader is, or of the day after it. */
const startOf = (day: string, later = 0): string => {
  if (!day) return '';
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const moment = new Date(year, month - 1, date + later);
  return Number.isNaN(moment.getTime()) ? '' : moment.toISOString();
};

/** The filters as the server takes them: days become moments, and `to` includes its day. */
export const asked = (filters: AuditFilters): Record<string, string> => ({
  ...filters,
  from: startOf(filters.from),
  to: startOf(filters.to, 1),
});

export const readEntries = (
  workspace: string,
  filters: AuditFilters,
  cursor: string | null,
  limit?: number,
): Promise<ListOf<AuditEntry>> =>
  ask('GET', within(workspace, 'audit'), { query: { ...asked(filters), cursor, limit } });

export const readEntry = (workspace: string, seq: string): Promise<AuditEntry> =>
  ask('GET', within(workspace, 'audit', seq));

export const readState = (workspace: string): Promise<AuditStateView> =>
  ask('GET', within(workspace, 'audit', 'state'));

export const exportEntries = (
  workspace: string,
  filters: AuditFilters,
  format: 'csv' | 'jsonl',
): Promise<void> =>
  download(within(workspace, 'audit', 'export'), { ...asked(filters), format }, `audit.${format}`);

export const NO_FILTERS: AuditFilters = filtersIn(new URLSearchParams());
