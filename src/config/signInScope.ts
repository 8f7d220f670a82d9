import type { Cloud } from '../domain/configuration/clouds.js';
import { KINDS } from '../runtimes/kinds.js';
import type { ProfileFile } from './schema.js';

/** The scope of the app's token for the profile's web servers: as written, or that of the kind of its first runtimes. */
export function signInScope(
  { scope }: { readonly scope?: string },
  [first = {}]: ProfileFile['runtimes'],
  cloud: Cloud,
): string {
  // Where runtimes of several kinds want several scopes, the profile names one.
  const { kind } = KINDS.pattern(first);
  return scope ?? KINDS.named(kind).signIn(cloud).scopes[0];
}

/** Whether a token for the scope opens far more than Airflow, whose plugins are those of whoever writes DAGs. */
export function opensMoreThanAirflow(
  scope: string,
  { resourceManagerScope, graphScope, vaultScope }: Cloud,
): boolean {
  const powerful = [
    resourceManagerScope,
    graphScope,
    vaultScope,
    'https://management.core.windows.net/.default',
  ];
  return powerful.map(hostOf).includes(hostOf(scope));
}

function hostOf(scope: string): string {
  return URL.canParse(scope) ? new URL(scope).host : scope;
}
