import type { RuntimePattern } from '../../domain/configuration/profile.js';
import { globMatches, globsOverlap } from '../../domain/configuration/profileMatching.js';
import type { RuntimeId } from '../../domain/values/runtimeId.js';
import { factoryIdOf, KIND, namesIn, type RuntimeNames } from './resourceId.js';

const FIELDS = ['subscription', 'resourceGroup', 'factory', 'name'] as const;

/** Patterns that the names in a resource id must match; `*` stands for any run of characters, case is ignored. */
export class ResourcePattern implements RuntimePattern {
  readonly kind = KIND;
  readonly text: string;

  constructor(readonly names: RuntimeNames) {
    this.text = FIELDS.map((field) => names[field]).join('/');
  }

  matches(id: RuntimeId): boolean {
    if (id.kind !== KIND) return false;
    const names = namesIn(id);
    return FIELDS.every((field) => globMatches(this.names[field], names[field]));
  }

  overlaps(other: RuntimePattern): boolean {
    return (
      other instanceof ResourcePattern &&
      FIELDS.every((field) => globsOverlap(this.names[field], other.names[field]))
    );
  }

  mayMatchName(text: string): boolean {
    const [factory = '', name = ''] = text.split('/');
    return globMatches(this.names.factory, factory) && globMatches(this.names.name, name);
  }

  placeOf(id: RuntimeId): string {
    return placeOf(factoryIdOf(namesIn(id)), this.names.name);
  }
}

/** The runtimes of one factory that a pattern of names matches. */
export function placeOf(factoryId: string, names: string): string {
  return `${factoryId}/${names}`;
}

/** The names in a pattern, which this kind has made. */
export function namesOf(pattern: RuntimePattern): RuntimeNames {
  if (pattern instanceof ResourcePattern) return pattern.names;
  throw new Error(`The pattern ${pattern.text} is not one of a data factory.`);
}
