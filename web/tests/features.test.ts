import { expect, test } from 'vitest';
import { grantable, mayListMembers, mayManage } from '../src/api/types';
import { passwordHints } from '../src/features/accounts/password';
import { confirmsDeletion } from '../src/features/rooms/rooms';
import { isAppleTouch } from '../src/voice/devices';

test('a room is deleted by typing its name or DELETE, in any width of letters', () => {
  expect(confirmsDeletion('ロビー', 'ロビー')).toBe(true);
  expect(confirmsDeletion('ﾛﾋﾞｰ ', 'ロビー')).toBe(true);
  expect(confirmsDeletion('DELETE', 'ロビー')).toBe(true);
  expect(confirmsDeletion('ＤＥＬＥＴＥ', 'ロビー')).toBe(true);
  expect(confirmsDeletion('delete', 'ロビー')).toBe(false);
  expect(confirmsDeletion('', 'ロビー')).toBe(false);
});

test('password hints are met one by one', () => {
  expect(passwordHints('', 'mia@example.jp', 'Mia')).toEqual({
    long: false,
    own: false,
    varied: false,
  });
  expect(passwordHints('mia@example.jp', 'Mia@example.jp', 'Mia').own).toBe(false);
  expect(passwordHints('aaaaaaaaaaaaaaaa', 'm@example.jp', 'Mia').varied).toBe(false);
  expect(passwordHints('quiet harbor lamp', 'm@example.jp', 'Mia')).toEqual({
    long: true,
    own: true,
    varied: true,
  });
});

test('nobody is offered more than their role may do', () => {
  expect(grantable('owner')).toEqual(['guest', 'member', 'manager']);
  expect(grantable('member')).toEqual([]);
  expect(mayManage('manager') && !mayManage('member')).toBe(true);
  expect(mayListMembers('member') && !mayListMembers('guest')).toBe(true);
});

test('an iPad that says it is a Mac is known by its touch screen', () => {
  expect(isAppleTouch({ userAgent: 'Mozilla/5.0 (Macintosh)', maxTouchPoints: 5 })).toBe(true);
  expect(isAppleTouch({ userAgent: 'Mozilla/5.0 (Macintosh)', maxTouchPoints: 0 })).toBe(false);
  expect(isAppleTouch({ userAgent: 'Mozilla/5.0 (iPhone)', maxTouchPoints: 5 })).toBe(true);
});
