import { expect, test } from 'vitest';
import { problemFrom } from '../src/api/problem';
import { en } from '../src/i18n/en';
import { ja } from '../src/i18n/ja';
import {
  cameraProblem,
  connectProblem,
  disconnectProblem,
  explain,
  microphoneProblem,
  newAttemptId,
  permitProblem,
  screenProblem,
} from '../src/voice/problems';

const nowhere = { signalled: false, ice: 'new', dtlsFailed: false } as const;
const signalled = { ...nowhere, signalled: true };

test('each way to lack a microphone has its own cause', () => {
  expect(microphoneProblem({ name: 'NotAllowedError' }, true)).toBe('mic-refused');
  expect(microphoneProblem({ name: 'NotFoundError' }, true)).toBe('mic-none');
  expect(microphoneProblem({ name: 'NotReadableError' }, true)).toBe('mic-busy');
  expect(microphoneProblem(new TypeError('mediaDevices'), false)).toBe('mic-insecure');
  expect(microphoneProblem(null, true)).toBe('mic-other');
  expect(cameraProblem({ name: 'OverconstrainedError' }, true)).toBe('camera-none');
  expect(cameraProblem({ name: 'AbortError' }, true)).toBe('camera-busy');
});

test('who thinks better of sharing a screen is told nothing, and who may not is told why', () => {
  const refused = (message: string) => screenProblem({ name: 'NotAllowedError', message });
  expect(refused('Permission denied')).toBeNull();
  expect(refused('Permission denied by user')).toBeNull();
  expect(refused('Permission denied by system')).toBe('screen-refused');
  expect(refused('The request is not allowed by the user agent or the platform')).toBe(
    'screen-refused',
  );
  expect(screenProblem({ name: 'AbortError' })).toBeNull();
  expect(screenProblem(new TypeError('x'))).toBe('screen-other');
});

test('a connection fails by signalling, by blocked media or by DTLS, in this order', () => {
  const unreachable = { reason: 'ServerUnreachable', message: 'could not fetch' };
  expect(connectProblem(unreachable, nowhere)).toBe('media-unreachable');
  const timeout = { reason: 'InternalError', message: 'could not establish pc connection' };
  expect(connectProblem(timeout, signalled)).toBe('media-blocked');
  expect(connectProblem(timeout, { ...signalled, dtlsFailed: true })).toBe('dtls');
});

test('a refusal by the media node is about the token, or about the room', () => {
  const refused = (message: string, status = 401) => ({ reason: 'NotAllowed', status, message });
  expect(connectProblem(refused('token expired'), nowhere)).toBe('token');
  expect(connectProblem(refused('requested room does not exist', 404), nowhere)).toBe('room-gone');
  expect(connectProblem(refused('room is full', 403), nowhere)).toBe('room-full');
});

test('the end of a call is explained, except when we left ourselves', () => {
  expect(disconnectProblem(1)).toBeNull();
  expect(disconnectProblem(2)).toBe('replaced');
  expect(disconnectProblem(3)).toBe('shutdown');
  expect(disconnectProblem(4)).toBe('removed');
  expect(disconnectProblem(5)).toBe('room-gone');
  expect(disconnectProblem(undefined)).toBe('lost');
});

test('no permission to enter is explained by what the server said', () => {
  expect(permitProblem('session-expired', 401)).toBe('signed-out');
  expect(permitProblem('not-found', 404)).toBe('room-gone');
  expect(permitProblem('internal', 500)).toBe('server');
  expect(permitProblem('unreachable', 0)).toBe('unreachable');
});

test('the words of the server are shown in place of ours', () => {
  const ours = { code: 'server', diagnosticId: 'KB-1' } as const;
  expect(explain(ours, ja).advice).toBe(ja.problemServerDo);
  expect(explain({ ...ours, detail: 'Come back at noon.' }, en)).toEqual({
    cause: en.problemServer,
    advice: 'Come back at noon.',
  });
});

test('an attempt id is short and has no letters that are mistaken for others', () => {
  expect(newAttemptId(new Uint8Array([0, 7, 29, 30, 200, 255]))).toMatch(/^[2-9A-HJKMNP-TV-Z]{6}$/);
});

test('a problem document is read whole, and anything else as far as it goes', () => {
  const document = {
    type: '/problems/fields-invalid',
    title: 'Some fields need another look',
    detail: 'Correct the fields.',
    request_id: 'req_1',
    errors: [{ field: 'email', detail: 'Not an address.' }, { field: 3 }],
  };
  const read = problemFrom(new Response(null, { status: 422 }), document);
  expect(read).toMatchObject({ slug: 'fields-invalid', status: 422, requestId: 'req_1' });
  expect(read.fields).toEqual({ email: 'Not an address.' });

  const proxy = new Response(null, { status: 502, headers: { 'x-request-id': 'edge-7' } });
  expect(problemFrom(proxy, '<html>')).toMatchObject({ slug: 'status-502', requestId: 'edge-7' });
});
