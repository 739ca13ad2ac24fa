/**
 * Routes that the API document does not have yet, in the shape of the generated ones. What is
 * generated takes precedence, so that an entry here can be deleted as soon as it is there.
 */
import type { paths } from './generated';
import type { DeletionView, SignedInView } from './views';

type Json<Body> = { content: { 'application/json': Body } };

/** One operation: what it is sent, what it answers, and what stands in its address. */
export type Operation<Sent, Answered, Path = undefined, Query = never> = {
  parameters: { query?: Query; header?: never; cookie?: never } & (Path extends undefined
    ? { path?: never }
    : { path: Path });
  responses: { 200: { headers: Record<string, unknown> } & Json<Answered> };
} & (Sent extends undefined ? { requestBody?: never } : { requestBody: Json<Sent> });

type Nothing = Record<string, never>;

interface PendingPaths {
  '/api/me/email-changes': {
    post: Operation<{ email: string }, { id: string; expires_at: string }>;
  };
  '/api/me/email-changes/{email_change_id}/confirm': {
    post: Operation<{ token: string }, SignedInView, { email_change_id: string }>;
  };
  '/api/me/export': { get: Operation<undefined, Nothing> };
  '/api/me/export.html': { get: Operation<undefined, Nothing> };
  '/api/me/deletion': { post: Operation<{ confirm: string }, DeletionView> };
  '/api/sign-ups/by-invitation': {
    post: Operation<
      { token: string; display_name: string; password: string; locale: 'ja' | 'en' },
      SignedInView
    >;
  };
}

type PatchMe = {
  patch: Operation<{ display_name?: string; locale?: 'ja' | 'en' }, SignedInView>;
};

/** Every route: the generated ones, and those that are still missing among them. */
export type KnownPaths = Omit<paths, '/api/me'> & {
  '/api/me': Omit<paths['/api/me'], 'patch'> & PatchMe;
} & Omit<PendingPaths, keyof paths>;
