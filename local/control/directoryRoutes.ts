/** Tokens, client secrets, and how the directory behaves. */
import { z } from 'zod';
import type { EmulatedAzure } from '../azure.js';
import { PRINCIPALS } from '../sample/names.js';
import { LIFETIME_POLICY } from '../services/entra/directoryState.js';
import { given, PRINCIPAL } from './inputs.js';
import { ControlError, type ControlRoute, parsed } from './router.js';

const NEW_PASSWORD = z.strictObject({
  displayName: z.string().optional(),
  endDateTime: z.iso.datetime().optional(),
  startDateTime: z.iso.datetime().optional(),
  value: z.string().optional(),
});
const APPLICATION = z.strictObject({
  tenantId: z.guid(),
  clientId: z.guid(),
  displayName: z.string().min(1),
});
const PROPAGATION = z.strictObject({
  seconds: z.number().nonnegative(),
  flapping: z.boolean().default(false),
});
const READ_LAG = z.strictObject({ seconds: z.number().nonnegative() });
const HIDING = z.strictObject({
  keyIds: z.array(z.string().min(1)).min(1),
  seconds: z.number().nonnegative(),
});
const LIFETIME = z.strictObject({ policy: LIFETIME_POLICY });
const TOKEN = z.strictObject({
  principal: PRINCIPAL.default(PRINCIPALS.portalUser),
  resource: z.string().default('https://management.azure.com'),
});

/** Routes of the directory. */
export function directoryRoutes({ directory }: EmulatedAzure): ControlRoute[] {
  return [
    {
      method: 'POST',
      path: '/tokens',
      handle({ body }) {
        const { principal, resource } = parsed(TOKEN, body);
        const issued = directory.issue(principal, resource);
        if (!issued) throw new ControlError(400, `The directory has no principal ${principal}.`, 'principal');
        return issued;
      },
    },
    {
      method: 'POST',
      path: '/directory/applications',
      handle({ body }) {
        directory.addApplication(parsed(APPLICATION, body));
        return undefined;
      },
    },
    {
      method: 'POST',
      path: '/directory/applications/{clientId}/passwords',
      handle({ params, body }) {
        const password = directory.addPassword(
          parsed(PRINCIPAL, params['clientId']),
          given(parsed(NEW_PASSWORD, body)),
        );
        if (!password) throw new ControlError(404, 'There is no such application.', 'clientId');
        const { keyId, value, startDateTime, endDateTime, displayName } = password;
        return { keyId, value, startDateTime, endDateTime, displayName };
      },
    },
    {
      method: 'GET',
      path: '/directory/applications/{clientId}/passwords',
      handle({ params }) {
        const application = directory.application(parsed(PRINCIPAL, params['clientId']));
        if (!application) throw new ControlError(404, 'There is no such application.', 'clientId');
        return application.passwordCredentials
          .filter(({ removedAt }) => removedAt === null)
          .map(({ keyId, displayName, startDateTime, endDateTime }) => ({
            keyId,
            displayName,
            startDateTime,
            endDateTime,
          }));
      },
    },
    {
      method: 'DELETE',
      path: '/directory/applications/{clientId}/passwords/{keyId}',
      handle({ params }) {
        if (!directory.removePassword(parsed(PRINCIPAL, params['clientId']), params['keyId'] ?? '')) {
          throw new ControlError(404, 'There is no such password.', 'keyId');
        }
        return undefined;
      },
    },
    {
      method: 'POST',
      path: '/directory/propagation',
      handle({ body }) {
        directory.setPropagation(parsed(PROPAGATION, body));
        return undefined;
      },
    },
    {
      method: 'POST',
      path: '/directory/read-lag',
      handle({ body }) {
        directory.setReadLag(parsed(READ_LAG, body).seconds);
        return undefined;
      },
    },
    {
      method: 'POST',
      path: '/directory/hide',
      handle({ body }) {
        const { keyIds, seconds } = parsed(HIDING, body);
        directory.hidePasswords(keyIds, seconds);
        return undefined;
      },
    },
    {
      method: 'POST',
      path: '/directory/lifetime-policy',
      handle({ body }) {
        directory.setLifetimePolicy(parsed(LIFETIME, body).policy);
        return undefined;
      },
    },
  ];
}
