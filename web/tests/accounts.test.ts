import { expect, test } from 'vitest';
import { digits, recoveryCode } from '../src/features/accounts/proof';
import { saysDelete } from '../src/features/accounts/ownData';
import { inOrder } from '../src/features/accounts/secondSteps';
import { webLink } from '../src/ui/webLink';

test('a code counts however it was pasted or typed', () => {
  for (const typed of ['04821937', ' 0482 1937\n', '０４８２１９３７', '0482-1937'])
    expect(digits(typed)).toBe('04821937');
});

test('a recovery code keeps its shape, whatever case, width or dash it is typed in', () => {
  for (const typed of ['ab3de-9fghk', 'AB3DE9FGHK', ' ab3de 9fghk ', 'ａｂ３ｄｅ－９ｆｇｈｋ'])
    expect(recoveryCode(typed)).toBe('ab3de-9fghk');
});

test('deleting takes the word in capitals, as an input method may write it', () => {
  for (const typed of ['DELETE', ' DELETE ', 'ＤＥＬＥＴＥ']) expect(saysDelete(typed)).toBe(true);
  for (const typed of ['', 'delete', 'DELETED', 'さくじょ']) expect(saysDelete(typed)).toBe(false);
});

test('the safest second step is offered first', () => {
  expect(inOrder(['recovery_code', 'email_token', 'totp', 'passkey'])).toEqual([
    'passkey',
    'totp',
    'email_token',
    'recovery_code',
  ]);
  expect(inOrder(['email_token'])).toEqual(['email_token']);
});

test('a link leads to the web or nowhere', () => {
  expect(webLink('https://koeba.example/c/1')).toBe('https://koeba.example/c/1');
  for (const address of [
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'http://',
  ])
    expect(webLink(address)).toBeUndefined();
});
