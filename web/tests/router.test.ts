import { expect, test, vi } from 'vitest';

vi.stubGlobal('location', { pathname: '/', search: '', hash: '' });
const { match, safeReturn } = await import('../src/router');

// Check sheet: WA-05-02, WA-07-01.
test('a way back is a path of this application and never another site', () => {
  for (const foreign of [
    null,
    '',
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    ' /w/1',
  ]) {
    expect(safeReturn(foreign)).toBe('/');
  }
  expect(safeReturn('/w/ws_1/rooms/rm_1?a=b')).toBe('/w/ws_1/rooms/rm_1?a=b');
});

test('a part of a path that is no text matches nothing', () => {
  expect(match('/w/:workspace', '/w/%E5%A3%B0')).toEqual({ workspace: '声' });
  expect(match('/w/:workspace', '/w/%E5%A3')).toBeNull();
});
