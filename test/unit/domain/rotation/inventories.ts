/** Inventories, fleets and settings that the tests of a rotation's rules share. */
import fc from 'fast-check';
import { type MaintenanceWindow, WEEKDAYS } from '../../../../src/domain/configuration/maintenance.js';
import type { RotationSettings } from '../../../../src/domain/configuration/rotationSettings.js';
import type { ListedCarrier } from '../../../../src/domain/rotation/carrierGroups.js';
import {
  type ApplicationKey,
  type CredentialInventory,
  type FleetInventory,
  fleetOf,
  type KnownVersion,
} from '../../../../src/domain/rotation/inventory.js';
import type { CredentialVersion } from '../../../../src/domain/values/credentialVersion.js';
import { canonicalRuntimeId, type RuntimeId } from '../../../../src/domain/values/runtimeId.js';
import { PACE } from '../../../../src/runtimes/data-factory/pace.js';
import { batchOf, type FactoryNames, runtimeIdOf } from '../../../../src/runtimes/data-factory/resourceId.js';
import { CREDENTIAL, PROFILE } from '../settings/bodies.js';

export const SECOND = 1000;
export const HOUR = 3600 * SECOND;
export const DAY = 24 * HOUR;
export const NOW = Date.parse('2026-11-23T12:00:00Z');

export const iso = (instant: number) => new Date(instant).toISOString();

export const SETTINGS: RotationSettings = PROFILE.credential.rotation;
export const EXTERNAL: RotationSettings = { ...SETTINGS, strategy: 'external', mints: false };
export const ROTATE_BEFORE = SETTINGS.rotateBeforeSeconds * SECOND;
export const OVERLAP = SETTINGS.overlapSeconds * SECOND;

export const version = (credentialId: string, expiresAt?: number): CredentialVersion => ({
  ...CREDENTIAL,
  credentialId,
  secretVersion: `version-of-${credentialId}`,
  ...(expiresAt === undefined ? {} : { expiresOn: iso(expiresAt) }),
});

export const key = (keyId: string, endsAt: number, displayName?: string): ApplicationKey => ({
  keyId,
  endsOn: iso(endsAt),
  ...(displayName === undefined ? {} : { displayName }),
});

/** The current version `key-1`; without `more` the directory is not asked. */
export const inventoryOf = (
  expiresAt: number | undefined,
  more: Partial<CredentialInventory> &
    Partial<Pick<KnownVersion, 'tagged' | 'found' | 'couldBe' | 'accepted'>> = {},
): CredentialInventory => {
  const { tagged = true, found, couldBe, accepted, ...rest } = more;
  return {
    current: {
      ...version('key-1', expiresAt),
      tagged,
      since: 0,
      ...(found ? { found } : {}),
      ...(couldBe ? { couldBe } : {}),
      ...(accepted === undefined ? {} : { accepted }),
    },
    ...rest,
  };
};

/** A version that runtimes have. */
export const known = (
  credentialId: string,
  expiresAt?: number,
  more: Partial<KnownVersion> = {},
): KnownVersion => ({ ...version(credentialId, expiresAt), tagged: true, since: 0, ...more });

const FACTORY: FactoryNames = {
  subscription: '00000000-0000-0000-0000-00000000000a',
  resourceGroup: 'rg',
  factory: 'adf-one',
};

const runtime = (name: string, more: Partial<FactoryNames> = {}): RuntimeId =>
  runtimeIdOf({ ...FACTORY, ...more, name });

/** A carrier of the profile; `null`: of no profile, or without a marker. */
export const carrier = (
  name: string,
  credentialId: string | null = 'key-1',
  profile: string | null = 'sales',
  place: Partial<FactoryNames> = {},
): ListedCarrier => {
  const id = runtime(name, place);
  const factory = { ...FACTORY, ...place };
  return {
    key: canonicalRuntimeId(id),
    runtime: id,
    batch: batchOf(factory),
    budget: { key: factory.subscription, pace: PACE },
    ...(profile === null ? {} : { profile }),
    ...(credentialId === null ? {} : { credentialId }),
  };
};

/** A fleet of runtimes with these credentials. */
export const fleetWith = (
  ids: readonly (string | null)[],
  outside: readonly (string | null)[] = [],
): FleetInventory =>
  fleetOf([
    ...ids.map((id, n) => carrier(`in-${n}`, id)),
    ...outside.map((id, n) => carrier(`out-${n}`, id, null)),
  ]);

/** Carriers of several factories in two subscriptions, spelled as services do, each runtime once. */
export const anyCarriers: fc.Arbitrary<ListedCarrier[]> = fc.uniqueArray(
  fc
    .record({
      name: fc.integer({ min: 0, max: 400 }).map((n) => `R${n}`),
      credentialId: fc.constantFrom('key-1', 'KEY-1', 'key-2', '?', null),
      profile: fc.constantFrom('sales', 'sales', 'sales', null),
      subscription: fc.constantFrom(
        ...['a', 'A', 'b'].map((end) => `00000000-0000-0000-0000-00000000000${end}`),
      ),
      factory: fc.constantFrom('adf-one', 'ADF-One', 'adf-one-more', 'adf-two'),
    })
    .map(({ name, credentialId, profile, ...place }) => carrier(name, credentialId, profile, place)),
  { selector: (one) => one.key, maxLength: 300, size: 'max' },
);

/** Windows of a week, at whole hours, in zones whose clocks never change. */
export const anyWindow: fc.Arbitrary<MaintenanceWindow> = fc.record({
  days: fc.subarray([...WEEKDAYS], { minLength: 1, maxLength: 3 }),
  start: fc.integer({ min: 0, max: 23 }).map((hour) => hour * 60),
  end: fc.integer({ min: 0, max: 23 }).map((hour) => hour * 60),
  timeZone: fc.constantFrom('UTC', 'Asia/Kolkata'),
});
