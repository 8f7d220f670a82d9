import { UNREADABLE } from '../values/credentialVersion.js';
import { isJsonObject } from '../values/json.js';
import { sameId } from '../values/sameId.js';
import { CLIENT_ID, MARKER_VARIABLE } from './backendSettings.js';
import { isMasked } from './masking.js';
import type { RuntimeView, Snapshot } from './snapshot.js';

export type Carried =
  | { readonly kind: 'no' }
  /** It has the credential; which version is told by its marker, if it has one; `UNREADABLE`: one that is hidden. */
  | { readonly kind: 'yes'; readonly credentialId?: string }
  | { readonly kind: 'unreadable' };

/**
 * Whether a runtime has a client secret of the application: by its marker, or, without one, by its client id. Where the
 * service hides what would tell, nobody knows.
 */
export function carries(view: RuntimeView, clientId: string): Carried {
  if (view.kind === 'other') return { kind: 'no' };
  if (view.kind === 'unreadable') return { kind: 'unreadable' };
  if (view.clientId !== undefined && !sameId(view.clientId, clientId)) return { kind: 'no' };
  if (view.marker !== undefined) return { kind: 'yes', credentialId: view.marker };
  const markerHidden = hides(view, MARKER_VARIABLE);
  if (view.clientId !== undefined)
    return { kind: 'yes', ...(markerHidden ? { credentialId: UNREADABLE } : {}) };
  return { kind: markerHidden || hides(view, CLIENT_ID) ? 'unreadable' : 'no' };
}

function hides({ settings }: Snapshot, variable: string): boolean {
  const variables = settings.environment ?? {};
  return !isJsonObject(variables) || isMasked(variables[variable]);
}
