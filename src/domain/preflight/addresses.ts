/** The vault's firewall against the addresses that a runtime calls from. */

/** What of a vault's settings decides who reaches it. */
export interface VaultSettings {
  /** Resource id. */
  readonly id: string;
  /** False: access policies decide. */
  readonly usesRoles: boolean;
  readonly network: VaultNetwork;
}

export interface VaultNetwork {
  /** Nobody comes in through the public endpoint. */
  readonly closed: boolean;
  /** Only who is in a rule comes in. */
  readonly filtered: boolean;
  /** IPv4 addresses and ranges (CIDR) that come in. */
  readonly ranges: readonly string[];
}

export const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;

/** Whether a vault lets an address in. */
export function letsIn({ closed, filtered, ranges }: VaultNetwork, address: string): boolean {
  if (closed) return false;
  return !filtered || ranges.some((range) => isIn(range, address));
}

function isIn(range: string, address: string): boolean {
  const [base = '', bits = '32'] = range.split('/');
  if (!IPV4.test(base) || !/^\d{1,2}$/.test(bits)) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(numberOf(base) / size) === Math.floor(numberOf(address) / size);
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
