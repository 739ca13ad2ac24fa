import { describe, expect, test, vi } from 'vitest';
import type { PolicyBody, ReviewLine } from '../src/api/adminViews';

vi.stubGlobal('location', { origin: 'http://127.0.0.1:8080', pathname: '/', search: '', hash: '' });
const { fileName, said, within } = await import('../src/api/ask');
const { filtersIn: auditFilters, asked } = await import('../src/features/audit/audit');
const { actionWords, subjectWords } = await import('../src/features/audit/words');
const { decodeSheet, linesIn, listIn } = await import('../src/features/invitations/links');
const { actionsFor, filtersIn } = await import('../src/features/members/members');
const { draftOf, policyOf, same, valueName } = await import('../src/features/policy/policy');
const { dayAfter, decided, nextOpen } = await import('../src/features/reviews/reviews');
const { chooseLocale } = await import('../src/i18n');
const { adminText } = await import('../src/i18n/admin');
const { addressWith } = await import('../src/ui/address');

describe('addresses', () => {
  test('a filter is put beside the others, and an empty one leaves', () => {
    const now = new URLSearchParams('role=member&q=aoi');
    expect(addressWith(now, { state: 'active' })).toBe('?role=member&q=aoi&state=active');
    expect(addressWith(now, { role: '', q: null })).toBe('');
  });

  test('what no filter can be is not said', () => {
    expect(filtersIn(new URLSearchParams('role=king&state=gone&q= aoi '))).toEqual({
      q: 'aoi',
      role: '',
      state: '',
    });
    expect(auditFilters(new URLSearchParams('from=yesterday&outcome=maybe')).from).toBe('');
    expect(said({ q: '', role: 'member', cursor: null })).toEqual({ role: 'member' });
  });

  test('the last day of a range counts whole, where the reader is', () => {
    const { from, to } = asked(auditFilters(new URLSearchParams('from=2026-02-28&to=2026-02-28')));
    expect(new Date(to ?? '').getTime() - new Date(from ?? '').getTime()).toBe(86_400_000);
  });

  test('a path part cannot lead out of the workspace', () => {
    expect(within('ws_1', 'members', '../../me')).toBe('/api/workspaces/ws_1/members/..%2F..%2Fme');
  });

  test('only a plain name is taken for a file', () => {
    expect(fileName('attachment; filename="audit.csv"')).toBe('audit.csv');
    expect(fileName('attachment; filename="../../x y"')).toBeNull();
    expect(fileName(null)).toBeNull();
  });
});

describe('members', () => {
  const member = {
    user_id: 'us_2',
    role: 'member',
    state: 'active',
    responsible: false,
  } as const;

  test('what is offered follows role, state and responsibility', () => {
    expect([...actionsFor({ role: 'manager' }, member, 'us_1')]).toEqual([
      'role',
      'deactivate',
      'remove',
    ]);
    expect([...actionsFor({ role: 'owner' }, { ...member, state: 'deactivated' }, 'us_1')]).toEqual(
      ['reactivate', 'remove'],
    );
    expect([...actionsFor({ role: 'owner' }, { ...member, responsible: true }, 'us_1')]).toEqual([
      'role',
    ]);
    expect(actionsFor({ role: 'manager' }, member, 'us_2').size).toBe(0);
    expect(actionsFor({ role: 'manager' }, { ...member, role: 'owner' }, 'us_1').size).toBe(0);
    expect(actionsFor({ role: 'member' }, member, 'us_1').size).toBe(0);
  });

  test('lists are read however people separate them', () => {
    expect(listIn('@Example.co.jp、 example.com\nexample.com')).toEqual([
      'example.co.jp',
      'example.com',
    ]);
    expect(listIn(' ')).toEqual([]);
  });

  test('a spreadsheet is counted without its header and its empty lines', () => {
    expect(linesIn('email,display_name,role\r\na@example.jp,葵,member\r\n\r\n')).toBe(1);
    expect(linesIn('')).toBe(0);
  });

  test('a sheet in Shift_JIS is read as well as one in UTF-8', () => {
    const shiftJis = new Uint8Array([0x88, 0xa8]);
    expect(decodeSheet(shiftJis.buffer)).toBe('葵');
    expect(decodeSheet(new TextEncoder().encode('葵').buffer as ArrayBuffer)).toBe('葵');
  });
});

describe('policy', () => {
  const policy: PolicyBody = {
    second_step: 'managers',
    email_token_allowed: true,
    member_session: { idle_hours: 72, absolute_days: 30 },
    manager_session: { idle_hours: 12, absolute_days: 7 },
    allowed_networks: ['203.0.113.0/24'],
    invitation_domains: [],
    guests_allowed: true,
    dtls_floor: '1.3',
  };

  test('a policy survives the form', () => {
    expect(policyOf(draftOf(policy))).toEqual({ policy, wrong: null });
  });

  test('a figure that is none is named, and full-width digits count', () => {
    const draft = draftOf(policy);
    expect(policyOf({ ...draft, memberIdle: '０', managerIdle: 'x' }).wrong).toEqual([
      'memberIdle',
      'managerIdle',
    ]);
    expect(same({ ...draft, memberIdle: '７２' }, draft)).toBe(true);
    expect(same({ ...draft, guests: false }, draft)).toBe(false);
  });

  test('values are shown as a person reads them', () => {
    chooseLocale('en');
    const a = adminText.value;
    expect(valueName('guests_allowed', 'false', a)).toBe('No');
    expect(valueName('allowed_networks', '', a)).toBe('(anywhere)');
    expect(valueName('member_session.idle_hours', '12', a)).toBe('12 h');
    expect(valueName('dtls_floor', '1.3', a)).toBe('DTLS 1.3');
  });
});

describe('access review', () => {
  const line = (user_id: string, decision: ReviewLine['decision'] = null): ReviewLine => ({
    user_id,
    role: 'member',
    state: 'active',
    second_steps: [],
    decision,
  });

  test('after a decision comes the next open account, round the list', () => {
    const lines = [line('a'), line('b'), line('c', 'keep'), line('d')];
    const after = decided(lines, 'b', { decision: 'keep' });
    expect(nextOpen(after, 'b')).toBe('d');
    expect(nextOpen(decided(after, 'd', { decision: 'remove' }), 'd')).toBe('a');
    expect(nextOpen([line('a', 'keep')], 'a')).toBeNull();
  });

  test('days are counted over the end of a month', () => {
    expect(dayAfter(14, new Date(2026, 1, 20))).toBe('2026-03-06');
  });
});

test('the log names what it has words for, and shows the rest as it is', () => {
  chooseLocale('ja');
  expect(actionWords('room.renamed')).toBe('部屋の名前の変更');
  expect(actionWords('probe.launched')).toBe('probe.launched');
  expect(subjectWords({ subject: { kind: 'room', id: 'rm_1' } })).toBe('部屋 rm_1');
  expect(subjectWords({ subject: null })).toBe('');
});
