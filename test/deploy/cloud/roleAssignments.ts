/** Role assignments as Resource Manager lists them. */
import { z } from 'zod';
import type { Cloud } from './cloud.js';

const ASSIGNMENT = z.object({
  properties: z.object({ principalId: z.string(), roleDefinitionId: z.string() }),
});

/** Those that templates made, of one principal, by its object id. */
export function plainRoleAssignments({ azure, kernel }: Cloud, principal: string): readonly object[] {
  const writes = kernel.ledger.entries({ service: 'arm', operation: 'deployments.write' });
  return azure.deployments
    .resources()
    .filter(({ type }) => type === 'Microsoft.Authorization/roleAssignments')
    .map(({ id, name, scope, type, body }) => {
      const { principalId, roleDefinitionId } = ASSIGNMENT.parse(body).properties;
      // A later write of the same assignment does not make it anew.
      const createdOn = writes.find(({ subject, detail }) => subject === id && detail === undefined)?.at;
      return { id, name, type, properties: { principalId, roleDefinitionId, scope, createdOn } };
    })
    .filter(({ properties }) => properties.principalId === principal);
}
