import type { ReviewLine } from '../../api/adminViews';
import type { Catalogue } from '../../i18n';
import type { AdminText } from '../../i18n/admin';
import { roleName } from '../members/roles';

export const decisionWords = (
  { decision, new_role }: Pick<ReviewLine, 'decision' | 'new_role'>,
  a: AdminText,
  t: Catalogue,
): string => {
  if (decision === 'keep') return a.decisionKept;
  if (decision === 'remove') return a.decisionRemove;
  if (decision === 'change') return a.decisionTo(new_role ? roleName(new_role, t) : '');
  return a.decisionOpen;
};

export const outcomeWords = (outcome: string, a: AdminText): string =>
  ({
    kept: a.outcomeKept,
    changed: a.outcomeChanged,
    removed: a.outcomeRemoved,
    gone: a.outcomeGone,
    refused: a.outcomeNotAllowed,
  })[outcome] ?? outcome;

export const nameOf = (line: Pick<ReviewLine, 'display_name' | 'user_id'>): string =>
  line.display_name || line.user_id;
