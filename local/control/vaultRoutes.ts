/** Secrets as somebody else sets them, and the vaults' firewalls. */
import { z } from 'zod';
import type { EmulatedAzure } from '../azure.js';
import { vaultHost } from '../sample/names.js';
import { PRINCIPAL } from './inputs.js';
import { ControlError, type ControlRoute, parsed } from './router.js';

const SECRET = z.strictObject({
  value: z.string(),
  contentType: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  enabled: z.boolean().optional(),
  nbf: z.number().optional(),
  exp: z.number().optional(),
});
const FIREWALL = z.strictObject({
  blocked: z.array(PRINCIPAL.or(z.literal('*'))),
  addresses: z.array(z.string()).default([]),
});
const CHANGES = z.strictObject({ seconds: z.number().nonnegative() });
const ACCESS_MODEL = z.strictObject({ rbac: z.boolean() });

/** Routes of the vaults. */
export function vaultRoutes({ keyVault }: EmulatedAzure): ControlRoute[] {
  const hostOf = (vault: string | undefined): string => {
    const host = vaultHost(vault ?? '');
    if (!keyVault.knows(host)) throw new ControlError(404, `There is no vault "${vault}".`, 'vault');
    return host;
  };
  return [
    {
      method: 'PUT',
      path: '/vaults/{vault}/secrets/{name}',
      handle({ params, body }) {
        const version = keyVault.setSecret(
          hostOf(params['vault']),
          params['name'] ?? '',
          parsed(SECRET, body),
        );
        return { version };
      },
    },
    {
      method: 'DELETE',
      path: '/vaults/{vault}/secrets/{name}',
      handle({ params }) {
        const { vault, name = '' } = params;
        if (keyVault.deleteSecret(hostOf(vault), name)) return undefined;
        throw new ControlError(404, `The vault ${vault} has no secret "${name}".`, 'name');
      },
    },
    {
      method: 'PUT',
      path: '/vaults/{vault}/changes',
      handle({ params, body }) {
        keyVault.setChangeSeconds(hostOf(params['vault']), parsed(CHANGES, body).seconds);
        return undefined;
      },
    },
    {
      method: 'PUT',
      path: '/vaults/{vault}/firewall',
      handle({ params, body }) {
        const { blocked, addresses } = parsed(FIREWALL, body);
        keyVault.setFirewall(hostOf(params['vault']), blocked, addresses);
        return undefined;
      },
    },
    {
      method: 'PUT',
      path: '/vaults/{vault}/access-model',
      handle({ params, body }) {
        keyVault.setAccessModel(hostOf(params['vault']), parsed(ACCESS_MODEL, body).rbac);
        return undefined;
      },
    },
  ];
}
