/** Subnets: written as Azure takes them, large enough, apart from each other. */
import { inParameters } from './faults.mjs';

/** Addresses of each subnet that Azure keeps for itself. */
const KEPT = 5;
/** The largest number after the slash with which Flex Consumption takes a subnet. */
const APP_AT_MOST = 27;
/** Endpoints of storage: blob and queue of both accounts, and table of the host's. */
const STORAGE_ENDPOINTS = 5;

/**
 * Faults of the two subnets; none where no network is wanted.
 *
 * @param {import('../bicep.mjs').Values} values
 */
export function checkNetwork({
  vnetIntegration,
  privateEndpoints,
  appSubnetPrefix,
  endpointsSubnetPrefix,
  operatorVaults,
  airflowVaults,
}) {
  if (!vnetIntegration && !privateEndpoints) return [];
  const texts = { appSubnetPrefix, endpointsSubnetPrefix };
  const subnets = Object.entries(texts).map(([name, text]) => ({ name, text, subnet: parsed(text) }));
  const faults = subnets
    .filter(({ subnet }) => subnet === undefined)
    .map(({ name, text }) =>
      inParameters(
        name,
        `'${text}' is no subnet`,
        'the first address and the length of the prefix: 10.20.0.0/24',
      ),
    );
  const [app, endpoints] = subnets.map(({ subnet }) => subnet);
  if (app === undefined || endpoints === undefined) return faults;

  const vaults = new Set([...operatorVaults, ...airflowVaults].map(({ name }) => name.toLowerCase())).size;
  const needed = (privateEndpoints ? STORAGE_ENDPOINTS + vaults : 0) + KEPT;
  return [
    ...(app.length > APP_AT_MOST
      ? [
          inParameters(
            'appSubnetPrefix',
            `/${app.length} is too small for Flex Consumption`,
            `/${APP_AT_MOST} or larger`,
          ),
        ]
      : []),
    ...(endpoints.length > 29 || endpoints.size < needed
      ? [
          inParameters(
            'endpointsSubnetPrefix',
            `/${endpoints.length} has ${endpoints.size} addresses, ${needed} are needed`,
            `/${32 - Math.max(3, Math.ceil(Math.log2(needed)))} or larger`,
          ),
        ]
      : []),
    ...(app.first < endpoints.first + endpoints.size && endpoints.first < app.first + app.size
      ? [
          inParameters(
            'endpointsSubnetPrefix',
            `${endpointsSubnetPrefix} overlaps appSubnetPrefix ${appSubnetPrefix}`,
            'choose two that do not',
          ),
        ]
      : []),
  ];
}

/**
 * First address as a number, length of the prefix, number of addresses; `undefined` where the text is none of it.
 *
 * @param {string} text
 */
function parsed(text) {
  const [, address, digits] = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(text) ?? [];
  const length = Number(digits);
  const bytes = (address ?? '').split('.').map(Number);
  if (address === undefined || length > 32 || bytes.some((byte) => byte > 255)) return undefined;
  const first = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const size = 2 ** (32 - length);
  return first % size === 0 ? { first, length, size } : undefined;
}
