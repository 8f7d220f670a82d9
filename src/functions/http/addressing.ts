/** How each request begins that tells a run something: the run is there, and what it is told can be signed. */
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import type { FunctionDeps } from '../deps.js';
import { findRun, noSuchRun } from './getRun.js';
import { type Listening, noSigningKey } from './instructing.js';
import type { InstanceStatus } from './runView.js';

/** Whom a request is about. */
export interface Addressed extends Listening {
  readonly kind: 'addressed';
}

/**
 * The run that a request names and the signing key; or the answer where one of them is missing.
 *
 * @param refusing why the run cannot be told it, whatever the key
 */
export async function addressed(
  request: HttpRequest,
  context: InvocationContext,
  deps: FunctionDeps,
  refusing: (status: InstanceStatus) => HttpResponseInit | undefined = () => undefined,
): Promise<Addressed | { readonly kind: 'refused'; readonly response: HttpResponseInit }> {
  const client = df.getClient(context);
  const id = request.params['id'] ?? '';
  const status = await findRun(client, id);
  if (!status) return { kind: 'refused', response: noSuchRun(id) };
  const refused = refusing(status);
  if (refused) return { kind: 'refused', response: refused };
  const key = deps.settings().signingKey;
  if (!key) return { kind: 'refused', response: noSigningKey() };
  return { kind: 'addressed', client, id, status, key };
}
