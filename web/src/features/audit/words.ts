import type { AuditEntry } from '../../api/adminViews';
import type { AdminText } from '../../i18n/admin';
import { actionText, kindText } from '../../i18n/admin/words';

type Words = Readonly<Record<string, string>>;

/** What an entry tells, in words where we have them; else the machine's name of it. */
export const actionWords = (action: string): string =>
  (actionText.value as Words)[action] ?? action;

const kindWords = (kind: string): string => (kindText.value as Words)[kind] ?? kind;

export const outcomeWords = (outcome: AuditEntry['outcome'], a: AdminText): string =>
  outcome === 'done' ? a.outcomeDone : a.outcomeRefused;

export const actorWords = ({ actor }: Pick<AuditEntry, 'actor'>, a: AdminText): string =>
  actor.name || actor.id || a.actorNobody;

export const subjectWords = ({ subject }: Pick<AuditEntry, 'subject'>): string =>
  subject ? subject.name || `${kindWords(subject.kind)} ${subject.id}` : '';
