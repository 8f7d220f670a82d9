/**
 * Versions of Key Vault's control plane. Those before 2026-02-01 are retired on 2027-02-27
 * (https://learn.microsoft.com/azure/key-vault/general/migrate-api-version).
 */

/** Stable versions, oldest first. */
export const VAULT_API_VERSIONS: readonly string[] = [
  '2022-07-01',
  '2022-11-01',
  '2023-02-01',
  '2023-07-01',
  '2024-11-01',
  '2025-05-01',
  '2026-02-01',
];

const FIRST_THAT_STAYS = '2026-02-01';
const RETIRED_FROM = Date.parse('2027-02-27T00:00:00Z');

/** Whether Azure no longer takes the version at a time in epoch milliseconds. */
export function isRetired(version: string, now: number): boolean {
  return version < FIRST_THAT_STAYS && now >= RETIRED_FROM;
}
