/** How a runtime is given the credential: which variables of its environment say whose it is, which one, and its value. */

import { isJsonObject } from '../values/json.js';
import { Secret } from '../values/secret.js';
import type { AirflowSettings } from './airflowSettings.js';
import { CLIENT_ID, CLIENT_SECRET, MARKER_VARIABLE } from './backendSettings.js';
import { isMasked, shownText } from './masking.js';

/** A value that a read may give in clear, hide or not have. */
export type MaskedSecret =
  | { readonly kind: 'readable'; readonly value: Secret }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'absent' };

/** The credential that a runtime's settings name. */
export interface SuppliedCredential {
  readonly marker?: string;
  /** The principal that the settings name; absent where they name none or the service hides it. */
  readonly clientId?: string;
  readonly clientSecret: MaskedSecret;
}

/** What the environment says of the credential. */
export function suppliedBy({ environment }: AirflowSettings): SuppliedCredential {
  const variables = isJsonObject(environment) ? environment : {};
  const marker = shownText(variables[MARKER_VARIABLE]);
  const clientId = shownText(variables[CLIENT_ID]);
  const value = variables[CLIENT_SECRET];
  return {
    ...(marker ? { marker } : {}),
    ...(clientId ? { clientId } : {}),
    clientSecret:
      value === undefined
        ? { kind: 'absent' }
        : isMasked(value) || typeof value !== 'string' || value === ''
          ? { kind: 'unreadable' }
          : { kind: 'readable', value: new Secret(value) },
  };
}
