import type { JsonObject } from '../json.js';
import { interpretRuntime } from '../runtimeBody.js';
import { sameId } from '../sameId.js';

export type Carried =
  | { readonly kind: 'no' }
  /** It has the credential; which version is told by its marker, if it has one. */
  | { readonly kind: 'yes'; readonly credentialId?: string }
  | { readonly kind: 'unreadable' };

/** Whether a runtime has a client secret of the application: by its marker, or, without one, by its client id. */
export function carries(body: JsonObject, clientId: string): Carried {
  const view = interpretRuntime(body);
  if (view.kind === 'other') return { kind: 'no' };
  if (view.kind === 'unreadable') return { kind: 'unreadable' };
  if (view.clientId !== undefined && !sameId(view.clientId, clientId)) return { kind: 'no' };
  if (view.marker !== undefined) return { kind: 'yes', credentialId: view.marker };
  return view.clientId === undefined ? { kind: 'no' } : { kind: 'yes' };
}
