/**
 * Role assignments, for the control plane and the data planes alike: principal × scope × role. A role is a built-in one,
 * by name, or a custom one by its actions.
 */

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { caseless, sameId } from '../../../src/domain/values/sameId.js';
import type { Kernel } from '../../kernel/types.js';
import type { AccessControl } from '../types.js';
import { BUILT_IN_ROLES } from './builtInRoles.js';

const FIELD = { control: 'actions', data: 'dataActions' } as const;

const ASSIGNMENT = z.object({
  id: z.string(),
  /** Client id of the principal. */
  principal: z.string(),
  /** Resource id that the role holds on, with everything below it. */
  scope: z.string(),
  role: z.string(),
  actions: z.array(z.string()),
  dataActions: z.array(z.string()),
  /** From when on it holds, in milliseconds on the local cloud's clock; absent: at once. */
  takesEffectAt: z.number().optional(),
});
type RoleAssignment = z.infer<typeof ASSIGNMENT>;

/** A built-in role by name, or a custom role: a name with the operations that it allows. */
export interface Grant {
  readonly principal: string;
  readonly scope: string;
  readonly role: string;
  readonly actions?: readonly string[];
  readonly dataActions?: readonly string[];
  /** Absent: a random one. One that is there already is replaced. */
  readonly id?: string;
  /** From when on it holds, in milliseconds on the local cloud's clock; absent: at once. */
  readonly takesEffectAt?: number;
}

/** Control plane (Resource Manager's operations) or data plane (such as a vault's). */
export const PLANE = z.enum(['control', 'data']);
type Plane = z.infer<typeof PLANE>;

/** One operation that a principal may do on a resource and below it. */
export interface SinglePermission {
  readonly principal: string;
  readonly plane: Plane;
  readonly action: string;
  readonly scope: string;
}

/** What a principal may do on a resource, as one assignment's role says it. */
interface HeldPermissions {
  readonly actions: readonly string[];
  readonly dataActions: readonly string[];
}

export interface RoleAssignments extends AccessControl {
  /** Returns the assignment's id. Throws where a role is not built in and lists no operation. */
  grant(grant: Grant): string;
  /** Takes away what matches all of the given fields (scope without case); returns how many that were. */
  revoke(match: { id?: string; principal?: string; scope?: string; role?: string }): number;
  /** Gives one permission, as an assignment of its own; returns the assignment's id. */
  give(permission: SinglePermission): string;
  /**
   * Takes one permission out of every assignment of this very scope that lists it; returns of how many. One that
   * follows from a pattern, or is held further up, stays.
   */
  take(permission: SinglePermission): number;
  /** What the principal's assignments on the resource and above it say, one entry each. */
  held(clientId: string, resourceId: string): readonly HeldPermissions[];
  /** The same as `allows`, for an operation of a data plane such as a vault's. */
  allowsData(clientId: string, action: string, resourceId: string): boolean;
  list(): readonly RoleAssignment[];
  snapshot(): unknown;
  restore(state: unknown): void;
}

export function createRoleAssignments(kernel: Kernel): RoleAssignments {
  let assignments: RoleAssignment[] = [];

  const now = () => kernel.clock.now();
  /** What the principal holds on the resource or above it, as far as it has taken effect. */
  const inForce = (clientId: string, resourceId: string) =>
    assignments.filter(
      ({ principal, scope, takesEffectAt = 0 }) =>
        sameId(principal, clientId) && covers(scope, resourceId) && takesEffectAt <= now(),
    );

  const holds = (
    kind: 'actions' | 'dataActions',
    clientId: string,
    action: string,
    resourceId: string,
  ): boolean =>
    inForce(clientId, resourceId).some((assignment) =>
      assignment[kind].some((pattern) => permits(pattern, action)),
    );

  const grant = ({ principal, scope, role, actions, dataActions, id, takesEffectAt }: Grant): string => {
    const definition =
      actions === undefined && dataActions === undefined
        ? BUILT_IN_ROLES[role]
        : { actions: actions ?? [], dataActions: dataActions ?? [] };
    if (definition === undefined) {
      throw new Error(`There is no built-in role "${role}"; name its actions or dataActions.`);
    }
    const assignment: RoleAssignment = {
      id: id ?? randomUUID(),
      principal,
      scope,
      role,
      actions: [...definition.actions],
      dataActions: [...definition.dataActions],
      ...(takesEffectAt === undefined ? {} : { takesEffectAt }),
    };
    assignments = [...assignments.filter((one) => one.id !== assignment.id), assignment];
    kernel.changed();
    return assignment.id;
  };

  return {
    grant,

    give: ({ principal, plane, action, scope }) =>
      grant({ principal, scope, role: `only ${action}`, [FIELD[plane]]: [action] }),

    revoke(match) {
      const kept = assignments.filter(
        (assignment) =>
          (match.id !== undefined && assignment.id !== match.id) ||
          (match.principal !== undefined && !sameId(assignment.principal, match.principal)) ||
          (match.scope !== undefined && !sameId(assignment.scope, match.scope)) ||
          (match.role !== undefined && assignment.role !== match.role),
      );
      const gone = assignments.length - kept.length;
      assignments = kept;
      kernel.changed();
      return gone;
    },

    take({ principal, plane, action, scope }) {
      const field = FIELD[plane];
      const lists = (assignment: RoleAssignment) =>
        sameId(assignment.principal, principal) &&
        sameId(assignment.scope, scope) &&
        assignment[field].some((one) => sameId(one, action));
      const found = assignments.filter(lists).length;
      assignments = assignments
        .map((assignment) =>
          lists(assignment)
            ? { ...assignment, [field]: assignment[field].filter((one) => !sameId(one, action)) }
            : assignment,
        )
        .filter(({ actions, dataActions }) => actions.length + dataActions.length > 0);
      kernel.changed();
      return found;
    },

    held: (clientId, resourceId) =>
      inForce(clientId, resourceId).map(({ actions, dataActions }) => ({ actions, dataActions })),
    allows: (clientId, action, resourceId) => holds('actions', clientId, action, resourceId),
    allowsData: (clientId, action, resourceId) => holds('dataActions', clientId, action, resourceId),
    list: () => assignments,
    snapshot: () => structuredClone(assignments),
    restore(saved) {
      assignments = z.array(ASSIGNMENT).parse(saved);
    },
  };
}

function covers(scope: string, resourceId: string): boolean {
  const above = caseless(`${scope.replace(/\/+$/, '')}/`);
  return caseless(`${resourceId}/`).startsWith(above);
}

/** Each call is judged by the same few patterns. */
const expressions = new Map<string, RegExp>();

function permits(pattern: string, action: string): boolean {
  let expression = expressions.get(pattern);
  if (expression === undefined) {
    const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
    expression = new RegExp(`^${source}$`, 'i');
    expressions.set(pattern, expression);
  }
  return expression.test(action);
}
