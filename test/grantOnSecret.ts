import type { LocalClient } from '../local/client.js';
import { vaultId } from '../local/sample/names.js';

/** Lets the app do one more thing with a secret than the sample environment does: a profile refers to it. */
export async function grantOnSecret(
  { client }: { readonly client: LocalClient },
  vault: string,
  name: string,
  action: 'getSecret' | 'setSecret' = 'getSecret',
): Promise<void> {
  await client.setPermission(
    {
      kind: 'role',
      principal: 'app',
      plane: 'data',
      action: `Microsoft.KeyVault/vaults/secrets/${action}/action`,
      scope: `${vaultId(vault)}/secrets/${name}`,
    },
    true,
  );
}
